"""Accelerators that trade records imply: by value, by units, by mass.

A customs heading holds a class of machine, not a product, so each figure is conditional on the class
and on the share of the record that is accelerator servers.
"""

from functools import lru_cache

import polars as pl

from indicia.reference.compute.draws import (
    Assumptions,
    Count,
    Floats,
    Interval,
    Prior,
    Sheet,
    chosen,
    one_of,
    positive,
)
from indicia.reference.compute.needs import per_measure
from indicia.reference.compute.priors import Wished
from indicia.scoring.ledger.frames import scaled

MEASURES = {
    "value_usd": "declared value",
    "used_value_usd": "declared value of used parts",
    "servers": "servers",
    "mass_kg": "mass",
    "parts": "boards or modules",
}
NOTE = "Were the goods servers of this class. A customs heading does not name a product."
SETTING = ("measure", "chip_class")
USED = "a100"


def from_imports(
    amount: float,
    measure: str,
    chip_class: str | None = None,
    *,
    assumptions: Assumptions | None = None,
) -> tuple[Count, ...]:
    """Accelerators that a trade record implies: one row for the class named, or one per candidate.

    Args:
        amount: Value (US$), units (servers, racks or pods of the class; boards or modules with one
            accelerator each) or mass (kg).
        measure: `value_usd`, `used_value_usd` (only a100), `servers`, `mass_kg` or `parts`.
        chip_class: The class, if it is known from elsewhere.
        assumptions: What the reader puts in place of the priors.

    Raises:
        UsageError: An amount that is not above zero, or a choice that does not exist.
    """
    one_of("measure", measure, tuple(MEASURES))
    total = positive(f"Amount ({measure})", amount)
    if measure == "used_value_usd":
        chip_class = one_of("class with a used price", chip_class or USED, (USED,))
    found = []
    for name in chosen(chip_class):
        sheet = Sheet(name, assumptions or Assumptions())
        values = per_measure(measure, sheet) * total
        found.append(
            Count(
                "imports",
                f"by {MEASURES[measure]}",
                name,
                Interval.of(values),
                tuple(sheet.used),
                NOTE,
            )
        )
    return tuple(found)


def counted_imports(
    rows: pl.DataFrame, assumptions: Assumptions | Wished | None = None
) -> pl.DataFrame:
    """Counts of many trade records at once.

    Args:
        rows: `amount`, `measure`, `chip_class`.
        assumptions: What the reader puts in place of the priors; see `Assumptions.of`.

    Returns:
        The rows in their order with `p05`, `p50`, `p95`, and `assumptions`: the priors in force.

    Raises:
        UsageError: An amount that is not above zero, or a choice that does not exist.
    """
    own = Assumptions.of(assumptions)
    return scaled(rows, "amount", SETTING, lambda m, name: _per(m, name, own))


@lru_cache(maxsize=64)
def _per(
    measure: str, chip_class: str, assumptions: Assumptions
) -> tuple[Floats, tuple[Prior, ...]]:
    one_of("measure", measure, tuple(MEASURES))
    sheet = Sheet(chosen(chip_class)[0], assumptions)
    values = per_measure(measure, sheet)
    return values, tuple(sheet.used)
