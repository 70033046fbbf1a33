"""Operation under stress: a disk that fills, a clock that is set back, readers during a refresh."""

import json
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from served import eia_page, job_at, publishing

from indicia.answers import home as home_answers
from indicia.answers import leads, places
from indicia.cli import work
from indicia.sources import asking, run
from indicia.store import Store

JSON = {"Content-Type": "application/json"}
QUIET = {"progress": lambda _text: None}
ZONES = [f"Z{n}" for n in range(6)]
ON_TMPFS = ("unshare", "--map-root-user", "--mount")


def page(asked, value, hours=48):
    return 200, JSON, json.dumps(eia_page(asked.path[1:], [value] * hours)).encode()


def refresh(home, server, **facts):
    zones = ZONES[:1] if facts.get("is_snapshot") else ZONES
    job = job_at("power/eia930", server.url, [f"/{z}" for z in zones], every_hours=0, **facts)
    return work.refresh(home, work.live_tasks([job], {}), **QUIET)


def values(home):
    with Store.open(home) as store:
        query = "SELECT zone_id, min(demand_reported_mw), max(demand_reported_mw), count(*) FROM power_load GROUP BY 1"
        return {zone: (low, high, n) for zone, low, high, n in store.sql(query).iter_rows()}


def can_mount():
    try:
        tried = subprocess.run(
            [*ON_TMPFS, "mount", "-t", "tmpfs", "none", "/mnt"],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return tried.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(
    not can_mount(), reason="no tmpfs can be mounted here; a quota is tried in test_crash"
)
def test_a_disk_that_is_full_at_any_step_costs_nothing(tmp_path):
    """With less and less room: archiving stops, or the build, or nothing; each time all is whole."""
    script = Path(__file__).with_name("full_disk.py")
    ran = subprocess.run(
        [*ON_TMPFS, sys.executable, str(script), str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    steps = [json.loads(line) for line in ran.stdout.splitlines()]
    full = [s for s in steps if s["problem"]]
    archiving = sum(s["archived"] == 0 for s in full)
    sys.stdout.write(
        f"\nfull disk: {len(steps)} refreshes with less room each, {len(full)} stopped: {archiving} while "
        f"archiving, {len(full) - archiving} later\n"
    )
    assert len(full) < len(steps), "room was never enough"
    assert all("Free space" in s["problem"] and "\n" not in s["problem"] for s in full), full
    assert any(s["archived"] == 0 for s in full), "never full while archiving"
    assert any(s["archived"] == len(ZONES) for s in full), (
        "never full while building or publishing"
    )
    for step in steps:
        assert step["held"] == [step["value"] - bool(step["problem"])], (
            "not whole, not the last good"
        )
        assert step["healed"] == [step["value"]]


@pytest.mark.parametrize("is_snapshot", [False, True])
def test_after_a_clock_that_was_ahead_newer_values_count_at_once(tmp_path, is_snapshot):
    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=40)

    value = [1]
    with publishing(lambda a: page(a, value[0])) as server, ExitStack() as patches:
        for module in (asking, run, work):
            patches.enter_context(patch.object(module, "datetime", Ahead))
        refresh(tmp_path, server, is_snapshot=is_snapshot)
        patches.close()
        for value[0] in (2, 3):
            outcome = refresh(tmp_path, server, is_snapshot=is_snapshot)
            assert not outcome.has_failed
            assert set(values(tmp_path).values()) == {(value[0], value[0], 48)}
        again = refresh(tmp_path, server, is_snapshot=is_snapshot)
        assert again.reports[0].outcome == "unchanged"


@pytest.mark.slow
def test_readers_of_the_app_never_notice_a_refresh(own_demo_home):
    """Figures are printed, not asserted: run with -s."""
    value, done, errors, seen = [0], threading.Event(), [], set()
    seconds = {"quiet": [], "refreshing": []}
    phase = ["quiet"]

    def read():
        is_last = False
        while not is_last:
            is_last = done.is_set()  # the last one sees what the refresh left
            began = time.perf_counter()
            try:
                with Store.open(own_demo_home) as store:
                    home_answers.summary(store)
                    leads.queue(store)
                    places.points(store)
                    query = "SELECT zone_id, demand_reported_mw, count(*) FROM power_load WHERE zone_id LIKE 'Z_' GROUP BY ALL"
                    seen.add(frozenset(store.sql(query).iter_rows()))
            except Exception as error:  # noqa: BLE001 -- any error at all is what is looked for
                errors.append(repr(error))
            seconds[phase[0]].append(time.perf_counter() - began)

    readers = [threading.Thread(target=read) for _ in range(2)]
    with publishing(lambda a: page(a, value[0])) as server:
        refresh(own_demo_home, server)
        for reader in readers:
            reader.start()
        time.sleep(2)
        phase[0] = "refreshing"
        value[0] = 1
        assert not refresh(own_demo_home, server).has_failed
        done.set()
        for reader in readers:
            reader.join()
    assert not errors
    whole = {frozenset((z, float(v), 48) for z in ZONES) for v in (0, 1)}
    assert seen <= whole, "a half store was seen"
    assert seen == whole
    for name, taken in seconds.items():
        middle, late = np.percentile(taken, [50, 95])
        sys.stdout.write(
            f"\n{name}: {len(taken)} reads, median {middle:.2f} s, p95 {late:.2f} s"
        )
