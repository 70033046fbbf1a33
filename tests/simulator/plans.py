"""Seeded plans of faults, and refreshes that meet them."""

import random
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from math import lcm
from unittest.mock import patch

import polars as pl
from simulator import faults
from simulator.publishers import PUBLISHERS
from simulator.server import Simulator, rerouted

from indicia.cli import providers, work
from indicia.schema import TABLES
from indicia.sources import session
from indicia.store import Store, reader

STAMPS = ("source_url", "published_utc", "fetched_utc", "fetch_id", "origin_id")
UNHURRIED = {"per_minute": 0, "per_day": 0, "pause_seconds": 0.0}
AT_ONCE = session.RETRIES.new(backoff_factor=0)


@dataclass(frozen=True)
class Plan:
    """Which answers of one refresh are spoiled, and how: request number -> kind."""

    publisher: object
    seed: int
    spoiled: dict = field(default_factory=dict)

    def __str__(self):
        told = ", ".join(f"{n}: {kind}" for n, kind in sorted(self.spoiled.items()))
        return f"{self.publisher.job} #{self.seed} ({told})"


def drawn(publisher, seed, requests):
    """One fault first, so that every kind meets every publisher; then up to two more by chance."""
    rng = random.Random(f"{publisher.job} {seed}")
    kinds = faults.of(publisher)
    first = kinds[(seed + seed // lcm(len(PUBLISHERS), len(kinds))) % len(kinds)]
    paged = first in faults.PAGED or first in faults.CHANGES
    least = 1 if paged and requests > 1 else 0
    spoiled = {rng.randrange(least, requests): first}
    for _ in range(rng.choice((0, 0, 1, 2))):
        spoiled.setdefault(rng.randrange(requests + 4), rng.choice(kinds))
    return Plan(publisher, seed, spoiled)


@cache
def job_of(publisher_job):
    return providers.find().jobs[publisher_job]


@contextmanager
def only(tables):
    """Readers open the views of these tables and of the run log alone: the others are many."""
    shown = {
        "OBSERVATIONS": tuple(TABLES[t] for t in tables),
        "UNITED": (),
        "RESOLVED": (),
        "ASSESSMENTS": (),
    }
    with patch.multiple(reader, **shown):
        yield


def _maker(publisher, kind):
    known = {**faults.FAULTS, **faults.PAGED, **publisher.own}
    return known.get(kind)


def refreshed(publisher, home, vintage, spoiled=()):
    """Refresh from the simulator; return the outcome and what was asked.

    Repeats follow at once and nothing is resolved or weighed: that waits are kept, and what the rows
    lead to, is tested elsewhere.
    """
    spoiled = dict(spoiled)
    makers = {n: _maker(publisher, kind) for n, kind in spoiled.items()}
    spoils = {n: make(n + len(spoiled)) for n, make in makers.items() if make}
    lasting = {n: faults.LASTING[k](n) for n, k in spoiled.items() if k in faults.LASTING}
    changes = {n: faults.CHANGES[k] for n, k in spoiled.items() if k in faults.CHANGES}

    def serve(asked):
        for at, (before, after) in sorted(changes.items())[:1]:
            return publisher.serve(asked, before if asked.number < at else after)
        return publisher.serve(asked, vintage)

    with Simulator(serve, spoils, lasting, publisher.pages) as simulator:
        job = job_of(publisher.job)
        job = replace(job, source=replace(job.source, **UNHURRIED, **publisher.facts))
        tasks = work.live_tasks(
            [rerouted(job, simulator.url)], publisher.environ, since=publisher.since
        )
        with ExitStack() as patches:
            for name, value in publisher.small.items():
                patches.enter_context(patch(name, value))
            patches.enter_context(only(job.source.tables))
            patches.enter_context(patch.object(session, "RETRIES", AT_ONCE))
            patches.enter_context(patch.object(work, "assess", lambda *_: {}))
            patches.enter_context(patch.object(work.Build, "reader", lambda _build: None))
            outcome = work.refresh(home, tasks, progress=lambda _t: None)
    return outcome, simulator.asked


def rows(publisher, home):
    """The rows held of each table, without what differs from one run to the next."""
    tables = job_of(publisher.job).source.tables
    with only(tables), Store.open(home) as store:
        held = {t: store.sql(f'SELECT * FROM "{t}"') for t in tables}
    return {
        table: frame.drop(c for c in STAMPS if c in frame.columns).sort(pl.all())
        for table, frame in held.items()
    }
