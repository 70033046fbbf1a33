"""Compare: facilities side by side, by link and by choice."""

from pathlib import Path

import made_store
import polars as pl
from streamlit.testing.v1 import AppTest

from indicia.answers import charts, compare

MAIN = Path(__file__).parents[2] / "app" / "main.py"


def comparing(home, monkeypatch, *facilities):
    monkeypatch.setenv("INDICIA_HOME", str(home))
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.run()
    app.switch_page("views/compare.py")
    app.query_params["facility"] = list(facilities)
    app.run()
    assert not app.exception
    return app


def test_a_link_names_the_facilities_and_the_page_shows_each_in_a_column(
    made_home, monkeypatch
):
    app = comparing(made_home, monkeypatch, made_store.BOLD, made_store.QUIET)
    facts = app.dataframe[0].value
    assert len(facts.columns) == 3
    assert facts.iloc[0].to_list()[1:] == ["◆ lead", "○ no lead"]
    assert len(app.get("vega_lite_chart")) == 1


def test_an_unknown_facility_is_said_and_the_others_are_shown(made_home, monkeypatch):
    app = comparing(made_home, monkeypatch, made_store.BOLD, "nowhere")
    assert "nowhere" in [t.value for t in app.text]
    assert len(app.dataframe[0].value.columns) == 2


def test_one_facility_asked_twice_stands_once_and_a_fifth_is_left_out(made):
    ids = made.sql("SELECT facility_id FROM facility ORDER BY facility_id")[
        "facility_id"
    ].to_list()
    names, missing = compare.chosen(made, [ids[0], *ids[:6]])
    assert list(names) == ids[: compare.MOST]
    assert len(set(names.values())) == len(names)
    assert not missing


def test_every_mark_of_the_picture_is_in_its_table(made):
    names, _ = compare.chosen(made, [made_store.BOLD, made_store.QUIET])
    marks = compare.marks(made, names)
    spec = charts.compare(marks, "caption of this test").to_dict()
    drawn = {r["label"] for rows in spec["datasets"].values() for r in rows}
    assert drawn == set(marks["label"])
    assert "caption of this test" in str(spec["title"])
    assert marks.filter(pl.col("lane") == "rule").is_empty()
