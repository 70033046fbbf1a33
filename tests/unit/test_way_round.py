"""Goods by way of a hub: which way, which place and day, which months, and what is cited."""

from datetime import date

import made
import polars as pl
import pytest

from indicia.indicators import way_round

DAY, NAME = date(2025, 3, 4), "Example Compute Ltd"


def line(key="1", day=DAY, value_usd=11e6, **more):
    return {
        "shipment_id": key,
        "shipped_date": day,
        "consignee_name": NAME,
        "shipper_iso2": "VN",
        "destination_iso2": "CN",
        "hs_code": "84715000",
        "value_reported_usd": value_usd,
        "net_weight_kg": value_usd / 2500,
        **more,
    }


def judged(*lines):
    found = way_round.compute(made.database(shipment=lines))
    (row,) = found.evidence.iter_rows(named=True)
    return row, found.sources


@pytest.mark.parametrize(
    ("more", "result"),
    [
        ({}, "flag"),
        ({"shipper_iso2": None, "origin_iso2": "VN"}, "flag"),  # lading stands in
        ({"origin_iso2": "TW"}, "flag"),  # made there, shipped from the hub
        ({"shipper_iso2": "TW"}, "no_flag"),
        ({"shipper_iso2": "US"}, "no_flag"),
        ({"shipper_iso2": None}, "no_flag"),
        ({"shipper_iso2": "HK", "destination_iso2": "HK"}, "no_flag"),  # inside the hub
        ({"shipper_iso2": "HK"}, "flag"),
        ({"destination_iso2": None, "consignee_iso2": "CN"}, "flag"),
        ({"net_weight_kg": 27_000.0}, "not_applicable"),
        ({"net_weight_kg": None}, "no_data"),
    ],
)
def test_the_way_and_the_band_decide(more, result):
    assert judged(line(**more))[0]["result"] == result


@pytest.mark.parametrize(
    "more",
    [
        {"day": date(2022, 8, 1)},  # before any rule
        {"destination_iso2": "JP"},
        {"destination_iso2": "AE", "shipper_iso2": "SG"},  # presumption of approval
        {"destination_iso2": "MY", "shipper_iso2": "SG"},  # headquarters alone decide
        {"destination_iso2": "ZZ"},  # no country
        {"destination_iso2": None},
        {"hs_code": "85423100"},
    ],
)
def test_lines_that_are_not_asked_are_no_silence(more):
    assert way_round.compute(made.database(shipment=[line(**more)])).evidence.is_empty()


def test_three_months_in_a_row_are_added_and_the_direct_way_is_not():
    apart = [line("1", date(2025, 1, 5), 0.9e6), line("2", date(2025, 4, 5), 0.9e6)]
    direct = line("3", date(2025, 2, 5), 50e6, shipper_iso2="TW")
    row, sources = judged(*apart, direct)
    assert (row["result"], row["observed_value"]) == ("no_flag", 0.9e6)
    assert "by way of VN" in row["statement"]
    row, sources = judged(*apart, line("4", date(2025, 3, 5), 0.8e6, shipper_iso2="MY"))
    assert (row["result"], row["observed_value"]) == ("flag", 1.7e6)
    assert sources["row_key"].to_list() == ["shipment_id=1", "shipment_id=2", "shipment_id=4"]


def test_a_party_that_no_line_names_has_no_data():
    holder = {
        "facility_id": "a",
        "role": "operator",
        "party_name": "Other Ltd",
        "certainty": "stated",
    }
    found = way_round.compute(made.database(shipment=[line()], facility_party=[holder]))
    results = found.evidence.select("scope_id", "result").rows()
    assert results == [(NAME, "flag"), ("Other Ltd", "no_data")]
    assert found.evidence.filter(pl.col("result") == "flag")["kind"].to_list() == [
        way_round.KIND
    ]
