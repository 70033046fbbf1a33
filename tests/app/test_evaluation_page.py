"""The page Evaluation: what it shows of the figures that ship, and without any."""

import json

import opening
import pytest

from indicia.answers import charts, evaluation

LEVEL = {
    "methods": [{"name": "indicia", "measure": "average precision", "value": 0.5, "low": 0.4, "high": 0.6}],
    "families": [{"name": "without power", "measure": "average precision", "value": 0.4, "low": None, "high": None}],
    "curves": [
        {"name": name, "recall": recall, "precision": 1 - recall / 2}
        for name in ("indicia", "random") for recall in (0.5, 1.0)
    ],
    "stories": [{"story": "shell buyer", "clusters": 4, "visible": 2, "leads": 1, "visible_leads": 1}],
    "negatives": [{"name": "crypto mine", "is_hard_negative": True, "facilities": 9, "admissible": 5, "leads": 0, "share": 0.0, "low": 0.0, "high": 0.3}],
    "sizes": [{"least_chips": 256, "clusters": 4, "visible": 2, "in_one": 1, "in_none": 1, "leads": 1, "visible_leads": 1}],
}  # fmt: skip
MADE = {
    "part": "development", "seeds": [1, 2], "levels": ["easy", "middle"], "middle": "middle",
    "made_date": "2026-11-28", "code_version": "c0de", "rules_version": "f00d",
    "aims": [{"figure": "recall", "aim": "at least 0.7", "value": None, "low": None, "high": None, "is_met": None}],
    "by_level": {"easy": LEVEL, "middle": {**LEVEL, "stories": []}},
}  # fmt: skip


def opened(home, monkeypatch, **query):
    return opening.opened(home, monkeypatch, "evaluation.py", **query)


def said(app):
    return "\n".join(str(e.value) for kind in ("caption", "info") for e in app.get(kind))


@pytest.fixture
def figures(monkeypatch, tmp_path):
    def put(made):
        path = tmp_path / "scoring.json"
        if made:
            path.write_text(json.dumps(made))
        with monkeypatch.context() as patch:
            patch.setattr(evaluation.bundled, "path", lambda _name: path)
            document = evaluation.document.__wrapped__()  # past its cache
        monkeypatch.setattr(evaluation, "document", lambda: document)
        return document

    return put


def test_figures_are_shown_by_level_and_marked_as_invented(figures, made_home, monkeypatch):
    figures(MADE)
    app = opened(made_home, monkeypatch, level="easy")
    assert not app.exception
    text = said(app)
    assert "SYNTHETIC WORLDS" in text
    assert "the threshold was set on these worlds" in text
    stories = next(d.value for d in app.dataframe if "story" in d.value.columns)
    assert stories["story"].tolist() == ["shell buyer"]


def test_without_figures_the_page_says_how_they_are_made(figures, made_home, monkeypatch):
    assert figures(None) is None
    app = opened(made_home, monkeypatch)
    assert not app.exception
    assert "indicia evaluate" in said(app)


def test_the_chart_draws_ours_first_and_carries_its_stamp():
    curves = evaluation.curves(MADE, "middle")
    drawn = charts.evaluated(curves, "middle", evaluation.stamp(MADE)).to_dict()
    assert drawn["encoding"]["color"]["scale"]["domain"] == ["indicia", "random"]
    assert drawn["encoding"]["strokeDash"]["scale"]["range"][0] == [1, 0]
    assert any("SYNTHETIC WORLDS" in line for line in drawn["title"]["subtitle"])


def test_an_aim_that_was_not_measured_is_not_called_missed():
    assert evaluation.aims(MADE)["the aim is"].to_list() == ["not measured"]
