"""A very small evaluation end to end: worlds, what is kept, the report, and the command."""

import json
import re
import sys
from datetime import date
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pytest

from indicia.cli import evaluating, main
from indicia.scoring.hypotheses import FAMILIES
from indicia.world import making
from indicia.world.evaluation import (
    baselines,
    breakdown,
    figures,
    flag_rates,
    one_world,
    results,
    reweighed,
    runs,
)
from indicia.world.evaluation.runs import Wanted
from indicia.world.evaluation.sample import Sample

FACILITIES = 120
CUTS = one_world.CUTS_MONTHS
WANTED = (Wanted("middle", 1, FACILITIES, CUTS), Wanted("middle", 2, FACILITIES, CUTS))
DAY = date(2026, 11, 28)


def silent(_text):
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def assessed():
    """One assessment of one world: it costs seconds, so that every test here shares it."""
    world = making.make(1, "middle", FACILITIES)
    return world, one_world.assessed(world, world.as_of)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, assessed):
    """What a run keeps of that world, on every cut the same, and of a second one that equals it."""
    made = tmp_path_factory.mktemp("worlds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_world, "assessed", lambda _world, _on: assessed[1])
        runs.run(WANTED[:1], made, 1, silent)
    for path in list(made.iterdir()):
        (made / path.name.replace(WANTED[0].name, WANTED[1].name)).write_bytes(
            path.read_bytes()
        )
    return made


@pytest.fixture(scope="module")
def kept(folder):
    return runs.read(WANTED, folder)


@pytest.fixture(scope="module")
def document(kept):
    return results.document(kept, ["middle"], [1, 2], [], is_final=False, day=DAY)


def test_every_facility_of_the_truth_is_ranked_by_every_method(kept, assessed):
    truth = assessed[0].truth
    rows = kept.of("middle", [1]).facilities
    assert sorted(rows["facility_id"]) == sorted(truth["facility_id"])
    scores = [n for n in rows.columns if n.startswith("score_")]
    assert one_world.method(baselines.EQUAL) in scores
    assert rows.select(pl.col(scores).is_finite().all()).row(0) == (True,) * len(scores)
    assert rows["is_cluster"].sum() == (truth["hypothesis"] == "H1").sum() > 0


def test_reference_sites_come_last_under_every_method(kept):
    rows = kept.of("middle", [1]).facilities
    asked = rows["is_admissible"]
    assert 0 < asked.sum() < rows.height
    for name in (n for n in rows.columns if n.startswith("score_")):
        assert rows.filter(asked)[name].min() > rows.filter(~asked)[name].max(), name


def test_what_is_kept_is_found_again_and_not_made_twice(folder, monkeypatch):
    monkeypatch.setattr(making, "make", None)  # making any world would fail
    told = []
    again = runs.run(WANTED, folder, 1, told.append)
    assert again.facilities.height == 2 * FACILITIES
    assert told == [f"2 of 2 worlds are kept in {folder}; 0 to make"]


def test_after_an_interruption_only_the_lost_world_is_made(folder, tmp_path, monkeypatch):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / f"{WANTED[1].name}.json").unlink()  # it is written last
    asked = []
    monkeypatch.setattr(
        runs, "keep", lambda w, _folder=None, **_more: asked.append(w) or "made"
    )
    runs.run(WANTED, tmp_path, 1, silent)
    assert asked == [WANTED[1]]


@pytest.mark.parametrize("changed", ["code_version", "weighing_version", "has_forest"])
def test_results_of_another_version_do_not_count(folder, tmp_path, changed):
    stamp = json.loads((folder / f"{WANTED[0].name}.json").read_text())
    (tmp_path / f"{WANTED[0].name}.json").write_text(json.dumps(stamp))
    assert runs.is_kept(WANTED[0], tmp_path)
    (tmp_path / f"{WANTED[0].name}.json").write_text(json.dumps({**stamp, changed: "other"}))
    assert not runs.is_kept(WANTED[0], tmp_path)
    (tmp_path / f"{WANTED[0].name}.json").write_text("{")
    assert not runs.is_kept(WANTED[0], tmp_path)


def test_support_with_every_family_is_the_support_of_the_assessment(assessed):
    tables, _ = assessed[1]
    support, families_for = reweighed.reached(tables, FAMILIES)
    judged = tables["assessment"]
    np.testing.assert_allclose(support, judged["support_bans"], atol=1e-9)
    assert families_for.tolist() == judged["families_for_count"].to_list()
    no_power, _ = reweighed.reached(tables, [f for f in FAMILIES if f != "power"])
    has_power = tables["item"].filter(pl.col("family") == "power")["facility_id"]
    moved = judged.filter(pl.Series(np.abs(no_power - support) > 1e-9))["facility_id"]
    assert set(moved) <= set(has_power)


def test_the_report_says_what_is_missing_and_holds_the_aims(document):
    assert [a["aim"] for a in document["aims"]] == [
        "at least 0.7", "at least 0.20", "at most 0.07", "at most 1%",
    ]  # fmt: skip
    middle = document["by_level"]["middle"]
    held = middle["at_threshold"]
    assert held["clusters"] + held["others"] == 2 * FACILITIES
    assert sum(r["facilities"] for r in middle["negatives"]) == held["others"]
    assert sum(r["clusters"] for r in middle["sizes"]) == held["clusters"]
    assert (
        sum(r["clusters"] for r in middle["missed"]) == held["visible"] - held["visible_leads"]
    )
    assert {r["name"] for r in middle["methods"]} >= {figures.OURS, *figures.UNSUPERVISED}


def test_page_picture_and_figures_are_written_and_can_be_read(document, tmp_path):
    page, picture, found = evaluating.write(document, tmp_path)
    text = page.read_text()
    assert "**Synthetic data: nothing here describes a real site" in text
    assert not re.search(r"\bnan\b|None", text)
    assert (page.parent / "../img/validation_scoring.svg").resolve() == picture.resolve()
    assert ET.fromstring(picture.read_text()).tag.endswith("svg")  # noqa: S314 -- our own
    assert json.loads(found.read_text()) == json.loads(json.dumps(document))


def test_flags_are_counted_by_hand():
    tables = {
        "item": pl.DataFrame(
            {"facility_id": ["a", "b", "b"], "evidence_id": ["1", "2", "3"], "exposure_share": [1.0, 1.0, 0.25]}
        ),
        "evidence": pl.DataFrame(
            {"evidence_id": ["1", "2", "3"], "indicator": ["S01"] * 3,
             "kind": ["dc_hiring_ge_3_adverts"] * 3, "result": ["flag", "no_flag", "flag"]}
        ),
    }  # fmt: skip
    truth = pl.DataFrame({"facility_id": ["a", "b"], "hypothesis": ["H1", "H5"]})
    asked = [i for i in one_world.CATALOGUE if i.code == "S01"]
    found = {r["hypothesis"]: r for r in flag_rates.counted(tables, asked, truth).to_dicts()}
    assert found["H1"]["expected"] == pytest.approx(0.5)
    assert (found["H5"]["asked"], found["H5"]["flags"]) == (2, 1)
    assert (found["H5"]["own_asked"], found["H5"]["own_flags"]) == (1, 0)
    assert found["H5"]["expected"] == pytest.approx(0.15 + 0.25 * 0.15 + 0.75 * 0.2)


def test_the_smallest_cluster_needs_every_larger_size_found_too():
    sizes = pl.DataFrame(
        {"least_chips": [256, 1000, 4000], "visible": [10, 10, 10], "visible_leads": [9, 7, 8]}
    )
    assert breakdown.smallest(sizes, "visible_leads", "visible") == 4000
    none = sizes.with_columns(visible_leads=pl.lit(0))
    assert breakdown.smallest(none, "visible_leads", "visible") is None


def made_rows(**columns):
    return pl.DataFrame(
        {
            "seed": [1, 1],
            "is_cluster": [True, False],
            "families_visible_count": [2, 0],
            "families_tied_count": [2, 0],
            **columns,
        }
    )


def test_a_lead_before_the_cluster_began_counts_for_nothing():
    rows = made_rows(
        starts_date=[date(2026, 3, 1), date(2020, 1, 1)],
        as_of_date=[date(2026, 6, 30)] * 2,
        **{one_world.cut(m): [-30.0, 0.1] for m in one_world.CUTS_MONTHS},
    )
    early = one_world.cut(max(one_world.CUTS_MONTHS))
    found = figures.over_months(Sample.of(rows.with_columns(pl.Series(early, [5.0, 0.1]))))
    assert found.value == 0.0
    began = rows.with_columns(starts_date=date(2020, 1, 1))
    found = figures.over_months(Sample.of(began.with_columns(pl.Series(early, [5.0, 0.1]))))
    assert found.value == 1.0


@pytest.fixture
def indicia(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INDICIA_HOME", str(tmp_path / "home"))

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["indicia", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr()

    return call


def test_the_command_reports_from_what_is_kept(indicia, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "make", None)
    code, said = indicia(
        "evaluate", "--seeds", "1-2", "--levels", "middle", "--facilities", FACILITIES,
        "--folder", folder, "--docs", tmp_path, "--json",
    )  # fmt: skip
    assert code == 0
    assert len(json.loads(said.out)) == 4
    assert (tmp_path / "validation" / "scoring.md").is_file()


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (["--seeds", "140-141"], "seeds 141 to 180 are for the final figures"),
        (["--seeds", "one"], "expected numbers and spans"),
        (["--levels", "medium"], "no level is named 'medium'; there are easy, middle, hard"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(indicia, asked, problem):
    code, said = indicia("evaluate", *asked)
    assert code == 2
    assert problem in " ".join(said.err.split())
