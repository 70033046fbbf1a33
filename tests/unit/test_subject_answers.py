"""The ranked list and the explanation of lanes and organisations, asked of tables made in memory."""

import duckdb
import made
import made_subjects
import polars as pl
import pytest

from indicia.answers import lanes, subject_words, subjects
from indicia.answers.entity import assessed
from indicia.answers.entity.finding import Opened
from indicia.indicators import CATALOGUE
from indicia.schema import ASSESSMENTS, EVIDENCE, FETCH
from indicia.scoring.models import ENTITY, LANE
from indicia.scoring.subjects import EXPOSURES, FACTS, Subjects, weigh

SURGE, DENSE, LISTED = made_subjects.SURGE, made_subjects.DENSE, made_subjects.LISTED


class Made:
    """A reader of a database in memory."""

    kind, as_of, data_version = "synthetic", None, "made"

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        self.db = db

    def sql(self, query, parameters=()):
        return self.db.sql(query, params=parameters or None).pl()


@pytest.fixture(scope="module")
def store():
    db = made.database(
        customs_flow=[
            *made.yearly_lane("TWN>MYS", [1e6, 2e6]),
            *made.yearly_lane("TWN>MYS", [3e6], "X"),
        ]
    )
    for table in (*ASSESSMENTS, FETCH):
        db.execute(table.ddl())
    asked = {
        LANE: (
            [made_subjects.of_lane(SURGE, subject="TWN>MYS", statement="It surged."),
             made_subjects.of_lane(DENSE, "no_flag", subject="TWN>MYS", detectability_share=0.15, statement="Not dense."),
             made_subjects.of_lane(SURGE, subject="TWN>HKG", reliability="C"),
             made_subjects.of_lane(SURGE, subject="TWN>HKG", name="again", reliability="C")],
            [made_subjects.fact("TWN>MYS", name="Taiwan > Malaysia"), made_subjects.fact("TWN>HKG", name="Taiwan > Hong Kong"),
             made_subjects.fact("TWN>DEU", is_admissible=False, admissibility_reason="reference lane: made")],
        ),
        ENTITY: (
            [made_subjects.piece(LISTED, subject="org")],
            [made_subjects.fact("org", made_subjects.CHINA, name="Example"),
             made_subjects.fact("on-list", made_subjects.CHINA, is_admissible=False)],
        ),
    }  # fmt: skip
    for model, (pieces, facts) in asked.items():
        evidence = EVIDENCE.frame([e for e, _ in pieces])
        given = Subjects(
            model,
            pl.DataFrame(facts, schema=FACTS),
            pl.DataFrame([e for _, e in pieces], schema=EXPOSURES),
        )
        found = {**weigh(given, CATALOGUE, evidence), "evidence": evidence}
        for name, rows in found.items():
            db.register("incoming", rows)
            db.execute(f'INSERT INTO "{name}" SELECT * FROM incoming')
    return Made(db)


def test_lanes_are_ranked_and_reference_lanes_stand_apart(store):
    rows = lanes.ranked(store)
    assert rows["subject_id"].to_list() == ["TWN>MYS", "TWN>HKG"]
    assert rows["support_bans"].is_sorted(descending=True)
    first = rows.row(0, named=True)
    assert (first["reason"], first["doubt"]) == ("It surged.", None)
    assert (first["flags"], first["families"]) == ("C01", "customs")
    assert first["verdict_words"] == "◇ watch"
    apart = lanes.reference_lanes(store).row(0, named=True)
    assert apart["subject_id"] == "TWN>DEU"
    assert apart["sentence"].startswith("Reference lane: ")
    assert lanes.tally(store) == {"reference lane": 1, "watch": 2}


def test_filters_and_limit_narrow_the_list(store):
    text = subjects.Filters(text=" MALAYSIA")
    assert lanes.ranked(store, text)["subject_id"].to_list() == ["TWN>MYS"]
    assert lanes.ranked(store, subjects.Filters(verdicts=("lead",))).is_empty()
    assert lanes.ranked(store, limit=1).height == 1


def test_an_explanation_holds_what_screen_and_file_show(store):
    found = lanes.explain(store, "twn>mys")
    assert found.name == "Taiwan > Malaysia"
    assert found.rivals["support_bans"].is_sorted()
    strongest = found.rivals.row(0, named=True)
    assert found.support == f"{strongest['support_bans']:+.2f} bans"
    assert strongest["explanation"] in found.sentence
    assert found.weights["step"].to_list() == [0, 1, 1, 2]
    ends = found.weights["weight_bans"]
    assert ends[0] + ends[1] + ends[2] == pytest.approx(ends[3])
    assert set(found.evidence["statement"]) == {"It surged.", "Not dense."}
    assert subject_words.ONE_FAMILY in found.limits
    sheets = found.frames()
    assert set(sheets) == {"summary", "rivals", "weights", "indicators", "evidence"}
    assert found.sentence in sheets["summary"]["said"].to_list()
    assert lanes.explain(store, "TWN>USA") is None


def test_an_item_that_an_echo_stands_for_is_shown_and_not_counted(store):
    found = lanes.explain(store, "TWN>HKG")
    assert found.evidence["is_counted"].to_list() == [True, False]
    assert found.weights.filter(pl.col("step") == 1).height == 1


def test_coverage_counts_all_four_results_over_all_lanes(store):
    counted = lanes.coverage(store)
    assert set(counted.select(pl.sum_horizontal(pl.col("^.*_count$"))).to_series()) == {3}
    surge = counted.filter(pl.col("indicator") == "C01").row(0, named=True)
    assert (surge["flag_count"], surge["no_data_count"]) == (2, 1)


def test_both_sides_reports_stand_side_by_side(store):
    rows = lanes.trade(store, "TWN>MYS")
    assert rows["value_usd"].to_list() == [3e6, 1e6, 2e6]
    assert rows["reported_by"].to_list() == ["exporter", "importer", "importer"]


def test_an_organisation_is_explained_and_a_listed_one_told_apart(store):
    one = Opened("org", "Example", is_resolved=True, linked="org")
    found = assessed.assessment(store, one)
    assert "acts for a listed or restricted party" in found.sentence
    assert assessed.ranked(store)["subject_id"].to_list() == ["org"]
    (listed,) = assessed.listed_themselves(store).to_dicts()
    assert (listed["subject_id"], listed["verdict_words"]) == ("on-list", "▣ listed itself")
    assert assessed.assessment(store, Opened("none", "", is_resolved=True, linked="")) is None
