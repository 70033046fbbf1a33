"""Purchases: which words name domestic parts or infrastructure of AI class, and which only look like it."""

from datetime import date

import made
import made_resolved as who
import pytest

from indicia.indicators import (
    ai_infrastructure,
    domestic_chip,
    listed_buyer,
    supplier_marks,
    unit_price,
)

TIE = {"facility_id": "f", "scope_kind": "process", "scope_id": "p", "weight_share": 1.0}


def process(*notices):
    return made.database(
        procurement_notice=[{"country_iso2": "CN", **n} for n in notices],
        exposure=[{**TIE, "basis": "made"}],
    )


def only(indicator, *notices):
    (row,) = indicator.compute(process(*notices)).evidence.iter_rows(named=True)
    return row


def observed(indicator, text):
    return only(indicator, made.notice("p", "award", "2024-06-12", text))["observed_value"] or 0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("昇腾910B 加速卡", 1),
        ("采购昇腾训练服务器", 1),
        ("servers with Huawei Ascend accelerators", 1),
        ("Atlas 800T training servers", 1),
        ("寒武纪MLU370加速卡", 2),
        ("壁仞 GPU 服务器; 摩尔线程显卡", 2),
        ("昇腾 or 寒武纪 GPU", 2),
        ("NVIDIA H100 or 昇腾 accelerators", 0),
        ("寒武纪地层钻探服务", 0),
        ("to ascend the tower, atlas of roads", 0),
        ("算力不低于昇腾910B的GPU服务器", 0),
        ("不采用昇腾加速卡的GPU服务器", 0),
    ],
)
def test_a_domestic_part_counts_where_it_is_bought(text, names):
    assert observed(domestic_chip, text) == names


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Liquid-cooled rack for GPU servers", 1),
        ("液冷服务器", 1),
        ("浸没式液冷数据中心", 1),
        ("InfiniBand NDR switches and HGX servers with NVLink", 2),
        ("无限带宽网络设备", 1),
        ("IB交换机40台", 1),
        ("compatible with InfiniBand", 0),
        ("servers, no NVLink", 0),
        ("servers not requiring liquid cooling", 0),
        ("支持兼容HGX的服务器", 0),
        ("不采用液冷的服务器", 0),
        ("HGX-class servers", 0),
        ("液冷充电桩机柜", 0),
        ("cold plate for a laser, computing unit included", 0),
        ("cold plate for the kitchen", 0),
        ("cribs and bib switches", 0),
    ],
)
def test_infrastructure_counts_where_it_is_bought_for_computing(text, kinds):
    assert observed(ai_infrastructure, text) == kinds


@pytest.mark.parametrize("indicator", [domestic_chip, ai_infrastructure])
def test_a_tender_and_its_award_are_one_origin_and_the_flag_is_quoted(indicator):
    tender = made.notice("p", "tender", "2024-05-02", "GPU servers", origin_id="b")
    award = made.notice(
        "p", "award", "2024-06-12", "昇腾 servers, InfiniBand switches", origin_id="a"
    )
    found = indicator.compute(process(tender, award))
    (row,) = found.evidence.iter_rows(named=True)
    assert (row["result"], row["origin_id"]) == ("flag", "a")
    assert str(row["starts_date"]) == "2024-06-12"
    assert found.sources["row_key"].to_list() == ["process_id=p, notice_id=p-award, line_id=1"]
    assert "servers" in found.sources["quote"][0]


def test_what_names_no_accelerator_is_no_evidence_against_domestic_ones():
    notice = made.notice("p", "award", "2024-06-12", "Office chairs")
    assert only(domestic_chip, notice)["result"] == "no_data"
    assert only(ai_infrastructure, notice)["result"] == "no_flag"


def test_a_purchase_of_other_parts_does_not_speak_against_domestic_ones():
    notice = made.notice("p", "award", "2024-06-12", "NVIDIA H100 GPU")
    row = only(domestic_chip, notice)
    assert (row["result"], row["detectability_share"]) == ("no_flag", 0.0)


def listed_buyer_row(on, **more):
    db = who.database(
        [
            who.record(
                "buyer:X", "EL:X", kind="buyer", name="X", table_name="procurement_notice"
            ),
            who.listed("X", **more),
        ],
        procurement_notice=[made.notice("p", "award", on, "Servers", buyer_name="X")],
        exposure=[{**TIE, "basis": "made"}],
    )
    return listed_buyer.compute(db)


@pytest.mark.parametrize(
    ("on", "listed", "result"),
    [
        ("2024-12-04", date(2024, 12, 5), "no_flag"),
        ("2024-12-05", date(2024, 12, 5), "flag"),
        (None, date(2024, 12, 5), "no_data"),
        ("2024-12-05", None, "no_data"),
    ],
)
def test_a_listing_counts_from_its_first_day(on, listed, result):
    (row,) = listed_buyer_row(on, listed_date=listed).evidence.iter_rows(named=True)
    assert row["result"] == result


def test_a_listing_on_a_list_without_export_limits_does_not_count():
    (row,) = listed_buyer_row("2024-12-05", list_code="1260H").evidence.iter_rows(named=True)
    assert row["result"] == "no_data"


def test_the_origin_of_a_listed_buyer_is_the_listing_and_both_rows_are_cited():
    found = listed_buyer_row("2024-12-05", origin_id="the list")
    (row,) = found.evidence.iter_rows(named=True)
    assert row["origin_id"] == "the list"
    assert dict(found.sources.select("table_name", "quote").iter_rows()) == {
        "procurement_notice": "buyer: X",
        "entity_listing": "EL: X; listed 2024-12-05",
    }


@pytest.mark.parametrize(
    ("text", "price_usd", "result"),
    [
        ("NVIDIA GPU", 24_999, "no_flag"),
        ("NVIDIA GPU", 25_000, "flag"),
        ("NVIDIA GPU", 65_000, "flag"),
        ("NVIDIA GPU", 65_001, "no_flag"),
        ("NVIDIA GPU", 300_000, "no_flag"),
        ("服务器", 199_999, "no_flag"),
        ("服务器", 200_000, "flag"),
        ("服务器", 520_001, "no_flag"),
        ("Buses", 30_000, "not_applicable"),
    ],
)
def test_a_price_is_held_against_one_accelerator_and_servers_of_eight(text, price_usd, result):
    units = {"amount": price_usd * 4.0, "currency": "usd", "quantity_count": 4.0}
    award = made.notice("p", "award", "2024-06-12", text, **units)
    assert only(unit_price, award)["result"] == result


@pytest.mark.parametrize(
    ("more", "result"),
    [
        ({"currency": "CNY"}, "not_applicable"),
        ({"quantity_count": 0.0}, "no_data"),
        ({"quantity_count": None}, "no_data"),
        ({"amount": 0.0}, "no_data"),
        ({"currency": None}, "no_data"),
        ({"status": "cancelled"}, "no_data"),
    ],
)
def test_a_price_that_is_not_stated_is_not_zero(more, result):
    units = {"amount": 40_000.0, "currency": "USD", "quantity_count": 1.0, **more}
    row = only(unit_price, made.notice("p", "award", "2024-06-12", "GPU server", **units))
    assert (row["result"], row["observed_value"]) == (result, None)


def won(supplier, codes, processes=20, status="active"):
    return [
        made.notice(
            f"{supplier}-{status}-{n}",
            "award",
            "2024-06-12",
            "Goods",
            supplier_names=supplier,
            classification_codes=codes,
            status=status,
        )
        for n in range(processes)
    ]


def wide(*awards):
    db = made.database(procurement_notice=[row for rows in awards for row in rows])
    return supplier_marks.heterogeneous(db).filter("is_wide")["supplier"].to_list()


PLAIN = [won(name, "CPV:30200000; CPV:30210000") for name in ("A", "B", "C", "D")]


def test_a_supplier_of_many_trades_lies_above_the_fence_of_all_suppliers():
    assert wide(*PLAIN, won("W", "CPV:30200000; CPV:48800000")) == ["W"]
    assert wide(*PLAIN, won("W", "CPV:30200000; CPV:30300000")) == []


@pytest.mark.parametrize("status", ["pending", "cancelled", "unsuccessful", "invalid"])
def test_what_was_not_won_does_not_make_a_supplier_of_many_trades(status):
    assert wide(*PLAIN, won("W", "CPV:30; CPV:48", status=status)) == []


def test_a_supplier_of_few_processes_or_in_company_is_not_asked():
    assert wide(*PLAIN, won("W", "CPV:30200000; CPV:48800000", processes=19)) == []
    assert wide(*PLAIN, won("W; X", "CPV:30200000; CPV:48800000")) == []
