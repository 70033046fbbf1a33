"""Peninsular Malaysia's system demand (an ASP.NET page method) to hourly `power_load`.

Unit: MW, readings every 10 minutes (30 in older days), stamped in Asia/Kuala_Lumpur, which is
eight hours ahead of UTC all year. The answer is JSON whose only value is JSON once more.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_LOAD, UTC, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import MEANT, Sieve, json_object, json_rows, require, start_of
from ingest.power.hours import HOUR_MINUTES, drop_implausible, hourly_means, with_hour

NAME = "power/gso_malaysia"
URL = "https://www.gso.org.my/SystemData/SystemDemand.aspx/GetChartDataSource"
ZONE, TIME_ZONE = "MY-PEN", "Asia/Kuala_Lumpur"
FIRST_DAY = date(2022, 1, 1)
DAYS_AGAIN, DAYS_PER_REQUEST = 3, 31
FINE, COARSE = 10, 30  # minutes between readings, now and in older days
MOST_MW, LEAST_MW = 60_000, 500  # it draws 12,000 to 21,000 MW
DAY = "%d/%m/%Y"
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "X-Requested-With": "XMLHttpRequest",
    "Origin": "https://www.gso.org.my",
    "Referer": "https://www.gso.org.my/SystemData/SystemDemand.aspx",
}
BLOCKED = "The site may answer only from some countries; ask from another place or load a file"


def plan(asked: Asked) -> Sequence[Request]:
    """One request per month of days, from the last day held less three."""
    start = asked.start(FIRST_DAY, DAYS_AGAIN)
    days = range(0, (asked.today - start).days + 1, DAYS_PER_REQUEST)
    return tuple(_request(start + timedelta(days=n), asked.today) for n in days)


def _request(first: date, today: date) -> Request:
    last = min(first + timedelta(days=DAYS_PER_REQUEST - 1), today)
    asked = {"Fromdate": f"{first:{DAY}}", "Todate": f"{last:{DAY}}"}
    return Request(URL, form=json.dumps(asked), headers=HEADERS)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the answer, twice JSON, to means of whole hours."""
    place = fetch.file_name
    if body.lstrip()[:1] == b"<":
        expected = "JSON with the demand of the days asked for"
        raise SourceChangedError(NAME, place, expected, start_of(body), BLOCKED)
    inner = json_object(NAME, place, body).get("d")
    if not isinstance(inner, str):
        raise SourceChangedError(NAME, f"{place}, d", "a text that holds JSON", inner)
    try:
        readings = json.loads(inner)
    except ValueError as error:
        received = f"{inner[:80]!r} ({error})"
        raise SourceChangedError(
            NAME, f"{place}, d", "a text that holds JSON", received
        ) from error
    rows = json_rows(NAME, f"{place}, d", readings, "Ask for days that are not in the future")
    require(NAME, f"{place}, d", rows, ("DT", "MW"))
    local = pl.col("DT").str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    moment = local.dt.replace_time_zone(TIME_ZONE).dt.convert_time_zone("UTC").cast(UTC)
    sieve = Sieve(f"{place}, d", rows)
    sieve.frame = with_hour(
        rows.with_columns(pl.lit(ZONE).alias("zone_id"), moment.alias("at_utc"))
    )
    sieve.drop(pl.col("MW").is_null(), "no value", "MW", "a number", MEANT, "notice")
    sieve.cast(["MW"])
    drop_implausible(sieve, "MW", "DT", fetch, MOST_MW, LEAST_MW)
    sieve.drop_repeats(("zone_id", "at_utc"), "Ask for each day once")
    step = _step(sieve)
    sieve.frame = sieve.frame.with_columns(pl.lit(step).alias("minutes"))
    expected = f"{HOUR_MINUTES // step} readings, one every {step} minutes"
    frame = hourly_means(sieve, "MW", "DT", expected)
    return Parsed(
        {POWER_LOAD.name: parsed(POWER_LOAD).fit(frame)}, rows.height, tuple(sieve.rejections)
    )


def _step(sieve: Sieve) -> int:
    """Minutes between readings; readings off that grid are dropped."""
    minute = pl.col("at_utc").dt.minute()
    sieve.drop(minute % FINE != 0, "off the grid", "DT", f"a multiple of {FINE} minutes")
    between = sieve.frame.filter(minute % COARSE != 0).height
    return FINE if between else COARSE
