"""AusTender contract notices (OCDS release packages) to `procurement_notice`.

One row per contract notice; amendments are releases of their own. Weeks are asked by the day of
last change, counted back from today, so that none is short: the publisher answers a span without
notices with status 400. Its titles are often the agency's own file number; the classification
(UNSPSC) and the description say what was bought. How OCDS becomes rows: `ocds_release`.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE
from indicia.sources.contract import Asked, Fetch, Parsed, Request

from .ocds_body import in_country, next_page, note, read
from .ocds_json import redacted

SOURCE = "procurement/austender"
API = "https://api.tenders.gov.au/ocds"
BY_CHANGE = f"{API}/findByDates/contractLastModified"
WINDOW_DAYS, FIRST_DAYS, OVERLAP_DAYS = 7, 28, 7
FIRST_NOTICE = date(2013, 1, 1)
NO_RECORDS = 100

following = next_page


def plan(asked: Asked) -> Sequence[Request]:
    """Ask for whole weeks that end tomorrow at midnight UTC and reach back to the cursor."""
    start = asked.start(asked.today - timedelta(days=FIRST_DAYS), OVERLAP_DAYS)
    start, end = max(start, FIRST_NOTICE), asked.today + timedelta(days=1)
    weeks = max(1, -(-(end - start).days // WINDOW_DAYS))
    bounds = [end - timedelta(days=WINDOW_DAYS * n) for n in range(weeks, -1, -1)]
    return tuple(
        Request(f"{BY_CHANGE}/{a}T00:00:00Z/{b}T00:00:00Z") for a, b in pairwise(bounds)
    )


def redact(body: bytes) -> bytes:
    """Drop contact points and persons at any depth."""
    return redacted(SOURCE, body)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read every release of the package; the publisher's own word for "none" is no fault."""
    if error := _error(body):
        place = fetch.file_name
        if error.get("errorCode") != NO_RECORDS:
            raise SourceChangedError(SOURCE, place, "a release package", error)
        return Parsed({}, 0, (note("no releases", place, str(error.get("message"))),))
    found = in_country(read(SOURCE, body, fetch), "AU")
    frame = found.tables[PROCUREMENT_NOTICE.name]
    number = pl.col("line_id").str.extract(r"-(CN\d+)")
    linked = frame.with_columns(
        source_url=pl.coalesce(pl.format(f"{API}/findById/{{}}", number), "source_url")
    )
    return Parsed({PROCUREMENT_NOTICE.name: linked}, found.rows_in, found.rejections)


def _error(body: bytes) -> dict[str, object]:
    """The answer of the publisher where it is an error, which is short."""
    try:
        found = json.loads(body) if len(body) < 2**12 else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "errorCode" in found else {}
