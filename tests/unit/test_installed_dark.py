"""Numbers reported installed against meters after them; what is no meter, no claim, no time."""

from datetime import date

import made
import numpy as np
import pytest

from indicia.indicators import installed_dark
from indicia.reference.compute.draws import Sheet
from indicia.reference.compute.needs import facility_kw
from indicia.schema import HARDWARE_STATEMENT

FLOOR_KW = 0.127


def state(on, **more):
    return {
        "facility_id": "epoch-x",
        "on_date": date.fromisoformat(on),
        "power_kind": "avg",
        "date_precision": "quarter",
        "is_projection": False,
        **more,
    }


def claim(number=100_000.0, on="2020-01-01", **more):
    return {
        "subject_kind": "facility",
        "subject": "epoch-x",
        "kind": "installed",
        "chip_text": "",
        "on_date": date.fromisoformat(on),
        "accelerators_reported_count": number,
        **more,
    }


def asked(*claims, states=(), years=()):
    db = made.database(facility_state=list(states), power_site_year=list(years))
    if claims:
        db.register("said", made.rows(HARDWARE_STATEMENT.name, claims))
        db.execute("INSERT INTO hardware_statement SELECT * FROM said")
    found = installed_dark.compute(db)
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


def floor(unit, boundary):
    return installed_dark.floors().filter(unit=unit, boundary=boundary)["floor_kw"].item()


def test_the_floor_lies_under_every_class_and_boundaries_are_ordered():
    for name in ("hopper", "b200", "ascend910b", "v100"):
        sheet = Sheet(name)
        idle = facility_kw(sheet) * sheet.draw("idle_share")
        assert floor("accelerators", "facility") <= np.quantile(idle, 0.05)
    assert floor("accelerators", "system") < floor("accelerators", "facility")
    assert floor("accelerators", "facility") == pytest.approx(FLOOR_KW, abs=0.002)


def test_both_sides_are_cited_and_the_meter_gives_the_origin():
    quarter = state("2020-01-01", power_reported_mw=5.0)
    row, sources = asked(claim(), states=[quarter])
    assert row["result"] == "flag"
    assert row["observed_value"] == pytest.approx(100 * FLOOR_KW / 5, rel=0.02)
    assert sources["quote"].to_list() == ["100,000 accelerators", "5.0 MW on average"]
    assert (row["origin_id"], str(row["ends_date"])) == ("made-facility_state", "2020-03-31")


@pytest.mark.parametrize(("months", "result"), [(2, "no_data"), (3, "flag")])
def test_three_months_are_the_least(months, result):
    rows = [
        state(f"2020-0{m + 1}-01", power_reported_mw=5.0, date_precision="month")
        for m in range(months)
    ]
    assert asked(claim(), states=rows)[0]["result"] == result


def test_the_highest_reading_after_the_claim_is_asked():
    rows = [
        state("2020-01-01", power_reported_mw=5.0),
        state("2020-07-01", power_reported_mw=90.0),
    ]
    assert asked(claim(), states=rows)[0]["result"] == "no_flag"
    assert asked(claim(on="2020-08-01"), states=rows)[0]["result"] == "no_data"


@pytest.mark.parametrize(
    "reading",
    [
        {"power_estimated_mw": 5.0},
        {"power_reported_mw": 5.0, "power_kind": "peak"},
        {"power_reported_mw": 5.0, "power_kind": "capacity"},
        {"power_reported_mw": 5.0, "date_precision": "day"},
        {"power_reported_mw": 5.0, "is_projection": True},
        {"power_reported_mw": None},
    ],
    ids=["estimate", "peak", "capacity", "one day", "plan", "missing"],
)
def test_what_is_no_reported_average_of_a_period(reading):
    assert asked(claim(), states=[state("2020-01-01", **reading)])[0]["result"] == "no_data"


def test_an_estimated_number_is_no_claim():
    quarter = state("2020-01-01", power_reported_mw=5.0)
    said = claim(None, accelerators_estimated_count=1e6)
    assert asked(said, states=[quarter])[0]["result"] == "no_data"


def test_a_reported_zero_is_a_figure():
    row, _ = asked(claim(), states=[state("2020-01-01", power_reported_mw=0.0)])
    assert (row["result"], row["observed_value"]) == ("flag", 1000.0)


def test_equivalents_and_the_meter_of_one_system_have_their_own_floor():
    said = state("2020-01-01", power_kind="peak", compute_reported_h100e_count=100_000.0)
    meter = state("2020-01-01", power_reported_mw=10.0, boundary="system")
    row, _ = asked(states=[said, meter])
    assert row["observed_value"] == pytest.approx(
        100_000 * floor("H100 equivalents", "system") / 10_000
    )
