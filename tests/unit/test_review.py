"""Review: who may decide what, four eyes, a history that stays, and what a home remembers of its readers."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from indicia.errors import AccessError, UsageError
from indicia.review import Act, Case, Journal, access, cases, desk, tables

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = """
[[person]]
name = "AB"
login = "ab@example.org"
roles = ["read", "review"]
[[person]]
name = "CD"
login = "cd@example.org"
roles = ["read", "review", "approve"]
[[person]]
name = "EF"
roles = ["read"]
"""


def act(by="AB", hours=0, version="v1"):
    return Act(by, AT + timedelta(hours=hours), version)


def decide(home, state, by="AB", ids=("f1",), reason="looked", **more):
    return cases.decide(
        Journal(home), act(by), "facility", [Case(i) for i in ids], state, reason, **more
    )


def states(home):
    return (
        Journal(home).events([tables.STATE])["payload"].str.json_path_match("$.state").to_list()
    )


def test_a_second_person_approves_what_the_first_reviewed(tmp_path):
    decide(tmp_path, "triage")
    decide(tmp_path, "reviewed")
    decide(tmp_path, "approved", by="CD")
    assert states(tmp_path) == ["triage", "reviewed", "approved"]


@pytest.mark.parametrize("by", ["AB", "ab", " AB ", "\uff21\uff22"])
def test_who_wrote_the_review_cannot_approve_it_however_the_name_is_typed(tmp_path, by):
    decide(tmp_path, "reviewed")
    with pytest.raises(AccessError, match="cannot approve it"):
        decide(tmp_path, "approved", by=by)
    assert states(tmp_path) == ["reviewed"]


@pytest.mark.parametrize("before", ["", "triage", "dismissed", "approved"])
def test_only_what_was_reviewed_can_be_approved(tmp_path, before):
    if before:
        decide(tmp_path, "reviewed")
        decide(tmp_path, before, by="CD")
    held = states(tmp_path)
    with pytest.raises(UsageError, match="only what was reviewed"):
        decide(tmp_path, "approved", by="EF")
    assert states(tmp_path) == held


def test_one_refusal_among_several_writes_nothing(tmp_path):
    decide(tmp_path, "reviewed", ids=["f1"])
    decide(tmp_path, "reviewed", by="CD", ids=["f2"])
    with pytest.raises(AccessError, match="review of f2"):
        decide(tmp_path, "approved", by="CD", ids=["f1", "f2"])
    assert states(tmp_path) == ["reviewed", "reviewed"]


def test_the_review_of_a_merged_facility_is_known_under_its_other_id(tmp_path):
    decide(tmp_path, "reviewed", ids=["old"])
    merged = [Case("new", ("old",))]
    with pytest.raises(AccessError, match="review of new"):
        cases.decide(Journal(tmp_path), act(), "facility", merged, "approved")
    cases.decide(Journal(tmp_path), act("CD"), "facility", merged, "approved")


@pytest.mark.parametrize("state", ["dismissed", "reviewed"])
def test_a_judgement_needs_its_reason(tmp_path, state):
    with pytest.raises(UsageError, match="reason is needed"):
        decide(tmp_path, state, reason=" ")
    assert Journal(tmp_path).position == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"state": "done"}, "expected one of new, triage"),
        ({"ids": []}, "0 cases were chosen"),
        ({"ids": ["a\nb"]}, "is no id"),
        ({"by": "Jane Doe"}, "never a full name"),
        ({"reason": "x" * 5000}, "at most 4,000"),
    ],
)
def test_what_cannot_be_written_down_is_refused(tmp_path, more, says):
    with pytest.raises(UsageError, match=says):
        decide(tmp_path, **{"state": "triage", **more})
    assert Journal(tmp_path).position == 0


def test_a_page_that_is_out_of_date_decides_nothing(tmp_path):
    (seen,) = decide(tmp_path, "triage")
    decide(tmp_path, "watching", by="CD", after=seen)
    with pytest.raises(UsageError, match="since the page was opened"):
        decide(tmp_path, "dismissed", after=seen)
    with pytest.raises(UsageError, match="since the page was opened"):
        decide(tmp_path, "dismissed", after=0)
    assert states(tmp_path) == ["triage", "watching"]


def test_two_people_approve_at_once_and_one_of_them_does(tmp_path):
    (seen,) = decide(tmp_path, "reviewed")

    def approve(by):
        try:
            return decide(tmp_path, "approved", by=by, after=seen)
        except UsageError:
            return None

    with ThreadPoolExecutor(4) as several:
        done = list(several.map(approve, ["C1", "C2", "C3", "C4"]))
    assert sum(d is not None for d in done) == 1
    assert states(tmp_path) == ["reviewed", "approved"]


@pytest.mark.parametrize("statement", ["UPDATE event SET done_by = 'XY'", "DELETE FROM event"])
def test_the_history_cannot_be_changed(tmp_path, statement):
    decide(tmp_path, "reviewed")
    with (
        sqlite3.connect(Journal(tmp_path).path) as db,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        db.execute(statement)
    db.close()


def test_roles_are_asked_where_it_is_written(tmp_path):
    (tmp_path / access.FILE).write_text(RULES)
    decide(tmp_path, "reviewed", by="ab")
    for state, by in (("approved", "AB"), ("triage", "EF"), ("triage", "stranger")):
        with pytest.raises(AccessError, match="may not"):
            decide(tmp_path, state, by=by)
    decide(tmp_path, "approved", by="CD")
    with pytest.raises(AccessError, match="may not review"):
        cases.note(Journal(tmp_path), act("EF"), "facility", Case("f1"), "hello")
    with pytest.raises(AccessError, match="may not review"):
        desk.save_view(Journal(tmp_path), act("EF"), "mine", "leads", "")
    with pytest.raises(AccessError, match="may not read"):
        take(tmp_path, "stranger")
    take(tmp_path, "EF")


def test_a_login_names_its_person(tmp_path):
    (tmp_path / access.FILE).write_text(RULES)
    rules = access.rules(tmp_path)
    assert rules.logged_in("CD@example.org") == "CD"
    assert rules.logged_in("") == rules.logged_in("zz@example.org") == ""
    assert rules.roles("stranger") == ()
    assert access.rules(tmp_path / "other").roles("anybody") == access.ROLES


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[person]]\nname = 'AB'\nroles = ['admin']", "read, review, approve"),
        ("[[person]]\nname = 'AB'\n[[person]]\nname = 'ab'", "four eyes need two names"),
        ("[[person]]\nname = 'Jane Doe'", "never a full name"),
        ("rolls = 1", "rolls is not known"),
        ("person = 3", r"\[\[person\]\]"),
        ("name = ", "no readable rules"),
    ],
)
def test_wrong_rules_let_nobody_write(tmp_path, text, says):
    (tmp_path / access.FILE).write_text(text)
    with pytest.raises(UsageError, match=says):
        decide(tmp_path, "triage")


def test_a_dispute_goes_on_under_its_number(tmp_path):
    told = {
        "asked_by": "party concerned",
        "what": "not our site",
        "public": "Ownership is disputed.",
    }
    journal, case = Journal(tmp_path), Case("f1")
    number = cases.dispute(journal, act(), "facility", case, **told)
    cases.dispute(
        journal, act(), "facility", case, **told | {"number": number, "status": "corrected"}
    )
    with pytest.raises(UsageError, match="no dispute has the number 99"):
        cases.dispute(journal, act(), "facility", case, **told | {"number": 99})
    with pytest.raises(UsageError, match="asker"):
        cases.dispute(journal, act(), "facility", case, **told | {"asked_by": "Jane Doe"})
    found = journal.events()["payload"].str.json_path_match("$.status").to_list()
    assert found == ["received", "corrected"]


def test_a_view_is_kept_under_its_name_until_it_is_let_go(tmp_path):
    journal = Journal(tmp_path)
    desk.save_view(journal, act(), "Malaysia", "leads", "country=MY")
    desk.save_view(journal, act(), "Malaysia", "leads", "country=MY&verdict=lead")
    desk.save_view(journal, act(), "Far", "map", "region=World")
    assert desk.saved_views(journal, "leads").select("name", "query").rows() == [
        ("Malaysia", "country=MY&verdict=lead")
    ]
    desk.save_view(journal, act(), "Malaysia", "leads", "", is_kept=False)
    assert desk.saved_views(journal)["name"].to_list() == ["Far"]


def test_the_last_visit_is_not_the_tab_beside_this_one(tmp_path):
    journal = Journal(tmp_path)
    assert desk.visit(journal, act(version="v1")) == ("", "")
    assert desk.visit(journal, act(hours=1, version="v2")) == ("", "")
    assert desk.visit(journal, act("CD", hours=20, version="v3")) == ("", "")
    moment, version = desk.visit(journal, act("ab", hours=24, version="v4"))
    assert (moment, version) == (AT.isoformat(), "v1")
    assert desk.visit(journal, act(hours=25))[1] == "v1"


def take(home, by="AB"):
    return desk.taken(
        Journal(home), act(by), "list-1", fmt="csv", query="order=support", rows_count=4, unreviewed_count=3, way="page"
    )  # fmt: skip


def test_lists_taken_along_and_pages_opened_are_written_down(tmp_path):
    take(tmp_path)
    desk.opened(Journal(tmp_path), act(), "leads")
    assert desk.opened_pages(Journal(tmp_path)).is_empty(), "only where the rules ask for it"
    (tmp_path / access.FILE).write_text("log_views = true")
    desk.opened(Journal(tmp_path), act(), "leads")
    row = desk.taken_lists(Journal(tmp_path)).row(0, named=True)
    assert (row["list_id"], row["rows_count"], row["unreviewed_count"]) == ("list-1", 4, 3)
    assert desk.opened_pages(Journal(tmp_path))["page"].to_list() == ["leads"]


def test_entries_are_read_as_they_were_written_whatever_they_hold(tmp_path):
    odd = '\'); DROP TABLE event; -- <b>株式会社</b> "x" \\ 😀'
    decide(tmp_path, "dismissed", ids=[odd], reason=odd)
    found = Journal(tmp_path).events()
    assert found.schema == tables.EVENTS
    assert found["ids"].to_list() == [[odd]]
    assert found.select(pl.col("payload").str.json_path_match("$.reason")).item() == odd
