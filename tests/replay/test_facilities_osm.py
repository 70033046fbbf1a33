"""OpenStreetMap: runtime errors with status 200, days that do not agree, and no account of an editor."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch

JOB = ingest.jobs()["facilities/osm"]
HERE = Path(__file__).parent / "facilities/osm"
PAGE = (HERE / "overpass-page/response.json").read_bytes()
DAY = (HERE / "ohsome-day/response.json").read_bytes()
FETCHED = datetime(2026, 6, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def parse(body, url="my.json", published=None):
    fetch = Fetch("f", JOB.source.id, "file", url, FETCHED, "0", "0", len(body), published)
    return JOB.parse(body, fetch)


def refused(body, **given):
    with pytest.raises(SourceChangedError) as raised:
        parse(body, **given)
    return str(raised.value)


def page(**fields):
    return json.dumps({**json.loads(PAGE), **fields}).encode()


@pytest.mark.parametrize("body", [PAGE, DAY])
def test_accounts_contacts_and_free_text_are_gone_before_the_archive(body):
    kept = JOB.redact(body).decode()
    for private in (
        "example_mapper", "4242424", "140000001", "1234567", "+60", "hosting.example", "Jane", "user", "changeset",
    ):  # fmt: skip
        assert private not in kept
    assert JOB.redact(kept.encode()).decode() == kept


def test_a_body_that_cannot_be_read_is_never_archived_as_it_is():
    for body in (PAGE[:500], b"<html>", b""):
        with pytest.raises(SourceChangedError):
            JOB.redact(body)


def test_a_runtime_error_in_the_remark_is_a_failure_though_the_status_is_200():
    for elements in ([], json.loads(PAGE)["elements"]):
        body = page(
            remark='runtime error: Query timed out in "query" at line 1 after 181 seconds.',
            elements=elements,
        )
        assert "timed out" in refused(JOB.redact(body))


def test_an_answer_without_objects_is_a_failure_today_and_possible_on_a_past_day():
    empty = page(elements=[])
    assert "none" in refused(empty)
    assert parse(empty, published=datetime(2013, 1, 1, tzinfo=UTC)).rows_in == 0


def test_an_old_copy_is_not_taken_for_the_map_of_today():
    old = page(osm3s={"timestamp_osm_base": "2024-06-01T00:00:00Z"})
    assert "--published 2024-06-01" in refused(old)


def test_an_edit_after_the_stated_day_is_refused_because_it_would_leak_into_the_past():
    assert "2026-05-02" in refused(PAGE, published=datetime(2020, 1, 1, tzinfo=UTC))


def test_an_ohsome_day_is_loaded_for_its_own_day_only():
    assert "--published 2021-01-01" in refused(DAY)
    assert "--published 2021-01-01" in refused(DAY, published=datetime(2022, 1, 1, tzinfo=UTC))
    assert parse(DAY, published=datetime(2021, 1, 1, tzinfo=UTC)).tables["facility"].height == 2


def test_several_days_in_one_body_are_refused():
    content = json.loads(DAY)
    content["features"][0]["properties"]["@snapshotTimestamp"] = "2022-01-01T00:00:00Z"
    assert "one @snapshotTimestamp" in refused(json.dumps(content).encode())
    for feature in content["features"]:
        del feature["properties"]["@snapshotTimestamp"]
    assert "one `time` per file" in refused(json.dumps(content).encode())


@pytest.mark.parametrize(
    "body", [b"", b"<?xml version='1.0'?><osm/>", b"[]", b"{}", PAGE[:900], b"\xff"]
)
def test_what_is_no_answer_about_the_map_is_refused(body):
    refused(body)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b'"type": "relation"', b'"type": "area"', "type unknown"),
        (b'"telecom": "data_center"', b'"telecom": "exchange"', "not a data centre"),
        (b'"lat": 2.92', b'"latitude": 2.92', "no place"),
        (b'"lon": 101.66', b'"lon": 4294967295', "absurd coordinates"),
        (b"2026-05-01T00:00:00Z", b"1 May 2026", "date unknown"),
        (b'"id": 900003', b'"id": null', "no id"),
    ],
)
def test_an_object_that_does_not_fit_is_named_and_the_others_stay(old, new, rule):
    assert old in PAGE
    result = parse(PAGE.replace(old, new))
    assert rule in {r.rule for r in result.rejections}
    assert result.tables["facility"].height >= 1


def test_today_is_asked_country_by_country_and_a_past_day_only_when_asked_for():
    (first,) = JOB.plan(Asked(TODAY))
    assert first.url.split("/")[2] in JOB.source.allowed_hosts
    assert "[date:" not in first.params["data"]
    assert first.published_utc is None
    countries, request = [], first
    while request:
        countries.append(request.params["data"].split('"ISO3166-1"="')[1][:2])
        request = JOB.following(request, PAGE)
    assert countries == ["MY", "SG", "ID", "AE", "SA", "CN", "HK"]


def test_since_asks_for_that_day_of_every_year_oldest_first_and_each_day_is_its_own_snapshot():
    asked = JOB.plan(Asked(TODAY, since=date(2024, 2, 29)))
    days = [r.published_utc.date() if r.published_utc else None for r in asked]
    assert days == [date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28), None]
    assert '[date:"2024-02-29T00:00:00Z"]' in asked[0].params["data"]
    following = JOB.following(asked[0], PAGE)
    assert following.published_utc == asked[0].published_utc
    assert '"SG"' in following.params["data"]
    assert "2024-02-29" in following.params["data"]
    assert JOB.plan(Asked(TODAY, since=date(2001, 1, 1)))[0].published_utc.year == 2012
    assert len(JOB.plan(Asked(TODAY, since=TODAY))) == 1


@pytest.mark.parametrize(
    ("field", "rule"),
    [("type", "type unknown"), ("lat", "no place"), ("timestamp", "date unknown")],
)
def test_a_field_that_became_an_object_is_told_by_name(field, rule):
    found = json.loads(PAGE)
    for element in found["elements"]:
        if field in element:
            element[field] = {"value": element[field]}
    said = parse(json.dumps(found).encode())
    assert rule in {r.rule for r in said.rejections}
