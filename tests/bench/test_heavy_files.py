"""Files larger than memory should be: seconds and memory of a whole refresh. Printed, never asserted.

INDICIA_BENCH_LCA_MB (default 200), INDICIA_BENCH_LCA_ROWS (of a workbook, default 20,000) and
INDICIA_BENCH_SHIPMENTS (rows, default 2,000,000) set the sizes; the figures in docs are of 1600,
437,000 and 50,000,000.
"""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter.utility import xl_col_to_name

pytestmark = pytest.mark.bench
LCA_MB = int(os.environ.get("INDICIA_BENCH_LCA_MB", "200"))
LCA_ROWS = int(os.environ.get("INDICIA_BENCH_LCA_ROWS", "20000"))
SHIPMENTS = int(os.environ.get("INDICIA_BENCH_SHIPMENTS", "2000000"))
LCA = Path(__file__).parents[1] / "replay/staffing/h1b_lca/quarter/response.csv"
BLOCK = 100_000

REFRESH = """
import json, resource, sys, time
from pathlib import Path
from indicia.cli import providers, work
home, name, path = sys.argv[1:]
job = providers.find().jobs[name]
began = time.perf_counter()
done = work.refresh(Path(home), work.file_tasks(job, Path(path), None), progress=lambda _t: None)
(report,) = done.reports
print(json.dumps({
    "seconds": time.perf_counter() - began,
    "cpu": time.process_time(),
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "outcome": report.outcome, "rows_in": report.rows_in, "rows_kept": report.rows_kept,
    "message": report.message,
}))
"""
BARE = """
import duckdb, json, resource, sys, time
path, memory = sys.argv[1:]
con = duckdb.connect(path + ".duckdb" if "TABLE" in memory else ":memory:")
query = {
    "SUM": f"SELECT count(*), sum(gross_weight_kg) FROM read_csv('{path}')",
    "TABLE": f"CREATE TABLE t AS SELECT * FROM read_csv('{path}')",
}[memory]
began = time.perf_counter()
con.execute(query).fetchall()
print(json.dumps({
    "seconds": time.perf_counter() - began,
    "cpu": time.process_time(),
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def child(code, *arguments):
    made = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(made.stdout.splitlines()[-1])


def lca_file(path, megabytes):
    """The fixture's rows with new case numbers, and as many empty rows, as in the published sheet."""
    whole = LCA.read_text(encoding="utf-8")
    header, rest = whole.split("\n", 1)
    record = rest.split("\n", 1)[0].strip()
    number, tail = record.split(",", 1)
    wide = tail.replace("Jane", "Jane" * 20)
    blank = "," * header.count(",") + "\n"
    size = 0
    with path.open("w", encoding="utf-8") as file:
        size += file.write(header.strip() + "\n")
        counted = 0
        while size < megabytes * 2**20:
            rows = (
                f"I-200-{n:012d},{wide.replace('Example Compute', f'Example {n % 4999} Compute', 1)}\n"
                + (blank if n % 2 else "")
                for n in range(counted, counted + 10_000)
            )
            counted += 10_000
            size += file.write("".join(rows))
    assert number
    return counted


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODD = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = {
    "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
    "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{ODD}'><sheets><sheet name='LCA' sheetId='1' r:id='rId1'/></sheets></workbook>",
    "xl/_rels/workbook.xml.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>",
    "xl/styles.xml": f"<styleSheet xmlns='{MAIN}'><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>",
}
BLANKS = 1.36  # rows without content to one with, as in the published sheet


def lca_workbook(path, records):
    """A workbook as spreadsheet programs save it: shared texts, serial days, styled blank rows.

    Return the size of its sheet. Written as text: the library takes a quarter of an hour.
    """
    header, first, *_ = csv.reader(LCA.read_text(encoding="utf-8").splitlines())
    names = [xl_col_to_name(n) for n in range(len(header))]
    is_day = [h.endswith("_DATE") for h in header]
    shared = [*header, *(v or "N/A" for v in first)]
    employer, fixed = header.index("EMPLOYER_NAME"), len(shared)
    top = "".join(f'<c r="{c}1" t="s"><v>{n}</v></c>' for n, c in enumerate(names))
    cells = [
        f'<c r="{c}{{r}}" s="1"><v>45{{d}}</v></c>' if is_day[n]
        else f'<c r="{c}{{r}}" s="0" t="s"><v>{{e}}</v></c>' if n == employer
        else f'<c r="{c}{{r}}" s="0" t="s"><v>{{k}}</v></c>' if n == 0
        else f'<c r="{c}{{r}}" s="0" t="s"><v>{len(header) + n}</v></c>'
        for n, c in enumerate(names)
    ]  # fmt: skip
    row = '<row r="{r}" spans="1:98">' + "".join(cells) + "</row>"
    blank = '<row r="{r}" spans="1:98"><c r="A{r}" s="1"/><c r="B{r}" s="1"/></row>'
    size = 0
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in BOOK.items():
            book.writestr(name, text)
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as file:
            texts = (
                *shared,
                *(f"Example {n} Compute LLC" for n in range(4_999)),
                *(f"I-200-{n:012d}" for n in range(records)),
            )
            file.write(f"<sst xmlns='{MAIN}'>".encode())
            file.write("".join(f"<si><t>{escape(t)}</t></si>" for t in texts).encode())
            file.write(b"</sst>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            size += file.write(f"<worksheet xmlns='{MAIN}'><sheetData>".encode())
            size += file.write(f'<row r="1">{top}</row>'.encode())
            for n in range(records):
                made = row.format(r=n + 2, d=100 + n % 600, e=fixed + n % 4_999, k=fixed + 4_999 + n)  # fmt: skip
                size += file.write(made.encode())
            for n in range(int(records * BLANKS)):
                size += file.write(blank.format(r=records + n + 2).encode())
            size += file.write(b"</sheetData></worksheet>")
    return size


def shipment_file(path, rows):
    """Bills between some thousand firms: our own header, twelve columns."""
    header = "shipment_id,shipped_date,shipper_name,consignee_name,consignee_iso2,origin_iso2,port_to,hs_code,description,quantity_reported,gross_weight_kg,value_reported_usd\n"
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        for start in range(0, rows, BLOCK):
            file.write(
                "".join(
                    f"BL{n:010d},2025-{n % 12 + 1:02d}-{n % 28 + 1:02d},Example Servers {n % 4999} Co Ltd,Example Cloud {n % 3331} Sdn Bhd,MY,TW,Port Klang,847180,Server boards of lot {n % 977},{n % 77 + 1},{n % 9973}.5,{n * 13 % 1000003}\n"
                    for n in range(start, min(start + BLOCK, rows))
                )
            )


def test_an_lca_file_is_streamed_in_bounded_memory(tmp_path):
    path = tmp_path / "LCA_Disclosure_Data.csv"
    records = lca_file(path, LCA_MB)
    size = path.stat().st_size / 1e6
    told = child(REFRESH, tmp_path / "home", "staffing/h1b_lca", path)
    path.unlink()
    print(
        f"\nLCA file of {size:,.0f} MB, {records:,} records: {told['seconds']:.1f} s ({told['cpu']:.0f} s of two cores), "
        f"{size / told['seconds']:.0f} MB/s, {told['rows_kept'] / told['seconds']:,.0f} rows/s, "
        f"peak memory {told['mb']:,.0f} MB ({told['outcome']})"
    )
    assert told["outcome"] == "loaded", told
    assert told["rows_kept"] == records


def test_an_lca_workbook_is_streamed_in_bounded_memory(tmp_path):
    path = tmp_path / "LCA_Disclosure_Data.xlsx"
    sheet = lca_workbook(path, LCA_ROWS) / 1e6
    size = path.stat().st_size / 1e6
    told = child(REFRESH, tmp_path / "home", "staffing/h1b_lca", path)
    path.unlink()
    print(
        f"\nLCA workbook of {size:,.0f} MB (sheet {sheet:,.0f} MB, {LCA_ROWS:,} records, {LCA_ROWS * BLANKS:,.0f} blank rows): "
        f"{told['seconds']:.1f} s ({told['cpu']:.0f} s of two cores), {sheet / told['seconds']:.1f} MB/s of the sheet, "
        f"peak memory {told['mb']:,.0f} MB ({told['outcome']})"
    )
    assert told["outcome"] == "loaded", told
    assert told["rows_kept"] == LCA_ROWS


def test_shipments_beside_the_bare_reader(tmp_path):
    path = tmp_path / "shipments.csv"
    shipment_file(path, SHIPMENTS)
    size = path.stat().st_size / 1e6
    began = time.perf_counter()
    bare = child(BARE, path, "SUM")
    table = child(BARE, path, "TABLE")
    Path(f"{path}.duckdb").unlink()
    told = child(REFRESH, tmp_path / "home", "customs/shipments", path)
    print(
        f"\n{SHIPMENTS:,} shipments, {size:,.0f} MB, all in {time.perf_counter() - began:.0f} s:"
        f"\n  bare reader, count and sum: {bare['seconds']:.1f} s ({bare['cpu']:.0f} s of two cores), {bare['mb']:,.0f} MB"
        f"\n  bare reader into a table:   {table['seconds']:.1f} s ({table['cpu']:.0f} s of two cores), {table['mb']:,.0f} MB"
        f"\n  refresh, to published:      {told['seconds']:.1f} s ({told['cpu']:.0f} s of two cores), {told['mb']:,.0f} MB, "
        f"{told['seconds'] / bare['seconds']:.1f} and {told['seconds'] / table['seconds']:.1f} times"
    )
    assert told["rows_kept"] == SHIPMENTS, told
