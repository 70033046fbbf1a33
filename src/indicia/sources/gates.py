"""Gates a load must pass: what is refused stays archived, and the last good data stay in the store."""

from collections.abc import Mapping

import polars as pl

from indicia.errors import SourceChangedError
from indicia.sources.contract import Fetch, Parsed
from indicia.sources.definition import Source

LEAST_SHARE_OF_ROWS = 0.5
FILLED, EMPTIED = 0.5, 0.0
HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")


def body_is_usable(source: Source, fetch: Fetch, body: bytes) -> None:
    """Refuse an empty body, and a web page where data were promised."""
    if not body.strip():
        raise SourceChangedError(
            source.id, fetch.url, "a body", "an empty one", "Fetch again later"
        )
    if body.lstrip()[:20].lower().startswith(HTML_STARTS):
        raise SourceChangedError(
            source.id,
            fetch.url,
            "data",
            f"a web page: {body[:120].decode('utf-8', 'replace')}",
            "Open the address in a browser: it may ask for a key, moved, or be under repair",
        )


def rows_suffice(source: Source, fetch: Fetch, parsed: Parsed) -> None:
    """Refuse a body with fewer rows than a healthy one holds."""
    kept = sum(f.height for f in parsed.tables.values())
    if kept < source.rows_at_least:
        reasons = "; ".join(
            f"{r.place}: expected {r.expected}, received {r.received}"
            for r in parsed.rejections[:3]
        )
        raise SourceChangedError(
            source.id,
            fetch.url,
            f"at least {source.rows_at_least} rows",
            f"{kept} kept of {parsed.rows_in} read {reasons}",
            "If the publisher really has so few, load it with --accept-shrink",
        )


def snapshot_is_whole(
    source: Source, fetch: Fetch, table: str, frame: pl.DataFrame, held: pl.DataFrame
) -> None:
    """Refuse a snapshot that lost half its rows, or a column that was filled and is empty now."""
    if held.height and frame.height < LEAST_SHARE_OF_ROWS * held.height:
        raise SourceChangedError(
            source.id,
            f"{fetch.url}, table {table}",
            f"about {held.height} rows as before",
            f"{frame.height}",
            "If the publisher really withdrew so much, load it with --accept-shrink",
        )
    emptied = [
        name
        for name, share in _filled(held).items()
        if frame.height and share >= FILLED and _filled(frame)[name] <= EMPTIED
    ]
    if emptied:
        raise SourceChangedError(
            source.id,
            f"{fetch.url}, table {table}",
            f"values in {emptied} as before",
            "none",
            "Compare the header with the publisher's documentation; with --accept-shrink it loads as it is",
        )


def _filled(frame: pl.DataFrame) -> Mapping[str, float]:
    if not frame.height:
        return {}
    return {name: 1 - frame[name].null_count() / frame.height for name in frame.columns}
