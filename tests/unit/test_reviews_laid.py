"""Decisions laid over a store: merged ids, lanes and organisations, watchlists, disputes."""

from datetime import UTC, datetime

import made
import made_store
import polars as pl
import pytest

from indicia.answers import reviews, watched
from indicia.review import Act, Case, Journal, cases
from indicia.schema import ASSESSMENTS, TABLES

AT = datetime(2026, 3, 2, tzinfo=UTC)
OLD, KEPT, LANE, ORG = "epoch-old", "epoch-kept", "MYS>CHN", "LEI:1"


class Asked:
    """A database of the test, asked as a store is."""

    def __init__(self, db):
        self._db = db

    def sql(self, query, parameters=()):
        return self._db.sql(query, params=parameters or None).pl()


@pytest.fixture
def store():
    """Two published facilities found to be one, a lane, and an organisation of two records."""
    facility = {"publisher_key": "k", "name": "Kept Hall", "country_iso2": "MY"}
    db = made.database(facility=[{**facility, "facility_id": KEPT}])
    db.execute("; ".join(t.ddl() for t in ASSESSMENTS))
    subject = {"is_admissible": True, "admissibility_reason": "r", "prior_class": "p", "strongest_rival": "L2",
               "evidence_bans": 0.1, "support_low_bans": 0.0, "support_high_bans": 0.2, "is_prior_driven": False,
               "families_for_count": 1, "families_asked_count": 2, "computable_count": 1, "applicable_count": 2,
               "tests_count": 0, "untested_count": 1,
               "coverage_share": 0.5, "support_bans": 0.4}  # fmt: skip
    record = {"kind": "register", "records_count": 1, "table_name": "entity_record", "row_key": "k",
              "source": "entities/made", "fetch_id": "f", "origin_id": "o", "entity_id": ORG}  # fmt: skip
    held = {
        "facility_identity": [
            {"published_id": i, "facility_id": KEPT, "level": "place"} for i in (OLD, KEPT)
        ],
        "party_record": [{**record, "record_id": i, "name": "Omega"} for i in (ORG, "EL:7")],
        "organisation": [
            {"entity_id": ORG, "name": "Omega", "is_listed": True, "is_site_party": False,
             "records_count": 2, "sources_count": 1}
        ],
        "subject_assessment": [
            {**subject, "subject_kind": "lane", "subject_id": LANE, "name": "Malaysia to China", "verdict": "watch"},
            {**subject, "subject_kind": "entity", "subject_id": ORG, "name": "Omega", "verdict": "listed"},
        ],
    }  # fmt: skip
    for name, rows in held.items():
        db.register("rows_of_test", TABLES[name].frame(rows))
        db.execute(f'INSERT INTO "{name}" BY NAME SELECT * FROM rows_of_test')
        db.unregister("rows_of_test")
    return Asked(db)


def decide(home, subject, case_id, state, by="AB", seen=None):
    case = Case(case_id, (), seen or {})
    cases.decide(Journal(home), Act(by, AT), subject, [case], state, "looked")


def decided(store, home):
    return reviews.decided(store, Journal(home).events())


def test_a_decision_follows_the_id_into_which_it_was_merged(store, tmp_path):
    decide(tmp_path, "facility", OLD, "reviewed")
    (row,) = decided(store, tmp_path).rows(named=True)
    assert (row["id"], row["state"], row["reviewed_by"]) == (KEPT, "reviewed", "AB")
    assert reviews.history(store, Journal(tmp_path).events(), "facility", KEPT)[
        "told_id"
    ].to_list() == [OLD]
    (case,) = reviews.cases(store, "facility", [KEPT])
    assert set(case.also) == {OLD, KEPT}
    decide(tmp_path, "facility", KEPT, "triage", "CD")
    assert reviews.of_facilities(decided(store, tmp_path)) == {KEPT: "triage"}


def test_lanes_and_organisations_are_cases_with_what_was_seen_of_them(store, tmp_path):
    for subject, case_id in (("lane", LANE), ("organisation", ORG)):
        (case,) = reviews.cases(store, subject, [case_id])
        assert case.seen["support_bans"] == pytest.approx(0.4)
    decide(tmp_path, "organisation", "EL:7", "watching")
    decide(tmp_path, "lane", LANE, "triage", seen={"verdict": "lead", "support_bans": 0.9})
    nobody = pl.DataFrame(schema={"facility_id": pl.String})
    rows = reviews.queue(store, decided(store, tmp_path), nobody)
    assert rows.select("subject", "id", "name", "verdict", "seen_verdict").rows() == [
        ("lane", LANE, "Malaysia to China", "watch", "lead"),
        ("organisation", ORG, "Omega", "listed", None),
    ]
    told = reviews.in_words(store, decided(store, tmp_path), "lane", LANE)
    assert told.endswith("Decided when the verdict was lead; it is watch in these data.")
    assert reviews.queue(store, decided(store, tmp_path), nobody, ["watching"])[
        "id"
    ].to_list() == [ORG]
    assert reviews.queue(store, decided(store, tmp_path), nobody, (), ["lane"])[
        "id"
    ].to_list() == [LANE]


def test_an_approval_names_both_and_a_new_review_forgets_it(store, tmp_path):
    decide(tmp_path, "facility", KEPT, "reviewed", "AB")
    decide(tmp_path, "facility", KEPT, "approved", "CD")
    assert "by CD on 2026-03-02; reviewed by AB" in reviews.in_words(
        store, decided(store, tmp_path), "facility", KEPT
    )
    decide(tmp_path, "facility", KEPT, "triage", "EF")
    (row,) = decided(store, tmp_path).rows(named=True)
    assert (row["state"], row["reviewed_by"]) == ("triage", None)


def test_a_watchlist_says_what_was_seen_then_and_what_is_now(store, tmp_path):
    journal = Journal(tmp_path)
    put = [Case(LANE, (), {"verdict": "no lead", "support_bans": -0.2}), Case("gone")]
    cases.watch(journal, Act("AB", AT), "lane", put, "Johor")
    cases.watch(journal, Act("AB", AT), "lane", [Case("gone")], "Johor", is_on=False)
    (row,) = watched.lists(store, journal.events()).rows(named=True)
    assert (row["watchlist"], row["id"], row["verdict"], row["seen_verdict"]) == (
        "Johor", LANE, "watch", "no lead",
    )  # fmt: skip
    assert (row["support_bans"], row["seen_bans"]) == (pytest.approx(0.4), -0.2)


def test_a_dispute_stands_as_it_was_last_left_and_keeps_its_number(store, tmp_path):
    journal, told = Journal(tmp_path), {"asked_by": "publisher", "what": "wrong place"}
    number = cases.dispute(
        journal, Act("AB", AT), "facility", Case(OLD), **told, public="Disputed."
    )
    cases.dispute(
        journal, Act("CD", AT), "facility", Case(KEPT), **told, public="Corrected.", status="corrected", number=number
    )  # fmt: skip
    (row,) = watched.disputes(store, journal.events()).rows(named=True)
    assert (row["number"], row["id"], row["name"]) == (number, KEPT, "Kept Hall")
    assert (row["status"], row["public"], row["done_by"]) == ("corrected", "Corrected.", "CD")


@pytest.mark.parametrize("key", ["", "facility:", "person:x", "nothing"])
def test_a_link_that_names_no_case_opens_none(key):
    assert reviews.of_key(key) == ("", "")


def test_marks_follow_the_rows_and_not_the_journal(store, tmp_path):
    decide(tmp_path, "facility", KEPT, "dismissed")
    rows = pl.DataFrame({"facility_id": ["other", KEPT, made_store.BOLD]})
    found = reviews.marked(rows, decided(store, tmp_path))
    assert found["review_state"].to_list() == ["new", "dismissed", "new"]
    assert found["reviewed_by"].to_list() == [None, "AB", None]
