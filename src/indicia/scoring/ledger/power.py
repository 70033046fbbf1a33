"""Accelerators that a power figure implies, per class; and the power that accelerators need.

Three kinds of figure are read by three formulas and never mixed: a time average (nodes wait part of
the time), an observed peak (nearly all nodes busy) and a capacity (nameplate, partly filled). Three
boundaries: the whole facility with cooling, its IT load without cooling, or one computing system alone
as benchmark lists state it. Power never says which class of accelerator draws it.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import polars as pl

from indicia.errors import UsageError
from indicia.reference.compute.draws import (
    Assumptions,
    Count,
    Floats,
    Interval,
    Prior,
    Sheet,
    between,
    chosen,
    one_of,
    positive,
)
from indicia.reference.compute.needs import KW_PER_MW, SCALED, facility_kw
from indicia.reference.compute.priors import Wished
from indicia.schema.observations import BOUNDARIES, POWER_KINDS
from indicia.scoring.ledger.frames import above_zero, scaled

SITES = {
    "ai": ("ai_share", "fill_share"),
    "colocation": ("ai_share_colocation", "fill_share"),
    "hall_cn": ("ai_share", "fill_share_hall_cn"),
    "dedicated": ("ai_share_dedicated", "fill_share"),
    "research": ("ai_share_dedicated", "fill_share"),
    SCALED: ("ai_share_dedicated", "fill_share"),
}
SITES_SAY = {
    "ai": "a site held to be for AI",
    "colocation": "several tenants",
    "hall_cn": "a Chinese AI hall",
    "dedicated": "one cluster whose number and power were published together",
    "research": "a research machine",
    SCALED: "a research machine whose benchmark power the publisher scaled up to a facility peak",
}
CAPACITY = "capacity"
WORDS = {"avg": "average power", "peak": "observed peak", CAPACITY: "connected capacity"}
COVERS = {"facility": "facility", "it": "IT load", "system": "system"}
SETTING = ("power_kind", "chip_class", "boundary", "site", "is_power_limited")
NOTE = "Were all of this class. Power does not say which class it is."
LIMITED = " Read as built to the limit of its power: full, at busy power."


def _reading(kind: str, boundary: str, site: str) -> None:
    one_of("kind of power", kind, tuple(POWER_KINDS))
    one_of("boundary", boundary, BOUNDARIES)
    one_of("kind of site", site, tuple(SITES))


@lru_cache(maxsize=128)
def per_mw(
    kind: str,
    chip_class: str,
    boundary: str = "facility",
    site: str = "ai",
    assumptions: Assumptions = Assumptions(),  # noqa: B008 -- frozen, so one default can be shared
    *,
    is_power_limited: bool = False,
) -> tuple[Floats, tuple[Prior, ...]]:
    """Draws of accelerators per megawatt, and the priors behind them.

    Args:
        kind: `avg`, `peak` or `capacity`.
        chip_class: Class of `chip_power.csv`.
        boundary: What the figure covers: `facility`, `it` or `system`.
        site: One of `SITES`.
        assumptions: What the reader puts in place of the priors.
        is_power_limited: A capacity that the builder is known to fill: no discount for fill, and
            nodes at busy power rather than nameplate.

    Raises:
        UsageError: No such kind, class, boundary or site.
    """
    _reading(kind, boundary, site)
    chosen(chip_class)
    if is_power_limited and kind != CAPACITY:
        raise UsageError("Only a capacity can be power-limited. Valid kind: capacity.")
    sheet = Sheet(chip_class, assumptions)
    share, fill = SITES[site]
    is_nameplate = kind == CAPACITY and not is_power_limited
    node = "nameplate_node_kw" if is_nameplate else "busy_node_kw"
    values = KW_PER_MW / facility_kw(sheet, boundary, node, site)
    if boundary != "system":
        values = values * sheet.draw(share)
    if site == SCALED:
        values = values / sheet.draw("publisher_step_ratio")
    if kind == "avg":
        idle = sheet.draw("idle_share")
        values = values / (idle + (1 - idle) * sheet.draw("utilisation_share"))
    elif kind == "peak":
        values = values / sheet.draw("peak_share")
    elif is_nameplate:
        values = values * sheet.draw(fill)
    values.flags.writeable = False
    return values, tuple(sheet.used)


def from_power(
    mw: float | tuple[float, float],
    kind: str,
    chip_class: str | None = None,
    *,
    boundary: str = "facility",
    site: str = "ai",
    is_power_limited: bool = False,
    assumptions: Assumptions | None = None,
) -> tuple[Count, ...]:
    """Accelerators that a power figure implies: one row for the class named, or one per candidate.

    Args:
        mw: The figure (MW), or its two stated ends.
        kind: `avg`, `peak` or `capacity`.
        chip_class: The class, if it is known from elsewhere.
        boundary: What the figure covers: `facility`, `it` or `system`.
        site: One of `SITES`.
        is_power_limited: See `per_mw`.
        assumptions: What the reader puts in place of the priors.

    Raises:
        UsageError: A figure that is not above zero, or a choice that does not exist.
    """
    own = assumptions or Assumptions()
    low, high = mw if isinstance(mw, tuple) else (mw, mw)
    if positive("Power in MW", low) > positive("Power in MW", high):
        raise UsageError(f"Power in MW: the first end is the lower, received {low}, {high}.")
    megawatts = low if low == high else between("stated_mw", low, high, own.seed)
    found = []
    for name in chosen(chip_class):
        values, used = per_mw(
            kind, name, boundary, site, own, is_power_limited=is_power_limited
        )
        found.append(
            Count(
                "power",
                f"{WORDS[kind]} of the {COVERS[boundary]}",
                name,
                Interval.of(values * megawatts),
                used,
                NOTE + (LIMITED if is_power_limited else ""),
            )
        )
    return tuple(found)


def needed_mw(
    accelerators: float, chip_class: str, assumptions: Assumptions | None = None
) -> Interval:
    """Facility power that busy accelerators need (MW)."""
    chosen(chip_class)
    kw = facility_kw(Sheet(chip_class, assumptions or Assumptions()))
    return Interval.of(kw * positive("Number of accelerators", accelerators) / KW_PER_MW)


def counted(
    rows: pl.DataFrame, assumptions: Assumptions | Wished | None = None
) -> pl.DataFrame:
    """Counts of many sites at once.

    Args:
        rows: `mw`, `power_kind`, `chip_class`, `boundary`, `site`, `is_power_limited`.
        assumptions: What the reader puts in place of the priors; see `Assumptions.of`.

    Returns:
        The rows in their order with `p05`, `p50`, `p95`, and `assumptions`: the priors in force.

    Raises:
        UsageError: A power that is not above zero, or a choice that does not exist.
    """
    return scaled(rows, "mw", SETTING, drawn_with(Assumptions.of(assumptions)))


def summed(
    rows: pl.DataFrame, by: Sequence[str], assumptions: Assumptions | Wished | None = None
) -> pl.DataFrame:
    """Counts of groups of sites, summed draw by draw: what priors share moves together.

    Args:
        rows: As for `counted`.
        by: What makes a group; kinds of power and classes of accelerator are never summed.
        assumptions: What the reader puts in place of the priors.

    Returns:
        One row per group in order of first appearance: `by`, `mw`, `sites_count`, `p05`, `p50`,
        `p95`, `assumptions`.

    Raises:
        UsageError: A group that would sum kinds or classes, or as `counted` says.
    """
    if missing := {"power_kind", "chip_class"} - set(by):
        raise UsageError(f"Counts are not summed over {', '.join(sorted(missing))}.")
    above_zero(rows, "mw")
    draws = drawn_with(Assumptions.of(assumptions))
    groups = rows.group_by(
        [*by, *(c for c in SETTING if c not in by)], maintain_order=True
    ).agg(pl.col("mw").sum(), sites_count=pl.len())
    found = []
    for key, group in groups.group_by(list(by), maintain_order=True):
        total, used = 0.0, dict[Prior, None]()
        for *setting, mw in group.select(*SETTING, "mw").iter_rows():
            values, drawn = draws(*setting)
            total = total + values * mw
            used |= dict.fromkeys(drawn)
        interval = Interval.of(np.asarray(total))
        says = "; ".join(str(p) for p in used)
        found.append(
            (*key, group["mw"].sum(), group["sites_count"].sum(),
             interval.p05, interval.p50, interval.p95, says)
        )  # fmt: skip
    schema = {name: groups.schema[name] for name in (*by, "mw", "sites_count")}
    ends = dict.fromkeys(("p05", "p50", "p95"), pl.Float64())
    return pl.DataFrame(
        found, schema={**schema, **ends, "assumptions": pl.String()}, orient="row"
    )


def drawn_with(
    assumptions: Assumptions,
) -> Callable[..., tuple[Floats, tuple[Prior, ...]]]:
    """Accelerators per megawatt for a row of `SETTING`, under these assumptions."""

    def draw(
        kind: str, name: str, boundary: str, site: str, limited: object
    ) -> tuple[Floats, tuple[Prior, ...]]:
        return per_mw(kind, name, boundary, site, assumptions, is_power_limited=bool(limited))

    return draw
