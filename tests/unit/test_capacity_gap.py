"""Stated power against meters, publishers against each other, and what is no contradiction."""

from datetime import date

import made
import pytest

from indicia.indicators import capacity_gap


def state(mw, on="2014-06-01", by="made", **more):
    return {
        "facility_id": "epoch-x",
        "on_date": date.fromisoformat(on),
        "power_kind": "capacity",
        "power_reported_mw": mw,
        "is_projection": False,
        "origin_id": by,
        **more,
    }


def asked(*states, years=(), **more):
    found = capacity_gap.compute(
        made.database(
            facility_state=list(states),
            power_site_year=made.campus_years("epoch-x", years, **more),
        )
    )
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


def test_both_sides_are_cited_and_the_meter_gives_the_origin():
    row, sources = asked(state(100.0), years=[10.0])
    assert sources["quote"].to_list() == ["100.0 MW (capacity)", "10.0 MW (avg)"]
    assert row["origin_id"] == "made-power_site_year"
    assert (str(row["starts_date"]), str(row["ends_date"])) == ("2014-06-01", "2015-12-31")


@pytest.mark.parametrize(("drawn", "result"), [(20.0, "flag"), (20.1, "no_flag")])
def test_five_times_is_the_threshold(drawn, result):
    assert asked(state(100.0), years=[drawn])[0]["result"] == result


def test_a_reported_zero_is_a_figure_and_a_missing_report_is_none():
    assert asked(state(100.0), years=[0.0])[0]["observed_value"] == 1000.0
    assert asked(state(100.0), years=[1.0], average_reported_mw=None)[0]["result"] == "no_data"
    assert asked(state(None), years=[1.0])[0]["result"] == "no_data"


def test_only_the_latest_year_is_asked():
    row, _ = asked(state(100.0), years=[1.0, 2.0, 60.0])
    assert row["observed_value"] == pytest.approx(100 / 60)


def test_a_partial_year_and_one_system_do_not_describe_the_site():
    assert asked(state(100.0), years=[1.0], is_partial=True)[0]["result"] == "no_data"
    assert asked(state(100.0, boundary="system"), years=[1.0])[0]["result"] == "no_data"


def test_an_estimated_peak_stands_in_for_a_capacity_and_is_never_a_meter():
    estimate = state(None, power_kind="peak", power_estimated_mw=90.0)
    assert asked(estimate, years=[10.0])[0]["observed_value"] == 9.0
    assert asked(estimate, state(600.0, "2013-01-01"))[0]["result"] == "no_data"
    assert asked(estimate, state(60.0, "2013-01-01"), years=[10.0])[0]["observed_value"] == 6.0


def test_figures_of_different_years_do_not_contradict():
    assert (
        asked(state(10.0, "2020-01-01", "a"), state(90.0, "2021-01-01", "b"))[0]["result"]
        == "flag"
    )
    assert (
        asked(state(10.0, "2020-01-01", "a"), state(90.0, "2021-01-03", "b"))[0]["result"]
        == "no_data"
    )


def test_publishers_that_agree_do_not_flag_and_a_slip_is_named():
    assert asked(state(10.0, by="a"), state(12.0, "2014-07-01", "b"))[0]["result"] == "no_flag"
    row, _ = asked(state(1.2, by="a"), state(1210.0, "2014-07-01", "b"))
    assert row["statement"].endswith("That is the ratio of GW to MW.")


def test_a_sentence_with_another_number_in_gw_is_no_slip():
    assert asked(state(300.0, statement="First phase of 1.2 GW"))[0]["result"] == "no_data"


def test_two_publishers_of_one_facility_meet():
    db = made.database(
        facility_state=[state(100.0)],
        power_site_year=made.campus_years("disclosed-x", [10.0]),
    )
    db.execute(
        "INSERT INTO facility_identity BY NAME SELECT 'disclosed-x' AS published_id, "
        "'epoch-x' AS facility_id, 'campus' AS level"
    )
    (row,) = capacity_gap.compute(db).evidence.iter_rows(named=True)
    assert (row["scope_id"], row["result"]) == ("epoch-x", "flag")
