"""Mirror break: what importer and exporter declare of one lane parts from how it used to.

Unit: robust z (dimensionless). Reads: customs_flow.value_*_usd (US$).
Benign causes: revisions, re-exports, timing, a changed code, a threshold of reporting, freight costs.
Method: docs/indicators/C02.md.
"""

import duckdb
import polars as pl

from indicia.indicators import lane_answer
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.lane_answer import (
    CUT,
    IN_BASKET,
    MILLIONS,
    MONTH_FLOOR_USD,
    ROW_KEY,
    YEAR_FLOOR_USD,
    dated,
    refusal,
    seen,
)
from indicia.indicators.lane_flows import CODES
from indicia.indicators.own_past import AT, Past, scaled
from indicia.schema import CUSTOMS_FLOW, figure

CODE = "C02"
KIND = "mirror_asymmetry_break"
# Imports are valued with freight and insurance, exports without: 1.06 to 1.10 of the same goods.
CIF_PER_FOB = 1.08
# That range alone moves the asymmetry by 0.04: no lane's past is known better.
LEAST_SIGMA = 0.05
# Goods that leave in one month arrive in that or the next two.
MONTHS_SUMMED = 3
LEAST_MONTHS, LEAST_YEARS, MONTHS_BACK = 24, 5, 36
# What passes through these is declared to and from other countries than it comes from and goes to.
HUBS = "'SGP', 'HKG', 'NLD', 'ARE'"
SERIES = ("exporter", "importer", "frequency", "span", "back")


def breaks(past: Past = scaled) -> str:
    """The statement: every lane, with the strongest of its judged periods if there is one.

    Codes are those that importer and exporter both report, in periods for which both report every
    one of them to somebody: a code that one side began to load later is no break.
    """
    return f"""
WITH coded AS (
  SELECT CASE WHEN flow = 'X' THEN reporter_iso3 ELSE partner_iso3 END AS exporter,
         CASE WHEN flow = 'X' THEN partner_iso3 ELSE reporter_iso3 END AS importer,
         reporter_iso3 AS reporter, flow, frequency, {AT} AS at_period, source, origin_id, reliability,
         CASE WHEN position('+' IN hs_code) > 0 THEN hs_code ELSE substr(hs_code, 1, 6) END AS code,
         CASE WHEN position('+' IN hs_code) > 0 THEN 99 ELSE length(hs_code) END AS digits,
         coalesce(value_reported_usd, value_estimated_usd) AS value_usd
  FROM customs_flow
  WHERE flow IN ('M', 'X') AND {IN_BASKET}
), offers AS (
  SELECT source, reporter, flow, frequency, digits,
         row_number() OVER (PARTITION BY reporter, flow, frequency ORDER BY
           count(DISTINCT at_period) DESC, digits, source) AS place
  FROM coded GROUP BY source, reporter, flow, frequency, digits
), chosen AS (
  SELECT c.* FROM coded c JOIN offers o
    ON o.source = c.source AND o.reporter = c.reporter AND o.flow = c.flow
   AND o.frequency = c.frequency AND o.digits = c.digits AND o.place = 1
), reported AS (
  SELECT DISTINCT reporter, flow, frequency, at_period, code FROM chosen
), codes AS (
  SELECT DISTINCT reporter, flow, frequency, code FROM chosen
), lanes AS (
  SELECT DISTINCT exporter, importer, frequency FROM chosen
  WHERE exporter NOT IN ('W00', {HUBS}) AND importer NOT IN ('W00', {HUBS})
), common AS (
  SELECT l.exporter, l.importer, l.frequency, m.code,
         count(*) OVER (PARTITION BY l.exporter, l.importer, l.frequency) AS codes
  FROM lanes l
  JOIN codes m ON m.flow = 'M' AND m.reporter = l.importer AND m.frequency = l.frequency
  JOIN codes x ON x.flow = 'X' AND x.reporter = l.exporter AND x.frequency = l.frequency
   AND x.code = m.code
), whole_sides AS (
  SELECT k.exporter, k.importer, k.frequency, r.at_period, r.flow
  FROM common k JOIN reported r ON r.frequency = k.frequency AND r.code = k.code
   AND r.reporter = CASE WHEN r.flow = 'M' THEN k.importer ELSE k.exporter END
  GROUP BY k.exporter, k.importer, k.frequency, r.at_period, r.flow
  HAVING count(*) = max(k.codes)
), whole AS (
  SELECT exporter, importer, frequency, at_period FROM whole_sides
  GROUP BY exporter, importer, frequency, at_period HAVING count(*) = 2
), sides AS (
  SELECT c.exporter, c.importer, c.frequency, c.at_period,
         sum(CASE WHEN c.flow = 'M' THEN c.value_usd END) AS imports_usd,
         sum(CASE WHEN c.flow = 'X' THEN c.value_usd END) AS exports_usd,
         min(CASE WHEN c.flow = 'M' THEN c.source END) AS imports_source,
         min(CASE WHEN c.flow = 'X' THEN c.source END) AS exports_source,
         min(CASE WHEN c.flow = 'M' THEN c.origin_id END) AS origin_id,
         max(c.reliability) AS reliability
  FROM chosen c
  JOIN common k ON k.exporter = c.exporter AND k.importer = c.importer
   AND k.frequency = c.frequency AND k.code = c.code
  JOIN whole w ON w.exporter = c.exporter AND w.importer = c.importer
   AND w.frequency = c.frequency AND w.at_period = c.at_period
  GROUP BY c.exporter, c.importer, c.frequency, c.at_period
  HAVING sum(CASE WHEN c.flow = 'M' THEN c.value_usd END) > 0
     AND sum(CASE WHEN c.flow = 'X' THEN c.value_usd END) > 0
), windows AS (
  SELECT *, count(*) OVER recent AS months, sum(imports_usd) OVER recent AS recent_imports_usd,
         sum(exports_usd) OVER recent AS recent_exports_usd
  FROM sides
  WINDOW recent AS (PARTITION BY exporter, importer, frequency ORDER BY at_period
                    RANGE BETWEEN {MONTHS_SUMMED - 1} PRECEDING AND CURRENT ROW)
), mirrors AS (
  SELECT exporter, importer, frequency, at_period, imports_source, exports_source, origin_id,
         reliability, {MONTHS_SUMMED} AS span, {LEAST_MONTHS} AS least, {MONTHS_BACK} AS back,
         {MONTHS_SUMMED} * {MONTH_FLOOR_USD} AS floor_usd,
         recent_imports_usd AS imports_usd, {CIF_PER_FOB} * recent_exports_usd AS mirror_usd
  FROM windows WHERE frequency = 'M' AND months = {MONTHS_SUMMED}
  UNION ALL
  SELECT exporter, importer, frequency, at_period, imports_source, exports_source, origin_id,
         reliability, 1, {LEAST_YEARS}, 9999, {YEAR_FLOOR_USD}, imports_usd, {CIF_PER_FOB} * exports_usd
  FROM sides WHERE frequency = 'A'
), gaps AS (
  SELECT *, 2 * (imports_usd - mirror_usd) / (imports_usd + mirror_usd) AS gap FROM mirrors
), {past("gaps", SERIES, "gap", "imports_usd", "e.back", "e.span")}, pooled AS (
  SELECT frequency, median(own_sigma) AS usual_sigma FROM scaled WHERE earlier >= least
  GROUP BY frequency
), judged AS (
  SELECT k.*, abs(k.gap - k.middle) / greatest(coalesce(k.own_sigma, 0),
                coalesce(p.usual_sigma, 0), {LEAST_SIGMA}) AS z,
         count(*) OVER (PARTITION BY k.exporter, k.importer, k.frequency) AS judged_count
  FROM scaled k JOIN pooled p ON p.frequency = k.frequency WHERE k.earlier >= k.least
), fit_to_flag AS (
  SELECT *, CASE WHEN greatest(imports_usd, mirror_usd) < floor_usd THEN 0.0 ELSE z END AS break_z
  FROM judged
), strongest AS (
  SELECT *, row_number() OVER (PARTITION BY exporter, importer ORDER BY
           CASE WHEN frequency = 'M' THEN 0 ELSE 1 END, break_z DESC, at_period DESC) AS place
  FROM fit_to_flag
), {lane_answer.lists("judged")}, counted AS (
  SELECT exporter, importer, count(*) AS pairs FROM sides GROUP BY exporter, importer
), {seen(f"flow IN ('M', 'X') AND {IN_BASKET}")}
SELECT concat(l.exporter, '>', l.importer) AS scope_id, l.exporter, l.importer, l.is_asked,
       CASE WHEN l.exporter IN ({HUBS}) OR l.importer IN ({HUBS}) THEN 1 ELSE 0 END AS is_hub,
       coalesce(c.pairs, 0) AS pairs, coalesce(s.origin_id, l.origin_id) AS origin_id,
       coalesce(s.reliability, l.reliability) AS reliability, s.frequency, s.at_period, s.span,
       s.imports_source, s.exports_source, s.imports_usd, s.mirror_usd, s.gap, s.middle, s.break_z,
       s.judged_count, j.judged_at, j.judged_code, j.judged_z
FROM seen l
LEFT JOIN counted c ON c.exporter = l.exporter AND c.importer = l.importer
LEFT JOIN strongest s ON s.exporter = l.exporter AND s.importer = l.importer AND s.place = 1
LEFT JOIN lists j ON j.exporter = s.exporter AND j.importer = s.importer AND j.frequency = s.frequency
ORDER BY scope_id
"""


BREAKS = breaks()
CITED = f"""
SELECT 'lane' AS scope_kind, l.scope_id, 'customs_flow' AS table_name, {ROW_KEY} AS row_key,
       {MILLIONS} AS quote, c.source, c.source_url, c.fetch_id
FROM cited_lanes l JOIN customs_flow c
  ON c.frequency = l.frequency AND c.period = l.period AND (
     (c.flow = 'M' AND c.reporter_iso3 = l.importer AND c.partner_iso3 = l.exporter
      AND c.source = l.imports_source)
  OR (c.flow = 'X' AND c.reporter_iso3 = l.exporter AND c.partner_iso3 = l.importer
      AND c.source = l.exports_source))
WHERE position('+' IN c.hs_code) > 0 OR substr(c.hs_code, 1, 6) IN ({CODES})
ORDER BY l.scope_id, c.flow, c.hs_code
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Judge every period of every lane that both sides report against that lane's past."""
    lanes = dated(db.sql(BREAKS).pl(), pl.col("span"))
    lanes = lane_answer.with_chances(lanes, "break_z", "judged_count")
    db.register("cited_lanes", lanes.filter(pl.col("break_z").is_not_null()))
    sources = db.sql(CITED).pl()
    db.unregister("cited_lanes")
    hub = refusal(
        pl.col("is_hub") == 1, "One end is a hub, whose transit makes the two sides differ."
    )
    refused = refusal(pl.col("is_asked") == 0, lane_answer.NO_BASKET, hub)
    evidence = lane_answer.evidence(lanes, CODE, KIND, "break_z", refused, _statement())
    return answered(CODE, evidence, sources)


def _statement() -> pl.Expr:
    side = (
        pl.when(pl.col("gap") > pl.col("middle")).then(pl.lit("more")).otherwise(pl.lit("less"))
    )
    broke = pl.format(
        "From {} to {} the importer declares US$ {} million, the exporter US$ {} million with freight "
        "and insurance added: {} % of their mean apart, usually {} %; the importer declares {} of the "
        "exporter's goods than before; strongest of {} periods.",
        "starts_date",
        "ends_date",
        figure((pl.col("imports_usd") / 1e6).round(1)),
        figure((pl.col("mirror_usd") / 1e6).round(1)),
        (100 * pl.col("gap")).round(1),
        (100 * pl.col("middle")).round(1),
        side,
        "judged_count",
    )
    short = pl.format(
        "{} periods that both sides report; a break needs five years, or 24 of the 36 months, before it.",
        "pairs",
    )
    return pl.when(pl.col("break_z").is_not_null()).then(broke).otherwise(short)


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="Importer and exporter part over a lane as they did not before",
    unit="robust z",
    scope_kinds=("lane",),
    reads=(CUSTOMS_FLOW,),
    threshold=CUT,
    benign_causes=(
        "a late or revised report of one side",
        "transit and re-export, or a changed rule on the country of origin",
        "another code, value or threshold of reporting at one side",
        "goods on the way, freight and insurance",
    ),
    compute=compute,
    kinds=(KIND,),
)
