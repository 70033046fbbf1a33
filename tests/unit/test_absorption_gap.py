"""Imports against power energised: windows, lags, records that are not there, and the rule itself."""

from datetime import date

import made
import numpy as np
import pytest

from indicia.indicators import absorption_gap
from indicia.reference.compute.priors import candidates
from indicia.scoring.ledger import absorption

MILLIONS = 300e6


def state(site, on, mw, **more):
    return {
        "facility_id": f"epoch-{site}",
        "on_date": date.fromisoformat(on),
        "power_kind": "capacity",
        "power_reported_mw": mw,
        "is_projection": False,
        **more,
    }


def rise(mw, last="2024-09-01", sites=3, **more):
    """Sites that went from 10 MW to `mw` more in June 2023, and were last recorded on `last`."""
    return [
        state(n, on, power, **more)
        for n in range(sites)
        for on, power in (("2021-06-01", 10.0), ("2023-06-01", 10.0 + mw), (last, 10.0 + mw))
    ]


def asked(flows, states):
    sites = [
        {
            "facility_id": f"epoch-{n}",
            "name": "x",
            "country_iso2": "MY",
            "coord_precision": "city",
        }
        for n in range(5)
    ]
    found = absorption_gap.compute(
        made.database(customs_flow=flows, facility=sites, facility_state=states)
    )
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


def months(count, usd=MILLIONS):
    return made.monthly_lane("TWN>MYS", [usd] * count)


def test_the_ratio_is_that_of_the_ledger_in_nine_of_ten_draws():
    row, _ = asked(months(30), rise(5.0))
    gaps = absorption(12 * MILLIONS, "value_usd", 15.0)
    assert all(g.stands_out for g in gaps)
    assert row["result"] == "flag"
    at_threshold = 12 * MILLIONS * absorption_gap.least_mw_per_usd() / 1.5
    stands = [g.share_above for g in absorption(12 * MILLIONS, "value_usd", at_threshold)]
    assert min(stands) == pytest.approx(0.9, abs=0.001)
    assert len(stands) == len(candidates())


def test_one_quarter_alone_is_no_flag():
    flows = made.monthly_lane("TWN>MYS", [1e6] * 24 + [2000e6] * 3)
    assert asked(flows, rise(5.0))[0]["result"] == "no_flag"
    flows = made.monthly_lane("TWN>MYS", [1e6] * 21 + [2000e6] * 6)
    assert asked(flows, rise(5.0))[0]["result"] == "flag"


def test_power_that_comes_six_months_later_counts_and_seven_months_later_does_not():
    before = rise(5.0, "2023-08-01")
    within = [state(n, "2024-09-30", 500.0) for n in range(3)]
    row, _ = asked(months(27), before + within)
    assert (row["result"], str(row["ends_date"])) == ("no_flag", "2024-03-31")
    later = [state(n, "2024-10-01", 500.0) for n in range(3)]
    assert asked(months(27), before + later)[0]["result"] == "flag"


def test_a_window_whose_power_is_not_yet_on_record_is_not_asked():
    row, _ = asked(months(36), rise(5.0, "2023-11-01"))
    assert str(row["ends_date"]) == "2023-03-31"


@pytest.mark.parametrize(
    ("flows", "states"),
    [
        (months(27), rise(5.0, sites=2)),
        (months(27), rise(0.0)),
        (months(27), []),
        (months(27), rise(5.0, is_projection=True)),
        (months(27), rise(5.0, power_kind="avg")),
        (made.monthly_lane("TWN>MYS", ([MILLIONS] * 10 + [None]) * 3), rise(5.0)),
    ],
    ids=["two sites", "no rise", "no record", "plans", "averages", "a month is missing"],
)
def test_what_is_not_known_is_no_zero(flows, states):
    row, sources = asked(flows, states)
    assert (row["result"], row["observed_value"], sources.height) == ("no_data", None, 0)


def test_of_several_kinds_of_figure_the_one_that_rose_most_is_taken():
    both = rise(5.0) + rise(400.0, power_kind="peak")
    assert asked(months(27), both)[0]["result"] == "no_flag"


def test_yearly_reports_are_held_against_two_years():
    years = [None] * 8 + [3600e6] * 4
    flows = made.yearly_lane("TWN>MYS", years)
    one_year = [("2020-06-01", 10.0), ("2022-11-01", 20.0), ("2023-07-01", 25.0)]
    states = [state(n, on, mw) for n in range(3) for on, mw in one_year]
    assert asked(flows, states)[0]["result"] == "no_data"
    states += [state(n, "2021-11-01", 15.0) for n in range(3)]
    row, sources = asked(flows, states)
    assert (row["result"], str(row["starts_date"]), str(row["ends_date"])) == (
        "flag",
        "2021-01-01",
        "2022-12-31",
    )
    assert set(sources["table_name"]) == {"customs_flow", "facility_state"}


def test_the_least_power_lies_under_every_draw_but_a_tenth():
    assert absorption_gap.least_mw_per_usd() * 1e9 == pytest.approx(10.2, abs=0.1)
    assert np.isfinite(absorption_gap.least_mw_per_usd())
