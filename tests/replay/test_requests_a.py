"""Facilities, power, customs: what a live refresh asks, how it pages, what it never archives."""

import json
from datetime import date

import pytest

import ingest
from indicia.sources.contract import Asked

JOBS = ingest.jobs()
TODAY = date(2026, 11, 22)
NAMES = ["facilities/epoch", "power/eia930", "power/operator_disclosures", "customs/comtrade"]


@pytest.mark.parametrize("name", NAMES)
def test_requests_go_to_the_hosts_of_the_definition_and_hold_no_secret(name):
    job = JOBS[name]
    for request in job.plan(Asked(TODAY, {"EIA_API_KEY": "hush", "COMTRADE_KEY": "hush"})):
        assert request.url.split("/")[2] in job.source.allowed_hosts
        assert "hush" not in repr(request)


HELD = date(2026, 11, 21)


def test_the_grid_monitor_is_asked_for_72_hours_in_a_fixed_order():
    tuesday = date(2026, 11, 24)
    authorities, subareas = JOBS["power/eia930"].plan(Asked(tuesday, held_until=tuesday))
    assert authorities.params["start"] == subareas.params["start"] == "2026-11-21T00"
    assert authorities.params["sort[0][column]"] == "period"
    assert authorities.params["sort[1][column]"] == "respondent"
    assert subareas.params["sort[2][column]"] == "subba"
    assert "facets%5Btype%5D%5B%5D=D" in authorities.url
    assert "respondent" not in authorities.url  # new authorities appear
    assert authorities.secret_params == {"api_key": "EIA_API_KEY"}


def test_on_mondays_the_grid_monitor_is_asked_for_45_days():
    monday = date(2026, 11, 23)
    starts = [
        r.params["start"]
        for r in JOBS["power/eia930"].plan(
            Asked(monday, {"EIA_API_KEY": "k"}, held_until=date(2026, 11, 22))
        )
    ]
    assert starts == ["2026-10-08T00", "2026-10-08T00"]


def test_history_of_the_grid_monitor_comes_from_the_bulk_file_without_a_key():
    plan = JOBS["power/eia930"].plan
    (bulk,) = plan(Asked(TODAY))
    assert bulk.url == "https://www.eia.gov/opendata/bulk/EBA.zip"
    assert not bulk.secret_params
    (again,) = plan(Asked(TODAY, held_until=date(2026, 9, 1)))
    assert again == bulk
    assert plan(Asked(TODAY, held_until=date(2026, 11, 14))) == (bulk,)
    (since,) = plan(Asked(TODAY, since=date(2020, 1, 1), held_until=HELD))
    assert since == bulk


def test_with_a_key_the_last_days_follow_the_bulk_file():
    bulk, authorities, subareas = JOBS["power/eia930"].plan(Asked(TODAY, {"EIA_API_KEY": "k"}))
    assert bulk.url.endswith("EBA.zip")
    assert authorities.params["start"] == subareas.params["start"] == "2026-11-12T00"


def test_pages_follow_until_the_total_is_reached():
    job = JOBS["power/eia930"]
    first = job.plan(Asked(TODAY, held_until=HELD))[0]
    body = json.dumps({"response": {"total": "10001", "data": [{"value": "1"}]}}).encode()
    second = job.following(first, body)
    third = job.following(second, body)
    assert [r.params["offset"] for r in (first, second, third)] == ["0", "5000", "10000"]
    assert third.secret_params == first.secret_params
    assert job.following(third, body) is None
    empty = json.dumps({"response": {"total": "10001", "data": []}}).encode()
    assert job.following(first, empty) is None


def test_the_echoed_key_is_blanked_and_nothing_else_changes():
    redact = JOBS["power/eia930"].redact
    body = b'{"request": {"params": {"api_key": "0123abc", "offset": 0}}, "u": "x?api_key=0123abc&y=1"}'
    assert b"0123abc" not in redact(body)
    assert json.loads(redact(body))["request"]["params"]["offset"] == 0
    assert redact(b"\x00\xff no JSON") == b"\x00\xff no JSON"
