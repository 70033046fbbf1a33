"""Epoch AI's staff table: no person leaves the redaction, and estimates never stand as reported."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Fetch

JOB = ingest.jobs()["staffing/epoch_staff"]
CASE = Path(__file__).parent / "staffing" / "epoch_staff" / "dated" / "response.csv"
HEADER = "Id,Company,Staff count,Date,Report date,Type,Source type,Confidence"


def parse(text, fetched=datetime(2026, 6, 1, tzinfo=UTC)):
    body = JOB.redact(text.encode())
    return JOB.parse(body, Fetch("f", JOB.source.id, "file", "staff.csv", fetched, "", "", 1))


def test_quotations_notes_and_the_words_of_links_never_reach_the_archive():
    kept = JOB.redact(CASE.read_bytes()).decode().lower()
    assert "example search" in kept
    for named in ("jane", "doe", "john", "roe", "founded", "selection", "reflections/"):
        assert named not in kept


def test_only_what_a_company_itself_published_is_reported():
    found = parse(CASE.read_text(encoding="utf-8")).tables["headcount_statement"]
    assert found.filter(found["headcount_reported_count"].is_not_null())["organisation"].to_list() == [
        "Example AI"
    ]  # fmt: skip
    both = (
        found["headcount_reported_count"].is_null()
        == found["headcount_estimated_count"].is_null()
    )
    assert not both.any()


def test_a_release_dates_no_row_later_than_itself():
    text = f"{HEADER}\nA,Example AI,10,2025-01-01,2025-01-01,Full company,Media report,Likely\n"
    early = parse(text, datetime(2024, 12, 1, tzinfo=UTC))
    assert early.tables["headcount_statement"].is_empty()
    assert [r.rule for r in early.rejections] == ["date impossible"]


@pytest.mark.parametrize("column", ["Staff count", "Date", "Type", "Confidence", "Id"])
def test_a_column_that_was_renamed_is_refused_by_name(column):
    row = "A,Example AI,10,2025-01-01,2025-01-01,Full company,Media report,Likely"
    with pytest.raises(SourceChangedError) as raised:
        parse(f"{HEADER.replace(column, column + ' (new)', 1)}\n{row}\n")
    assert raised.value.remedy


def test_another_table_of_the_publisher_says_who_reads_it():
    other = "Id,Company,Company type,Website\n1,Example AI,Lab,https://example.org\n"
    with pytest.raises(SourceChangedError) as raised:
        parse(other)
    assert "a table of AI companies" in raised.value.remedy
    assert "example.org" not in JOB.redact(other.encode()).decode()
