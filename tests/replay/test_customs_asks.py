"""Customs: what a refresh asks after it learned what was released, and what it must not lose."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch, Request

HERE = Path(__file__).parent
JOBS = ingest.jobs()
COMTRADE = JOBS["customs/comtrade"]
TODAY = date(2026, 11, 22)
HELD = date(2026, 7, 31)


def body(folder: str) -> bytes:
    return (HERE / "customs/comtrade" / folder / "response.json").read_bytes()


def led_to(asked: Asked, reporter: int = 458) -> list[Request]:
    (first,) = [r for r in COMTRADE.plan(asked) if f"reporterCode={reporter}#" in r.url]
    found = COMTRADE.following(first, body("availability"))
    assert isinstance(found, list)
    return found


def months(requests: list[Request]) -> list[str]:
    return [r.url.split("period=")[1][:6] for r in requests]


def test_comtrade_is_asked_first_for_what_each_reporter_released():
    requests = COMTRADE.plan(Asked(TODAY, {}))
    assert all("/public/v1/getDA/C/M/HS?reporterCode=" in r.url for r in requests)
    assert any("reporterCode=490#" in r.url for r in requests)


def test_on_a_first_refresh_every_released_month_of_a_year_and_a_half_is_asked():
    assert months(led_to(Asked(TODAY, {}))) == ["202605"] * 3 + ["202604"] * 3 + ["202506"] * 3


def test_later_only_months_released_since_the_last_day_held_are_asked_again():
    assert sorted(set(months(led_to(Asked(TODAY, {}, None, HELD))))) == ["202506", "202605"]


def test_since_asks_for_every_month_from_that_day():
    found = led_to(Asked(TODAY, {}, date(2024, 12, 1), HELD))
    assert sorted(set(months(found))) == ["202412", "202506", "202604", "202605"]


def test_the_preview_is_asked_one_month_and_one_code_at_a_time():
    for request in led_to(Asked(TODAY, {})):
        assert "/public/v1/preview/" in request.url
        assert "maxRecords=500" in request.url
        assert request.url.count("cmdCode=8") == 1
        assert "partnerCode" not in request.url
        assert not request.secret_headers


def test_with_a_key_one_month_is_asked_at_once_and_the_key_stays_in_a_header():
    found = led_to(Asked(TODAY, {"COMTRADE_KEY": "hush"}))
    assert months(found) == ["202605", "202604", "202506"]
    for request in found:
        assert "/data/v1/get/" in request.url
        assert request.secret_headers == {"Ocp-Apim-Subscription-Key": "COMTRADE_KEY"}
        assert "hush" not in repr(request)


def test_a_month_released_anew_is_another_address_with_the_newest_release():
    urls = {r.url for r in led_to(Asked(TODAY, {})) if "period=202605" in r.url}
    assert all(u.endswith("#released=2026-08-23") for u in urls)


def test_data_lead_nowhere():
    request = led_to(Asked(TODAY, {}))[0]
    assert not COMTRADE.following(request, body("released-month"))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b'{"data": [{"period": 202605}], "count": 1, "error": ""}', "lastReleased"),
        (b'{"statusCode": 401, "message": "Access denied"}', "lastReleased"),
        (b"<html>Sorry</html>", "JSON"),
    ],
)
def test_an_availability_that_says_nothing_is_refused(answer, expected):
    with pytest.raises(SourceChangedError, match=expected):
        COMTRADE.following(COMTRADE.plan(Asked(TODAY, {}))[0], answer)


def test_a_reporter_without_months_is_named_and_stops_nobody_else():
    empty = json.dumps({"count": 0, "data": [], "error": ""}).encode()
    first = COMTRADE.plan(Asked(TODAY, {}))[0]
    assert not COMTRADE.following(first, empty)
    fetched = datetime(2026, 9, 1, tzinfo=UTC)
    fetch = Fetch("f", "customs/comtrade", "live", first.url, fetched, "", "", 1)
    (note,) = COMTRADE.parse(empty, fetch).rejections
    assert note.expected == "months that the reporter released"


def test_an_unreadable_release_is_refused():
    spoilt = body("availability").replace(b"2026-08-20T", b"20 Aug 2026")
    with pytest.raises(SourceChangedError, match="lastReleased"):
        COMTRADE.following(COMTRADE.plan(Asked(TODAY, {}))[0], spoilt)


def test_no_rows_without_a_stated_release_stay_an_error():
    fetched = datetime(2026, 9, 1, tzinfo=UTC)
    fetch = Fetch("f", "customs/comtrade", "live", "https://x/HS?period=1", fetched, "", "", 1)
    empty = json.dumps({"count": 0, "data": [], "error": ""}).encode()
    with pytest.raises(SourceChangedError, match="Check period and codes"):
        COMTRADE.parse(empty, fetch)
