"""Gulf grids: the loads that a web page shows at one moment, to `power_reading`.

Unit: MW. The page states no time, so a reading is dated by the fetch. Archived are only the cells
that hold loads, cut out of the page before it is kept.
"""

import re

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_READING, UTC, parsed
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, start_of
from ingest.power.hours import OVERFLOWS

NAME = "power/gccia"
CELL = re.compile(rb'\b([a-z]{2,5})-mw-val"[^>]{0,80}>\s*([^<]{0,40})<')
MISSING = ("-", "", "--")
# Least and most a grid could draw: about a third of the lowest, and twice the highest known load.
BOUNDS_MW = {
    "uae": ("AE", 4_000, 80_000),
    "bah": ("BH", 300, 8_000),
    "kuw": ("KW", 2_000, 36_000),
    "omn": ("OM", 800, 18_000),
    "qat": ("QA", 1_500, 24_000),
    "ksa": ("SA", 10_000, 150_000),
}
ZONES = {code: f"GCCIA-{country}" for code, (country, _, _) in BOUNDS_MW.items()}


def redact(body: bytes) -> bytes:
    """Keep the cells with loads; a page without any is kept whole, so that it can be looked at."""
    cells = [found.group(0).strip() for found in CELL.finditer(body)]
    return b"\n".join(cells) + b"\n" if cells else body


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the cells of one page."""
    place = fetch.file_name
    cells = [tuple(part.decode("utf-8", "replace") for part in c) for c in CELL.findall(body)]
    if not cells:
        expected = "cells named uae-mw-val, ksa-mw-val and so on"
        remedy = "Open the page: its layout changed, or it does not answer from here"
        raise SourceChangedError(NAME, place, expected, start_of(body), remedy)
    moment = fetch.fetched_utc if fetch.way == "live" else fetch.published_utc
    if moment is None:
        expected = "the day the page was saved, because it states none"
        raise SourceChangedError(NAME, place, expected, "none", "Load it with --published")
    rows = pl.DataFrame(cells, schema=["code", "shown"], orient="row")
    sieve = Sieve(place, rows.with_row_index("row", offset=1))
    code, shown = pl.col("code"), pl.col("shown")
    plain = shown.str.strip_chars().str.replace_all(",", "", literal=True)
    sieve.frame = sieve.frame.with_columns(
        shown=plain,
        zone_id=code.replace_strict(ZONES, default=None, return_dtype=pl.String),
        read_utc=pl.lit(moment).cast(UTC),
    )
    known = f"one of {', '.join(BOUNDS_MW)}"
    sieve.drop(pl.col("zone_id").is_null(), "grid unknown", "code", known)
    later = "Nothing: the page shows no value at the moment"
    sieve.drop(shown.is_in(MISSING), "no value", "shown", "a number", later, "notice")
    sieve.cast(["shown"])
    sieve.drop(shown.is_in(OVERFLOWS), "overflow value", "shown", "a load, no largest integer")
    for name, (_, least, most) in BOUNDS_MW.items():
        outside = (code == name) & ~shown.is_between(least, most)
        sieve.drop(outside, "outside its grid's range", "shown", f"{least:,} to {most:,} MW")
    sieve.drop_repeats(("zone_id", "read_utc"), "Nothing: the first cell is kept")
    frame = sieve.frame.select("zone_id", "read_utc", demand_reported_mw="shown")
    return Parsed(
        {POWER_READING.name: parsed(POWER_READING).fit(frame)},
        rows.height,
        tuple(sieve.rejections),
    )
