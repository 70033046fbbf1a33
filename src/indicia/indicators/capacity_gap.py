"""Inconsistent capacity: megawatts stated for a facility lie far from its meter or from one another.

Unit: ratio. Reads: facility_state.power_*_mw (MW), power_site_year (MWh, MW).
Benign causes: a hall that fills slowly, one building against a campus, MW written for GW.
Method: docs/indicators/P07.md.
"""

import duckdb
import polars as pl

from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.campus_step import HOURS_IN_YEAR
from indicia.indicators.detectability import share
from indicia.schema import FACILITY_STATE, POWER_SITE_YEAR, figure
from indicia.store import unite

CODE = "P07"
EMPTY, CONTRADICT = "declared_MW_gt_5x_observed", "published_capacities_contradict"
CUT = 5.0
# A meter that reports nothing at all gives this ratio, so that the figure stays finite.
MOST = 1000.0
SAME_TIME_DAYS = 366
UNIT_SLIP, SLIP_SHARE = 1000.0, 0.05

# Facility power and IT power differ by less than half, which five times swallows; a benchmark of
# one system inside a site does not describe the site.
FIGURES = f"""
figures AS (
  SELECT facility_id, published_id, power_kind, on_date AS starts_date, on_date AS ends_date,
         coalesce(power_reported_mw, power_estimated_mw) AS mw,
         power_reported_mw IS NOT NULL AS is_reported, statement, 'facility_state' AS table_name,
         concat('facility_id=', published_id, ', on_date=', on_date, ', power_kind=', power_kind)
           AS row_key,
         source, source_url, fetch_id, origin_id, reliability
  FROM united_facility_state
  WHERE NOT is_projection AND coalesce(boundary, 'facility') <> 'system'
    AND coalesce(power_reported_mw, power_estimated_mw) IS NOT NULL
  UNION ALL
  SELECT facility_id, published_id, 'avg', CAST(concat(year, '-01-01') AS DATE),
         CAST(concat(year, '-12-31') AS DATE),
         coalesce(average_reported_mw, electricity_reported_mwh / {HOURS_IN_YEAR}.0), TRUE, qualifier,
         'power_site_year', concat('facility_id=', published_id, ', year=', year),
         source, source_url, fetch_id, origin_id, reliability
  FROM united_power_site_year
  WHERE NOT coalesce(is_partial, FALSE)
    AND coalesce(average_reported_mw, electricity_reported_mwh) IS NOT NULL
)"""
CITED = ("table_name", "row_key", "source", "source_url", "fetch_id", "mw", "power_kind")
SIDES = ", ".join(f"{side}.{c} AS {name}_{c}" for side, name in (("a", "high"), ("b", "low"))
                  for c in (*CITED, "starts_date", "ends_date", "origin_id", "reliability"))  # fmt: skip
# The latest meter against the latest figure stated before its period began.
AGAINST_METER = f"""
WITH {FIGURES}, observed AS (
  SELECT *, row_number() OVER (PARTITION BY facility_id
                               ORDER BY ends_date DESC, power_kind, source, row_key) AS place
  FROM figures WHERE is_reported AND power_kind IN ('avg', 'peak')
), declared AS (
  SELECT * FROM figures
  WHERE mw > 0 AND (power_kind = 'capacity' OR (power_kind = 'peak' AND NOT is_reported))
), paired AS (
  SELECT a.facility_id, '{EMPTY}' AS kind, {SIDES},
         least({MOST}, a.mw / greatest(b.mw, a.mw / {MOST})) AS ratio,
         row_number() OVER (PARTITION BY a.facility_id ORDER BY
           CASE WHEN a.power_kind = 'capacity' THEN 0 ELSE 1 END, a.starts_date DESC,
           a.source, a.row_key) AS place
  FROM declared a JOIN observed b
    ON b.facility_id = a.facility_id AND b.place = 1 AND a.starts_date <= b.starts_date
)
SELECT * FROM paired WHERE place = 1 ORDER BY facility_id
"""
# What each origin said last, of about the same time; the pair that lies furthest apart.
BETWEEN_PUBLISHERS = f"""
WITH {FIGURES}, stated AS (
  SELECT *, row_number() OVER (PARTITION BY facility_id, origin_id
                               ORDER BY starts_date DESC, row_key) AS back
  FROM figures WHERE power_kind = 'capacity' AND mw > 0
), paired AS (
  SELECT a.facility_id, '{CONTRADICT}' AS kind, {SIDES}, a.mw / b.mw AS ratio,
         row_number() OVER (PARTITION BY a.facility_id ORDER BY
           a.mw / b.mw DESC, a.row_key, b.row_key) AS place
  FROM stated a JOIN stated b
    ON b.facility_id = a.facility_id AND b.origin_id <> a.origin_id
   AND a.back = 1 AND b.back = 1 AND a.mw >= b.mw
   AND abs(date_diff('day', a.starts_date, b.starts_date)) <= {SAME_TIME_DAYS}
)
SELECT * FROM paired WHERE place = 1 ORDER BY facility_id
"""
# MW in the column, the same number with GW in the sentence beside it.
OWN_WORDS = rf"""
WITH {FIGURES}, read AS (
  SELECT *, TRY_CAST(regexp_extract(statement, '([0-9]+(\.[0-9]+)?) ?GW', 1) AS DOUBLE) AS gw
  FROM figures WHERE table_name = 'facility_state' AND power_kind = 'capacity' AND mw > 0
), slipped AS (
  SELECT a.facility_id, '{CONTRADICT}' AS kind, {SIDES}, {UNIT_SLIP} AS ratio,
         row_number() OVER (PARTITION BY a.facility_id ORDER BY
           a.starts_date DESC, a.row_key) AS place
  FROM read a JOIN read b
    ON b.row_key = a.row_key AND b.source = a.source AND b.facility_id = a.facility_id
  WHERE abs(a.gw - a.mw) <= 0.01 * a.mw
)
SELECT * FROM slipped WHERE place = 1 ORDER BY facility_id
"""
SEEN = """
SELECT facility_id,
       coalesce(max(CASE WHEN published_id = facility_id THEN facility_id END), min(published_id))
         AS scope_id,
       min(origin_id) AS origin_id, max(reliability) AS reliability, min(planned) AS is_planned
FROM (
  SELECT facility_id, published_id, origin_id, reliability,
         CASE WHEN is_projection THEN 1 ELSE 0 END AS planned FROM united_facility_state
  UNION ALL
  SELECT facility_id, published_id, origin_id, reliability, 0 FROM united_power_site_year
) GROUP BY facility_id ORDER BY facility_id
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Hold what is stated of each facility against its meter, and publishers against each other."""
    unite(db)
    asked = (AGAINST_METER, BETWEEN_PUBLISHERS, OWN_WORDS)
    pairs = pl.concat([db.sql(query).pl() for query in asked], how="vertical_relaxed")
    # A pair that flags outranks one that does not; of two, the one further apart.
    widest = pairs.sort("ratio", "kind", descending=[True, False]).unique(
        "facility_id", keep="first", maintain_order=True
    )
    sites = db.sql(SEEN).pl().join(widest, on="facility_id", how="left", maintain_order="left")
    return answered(CODE, _evidence(sites), _sources(sites))


def _evidence(sites: pl.DataFrame) -> pl.DataFrame:
    is_computed = pl.col("ratio").is_not_null()
    result = (
        pl.when(is_computed & (pl.col("ratio") >= CUT))
        .then(pl.lit("flag"))
        .when(is_computed)
        .then(pl.lit("no_flag"))
        .when(pl.col("is_planned") == 1)
        .then(pl.lit("not_applicable"))
        .otherwise(pl.lit("no_data"))
    )
    return sites.with_columns(result=result).select(
        pl.lit("facility").alias("scope_kind"),
        "scope_id",
        "result",
        pl.col("kind").fill_null(EMPTY),
        pl.col("ratio").alias("observed_value"),
        pl.when(is_computed).then(pl.lit(CUT)).alias("threshold_value"),
        pl.lit("ratio").alias("unit"),
        _statement().alias("statement"),
        pl.min_horizontal("high_starts_date", "low_starts_date").alias("starts_date"),
        pl.max_horizontal("high_ends_date", "low_ends_date").alias("ends_date"),
        pl.coalesce("low_origin_id", "origin_id").alias("origin_id"),
        pl.max_horizontal("high_reliability", "low_reliability")
        .fill_null(pl.col("reliability"))
        .alias("reliability"),
        pl.when(is_computed).then(pl.lit(1.0)).alias("quality_share"),
        pl.when(is_computed).then(pl.lit(share(CODE, "facility"))).alias("detectability_share"),
    )


def _statement() -> pl.Expr:
    high, low = figure(pl.col("high_mw").round(1)), figure(pl.col("low_mw").round(1))
    ratio = figure(pl.col("ratio").round(1))
    is_slip = (pl.col("ratio") / UNIT_SLIP - 1).abs() <= SLIP_SHARE
    metered = pl.format(
        "{} MW stated ({}) by {}, {} MW reported as drawn ({}) in the period to {}: {} to 1.",
        high, "high_power_kind", "high_starts_date", low, "low_power_kind", "low_ends_date", ratio,
    )  # fmt: skip
    published = pl.format(
        "Capacities published by two origins for about the same time, {} MW ({}) and {} MW ({}): "
        "{} to 1.{}",
        high, "high_source", low, "low_source", ratio,
        pl.when(is_slip).then(pl.lit(" That is the ratio of GW to MW.")).otherwise(pl.lit("")),
    )  # fmt: skip
    own = pl.format(
        "{} MW in the figure, the same number in GW in the sentence beside it: consistent with a slip "
        "of the unit.",
        low,
    )
    return (
        pl.when(pl.col("kind") == EMPTY)
        .then(metered)
        .when((pl.col("high_mw") == pl.col("low_mw")) & (pl.col("ratio") >= CUT))
        .then(own)
        .when(pl.col("kind") == CONTRADICT)
        .then(published)
        .when(pl.col("is_planned") == 1)
        .then(pl.lit("Only plans are published; nothing stands that could draw power."))
        .otherwise(
            pl.lit(
                "No stated power with a later meter reading, and no second publisher of a capacity."
            )
        )
    )


def _sources(sites: pl.DataFrame) -> pl.DataFrame:
    judged = sites.filter(pl.col("ratio").is_not_null())
    return pl.concat(
        judged.select(
            pl.lit("facility").alias("scope_kind"),
            "scope_id",
            pl.col(f"{side}_table_name").alias("table_name"),
            pl.col(f"{side}_row_key").alias("row_key"),
            pl.format(
                "{} MW ({})", figure(pl.col(f"{side}_mw").round(1)), f"{side}_power_kind"
            ).alias("quote"),
            pl.col(f"{side}_source").alias("source"),
            pl.col(f"{side}_source_url").alias("source_url"),
            pl.col(f"{side}_fetch_id").alias("fetch_id"),
        )
        for side in ("high", "low")
    )


INDICATOR = Indicator(
    code=CODE,
    family="power",
    title="Stated power lies far from the meter, or publishers contradict each other",
    unit="ratio",
    scope_kinds=("facility",),
    reads=(FACILITY_STATE, POWER_SITE_YEAR),
    threshold=CUT,
    benign_causes=(
        "a hall that is let or filled slowly",
        "one building or phase against the whole campus",
        "megawatts written for gigawatts, or MVA for MW",
        "a grid connection reserved ahead of need",
        "a year of outage or refitting",
    ),
    compute=compute,
    kinds=(EMPTY, CONTRADICT),
)
