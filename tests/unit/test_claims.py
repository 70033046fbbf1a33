"""Training claims: operations, utilisation, hours, days, bands."""

import polars as pl
import pytest

from indicia.answers import claims as answers
from indicia.errors import UsageError
from indicia.reference.compute.claims import Claim, band_of, class_of, imply, published
from indicia.scoring.ledger import classes

V3 = Claim("V3", 37, 14.8, chip_class="hopper", accelerator_hours=2.664e6, precision="fp8")


def test_the_hand_check_of_deepseek_v3():
    found = imply(V3)
    assert found.flop == pytest.approx(3.2856e24)
    assert found.mfu == pytest.approx(0.346, abs=5e-4)
    assert found.mfu_of_precision == pytest.approx(0.173, abs=5e-4)
    assert "normal" in found.band
    assert found.cannot_tell


def test_attention_only_raises_the_utilisation():
    found = imply(V3)
    assert found.mfu < found.mfu_interval.p05 < found.mfu_interval.p50 < found.mfu_interval.p95
    assert found.mfu_interval.p95 < 1.25 * found.mfu


NEED = {
    "DeepSeek-V3 (pre-train)": (4.61, 2.64, 1.84, 54, 11.0),
    "DeepSeek-V4-Pro": (13.62, 7.78, 5.45, 158, 32.4),
    "DeepSeek-V4-Flash": (3.50, 2.00, 1.40, 41, 8.3),
    "Kimi K2": (4.18, 2.39, 1.67, 49, 9.9),
    "Qwen3-32B": (9.94, 5.68, 3.98, 116, 23.7),
    "Qwen3-235B-A22B": (6.67, 3.81, 2.67, 78, 15.9),
}


@pytest.mark.parametrize("claim", published(), ids=lambda c: c.model)
def test_published_claims_give_the_worked_hours_and_days(claim):
    found = imply(claim)
    hours = [h / 1e6 for _, h in found.hours_needed]
    days = [d for _, d in found.days_on]
    assert hours == pytest.approx(NEED[claim.model][:3], abs=0.006)
    assert days == pytest.approx(NEED[claim.model][3:], rel=0.01)


def test_every_worked_claim_is_shipped():
    assert {c.model for c in published()} == set(NEED)
    assert [c.model for c in published() if c.accelerator_hours] == [
        "DeepSeek-V3 (pre-train)",
        "Kimi K2",
    ]


def test_a_claim_without_hours_has_no_utilisation_and_says_so():
    found = imply(Claim("x", 13, 32))
    assert (found.mfu, found.mfu_interval, found.mfu_of_precision) == (None, None, None)
    assert "no hours" in found.band
    assert not found.is_chip_stated


def test_operations_as_given_hold_their_attention_already():
    found = imply(Claim("x", flop=3e24, chip_class="hopper", accelerator_hours=2e6))
    assert found.flop == 3e24
    assert found.mfu_interval.width == pytest.approx(1)
    assert found.mfu_interval.p50 == pytest.approx(found.mfu)


def test_accelerators_times_days_are_hours():
    a = imply(Claim("x", 37, 14.8, chip_class="hopper", accelerators=2048, days=54.2))
    assert a.mfu == pytest.approx(imply(V3).mfu, rel=1e-3)


@pytest.mark.parametrize(
    ("mfu", "word"),
    [
        (0.149, "wasteful"),
        (0.15, "low"),
        (0.25, "normal"),
        (0.449, "normal"),
        (0.45, "high"),
        (0.55, "implausible"),
        (0.9, "implausible"),
    ],
)
def test_bands(mfu, word):
    assert word in band_of(mfu)


def test_an_interval_across_a_band_names_the_other_band():
    found = imply(Claim("x", 37, 14.8, chip_class="hopper", accelerator_hours=2.1e6))
    assert "normal" in found.band
    assert any("high" in b for b in found.band_range)


@pytest.mark.parametrize(
    ("claim", "listed"),
    [
        (Claim("x"), "give either flop"),
        (Claim("x", 37), "give either flop"),
        (Claim("x", 37, 14.8, 1e24), "not both"),
        (Claim("x", -37, 14.8), "above 0"),
        (Claim("x", 37, 14.8, accelerator_hours=2e6), "hopper, a100"),
        (Claim("x", 37, 14.8, days=50), "accelerators"),
        (Claim("x", 37, 14.8, chip_class="H800"), "hopper, a100"),
        (Claim("x", 37, 14.8, chip_class="hopper", accelerator_hours=-1), "above 0"),
        (Claim("x", 37, 14.8, accelerators=-1), "accelerators must be a number above 0"),
        (Claim("x", 37, 14.8, precision="int1"), "bf16, fp8"),
        (Claim("x", 37, 14.8, chip_class="a100", precision="fp8"), "no published peak in fp8"),
    ],
)
def test_bad_input_is_refused_with_the_valid_choices(claim, listed):
    with pytest.raises(UsageError, match=listed):
        imply(claim)


def test_the_accelerators_claimed_give_days_of_their_own():
    days = dict(imply(Claim("x", 37, 14.8, chip_class="hopper", accelerators=4096)).days_on)
    assert list(days) == [4096, 2048, 10_000]
    assert days[4096] == pytest.approx(days[2048] / 2)
    assert list(dict(imply(Claim("x", 37, 14.8, accelerators=2048)).days_on)) == [2048, 10_000]


def test_every_class_that_a_claim_can_name_can_be_chosen_on_the_page():
    assert set(answers.CLASSES) == set(classes()["chip_class"])


def test_days_shrink_with_the_cluster_and_a_cluster_of_none_is_refused():
    days = dict(imply(V3, clusters=(1000, 2000)).days_on)
    assert days[1000] == pytest.approx(2 * days[2000])
    with pytest.raises(UsageError, match="above 0"):
        imply(V3, clusters=(0,))


@pytest.mark.parametrize(
    ("chip", "expected"),
    [
        ("NVIDIA H800", "hopper"),
        ("NVIDIA H20", "h20"),
        ("NVIDIA H200 SXM", "hopper"),
        ("NVIDIA A100 SXM4 80 GB", "a100"),
        ("NVIDIA GB300 (Blackwell Ultra)", "gb200"),
        ("NVIDIA GH200", "gh200"),
        ("Nobody's chip", None),
        (None, None),
    ],
)
def test_chips_as_published_find_their_class(chip, expected):
    assert class_of(chip) == expected


def test_no_name_of_a_chip_belongs_to_two_classes():
    names = pl.Series(
        ["NVIDIA H100", "NVIDIA H20", "NVIDIA A100", "NVIDIA B200", "NVIDIA GB200"]
    )
    for name in names:
        fits = classes().filter(pl.lit(name).str.contains(pl.col("pattern")))
        assert fits.height == 1
