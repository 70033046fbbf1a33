"""Workbooks as files of a user: the rows of the sheet in bounded memory, whatever they hold."""

import csv
import gzip
import io
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import python_calamine
import xlsxwriter
from polars.testing import assert_frame_equal

from indicia.cli import providers, work
from indicia.errors import SourceChangedError
from indicia.sources import cells, pieces, workbook
from indicia.store import Store

LCA = Path(__file__).parents[1] / "replay/staffing/h1b_lca/quarter/response.csv"
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'


def job(**facts):
    found = providers.find().jobs["staffing/h1b_lca"]
    return replace(found, source=replace(found.source, **{"piece_mb": 1, **facts}))


def read(path, **facts):
    """The sheet as rows of texts, its pieces joined."""
    found = [
        list(csv.reader(io.StringIO(p.body.decode())))
        for p in pieces.cut(job(**facts).source, path)
    ]
    return [row for n, rows in enumerate(found) for row in (rows if not n else rows[1:])]


def refused(path, **facts):
    with pytest.raises(SourceChangedError) as raised:
        read(path, **facts)
    assert path.name in raised.value.place
    assert raised.value.remedy
    return raised.value


def made(path, rows, *, constant=False, **options):
    """A workbook as a spreadsheet program writes it; days in a style of their own."""
    book = xlsxwriter.Workbook(path, {"constant_memory": constant, **options})
    sheet, plain = book.add_worksheet("Data"), book.add_format({"bold": True})
    days = book.add_format({"num_format": "m/d/yyyy"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, days)
            elif value is None:
                sheet.write_blank(number, column, None, plain)
            else:
                sheet.write(number, column, value)
    return book


def altered(path, changes):
    """The same workbook with members changed, added, or (None) left out."""
    with ZipFile(path) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    for name, change in changes.items():
        body = change(members.get(name, b"")) if callable(change) else change
        members[name] = body
    target = path.with_name(f"altered-{path.name}")
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, body in members.items():
            if body is not None:
                archive.writestr(name, body)
    return target


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.xlsx"
    made(path, [["a", "b", "c"], ["one", 2, date(2026, 3, 4)], ["three", 4.5, None]]).close()
    return path


@pytest.mark.parametrize("constant", [False, True], ids=["shared texts", "texts in cells"])
def test_every_kind_of_cell_is_read_as_a_spreadsheet_would_save_it(constant, tmp_path):
    path = tmp_path / "kinds.xlsx"
    rows = [
        ["text", "number", "day", "moment", "true", "gap", "last"],
        [" two  spaces ", 12.25, date(2024, 2, 29), datetime(2026, 1, 2, 13, 30), True, None, "x"],  # noqa: DTZ001 -- cells know no zone
        ['a "quoted", word\nand a line', -3, date(1999, 12, 31), None, False, None, "東京 & <b>"],
        [None, None, None, None, None, None, None],
        ["=not a formula", 1e-7, None, None, None, None, None],
    ]  # fmt: skip
    made(path, rows, constant=constant, strings_to_formulas=False).close()
    assert read(path) == [
        rows[0],
        [" two  spaces ", "12.25", "2024-02-29", "2026-01-02 13:30:00", "TRUE", "", "x"],
        ['a "quoted", word\nand a line', "-3", "1999-12-31", "", "FALSE", "", "東京 & <b>"],
        ["=not a formula", "1E-07", "", "", "", "", ""],
    ]


def test_it_says_what_a_reader_that_holds_the_whole_sheet_says(tmp_path):
    path = tmp_path / "wide.xlsx"
    rows = [[f"c{n}" for n in range(60)]]
    rows += [[f"{r}-{c}" if (r + c) % 5 else None for c in range(60)] for r in range(3_000)]
    made(path, rows).close()
    whole = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    found = read(path)
    assert found == [[str(v) for v in row] for row in whole]
    assert len(list(pieces.cut(job().source, path))) > 1


def test_the_labour_file_as_workbook_gives_the_rows_of_the_csv(tmp_path):
    rows = list(csv.reader(io.StringIO(LCA.read_text(encoding="utf-8"))))
    dates = {n for n, name in enumerate(rows[0]) if name.endswith("_DATE")}
    typed = [rows[0]] + [
        [
            date.fromisoformat(v) if n in dates and len(v) == 10 and v[4] == "-" else v or None
            for n, v in enumerate(row)
        ]
        for row in rows[1:]
    ]
    path = tmp_path / "LCA_Disclosure_Data.xlsx"
    made(path, [*typed, *([[None] * len(rows[0])] * 500)]).close()
    held = {}
    for way, file in (("csv", LCA), ("xlsx", path)):
        outcome = work.refresh(
            tmp_path / way, work.file_tasks(job(), file, None), progress=lambda _t: None
        )
        assert outcome.reports[0].outcome == "loaded", outcome.reports[0].issues
        with Store.open(tmp_path / way) as store:
            held[way] = store.sql(
                "SELECT * EXCLUDE (fetched_utc, fetch_id, published_utc, origin_id, source_url) "
                "FROM labour_filing ORDER BY ALL"
            )
    assert held["csv"].height
    assert_frame_equal(held["csv"], held["xlsx"])


def test_persons_in_a_workbook_never_reach_the_archive(tmp_path):
    path = tmp_path / "LCA.xlsx"
    made(path, list(csv.reader(io.StringIO(LCA.read_text(encoding="utf-8"))))).close()
    work.refresh(
        tmp_path / "home", work.file_tasks(job(), path, None), progress=lambda _t: None
    )
    kept = [gzip.decompress(p.read_bytes()) for p in (tmp_path / "home/archive").rglob("*.gz")]
    assert kept
    assert not any(w in body for body in kept for w in (b"Jane", b"Roe", b"@", b"15550100"))


@pytest.mark.parametrize(
    ("change", "received"),
    [
        ({SHEET: lambda b: b.replace(b"<worksheet", LAUGHS + b"<worksheet", 1)}, "DOCTYPE"),
        ({TEXTS: lambda b: b.replace(b"<sst", LAUGHS + b"<sst", 1)}, "DOCTYPE"),
        ({"xl/workbook.xml": lambda b: b.replace(b"<workbook", LAUGHS + b"<workbook", 1)}, "DOCTYPE"),
        ({"xl/styles.xml": lambda b: LAUGHS + b}, "DOCTYPE"),
        ({SHEET: lambda b: b.replace(b"<row", b"<row>&a;</row><row", 1)}, "undefined entity"),
        ({SHEET: lambda b: b[: len(b) // 2]}, "cut off"),
        ({SHEET: lambda b: b.replace(b"</c>", b"</d>", 1)}, "mismatched"),
        ({SHEET: b""}, "sheetData"),
        ({SHEET: b"<html><body>Sign in</body></html>"}, "sheetData"),
        ({SHEET: lambda b: b.decode().replace("UTF-8", "UTF-16").encode("utf-16")}, "UTF-8"),
        ({SHEET: lambda b: b.replace(b'r="B2"', b'r="A1"')}, "after a later one"),
        ({SHEET: lambda b: b.replace(b'r="B2"', b'r="ZZZZ2"')}, "ZZZZ"),
        ({SHEET: lambda b: b.replace(b'r="B2"', b'r="2"')}, "the cell "),
        ({SHEET: None}, "worksheets/sheet1.xml"),
        ({TEXTS: None}, "text number"),
        ({TEXTS: lambda b: b[:-20]}, "cut off"),
        ({SHEET: lambda b: b.replace(b"<v>0</v>", b"<v>-1</v>")}, "'-1' of 5"),
        ({SHEET: lambda b: b.replace(b"<v>0</v>", b"<v>99</v>")}, "'99' of 5"),
        ({"xl/_rels/workbook.xml.rels": None}, "none of that name"),
        ({"xl/_rels/workbook.xml.rels": lambda b: b.replace(b"worksheets/", b"../../")}, "../../sheet1.xml"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_workbook_is_refused_and_its_member_named(small, change, received):
    error = refused(altered(small, change))
    assert received in f"{error.place} {error.expected} {error.received}"
    assert "xl/" in error.place


def test_a_bomb_is_refused_without_being_opened(small, tmp_path):
    blank = b'<row r="9"><c r="A9" s="1"/></row>' * 4_000_000
    bomb = altered(
        small, {SHEET: lambda b: b.replace(b"</sheetData>", blank + b"</sheetData>")}
    )
    assert bomb.stat().st_size < 2**20
    assert "200 times" in refused(bomb, max_mb=2**20).expected
    assert tmp_path


def test_a_sheet_larger_than_the_source_allows_is_refused(tmp_path):
    path = tmp_path / "large.xlsx"
    made(path, [["a", "b"], *([f"text {n * 7919 % 10007}", n] for n in range(40_000))]).close()
    assert "MiB, decompressed" in refused(path, max_mb=1).expected


@pytest.mark.parametrize("place", ["row", "text"])
def test_a_row_or_text_without_end_is_refused_before_it_fills_the_memory(
    small, place, monkeypatch
):
    monkeypatch.setattr(workbook, "MOST_PART_BYTES", 2**19)
    long = random.Random(1).randbytes(3 * 2**18).hex().encode()
    name, mark = (SHEET, b"<v>") if place == "row" else (TEXTS, b"<t>")
    error = refused(altered(small, {name: lambda b: b.replace(mark, mark + long, 1)}))
    assert error.received == "a longer one"


def test_more_texts_than_fit_are_refused(small, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_TEXT_BYTES", 30)
    assert "different texts" in refused(small).expected


def test_of_several_sheets_none_is_chosen_in_silence(tmp_path):
    path = tmp_path / "two.xlsx"
    book = made(path, [["a"], ["1"]])
    other = book.add_worksheet("Notes")
    other.write(0, 0, "how to read this")
    book.close()
    error = refused(path)
    assert error.received == "Data, Notes"
    hidden = path.with_name("hidden.xlsx")
    book = made(hidden, [["a"], ["1"]])
    book.add_worksheet("Notes").hide()
    book.close()
    assert read(hidden) == [["a"], ["1"]]


def test_a_sheet_with_other_columns_is_refused_by_the_parser_and_nothing_is_kept(
    small, tmp_path
):
    outcome = work.refresh(
        tmp_path / "home", work.file_tasks(job(), small, None), progress=lambda _t: None
    )
    assert outcome.has_failed
    assert "CASE_NUMBER" in str(outcome.reports[0].issues)
    assert not list((tmp_path / "home/archive").rglob("*.gz"))


def test_prefixed_names_gaps_and_runs_are_read(small):
    sheet = (
        b'<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="urn:x"><x:cols/><x:sheetData>'
        b'<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:r><x:t>head</x:t></x:r><x:r><x:t>ed</x:t></x:r>'
        b'<x:rPh><x:t>spoken</x:t></x:rPh></x:is></x:c><x:c r="C1" t="str"><x:f>1+1</x:f><x:v>last</x:v></x:c></x:row>'
        b'<x:row r="2"/><x:row r="9"><x:c><x:v>1</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c></x:row>'
        b'</x:sheetData><x:rowBreaks count="1"/></x:worksheet>'
    )
    assert read(altered(small, {SHEET: sheet})) == [["headed", "", "last"], ["1", "#N/A", ""]]
    empty = b'<worksheet xmlns="urn:x"><sheetData/></worksheet>'
    assert read(altered(small, {SHEET: empty})) == []


@pytest.mark.parametrize(
    ("serial", "start", "expected"),
    [
        ("1", 1899, "1900-01-01"), ("59", 1899, "1900-02-28"), ("61", 1899, "1900-03-01"),
        ("45351", 1899, "2024-02-29"), ("43889", 1904, "2024-02-29"), ("45351.5", 1899, "2024-02-29 12:00:00"),
        ("45351.9999999", 1899, "2024-03-01"), ("0.5", 1899, "0.5"), ("-4", 1899, "-4"), ("3e9", 1899, "3e9"),
        ("nan", 1899, "nan"), ("inf", 1899, "inf"), ("soon", 1899, "soon"), ("2958465", 1899, "9999-12-31"),
    ],
)  # fmt: skip
def test_serial_numbers_become_days(serial, start, expected):
    first = datetime(1899, 12, 30) if start == 1899 else datetime(1904, 1, 1)  # noqa: DTZ001 -- cells know no zone
    assert cells.day(serial, first) == expected


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        ("14", None, True), ("22", None, True), ("0", None, False), ("20", None, False), ("x", None, False),
        ("164", "yyyy-mm-dd", True), ("165", "[$-409]d-mmm-yy;@", True), ("166", '0.00 "days"', False),
        ("167", "[Red]0.00", False), ("168", "General", False), ("169", "h:mm", False), ("170", "#,##0\\d", False),
    ],
)  # fmt: skip
def test_a_format_shows_a_day_by_its_own_marks(number, code, expected):
    assert cells.says_day(number, code) is expected


def test_the_1904_system_is_told_by_the_workbook(tmp_path):
    path = tmp_path / "mac.xlsx"
    made(path, [["d"], [date(2024, 2, 29)]], date_1904=True).close()
    assert read(path) == [["d"], ["2024-02-29"]]


def test_a_damaged_zip_is_refused(small):
    body = bytearray(small.read_bytes())
    at = body.index(SHEET.encode()) + len(SHEET) + 40
    body[at : at + 16] = bytes(16)
    small.write_bytes(body)
    assert refused(small)


PEAK = """
import resource, sys
from pathlib import Path
from indicia.cli import providers
from indicia.sources import pieces
source = providers.find().jobs["staffing/h1b_lca"].source
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = sum(p.body.count(b"\\n") - 1 for p in pieces.cut(source, Path(sys.argv[1])))
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_does_not_grow_with_the_sheet(tmp_path):
    peaks = []
    for size in (30_000, 120_000):
        path = tmp_path / f"{size}.xlsx"
        row = [f"a text of some length {n}" for n in range(12)]
        made(path, [row, *([*row[:11], n] for n in range(size))], constant=True).close()
        told = subprocess.run(
            [sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True
        )
        rows, peak = map(int, told.stdout.split())
        assert rows == size
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 40
