"""Review and Exports, in process: people decide, four eyes hold, links bring back what they say."""

from datetime import UTC, datetime
from pathlib import Path

import made_later
import made_store
import pytest
from streamlit.testing.v1 import AppTest

from indicia.review import Act, Case, Journal, cases, desk

AT = datetime(2026, 3, 2, tzinfo=UTC)
MAIN = Path(__file__).parents[2] / "app" / "main.py"


def opened(home, monkeypatch, page="", **query):
    monkeypatch.setenv("INDICIA_HOME", str(home))
    app = AppTest.from_file(str(MAIN), default_timeout=60).run()
    if page:
        app.switch_page(f"views/{page}")
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
    return app


def said(app):
    kinds = ("title", "subheader", "markdown", "caption", "text", "info", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in app.get(kind))


def queue_of(app):
    return next(d.value for d in app.dataframe if "rival_words" in d.value.columns)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An invented world of its own, since what is decided in it stays."""
    return made_store.build(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture
def fresh(tmp_path, home):
    """The same world without a journal: stores never change, so they are shared."""
    (tmp_path / "stores").symlink_to(home / "stores")
    return tmp_path


def decide(home, facility, state, by="AB"):
    cases.decide(Journal(home), Act(by, AT), "facility", [Case(facility)], state, "looked")


def case(home, monkeypatch, facility=made_store.BOLD):
    """The block that dossiers show too, on the page that takes the least time."""
    return opened(home, monkeypatch, "review.py", case=f"facility:{facility}")


def press(app, state, reason="", by=""):
    if by:
        app.text_input(key="my_name").set_value(by)
    app.selectbox(key="decide_state").select(state)
    app.text_input(key="decide_reason").set_value(reason)
    return app.button(key="decide_go").click().run()


def decisions(home):
    return [
        (e["done_by"], e["payload"].split('"state":"')[1].split('"')[0])
        for e in Journal(home).events(["state"]).iter_rows(named=True)
    ]


def test_a_dossier_is_reviewed_by_one_and_approved_by_another_person_only(fresh, monkeypatch):
    app = case(fresh, monkeypatch)
    assert "○ new: nobody decided on it yet." in said(app)
    app = press(app, "reviewed", "One campus in all sources.", by="AB")
    assert not app.exception
    assert "reviewed, by AB" in said(app)
    app = press(app, "approved")
    assert [e.value for e in app.error] == ["Nothing was written."]
    assert "AB wrote the review" in said(app)
    app = press(app, "approved", by="CD")
    assert "approved, by CD" in said(app)
    assert "reviewed by AB" in said(app)
    assert decisions(fresh) == [("AB", "reviewed"), ("CD", "approved")]


@pytest.mark.parametrize(
    ("state", "reason", "by", "says"),
    [
        ("dismissed", "", "AB", "a reason is needed"),
        ("triage", "", "", "cannot stand for a person"),
        ("triage", "", "Jane Doe", "never a full name"),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is_written(
    fresh, monkeypatch, state, reason, by, says
):
    app = press(case(fresh, monkeypatch), state, reason, by)
    assert not app.exception
    assert says in said(app)
    assert decisions(fresh) == []


def test_a_dossier_shows_what_was_said_as_text_and_offers_note_watchlist_and_dispute(
    fresh, monkeypatch
):
    decide(fresh, made_store.BOLD, "triage")
    text = "<b>*see* [x](http://y)</b>"
    cases.note(Journal(fresh), Act("AB", AT), "facility", Case(made_store.BOLD), text)
    app = case(fresh, monkeypatch)
    history = next(d.value for d in app.dataframe if "told_id" in d.value.columns)
    assert list(history["said"]) == [text, "looked"]
    app.text_input(key="my_name").set_value("AB")
    app.selectbox(key="dispute_asker").select("party concerned")
    app.text_area(key="dispute_what").set_value("not ours")
    app.text_area(key="dispute_public").set_value("Disputed.")
    app.button(key="dispute_go").click().run()
    assert not app.exception
    (told,) = Journal(fresh).events(["dispute"]).rows(named=True)
    assert '"public":"Disputed."' in told["payload"]


def test_leads_show_and_filter_by_what_people_decided(fresh, monkeypatch):
    decide(fresh, made_store.QUIET, "dismissed")
    app = opened(fresh, monkeypatch, "leads.py", review="dismissed")
    assert list(queue_of(app)["facility_id"]) == [made_store.QUIET]
    assert list(queue_of(app)["review"]) == ["✕ dismissed"]
    app = opened(fresh, monkeypatch, "leads.py", review="new", several="true")
    assert made_store.QUIET not in list(queue_of(app)["facility_id"])
    assert "Select rows by the boxes" in said(app)


def test_a_view_is_saved_with_its_filters(fresh, monkeypatch):
    app = opened(fresh, monkeypatch, "leads.py", country="CN")
    app.session_state["my_name"] = "AB"
    app.text_input(key="view_name").set_value("China *x*")
    app.button(key="view_save").click().run()
    assert not app.exception
    row = desk.saved_views(Journal(fresh), "leads").row(0, named=True)
    assert (row["name"], row["query"], row["done_by"]) == (
        "China *x*",
        "country=CN&order=support",
        "AB",
    )


def test_the_review_page_lists_cases_and_opens_the_one_of_the_link(fresh, monkeypatch):
    decide(fresh, made_store.QUIET, "reviewed")
    decide(fresh, "made-gone", "watching")
    app = opened(fresh, monkeypatch, "review.py", case=f"facility:{made_store.QUIET}")
    rows = next(d.value for d in app.dataframe if "seen_verdict" in d.value.columns)
    assert list(rows["id"]) == [made_store.QUIET, made_store.BOLD, "made-gone"]
    assert list(rows["review"]) == ["◕ reviewed", "○ new", "◑ watching"]
    assert any("Beta Hall" in m.value for m in app.markdown)
    app = press(app, "approved", by="CD")
    assert decisions(fresh)[-1] == ("CD", "approved")


@pytest.mark.parametrize("part", ["watchlists", "disputes", "digest"])
def test_every_part_of_the_review_page_opens_where_nothing_is_there_yet(
    fresh, monkeypatch, part
):
    app = opened(fresh, monkeypatch, "review.py", part=part)
    assert not app.exception
    assert len(app.title) == 1


def test_the_digest_says_whose_score_differs_and_why(tmp_path, monkeypatch):
    made_store.build(tmp_path)
    made_later.publish(tmp_path)
    app = opened(tmp_path, monkeypatch, "review.py", part="digest")
    assert not app.exception
    rows = next(d.value for d in app.dataframe if "cause" in d.value.columns)
    assert dict(zip(rows["facility_id"], rows["cause"], strict=True)) == {
        made_store.QUIET: "new evidence",
        made_store.UNKNOWN: "changed prior",
    }
    assert any("2 facilities differ" in t.value for t in app.text)
    assert "since" not in app.query_params


def test_decisions_stand_on_the_next_store_and_say_that_the_verdict_is_another(
    tmp_path, monkeypatch
):
    made_store.build(tmp_path)
    app = case(tmp_path, monkeypatch, made_store.QUIET)
    press(app, "reviewed", "Nothing here.", by="AB")
    made_later.publish(tmp_path)
    app = case(tmp_path, monkeypatch, made_store.QUIET)
    assert "reviewed, by AB" in said(app)
    assert "Decided when the verdict was no lead; it is watch in these data." in said(app)


def test_exports_preview_the_list_of_the_link_with_citation_and_terms(fresh, monkeypatch):
    decide(fresh, made_store.QUIET, "dismissed")
    app = opened(fresh, monkeypatch, "exports.py", country="CN", format="geopackage")
    assert not app.exception
    preview = next(d.value for d in app.dataframe if "review_state" in d.value.columns)
    assert list(preview["facility_id"]) == [made_store.UNKNOWN, made_store.QUIET, "made-twin"]
    assert list(preview["review"]) == ["unreviewed", "dismissed by AB", "unreviewed"]
    assert "2 of 3 rows are unreviewed" in said(app)
    assert any("country=CN" in c.value for c in app.code)
    terms = next(d.value for d in app.dataframe if "is_passed_on" in d.value.columns)
    assert "context/analyst" in list(terms["source"])
    assert Journal(fresh).events(["taken"]).is_empty(), "nothing is made before it is asked for"


def test_a_visit_is_noted_once_and_a_home_that_cannot_be_read_as_rules_says_so(
    fresh, monkeypatch
):
    app = opened(fresh, monkeypatch)
    app.run()
    assert Journal(fresh).events(["visit"])["done_by"].to_list() == ["reader"]
    (fresh / "access.toml").write_text("rolls = 1")
    app = opened(fresh, monkeypatch)
    assert "rolls is not known" in said(app)
