"""Owners read from the recorded bodies of registers and lists, as of a day."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import made
import polars as pl
import pytest

import ingest
from indicia.entities.graph import headquarters, listed_owners, relations, ultimate_parent
from indicia.entities.resolve import resolve
from indicia.indicators import listed_affiliate
from indicia.sources.contract import Fetch

FOLDER = Path(__file__).parent / "entities"
BODIES = (
    "gleif/golden-copy-records",
    "gleif/golden-copy-relationships",
    "gleif/api-page",
    "s1260h/table",
    "csl/entity-list-csv",
)
FIRST, SECOND, THIRD = (f"LEI:EXAMPLE00000000000{n}" for n in (11, 15, 16))


def tables(folder):
    job = ingest.jobs()[f"entities/{folder.split('/')[0]}"]
    (body,) = (FOLDER / folder).glob("response.*")
    told = tomllib.loads((FOLDER / folder / "fetch.toml").read_text(encoding="utf-8"))
    name = str(told.get("url", body.name)).rsplit("/", maxsplit=1)[-1]
    now = datetime(2026, 6, 1, tzinfo=UTC)
    raw = body.read_bytes()
    fetch = Fetch("f", job.source.id, "file", name, now, "0", "0", len(raw))
    return {
        k: v.with_columns(source=pl.lit(job.source.id))
        for k, v in job.parse(raw, fetch).tables.items()
    }


@pytest.fixture(scope="module")
def registers():
    held = {}
    for folder in BODIES:
        for name, frame in tables(folder).items():
            # The stamp of the made rows stands in for what a body leaves to its definition.
            whole = frame.drop(
                [c for c in made.stamp(name) if c != "source" and c in frame.columns]
            )
            held.setdefault(name, []).append(whole)
    once = {
        n: pl.concat(f, how="diagonal_relaxed").unique(
            ["source", *made.OBSERVED[n].key], keep="first", maintain_order=True
        )
        for n, f in held.items()
    }
    db = made.database(**once, facility_party=[made.party("Example Seats Company Limited")])
    resolve(db)
    return db


def parent(db, of, on):
    found = ultimate_parent(db, on).row(by_predicate=pl.col("entity_id") == of, named=True)
    return found["ultimate_parent_id"], found["basis"], found["is_disputed"]


def test_a_branch_and_a_subsidiary_lead_to_the_stated_ultimate_parent(registers):
    on = date(2019, 1, 1)
    top = "LEI:EXAMPLE0000000000021"
    assert parent(registers, FIRST, on) == (top, "stated", True)
    assert parent(registers, SECOND, on) == (top, "followed", False)
    assert parent(registers, THIRD, on) == (top, "followed", False)


@pytest.mark.parametrize(
    ("day", "is_held"), [(date(2020, 2, 2), True), (date(2020, 2, 3), False)]
)
def test_a_parent_of_the_golden_copy_ends_on_its_last_day(registers, day, is_held):
    held = relations(registers, day).filter(pl.col("record_id") == THIRD)
    assert (held.height == 1) is is_held


def test_before_the_first_day_there_is_no_parent(registers):
    assert parent(registers, FIRST, date(2015, 2, 28))[:2] == (None, "none stated")


def test_headquarters_come_from_the_golden_copy(registers):
    found = headquarters(registers, date(2019, 1, 1))
    row = found.row(by_predicate=pl.col("entity_id") == FIRST, named=True)
    assert row["headquarters_iso2"] == "MY"
    assert row["parent_headquarters_iso2"] is None


def test_companies_related_on_the_1260h_list_are_not_owned(registers):
    on = date(2026, 6, 1)
    assert "related" in relations(registers, on)["kind"].to_list()
    assert listed_owners(registers, on, ("1260H",)).owned.is_empty()
    (row,) = listed_affiliate.compute(registers).evidence.iter_rows(named=True)
    assert row["result"] == "no_data"
