"""A workbook (.xlsx) read as CSV while it streams, so that neither sheet nor file is held in memory.

Its XML is cut before rows and shared texts begin, and each part is parsed as a document of its own:
without a document type, so that no entity is ever defined, and never longer than `MOST_PART_BYTES`.
Cells that a style shows as a day become days; rows without a cell that says something are left out.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import chain
from typing import IO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from indicia.errors import SourceChangedError
from indicia.sources.cells import Cells, Texts, epoch, says_day, text_of
from indicia.sources.definition import MEBIBYTE, Source
from indicia.sources.unpacking import bounded

BOOK, TYPES = "xl/workbook.xml", "[Content_Types].xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STYLES, TEXTS = "xl/styles.xml", "xl/sharedStrings.xml"
CHUNK_BYTES, LINES_BYTES = 2**18, 2**20
MOST_HEAD_BYTES, MOST_PART_BYTES = MEBIBYTE, 16 * MEBIBYTE
MOST_TEXT_BYTES = 256 * MEBIBYTE
MOST_RATIO = 200
REMEDY = "Open it in a spreadsheet program, save the sheet as CSV (UTF-8) and load that file"
OTHER_ENCODING = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*['\"](?!utf-?8['\"])", re.IGNORECASE)
START_TAG = re.compile(rb"<(?![?!])([\w.-]+:)?[\w.-]+(?:\s[^>]*)?>")


def is_workbook(archive: ZipFile) -> bool:
    """Whether a zip file is a workbook of the Office Open XML kind."""
    return {BOOK, TYPES} <= set(archive.namelist())


def csv_of(source: Source, place: str, archive: ZipFile) -> Iterator[bytes]:
    """The one visible sheet as CSV in UTF-8, in chunks of whole rows.

    Raises:
        SourceChangedError: While reading: several sheets, a broken or oversized part, a document
            type, or a cell that points nowhere.
    """
    return _Workbook(source, place, archive).csv()


class _Workbook:
    def __init__(self, source: Source, place: str, archive: ZipFile) -> None:
        self._source, self._place, self._archive = source, place, archive
        self._members = {i.filename: i for i in archive.infolist()}

    def csv(self) -> Iterator[bytes]:
        book = self._whole(BOOK)
        sheet = self._sheet(book)
        cells = Cells(self._texts(), self._days(), epoch(book))
        made, width = StringIO(), 0
        writer = csv.writer(made, lineterminator="\n")
        for row in self._parts(sheet, b"sheetData", b"row"):
            try:
                said = cells.read(row)
            except ValueError as error:
                at = f"{sheet}, row {row.get('r')}"
                raise self._refused(at, "a readable row", error) from error
            if not said:
                continue
            width = width or len(said)
            writer.writerow(said + [""] * (width - len(said)))
            if made.tell() > LINES_BYTES:
                yield made.getvalue().encode()
                made.seek(0)
                made.truncate()
        yield made.getvalue().encode()

    def _sheet(self, book: ET.Element) -> str:
        """The member that holds the one visible sheet."""
        shown = [
            e
            for e in book.iter()
            if e.tag.endswith("}sheet") and e.get("state", "visible") == "visible"
        ]
        if len(shown) != 1:
            names = ", ".join(str(e.get("name")) for e in shown[:10]) or "none"
            remedy = "Hide the sheets that hold no data, or save the right one as CSV (UTF-8)"
            raise self._refused(BOOK, "one visible sheet", names, remedy)
        number = next((v for k, v in shown[0].attrib.items() if k.endswith("}id")), "")
        led = {e.get("Id"): e.get("Target", "") for e in self._whole(RELATIONS)}
        target = led.get(number, "")
        member = target[1:] if target.startswith("/") else f"xl/{target}"
        if not target or member not in self._members:
            raise self._refused(RELATIONS, "a sheet of the workbook", target or "none")
        return member

    def _days(self) -> list[bool]:
        """Of each style of cells, whether it shows a day."""
        if STYLES not in self._members:
            return []
        styles = self._whole(STYLES)
        own = {
            e.get("numFmtId", ""): e.get("formatCode", "")
            for e in styles.iter()
            if e.tag.endswith("}numFmt")
        }
        used = next((e for e in styles if e.tag.endswith("}cellXfs")), ())
        return [says_day(n, own.get(n)) for n in (e.get("numFmtId", "0") for e in used)]

    def _texts(self) -> Texts:
        texts = Texts()
        if TEXTS not in self._members:
            return texts
        for item in self._parts(TEXTS, b"sst", b"si"):
            texts.add(text_of(item))
            if texts.bytes_count > MOST_TEXT_BYTES:
                most = f"at most {MOST_TEXT_BYTES // MEBIBYTE} MiB of different texts"
                raise self._refused(TEXTS, most, "more")
        return texts

    def _opened(self, name: str) -> IO[bytes]:
        if name not in self._members:
            raise self._refused(name, "a member of the workbook", "none of that name")
        member = self._members[name]
        is_large = member.file_size > MOST_PART_BYTES
        if is_large and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            expected = f"a member packed at most {MOST_RATIO} times"
            received = f"{member.file_size:,} bytes in {member.compress_size:,}"
            raise self._refused(name, expected, received)
        return self._archive.open(member)

    def _whole(self, name: str) -> ET.Element:
        with self._opened(name) as file:
            body = file.read(MOST_PART_BYTES + 1)
        if len(body) > MOST_PART_BYTES:
            most = f"at most {MOST_PART_BYTES // MEBIBYTE} MiB"
            raise self._refused(name, most, "more")
        self._check_head(name, body)
        return self._parsed(name, body)

    def _parts(self, name: str, container: bytes, item: bytes) -> Iterator[ET.Element]:
        """The elements `item` in the element `container`, read part by part."""
        with self._opened(name) as file:
            read = iter(lambda: file.read(CHUNK_BYTES), b"")
            place = f"{self._place}, {name}"
            chunks = bounded(self._source.id, place, read, self._source.max_bytes)
            root, prefix, rest = self._head(name, chunks, container)
            close, begin = b"</%b%b>" % (prefix, container), b"<%b%b" % (prefix, item)
            shut = re.sub(rb"^<([^\s>/]+).*", rb"</\1>", root, flags=re.DOTALL)
            for chunk in chain([b""], chunks):
                rest += chunk
                end = rest.find(close)
                cut = end if end >= 0 else rest.rfind(begin)
                if cut > 0:
                    yield from self._parsed(name, root + rest[:cut] + shut)
                    rest = rest[cut:]
                if end >= 0:
                    return
                if len(rest) > MOST_PART_BYTES:
                    most = f"<{item.decode()}> of at most {MOST_PART_BYTES // MEBIBYTE} MiB"
                    raise self._refused(name, most, "a longer one")
            raise self._refused(
                name, f"an end of <{container.decode()}>", "none: it is cut off"
            )

    def _head(
        self, name: str, chunks: Iterator[bytes], container: bytes
    ) -> tuple[bytes, bytes, bytes]:
        """The outermost start tag, the prefix of names, and what follows the container's start."""
        opening = re.compile(rb"<((?:[\w.-]+:)?)%b(?:\s[^>]*?)?(/?)>" % container)
        head, found = b"", None
        for chunk in chunks:
            head += chunk
            found = opening.search(head)
            if found or len(head) > MOST_HEAD_BYTES:
                break
        self._check_head(name, head[: found.start() if found else None])
        root = START_TAG.search(head)
        if not found or not root:
            start = head[:80].decode("utf-8", "replace")
            raise self._refused(name, f"an element <{container.decode()}>", start or "nothing")
        prefix = found.group(1)
        if found.group(2):  # an empty one, closed at once
            return (
                root.group().replace(b"/>", b">"),
                prefix,
                b"</%b%b>" % (prefix, container),
            )
        return root.group(), prefix, head[found.end() :]

    def _check_head(self, name: str, head: bytes) -> None:
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            expected = "XML without a document type (<!DOCTYPE, <!ENTITY)"
            remedy = "Do not open the file elsewhere; fetch it again from the publisher"
            raise self._refused(name, expected, "one", remedy)
        if b"\x00" in head or OTHER_ENCODING.match(head.removeprefix(b"\xef\xbb\xbf")):
            raise self._refused(name, "XML in UTF-8", head[:60].decode("latin-1"))

    def _parsed(self, name: str, document: bytes) -> ET.Element:
        try:
            return ET.fromstring(document)  # noqa: S314 -- document types are refused before
        except (ET.ParseError, ValueError, LookupError) as error:
            raise self._refused(name, "well-formed XML", error) from error

    def _refused(
        self, member: str, expected: str, received: object, remedy: str = REMEDY
    ) -> SourceChangedError:
        place = f"{self._place}, {member}"
        return SourceChangedError(self._source.id, place, expected, received, remedy)
