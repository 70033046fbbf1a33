"""Flat load: a metered zone draws nearly as much on average as at its peak, month after month.

Unit: share. Reads: power_load.demand_reported_mw (MW); power_load_month only to say that it has no peak.
Benign causes: oil and gas fields, smelters, crypto mines, mild weather, cloud halls, a stuck meter.
Method: docs/indicators/P03.md.
"""

import duckdb
import polars as pl

from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.schema import POWER_LOAD, POWER_LOAD_MONTH, figure

CODE = "P03"
KIND = "load_factor_gt_0.85"
CUT = 0.85
MONTHS = 12
LEAST_HOURS_SHARE = 0.9
# The hour that is exceeded in about seven hours of a month: one broken hour makes no peak.
PEAK = 0.99
# The least load of the hypotheses, as in P01: what a flat zone must be small enough to show.
LEAST_LOAD_MW = 5.0

# Only reported hours: an imputed hour resembles its neighbours, so it flattens. A month in which
# nothing moves is a stuck meter. A zone of two sources is read from the one that covers more.
YEARS = f"""
WITH hours AS (
  SELECT source, zone_id, origin_id, reliability, demand_reported_mw AS demand_mw,
         CAST(date_trunc('month', hour_utc AT TIME ZONE 'UTC') AS DATE) AS month_date
  FROM power_load WHERE demand_reported_mw IS NOT NULL
), monthly AS (
  SELECT source, zone_id, month_date, min(origin_id) AS origin_id, max(reliability) AS reliability,
         avg(demand_mw) AS mean_mw, count(demand_mw) AS hours,
         24 * day(last_day(month_date)) AS whole,
         percentile_cont(0.05) WITHIN GROUP (ORDER BY demand_mw) AS base_mw,
         percentile_cont({PEAK}) WITHIN GROUP (ORDER BY demand_mw) AS peak_mw
  FROM hours GROUP BY source, zone_id, month_date
), complete AS (
  SELECT *, count(*) OVER (PARTITION BY zone_id, source) AS covered FROM monthly
  WHERE hours >= {LEAST_HOURS_SHARE} * whole AND base_mw < peak_mw
), one_source AS (
  SELECT *, dense_rank() OVER (PARTITION BY zone_id ORDER BY covered DESC, source) AS place
  FROM complete
), latest AS (
  SELECT *, row_number() OVER (PARTITION BY zone_id ORDER BY month_date DESC) AS back
  FROM one_source WHERE place = 1
)
SELECT zone_id, month_date, source, origin_id, reliability, mean_mw, base_mw, peak_mw,
       mean_mw / nullif(peak_mw, 0) AS load_factor, base_mw / nullif(mean_mw, 0) AS base_share,
       least(1.0, 1.0 * hours / whole) AS reported_share
FROM latest WHERE back <= {MONTHS} ORDER BY zone_id, month_date
"""
SEEN = """
SELECT zone_id, min(origin_id) AS origin_id, max(is_hourly) AS is_hourly FROM (
  SELECT zone_id, origin_id, 1 AS is_hourly FROM power_load UNION ALL
  SELECT zone_id, origin_id, 0 FROM power_load_month
) GROUP BY zone_id ORDER BY zone_id
"""
# Of each month the hour at its peak is the row a reader can look up.
CITED = """
WITH near AS (
  SELECT c.zone_id, c.mean_mw, c.peak_mw, p.source, p.source_url, p.fetch_id, p.hour_utc,
         p.demand_reported_mw AS demand_mw,
         row_number() OVER (PARTITION BY c.zone_id, c.month_date ORDER BY
           abs(p.demand_reported_mw - c.peak_mw), p.hour_utc) AS place
  FROM cited_months c JOIN power_load p ON p.zone_id = c.zone_id AND p.source = c.source
   AND CAST(date_trunc('month', p.hour_utc AT TIME ZONE 'UTC') AS DATE) = c.month_date
  WHERE p.demand_reported_mw IS NOT NULL
)
SELECT 'zone' AS scope_kind, zone_id AS scope_id, 'power_load' AS table_name,
       concat('zone_id=', zone_id, ', hour_utc=',
              strftime(hour_utc AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%MZ')) AS row_key,
       concat(format('{:,.1f}', demand_mw), ' MW; peak of the month ', format('{:,.1f}', peak_mw), ' MW, mean ',
              format('{:,.1f}', mean_mw), ' MW') AS quote,
       source, source_url, fetch_id
FROM near WHERE place = 1 ORDER BY scope_id, row_key
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """The middle load factor of the last twelve complete months of every zone."""
    months = db.sql(YEARS).pl()
    evidence = _zones(months, db.sql(SEEN).pl())
    computed = evidence.filter(pl.col("result").is_in(["flag", "no_flag"]))
    cited = months.join(computed, left_on="zone_id", right_on="scope_id", how="semi")
    db.register("cited_months", cited)
    sources = db.sql(CITED).pl()
    db.unregister("cited_months")
    return answered(CODE, evidence, sources)


def _zones(months: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """One row per zone, in the columns of `evidence`."""
    facts = months.group_by("zone_id").agg(
        months=pl.len(),
        starts_date=pl.col("month_date").min(),
        ends_date=pl.col("month_date").max().dt.month_end(),
        reliability=pl.col("reliability").max(),
        is_positive=(pl.col("base_mw") > 0).all(),
        mean_mw=pl.col("mean_mw").mean(),
        load_factor=pl.col("load_factor").median(),
        base_share=pl.col("base_share").median(),
        reported_share=pl.col("reported_share").mean(),
    )
    zones = seen.join(facts, on="zone_id", how="left").sort("zone_id")
    is_short = pl.col("months").fill_null(0) < MONTHS
    result = (
        pl.when(~pl.col("is_positive").fill_null(value=True))
        .then(pl.lit("not_applicable"))
        .when(is_short)
        .then(pl.lit("no_data"))
        .when(pl.col("load_factor") >= CUT)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    is_computed = pl.col("result").is_in(["flag", "no_flag"])
    return (
        zones.with_columns(result=result)
        .with_columns(statement=_statement())
        .select(
            pl.lit("zone").alias("scope_kind"),
            pl.col("zone_id").alias("scope_id"),
            "result",
            pl.lit(KIND).alias("kind"),
            pl.when(is_computed).then("load_factor").alias("observed_value"),
            pl.when(is_computed).then(pl.lit(CUT)).alias("threshold_value"),
            pl.lit("share").alias("unit"),
            "statement",
            "starts_date",
            "ends_date",
            "origin_id",
            "reliability",
            pl.col("reported_share").alias("quality_share"),
            pl.when(is_computed)
            .then((LEAST_LOAD_MW / pl.col("mean_mw")).clip(upper_bound=1.0))
            .alias("detectability_share"),
        )
    )


def _statement() -> pl.Expr:
    whole = pl.format(
        "In the middle one of {} months the mean load is {} % of the month's peak, and the load that "
        "is nearly always drawn {} % of the mean; the zone draws {} MW on average.",
        "months",
        (100 * pl.col("load_factor")).round(1),
        (100 * pl.col("base_share")).round(1),
        figure(pl.col("mean_mw").round(1)),
    )
    return (
        pl.when(pl.col("result") == "not_applicable")
        .then(pl.lit("Load falls to zero or below: the zone feeds as much as it draws."))
        .when(pl.col("is_hourly") == 0)
        .then(pl.lit("Only monthly figures are at hand, and they state no peak."))
        .when(pl.col("result") == "no_data")
        .then(
            pl.format(
                "{} months with nine tenths of their hours reported and some movement, of which 12 "
                "are needed.",
                pl.col("months").fill_null(0),
            )
        )
        .otherwise(whole)
    )


INDICATOR = Indicator(
    code=CODE,
    family="power",
    title="Load is nearly as high on average as at its peak",
    unit="share",
    scope_kinds=("zone",),
    reads=(POWER_LOAD, POWER_LOAD_MONTH),
    threshold=CUT,
    benign_causes=(
        "oil and gas fields, pipelines and pumping",
        "smelter, electrolyser or other works that run day and night",
        "crypto mine",
        "ordinary cloud or colocation",
        "mild weather, or generation behind the meter that cuts the peak",
    ),
    compute=compute,
    kinds=(KIND,),
)
