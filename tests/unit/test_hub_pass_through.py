"""Pass-through: the match against arithmetic of its own, lags, shares, missing sides, and what is cited."""

import made
import numpy as np
import polars as pl
import pytest

from indicia.indicators import hub_pass_through

MONTHS, TURN = 44, 40


def levels(arrivals=3.0, onward=4.0, lag=1, sizes=(80, 10, 10, 90)):
    """TWN>SGP, re-exports SGP>MYS and SGP>THA, and TWN>USA, in US$ million by month."""
    month = np.arange(MONTHS)
    factors = np.ones((4, MONTHS))
    factors[0, month >= TURN - lag] = arrivals
    factors[1, month >= TURN] = onward
    noise = np.stack([made.scatter(MONTHS, 0.1, k) for k in range(4)])
    return np.array(sizes)[:, None] * factors * noise


def flows(values, **more):
    lanes = (("TWN>SGP", "M"), ("SGP>MYS", "RX"), ("SGP>THA", "RX"), ("TWN>USA", "M"))
    return [
        made.monthly_flow(lane, n, v * 1e6, flow, **more)
        for (lane, flow), each in zip(lanes, values, strict=True)
        for n, v in enumerate(each)
    ]


def judged(rows, lane="SGP>MYS"):
    found = hub_pass_through.compute(made.database(customs_flow=rows))
    (row,) = found.evidence.filter(pl.col("scope_id") == lane).iter_rows(named=True)
    return row, found.sources.filter(pl.col("evidence_id") == row["evidence_id"])


def growth(series):
    """Log of three summed months over the same three a year before, by month; NaN at the start."""
    out = np.full(MONTHS, np.nan)
    for t in range(14, MONTHS):
        out[t] = np.log(series[t - 2 : t + 1].sum() / series[t - 14 : t - 11].sum())
    return out


def centred(surprise):
    """Distance from the median of the past, and its robust sigma, for months with twelve of it."""
    off, sigma = np.full(MONTHS, np.nan), np.full(MONTHS, np.nan)
    for t in range(14 + 12 + 2, MONTHS):
        past = surprise[14 : t - 2]
        off[t] = surprise[t] - np.median(past)
        sigma[t] = np.median(np.abs(past - np.median(past))) / 0.6745
    return off, sigma


def test_the_match_is_what_arithmetic_makes_of_it():
    values = levels()
    came, mys, tha, world = (growth(v) for v in values)
    into, spread = centred(came - np.maximum(world, 0))
    onward = [
        centred(a - np.fmax(np.maximum(b, world), 0)) for a, b in ((mys, tha), (tha, mys))
    ]
    # Both lanes of the hub have the same arrivals, so each sigma stands twice among them.
    z_in = into / np.fmax(spread, np.nanmedian(spread))
    usual = np.nanmedian(np.concatenate([s for _, s in onward]))
    z_out = onward[0][0] / np.fmax(onward[0][1], usual)
    matches = [
        min(z_out[t], max(z_in[t - k] for k in range(4) if not np.isnan(z_in[t - k])))
        for t in range(28, MONTHS)
    ]
    row, _ = judged(flows(values))
    assert row["result"] == "flag"
    assert row["observed_value"] == pytest.approx(max(matches), rel=1e-9)
    assert row["tests_count"] == MONTHS - 28


@pytest.mark.parametrize(("lag", "result"), [(0, "flag"), (3, "flag")])
def test_goods_may_go_on_at_once_or_three_months_later(lag, result):
    assert judged(flows(levels(lag=lag)))[0]["result"] == result


def test_what_goes_on_before_it_arrives_is_no_match():
    values = levels(arrivals=1.0)
    values[0, -1:] *= 12
    early = np.where(np.arange(MONTHS) >= TURN - 3, 4.0, 1.0)
    early[-3:] = 1.0
    values[1] = levels(onward=1.0)[1] * early
    assert judged(flows(values))[0]["result"] == "no_flag"


def test_a_usual_share_of_larger_arrivals_is_no_match():
    assert judged(flows(levels(3.0, 2.9, 0)))[0]["result"] == "no_flag"


def test_what_the_destination_itself_sent_is_no_arrival():
    values = levels()
    rows = [
        {**r, "partner_iso3": "MYS"} if (r["reporter_iso3"], r["partner_iso3"]) == ("SGP", "TWN") else r
        for r in flows(values)
    ]  # fmt: skip
    rows += [
        made.monthly_flow("USA>SGP", n, 8e7 * s)
        for n, s in enumerate(made.scatter(MONTHS, 0.1, 9))
    ]
    assert judged(rows)[0]["result"] == "no_flag"


@pytest.mark.parametrize("flow", ["M", "RX"])
def test_months_that_the_hub_does_not_report_are_not_nil(flow):
    rows = [
        r
        for r in flows(levels())
        if not (r["flow"] == flow and r["reporter_iso3"] == "SGP" and r["period"] == "2024-05")
    ]
    row, _ = judged(rows)
    assert row["tests_count"] < MONTHS - 28


def test_without_arrivals_there_is_no_data_and_without_re_exports_nothing_to_ask():
    values = levels()
    bare = [r for r in flows(values) if r["flow"] == "RX" or r["reporter_iso3"] != "SGP"]
    row, sources = judged(bare)
    assert (row["result"], row["observed_value"], sources.height) == ("no_data", None, 0)
    assert judged(flows(values), "TWN>SGP")[0]["result"] == "not_applicable"
    cars = judged(flows(values, hs_code="870323"))[0]
    assert (cars["result"], "basket" in cars["statement"]) == ("not_applicable", True)


def test_both_sides_are_cited():
    row, sources = judged(flows(levels()))
    keys = sources["row_key"].to_list()
    assert (len(keys), sum("flow=RX" in k for k in keys)) == (6, 3)
    assert all("partner_iso3=MYS" in k for k in keys if "flow=RX" in k)
    assert "usually 1" in row["statement"]
