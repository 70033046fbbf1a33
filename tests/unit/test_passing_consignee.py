"""Consignees: words in names, windows of months, a past on file, and whose name answers."""

from datetime import date

import made
import made_resolved as who
import polars as pl
import pytest

from indicia.indicators import passing_consignee
from indicia.indicators.passing_consignee import FIRST, PASSING, marked


def line(name, day, value_usd=30e6, usd_per_kg=2500.0, key="", **more):
    return {
        "shipment_id": f"{name}-{day}{key}",
        "shipped_date": day,
        "consignee_name": name,
        "origin_iso2": "TW",
        "destination_iso2": "MY",
        "hs_code": "84715000",
        "value_reported_usd": value_usd,
        "net_weight_kg": None if usd_per_kg is None else value_usd / usd_per_kg,
        **more,
    }


def past(**more):
    """Somebody else's tyres in each of the 24 months before October 2022."""
    return [
        line("Example Tyres", day, 1e4, hs_code="401110", **more)
        for day in made.months(24, date(2020, 10, 1))
    ]


def judged(lines, scope, records=None, **more):
    db = (
        made.database(shipment=lines, **more)
        if records is None
        else who.database(records, shipment=lines, **more)
    )
    found = passing_consignee.compute(db)
    (row,) = found.evidence.filter(pl.col("scope_id") == scope).iter_rows(named=True)
    return row, found.sources.filter(pl.col("evidence_id") == row["evidence_id"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("TO THE ORDER OF EXAMPLE BANK", "order"),
        ("To Order", "order"),
        ("Example Commercial Bank Bhd", "bank"),
        ("示例银行股份有限公司", "bank"),
        ("EXAMPLE FREIGHT (HK) LTD", "forwarder"),
        ("示例物流有限公司", "forwarder"),
        ("Example General Trading L.L.C.", "reseller"),
        ("Example Cloud Sdn Bhd", None),
        ("Bankside Computing Ltd", None),
        ("Preorder Games GmbH", None),
    ],
)
def test_a_name_is_marked_by_whole_words(name, kind):
    assert pl.select(marked(pl.lit(name))).item() == kind


@pytest.mark.parametrize(
    ("days", "result"),
    [
        ((date(2025, 1, 31), date(2025, 3, 1)), "flag"),
        ((date(2025, 1, 31), date(2025, 4, 1)), "no_flag"),
    ],
)
def test_three_months_in_a_row_must_reach_64_accelerators(days, result):
    lines = [line("Example Freight", day, 0.8e6) for day in days]
    row, sources = judged(lines, "Example Freight")
    assert (row["result"], row["kind"]) == (result, PASSING)
    assert sources.height == 2
    assert judged([line("Example Freight", days[0], 1.59e6)], "Example Freight")[0]["result"] == "no_flag"  # fmt: skip


@pytest.mark.parametrize(
    ("before", "since", "result"),
    [(250e3, 5e6, "flag"), (251e3, 5e6, "no_flag"), (250e3, 4.99e6, "no_flag")],
)
def test_a_first_purchase_holds_little_before_against_much_since(before, since, result):
    lines = [
        *past(),
        line("Example Cloud", date(2022, 9, 30), before, usd_per_kg=400.0),
        line("Example Cloud", date(2024, 1, 1), since / 2),
        line("Example Cloud", date(2024, 6, 30), since / 2),
    ]
    row, _ = judged(lines, "Example Cloud")
    assert row["result"] == result
    if result == "flag":
        assert row["kind"] == FIRST


def test_without_a_past_on_file_nobody_is_new():
    row, _ = judged([*past()[5:], line("Example Cloud", date(2024, 1, 1))], "Example Cloud")
    assert row["result"] == "no_flag"
    assert "cannot be seen" in row["statement"]
    row, _ = judged([*past()[4:], line("Example Cloud", date(2024, 1, 1))], "Example Cloud")
    assert row["result"] == "flag"


def test_a_past_of_another_country_or_source_does_not_count():
    bought = line("Example Cloud", date(2024, 1, 1), source="customs/made")
    for place, source in (("SG", "customs/made"), ("MY", "customs/other")):
        lines = [*past(destination_iso2=place, source=source), bought]
        assert judged(lines, "Example Cloud")[0]["result"] == "no_flag"


def test_a_purchase_without_a_value_is_not_taken_for_nothing():
    unvalued = line("Example Cloud", date(2021, 5, 1), key="x") | {"value_reported_usd": None}
    lines = [*past(), unvalued, line("Example Cloud", date(2024, 1, 1))]
    assert judged(lines, "Example Cloud")[0]["result"] == "no_flag"


def test_both_marks_are_counted_and_weigh_as_one_who_passes_goods_on():
    lines = [*past(), line("Example Trading", date(2024, 1, 1))]
    row, _ = judged(lines, "Example Trading")
    assert (row["observed_value"], row["kind"]) == (2.0, PASSING)


def test_lines_without_weight_lower_the_quality():
    lines = [
        line("Example Freight", date(2025, 1, 1), 30e6),
        line("Example Freight", date(2025, 1, 2), 10e6, usd_per_kg=None),
    ]
    row, sources = judged(lines, "Example Freight")
    assert row["quality_share"] == pytest.approx(0.75)
    # Only goods in the band are cited.
    assert ["12000.0 kg" in q for q in sources["quote"]] == [True]


def test_a_consignee_taken_to_be_a_party_answers_under_the_partys_name():
    name = "EXAMPLE FREIGHT PTE"
    records = [
        who.party("Example Freight", "LEI:X"),
        who.record("consignee:1", "LEI:X", kind="consignee", name=name, table_name="shipment"),
    ]
    lines = [line(name, date(2025, 1, 1))]
    row, sources = judged(
        lines, "Example Freight", records=records,
        facility_party=[made.party("Example Freight"), made.party("Example Silent")],
    )  # fmt: skip
    assert row["result"] == "flag"
    assert set(sources["table_name"]) == {"shipment", "facility_party"}
    silent, _ = judged(lines, "Example Silent", facility_party=[made.party("Example Silent")])
    assert silent["result"] == "no_data"


def test_a_party_that_is_not_named_is_not_asked():
    row, _ = judged([], "Undisclosed", facility_party=[made.party("Undisclosed")])
    assert row["result"] == "not_applicable"
