"""Openings against an employer's own past."""

import made
import numpy as np
import pytest

from indicia.indicators import hiring_burst


def burst(counts, place="Townsville", group="gpu", more=()):
    rows = made.weekly_openings("Example Cloud", place, counts, group)
    found = hiring_burst.compute(made.database(staffing_count=[*rows, *more]))
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


@pytest.mark.parametrize(("count", "result"), [(2, "no_flag"), (3, "flag")])
def test_three_is_enough_and_two_is_not(count, result):
    row, _ = burst([count])
    assert (row["result"], "first count" in row["statement"]) == (result, True)


def test_groups_are_added_and_others_are_not():
    extra = made.weekly_openings("Example Cloud", "Townsville", [2], "network")
    row, sources = burst(
        [1], more=extra + made.weekly_openings("Example Cloud", "Townsville", [9], "other")
    )
    assert (row["result"], row["observed_value"]) == ("flag", 3.0)
    assert sources.height == 3


@pytest.mark.parametrize(("last", "result"), [(4, "no_flag"), (5, "flag")])
def test_a_flat_past_still_has_the_spread_of_counts(last, result):
    assert burst([1, 1, 1, 1, last])[0]["result"] == result


def test_four_earlier_counts_make_a_past():
    assert burst([6, 6, 6, 6])[0]["quality_share"] == 0.5
    row, _ = burst([6, 6, 6, 6, 6])
    assert (row["result"], row["quality_share"]) == ("no_flag", 1.0)


def test_a_burst_that_has_passed_is_still_found_on_its_day():
    row, _ = burst([0, 0, 0, 0, 9, 0, 0])
    assert (row["result"], str(row["starts_date"])) == ("flag", "2025-02-03")


def test_places_are_kept_apart():
    rows = made.weekly_openings("A", "X", [2]) + made.weekly_openings("A", "Y", [2])
    found = hiring_burst.compute(made.database(staffing_count=rows)).evidence
    assert found["scope_id"].to_list() == ["A @ X", "A @ Y"]
    assert set(found["result"]) == {"no_flag"}


def test_a_burst_among_many_employers_is_rarer_than_chance_and_alone_it_has_no_p():
    random = np.random.default_rng(2)
    rows = [
        row
        for n in range(24)
        for row in made.weekly_openings(f"Employer {n}", "Townsville", random.poisson(4, 16))
    ]
    alone, _ = burst([4, 5, 3, 4, 4, 40])
    assert (alone["result"], alone["p_value"], alone["tests_count"]) == ("flag", None, 2)
    assert alone["p_basis"].startswith("insufficient")
    found = hiring_burst.compute(
        made.database(
            staffing_count=[
                *rows,
                *made.weekly_openings("Example Cloud", "Townsville", [4, 5, 3, 4, 4, 40]),
            ]
        )
    ).evidence.sort("p_value")
    assert found["p_value"].null_count() == 0
    assert found["scope_id"][0] == "Example Cloud @ Townsville"
    assert found["p_value"][0] < 0.01 < found["p_value"][1]
