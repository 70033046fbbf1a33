"""The page Entity, in process: links of every kind, identity with sources, and judgements at once."""

import re
from pathlib import Path

import made_entities
import made_store
import pytest
from streamlit.testing.v1 import AppTest

from indicia.answers import decisions, entity, timeline
from indicia.review import Journal
from indicia.store import Store

MAIN = Path(__file__).parents[2] / "app" / "main.py"
SECONDS = 60
OMEGA = made_entities.OMEGA


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return made_entities.build(tmp_path_factory.mktemp("entities"))


@pytest.fixture(scope="module")
def store(home):
    with Store.open(home) as opened:
        yield opened


@pytest.fixture
def own_home(tmp_path):
    return made_entities.build(tmp_path)


def opened(home, monkeypatch, wanted=""):
    monkeypatch.setenv("INDICIA_HOME", str(home))
    app = AppTest.from_file(str(MAIN), default_timeout=SECONDS)
    app.run()
    app.switch_page("views/entity.py")
    if wanted:
        app.query_params["entity"] = wanted
    app.run()
    assert not app.exception
    return app


def table(app, *columns):
    return next(d.value for d in app.dataframe if set(columns) <= set(d.value.columns))


def said(app):
    kinds = ("title", "subheader", "markdown", "caption", "text", "info", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in app.get(kind))


def judge(app, key, verdict, reason="another seat", by="AB"):
    app.text_input(key=f"{key}_reason").set_value(reason)
    app.text_input(key=f"{key}_by").set_value(by)
    app.button(key=f"{key}_{verdict.replace(' ', '_')}").click().run()
    assert not app.exception


def record_of(store, kind):
    query = "SELECT record_id FROM party_record WHERE kind = ? AND name LIKE 'Omega%'"
    return store.sql(query, [kind]).item()


def test_the_identity_card_gives_every_value_its_sources(home, monkeypatch):
    app = opened(home, monkeypatch, OMEGA)
    card = table(app, "field", "value", "retrieved_utc")
    held = {(r.field, r.value): r for r in card.itertuples()}
    assert "Han script" in held["name", "欧米茄计算有限公司"].detail
    assert ("registry id", "MYREG:123456") in held
    assert held["founded", "2021-05-04"].source == "context/analyst"
    assert held["country", "MY"].records_count == 3
    assert set(card["source_url"]) == {"https://example.org/page"}
    assert card["retrieved_utc"].notna().all()


def test_records_are_listed_with_why_they_are_taken_as_one(store):
    one = entity.opened(store, OMEGA)
    grouped = entity.grouped(store, one)
    assert grouped["kind"].to_list() == ["register", "consignee", "party"]
    joined = grouped.row(2, named=True)
    assert joined["method"] == "same name"
    assert joined["value"] == joined["other_value"] == "Omega Compute Sdn. Bhd."
    assert "country agrees" in joined["why"]


@pytest.mark.parametrize("kind", ["party", "consignee"])
def test_an_id_that_was_merged_leads_to_the_organisation_it_is_part_of(
    home, store, monkeypatch, kind
):
    record = record_of(store, kind)
    app = opened(home, monkeypatch, record)
    assert f"The link names {record}, which was found to be the same organisation." in said(app)
    assert OMEGA in said(app)


def test_a_published_name_leads_to_the_party_of_the_site(home, monkeypatch):
    app = opened(home, monkeypatch, " omega compute SDN. BHD. ")
    assert OMEGA in said(app)
    assert "The link names" not in said(app)
    assert {"Facilities: 2"} <= {s.value for s in app.subheader}


def test_a_name_that_several_bear_gives_a_choice(tmp_path, monkeypatch):
    def entry(number, country):
        key = f"LEI:PI00000000000000000{number}"
        return {"record_id": key, "name": "Pi Compute", "country_iso2": country}

    more = {"entity_record": [entry(1, "DE"), entry(2, "JP")]}
    made_store.build(tmp_path, more, Journal(tmp_path).judgements())
    app = opened(tmp_path, monkeypatch, "Pi Compute")
    assert "Several organisations bear the name" in app.info[-1].value
    assert set(table(app, "entity_id", "sources_count")["countries_iso2"]) == {"DE", "JP"}


def test_an_id_that_nobody_bears_is_said_to_be_unknown(home, monkeypatch):
    app = opened(home, monkeypatch, "LEI:<nobody>")
    assert "holds no organisation" in app.warning[0].value
    assert "LEI:<nobody>" in [t.value for t in app.text]
    assert app.text_input(key="find")


def test_equal_names_that_were_not_merged_are_said_and_shown_on_request(home, monkeypatch):
    app = opened(home, monkeypatch, OMEGA)
    assert "Others with an equal name, not merged" in said(app)
    equal = table(app, "equal_name", "named_as")
    assert made_entities.NAMESAKE in set(equal["entity_id"])
    assert "Notices as buyer or supplier" not in said(app).replace("notices as buyer", "")
    app.toggle(key="also").set_value(True).run()
    assert not app.exception
    assert "Notices as buyer or supplier: 2" in [s.value for s in app.subheader]
    assert any("need not be this one" in i.value for i in app.info)


def test_what_an_organisation_does_is_listed_by_kind(home, monkeypatch):
    app = opened(home, monkeypatch, OMEGA)
    lanes = table(app, "lane", "shipments_count")
    assert list(lanes["lane"]) == ["TW>MY"]
    assert list(lanes["shipments_count"]) == [3]
    assert "None on record in these data: notices as buyer or supplier" in said(app)


def test_a_listing_is_a_record_of_its_organisation(home, monkeypatch):
    app = opened(home, monkeypatch, made_entities.LISTING)
    assert list(table(app, "list_code", "citation")["citation"]) == ["invented"]
    assert "One of its records is a listing" in said(app)


def test_the_timeline_holds_registration_shipments_and_models(store):
    marks = entity.of_entity(store, entity.opened(store, OMEGA))
    assert {"register", "shipment"} <= set(marks["lane"])
    assert timeline.has_own(marks)
    wide = entity.widened(store, entity.opened(store, OMEGA))
    lanes = set(entity.of_entity(store, wide)["lane"])
    assert {"register", "shipment", "model", "notice", "event", "hiring"} <= lanes


def test_neighbours_are_owners_and_companions_and_never_itself(store):
    found, in_all = entity.neighbours(store, entity.opened(store, OMEGA))
    told = dict(found.select("entity_id", "relation").iter_rows())
    assert told[made_entities.HOLDING] == "has as direct parent"
    assert found.row(0, named=True)["owned_share"] == 0.8
    assert OMEGA not in told
    assert in_all == found.height == len(told)
    back, _ = entity.neighbours(store, entity.opened(store, made_entities.HOLDING))
    assert back.select("entity_id", "relation").rows() == [(OMEGA, "is direct parent of")]


def test_the_way_to_another_organisation_is_told_hop_by_hop(home, store, monkeypatch):
    app = opened(home, monkeypatch, record_of(store, "party"))
    app.text_input(key="to").set_value("Kappa Holding Limited").run()
    assert not app.exception
    assert any(
        "has as direct parent Kappa Holding Limited, 80.0 %" in t.value for t in app.text
    )
    hops = table(app, "path_no", "row_key")
    assert list(hops["kind"]) == ["direct parent"]
    app.text_input(key="to").set_value("Lambda Labs of Nowhere").run()
    assert "does not mean there is none" in said(app)
    app.text_input(key="to").set_value("nobody at all").run()
    assert "goes by that" in said(app)


def test_many_neighbours_are_cut_and_counted(tmp_path):
    parties = [
        {"facility_id": made_store.BOLD, "role": "user", "party_name": f"Neighbour {chr(97 + n) * 5}", "certainty": "stated", "headquarters_iso2": "MY"}
        for n in range(26)
    ]  # fmt: skip
    made_store.build(tmp_path, {"facility_party": parties}, Journal(tmp_path).judgements())
    with Store.open(tmp_path) as made:
        one = entity.opened(made, "Omega Compute Sdn. Bhd.")
        found, in_all = entity.neighbours(made, one)
    assert found.height == entity.MOST_NEIGHBOURS
    assert in_all > found.height


def test_the_queue_starts_with_a_listed_party_and_a_party_of_a_site(store):
    nothing = Journal(Path("nowhere")).judgements()
    pairs, in_all = entity.undecided(store, nothing, ["organisation", "facility"])
    assert pairs["touches"][0] == "a listed party and a party of a site"
    assert {pairs["left_name"][0], pairs["right_name"][0]} == {
        "Sigma Trading",
        "Sigma Tradings",
    }
    assert in_all == pairs.height
    ends = pairs.select("left_entity_id", "right_entity_id").rows()
    assert all(a != b for a, b in ends)
    assert len({frozenset(e) for e in ends}) == len(ends), "two organisations are one pair"
    assert entity.undecided(store, nothing, ["facility"])[1] == 0


def test_a_judgement_is_written_with_its_reason_and_shown_at_once(own_home, monkeypatch):
    app = opened(own_home, monkeypatch, made_entities.LISTING)
    before = int(re.search(r"Possibly the same as: (\d+)", said(app))[1])
    judge(app, "possible", "no match")
    (row,) = Journal(own_home).judgements().rows(named=True)
    assert (row["verdict"], row["reason"], row["judged_by"]) == (
        "no match",
        "another seat",
        "AB",
    )
    assert made_entities.LISTING in (row["left_id"], row["right_id"])
    assert f"Possibly the same as: {before - 1}" in said(app)
    judged = table(app, "verdict", "counts")
    assert list(judged["counts"]) == ["from the next refresh"]
    assert "counts from the next refresh on" in said(app)


@pytest.mark.parametrize(
    ("reason", "by", "says"), [("", "AB", "reason is needed"), ("same", "Jane Doe", "never a full name")]
)  # fmt: skip
def test_a_judgement_that_cannot_be_written_says_why(own_home, monkeypatch, reason, by, says):
    app = opened(own_home, monkeypatch, made_entities.LISTING)
    judge(app, "possible", "match", reason, by)
    assert app.error[0].value == "The judgement was not written."
    assert any(says in t.value for t in app.text)
    assert Journal(own_home).judgements().is_empty()


def test_a_judgement_counts_from_the_next_refresh_on(own_home, monkeypatch):
    app = opened(own_home, monkeypatch)
    judge(app, "undecided", "match", "one registration")
    assert any("wait for the next refresh: 1" in i.value for i in app.info)
    made_entities.build(own_home)
    with Store.open(own_home) as made:
        one = entity.opened(made, made_entities.LISTING)
        assert "party" in entity.grouped(made, one)["kind"].to_list()
        joined = entity.grouped(made, one).filter(method="judgement").row(0, named=True)
        assert "one registration" in joined["why"]
        assert decisions.pending(made, Journal(own_home).judgements()).is_empty()


def test_a_journal_that_cannot_be_read_is_one_plain_line(own_home, monkeypatch):
    (own_home / "review.sqlite").write_bytes(b"no database" * 500)
    app = opened(own_home, monkeypatch, OMEGA)
    assert app.error[0].value == "The data could not be read."
    assert any("journal of decisions is damaged" in t.value for t in app.text)


def test_names_of_sources_are_shown_as_text(home, monkeypatch):
    app = opened(home, monkeypatch, made_entities.HOSTILE)
    assert "\\<b\\>Zeta" in app.title[0].value
    for kind in ("markdown", "caption", "title", "subheader", "info"):
        for element in app.get(kind):
            assert "<b>" not in element.value
            assert "[x](" not in element.value
    for label in (e.label for e in app.selectbox):
        assert "<b>" not in label


def test_an_organisation_is_found_by_a_name_in_another_script(store):
    found = entity.find(store, "欧米茄")
    assert found.select("entity_id", "found_as").rows() == [(OMEGA, "欧米茄计算有限公司")]
    assert entity.find(store, "100%_'; DROP").is_empty()
