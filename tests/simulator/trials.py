"""One trial: what was held, a refresh that meets faults, a clean one after it; and what must hold."""

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal
from simulator import faults
from simulator.plans import drawn, refreshed, rows

from indicia.schema import TABLES
from indicia.sources.guard import REMEDY as CRASHED

SAME, REFUSED, PARTLY, MIXED = (
    "same rows",
    "refused and healed",
    "partly loaded and named",
    "read while it changed",
)
OUTCOMES = (SAME, REFUSED, PARTLY, MIXED)


@dataclass(frozen=True)
class Clean:
    """What one publisher gives without faults.

    Args:
        home: Where its first vintage was loaded.
        one: Rows of vintage 1, by table.
        two: Rows of vintage 2 over 1.
        requests: How many requests the second took.
        said: Issues that a clean refresh has too.
    """

    home: Path
    one: dict
    two: dict
    requests: int
    said: Counter


@dataclass(frozen=True)
class Result:
    """How a trial ended: which kinds were met, and the outcome."""

    publisher: str
    seed: int
    kinds: tuple
    outcome: str


def clean(publisher, folder):
    """Load both vintages without faults."""
    home, kept = folder / "clean", folder / "one"
    first, _ = refreshed(publisher, home, 1)
    assert not first.has_failed, first.reports
    one = rows(publisher, home)
    shutil.copytree(home, kept)
    second, asked = refreshed(publisher, home, 2)
    assert not second.has_failed, second.reports
    two = rows(publisher, home)
    assert any(f.height for f in one.values()), "nothing was loaded"
    assert any(not one[t].equals(two[t]) for t in one), "the vintages do not differ"
    return Clean(kept, one, two, len(asked), _said(second))


def tried(publisher, seed, known, folder, plan=None):
    """Refresh once with faults and once without; raise where an invariant does not hold.

    The faults are those of `plan`, or drawn from the seed.
    """
    plan, home = plan or drawn(publisher, seed, known.requests), folder / "home"
    shutil.copytree(known.home, home)
    faults.trap().visits = 0
    outcome, asked = refreshed(publisher, home, 2, plan.spoiled)
    held, (report,) = rows(publisher, home), outcome.reports
    crashed = [i for i in report.issues if i["remedy"] == CRASHED]
    assert not crashed, f"{plan}: the parser crashed: {crashed}"
    assert not faults.trap().visits, f"{plan}: led to another server"
    for table, now in held.items():
        _check(plan, table, known.one[table], known.two[table], now)
    is_same = all(held[t].equals(known.two[t]) for t in held)
    is_named = report.outcome == "failed" or bool(_said(outcome) - known.said)
    has_changed = any(kind in faults.CHANGES for kind in plan.spoiled.values())
    assert is_same or is_named or has_changed, f"{plan}: differs without a word"

    refreshed(publisher, home, 2)
    healed = rows(publisher, home)
    for table, frame in healed.items():
        try:
            assert_frame_equal(frame, known.two[table])
        except AssertionError as error:
            raise AssertionError(f"{plan}: not healed: {error}") from error
    assert [p.name for p in folder.iterdir()] == ["home"], (
        f"{plan}: something was written elsewhere"
    )
    is_kept = all(held[t].equals(known.one[t]) for t in held)
    ended = (
        SAME if is_same else REFUSED if is_kept and is_named else PARTLY if is_named else MIXED
    )
    met = tuple(kind for n, kind in plan.spoiled.items() if n < len(asked))
    return Result(publisher.job, seed, met, ended)


def begun(publisher, kind, known, folder):
    """Refresh where nothing is held yet, first with a spoiled zip and then without.

    The zip is asked for only then; days after it come all the same. A member that nobody asked for
    changes nothing.
    """
    home = folder / "home"
    outcome, _ = refreshed(publisher, home, 1, {publisher.own_at: kind})
    held, said = rows(publisher, home), outcome.reports[0].issues
    if all(held[t].equals(known.one[t]) for t in held):
        assert not said, f"{kind}: named, though all rows came"
        return Result(publisher.job, kind, (kind,), SAME)
    assert said, f"{kind}: not named"
    for table, frame in held.items():
        strange = frame.join(known.one[table], on=frame.columns, how="anti", nulls_equal=True)
        assert strange.is_empty(), f"{kind}: rows of {table} from nowhere"
    whole = known.one["power_load"].height
    assert 0 < held["power_load"].height < whole, f"{kind}: days after the zip did not come"
    refreshed(publisher, home, 1)
    for table, frame in rows(publisher, home).items():
        assert_frame_equal(frame, known.one[table])
    return Result(publisher.job, kind, (kind,), PARTLY)


def _check(plan, table, one, two, now):
    before, after, held = (_keyed(table, f) for f in (one, two, now))
    assert held.keys() >= before.keys() & after.keys(), f"{plan}: lost rows of {table}"
    assert held.keys() <= before.keys() | after.keys(), f"{plan}: rows of {table} from nowhere"
    for key, row in held.items():
        assert row in (before.get(key), after.get(key)), (
            f"{plan}: {table}: a value nobody published: {row}, not {before.get(key)}"
        )


def _keyed(table, frame):
    key = list(TABLES[table].key)
    assert not frame.select(key).is_duplicated().any(), "a key is held twice"
    ordered = frame.select(*key, pl.exclude(key))
    return {str(row[: len(key)]): row for row in ordered.iter_rows()}


def _said(outcome):
    return Counter((i["rule"], i["received"]) for r in outcome.reports for i in r.issues)
