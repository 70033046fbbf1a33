"""P01 at a campus that reports: the largest rise from one year to the next, in MW.

Unit: MW. Reads: power_site_year.electricity_reported_mwh (MWh), average_reported_mw (MW).
Method: docs/indicators/P01.md.
"""

import duckdb
import polars as pl

from indicia.indicators import null_tail
from indicia.indicators.steps import (
    CUT,
    LOGISTIC_PER_NORMAL,
    NORMAL_PER_MAD,
    NORMAL_PER_MEAN_DEVIATION,
)
from indicia.schema import figure

KIND = "load_step_ge_5MW"
LEAST_STEP_MW = 5.0
LEAST_YEARS = 6
CUT_PER_MAD = CUT * NORMAL_PER_MAD
CUT_PER_MEAN_DEVIATION = CUT * NORMAL_PER_MEAN_DEVIATION
HOURS_IN_YEAR = 8766

YEARS = f"""
WITH ranked AS (
  SELECT *, coalesce(average_reported_mw, electricity_reported_mwh / {HOURS_IN_YEAR}.0) AS average_mw,
         row_number() OVER (PARTITION BY facility_id, year ORDER BY reliability, source) AS place
  FROM power_site_year
), years AS (
  SELECT * FROM ranked
  WHERE place = 1 AND average_mw IS NOT NULL AND NOT coalesce(is_partial, FALSE)
), changes AS (
  SELECT b.facility_id, b.year, b.average_mw - a.average_mw AS change_mw
  FROM years b JOIN years a ON a.facility_id = b.facility_id AND a.year = b.year - 1
), middles AS (
  SELECT facility_id, median(change_mw) AS middle_mw FROM changes GROUP BY facility_id
), spreads AS (
  SELECT c.facility_id, m.middle_mw, median(abs(c.change_mw - m.middle_mw)) AS mad_mw,
         avg(abs(c.change_mw - m.middle_mw)) AS mean_off_mw, count(*) AS changes
  FROM changes c JOIN middles m ON m.facility_id = c.facility_id
  GROUP BY c.facility_id, m.middle_mw
), largest AS (
  SELECT *, row_number() OVER (PARTITION BY facility_id ORDER BY change_mw DESC, year DESC) AS place
  FROM changes
), lists AS (
  SELECT facility_id, array_agg(year) AS judged_at, array_agg(change_mw) AS judged_mw
  FROM changes GROUP BY facility_id
), sites AS (
  SELECT facility_id, min(origin_id) AS origin_id, max(reliability) AS reliability
  FROM power_site_year GROUP BY facility_id
), counted AS (
  SELECT facility_id, count(*) AS years FROM years GROUP BY facility_id
)
SELECT s.facility_id, s.origin_id, s.reliability, coalesce(k.years, 0) AS years,
       l.year, l.change_mw, d.middle_mw, coalesce(d.changes, 0) AS changes,
       CASE WHEN d.mad_mw > 0 THEN {CUT_PER_MAD} * d.mad_mw
            WHEN d.mean_off_mw > 0 THEN {CUT_PER_MEAN_DEVIATION} * d.mean_off_mw END AS noise_mw,
       j.judged_at, j.judged_mw
FROM sites s
LEFT JOIN counted k ON k.facility_id = s.facility_id
LEFT JOIN spreads d ON d.facility_id = s.facility_id
LEFT JOIN largest l ON l.facility_id = s.facility_id AND l.place = 1
LEFT JOIN lists j ON j.facility_id = s.facility_id
ORDER BY s.facility_id
"""
CITED = f"""
SELECT 'facility' AS scope_kind, p.facility_id AS scope_id, 'power_site_year' AS table_name,
       concat('facility_id=', p.facility_id, ', year=', p.year) AS row_key,
       concat(format('{{:,.1f}}', coalesce(p.average_reported_mw, p.electricity_reported_mwh / {HOURS_IN_YEAR}.0)),
              ' MW on average') AS quote,
       p.source, p.source_url, p.fetch_id
FROM power_site_year p JOIN cited_years c
  ON c.facility_id = p.facility_id AND p.year BETWEEN c.year - 1 AND c.year
ORDER BY scope_id, row_key
"""


def compute(db: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row of evidence per campus that reports, and the two years it rests on."""
    years = _with_chances(db.sql(YEARS).pl())
    evidence = _evidence(years)
    db.register(
        "cited_years", years.filter(pl.col("year").is_not_null()).select("facility_id", "year")
    )
    sources = db.sql(CITED).pl()
    db.unregister("cited_years")
    return evidence, sources


def _with_chances(years: pl.DataFrame) -> pl.DataFrame:
    """Add p of the largest change, from the changes of all campuses over their own spread."""
    is_enough = pl.col("changes") >= LEAST_YEARS - 1
    spread_mw = pl.when(is_enough).then(pl.col("noise_mw") / CUT)
    one = years.with_columns(
        kind=pl.lit("yearly"), most_z=(pl.col("change_mw") - pl.col("middle_mw")) / spread_mw
    )
    judged = (
        one.filter(pl.col("most_z").is_not_null())
        .explode("judged_at", "judged_mw")
        .sort("facility_id", "judged_at")
        .with_columns(z=(pl.col("judged_mw") - pl.col("middle_mw")) / spread_mw)
    )
    found = null_tail.chances(
        judged,
        one,
        series=("facility_id",),
        value="z",
        observed="most_z",
        tried="changes",
        kind="kind",
    )
    return years.drop("judged_at", "judged_mw").hstack(found)


def _evidence(years: pl.DataFrame) -> pl.DataFrame:
    short = (pl.col("years") < LEAST_YEARS) | (pl.col("changes") < LEAST_YEARS - 1)
    noise = pl.col("noise_mw")
    least = pl.max_horizontal(pl.lit(LEAST_STEP_MW), pl.col("middle_mw") + noise)
    is_computed = ~(short | noise.is_null())
    change = figure(pl.col("change_mw").round(1))
    result = (
        pl.when(~is_computed)
        .then(pl.lit("no_data"))
        .when(pl.col("change_mw") >= least)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    statement = (
        pl.when(short)
        .then(
            pl.format(
                "{} complete years, of which a step needs 6 without a gap.", pl.col("years")
            )
        )
        .when(noise.is_null())
        .then(pl.lit("Every year changes alike, so nothing can stand out."))
        .otherwise(
            pl.format(
                "The largest rise, {} MW on average in {}, against {} MW that would stand out.",
                change,
                pl.col("year"),
                figure(least.round(1)),
            )
        )
    )
    shown = 1 / (1 + (-LOGISTIC_PER_NORMAL * CUT * (LEAST_STEP_MW - noise) / noise).exp())
    return years.select(
        pl.lit("facility").alias("scope_kind"),
        pl.col("facility_id").alias("scope_id"),
        result.alias("result"),
        pl.lit(KIND).alias("kind"),
        pl.when(is_computed).then("change_mw").alias("observed_value"),
        pl.when(is_computed).then(least).alias("threshold_value"),
        pl.lit("MW").alias("unit"),
        statement.alias("statement"),
        pl.date("year", 1, 1).alias("starts_date"),
        pl.date("year", 12, 31).alias("ends_date"),
        "origin_id",
        "reliability",
        pl.lit(1.0).alias("quality_share"),
        pl.when(is_computed).then(shown).alias("detectability_share"),
        *(pl.when(is_computed).then(c) for c in ("p_value", "p_basis", "tests_count")),
    )
