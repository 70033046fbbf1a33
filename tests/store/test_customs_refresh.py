"""Customs end to end over loopback: availability leads to data, and silence stops nobody else."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from served import UNLIMITED, publishing
from urllib3.util import Retry

from indicia.cli import providers, work
from indicia.sources import session
from indicia.sources.contract import Request
from indicia.store import Store

REPLAY = Path(__file__).parents[1] / "replay/customs"
KEYS = {"CENSUS_API_KEY": "hush-hush-hush", "COMTRADE_KEY": ""}
JSON = {"Content-Type": "application/json"}
QUIET = {"progress": lambda _t: None}
FRESH = f"{datetime.now(UTC) - timedelta(days=20):%Y-%m-%dT00:00:00}"
RECENT = (datetime.now(UTC) - timedelta(days=100)).date()
MONTHS = [f"{datetime.now(UTC) - timedelta(days=d):%Y%m}" for d in (150, 210)]


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(session, "RETRIES", Retry(total=0))


def moved(name, host, url):
    """The job as it is, asking a server on this machine in place of the publisher."""
    job = providers.find().jobs[name]
    source = replace(job.source, hosts=("127.0.0.1",), **UNLIMITED)

    def here(request: Request) -> Request:
        return replace(request, url=request.url.replace(host, url))

    def there(request: Request) -> Request:
        return replace(request, url=request.url.replace(url, host))

    def following(request, body):
        led_to = job.following(there(request), body)
        return led_to and [here(r) for r in led_to]

    def plan(asked):
        return [here(r) for r in job.plan(asked)]

    return replace(job, source=source, plan=plan, following=following)


def refresh(home, job, since=None):
    return work.refresh(home, work.live_tasks([job], KEYS, since=since), **QUIET)


def comtrade(asked):
    query = parse_qs(urlsplit(asked.path).query)
    reporter = int(query["reporterCode"][0])
    if "getDA" in asked.path:
        rows = [
            {"period": int(m), "reporterCode": reporter, "lastReleased": FRESH} for m in MONTHS
        ]
        body = {"count": 2, "data": rows if reporter != 490 else [], "error": ""}
        return 200, JSON, json.dumps({**body, "count": len(body["data"])}).encode()
    sample = json.loads((REPLAY / "comtrade/released-month/response.json").read_bytes())
    (row, *_) = sample["data"]
    told = row | {"reporterCode": reporter, "reporterISO": f"R{reporter}"}
    told |= {"period": query["period"][0], "cmdCode": query["cmdCode"][0]}
    return 200, JSON, json.dumps({"count": 1, "data": [told], "error": ""}).encode()


def test_a_refresh_of_comtrade_asks_what_was_released_and_states_when(tmp_path):
    with publishing(comtrade) as server:
        outcome = refresh(
            tmp_path, moved("customs/comtrade", "https://comtradeapi.un.org", server.url)
        )
        paths = [a.path for a in server.asked]
    assert not outcome.has_failed
    questions = [p for p in paths if "getDA" in p]
    assert len(questions) == 11
    assert paths[:11] == questions
    assert len(paths) == 11 + 10 * len(MONTHS) * 3
    assert not any("released" in p for p in paths)
    with Store.open(tmp_path) as store:
        rows = store.sql(
            "SELECT count(*) AS n, count(DISTINCT reporter_iso3) AS reporters, "
            "any_value(published_basis) AS basis, min(published_utc)::DATE AS day FROM customs_flow"
        ).row(0, named=True)
    assert (rows["n"], rows["reporters"], rows["basis"]) == (60, 10, "stated")
    assert rows["day"].isoformat() == FRESH[:10]


def test_months_without_trade_do_not_stop_the_others_of_the_census(tmp_path):
    sample = (REPLAY / "us_census/imports/response.json").read_bytes()

    def census(asked):
        query = parse_qs(urlsplit(asked.path).query)
        if "/imports/hs" not in asked.path:
            return 204, {}, b""
        return 200, JSON, sample.replace(b"2026-03", query["time"][0].encode())

    with publishing(census) as server:
        outcome = refresh(
            tmp_path, moved("customs/us_census", "https://api.census.gov", server.url)
        )
        assert any("key=hush-hush-hush" in a.path for a in server.asked)
    (report,) = outcome.reports
    assert (report.outcome, report.message) == ("loaded", "")
    assert report.rows_kept
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"hush-hush-hush" not in kept


def test_a_redirect_to_a_page_that_asks_for_the_key_loads_nothing(tmp_path):
    def census(asked):
        if asked.path.startswith("/data/missing_key"):
            return 200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html>A key</html>"
        return 302, {"Location": "/data/missing_key.html", "X-DataWebAPI-KeyError": "1"}, b""

    with publishing(census) as server:
        outcome = refresh(
            tmp_path, moved("customs/us_census", "https://api.census.gov", server.url)
        )
        assert outcome.has_failed
    (report,) = outcome.reports
    assert report.outcome == "failed"
    assert not report.rows_kept
