"""Lines by tenders, stated hardware and training claims, and the gaps between channels."""

from datetime import date

import made
import made_ledger
import polars as pl
import pytest
from made_ledger import ask, ends, flow, of, site, state

from indicia.answers import compute
from indicia.errors import UsageError
from indicia.scoring.ledger import candidates
from indicia.scoring.ledger.named import units_stated


def bought(text, number, stage="award", on="2024-02-01", process="p1", **more):
    return made.notice(process, stage, on, text, quantity_count=number, country_iso2="CN", **more)  # fmt: skip


def hardware(number, chip="NVIDIA H100", kind="installed", subject="a", **more):
    return {
        "subject_kind": "facility",
        "subject": subject,
        "kind": kind,
        "chip_text": chip,
        "on_date": date(2025, 1, 1),
        "accelerators_reported_count": number,
        **more,
    }


@pytest.mark.parametrize(
    ("text", "number", "counts", "each"),
    [
        ("six NVIDIA A100 accelerators", 6, "accelerators", None),
        ("5,448 NVIDIA GH200 accelerators", 5448, "accelerators", None),
        ("phase of 250 servers with eight NVIDIA H100 accelerators each", 250, "nodes", 8),
        ("Two AI computers with four NVIDIA A100 accelerators each", 2, "nodes", 4),
        ("one server with eight NVIDIA H200 accelerators", 1, "nodes", 8),
        ("10 servers with 80 accelerators in all", 10, "nodes", None),
        ("32 GB200 racks", 32, "nodes", None),
        ("采购AI服务器12台", 12, None, None),
        ("12台AI服务器", 12, "nodes", None),
        ("GPU servers, see annex", 64, None, None),
        ("lot 2025-64 of GPU servers", 64, None, None),
    ],
)
def test_words_beside_a_number_say_what_it_counts(text, number, counts, each):
    rows = pl.DataFrame({"text": [text], "quantity_count": [float(number)]})
    assert units_stated(rows).row(0)[2:] == (counts, each)


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("64 NVIDIA H100 accelerators", 64, {("hopper", 64)}),
        ("8 NVIDIA H100 servers", 8, {("hopper", 64)}),
        ("2 computers with four NVIDIA A100 accelerators each", 2, {("a100", 8)}),
        ("NVIDIA H100, see annex", 10, {("hopper", 10), ("hopper", 80)}),
        ("4 NVIDIA T4 accelerators", 4, {(None, 4)}),
        ("64 office chairs", 64, {(None, None)}),
    ],
)
def test_a_notice_counts_what_it_states_in_the_class_it_names(text, number, expected):
    found = ask("country", "CN", procurement_notice=[bought(text, number)])
    lines = of(found, "tenders")
    assert set(lines.select("chip_class", "accelerators_p50_count").iter_rows()) == expected


def test_a_notice_that_names_no_chip_stands_once_per_class():
    found = ask("country", "CN", procurement_notice=[bought("16 GPU accelerators", 16)])
    lines = of(found, "tenders")
    assert tuple(lines["chip_class"]) == candidates()
    assert set(lines["accelerators_p50_count"]) == {16.0}


def test_stages_are_summed_apart_and_dead_tenders_not_at_all():
    rows = [
        bought("64 NVIDIA H100 accelerators", 64, process="p1"),
        bought("36 NVIDIA H100 accelerators", 36, process="p2"),
        bought("64 NVIDIA H100 accelerators", 64, "tender", process="p1"),
        bought("500 NVIDIA H100 accelerators", 500, process="p3", status="cancelled"),
        bought("NVIDIA H100 accelerators", None, process="p4"),
    ]
    found = ask("country", "CN", procurement_notice=rows)
    total = of(found, "tenders").filter("is_sum")
    assert total["reading"].to_list() == ["awards: sum of the numbers stated"]
    assert total["accelerators_p50_count"].to_list() == [100.0]
    out = dict(found.left_out.select("what", "number").iter_rows())
    assert out == {
        "notices of accelerators that state no number": 1,
        "notices that came to nothing": 1,
    }


def test_notices_reach_an_organisation_by_name_and_a_facility_by_exposure():
    rows = [
        bought("64 NVIDIA H100 accelerators", 64, buyer_name="Omega Compute Co., Ltd."),
        bought("9 NVIDIA H100 accelerators", 9, process="p2", supplier_names="Tau; omega compute"),
        bought("5 NVIDIA H100 accelerators", 5, process="p3", buyer_name="Sigma"),
    ]  # fmt: skip
    tied = {"facility_id": "a", "scope_kind": "process", "scope_id": "p3", "weight_share": 0.5, "basis": "made"}  # fmt: skip
    named = ask("entity", "Omega Compute", procurement_notice=rows)
    assert set(of(named, "tenders").filter(is_sum=False)["amount"]) == {64.0, 9.0}
    placed = ask("facility", "a", facility=[site(facility="a")], procurement_notice=rows, exposure=[tied])  # fmt: skip
    assert set(of(placed, "tenders")["amount"]) == {5.0}


def test_an_undated_notice_counts_only_without_a_period():
    rows = [bought("64 NVIDIA H100 accelerators", 64, on=None)]
    assert of(ask("country", "CN", procurement_notice=rows), "tenders")["amount"][0] == 64.0
    found = ask("country", "CN", period=("2024", ""), procurement_notice=rows)
    assert of(found, "tenders")["reading"].to_list() == ["no data"]
    assert "undated" in found.left_out["what"][0]


def test_stated_hardware_is_the_number_itself_and_plans_stand_with_plans():
    rows = [
        hardware(2000.0),
        hardware(500.0, kind="planned", chip="Ascend 910B"),
        hardware(None, chip="", accelerators_estimated_count=70.0),
        hardware(900.0, subject="Omega Compute", subject_kind="party"),
    ]
    found = ask("facility", "a", facility=[site(facility="a")], hardware_statement=rows)
    stated = of(found, "stated")
    assert [ends(r) for r in stated.filter(basis="reported").iter_rows(named=True)] == [
        [2000.0] * 3
    ]
    assert set(stated.filter(basis="estimated")["chip_class"]) == set(candidates())
    assert of(found, "tenders")["chip_class"].to_list() == ["ascend910b"]
    party = ask("entity", "OMEGA COMPUTE LTD", hardware_statement=rows)
    assert of(party, "stated")["accelerators_p50_count"].to_list() == [900.0]


def test_training_claims_reach_an_organisation_by_exact_name_and_imply_by_each_way():
    claim = {
        "model": "Made-1",
        "organisations": "Sigma Lab; Omega Compute Inc.",
        "countries_iso2": "CN; US",
        "published_date": date(2025, 1, 1),
        "hardware_text": "NVIDIA H800",
        "accelerators_count": 2048.0,
        "training_time_hours": 1000.0,
        "accelerator_hours": 1.86e6,
        "training_reported_flop": 989.5e12 * 3600 * 1000 * 700,
    }
    point = {"wall_clock_share": 0.93, "mfu_share": 0.35}
    for found in (
        ask("entity", "omega compute", assumptions=point, training_claim=[claim]),
        ask("country", "CN", assumptions=point, training_claim=[claim]),
    ):
        lines = of(found, "claims")
        assert lines["accelerators_p50_count"].to_list() == pytest.approx([2048, 2000, 2000])
        assert set(lines["chip_class"]) == {"hopper"}
    assert of(ask("country", "US", period=("2026", ""), training_claim=[claim]), "claims")["reading"][0] == "no data"  # fmt: skip


def test_a_claim_of_operations_alone_implies_no_number_and_is_counted_as_left_out():
    claim = {"model": "Made-2", "organisations": "Omega", "training_reported_flop": 1e24}
    found = ask("entity", "Omega", training_claim=[claim])
    assert of(found, "claims")["reading"].to_list() == ["no data"]
    assert found.left_out.row(0)[1:] == (
        "claims that state neither a number nor a duration",
        1,
    )


def test_a_shipped_claim_is_found_by_its_organisation_but_not_in_an_invented_world(monkeypatch):
    with pytest.raises(UsageError, match="no record under the name 'DeepSeek'"):
        ask("entity", "DeepSeek")
    monkeypatch.setattr(made_ledger.Made, "kind", "live")
    lines = of(ask("entity", "DeepSeek"), "claims")
    assert lines["accelerators_p50_count"].to_list() == [2048.0]


def absorbing(*states, months=12):
    rows = [flow(f"2024-{m:02}", value_reported_usd=1e8) for m in range(1, months + 1)]
    sites = [site("ai", "MY", facility="a")]
    return ask("lane", "TWN>MYS", facility=sites, facility_state=list(states), customs_flow=rows)  # fmt: skip


def test_imports_are_set_against_the_power_that_rose_about_them():
    found = absorbing(
        state("2023-06-01", "capacity", "a", power_reported_mw=10.0),
        state("2025-06-15", "capacity", "a", power_reported_mw=40.0),
        state("2025-12-01", "capacity", "a", power_reported_mw=900.0),
    )
    assert set(found.gaps["right_p50"]) == {30.0}
    assert set(found.gaps["chip_class"]) == set(candidates())
    hopper = found.gaps.filter(chip_class="hopper").row(0, named=True)
    assert hopper["ratio_p50"] == pytest.approx(hopper["left_p50"] / 30, rel=0.01)
    assert hopper["left_p05"] < hopper["left_p50"] < hopper["left_p95"]
    said = compute.sentences(found)[0]
    assert "consistent with no gap, or with re-export" in said
    assert "30 MW first recorded as capacity" in said


@pytest.mark.parametrize(
    ("by_quarter", "lasting"),
    [((1.0, 1.0, 1.0, 1.0, 1.0), True), ((0.0001, 0.0001, 0.0001, 0.0001, 5.0), False)],
)
def test_a_gap_between_imports_and_power_is_asked_for_two_quarters(by_quarter, lasting):
    months = [f"{2023 + n // 12}-{n % 12 + 1:02}" for n in range(15)]
    rows = [
        flow(month, value_reported_usd=5e8 * by_quarter[n // 3])
        for n, month in enumerate(months)
    ]
    states = [
        state("2022-06-01", "capacity", "a", power_reported_mw=10.0),
        state("2023-06-15", "capacity", "a", power_reported_mw=20.0),
    ]
    found = ask("lane", "TWN>MYS", facility=[site("ai", "MY", facility="a")],
                facility_state=states, customs_flow=rows)  # fmt: skip
    hopper = found.gaps.filter(chip_class="hopper").row(0, named=True)
    assert (hopper["stands_out"], hopper["lasts"]) == (True, lasting)
    number = len(candidates()) if lasting else 0
    assert f"(a quarter before too: {number})" in compute.sentences(found)[0]


def test_with_one_quarter_on_record_nobody_can_tell_whether_a_gap_lasts():
    found = absorbing(
        state("2024-06-01", "capacity", "a", power_reported_mw=1.0),
        months=4,
    )
    assert found.gaps["stands_out"].all()
    assert found.gaps["lasts"].is_null().all()
    assert "whether it lasts cannot be told" in compute.sentences(found)[0]


def test_where_no_class_stands_out_no_gap_is_said_too():
    found = absorbing(state("2024-06-01", "capacity", "a", power_reported_mw=9000.0), months=1)
    said = compute.sentences(found)[0]
    assert "Stands out under none of 7 classes; consistent with no gap" in said
    assert "(1 period on record)" in said


def test_without_power_energised_there_is_no_ratio_but_a_reason():
    found = absorbing(state("2023-06-01", "capacity", "a", power_reported_mw=10.0))
    assert found.gaps.is_empty()
    assert "no power recorded as newly energised" in found.no_gaps[0]


def test_installed_is_set_against_the_power_drawn():
    tables = {
        "facility": [site(facility="a")],
        "facility_state": [state("2025-01-01", "avg", "a", power_reported_mw=1.0)],
    }
    found = ask("facility", "a", hardware_statement=[hardware(50_000.0)], **tables)
    assert found.gaps["gap"].to_list() == ["installed against power drawn"]
    assert found.gaps["stands_out"].to_list() == [True]
    assert "idle nodes" in compute.sentences(found)[0]
    assert "carry no weight" in compute.NO_SCORE
    usual = ask("facility", "a", hardware_statement=[hardware(800.0)], **tables)
    assert usual.gaps["stands_out"].to_list() == [False]


def test_a_plan_is_set_against_the_capacity_reported():
    tables = {
        "facility": [site(facility="a")],
        "facility_state": [
            state("2025-01-01", "capacity", "a", power_reported_mw=50.0),
            state("2027-01-01", "capacity", "a", power_reported_mw=200.0, is_projection=True),
        ],
    }
    found = ask("facility", "a", hardware_statement=[hardware(10.0, kind="planned")], **tables)
    by_power = found.gaps.filter(ratio_p50=4.0)
    assert by_power["stands_out"].to_list() == [True]
    assert found.gaps.height == 2
    assert found.gaps["gap"].unique().to_list() == ["plan against approval"]


def test_an_average_planned_is_not_set_against_a_capacity():
    states = [
        state("2025-01-01", "capacity", "a", power_reported_mw=50.0),
        state("2027-01-01", "avg", "a", power_reported_mw=200.0, is_projection=True),
    ]
    found = ask("facility", "a", facility=[site(facility="a")], facility_state=states)
    assert found.gaps.is_empty()
    assert any("plan against approval" in why for why in found.no_gaps)
