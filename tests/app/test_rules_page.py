"""The page Rules, in process: links, and a reason that is never cut."""

import pytest
from opening import whole


def opened(home, monkeypatch, **query):
    return whole(home, monkeypatch, "rules.py", **query)


def said(app):
    return " ".join(t.value for t in app.text)


@pytest.mark.parametrize(
    ("to", "hq"), [("VN", "CN"), ("VN Viet Nam", "CN China"), ("vn", "cn")]
)
def test_a_link_with_country_codes_asks_what_it_says(made_home, monkeypatch, to, hq):
    app = opened(
        made_home, monkeypatch, to=to, hq=hq, chip="NVIDIA H100 SXM5 80GB", on="2024-06-01"
    )
    assert "to VN (headquarters CN) on 2024-06-01: a licence is required" in said(app)
    assert app.query_params["to"] in ("VN", ["VN"])


def test_a_country_that_does_not_exist_is_said_to_be_ignored(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, to="QQ")
    assert any("not known (destination)" in t.value for t in app.toast)
    assert " to CN on " in said(app)


def test_another_country_changes_the_answer_and_the_link(made_home, monkeypatch):
    app = opened(made_home, monkeypatch)
    app.selectbox(key="chosen_to").set_value("US").run()
    assert not app.exception
    assert " to US on " in said(app)
    assert app.query_params["to"] in ("US", ["US"])


def test_what_was_compared_stands_whole_beside_the_answer(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, chip="AMD MI308X (China)", on="2024-06-01")
    lines = said(app)
    for clause in (
        "a.1: total processing",
        "b.2: total processing",
        "Note 2: marketed for data centres",
    ):
        assert clause in lines
