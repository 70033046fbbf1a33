"""What names a chip as the thing bought, and what only looks like it."""

import made
import polars as pl
import pytest

from indicia.indicators import award_names_chip, plan_names_chip
from indicia.indicators.chip_mentions import mentions

BOUGHT = [
    "Supply of 8 NVIDIA H100 SXM5 80GB servers",
    "采购英伟达A100显卡16块",
    "Ｈ１００服务器",
    "HGX-H200 8-GPU server",
    "H100s for the cluster",
    "RTX 4090显卡",
    "采购4090显卡16块",
    "采购昇腾910B加速卡",
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


def process(
    *notices,
    exposed=True,
    country="CN",
    tied=None,
    headquarters=None,
    indicator=award_names_chip,
):
    tie = {
        "facility_id": "f",
        "scope_kind": "process",
        "scope_id": "p",
        "weight_share": 1.0,
        "basis": "made",
    }
    owner = [made.party("Example Cloud", "f", headquarters_iso2=headquarters)]
    db = made.database(
        procurement_notice=[{"country_iso2": country, **n} for n in notices],
        exposure=[tie] if exposed else [],
        facility=[{"facility_id": "f", "name": "Hall", "country_iso2": tied}] if tied else [],
        facility_party=owner if headquarters else [],
    )
    return indicator.compute(db)


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


def planned(*notices):
    return only(process(*notices, indicator=plan_names_chip))


def test_an_award_and_its_tender_are_asked_apart_and_are_one_origin():
    tender = made.notice(
        "p", "tender", "2024-05-02", "GPU server with H100 and A800", origin_id="b"
    )
    award = made.notice("p", "award", "2024-06-12", "GPU server with H100", origin_id="a")
    bought, wanted = only(process(tender, award)), planned(tender, award)
    assert (bought["kind"], bought["observed_value"]) == (
        "tender_award_names_controlled_chip",
        1.0,
    )
    assert (wanted["kind"], wanted["observed_value"]) == ("plan_names_controlled_chip", 2.0)
    assert bought["origin_id"] == wanted["origin_id"] == "a"
    assert [str(row["ends_date"]) for row in (bought, wanted)] == ["2024-06-12", "2024-05-02"]


def test_a_tender_alone_is_a_plan_and_no_award():
    tender = made.notice("p", "tender", "2024-05-02", "GPU server with H100 and A800")
    assert only(process(tender))["result"] == "no_data"
    assert planned(tender)["result"] == "flag"


def test_a_plan_adds_nothing_to_an_award_that_alone_names_the_part():
    tender = made.notice("p", "tender", "2024-05-02", "GPU servers")
    award = made.notice("p", "award", "2024-06-12", "GPU server with H100")
    assert planned(tender, award)["result"] == "not_applicable"
    assert planned(tender)["result"] == "no_flag"


def test_an_award_that_came_to_nothing_counts_as_a_plan():
    award = made.notice("p", "award", "2024-06-12", "GPU server with H100", status="Cancelled")
    assert planned(award)["result"] == "flag"
    assert only(process(award))["result"] == "no_data"


@pytest.mark.parametrize(
    ("on", "text", "result"),
    [
        ("2020-07-01", "10,000 NVIDIA A100 GPU", "not_applicable"),
        ("2022-08-25", "NVIDIA A100 GPU", "not_applicable"),
        ("2022-08-26", "NVIDIA A100 GPU", "flag"),
        ("2022-10-21", "NVIDIA A100 GPU", "flag"),
        ("2023-10-22", "NVIDIA A800 GPU", "no_flag"),
        ("2023-10-22", "NVIDIA H800 GPU", "no_flag"),
        ("2023-10-23", "NVIDIA A800 GPU", "flag"),
        ("2023-11-16", "NVIDIA L4 GPU", "no_flag"),
        ("2023-11-17", "NVIDIA L4 GPU", "flag"),
        ("2024-06-01", "NVIDIA H20 GPU", "no_flag"),
        ("2025-04-08", "NVIDIA H20 GPU", "no_flag"),
        ("2025-04-09", "NVIDIA H20 GPU", "flag"),
        ("2024-06-01", "昇腾910B 加速卡", "no_flag"),
        ("2025-03-01", "AMD MI308X GPU", "no_data"),
        ("2025-09-01", "AMD MI308X GPU", "flag"),
        (None, "NVIDIA H100 GPU", "no_data"),
    ],
)
def test_the_clock_decides_by_the_day_of_the_award(on, text, result):
    assert only(process(made.notice("p", "award", on, text)))["result"] == result


@pytest.mark.parametrize(
    ("on", "precision", "result"),
    [
        ("2023-10-01", "month", "no_data"),
        ("2023-10-01", "quarter", "no_data"),
        ("2023-01-01", "year", "no_data"),
        ("2023-09-01", "month", "no_flag"),
        ("2023-11-01", "month", "flag"),
        ("2024-01-01", "year", "flag"),
        ("2024-01-01", "unknown", "no_data"),
        ("2020-01-01", "unknown", "no_data"),
    ],
)
def test_control_that_began_within_the_period_of_a_coarse_date_is_no_flag(
    on, precision, result
):
    award = made.notice("p", "award", on, "NVIDIA H800 GPU", date_precision=precision)
    assert only(process(award))["result"] == result


def test_a_coarse_date_says_what_is_missing():
    award = made.notice("p", "award", "2023-10-01", "NVIDIA H800 GPU", date_precision="month")
    assert only(process(award))["statement"] == (
        "An award names H800; whether a licence was needed on its date cannot be told (not known: day)."
    )


@pytest.mark.parametrize(
    ("on", "text", "result"),
    [
        ("2023-06-01", "NVIDIA A100/A800 GPU", "no_data"),
        ("2023-06-01", "NVIDIA A100 or A800 GPU", "no_data"),
        ("2023-06-01", "英伟达A100或A800显卡", "no_data"),
        ("2023-06-01", "NVIDIA A100 and A800 GPU", "flag"),
        ("2024-06-01", "NVIDIA A100/A800 GPU", "flag"),
        ("2024-06-01", "NVIDIA Hopper GPU", "no_data"),
        ("2025-06-01", "NVIDIA Hopper GPU", "flag"),
        ("2025-06-01", "NVIDIA Blackwell GPU", "flag"),
        ("2024-06-01", "NVIDIA H100 or 昇腾910B accelerators", "no_data"),
        ("2024-06-01", "one grain hopper for the mill", "no_flag"),
        ("2024-06-01", "A100 or H100 or better GPU", "no_flag"),
    ],
)
def test_a_choice_or_a_class_flags_only_if_every_part_of_it_needed_a_licence(on, text, result):
    assert only(process(made.notice("p", "award", on, text)))["result"] == result


def test_a_class_says_which_of_its_parts_could():
    said = only(process(made.notice("p", "award", "2023-06-01", "NVIDIA A100/A800 GPU")))[
        "statement"
    ]
    assert "A100 SXM4 80GB needed a licence, NVIDIA A800" in said
    assert "did not; which is meant is not said" in said


@pytest.mark.parametrize(
    ("country", "on", "headquarters", "result"),
    [
        ("VN", "2023-10-22", None, "no_flag"),
        ("VN", "2023-10-23", None, "flag"),
        ("DE", "2024-06-01", "DE", "no_flag"),
        ("DE", "2024-06-01", None, "no_data"),
        ("MY", "2024-06-01", "CN", "flag"),
        ("MY", "2023-06-01", "CN", "no_flag"),
        ("US", "2024-06-01", None, "no_flag"),
        ("RU", "2024-06-01", None, "no_data"),
        (None, "2024-06-01", None, "no_data"),
    ],
)
def test_the_place_and_the_headquarters_count(country, on, headquarters, result):
    award = made.notice("p", "award", on, "NVIDIA H100 GPU")
    found = process(award, country=country, headquarters=headquarters)
    assert only(found)["result"] == result


def test_a_notice_without_a_country_stands_where_its_facility_stands():
    award = made.notice("p", "award", "2024-06-01", "NVIDIA H100 GPU")
    assert only(process(award, country=None, tied="CN"))["result"] == "flag"
    assert only(process(award, country=None, tied="US"))["result"] == "no_flag"


def test_a_later_plan_does_not_undo_an_award_of_before_control():
    award = made.notice("p", "award", "2023-06-01", "NVIDIA H800 GPU")
    plan = made.notice("p", "tender", "2024-06-01", "NVIDIA H800 GPU")
    assert only(process(award, plan))["result"] == "no_flag"
    row = planned(award, plan)
    assert row["result"] == "no_flag"
    assert row["statement"] == (
        "What it names was awarded on a day on which no licence was needed."
    )
    assert planned(plan)["result"] == "flag"


def test_what_an_award_settled_says_nothing_of_another_part():
    award = made.notice("p", "award", "2023-06-01", "NVIDIA H800 GPU")
    plan = made.notice("p", "tender", "2024-06-01", "NVIDIA H100 GPU")
    assert planned(award, plan)["result"] == "flag"


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
