"""Seeded draws from the priors of the compute ledger, and what is read from draws.

A quantity has its own stream of uniform numbers, so the same seed gives the same draws whatever else
is computed, and two results that share a prior move together. Every draw notes the prior it used.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import polars as pl

from indicia.reference.compute.priors import (
    ANY,
    SEED,
    Assumptions,
    Prior,
    candidates,
    chosen,
    classes,
    of_class,
    one_of,
    positive,
    priors,
)

__all__ = [
    "ANY",
    "DRAWS",
    "SEED",
    "Assumptions",
    "Count",
    "Floats",
    "Interval",
    "Prior",
    "Sheet",
    "as_frame",
    "between",
    "candidates",
    "chosen",
    "classes",
    "of_class",
    "one_of",
    "positive",
    "priors",
    "triangular",
    "uniform",
]

Floats = npt.NDArray[np.float64]
DRAWS = 50_000
QUANTILES = (0.05, 0.5, 0.95)


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
                "assumptions": "; ".join(str(p) for p in c.assumptions),
                "note": c.note,
            }
            for c in counts
        ]
    )
