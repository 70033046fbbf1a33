"""The starter data keeps what its README promises."""

import tomllib
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from indicia import bundled
from indicia.reference import tables as reference
from indicia.schema import OBSERVED, facility_id, parsed
from indicia.sources import own_tables
from ingest.entities.csl_names import is_apparent_person

STARTER = bundled.path("data/starter")
FILES = sorted(STARTER.glob("*/*/*.csv"))
LARGEST_BYTES = 1_500_000
FIRST_DECIMALS_TOO_MANY = 3
COARSE = ("city", "county", "region", "country", "unknown")
NAMES = pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(STARTER)))


def read(path: Path) -> own_tables.Parsed:
    source = "/".join(path.relative_to(STARTER).parts[:2])
    return own_tables.read(source, str(path), OBSERVED[path.stem], path.read_bytes())


@cache
def table(name: str) -> pl.DataFrame:
    return pl.concat([read(p).tables[name] for p in FILES if p.stem == name])


@NAMES
def test_every_row_of_every_file_is_accepted(path):
    got = read(path)
    assert got.rejections == ()
    assert got.tables[path.stem].height == got.rows_in > 0


@NAMES
def test_every_row_fits_its_table_with_one_row_per_key(path):
    parsed(OBSERVED[path.stem]).check(read(path).tables[path.stem])


@NAMES
def test_every_row_links_to_its_source_and_states_licence_and_reliability(path):
    frame = read(path).tables[path.stem]
    assert frame["source_url"].str.contains("^https?://[^ ]+$").all()
    assert not frame["licence"].is_null().any()
    assert not frame["reliability"].is_null().any()
    dated = frame["published_utc"].is_not_null()
    assert (dated == frame["published_basis"].is_not_null()).all()


def test_the_origin_file_tells_of_every_file_and_of_no_other():
    origin = tomllib.loads((STARTER / "origin.toml").read_text(encoding="utf-8"))
    told = {f["path"] for f in origin["file"]}
    assert told == {str(p.relative_to(STARTER)) for p in FILES}
    assert all(f[k] for f in origin["file"] for k in ("compiled", "publishers", "licence"))
    assert origin["retrieved"].isoformat() == "2026-11-21"


def test_no_file_is_large():
    assert all(p.stat().st_size < LARGEST_BYTES for p in FILES)


def test_at_least_sixty_facilities_in_sixteen_countries_have_ids_of_their_own():
    facilities = table("facility")
    assert facilities.height >= 60
    assert facilities["country_iso2"].n_unique() >= 16
    assert facilities["facility_id"].is_unique().all()


@pytest.mark.parametrize(
    ("path", "publisher"),
    [
        ("facilities/epoch", "epoch"),
        ("power/operator_disclosures", "disclosed"),
        ("context/analyst", "analyst"),
    ],
)
def test_a_facility_id_is_made_from_its_publisher_and_key(path, publisher):
    frame = read(STARTER / path / "facility.csv").tables["facility"]
    made = [facility_id(publisher, k) for k in frame["publisher_key"]]
    assert frame["facility_id"].to_list() == made


@pytest.mark.parametrize(
    "name",
    ["facility_party", "facility_state", "power_site_year", "exposure", "event", "document"],
)
def test_what_names_a_facility_names_one_that_exists(name):
    named = set(table(name)["facility_id"].drop_nulls())
    assert named
    assert named <= set(table("facility")["facility_id"])


def test_a_place_not_known_to_the_site_has_at_most_two_decimals():
    coarse = table("facility").filter(pl.col("coord_precision").is_in(COARSE))
    for axis in ("latitude_deg", "longitude_deg"):
        decimals = [len(str(v).partition(".")[2]) for v in coarse[axis].drop_nulls()]
        assert max(decimals) < FIRST_DECIMALS_TOO_MANY


def test_a_place_known_only_to_its_country_has_no_point():
    vague = table("facility").filter(pl.col("coord_precision").is_in(["country", "unknown"]))
    assert vague["latitude_deg"].is_null().all()
    assert vague["longitude_deg"].is_null().all()


def test_ten_zones_have_a_row_for_each_month_of_five_years():
    months = table("power_load_month")
    assert months["zone_id"].n_unique() == 10
    assert months.group_by("zone_id").len()["len"].to_list() == [60] * 10
    hours = months["hours_reported_count"] + months["hours_imputed_count"]
    assert hours.is_between(672, 744).all()
    assert (months["base_load_mw"] <= months["mean_load_mw"]).all()


def test_base_load_of_far_west_texas_grew_as_its_publisher_says():
    zone = table("power_load_month").filter(pl.col("zone_id") == "ERCO-FWES")
    by_year = zone.group_by(pl.col("month_date").dt.year().alias("year")).agg(
        pl.col("mean_load_mw").mean()
    )
    mean = dict(by_year.iter_rows())
    assert mean[2024] / mean[2020] == pytest.approx(1.841, abs=0.01)


def test_weights_of_a_scope_sum_to_one_at_most_and_each_says_why():
    exposures = table("exposure")
    sums = exposures.group_by("scope_kind", "scope_id").agg(pl.col("weight_share").sum())
    assert sums["weight_share"].max() <= 1
    assert exposures["weight_share"].min() > 0
    assert exposures["basis"].str.len_chars().min() > 20


def test_a_weighed_zone_process_or_employer_is_one_the_data_holds():
    exposures = table("exposure")
    adverts = table("staffing_count")
    held = {
        "zone": set(table("power_load_month")["zone_id"]),
        "process": set(table("procurement_notice")["process_id"]),
        "employer": set((adverts["employer"] + " @ " + adverts["place"]).to_list()),
    }
    for kind, known in held.items():
        used = set(exposures.filter(pl.col("scope_kind") == kind)["scope_id"])
        assert used
        assert used <= known


def test_at_most_twelve_lanes_and_no_basket_of_the_press_is_taken_for_an_hs_code():
    flows = table("customs_flow")
    assert flows.select("reporter_iso3", "partner_iso3").n_unique() <= 12
    press = flows.filter(pl.col("reliability") == "C")
    assert press["hs_code"].str.starts_with("press:").all()


def test_at_least_six_notices_are_there_and_a_plan_is_never_an_award():
    notices = table("procurement_notice")
    assert notices.height >= 6
    assert notices.filter(pl.col("line_id") == "plan")["stage"].unique().to_list() == ["plan"]


def test_rules_and_cases_are_there_with_their_status():
    events = table("event")
    assert events.filter(pl.col("event_id").str.contains(r"^[CN]\d\d")).height == 36
    assert events.filter(pl.col("event_id").str.contains(r"^[LREGPXB]\d{4}")).height == 26
    assert events.filter(pl.col("kind") == "listing").height >= 7


def test_an_allegation_in_the_press_never_bears_a_settled_status():
    settled = table("event").filter(pl.col("status").is_in(["convicted", "charged"]))
    assert settled["reliability"].is_in(["A", "B"]).all()


def test_steps_after_the_copy_of_the_campus_list_are_projections_one_per_campus():
    steps = read(STARTER / "facilities/epoch/facility_state.csv").tables["facility_state"]
    later = steps["on_date"] > pl.date(2025, 12, 17)
    after = steps.with_columns(steps.select(later).to_series().alias("is_later"))
    assert (after["is_later"] == after["is_projection"]).all()
    assert after.filter("is_later")["facility_id"].is_unique().all()
    assert steps["power_reported_mw"].is_null().all()


@pytest.mark.parametrize(
    "word", ["National Supercomputing Center Wuxi", "Inspur Group", "Sugon", "Huawei Cloud"]
)
def test_the_entity_list_holds_the_organisations_the_events_name(word):
    assert table("entity_listing")["name"].str.contains(word, literal=True).any()


def test_the_entity_list_holds_no_apparent_person_and_no_entry_that_is_only_an_address():
    listed = table("entity_listing")
    persons = listed.filter(is_apparent_person(pl.col("name"), pl.col("aliases")))
    assert persons.height == 0
    assert not listed["name"].str.contains(r"^Address \d").any()


def test_what_one_press_report_says_shares_one_origin():
    told = [
        table(name).filter(pl.col("facility_id") == "analyst-yiwu-county-plans")["origin_id"]
        for name in ("facility", "facility_party", "facility_state", "event")
    ]
    plans = table("procurement_notice").filter(pl.col("stage") == "plan")["origin_id"]
    assert {o for column in (*told, plans) for o in column} == {"bloomberg-2025-07-08"}


@pytest.mark.parametrize("name", ["facility_state", "event"])
def test_a_coarse_date_is_the_first_day_of_its_period(name):
    day = pl.col("on_date" if name == "facility_state" else "starts_date")
    dated = table(name).filter(day.is_not_null())
    first = {
        "month": day.dt.month_start(),
        "quarter": day.dt.truncate("1q"),
        "year": day.dt.truncate("1y"),
    }
    for precision, expected in first.items():
        coarse = dated.filter(pl.col("date_precision") == precision)
        assert coarse.select((day == expected).all()).item()


def test_rule_markers_are_the_rows_of_the_policy_clock():
    rules = reference.table("rules").select(
        "rule_id",
        starts_date=pl.coalesce("effective_from", "announced_date").str.to_date(),
        ends_date=pl.col("effective_to").str.to_date(),
    )
    events = table("event")
    assert set(rules["rule_id"]) <= set(events["event_id"])
    joined = events.filter(pl.col("kind") == "rule").join(
        rules, left_on="event_id", right_on="rule_id", suffix="_rule"
    )
    assert joined.height
    assert joined["starts_date"].to_list() == joined["starts_date_rule"].to_list()
    assert joined["ends_date"].to_list() == joined["ends_date_rule"].to_list()
