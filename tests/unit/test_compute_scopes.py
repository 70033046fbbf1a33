"""The ledger of organisations, lanes and countries, each measure against a count made by hand."""

import made
import pytest
from made_ledger import Made, ask, ends, flow, of, site, state

from indicia.answers import compute
from indicia.errors import UsageError
from indicia.scoring.ledger import candidates, from_power

POINT = {
    "server_value_share": 0.5,
    "server_price_usd": 20_000,
    "server_unit_share": 0.5,
    "server_mass_kg": 100,
    "rack_mass_kg": 1000,
}
FIXED_POWER = {
    "busy_node_kw": 8.0,
    "nameplate_node_kw": 10.0,
    "overhead_ratio": 1.25,
    "pue_ratio": 2.0,
    "ai_share": 0.5,
    "peak_share": 0.8,
    "utilisation_share": 0.2,
    "fill_share": 0.5,
}
# 8 kW in a node of 8, times 1.25, times 2: 2.5 kW per accelerator; half of the power is for AI.
PER_MW = {"peak": 0.5 * 400 / 0.8, "avg": 0.5 * 400 / (0.25 + 0.75 * 0.2), "capacity": 0.5 * 320 * 0.5}  # fmt: skip


def sums(found, channel):
    return of(found, channel, "hopper").filter("is_sum")


def two_sites(**more):
    return {
        "facility": [site(facility="a", name="A"), site(facility="b", name="B")],
        "facility_party": [
            made.party("Omega Compute Ltd.", "a", role="operator"),
            made.party("OMEGA COMPUTE", "b", role="owner"),
            made.party("Omega Compute Asia", "c", role="owner"),
        ],
        **more,
    }


@pytest.mark.parametrize("kind", list(PER_MW))
def test_a_facility_by_each_kind_of_power_is_what_a_hand_computes(kind):
    states = [state("2025-01-01", kind, "a", power_reported_mw=10.0)]
    found = ask("facility", "a", assumptions=FIXED_POWER, **two_sites(facility_state=states))
    line = of(found, "power", "hopper").row(0, named=True)
    assert ends(line) == pytest.approx([10 * PER_MW[kind]] * 3, rel=1e-3)


def test_an_organisation_sums_its_facilities_and_keeps_each():
    states = [
        state("2025-01-01", "peak", "a", power_reported_mw=10.0),
        state("2024-01-01", "peak", "b", power_reported_mw=30.0),
    ]
    found = ask(
        "entity", "omega compute", assumptions=FIXED_POWER, **two_sites(facility_state=states)
    )
    total = sums(found, "power").row(0, named=True)
    assert total["subject"] == "2 facilities"
    assert ends(total) == pytest.approx([40 * PER_MW["peak"]] * 3, rel=1e-3)
    each = of(found, "power", "hopper").filter(is_sum=False)
    assert sorted(each["amount"]) == [10.0, 30.0]


def test_kinds_bases_and_boundaries_of_power_are_never_summed():
    states = [
        state("2025-01-01", "peak", "a", power_reported_mw=10.0),
        state("2025-01-01", "capacity", "b", power_reported_mw=20.0),
        state("2025-01-01", "avg", "a", power_reported_mw=5.0),
        state("2025-01-01", "peak", "b", power_estimated_mw=7.0),
    ]
    found = ask("country", "US", **two_sites(facility_state=states))
    assert sums(found, "power").is_empty()
    assert of(found, "power", "hopper").height == 4
    apart = [
        state("2025-01-01", "peak", "a", power_reported_mw=10.0, boundary="system"),
        state("2025-01-01", "peak", "b", power_reported_mw=7.0, boundary="facility"),
    ]
    assert sums(ask("country", "US", **two_sites(facility_state=apart)), "power").is_empty()


def test_a_sum_is_drawn_together_so_that_its_interval_is_as_wide_as_one():
    states = [state("2025-01-01", "peak", key, power_reported_mw=10.0) for key in ("a", "b")]
    total = sums(ask("country", "US", **two_sites(facility_state=states)), "power")
    one = from_power(20, "peak", "hopper")[0].accelerators
    assert ends(total.row(0, named=True)) == pytest.approx(
        [one.p05, one.p50, one.p95], rel=5e-3
    )


def test_a_role_narrows_an_organisation_and_a_longer_name_is_another():
    states = [
        state("2025-01-01", "peak", key, power_reported_mw=mw)
        for key, mw in (("a", 10.0), ("b", 30.0))
    ]
    tables = two_sites(facility_state=states)
    owned = ask("entity", "Omega Compute", "owner", **tables)
    assert set(of(owned, "power")["amount"]) == {30.0}
    with pytest.raises(UsageError, match="no record under the name"):
        ask("entity", "Omega", **tables)


def test_a_site_named_for_one_class_is_in_no_other_sum():
    states = [
        state("2025-01-01", "peak", "a", power_reported_mw=10.0, statement="NVIDIA A100"),
        state("2025-01-01", "peak", "b", power_reported_mw=30.0),
    ]
    found = ask("country", "US", **two_sites(facility_state=states))
    summed = of(found, "power").filter("is_sum")
    assert summed["chip_class"].to_list() == ["a100"]
    assert summed["amount"].to_list() == [40.0]


def test_a_crypto_site_is_shown_and_not_summed():
    tables = {
        "facility": [site(facility="a"), site("crypto", facility="b")],
        "facility_state": [
            state("2025-01-01", "capacity", key, power_reported_mw=10.0) for key in ("a", "b")
        ],
    }
    found = ask("country", "US", **tables)
    assert sums(found, "power").is_empty()
    assert of(found, "power", "hopper").height == 2
    assert "another kind" in " ".join(found.left_out["what"])


def test_the_picture_shows_sums_and_what_is_in_no_sum():
    states = [
        state("2025-01-01", "peak", "a", power_reported_mw=10.0),
        state("2025-01-01", "peak", "b", power_reported_mw=7.0),
        state("2025-01-01", "avg", "b", power_reported_mw=5.0),
    ]
    found = ask("country", "US", **two_sites(facility_state=states))
    drawn = compute.charted(found.lines).filter(chip_class="hopper")
    assert drawn["label"].to_list() == [
        "power: peak power, reported, power of the whole facility: sum of facilities",
        "power: average power, reported, 2025-01-01: 5 MW · B",
    ]


def test_imports_by_value_units_and_mass_are_what_a_hand_computes():
    row = flow(
        "2024-01",
        value_reported_usd=1e6,
        quantity_reported=40.0,
        quantity_unit="u",
        net_weight_reported_kg=5000.0,
    )
    found = ask("lane", "TWN>MYS", assumptions=POINT, customs_flow=[row])
    lines = of(found, "imports", "hopper")
    counts = {r["amount_unit"]: ends(r) for r in lines.iter_rows(named=True)}
    assert counts == {
        "US$": [25.0] * 3,  # 1,000,000 x 0.5 / 20,000
        "servers": [160.0] * 3,  # 40 x 8 x 0.5
        "kg": [200.0] * 3,  # 5,000 / 100 x 8 x 0.5
    }
    racks = of(found, "imports", "gb200")
    by_unit = {r["amount_unit"]: ends(r)[1] for r in racks.iter_rows(named=True)}
    assert (by_unit["servers"], by_unit["kg"]) == (1440.0, 180.0)
    assert set(of(found, "imports")["chip_class"]) == set(candidates())


def test_parts_count_as_themselves_and_have_no_mass_reading():
    row = flow(
        "2024-01",
        code="854231",
        quantity_reported=100.0,
        quantity_unit="u",
        net_weight_reported_kg=9.0,
    )
    found = ask("lane", "TWN>MYS", assumptions=POINT, customs_flow=[row])
    lines = of(found, "imports", "hopper")
    assert lines["amount_unit"].to_list() == ["parts"]
    assert ends(lines.row(0, named=True)) == [50.0] * 3


def test_a_quantity_in_kilograms_is_no_number_of_machines():
    row = flow("2024-01", quantity_reported=100.0, quantity_unit="kg")
    found = ask("lane", "TWN>MYS", customs_flow=[row])
    assert of(found, "imports")["reading"].to_list() == ["no data"]


def test_the_two_reports_and_months_and_years_are_never_spliced():
    rows = [
        flow("2024-01", value_reported_usd=1e6),
        flow("2024-02", value_reported_usd=2e6),
        flow("2024", value_reported_usd=9e6),
        flow("2024-01", "X", value_reported_usd=8e5),
        flow("2024-01", code="100630", value_reported_usd=7e9),
        flow("2024-01", exporter="SGP", value_reported_usd=5e6),
    ]
    found = ask("lane", "TWN>MYS", assumptions=POINT, customs_flow=rows)
    lines = of(found, "imports", "hopper")
    said = {r["reading"]: r["amount"] for r in lines.iter_rows(named=True)}
    assert said == {
        "value, CIF, basket of HS codes, 2 months of 2024-01 to 2024-02": 3e6,
        "value, FOB, basket of HS codes, 1 month of 2024-01": 8e5,
        "value, CIF, basket of HS codes, 1 year of 2024": 9e6,
    }


def test_a_country_adds_its_lanes_and_the_world_total_stands_for_them():
    rows = [
        flow("2024-01", value_reported_usd=1e6),
        flow("2024-01", exporter="SGP", value_reported_usd=2e6),
        flow("2024-02", exporter="W00", value_reported_usd=9e6),
        flow("2024-02", exporter="SGP", value_reported_usd=2e6),
    ]
    found = ask("country", "MY", customs_flow=rows)
    assert set(of(found, "imports")["amount"]) == {12e6}


def test_only_months_and_years_wholly_inside_the_period_count():
    rows = [
        flow("2023-12", value_reported_usd=1e6),
        flow("2024-01", value_reported_usd=2e6),
        flow("2024", value_reported_usd=4e6),
    ]
    found = ask("lane", "TWN>MYS", period=("2024", "2024-06"), customs_flow=rows)
    assert set(of(found, "imports")["amount"]) == {2e6}


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (("lane", "Taiwan to Malaysia"), "TWN>MYS"),
        (("lane", "TWN>XXX"), "alpha-3"),
        (("country", "Malaysia"), "alpha-2"),
        (("region", "MY"), "facility, entity, lane, country"),
        (("entity", "Omega", "boss"), "any, owner, operator, user, builder"),
        (("entity", " "), "Name the entity"),
    ],
)
def test_a_scope_that_does_not_exist_is_refused_with_what_is_valid(scope, said):
    with pytest.raises(UsageError, match=said):
        ask(*scope)


def test_what_a_scope_cannot_have_is_no_data_with_the_reason():
    lane = ask("lane", "TWN>MYS")
    for channel in ("tenders", "claims"):
        line = of(lane, channel).row(0, named=True)
        assert line["reading"] == "no data"
        assert "not of lanes" in line["note"]
    facility = ask("facility", "a", facility=[site(facility="a")])
    assert "not by site" in of(facility, "imports")["note"][0]


def test_an_operators_own_capacity_stands_beside_its_facilities_and_is_never_added():
    def said(as_of, mw, **more):
        return {
            "subject": "Omega Compute Holdings Ltd",
            "scope": "company-wide",
            "metric": "it_capacity_mw",
            "component": "",
            "as_of": as_of,
            "value_reported": mw,
            "unit": "MW",
            "qualifier": "filing",
            **more,
        }

    statements = [
        said("2024-12-31", 100.0),
        said("2025-12-31", 200.0),
        said("2026-01", 50.0, scope="one campus"),
    ]
    found = ask("entity", "Omega Compute Holdings", assumptions=FIXED_POWER | {"ai_share_colocation": 0.5}, power_statement=statements)  # fmt: skip
    line = of(found, "power", "hopper").row(0, named=True)
    # 10 kW nameplate in a node of 8, times 1.25, no cooling: 640 per MW, half for AI, half full.
    assert ends(line) == pytest.approx([200 * 640 * 0.5 * 0.5] * 3, rel=1e-3)
    assert not line["is_sum"]
    earlier = ask("entity", "Omega Compute Holdings", period=("", "2025-06"), power_statement=statements)  # fmt: skip
    assert set(of(earlier, "power")["amount"]) == {100.0}


def test_a_link_reaches_a_facility_beyond_the_choices_a_browser_can_carry(monkeypatch):
    monkeypatch.setattr(compute.scopes, "MOST_CHOICES", 1)
    reader = Made(facility=[site(facility="a", name="A"), site(facility="b", name="B")])
    assert list(compute.choices(reader, "facility")) == ["a"]
    assert list(compute.choices(reader, "facility", "b")) == ["a", "b"]
    assert list(compute.choices(reader, "facility", "absent")) == ["a"]
