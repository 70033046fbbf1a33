"""Stops after events: the fall by hand, seasons, what counts as an event, missing months and both sides."""

from datetime import date

import made
import polars as pl
import pytest

from indicia.indicators import enforcement_stop
from ingest.context.events_words import lanes

EVENT = date(2024, 5, 15)
AT, MONTHS = 40, 44
OTHERS = {"EXA>IMB": 40.0, "EXB>IMA": 40.0, "EXB>IMB": 40.0}


def flows(values, flow="M", others=OTHERS, **more):
    """EXA>IMA by month in US$ million beside constant neighbours; None is an absent row."""
    lanes = {"EXA>IMA": values, **{k: [v] * len(values) for k, v in others.items()}}
    return [
        made.monthly_flow(lane, n, v * 1e6, flow, **more)
        for lane, each in lanes.items()
        for n, v in enumerate(each)
        if v is not None
    ]


def fallen(before=10.0, after=2.5, months=MONTHS):
    return [before if n <= AT else after for n in range(months)]


def judged(rows, lane="EXA>IMA", **event):
    given = made.enforcement(event.pop("on", EVENT), event.pop("lanes", "EXA>IMA"), **event)
    found = enforcement_stop.compute(made.database(customs_flow=rows, event=[given]))
    (row,) = found.evidence.filter(pl.col("scope_id") == lane).iter_rows(named=True)
    return row, found.sources.filter(pl.col("evidence_id") == row["evidence_id"])


def test_a_stop_ranks_first_among_its_placebo_dates_and_cites_the_event():
    row, sources = judged(flows(fallen()))
    # Quiet dates are the months 6 to 36: 31 of them, none with a fall.
    assert (row["result"], row["observed_value"]) == ("flag", pytest.approx(1 - 1 / 32))
    assert (str(row["starts_date"]), str(row["ends_date"])) == ("2023-11-01", "2024-08-31")
    assert (row["p_value"], row["tests_count"]) == (pytest.approx(1 / 32), 1)
    assert "0.25 times" in row["statement"]
    assert "0 of 31 quiet dates" in row["statement"]
    assert sources["table_name"].value_counts().sort("count").rows() == [
        ("event", 1),
        ("customs_flow", 10),
    ]
    assert "charged" in sources.filter(table_name="event")["quote"].item()


@pytest.mark.parametrize(("after", "result"), [(5.01, "no_flag"), (4.99, "flag")])
def test_the_fall_must_reach_a_half(after, result):
    assert judged(flows(fallen(after=after)))[0]["result"] == result


@pytest.mark.parametrize(("before", "result"), [(4.99, "no_flag"), (5.0, "flag")])
def test_the_floor_is_inclusive(before, result):
    assert judged(flows(fallen(before, 0.5)))[0]["result"] == result


def test_a_lane_that_falls_so_every_year_is_a_season():
    season = [2.5 if 4 < n % 12 < 8 else 10.0 for n in range(MONTHS)]
    row, _ = judged(flows(season))
    assert (row["result"], row["observed_value"]) == ("no_flag", pytest.approx(1 - 3 / 32))


@pytest.mark.parametrize("side", ["EXA>IMB", "EXB>IMA"])
def test_a_fall_shared_with_the_exporter_or_the_importer_is_no_stop(side):
    rows = [
        {**r, "value_reported_usd": r["value_reported_usd"] / 4}
        if n > AT and f"{r['partner_iso3']}>{r['reporter_iso3']}" == side
        else r
        for r in flows(fallen())
        for n in [12 * (int(r["period"][:4]) - 2021) + int(r["period"][5:]) - 1]
    ]
    assert judged(rows)[0]["result"] == "no_flag"


def test_a_month_without_a_row_is_nil_only_where_the_reporter_reported():
    gone = fallen(after=None)
    assert judged(flows(gone))[0]["result"] == "flag"
    silent = [
        r
        for r in flows(gone)
        if r["reporter_iso3"] != "IMA" or r["period"] <= "2024-05" or r["period"] > "2024-08"
    ]
    row, sources = judged(silent)
    assert (row["result"], row["observed_value"], sources.height) == ("no_data", None, 0)


@pytest.mark.parametrize(("late", "result"), [(0, "flag"), (7, "flag"), (8, "no_data")])
def test_24_quiet_dates_must_precede(late, result):
    rows = [r for r in flows(fallen()) if r["period"] >= f"2021-{late + 1:02d}"]
    assert judged(rows)[0]["result"] == result


@pytest.mark.parametrize(
    "event",
    [{"status": "alleged"}, {"kind": "announcement", "status": "reported"}, {"lanes": ""},
     {"kind": "rule", "status": "planned"}, {"kind": "rule", "status": "in force", "date_precision": "year"}],
    ids=["alleged", "announced", "no lane", "planned", "year"],
)  # fmt: skip
def test_what_is_no_enforcement_event_is_not_asked(event):
    assert judged(flows(fallen()), **event)[0]["result"] == "not_applicable"


def test_a_case_counts_from_its_publication_and_a_rule_from_its_first_day():
    old = date(2022, 1, 1)
    assert judged(flows(fallen()), starts_date=old)[0]["result"] == "flag"
    rule = {"kind": "rule", "status": "in force", "on": old, "starts_date": EVENT}
    assert judged(flows(fallen()), **rule)[0]["result"] == "flag"


def test_dates_near_another_event_are_no_placebos():
    events = [made.enforcement(d, "EXA>*") for d in (date(2023, 1, 10), EVENT)]
    found = enforcement_stop.compute(made.database(customs_flow=flows(fallen()), event=events))
    (row,) = found.evidence.filter(pl.col("scope_id") == "EXA>IMA").iter_rows(named=True)
    # The ten months around January 2023 leave 21 of 31: too few.
    assert row["result"] == "no_data"


def test_the_exporter_answers_where_the_importer_reports_too_little():
    rows = flows(fallen(), "X") + flows([10.0] * 10, "M")
    row, sources = judged(rows)
    assert row["result"] == "flag"
    assert all("flow=X" in k for k in sources.filter(table_name="customs_flow")["row_key"])


@pytest.mark.parametrize(
    ("route", "named"),
    [
        ("US -> MY/TH -> CN", "USA>MYS; USA>THA; MYS>CHN; THA>CHN"),
        ("US/Taiwan -> SG", "USA>SGP"),
        ("HK", None),
        ("undisclosed", None),
        (None, None),
    ],
)
def test_a_route_of_a_case_names_its_lanes(route, named):
    codes = {"US": "USA", "MY": "MYS", "TH": "THA", "CN": "CHN", "SG": "SGP", "HK": "HKG"}
    assert lanes(route, codes) == named
