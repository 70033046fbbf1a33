"""The chips table and its clock."""

from datetime import date

import polars as pl
import pytest

from indicia.reference.chips import chips, controlled_on, named_by


@pytest.mark.parametrize(
    ("chip", "on", "answer"),
    [
        ("NVIDIA A100 SXM4 80GB", date(2022, 10, 20), "no"),
        ("NVIDIA A100 SXM4 80GB", date(2022, 10, 21), "yes"),
        ("NVIDIA H800 SXM5 80GB", date(2023, 10, 22), "no"),
        ("NVIDIA H800 SXM5 80GB", date(2023, 10, 23), "yes"),
        ("NVIDIA L40", date(2023, 11, 16), "no"),
        ("NVIDIA L40", date(2023, 11, 17), "yes"),
        ("NVIDIA RTX 4090", date(2023, 11, 16), "no"),
        ("NVIDIA RTX 4090", date(2023, 11, 17), "yes"),
        ("NVIDIA RTX 4090 D", date(2024, 6, 1), "no"),
        ("NVIDIA H20 SXM 96GB", date(2024, 6, 1), "no"),
        ("NVIDIA RTX PRO 6000D (China)", date(2025, 9, 1), "unknown"),
        ("Baidu Kunlun 2 (R200)", date(2024, 6, 1), "unknown"),
        ("AMD MI308X (China)", date(2023, 1, 1), "unknown"),
        ("Nobody's chip", date(2024, 6, 1), "unknown"),
        ("NVIDIA H100 SXM5 80GB", None, "unknown"),
    ],
)
def test_the_clock(chip, on, answer):
    asked = controlled_on(pl.Series([chip]), pl.Series([on], dtype=pl.Date))
    assert asked.to_list() == [answer]


def test_answers_keep_the_order_of_the_questions():
    named = pl.Series(["NVIDIA T4", "NVIDIA H100 SXM5 80GB", "NVIDIA T4"])
    dates = pl.Series([date(2024, 1, 1)] * 3)
    assert controlled_on(named, dates).to_list() == ["no", "yes", "no"]


def test_unknown_performance_is_never_no_once_a_test_is_in_force():
    unknown = chips().filter(pl.col("eccn_2023_test").str.starts_with("UNKNOWN"))
    dates = pl.Series([date(2024, 1, 1)] * unknown.height)
    assert unknown.height > 0
    assert "no" not in controlled_on(unknown["chip"], dates).to_list()


def test_every_chip_can_be_named_and_no_key_joins_domestic_and_foreign_chips():
    assert set(named_by()["chip"]) == set(chips()["chip"])
    mixed = named_by().group_by("key").agg(pl.col("is_domestic_cn").n_unique())
    assert mixed["is_domestic_cn"].max() == 1


def test_the_table_agrees_with_its_own_tests():
    table = chips().filter(pl.col("tpp").is_not_null() & (pl.col("meets_2022_test") != ""))
    both = table.filter((pl.col("tpp") >= 4800) & (pl.col("io_total_gbs") >= 600))
    assert set(both["meets_2022_test"]) == {"Y"}
    large = chips().filter((pl.col("tpp") >= 4800) & (pl.col("dc_marketed") == "Y"))
    assert large["eccn_2023_test"].str.starts_with("3A090.a").all()
