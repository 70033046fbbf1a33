"""What changed, in process: Home counts it, Leads mark and filter it, a dossier gives the cause; and the brief."""

from pathlib import Path

import made_later
import made_store
import pytest
from streamlit.testing.v1 import AppTest

from indicia.review import Act, Journal, desk
from indicia.store import Store, held

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two versions of the invented world; the reader saw the first."""
    home = made_store.build(tmp_path_factory.mktemp("changed"))
    with Store.open(home) as store:
        first = store.data_version
    desk.visit(Journal(home), Act(desk.UNNAMED, made_store.LATER, first))
    made_later.publish(home)
    return home


def opened(home, monkeypatch, page="", **query):
    monkeypatch.setenv("INDICIA_HOME", str(home))
    app = AppTest.from_file(str(MAIN), default_timeout=60).run()
    if page:
        app.switch_page(f"views/{page}")
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
    assert not app.exception
    return app


def said(app):
    return "\n".join(
        str(e.value) for kind in ("markdown", "caption", "text") for e in app.get(kind)
    )


def queue_of(app):
    return next(d.value for d in app.dataframe if "rival_words" in d.value.columns)


def test_home_says_what_changed_since_the_last_version_and_my_last_visit(home, monkeypatch):
    words = said(opened(home, monkeypatch))
    assert "Since the last version, which you saw at your last visit" in words
    assert "0 new, 1 with another verdict, 1 with other support." in words


def test_leads_mark_what_changed_and_keep_only_that_where_the_link_asks(home, monkeypatch):
    app = opened(home, monkeypatch, "leads.py", changed="my last visit")
    rows = queue_of(app).set_index("facility_id")
    assert rows.loc[made_store.QUIET, "change"] == "○ no lead → ◇ watch, +1.10 bans"
    assert set(rows.index) == {made_store.QUIET, made_store.UNKNOWN}
    assert app.query_params["changed"] == "my last visit"
    assert "2 facilities differ" in said(app)


def test_a_wish_for_a_version_that_is_not_held_is_ignored_and_said_to_be(
    made_home, monkeypatch
):
    app = opened(made_home, monkeypatch, "leads.py", changed="the last version")
    assert len(queue_of(app)) == 4
    assert "No such version is held" in said(app)


def test_a_dossier_gives_support_then_and_now_with_the_cause(home, monkeypatch):
    app = opened(home, monkeypatch, "facility.py", facility=made_store.QUIET)
    words = said(app)
    assert (
        "○ no lead then, ◇ watch now; support -0.80 bans then, +0.30 bans now. Cause: new evidence"
        in words
    )
    came = next(d.value for d in app.dataframe if "came" in d.value.columns)
    assert made_later.TOLD in came["came"][0][0]


def test_a_dossier_offers_compare_with_itself_chosen_and_a_brief_that_is_written_down(
    home, monkeypatch
):
    app = opened(home, monkeypatch, "facility.py", facility=made_store.BOLD)
    links = [link.proto for link in app.get("page_link")]
    chosen = next(p for p in links if p.page.endswith("compare"))
    assert made_store.BOLD in chosen.query_string
    assert app.get("download_button")[0].proto.label == "Printable brief (HTML)"
    assert "Strongest doubt: P02" in said(app)
    assert "90 periods tested reach this facility" in said(app)


def test_facets_in_a_link_narrow_the_queue_and_show_their_counts(made_home, monkeypatch):
    app = opened(
        made_home,
        monkeypatch,
        "leads.py",
        family="power",
        rival="H3",
        coverage="under two thirds",
    )
    assert list(queue_of(app)["facility_id"]) == [made_store.BOLD]
    assert queue_of(app)["load_of"][0] == "own meter, years 2023 to 2024"
    assert "MY 1" in said(app)
    counts = next(d.value for d in app.dataframe if "facet" in d.value.columns)
    assert set(counts["facet"]) >= {
        "country",
        "operator",
        "family",
        "rival",
        "precision",
        "coverage",
        "review",
    }


def test_a_link_of_earlier_data_offers_that_version_and_one_of_unknown_data_says_so(
    home, monkeypatch
):
    first, last = (m.data_version for m in held(home))
    app = opened(home, monkeypatch, "leads.py", country="CN", data=first)
    assert "made on other data, published 2026-03-01" in app.warning[0].value
    assert f"data {last[:12]}" in said(app)
    (link,) = (c.value for c in app.code)
    assert link == f"leads?country=CN&data={last}"
    app.button(key="that_version").click().run()
    assert f"data {first[:12]}" in said(app)
    assert app.query_params["country"] == "CN"
    assert [w.value for w in app.warning] == ["Newer data are available."]
    strange = opened(home, monkeypatch, "leads.py", data="0123")
    assert "not held here" in strange.warning[0].value
