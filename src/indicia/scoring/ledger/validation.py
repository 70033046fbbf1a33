"""The ledger against sites whose power and accelerators were both published: rules, then figures.

The rules read words and dates only, never the ratio of power to accelerators, and were written
before any figure was computed. A row that is left out keeps its reason. Sites of one owner stay in
one part, development or final; the model may be changed on the first only.
"""

from hashlib import sha256

import numpy as np
import polars as pl

from indicia.reference.compute.draws import classes
from indicia.scoring.ledger.power import counted

RULES = (
    "Rows with a reported power are read; a power that the publisher calculated from accelerators is circular and is left out.",
    "Planned: a capacity of the facility.",
    "Existing or decommissioned, and a benchmark list is named among its sources or notes, or its owner is public in part or whole, or the power is published finer than 0.1 MW: the power is that of the computing system under full load, as benchmark lists state it: a peak, boundary system.",
    "Otherwise: a capacity of the facility.",
    "Circular, left out: a note or quotation says that the number was estimated, extrapolated or converted from power.",
    "Left out: no number or no type published, two classes at one meter, or a class without priors.",
    "Type assumed: the publisher marks the type as uncertain. Counted apart.",
    "Part: first digit of SHA-256 of the owner (of the name, where no owner is published): even for development, odd for the final figure.",
)
FINE_MW = 0.1
ROUNDING = 1e-6
FROM_POWER = (
    r"(?is)(estimat|extrapolat|calculat|guess|convert|rough)[^.]{0,120}\b(power|mw|megawatt)"
    r"|\b(power|\d+ ?mw)\b[^.]{0,120}extrapolat"
    r"|\b(mw|megawatts)\b[^.]{0,80}equivalent of"
)
ON_A_LIST = r"(?i)top ?500|green ?500"
TEXTS = ("Note", "Certainty Note", "Hardware note", "Quote")
SOURCES = tuple(f"Source {n}" for n in range(1, 6))
READINGS = ("avg", "peak", "capacity")


def _class_of(column: str) -> pl.Expr:
    """Class of the chip that a publisher names; null where there is none."""
    found = pl.lit(None, dtype=pl.String)
    for name, pattern in classes().select("chip_class", "pattern").iter_rows():
        found = (
            pl.when(pl.col(column).str.contains(pattern)).then(pl.lit(name)).otherwise(found)
        )
    return found


def _number(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64, strict=False)


def is_fine(mw: pl.Expr) -> pl.Expr:
    """Whether a power is published finer than 0.1 MW."""
    return (mw / FINE_MW - (mw / FINE_MW).round()).abs() > ROUNDING


def _part(owners: pl.Series) -> pl.Series:
    """Development or final, by owner."""
    keys = owners.unique().to_list()
    part = {
        k: "final" if int(sha256(k.encode()).hexdigest()[0], 16) % 2 else "development"
        for k in keys
    }
    return owners.replace_strict(part, return_dtype=pl.String)


def sites(clusters: pl.DataFrame) -> pl.DataFrame:
    """Every row with a reported power, read by the rules.

    Args:
        clusters: Epoch AI's `gpu_clusters.csv`, all columns as text.

    Returns:
        name, chip, chip_class, accelerators, mw, power_kind, boundary, site, is_power_limited,
        is_type_stated, part, left_out (null where the row counts); boundary, site and
        is_power_limited as first written.
    """
    rows = clusters.filter(_number("Reported Power Capacity (MW)").is_not_null())
    told = pl.concat_str(TEXTS, separator=" . ", ignore_nulls=True)
    named = pl.concat_str([*TEXTS, *SOURCES], separator=" ", ignore_nulls=True)
    mw = _number("Reported Power Capacity (MW)")
    second = pl.col("Chip type (secondary)").is_not_null()
    rows = rows.with_columns(
        mw=mw,
        chip_class=_class_of("Chip type (primary)"),
        second_class=_class_of("Chip type (secondary)"),
        first=_number("Chip quantity (primary)"),
        second=_number("Chip quantity (secondary)"),
        is_circular=told.str.contains(FROM_POWER),
        is_benchmark=named.str.contains(ON_A_LIST)
        | pl.col("Sector").fill_null("").str.starts_with("Public")
        | is_fine(mw),
        is_type_stated=~pl.col("Hardware note").fill_null("").str.contains("Uncertain"),
    )
    is_planned = pl.col("Status") == "Planned"
    is_system = ~is_planned & pl.col("is_benchmark")
    left_out = (
        pl.when(pl.col("first").is_null())
        .then(pl.lit("no number published"))
        .when(pl.col("is_circular"))
        .then(pl.lit("circular: number derived from power"))
        .when(pl.col("Chip type (primary)").is_null())
        .then(pl.lit("no type published"))
        .when(pl.col("chip_class").is_null())
        .then(pl.lit("class without priors"))
        .when(second & pl.col("second_class").ne_missing(pl.col("chip_class")))
        .then(pl.lit("two classes at one meter"))
    )
    return rows.select(
        name=pl.col("Name"),
        chip=pl.col("Chip type (primary)"),
        chip_class=pl.col("chip_class"),
        accelerators=pl.col("first") + pl.col("second").fill_null(0),
        mw=pl.col("mw"),
        power_kind=pl.when(is_system).then(pl.lit("peak")).otherwise(pl.lit("capacity")),
        boundary=pl.when(is_system).then(pl.lit("system")).otherwise(pl.lit("facility")),
        site=pl.lit("ai"),
        is_power_limited=pl.lit(value=False),
        is_type_stated=pl.col("is_type_stated"),
        part=_part(rows["Owner"].fill_null(rows["Name"])),
        left_out=left_out,
    )


def compared(rows: pl.DataFrame) -> pl.DataFrame:
    """Implied beside stated: adds p05, p50, p95, is_inside, error_share and width."""
    implied = counted(rows.filter(pl.col("left_out").is_null()))
    stated = pl.col("accelerators")
    return implied.with_columns(
        is_inside=stated.is_between(pl.col("p05"), pl.col("p95")),
        error_share=pl.col("p50") / stated - 1,
        width=pl.col("p95") / pl.col("p05"),
    )


def read_as(rows: pl.DataFrame, kind: str, boundary: str = "facility") -> pl.DataFrame:
    """The same rows with every power read as one kind at one boundary."""
    return rows.with_columns(
        power_kind=pl.lit(kind), boundary=pl.lit(boundary), is_power_limited=pl.lit(value=False)
    )


def corrected(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows by the rules as corrected on the development part.

    A benchmark machine's power finer than 0.1 MW is benchmark power that the publisher scaled: the
    step is undone and what is left is the computing system. A coarser one is the operator's figure
    for the facility. A capacity published together with its number is filled by one cluster.
    """
    is_capacity = pl.col("power_kind") == "capacity"
    is_scaled = ~is_capacity & is_fine(pl.col("mw"))
    return rows.with_columns(
        boundary=pl.when(is_scaled).then(pl.lit("system")).otherwise(pl.lit("facility")),
        site=pl.when(is_capacity)
        .then(pl.lit("dedicated"))
        .when(is_scaled)
        .then(pl.lit("research_scaled"))
        .otherwise(pl.lit("research")),
        is_power_limited=is_capacity,
    )


def figures(table: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Sites, share inside, median absolute error, median signed error and median width."""
    summary = [
        pl.len().alias("sites"),
        pl.col("is_inside").mean().alias("inside_share"),
        pl.col("error_share").abs().median().alias("median_absolute_error"),
        pl.col("error_share").median().alias("median_error"),
        pl.col("width").median().alias("median_width"),
    ]
    return table.group_by(by).agg(summary).sort(by) if by else table.select(summary)


def chance_of_coverage(inside: int, total: int) -> tuple[float, float]:
    """Wilson's 90 % interval for a share seen in a sample."""
    if total == 0:
        return (0.0, 1.0)
    z, share = 1.6449, inside / total
    middle = share + z**2 / (2 * total)
    spread = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    scale = 1 + z**2 / total
    return (float((middle - spread) / scale), float((middle + spread) / scale))
