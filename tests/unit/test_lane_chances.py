"""Lanes' p-values: from all lanes together, for the strongest period of each, or none at all."""

import made
import numpy as np
import polars as pl
import pytest

from indicia.indicators import lane_surge, mirror_break

YEARS, LANES = 14, 30


def lanes(count, surge=1.0):
    """Yearly imports of many lanes that scatter alike; one of them surges in its last year."""
    random = np.random.default_rng(1)
    rows = []
    for n in range(count):
        values = 2e8 * np.exp(np.cumsum(random.normal(0, 0.15, YEARS)))
        values[-1] *= surge if n == 0 else 1
        name = f"E{n % 6:02}>I{n // 6:02}"
        rows += made.yearly_lane(name, values)
        rows += made.yearly_lane(name, values / 1.08 * random.lognormal(0, 0.1, YEARS), "X")
    return made.database(customs_flow=rows)


@pytest.fixture(scope="module")
def surged():
    found = lane_surge.compute(lanes(LANES, surge=12.0)).evidence
    return found.filter(pl.col("result").is_in(["flag", "no_flag"]))


def test_the_planted_surge_has_by_far_the_smallest_p(surged):
    first, second = surged.sort("p_value").head(2).iter_rows(named=True)
    assert first["scope_id"] == "E00>I00"
    assert first["result"] == "flag"
    assert 0 < first["p_value"] < 0.02
    assert second["p_value"] > 2 * first["p_value"]


def test_every_judged_lane_has_a_p_its_tests_and_where_it_comes_from(surged):
    assert surged.height == LANES
    assert surged["tests_count"].unique().to_list() == [
        YEARS - 1 - lane_surge.LEAST_YEAR_GROWTHS
    ]
    assert surged["p_value"].is_between(0, 1, closed="right").all()
    assert surged["p_basis"].unique().to_list() == ["pooled null of 270 periods of 30 series"]


def test_breaks_of_mirrors_have_one_too():
    found = mirror_break.compute(lanes(LANES)).evidence.filter(result="no_flag")
    assert found.height >= LANES - 2
    assert found["p_value"].is_between(0, 1, closed="right").all()


def test_few_lanes_give_no_p_and_say_so_and_it_is_never_nil():
    found = lane_surge.compute(lanes(12, surge=12.0)).evidence
    assert "flag" in found["result"]
    assert found["p_value"].null_count() == found.height
    assert found["p_basis"].str.starts_with("insufficient").all()
    assert found["tests_count"].null_count() == 0
