"""A list that somebody hands over, read into cells of text: CSV, XLSX or pasted lines, all hostile.

Nothing is written anywhere. An encoding is known by its byte order mark or by what the reader says;
it is never guessed. What stands in a cell is text; a formula is never computed.
"""

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from indicia.answers.screening import workbook
from indicia.answers.screening.headings import is_heading
from indicia.answers.screening.limits import MEBIBYTE, MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from indicia.errors import UsageError

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "cp1252")
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"
ROW = "row"


@dataclass(frozen=True, slots=True)
class Given:
    """A list as it was handed over.

    Args:
        header: The headings, each once.
        cells: `row` (number in the file, the heading being row 1) and one column of text per heading.
        notes: What a reader must know of how it was read.
        sheets: Sheets of a workbook.
    """

    header: tuple[str, ...]
    cells: pl.DataFrame
    notes: tuple[str, ...]
    sheets: tuple[str, ...] = ()


def read(body: bytes, encoding: str = "", sheet: str = "") -> Given:
    """Read the bytes of a CSV or XLSX file.

    Args:
        body: The file.
        encoding: How text is encoded, one of `ENCODINGS`; empty: by its mark, else UTF-8.
        sheet: The sheet of a workbook; empty: its only visible one.

    Raises:
        UsageError: The file cannot be read; the message says what to do.
    """
    if len(body) > MOST_BYTES:
        message = (
            f"the file has {len(body) / MEBIBYTE:.1f} MiB; at most {MOST_BYTES // MEBIBYTE} MiB "
            "are read. Split the list, or keep only the columns that are screened."
        )
        raise UsageError(message)
    if body.startswith(OLD_EXCEL_MARK):
        message = "this is a workbook of the old kind (.xls) or one with a password. Save it as .xlsx without one, or as CSV."
        raise UsageError(message)
    if body.startswith(ZIP_MARK):
        held = workbook.read(body, sheet)
        return _given(held.rows, (*held.notes, f"Sheet {held.sheet!r}."), held.sheets)
    text, said = _decoded(body, encoding)
    rows, separator = _records(text)
    return _given(rows, (f"Read as {said}, separated by {SEPARATORS[separator]}.",))


def pasted(text: str) -> Given:
    """Read lines that somebody pasted: one name per line, or cells of a sheet under their headings."""
    if len(text.encode()) > MOST_BYTES:
        message = (
            f"the text is longer than {MOST_BYTES // MEBIBYTE} MiB; hand it over as a file."
        )
        raise UsageError(message)
    if "\t" in text.strip().split("\n", maxsplit=1)[0]:
        return _given(list(csv.reader(io.StringIO(text), delimiter="\t")), ("Read as cells.",))
    lines = [[line.strip()] for line in text.splitlines()]
    if lines and is_heading(lines[0][0]):
        return _given(lines, ("Read as one name per line, below a heading.",))
    return _given([["name"], *lines], ("Read as one name per line.",), first_row=0)


def _decoded(body: bytes, encoding: str) -> tuple[str, str]:
    mark = next(((m, name) for m, name in MARKS if body.startswith(m)), None)
    if encoding and encoding not in ENCODINGS:
        message = f"encoding {encoding!r} is not known; expected one of {', '.join(ENCODINGS)}."
        raise UsageError(message)
    if mark and encoding and encoding != mark[1]:
        message = f"the file says by its mark that it is {mark[1]}, not {encoding}."
        raise UsageError(message)
    name = mark[1] if mark else encoding or "utf-8"
    try:
        text = body[len(mark[0]) if mark else 0 :].decode(name)
    except UnicodeDecodeError as error:
        message = (
            f"byte {error.start + 1:,} of the file is not {name}. Say how it is encoded "
            f"({', '.join(ENCODINGS)}), or save it as CSV UTF-8."
        )
        raise UsageError(message) from error
    if "\0" in text:
        message = "the file holds NUL characters, as UTF-16 without a mark does. Say its encoding (utf-16-le or utf-16-be), or save it as CSV UTF-8."
        raise UsageError(message)
    return text, name + (" by its mark" if mark else " as told" if encoding else "")


def _records(text: str) -> tuple[list[list[str]], str]:
    first = text.lstrip("\r\n").split("\n", maxsplit=1)[0]
    separator = max(SEPARATORS, key=first.count)  # the comma where none occurs
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader), separator
    except csv.Error as error:
        message = f"line {reader.line_num:,} cannot be read as CSV ({error}). Look for a quotation mark that is not closed."
        raise UsageError(message) from error


def _given(
    rows: Sequence[Sequence[str]],
    notes: tuple[str, ...],
    sheets: tuple[str, ...] = (),
    first_row: int = 1,
) -> Given:
    """Put records under their headings; cells beyond the headings are kept apart as `extra`."""
    numbered = [
        (n, row) for n, row in enumerate(rows, start=first_row) if any(map(str.strip, row))
    ]
    if not numbered:
        message = "the list is empty: no cell holds anything."
        raise UsageError(message)
    (_, first), body = numbered[0], numbered[1:]
    header = _header(first)
    if len(header) > MOST_COLUMNS or len(body) > MOST_ROWS:
        message = (
            f"the list has {len(body):,} rows and {len(header):,} columns; at most {MOST_ROWS:,} "
            f"rows and {MOST_COLUMNS} columns are screened at once. Split it."
        )
        raise UsageError(message)
    width = len(header)
    columns = {
        name: [r[i] if i < len(r) else "" for _, r in body] for i, name in enumerate(header)
    }
    cells = pl.DataFrame(
        {
            ROW: [n for n, _ in body],
            **columns,
            EXTRA: [" ".join(r[width:]).strip() for _, r in body],
        },
        schema={ROW: pl.Int64, **dict.fromkeys([*header, EXTRA], pl.String)},
    )
    return Given(header, cells, notes, sheets)


EXTRA = "\0extra"


def _header(first: Sequence[str]) -> tuple[str, ...]:
    """Headings, numbered where one is empty or stands twice."""
    seen: dict[str, int] = {}
    made = []
    last = max((i for i, cell in enumerate(first) if cell.strip()), default=0)
    for place, cell in enumerate(first[: last + 1], start=1):
        name = " ".join(cell.split())[:80] or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        taken = seen[name] > 1 or name == ROW
        made.append(f"{name} ({place})" if taken else name)
    return tuple(made)
