"""Section 1260H: a hand-made table, graded as such, without guesses about ownership or place."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch

JOB = ingest.jobs()["entities/s1260h"]
TABLE = (Path(__file__).parent / "entities/s1260h/table/response.csv").read_bytes()


def parse(body):
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return JOB.parse(
        body, Fetch("f", JOB.source.id, "file", "list.csv", now, "0", "0", len(body))
    )


def refused(body):
    with pytest.raises(SourceChangedError) as raised:
        parse(body)
    return str(raised.value)


@pytest.mark.parametrize("column", ["parent", "name", "former_name", "short_name"])
def test_a_renamed_column_is_named(column):
    header, rest = TABLE.split(b"\n", 1)
    names = [b"other" if n == column.encode() else n for n in header.split(b",")]
    assert column in refused(b",".join(names) + b"\n" + rest)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b"\xff\xfe\x00", b"parent,name,former_name,short_name\n", b'{"a": 1}',
     b"parent,name,former_name,short_name\n,Orphan Limited,,\n"],
)  # fmt: skip
def test_what_is_no_table_of_parents_is_refused(body):
    refused(body)


def test_ownership_place_and_day_are_not_guessed():
    tables = parse(TABLE).tables
    assert set(tables["entity_link"]["kind"]) == {"related"}
    assert tables["entity_link"]["owned_share"].null_count() == tables["entity_link"].height
    assert tables["entity_listing"]["countries_iso2"].null_count() == 6
    assert tables["entity_listing"]["listed_date"].null_count() == 6


def test_a_company_under_two_parents_is_one_listing_with_two_links():
    tables = parse(TABLE).tables
    (seats,) = tables["entity_listing"].filter(name="Example Seats Company Limited")[
        "listing_key"
    ]
    assert tables["entity_link"].filter(record_id=f"1260H:{seats}").height == 2


def test_a_key_depends_on_the_name_alone_so_a_new_copy_changes_nothing_else():
    lines = TABLE.splitlines(keepends=True)
    turned = b"".join([lines[0], *reversed(lines[1:])])
    keys = [dict(parse(b).tables["entity_listing"].select("name", "listing_key").iter_rows()) for b in (TABLE, turned)]  # fmt: skip
    assert keys[0] == keys[1]


def test_a_hand_made_copy_is_graded_as_one_and_nothing_is_asked_live():
    assert JOB.source.reliability == "C"
    assert not JOB.plan(Asked(date(2026, 11, 22)))
