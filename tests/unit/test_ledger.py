"""The compute ledger: four channels, three kinds of power, gaps, bad input, and its two pages."""

import re

import numpy as np
import polars as pl
import pytest

from indicia import bundled
from indicia.errors import UsageError
from indicia.scoring.ledger import (
    Assumptions,
    absorption,
    as_frame,
    candidates,
    classes,
    counted,
    counted_imports,
    dark,
    from_claim,
    from_imports,
    from_operations,
    from_power,
    from_tender,
    lasts,
    needed_mw,
    plan_against_approval,
    priors,
    summed,
    table_page,
    validation,
    validation_page,
)

PAGE = bundled.ROOT / "docs" / "validation" / "compute_table.md"
NONE = dict.fromkeys(
    (
        "Chip type (secondary)",
        "Chip quantity (secondary)",
        "Note",
        "Certainty Note",
        "Hardware note",
        "Quote",
        *validation.SOURCES,
    )
)


def ends(count):
    return [count.accelerators.p05, count.accelerators.p50, count.accelerators.p95]


@pytest.mark.parametrize(
    ("chip_class", "expected"),
    [
        ("hopper", (6020, 8016, 10481)),
        ("a100", (9352, 12444, 16220)),
        ("h20", (8616, 11497, 15075)),
        ("b200", (4046, 5421, 7128)),
        ("ascend910c", (4982, 6629, 8652)),
    ],
)
def test_ten_megawatts_on_average_give_the_worked_intervals(chip_class, expected):
    assert ends(from_power(10, "avg", chip_class)[0]) == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize(
    ("number", "chip_class", "expected"),
    [
        (2048, "hopper", (2.4, 2.8, 3.2)),
        (10_000, "a100", (7.7, 8.8, 10.1)),
        (100_000, "hopper", (119, 137, 156)),
        (136_000, "b200", (236, 274, 319)),
    ],
)
def test_accelerators_need_the_worked_power(number, chip_class, expected):
    needed = needed_mw(number, chip_class)
    assert [needed.p05, needed.p50, needed.p95] == pytest.approx(expected, rel=0.03)


def test_a_peak_over_a_range_gives_the_worked_interval():
    found = from_power((280, 300), "peak", "hopper")[0].accelerators
    assert (found.p05, found.p95) == pytest.approx((148_000, 238_000), rel=0.01)
    assert found.holds(200_000)


def test_a_build_known_to_fill_its_power_is_not_discounted_twice():
    plain = from_power(150, "capacity", "hopper")[0].accelerators
    limited = from_power(150, "capacity", "hopper", site="dedicated", is_power_limited=True)[
        0
    ].accelerators
    assert not plain.holds(100_000)
    assert limited.holds(100_000)


def test_the_three_kinds_of_power_are_three_numbers():
    found = {k: ends(from_power(50, k, "hopper")[0])[1] for k in ("avg", "peak", "capacity")}
    assert found["avg"] > found["peak"] > found["capacity"]


def test_each_kind_draws_its_own_priors_and_no_other():
    def used(kind):
        return {p.quantity for p in from_power(50, kind, "hopper")[0].assumptions}

    common = {"overhead_ratio", "pue_ratio", "ai_share"}
    assert used("avg") == common | {"busy_node_kw", "idle_share", "utilisation_share"}
    assert used("peak") == common | {"busy_node_kw", "peak_share"}
    assert used("capacity") == common | {"nameplate_node_kw", "fill_share"}


def test_an_unknown_chip_gives_one_row_per_class_and_no_sum():
    table = as_frame(from_power(10, "avg"))
    assert table["chip_class"].to_list() == list(candidates())
    assert table["accelerators_p50"].n_unique() == len(candidates())
    assert table["assumptions"].str.contains("pue_ratio 1.12/1.25/1.45").all()


def test_the_meter_of_the_system_leaves_cooling_and_other_tenants_out():
    found = from_power(5, "peak", "a100", boundary="system")[0]
    drawn = {p.quantity for p in found.assumptions}
    assert drawn == {"busy_node_kw", "overhead_ratio_system", "peak_share"}


def test_many_sites_at_once_give_what_each_gives_alone():
    rows = pl.DataFrame(
        {
            "mw": [10.0, 20.0, 5.0],
            "power_kind": ["avg", "peak", "avg"],
            "chip_class": ["hopper", "a100", "hopper"],
            "boundary": "facility",
            "site": "ai",
            "is_power_limited": False,
        }
    )
    got = counted(rows).select("p05", "p50", "p95").rows()
    for row, found in zip(rows.iter_rows(named=True), got, strict=True):
        alone = from_power(row["mw"], row["power_kind"], row["chip_class"])[0]
        assert found == pytest.approx(ends(alone))


def test_a_reader_can_replace_a_prior_and_it_is_named_in_the_result():
    own = Assumptions((("pue_ratio", (1.1, 1.1, 1.1)),))
    found = from_power(10, "avg", "hopper", assumptions=own)[0]
    assert ends(found)[1] > ends(from_power(10, "avg", "hopper")[0])[1]
    assert [p.status for p in found.assumptions if p.quantity == "pue_ratio"] == ["assumed"]


def test_imports_by_value_units_and_mass():
    whole = Assumptions(
        (("server_value_share", (1.0, 1.0, 1.0)), ("server_unit_share", (1.0, 1.0, 1.0)))
    )
    value = from_imports(4.6e9, "value_usd", "hopper", assumptions=whole)[0].accelerators
    assert value.holds(136_000)
    mass = from_imports(100_000, "mass_kg", "hopper", assumptions=whole)[0]
    assert ends(mass) == pytest.approx((612 * 8, 724 * 8, 857 * 8), rel=0.01)
    units = from_imports(100, "servers", "hopper", assumptions=whole)[0]
    assert ends(units) == [800, 800, 800]
    racks = from_imports(1360, "mass_kg", "gb200", assumptions=whole)[0]
    assert ends(racks)[1] == pytest.approx(72, rel=0.01)
    used = from_imports(97_000, "used_value_usd", assumptions=whole)
    assert [c.chip_class for c in used] == ["a100"]
    assert ends(used[0])[1] == pytest.approx(10, rel=0.01)


def test_a_tender_counts_as_stated_and_nodes_by_their_class():
    assert ends(from_tender(256, chip_class="hopper")[0]) == [256, 256, 256]
    assert ends(from_tender(32, "nodes", "hopper")[0]) == [256, 256, 256]
    assert ends(from_tender(2, "nodes", "gb200")[0]) == [144, 144, 144]
    assert [c.chip_class for c in from_tender(8)] == list(candidates())


def test_hours_over_days_give_the_cluster():
    found = from_claim(2.664e6, 54.2, "hopper")[0].accelerators
    assert found.p05 > 2048 * 0.99
    assert found.holds(2200)


def test_absorption_says_how_sure_it_is_and_asks_for_two_quarters():
    much = absorption(6.45e9, "value_usd", 40, "hopper")[0]
    little = absorption(6.45e9, "value_usd", 400, "hopper")[0]
    assert much.stands_out
    assert not little.stands_out
    assert much.ratio.p50 == pytest.approx(10 * little.ratio.p50)
    assert {"server_price_usd", "pue_ratio"} <= {p.quantity for p in much.assumptions}
    assert [lasts(s) for s in ([True], [True, False], [False, True, True])] == [0, 0, 1]


def test_imports_set_against_the_power_they_need_come_out_at_one():
    fixed = Assumptions(
        tuple(
            (p.quantity, (p.mode,) * 3)
            for p in (
                *from_imports(1, "value_usd", "hopper")[0].assumptions,
                *absorption(1, "value_usd", 1, "hopper")[0].assumptions,
            )
        )
    )
    number = from_imports(1e9, "value_usd", "hopper", assumptions=fixed)[0].accelerators.p50
    power = needed_mw(number, "hopper", fixed).p50
    assert absorption(1e9, "value_usd", power, "hopper", fixed)[0].ratio.p50 == pytest.approx(1)


def test_installed_but_dark():
    number = from_power(10, "avg", "hopper")[0].accelerators.p50
    assert dark(number, 10, "avg", "hopper")[0].ratio.p50 == pytest.approx(1, rel=0.01)
    assert dark(4 * number, 10, "avg", "hopper")[0].stands_out


def test_a_plan_against_its_approval():
    assert plan_against_approval(50, planned_mw=100, chip_class="hopper")[0].stands_out
    chips = plan_against_approval(160, planned_accelerators=115_000, chip_class="hopper")[0]
    assert chips.ratio.holds(1.0)
    assert not chips.stands_out
    assert chips.ordinary


@pytest.mark.parametrize(
    ("ask", "listed"),
    [
        (lambda: from_power(-5, "avg"), "above 0"),
        (lambda: from_power(float("nan"), "avg"), "above 0"),
        (lambda: from_power((9, 3), "avg"), "lower"),
        (lambda: from_power(5, "mean"), "avg, peak, capacity"),
        (lambda: from_power(5, "avg", "H100"), "hopper, a100"),
        (lambda: from_power(5, "avg", site="barn"), "ai, colocation"),
        (lambda: from_power(5, "avg", boundary="hall"), "facility, it, system"),
        (lambda: from_power(5, "peak", is_power_limited=True), "capacity"),
        (lambda: from_imports(1, "weight"), "value_usd, used_value_usd, servers, mass_kg"),
        (lambda: from_imports(0, "mass_kg"), "above 0"),
        (lambda: from_imports(1, "used_value_usd", "hopper"), "a100"),
        (lambda: from_tender(8, "boxes"), "accelerators, nodes"),
        (lambda: from_claim(100, 0), "above 0"),
        (lambda: dark(1, 1, "capacity"), "avg, peak"),
        (lambda: plan_against_approval(5), "planned_accelerators, planned_mw"),
        (lambda: Assumptions((("pue", (1.0, 1.0, 1.0)),)), "pue_ratio"),
        (lambda: Assumptions((("pue_ratio", (2.0, 1.0, 1.5)),)), "least <= mode"),
    ],
)
def test_bad_input_is_refused_with_the_valid_choices(ask, listed):
    with pytest.raises(UsageError, match=listed):
        ask()


@pytest.mark.parametrize(
    ("wished", "said"),
    [
        ({"pue": 1.2}, "Unknown quantity 'pue'. Valid: ai_share, "),
        ({"ai_share": 1.2}, "ai_share: expected values from 0 to 1"),
        ({"ai_share": (0.5, 0.9, 1.2)}, "ai_share: expected values from 0 to 1"),
        ({"pue_ratio": (0.9, 1.0, 1.1)}, "pue_ratio: expected values from 1 up"),
        ({"pue_ratio": (1.4, 1.2, 1.5)}, "pue_ratio: expected 0 < least <= mode <= most"),
        ({"busy_node_kw": -7}, "busy_node_kw: expected 0 < least"),
        ({"busy_node_kw:H100": 7}, "Valid: hopper, a100"),
        ({"pue_ratio": (1.1, 1.2)}, "one number, or three"),
        ({"pue_ratio": float("nan")}, "pue_ratio: expected 0 < least"),
    ],
)
def test_an_assumption_that_cannot_be_is_refused_by_name_with_its_bounds(wished, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        Assumptions.of(wished)


@pytest.mark.parametrize("text", ["pue_ratio", "pue_ratio=high", "=1", "pue_ratio=1:2"])
def test_an_assumption_in_other_words_is_refused(text):
    with pytest.raises(
        UsageError, match=r"expected NAME=|one number, or three|Unknown quantity"
    ):
        Assumptions.read([text])


def test_assumptions_read_from_text_are_those_of_the_mapping():
    read = Assumptions.read(["pue_ratio=1.1:1.2:1.3", " ai_share = 0.9 "])
    assert read == Assumptions.of({"ai_share": 0.9, "pue_ratio": (1.1, 1.2, 1.3)})


def site_row(**more):
    row = {"mw": 10.0, "power_kind": "peak", "chip_class": "hopper", "boundary": "facility"}
    return row | {"site": "ai", "is_power_limited": False} | more


def test_counted_takes_assumptions_and_gives_back_those_in_force():
    rows = pl.DataFrame([site_row()])
    plain, own = counted(rows), counted(rows, {"pue_ratio": (1.1, 1.1, 1.1)})
    alone = from_power(10, "peak", "hopper", assumptions=Assumptions.of({"pue_ratio": 1.1}))
    assert own.select("p05", "p50", "p95").row(0) == pytest.approx(ends(alone[0]))
    assert "pue_ratio 1.12/1.25/1.45" in plain["assumptions"][0]
    assert "pue_ratio 1.1/1.1/1.1" in own["assumptions"][0]


def test_sums_are_drawn_together_and_never_over_kinds_or_classes():
    rows = pl.DataFrame([site_row(), site_row(mw=30.0)])
    by = ["power_kind", "chip_class"]
    one = counted(pl.DataFrame([site_row(mw=40.0)]))
    total = summed(rows, by)
    assert total["sites_count"].to_list() == [2]
    assert total.select("p05", "p50", "p95").row(0) == pytest.approx(
        one.select("p05", "p50", "p95").row(0)
    )
    for missing in by:
        with pytest.raises(UsageError, match=missing):
            summed(rows, [name for name in by if name != missing])


def test_many_imports_at_once_give_what_each_gives_alone():
    asked = [
        (1e6, "value_usd", "a100"),
        (5.0, "servers", "gb200"),
        (900.0, "mass_kg", "hopper"),
    ]
    rows = pl.DataFrame(asked, schema=["amount", "measure", "chip_class"], orient="row")
    found = counted_imports(rows).select("p05", "p50", "p95").rows()
    for row, (amount, measure, name) in zip(found, asked, strict=True):
        assert row == pytest.approx(ends(from_imports(amount, measure, name)[0]))


def test_operations_over_days_give_the_cluster_and_skip_classes_without_a_peak():
    point = Assumptions.of({"mfu_share": 0.5, "attention_ratio": 1.0})
    flop = 1000 * 989.5e12 * 0.5 * 10 * 86400
    found = from_operations(flop, 10, "hopper", assumptions=point)[0]
    assert ends(found) == pytest.approx([1000] * 3)
    by_size = from_operations(flop, 10, "hopper", is_counted_by_size=True)[0]
    assert "attention_ratio" in {p.quantity for p in by_size.assumptions}


def test_the_it_load_leaves_cooling_out_and_keeps_other_tenants_in():
    drawn = {p.quantity for p in from_power(5, "peak", "a100", boundary="it")[0].assumptions}
    assert drawn == {"busy_node_kw", "overhead_ratio", "ai_share", "peak_share"}


@pytest.mark.parametrize("mw", [-1.0, 0.0, None, float("nan"), float("inf")])
def test_a_sum_with_a_power_that_is_no_number_above_zero_is_refused(mw):
    rows = pl.DataFrame([site_row(), site_row(mw=mw)], schema_overrides={"mw": pl.Float64})
    with pytest.raises(UsageError, match="Power in MW"):
        summed(rows, ["power_kind", "chip_class"])


def test_a_gap_says_both_sides_and_what_it_is_consistent_with():
    gap = absorption(6.45e9, "value_usd", 40, "hopper")[0]
    assert gap.right.p05 == gap.right.p95 == 40
    assert gap.left.p50 / 40 == pytest.approx(gap.ratio.p50)
    assert "consistent with re-export" in gap.sentence
    calm = absorption(6.45e9, "value_usd", 4000, "hopper")[0]
    assert "consistent with each other" in calm.sentence


def test_a_table_with_a_power_below_zero_is_refused():
    row = {"mw": -1.0, "power_kind": "avg", "chip_class": "hopper", "boundary": "facility"}
    with pytest.raises(UsageError, match="above 0"):
        counted(pl.DataFrame([row | {"site": "ai", "is_power_limited": False}]))


def test_every_prior_is_in_order_and_every_class_has_what_each_reading_needs():
    assert all(0 < p.least <= p.mode <= p.most for p in priors().values())
    for name in classes()["chip_class"]:
        for kind in ("avg", "peak", "capacity"):
            assert np.isfinite(ends(from_power(1, kind, name)[0])).all()


def test_the_page_of_worked_intervals_is_not_stale():
    assert PAGE.read_text(encoding="utf-8") == table_page.text()


def cluster(name, **facts):
    return (
        NONE
        | {
            "Name": name,
            "Status": "Existing",
            "Sector": "Private",
            "Owner": name,
            "Chip type (primary)": "NVIDIA H100 SXM5 80GB",
            "Chip quantity (primary)": "1000",
            "Reported Power Capacity (MW)": "1.5",
        }
        | facts
    )


CLUSTERS = pl.DataFrame(
    [
        cluster("by the operator", **{"Reported Power Capacity (MW)": "150.0"}),
        cluster("on a list", **{"Certainty Note": "In Top500"}),
        cluster("fine", **{"Reported Power Capacity (MW)": "1.4321"}),
        cluster("planned", Status="Planned"),
        cluster("from power", Note="Chip count estimated from power capacity."),
        cluster("scaled", Note="Power is 5 MW of 40, so extrapolating"),
        cluster("as ratio", Quote="100 megawatts, the equivalent of 50,000 H100"),
        cluster("no number", **{"Chip quantity (primary)": None}),
        cluster("no type", **{"Chip type (primary)": None}),
        cluster("no prior", **{"Chip type (primary)": "PEZY-SC2"}),
        cluster("two", **{"Chip type (secondary)": "NVIDIA A100"}),
        cluster(
            "two of one class",
            **{"Chip type (secondary)": "NVIDIA H200", "Chip quantity (secondary)": "50"},
        ),
        cluster("unsure", **{"Hardware note": "H100,Uncertain"}),
        cluster("no power", **{"Reported Power Capacity (MW)": None}),
    ],
    schema_overrides=dict.fromkeys(NONE, pl.String),
)


def test_the_rules_read_each_row_and_leave_none_out_without_a_reason():
    sites = validation.sites(CLUSTERS)
    assert sites.height == CLUSTERS.height - 1
    read = {r["name"]: r for r in sites.iter_rows(named=True)}
    kinds = {n: (r["power_kind"], r["boundary"]) for n, r in read.items()}
    assert kinds["by the operator"] == kinds["planned"] == ("capacity", "facility")
    assert kinds["on a list"] == kinds["fine"] == ("peak", "system")
    assert {n: r["left_out"] for n, r in read.items() if r["left_out"]} == {
        "from power": "circular: number derived from power",
        "scaled": "circular: number derived from power",
        "as ratio": "circular: number derived from power",
        "no number": "no number published",
        "no type": "no type published",
        "no prior": "class without priors",
        "two": "two classes at one meter",
    }
    assert read["two of one class"]["accelerators"] == 1050
    assert [n for n, r in read.items() if not r["is_type_stated"]] == ["unsure"]


def test_the_corrected_rules_undo_the_publishers_step_only_where_power_is_fine():
    sites = {
        r["name"]: (r["boundary"], r["site"], r["is_power_limited"])
        for r in validation.corrected(validation.sites(CLUSTERS)).iter_rows(named=True)
    }
    assert sites["fine"] == ("system", "research_scaled", False)
    assert sites["on a list"] == ("facility", "research", False)
    assert sites["planned"] == ("facility", "dedicated", True)


def test_one_owner_stays_in_one_part():
    twice = pl.concat([CLUSTERS, CLUSTERS.with_columns(Name=pl.col("Name") + " II")])
    parts = validation.sites(twice).with_columns(pl.col("name").str.strip_suffix(" II"))
    assert parts.group_by("name").agg(pl.col("part").n_unique())["part"].max() == 1
    assert set(parts["part"]) == {"development", "final"}


def test_figures_are_what_a_hand_computes():
    table = pl.DataFrame(
        {
            "is_inside": [True, True, False],
            "error_share": [0.1, -0.3, 0.5],
            "width": [2.0, 3.0, 4.0],
        }
    )
    found = validation.figures(table).row(0)
    assert found == pytest.approx((3, 2 / 3, 0.3, 0.1, 3.0))
    assert validation.chance_of_coverage(9, 10) == pytest.approx((0.6522, 0.9773), abs=0.005)
    assert validation.chance_of_coverage(0, 0) == (0.0, 1.0)


def test_the_validation_page_names_every_site_with_a_power():
    text = validation_page.page(CLUSTERS, "2025-12-17")
    for name in validation.sites(CLUSTERS)["name"]:
        assert name in text
