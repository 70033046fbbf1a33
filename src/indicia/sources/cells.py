"""Cells of a workbook's sheet as the text a spreadsheet program would save."""

import re
from array import array
from datetime import datetime, timedelta
from functools import lru_cache
from xml.etree.ElementTree import Element

MOST_COLUMNS, MOST_RECENT = 16_384, 50_000
DAY_FORMATS = frozenset((14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 59)))
LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
DIGITS = "0123456789"
LETTERS = 26
LEAP_DAY_THAT_WAS_NONE = 60  # 29 February 1900, which the first spreadsheets believed in
MOST_SERIAL = 2_958_466  # the year 10,000
BOOLEANS = {"1": "TRUE", "0": "FALSE"}


class Texts:
    """The texts that cells share, in one block of memory: some two million need 80 MB."""

    def __init__(self) -> None:
        self._block, self._ends = bytearray(), array("Q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._block[self._ends[number] : self._ends[number + 1]].decode()

    @property
    def bytes_count(self) -> int:
        """What they take up."""
        return len(self._block) + self._ends.itemsize * len(self._ends)

    def add(self, text: str) -> None:
        """Keep one more, under the next number."""
        self._block += text.encode()
        self._ends.append(len(self._block))


class Cells:
    """Reads rows.

    Args:
        texts: What cells of the kind `s` point to.
        days: Of each style, whether it shows a day.
        start: The day that serial number 0 stands for.
    """

    def __init__(self, texts: Texts, days: list[bool], start: datetime) -> None:
        self._texts, self._days, self._start = texts, days, start
        self._columns: dict[str, int] = {}
        self._recent: dict[str, str] = {}  # sheets repeat few texts

    def read(self, row: Element) -> list[str]:
        """The texts of a row from column A on, without empty ones at its end.

        Raises:
            ValueError: A cell has no place in the row, or points to a text that is not there.
        """
        said: list[str] = []
        at = -1
        known = self._columns
        for cell in row:
            name = cell.get("r")
            if name is None:
                column = at + 1
            else:
                letters = name.rstrip(DIGITS)
                column = known[letters] if letters in known else self._column(letters)
            if column <= at:
                message = f"the cell {name} after a later one"
                raise ValueError(message)
            at = column
            if len(cell) and (text := self._text(cell)):
                if column > len(said):
                    said += [""] * (column - len(said))
                said.append(text)
        return said

    def _text(self, cell: Element) -> str:
        kind, value = cell.get("t"), ""
        for part in cell:
            tag = part.tag
            if tag.endswith("}v"):
                value = part.text or ""
            elif tag.endswith("}is"):
                value = text_of(part)
        if kind == "s":
            shared = self._recent.get(value)
            return self._shared(value) if shared is None else shared
        if kind == "b":
            return BOOLEANS.get(value, value)
        if kind in (None, "n") and value and self._is_day(cell.get("s", "")):
            return day(value, self._start)
        return value

    def _shared(self, value: str) -> str:
        try:
            text = self._texts[int(value)]
        except (ValueError, IndexError) as error:
            message = f"the text number {value!r} of {len(self._texts)}"
            raise ValueError(message) from error
        if len(self._recent) >= MOST_RECENT:
            self._recent.clear()
        self._recent[value] = text
        return text

    def _is_day(self, style: str) -> bool:
        number = int(style) if style.isdecimal() else len(self._days)
        return number < len(self._days) and self._days[number]

    def _column(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * LETTERS + ord(letter) - ord("A") + 1
        is_plain = letters.isascii() and letters.isupper()
        if not is_plain or not 0 < number <= MOST_COLUMNS:
            message = f"the cell {letters}"
            raise ValueError(message)
        self._columns[letters] = number - 1
        return number - 1


def text_of(item: Element) -> str:
    """The text of an item, its runs joined, without how it is pronounced."""
    found = []
    for part in item:
        if part.tag.endswith("}t"):
            found.append(part.text or "")
        elif part.tag.endswith("}r"):
            found += [t.text or "" for t in part if t.tag.endswith("}t")]
    return "".join(found)


def says_day(number: str, code: str | None) -> bool:
    """Whether a format of numbers shows a day: by its code, else as the built-in number says."""
    if code is None:
        return number.isdecimal() and int(number) in DAY_FORMATS
    shown = LITERAL.sub("", code).lower()
    return "general" not in shown and ("d" in shown or "y" in shown)


def epoch(book: Element) -> datetime:
    """The day that serial number 0 stands for in a workbook."""
    said = next((e for e in book if e.tag.endswith("}workbookPr")), None)
    is_later = said is not None and said.get("date1904", "0") in ("1", "true")
    return datetime(1904, 1, 1) if is_later else datetime(1899, 12, 30)  # noqa: DTZ001 -- cells know no zone


@lru_cache(10_000)
def day(serial: str, start: datetime) -> str:
    """A serial number as YYYY-MM-DD, with the time where it has one; as it is where it is no day."""
    try:
        number = float(serial)
    except ValueError:
        return serial
    if not 1 <= number < MOST_SERIAL:
        return serial
    is_early = start.year < 1900 and number < LEAP_DAY_THAT_WAS_NONE  # noqa: PLR2004 -- of the two epochs
    moment = start + timedelta(days=number + is_early)
    seconds = round((moment - start).total_seconds())
    whole = start + timedelta(seconds=seconds)
    return whole.strftime("%Y-%m-%d %H:%M:%S" if seconds % 86_400 else "%Y-%m-%d")
