"""The first sheet of an XLSX file as rows of text: enough for a plain table, and nothing executed."""

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from ingest import zip_body
from ingest.xml_body import child, child_text, children, local_name, xml_root

SHEET, SHARED, WORKBOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
MOST_BYTES = 64 * 2**20
COLUMN = re.compile(r"^([A-Z]{1,3})\d+$")


def table(
    source: str, place: str, body: bytes
) -> tuple[Sequence[str], Sequence[Mapping[str, str]]]:
    """The header, and the rows below it as column name -> text; empty cells are absent.

    Raises:
        SourceChangedError: The body is no XLSX file.
    """
    root = xml_root(source, f"{place}, {SHEET}", _member(source, place, body, SHEET))
    shared = _shared(source, place, body)
    data = child(root, "sheetData")
    lines = [_line(r, shared) for r in children(data, "row")] if data is not None else []
    header = {c: name.strip() for c, name in lines[0].items() if name.strip()} if lines else {}
    rows = [
        {header[c]: text for c, text in line.items() if c in header and text.strip()}
        for line in lines[1:]
    ]
    return list(dict.fromkeys(header.values())), rows


def sheet_name(source: str, place: str, body: bytes) -> str:
    """The name of the first sheet; empty where there is none."""
    root = xml_root(source, f"{place}, {WORKBOOK}", _member(source, place, body, WORKBOOK))
    first = next((e for e in root.iter() if local_name(e) == "sheet"), None)
    return "" if first is None else first.get("name", "")


def _member(source: str, place: str, body: bytes, name: str) -> bytes:
    return b"".join(zip_body.lines(source, place, body, name.lower(), MOST_BYTES))


def _shared(source: str, place: str, body: bytes) -> Sequence[str]:
    if SHARED.encode() not in body:
        return ()
    root = xml_root(source, f"{place}, {SHARED}", _member(source, place, body, SHARED))
    return ["".join(t.text or "" for t in e.iter() if local_name(t) == "t") for e in root]


def _line(row: Element, shared: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for cell in children(row, "c"):
        named = COLUMN.match(cell.get("r", ""))
        if not named:
            continue
        kind, text = cell.get("t", "n"), child_text(cell, "v")
        if kind == "inlineStr":
            text = "".join(t.text or "" for t in cell.iter() if local_name(t) == "t")
        elif kind == "s":
            text = shared[int(text)] if text.isdigit() and int(text) < len(shared) else ""
        found[named[1]] = text
    return found
