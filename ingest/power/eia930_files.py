"""CSV files of EIA-930: six-month files of the Grid Monitor, and cleaned or raw files by zone."""

import re
from datetime import UTC as UTC_ZONE
from datetime import datetime

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_LOAD, UTC, parsed
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, require
from ingest.power.eia930_zones import NAME, REGIONS, drop_implausible, start_of_hour
from ingest.power.hours import KEY, LOAD_AGAIN

CLEANED = ("date_time", "raw demand (MW)", "category", "cleaned demand (MW)")
RAW = ("date_time", "demand (MW)")
ABSENT = ("MISSING", "EMPTY")
AS_REPORTED = "OKAY"
CATEGORIES = (
    AS_REPORTED, "MISSING", "NEG_OR_ZERO", "GLOBAL_DEM", "GLOBAL_DEM_PLUS_MINUS", "LOCAL_DEM_UP",
    "LOCAL_DEM_DOWN", "DELTA", "SINGLE_DELTA", "IDENTICAL_RUN", "ANOMALOUS_REGION",
)  # fmt: skip
CLEANED_LICENCE = "CC-BY-4.0"
CLEANED_URL = (
    "https://github.com/truggles/EIA_Cleaned_Hourly_Electricity_Demand_Data/tree/master/data/"
    "release_2025_Jan_include_subregions"
)
IMPUTED_UTC = datetime(
    2025, 1, 23, tzinfo=UTC_ZONE
)  # the release's pull: no hindcast may see it earlier
ZONE = re.compile(r"[A-Z0-9]{2,5}(-[A-Z0-9]{2,5})?")
AUTHORITY, ENDING = "Balancing Authority", "UTC Time at End of Hour"
SUBREGION, DEMAND, ADJUSTED = "Sub-Region", "Demand (MW)", "Demand (MW) (Adjusted)"
ADJUSTED_REASON = "EIA adjusted"


def read(body: bytes, fetch: Fetch) -> Parsed:
    """Read one CSV file, told apart by its header."""
    place = fetch.file_name
    rows = csv_rows(NAME, place, body)
    if AUTHORITY in rows.columns:
        return _six_months(place, rows, fetch)
    zone = place.rsplit(".", 1)[0]
    if not ZONE.fullmatch(zone):
        remedy = "Name the file for its zone and load it again"
        raise SourceChangedError(
            NAME, "file name", "a zone such as TVA or ERCO-FWES", place, remedy
        )
    layout = CLEANED if "category" in rows.columns or CLEANED[-1] in rows.columns else RAW
    require(NAME, place, rows, layout)
    hour = start_of_hour(pl.col("date_time"), "%Y-%m-%d %H:%M:%S")
    sieve = Sieve(
        place, rows.with_columns(pl.lit(zone).alias("zone_id"), hour.alias("hour_utc"))
    )
    frame = _cleaned(sieve, fetch) if layout is CLEANED else _as_pulled(sieve, fetch)
    stated = frame.with_columns(licence=pl.lit(CLEANED_LICENCE), source_url=pl.lit(CLEANED_URL))
    return Parsed(
        {POWER_LOAD.name: parsed(POWER_LOAD).fit(stated)}, rows.height, tuple(sieve.rejections)
    )


def _as_pulled(sieve: Sieve, fetch: Fetch) -> pl.DataFrame:
    column = RAW[-1]
    absent = pl.col(column).is_null() | pl.col(column).is_in(ABSENT)
    sieve.drop(absent, "no value", column, "a number", LOAD_AGAIN, "notice")
    sieve.cast([column])
    drop_implausible(sieve, column, "date_time", fetch)
    return sieve.frame.select(*KEY, demand_reported_mw=column)


def _cleaned(sieve: Sieve, fetch: Fetch) -> pl.DataFrame:
    """An hour holds the report where its category is OKAY, else the imputed value: never both."""
    _, raw, category, cleaned = CLEANED
    known = f"one of {', '.join(CATEGORIES)}"
    strange = ~pl.col(category).is_in(CATEGORIES) | pl.col(category).is_null()
    sieve.drop(
        strange, "category unknown", category, known, "Add it to CATEGORIES if it is meant"
    )
    sieve.drop(pl.col(cleaned).is_null(), "no value", cleaned, "a number", severity="notice")
    sieve.cast([cleaned])
    drop_implausible(sieve, cleaned, "date_time", fetch)
    is_reported = pl.col(category) == AS_REPORTED
    report = pl.col(raw).cast(pl.Float64, strict=False)
    differs = is_reported & report.ne_missing(pl.col(cleaned))
    sieve.drop(
        differs, "report and cleaned value differ", raw, "both alike where the hour is OKAY"
    )
    return sieve.frame.select(
        *KEY,
        demand_reported_mw=pl.when(is_reported).then(report),
        demand_imputed_mw=pl.when(~is_reported).then(pl.col(cleaned)),
        imputation_reason=pl.when(~is_reported).then(pl.col(category)),
        published_utc=pl.when(~is_reported).then(pl.lit(IMPUTED_UTC, dtype=UTC)),
    )


def _six_months(place: str, rows: pl.DataFrame, fetch: Fetch) -> Parsed:
    """Balance files hold an adjusted demand beside the report; sub-region files do not.

    Where EIA adjusted an hour, that value counts as imputed and the report is not kept.
    """
    is_sub = SUBREGION in rows.columns
    values = (DEMAND,) if is_sub else (DEMAND, ADJUSTED)
    named = (AUTHORITY, SUBREGION) if is_sub else (AUTHORITY,)
    require(NAME, place, rows, (*named, ENDING, *values))
    if not is_sub:
        rows = rows.filter(~pl.col(AUTHORITY).is_in(REGIONS).fill_null(value=False))
    zone = pl.concat_str(named, separator="-")
    plain = pl.col(values).str.replace_all(",", "", literal=True)
    sieve = Sieve(place, rows.select("row", *named, ENDING, plain))
    sieve.frame = sieve.frame.with_columns(
        zone.alias("zone_id"),
        start_of_hour(pl.col(ENDING), "%m/%d/%Y %I:%M:%S %p").alias("hour_utc"),
    )
    counted = values[-1]
    sieve.drop(pl.col(counted).is_null(), "no value", counted, "a number", LOAD_AGAIN, "notice")
    sieve.cast([counted])
    drop_implausible(sieve, counted, ENDING, fetch)
    value = pl.col(counted)
    report = value if is_sub else pl.col(DEMAND).cast(pl.Float64, strict=False)
    is_reported = report.eq_missing(value)
    frame = sieve.frame.select(
        *KEY,
        demand_reported_mw=pl.when(is_reported).then(value),
        demand_imputed_mw=pl.when(~is_reported).then(value),
        imputation_reason=pl.when(~is_reported).then(pl.lit(ADJUSTED_REASON)),
    )
    return Parsed(
        {POWER_LOAD.name: parsed(POWER_LOAD).fit(frame)}, rows.height, tuple(sieve.rejections)
    )
