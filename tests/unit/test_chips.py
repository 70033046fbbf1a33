"""The chips table: what text can name, and that its figures agree with each other."""

from datetime import date

import polars as pl
import pytest

from indicia.indicators.chip_mentions import mentions
from indicia.reference import tables
from indicia.reference.chips import CHINA, candidates, chips, named_by
from indicia.reference.clock import decide


def test_every_chip_can_be_named_and_no_key_joins_domestic_and_foreign_chips():
    assert set(named_by()["chip"]) == set(chips()["chip"])
    mixed = named_by().with_columns(pl.col("designer_hq") == CHINA)
    assert mixed.group_by("key").agg(pl.col("designer_hq").n_unique())["designer_hq"].max() == 1


def test_density_is_performance_by_area():
    figures = chips()
    off = (figures["tpp"] / figures["die_mm2"] - figures["perf_density"]).abs()
    assert off.max() < 0.01


def test_candidates_are_released_parts_of_makers_outside_china():
    known = dict(candidates().iter_rows())
    assert known["NVIDIA A100 SXM4 80GB"] == date(2020, 11, 1)
    assert "NVIDIA B30A (reported, unreleased)" not in known
    assert not [chip for chip in known if chip.startswith("Huawei")]


@pytest.mark.parametrize(
    ("text", "chip", "on", "answer"),
    [
        ("a booster of NVIDIA GH200 accelerators", "NVIDIA GH200", date(2023, 8, 1), "yes"),
        ("NVIDIA Grace Hopper GPU", "NVIDIA GH200", date(2024, 1, 1), "yes"),
        ("44,544 AMD MI300A GPU", "AMD MI300A", date(2024, 1, 1), "yes"),
        ("AMD Instinct MI250 GPU", "AMD MI250", date(2022, 9, 1), "yes"),
        ("AMD MI210 GPU", "AMD MI210", date(2023, 6, 1), "no"),
        ("AMD MI210 GPU", "AMD MI210", date(2024, 1, 1), "yes"),
        ("Intel Data Center GPU Max 1550", "Intel Data", date(2024, 1, 1), "yes"),
        ("Intel Data Center GPU Max 1550", "Intel Data", date(2023, 6, 1), "unknown"),
        ("NVIDIA Tesla P100 GPU", "NVIDIA P100", date(2024, 1, 1), "no"),
    ],
)
def test_a_part_that_data_name_is_recognised_and_decided(text, chip, on, answer):
    found = mentions(pl.DataFrame({"row": [0], "text": [text]})).filter("is_counted")
    named = found.join(named_by(), on="key")["chip"].unique().to_list()
    part = next(name for name in named if name.startswith(chip))
    asked = pl.DataFrame({"chip": [part], "destination": ["CN"], "date": [on]})
    assert decide(asked.with_columns(headquarters=pl.lit("CN")))["answer"].to_list() == [answer]


def test_a_class_of_power_for_a_part_by_name_has_that_part_in_the_table():
    named = ("gh200", "p100", "mi250x", "mi300a", "mi210", "max1550", "v100")
    classes = tables.table("chip_power").filter(pl.col("chip_class").is_in(named))
    for pattern in classes["pattern"]:
        assert chips()["chip"].str.contains(pattern.replace(".*$", "")).any() or (
            chips()["chip"].str.contains(pattern).any()
        ), pattern
