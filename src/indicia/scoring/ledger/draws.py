"""Priors of the compute ledger, and seeded draws from them.

A quantity has its own stream of uniform numbers, so the same seed gives the same draws whatever else
is computed, and two results that share a prior move together. Every draw notes the prior it used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import polars as pl

from indicia.errors import UsageError
from indicia.reference import tables

Floats = npt.NDArray[np.float64]
DRAWS = 50_000
SEED = 20261122
ANY = "any"
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Prior:
    """A triangular prior of one quantity, for one class of accelerator or for any."""

    quantity: str
    chip_class: str
    least: float
    mode: float
    most: float
    unit: str
    basis: str
    status: str


@dataclass(frozen=True, slots=True)
class Interval:
    """The 5th, 50th and 95th percentile of a quantity."""

    p05: float
    p50: float
    p95: float

    @classmethod
    def of(cls, values: Floats) -> "Interval":
        """Percentiles of draws."""
        p05, p50, p95 = np.quantile(values, QUANTILES)
        return cls(float(p05), float(p50), float(p95))

    @property
    def width(self) -> float:
        """P95 divided by P05; infinite where P05 is zero."""
        return self.p95 / self.p05 if self.p05 else np.inf

    def holds(self, value: float) -> bool:
        """Whether a value lies within the 90 % interval, its ends included."""
        return self.p05 <= value <= self.p95


@cache
def priors() -> Mapping[tuple[str, str], Prior]:
    """Every prior of `data/reference/compute_priors.csv`, by quantity and class."""
    numbers = [pl.col(c).cast(pl.Float64) for c in ("min", "mode", "max")]
    table = tables.table("compute_priors").with_columns(numbers)
    return {(row[0], row[1]): Prior(*row) for row in table.iter_rows()}


@cache
def classes() -> pl.DataFrame:
    """Every class of accelerator of `data/reference/chip_power.csv`."""
    numbers = ("accelerators_per_node", "tdp_kw", "bf16_dense_tflops", "fp8_dense_tflops")
    return tables.table("chip_power").with_columns(pl.col(numbers).cast(pl.Float64))


@cache
def candidates() -> tuple[str, ...]:
    """The classes that stand side by side where the chip is unknown."""
    return tuple(classes().filter(pl.col("is_candidate") == "Y")["chip_class"])


def chosen(chip_class: str | None) -> tuple[str, ...]:
    """The classes to answer for: the one named, or every candidate.

    Raises:
        UsageError: There is no such class.
    """
    if chip_class is None:
        return candidates()
    return (one_of("class of accelerator", chip_class, tuple(classes()["chip_class"])),)


def of_class(chip_class: str, column: str) -> float | None:
    """One number of `chip_power.csv`; None where none is published."""
    value = classes().filter(pl.col("chip_class") == chip_class)[column][0]
    return None if value is None else float(value)


def one_of(what: str, value: str, valid: tuple[str, ...]) -> str:
    """The value, if it is a valid choice.

    Raises:
        UsageError: It is not; the valid choices are listed.
    """
    if value not in valid:
        raise UsageError(f"Unknown {what} {value!r}. Valid: {', '.join(valid)}.")
    return value


def positive(what: str, value: float) -> float:
    """The value, if it is a finite number above zero.

    Raises:
        UsageError: It is not.
    """
    if not (np.isfinite(value) and value > 0):
        raise UsageError(f"{what} must be a number above 0, received {value!r}.")
    return float(value)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a reader puts in place of the priors, by quantity: least, mode and most.

    Args:
        replaced: Quantity with its three numbers; holds for every class.
        seed: Seed of the draws.
    """

    replaced: tuple[tuple[str, tuple[float, float, float]], ...] = ()
    seed: int = SEED

    def __post_init__(self) -> None:
        """Refuse quantities that do not exist and numbers out of order."""
        known = tuple(sorted({quantity for quantity, _ in priors()}))
        for quantity, (least, mode, most) in self.replaced:
            one_of("quantity", quantity, known)
            if not (0 < least <= mode <= most < np.inf):
                raise UsageError(
                    f"{quantity}: expected 0 < least <= mode <= most, "
                    f"received {least}, {mode}, {most}."
                )

    def prior(self, quantity: str, chip_class: str) -> Prior:
        """The prior in force.

        Raises:
            UsageError: The class has no such prior; the classes that have one are listed.
        """
        found = priors().get((quantity, chip_class)) or priors().get((quantity, ANY))
        if found is None:
            valid = ", ".join(c for q, c in priors() if q == quantity)
            raise UsageError(f"No prior of {quantity} for {chip_class!r}. Valid: {valid}.")
        own = dict(self.replaced).get(quantity)
        if own is None:
            return found
        return Prior(quantity, chip_class, *own, found.unit, "Set by the reader", "assumed")


@lru_cache(maxsize=64)
def uniform(stream: str, seed: int) -> Floats:
    """Uniform draws of one stream; read-only, since they are shared."""
    key = int.from_bytes(sha256(f"{seed}\0{stream}".encode()).digest()[:8], "big")
    values = np.random.default_rng(key).random(DRAWS)
    values.flags.writeable = False
    return values


def triangular(prior: Prior, seed: int) -> Floats:
    """Draws from a triangular prior, by inverting its distribution."""
    span = prior.most - prior.least
    if span == 0:
        return np.full(DRAWS, prior.least)
    u, rise = uniform(prior.quantity, seed), prior.mode - prior.least
    left = prior.least + np.sqrt(u * span * rise)
    right = prior.most - np.sqrt((1 - u) * span * (prior.most - prior.mode))
    return np.asarray(np.where(u * span < rise, left, right))


def between(stream: str, low: float, high: float, seed: int) -> Floats:
    """Even draws between two stated ends."""
    return low + (high - low) * uniform(stream, seed)


@dataclass(slots=True)
class Sheet:
    """A computation for one class, which remembers each prior it drew from."""

    chip_class: str
    assumptions: Assumptions = field(default_factory=Assumptions)
    used: list[Prior] = field(default_factory=list)

    def draw(self, quantity: str) -> Floats:
        """Draws of a quantity."""
        prior = self.assumptions.prior(quantity, self.chip_class)
        if prior not in self.used:
            self.used.append(prior)
        return triangular(prior, self.assumptions.seed)

    @property
    def per_node(self) -> float:
        """Accelerators in the server, rack or pod that node figures are for."""
        return of_class(self.chip_class, "accelerators_per_node") or np.nan


@dataclass(frozen=True, slots=True)
class Count:
    """Accelerators of one class that one channel of evidence implies, were they all of that class.

    Args:
        channel: `power`, `imports`, `tenders` or `claims`.
        reading: How the figure was read, for example `average power at the facility`.
        chip_class: Class of `chip_power.csv`.
        accelerators: The 90 % interval and the median.
        assumptions: Every prior drawn from, in order.
        note: What the number does not tell.
    """

    channel: str
    reading: str
    chip_class: str
    accelerators: Interval
    assumptions: tuple[Prior, ...]
    note: str


def as_frame(counts: tuple[Count, ...]) -> pl.DataFrame:
    """Counts as rows; never summed or merged, since each is conditional on its class."""
    return pl.DataFrame(
        [
            {
                "channel": c.channel,
                "reading": c.reading,
                "chip_class": c.chip_class,
                "accelerators_p05": c.accelerators.p05,
                "accelerators_p50": c.accelerators.p50,
                "accelerators_p95": c.accelerators.p95,
                "assumptions": "; ".join(
                    f"{p.quantity} {p.least:g}/{p.mode:g}/{p.most:g}" for p in c.assumptions
                ),
                "note": c.note,
            }
            for c in counts
        ]
    )
