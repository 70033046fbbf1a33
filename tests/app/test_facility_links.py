"""Links to an id that was found to be another facility's open that facility."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

MAIN = Path(__file__).parents[2] / "app" / "main.py"
OLD = "disclosed-microsoft-mount-pleasant-fairwater"
NEW = "epoch-microsoft-fairwater-mount-pleasant-wisconsin"
NAME = "Microsoft Fairwater Wisconsin"


def opened(home, monkeypatch, page, **query):
    monkeypatch.setenv("INDICIA_HOME", str(home))
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.run()
    app.switch_page(f"views/{page}")
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def test_an_old_link_opens_the_facility_and_says_so(demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, "facility.py", facility=OLD)
    assert not app.exception
    assert app.title[0].value == NAME
    assert any(OLD in t.value and "same facility" in t.value for t in app.text)
    told = next(f.value for f in app.dataframe if "published_id" in f.value.columns and "met_id" in f.value.columns)  # fmt: skip
    assert OLD in list(told["published_id"])
    assert told["why"].str.contains("its own name, operator and town agree").any()


def test_what_is_possibly_the_same_is_shown_and_stays_apart(demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, "facility.py", facility="disclosed-meta-new-albany")
    assert app.title[0].value == "Meta New Albany"
    assert any("Possibly the same as" in m.value for m in app.markdown)


@pytest.mark.parametrize("name", ["map.py", "compute.py"])
def test_other_pages_follow_the_old_link_too(name, demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, name, facility=OLD, kind="facility")
    assert not app.exception
    if name == "compute.py":
        assert app.query_params["facility"] == NEW
