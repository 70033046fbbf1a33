"""Priors of the compute ledger, the classes of accelerator, and what a reader puts in their place.

A replacement is refused where the quantity cannot have it: a share above one, a ratio of facility
power to IT power below one, a least value above the most. The message names the field and its choices.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import polars as pl

from indicia.errors import UsageError
from indicia.reference import tables

SEED = 20261122
ANY = "any"
OF_CLASS = ":"
AT_LEAST_ONE = frozenset(
    {
        "attention_ratio",
        "overhead_ratio",
        "overhead_ratio_system",
        "publisher_step_ratio",
        "pue_ratio",
        "pue_ratio_dedicated",
    }
)
Three: TypeAlias = tuple[float, float, float]
Wished: TypeAlias = Mapping[str, float | Sequence[float]]


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

    def __str__(self) -> str:
        return f"{self.quantity} {self.least:g}/{self.mode:g}/{self.most:g}"


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


@cache
def quantities() -> tuple[str, ...]:
    """The names of all quantities that have a prior."""
    return tuple(sorted({quantity for quantity, _ in priors()}))


def bounds(quantity: str) -> tuple[float, float]:
    """Between which values a quantity can be at all; infinite where nothing limits it."""
    unit = next(prior.unit for (name, _), prior in priors().items() if name == quantity)
    return (
        1.0 if quantity in AT_LEAST_ONE else 0.0,
        1.0 if unit.startswith("share ") else np.inf,
    )


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a reader puts in place of the priors: least, mode and most, by name.

    Args:
        replaced: Name with its three numbers. A name is a quantity, for every class, or
            `quantity:class` for one class, which goes before.
        seed: Seed of the draws.
    """

    replaced: tuple[tuple[str, Three], ...] = ()
    seed: int = SEED

    def __post_init__(self) -> None:
        """Refuse names that do not exist and numbers out of order or out of bounds."""
        for name, (least, mode, most) in self.replaced:
            quantity, _, chip_class = name.partition(OF_CLASS)
            one_of("quantity", quantity, quantities())
            if chip_class:
                one_of("class of accelerator", chip_class, tuple(classes()["chip_class"]))
            if not (0 < least <= mode <= most < np.inf):
                raise UsageError(
                    f"{name}: expected 0 < least <= mode <= most, "
                    f"received {least:g}, {mode:g}, {most:g}."
                )
            low, high = bounds(quantity)
            if least < low or most > high:
                limits = f"from {low:g}" + (f" to {high:g}" if np.isfinite(high) else " up")
                raise UsageError(
                    f"{name}: expected values {limits}, received {least:g}, {mode:g}, {most:g}."
                )

    @classmethod
    def of(cls, given: "Assumptions | Wished | None", seed: int = SEED) -> "Assumptions":
        """Assumptions from a mapping of names to one number, or to least, mode and most.

        Raises:
            UsageError: A name that does not exist, or numbers that the quantity cannot have.
        """
        if isinstance(given, Assumptions):
            return given
        pairs = [(name, _three(name, wish)) for name, wish in (given or {}).items()]
        return cls(tuple(sorted(pairs)), seed)

    @classmethod
    def read(cls, texts: Iterable[str], seed: int = SEED) -> "Assumptions":
        """Assumptions from texts such as `pue_ratio=1.1:1.2:1.3` or `ai_share=0.9`.

        Raises:
            UsageError: A text of another form, or as `of` says.
        """
        found: dict[str, float | Sequence[float]] = {}
        for text in texts:
            name, equals, said = text.strip().rpartition("=")
            try:
                found[name.strip()] = [float(part) for part in said.split(":")]
            except ValueError:
                equals = ""
            if not equals:
                raise UsageError(
                    f"{text!r}: expected NAME=LEAST:MODE:MOST or NAME=VALUE. "
                    f"Names: {', '.join(quantities())}."
                )
        return cls.of(found, seed)

    def prior(self, quantity: str, chip_class: str) -> Prior:
        """The prior in force.

        Raises:
            UsageError: The class has no such prior; the classes that have one are listed.
        """
        found = priors().get((quantity, chip_class)) or priors().get((quantity, ANY))
        if found is None:
            valid = ", ".join(c for q, c in priors() if q == quantity)
            raise UsageError(f"No prior of {quantity} for {chip_class!r}. Valid: {valid}.")
        replaced = dict(self.replaced)
        of_this = replaced.get(f"{quantity}{OF_CLASS}{chip_class}")
        own = of_this or replaced.get(quantity)
        if own is None:
            return found
        held_for = chip_class if of_this else found.chip_class
        return Prior(quantity, held_for, *own, found.unit, "Set by the reader", "assumed")


def _three(name: str, wish: float | Sequence[float]) -> Three:
    values = [wish] if isinstance(wish, int | float) else list(wish)
    if len(values) == 1:
        values *= 3
    if len(values) != 3:  # noqa: PLR2004 -- least, mode and most
        one_of("quantity", name.partition(OF_CLASS)[0], quantities())
        raise UsageError(
            f"{name}: give one number, or three (least, mode, most), received {values}."
        )
    return (float(values[0]), float(values[1]), float(values[2]))
