"""Installed but dark: a site draws less than the accelerators it is said to hold would draw idle.

Unit: ratio. Reads: hardware_statement (count), facility_state (count, MW), power_site_year (MWh, MW).
Benign causes: late commissioning, a meter on one of several feeds, nodes switched off, a rounded claim.
Method: docs/indicators/P05.md.
"""

from functools import cache

import duckdb
import numpy as np
import polars as pl

from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.campus_step import HOURS_IN_YEAR
from indicia.indicators.detectability import share
from indicia.reference.compute.draws import Sheet
from indicia.reference.compute.needs import KW_PER_MW, facility_kw
from indicia.reference.compute.priors import classes, of_class
from indicia.schema import FACILITY_STATE, HARDWARE_STATEMENT, POWER_SITE_YEAR, figure
from indicia.schema.observations import BOUNDARIES
from indicia.store import unite

CODE = "P05"
KIND = "declared_MW_gt_5x_observed"
CUT = 1.0
LEAST_MONTHS = 3
# A meter that reports nothing at all gives this ratio, so that the figure stays finite.
MOST = 1000.0
LOW = 0.05
EQUIVALENT_OF = "hopper"
CHIPS, EQUIVALENTS = "accelerators", "H100 equivalents"

# Only what is reported: third parties estimate numbers from power, and power from numbers.
TABLES = f"""
claims AS (
  SELECT subject AS facility_id, published_id, kind = 'installed' AS is_installed, on_date,
         accelerators_reported_count AS claimed, '{CHIPS}' AS unit,
         'hardware_statement' AS table_name,
         concat('subject_kind=facility, subject=', published_id, ', kind=', kind, ', chip_text=',
                chip_text, ', on_date=', on_date) AS row_key,
         source, source_url, fetch_id, origin_id, reliability
  FROM united_hardware_statement
  WHERE subject_kind = 'facility' AND accelerators_reported_count > 0
    AND kind IN ('installed', 'planned')
  UNION ALL
  SELECT facility_id, published_id, NOT is_projection, on_date, compute_reported_h100e_count,
         '{EQUIVALENTS}', 'facility_state',
         concat('facility_id=', published_id, ', on_date=', on_date, ', power_kind=', power_kind),
         source, source_url, fetch_id, origin_id, reliability
  FROM united_facility_state WHERE compute_reported_h100e_count > 0
), meters AS (
  SELECT facility_id, published_id, CAST(concat(year, '-01-01') AS DATE) AS starts_date,
         CAST(concat(year, '-12-31') AS DATE) AS ends_date, 12 AS months, 'facility' AS boundary,
         coalesce(average_reported_mw, electricity_reported_mwh / {HOURS_IN_YEAR}.0) AS mw,
         'power_site_year' AS table_name,
         concat('facility_id=', published_id, ', year=', year) AS row_key,
         source, source_url, fetch_id, origin_id, reliability
  FROM united_power_site_year
  WHERE NOT coalesce(is_partial, FALSE)
    AND coalesce(average_reported_mw, electricity_reported_mwh) IS NOT NULL
  UNION ALL
  SELECT facility_id, published_id, on_date,
         CAST(on_date + CASE date_precision WHEN 'year' THEN INTERVAL '12' MONTH
                WHEN 'quarter' THEN INTERVAL '3' MONTH ELSE INTERVAL '1' MONTH END AS DATE) - 1,
         CASE date_precision WHEN 'year' THEN 12 WHEN 'quarter' THEN 3 ELSE 1 END,
         coalesce(boundary, 'facility'), power_reported_mw, 'facility_state',
         concat('facility_id=', published_id, ', on_date=', on_date, ', power_kind=', power_kind),
         source, source_url, fetch_id, origin_id, reliability
  FROM united_facility_state
  WHERE NOT is_projection AND power_kind = 'avg' AND power_reported_mw IS NOT NULL
    AND date_precision IN ('month', 'quarter', 'year')
)"""
# The latest number with three months of meter after it; the highest of those readings is asked, so
# that one bad quarter decides nothing.
PAIRS = f"""
WITH {TABLES}, after_claim AS (
  SELECT c.facility_id, c.on_date, c.claimed, c.unit, f.floor_kw, m.mw, m.months, m.starts_date,
         m.ends_date, m.origin_id, greatest(c.reliability, m.reliability) AS reliability,
         c.table_name AS claim_table_name, c.row_key AS claim_row_key, c.source AS claim_source,
         c.source_url AS claim_source_url, c.fetch_id AS claim_fetch_id,
         m.table_name AS meter_table_name, m.row_key AS meter_row_key, m.source AS meter_source,
         m.source_url AS meter_source_url, m.fetch_id AS meter_fetch_id,
         c.claimed * f.floor_kw / {KW_PER_MW} AS floor_mw
  FROM claims c JOIN meters m ON m.facility_id = c.facility_id AND m.starts_date >= c.on_date
  JOIN floors f ON f.unit = c.unit AND f.boundary = m.boundary
  WHERE c.is_installed
), covered AS (
  SELECT claim_row_key, claim_source, facility_id FROM after_claim
  GROUP BY claim_row_key, claim_source, facility_id
  HAVING max(months) >= {LEAST_MONTHS}
      OR count(DISTINCT CASE WHEN months = 1 THEN starts_date END) >= {LEAST_MONTHS}
), ranked AS (
  SELECT a.*, row_number() OVER (PARTITION BY a.facility_id ORDER BY
           a.on_date DESC, a.mw DESC, a.ends_date DESC, a.claimed DESC, a.claim_source,
           a.claim_row_key, a.meter_source, a.meter_row_key) AS place
  FROM after_claim a JOIN covered k ON k.facility_id = a.facility_id
   AND k.claim_row_key = a.claim_row_key AND k.claim_source = a.claim_source
)
SELECT *, least({MOST}, floor_mw / greatest(mw, floor_mw / {MOST})) AS ratio
FROM ranked WHERE place = 1 ORDER BY facility_id
"""
SEEN = f"""
WITH {TABLES}, seen AS (
  SELECT facility_id, published_id, origin_id, reliability,
         CASE WHEN is_installed THEN 1 ELSE 0 END AS installed, 1 AS claimed FROM claims
  UNION ALL
  SELECT facility_id, published_id, origin_id, reliability, 0, 0 FROM meters
)
SELECT facility_id,
       coalesce(max(CASE WHEN published_id = facility_id THEN facility_id END), min(published_id))
         AS scope_id,
       min(origin_id) AS seen_origin_id, max(reliability) AS seen_reliability,
       max(claimed) = 1 AND max(installed) = 0 AS is_planned
FROM seen GROUP BY facility_id ORDER BY facility_id
"""


@cache
def floors() -> pl.DataFrame:
    """Least power of one idle accelerator (kW), per unit of the claim and boundary of the meter.

    The 5th percentile over the priors, of the class that needs least. One H100 equivalent
    may be less than one accelerator of a newer class, so it is scaled by dense BF16.
    """
    rows = []
    for boundary in BOUNDARIES:
        idle = {name: _idle_kw(name, boundary) for name in classes()["chip_class"]}
        rows.append((CHIPS, boundary, min(idle.values())))
        per_equivalent = [kw / _equivalents(name) for name, kw in idle.items()]
        rows.append((EQUIVALENTS, boundary, min(per_equivalent)))
    return pl.DataFrame(rows, schema=["unit", "boundary", "floor_kw"], orient="row")


def _idle_kw(chip_class: str, boundary: str) -> float:
    sheet = Sheet(chip_class)
    idle = facility_kw(sheet, boundary) * sheet.draw("idle_share")
    return float(np.quantile(idle, LOW))


def _equivalents(chip_class: str) -> float:
    own, yardstick = (of_class(c, "bf16_dense_tflops") for c in (chip_class, EQUIVALENT_OF))
    return (own or np.nan) / (yardstick or np.nan)


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Hold the idle power of what is said to be installed against the highest later reading."""
    unite(db)
    db.register("floors", floors())
    pairs = db.sql(PAIRS).pl()
    db.unregister("floors")
    sites = db.sql(SEEN).pl().join(pairs, on="facility_id", how="left", maintain_order="left")
    return answered(CODE, _evidence(sites), _sources(sites))


def _evidence(sites: pl.DataFrame) -> pl.DataFrame:
    is_computed = pl.col("ratio").is_not_null()
    result = (
        pl.when(is_computed & (pl.col("ratio") >= CUT))
        .then(pl.lit("flag"))
        .when(is_computed)
        .then(pl.lit("no_flag"))
        .when("is_planned")
        .then(pl.lit("not_applicable"))
        .otherwise(pl.lit("no_data"))
    )
    held = pl.format(
        "{} {} reported installed by {} would draw at least {} MW idle; the highest average "
        "reported since is {} MW ({} to {}).",
        figure(pl.col("claimed").cast(pl.Int64)),
        "unit",
        "on_date",
        figure(pl.col("floor_mw").round(2)),
        figure(pl.col("mw").round(2)),
        "starts_date",
        "ends_date",
    )
    statement = (
        pl.when(is_computed)
        .then(held)
        .when("is_planned")
        .then(pl.lit("Accelerators are only planned; nothing is said to be installed."))
        .otherwise(
            pl.lit(
                "No reported number of accelerators with three months of reported average power "
                "after it."
            )
        )
    )
    return sites.select(
        pl.lit("facility").alias("scope_kind"),
        "scope_id",
        result.alias("result"),
        pl.lit(KIND).alias("kind"),
        pl.col("ratio").alias("observed_value"),
        pl.when(is_computed).then(pl.lit(CUT)).alias("threshold_value"),
        pl.lit("ratio").alias("unit"),
        statement.alias("statement"),
        "starts_date",
        "ends_date",
        pl.coalesce("origin_id", "seen_origin_id").alias("origin_id"),
        pl.coalesce("reliability", "seen_reliability").alias("reliability"),
        pl.when(is_computed).then(pl.lit(1.0)).alias("quality_share"),
        pl.when(is_computed).then(pl.lit(share(CODE, "facility"))).alias("detectability_share"),
    )


def _sources(sites: pl.DataFrame) -> pl.DataFrame:
    judged = sites.filter(pl.col("ratio").is_not_null())
    quotes = {
        "claim": pl.format("{} {}", figure(pl.col("claimed").cast(pl.Int64)), "unit"),
        "meter": pl.format("{} MW on average", figure(pl.col("mw").round(2))),
    }
    return pl.concat(
        judged.select(
            pl.lit("facility").alias("scope_kind"),
            "scope_id",
            quote.alias("quote"),
            **{
                c: pl.col(f"{side}_{c}")
                for c in ("table_name", "row_key", "source", "source_url", "fetch_id")
            },
        )
        for side, quote in quotes.items()
    )


INDICATOR = Indicator(
    code=CODE,
    family="power",
    title="A site draws less than what it is said to hold would draw idle",
    unit="ratio",
    scope_kinds=("facility",),
    reads=(FACILITY_STATE, HARDWARE_STATEMENT, POWER_SITE_YEAR),
    threshold=CUT,
    benign_causes=(
        "commissioning that takes longer than announced",
        "a meter that covers one of several feeds, or leaves tenants out",
        "nodes switched off rather than idle",
        "a number that counts what was ordered, or several sites",
    ),
    compute=compute,
    kinds=(KIND,),
)
