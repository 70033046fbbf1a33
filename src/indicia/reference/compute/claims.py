"""What a published training claim implies: operations, utilisation, hours, days, and a band.

A plausible claim does not clear anyone and an implausible one does not accuse: research, failed runs,
reinforcement learning and inference are left out of the figures, and computing can be rented.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.errors import UsageError
from indicia.reference import tables
from indicia.reference.compute.draws import (
    Assumptions,
    Interval,
    Sheet,
    chosen,
    classes,
    of_class,
    one_of,
    positive,
)

FLOP_PER_PARAMETER_AND_TOKEN = 6.0
BILLION, TERA, SECONDS_PER_HOUR, HOURS_PER_DAY = 1e9, 1e12, 3600.0, 24.0
UTILISATIONS = (0.20, 0.35, 0.50)
CLUSTERS = (2048, 10_000)
USUAL = 0.35
PRECISIONS = {"bf16": "bf16_dense_tflops", "fp8": "fp8_dense_tflops"}
BASIS = "hopper"
BANDS = (
    (0.15, "below 0.15: wasteful, or hours that hold failures and other work"),
    (0.25, "0.15 to 0.25: low but seen"),
    (0.45, "0.25 to 0.45: normal for large runs"),
    (0.55, "0.45 to 0.55: high but seen"),
    (np.inf, "above 0.55: implausible in BF16 on this chip"),
)
CANNOT_TELL = (
    "which chips did the work, where no chip is stated",
    "where the chips stand, and whose they are: the computing may be rented",
    "research, failed runs, reinforcement learning, distillation and inference, which are left out",
    "whether parameters, tokens and hours are true: they are the developer's own",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A training claim as published.

    Args:
        model: Name of the model.
        active_params_b: Active parameters (billions); with `tokens_t`, or give `flop`.
        tokens_t: Tokens (millions of millions).
        flop: Operations, where these are published instead.
        chip_class: Class of `chip_power.csv`, if the chip is stated.
        accelerators: Number of accelerators, if stated.
        accelerator_hours: Accelerator hours, if stated.
        days: Length of the run (days), if stated.
        precision: `bf16` or `fp8`.
        flop_range: The 90 % interval of operations that a third party estimated.
    """

    model: str
    active_params_b: float | None = None
    tokens_t: float | None = None
    flop: float | None = None
    chip_class: str | None = None
    accelerators: float | None = None
    accelerator_hours: float | None = None
    days: float | None = None
    precision: str = "bf16"
    flop_range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Implied:
    """What a claim implies for one class of accelerator.

    Args:
        model: Name of the model.
        chip_class: Class that the hours are read as.
        is_chip_stated: Whether the claim names the chip; otherwise the class is an example.
        flop: 6ND, or the operations as given.
        mfu: Utilisation of the BF16 peak without attention (share); None without hours.
        mfu_interval: The same with attention (or with the interval of estimated operations), as 90 %
            interval; None without hours.
        mfu_of_precision: Against the peak of the stated precision; None where unknown.
        band: Plausibility of the middle value.
        band_range: Bands of the ends of the interval, where they differ from the middle's.
        hours_needed: Accelerator hours at each utilisation of `UTILISATIONS`.
        days_on: Days at 35 % on the accelerators claimed, if stated, and on each cluster asked for.
        cannot_tell: What the numbers leave open.
    """

    model: str
    chip_class: str
    is_chip_stated: bool
    flop: float
    mfu: float | None
    mfu_interval: Interval | None
    mfu_of_precision: float | None
    band: str
    band_range: tuple[str, ...]
    hours_needed: tuple[tuple[float, float], ...]
    days_on: tuple[tuple[float, float], ...]
    cannot_tell: tuple[str, ...] = CANNOT_TELL


def band_of(mfu: float) -> str:
    """The plausibility band of a utilisation."""
    return next(says for limit, says in BANDS if mfu < limit)


def operations(claim: Claim) -> float:
    """Operations of a claim: as given, or 6 x active parameters x tokens.

    Raises:
        UsageError: Neither is given, both are, or a figure is not above zero.
    """
    given = claim.flop is not None
    counted = claim.active_params_b is not None and claim.tokens_t is not None
    if given == counted:
        raise UsageError(
            f"{claim.model}: give either flop, or active_params_b and tokens_t, not both."
        )
    if claim.flop is not None:
        return positive("flop", claim.flop)
    parameters = positive("active_params_b", claim.active_params_b or 0.0) * BILLION
    tokens = positive("tokens_t", claim.tokens_t or 0.0) * TERA
    return FLOP_PER_PARAMETER_AND_TOKEN * parameters * tokens


def hours_of(claim: Claim) -> float | None:
    """Accelerator hours: as stated, or accelerators times days; None where neither is.

    Raises:
        UsageError: Days without accelerators, hours without a chip, or a figure not above zero.
    """
    hours = claim.accelerator_hours
    if hours is None and claim.days is not None:
        if claim.accelerators is None:
            raise UsageError(f"{claim.model}: days need accelerators. Give both, or hours.")
        number = positive("accelerators", claim.accelerators)
        hours = number * positive("days", claim.days) * HOURS_PER_DAY
    if hours is None:
        return None
    if claim.chip_class is None:
        valid = ", ".join(classes()["chip_class"])
        raise UsageError(f"{claim.model}: hours need a class of chip. Valid: {valid}.")
    return positive("accelerator_hours", hours)


def imply(
    claim: Claim,
    clusters: tuple[float, ...] = CLUSTERS,
    assumptions: Assumptions | None = None,
) -> Implied:
    """What a claim implies; hours and days are for its chip, or for H100 where none is stated.

    Args:
        claim: The claim.
        clusters: Numbers of accelerators to give days for.
        assumptions: What the reader puts in place of the priors.

    Raises:
        UsageError: The claim lacks a part, or a choice does not exist.
    """
    one_of("precision", claim.precision, tuple(PRECISIONS))
    stated = (
        () if claim.accelerators is None else (positive("accelerators", claim.accelerators),)
    )
    flop, hours = operations(claim), hours_of(claim)
    name = chosen(claim.chip_class or BASIS)[0]
    peak = _per_hour(name, "bf16")
    own_peak = _per_hour(name, claim.precision)
    if peak is None or own_peak is None:
        raise UsageError(f"{claim.model}: {name} has no published peak in {claim.precision}.")
    mfu = interval = own = None
    band = "not computed: no hours are stated"
    ends: tuple[str, ...] = ()
    if hours is not None:
        mfu, own = flop / (hours * peak), flop / (hours * own_peak)
        interval = _interval(claim, name, mfu, assumptions or Assumptions())
        band = band_of(mfu)
        ends = tuple(b for b in (band_of(interval.p05), band_of(interval.p95)) if b != band)
    needed = tuple((share, flop / (peak * share)) for share in UTILISATIONS)
    usual = flop / (peak * USUAL) / HOURS_PER_DAY
    return Implied(
        claim.model,
        name,
        claim.chip_class is not None,
        flop,
        mfu,
        interval,
        own,
        band,
        tuple(dict.fromkeys(ends)),
        needed,
        tuple(
            (size, usual / positive("Cluster", size))
            for size in dict.fromkeys((*stated, *clusters))
        ),
    )


def _interval(claim: Claim, name: str, mfu: float, own: Assumptions) -> Interval:
    """Utilisation with what is not known: attention, or the operations where they are estimated."""
    if claim.flop is not None:
        low, high = claim.flop_range or (claim.flop, claim.flop)
        return Interval(mfu * low / claim.flop, mfu, mfu * high / claim.flop)
    return Interval.of(mfu * Sheet(name, own).draw("attention_ratio"))


def _per_hour(chip_class: str, precision: str) -> float | None:
    """Peak operations of one accelerator in an hour."""
    tflops = of_class(chip_class, PRECISIONS[precision])
    return None if tflops is None else tflops * TERA * SECONDS_PER_HOUR


def published() -> tuple[Claim, ...]:
    """The claims of `data/reference/training_claims.csv`."""
    numbers = ("active_params_b", "tokens_t", "flop", "accelerators", "accelerator_hours")
    rows = tables.table("training_claims").with_columns(pl.col(numbers).cast(pl.Float64))
    return tuple(
        Claim(
            model=row["model"],
            active_params_b=row["active_params_b"],
            tokens_t=row["tokens_t"],
            flop=row["flop"],
            chip_class=class_of(row["chip"]),
            accelerators=row["accelerators"],
            accelerator_hours=row["accelerator_hours"],
            precision=row["precision"] or "bf16",
        )
        for row in rows.iter_rows(named=True)
    )


def class_of(chip: str | None) -> str | None:
    """The class of a chip as publishers name it; None where it is not stated or has no class."""
    if chip is None:
        return None
    known = classes().filter(pl.lit(chip).str.contains(pl.col("pattern")))
    return known["chip_class"][0] if known.height else None
