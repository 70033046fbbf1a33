"""AusTender, Find a Tender, Contracts Finder: spans, pages, traps and broken answers."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch, Request
from indicia.sources.definition import Source
from ingest.procurement import austender, contracts_finder, find_a_tender

HERE = Path(__file__).parent
JOBS = {
    "austender": austender,
    "find_a_tender": find_a_tender,
    "contracts_finder": contracts_finder,
}
TODAY = date(2026, 11, 22)


def source(name):
    return Source.load(Path(JOBS[name].__file__).with_suffix(".toml"))


def response(name):
    return (HERE / "procurement" / name / "package" / "response.json").read_bytes()


def read(name, body):
    facts = {
        "fetch_id": "x",
        "source": name,
        "sha256": "",
        "original_sha256": "",
        "body_bytes": 1,
    }
    fetched = datetime(2026, 6, 1, tzinfo=UTC)
    fetch = Fetch(**facts, way="live", url="https://example.org/package", fetched_utc=fetched)
    return JOBS[name].parse(JOBS[name].redact(body), fetch)


@pytest.mark.parametrize("name", JOBS)
def test_requests_go_to_the_hosts_of_the_definition(name):
    for request in JOBS[name].plan(Asked(TODAY)):
        assert request.url.split("/")[2] in source(name).allowed_hosts


def test_australia_is_asked_in_whole_weeks_by_the_day_of_change():
    asked = austender.plan(Asked(TODAY, held_until=date(2026, 11, 20)))
    spans = [tuple(date.fromisoformat(d[:10]) for d in r.url.split("/")[-2:]) for r in asked]
    assert spans == [
        (date(2026, 11, 9), date(2026, 11, 16)),
        (date(2026, 11, 16), date(2026, 11, 23)),
    ]
    assert all("contractLastModified" in r.url and r.url.endswith("T00:00:00Z") for r in asked)


def test_no_span_of_find_a_tender_is_longer_than_six_hours_and_none_is_missing():
    asked = find_a_tender.plan(Asked(TODAY, held_until=date(2026, 11, 20)))
    spans = [(r.params["updatedFrom"], r.params["updatedTo"]) for r in asked]
    moments = [tuple(datetime.fromisoformat(m) for m in span) for span in spans]
    assert {b - a for a, b in moments} == {timedelta(hours=6)}
    assert all(b == a for (_, b), (a, _) in pairwise(moments))
    assert (spans[0][0], spans[-1][1]) == ("2026-11-19T00:00:00", "2026-11-23T00:00:00")


def test_find_a_tender_is_asked_slowly_enough():
    limits = source("find_a_tender")
    assert limits.pause_seconds >= 10
    assert 0 < limits.per_minute <= 6


def test_no_span_of_contracts_finder_is_longer_than_fifteen_days():
    asked = contracts_finder.plan(Asked(TODAY, since=date(2026, 10, 1)))
    spans = [(r.params["publishedFrom"], r.params["publishedTo"]) for r in asked]
    days = [datetime.fromisoformat(b) - datetime.fromisoformat(a) for a, b in spans]
    assert max(days) == timedelta(days=15)
    assert (spans[0][0], spans[-1][1]) == ("2026-10-01T00:00:00", "2026-11-23T00:00:00")
    assert all(r.params["limit"] == "100" for r in asked)


@pytest.mark.parametrize("name", JOBS)
def test_the_next_page_is_the_publishers_own_link_and_ends(name):
    first = JOBS[name].plan(Asked(TODAY))[0]
    archived = JOBS[name].redact(response(name))
    second = JOBS[name].following(first, archived)
    assert (
        second.url
        == json.loads(response(name).decode("latin-1").replace(" 000,", " 0,"))["links"]["next"]
    )
    again = JOBS[name].following(second, archived)
    assert again.place == second.place, "the earlier page again: the refresh refuses a circle"
    assert JOBS[name].following(first, b'{"releases": []}') is None
    assert JOBS[name].following(first, b"<html>") is None


def test_a_link_that_leads_to_itself_ends():
    page = Request("https://example.org/a?cursor=1")
    body = json.dumps({"links": {"next": page.url}}).encode()
    assert find_a_tender.following(page, body) is None


@pytest.mark.parametrize("name", JOBS)
def test_what_is_archived_holds_no_person(name):
    assert b"Placeholder" in response(name)
    archived = JOBS[name].redact(response(name))
    assert b"Placeholder" not in archived
    assert b"@example.org" not in archived
    assert (
        read(name, archived)
        .tables["procurement_notice"]
        .equals(read(name, response(name)).tables["procurement_notice"])
    )


def test_a_span_without_australian_notices_is_an_empty_answer_and_another_error_none():
    empty = b'{"errorCode":100,"message":"No Records found for Date Range"}'
    result = read("austender", empty)
    assert not result.tables
    assert [(r.rule, r.severity) for r in result.rejections] == [("no releases", "notice")]
    with pytest.raises(SourceChangedError, match="release package"):
        read("austender", b'{"errorCode":101,"message":"Invalid date"}')


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize(
    "wrong",
    [b"", b"<!DOCTYPE html><html>Soon</html>", b"\x00\xff" * 99, b'{"error":"rate limit"}'],
)
def test_a_body_of_another_kind_is_refused(name, wrong):
    with pytest.raises(SourceChangedError) as caught:
        read(name, wrong)
    assert caught.value.source == f"procurement/{name}"


@pytest.mark.parametrize("name", JOBS)
def test_a_body_cut_off_is_refused(name):
    with pytest.raises(SourceChangedError):
        read(name, response(name)[: len(response(name)) // 2])


@pytest.mark.parametrize("name", JOBS)
def test_a_renamed_list_is_refused(name):
    with pytest.raises(SourceChangedError, match="ocid"):
        read(name, response(name).replace(b'"releases"', b'"notices"'))


@pytest.mark.parametrize("name", JOBS)
def test_an_empty_package_says_so(name):
    result = read(name, b'{"uri":"https://example.org","releases":[]}')
    assert [(r.rule, r.severity) for r in result.rejections] == [("no releases", "notice")]


def test_a_page_read_twice_gives_each_line_once():
    package = json.loads(response("austender"))
    package["releases"] *= 2
    found = read("austender", json.dumps(package).encode())
    assert found.tables["procurement_notice"].height == 2
    assert [(r.rule, r.count) for r in found.rejections] == [("line repeated", 2)]
