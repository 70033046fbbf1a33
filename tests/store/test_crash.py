"""A refresh ended by `kill -9` at any moment: the store opens, nothing is lost, nothing is asked twice.

Figures are printed, not asserted: run with -s. docs/operating.md quotes them.
"""

import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from pathlib import Path
from statistics import median

import pytest
from served import eia_page

from indicia.sources.archive import Archive
from indicia.store import Store, pointer

PAGES, HOURS, KILLS = 8, 240, 12
PATIENCE_SECONDS = 180
ZONES = [f"Z{n:02d}" for n in range(PAGES)]


class Publisher(ThreadingHTTPServer):
    """Serves eight pages whose values rise with every round, and remembers what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.round, self.asked = 0, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        page = int(self.path.rsplit("/", 1)[-1])
        self.server.asked.append(self.path)
        body = dumps(eia_page(ZONES[page], [1000 + self.server.round] * HOURS)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def publisher():
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def start(home, publisher):
    return subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("refresher.py")),
            str(home),
            publisher.url,
            str(PAGES),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def tell(text):
    sys.stdout.write(f"\n{text}\n")


def values(home):
    """The round each zone's stored values are of; every zone whole or not there."""
    with Store.open(home) as store:
        rows = store.sql(
            "SELECT zone_id, min(demand_reported_mw) - 1000, max(demand_reported_mw) - 1000, count(*) "
            "FROM power_load GROUP BY ALL"
        ).rows()
    assert all(low == high and hours == HOURS for _, low, high, hours in rows)
    return {zone: int(low) for zone, low, _, _ in rows}


@pytest.mark.slow
def test_kills_lose_nothing_and_ask_nothing_twice(tmp_path, publisher):
    draw = random.Random(20261122)
    durations = []
    for _ in range(2):  # the second finds everything warm
        began = time.monotonic()
        whole = start(tmp_path, publisher)
        assert whole.wait(PATIENCE_SECONDS) == 0, whole.stderr.read()
        durations.append(time.monotonic() - began)
    duration = min(durations)
    acknowledged = values(tmp_path)
    assert set(acknowledged) == set(ZONES)
    ended_early, published_early, opening = 0, 0, []
    for number in range(1, KILLS + 1):
        publisher.round = number
        before = pointer(tmp_path)
        process = start(tmp_path, publisher)
        began = time.monotonic()
        try:
            process.wait(draw.uniform(0.25, 1.05) * duration)
            duration = min(duration, time.monotonic() - began)  # the machine got faster
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        said, _ = process.communicate(timeout=30)
        is_killed = process.returncode == -signal.SIGKILL
        ended_early += is_killed
        published_early += is_killed and pointer(tmp_path) != before
        began = time.monotonic()
        after = values(tmp_path)
        opening.append(time.monotonic() - began)
        assert set(after) == set(ZONES)
        assert all(after[z] >= acknowledged[z] for z in ZONES)
        if "published" in said:
            assert pointer(tmp_path) != before
        acknowledged = after
    assert ended_early >= KILLS // 4, "the kills came too late to show anything"

    held = [f.url for f in Archive(tmp_path).pending("power/eia930")]
    publisher.asked.clear()
    began = time.monotonic()
    final = start(tmp_path, publisher)
    said, problems = final.communicate(timeout=PATIENCE_SECONDS)
    tell(
        f"kill -9: {KILLS} refreshes of {durations[1]:.1f} s, {ended_early} killed, of these "
        f"{published_early} after publishing; opened and read afterwards in median {median(opening):.2f} s; "
        f"the next refresh took {time.monotonic() - began:.1f} s with {len(set(held))} of {PAGES} pages from the archive"
    )
    assert final.returncode == 0, problems
    assert "published" in said
    asked = [publisher.url + path for path in publisher.asked]
    assert not set(asked) & set(held)
    assert len(asked) + len(set(held)) >= PAGES
    assert pointer(tmp_path)
    assert not list((tmp_path / "stores").glob("build-*"))
    assert not Archive(tmp_path).pending("power/eia930")


def test_what_was_read_before_a_crash_is_loaded_without_asking_again(tmp_path, publisher):
    from served import job_at

    from indicia.cli import work
    from indicia.sources.asking import Circumstances, live

    job = job_at("power/eia930", publisher.url, tuple(f"/page/{n}" for n in range(PAGES)))
    archive = Archive(tmp_path)
    batches = live(job, archive, Circumstances({}, datetime.now(UTC)))
    for _ in range(5):
        next(batches)
    batches.close()
    assert len(publisher.asked) == 5
    outcome = work.refresh(tmp_path, work.live_tasks([job], {}), progress=lambda _t: None)
    assert not outcome.has_failed
    assert sorted(publisher.asked) == sorted(f"/page/{n}" for n in range(PAGES))
    assert set(values(tmp_path)) == set(ZONES)


def test_a_full_disk_is_one_plain_line_and_costs_nothing(tmp_path, publisher):
    whole = start(tmp_path, publisher)
    assert whole.wait(PATIENCE_SECONDS) == 0, whole.stderr.read()
    before = values(tmp_path)
    publisher.round = 1
    code = (
        "import resource, signal, sys, runpy; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)); "
        f"sys.argv = ['refresher', {str(tmp_path)!r}, {publisher.url!r}, '{PAGES}']; "
        f"runpy.run_path({str(Path(__file__).with_name('refresher.py'))!r}, run_name='__main__')"
    )
    full = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert full.returncode != 0
    assert "StoreError" in full.stderr
    assert "Free space" in full.stderr
    assert values(tmp_path) == before
    again = start(tmp_path, publisher)
    assert again.wait(PATIENCE_SECONDS) == 0, again.stderr.read()


def test_two_refreshes_at_once_wait_for_each_other_and_double_nothing(tmp_path, publisher):
    began = time.monotonic()
    both = [start(tmp_path, publisher) for _ in range(2)]
    ended = [p.communicate(timeout=120) for p in both]
    tell(f"two refreshes at once: both done in {time.monotonic() - began:.1f} s")
    assert [p.returncode for p in both] == [0, 0], ended
    assert sorted(out.split()[1] for out, _ in ended) == ["1", "2"]
    assert set(values(tmp_path)) == set(ZONES)
    with Store.open(tmp_path) as store:
        assert store.sql("SELECT count(*) FROM history_power_load").item() == PAGES * HOURS
        runs = store.sql("SELECT outcome FROM run ORDER BY finished_utc")["outcome"]
    assert runs.to_list() == ["loaded", "unchanged"]


def test_a_refresh_during_heavy_reading_disturbs_no_reader(tmp_path, publisher):
    assert start(tmp_path, publisher).wait(PATIENCE_SECONDS) == 0
    publisher.round, done, seen = 1, threading.Event(), []

    def read():
        while not done.is_set():
            seen.append(frozenset(values(tmp_path).values()))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    refreshed = start(tmp_path, publisher)
    _, problems = refreshed.communicate(timeout=120)
    done.set()
    for reader in readers:
        reader.join()
    assert refreshed.returncode == 0, problems
    assert set(seen) <= {frozenset({0}), frozenset({1})}
    assert set(values(tmp_path).values()) == {1}
