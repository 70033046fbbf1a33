"""UK Find a Tender (OCDS release packages) to `procurement_notice`.

The publisher drops releases without a word where a span is longer than six hours, so a day is
asked in four. How OCDS becomes rows: `ocds_release`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from indicia.sources.contract import Asked, Fetch, Parsed, Request

from .ocds_body import in_country, next_page, read
from .ocds_json import redacted

SOURCE = "procurement/find_a_tender"
API = "https://www.find-tender.service.gov.uk/api/1.0/ocdsReleasePackages"
SPAN = timedelta(hours=6)
FIRST_DAYS, OVERLAP_DAYS = 3, 1
MOMENT = "%Y-%m-%dT%H:%M:%S"

following = next_page


def plan(asked: Asked) -> Sequence[Request]:
    """Ask for spans of six hours from the cursor to the end of today."""
    start = asked.start(asked.today - timedelta(days=FIRST_DAYS), OVERLAP_DAYS)
    first = datetime.combine(min(start, asked.today), time(), UTC)
    days = (asked.today - first.date()).days + 1
    spans = (first + SPAN * n for n in range(4 * days))
    return tuple(
        Request(
            API,
            {
                "updatedFrom": f"{since:{MOMENT}}",
                "updatedTo": f"{since + SPAN:{MOMENT}}",
                "limit": "100",
            },
        )
        for since in spans
    )


def redact(body: bytes) -> bytes:
    """Drop contact points and persons at any depth."""
    return redacted(SOURCE, body)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read every release of the package."""
    return in_country(read(SOURCE, body, fetch), "GB")
