"""UK Contracts Finder (OCDS release packages, ISO-8859-1) to `procurement_notice`.

Notices below the threshold and older ones. How OCDS becomes rows: `ocds_release`.
"""

from collections.abc import Sequence
from datetime import timedelta

from indicia.sources.contract import Asked, Fetch, Parsed, Request

from .ocds_body import in_country, next_page, read
from .ocds_json import redacted

SOURCE = "procurement/contracts_finder"
API = "https://www.contractsfinder.service.gov.uk/Published/Notices/OCDS/Search"
WINDOW_DAYS, FIRST_DAYS, OVERLAP_DAYS = 15, 15, 3

following = next_page


def plan(asked: Asked) -> Sequence[Request]:
    """Ask for spans of at most fifteen days from the cursor to the end of today."""
    start = asked.start(asked.today - timedelta(days=FIRST_DAYS), OVERLAP_DAYS)
    end = asked.today + timedelta(days=1)
    days = range(0, max(1, (end - start).days), WINDOW_DAYS)
    starts = [start + timedelta(days=n) for n in days]
    return tuple(
        Request(
            API,
            {
                "limit": "100",
                "publishedFrom": f"{since}T00:00:00",
                "publishedTo": f"{min(end, since + timedelta(days=WINDOW_DAYS))}T00:00:00",
            },
        )
        for since in starts
    )


def redact(body: bytes) -> bytes:
    """Drop contact points and persons at any depth; what is archived is UTF-8.

    This publisher, and no other of this format, sends ISO-8859-1.
    """
    try:
        body.decode("utf-8-sig")
    except UnicodeDecodeError:
        body = body.decode("latin-1").encode()
    return redacted(SOURCE, body)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read every release of the package."""
    return in_country(read(SOURCE, body, fetch), "GB")
