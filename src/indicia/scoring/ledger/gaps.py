"""Gaps between channels as ratios: absorption, installed but dark, plan against approval.

Both sides of a ratio draw shared priors from the same streams, so what they have in common cancels.
A ratio far from 1 has ordinary explanations (re-export, stock, late energising, other tenants): it is
a lead and no finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indicia.errors import UsageError
from indicia.scoring.ledger.draws import (
    Assumptions,
    Floats,
    Interval,
    Prior,
    Sheet,
    chosen,
    one_of,
    positive,
)
from indicia.scoring.ledger.imports import MEASURES, per_measure
from indicia.scoring.ledger.power import KW_PER_MW, facility_kw, per_mw

MANY = 1.5
SURE = 0.9
QUARTERS = 2
ORDINARY = {
    "absorption": "re-export, stock held, goods of another class, energising that comes later or is not published",
    "dark": "a later phase, idle nodes, a meter that covers one of several feeds, an overstated report",
    "plan": "a further application, own generation, phases, a plan that is not built",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A ratio between two channels for one class of accelerator.

    Args:
        kind: `absorption`, `dark` or `plan`.
        says: What is divided by what.
        chip_class: Class that both sides are read as.
        ratio: The 90 % interval and the median.
        share_above: Share of draws above the threshold.
        threshold: The threshold.
        assumptions: Every prior drawn from, in order.
        ordinary: Explanations that have nothing to do with control.
    """

    kind: str
    says: str
    chip_class: str
    ratio: Interval
    share_above: float
    threshold: float
    assumptions: tuple[Prior, ...]
    ordinary: str

    @property
    def stands_out(self) -> bool:
        """Whether the ratio lies above its threshold with the certainty asked for."""
        return self.share_above > SURE


def _gap(kind: str, says: str, sheet: Sheet, values: Floats, more: Sequence[Prior] = ()) -> Gap:
    used = tuple(dict.fromkeys((*sheet.used, *more)))
    return Gap(
        kind,
        says,
        sheet.chip_class,
        Interval.of(values),
        float(np.mean(values > MANY)),
        MANY,
        used,
        ORDINARY[kind],
    )


def absorption(
    imports: float,
    measure: str,
    energised_mw: float,
    chip_class: str | None = None,
    assumptions: Assumptions | None = None,
) -> tuple[Gap, ...]:
    """Power that imports need against power newly energised, per class.

    Args:
        imports: Amount of the twelve months before.
        measure: `value_usd`, `used_value_usd`, `servers` or `mass_kg`.
        energised_mw: Facility power energised from then to six months later (MW).
        chip_class: The class, if it is known from elsewhere.
        assumptions: What the reader puts in place of the priors.

    Raises:
        UsageError: A figure that is not above zero, or a choice that does not exist.
    """
    one_of("measure", measure, tuple(MEASURES))
    amount = positive(f"Amount ({measure})", imports)
    power = positive("Energised power in MW", energised_mw)
    found = []
    for name in chosen(chip_class):
        sheet = Sheet(name, assumptions or Assumptions())
        accelerators = per_measure(measure, sheet) * amount
        needed = accelerators * facility_kw(sheet) / KW_PER_MW
        says = "power that the imports need, divided by power energised"
        found.append(_gap("absorption", says, sheet, needed / power))
    return tuple(found)


def lasts(stands_out: Sequence[bool]) -> bool:
    """Whether a gap stood out in each of the last two quarters, given in order of time."""
    return len(stands_out) >= QUARTERS and all(stands_out[-QUARTERS:])


def dark(
    installed: float,
    mw: float,
    kind: str,
    chip_class: str | None = None,
    assumptions: Assumptions | None = None,
) -> tuple[Gap, ...]:
    """Accelerators reported installed against those that the power drawn supports, per class.

    Args:
        installed: Accelerators reported installed.
        mw: Power drawn (MW).
        kind: `avg` or `peak`; a capacity is not drawn.
        chip_class: The class, if it is known from elsewhere.
        assumptions: What the reader puts in place of the priors.

    Raises:
        UsageError: A figure that is not above zero, or a choice that does not exist.
    """
    one_of("kind of drawn power", kind, ("avg", "peak"))
    number, power = positive("Number installed", installed), positive("Power in MW", mw)
    found = []
    for name in chosen(chip_class):
        sheet = Sheet(name, assumptions or Assumptions())
        values, used = per_mw(kind, name, assumptions=sheet.assumptions)
        says = "accelerators reported installed, divided by those the power drawn supports"
        found.append(_gap("dark", says, sheet, number / (values * power), used))
    return tuple(found)


def plan_against_approval(
    approved_mw: float,
    *,
    planned_accelerators: float | None = None,
    planned_mw: float | None = None,
    chip_class: str | None = None,
    assumptions: Assumptions | None = None,
) -> tuple[Gap, ...]:
    """Power that a plan needs against power approved, per class.

    Args:
        approved_mw: Facility power approved or connected (MW).
        planned_accelerators: Accelerators planned; give this or `planned_mw`.
        planned_mw: Facility power planned (MW).
        chip_class: The class, if the plan names it.
        assumptions: What the reader puts in place of the priors.

    Raises:
        UsageError: Not exactly one plan, a figure not above zero, or a choice that does not exist.
    """
    approved = positive("Approved power in MW", approved_mw)
    if (planned_accelerators is None) == (planned_mw is None):
        raise UsageError("Give one plan. Valid: planned_accelerators, planned_mw.")
    found = []
    for name in chosen(chip_class):
        sheet = Sheet(name, assumptions or Assumptions())
        if planned_mw is not None:
            needed = np.full(1, positive("Planned power in MW", planned_mw))
        else:
            number = positive("Planned accelerators", planned_accelerators or 0.0)
            needed = facility_kw(sheet) * number / KW_PER_MW
        says = "power that the plan needs, divided by power approved"
        found.append(_gap("plan", says, sheet, needed / approved))
    return tuple(found)
