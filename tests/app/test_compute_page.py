"""The page Compute and the ledger of the dossier, in process."""

import made_store
from opening import whole as opened

CHANNELS = {"power", "imports", "tenders and plans", "stated hardware", "training claims"}


def lines(app):
    return next(d.value for d in app.dataframe if "accelerators_p50_count" in d.value.columns)


def middle(app):
    table = lines(app)
    return table[table["channel"] == "power"]["accelerators_p50_count"].to_list()


def test_the_dossier_shows_every_channel_side_by_side(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "facility.py", facility=made_store.BOLD)
    table = lines(app)
    assert set(table["channel"]) == CHANNELS
    missing = table[table["reading"] == "no data"]
    assert "imports" in set(missing["channel"])
    assert missing["accelerators_p50_count"].isna().all()
    links = [e.proto.label for e in app.get("page_link")]
    assert "Change assumptions and period on the page Compute" in links
    assert any("carry no weight in the score" in c.value for c in app.caption)


def test_the_page_opens_on_the_facility_of_the_link(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "compute.py", facility=made_store.BOLD)
    assert app.selectbox(key="chosen_facility").value == made_store.BOLD
    assert app.query_params["facility"] in (made_store.BOLD, [made_store.BOLD])
    assert set(lines(app)["channel"]) == CHANNELS


def test_a_changed_assumption_changes_the_counts_and_says_so(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "compute.py", facility=made_store.BOLD)
    before = middle(app)
    app.number_input(key="pue_ratio_most").set_value(2.0).run()
    assert not app.exception
    assert any("Custom assumptions" in i.value and "pue_ratio" in i.value for i in app.info)
    assert all(now < then for now, then in zip(middle(app), before, strict=True))


def test_assumptions_out_of_order_get_a_plain_line(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "compute.py", facility=made_store.BOLD)
    app.number_input(key="pue_ratio_least").set_value(1.44).run()
    assert not app.exception
    assert app.error[0].value == "The ledger cannot answer this."
    assert any("pue_ratio: expected 0 < least <= mode <= most" in t.value for t in app.text)


def test_a_period_in_words_gets_a_plain_line(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "compute.py", facility=made_store.BOLD)
    app.text_input(key="from").set_value("last year").run()
    assert any("YYYY or YYYY-MM" in t.value for t in app.text)


def test_a_lane_shows_its_imports_against_power_energised(demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, "compute.py", kind="lane")
    assert app.selectbox(key="chosen_lane").value == "TWN>MYS"
    assert "no data" not in set(lines(app).query("channel == 'imports'")["reading"])
    assert any("Imports against power energised" in t.value for t in app.text)
    gaps = next(d.value for d in app.dataframe if "ratio_p50" in d.value.columns)
    assert not gaps.duplicated(["subject", "chip_class"]).any()
    assert (gaps["ratio_p05"] < gaps["ratio_p50"]).all()


def test_an_organisation_is_asked_for_in_a_role(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "compute.py", kind="entity", role="operator")
    assert not app.selectbox(key="role").disabled
    assert set(lines(app)["channel"]) == CHANNELS


def test_a_picture_that_leaves_figures_out_says_so_on_the_page(demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, "compute.py", kind="country", country="US")
    assert any(c.value.startswith("Cut: 12 of ") for c in app.caption)
