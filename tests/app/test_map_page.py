"""The map page: lanes, hubs and quarters follow the link; a stale quarter is said."""

import json

import made_store
from opening import whole
from streamlit.util import AttributeDictionary

from indicia.answers import places


def opened(home, monkeypatch, **query):
    return whole(home, monkeypatch, "map.py", **query)


def picture(app):
    return json.loads(app.get("vega_lite_chart")[0].proto.spec)


def table(app, column):
    return next(d.value for d in app.dataframe if column in d.value.columns)


def test_lanes_are_drawn_unless_the_link_says_otherwise_and_always_listed(
    made_home, monkeypatch
):
    shown = opened(made_home, monkeypatch)
    hidden = opened(made_home, monkeypatch, arcs="false")
    said = [" ".join(picture(app)["title"]["subtitle"]) for app in (shown, hidden)]
    assert ["lanes of trade" in words for words in said] == [True, False]
    for app in (shown, hidden):
        assert list(table(app, "lane")["lane"]) == [made_store.LANE]


def test_a_quarter_in_the_link_leaves_out_what_came_later_but_nothing_undated(
    made_home, monkeypatch
):
    app = opened(made_home, monkeypatch, until="2023-Q1")
    drawn = table(app, "undated_count")
    assert made_store.BOLD in set(drawn["facility_id"])
    assert drawn["undated_count"].sum() == drawn["facilities_count"].sum() - 1


def test_a_quarter_that_is_not_held_is_said_and_ignored(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, until="1900-Q1", region="Gulf")
    assert "until" in app.toast[0].value
    assert any("0 facilities on record, in 0 rows" in c.value for c in app.caption)


def test_a_facility_of_the_link_that_is_gone_or_cannot_be_drawn_is_said(made_home, monkeypatch):
    gone = opened(made_home, monkeypatch, facility="*gone*")
    assert "holds no facility" in gone.warning[0].value
    assert "*gone*" in [t.value for t in gone.text]
    far = opened(made_home, monkeypatch, facility=made_store.UNKNOWN)
    assert "not known closely enough" in far.warning[0].value
    assert not opened(made_home, monkeypatch, facility=made_store.BOLD).warning


def clicked(app, is_dense, **picked):
    """The page after a click: the frontend puts what was picked where the chart keeps it."""
    held = {name: [row] for name, row in picked.items()}
    app.session_state[f"map_{is_dense}_1"] = AttributeDictionary({"selection": held})
    return app.run()


def test_a_click_on_an_arrow_opens_the_lane_and_one_on_a_symbol_the_dossier(
    made_home, monkeypatch
):
    lane = clicked(
        opened(made_home, monkeypatch), is_dense=False, arc={"lane": made_store.LANE}
    )
    assert lane.query_params["lane"] == made_store.LANE
    assert "Malaysia" in lane.title[0].value
    one = clicked(opened(made_home, monkeypatch), is_dense=False, pick={"facility_id": made_store.BOLD})  # fmt: skip
    assert one.query_params["facility"] == made_store.BOLD
    assert not [*lane.exception, *one.exception]


def test_a_click_on_a_square_lists_its_facilities(made_home, monkeypatch):
    monkeypatch.setattr(places, "MOST_PLACES", 0)
    app = opened(made_home, monkeypatch)
    (square,) = table(app, "cell").query("review_count > 0").head(1).to_dict("records")
    app = clicked(app, is_dense=True, cell={"cell": square["cell"]})
    assert not app.exception
    here = next(d.value for d in app.dataframe if "first_date" in d.value.columns)
    assert len(here) == square["facilities_count"]
    assert any(s.value.endswith("facilities at this place") for s in app.subheader)
