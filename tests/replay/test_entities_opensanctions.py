"""OpenSanctions: the user's choice, organisations only, nothing of persons archived, never passed on."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError, SourceNotConfiguredError, UsageError
from indicia.sources.contract import Asked, Fetch

JOB = ingest.jobs()["entities/opensanctions"]
TARGETS = (Path(__file__).parent / "entities/opensanctions/targets/response.csv").read_bytes()
TODAY = date(2026, 11, 22)


def parse(body):
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return JOB.parse(body, Fetch("f", JOB.source.id, "file", "t.csv", now, "0", "0", len(body)))


def refused(body):
    with pytest.raises(SourceChangedError) as raised:
        parse(body)
    return str(raised.value)


def test_it_is_off_until_the_user_names_a_dataset():
    with pytest.raises(SourceNotConfiguredError, match="INDICIA_OPENSANCTIONS"):
        JOB.plan(Asked(TODAY, {}))
    (request,) = JOB.plan(Asked(TODAY, {"INDICIA_OPENSANCTIONS": "us_trade_csl"}))
    assert request.url.endswith("/us_trade_csl/targets.simple.csv")
    assert request.url.split("/")[2] in JOB.source.allowed_hosts


@pytest.mark.parametrize("dataset", ["../x", "https://other.example", "us csl", "1"])
def test_a_dataset_cannot_lead_elsewhere(dataset):
    with pytest.raises(UsageError, match="names no dataset"):
        JOB.plan(Asked(TODAY, {"INDICIA_OPENSANCTIONS": dataset}))


def test_its_terms_keep_it_out_of_exports_and_of_what_is_shipped():
    assert not JOB.source.is_redistributable
    assert "NC" in JOB.source.licence
    assert "Non-commercial" in JOB.source.licence_note


def test_persons_and_contacts_are_gone_before_the_archive_and_still_counted():
    kept = JOB.redact(TARGETS)
    for private in (
        "Jane",
        "John",
        "1970",
        "private.example",
        "chips.example",
        "5550",
        "EXAMPLE STAR",
    ):
        assert private in TARGETS.decode()
        assert private not in kept.decode()
    assert JOB.redact(kept) == kept
    assert parse(kept).rows_in == parse(TARGETS).rows_in == 8
    assert parse(kept).tables["entity_listing"].equals(parse(TARGETS).tables["entity_listing"])


def test_an_entity_that_may_be_a_person_is_not_loaded():
    result = parse(TARGETS)
    (left,) = [r for r in result.rejections if r.rule == "not an organisation"]
    assert left.count == 3
    assert set(result.tables["entity_listing"]["listing_key"]) == {"NK-example1", "NK-example4"}


def test_the_day_first_seen_is_no_day_of_listing():
    assert parse(TARGETS).tables["entity_listing"]["listed_date"].null_count() == 2


@pytest.mark.parametrize("name", ["schema", "aliases", "countries", "dataset"])
def test_a_renamed_column_is_named(name):
    body = TARGETS.replace(f'"{name}"'.encode(), b'"other"', 1)
    assert name in refused(body)
    with pytest.raises(SourceChangedError):
        JOB.redact(body)


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"\xff\xfe\x00", b'{"a": 1}', TARGETS[:60]]
)
def test_what_is_no_list_of_targets_is_refused(body):
    refused(body)


def test_a_file_of_persons_only_is_refused_because_it_would_end_every_listing():
    lines = TARGETS.splitlines(keepends=True)
    assert "Person" in refused(lines[0] + lines[2])
