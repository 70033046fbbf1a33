"""The compute ledger of one facility, asked of a database with the real tables."""

from datetime import date

import made
import polars as pl
import pytest

from indicia.answers import charts, compute
from indicia.schema.observations import POWER_KINDS, SITE_CLASSES
from indicia.scoring.ledger import candidates, from_power
from indicia.scoring.ledger.power import SITES

SITE = "epoch-example"


class Made:
    """Made tables, asked as an open store is asked."""

    kind, data_version = "synthetic", "made"

    def __init__(self, **tables):
        self.database = made.database(**tables)

    def sql(self, query, parameters=()):
        return self.database.sql(query, params=parameters).pl()


def state(on, kind="peak", **more):
    return {
        "facility_id": SITE,
        "on_date": date.fromisoformat(on),
        "date_precision": "day",
        "power_kind": kind,
        "is_projection": False,
        **more,
    }


def site(site_class="ai", country="US"):
    return {
        "facility_id": SITE,
        "name": "Example",
        "country_iso2": country,
        "site_class": site_class,
    }


def found_for(*states, years=(), facility=None):
    store = Made(
        facility=[facility or site()],
        **({"facility_state": states} if states else {}),
        **({"power_site_year": years} if years else {}),
    )
    return compute.ledger(store, SITE)


def readings(found):
    return found["reading"].unique(maintain_order=True).to_list()


def test_every_candidate_class_has_its_own_row_and_nothing_is_merged():
    found = found_for(state("2025-01-01", power_estimated_mw=100.0))
    assert tuple(found["chip_class"]) == candidates()
    assert found["accelerators_p50_count"].n_unique() == len(candidates())


def test_counts_are_those_of_the_engine_to_three_figures():
    found = found_for(state("2025-01-01", power_estimated_mw=100.0))
    for row, count in zip(found.iter_rows(named=True), from_power(100, "peak"), strict=True):
        for name in ("p05", "p50", "p95"):
            said = row[f"accelerators_{name}_count"]
            assert said == pytest.approx(getattr(count.accelerators, name), rel=5e-3)


def test_only_the_latest_figure_per_kind_and_basis_counts_and_they_are_never_mixed():
    found = found_for(
        state("2024-01-01", power_estimated_mw=10.0),
        state("2025-01-01", power_estimated_mw=20.0, power_reported_mw=30.0),
        state("2025-02-01"),
        state("2024-06-01", kind="capacity", power_reported_mw=80.0),
    )
    assert readings(found) == [
        "peak power, reported, 2025-01-01: 30 MW",
        "capacity, reported, 2024-06-01: 80 MW",
        "peak power, estimated, 2025-01-01: 20 MW",
    ]
    assert found.height == 3 * len(candidates())


def test_a_plan_is_no_figure():
    found = found_for(
        state("2024-01-01", power_reported_mw=10.0),
        state("2027-01-01", power_reported_mw=900.0, is_projection=True),
    )
    assert set(found["power_mw"]) == {10.0}


@pytest.mark.parametrize("mw", [None, 0.0])
def test_without_power_there_is_no_row_and_no_assumption(mw):
    found = found_for(
        state("2025-01-01", power_reported_mw=mw, compute_reported_h100e_count=9.0)
    )
    assert found.is_empty()
    assert compute.assumptions(found).is_empty()


def test_a_site_at_zero_today_is_not_counted_by_what_it_drew_before():
    assert found_for(
        state("2024-01-01", power_reported_mw=50.0), state("2025-01-01", power_reported_mw=0.0)
    ).is_empty()


@pytest.mark.parametrize(("year", "hours"), [(2023, 8760), (2024, 8784)])
def test_a_metered_year_is_energy_over_the_hours_of_that_year(year, hours):
    before, metered = made.campus_years(SITE, [1.0, 1.0])
    found = found_for(
        years=[
            {**before, "year": year - 1, "electricity_reported_mwh": 5.0},
            {**metered, "year": year, "electricity_reported_mwh": 10.0 * hours},
        ]
    )
    assert readings(found) == [f"metered average, reported, {year}: 10 MW"]
    assert set(found["power_mw"]) == {10.0}
    assert set(found["power_kind"]) == {"avg"}


def test_an_incomplete_year_is_no_average_and_the_year_before_speaks():
    whole, part = made.campus_years(SITE, [12.0, 3.0])
    found = found_for(years=[{**whole, "is_partial": False}, {**part, "is_partial": True}])
    assert readings(found) == ["metered average, reported, 2015: 12 MW"]


def test_the_stated_count_stands_beside_in_its_own_unit():
    found = found_for(
        state("2025-01-01", power_reported_mw=30.0, compute_reported_h100e_count=7000.0)
    )
    assert set(found["compute_reported_h100e_count"]) == {7000.0}
    assert found["compute_estimated_h100e_count"].null_count() == found.height
    assert not found["note"].str.contains("Circular").any()


@pytest.mark.parametrize(
    ("mw", "compute_said", "is_circular"),
    [
        ("power_estimated_mw", "compute_estimated_h100e_count", True),
        ("power_estimated_mw", "compute_reported_h100e_count", False),
        ("power_reported_mw", "compute_estimated_h100e_count", False),
    ],
)
def test_power_and_compute_of_one_estimate_are_said_to_be_circular(
    mw, compute_said, is_circular
):
    found = found_for(state("2025-01-01", **{mw: 30.0, compute_said: 7000.0}))
    assert set(found["note"].str.contains("Circular")) == {is_circular}


def test_every_class_of_site_and_kind_of_power_has_a_reading():
    assert set(compute.SITE_OF_CLASS) == set(SITE_CLASSES)
    assert set(compute.SITE_OF_CLASS.values()) < set(SITES)
    assert set(compute.KINDS_SAY) == set(POWER_KINDS)


@pytest.mark.parametrize(
    ("site_class", "country", "kind", "setting"),
    [
        ("ai", "US", "capacity", "ai"),
        ("ai", "CN", "capacity", "hall_cn"),
        ("ai", "CN", "peak", "ai"),
        ("cloud", "CN", "capacity", "colocation"),
        ("supercomputer", "CN", "peak", "research"),
        (None, None, "peak", "colocation"),
    ],
)
def test_the_class_of_a_site_decides_how_its_power_is_read(site_class, country, kind, setting):
    found = found_for(
        state("2025-01-01", kind, power_reported_mw=30.0), facility=site(site_class, country)
    )
    assert set(found["site"]) == {setting}


def test_a_site_of_another_kind_is_counted_for_scale_only_and_says_so():
    found = found_for(state("2025-01-01", power_reported_mw=30.0), facility=site("crypto"))
    assert found["note"].str.contains("for scale only").all()


@pytest.mark.parametrize(
    ("url", "boundary"),
    [
        ("https://www.top500.org/system/1/", "system"),
        ("https://example.org/?from=https://www.top500.org/", "facility"),
        ("https://nottop500.org/", "facility"),
        (None, "facility"),
    ],
)
def test_power_on_a_benchmark_list_is_that_of_the_computing_system(url, boundary):
    found = found_for(state("2025-01-01", power_reported_mw=5.0, source_url=url))
    assert set(found["boundary"]) == {boundary}


def test_assumptions_are_every_prior_drawn_from_once():
    found = found_for(
        state("2025-01-01", power_reported_mw=30.0),
        state("2025-01-01", "capacity", power_reported_mw=90.0),
    )
    priors = compute.assumptions(found)
    assert not priors.select("quantity", "chip_class").is_duplicated().any()
    own = priors.filter(pl.col("quantity") == "busy_node_kw")["chip_class"]
    assert set(own) == set(candidates())
    assert {"peak_share", "fill_share", "pue_ratio", "ai_share"} <= set(priors["quantity"])
    assert (priors["least"] <= priors["most"]).all()


def test_the_picture_carries_its_caveat_and_a_logarithmic_axis():
    found = found_for(state("2025-01-01", power_reported_mw=30.0))
    spec = charts.ledger(found, "data made").to_dict()
    assert compute.CAVEAT in spec["title"]["subtitle"]
    assert "data made" in spec["title"]["subtitle"]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"


def test_what_was_stated_is_said_once_per_figure():
    found = found_for(
        state("2025-01-01", power_reported_mw=30.0, compute_reported_h100e_count=7000.0),
        state("2025-01-01", "capacity", power_reported_mw=90.0),
    )
    figures = compute.figures(found)
    assert figures["reading"].to_list() == readings(found)
    assert sorted(figures["compute_reported_h100e_count"].to_list(), key=str) == [7000.0, None]
