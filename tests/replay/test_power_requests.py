"""Power sources: what a live refresh asks, from which day, and what it never sends or keeps."""

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest

import ingest
from indicia.sources.contract import Asked

JOBS = ingest.jobs()
TODAY = date(2026, 11, 22)
NAMES = sorted(name for name in JOBS if name.startswith("power/"))
KEYS = {
    "EIA_API_KEY": "hush",
    "ENTSOE_API_TOKEN": "hush",
    "EMBER_API_KEY": "hush",
    "UKPN_API_KEY": "hush",
}


def plan(
    name: str, *, held: date | None = None, since: date | None = None, today: date = TODAY
):
    return JOBS[f"power/{name}"].plan(Asked(today, KEYS, since, held))


@pytest.mark.parametrize("name", NAMES)
def test_requests_go_to_the_hosts_of_the_definition_and_hold_no_secret(name):
    job = JOBS[name]
    for request in job.plan(Asked(TODAY, KEYS)):
        assert request.url.split("/")[2] in job.source.allowed_hosts
        assert "hush" not in repr(request)
        secrets = {*request.secret_params.values(), *request.secret_headers.values()}
        assert secrets <= {job.source.key_variable}


@pytest.mark.parametrize("name", [n for n in NAMES if JOBS[n].source.key_variable])
def test_a_source_with_a_key_names_its_variable_in_every_request_that_needs_it(name):
    job = JOBS[name]
    keyed = [r for r in job.plan(Asked(TODAY, KEYS)) if r.secret_params]
    assert keyed
    assert all(set(r.secret_params.values()) == {job.source.key_variable} for r in keyed)


def test_months_of_retail_sales_are_asked_for_from_the_day_before_the_first():
    (request,) = plan("eia_retail", since=date(2008, 2, 14))
    start = request.params["start"]
    assert start == "2008-01-31"
    assert "2008-01" < start < "2008-02"  # the publisher compares as text


def test_a_year_of_retail_sales_is_read_again():
    (request,) = plan("eia_retail", held=date(2026, 8, 31))
    assert request.params["start"] == "2025-06-30"


def test_the_next_page_of_retail_sales_follows_and_keeps_its_key():
    job = JOBS["power/eia_retail"]
    (first,) = plan("eia_retail")
    body = json.dumps({"response": {"total": 5001, "data": [{}]}}).encode()
    second = job.following(first, body)
    assert second.params["offset"] == "5000"
    assert second.secret_params == first.secret_params
    assert job.following(second, body) is None


def test_the_key_that_retail_sales_echo_is_blanked():
    kept = JOBS["power/eia_retail"].redact(b'{"request": {"params": {"api_key": "0123abc"}}}')
    assert kept == b'{"request": {"params": {"api_key": "REDACTED"}}}'


def test_the_peninsula_is_asked_by_post_with_days_as_day_month_year():
    (request,) = plan("gso_malaysia", held=date(2026, 11, 5))
    assert json.loads(request.form) == {"Fromdate": "02/11/2026", "Todate": "22/11/2026"}
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert not request.params


def test_the_peninsulas_history_is_asked_month_by_month_without_gap_or_overlap():
    asked = [json.loads(r.form) for r in plan("gso_malaysia")]
    assert asked[0]["Fromdate"] == "01/01/2022"
    assert asked[-1]["Todate"] == "22/11/2026"
    for earlier, later in pairwise(asked):
        end, start = (
            date(int(d[6:]), int(d[3:5]), int(d[:2]))
            for d in (earlier["Todate"], later["Fromdate"])
        )
        assert start == end + timedelta(days=1)


def test_european_loads_are_asked_in_utc_for_at_most_a_year_and_again_for_fourteen_days():
    (first, *_) = plan("entsoe", held=date(2026, 11, 20))
    assert first.params["periodStart"] == "202611060000"
    assert first.params["periodEnd"] == "202611230000"
    assert first.params["documentType"] == "A65"
    assert first.params["processType"] == "A16"
    assert "curveType" not in first.params
    for request in plan("entsoe"):
        start, end = (
            date.fromisoformat(request.params[n][:8]) for n in ("periodStart", "periodEnd")
        )
        assert timedelta(0) < end - start <= timedelta(days=365)


def test_european_loads_and_prices_stay_together_below_the_rate_that_leads_to_a_ban():
    rates = [JOBS[f"power/{n}"].source.per_minute for n in ("entsoe", "entsoe_prices")]
    assert min(rates) > 0
    assert sum(rates) < 400


def test_prices_are_asked_of_the_same_zones_and_spans_as_loads_and_of_the_daily_auction():
    loads, prices = plan("entsoe"), plan("entsoe_prices")
    assert [r.params["periodStart"] for r in loads] == [r.params["periodStart"] for r in prices]
    assert [r.params["outBiddingZone_Domain"] for r in loads] == [
        r.params["in_Domain"] for r in prices
    ]
    assert {r.params["contract_MarketAgreement.type"] for r in prices} == {"A01"}
    assert all(r.params["out_Domain"] == r.params["in_Domain"] for r in prices)


def test_countries_are_asked_by_month_in_one_request():
    (request,) = plan("ember", held=date(2026, 9, 30))
    assert request.url.endswith("/monthly")
    assert request.params["start_date"] == "2024-07"
    assert request.params["is_aggregate_entity"] == "false"
    assert "CHN" in request.params["entity_code"].split(",")


def test_profiles_are_asked_as_exports_by_quarter_and_not_as_pages_of_records():
    requests = plan("ukpn_profiles")
    assert all(r.url.endswith("/exports/csv") for r in requests)
    assert "utc_timestamp >= date'2023-01-01'" in requests[0].params["where"]
    assert "local_timestamp" not in requests[0].params["select"]
    (again, *_) = plan("ukpn_profiles", held=date(2026, 10, 31))
    assert "date'2026-08-30'" in again.params["where"]


@pytest.mark.parametrize("name", ["gccia", "taipower"])
def test_what_has_no_history_is_read_every_hour(name):
    assert JOBS[f"power/{name}"].source.every_hours == 1
    (request,) = plan(name)
    assert request.url == JOBS[f"power/{name}"].source.url


@pytest.mark.parametrize("name", NAMES)
def test_a_source_says_what_it_does_not_tell(name):
    source = JOBS[name].source
    assert len(source.says) > 40
    assert len(source.does_not_say) > 40
    if source.licence == "not stated":
        assert not source.is_redistributable
