"""Seeded plans of faults, the four steps of a trial, and what must hold after each."""

import random
from dataclasses import dataclass, replace
from math import lcm

import polars as pl
from simulator.faults import FAULTS
from simulator.publishers import PUBLISHERS
from simulator.server import Simulator, rerouted

from indicia.cli import providers, work
from indicia.store import Store

STAMPS = ("source_url", "published_utc", "fetched_utc", "fetch_id", "origin_id")


@dataclass(frozen=True)
class Plan:
    """Which answers of one refresh are spoiled, and how: request number -> kind."""

    publisher: object
    seed: int
    spoiled: dict

    def __str__(self):
        told = ", ".join(f"{n}: {kind}" for n, kind in sorted(self.spoiled.items()))
        return f"{self.publisher.job} #{self.seed} ({told})"


def drawn(publisher, seed, requests, kinds=tuple(FAULTS)):
    """One fault first, so that every kind meets every publisher; then up to two more by chance."""
    rng = random.Random(f"{publisher.job} {seed}")
    first = kinds[(seed + seed // lcm(len(PUBLISHERS), len(kinds))) % len(kinds)]
    spoiled = {rng.randrange(requests): first}
    for _ in range(rng.choice((0, 0, 1, 2))):
        spoiled.setdefault(rng.randrange(requests + 4), rng.choice(kinds))
    return Plan(publisher, seed, spoiled)


def refreshed(publisher, home, vintage, spoiled=()):
    """Refresh from the simulator; return the outcome and how many requests came in."""
    spoils = {n: FAULTS[kind](n) for n, kind in dict(spoiled).items()}
    with Simulator(lambda asked: publisher.serve(asked, vintage), spoils) as simulator:
        job = providers.find().jobs[publisher.job]
        unhurried = {"per_minute": 0, "per_day": 0, "pause_seconds": 0.0}
        job = replace(job, source=replace(job.source, **unhurried, **publisher.facts))
        tasks = work.live_tasks([rerouted(job, simulator.url)], publisher.environ)
        outcome = work.refresh(home, tasks, progress=lambda _t: None)
    return outcome, len(simulator.asked)


def rows(publisher, home):
    """The rows held, without what differs from one run to the next."""
    with Store.open(home) as store:
        held = store.sql(f"SELECT * FROM {publisher.table}")
        issues = store.sql("SELECT * FROM issue")
    content = held.drop(c for c in STAMPS if c in held.columns)
    return content.sort(pl.all()), issues
