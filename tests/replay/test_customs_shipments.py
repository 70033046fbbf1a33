"""Shipments: whose names are kept, what leaves before archiving, and which layouts are read."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Fetch
from ingest.customs.shipment_layouts import Layout, known_layouts

HERE = Path(__file__).parent / "customs/shipments"
JOB = ingest.jobs()["customs/shipments"]
HEADER = b"shipped_date,shipper_name,consignee_name,description\n"


def parse(body: bytes, name: str = "mine.csv"):
    fetched = datetime(2026, 6, 1, tzinfo=UTC)
    return JOB.parse(body, Fetch("f", "s", "file", name, fetched, "", "", len(body)))


def kept(row: str) -> dict[str, object]:
    frame = parse(JOB.redact(HEADER + row.encode() + b"\n")).tables["shipment"]
    return frame.row(0, named=True)


def zipped(mapping: str, data: bytes) -> bytes:
    body = BytesIO()
    with ZipFile(body, "w") as archive:
        archive.writestr("mapping.toml", mapping)
        archive.writestr("data.csv", data)
    return body.getvalue()


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        ("Example Trading LLC", True),
        ("EXAMPLETECH", True),
        ("SUPER MICRO COMPUTER", True),
        ("TO THE ORDER OF BANK EXAMPLE", True),
        ("示例科技有限公司", True),
        ("3M Beispiel", True),
        ("Jane Example Doe", False),
        ("JUAN EJEMPLO", False),
        ("王小明", False),
        ("j.doe@example.org", False),
    ],
)
def test_organisations_are_kept_and_apparent_persons_withheld(name, is_kept):
    found = kept(f"2026-03-04,Example Co Ltd,{name},Servers")["consignee_name"]
    assert found == (name if is_kept else None)


def test_what_no_mapping_names_and_addresses_of_persons_never_reach_the_archive():
    body = (HERE / "own-header/response.csv").read_bytes()
    assert b"broker_phone" in body
    redacted = JOB.redact(body)
    for gone in (b"broker_phone", b"+60 1 23", b"Jane", b"@example.org", "王小明".encode()):
        assert gone not in redacted
    assert JOB.redact(redacted) == redacted


def test_a_zip_stays_a_zip_with_its_mapping_and_only_the_columns_it_names():
    redacted = JOB.redact((HERE / "mapping-in-zip/response.zip").read_bytes())
    with ZipFile(BytesIO(redacted)) as archive:
        assert b"Fecha" in archive.read("mapping.toml")
        assert b"RFC" not in archive.read("data.csv")
    assert JOB.redact(redacted) == redacted


def test_withheld_names_are_counted_per_column():
    rows = HEADER + b"2026-03-04,Jane Example Doe,Juan Ejemplo,x\n" * 2
    notes = [r for r in parse(JOB.redact(rows)).rejections if "person" in r.rule]
    assert [r.place for r in notes] == [
        "mine.csv, column shipper_name, 2 rows",
        "mine.csv, column consignee_name, 2 rows",
    ]


def test_a_row_without_an_id_is_named_by_its_cells_and_an_equal_row_counts_once():
    rows = HEADER + b"2026-03-04,A Co Ltd,B Co Ltd,x\n2026-03-04,A Co Ltd,B Co Ltd,x\n"
    result = parse(rows)
    assert result.tables["shipment"].height == 1
    assert [r.rule for r in result.rejections] == ["key repeated"]
    again = parse(HEADER + b"2026-03-04,A Co Ltd,B Co Ltd,x\n").tables["shipment"]
    assert again["shipment_id"].to_list() == result.tables["shipment"]["shipment_id"].to_list()


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ('[columns]\nhs_code = "HS"', "shipped_date"),
        ('[columns]\nshipped_date = "Day"\ncolour = "Red"', "colour"),
        ('[columns]\nshipped_date = "Day"\n[file]\ncurrency = "EUR"', "currency among"),
        ('[columns]\nshipped_date = "Day"\n[file]\nweight = "stone"', "weight among"),
        ('[columns]\nshipped_date = "Date"', "without"),
        ("[columns", "TOML"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_by_name(mapping, expected):
    with pytest.raises(SourceChangedError, match=expected):
        JOB.redact(zipped(mapping, b"Day,HS\n2026-03-04,847150\n"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b'{"data": []}',
        b"\x00\xff\xd0\xcf",
        b"Fecha,Importador\n2026-03-04,X\n",
        HEADER,
        b"PK\x03\x04 cut off",
        zipped('[columns]\nshipped_date = "Day"', b"Day\n"),
    ],
)
def test_what_fits_no_layout_is_refused_before_it_is_archived(body):
    with pytest.raises(SourceChangedError) as raised:
        parse(JOB.redact(body))
    assert raised.value.remedy


def test_a_tightly_packed_zip_is_refused():
    body = BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mapping.toml", '[columns]\nshipped_date = "Day"')
        archive.writestr("data.csv", b"Day\n" + b"0" * 5_000_000)
    with pytest.raises(SourceChangedError, match="packed at most 200 times"):
        JOB.redact(body.getvalue())


def test_tabs_and_semicolons_are_recognised_by_the_header():
    for delimiter in (b"\t", b";", b"|"):
        rows = (HEADER + b"2026-03-04,A Co Ltd,B Co Ltd,x\n").replace(b",", delimiter)
        assert parse(JOB.redact(rows)).tables["shipment"].height == 1


def test_every_typical_layout_names_columns_of_the_table():
    layouts = known_layouts()
    assert len(layouts) > 1
    assert all(isinstance(one, Layout) and "shipped_date" in one.columns for one in layouts)
