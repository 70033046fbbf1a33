"""Switches: the z by hand, rules and placebo dates, editions and concordances, missing codes and months."""

import made
import polars as pl
import pytest

from indicia.indicators import code_switch, code_tables
from indicia.reference import tables

# Months from January 2021. The rule R2023-11 began in November 2023, a letter in October; of the rules
# before, too few months precede.
FIRST, TURN, MONTHS = 5, 34, 48
LANES = ("EXA>IMA", "EXB>IMA")


def flows(shares, others=0.1, size=30.0, codes=("847150", "847141"), **more):
    """EXA>IMA with the neighbour's share by month, and a lane beside it whose share stays."""
    return [
        made.monthly_flow(
            lane, n, size * 1e6 * part, **{"hs_code": code, "classification": "H6", **more}
        )
        for lane, each in zip(LANES, (shares, [others] * len(shares)), strict=True)
        for n, share in enumerate(each)
        for code, part in zip(codes, (1 - share, share), strict=True)
        if part > 0 and n >= FIRST
    ]


def switched(before=0.1, after=0.6, turn=TURN, months=MONTHS):
    return [before if n < turn else after for n in range(months)]


def judged(rows, lane="EXA>IMA"):
    found = code_switch.compute(made.database(customs_flow=rows))
    (row,) = found.evidence.filter(pl.col("scope_id") == lane).iter_rows(named=True)
    return row, found.sources.filter(pl.col("evidence_id") == row["evidence_id"])


def test_a_switch_on_a_calm_lane_is_its_shift_over_the_least_sigma():
    row, sources = judged(flows(switched()))
    assert row["observed_value"] == pytest.approx(0.5 / 0.05)
    assert (row["result"], str(row["starts_date"]), str(row["ends_date"])) == (
        "flag",
        "2023-05-01",
        "2024-04-30",
    )
    assert "R2023-11" in row["statement"]
    assert "10.0 %" in row["statement"]
    assert "US$ 90.0 million moved" in row["statement"]
    assert sources.height == 24


def test_a_mixture_that_has_swung_as_far_before_is_no_switch():
    swings = [0.1 if n // 6 % 2 else 0.6 for n in range(TURN)] + [0.6] * (MONTHS - TURN)
    row, _ = judged(flows(swings))
    # The shifts of the placebo dates lie evenly between -0.5 and 0.5, so sigma is 0.25 / 0.6745 or so.
    assert row["result"] == "no_flag"
    assert 0 < row["observed_value"] < 2


@pytest.mark.parametrize("turn", [TURN - 5, TURN + 4])
def test_a_switch_months_from_the_rule_is_weaker_by_the_months_it_misses(turn):
    near, _ = judged(flows(switched()))
    far, _ = judged(flows(switched(turn=turn)))
    assert far["observed_value"] < near["observed_value"] / 2


def test_half_of_a_shift_on_the_reporters_other_lanes_is_taken_off():
    rows = [r for r in flows(switched()) if r["partner_iso3"] == "EXA"]
    rows += [
        {**r, "partner_iso3": "EXB"}
        for r in flows(switched(after=0.35))
        if r["partner_iso3"] == "EXA"
    ]
    assert judged(rows)[0]["observed_value"] == pytest.approx(0.25 / 0.05)


@pytest.mark.parametrize(("size", "result"), [(9.99, "no_flag"), (10.01, "flag")])
def test_five_million_a_month_must_move(size, result):
    assert judged(flows(switched(), size=size))[0]["result"] == result


@pytest.mark.parametrize(
    ("factor", "result"), [(0.55, "no_flag"), (0.7, "flag"), (1.4, "flag"), (1.7, "no_flag")]
)
def test_the_sum_of_both_codes_must_stay(factor, result):
    rows = [
        {**r, "value_reported_usd": r["value_reported_usd"] * (factor if r["period"] >= "2023-11" else 1)}
        for r in flows(switched(), size=60)
    ]  # fmt: skip
    assert judged(rows)[0]["result"] == result


def test_an_edition_that_changes_in_the_window_is_not_judged():
    rows = [
        {**r, "classification": "H6" if r["period"] >= "2023-09" else "H5"}
        for r in flows(switched())
    ]
    row, sources = judged(rows)
    assert (row["result"], row["observed_value"], sources.height) == ("no_data", None, 0)


def concordance(**row):
    """The changes on file and one more that moves goods from 847150 to 847141."""
    file = tables.table("code_changes")
    more = {
        "reporter_iso3": "IMA",
        "effective_date": "2023-11-01",
        "from_code": "8471500000",
        "to_code": "8471410000",
    }
    made_row = dict.fromkeys(file.columns, "made") | more | row
    return pl.concat([file, pl.DataFrame([made_row]).select(file.columns)])


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ({}, "no_data"),
        ({"reporter_iso3": "W00"}, "no_data"),
        ({"to_code": "8517620000"}, "no_data"),
        ({"effective_date": "2023-05-01"}, "flag"),
        ({"effective_date": "2023-06-01"}, "no_data"),
        ({"effective_date": "2024-05-01"}, "flag"),
        ({"reporter_iso3": "IMB"}, "flag"),
        ({"to_code": "8471500090"}, "flag"),
        ({"from_code": "8517620000", "to_code": "8542310000"}, "flag"),
    ],
    ids=["national", "all", "one code", "before", "just in", "after", "another country", "within", "other codes"],
)  # fmt: skip
def test_a_change_of_the_code_list_on_file_is_not_judged(change, result, monkeypatch):
    file = concordance(**change)
    code_tables.changes.cache_clear()
    monkeypatch.setattr(
        code_tables.tables, "table", lambda n, real=tables.table: file if n == "code_changes" else real(n)
    )  # fmt: skip
    row, _ = judged(flows(switched()))
    code_tables.changes.cache_clear()
    assert row["result"] == result


def test_changes_on_file_name_six_digits_a_day_and_a_source():
    file = tables.table("code_changes")
    for name in ("from_code", "to_code"):
        assert file[name].str.contains(r"^\d{6}(\d{4})?$").all()
    assert file["effective_date"].str.to_date().is_not_null().all()
    assert file["source"].is_not_null().all()
    pairs = tables.table("code_neighbours")
    assert (pairs["code"] != pairs["neighbour"]).all()
    assert pairs.select("code", "neighbour").is_unique().all()
    # Those of July 2024 and June 2025 stay within one code of six digits.
    assert "854231" not in code_tables.changes().filter(reporter="USA")["code"].to_list()


def test_a_neighbour_that_the_reporter_never_declared_before_is_unknown_not_nil():
    rows = [
        r
        for r in flows(switched(), others=0.0)
        if r["hs_code"] == "847150" or r["period"] >= "2023-11"
    ]
    assert judged(rows)[0]["result"] == "no_data"
    # Declared on another lane, it is nil on this one.
    with_other = [
        r
        for r in flows(switched())
        if r["hs_code"] == "847150" or r["period"] >= "2023-11" or r["partner_iso3"] == "EXB"
    ]
    assert judged(with_other)[0]["result"] == "flag"


@pytest.mark.parametrize(("first", "result"), [(10, "flag"), (11, "no_data")])
def test_twelve_placebo_dates_must_precede(first, result):
    later = f"2021-{first + 1:02d}"
    assert judged([r for r in flows(switched()) if r["period"] >= later])[0]["result"] == result


def test_a_missing_month_around_the_rule_is_no_data_and_years_are_not_asked():
    gap = [r for r in flows(switched()) if r["period"] != "2023-12"]
    assert judged(gap)[0]["result"] == "no_data"
    years = made.yearly_lane("EXA>IMA", [1e8] * 9, hs_code="847150")
    assert judged(years)[0]["result"] == "no_data"
    assert (
        judged(flows(switched(), codes=("870323", "870322")))[0]["result"] == "not_applicable"
    )
