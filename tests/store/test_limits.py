"""Limits of publishers: kept over processes, kill -9 and a clock set back; a spent budget ends the day."""

import json
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime, timedelta

import pytest
from served import eia_page, job_at, publishing

from indicia.cli import work
from indicia.errors import SourceBudgetSpentError, SourceUnavailableError, StoreError
from indicia.sources import limits, session
from indicia.sources.limits import Limits

HOST = "127.0.0.1:1"
JSON = {"Content-Type": "application/json"}
PAGE = json.dumps(eia_page("A", [1, 2])).encode()


def source(**facts):
    return job_at("power/eia930", "http://127.0.0.1:1", **facts).source


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(session, "RETRIES", session.RETRIES.new(total=2, backoff_factor=0.01))


def refresh(home, server, *paths, **facts):
    job = job_at("power/eia930", server.url, paths, **{"every_hours": 24, **facts})
    outcome = work.refresh(home, work.live_tasks([job], {}), progress=lambda _t: None)
    return outcome, outcome.reports[0]


def test_a_pause_is_kept_between_requests(tmp_path):
    slow, began = source(pause_seconds=0.2), time.monotonic()
    for _ in range(3):
        Limits(tmp_path).take(slow, HOST)
    assert time.monotonic() - began >= 0.4


def test_a_minutes_limit_makes_the_next_request_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MINUTE_SECONDS", 0.5)
    few, began = source(per_minute=2), time.monotonic()
    for _ in range(4):
        Limits(tmp_path).take(few, HOST)
    assert time.monotonic() - began >= 0.5


def test_processes_share_the_budget_and_a_killed_one_has_asked_no_more_than_was_counted(
    tmp_path,
):
    code = textwrap.dedent(f"""
        import os, sys
        sys.path[:0] = {sys.path!r}
        from pathlib import Path
        from served import job_at
        from indicia.errors import SourceBudgetSpentError
        from indicia.sources.limits import Limits
        source = job_at("power/eia930", "http://127.0.0.1:1", per_day=40).source
        taken = 0
        try:
            while True:
                Limits(Path({str(tmp_path)!r})).take(source, {HOST!r})
                os.write(1, b"x")
        except SourceBudgetSpentError:
            pass
    """)
    ran = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, bufsize=0)
        for _ in range(3)
    ]
    first = len(ran[0].stdout.read(3))
    ran[0].send_signal(signal.SIGKILL)
    sent = first + sum(len(p.communicate(timeout=60)[0]) for p in ran)
    assert 39 <= sent <= 40  # the killed one may have counted a request that it did not send
    with pytest.raises(SourceBudgetSpentError, match="40 requests a day"):
        Limits(tmp_path).take(source(per_day=40), HOST)


def test_a_clock_set_back_neither_opens_the_budget_nor_blocks_for_long(tmp_path, monkeypatch):
    strict = source(per_day=2, per_minute=2)
    ahead = time.time() + 40 * 86_400
    monkeypatch.setattr(limits.time, "time", lambda: ahead)
    for _ in range(2):
        Limits(tmp_path).take(strict, HOST)
    Limits(tmp_path).hold("other", 60.0, "made", is_budget=True)
    monkeypatch.undo()
    with pytest.raises(SourceBudgetSpentError) as spent:
        Limits(tmp_path).take(strict, HOST)
    assert spent.value.until - datetime.now(UTC) <= timedelta(days=1)
    with pytest.raises(SourceBudgetSpentError) as held:
        Limits(tmp_path).take(strict, "other")
    assert held.value.until - datetime.now(UTC) <= timedelta(seconds=61)


def test_a_new_day_opens_the_budget_again(tmp_path, monkeypatch):
    strict = source(per_day=1)
    Limits(tmp_path).take(strict, HOST)
    tomorrow = time.time() + 86_400
    monkeypatch.setattr(limits.time, "time", lambda: tomorrow)
    Limits(tmp_path).take(strict, HOST)


def test_a_damaged_count_is_named_with_what_to_do(tmp_path):
    (tmp_path / "limits.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match=r"limits\.sqlite.*remove the file"):
        Limits(tmp_path).take(source(), HOST)


def test_a_short_wait_that_a_publisher_asks_for_is_kept(tmp_path):
    def answer(_asked):
        return (429, {"Retry-After": "1"}, b"") if len(server.asked) == 1 else (200, JSON, PAGE)

    with publishing(answer) as server:
        began = time.monotonic()
        outcome, _ = refresh(tmp_path, server, "/a")
    assert not outcome.has_failed
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("after", ["54000", "a date"])
def test_a_long_wait_is_a_spent_budget_and_nothing_is_repeated_today(tmp_path, after):
    if after == "a date":
        after = f"{datetime.now(UTC) + timedelta(hours=15):%a, %d %b %Y %H:%M:%S} GMT"
    with publishing(lambda _a: (429, {"Retry-After": after}, b"spent")) as server:
        outcome, report = refresh(tmp_path, server, "/a", "/b")
        assert (report.outcome, outcome.has_failed) == ("budget spent", False)
        assert "budget spent" in report.message
        _, again = refresh(tmp_path, server, "/a", "/b")
        assert again.outcome == "budget spent"
        assert len(server.asked) == 1


def test_a_header_that_says_zero_ends_the_day_and_keeps_what_came(tmp_path):
    def answer(_asked):
        return 200, {**JSON, "X-Left-Usd": "0.0"}, PAGE

    with publishing(answer) as server:
        outcome, report = refresh(tmp_path, server, "/a", "/b", spent_header="x-left-usd")
        assert (report.outcome, report.rows_kept) == ("budget spent", 2)
        assert not outcome.has_failed
        assert len(server.asked) == 1
        with sqlite3.connect(tmp_path / "limits.sqlite") as db:
            db.execute("DELETE FROM held")  # the next day
        _, report = refresh(tmp_path, server, "/a", "/b", spent_header="none")
        assert [a.path for a in server.asked] == ["/a", "/b"]
        assert report.outcome in {"loaded", "unchanged"}


def test_a_daily_budget_is_spread_over_days_and_each_goes_on_where_the_last_stopped(tmp_path):
    def answer(asked):
        return 200, JSON, json.dumps(eia_page(asked.path[1:], [1])).encode()

    paths = [f"/Z{n}" for n in range(5)]
    with publishing(answer) as server:
        for day in range(3):
            _, report = refresh(tmp_path, server, *paths, per_day=2, every_hours=168)
            assert report.outcome == ("budget spent" if day < 2 else "loaded")
            with sqlite3.connect(tmp_path / "limits.sqlite") as db:
                db.execute("UPDATE asked SET at = at - 86400")
        assert [a.path for a in server.asked] == paths


def test_a_publisher_under_repair_is_left_alone_as_long_as_it_asks(tmp_path):
    with publishing(lambda _a: (503, {"Retry-After": "7200"}, b"later")) as server:
        for _ in range(2):
            outcome, report = refresh(tmp_path, server, "/a")
            assert outcome.has_failed
            assert report.outcome == "failed"
        assert len(server.asked) == 1
    with pytest.raises(SourceUnavailableError, match="status 503"):
        Limits(tmp_path).take(source(), server.url.removeprefix("http://"))


def test_an_error_without_a_wait_is_repeated_a_few_times_and_then_fails(tmp_path):
    with publishing(lambda _a: (500, {}, b"oops")) as server:
        _, report = refresh(tmp_path, server, "/a")
    assert (report.outcome, len(server.asked)) == ("failed", 3)
    assert "status 500: oops" in report.message
