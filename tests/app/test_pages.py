"""Every page, in process: it opens on each kind of store, and says what it must say."""

import json
import re
from pathlib import Path

import made_store
import pytest
from opening import opened
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = sorted(p.name for p in (ROOT / "app" / "views").glob("[!_]*.py"))
LONGEST_PAGE = 120
NEVER_OUR_WORDS = re.compile(
    r"\b(proves|detects|confirms|guilty|violation|illegal|smuggler|suspect|culprit)\b",
    re.IGNORECASE,
)


def said(app: AppTest) -> str:
    kinds = ("title", "subheader", "markdown", "caption", "text", "info", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in app.get(kind))


def test_every_page_is_in_the_navigation():
    main = (ROOT / "app" / "main.py").read_text(encoding="utf-8")
    assert sorted(re.findall(r'"views/(\w+\.py)"', main)) == PAGES


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("home", ["demo_home", "made_home"])
def test_every_page_opens_with_one_title_and_the_mark_of_its_data(
    name, home, request, monkeypatch
):
    app = opened(request.getfixturevalue(home), monkeypatch, name)
    assert not app.exception
    assert len(app.title) == 1
    mark = {"demo_home": "Starter data", "made_home": "Synthetic data"}[home]
    assert any(i.value.startswith(mark) for i in app.info)
    assert not NEVER_OUR_WORDS.search(said(app))


@pytest.mark.parametrize("name", PAGES)
def test_without_a_store_every_page_tells_how_to_get_one(name, tmp_path, monkeypatch):
    app = opened(tmp_path, monkeypatch, name)
    assert not app.exception
    assert "indicia demo" in app.code[0].value


def test_a_store_that_cannot_be_read_is_one_plain_line(tmp_path, monkeypatch):
    (tmp_path / "stores").mkdir()
    (tmp_path / "stores" / "CURRENT").write_text("manifest-gone.json")
    app = opened(tmp_path, monkeypatch, "leads.py")
    assert not app.exception
    assert app.error[0].value == "The data could not be read."


def test_a_dossier_tells_its_verdict_confidence_and_every_family(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "facility.py", facility=made_store.BOLD)
    assert not app.exception
    words = said(app)
    assert "A lead for review" in words
    assert "Confidence: low. 4 of 9 indicators computable" in words
    for family in ("power", "procurement", "customs", "staffing", "registry"):
        assert f"**{family}**" in words
    assert "never a probability of wrongdoing" in words


def test_evidence_goes_down_to_the_archived_hash(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "facility.py", facility=made_store.BOLD)
    hashes = [d.value for d in app.dataframe if "archived_sha256" in d.value.columns]
    evidence = next(d for d in hashes if "observed_value" in d.columns)
    assert set(evidence["archived_sha256"]) == {made_store.SHA}
    assert set(evidence["source_url"]) == {"https://example.org/notice"}


def test_an_unknown_facility_in_a_link_gets_a_page_that_helps(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "facility.py", facility="<nobody> here")
    assert not app.exception
    assert app.warning
    assert "<nobody> here" in [t.value for t in app.text]
    assert app.text_input(key="find")


def test_text_of_a_source_is_never_markdown_or_html(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "facility.py", facility=made_store.BOLD)
    assert "\\<b\\>" in app.title[0].value
    for kind in ("markdown", "caption", "title", "subheader"):
        for element in app.get(kind):
            assert "<b>" not in element.value
            assert "[Hall](" not in element.value
            assert not getattr(element, "allow_html", False)


def test_leads_keep_the_filter_of_the_link_and_stay_in_order(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "leads.py", country="CN")
    queue = queue_of(app)
    assert set(queue["country_iso2"]) == {"CN"}
    assert list(queue["facility_id"]) == [made_store.UNKNOWN, made_store.QUIET, "made-twin"]


def test_a_stale_filter_in_a_link_is_ignored_and_said_to_be(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "leads.py", country="XX")
    assert not app.exception
    assert len(queue_of(app)) == 4
    assert "country" in app.toast[0].value


def test_reference_sites_stand_apart_and_are_never_in_the_queue(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "leads.py")
    assert made_store.REFERENCE not in list(queue_of(app)["facility_id"])
    apart = next(d.value for d in app.dataframe if "admissibility_reason" in d.value.columns)
    assert list(apart["facility_id"]) == [made_store.REFERENCE]


def test_no_lead_is_said_plainly_with_its_reasons(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "leads.py", country="CN")
    assert any("No lead among these facilities" in i.value for i in app.info)
    assert any(
        "reason" in d.value.columns and "facilities_count" in d.value.columns
        for d in app.dataframe
    )


def test_an_organisation_shows_facilities_listings_notices_and_events(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "entity.py", entity="Sigma Trading")
    assert not app.exception
    assert [s.value for s in app.subheader] == [
        "Identity",
        "Facilities: 0",
        "Listings: 1",
        "Timeline",
        "Notices as buyer or supplier: 1",
        "Events: 0",
    ]
    assert "found by name alone" in said(app)


def test_sources_show_their_issues_with_expected_received_and_remedy(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "sources.py")
    issues = next(d.value for d in app.dataframe if "received" in d.value.columns)
    assert list(issues.iloc[0][["place", "expected", "received", "remedy"]]) == [
        "releases[3].date", "ISO 8601", "yesterday", "Correct the record",
    ]  # fmt: skip


def test_sources_are_shown_by_family_and_state_as_the_link_says(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "sources.py", family="power", state="failed")
    health = next(d.value for d in app.dataframe if "remedy" in d.value.columns)
    assert list(health["source"]) == ["power/eia930"]
    terms = next(d.value for d in app.dataframe if "does_not_say" in d.value.columns)
    assert list(terms["source"]) == ["power/eia930"]


def test_a_source_shows_what_was_revised_and_three_dates_per_record(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "sources.py", source="context/analyst")
    revised = next(d.value for d in app.dataframe if "was" in d.value.columns)
    assert {"changed"} <= set(revised["change"])
    app.selectbox(key="of").select("facility_state").run()
    dates = next(d.value for d in app.dataframe if "checked_utc" in d.value.columns)
    assert len(dates) == 4
    assert (dates["added_utc"] < dates["changed_utc"]).sum() == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_table_and_chart_has_words_and_every_picture_the_mark_of_its_data(
    name, made_home, monkeypatch
):
    app = opened(made_home, monkeypatch, name, facility=made_store.BOLD)
    shown = [*app.get("dataframe"), *app.get("vega_lite_chart")]
    assert shown
    assert all(element.proto.alt for element in shown)
    for chart in app.get("vega_lite_chart"):
        head = json.loads(chart.proto.spec)["title"]
        assert "SYNTHETIC" in " ".join(head["subtitle"])


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_short_and_ask_nothing_of_a_database(name):
    body = (ROOT / "app" / "views" / name).read_text(encoding="utf-8")
    assert body.count("\n") <= LONGEST_PAGE
    assert not re.search(r"\bSELECT\b|import (duckdb|requests|polars)", body)


def queue_of(app: AppTest):
    return next(d.value for d in app.dataframe if "rival_words" in d.value.columns)
