"""Breaks between the two sides of a lane: levels, timing, codes, hubs, and what a missing side says."""

import made
import numpy as np
import polars as pl
import pytest

from indicia.indicators import mirror_break

MONTHS = 40


def lane(name="EXA>IMA", months=MONTHS, imports=20.0, exports=20.0, last=None, **more):
    """Both sides of one lane in US$ million; `last` replaces the importer's last three months."""
    noise = made.scatter(months, 0.02, 5)
    inward = imports * noise * 1.08
    if last is not None:
        inward[-3:] = last * noise[-3:] * 1.08
    return [
        made.monthly_flow(name, n, v * 1e6, flow, **{"source": f"customs/{flow}", **more})
        for flow, values in (("M", inward), ("X", exports * noise))
        for n, v in enumerate(values)
    ]


def judged(rows, name="EXA>IMA"):
    found = mirror_break.compute(made.database(customs_flow=rows))
    (row,) = found.evidence.filter(pl.col("scope_id") == name).iter_rows(named=True)
    return row, found.sources.filter(pl.col("evidence_id") == row["evidence_id"])


def test_a_fall_at_one_side_flags_and_cites_both():
    row, sources = judged(lane(last=10.0))
    assert (row["result"], str(row["starts_date"]), str(row["ends_date"])) == (
        "flag",
        "2024-02-01",
        "2024-04-30",
    )
    assert row["observed_value"] == pytest.approx((2 / 3) / 0.05)
    assert "declares less" in row["statement"]
    assert sources["source"].sort().to_list() == ["customs/M", "customs/X"]


def test_a_rise_at_one_side_is_a_break_too():
    row, _ = judged(lane(last=40.0))
    assert row["result"] == "flag"
    assert "declares more" in row["statement"]


@pytest.mark.parametrize("level", [0.3, 1.0, 4.0])
def test_a_level_however_odd_is_no_break(level):
    assert judged(lane(imports=20 * level, exports=20))[0]["result"] == "no_flag"


def test_growth_of_both_sides_is_no_break():
    rows = [
        {**r, "value_reported_usd": r["value_reported_usd"] * (9 if r["period"] > "2024" else 1)}
        for r in lane()
    ]  # fmt: skip
    assert judged(rows)[0]["result"] == "no_flag"


def test_goods_that_arrive_a_month_later_are_no_break():
    outward = np.full(MONTHS, 20.0)
    outward[-4] = 24.0
    inward = np.full(MONTHS, 20.0)
    inward[-3] = 24.0
    rows = [
        made.monthly_flow("EXA>IMA", n, v * 1e6, flow)
        for flow, values in (("M", inward * 1.08), ("X", outward))
        for n, v in enumerate(values)
    ]
    assert judged(rows)[0]["result"] == "no_flag"


@pytest.mark.parametrize("side", ["M", "X"])
def test_a_missing_mirror_is_no_data(side):
    row, sources = judged([r for r in lane(last=10.0) if r["flow"] == side])
    assert (row["result"], row["observed_value"], sources.height) == ("no_data", None, 0)


def test_a_month_that_one_side_does_not_report_is_not_taken_for_nothing():
    rows = [
        r for r in lane() if not (r["flow"] == "M" and r["period"] in ("2024-02", "2024-03"))
    ]
    assert judged(rows)[0]["result"] == "no_flag"


@pytest.mark.parametrize(("months", "result"), [(28, "no_data"), (29, "flag")])
def test_24_sums_of_three_months_must_precede(months, result):
    assert judged(lane(months=months, last=10.0))[0]["result"] == result


def test_a_past_older_than_36_months_is_forgotten():
    # Were the 42 months at half the level remembered, the return to it would be no break.
    level = np.concatenate([np.full(42, 0.5), np.ones(35), np.full(3, 0.45)])
    rows = [
        made.monthly_flow("EXA>IMA", n, v * 20e6, flow)
        for flow, values in (("M", level), ("X", np.ones(80)))
        for n, v in enumerate(values)
    ]
    row, _ = judged(rows)
    assert (row["result"], str(row["ends_date"])) == ("flag", "2027-08-31")


def test_a_code_that_one_side_begins_to_report_later_is_no_break():
    later = [
        r
        for r in lane(imports=30, exports=30, hs_code="847180")
        if r["flow"] == "M" or r["period"] >= "2024"
    ]
    assert judged(lane() + later)[0]["result"] == "no_data"


def test_hubs_and_other_goods_are_not_applicable():
    assert judged(lane("EXA>SGP", last=10.0), "EXA>SGP")[0]["result"] == "not_applicable"
    assert judged(lane(last=10.0, hs_code="870323"))[0]["result"] == "not_applicable"


@pytest.mark.parametrize(("value", "result"), [(4.4, "no_flag"), (5.2, "flag")])
def test_a_lane_below_the_floor_does_not_flag(value, result):
    rows = lane(imports=value / 1.08, exports=value / 1.08, last=value / 2)
    assert judged(rows)[0]["result"] == result


def test_years_are_judged_where_there_are_no_months():
    rows = [
        row
        for flow, values in (("M", [108] * 8 + [40]), ("X", [100] * 9))
        for row in made.yearly_lane("EXA>IMA", [v * 1e6 for v in values], flow)
    ]
    row, _ = judged(rows)
    assert (row["result"], row["starts_date"].year) == ("flag", 2020)
    assert judged([r for r in rows if r["period"] > "2015"])[0]["result"] == "no_data"
