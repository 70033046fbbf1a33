"""What publishers allow, as their documentation or their users report it, and that plans keep to it."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import ingest
from indicia.sources.contract import Asked

HERE = Path(__file__).parent
JOBS = ingest.jobs()
TODAY = date(2026, 11, 22)
MOST = {
    "power/eia930": {"per_minute": 150},  # fewer than 9,000 an hour
    "customs/comtrade": {"per_day": 500},
    "facilities/peeringdb": {"per_minute": 19},  # 20 a minute without a key
    "facilities/osm": {"per_day": 9_999, "per_minute": 60},
    "entities/gleif": {"per_minute": 60},
    "staffing/openalex": {"per_day": 1_000},
    "staffing/hugging_face": {"per_minute": 100},  # 500 in five minutes without a token
}
LEAST_PAUSE_SECONDS = {
    "power/eia930": 0.2,  # at most five a second
    "customs/comtrade": 2.0,
    "facilities/peeringdb": 2.0,
    "procurement/find_a_tender": 10.0,
}
LEFT_ALONE_SECONDS = {  # after it says that it was asked too often
    "procurement/contracts_finder": 300,
    "power/entsoe": 600,
    "power/entsoe_prices": 600,
    "power/eia930": 600,
    "facilities/osm": 60,
}


@pytest.mark.parametrize(("name", "limits"), MOST.items(), ids=lambda v: str(v)[:30])
def test_no_more_is_asked_than_a_publisher_allows(name, limits):
    source = JOBS[name].source
    for limit, most in limits.items():
        assert 0 < getattr(source, limit) <= most


@pytest.mark.parametrize(("name", "seconds"), LEAST_PAUSE_SECONDS.items())
def test_requests_stand_as_far_apart_as_a_publisher_asks(name, seconds):
    assert JOBS[name].source.pause_seconds >= seconds


@pytest.mark.parametrize(("name", "seconds"), LEFT_ALONE_SECONDS.items())
def test_a_publisher_that_was_asked_too_often_is_left_alone_for_as_long_as_it_needs(
    name, seconds
):
    assert JOBS[name].source.throttled_seconds >= seconds


def test_403_of_contracts_finder_means_too_often_and_of_nobody_else_by_default():
    of = {name for name, job in JOBS.items() if 403 in job.source.throttled_statuses}
    assert of == {"procurement/contracts_finder"}


def test_what_is_left_of_the_day_at_openalex_is_read_from_the_header_in_dollars():
    assert JOBS["staffing/openalex"].source.spent_header == "x-ratelimit-remaining-usd"


def test_a_page_of_peeringdb_stays_below_the_size_that_may_be_asked_for_once_an_hour():
    job = JOBS["facilities/peeringdb"]
    (request,) = job.plan(Asked(TODAY))
    bodies = [
        p.read_bytes() for p in (HERE / "facilities" / "peeringdb").glob("**/response.json")
    ]
    rows = [row for body in bodies for row in json.loads(job.redact(body))["data"]]
    longest = max(len(json.dumps(row)) for row in rows)
    assert int(request.params["limit"]) * longest < 100_000
    assert int(request.params["limit"]) <= 250


def test_australia_is_never_asked_for_days_before_its_first_notice():
    asked = JOBS["procurement/austender"].plan(Asked(TODAY, since=date(2004, 1, 1)))
    spans = [r.url.split("/")[-2:] for r in asked]
    assert min(first for first, _ in spans) >= "2012-12-26"
    assert all(a[1] == b[0] for a, b in pairwise(spans))


def test_the_peninsula_is_asked_as_its_own_page_asks():
    request = JOBS["power/gso_malaysia"].plan(Asked(TODAY))[0]
    assert request.headers["Origin"] == "https://www.gso.org.my"
    assert request.headers["Referer"].startswith(request.headers["Origin"])
    assert request.headers["X-Requested-With"] == "XMLHttpRequest"


def test_a_first_refresh_of_openalex_costs_less_than_a_day_without_a_key():
    asked = JOBS["staffing/openalex"].plan(Asked(TODAY))
    assert len(asked) * 0.001 < 0.1  # US$ per search, US$ per day


def test_an_answer_of_the_grid_monitor_is_never_larger_than_it_gives_in_one():
    keyed = JOBS["power/eia930"].plan(Asked(TODAY, {"EIA_API_KEY": "k"}, held_until=TODAY))
    assert {r.params["length"] for r in keyed} == {"5000"}
    assert all(r.params["sort[0][column]"] == "period" for r in keyed)
