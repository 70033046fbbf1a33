"""What can be seen at all: counts by country and indicator, worked out by hand."""

import made
import polars as pl
import pytest

from indicia.answers import charts, coverage
from indicia.schema import INDICATOR_RESULT


class Reading:
    kind, as_of, data_version = "synthetic", None, "made"

    def __init__(self, db):
        self.db = db

    def sql(self, query, parameters=()):
        return self.db.sql(query, params=parameters).pl()


def results(answers):
    same = {"indicator": "P01", "family": "power", "evidence_count": 1}
    return INDICATOR_RESULT.frame([{"facility_id": f, "result": r, **same} for f, r in answers])


@pytest.fixture
def store():
    places = (("a", "CN"), ("b", "CN"), ("c", "CN"), ("d", None))
    answers = (("a", "flag"), ("b", "no_data"), ("c", "not_applicable"), ("d", "no_data"))
    db = made.database(
        facility=[{"facility_id": f, "name": f, "country_iso2": c} for f, c in places]
    )
    db.register("indicator_result", results(answers))
    return Reading(db)


def test_an_answer_counts_among_those_to_which_the_indicator_applies(store):
    grid = coverage.by_country(store)
    china = grid.row(by_predicate=pl.col("country_iso2") == "CN", named=True)
    assert (china["facilities_count"], china["computed_count"], china["flag_count"]) == (
        3,
        1,
        1,
    )
    assert china["computed_share"] == 0.5


def test_no_data_is_drawn_grey_and_a_missing_country_has_a_row(store):
    grid = coverage.by_country(store)
    assert set(grid["country_iso2"]) == {"CN", "?"}
    spec = str(charts.seen(grid, "caption of this test").to_dict())
    assert "datum.computed_count == 0" in spec
    assert "caption of this test" in spec


def test_countries_beyond_the_most_are_added_up(store, monkeypatch):
    monkeypatch.setattr(coverage, "MOST_COUNTRIES", 1)
    grid = coverage.by_country(store)
    assert set(grid["country_iso2"]) == {"CN", coverage.ELSEWHERE}
    assert grid["facilities_count"].sum() == 4
