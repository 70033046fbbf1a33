"""The power lines of one facility, asked of a database with the real tables."""

from datetime import date

import made
import polars as pl
import pytest
from made_ledger import SITE, Made, ask, ends, of, site, state

from indicia.answers import charts, compute
from indicia.errors import UsageError
from indicia.schema.observations import POWER_KINDS, SITE_CLASSES
from indicia.scoring.ledger import candidates, from_power
from indicia.scoring.ledger.power import SITES


def found_for(*states, years=(), facility=None, **more):
    return ask(
        "facility",
        SITE,
        facility=[facility or site()],
        facility_state=list(states),
        power_site_year=list(years),
        **more,
    )


def readings(found, channel="power"):
    return of(found, channel)["reading"].unique(maintain_order=True).to_list()


def test_every_candidate_class_has_its_own_row_and_nothing_is_merged():
    power = of(found_for(state("2025-01-01", power_estimated_mw=100.0)), "power")
    assert tuple(power["chip_class"]) == candidates()
    assert power["accelerators_p50_count"].n_unique() == len(candidates())


def test_counts_are_those_of_the_engine_to_three_figures():
    power = of(found_for(state("2025-01-01", power_estimated_mw=100.0)), "power")
    for row, count in zip(power.iter_rows(named=True), from_power(100, "peak"), strict=True):
        expected = [getattr(count.accelerators, p) for p in ("p05", "p50", "p95")]
        assert ends(row) == pytest.approx(expected, rel=5e-3)


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
    assert of(found, "power").height == 3 * len(candidates())


def test_a_plan_stands_under_plans_and_is_no_observation():
    found = found_for(
        state("2024-01-01", power_reported_mw=10.0),
        state("2027-01-01", power_reported_mw=900.0, is_projection=True),
    )
    assert set(of(found, "power")["amount"]) == {10.0}
    assert readings(found, "tenders") == ["planned peak power, reported, 2027-01-01: 900 MW"]
    assert of(found, "tenders")["note"].str.contains("A plan or forecast").all()


@pytest.mark.parametrize("mw", [None, 0.0])
def test_without_power_the_line_says_no_data_and_never_zero(mw):
    found = found_for(state("2025-01-01", power_reported_mw=mw))
    for channel in compute.CHANNELS:
        line = of(found, channel).row(0, named=True)
        assert line["reading"] == compute.NO_DATA
        assert ends(line) == [None, None, None]
        assert line["note"]
    assert found.assumptions.is_empty()
    assert "no data" in found.left_out["what"][0]


def test_a_site_at_zero_today_is_not_counted_by_what_it_drew_before():
    found = found_for(
        state("2024-01-01", power_reported_mw=50.0), state("2025-01-01", power_reported_mw=0.0)
    )
    assert readings(found) == [compute.NO_DATA]


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
    assert set(of(found, "power")["amount"]) == {10.0}


def test_an_incomplete_year_is_no_average_and_the_year_before_speaks():
    whole, part = made.campus_years(SITE, [12.0, 3.0])
    found = found_for(years=[{**whole, "is_partial": False}, {**part, "is_partial": True}])
    assert readings(found) == ["metered average, reported, 2015: 12 MW"]


def test_the_stated_compute_stands_beside_in_its_own_unit_and_unrounded():
    found = found_for(
        state("2025-01-01", power_reported_mw=30.0, compute_reported_h100e_count=7123.0)
    )
    line = of(found, "stated").row(0, named=True)
    assert (line["unit"], line["chip_class"]) == (compute.H100E, None)
    assert ends(line) == [7123.0, 7123.0, 7123.0]
    assert not of(found, "power")["note"].str.contains("Circular").any()
    assert compute.H100E not in set(compute.charted(found.lines)["unit"])


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
    assert set(of(found, "power")["note"].str.contains("Circular")) == {is_circular}


def test_every_class_of_site_and_kind_of_power_has_a_reading():
    assert set(compute.SITE_OF_CLASS) == set(SITE_CLASSES)
    assert set(compute.SITE_OF_CLASS.values()) < set(SITES)
    assert set(compute.KINDS_SAY) == set(POWER_KINDS)


@pytest.mark.parametrize(
    ("site_class", "country", "kind", "drawn"),
    [
        ("ai", "US", "capacity", {"ai_share", "fill_share"}),
        ("ai", "CN", "capacity", {"ai_share", "fill_share_hall_cn"}),
        ("ai", "CN", "peak", {"ai_share", "peak_share"}),
        ("cloud", "CN", "capacity", {"ai_share_colocation", "fill_share"}),
        ("supercomputer", "CN", "peak", {"ai_share_dedicated", "host_ratio"}),
        (None, None, "peak", {"ai_share_colocation", "peak_share"}),
    ],
)
def test_the_class_of_a_site_decides_how_its_power_is_read(site_class, country, kind, drawn):
    found = found_for(
        state("2025-01-01", kind, power_reported_mw=30.0), facility=site(site_class, country)
    )
    assert drawn <= set(found.assumptions["quantity"])


def test_a_site_of_another_kind_is_counted_for_scale_only_and_says_so():
    found = found_for(state("2025-01-01", power_reported_mw=30.0), facility=site("crypto"))
    assert of(found, "power")["note"].str.contains("for scale only").all()


@pytest.mark.parametrize(
    ("boundary", "says", "drawn", "not_drawn"),
    [
        ("system", "the computing system alone", "overhead_ratio_system", "pue_ratio"),
        ("it", "IT load without cooling", "overhead_ratio", "pue_ratio"),
        ("facility", "the whole facility;", "pue_ratio", "overhead_ratio_system"),
        (None, "the whole facility (boundary not stated)", "pue_ratio", "overhead_ratio_system"),
    ],
)  # fmt: skip
def test_the_boundary_is_read_from_its_column_and_not_guessed(boundary, says, drawn, not_drawn):
    found = found_for(
        state(
            "2025-01-01",
            power_reported_mw=5.0,
            boundary=boundary,
            source_url="https://www.top500.org/system/1/",
        )
    )
    assert of(found, "power")["note"].str.contains(says, literal=True).all()
    assert drawn in set(found.assumptions["quantity"])
    assert not_drawn not in set(found.assumptions["quantity"])


@pytest.mark.parametrize(
    ("statement", "classes"),
    [
        ("6,128 NVIDIA H200; power as measured.", {"hopper"}),
        ("NVIDIA GH200 on a list.", {"gh200"}),
        ("NVIDIA A100 and NVIDIA H100 accelerators.", {"a100", "hopper"}),
        ("Performance of accelerators not below NVIDIA A100.", set(candidates())),
        ("341 MW, 214,348 H100 equivalents.", set(candidates())),
        ("Two halls at work.", set(candidates())),
    ],
)
def test_a_chip_named_in_the_statement_narrows_the_classes(statement, classes):
    found = found_for(state("2025-01-01", power_reported_mw=30.0, statement=statement))
    assert set(of(found, "power")["chip_class"]) == classes


def test_power_of_a_machine_without_accelerators_counts_none_of_them():
    found = found_for(
        state("2025-01-01", power_reported_mw=30.0, statement="A list; no accelerators.")
    )
    assert readings(found) == [compute.NO_DATA]
    assert "there are no accelerators" in " ".join(found.left_out["what"])


def test_a_state_holds_until_the_next_and_a_metered_year_lies_inside_the_period():
    tables = {
        "facility": [site()],
        "facility_state": [
            state("2022-05-01", power_reported_mw=10.0),
            state("2025-05-01", power_reported_mw=20.0),
        ],
        "power_site_year": made.campus_years(SITE, [5.0, 6.0]),
    }

    def read(*period):
        return readings(ask("facility", SITE, period=period, **tables))

    assert read("2023", "2024") == ["peak power, reported, 2022-05-01: 10 MW"]
    assert read("", "2015") == ["metered average, reported, 2015: 5 MW"]
    assert read("2016", "2016-12") == ["metered average, reported, 2016: 6 MW"]
    assert read("2016-02", "2016") == [compute.NO_DATA]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("March", "", "YYYY or YYYY-MM"),
        ("2024-13", "", "YYYY or YYYY-MM"),
        ("", "2024-1", "YYYY or YYYY-MM"),
        ("2025", "2024-06", "must not lie after"),
    ],
)
def test_a_period_in_other_words_is_refused_with_the_form_that_is_valid(first, last, said):
    with pytest.raises(UsageError, match=said):
        compute.Period.of(first, last)


def test_assumptions_are_every_prior_drawn_from_once_with_its_source():
    found = found_for(
        state("2025-01-01", power_reported_mw=30.0),
        state("2025-01-01", "capacity", power_reported_mw=90.0),
    )
    priors = found.assumptions
    assert not priors.select("quantity", "chip_class").is_duplicated().any()
    own = priors.filter(pl.col("quantity") == "busy_node_kw")["chip_class"]
    assert set(own) == set(candidates())
    assert {"peak_share", "fill_share", "pue_ratio", "ai_share"} <= set(priors["quantity"])
    assert (priors["basis"].str.len_chars() > 0).all()


def test_a_changed_assumption_changes_the_counts_and_is_shown_in_force():
    figure = state("2025-01-01", power_reported_mw=30.0)
    usual = found_for(figure)
    own = found_for(figure, assumptions={"pue_ratio": 1.1, "busy_node_kw:hopper": (9, 9, 9)})
    for name in ("a100", "hopper"):
        usual_row, own_row = (of(f, "power", name).row(0, named=True) for f in (usual, own))
        assert (own_row["accelerators_p50_count"] > usual_row["accelerators_p50_count"]) == (
            name == "a100"
        )
    shown = own.assumptions.filter(pl.col("status") == "assumed")
    assert set(shown.select("quantity", "chip_class", "mode").iter_rows()) == {
        ("pue_ratio", "any", 1.1),
        ("busy_node_kw", "hopper", 9.0),
    }


def test_every_assumption_in_force_can_be_changed_within_its_bounds():
    found = found_for(state("2025-01-01", power_reported_mw=30.0))
    wishes = compute.wishes(found.assumptions)
    assert len(wishes) == found.assumptions.height
    assert all(w.at_least <= min(w.values) <= max(w.values) <= w.at_most for w in wishes)
    assert compute.changed({w.name: w.values for w in wishes}) == {}
    asked = {w.name: w.values for w in wishes} | {"pue_ratio": (1.1, 1.2, 1.3)}
    assert compute.changed(asked) == {"pue_ratio": (1.1, 1.2, 1.3)}
    asked = {w.name: w.values for w in wishes} | {"overhead_ratio": (1.1, 1.2, 1.3)}
    own = found_for(
        state("2025-01-01", power_reported_mw=30.0), assumptions=compute.changed(asked)
    )
    for name, is_same in (("ascend910c", True), ("hopper", False)):
        pair = [ends(of(f, "power", name).row(0, named=True)) for f in (found, own)]
        assert (pair[0] == pair[1]) == is_same


def test_the_picture_carries_its_caveat_and_a_logarithmic_axis():
    found = found_for(state("2025-01-01", power_reported_mw=30.0))
    spec = charts.ledger(compute.charted(found.lines), "data made").to_dict()
    assert compute.CAVEAT in spec["title"]["subtitle"]
    assert "data made" in spec["title"]["subtitle"]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"


def test_a_facility_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="holds no facility 'nobody'"):
        compute.ask(Made(facility=[site()]), compute.Scope("facility", "nobody"))


def test_a_facility_that_is_not_there_gets_the_nearest_ones():
    held = Made(facility=[site(), site(facility="other-place", name="Elsewhere")])
    with pytest.raises(UsageError, match=f"Near it: {SITE}"):
        compute.ask(held, compute.Scope("facility", "epoch-exampel"))
    with pytest.raises(
        UsageError, match=f"2 can be asked for, among them: other-place, {SITE}"
    ):
        compute.ask(held, compute.Scope("facility", "zzz"))


def test_an_organisation_that_is_not_there_gets_the_nearest_ones():
    party = {
        "facility_id": SITE,
        "role": "owner",
        "party_name": "Example Ltd",
        "certainty": "confident",
    }
    held = Made(facility=[site()], facility_party=[party])
    with pytest.raises(UsageError, match="Near it: Example Ltd"):
        compute.ask(held, compute.Scope("entity", "Exmaple Ltd"))


def test_a_picture_that_is_cut_says_so_and_keeps_every_channel(monkeypatch):
    monkeypatch.setattr(compute, "MOST_DRAWN", 3)
    states = [
        state("2025-01-01", kind, power_reported_mw=mw, power_estimated_mw=mw / 2)
        for kind, mw in (("peak", 30.0), ("capacity", 40.0), ("avg", 20.0))
    ]
    said = {
        "subject_kind": "facility", "subject": SITE, "kind": "installed",
        "chip_text": "NVIDIA H100", "on_date": date(2025, 1, 1), "accelerators_reported_count": 5000.0,
    }  # fmt: skip
    found = found_for(*states, hardware_statement=[said])
    drawn = compute.charted(found.lines)
    assert drawn["label"].n_unique() == 3
    assert set(drawn["channel"]) == {"power", "stated"}
    words = compute.cut(found.lines)
    assert words.startswith("Cut: 3 of 7 figures are drawn")
    spec = charts.ledger(drawn, "data made", words).to_dict()
    assert words in spec["title"]["subtitle"]


def test_a_picture_that_shows_everything_says_nothing_of_a_cut():
    found = found_for(state("2025-01-01", power_reported_mw=30.0))
    assert compute.cut(found.lines) == ""
    spec = charts.ledger(compute.charted(found.lines), "data made").to_dict()
    assert "" not in spec["title"]["subtitle"]
