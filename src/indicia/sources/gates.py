"""Gates a load must pass: what is refused stays archived, and the last good data stay in the store."""

from collections.abc import Mapping, Sequence

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import OBSERVED, Table
from indicia.sources.contract import Fetch, Parsed, Rejection
from indicia.sources.definition import Source

# A body cut off on its way may end anywhere; of a few rows, some may well go on one day.
LEAST_SHARE_OF_ROWS, LEAST_SHARE_OF_FEW, FEW_ROWS = 0.8, 0.5, 50
FILLED, EMPTIED = 0.5, 0.0
START_BYTES = 4_096
FEWEST_EMPTIED = 3  # of one or two rows a publisher may withdraw a value
HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")


def body_is_usable(source: Source, fetch: Fetch, body: bytes) -> None:
    """Refuse an empty body, and a web page where data were promised."""
    start = body[:START_BYTES].lstrip() or body.lstrip()  # stripping copies what may be large
    if not start:
        raise SourceChangedError(
            source.id, fetch.url, "a body", "an empty one", "Fetch again later"
        )
    if not source.is_web_page and start[:20].lower().startswith(HTML_STARTS):
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


def rows_abound(source: Source, fetch: Fetch, kept: int) -> Sequence[Rejection]:
    """Report a body with more rows than a healthy one holds; it loads all the same."""
    if not source.rows_at_most or kept <= source.rows_at_most:
        return ()
    expected = f"at most {source.rows_at_most} rows"
    remedy = "Look for repeats or a wider extent; if it really grew, raise rows_at_most"
    return (Rejection("more rows than expected", fetch.url, expected, str(kept), remedy, 0),)


def rows_suffice(source: Source, fetch: Fetch, parsed: Parsed) -> None:
    """Refuse a body with fewer rows than a healthy one holds, and a part of a snapshot with none it can read."""
    kept = sum(f.height for f in parsed.tables.values())
    lost = sum(r.count for r in parsed.rejections if r.severity != "notice")
    is_unread = source.is_snapshot and not kept and lost >= parsed.rows_in > 0
    if kept < source.rows_at_least or is_unread:
        reasons = "; ".join(
            f"{r.place}: expected {r.expected}, received {r.received}"
            for r in parsed.rejections[:3]
        )
        raise SourceChangedError(
            source.id,
            fetch.url,
            f"at least {max(source.rows_at_least, 1)} rows",
            f"{kept} kept of {parsed.rows_in} read {reasons}",
            "If the publisher really has so few, load it with --accept-shrink",
        )


def snapshot_is_whole(
    source: Source, fetch: Fetch, table: str, frame: pl.DataFrame, held: pl.DataFrame
) -> None:
    """Refuse a snapshot that lost a fifth of its rows (half, of a few), or a column that was filled and is empty now.

    A row is one by its key: what is there under other keys is lost too.
    """
    least = LEAST_SHARE_OF_FEW if held.height < FEW_ROWS else LEAST_SHARE_OF_ROWS
    kept = held.join(frame, on=OBSERVED[table].key, how="semi", nulls_equal=True).height
    if kept < least * held.height:
        raise SourceChangedError(
            source.id,
            f"{fetch.url}, table {table}",
            f"about {held.height} rows as before",
            f"{frame.height}, {kept} of them known",
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


def is_compared(source: Source, fetch: Fetch, frame: pl.DataFrame) -> bool:
    """Whether a body speaks of the present, as what is held does: no file, no past day of a snapshot."""
    is_past = source.is_snapshot and fetch.published_utc is not None
    return fetch.way == "live" and not is_past and frame.height >= FEWEST_EMPTIED


def values_stay(
    source: Source, fetch: Fetch, table: Table, frame: pl.DataFrame, held: pl.DataFrame
) -> Sequence[Rejection]:
    """Refuse a body without any value of a column that the rows it repeats had; report missing lines.

    A publisher that corrects leaves out some; one that renames or drops a field leaves out all.
    """
    if not is_compared(source, fetch, frame):
        return ()
    key = [*table.key, "source"]
    shared = pl.col("published_basis").replace({"fetched": None})
    before = held.join(frame, on=key, how="semi", nulls_equal=True).with_columns(shared)
    now = frame.join(held, on=key, how="semi", nulls_equal=True).with_columns(shared)
    emptied = [
        name
        for name in held.columns
        if before[name].count() >= FEWEST_EMPTIED and now[name].count() == 0
    ]
    if emptied:
        raise SourceChangedError(
            source.id,
            f"{fetch.url}, table {table.name}",
            f"values in {emptied}, as {before.height} of these rows had",
            "none",
            "Compare the body's fields with the publisher's documentation; with --accept-shrink it loads as it is",
        )
    return _lines_missing(fetch, table, frame, held)


def _lines_missing(
    fetch: Fetch, table: Table, frame: pl.DataFrame, held: pl.DataFrame
) -> Sequence[Rejection]:
    """Report lines that notices had and lack now; they stay, as nothing says that they were withdrawn."""
    key = [*table.key, "source"]
    if "line_id" not in key:
        return ()
    notice = [k for k in key if k != "line_id"]
    before = held.join(frame, on=notice, how="semi", nulls_equal=True)
    lost = before.join(frame, on=key, how="anti", nulls_equal=True)
    if lost.is_empty():
        return ()
    first = ", ".join(f"{k}={lost[k][0]}" for k in table.key)
    return (
        Rejection(
            "lines missing",
            f"{fetch.url}, table {table.name}, {first}",
            "every line that the same notices had",
            f"{lost.height} of {before.height} are not there; they stay as they were",
            "Nothing, if the publisher withdrew them; otherwise compare the body's fields with its documentation",
            0,
        ),
    )


def _filled(frame: pl.DataFrame) -> Mapping[str, float]:
    if not frame.height:
        return {}
    return {name: 1 - frame[name].null_count() / frame.height for name in frame.columns}
