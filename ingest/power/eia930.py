"""EIA-930: hourly demand of the v2 API (JSON) and of cleaned or raw CSV files to `power_load`.

Unit: MWh per hour, which is the average MW of that hour.
The publisher labels an hour by its END in UTC; rows here carry its start.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_LOAD, UTC, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import Sieve, csv_rows, json_object, json_rows, require

NAME = "power/eia930"
UNIT = "megawatthours"
BASE = "https://api.eia.gov/v2/electricity/rto/"
PAGE_ROWS = 5000
DAYS_AGAIN = 3  # EIA overwrites recent hours in place
LARGEST_MW = 1_000_000  # the whole country peaks near 750,000 MW; sentinels lie far above
RESPONDENTS = (
    "AZPS", "BPAT", "CISO", "DUK", "ERCO", "ISNE", "MISO", "NEVP", "NYIS", "PACE", "PJM", "SOCO",
    "SRP", "SWPP", "TVA",
)  # fmt: skip
SUBAREAS = {
    "CISO": ("PGAE",),
    "ERCO": ("FWES", "NCEN", "NRTH", "WEST"),
    "MISO": ("0001", "0004", "0006", "0027", "0035", "8910"),
    "PJM": ("AEP", "CE", "DOM"),
    "SWPP": ("GRDA", "OPPD", "SPS"),
}
DEMAND = "D"
OTHER_TYPES = ("DF", "NG", "TI")
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
KEY = ("zone_id", "hour_utc")
LOAD_AGAIN = "Load the hour again later: the publisher corrects recent values in place"


def plan(asked: Asked) -> Sequence[Request]:
    """Demand of the last 72 hours: one request for authorities, one for sub-areas."""
    subareas = [name for names in SUBAREAS.values() for name in names]
    return (
        _request(
            "region-data", asked.today, "respondent", respondent=RESPONDENTS, type=(DEMAND,)
        ),
        _request(
            "region-sub-ba-data", asked.today, "parent", parent=tuple(SUBAREAS), subba=subareas
        ),
    )


def _request(route: str, today: date, second: str, **facets: Sequence[str]) -> Request:
    chosen = "&".join(
        f"facets%5B{k}%5D%5B%5D={v}" for k, values in facets.items() for v in values
    )
    orders = ("period", second) if second == "respondent" else ("period", second, "subba")
    params = {
        "frequency": "hourly",
        "data[]": "value",
        "start": f"{today - timedelta(days=DAYS_AGAIN):%Y-%m-%d}T00",
        "offset": "0",
        "length": str(PAGE_ROWS),
    }
    for place, column in enumerate(orders):
        params |= {f"sort[{place}][column]": column, f"sort[{place}][direction]": "asc"}
    return Request(
        f"{BASE}{route}/data/?{chosen}", params, secret_params={"api_key": "EIA_API_KEY"}
    )


def following(request: Request, body: bytes) -> Request | None:
    """The next page while `total` lies beyond this one."""
    response = _response("page", body)
    offset = int(request.params.get("offset", "0")) + PAGE_ROWS
    if not response.get("data") or offset >= _count("response.total", response.get("total")):
        return None
    params = {**request.params, "offset": str(offset)}
    return replace(request, params=params)


def redact(body: bytes) -> bytes:
    """Blank the key, which the API echoes among the parameters of the request."""
    echoed = re.sub(rb'("api_key"\s*:\s*)"[^"]*"', rb'\1"REDACTED"', body)
    return re.sub(rb'(api_key=)[^&"\'\s]+', rb"\1REDACTED", echoed)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read a page of the API, or a cleaned or raw CSV file that is named for its zone."""
    if body.lstrip()[:1] in {b"{", b"["}:
        return _page(body, fetch)
    return _file(body, fetch)


def _response(place: str, body: bytes) -> dict[str, Any]:
    """The `response` object, with the offset that the API echoes beside it."""
    found = json_object(NAME, place, body)
    if "error" in found:
        remedy = "Check EIA_API_KEY and the parameters, then fetch again"
        raise SourceChangedError(NAME, place, "a response", found["error"], remedy)
    response = found.get("response")
    if not isinstance(response, dict):
        raise SourceChangedError(NAME, f"{place}, response", "an object", sorted(found))
    request = found.get("request")
    params = request.get("params") if isinstance(request, dict) else None
    offset = params.get("offset") if isinstance(params, dict) else None
    return {**response, "offset": _count("request.params.offset", offset or 0)}


def _count(place: str, value: Any) -> int:  # noqa: ANN401 -- a number or, since v2.1.6, a string
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise SourceChangedError(NAME, place, "a count of rows", value) from error


def _page(body: bytes, fetch: Fetch) -> Parsed:
    place = fetch.file_name
    response = _response(place, body)
    if response.get("frequency") != "hourly":
        received = response.get("frequency")
        raise SourceChangedError(NAME, f"{place}, response.frequency", "hourly (UTC)", received)
    total = _count(f"{place}, response.total", response.get("total"))
    rows = json_rows(NAME, f"{place}, response.data", response.get("data"))
    is_sub = "subba" in rows.columns
    named = ("parent", "subba") if is_sub else ("respondent", "type")
    require(NAME, place, rows, ("period", *named, "value", "value-units"))
    units = set(rows["value-units"].drop_nulls().unique()) - {UNIT}
    if units or rows["value-units"].null_count():
        received = sorted(units) or "no unit in some rows"
        raise SourceChangedError(NAME, f"{place}, value-units", UNIT, received)
    sieve = Sieve(place, rows)
    if not is_sub:
        kind = pl.col("type")
        sieve.drop(
            kind.is_in(OTHER_TYPES), "not demand", "type", DEMAND, "Ask for type D", "notice"
        )
        sieve.drop(kind.ne_missing(pl.lit(DEMAND)), "type unknown", "type", DEMAND)
    zone = pl.concat_str(named, separator="-") if is_sub else pl.col("respondent")
    ending = pl.col("period").str.strip_chars() + ":00"  # Polars refuses hours without minutes
    sieve.frame = sieve.frame.with_columns(
        zone.alias("zone_id"), _start(ending, "%Y-%m-%dT%H:%M").alias("hour_utc")
    )
    sieve.drop(pl.col("value").is_null(), "no value", "value", "a number", LOAD_AGAIN, "notice")
    sieve.cast(["value"], "a number, as number or string")
    _drop_implausible(sieve, "value", "period")
    frame = sieve.frame.select(*KEY, demand_reported_mw="value")
    short = _incomplete(place, response, rows.height, total, fetch)
    return Parsed(
        {POWER_LOAD.name: parsed(POWER_LOAD).fit(frame)},
        rows.height,
        (*sieve.rejections, *short),
    )


def _incomplete(
    place: str, response: Mapping[str, Any], height: int, total: int, fetch: Fetch
) -> Sequence[Rejection]:
    """Say that rows are missing which no next page of a live run will bring."""
    is_followed = fetch.way == "live" and height >= PAGE_ROWS
    if response["offset"] + height >= total or is_followed:
        return ()
    received = f"{height} rows; warning: {response.get('warning') or response.get('warnings')}"
    remedy = "Fetch page by page with offset, or load the remaining pages too"
    expected = f"{total} rows, as response.total says"
    return (
        Rejection("body incomplete", f"{place}, response.data", expected, received, remedy, 0),
    )


def _start(ending: pl.Expr, layout: str) -> pl.Expr:
    hour = ending.str.to_datetime(layout, strict=False, time_unit="us", time_zone="UTC")
    return hour.dt.offset_by("-1h").cast(UTC)


def _drop_implausible(sieve: Sieve, value: str, period: str) -> None:
    sieve.drop(pl.col("zone_id").is_null(), "no zone", "zone_id", "the code of an area")
    sieve.drop(pl.col("hour_utc").is_null(), "no hour", period, "an hour ending in UTC")
    demand = pl.col(value)
    sieve.drop(demand < 0, "negative demand", value, "0 MW or more", LOAD_AGAIN)
    limit = f"at most {LARGEST_MW:,} MW for one area"
    sieve.drop(demand > LARGEST_MW, "absurd value", value, limit, LOAD_AGAIN)
    sieve.drop_repeats(KEY, "Ask for sorted pages, so that none overlaps another")


def _file(body: bytes, fetch: Fetch) -> Parsed:
    place = fetch.file_name
    rows = csv_rows(NAME, place, body)
    zone = place.rsplit(".", 1)[0]
    if not ZONE.fullmatch(zone):
        remedy = "Name the file for its zone and load it again"
        raise SourceChangedError(
            NAME, "file name", "a zone such as TVA or ERCO-FWES", place, remedy
        )
    layout = CLEANED if "category" in rows.columns or CLEANED[-1] in rows.columns else RAW
    require(NAME, place, rows, layout)
    hour = _start(pl.col("date_time"), "%Y-%m-%d %H:%M:%S")
    sieve = Sieve(
        place, rows.with_columns(pl.lit(zone).alias("zone_id"), hour.alias("hour_utc"))
    )
    frame = _cleaned(sieve) if layout is CLEANED else _as_pulled(sieve)
    stated = frame.with_columns(licence=pl.lit(CLEANED_LICENCE), source_url=pl.lit(CLEANED_URL))
    return Parsed(
        {POWER_LOAD.name: parsed(POWER_LOAD).fit(stated)}, rows.height, tuple(sieve.rejections)
    )


def _as_pulled(sieve: Sieve) -> pl.DataFrame:
    column = RAW[-1]
    absent = pl.col(column).is_null() | pl.col(column).is_in(ABSENT)
    sieve.drop(absent, "no value", column, "a number", LOAD_AGAIN, "notice")
    sieve.cast([column])
    _drop_implausible(sieve, column, "date_time")
    return sieve.frame.select(*KEY, demand_reported_mw=column)


def _cleaned(sieve: Sieve) -> pl.DataFrame:
    """An hour holds the report where its category is OKAY, else the imputed value: never both."""
    _, raw, category, cleaned = CLEANED
    known = f"one of {', '.join(CATEGORIES)}"
    strange = ~pl.col(category).is_in(CATEGORIES) | pl.col(category).is_null()
    sieve.drop(
        strange, "category unknown", category, known, "Add it to CATEGORIES if it is meant"
    )
    sieve.drop(pl.col(cleaned).is_null(), "no value", cleaned, "a number", severity="notice")
    sieve.cast([cleaned])
    _drop_implausible(sieve, cleaned, "date_time")
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
