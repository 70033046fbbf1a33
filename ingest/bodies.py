"""Reading bodies strictly: text or JSON as promised, and no row dropped without a count.

Parsers share this: what a publisher sends is opened in one way, and every row that is not kept
is counted under a rule with the first place it was seen at.
"""

import json
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from indicia.sources.contract import Rejection

FIRST_BYTES = 80
HEADER_ROWS = 1
MEANT = "Nothing, if the publisher means it; otherwise correct the record and load again"


def start_of(body: bytes) -> str:
    """The first characters of a body, for a message."""
    return repr(body[:FIRST_BYTES].decode("utf-8", "replace"))


def csv_rows(source: str, place: str, body: bytes, separator: str = ",") -> pl.DataFrame:
    """Read a CSV with every cell as trimmed text (empty is null) and `row` as in the file.

    Raises:
        SourceChangedError: The body is no UTF-8 CSV, or holds no row under its header.
    """
    expected = "a CSV file in UTF-8 with a header and at least one row"
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceChangedError(source, place, expected, error) from error
    if text.lstrip()[:1] in {"", "<", "{", "["} or "\x00" in text:
        raise SourceChangedError(source, place, expected, start_of(body))
    try:
        frame = pl.read_csv(BytesIO(text.encode()), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise SourceChangedError(source, place, expected, error) from error
    if frame.height == 0:
        raise SourceChangedError(source, place, expected, f"only {start_of(body)}")
    trimmed = frame.rename(str.strip).with_columns(pl.all().str.strip_chars())
    filled = trimmed.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return filled.with_row_index("row", offset=1 + HEADER_ROWS)


def json_object(source: str, place: str, body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        SourceChangedError: The body is no JSON (an HTML page, cut off, rubbish) or no object.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        received = f"{start_of(body)} ({error})"
        raise SourceChangedError(source, place, "a JSON object", received) from error
    if not isinstance(found, dict):
        raise SourceChangedError(source, place, "a JSON object", start_of(body))
    return found


def json_body(value: object) -> bytes:
    """What `redact` keeps, as JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def json_rows(source: str, place: str, rows: object, remedy: str = "") -> pl.DataFrame:
    """Put a JSON list of flat objects into a frame of text, with `row` counted from 1.

    Raises:
        SourceChangedError: It is no list of objects, or the list is empty.
    """
    expected = "a list of at least one object"
    if not isinstance(rows, list) or not rows or not all(isinstance(r, dict) for r in rows):
        raise SourceChangedError(source, place, expected, rows, remedy)
    names = dict.fromkeys(name for row in rows for name in row)
    try:
        frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), strict=False)
    except (pl.exceptions.PolarsError, OverflowError, TypeError, ValueError) as error:
        raise SourceChangedError(source, place, "flat objects", error, remedy) from error
    return frame.with_row_index("row", offset=1)


def require(
    source: str, place: str, frame: pl.DataFrame, names: Iterable[str], remedy: str = ""
) -> None:
    """Raise `SourceChangedError` naming the columns of `names` that `frame` lacks."""
    needed = list(names)
    lacking = [n for n in needed if n not in frame.columns]
    if lacking:
        received = f"without {lacking}: {[c for c in frame.columns if c != 'row']}"
        raise SourceChangedError(
            source, f"{place}, header", f"columns {needed}", received, remedy
        )


class Sieve:
    """Rows of one body on their way to a table.

    Args:
        place: The file or page, for messages.
        frame: Its rows, with the column `row`.
    """

    def __init__(self, place: str, frame: pl.DataFrame) -> None:
        self.place, self.frame = place, frame
        self.rejections: list[Rejection] = []

    def drop(
        self,
        broken: pl.Expr,
        rule: str,
        column: str,
        expected: str,
        remedy: str = MEANT,
        severity: str = "warning",
    ) -> None:
        """Drop the rows where `broken`, counted as one rejection that names the first of them."""
        marked = self.frame.with_columns(broken.fill_null(value=False).alias("is_broken"))
        taken = marked.filter("is_broken")
        self.frame = marked.filter(~pl.col("is_broken")).drop("is_broken")
        self._say(taken, rule, column, expected, remedy, severity, taken.height)

    def note(
        self, strange: pl.Expr, rule: str, column: str, expected: str, remedy: str
    ) -> None:
        """Report rows where `strange` and keep them: the rejection counts no row."""
        taken = self.frame.filter(strange)
        self._say(taken, rule, column, expected, remedy, "notice", 0)

    def cast(self, columns: Sequence[str], expected: str = "a number") -> None:
        """Turn text columns into numbers; a row with a cell that is none is dropped."""
        for column in columns:
            value = pl.col(column).str.strip_chars().cast(pl.Float64, strict=False)
            unread = pl.col(column).is_not_null() & (value.is_null() | ~value.is_finite())
            self.drop(
                unread, "not a number", column, expected, "Correct the cell and load again"
            )
            self.frame = self.frame.with_columns(value)

    def drop_repeats(self, key: Sequence[str], remedy: str) -> None:
        """Keep the first row of each key."""
        if self.frame.select(pl.struct(key).is_duplicated().any()).item() is not True:
            return
        names = ", ".join(key)
        shown = pl.concat_str(pl.col(key).cast(pl.String), separator=", ", ignore_nulls=True)
        self.frame = self.frame.with_columns(shown.alias(names))
        repeat = ~pl.struct(key).is_first_distinct()
        self.drop(repeat, "key repeated", names, f"one row per ({names})", remedy)
        self.frame = self.frame.select(pl.exclude(names) if len(key) > 1 else pl.all())

    def _say(
        self,
        taken: pl.DataFrame,
        rule: str,
        column: str,
        expected: str,
        remedy: str,
        severity: str,
        count: int,
    ) -> None:
        if taken.height == 0:
            return
        first = taken.row(0, named=True)
        place = f"{self.place}, row {first['row']}, column {column}"
        if taken.height > 1:
            place += f" (the first of {taken.height})"
        received = str(first.get(column))
        self.rejections.append(
            Rejection(rule, place, expected, received, remedy, count, severity)
        )
