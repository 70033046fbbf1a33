"""Labour filings: what leaves before archiving, how statuses are told apart, what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Fetch

BODY = (Path(__file__).parent / "staffing/h1b_lca/quarter/response.csv").read_bytes()
JOB = ingest.jobs()["staffing/h1b_lca"]


def parse(body: bytes):
    fetched = datetime(2026, 6, 1, tzinfo=UTC)
    return JOB.parse(body, Fetch("f", "s", "file", "lca.csv", fetched, "", "", len(body)))


def test_persons_contacts_wages_and_numbers_never_reach_the_archive():
    gone = (b"Jane", b"Roe", b"Poe", b"@", b"15550100", b"00-0000000", b"150000", b"SHELBY")
    assert all(text in BODY for text in gone)
    redacted = JOB.redact(BODY)
    assert not any(text in redacted for text in gone)
    assert JOB.redact(redacted) == redacted


def test_certified_then_withdrawn_is_not_certified():
    frame = parse(JOB.redact(BODY)).tables["labour_filing"]
    assert frame["status"].to_list().count("certified") == 1
    assert "certified, then withdrawn" in frame["status"].to_list()


def test_rows_without_a_cell_are_no_records():
    blank = b"," * BODY.split(b"\n")[0].count(b",") + b"\n"
    more = parse(JOB.redact(BODY + blank * 1000))
    assert more.rows_in == parse(JOB.redact(BODY)).rows_in == 9
    header = BODY.split(b"\n")[0] + b"\n"
    assert parse(JOB.redact(header + blank * 3)).tables["labour_filing"].height == 0


def test_a_spreadsheet_saved_in_the_machines_own_encoding_is_read():
    body = BODY.replace(b"Memphis", "Cañon City".encode("cp1252"))
    frame = parse(JOB.redact(body)).tables["labour_filing"]
    assert "Cañon City, TN" in frame["place"].to_list()


@pytest.mark.parametrize(
    ("body", "received"),
    [
        (b"PK\x03\x04 the published workbook", "a workbook or zip"),
        (b"", "''"),
        (b"<!DOCTYPE html><html></html>", "DOCTYPE"),
        (BODY.replace(b"CASE_STATUS", b"STATUS"), "CASE_STATUS"),
        (BODY.replace(b"TOTAL_WORKER_POSITIONS", b"TOTAL_WORKERS"), "TOTAL_WORKER_POSITIONS"),
    ],
)
def test_another_file_is_refused_before_it_is_archived_and_the_remedy_is_named(body, received):
    with pytest.raises(SourceChangedError, match=received) as raised:
        JOB.redact(body)
    assert "as CSV" in raised.value.remedy
