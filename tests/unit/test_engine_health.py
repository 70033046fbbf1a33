"""Health: silence of a publisher, spent budgets, what to do, revisions, and the three dates of a record."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from served import eia_page, job_at, publishing

from indicia.answers import revisions, sources
from indicia.cli import work
from indicia.sources.contract import Request
from indicia.store import Store

HOURS = "2026-01-01T01"
NOW = datetime.now(UTC)


@pytest.fixture
def load(tmp_path):
    """One refresh whose only body holds the given values, hour by hour."""

    def do(*values, status=200, **facts):
        body = json.dumps(eia_page("A", list(values), first_hour=HOURS)).encode()
        with publishing(
            lambda _a: (status, {"Content-Type": "application/json"}, body)
        ) as server:
            job = job_at("power/eia930", server.url, (), every_hours=24, **facts)
            job = replace(job, plan=lambda _a: [Request(f"{server.url}/data")])
            work.refresh(tmp_path, work.live_tasks([job], {}), progress=lambda _t: None)
        return job.source

    return do


def health(home, source, now=NOW):
    with Store.open(home) as store:
        found = sources.health(store, {source.id: source}, now)
        return found.filter(pl.col("source") == source.id).row(0, named=True)


def test_a_publisher_that_adds_nothing_is_silent_though_it_is_read_in_time(load, tmp_path):
    source = load(1, 2, data_days=30)
    found = health(tmp_path, source)
    assert (found["state"], found["data_until_date"]) == ("silent", date(2026, 1, 1))
    assert "Nothing newer than 2026-01-01" in found["remedy"]
    assert health(tmp_path, replace(source, data_days=100_000))["state"] == "fresh"
    assert health(tmp_path, replace(source, data_days=0))["state"] == "fresh"
    late = health(tmp_path, source, NOW + timedelta(days=3))
    assert late["state"] == "stale"


def test_a_failed_source_and_one_without_its_key_say_what_to_run(load, tmp_path):
    source = load(1, status=403)
    assert "indicia refresh power/eia930" in health(tmp_path, source)["remedy"]
    lacking = replace(source, name="other", key_variable="MADE_KEY", key_is_optional=False)
    found = health(tmp_path, lacking)
    assert found["remedy"] == "Set MADE_KEY, then run: indicia refresh power/other"
    files = replace(lacking, key_variable="", url="", hosts=())
    assert "--from FILE" in health(tmp_path, files)["remedy"]


def test_a_source_of_files_says_how_to_read_one_whatever_its_state(load, tmp_path):
    source = replace(load(1), url="", hosts=(), data_days=0)
    assert health(tmp_path, source)["remedy"] is None
    late = health(tmp_path, source, NOW + timedelta(days=9))
    assert late["remedy"] == "Read a newer file: indicia refresh power/eia930 --from FILE"
    load(1, status=403)
    failed = health(tmp_path, source)
    assert failed["remedy"].endswith("indicia refresh power/eia930 --from FILE")
    never = health(tmp_path, replace(source, name="other"))
    assert never["remedy"] == "From files: indicia refresh power/other --from FILE"


def test_a_budget_that_stays_spent_is_no_excuse_for_old_data(load, tmp_path):
    load(1)
    source = load(1, status=403, throttled_statuses=(403,), throttled_seconds=300.0)
    assert health(tmp_path, source)["state"] == "budget spent"
    assert health(tmp_path, source, NOW + timedelta(days=3))["state"] == "stale"


def test_health_is_shown_by_family_and_state_with_what_needs_a_person_first(load, tmp_path):
    source = load(1, status=403)
    others = [replace(source, name=n, family=f) for n, f in (("a", "power"), ("b", "customs"))]
    with Store.open(tmp_path) as store:
        found = sources.health(store, {s.id: s for s in (source, *others)}, NOW)
    assert sources.families(found) == ["customs", "power"]
    assert sources.tally(found) == "✕ last run failed: 1 · ? never loaded: 2"
    assert sources.chosen(found, [], [])["source"].to_list() == [
        "power/eia930", "customs/b", "power/a",
    ]  # fmt: skip
    assert sources.chosen(found, ["power"], ["never"])["source"].to_list() == ["power/a"]


def test_revisions_and_losses_are_counted_per_source_and_listed(load, tmp_path):
    load(1, 2, 3)
    with Store.open(tmp_path) as store:
        assert revisions.counted(store).is_empty()
    load(1, 5, is_snapshot=True)
    with Store.open(tmp_path) as store:
        (counted,) = revisions.counted(store).iter_rows(named=True)
        listed = revisions.listed(store, "power/eia930")
    assert (counted["revised_count"], counted["vanished_count"]) == (1, 1)
    told = sorted((r["change"], r["was"], r["became"]) for r in listed.iter_rows(named=True))
    assert told == [("changed", "2.0", "5.0"), ("vanished", None, None)]


def test_a_record_has_the_dates_of_its_coming_its_change_and_its_last_check(tmp_path):
    bodies = iter([[1, 2], [1, 5], [1, 5]])

    def answer(_asked):
        return 200, {}, json.dumps(eia_page("A", next(bodies), first_hour=HOURS)).encode()

    with publishing(answer) as server:
        job = job_at("power/eia930", server.url, every_hours=0)
        for _ in range(3):
            work.refresh(tmp_path, work.live_tasks([job], {}), progress=lambda _t: None)
    with Store.open(tmp_path) as store:
        steady, changed = (
            revisions.dates(store, "power/eia930", "power_load").sort("row_key").rows()
        )
        fetched = store.sql('SELECT fetched_utc FROM "fetch" ORDER BY 1')[
            "fetched_utc"
        ].to_list()
    assert steady[1:3] == (fetched[0], fetched[0])
    assert changed[1:3] == (fetched[0], fetched[1])
    assert steady[3] == changed[3] == fetched[2]
