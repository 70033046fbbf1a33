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


def test_the_grid_monitor_is_asked_for_72_hours_in_a_fixed_order():
    authorities, subareas = JOBS["power/eia930"].plan(Asked(TODAY, {}))
    assert authorities.params["start"] == "2026-11-19T00"
    assert authorities.params["sort[0][column]"] == "period"
    assert authorities.params["sort[1][column]"] == "respondent"
    assert "facets%5Btype%5D%5B%5D=D" in authorities.url
    assert "facets%5Bsubba%5D%5B%5D=0001" in subareas.url
    assert authorities.secret_params == {"api_key": "EIA_API_KEY"}


def test_pages_follow_until_the_total_is_reached():
    job = JOBS["power/eia930"]
    first = job.plan(Asked(TODAY, {}))[0]
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


def test_customs_are_asked_for_the_last_three_months_that_the_lag_lets_expect():
    free = JOBS["customs/comtrade"].plan(Asked(TODAY, {}))
    assert sorted({r.params["period"] for r in free}) == ["202605", "202606", "202607"]
    assert all("preview" in r.url and not r.secret_headers for r in free)
    assert all("," not in r.params["period"] + r.params["cmdCode"] for r in free)


def test_a_customs_key_goes_into_a_header_of_the_keyed_endpoint():
    keyed = JOBS["customs/comtrade"].plan(Asked(TODAY, {"COMTRADE_KEY": "hush"}))
    assert [r.params["period"] for r in keyed] == ["202605", "202606", "202607"]
    for request in keyed:
        assert request.secret_headers == {"Ocp-Apim-Subscription-Key": "COMTRADE_KEY"}
        assert "public" not in request.url
