"""What review costs at 50,000 facilities, 5,000 decisions and a journal of 100,000 lines. Printed only."""

import sqlite3
import time
from datetime import UTC, datetime, timedelta

import made_store
import numpy as np
import polars as pl
import pytest

from indicia.answers import digest, flagged, leads, reviews
from indicia.review import Act, Case, Journal, cases, desk, tables
from indicia.schema import FACILITY, TABLES, parsed, stamped
from indicia.store import Build, Store, Vintage

pytestmark = pytest.mark.bench
COUNT, DECIDED, LINES = 50_000, 5_000, 100_000
AT = datetime(2026, 3, 1, tzinfo=UTC)
IDS = [f"made-{n:06d}" for n in range(COUNT)]


def publish(home, seed):
    """50,000 facilities with a verdict and six results each; a tenth has evidence."""
    draw = np.random.default_rng(seed)
    with Store.open(home) as made:
        one = {
            n: made.sql(f'FROM "{n}"').head(1)
            for n in ("assessment", "item", "evidence", "indicator_result")
        }
    support = draw.normal(-0.5, 0.5, COUNT)
    ids = pl.Series("facility_id", IDS)
    frames = {
        "assessment": one["assessment"].drop("facility_id", "support_bans", "verdict").join(
            pl.DataFrame({"facility_id": ids, "support_bans": support}), how="cross"
        ).with_columns(verdict=pl.when(pl.col("support_bans") > 1).then(pl.lit("lead")).otherwise(pl.lit("no lead"))),
        "item": one["item"].drop("facility_id").join(pl.DataFrame({"facility_id": ids[: COUNT // 10]}), how="cross"),
        "evidence": one["evidence"],
        "indicator_result": one["indicator_result"].drop("facility_id", "indicator").join(
            pl.DataFrame({"facility_id": ids}), how="cross"
        ).join(pl.DataFrame({"indicator": [f"X{n:02d}" for n in range(6)]}), how="cross"),
    }  # fmt: skip
    facilities = parsed(FACILITY).fit(
        pl.DataFrame(
            {"facility_id": ids, "publisher_key": ids, "name": ids, "country_iso2": "CN"}
        )
    )
    full = stamped(FACILITY)
    stamps = {**made_store.STAMP, "source": "context/analyst"}
    rows = full.fit(facilities.with_columns(**{k: pl.lit(v) for k, v in stamps.items()}))
    with Build(home) as build:
        build.load(
            FACILITY, rows, Vintage(AT, AT, f"f{seed}", is_snapshot=False), "context/analyst"
        )
        build.replace_assessments({n: TABLES[n].fit(f) for n, f in frames.items()})
        return build.publish(
            rules_version=str(seed), kind="synthetic", now=AT + timedelta(days=seed)
        ).name


def timed(what, act):
    """Wall and processor time of the second of two calls."""
    act()
    wall, own = time.perf_counter(), time.process_time()
    found = act()
    print(
        f"{what}: {1e3 * (time.perf_counter() - wall):.0f} ms, {1e3 * (time.process_time() - own):.0f} ms of a processor"
    )
    return found


def test_review_at_fifty_thousand_facilities(tmp_path):
    made_store.build(tmp_path)
    earlier, later = publish(tmp_path, 1), publish(tmp_path, 2)
    journal = Journal(tmp_path)
    for start in range(0, DECIDED, 1000):
        some = [Case(i) for i in IDS[start : start + 1000]]
        cases.decide(journal, Act("AB", AT), "facility", some, "dismissed", "looked")
    row = (tables.OPENED, "page", '["leads"]', "{}", "AB", AT.isoformat(), "v")
    with sqlite3.connect(journal.path) as db:
        db.executemany(tables.ADD, [row] * (LINES - DECIDED))
    db.close()
    with (
        Store.open(tmp_path, name=later) as store,
        Store.open(tmp_path, name=earlier) as before,
    ):
        events = timed("entries on cases read", journal.events)
        said = timed("laid over the store", lambda: reviews.decided(store, events))
        assert said.height == DECIDED
        wanted = leads.Filters(reviews=("new",), decided=reviews.of_facilities(said))
        timed("queue, unfiltered", lambda: leads.queue(store))
        shown = timed(
            "queue of what is new", lambda: reviews.marked(leads.queue(store, wanted), said)
        )
        assert set(shown["review_state"]) == {"new"}
        timed("history of one case", lambda: reviews.history(store, events, "facility", IDS[7]))
        timed(
            "one decision",
            lambda: cases.decide(journal, Act("AB", AT), "facility", [Case(IDS[9])], "triage"),
        )
        timed("a visit", lambda: desk.visit(journal, Act("reader", AT)))
        timed("digest of two versions", lambda: digest.digest(before, store))
        timed(
            "whole list to take along",
            lambda: flagged.flagged(store, wanted, now=AT, decided=said),
        )
