"""Asking: posts, conditional requests, cursors, pages taken up again, and what a run must not lose."""

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from served import eia_page, job_at, publishing
from urllib3.util import Retry

from indicia.cli import work
from indicia.sources import known, limits, session, wire
from indicia.sources.contract import Fetch, Request
from indicia.store import Store

NOW = datetime.now(UTC)
QUIET = {"progress": lambda _t: None}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(session, "RETRIES", session.RETRIES.new(total=2, backoff_factor=0.01))


def page(zone, values=(1, 2, 3), **facts):
    return json.dumps({**eia_page(zone, list(values)), **facts}).encode()


def job(server, *requests, following=None, **facts):
    made = job_at("power/eia930", server.url, (), **{"every_hours": 24, **facts})
    return replace(
        made,
        plan=lambda _asked: requests,
        following=following or (lambda _r, _b: None),
    )


def refresh(home, *jobs, **options):
    return work.refresh(home, work.live_tasks(jobs, {}, **options), **QUIET)


def zones(home):
    with Store.open(home) as store:
        return sorted(store.sql("SELECT DISTINCT zone_id FROM power_load")["zone_id"])


def test_a_form_is_posted_and_two_forms_to_one_address_are_two_bodies(tmp_path):
    def answer(asked):
        return 200, JSON, page(json.loads(asked.body)["zone"])

    with publishing(answer) as server:
        ask = [Request(f"{server.url}/search", form=json.dumps({"zone": z})) for z in "AB"]
        assert not refresh(tmp_path, job(server, *ask)).has_failed
    assert [a.method for a in server.asked] == ["POST", "POST"]
    assert {a.headers["Content-Type"] for a in server.asked} == {"application/json"}
    assert zones(tmp_path) == ["A", "B"]
    with Store.open(tmp_path) as store:
        fetches = [Fetch(**r) for r in store.sql('SELECT * FROM "fetch"').iter_rows(named=True)]
        shown = set(store.sql("SELECT source_url FROM power_load")["source_url"])
    assert sorted(f.form for f in fetches) == ['{"zone": "A"}', '{"zone": "B"}']
    assert {f.file_name for f in fetches} == {"search"}
    assert shown == {f"{server.url}/search"}


def test_a_post_is_repeated_when_the_publisher_stumbles(tmp_path):
    def answer(_asked):
        return (503, {}, b"") if len(server.asked) < 3 else (200, JSON, page("A"))

    with publishing(answer) as server:
        outcome = refresh(tmp_path, job(server, Request(f"{server.url}/s", form="{}")))
    assert not outcome.has_failed
    assert [a.body for a in server.asked] == [b"{}"] * 3
    assert outcome.reports[0].meter.requests == 3


def test_a_body_cut_off_in_the_middle_is_asked_for_again(tmp_path):
    whole = page("A")

    def answer(_asked):
        cut = whole[:40] if len(server.asked) == 1 else whole
        return 200, {**JSON, "Content-Length": str(len(whole)), "Connection": "close"}, cut

    with publishing(answer) as server:
        assert not refresh(tmp_path, job(server, Request(f"{server.url}/a"))).has_failed
    assert len(server.asked) == 2
    assert zones(tmp_path) == ["A"]


def test_what_has_not_changed_is_not_sent_again_and_is_counted(tmp_path):
    modified = "Wed, 04 Nov 2026 10:00:00 GMT"

    def answer(asked):
        if asked.headers.get("If-None-Match") == '"one"':
            return 304, {"ETag": '"one"'}, b""
        return 200, {**JSON, "ETag": '"one"', "Last-Modified": modified}, page("A")

    with publishing(answer) as server:
        asking = job(server, Request(f"{server.url}/a"), every_hours=0)
        refresh(tmp_path, asking)
        (report,) = refresh(tmp_path, asking).reports
        assert (report.outcome, report.meter.unchanged, report.meter.read_bytes) == (
            "unchanged",
            1,
            0,
        )
        refresh(tmp_path, asking)
    assert [a.headers.get("If-Modified-Since") for a in server.asked] == [
        None,
        modified,
        modified,
    ]
    with Store.open(tmp_path) as store:
        statuses = store.sql('SELECT status_code FROM "fetch" ORDER BY fetched_utc')
        assert store.sql("SELECT count(*) FROM history_power_load").item() == 3
    assert statuses["status_code"].to_list() == [200, 304, 304]


def test_a_body_that_was_refused_is_not_asked_for_conditionally(tmp_path):
    def answer(_asked):
        return 200, {**JSON, "ETag": '"bad"'}, b'{"response": {}}'

    with publishing(answer) as server:
        asking = job(server, Request(f"{server.url}/a"), every_hours=0)
        for _ in range(2):
            assert refresh(tmp_path, asking).has_failed
    assert not any("If-None-Match" in a.headers for a in server.asked)


def test_a_publisher_that_goes_back_to_an_earlier_body_is_followed(tmp_path):
    bodies = [page("A", [1]), page("A", [2]), page("A", [1])]
    with publishing(lambda _a: (200, JSON, bodies[len(server.asked) - 1])) as server:
        asking = job(server, Request(f"{server.url}/a"), every_hours=0)
        for _ in bodies:
            refresh(tmp_path, asking)
    with Store.open(tmp_path) as store:
        assert store.sql("SELECT demand_reported_mw FROM power_load").item() == 1


def follow(server, last):
    def following(request, _body):
        number = int(request.params["page"])
        params = {"page": str(number + 1)}
        return replace(request, params=params) if number < last else None

    return Request(f"{server.url}/list", {"page": "1"}, form='{"q": 1}'), following


def test_pages_that_were_read_before_a_failure_are_not_asked_for_again(tmp_path):
    broken = [True]

    def answer(asked):
        number = asked.path.rsplit("=", 1)[-1]
        if number == "3" and broken[0]:
            return 403, {}, b"no"
        return 200, JSON, page(f"Z{number}")

    with publishing(answer) as server:
        first, following = follow(server, 4)
        asking = job(server, first, following=following)
        assert refresh(tmp_path, asking).has_failed
        broken[0] = False
        server.asked.clear()
        (report,) = refresh(tmp_path, asking).reports
    assert [a.path for a in server.asked] == ["/list?page=3", "/list?page=4"]
    assert report.meter.resumed == 2
    assert zones(tmp_path) == ["Z1", "Z2", "Z3", "Z4"]


def test_things_that_loaded_before_a_failure_are_not_asked_for_again_within_the_period(
    tmp_path,
):
    broken = [True]

    def answer(asked):
        is_last = asked.path.endswith("C")
        return (403, {}, b"") if is_last and broken[0] else (200, JSON, page(asked.path[-1]))

    with publishing(answer) as server:
        asking = job(server, *(Request(f"{server.url}/{z}") for z in "ABC"))
        assert refresh(tmp_path, asking).has_failed
        assert zones(tmp_path) == ["A", "B"]
        broken[0] = False
        server.asked.clear()
        assert not refresh(tmp_path, asking).has_failed
        assert [a.path for a in server.asked] == ["/C"]
        server.asked.clear()
        refresh(tmp_path, asking)
    assert [a.path for a in server.asked] == ["/A", "/B", "/C"]
    assert zones(tmp_path) == ["A", "B", "C"]


def test_pages_that_lead_in_a_circle_are_refused(tmp_path):
    with publishing(lambda _a: (200, JSON, page("A"))) as server:
        asking = job(server, Request(f"{server.url}/a"), following=lambda r, _b: r)
        (report,) = refresh(tmp_path, asking).reports
    assert len(server.asked) == 1
    assert report.issues[0]["received"] == "the same page again"


def test_what_a_body_leads_to_is_asked_and_loaded_by_itself(tmp_path):
    def following(request, _body):
        if request.url.endswith("/list"):
            return [Request(f"{server.url}/{z}") for z in "BC"]
        return None

    with publishing(lambda a: (200, JSON, page(a.path[1:].upper()))) as server:
        asking = job(server, Request(f"{server.url}/list"), following=following)
        (report,) = refresh(tmp_path, asking).reports
    assert zones(tmp_path) == ["B", "C", "LIST"]
    assert (report.meter.planned, report.meter.done) == (3, 3)


def cursor(home, name="power/eia930"):
    with Store.open(home) as store:
        return known.of(store, job_at(name, "http://127.0.0.1:9").source)


def test_the_cursor_is_the_last_day_held_and_only_whole_runs_move_it(tmp_path):
    asked = []

    def planned(server, *paths):
        def plan(question):
            asked.append(question)
            return [Request(server.url + p) for p in paths]

        return replace(job(server), plan=plan)

    def answer(request):
        hour = {"/a": "2026-01-01T01", "/b": "2026-02-01T01"}.get(request.path)
        body = json.dumps(eia_page("A", [1, 2], first_hour=hour)).encode() if hour else b""
        return (200, JSON, body) if hour else (404, {}, b"")

    with publishing(answer) as server:
        refresh(tmp_path, planned(server, "/a"))
        assert cursor(tmp_path).held_until == date(2026, 1, 1)
        refresh(tmp_path, planned(server, "/b", "/gone"))
        assert cursor(tmp_path).held_until == date(2026, 1, 1)
        refresh(tmp_path, planned(server, "/b"), since=date(2025, 12, 1))
        assert cursor(tmp_path).held_until == date(2026, 2, 1)
    assert [q.held_until for q in asked] == [None, date(2026, 1, 1), date(2026, 1, 1)]
    assert [q.since for q in asked] == [None, None, date(2025, 12, 1)]
    start = asked[1].start(date(2020, 1, 1), 5)
    assert start == date(2025, 12, 27)


def test_a_fault_in_a_parser_is_an_issue_with_its_line_and_the_other_sources_load(tmp_path):
    def faulty(_body, _fetch):
        return {}["nothing"]

    with publishing(lambda _a: (200, JSON, page("A"))) as server:
        good = job(server, Request(f"{server.url}/a"))
        bad = replace(
            good, source=replace(good.source, name="faulty", is_snapshot=True), parse=faulty
        )
        outcome = refresh(tmp_path, bad, good)
    failed, loaded = outcome.reports
    assert (failed.outcome, loaded.outcome) == ("failed", "loaded")
    assert "KeyError: 'nothing' at test_asking.py:" in failed.issues[0]["received"]


def test_an_impossible_value_is_set_aside_by_name_and_the_rest_loads(tmp_path):
    with publishing(lambda _a: (200, JSON, page("A"))) as server:
        plain = job(server, Request(f"{server.url}/a"))

        def parse(body, fetch):
            said = plain.parse(body, fetch)
            table = said.tables["power_load"]
            low = table["demand_reported_mw"].clone()
            low[0] = float("inf")
            return replace(said, tables={"power_load": table.with_columns(low)})

        (report,) = refresh(tmp_path, replace(plain, parse=parse)).reports
    assert (report.outcome, report.rows_kept, report.rows_rejected) == ("loaded", 2, 1)
    (issue,) = report.issues
    assert (issue["rule"], issue["received"]) == ("impossible value", "inf")
    assert "zone_id=A" in issue["place"]


def test_more_rows_than_a_ceiling_are_loaded_and_reported(tmp_path):
    with publishing(lambda _a: (200, JSON, page("A"))) as server:
        asking = job(server, Request(f"{server.url}/a"), rows_at_most=2)
        (report,) = refresh(tmp_path, asking).reports
    assert (report.outcome, report.rows_kept) == ("loaded", 3)
    assert report.issues[0]["rule"] == "more rows than expected"


@pytest.mark.parametrize(("statuses", "outcome"), [((400,), "loaded"), ((), "failed")])
def test_a_status_that_its_definition_calls_an_answer_is_parsed(tmp_path, statuses, outcome):
    with publishing(lambda _a: (400, JSON, page("A"))) as server:
        asked = job(server, Request(f"{server.url}/a"), answer_statuses=statuses)
        (report,) = refresh(tmp_path, asked).reports
    assert report.outcome == outcome


def test_a_status_that_means_too_often_is_waited_out_and_asked_again(tmp_path):
    def answer(_asked):
        return (403, {}, b"slow down") if len(server.asked) == 1 else (200, JSON, page("A"))

    with publishing(answer) as server:
        patient = {"throttled_statuses": (403,), "throttled_seconds": 0.3}
        began = time.monotonic()
        outcome = refresh(tmp_path, job(server, Request(f"{server.url}/a"), **patient))
        assert not outcome.has_failed
        assert time.monotonic() - began >= 0.3
        server.asked.clear()
        plain = job(server, Request(f"{server.url}/b"))
        assert refresh(tmp_path / "other", plain).has_failed
    assert len(server.asked) == 1


def test_a_throttle_of_five_minutes_ends_the_run_without_failing_and_is_taken_up_again(
    tmp_path, monkeypatch
):
    throttled = [True]

    def answer(asked):
        number = asked.path.rsplit("=", 1)[-1]
        is_late = number == "2" and throttled[0]
        return (403, {}, b"no") if is_late else (200, JSON, page(f"Z{number}"))

    with publishing(answer) as server:
        first, following = follow(server, 2)
        patient = {"throttled_statuses": (403,), "throttled_seconds": 300.0}
        asking = job(server, first, following=following, **patient)
        (report,) = refresh(tmp_path, asking).reports
        assert report.outcome == "budget spent"
        assert "wait for 5 min" in report.message
        (held,) = refresh(tmp_path, asking).reports
        assert (held.outcome, len(server.asked)) == ("budget spent", 2)
        throttled[0], later = False, time.time() + 301
        monkeypatch.setattr(limits.time, "time", lambda: later)
        assert not refresh(tmp_path, asking).has_failed
    assert [a.path for a in server.asked] == ["/list?page=1", "/list?page=2", "/list?page=2"]
    assert zones(tmp_path) == ["Z1", "Z2"]


def linked(server, last):
    """Pages whose header alone names the next one, with the key that was sent repeated in it."""

    def answer(asked):
        number = int(asked.path.partition("page=")[2].split("&")[0] or 1)
        named = f'<{server().url}/list?key=s3cret&page={number + 1}&q=%20x>; rel="next"'
        head = {"Link": f'<{server().url}/list>; rel="first", {named}'} if number < last else {}
        return 200, {**JSON, **head}, page(f"Z{number}")

    return answer


def test_a_next_page_that_a_header_names_is_followed_with_its_key_and_without_it_in_sight(
    tmp_path,
):
    with publishing(linked(lambda: server, 3)) as server:
        ask = Request(f"{server.url}/list", secret_params={"key": "A_KEY"})
        asking = job(server, ask, follows_link_header=True)
        tasks = work.live_tasks([asking], {"A_KEY": "s3cret"})
        assert not work.refresh(tmp_path, tasks, **QUIET).has_failed
    assert [a.path for a in server.asked] == [
        "/list?key=s3cret",
        "/list?page=2&q=%20x&key=s3cret",
        "/list?page=3&q=%20x&key=s3cret",
    ]
    assert zones(tmp_path) == ["Z1", "Z2", "Z3"]
    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert not [p for p in written if b"s3cret" in p.read_bytes()]


def test_a_header_is_not_followed_where_its_definition_does_not_say_so(tmp_path):
    with publishing(linked(lambda: server, 3)) as server:
        assert not refresh(tmp_path, job(server, Request(f"{server.url}/list"))).has_failed
    assert len(server.asked) == 1


def test_linked_pages_that_were_read_before_a_failure_are_not_asked_for_again(tmp_path):
    broken = [True]

    def answer(asked):
        if "page=3" in asked.path and broken[0]:
            return 500, {}, b""
        return linked(lambda: server, 3)(asked)

    with publishing(answer) as server:
        asking = job(server, Request(f"{server.url}/list"), follows_link_header=True)
        assert refresh(tmp_path, asking).has_failed
        broken[0] = False
        server.asked.clear()
        (report,) = refresh(tmp_path, asking).reports
    assert [a.path.partition("page=")[2][:1] for a in server.asked] == ["3"]
    assert report.meter.resumed == 2
    assert zones(tmp_path) == ["Z1", "Z2", "Z3"]


def test_a_next_page_on_another_host_gets_no_key():
    asked = Request(
        "https://a.example/list",
        {"q": "1"},
        secret_params={"key": "A_KEY"},
        secret_headers={"X-Key": "A_KEY"},
    )
    there = asked.next_page("https://b.example/list?page=2")
    assert (there.place, dict(there.secret_params), dict(there.secret_headers)) == (
        "https://b.example/list?page=2", {}, {},
    )  # fmt: skip
    here = asked.next_page("/list?page=2")
    assert here.place == "https://a.example/list?page=2"
    assert here.secret_params == asked.secret_params


def test_a_publisher_that_drips_its_bytes_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(wire, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(wire, "LEAST_BYTES_A_SECOND", 1e12)
    monkeypatch.setattr(session, "RETRIES", Retry(total=0))
    with publishing(lambda _a: (200, JSON, page("A"))) as server:
        (report,) = refresh(tmp_path, job(server, Request(f"{server.url}/a"))).reports
    assert report.outcome == "failed"
    assert "bytes in" in report.message


def test_a_source_is_due_when_its_period_is_over_and_after_the_clock_was_set_back():
    source = job_at("power/eia930", "http://127.0.0.1:9", every_hours=24).source
    at = {"has_key": True}

    def state(hours, outcome="loaded", *, whole=True):
        ended = NOW - timedelta(hours=hours)
        return known.Known(
            last_whole_utc=ended if whole else None, last_run_utc=ended, last_outcome=outcome
        )

    assert known.UNKNOWN.is_due(source, NOW, **at)
    assert not state(21).is_due(source, NOW, **at)
    assert state(24).is_due(source, NOW, **at)
    assert state(-3).is_due(source, NOW, **at)
    assert not state(1, "failed", whole=False).is_due(source, NOW, **at)
    assert state(3, "failed", whole=False).is_due(source, NOW, **at)
    waiting = state(3, "not configured", whole=False)
    assert not waiting.is_due(source, NOW, has_key=False)
    assert waiting.is_due(source, NOW, has_key=True)


def test_sources_of_one_period_do_not_all_become_due_at_the_same_moment():
    """Each within the last tenth of its period, and another moment after the next run."""

    def due_after(name, ended):
        made = job_at("power/eia930", "http://127.0.0.1:9", every_hours=100)
        source = replace(made.source, name=name)
        state = known.Known(last_whole_utc=ended, last_run_utc=ended, last_outcome="loaded")
        moments = (ended + timedelta(hours=h / 10) for h in range(800, 1001))
        due = next(m for m in moments if state.is_due(source, m, has_key=True))
        return (due - ended) / timedelta(hours=1)

    hours = [due_after(f"source{n}", NOW) for n in range(40)]
    assert min(hours) >= 90
    assert max(hours) <= 100
    assert max(hours) - min(hours) > 5
    assert len(set(hours)) > 20
    later = [due_after("source1", NOW + timedelta(days=n)) for n in range(5)]
    assert len(set(later)) > 1


def test_a_publisher_is_told_who_asks_and_not_a_browser(tmp_path):
    with publishing(lambda _a: (200, JSON, page("A"))) as server:
        assert not refresh(tmp_path, job(server, Request(f"{server.url}/a"))).has_failed
    (asked,) = server.asked
    assert asked.headers["User-Agent"].startswith("indicia/")
    assert "Mozilla" not in asked.headers["User-Agent"]
