"""Computing claimed by an organisation over time, against the hardware disclosed."""

import json
from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest

from indicia import bundled
from indicia.answers import charts, claimed
from indicia.answers import claims as claims_shipped
from indicia.cli.main import program
from indicia.errors import UsageError
from indicia.reference import tables
from indicia.reference.compute import claimed as scored
from indicia.reference.compute.claims import Claim, imply
from indicia.store import Store

HOUR, TERA, YEAR_HOURS = 3600, 1e12, 24 * 366
PEAK = 989.5
HARDWARE = {
    "subject_kind": "party", "subject": "Made Labs", "kind": "installed", "chip_text": "NVIDIA H100",
    "on_date": date(2023, 1, 1), "number": 1000.0,
}  # fmt: skip
CLAIM = {
    "model": "Made-LM", "organisations": "Made Labs", "published_date": date(2024, 5, 1),
    "training_reported_flop": None, "training_estimated_flop": 6e24, "confidence": "likely",
    "hardware_text": "NVIDIA H100", "accelerators_count": 2000.0, "training_time_hours": 2000.0,
    "accelerator_hours": None, "parameters_count": 1e11, "tokens_count": 1e13, "note": None,
    "base_models": None,
}  # fmt: skip
NUMBERS = {
    "training_reported_flop": pl.Float64, "training_estimated_flop": pl.Float64,
    "accelerator_hours": pl.Float64, "note": pl.String, "base_models": pl.String,
    "confidence": pl.String,
}  # fmt: skip


def hardware(*rows):
    frame = pl.DataFrame([HARDWARE | r for r in rows] or [HARDWARE])
    return scored.with_class(frame if rows else frame.clear(), "chip_text")


def claims(*rows):
    frame = pl.DataFrame([CLAIM | r for r in rows], schema_overrides=NUMBERS)
    return scored.plausibility(scored.with_class(scored.with_interval(frame), "hardware_text"))


def could(frame, year):
    row = scored.capacity(frame, [year]).row(0, named=True)
    return row["flop_least"], row["flop_most"]


def test_a_whole_year_of_hardware_gives_number_times_peak_times_hours():
    least, most = could(hardware({}), 2024)
    assert least == most == pytest.approx(1000 * PEAK * TERA * HOUR * YEAR_HOURS)


def test_hardware_counts_from_its_day_and_for_five_years():
    late = hardware({"on_date": date(2024, 12, 31)})
    assert could(late, 2024)[0] == pytest.approx(1000 * PEAK * TERA * HOUR * 24)
    assert scored.capacity(late, [2023, 2031]).is_empty()


def test_what_was_used_in_training_counts_for_the_year_before_its_day():
    used = hardware({"kind": "used in training", "on_date": date(2024, 1, 11)})
    assert could(used, 2024)[0] == pytest.approx(1000 * PEAK * TERA * HOUR * 24 * 10)
    assert could(used, 2023)[0] > 30 * could(used, 2024)[0]


def test_the_least_is_the_largest_statement_and_the_most_adds_what_is_installed():
    both = hardware({}, {"number": 3000.0, "chip_text": "NVIDIA H200"})
    least, most = could(both, 2024)
    assert most / least == pytest.approx(4 / 3)
    used = hardware(
        {}, {"number": 500.0, "kind": "used in training", "on_date": date(2024, 6, 1)}
    )
    assert could(used, 2024)[0] == could(used, 2024)[1]


def test_a_later_statement_of_a_site_replaces_the_earlier_one():
    site = {"subject_kind": "facility", "subject": "epoch-made"}
    rows = hardware(site, site | {"on_date": date(2024, 1, 1), "number": 2000.0})
    assert could(rows, 2024) == could(hardware({"number": 2000.0}), 2024)


def test_hardware_without_a_published_peak_gives_nothing_and_takes_the_ratio_away():
    row = scored.capacity(hardware({"chip_text": "Made TPU"}), [2024]).row(0, named=True)
    assert (row["statements"], row["without_peak"], row["flop_most"]) == (0, 1, None)
    both = hardware({}, {"chip_text": "Made TPU"})
    years = scored.by_year(claims({}), both).filter(year=2024).row(0, named=True)
    assert years["could_most_35%_flop"] > 0
    assert years["claimed_of_most_ratio"] is None
    assert (
        scored.by_year(claims({}), hardware({}))["claimed_of_most_ratio"].drop_nulls().len()
        == 1
    )


@pytest.mark.parametrize(
    ("confidence", "factor"),
    [("confident", 3), ("likely", 10), ("speculative", 31), (None, 31)],
)
def test_an_estimate_has_the_interval_its_publisher_gives(confidence, factor):
    row = claims({"confidence": confidence}).row(0, named=True)
    assert row["flop_p95"] / row["flop"] == pytest.approx(factor)
    assert row["flop"] / row["flop_p05"] == pytest.approx(factor)


def test_reported_operations_stand_as_stated():
    row = claims({"training_reported_flop": 5e24}).row(0, named=True)
    assert (row["flop"], row["flop_p05"], row["flop_p95"], row["basis"]) == (
        5e24, 5e24, 5e24, "reported",
    )  # fmt: skip


def test_operations_that_may_come_from_the_hardware_give_no_utilisation():
    row = claims({"parameters_count": 3e11}).row(0, named=True)
    assert row["implied_share"] is None
    assert "come from the hardware" in row["band"]


@pytest.mark.parametrize(
    "independent",
    [{}, {"parameters_count": None, "note": "Epoch AI's method: Operation counting."},
     {"parameters_count": None, "training_reported_flop": 6e24}],
)  # fmt: skip
def test_operations_counted_or_reported_give_the_same_utilisation_as_one_claim_alone(
    independent,
):
    row = claims(independent).row(0, named=True)
    alone = imply(Claim("x", flop=6e24, chip_class="hopper", accelerator_hours=4e6))
    assert row["implied_share"] == pytest.approx(alone.mfu)
    assert row["band"] == alone.band


def test_an_estimated_range_of_operations_is_the_range_of_the_utilisation():
    claim = Claim(
        "x", flop=6e24, chip_class="hopper", accelerator_hours=4e6, flop_range=(2e24, 18e24)
    )
    found = imply(claim)
    assert found.mfu_interval.width == pytest.approx(9)
    assert found.mfu_interval.holds(found.mfu)


def test_years_put_claims_and_hardware_side_by_side_and_leave_derived_models_out():
    own = claims({}, {"model": "Made-LM tuned", "base_models": "Made-LM"})
    years = scored.by_year(own, hardware({}))
    assert years["year"].to_list() == [2023, 2024]
    row = years.row(1, named=True)
    assert (row["models"], row["claimed_flop"]) == (1, 6e24)
    assert row["could_least_50%_flop"] / row["could_least_20%_flop"] == pytest.approx(2.5)
    assert row["claimed_of_most_ratio"] == pytest.approx(6e24 / row["could_most_35%_flop"])


def test_years_without_hardware_or_without_claims_are_told_and_not_invented():
    alone = scored.by_year(claims({}), hardware())
    assert alone["could_least_35%_flop"].to_list() == [None]
    none = scored.by_year(claims({}).clear(), hardware({}))
    assert none["claimed_flop"].null_count() == none.height > 0


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("empty")) as opened:
        yield opened


def test_shipped_claims_speak_without_any_store(store):
    assert set(claimed.organisations(store)) == {"DeepSeek", "Alibaba", "Moonshot AI"}
    own, disclosed, years = claimed.of_organisation(store, "deepseek")
    assert own["implied_share"].drop_nulls().to_list() == [pytest.approx(0.346, abs=5e-4)]
    assert disclosed["number"].to_list() == [2048]
    assert claimed.shown_years(years)["year"].to_list() == ["2024", "2026"]


def test_an_invented_world_knows_no_real_developer(store):
    invented = SimpleNamespace(kind="synthetic", as_of=None, sql=store.sql)
    assert claimed.organisations(invented) == []
    assert claims_shipped.published("synthetic") == []


def test_one_organisation_is_found_by_any_of_its_names(store):
    assert claimed.of_organisation(store, "Moonshot AI")[0].height == 1


def test_an_unknown_organisation_gets_the_names_near_it(store):
    with pytest.raises(UsageError, match="Near it: DeepSeek"):
        claimed.of_organisation(store, "deepsek")
    with pytest.raises(UsageError, match="3 are known"):
        claimed.of_organisation(store, "??")


def test_every_name_of_an_organisation_leads_to_one_that_is_no_other_name():
    names = tables.table("organisation_names")
    assert names["published"].is_unique().all()
    assert not set(names["organisation"]) & set(names["published"])


def test_the_picture_says_what_a_claim_leaves_out_and_has_a_point_per_claim(store):
    own, _, years = claimed.of_organisation(store, "DeepSeek")
    chart = charts.claimed(own, years, "DeepSeek", "MADE DATA").to_dict()
    text = json.dumps(chart, default=str)
    for said in ("failed runs", "rented", "MADE DATA", "35 %", "DeepSeek-V4-Pro"):
        assert said in text
    bare = charts.claimed(own, years.clear(), "DeepSeek", "MADE DATA").to_dict()
    assert len(bare["layer"]) == len(chart["layer"]) - 2


def test_the_command_line_knows_the_organisation_option():
    (option,) = [
        p
        for c in program.registered_commands
        if c.callback.__name__ == "claims"
        for p in [c.callback.__annotations__.get("organisation")]
    ]
    assert option is not None


def test_starter_claims_name_no_person_and_grade_estimates_honestly():
    path = bundled.path("data/starter/staffing/epoch_models/training_claim.csv")
    rows = pl.read_csv(path, infer_schema=False)
    assert not {"Authors", "authors"} & set(rows.columns)
    estimated = rows.filter(pl.col("training_reported_flop").is_null())
    unsure = estimated.filter(pl.col("confidence") != "confident")
    assert unsure.height
    assert set(unsure["reliability"]) == {"C"}
