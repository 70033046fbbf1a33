"""EIA-930's bulk file (EBA.zip): hourly demand since 2019, without a key.

One line of EBA.txt is one series. Kept are the series of hourly demand in UTC: authorities
(`EBA.TVA-ALL.D.H`) and sub-areas (`EBA.ERCO-FWES.D.H`). A period is the END of its hour, as in the
API. Zones that sites are linked to keep their hours; every other zone keeps one row per month.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_LOAD, POWER_LOAD_MONTH, parsed
from indicia.sources.contract import Fetch, Parsed, Rejection
from ingest import zip_body
from ingest.bodies import Sieve
from ingest.power.eia930_zones import (
    HOURLY_ZONES,
    NAME,
    REGIONS,
    UNIT,
    drop_implausible,
    start_of_hour,
)
from ingest.power.hours import KEY, LOAD_AGAIN, merged

MEMBER = "eba.txt"
MOST_BYTES = 16 * 2**30
SERIES = re.compile(rb'"series_id"\s*:\s*"EBA\.([A-Z0-9]{2,6})-([A-Z0-9]{1,6})\.D\.H"')
HEAD_BYTES = 2_048
WHOLE_AUTHORITY = "ALL"
FIRST_PERIOD = "20190101T01Z"  # sub-areas report since July 2018
BASE_SHARE = 0.05


def read(body: bytes, fetch: Fetch) -> Parsed:
    """Read the demand series of the zip, one line at a time."""
    place = f"{fetch.file_name}, EBA.txt"
    hours: list[pl.DataFrame] = []
    months: list[pl.DataFrame] = []
    rejections: list[Rejection] = []
    rows_in = 0
    for zone, series in _series(fetch.file_name, body):
        sieve, count = _hours(place, zone, series, fetch)
        rows_in += count
        rejections += sieve.rejections
        frame = sieve.frame.select(*KEY, demand_reported_mw="value")
        (hours if zone in HOURLY_ZONES else months).append(
            frame if zone in HOURLY_ZONES else _by_month(frame)
        )
    if not hours and not months:
        expected = "series named EBA.<area>.D.H (hourly demand, UTC)"
        raise SourceChangedError(NAME, place, expected, "none of them")
    tables = {}
    for table, frames in ((POWER_LOAD, hours), (POWER_LOAD_MONTH, months)):
        if frames:
            tables[table.name] = parsed(table).fit(pl.concat(frames))
    return Parsed(tables, rows_in, merged(rejections))


def _series(file_name: str, body: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each series of hourly demand in UTC, by zone; the other lines are never decoded."""
    for line in zip_body.lines(NAME, file_name, body, MEMBER, MOST_BYTES):
        named = SERIES.search(line[:HEAD_BYTES])
        if named is None:
            continue
        authority, area = (part.decode() for part in named.groups())
        if authority in REGIONS:
            continue
        zone = authority if area == WHOLE_AUTHORITY else f"{authority}-{area}"
        place = f"{file_name}, EBA.txt, {zone}"
        try:
            series = json.loads(line)
        except ValueError as error:
            raise SourceChangedError(NAME, place, "one JSON object per line", error) from error
        if series.get("units") != UNIT:
            raise SourceChangedError(NAME, f"{place}, units", UNIT, series.get("units"))
        yield zone, series


def _hours(place: str, zone: str, series: dict[str, Any], fetch: Fetch) -> tuple[Sieve, int]:
    """The hours of one series since FIRST_PERIOD, and how many there were."""
    points = series.get("data")
    if not isinstance(points, list) or not points:
        raise SourceChangedError(
            NAME, f"{place}, {zone}, data", "pairs of hour and value", points
        )
    try:
        periods, values = zip(*points, strict=True)
        frame = pl.DataFrame(
            {"period": pl.Series(periods, dtype=pl.String), "value": _text(values)}
        )
    except (TypeError, ValueError) as error:
        expected = 'pairs such as ["20240101T05Z", 123]'
        raise SourceChangedError(NAME, f"{place}, {zone}, data", expected, error) from error
    recent = frame.with_row_index("row", offset=1).filter(
        pl.col("period").is_null() | (pl.col("period") >= FIRST_PERIOD)
    )
    ending = pl.col("period").str.replace("Z$", ":00")  # Polars refuses hours without minutes
    sieve = Sieve(f"{place}, {zone}", recent)
    sieve.frame = recent.with_columns(
        pl.lit(zone).alias("zone_id"), start_of_hour(ending, "%Y%m%dT%H:%M").alias("hour_utc")
    )
    sieve.drop(pl.col("value").is_null(), "no value", "value", "a number", LOAD_AGAIN, "notice")
    sieve.cast(["value"], "a number, as number or string")
    drop_implausible(sieve, "value", "period", fetch)
    return sieve, recent.height


def _text(values: tuple[object, ...]) -> pl.Series:
    return pl.Series(values, dtype=pl.String, strict=False)


def _by_month(frame: pl.DataFrame) -> pl.DataFrame:
    month = pl.col("hour_utc").dt.date().dt.truncate("1mo")
    value = pl.col("demand_reported_mw")
    return (
        frame.group_by("zone_id", month.alias("month_date"))
        .agg(
            base_load_mw=value.quantile(BASE_SHARE, "linear"),
            mean_load_mw=value.mean(),
            hours_reported_count=pl.len().cast(pl.Int64),
        )
        .sort("zone_id", "month_date")
    )
