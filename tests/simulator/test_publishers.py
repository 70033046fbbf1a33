"""Publishers that misbehave: the same rows as without faults, or a named failure and the last good data."""

import os

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from simulator.faults import FAULTS
from simulator.plans import drawn, refreshed, rows
from simulator.publishers import PUBLISHERS

from indicia.schema import TABLES
from indicia.sources import session

TRIALS = int(os.environ.get("INDICIA_FAULT_PLANS", "40"))
PLANS = [(p, n) for n in range(TRIALS) for p in [PUBLISHERS[n % len(PUBLISHERS)]]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Repeats follow at once; that waits are kept is tested elsewhere."""
    monkeypatch.setattr(session, "RETRIES", session.RETRIES.new(backoff_factor=0))


@pytest.fixture(scope="session")
def clean(tmp_path_factory):
    """Per publisher: the rows of vintage 1, of 2 over 1, and how many requests the second took."""
    known = {}

    def of(publisher):
        if publisher.job not in known:
            home = tmp_path_factory.mktemp(publisher.job.replace("/", "-"))
            first, _ = refreshed(publisher, home, 1)
            assert not first.has_failed, first.reports
            one, _ = rows(publisher, home)
            second, asked = refreshed(publisher, home, 2)
            assert not second.has_failed, second.reports
            two, _ = rows(publisher, home)
            assert one.height
            assert not one.equals(two)
            known[publisher.job] = (one, two, asked)
        return known[publisher.job]

    return of


def keyed(publisher, frame):
    key = list(TABLES[publisher.table].key)
    assert not frame.select(key).is_duplicated().any(), "a key is held twice"
    ordered = frame.select(*key, pl.exclude(key))
    return {str(row[: len(key)]): row for row in ordered.iter_rows()}


@pytest.mark.parametrize(("publisher", "seed"), PLANS, ids=lambda v: getattr(v, "job", str(v)))
def test_no_fault_loses_or_doubles_a_row(publisher, seed, clean, tmp_path):
    one, two, asked = clean(publisher)
    plan = drawn(publisher, seed, asked)
    refreshed(publisher, tmp_path, 1)
    outcome, _ = refreshed(publisher, tmp_path, 2, plan.spoiled)
    held, issues = rows(publisher, tmp_path)

    before, after, now = (keyed(publisher, f) for f in (one, two, held))
    assert now.keys() >= before.keys() & after.keys(), f"{plan}: lost rows"
    assert now.keys() <= before.keys() | after.keys(), f"{plan}: rows from nowhere"
    for key, row in now.items():
        assert row in (before.get(key), after.get(key)), f"{plan}: a value nobody published"
    if not held.equals(two):
        (report,) = outcome.reports
        assert report.outcome == "failed" or issues.height, f"{plan}: differs without a word"

    refreshed(publisher, tmp_path, 2)
    healed, _ = rows(publisher, tmp_path)
    assert_frame_equal(healed, two)


def test_every_kind_of_fault_is_drawn():
    kinds = {k for p, n in PLANS for k in drawn(p, n, 3).spoiled.values()}
    assert len(FAULTS) > TRIALS or kinds == set(FAULTS)
