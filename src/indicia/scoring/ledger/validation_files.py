"""Writes the validation pages and the picture from copies of the publishers' files.

`python -m indicia.scoring.ledger.validation_files CLUSTERS.csv DAY LIST.xlsx ... docs`: the copy of
Epoch AI's table of clusters with its day, any number of TOP500 lists, and the folder to write into.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import polars as pl

from indicia.scoring.ledger import validation_chart, validation_page, validation_top500

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LEAST = 4


def sheet(path: Path) -> pl.DataFrame:
    """The first sheet of a workbook, every cell as text, empty cells null."""
    with ZipFile(path) as book:
        texts = (
            [
                "".join(t.text or "" for t in item.iter(f"{MAIN}t"))
                for item in _xml(book, "xl/sharedStrings.xml").iter(f"{MAIN}si")
            ]
            if "xl/sharedStrings.xml" in book.namelist()
            else []
        )
        rows = [
            {_column(c): _text(c, texts) for c in row.iter(f"{MAIN}c")}
            for row in _xml(book, "xl/worksheets/sheet1.xml").iter(f"{MAIN}row")
        ]
    names = {at: name for at, name in rows[0].items() if name}
    table = [{name: row.get(at) for at, name in names.items()} for row in rows[1:]]
    return pl.DataFrame(table, schema=dict.fromkeys(names.values(), pl.String))


def _xml(book: ZipFile, name: str) -> ET.Element:
    return ET.fromstring(book.read(name))  # noqa: S314 -- a file the maintainer names, never a body of a source


def _column(cell: ET.Element) -> str:
    return re.sub(r"\d", "", cell.get("r", ""))


def _text(cell: ET.Element, texts: list[str]) -> str | None:
    if cell.get("t") == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{MAIN}t")) or None
    value = cell.findtext(f"{MAIN}v")
    if value is None or value == "":
        return None
    return texts[int(value)] if cell.get("t") == "s" else value


def write(clusters: Path, as_of: str, lists: list[Path], docs: Path) -> None:
    """Write `validation/compute.md` and `img/validation_compute.svg`."""
    table = pl.read_csv(clusters, infer_schema=False)
    listed = {path.stem: sheet(path) for path in lists}
    machines = validation_top500.machines(listed) if listed else None
    page = validation_page.page(table, as_of, machines)
    (docs / "validation" / "compute.md").write_text(page, encoding="utf-8")
    picture = validation_chart.picture(validation_page.compared_rows(table, machines), as_of)
    (docs / "img" / "validation_compute.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < LEAST:
        sys.exit(__doc__)
    given = [Path(a) for a in sys.argv[1:]]
    write(given[0], sys.argv[2], given[2:-1], given[-1])
