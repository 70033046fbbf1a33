"""Lanes: one lane from its sentence down to the hash, links that fail and say so, the grid of all."""

import made_store
from opening import whole
from streamlit.util import AttributeDictionary


def opened(home, monkeypatch, **query):
    return whole(home, monkeypatch, "lanes.py", **query)


def frame_with(app, column):
    return next(d.value for d in app.dataframe if column in d.value.columns)


def test_a_lane_that_is_not_held_is_said_plainly_and_the_list_is_shown(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, lane="nowhere")
    assert "no lane with the code" in app.warning[0].value
    assert "nowhere" in [t.value for t in app.text]
    assert list(frame_with(app, "rival_words")["subject_id"]) == [made_store.LANE]


def test_a_lane_opens_from_its_link_with_its_indicators_down_to_the_hash(
    made_home, monkeypatch
):
    app = opened(made_home, monkeypatch, lane="twn>mys")
    assert app.title[0].value == "Taiwan \\> Malaysia"
    texts = [t.value for t in app.text]
    assert "Imports outgrew the exporter, the importer and the world." in texts
    assert any("Observed 4\\.10; a flag begins at 3\\.50" in c.value for c in app.caption)
    sources = frame_with(app, "archived_sha256")
    assert set(sources["archived_sha256"]) == {made_store.SHA}
    assert list(frame_with(app, "weight_share")["facility_id"]) == [made_store.BOLD]
    assert len(app.get("vega_lite_chart")) == 3
    assert any("never a probability of wrongdoing" in c.value for c in app.caption)


def test_reference_lanes_stand_apart_and_a_stale_verdict_is_said(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, standing="lead", at="1999")
    assert {"standing", "at"} <= {w for t in app.toast for w in t.value.split()}
    assert list(frame_with(app, "rival_words")["subject_id"]) == [made_store.LANE]
    apart = next(d.value for d in app.dataframe if "admissibility_reason" in d.value.columns)
    assert list(apart["subject_id"]) == ["TWN>USA"]


def test_the_grid_follows_side_step_and_period_of_the_link(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, side="exporter", at="2023")
    grid = frame_with(app, "months_asked_count")
    assert grid["value_usd"].to_list() == [80e6]
    assert set(grid["period"]) == {"2023"}
    app = opened(made_home, monkeypatch, step="quarter")
    assert any("No country's report" in c.value for c in app.caption)


def test_a_click_on_a_cell_opens_its_lane(made_home, monkeypatch):
    app = opened(made_home, monkeypatch)
    held = {"cell": [{"lane": made_store.LANE}]}
    app.session_state["grid"] = AttributeDictionary({"selection": AttributeDictionary(held)})
    app.run()
    assert not app.exception
    assert app.query_params["lane"] == made_store.LANE
    assert app.title[0].value == "Taiwan \\> Malaysia"


def test_a_lane_that_could_not_be_weighed_says_so_and_shows_what_is_on_record(
    demo_home, monkeypatch
):
    listed = frame_with(opened(demo_home, monkeypatch), "facilities_count")
    assert "TWN>MYS" in list(listed["lane"])
    app = opened(demo_home, monkeypatch, lane="TWN>MYS")
    assert app.title[0].value == "Taiwan \\> Malaysia"
    assert "no all-clear" in "".join(i.value for i in app.info)
    assert frame_with(app, "hs_code")["value_usd"].notna().all()
