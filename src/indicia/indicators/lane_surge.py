"""Lane surge: imports on one lane outgrow their exporter, their importer and the world.

Unit: robust z (dimensionless). Reads: customs_flow.value_*_usd (US$).
Benign causes: a new plant or distributor, a moved hub, a boom at one customer, a changed code.
Method: docs/indicators/C01.md.
"""

import duckdb
import polars as pl

from indicia.indicators import lane_answer
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.lane_answer import (
    CUT,
    MILLIONS,
    MONTH_FLOOR_USD,
    NOTHING_SHARE,
    ROW_KEY,
    YEAR_FLOOR_USD,
    dated,
    refusal,
    seen,
)
from indicia.indicators.lane_flows import CODES, FLOWS
from indicia.indicators.own_past import Past, scaled
from indicia.schema import CUSTOMS_FLOW, figure

CODE = "C01"
KIND = "corridor_surge_z_gt_3.5"
# Growths that must precede the one that is judged: five years, or 24 months, of levels.
LEAST_YEAR_GROWTHS, LEAST_MONTH_GROWTHS = 4, 12
SERIES = ("exporter", "importer")
# National codes are left out: a reporter's code is never added to its own subdivisions.
ASKED = f"flow IN ('M', 'X') AND (position('+' IN hs_code) > 0 OR hs_code IN ({CODES}))"


def surges(past: Past = scaled) -> str:
    """The statement: every lane, with the strongest of its judged periods if there is one."""
    return f"""
WITH flows AS ({FLOWS}), partners AS (
  SELECT * FROM flows WHERE exporter <> 'W00' AND importer <> 'W00'
), settings AS (
  SELECT 'A' AS frequency, 1 AS lag, {LEAST_YEAR_GROWTHS} AS growths, {YEAR_FLOOR_USD} AS floor_usd
  UNION ALL SELECT 'M', 12, {LEAST_MONTH_GROWTHS}, {MONTH_FLOOR_USD}
), reported AS (
  SELECT DISTINCT flow, frequency, at_period,
         CASE WHEN flow = 'X' THEN exporter ELSE importer END AS reporter
  FROM flows
), reporters AS (
  SELECT flow, frequency, reporter, count(*) AS periods FROM reported
  GROUP BY flow, frequency, reporter
), offered AS (
  SELECT DISTINCT p.exporter, p.importer, p.flow, p.frequency, r.periods, r.reporter
  FROM partners p JOIN reporters r ON r.flow = p.flow AND r.frequency = p.frequency
   AND r.reporter = CASE WHEN p.flow = 'X' THEN p.exporter ELSE p.importer END
), ordered AS (
  SELECT o.*, row_number() OVER (PARTITION BY o.exporter, o.importer ORDER BY
           CASE WHEN o.periods > s.growths + s.lag THEN 0 ELSE 1 END,
           CASE WHEN o.flow = 'M' THEN 0 ELSE 1 END,
           CASE WHEN o.frequency = 'M' THEN 0 ELSE 1 END) AS place
  FROM offered o JOIN settings s ON s.frequency = o.frequency
), lanes AS (
  SELECT * FROM ordered WHERE place = 1
), levels AS (
  SELECT l.exporter, l.importer, l.flow, l.frequency, r.at_period, s.lag, s.growths, s.floor_usd,
         coalesce(p.value_usd, 0) AS value_usd,
         greatest(coalesce(p.value_usd, 0), {NOTHING_SHARE} * s.floor_usd) AS raised_usd
  FROM lanes l JOIN settings s ON s.frequency = l.frequency
  JOIN reported r ON r.flow = l.flow AND r.frequency = l.frequency AND r.reporter = l.reporter
  LEFT JOIN partners p ON p.exporter = l.exporter AND p.importer = l.importer
   AND p.flow = l.flow AND p.frequency = l.frequency AND p.at_period = r.at_period
), sums AS (
  SELECT *, sum(value_usd) OVER (PARTITION BY frequency, at_period, exporter) AS listed_exports_usd,
         sum(value_usd) OVER (PARTITION BY frequency, at_period, importer) AS listed_imports_usd,
         sum(value_usd) OVER (PARTITION BY frequency, at_period) AS world_usd
  FROM levels
), totals AS (
  SELECT s.*, coalesce(x.value_usd, s.listed_exports_usd) AS exports_usd,
         coalesce(m.value_usd, s.listed_imports_usd) AS imports_usd,
         x.value_usd IS NOT NULL AS is_total_reported
  FROM sums s
  LEFT JOIN flows x ON x.exporter = s.exporter AND x.importer = 'W00' AND x.flow = 'X'
   AND x.frequency = s.frequency AND x.at_period = s.at_period
  LEFT JOIN flows m ON m.importer = s.importer AND m.exporter = 'W00' AND m.flow = 'M'
   AND m.frequency = s.frequency AND m.at_period = s.at_period
), grown AS (
  SELECT b.*, ln(b.raised_usd / a.raised_usd) AS own_growth,
         b.value_usd / nullif(b.exports_usd, 0) AS exports_share,
         CASE WHEN b.exports_usd > b.value_usd AND a.exports_usd > a.value_usd
              AND a.is_total_reported = b.is_total_reported
              THEN ln((b.exports_usd - b.value_usd) / (a.exports_usd - a.value_usd)) END AS exporter_growth,
         CASE WHEN b.imports_usd > b.value_usd AND a.imports_usd > a.value_usd
              THEN ln((b.imports_usd - b.value_usd) / (a.imports_usd - a.value_usd)) END AS importer_growth,
         CASE WHEN b.world_usd > b.value_usd AND a.world_usd > a.value_usd
              THEN ln((b.world_usd - b.value_usd) / (a.world_usd - a.value_usd)) END AS world_growth
  FROM totals b JOIN totals a ON a.exporter = b.exporter AND a.importer = b.importer
   AND a.at_period = b.at_period - b.lag
), excesses AS (
  SELECT *, own_growth - coalesce(greatest(exporter_growth, importer_growth, world_growth), 0)
           AS excess
  FROM grown
), {past("excesses", SERIES, "excess", "exports_share")}, judgeable AS (
  SELECT * FROM scaled WHERE earlier >= growths AND own_sigma IS NOT NULL
), pooled AS (
  SELECT frequency, median(own_sigma) AS usual_sigma FROM judgeable GROUP BY frequency
), judged AS (
  SELECT k.*, (k.excess - k.middle) / greatest(k.own_sigma, p.usual_sigma) AS z,
         k.exports_share - k.usual_exports_share AS share_shift
  FROM judgeable k JOIN pooled p ON p.frequency = k.frequency
), fit_to_flag AS (
  SELECT *, CASE WHEN value_usd < floor_usd OR coalesce(share_shift, 0) <= 0 THEN least(z, 0.0)
                 ELSE z END AS surge
  FROM judged WHERE z IS NOT NULL
), strongest AS (
  SELECT *, count(*) OVER (PARTITION BY exporter, importer) AS judged_periods,
         row_number() OVER (PARTITION BY exporter, importer
                            ORDER BY surge DESC, at_period DESC) AS place
  FROM fit_to_flag
), {lane_answer.lists("judged")}, described AS (
  SELECT exporter, importer, flow, frequency, min(origin_id) AS origin_id,
         max(reliability) AS reliability, max(period) AS last_period
  FROM partners GROUP BY exporter, importer, flow, frequency
), {seen(ASKED)}
SELECT concat(n.exporter, '>', n.importer) AS scope_id, n.exporter, n.importer, n.is_asked,
       l.flow, l.frequency, l.periods, coalesce(d.origin_id, n.origin_id) AS origin_id,
       coalesce(d.reliability, n.reliability) AS reliability, d.last_period, s.at_period, s.lag,
       s.surge, s.value_usd, s.own_growth, s.excess, s.exports_share, s.usual_exports_share,
       s.is_total_reported, s.judged_periods,
       j.judged_at, j.judged_code, j.judged_z
FROM seen n
LEFT JOIN lanes l ON l.exporter = n.exporter AND l.importer = n.importer
LEFT JOIN described d ON d.exporter = l.exporter AND d.importer = l.importer
 AND d.flow = l.flow AND d.frequency = l.frequency
LEFT JOIN strongest s ON s.exporter = l.exporter AND s.importer = l.importer AND s.place = 1
LEFT JOIN lists j ON j.exporter = s.exporter AND j.importer = s.importer AND j.frequency = s.frequency
ORDER BY scope_id
"""


SURGES = surges()
CITED = f"""
SELECT 'lane' AS scope_kind, l.scope_id, 'customs_flow' AS table_name, {ROW_KEY} AS row_key,
       {MILLIONS} AS quote, c.source, c.source_url, c.fetch_id
FROM cited_lanes l JOIN customs_flow c
  ON c.frequency = l.frequency AND c.flow = l.flow
 AND c.reporter_iso3 = CASE WHEN l.flow = 'X' THEN l.exporter ELSE l.importer END
 AND c.partner_iso3 = CASE WHEN l.flow = 'X' THEN l.importer ELSE l.exporter END
WHERE c.period IN (l.period, l.earlier_period, l.last_period)
ORDER BY l.scope_id, c.period DESC, c.hs_code
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Judge every period of every lane against that lane's past, and keep the strongest."""
    lanes = dated(db.sql(SURGES).pl()).with_columns(
        earlier_period=lane_answer.period(pl.col("at_period") - pl.col("lag"), pl.col("frequency") == "A")
    )  # fmt: skip
    lanes = lane_answer.with_chances(lanes, "surge", "judged_periods")
    db.register("cited_lanes", lanes.filter(pl.col("surge").is_not_null()))
    sources = db.sql(CITED).pl()
    db.unregister("cited_lanes")
    refused = refusal(pl.col("is_asked") == 0, lane_answer.NO_BASKET)
    evidence = lane_answer.evidence(lanes, CODE, KIND, "surge", refused, _statement())
    return answered(CODE, evidence, sources)


def _statement() -> pl.Expr:
    side = pl.when(pl.col("flow") == "M").then(pl.lit("importer")).otherwise(pl.lit("exporter"))
    total = (
        pl.when(pl.col("is_total_reported"))
        .then(pl.lit("its report to the world"))
        .otherwise(pl.lit("the sum of reported partners"))
    )
    surged = pl.format(
        "US$ {} million in {} by the {}'s report: growth {} times the fastest of the exporter's "
        "other lanes, the importer's and the world's; share of the exporter's total ({}) {} %, "
        "usually {} %; strongest of {} periods.",
        figure((pl.col("value_usd") / 1e6).round(1)),
        "period",
        side,
        pl.col("excess").clip(-12, 12).exp().round(2),
        total,
        (100 * pl.col("exports_share").fill_null(0)).round(1),
        (100 * pl.col("usual_exports_share").fill_null(0)).round(1),
        "judged_periods",
    )
    short = pl.format(
        "{} periods by the {}'s report; a surge needs five years or 24 months before it, "
        "and some spread.",
        "periods",
        side,
    )
    return pl.when(pl.col("surge").is_not_null()).then(surged).otherwise(short)


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="A trade lane outgrows its exporter, its importer and the world",
    unit="robust z",
    scope_kinds=("lane",),
    reads=(CUSTOMS_FLOW,),
    threshold=CUT,
    benign_causes=(
        "demand growth at one lawful customer",
        "a new factory, distributor or regional hub",
        "transit or re-export through the importer",
        "a change of customs code or of reporting",
    ),
    compute=compute,
    kinds=(KIND,),
)
