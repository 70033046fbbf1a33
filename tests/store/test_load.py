"""Versions: unchanged adds nothing, changed adds one, vanished leaves a tombstone, late stays late."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from indicia.schema import FACILITY_STATE, POWER_LOAD, stamped
from indicia.store import digest, load
from indicia.store.load import Delta, Vintage

FETCHED = datetime(2026, 1, 1, tzinfo=UTC)
SOURCE = "power/made"


def day(number):
    return datetime(2025, 1, number, tzinfo=UTC)


def rows(values, published, fetch_id="f", basis="stated", fetched=FETCHED):
    return stamped(POWER_LOAD).check(
        stamped(POWER_LOAD).frame(
            {
                "zone_id": zone,
                "hour_utc": datetime(2024, 1, 1, tzinfo=UTC),
                "demand_reported_mw": float(value),
                "source": SOURCE,
                "origin_id": "o",
                "reliability": "A",
                "licence": "made",
                "published_utc": published,
                "published_basis": basis,
                "fetched_utc": fetched,
                "fetch_id": fetch_id,
            }
            for zone, value in values.items()
        )
    )


@pytest.fixture
def db():
    connection = load.connect()
    connection.execute("ATTACH ':memory:' AS power")
    return connection


def put(db, values, number, later=None, *, snapshot=True):
    vintage = Vintage(
        day(number), FETCHED, f"f{number}", snapshot, day(later) if later else None, f"f{later}"
    )
    return load.apply(
        db, "power", POWER_LOAD, rows(values, day(number), f"f{number}"), vintage, SOURCE
    )


def known(db, number=None):
    condition = f"published_utc <= '{day(number)}'" if number else "true"
    found = db.sql(load.latest(POWER_LOAD, "power", condition)).pl()
    return dict(found.select("zone_id", "demand_reported_mw").sort("zone_id").iter_rows())


def current(db):
    found = db.sql(
        "SELECT zone_id, demand_reported_mw FROM power.history_power_load WHERE is_current ORDER BY 1"
    ).pl()
    return dict(found.iter_rows())


def test_an_unchanged_body_adds_no_version(db):
    put(db, {"A": 1, "B": 2}, 3)
    before = digest.read(db, "power", POWER_LOAD)
    assert put(db, {"A": 1, "B": 2}, 5) == Delta()
    assert digest.read(db, "power", POWER_LOAD) == before


def test_changes_additions_and_losses_are_counted_and_kept_apart(db):
    put(db, {"A": 1, "B": 2}, 3)
    assert put(db, {"A": 9, "C": 3}, 5) == Delta(added=1, changed=1, vanished=1)
    assert current(db) == known(db) == {"A": 9.0, "C": 3.0}
    assert known(db, 4) == {"A": 1.0, "B": 2.0}


def test_without_a_snapshot_nothing_vanishes(db):
    put(db, {"A": 1}, 3)
    assert put(db, {"B": 2}, 4, snapshot=False) == Delta(added=1)
    assert current(db) == {"A": 1.0, "B": 2.0}


def test_an_earlier_vintage_that_arrives_late_leaves_later_days_as_they_were(db):
    put(db, {"A": 1, "B": 2}, 3)
    put(db, {"A": 1, "B": 2}, 5)
    put(db, {"A": 9, "C": 7}, 4, later=5)
    put(db, {"A": 1, "D": 7}, 1, later=3)
    assert known(db, 1) == {"A": 1.0, "D": 7.0}
    assert known(db, 3) == {"A": 1.0, "B": 2.0}
    assert known(db, 4) == {"A": 9.0, "C": 7.0}
    assert known(db, 5) == current(db) == {"A": 1.0, "B": 2.0}


def test_a_revision_under_a_lag_model_is_dated_by_its_fetch_so_that_no_hindcast_sees_it(db):
    first = Vintage(FETCHED, FETCHED, "f1", is_snapshot=False)
    load.apply(
        db, "power", POWER_LOAD, rows({"A": 1}, day(2), basis="lag model"), first, SOURCE
    )
    later = datetime(2026, 2, 1, tzinfo=UTC)
    revised = rows({"A": 5}, day(2), "f2", "lag model", later)
    load.apply(
        db, "power", POWER_LOAD, revised, Vintage(later, later, "f2", is_snapshot=False), SOURCE
    )
    assert known(db, 3) == {"A": 1.0}
    assert current(db) == {"A": 5.0}
    bases = db.sql(
        "SELECT published_basis FROM power.history_power_load ORDER BY published_utc"
    ).pl()
    assert bases["published_basis"].to_list() == ["lag model", "fetched"]


def test_a_key_that_vanished_and_returns_is_current_again(db):
    put(db, {"A": 1, "B": 2}, 3)
    put(db, {"A": 1}, 4)
    put(db, {"A": 1, "B": 2}, 5)
    assert current(db) == known(db) == {"A": 1.0, "B": 2.0}
    assert known(db, 4) == {"A": 1.0}


def test_the_digest_depends_on_content_not_on_order_or_time_of_reading(db):
    put(db, {"A": 1, "B": 2}, 3)
    other = load.connect()
    other.execute("ATTACH ':memory:' AS power")
    frame = rows({"B": 2, "A": 1}, day(3), "another", fetched=datetime(2026, 5, 5, tzinfo=UTC))
    vintage = Vintage(day(3), FETCHED, "another", is_snapshot=True)
    load.apply(other, "power", POWER_LOAD, frame, vintage, SOURCE)
    assert digest.read(db, "power", POWER_LOAD) == digest.read(other, "power", POWER_LOAD)
    put(db, {"A": 1, "B": 2.5}, 4)
    assert digest.read(db, "power", POWER_LOAD) != digest.read(other, "power", POWER_LOAD)


def test_the_digest_is_the_hash_of_every_value_as_text(db):
    """However it is put together for speed: else a store of an earlier version would disagree."""
    put(db, {"A": 1, "B": 2.5}, 3)
    put(db, {"A": 1.25}, 4)
    counted = ("source", *POWER_LOAD.names, "published_utc", "is_tombstone")
    text = ", ".join(f'coalesce("{n}"::VARCHAR, chr(0)), chr(31)' for n in counted)
    plain = db.execute(
        f"SELECT count(*) || ':' || bit_xor(md5_number(concat({text}))) FROM power.history_power_load"
    ).fetchall()
    assert digest.read(db, "power", POWER_LOAD) == plain[0][0]


def test_a_load_that_fails_half_way_leaves_nothing(db):
    put(db, {"A": 1}, 3)
    twice = pl.concat([rows({"B": 2}, day(4)), rows({"B": 3}, day(4))]).drop("licence")
    with pytest.raises(Exception, match="licence"):
        load.apply(
            db,
            "power",
            POWER_LOAD,
            twice,
            Vintage(day(4), FETCHED, "f4", is_snapshot=True),
            SOURCE,
        )
    assert current(db) == {"A": 1.0}
    assert put(db, {"A": 2}, 5) == Delta(changed=1)


def test_a_late_vintage_of_a_table_with_required_columns_ends_what_came_and_went(db):
    def states(keys, published, fetch_id):
        return stamped(FACILITY_STATE).check(
            stamped(FACILITY_STATE).frame(
                {
                    "facility_id": key,
                    "on_date": date(2025, 1, 1),
                    "power_kind": "peak",
                    "is_projection": False,
                    "source": SOURCE,
                    "origin_id": "o",
                    "reliability": "A",
                    "licence": "made",
                    "published_utc": published,
                    "published_basis": "stated",
                    "fetched_utc": FETCHED,
                    "fetch_id": fetch_id,
                }
                for key in keys
            )
        )

    later = Vintage(day(5), FETCHED, "f5", is_snapshot=True)
    load.apply(db, "power", FACILITY_STATE, states("A", day(5), "f5"), later, SOURCE)
    early = Vintage(
        day(3), FETCHED, "f3", is_snapshot=True, next_utc=day(5), next_fetch_id="f5"
    )
    load.apply(db, "power", FACILITY_STATE, states("AB", day(3), "f3"), early, SOURCE)
    found = db.sql("SELECT facility_id FROM power.history_facility_state WHERE is_current").pl()
    assert found["facility_id"].to_list() == ["A"]
    then = db.sql(load.latest(FACILITY_STATE, "power", f"published_utc <= '{day(3)}'")).pl()
    assert sorted(then["facility_id"]) == ["A", "B"]
