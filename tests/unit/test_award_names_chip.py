"""What names a chip as the thing bought, and what only looks like it."""

import made
import polars as pl
import pytest

from indicia.indicators import award_names_chip
from indicia.indicators.chip_mentions import mentions

BOUGHT = [
    "Supply of 8 NVIDIA H100 SXM5 80GB servers",
    "采购英伟达A100显卡16块",
    "Ｈ１００服务器",
    "HGX-H200 8-GPU server",
    "H100s for the cluster",
    "RTX 4090显卡",
    "RTX4090D 显卡",
    "2U server with T4 GPU",
    "NVIDIA A30 GPU",
    "H20-3e GPU",
    "Lot No. 5. H100 servers",
    "GPU performance stated below. 8 x H800",
    "8×MI300X",  # noqa: RUF001 -- buyers write it so
]
NOT_BOUGHT = [
    "GPU performance not below A100",
    "not below A100 GPU or H100",
    "no less than NVIDIA A100 GPU",
    "equivalent to A100 GPU",
    "GPUs similar to NVIDIA H100",
    "A100 or better GPU",
    "A100 GPU or equivalent",
    "H100-class accelerator",
    "accelerators, except H100",
    "GPUs other than NVIDIA H100",
    "GPU servers; no H100",
    "GPU性能不低于A100",
    "性能不低于英伟达A100显卡",
    "算力相当于H100",
    "A100同等性能服务器",
    "A100及以上显卡",
    "兼容A100的服务器",
    "非A100 GPU",
    "除H100外的显卡",
    "Works on the A100 road, server room",
    "服务器运至A100路",
    "T4 phage reagents",
    "paper, size A30",
    "V100 pump for the compressor",
    "H100 toner cartridge",
]
UNNAMED = ["A1000 GPU", "AA100 GPU", "GPU A100B", "XH100 server", "H2000 GPU"]


def counted(text):
    found = mentions(pl.DataFrame({"row": [0], "text": [text]}))
    return None if found.is_empty() else bool(found["is_counted"].any())


def process(*notices, exposed=True):
    tie = {
        "facility_id": "f",
        "scope_kind": "process",
        "scope_id": "p",
        "weight_share": 1.0,
        "basis": "made",
    }
    db = made.database(procurement_notice=list(notices), exposure=[tie] if exposed else [])
    return award_names_chip.compute(db)


def only(found):
    (row,) = found.evidence.iter_rows(named=True)
    return row


@pytest.mark.parametrize("text", BOUGHT)
def test_a_chip_that_is_bought_counts(text):
    assert counted(text) is True


@pytest.mark.parametrize("text", NOT_BOUGHT)
def test_a_yardstick_an_exclusion_or_an_address_does_not_count(text):
    assert counted(text) is False


@pytest.mark.parametrize("text", UNNAMED)
def test_a_name_inside_a_longer_word_is_no_name(text):
    assert counted(text) is None


def test_a_yardstick_elsewhere_does_not_silence_what_is_bought():
    assert counted("Not below A100 GPU.\nAwarded: 8 NVIDIA A100 GPU") is True


def test_an_award_outranks_a_tender_and_merges_with_it():
    tender = made.notice("p", "tender", "2024-05-02", "GPU server with H100 and A800")
    award = made.notice("p", "award", "2024-06-12", "GPU server with H100")
    row = only(process(tender, award))
    assert (row["kind"], row["observed_value"]) == ("tender_award_names_controlled_chip", 1.0)
    assert only(process(tender))["kind"] == "plan_names_controlled_chip"
    assert only(process(tender))["observed_value"] == 2.0


def test_an_award_that_came_to_nothing_counts_as_a_plan():
    award = made.notice("p", "award", "2024-06-12", "GPU server with H100", status="Cancelled")
    assert only(process(award))["kind"] == "plan_names_controlled_chip"


@pytest.mark.parametrize(
    ("on", "text", "result"),
    [
        ("2022-10-20", "NVIDIA A100 GPU", "not_applicable"),
        ("2022-10-21", "NVIDIA A100 GPU", "flag"),
        ("2023-10-22", "NVIDIA A800 GPU", "no_flag"),
        ("2023-10-23", "NVIDIA A800 GPU", "flag"),
        ("2023-11-16", "NVIDIA L4 GPU", "no_flag"),
        ("2023-11-17", "NVIDIA L4 GPU", "flag"),
        ("2024-06-01", "NVIDIA H20 GPU", "no_flag"),
        ("2024-06-01", "昇腾910B 加速卡", "no_flag"),
        ("2025-09-01", "AMD MI308X GPU", "no_flag"),
        (None, "NVIDIA H100 GPU", "no_data"),
    ],
)
def test_the_clock(on, text, result):
    assert only(process(made.notice("p", "award", on, text)))["result"] == result


def test_a_flag_quotes_the_words_it_rests_on():
    found = process(
        made.notice("p", "award", "2024-06-12", "Eight servers with NVIDIA H100 GPU")
    )
    assert found.sources["row_key"].to_list() == ["process_id=p, notice_id=p-award, line_id=1"]
    assert "h100" in found.sources["quote"][0]


def test_a_process_that_names_nothing_is_answered_only_where_a_facility_is_tied_to_it():
    chairs = made.notice("p", "award", "2024-06-12", "Office chairs")
    assert only(process(chairs))["result"] == "no_flag"
    assert process(chairs, exposed=False).evidence.is_empty()


def test_a_tied_process_without_notices_has_no_data():
    assert only(process())["result"] == "no_data"
