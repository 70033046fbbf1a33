"""Gaps between channels as ratios: absorption, installed but dark, plan against approval.

Both sides of a ratio draw shared priors from the same streams, so what they have in common cancels.
A ratio far from 1 has ordinary explanations (re-export, stock, late energising, other tenants): it is
a lead and no finding. Gaps are statements of evidence; they carry no weight in the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indicia.errors import UsageError
from indicia.reference.compute.draws import (
    Assumptions,
    Floats,
    Interval,
    Prior,
    Sheet,
    chosen,
    one_of,
    positive,
)
from indicia.reference.compute.needs import KW_PER_MW, facility_kw, per_measure
from indicia.scoring.ledger.imports import MEASURES
from indicia.scoring.ledger.power import per_mw

MANY = 1.5
SURE = 0.9
QUARTERS = 2
MOST_FIGURES = 3
ORDINARY = {
    "absorption": "re-export, stock held, goods of another class, energising that comes later or is not published",
    "dark": "a later phase, idle nodes, a meter that covers one of several feeds, an overstated report",
    "plan": "a further application, own generation, phases, a plan that is not built",
}
SIDES = {
    "absorption": ("power the imports would need, were they all of this class", "power energised", "MW"),
    "dark": ("accelerators reported installed", "accelerators that the power drawn supports", "accelerators"),
    "plan": ("power the plan would need", "power approved or connected", "MW"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """A ratio between two channels for one class of accelerator.

    Args:
        kind: `absorption`, `dark` or `plan`.
        chip_class: Class that both sides are read as.
        left: What is divided: its 90 % interval and median, in `unit`.
        right: What it is divided by, likewise.
        ratio: The 90 % interval and the median of the ratio.
        share_above: Share of draws above the threshold.
        threshold: The threshold.
        assumptions: Every prior drawn from, in order.
        ordinary: Explanations that have nothing to do with control.
    """

    kind: str
    chip_class: str
    left: Interval
    right: Interval
    ratio: Interval
    share_above: float
    threshold: float
    assumptions: tuple[Prior, ...]
    ordinary: str

    @property
    def stands_out(self) -> bool:
        """Whether the ratio lies above its threshold with the certainty asked for."""
        return self.share_above > SURE

    @property
    def says(self) -> str:
        """What is divided by what."""
        left, right, _ = SIDES[self.kind]
        return f"{left}, divided by {right}"

    @property
    def unit(self) -> str:
        """Unit of both sides."""
        return SIDES[self.kind][2]

    @property
    def sentence(self) -> str:
        """The gap in one plain sentence, with its ordinary explanations."""
        left, right, unit = SIDES[self.kind]
        sides = f"{_capital(left)}: {_range(self.left)} {unit}; {right}: {_range(self.right)} {unit}; ratio {_range(self.ratio)}."
        if self.stands_out:
            return f"{sides} The gap stands out. It is consistent with {self.ordinary}; it is a lead and no finding."
        if self.ratio.p95 <= self.threshold:
            return f"{sides} Both sides are consistent with each other."
        return f"{sides} The ratio is too uncertain to stand out; consistent with no gap, or with {self.ordinary}."


def _range(interval: Interval) -> str:
    middle, low, high = (_figures(v) for v in (interval.p50, interval.p05, interval.p95))
    return middle if low == high else f"{middle} ({low} to {high})"


def _figures(value: float) -> str:
    digits = max(0, MOST_FIGURES - 1 - int(np.floor(np.log10(value))))
    return f"{float(f'{value:.{MOST_FIGURES}g}'):,.{digits}f}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _gap(
    kind: str, sheet: Sheet, left: Floats, right: Floats, more: Sequence[Prior] = ()
) -> Gap:
    used = tuple(dict.fromkeys((*sheet.used, *more)))
    values = left / right
    return Gap(
        kind,
        sheet.chip_class,
        Interval.of(left),
        Interval.of(right),
        Interval.of(values),
        float(np.mean(values > MANY)),
        MANY,
        used,
        ORDINARY[kind],
    )


def _same(value: float) -> Floats:
    return np.full(1, value)


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
        found.append(_gap("absorption", sheet, needed, _same(power)))
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
    *,
    boundary: str = "facility",
    site: str = "ai",
) -> tuple[Gap, ...]:
    """Accelerators reported installed against those that the power drawn supports, per class.

    Args:
        installed: Accelerators reported installed.
        mw: Power drawn (MW).
        kind: `avg` or `peak`; a capacity is not drawn.
        chip_class: The class, if it is known from elsewhere.
        assumptions: What the reader puts in place of the priors.
        boundary: What the power covers.
        site: One of `SITES`.

    Raises:
        UsageError: A figure that is not above zero, or a choice that does not exist.
    """
    one_of("kind of drawn power", kind, ("avg", "peak"))
    number, power = positive("Number installed", installed), positive("Power in MW", mw)
    found = []
    for name in chosen(chip_class):
        sheet = Sheet(name, assumptions or Assumptions())
        values, used = per_mw(kind, name, boundary, site, sheet.assumptions)
        found.append(_gap("dark", sheet, _same(number), values * power, used))
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
            needed = _same(positive("Planned power in MW", planned_mw))
        else:
            number = positive("Planned accelerators", planned_accelerators or 0.0)
            needed = facility_kw(sheet) * number / KW_PER_MW
        found.append(_gap("plan", sheet, needed, _same(approved)))
    return tuple(found)
