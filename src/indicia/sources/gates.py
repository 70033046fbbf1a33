"""Gates a load must pass: what is refused stays archived, and the last good data stay in the store."""

from collections.abc import Mapping, Sequence

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import Table
from indicia.sources.contract import Fetch, Parsed, Rejection
from indicia.sources.definition import Source

# A body cut off on its way may end anywhere; of a few rows, some may well go on one day.
LEAST_SHARE_OF_ROWS, LEAST_SHARE_OF_FEW, FEW_ROWS = 0.8, 0.5, 50
FILLED, EMPTIED = 0.5, 0.0
HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")


def body_is_usable(source: Source, fetch: Fetch, body: bytes) -> None:
    """Refuse an empty body, and a web page where data were promised."""
    if not body.strip():
        raise SourceChangedError(
            source.id, fetch.url, "a body", "an empty one", "Fetch again later"
        )
    if not source.is_web_page and body.lstrip()[:20].lower().startswith(HTML_STARTS):
        raise SourceChangedError(
            source.id,
            fetch.url,
            "data",
            f"a web page: {body[:120].decode('utf-8', 'replace')}",
            "Open the address in a browser: it may ask for a key, moved, or be under repair",
        )


def within_bounds(
    table: Table, fetch: Fetch, frame: pl.DataFrame
) -> tuple[pl.DataFrame, Sequence[Rejection]]:
    """Set aside rows with a value that cannot be, before any statistic sees it."""
    found = []
    for column in table.columns:
        value = pl.col(column.name)
        broken, bounds = pl.lit(value=False), []
        if column.dtype == pl.Float64:
            broken, bounds = broken | ~value.is_finite(), ["a finite number"]
        if column.at_least is not None:
            broken, bounds = (
                broken | (value < column.at_least),
                [f"{column.at_least:g} or more"],
            )
        if column.at_most is not None:
            broken = broken | (value > column.at_most)
            bounds.append(f"{column.at_most:g} or less")
        if not bounds:
            continue
        wrong = frame.filter(broken)
        if wrong.height:
            frame = frame.filter(broken.not_().fill_null(value=True))
            row = wrong.row(0, named=True)
            key = ", ".join(f"{k}={row[k]}" for k in table.key)
            found.append(
                Rejection(
                    "impossible value",
                    f"{fetch.url}, table {table.name}, {key}, column {column.name}",
                    f"{' and '.join(bounds)} {column.unit}".strip(),
                    str(row[column.name]),
                    "Nothing, if the publisher errs; otherwise mend the parser and load again",
                    wrong.height,
                )
            )
    return frame, found


def rows_abound(
    source: Source, fetch: Fetch, tables: Mapping[str, pl.DataFrame]
) -> Sequence[Rejection]:
    """Report a body with more rows than a healthy one holds; it loads all the same."""
    kept = sum(f.height for f in tables.values())
    if not source.rows_at_most or kept <= source.rows_at_most:
        return ()
    expected = f"at most {source.rows_at_most} rows"
    remedy = "Look for repeats or a wider extent; if it really grew, raise rows_at_most"
    return (Rejection("more rows than expected", fetch.url, expected, str(kept), remedy, 0),)


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
    """Refuse a snapshot that lost a fifth of its rows (half, of a few), or a column that was filled and is empty now."""
    least = LEAST_SHARE_OF_FEW if held.height < FEW_ROWS else LEAST_SHARE_OF_ROWS
    if frame.height < least * held.height:
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
