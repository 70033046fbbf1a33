"""Load in dear hours against its usual shape and against other weeks."""

import made_prices
import numpy as np
import pytest

from indicia.indicators import price_response

DEAR = made_prices.dear()
EUR = np.where(DEAR, 400.0, made_prices.USUAL_EUR)


def asked(mw, eur=EUR):
    found = price_response.compute(made_prices.zone(mw, eur))
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


def test_a_daily_shape_and_a_slow_season_are_no_fall():
    hour = np.arange(made_prices.HOURS)
    shape = 100 + 30 * np.sin(2 * np.pi * hour / 24) + 10 * np.sin(2 * np.pi * hour / 8784)
    row, sources = asked(shape)
    assert (row["result"], abs(row["observed_value"]) < 0.02) == ("no_flag", True)
    assert sources["table_name"].to_list() == ["power_load"] * 5 + ["power_price"] * 5


def test_a_fall_that_comes_in_other_weeks_too_is_no_answer_to_the_price():
    mw = np.full(made_prices.HOURS, 100.0)
    for weeks in (-8, -5, 0, 6, 9):
        mw[np.roll(DEAR, 168 * weeks)] = 85.0
    row, _ = asked(mw)
    assert (row["observed_value"], row["threshold_value"]) == pytest.approx((0.15, 0.15))
    assert row["p_value"] == pytest.approx(5 / 27)


def test_load_that_rises_with_the_price_is_below_zero():
    row, _ = asked(np.where(DEAR, 130.0, 100.0))
    assert (row["result"], row["observed_value"]) == ("no_flag", pytest.approx(-0.3))
    assert row["p_value"] == 1.0


def test_the_least_p_is_that_of_the_placebos_at_hand():
    row, _ = asked(np.where(DEAR, 60.0, 100.0))
    assert (row["result"], row["p_value"]) == ("flag", pytest.approx(1 / 27))


def test_half_a_year_is_too_short():
    row, _ = asked(np.full(4_000, 100.0), EUR[:4_000])
    assert row["result"] == "no_data"
    assert "8,000" in row["statement"]
