"""PeeringDB: contacts never kept, pages of one snapshot, every limit named in its policy."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch

JOB = ingest.jobs()["facilities/peeringdb"]
BODY = (Path(__file__).parent / "facilities/peeringdb/page/response.json").read_bytes()
FETCHED = datetime(2026, 6, 1, tzinfo=UTC)
FIRST = "https://www.peeringdb.com/api/fac?limit=150&skip=0"


def parse(body, url=FIRST):
    return JOB.parse(body, Fetch("f", JOB.source.id, "live", url, FETCHED, "0", "0", len(body)))


def refused(body, url=FIRST):
    with pytest.raises(SourceChangedError) as raised:
        parse(body, url)
    return str(raised.value)


def changed(**fields):
    content = json.loads(BODY)
    content["data"] = [{**content["data"][0], **fields}]
    return json.dumps(content).encode()


def test_contacts_and_free_text_are_gone_before_the_archive():
    kept = JOB.redact(BODY).decode()
    for private in ("hosting.example", "+60", "Ms Example", "A. Example", "poc_set", "phone"):
        assert private in BODY.decode()
        assert private not in kept


def test_a_body_that_cannot_be_read_is_never_archived_as_it_is():
    for body in (b"<html>busy</html>", BODY[:300], b'{"data": ["text"]}'):
        with pytest.raises(SourceChangedError):
            JOB.redact(body)


def test_contacts_are_not_even_asked_for():
    (request,) = JOB.plan(Asked(date(2026, 11, 22)))
    assert request.url.split("/")[2] in JOB.source.allowed_hosts
    assert not {"email", "phone", "notes", "poc"} & set(
        request.params["fields"].replace("_", ",").split(",")
    )
    assert request.params["country__in"] == "MY,SG,ID,AE,SA,CN,HK"
    assert "since" not in request.params


def test_pages_follow_while_they_are_full_and_the_last_may_be_empty():
    (first,) = JOB.plan(Asked(date(2026, 11, 22)))
    row = json.loads(BODY)["data"][0]
    full = json.dumps({"data": [row] * 150, "meta": {}}).encode()
    second = JOB.following(first, full)
    assert second.params == {**first.params, "skip": "150"}
    assert JOB.following(second, full).params["skip"] == "300"
    assert JOB.following(second, BODY) is None
    empty = b'{"data": [], "meta": {}}'
    assert JOB.following(second, empty) is None
    assert parse(empty, FIRST.replace("skip=0", "skip=400")).tables == {}
    assert "at least one object" in refused(empty)


@pytest.mark.parametrize(
    "body",
    [
        b'{"message": "Request was throttled. Expected available in 3528 seconds."}',
        b'{"meta": {"error": "Query limit exceeded"}, "data": []}',
    ],
)
def test_a_limit_reached_with_status_200_is_a_failure_and_says_so(body):
    said = refused(body)
    assert "throttled" in said or "limit exceeded" in said
    assert "Wait an hour" in said


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"\xff\xfe\x00", b"[]", BODY[:400]])
def test_what_is_no_page_of_facilities_is_refused(body):
    refused(body)


@pytest.mark.parametrize("name", ["id", "status", "latitude", "updated", "org_name"])
def test_a_renamed_field_is_named(name):
    assert name in refused(BODY.replace(f'"{name}"'.encode(), b'"renamed"'))


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"latitude": "north"}, "not a number"),
        ({"latitude": 4294967295}, "absurd coordinates"),
        ({"longitude": -180.5}, "absurd coordinates"),
        ({"country": "Malaysia"}, "country unknown"),
        ({"status": "merged"}, "status unknown"),
        ({"id": None}, "no id"),
    ],
)
def test_a_row_that_cannot_be_true_is_rejected_by_name(fields, rule):
    result = parse(changed(**fields))
    assert [r.rule for r in result.rejections] == [rule]
    assert result.tables["facility"].height == 0


def test_a_facility_without_coordinates_is_never_a_site():
    for half in (
        {"latitude": None},
        {"longitude": None},
        {"latitude": None, "longitude": None},
    ):
        (row,) = parse(changed(**half)).tables["facility"].to_dicts()
        assert row["coord_precision"] == "city"
        assert row["latitude_deg"] is None
        assert row["longitude_deg"] is None


def test_what_it_does_not_say_is_said():
    assert "loaded as operator" in JOB.source.does_not_say
    assert not JOB.source.is_redistributable
