"""The measurement of name matching measured: noise, split, truth, figures, page and picture on made rows."""

import subprocess
import sys
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from indicia.entities.match import decide
from indicia.entities.validation import (
    baselines,
    error_kinds,
    figures,
    measure,
    noise,
    runs,
    splits,
    tasks,
)
from indicia.entities.validation.figures import Share
from indicia.entities.validation.noise_unseen import UNSEEN, unseen

LISTED = (
    ("Made Northern Widget Technology Co., Ltd.", "Northern Widget; Beifang Weiji", "CN", "7 Made Road, Wuhan, CN"),
    ("Made Northern Widget Technology Company Limited", "", "HK", "7 Made Road, Wuhan, CN"),
    ("Joint Stock Company Made Works Vektorov", "OAO Vektorov Works", "RU", "12 Pridumannaya Street, Omsk, RU"),
    ("Shanghai Zmyslen Semiconductor Group", "Zmyslen Semi", "CN", "Room 1, 9 Zmyslen Road, Shanghai, CN"),
    ("Quibbledon International Trading LLC", "Quibbledon Trade", "AE", "Office 4, 9 Quib Street, Dubai, AE"),
    ("Ferrogrond Aviation Communications Corporation", "FAC", "CN", "3 Ferro Avenue, Xian, CN"),
    ("Ostrumel Instruments Institute", "Ostrumel Priborov", "RU", "5 Ostrumel Street, Perm, RU"),
    ("Tavlinko Precision Machinery Industry Co., Ltd.", "Tavlinko Jingmi", "CN", "88 Tavlinko Road, Dalian, CN"),
)  # fmt: skip


def listing(rows=LISTED):
    names, aliases, countries, addresses = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "listing_key": [f"k{n}" for n in range(len(rows))],
            "name": names,
            "aliases": aliases,
            "addresses": addresses,
            "countries_iso2": countries,
        }
    )


def entities(rows=LISTED):
    read = listing(rows)
    lists = read.with_columns(
        pl.col("aliases", "addresses")
        .str.split("; ")
        .list.eval(pl.element().filter(pl.element() != ""))
    )
    return tasks.entities(lists.with_columns(own_name="name"))


def test_listings_that_differ_in_legal_form_alone_are_one_entity():
    found = entities()
    joined = found.filter(pl.col("listings") > 1)
    assert joined["countries_iso2"].to_list() == ["CN;HK"]
    assert found.height == len(LISTED) - 1


def test_entities_that_share_a_name_stay_in_one_part():
    rows = [(f"Made Firm Number {n}", "Shared Made Alias", "CN", "") for n in range(12)]
    found = entities(rows)
    assert found.height == 12
    assert found["family"].n_unique() == found["part"].n_unique() == 1


def test_both_parts_hold_about_half():
    parts = splits.part(pl.Series([f"made {n}" for n in range(2000)]))
    assert 900 < (parts == splits.FINAL).sum() < 1100


@pytest.mark.parametrize("kind", list(noise.KINDS))
def test_every_kind_of_noise_changes_a_name_it_fits(kind):
    name = "Made Northern Communications Technology Group Co., Ltd."
    texts = {noise.KINDS[kind](name, noise.draw_for(n, "made")) for n in range(20)}
    assert None not in texts
    assert name not in texts


@pytest.mark.parametrize("kind", list(UNSEEN))
def test_every_other_kind_of_noise_changes_a_name(kind):
    assert (
        UNSEEN[kind]("Made Northern Widget Group Ltd", noise.draw_for(1, "made"))
        != "Made Northern Widget Group Ltd"
    )


def test_noise_depends_on_seed_and_key_alone():
    name = "Made Northern Widget Technology Co., Ltd."
    once, again = (noise.noisy(name, noise.draw_for(7, "key")) for _ in range(2))
    assert once == again
    assert len({noise.noisy(name, noise.draw_for(n, "key"))[0] for n in range(30)}) > 10
    assert unseen(name, noise.draw_for(7, "key")) == unseen(name, noise.draw_for(7, "key"))


def test_a_cut_name_has_35_characters_at_most_and_its_words_in_order():
    for n in range(200):
        text, kinds = noise.noisy("Made " + "Northern Widget " * 5, noise.draw_for(n, "cut"))
        if noise.CUT in kinds:
            assert len(text) <= noise.WIDE
            assert noise.TURNED not in kinds


def made_task(listed_rows, unlisted_rows):
    """Queries named a, b, ... whose truth is the target of the same letter in capitals."""
    queries = pl.DataFrame(
        {
            "id": [*listed_rows, *unlisted_rows],
            "entity": [*listed_rows, *unlisted_rows],
            "name": [*listed_rows, *unlisted_rows],
            "kinds": ["one typo"] * (len(listed_rows) + len(unlisted_rows)),
            "group": ["listed"] * len(listed_rows) + ["unlisted"] * len(unlisted_rows),
        }
    )
    truth = pl.DataFrame({"id": listed_rows, "right_id": [r.upper() for r in listed_rows]})
    targets = tasks.parties(pl.DataFrame({"id": ["A", "B", "C"], "name": ["A", "B", "C"]}))
    return tasks.Task("made", queries, targets, truth)


def answer(*rows):
    table = pl.DataFrame(
        rows, schema=["left_id", "right_id", "score_share", "decision"], orient="row"
    )
    return table.with_columns(
        method=pl.lit("similar name"), left_value="left_id", right_value="right_id",
        features=pl.lit("{}"), why=pl.lit("made"),
    )  # fmt: skip


def test_right_wrong_missed_and_false_hits_are_counted_apart():
    task = made_task(["a", "b", "c"], ["x", "y"])
    found = figures.measured(
        task,
        answer(
            ("a", "A", 0.9, "same"),
            ("a", "B", 0.8, "possible"),
            ("b", "C", 0.9, "possible"),
            ("x", "A", 0.7, "possible"),
            ("y", "A", 1.0, "near"),
        ),
    )
    assert (found.recall.count, found.recall.total) == (1, 3)
    assert (found.precision.count, found.precision.total) == (1, 3)
    assert found.f1 == pytest.approx(2 / 6)
    assert found.false_per_10k == pytest.approx(5000)
    assert (found.pairs_right, found.pairs_shown) == (1, 4)
    assert found.f1_interval[0] <= found.f1 <= found.f1_interval[1]


def test_a_threshold_takes_hits_away_and_never_adds_one():
    task = made_task(["a", "b"], ["x"])
    given = answer(
        ("a", "A", 0.9, "possible"), ("b", "A", 0.6, "possible"), ("x", "A", 0.7, "possible")
    )
    curve = figures.curve(task, given, (0.5, 0.65, 0.8, 0.95))
    assert [f.precision.total for f in curve] == [3, 2, 1, 0]
    assert [f.recall.count for f in curve] == [1, 1, 1, 0]


def test_the_limits_of_the_curve_leave_the_shipped_ones_alone():
    shipped = dict(decide.settings()["shown"])
    assert runs.lowered()["shown"] != shipped
    assert decide.settings()["shown"] == shipped


def test_wilsons_interval_is_that_of_the_books():
    low, high = Share(8, 10).interval
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-3)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_the_name_of_a_listing_without_its_form_makes_any_listing_of_that_name_right():
    found = entities()
    task = tasks.noisy_names(found, made_unlisted(found))
    assert set(task.truth["id"]) == set(task.queries.filter(pl.col("group") == "listed")["id"])
    assert not set(task.truth["id"]) & set(
        task.queries.filter(pl.col("group") == "unlisted")["id"]
    )


def made_unlisted(found):
    rows = pl.DataFrame(
        {
            "name": [
                "Made Northern Widget Technology",
                "Huawei Made Unit",
                "Wholly Other Bakery",
                "Plain Cobblers",
            ],
            "countries_iso2": ["CN", "CN", "SG", "US"],
            "publisher": ["OpenAlex", "PARAT", "MyCareersFuture", "PARAT"],
        }
    )
    kept, out = tasks.unlisted_names(rows, found)
    assert out == {"equal to a listed name": 1, "of a listed group, by hand rule": 1}
    return kept


def test_an_alias_held_out_is_no_target_any_more():
    task = tasks.held_out(entities())
    asked = set(task.queries["name"])
    assert asked
    assert not asked & set(task.targets["name"])


def test_baselines_find_equal_names_and_respect_countries():
    queries = tasks.parties(
        pl.DataFrame(
            {
                "id": ["q"],
                "name": ["Quibbledon International Trading"],
                "countries_iso2": ["CN"],
            }
        )
    )
    targets = tasks.parties(tasks.spellings(entities()).rename({"entity": "id"}))
    for rows in baselines.scored(queries, targets).values():
        free = baselines.best(rows, with_country=False).row(0, named=True)
        assert free["right_value"] == "Quibbledon International Trading LLC"
        held = baselines.best(rows)
        assert "Quibbledon International Trading LLC" not in held["right_value"].to_list()


@pytest.mark.parametrize(
    ("query", "target", "kind"),
    [
        ("Beijing Zmyslen Technology", "Shanghai Zmyslen Technology", error_kinds.SISTER),
        ("Advanced Technology", "Technology Solutions", error_kinds.GENERIC),
        ("ABC", "ABD", error_kinds.BRIEF),
    ],
)
def test_wrong_hits_are_told_apart(query, target, kind):
    times = error_kinds.words_of(
        pl.Series([f"Made {n} Technology" for n in range(30)] + ["Zmyslen"])
    )
    assert error_kinds.wrong_kind(query, target, "one typo", times) == kind


@pytest.fixture
def folder(tmp_path):
    """The publishers' layouts with made names."""
    tables = {
        "parat/parat_companies_2021.csv": {"name": ["Plain Cobblers", "Rasterblick"], "country": ["United States", "Germany"]},
        "parat/parat_aliases_long.csv": {
            "cset_id": ["1", "1", "1", "2", "2", "3"], "canonical": ["Made"] * 6, "country": ["China"] * 6,
            "alias": ["造名科技", "北京造名科技有限公司", "Zaoming Technology", "虚构数据", "Xugou Shuju", "Plain"],
            "script": ["Han", "Han", "Latin/other", "Han", "Latin/other", "Latin/other"],
        },
        "mcf/mcf_jobs_oct2025_orglevel.csv": {
            "title": ["Baker", "WHOLLY OTHER BAKERY PTE. LTD."], "company": ["CRUMB & SONS PTE. LTD.", "Baker"],
            "quality_flag": [None, "company_and_title_swapped"],
        },
        "openalex_cn_collab/institution_year_counts.csv": {"institution": ["Made University", "Made Hospital"], "country": ["NL", "CN"]},
        "cross_script_pairs/cross_script_pairs.csv": {
            "name1": ["造名科技", "造名科技"], "name2": ["Zaoming Technology", "Xugou Shuju"], "is_match": ["1", "0"],
            "cset_id": ["1", "1"], "cset_id_2": [None, "2"],
        },
        "cset_pla_contracts/pla_ai_contracts_2020_nonempty_343.csv": {"end_user": ["虚构大学", ".."], "supplier": ["造名有限公司", ".."]},
    }  # fmt: skip
    for path, columns in tables.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(columns).write_csv(tmp_path / path)
    listing().write_csv(tmp_path / "listing.csv")
    (tmp_path / "docs/validation").mkdir(parents=True)
    (tmp_path / "docs/img").mkdir()
    sample = {
        "left_address": ["7 Made Road, Wuhan, CN", "7 Made Road, Wuhan, CN"],
        "right_address": ["No. 7, Made Rd, Wuhan, CN", "88 Tavlinko Road, Dalian, CN"],
        "likeness_pct": [90, 75],
        "label": ["same place", "different"],
        "reason": ["made", "made"],
    }
    pl.DataFrame(sample).write_csv(tmp_path / "docs/validation/entities_addresses.csv")
    return tmp_path


def run(folder, *options):
    command = [
        sys.executable,
        "-m",
        "indicia.entities.validation",
        str(folder),
        str(folder / "docs"),
    ]
    command += ["--listing", str(folder / "listing.csv"), "--day", "2026-11-28", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_final_part_is_computed_only_when_asked():
    assert measure.parts_of(with_final=False) == (splits.DEVELOPMENT,)
    assert measure.parts_of(with_final=True) == (splits.DEVELOPMENT, splits.FINAL)


@pytest.mark.slow
def test_page_and_picture_show_the_final_part_and_the_review(folder):
    review = folder / "review.csv"
    pl.DataFrame({"name": ["x"], "listed_id": ["y"], "judged": ["true"]}).write_csv(review)
    done = run(folder, "--final", "--reviewed", str(review))
    assert done.returncode == 0, done.stderr
    page = (folder / "docs/validation/entities.md").read_text(encoding="utf-8")
    assert "| final | country | indicia | as shipped |" in page
    assert "## Noise of other kinds" in page
    assert "LogicV2 was not measured" in page
    assert "(0.0% to 79.3%; 0 of 1) of them are shown" in page
    assert "2 different suppliers and end users in 1 notices" in page
    picture = ET.parse(folder / "docs/img/validation_entities.svg").getroot()  # noqa: S314 -- written by the line above
    assert len(picture.findall("{http://www.w3.org/2000/svg}polyline")) == 4


def test_a_missing_file_is_named(folder):
    (folder / "mcf/mcf_jobs_oct2025_orglevel.csv").unlink()
    done = run(folder)
    assert done.returncode == 1
    assert "mcf_jobs_oct2025_orglevel.csv: no such file" in done.stderr
