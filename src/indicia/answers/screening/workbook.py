"""A workbook (.xlsx) read into rows of text, behind guards against files made to do harm.

The archive is unpacked piece by piece under a limit and packed anew without compression, so the
reader meets no bomb; and a sheet whose filled cells lie too far apart is refused before it is laid
out in memory. The reader computes no formula and knows no entities.
"""

import re
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, LargeZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from indicia.answers.screening.limits import MEBIBYTE, MOST_CELLS, MOST_UNPACKED_BYTES
from indicia.errors import UsageError

BOOK = "xl/workbook.xml"
CHUNK_BYTES = 2**18
MOST_MEMBERS = 2_000
# Where a cell lies; one that is closed at once holds nothing and takes no room.
CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["'][^<>]*(?<!/)>""")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")
REMEDY = "Open it in a spreadsheet program and save the sheet as CSV UTF-8"
BROKEN = (BadZipFile, LargeZipFile, CalamineError, OSError, RuntimeError, NotImplementedError,
          EOFError, ValueError, KeyError, zlib.error)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of one sheet as text."""

    rows: list[list[str]]
    sheet: str
    sheets: tuple[str, ...]
    notes: tuple[str, ...]


def read(body: bytes, sheet: str = "") -> Held:
    """Read one sheet; without a name, the only visible one.

    Raises:
        UsageError: The file is damaged, too large unpacked, or the sheet is not named.
    """
    try:
        plain, formulas = _repacked(body)
        with CalamineWorkbook.from_filelike(plain) as book:
            visible = tuple(
                s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible
            )
            chosen = _chosen(visible, sheet)
            rows = [
                [_text(cell) for cell in row]
                for row in book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
            ]
    except PasswordError as error:
        message = "the workbook has a password. Save it without one."
        raise UsageError(message) from error
    except BROKEN as error:
        message = f"this is no workbook that can be read ({' '.join(str(error).split())[:200]}). {REMEDY}."
        raise UsageError(message) from error
    notes = (
        (
            f"{formulas:,} cells hold a formula: the value saved with each is read as text, none is computed.",
        )
        if formulas
        else ()
    )
    return Held(rows, chosen, visible, notes)


def _chosen(visible: tuple[str, ...], sheet: str) -> str:
    if sheet in visible:
        return sheet
    if not sheet and len(visible) == 1:
        return visible[0]
    named = ", ".join(visible[:20]) or "none"
    problem = (
        f"has no visible sheet {sheet!r}" if sheet else f"has {len(visible)} visible sheets"
    )
    message = f"the workbook {problem}. Name one of: {named}."
    raise UsageError(message)


def _repacked(body: bytes) -> tuple[BytesIO, int]:
    """The parts that a reader needs, uncompressed, and how many cells hold a formula."""
    made, unpacked, formulas = BytesIO(), 0, 0
    with ZipFile(BytesIO(body)) as given, ZipFile(made, "w", ZIP_STORED) as plain:
        members = given.infolist()
        if len(members) > MOST_MEMBERS or BOOK not in given.namelist():
            message = f"the file is an archive but no workbook (.xlsx). {REMEDY}."
            raise UsageError(message)
        for member in members:
            if not member.filename.endswith((".xml", ".rels")):
                continue
            parts = []
            with given.open(member) as file:
                while chunk := file.read(CHUNK_BYTES):
                    parts.append(chunk)
                    unpacked += len(chunk)
                    if unpacked > MOST_UNPACKED_BYTES:
                        message = (
                            f"the workbook unpacks to more than {MOST_UNPACKED_BYTES // MEBIBYTE} "
                            f"MiB. {REMEDY}, or split it."
                        )
                        raise UsageError(message)
            part = b"".join(parts)
            _check_area(member.filename, part)
            formulas += len(FORMULA.findall(part)) if "/worksheets/" in member.filename else 0
            plain.writestr(member.filename, part)
    made.seek(0)
    return made, formulas


def _check_area(name: str, part: bytes) -> None:
    """Refuse a sheet whose rectangle of filled cells is larger than can be laid out."""
    lowest, rightmost = 0, 0
    for found in CELL.finditer(part):
        lowest = max(lowest, int(found[2]))
        rightmost = max(rightmost, _number(found[1]))
    if lowest * rightmost > MOST_CELLS:
        message = (
            f"the filled cells of {name} reach to row {lowest:,}, column {rightmost:,}; at most "
            f"{MOST_CELLS:,} cells are laid out. Copy the list alone into a new sheet, or save it as CSV."
        )
        raise UsageError(message)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _text(cell: float | str | time | date | datetime | timedelta) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
