"""The three dates of every record on a dossier: those of its own key, whatever else was read."""

from datetime import UTC, datetime

import duckdb
import polars as pl
import pytest

from indicia.answers import facility, record_dates
from indicia.schema import OBSERVED, stamped


@pytest.fixture(scope="module")
def cited(starter):
    """Everything that evidence of the starter data cites, with its dates."""
    sources = starter.sql("SELECT DISTINCT source, table_name, row_key FROM evidence_source")
    return sources, record_dates.of_cited(starter, sources)


def test_every_record_that_evidence_cites_has_its_dates_in_order(cited):
    sources, dates = cited
    known = sources.filter(pl.col("table_name").is_in(list(OBSERVED)))
    assert known.height
    assert dates.height == known.height
    assert dates.null_count().sum_horizontal().item() == 0
    first, changed, checked = (pl.col(n) for n in record_dates.NAMES)
    assert dates.filter((first > changed) | (changed > checked)).is_empty()


def test_the_rows_on_a_dossier_have_their_dates_and_stay_as_many(starter):
    for table in facility.OBSERVED_HERE:
        held = starter.sql(f"SELECT facility_id, count(*) FROM {table} GROUP BY 1 ORDER BY 1")
        for facility_id, count in held.head(5).iter_rows():
            rows = facility.observations(starter, facility_id, table)
            assert rows.height == count
            assert not rows["last_checked_utc"].null_count()
    most = starter.sql(
        "SELECT facility_id FROM item GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    stated = facility.evidence(starter, most.item()).filter(pl.col("source").is_not_null())
    assert stated.height
    assert not stated["first_seen_utc"].null_count()


class Held:
    """A store with two versions of one record and three readings of its address."""

    def __init__(self):
        self.db = duckdb.connect()
        self.db.execute("SET TimeZone='UTC'")
        self.db.execute(
            'CREATE TABLE "fetch" (fetch_id VARCHAR, source VARCHAR, url VARCHAR, fetched_utc TIMESTAMPTZ)'
        )
        self.db.execute(
            "CREATE TABLE facility_identity (facility_id VARCHAR, published_id VARCHAR)"
        )
        self.db.execute(
            stamped(OBSERVED["power_site_year"])
            .ddl()
            .replace("power_site_year", "history_power_site_year")
            .replace(" NOT NULL", "")
        )

    def read(self, fetch_id, day, url="https://example.org/a"):
        self.db.execute(
            'INSERT INTO "fetch" VALUES ($1, $2, $3, $4)',
            [fetch_id, "power/made", url, at(day)],
        )

    def said(self, facility_id, year, fetch_id, day):
        self.db.execute(
            "INSERT INTO history_power_site_year (facility_id, year, source, fetch_id, fetched_utc) VALUES ($1, $2, 'power/made', $3, $4)",
            [facility_id, year, fetch_id, at(day)],
        )

    def sql(self, query, parameters=None):
        return self.db.sql(query, params=parameters).pl()


def at(day):
    return datetime(2026, 1, day, tzinfo=UTC)


def test_seen_changed_and_checked_are_told_apart_and_ids_of_one_facility_join():
    store = Held()
    store.read("one", 1)
    store.read("two", 3)
    store.read("three", 7)
    store.read("elsewhere", 9, "https://example.org/b")
    store.said("their, id", 2024, "one", 1)
    store.said("their, id", 2024, "two", 3)
    store.said("their, id", 2025, "elsewhere", 9)
    store.db.execute("INSERT INTO facility_identity VALUES ('ours', 'their, id')")
    cited = pl.DataFrame(
        {
            "source": "power/made",
            "table_name": "power_site_year",
            "row_key": ["facility_id=ours, year=2024", "facility_id=ours, year=2025", "facility_id=their, id, year=2024", "facility_id=none, year=2024", "facility_id=ours, year=soon"],
        }
    )  # fmt: skip
    found = {row[2]: row[3:] for row in record_dates.of_cited(store, cited).iter_rows()}
    assert found == {
        "facility_id=ours, year=2024": (at(1), at(3), at(7)),
        "facility_id=their, id, year=2024": (at(1), at(3), at(7)),
        "facility_id=ours, year=2025": (at(9), at(9), at(9)),
    }
