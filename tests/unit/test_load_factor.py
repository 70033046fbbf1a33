"""Load factor by month: flat, swinging, broken and short series of hours."""

from datetime import UTC, datetime

import made
import pytest

from indicia.indicators import load_factor

START = datetime(2023, 1, 1, tzinfo=UTC)
FLAT, TOWN = [40.0] * 12 + [44.0] * 12, [30.0] * 12 + [60.0] * 12


def asked(mw, zone="Z", **tables):
    found = load_factor.compute(
        made.database(power_load=made.hourly_load(zone, mw, START), **tables)
    )
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


def test_the_last_twelve_months_are_asked_and_their_peaks_cited():
    row, sources = asked(TOWN * 365 + FLAT * 366)
    assert (row["result"], str(row["starts_date"]), str(row["ends_date"])) == (
        "flag",
        "2024-01-01",
        "2024-12-31",
    )
    assert sources.height == 12
    assert sources["quote"][0].startswith("44.0 MW; peak of the month 44.0 MW")
    assert row["detectability_share"] == pytest.approx(5 / 42, abs=1e-3)


def test_growth_over_the_year_does_not_pass_for_a_peak():
    grown = [mw * (1 + day / 366) for day in range(366) for mw in FLAT]
    row, _ = asked(grown)
    assert sum(grown) / len(grown) / max(grown) < 0.85
    assert row["result"] == "flag"


def test_one_broken_hour_and_one_month_of_outage_decide_nothing():
    mw = FLAT * 366
    mw[5000] = 9000.0
    mw[:744] = [1.0, 44.0] * 372
    assert asked(mw)[0]["result"] == "flag"


def test_imputed_hours_do_not_count_as_reported():
    rows = made.hourly_load("Z", FLAT * 366, START)
    for row in rows[: 24 * 10]:
        row |= {"demand_imputed_mw": row["demand_reported_mw"], "demand_reported_mw": None}
    (row,) = load_factor.compute(made.database(power_load=rows)).evidence.iter_rows(named=True)
    assert row["result"] == "no_data"
    assert row["statement"].startswith("11 months")


def test_missing_hours_are_no_zeros():
    mw = FLAT * 366
    mw[::20] = [None] * len(mw[::20])
    row, _ = asked(mw)
    assert row["observed_value"] == pytest.approx(42 / 44, abs=1e-3)
    assert row["quality_share"] == pytest.approx(0.95, abs=1e-3)


def test_monthly_figures_alone_say_nothing():
    db = made.database(power_load_month=made.monthly_base_load("Z", [40.0] * 24))
    (row,) = load_factor.compute(db).evidence.iter_rows(named=True)
    assert (row["result"], row["observed_value"]) == ("no_data", None)
    assert "no peak" in row["statement"]


def test_of_two_sources_the_longer_is_read_and_they_are_not_spliced():
    both = [
        row | {"source": source}
        for source, shape, days in (("power/long", TOWN, 366), ("power/short", FLAT, 300))
        for row in made.hourly_load("Z", shape * days, START)
    ]
    (row,) = load_factor.compute(made.database(power_load=both)).evidence.iter_rows(named=True)
    assert row["observed_value"] == pytest.approx(0.75)
