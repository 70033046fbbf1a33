"""Base-load step: a zone or campus draws lastingly more than before, from one month or year on.

Computing halls run day and night, so a large one lifts the load that never goes away.

Unit: MW. Reads: power_load.demand_*_mw, power_load_month.base_load_mw, power_site_year (MWh, MW).
Benign causes: electrified oil and gas fields, smelters, crypto mines, redrawn metering borders.
Method: docs/indicators/P01.md.
"""

import duckdb
import numpy as np
import polars as pl

from indicia.indicators import campus_step, step_chance
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.campus_step import KIND, LEAST_STEP_MW
from indicia.indicators.null_tail import DRAWS, NONE_AT_HAND
from indicia.indicators.steps import (
    CUT,
    EACH_SIDE_MONTHS,
    Floats,
    best_steps,
    median,
    normal,
)
from indicia.schema import POWER_LOAD, POWER_LOAD_MONTH, POWER_SITE_YEAR, figure

CODE = "P01"
LEAST_MONTHS = 36
LEAST_HOURS_SHARE = 0.9

# A zone that two sources report is read from the one that covers more months.
MONTHS = f"""
WITH hours AS (
  SELECT source, zone_id, origin_id, reliability, demand_reported_mw,
         CAST(date_trunc('month', hour_utc AT TIME ZONE 'UTC') AS DATE) AS month_date,
         coalesce(demand_reported_mw, demand_imputed_mw) AS demand_mw
  FROM power_load
), hourly AS (
  SELECT 'power_load' AS table_name, source, zone_id, month_date, min(origin_id) AS origin_id,
         max(reliability) AS reliability,
         percentile_cont(0.05) WITHIN GROUP (ORDER BY demand_mw) AS base_mw, count(demand_mw) AS hours,
         sum(CASE WHEN demand_reported_mw IS NULL THEN 1 ELSE 0 END) AS imputed
  FROM hours WHERE demand_mw IS NOT NULL GROUP BY source, zone_id, month_date
), monthly AS (
  SELECT 'power_load_month' AS table_name, source, zone_id, month_date, origin_id, reliability,
         base_load_mw AS base_mw,
         coalesce(hours_reported_count, 0) + coalesce(hours_imputed_count, 0) AS hours,
         coalesce(hours_imputed_count, 0) AS imputed
  FROM power_load_month WHERE base_load_mw IS NOT NULL
), complete AS (
  SELECT *, 24 * day(last_day(month_date)) AS whole FROM (
    SELECT * FROM hourly UNION ALL SELECT * FROM monthly)
), kept AS (
  SELECT * FROM complete
  WHERE hours >= {LEAST_HOURS_SHARE} * whole OR (table_name = 'power_load_month' AND hours = 0)
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY zone_id, month_date
                               ORDER BY table_name, covered DESC, source) AS place
  FROM (SELECT *, count(*) OVER (PARTITION BY zone_id, table_name, source) AS covered FROM kept)
)
SELECT zone_id, month_date, base_mw, table_name, source, origin_id, reliability,
       least(1.0, imputed / greatest(hours, 1)) AS imputed_share
FROM ranked WHERE place = 1 ORDER BY zone_id, month_date
"""
SEEN = """
SELECT zone_id, min(origin_id) AS origin_id FROM (
  SELECT zone_id, origin_id FROM power_load UNION ALL
  SELECT zone_id, origin_id FROM power_load_month
) GROUP BY zone_id ORDER BY zone_id
"""
# The hour that stands at the month's base load is the row a reader can look up.
CITED = """
WITH near AS (
  SELECT c.zone_id, c.month_date, c.base_mw, p.source, p.source_url, p.fetch_id, p.hour_utc,
         coalesce(p.demand_reported_mw, p.demand_imputed_mw) AS demand_mw,
         row_number() OVER (PARTITION BY c.zone_id, c.month_date ORDER BY
           abs(coalesce(p.demand_reported_mw, p.demand_imputed_mw) - c.base_mw), p.hour_utc) AS place
  FROM cited_months c JOIN power_load p ON p.zone_id = c.zone_id AND p.source = c.source
   AND CAST(date_trunc('month', p.hour_utc AT TIME ZONE 'UTC') AS DATE) = c.month_date
  WHERE c.table_name = 'power_load'
    AND coalesce(p.demand_reported_mw, p.demand_imputed_mw) IS NOT NULL
)
SELECT 'zone' AS scope_kind, zone_id AS scope_id, 'power_load' AS table_name,
       concat('zone_id=', zone_id, ', hour_utc=',
              strftime(hour_utc AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%MZ')) AS row_key,
       concat(format('{:,.1f}', demand_mw), ' MW; base load of the month ', format('{:,.1f}', base_mw), ' MW') AS quote,
       source, source_url, fetch_id
FROM near WHERE place = 1
UNION ALL
SELECT 'zone', c.zone_id, 'power_load_month',
       concat('zone_id=', c.zone_id, ', month_date=', c.month_date),
       concat('base load ', format('{:,.1f}', c.base_mw), ' MW'), p.source, p.source_url, p.fetch_id
FROM cited_months c JOIN power_load_month p
  ON p.zone_id = c.zone_id AND p.source = c.source AND p.month_date = c.month_date
WHERE c.table_name = 'power_load_month'
ORDER BY scope_id, row_key
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Look for one lasting upward step in every zone and every campus that reports."""
    months, seen = db.sql(MONTHS).pl(), db.sql(SEEN).pl()
    evidence = _zones(months, seen)
    cited = _months_to_cite(months, evidence)
    db.register("cited_months", cited)
    sources = db.sql(CITED).pl()
    db.unregister("cited_months")
    sites, site_sources = campus_step.compute(db)
    return answered(
        CODE,
        pl.concat([evidence, sites], how="diagonal_relaxed"),
        pl.concat([sources, site_sources], how="diagonal_relaxed"),
    )


def _zones(months: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """One row per zone, in the columns of `evidence`."""
    facts = months.group_by("zone_id").agg(
        starts_date=pl.col("month_date").min(),
        ends_date=pl.col("month_date").max(),
        imputed_share=pl.col("imputed_share").mean(),
        reliability=pl.col("reliability").max(),
        is_positive=(pl.col("base_mw") > 0).all(),
    )
    zones = seen.join(facts, on="zone_id", how="left").sort("zone_id")
    steps = _steps(months.filter((pl.col("base_mw") > 0).all().over("zone_id")))
    known = zones.join(steps, on="zone_id", how="left")
    too_short = (pl.col("months").fill_null(0) < LEAST_MONTHS) | pl.col("size_mw").is_null()
    no_spread = pl.col("threshold_value").is_null()
    accepted = pl.col("is_break") & ~pl.col("is_growth") & (pl.col("size_mw") > 0)
    observed = pl.when(accepted).then(pl.col("size_mw")).otherwise(0.0)
    result = (
        pl.when(~pl.col("is_positive").fill_null(value=True))
        .then(pl.lit("not_applicable"))
        .when(too_short | no_spread)
        .then(pl.lit("no_data"))
        .when(observed >= pl.col("threshold_value"))
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    is_computed = pl.col("result").is_in(["flag", "no_flag"])
    return (
        known.with_columns(result=result, observed_value=observed)
        .with_columns(statement=_statement(accepted, too_short))
        .select(
            pl.lit("zone").alias("scope_kind"),
            pl.col("zone_id").alias("scope_id"),
            "result",
            pl.lit(KIND).alias("kind"),
            pl.when(is_computed).then("observed_value"),
            pl.when(is_computed).then("threshold_value"),
            pl.lit("MW").alias("unit"),
            "statement",
            pl.when(pl.col("result") == "flag")
            .then("step_date")
            .otherwise("starts_date")
            .alias("starts_date"),
            pl.col("ends_date").dt.month_end(),
            "origin_id",
            "reliability",
            (1 - pl.col("imputed_share")).alias("quality_share"),
            pl.when(is_computed).then("detectability_share"),
            *(pl.when(is_computed).then(c) for c in ("p_value", "p_basis", "tests_count")),
        )
    )


def _statement(accepted: pl.Expr, too_short: pl.Expr) -> pl.Expr:
    size, least = figure(pl.col("size_mw").round(1)), figure(pl.col("threshold_value").round(1))
    when = pl.col("step_date").dt.strftime("%Y-%m")
    shows = pl.format("the smallest step this zone could show is {} MW.", least)
    return (
        pl.when(pl.col("result") == "not_applicable")
        .then(pl.lit("Base load falls to zero or below: the zone feeds more than it draws."))
        .when(too_short)
        .then(
            pl.format(
                "{} complete months, of which a step needs 36, and 12 on each side.",
                pl.col("months").fill_null(0),
            )
        )
        .when(pl.col("result") == "no_data")
        .then(pl.lit("The series has no spread, so nothing can stand out from it."))
        .when(pl.col("result") == "flag")
        .then(pl.format("Base load rose by {} MW in {} and stayed up; {}", size, when, shows))
        .when(accepted)
        .then(pl.format("Base load rose by {} MW in {}, but {}", size, when, shows))
        .when(pl.col("is_break"))
        .then(
            pl.format(
                "Growth fits at least as well as a step of {} MW in {}; {}", size, when, shows
            )
        )
        .otherwise(pl.format("No upward break in base load beyond steady growth; {}", shows))
    )


def _steps(months: pl.DataFrame) -> pl.DataFrame:
    """Put all zones side by side on one calendar, and describe each zone's best step in MW."""
    if months.is_empty():
        return pl.DataFrame(schema=STEP_SCHEMA)
    zones, first, values = _matrix(months)
    with np.errstate(divide="ignore"):
        steps = best_steps(np.log(values))
    row, column = np.arange(len(values)), np.maximum(steps.split, 0)
    before_mw = _year_before(values, column)
    size_mw = before_mw * np.expm1(steps.size)
    noise_mw = before_mw * np.expm1(CUT * steps.sigma)
    error_mw = before_mw * steps.error
    shown = normal((LEAST_STEP_MW - noise_mw) / error_mw)
    found = steps.split >= 0
    p = step_chance.of(steps)
    starts = np.array(first, dtype="datetime64[M]") + column[row]
    return pl.DataFrame(
        {
            "zone_id": zones,
            "months": steps.months,
            "step_date": starts.astype("datetime64[D]"),
            "size_mw": np.where(found, size_mw, np.nan),
            "threshold_value": np.maximum(noise_mw, LEAST_STEP_MW),
            "detectability_share": shown,
            "is_break": steps.is_break,
            "is_growth": steps.is_growth,
            "p_value": p,
            "p_basis": np.where(
                np.isnan(p), NONE_AT_HAND, f"{DRAWS:,} series of the noise of {len(p):,} zones"
            ),
            "tests_count": np.maximum(steps.months - 2 * EACH_SIDE_MONTHS + 1, 1),
        },
        schema=STEP_SCHEMA,
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


STEP_SCHEMA = pl.Schema(
    {
        "zone_id": pl.String,
        "months": pl.Int64,
        "step_date": pl.Date,
        "size_mw": pl.Float64,
        "threshold_value": pl.Float64,
        "detectability_share": pl.Float64,
        "is_break": pl.Boolean,
        "is_growth": pl.Boolean,
        "p_value": pl.Float64,
        "p_basis": pl.String,
        "tests_count": pl.Int64,
    }
)


def _matrix(months: pl.DataFrame) -> tuple[pl.Series, np.datetime64, Floats]:
    """One row per zone and one column per calendar month; NaN where a month is missing."""
    zones = months["zone_id"].unique().sort()
    day = months["month_date"].to_numpy().astype("datetime64[M]")
    first = day.min()
    column = (day - first).astype(int)
    values = np.full((len(zones), column.max() + 1), np.nan)
    values[zones.search_sorted(months["zone_id"]).to_numpy(), column] = months[
        "base_mw"
    ].to_numpy()
    return zones, first, values


def _year_before(values: Floats, column: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Median base load of the twelve months before each row's column."""
    back = np.arange(values.shape[1])[None, :] - column[:, None]
    inside = (back < 0) & (back >= -EACH_SIDE_MONTHS) & np.isfinite(values)
    return median(np.where(inside, values, np.nan))


def _months_to_cite(months: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """The first and last month, and for a flag those on either side of the step."""
    stated = evidence.filter(pl.col("result").is_in(["flag", "no_flag"])).select(
        "scope_id", "result", step_date="starts_date"
    )
    inside = months.join(stated, left_on="zone_id", right_on="scope_id", how="inner")
    month, over = pl.col("month_date"), "zone_id"
    before = month.filter(month < pl.col("step_date")).max().over(over)
    after = month.filter(month >= pl.col("step_date")).min().over(over)
    ends = (month == month.min().over(over)) | (month == month.max().over(over))
    return inside.filter(ends | (month == before) | (month == after)).select(months.columns)


INDICATOR = Indicator(
    code=CODE,
    family="power",
    title="Base load steps up and stays up",
    unit="MW",
    scope_kinds=("zone", "facility"),
    reads=(POWER_LOAD, POWER_LOAD_MONTH, POWER_SITE_YEAR),
    threshold=LEAST_STEP_MW,
    benign_causes=(
        "electrification of oil and gas fields",
        "smelter, electrolyser or other heavy industry",
        "crypto mine",
        "ordinary cloud or colocation",
        "a change of metering borders or of reporting",
    ),
    compute=compute,
    kinds=("load_step_ge_5MW",),
)
