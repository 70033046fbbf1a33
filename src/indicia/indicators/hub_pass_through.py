"""Hub pass-through: a surge of arrivals at a hub is followed by a surge of re-exports to one country.

Unit: robust z (dimensionless), the lesser of two. Reads: customs_flow.value_*_usd (US$), M and RX.
Benign causes: a distributor that serves the destination, a launch, stock that is moved on.
Method: docs/indicators/C04.md.
"""

import duckdb
import polars as pl

from indicia.indicators import lane_answer
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.lane_answer import (
    MILLIONS,
    MONTH_FLOOR_USD,
    NOTHING_SHARE,
    ROW_KEY,
    dated,
    first_day,
    refusal,
    seen,
)
from indicia.indicators.lane_flows import CODES, flows
from indicia.indicators.lane_surge import LEAST_MONTH_GROWTHS
from indicia.indicators.own_past import Past, scaled
from indicia.schema import CUSTOMS_FLOW, figure

CODE = "C04"
KIND = "hub_passes_surge_on"
# Two surprises, each with four lags to meet: 4 x P(z > 2.5) squared is as rare as one z above 3.5.
CUT = 2.5
MONTHS_SUMMED, MOST_LAG, LAG_OF_GROWTH = 3, 3, 12
FLOOR_USD = MONTHS_SUMMED * MONTH_FLOOR_USD
NOTHING_USD = NOTHING_SHARE * FLOOR_USD
ARRIVALS_CITED = 5
SERIES = ("exporter", "importer", "side")
ASKED = f"flow IN ('M', 'X', 'RX') AND (position('+' IN hs_code) > 0 OR hs_code IN ({CODES}))"


def passed_on(past: Past = scaled) -> str:
    """The statement: every lane, with the strongest of its judged months if there is one.

    A lane is hub > destination. Arrivals leave out what comes from the destination; the world
    leaves out the hub.
    """
    return f"""
WITH flows AS ({flows("M", "RX")}), inward AS (
  SELECT * FROM flows WHERE frequency = 'M' AND flow = 'M' AND exporter <> 'W00' AND importer <> 'W00'
), onward AS (
  SELECT * FROM flows WHERE frequency = 'M' AND flow = 'RX' AND importer <> 'W00'
), hubs AS (
  SELECT DISTINCT exporter AS hub FROM flows WHERE flow = 'RX'
), lanes AS (
  SELECT exporter, importer, min(origin_id) AS origin_id, max(reliability) AS reliability
  FROM onward GROUP BY exporter, importer
), arrivals AS (
  SELECT importer AS hub, at_period, sum(value_usd) AS usd FROM inward
  WHERE importer IN (SELECT hub FROM hubs) GROUP BY importer, at_period
), departures AS (
  SELECT exporter AS hub, at_period, sum(value_usd) AS usd FROM onward GROUP BY exporter, at_period
), from_hubs AS (
  SELECT exporter AS hub, at_period, sum(value_usd) AS usd FROM inward
  WHERE exporter IN (SELECT hub FROM hubs) GROUP BY exporter, at_period
), world AS (
  SELECT at_period, sum(value_usd) AS usd FROM inward GROUP BY at_period
), months AS (
  SELECT l.exporter, l.importer, a.at_period,
         a.usd - coalesce(b.value_usd, 0) AS arrived_usd, coalesce(o.value_usd, 0) AS left_usd,
         d.usd - coalesce(o.value_usd, 0) AS others_usd,
         w.usd - a.usd - coalesce(h.usd, 0) AS world_usd
  FROM lanes l
  JOIN arrivals a ON a.hub = l.exporter
  JOIN departures d ON d.hub = l.exporter AND d.at_period = a.at_period
  JOIN world w ON w.at_period = a.at_period
  LEFT JOIN from_hubs h ON h.hub = l.exporter AND h.at_period = a.at_period
  LEFT JOIN onward o ON o.exporter = l.exporter AND o.importer = l.importer
   AND o.at_period = a.at_period
  LEFT JOIN inward b ON b.exporter = l.importer AND b.importer = l.exporter
   AND b.at_period = a.at_period
), windows AS (
  SELECT exporter, importer, at_period, count(*) OVER recent AS months,
         sum(arrived_usd) OVER recent AS arrived_usd, sum(left_usd) OVER recent AS left_usd,
         sum(others_usd) OVER recent AS others_usd, sum(world_usd) OVER recent AS world_usd
  FROM months
  WINDOW recent AS (PARTITION BY exporter, importer ORDER BY at_period
                    RANGE BETWEEN {MONTHS_SUMMED - 1} PRECEDING AND CURRENT ROW)
), sums AS (
  SELECT * FROM windows WHERE months = {MONTHS_SUMMED}
), growths AS (
  SELECT b.exporter, b.importer, b.at_period, b.arrived_usd, b.left_usd,
         b.left_usd / nullif(b.arrived_usd, 0) AS onward_share,
         ln(greatest(b.arrived_usd, {NOTHING_USD}) / greatest(a.arrived_usd, {NOTHING_USD})) AS arrived,
         ln(greatest(b.left_usd, {NOTHING_USD}) / greatest(a.left_usd, {NOTHING_USD})) AS went,
         CASE WHEN a.others_usd > 0 AND b.others_usd > 0 THEN ln(b.others_usd / a.others_usd) END AS others,
         CASE WHEN a.world_usd > 0 AND b.world_usd > 0 THEN ln(b.world_usd / a.world_usd) END AS world
  FROM sums b JOIN sums a ON a.exporter = b.exporter AND a.importer = b.importer
   AND a.at_period = b.at_period - {LAG_OF_GROWTH}
), surprises AS (
  SELECT exporter, importer, 'in' AS side, at_period, arrived_usd AS usd, onward_share,
         arrived AS growth, arrived - greatest(coalesce(world, 0), 0) AS surprise
  FROM growths
  UNION ALL
  SELECT exporter, importer, 'out', at_period, left_usd, onward_share, went,
         went - greatest(coalesce(others, 0), coalesce(world, 0), 0)
  FROM growths
), {past("surprises", SERIES, "surprise", "onward_share", gap=str(MONTHS_SUMMED))}, judgeable AS (
  SELECT * FROM scaled WHERE earlier >= {LEAST_MONTH_GROWTHS} AND own_sigma IS NOT NULL
), pooled AS (
  SELECT side, median(own_sigma) AS usual_sigma FROM judgeable GROUP BY side
), each_side AS (
  SELECT k.*, (k.surprise - k.middle) / greatest(k.own_sigma, p.usual_sigma) AS z
  FROM judgeable k JOIN pooled p ON p.side = k.side
), met AS (
  SELECT o.exporter, o.importer, 'M' AS frequency, o.at_period, o.at_period - i.at_period AS lag,
         i.usd AS arrived_usd, o.usd AS left_usd, i.growth AS arrived_growth, o.growth AS left_growth,
         o.usd / nullif(i.usd, 0) AS onward_share, o.usual_onward_share,
         least(i.z, o.z) AS z, row_number() OVER (PARTITION BY o.exporter, o.importer, o.at_period
                                                  ORDER BY least(i.z, o.z) DESC, i.at_period DESC) AS place
  FROM each_side o JOIN each_side i ON i.exporter = o.exporter AND i.importer = o.importer
   AND i.at_period BETWEEN o.at_period - {MOST_LAG} AND o.at_period
  WHERE o.side = 'out' AND i.side = 'in'
), judged AS (
  SELECT *, CASE WHEN left_usd < {FLOOR_USD} OR coalesce(onward_share <= usual_onward_share, TRUE)
                 THEN least(z, 0.0) ELSE z END AS passed
  FROM met WHERE place = 1
), strongest AS (
  SELECT *, count(*) OVER (PARTITION BY exporter, importer) AS judged_count,
         row_number() OVER (PARTITION BY exporter, importer
                            ORDER BY passed DESC, at_period DESC) AS best
  FROM judged
), {lane_answer.lists("judged")}, counted AS (
  SELECT exporter, importer, count(*) AS months FROM months GROUP BY exporter, importer
), {seen(ASKED)}
SELECT concat(n.exporter, '>', n.importer) AS scope_id, n.exporter, n.importer, n.is_asked,
       CASE WHEN h.hub IS NULL THEN 0 ELSE 1 END AS is_hub, coalesce(c.months, 0) AS months,
       coalesce(l.origin_id, n.origin_id) AS origin_id,
       coalesce(l.reliability, n.reliability) AS reliability, s.frequency, s.at_period, s.lag,
       s.arrived_usd, s.left_usd, s.arrived_growth, s.left_growth, s.onward_share,
       s.usual_onward_share, s.passed, s.judged_count, j.judged_at, j.judged_code, j.judged_z
FROM seen n
LEFT JOIN hubs h ON h.hub = n.exporter
LEFT JOIN lanes l ON l.exporter = n.exporter AND l.importer = n.importer
LEFT JOIN counted c ON c.exporter = n.exporter AND c.importer = n.importer
LEFT JOIN strongest s ON s.exporter = n.exporter AND s.importer = n.importer AND s.best = 1
LEFT JOIN lists j ON j.exporter = s.exporter AND j.importer = s.importer AND j.frequency = s.frequency
ORDER BY scope_id
"""


PASSED_ON = passed_on()
CITED = f"""
WITH rows_cited AS (
  SELECT l.scope_id, l.importer AS destination, c.*, coalesce(c.value_reported_usd, c.value_estimated_usd) AS usd
  FROM cited_lanes l JOIN customs_flow c
    ON c.frequency = 'M' AND c.reporter_iso3 = l.exporter AND c.partner_iso3 <> 'W00'
   AND ((c.flow = 'RX' AND c.partner_iso3 = l.importer AND c.period BETWEEN l.left_from AND l.left_to)
     OR (c.flow = 'M' AND c.partner_iso3 <> l.importer AND c.period BETWEEN l.arrived_from AND l.arrived_to))
  WHERE position('+' IN c.hs_code) > 0 OR c.hs_code IN ({CODES})
), placed AS (
  SELECT *, row_number() OVER (PARTITION BY scope_id, flow ORDER BY usd DESC, period, hs_code, partner_iso3)
           AS place
  FROM rows_cited
)
SELECT 'lane' AS scope_kind, c.scope_id, 'customs_flow' AS table_name, {ROW_KEY} AS row_key,
       {MILLIONS} AS quote, c.source, c.source_url, c.fetch_id
FROM placed c WHERE c.flow = 'RX' OR c.place <= {ARRIVALS_CITED}
ORDER BY c.scope_id, c.flow DESC, c.place
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Match surprises of arrivals and of re-exports, lane by lane, and keep the strongest match."""
    lanes = dated(db.sql(PASSED_ON).pl(), MONTHS_SUMMED)
    lanes = lane_answer.with_chances(lanes, "passed", "judged_count")
    at, came = pl.col("at_period"), pl.col("at_period") - pl.col("lag")
    days = {"left_to": at, "arrived_to": came}
    firsts = {k.replace("_to", "_from"): v - MONTHS_SUMMED + 1 for k, v in days.items()}
    lanes = lanes.with_columns(
        **{k: first_day(v).dt.strftime("%Y-%m") for k, v in (days | firsts).items()}
    )
    db.register("cited_lanes", lanes.filter(pl.col("passed").is_not_null()))
    sources = db.sql(CITED).pl()
    db.unregister("cited_lanes")
    no_hub = refusal(
        pl.col("is_hub") == 0, "The exporter reports no re-exports of computing hardware."
    )
    refused = refusal(pl.col("is_asked") == 0, lane_answer.NO_BASKET, no_hub)
    evidence = lane_answer.evidence(lanes, CODE, KIND, "passed", refused, _statement(), cut=CUT)
    return answered(CODE, evidence, sources)


def _statement() -> pl.Expr:
    matched = pl.format(
        "US$ {} million arrived at the hub from elsewhere from {} to {}, {} times the same months a year "
        "before; US$ {} million went on to this country from {} to {}, {} times: {} % of what arrived, "
        "usually {} %; strongest of {} months.",
        figure((pl.col("arrived_usd") / 1e6).round(1)),
        "arrived_from",
        "arrived_to",
        pl.col("arrived_growth").clip(-12, 12).exp().round(2),
        figure((pl.col("left_usd") / 1e6).round(1)),
        "left_from",
        "left_to",
        pl.col("left_growth").clip(-12, 12).exp().round(2),
        (100 * pl.col("onward_share").fill_null(0)).round(1),
        (100 * pl.col("usual_onward_share").fill_null(0)).round(1),
        "judged_count",
    )
    short = pl.format(
        "{} months in which the hub reports both arrivals and re-exports; a match needs about thirty.",
        "months",
    )
    return pl.when(pl.col("passed").is_not_null()).then(matched).otherwise(short)


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="What surges into a hub goes on to one country within three months",
    unit="robust z",
    scope_kinds=("lane",),
    reads=(CUSTOMS_FLOW,),
    threshold=CUT,
    benign_causes=(
        "a distributor at the hub that lawfully serves the destination",
        "the launch of a product, or stock that is moved on",
        "returns, repair and goods on loan",
        "another way of telling re-exports from exports",
    ),
    compute=compute,
    kinds=(KIND,),
)
