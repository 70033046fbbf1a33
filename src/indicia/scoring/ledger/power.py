"""Accelerators that a power figure implies, per class; and the power that accelerators need.

Three kinds of figure are read by three formulas and never mixed: a time average (nodes wait part of
the time), an observed peak (nearly all nodes busy) and a capacity (nameplate, partly filled). Two
boundaries: the whole facility with cooling, or the computing system alone as benchmark lists state
it. Power never says which class of accelerator draws it.
"""

from functools import lru_cache

import polars as pl

from indicia.errors import UsageError
from indicia.schema.observations import POWER_KINDS
from indicia.scoring.ledger.draws import (
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

SCALED = "research_scaled"
BOUNDARIES = ("facility", "system")
SITES = {
    "ai": ("ai_share", "fill_share"),
    "colocation": ("ai_share_colocation", "fill_share"),
    "hall_cn": ("ai_share", "fill_share_hall_cn"),
    "dedicated": ("ai_share_dedicated", "fill_share"),
    "research": ("ai_share_dedicated", "fill_share"),
    SCALED: ("ai_share_dedicated", "fill_share"),
}
SPREAD = {"research": "host_ratio", SCALED: "host_ratio", "dedicated": "announcement_ratio"}
SITES_SAY = {
    "ai": "a site held to be for AI",
    "colocation": "several tenants",
    "hall_cn": "a Chinese AI hall",
    "dedicated": "one cluster whose number and power were published together",
    "research": "a research machine",
    SCALED: "a research machine whose benchmark power the publisher scaled up to a facility peak",
}
PUE = {"dedicated": "pue_ratio_dedicated"}
KW_PER_MW = 1000.0
CAPACITY = "capacity"
WORDS = {"avg": "average power", "peak": "observed peak", CAPACITY: "connected capacity"}
NOTE = "Were all of this class. Power does not say which class it is."
LIMITED = " Read as built to the limit of its power: full, at busy power."


def _reading(kind: str, boundary: str, site: str) -> None:
    one_of("kind of power", kind, tuple(POWER_KINDS))
    one_of("boundary", boundary, BOUNDARIES)
    one_of("kind of site", site, tuple(SITES))


def facility_kw(
    sheet: Sheet, boundary: str = "facility", node: str = "busy_node_kw", site: str = "ai"
) -> Floats:
    """Power that one accelerator needs with its share of what stands around it (kW)."""
    kw = sheet.draw(node) / sheet.per_node
    if site in SPREAD:
        kw = kw * sheet.draw(SPREAD[site])
    if boundary == "system":
        return kw * sheet.draw("overhead_ratio_system")
    return kw * sheet.draw("overhead_ratio") * sheet.draw(PUE.get(site, "pue_ratio"))


@lru_cache(maxsize=256)
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
        boundary: What the figure covers: `facility` or `system`.
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
    if boundary == "facility":
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
        boundary: What the figure covers: `facility` or `system`.
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
                f"{WORDS[kind]} of the {boundary}",
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


def counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Counts of many sites at once.

    Args:
        rows: `mw`, `power_kind`, `chip_class`, `boundary`, `site`, `is_power_limited`.

    Returns:
        The rows in their order with `p05`, `p50` and `p95`.
    """
    if rows.height and not bool((rows["mw"] > 0).fill_null(value=False).all()):
        raise UsageError("Power in MW must be a number above 0 in every row.")
    keys = ["power_kind", "chip_class", "boundary", "site", "is_power_limited"]
    kinds = rows.select(keys).unique(maintain_order=True)
    ratios = [
        Interval.of(per_mw(kind, name, boundary, site, is_power_limited=limited)[0])
        for kind, name, boundary, site, limited in kinds.iter_rows()
    ]
    per = kinds.with_columns(
        pl.Series(name, [getattr(r, name) for r in ratios], dtype=pl.Float64)
        for name in ("p05", "p50", "p95")
    )
    joined = rows.join(per, on=keys, how="left", maintain_order="left")
    return joined.with_columns(pl.col("p05", "p50", "p95") * pl.col("mw"))
