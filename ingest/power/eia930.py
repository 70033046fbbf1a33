"""EIA-930: hourly demand of the v2 API (JSON), of the bulk file (zip) and of CSV files.

Unit: MWh per hour, which is the average MW of that hour.
The publisher labels an hour by its END in UTC; rows here carry its start.
History comes from the bulk file, which needs no key; the days since from the API. Both are one
source, so that an hour which both hold is one row: the newest reading of it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_LOAD, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, json_rows, require
from ingest.power import eia930_bulk, eia930_files, eia_api
from ingest.power.eia930_zones import NAME, REGIONS, UNIT, drop_implausible, start_of_hour
from ingest.power.hours import KEY, LOAD_AGAIN
from ingest.zip_body import ZIP_START

BASE = "https://api.eia.gov/v2/electricity/rto/"
BULK = "https://www.eia.gov/opendata/bulk/EBA.zip"
DAYS_AGAIN, DAYS_AGAIN_WEEKLY = 3, 45  # EIA overwrites recent hours in place
DAYS_BY_API = 46  # an older gap is filled from the bulk file
DAYS_WITHOUT_KEY = 10
DAYS_BULK_LAGS = 10  # it is said to hold what is older than 7 days
FIRST_DAY = date(2019, 1, 1)
DEMAND = "D"
OTHER_TYPES = ("DF", "NG", "TI")


def plan(asked: Asked) -> Sequence[Request]:
    """The bulk file where much is lacking, and the API since the last hour held.

    Three days are read again every day and 45 on Mondays. Without a key the bulk file is asked
    for whenever a week is lacking.
    """
    has_key = bool(asked.environ.get(eia_api.KEY_VARIABLE))
    again = DAYS_AGAIN_WEEKLY if has_key and asked.today.weekday() == 0 else DAYS_AGAIN
    start = asked.start(FIRST_DAY, again)
    longest = DAYS_BY_API if has_key else DAYS_WITHOUT_KEY
    if start >= asked.today - timedelta(days=longest):
        return _by_api(start)
    recent = _by_api(asked.today - timedelta(days=DAYS_BULK_LAGS))
    return (Request(BULK), *(recent if has_key else ()))


def _by_api(start: date) -> Sequence[Request]:
    """Demand of all authorities, and of all their sub-areas: new ones need no change here."""
    region = f"{BASE}region-data/data/?facets%5Btype%5D%5B%5D={DEMAND}"
    areas = f"{BASE}region-sub-ba-data/data/"
    return (
        _request(region, start, "respondent"),
        _request(areas, start, "parent", "subba"),
    )


def _request(url: str, start: date, *orders: str) -> Request:
    return eia_api.request(
        url, f"{start:%Y-%m-%d}T00", "hourly", ("value",), ("period", *orders)
    )


def following(request: Request, body: bytes) -> Request | None:
    """The next page while `total` lies beyond this one; the bulk file has none."""
    return None if body.startswith(ZIP_START) else eia_api.following(NAME, request, body)


def redact(body: bytes) -> bytes:
    """Blank the key that pages of the API echo; the bulk file is asked for without one."""
    return body if body.startswith(ZIP_START) else eia_api.redact(body)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read a page of the API, the bulk zip, or a CSV file."""
    if body.startswith(ZIP_START):
        return eia930_bulk.read(body, fetch)
    if body.lstrip()[:1] in {b"{", b"["}:
        return _page(body, fetch)
    return eia930_files.read(body, fetch)


def _page(body: bytes, fetch: Fetch) -> Parsed:
    place = fetch.file_name
    response = eia_api.response(NAME, place, body)
    eia_api.require_frequency(NAME, place, response, "hourly", "hourly (UTC)")
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
        kind, who = pl.col("type"), pl.col("respondent")
        sieve.drop(
            kind.is_in(OTHER_TYPES), "not demand", "type", DEMAND, "Ask for type D", "notice"
        )
        sieve.drop(kind.ne_missing(pl.lit(DEMAND)), "type unknown", "type", DEMAND)
        sum_of, meant = "one authority, no sum of several", "Nothing: its parts are kept"
        sieve.drop(who.is_in(REGIONS), "sum of areas", "respondent", sum_of, meant, "notice")
    zone = pl.concat_str(named, separator="-") if is_sub else pl.col("respondent")
    ending = pl.col("period").str.strip_chars() + ":00"  # Polars refuses hours without minutes
    sieve.frame = sieve.frame.with_columns(
        zone.alias("zone_id"), start_of_hour(ending, "%Y-%m-%dT%H:%M").alias("hour_utc")
    )
    sieve.drop(pl.col("value").is_null(), "no value", "value", "a number", LOAD_AGAIN, "notice")
    sieve.cast(["value"], "a number, as number or string")
    drop_implausible(sieve, "value", "period", fetch)
    frame = sieve.frame.select(*KEY, demand_reported_mw="value")
    short = eia_api.incomplete(NAME, place, response, rows.height, fetch)
    return Parsed(
        {POWER_LOAD.name: parsed(POWER_LOAD).fit(frame)},
        rows.height,
        (*sieve.rejections, *short),
    )
