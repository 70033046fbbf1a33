"""Made worlds: equal seeds, rows that fit, nothing from the future, traces that physics allows, no leak."""

import ast
import re
from datetime import UTC, datetime, time
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from indicia import bundled
from indicia import world as world_package
from indicia.cli import work
from indicia.errors import StoreError
from indicia.indicators import CATALOGUE
from indicia.schema import OBSERVATIONS, OBSERVED, stamped
from indicia.store import Build, Store, Vintage
from indicia.world import publishing
from indicia.world.making import World, grids, load, make
from indicia.world.making.assumptions import Setting, assumptions
from indicia.world.making.population import population
from indicia.world.publishing import publish

SMALL = 150
H1_STORIES = {c["story"] for c in assumptions()["class"] if c["hypothesis"] == "H1"}
HARD = {c["story"] for c in assumptions()["class"] if c.get("hard")}


@pytest.fixture(scope="module")
def world():
    return make(3, "middle", SMALL)


@pytest.fixture(scope="module")
def wide():
    return make(6, "easy", 400)


def test_equal_arguments_make_equal_bytes(world):
    again = make(3, "middle", SMALL)
    assert_frame_equal(again.truth, world.truth)
    assert again.tables.keys() == world.tables.keys()
    for name, rows in world.tables.items():
        assert again.tables[name].write_ipc(None).getvalue() == rows.write_ipc(None).getvalue()


def test_another_seed_or_level_makes_another_world(world):
    for other in (make(4, "middle", 40), make(3, "hard", 40)):
        assert not other.tables["power_load_month"].equals(world.tables["power_load_month"])


def test_a_level_that_is_none_is_refused():
    with pytest.raises(ValueError, match="none of easy, middle, hard"):
        make(1, "impossible", SMALL)


def test_every_row_fits_its_table_and_names_an_invented_source(world):
    for name, rows in world.tables.items():
        stamped(OBSERVED[name]).check(rows)
        assert rows.height, name
        assert rows["source"].str.starts_with("synthetic/").all()
        assert rows["licence"].str.starts_with("synthetic").all()
        assert rows["source_url"].str.contains(r"^https://[a-z.]+\.invalid/").all()


@pytest.mark.parametrize("which", ["world", "small_world"])
def test_nothing_was_published_after_the_day_it_is_looked_at_from(which, request):
    made = request.getfixturevalue(which)
    last = datetime.combine(made.as_of, time.max, UTC)
    for name, rows in made.tables.items():
        assert rows["published_utc"].max() <= last, name
        assert (rows["published_utc"] <= rows["fetched_utc"]).all(), name
    assert made.truth["first_published_date"].drop_nulls().max() <= made.as_of


def test_what_is_shown_on_an_earlier_day_was_public_by_then(world):
    day = world.as_of.replace(year=world.as_of.year - 2)
    early, late = duckdb.connect(), duckdb.connect()
    load(early, world, day)
    load(late, world)
    for name in ("customs_flow", "procurement_notice", "power_load_month"):
        query = f"SELECT count(*) AS rows, max(published_utc) AS last FROM {name}"
        (shown,), (whole,) = (db.sql(query).pl().rows() for db in (early, late))
        assert 0 < shown[0] < whole[0] == world.tables[name].height
        assert shown[1] <= datetime.combine(day, time.max, UTC)
    held = {row[0] for row in late.sql("SHOW TABLES").fetchall()}
    assert held >= {t.name for t in OBSERVATIONS}


def test_a_first_figure_stands_until_it_is_revised(world):
    key = stamped(OBSERVED["customs_flow"]).key
    first, now = world.superseded["customs_flow"], world.tables["customs_flow"]
    both = first.join(now, on=key, suffix="_now")
    assert 0 < both.height == first.height < now.height / 10
    after = (both["published_utc_now"] - both["published_utc"]).dt.total_days()
    assert after.unique().to_list() == [assumptions()["trade"]["revised_after_days"]]
    assert (both["value_reported_usd"] != both["value_reported_usd_now"]).mean() > 0.99
    day = both["published_utc_now"].dt.date().median()
    early = duckdb.connect()
    load(early, world, day)
    shown = early.sql("SELECT * FROM customs_flow").pl()
    assert not shown.select(key).is_duplicated().any()
    held = both.join(shown, on=key, suffix="_shown")
    is_old = held["published_utc_now"] > datetime.combine(day, time.max, UTC)
    assert 0 < is_old.sum() < held.height
    told = held.select(
        pl.when(is_old).then("value_reported_usd").otherwise("value_reported_usd_now")
    ).to_series()
    assert (told == held["value_reported_usd_shown"]).all()


def test_all_eight_explanations_all_stories_and_all_hard_negatives_are_there(world):
    assert set(world.truth["hypothesis"]) == {f"H{n}" for n in range(1, 9)}
    assert set(world.truth["story"]) == {c["story"] for c in assumptions()["class"]}
    hard = world.truth.filter("is_hard_negative")
    assert set(hard["story"]) == HARD
    assert len(HARD) == 9
    assert world.truth.filter(pl.col("hypothesis") == "H1", "is_hard_negative").is_empty()
    assert world.truth.height == SMALL == world.truth["facility_id"].n_unique()


def test_its_page_states_every_class_level_and_rule_as_the_file_has_them():
    page = bundled.path("docs/validation/worlds.md").read_text(encoding="utf-8")
    given = assumptions()
    for c in given["class"]:
        assert f"| {c['story']} | {c['hypothesis']} | {100 * c['share']:g} % |" in page, c[
            "story"
        ]
    for name, times in (
        ("noise", 1),
        ("omitted_share", 100),
        ("lag", 1),
        ("silent_share", 100),
        ("revised_share", 100),
        ("misprint_share", 100),
    ):
        unit = " %" if times == 100 else ""
        row = " | ".join(
            f"{times * given['levels'][level][name]:.4g}{unit}"
            for level in ("easy", "middle", "hard")
        )
        assert row in page.replace("1.0 |", "1 |"), (name, row)
    for day in given["registers"]["rule_days"]:
        year, _, date_ = day.split("-")
        assert re.search(rf"\b{int(date_)} \w+ {year}", page), day


def test_planted_clusters_are_rare_and_of_the_stated_sizes():
    made = population(Setting(1, "middle"), 2000)
    planted = made.filter(pl.col("hypothesis") == "H1")
    assert 0.01 <= planted.height / made.height <= 0.02
    assert set(planted["chips_count"]) <= set(assumptions()["chips"]["sizes"])
    assert planted["chips_count"].n_unique() >= 4


def test_a_small_cluster_is_invisible_in_a_zone_of_gigawatts_and_a_large_one_is_not():
    setting = Setting(2, "middle")
    sites = population(setting, SMALL)
    whole = grids.grids(setting, sites)
    for mw, is_seen in ((0.34, False), (900.0, True)):
        none = grids.grids(
            setting, sites.with_columns(mw=pl.when(pl.col("at") == 0).then(0.0).otherwise("mw"))
        )
        with_it = grids.grids(
            setting, sites.with_columns(mw=pl.when(pl.col("at") == 0).then(mw).otherwise("mw"))
        )
        zone = whole.zone_of[0]
        step = (with_it.base_mw - none.base_mw)[zone].max()
        assert step == pytest.approx(mw * sites["base_share"][0])
        others = np.delete(with_it.base_mw - none.base_mw, zone, axis=0)
        assert np.abs(others).max() == 0
        large = whole.zones.filter(pl.col("size") == "large")["noise_mw"].min()
        assert (step > 3 * large) == is_seen


def test_power_is_visible_where_the_step_stands_out_from_its_zone_or_a_meter_is_published(wide):
    made = wide
    metered = made.tables["power_site_year"]["facility_id"].unique()
    seen = made.truth.filter(
        pl.col("families_visible").list.contains("power"),
        ~pl.col("facility_id").is_in(metered.implode()),
    )
    least = assumptions()["grids"]["small_mw"][0] * assumptions()["grids"]["small_noise"]
    assert seen.height
    assert seen["mw"].min() > least
    small = made.truth.filter(
        pl.col("chips_count") == 256, ~pl.col("facility_id").is_in(metered.implode())
    )
    assert not small["families_visible"].list.contains("power").any()


def test_dates_of_the_truth_stand_in_order(world):
    told = world.truth.filter(pl.col("families_visible").list.len() > 0)
    assert told["first_published_date"].null_count() == 0
    assert (told["first_trace_date"] <= told["first_published_date"]).all()
    two = told.filter(pl.col("families_visible").list.len() > 1)
    assert (two["first_published_date"] <= two["second_published_date"]).all()
    none = world.truth.filter(pl.col("families_visible").list.len() == 0)
    assert none["first_published_date"].null_count() == none.height
    tied = world.truth.select(
        pl.col("families_tied").list.set_difference("families_visible").list.len()
    )
    assert tied.to_series().sum() == 0


def test_levels_differ_in_what_reaches_the_public(wide):
    hard = make(6, "hard", 400)
    told = {
        w.level: w.truth.filter(pl.col("hypothesis") == "H1")["families_visible"]
        .list.len()
        .mean()
        for w in (wide, hard)
    }
    assert told["easy"] > told["hard"]
    for name in ("entity_record", "staffing_count", "facility_state"):
        assert hard.tables[name].height < wide.tables[name].height, name


def _texts(world: World):
    for name, rows in world.tables.items():
        for column in rows.columns:
            if rows[column].dtype == pl.String:
                yield name, column, rows[column].drop_nulls().unique()


def test_no_text_of_any_table_says_what_a_facility_is(world):
    told = "|".join(
        re.escape(s)
        for s in {*H1_STORIES, *HARD, *(c["story"] for c in assumptions()["class"])}
    )
    for name, column, texts in _texts(world):
        hits = texts.filter(
            texts.str.contains(rf"(?i){told}") | texts.str.contains(r"\bH[1-8]\b")
        )
        # The edition of the code list of customs offices is called H6.
        assert hits.is_empty() or column == "classification", (name, column, hits.head(3))


def test_no_value_of_a_facilitys_own_rows_is_borne_by_all_planted_ones_and_nobody_else(wide):
    made = wide
    planted = set(made.truth.filter(pl.col("hypothesis") == "H1")["facility_id"])
    for name in (
        "facility",
        "facility_party",
        "facility_state",
        "exposure",
        "hardware_statement",
    ):
        rows = made.tables[name]
        key = "facility_id" if "facility_id" in rows.columns else "subject"
        for column in sorted(set(rows.columns) - {key}):
            for value, owners in (
                rows.drop_nulls(column)
                .group_by(pl.col(column).cast(pl.String))
                .agg(pl.col(key).unique())
                .iter_rows()
            ):
                borne = set(owners)
                assert not (len(borne) > 1 and borne == planted), (name, column, value)


def test_ids_and_order_say_nothing_of_what_a_facility_is():
    place = []
    for seed in range(1, 7):
        made = population(Setting(seed, "middle"), 600)
        place += (made.filter(pl.col("hypothesis") == "H1")["at"] / made.height).to_list()
    assert abs(np.mean(place) - 0.5) < 4 * np.sqrt(1 / 12 / len(place))


def test_every_brand_place_and_firm_is_unmistakably_invented(world):
    marks = r"(?i)oqx|yxq|uqz|ixq|虚"
    for name, column in (
        ("facility", "name"), ("facility", "place"), ("facility_party", "party_name"), ("entity_record", "name"),
        ("entity_listing", "name"), ("procurement_notice", "buyer_name"), ("staffing_count", "employer"),
        ("shipment", "consignee_name"), ("shipment", "shipper_name"), ("power_load_month", "zone_id"),
    ):  # fmt: skip
        texts = world.tables[name][column].drop_nulls()
        assert texts.str.contains(marks).all(), (
            name,
            column,
            texts.filter(~texts.str.contains(marks)).head(3),
        )


def test_its_making_imports_nothing_that_weighs():
    forbidden = (
        "scoring",
        "indicators",
        "reference",
        "answers",
        "entities",
        "world.null_subjects",
        "world.evaluation",
    )
    folder = Path(world_package.__file__).parent / "making"
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith(tuple(f"indicia.{f}" for f in forbidden)), (
                    path.name,
                    name,
                )
        assert "data/reference" not in path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def small_world():
    return make(3, "easy", 40)


@pytest.fixture(scope="module")
def synthetic_home(tmp_path_factory, small_world):
    home = tmp_path_factory.mktemp("synthetic")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "CATALOGUE", CATALOGUE[:1])
        made = publish(home, small_world)
    return home, made


def test_a_published_world_is_a_synthetic_store_whose_rows_lead_to_archived_bodies(
    synthetic_home, small_world
):
    home, made = synthetic_home
    assert made.kind == "synthetic"
    with Store.open(home) as store:
        fetches = store.sql('SELECT fetch_id, source, url, sha256 FROM "fetch"')
        assert fetches["url"].str.starts_with("synthetic://").all()
        for name, rows in small_world.tables.items():
            shown = store.sql(f"SELECT fetch_id FROM {name}")
            assert shown.height == rows.height, name
            assert shown["fetch_id"].is_in(fetches["fetch_id"].implode()).all()
        assert fetches["url"].str.ends_with("/customs-offices/first-figures").sum() == 1
    old = small_world.superseded["customs_flow"]
    with Store.open(home, as_of=old["published_utc"].max().date()) as store:
        shown = store.sql("SELECT * EXCLUDE (fetch_id) FROM customs_flow")
        held = old.join(shown, on=stamped(OBSERVED["customs_flow"]).key, suffix="_shown")
        newest = held.filter(pl.col("published_utc") == pl.col("published_utc").max())
        assert newest.height
        assert (newest["value_reported_usd"] == newest["value_reported_usd_shown"]).all()
        assert (
            store.sql("SELECT facility_id FROM assessment").height == small_world.truth.height
        )
    assert publish(home, small_world) == made


def test_real_and_invented_data_never_share_a_home(synthetic_home, small_world, tmp_path):
    home, _ = synthetic_home
    with pytest.raises(StoreError, match="another invented world"):
        publish(home, make(4, "easy", 40))
    real = tmp_path / "real"
    rows = small_world.tables["event"].with_columns(source=pl.lit("context/events"))
    day = rows["published_utc"].max()
    vintage = Vintage(day, day, "x", is_snapshot=False)
    with Build(real) as build:
        build.load(OBSERVED["event"], rows, vintage, "context/events")
        build.publish(rules_version="made", kind="live", now=day)
    with pytest.raises(StoreError, match="holds data of real sources"):
        publish(real, small_world)
    with Build(real) as build, pytest.raises(StoreError, match="never mixed"):
        build.load(OBSERVED["event"], rows, vintage, "synthetic/gazette")
    with (
        Build(real) as build,
        pytest.raises(StoreError, match="never becomes one of kind synthetic"),
    ):
        build.publish(rules_version="made", kind="synthetic", now=day)


def test_a_refresh_of_real_sources_is_refused_in_a_synthetic_home(synthetic_home):
    home, made = synthetic_home
    asked = []

    def tasks(_archive):
        yield object()
        asked.append("went on")

    with pytest.raises(StoreError, match="holds a synthetic store"):
        work.refresh(home, tasks, progress=lambda _text: None)
    assert not asked
    with Store.open(home) as store:
        assert store.manifest == made
