"""Malaysia's electricity consumption by sector (CSV, or JSON of the API) to `power_sector`.

Unit: million kWh (GWh) per month; a month is dated by its first day.
"""

import json

import polars as pl

from indicia.errors import SourceChangedError
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, json_rows, require, start_of
from ingest.power.sectors import (
    MWH_PER_MILLION_KWH,
    as_parsed,
    drop_implausible,
    published_after,
)

NAME = "power/data_gov_my"
UNIT = "million kWh"
SECTORS = {
    "total": "total",
    "local_commercial": "commercial",
    "local_domestic": "residential",
    "exports": "exports",
    "losses": "losses",
}
SUM = "local"
MOST, LEAST_TOTAL = 60_000, 1_000  # the country uses 12,000 to 17,000 million kWh in a month
MONTHS_PROVISIONAL = 6
LAG_DAYS = 90


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the whole series."""
    place = fetch.file_name
    rows = (
        _json(place, body) if body.lstrip()[:1] in {b"[", b"{"} else csv_rows(NAME, place, body)
    )
    require(NAME, place, rows, ("date", "sector", "consumption"))
    sieve = Sieve(place, rows)
    named, value = pl.col("sector"), pl.col("consumption")
    both = "commercial and domestic apart"
    sieve.drop(
        named == SUM, "sum of sectors", "sector", both, "Nothing: both parts are kept", "notice"
    )
    known = f"one of {', '.join(SECTORS)}"
    sieve.drop(named.is_null() | ~named.is_in(list(SECTORS)), "sector unknown", "sector", known)
    day = pl.col("date").str.to_date("%Y-%m-%d", strict=False)
    off = day.is_null() | (day.dt.day() != 1)
    sieve.drop(off, "date unknown", "date", "the first day of a month, YYYY-MM-DD")
    sieve.frame = sieve.frame.with_columns(
        published_sector=named,
        sector=named.replace_strict(SECTORS, default=None, return_dtype=pl.String),
        region_id=pl.lit("MY"),
        country_iso2=pl.lit("MY"),
        frequency=pl.lit("M"),
        period=day.dt.strftime("%Y-%m"),
    )
    sieve.drop(value.is_null(), "no value", "consumption", "a number", severity="notice")
    sieve.cast(["consumption"])
    drop_implausible(sieve, "consumption", "date", fetch, MOST, UNIT)
    low = f"at least {LEAST_TOTAL:,} {UNIT} in all, and not TWh"
    is_total = pl.col("sector") == "total"
    sieve.drop(is_total & (value < LEAST_TOTAL), "below any use", "consumption", low)
    newest = day.max()
    first_provisional = newest.dt.offset_by(f"-{MONTHS_PROVISIONAL - 1}mo")
    sieve.frame = sieve.frame.with_columns(
        consumption_reported_mwh=value * MWH_PER_MILLION_KWH,
        is_provisional=day >= first_provisional,
        **published_after(LAG_DAYS),
    )
    return as_parsed(sieve, rows.height)


def _json(place: str, body: bytes) -> pl.DataFrame:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        received = f"{start_of(body)} ({error})"
        raise SourceChangedError(NAME, place, "JSON", received) from error
    if isinstance(found, dict):
        expected, remedy = "a list of months", "Ask less often: four times a minute are allowed"
        raise SourceChangedError(NAME, place, expected, found.get("errors") or found, remedy)
    return json_rows(NAME, place, found)
