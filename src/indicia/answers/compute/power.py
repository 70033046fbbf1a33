"""Lines by power: each facility's figures, and their sums per kind, basis and boundary."""

from datetime import date

import polars as pl

from indicia.answers.compute import lines
from indicia.answers.compute.figures import BOUNDARY_SAYS, KINDS_SAY
from indicia.answers.compute.scopes import Inside, Period
from indicia.answers.reader import Reader
from indicia.entities.names import normalised
from indicia.schema import figure
from indicia.scoring.ledger import Assumptions, candidates, counted, summed
from indicia.scoring.ledger.named import classes_named
from indicia.scoring.ledger.power import CAPACITY

FEWEST_TO_SUM = 2
AS_PUBLISHED = "As published, in H100 equivalents: another unit than accelerators of a class, beside and not to be compared."
SUMMED_BY = ("is_projection", "power_kind", "basis", "boundary", "chip_class")
OF_ALL_SITES = (
    "Read as IT load of all sites of the operator, several tenants. Holds its facilities too: never "
    "added to them."
)
STATEMENTS = """
    SELECT subject, as_of, value_reported AS mw, qualifier, source, source_url
    FROM power_statement
    WHERE metric = 'it_capacity_mw' AND unit = 'MW' AND scope LIKE 'company-wide%'
      AND value_reported > 0 AND as_of <= $last
    ORDER BY as_of DESC, source
"""
SUM_NOTE = (
    "Summed draw by draw: the facilities share one set of assumptions. Per class over the facilities "
    "that may hold it; each counted once, by its latest figure of this kind."
)


def power_lines(figures: pl.DataFrame, own: Assumptions, *, is_summed: bool) -> pl.DataFrame:
    """Counts that power figures imply, planned ones under tenders and plans.

    Args:
        figures: As `figures.figures` gives them.
        own: What the reader puts in place of the priors.
        is_summed: Whether figures of several facilities are summed too.

    Returns:
        Lines: sums first, then each figure.
    """
    usable = figures.filter(~pl.col("has_none"))
    rows = lines.by_class(usable, classes_named(usable.select("row", "text"))).filter(
        pl.col("chip_class").is_not_null()
    )
    rows = rows.sort("row", maintain_order=True).with_columns(
        is_power_limited=pl.lit(value=False),
        channel=_channel(),
        subject=pl.col("name"),
        amount=pl.col("mw"),
        amount_unit=pl.lit("MW"),
        unit=pl.lit(lines.ACCELERATORS),
        period=pl.col("on_date").dt.strftime("%Y-%m-%d"),
        is_sum=pl.lit(value=False),
    )
    if not is_summed:
        return lines.fit(lines.with_words(counted(rows, own)))
    # One figure per facility and kind: the newest of a metered and a stated average.
    newest = rows.filter(~pl.col("is_for_scale")).unique(
        ["facility_id", *SUMMED_BY], keep="first", maintain_order=True
    )
    total = summed(newest, SUMMED_BY, own).filter(pl.col("sites_count") >= FEWEST_TO_SUM)
    held = total.select(*SUMMED_BY, has_sum=pl.lit(value=True))
    parts = rows.join(held, on=SUMMED_BY, how="left", maintain_order="left").with_columns(
        is_in_sum=pl.col("has_sum").fill_null(value=False) | pl.col("is_for_scale")
    )
    each = lines.fit(lines.with_words(counted(parts, own)))
    said = total.with_columns(
        channel=_channel(),
        reading=pl.format(
            "{}{}, {}, {}: sum of facilities",
            pl.when("is_projection").then(pl.lit("planned ")).otherwise(pl.lit("")),
            pl.col("power_kind").replace_strict(KINDS_SAY, return_dtype=pl.String),
            "basis",
            pl.col("boundary").replace_strict(BOUNDARY_SAYS, return_dtype=pl.String),
        ),
        subject=pl.format("{} facilities", "sites_count"),
        amount=pl.col("mw"),
        amount_unit=pl.lit("MW"),
        unit=pl.lit(lines.ACCELERATORS),
        is_sum=pl.lit(value=True),
        note=pl.lit(SUM_NOTE),
    )
    return pl.concat([lines.fit(lines.with_words(said)), each])


def operator_lines(
    store: Reader, where: Inside, period: Period, own: Assumptions
) -> pl.DataFrame:
    """Counts that an operator's own company-wide IT capacity implies; beside its facilities' sums.

    Args:
        store: An open store.
        where: The names of the organisation.
        period: The period; the latest statement by its end speaks.
        own: What the reader puts in place of the priors.
    """
    said = store.sql(STATEMENTS, {"last": f"{period.last or date.max}"})
    mine = said.filter(normalised(pl.col("subject")).is_in(list(where.names))).head(1)
    every = pl.DataFrame({"chip_class": candidates()})
    rows = mine.join(every, how="cross").with_columns(
        channel=pl.lit("power"),
        power_kind=pl.lit(CAPACITY),
        boundary=pl.lit("it"),
        site=pl.lit("colocation"),
        is_power_limited=pl.lit(value=False),
        reading=pl.format(
            "company-wide IT capacity, reported, {}: {} MW",
            "as_of",
            figure(pl.col("mw")).str.strip_suffix(".0"),
        ),
        basis=pl.lit("reported"),
        amount=pl.col("mw"),
        amount_unit=pl.lit("MW"),
        unit=pl.lit(lines.ACCELERATORS),
        period=pl.col("as_of"),
        is_sum=pl.lit(value=False),
        note=pl.lit(OF_ALL_SITES),
        statement=pl.col("qualifier"),
    )
    return lines.fit(lines.with_words(counted(rows, own)))


def stated_beside(figures: pl.DataFrame) -> pl.DataFrame:
    """Compute stated in H100 equivalents beside the power figures, once per facility and basis."""
    columns = {
        "reported": "compute_reported_h100e_count",
        "estimated": "compute_estimated_h100e_count",
    }
    parts = [
        figures.filter(pl.col(column) > 0)
        .unique(["facility_id", "is_projection", "on_date", column], maintain_order=True)
        .with_columns(
            channel=_channel("stated"),
            reading=pl.format(
                "compute, {}{}, {}",
                pl.when("is_projection").then(pl.lit("planned, ")).otherwise(pl.lit("")),
                pl.lit(basis),
                pl.col("on_date").dt.strftime("%Y-%m-%d"),
            ),
            subject=pl.col("name"),
            basis=pl.lit(basis),
            chip_class=pl.lit(None, dtype=pl.String),
            accelerator=pl.lit("H100 equivalents: another unit, not to be compared"),
            p05=pl.col(column),
            p50=pl.col(column),
            p95=pl.col(column),
            unit=pl.lit(lines.H100E),
            amount=pl.col(column),
            amount_unit=pl.lit(lines.H100E),
            note=pl.lit(AS_PUBLISHED),
            period=pl.col("on_date").dt.strftime("%Y-%m-%d"),
            is_sum=pl.lit(value=False),
        )
        for basis, column in columns.items()
    ]
    return lines.fit(pl.concat(parts))


def left_out(figures: pl.DataFrame, facilities: pl.DataFrame) -> list[tuple[str, str, int]]:
    """Facilities without a line by power, and why."""
    observed = figures.filter(~pl.col("is_projection"))
    silent = facilities.join(observed, on="facility_id", how="anti").height
    none = observed.filter("has_none")["facility_id"].n_unique()
    scale = observed.filter("is_for_scale")["facility_id"].n_unique()
    return [
        ("power", "facilities without a power figure above zero: no data, not none", silent),
        ("power", "facilities whose source says there are no accelerators", none),
        ("power", "facilities of another kind (crypto, industry): shown, not summed", scale),
    ]


def _channel(observed: str = "power") -> pl.Expr:
    return pl.when("is_projection").then(pl.lit("tenders")).otherwise(pl.lit(observed))
