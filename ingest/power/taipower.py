"""Taiwan's load by region today (CSV without header) to hourly `power_load`.

Unit: 萬瓩, ten thousand kW, which is 10 MW. The file holds times of day and no date: the day is
that of the fetch in Asia/Taipei, or the day before where the file still runs past that time of
day. A file loaded by hand must be named with its day (loadareas_2026-03-01.csv).
"""

import re
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_LOAD, UTC, parsed
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, start_of
from ingest.power.hours import drop_implausible, hourly_means, with_hour

NAME = "power/taipower"
TIME_ZONE = "Asia/Taipei"
COLUMNS = ("time", "east", "south", "central", "north")
MW_PER_UNIT = 10  # 萬瓩
MINUTES = 10
# Bounds in MW: far outside what a region draws, close enough to tell one column from another.
BOUNDS_MW = {
    "east": (100, 1_500),
    "south": (3_000, 22_000),
    "central": (2_500, 20_000),
    "north": (3_000, 26_000),
}
FIRST_LINE = re.compile(r"\d\d(:\d\d)?(,[^,\n]*){4}\r?$")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
AHEAD = timedelta(minutes=15)  # clocks differ; a file further ahead is yesterday's


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the day's file to means of whole hours."""
    place = fetch.file_name
    first = body.split(b"\n", 1)[0].decode("utf-8-sig", "replace")
    if not FIRST_LINE.match(first):
        expected = "a CSV without header: time, east, south, central, north"
        raise SourceChangedError(NAME, place, expected, start_of(body))
    wide = csv_rows(NAME, place, ",".join(COLUMNS).encode() + b"\n" + body)
    wide = wide.with_columns(row=pl.col("row") - 1)  # the header is ours
    rows = wide.unpivot(
        index=("row", "time"), on=COLUMNS[1:], variable_name="region", value_name="load"
    ).sort("row", maintain_order=True)
    sieve = Sieve(place, rows)
    late = "Nothing: the time of day has not come yet, or the reading is missing"
    sieve.drop(pl.col("load").is_null(), "no value", "load", "a number", late, "notice")
    sieve.cast(["load"])
    clock = pl.col("time").str.replace(r"^(\d{2})$", "$1:00")  # full hours lack their minutes
    sieve.frame = sieve.frame.with_columns(clock=clock.str.to_time("%H:%M", strict=False))
    minute = pl.col("clock").dt.minute()
    off = pl.col("clock").is_null() | (minute % MINUTES != 0)
    sieve.drop(off, "time unknown", "time", "HH:MM, every ten minutes")
    last = sieve.frame["clock"].max()
    day = _day(place, fetch, last if isinstance(last, time) else time())
    moment = pl.lit(day).dt.combine(pl.col("clock")).dt.replace_time_zone(TIME_ZONE)
    sieve.frame = with_hour(
        sieve.frame.with_columns(
            zone_id="TW-" + pl.col("region").str.to_uppercase(),
            at_utc=moment.dt.convert_time_zone("UTC").cast(UTC),
            minutes=pl.lit(MINUTES),
            load=pl.col("load") * MW_PER_UNIT,
        )
    )
    _drop_misplaced(sieve)
    drop_implausible(sieve, "load", "time", fetch, BOUNDS_MW["north"][1])
    sieve.drop_repeats(("zone_id", "at_utc"), "Nothing: the first reading is kept")
    frame = hourly_means(sieve, "load", "time", "6 readings, one every 10 minutes")
    return Parsed(
        {POWER_LOAD.name: parsed(POWER_LOAD).fit(frame)}, rows.height, tuple(sieve.rejections)
    )


def _drop_misplaced(sieve: Sieve) -> None:
    """Drop values outside what their region can draw: another unit, or columns that moved."""
    region, load = pl.col("region"), pl.col("load")
    for name, (least, most) in BOUNDS_MW.items():
        outside = (region == name) & ~load.is_between(least, most)
        expected = f"{least:,} to {most:,} MW in the {name}"
        remedy = "Check the unit and the order of the columns"
        sieve.drop(outside, "outside its region's range", "load", expected, remedy)


def _day(place: str, fetch: Fetch, last: time) -> date:
    """The day the file speaks of."""
    if fetch.way != "live":
        named = DAY.search(place)
        try:
            return date.fromisoformat(named.group()) if named else _published(fetch)
        except (ValueError, LookupError):
            expected = "the day in the name, such as loadareas_2026-03-01.csv"
            remedy = "Rename the file and load it again"
            raise SourceChangedError(NAME, "file name", expected, place, remedy) from None
    local = fetch.fetched_utc.astimezone(ZoneInfo(TIME_ZONE))
    runs_ahead = datetime.combine(local.date(), last, local.tzinfo) > local + AHEAD
    return local.date() - timedelta(days=1) if runs_ahead else local.date()


def _published(fetch: Fetch) -> date:
    if fetch.published_utc is None:
        raise LookupError
    return fetch.published_utc.astimezone(UTC_ZONE).date()
