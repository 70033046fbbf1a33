"""Steps against ramps, noise, seasons and broken months; zones, hours and campuses."""

from datetime import UTC, datetime

import made
import numpy as np
import polars as pl
import pytest

from indicia.indicators import base_load_step
from indicia.indicators.steps import best_steps, lone_months, spread

MONTH = np.arange(60)
SEASON = 1 + 0.2 * np.sin(2 * np.pi * MONTH / 12)


def zone(base_mw, **more):
    db = made.database(power_load_month=made.monthly_base_load("Z", base_mw, **more))
    found = base_load_step.compute(db)
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


def steps_per_hundred(shape, share=0.03):
    rng = np.random.default_rng(7)
    values = np.log(100 * shape * (1 + share * rng.standard_normal((100, 60))))
    found = best_steps(values)
    accepted = found.is_break & ~found.is_growth & (found.size >= 3.5 * found.sigma)
    return found, int(accepted.sum())


def test_a_planted_step_is_found_in_its_month_under_a_strong_season():
    found, flagged = steps_per_hundred(SEASON * (1 + 0.3 * (MONTH >= 33)))
    assert flagged >= 95
    assert np.median(np.abs(found.split - 33)) <= 1
    assert np.median(np.exp(found.size) - 1) == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    "shape",
    [
        np.ones(60),
        SEASON,
        SEASON * np.exp(0.01 * MONTH),
        1 + 0.8 * MONTH / 60,
        1 + 0.6 * np.clip((MONTH - 20) / 24, 0, 1),
        1 + 0.015 * np.clip(MONTH - 30, 0, None),
        1 - 0.3 * (MONTH >= 30),
    ],
    ids=["noise", "season", "growth", "line", "two-year ramp", "kink", "fall"],
)
def test_what_is_no_upward_step_does_not_flag(shape):
    assert steps_per_hundred(shape)[1] <= 1


def test_one_broken_month_is_no_step():
    base = 100 * made.scatter(60, 0.02)
    base[40] = 12.0
    assert lone_months(np.log(base)[None, :])[0].nonzero()[0].tolist() == [40]
    assert zone(base)[0]["result"] == "no_flag"


def test_one_high_month_near_the_end_is_no_step():
    base = 100 * made.scatter(60, 0.01)
    base[47] = 900.0
    assert zone(base)[0]["result"] == "no_flag"
    assert zone(base)[0]["observed_value"] == 0.0


def test_a_broken_month_does_not_hide_a_step():
    base = 60 * made.scatter(60, 0.02) + 12 * (MONTH >= 30)
    base[12] = 1.0
    assert zone(base)[0]["result"] == "flag"


def test_a_step_has_no_lone_month():
    assert not lone_months(
        np.log(100 * made.scatter(60, 0.02) * (1 + 0.5 * (MONTH >= 30)))[None]
    ).any()


def test_spread_falls_back_to_the_mean_deviation_and_then_says_nothing():
    rows = np.array([[1.0, 1, 1, 1, 5], [2.0, 2, 2, 2, 2], [1.0, 2, 3, np.nan, np.nan]])
    assert spread(rows)[:1] == pytest.approx([1.253314 * 4 / 5])
    assert np.isnan(spread(rows)[1])
    assert spread(rows)[2] == pytest.approx(1 / 0.6745)


def test_a_step_below_five_megawatts_does_not_flag_however_clear():
    small = 10 * made.scatter(60, 0.01) + 4.0 * (MONTH >= 30)
    row, _ = zone(small)
    assert (row["result"], row["threshold_value"]) == ("no_flag", 5.0)
    assert row["observed_value"] == pytest.approx(4.0, abs=0.3)
    assert zone(small + 3.0 * (MONTH >= 30))[0]["result"] == "flag"


def test_a_flag_cites_the_months_on_either_side_of_the_step():
    row, sources = zone(60 * made.scatter(60, 0.02) + 25 * (MONTH >= 30))
    keys = sources["row_key"].to_list()
    assert row["result"] == "flag"
    assert f"zone_id=Z, month_date={row['starts_date']}" in keys
    assert len(keys) == 4


@pytest.mark.parametrize(("count", "result"), [(35, "no_data"), (36, "no_flag")])
def test_three_years_are_the_least(count, result):
    assert zone(100 * made.scatter(count, 0.02))[0]["result"] == result


def test_imputed_hours_lower_the_quality():
    row, _ = zone(
        100 * made.scatter(60, 0.02), hours_reported_count=372, hours_imputed_count=372
    )
    assert row["quality_share"] == pytest.approx(0.5)


def test_a_small_quiet_zone_would_have_shown_a_step_and_a_large_one_would_not():
    quiet, loud = zone(30 * made.scatter(60, 0.02))[0], zone(9000 * made.scatter(60, 0.02))[0]
    assert quiet["detectability_share"] > 0.9
    assert loud["detectability_share"] < 0.01


def test_hours_outrank_months_and_a_month_with_a_tenth_missing_is_left_to_the_months():
    june = [100.0] * 720
    gaps = [100.0] * 600 + [None] * 120
    hours = made.hourly_load("Z", june, datetime(2024, 6, 1, tzinfo=UTC))
    hours += made.hourly_load("Z", gaps, datetime(2024, 11, 1, tzinfo=UTC))
    db = made.database(
        power_load=hours, power_load_month=made.monthly_base_load("Z", np.full(60, 50.0))
    )
    base = {str(r[1])[:7]: (r[2], r[3]) for r in db.sql(base_load_step.MONTHS).fetchall()}
    assert base["2024-06"] == (100.0, "power_load")
    assert base["2024-11"] == (50.0, "power_load_month")


@pytest.mark.parametrize(
    ("average_mw", "result"),
    [
        ([20, 22, 21, 23, 22, 24, 60], "flag"),
        ([20, 30, 41, 50, 61, 70, 81], "no_flag"),
        ([20, 22, 21, 23, 60], "no_data"),
        ([20, 20, 20, 20, 20, 20, 20], "no_data"),
    ],
    ids=["jump", "steady growth", "five years", "no spread"],
)
def test_a_campus(average_mw, result):
    db = made.database(power_site_year=made.campus_years("epoch-x", average_mw))
    (row,) = base_load_step.compute(db).evidence.iter_rows(named=True)
    assert (row["scope_kind"], row["result"]) == ("facility", result)


def test_a_partial_year_of_a_campus_is_no_year():
    years = made.campus_years("epoch-x", [20, 22, 21, 23, 22, 24])
    years.append({**years[0], "year": 2021, "average_reported_mw": 90.0, "is_partial": True})
    (row,) = base_load_step.compute(made.database(power_site_year=years)).evidence.iter_rows(
        named=True
    )
    assert row["result"] == "no_flag"


def test_among_many_zones_a_step_has_a_p_and_among_few_it_has_none():
    rows = [
        made.monthly_base_load(f"Z{n:02}", 900 * made.scatter(60, 0.02, n)) for n in range(24)
    ]
    stepped = 900 * made.scatter(60, 0.02, 99) + 200 * (np.arange(60) >= 30)
    rows.append(made.monthly_base_load("STEP", stepped))
    several = made.database(power_load_month=[r for zone in rows for r in zone])
    found = base_load_step.compute(several).evidence.sort("p_value")
    assert found["scope_id"][0] == "STEP"
    assert 0 < found["p_value"][0] < 1e-3 < found["p_value"][1]
    assert found["tests_count"].to_list() == [37] * 25  # months with a year on either side
    # Where no step is accepted, nothing was found that could be rare.
    assert (found.filter(pl.col("observed_value") == 0)["p_value"] == 1).all()
    few = base_load_step.compute(made.database(power_load_month=rows[-1])).evidence
    assert (few["result"].item(), few["p_value"].item()) == ("flag", None)
    assert few["p_basis"].item().startswith("insufficient")
