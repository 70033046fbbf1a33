"""ROR: the dump of schema 2, packed or not; older schemas, bombs and unknown types are refused."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch

JOB = ingest.jobs()["entities/ror"]
DUMP = (Path(__file__).parent / "entities/ror/dump/response.json").read_bytes()
SCHEMA_1 = [{"id": "https://ror.org/0exampl01", "name": "Example", "aliases": [], "labels": []}]


def parse(body, name="ror-data.json"):
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return JOB.parse(body, Fetch("f", JOB.source.id, "file", name, now, "0", "0", len(body)))


def refused(body):
    with pytest.raises(SourceChangedError) as raised:
        parse(body)
    return str(raised.value)


def packed(**members):
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "-"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "members",
    [
        {"v1.74-2025-11-24__ror-data_schema_v2.json": DUMP, "v1.74-2025-11-24__ror-data.json": b"[]"},
        {"v2.9-2026-05-20__ror-data.json": DUMP, "v2.9-2026-05-20__ror-data.csv": b"id"},
    ],
)  # fmt: skip
def test_the_zip_reads_like_the_file_in_it(members):
    alone = parse(DUMP)
    for name, frame in parse(packed(**members)).tables.items():
        assert frame.equals(alone.tables[name])


def test_a_dump_of_schema_1_is_refused_with_the_name_of_the_right_file():
    assert "schema_v2.json" in refused(json.dumps(SCHEMA_1).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"[1, 2]", b"<html></html>", DUMP[:700], b"\xff\xfe", b"[" * 100_000,
     packed(readme=b"x"), packed(**{"a-ror-data.json": DUMP})[:300], packed(**{"a-ror-data.json": b" " * 2**22})],
)  # fmt: skip
def test_what_is_no_dump_is_refused(body):
    refused(body)


def test_a_relation_is_told_once_from_one_end():
    links = parse(DUMP).tables["entity_link"]
    assert set(links["kind"]) == {"direct parent", "successor"}
    assert links.filter(kind="successor").select("record_id", "other_id").row(0) == (
        "ROR:0exampl04",
        "ROR:0exampl01",
    )


def test_a_name_in_another_script_is_kept_with_its_language():
    names = parse(DUMP).tables["entity_name"].filter(language="zh")
    assert names["name"].to_list() == ["示例计算大学"]


def test_a_year_to_come_is_no_foundation():
    records = parse(DUMP).tables["entity_record"]
    assert records.filter(record_id="ROR:0exampl04")["founded_date"].item() is None
    assert records.filter(record_id="ROR:0exampl01")["founded_date"].item() == date(1999, 1, 1)


def test_nothing_is_asked_live():
    assert not JOB.plan(Asked(date(2026, 11, 22)))
