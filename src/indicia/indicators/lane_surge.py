"""Lane surge: imports on one lane outgrow their exporter, their importer and the world.

Unit: robust z (dimensionless). Reads: customs_flow.value_*_usd (US$).
Benign causes: a new plant or distributor, a moved hub, a boom at one customer, a changed code.
Method: docs/indicators/C01.md.
"""

import duckdb
import polars as pl

from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.lane_flows import CODES, FLOWS
from indicia.schema import CUSTOMS_FLOW

CODE = "C01"
KIND = "corridor_surge_z_gt_3.5"
CUT = 3.5
# Below the floor a lane is small enough that one shipment makes it surge.
YEAR_FLOOR_USD, MONTH_FLOOR_USD = 50e6, 5e6
# What is not reported, or less than a hundredth of the floor, counts as that hundredth.
NOTHING_SHARE = 0.01
# Growths that must precede the one that is judged: five years, or 24 months, of levels.
LEAST_YEAR_GROWTHS, LEAST_MONTH_GROWTHS = 4, 12
NORMAL_PER_MAD = 1 / 0.6745
NORMAL_PER_MEAN_DEVIATION = 1.253314

SURGES = f"""
WITH flows AS ({FLOWS}), partners AS (
  SELECT * FROM flows WHERE exporter <> 'W00' AND importer <> 'W00'
), settings AS (
  SELECT 'A' AS frequency, 1 AS lag, {LEAST_YEAR_GROWTHS} AS growths, {YEAR_FLOOR_USD} AS floor_usd
  UNION ALL SELECT 'M', 12, {LEAST_MONTH_GROWTHS}, {MONTH_FLOOR_USD}
), reported AS (
  SELECT DISTINCT flow, frequency, at_period,
         CASE WHEN flow = 'X' THEN exporter ELSE importer END AS reporter
  FROM flows
), offered AS (
  SELECT p.exporter, p.importer, p.flow, p.frequency, count(DISTINCT r.at_period) AS periods,
         CASE WHEN p.flow = 'X' THEN p.exporter ELSE p.importer END AS reporter
  FROM partners p JOIN reported r ON r.flow = p.flow AND r.frequency = p.frequency
   AND r.reporter = CASE WHEN p.flow = 'X' THEN p.exporter ELSE p.importer END
  GROUP BY p.exporter, p.importer, p.flow, p.frequency
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
), middles AS (
  SELECT e.exporter, e.importer, e.at_period, count(h.excess) AS earlier,
         median(h.excess) AS middle, median(h.exports_share) AS usual_share
  FROM excesses e JOIN excesses h
    ON h.exporter = e.exporter AND h.importer = e.importer AND h.at_period < e.at_period
  GROUP BY e.exporter, e.importer, e.at_period
), spreads AS (
  SELECT m.exporter, m.importer, m.at_period, m.earlier, m.middle, m.usual_share,
         median(abs(h.excess - m.middle)) AS mad, avg(abs(h.excess - m.middle)) AS mean_off
  FROM middles m JOIN excesses h
    ON h.exporter = m.exporter AND h.importer = m.importer AND h.at_period < m.at_period
  GROUP BY m.exporter, m.importer, m.at_period, m.earlier, m.middle, m.usual_share
), scaled AS (
  SELECT e.*, s.earlier, s.middle, s.usual_share,
         CASE WHEN s.mad > 0 THEN {NORMAL_PER_MAD} * s.mad
              WHEN s.mean_off > 0 THEN {NORMAL_PER_MEAN_DEVIATION} * s.mean_off END AS own_sigma
  FROM excesses e JOIN spreads s
    ON s.exporter = e.exporter AND s.importer = e.importer AND s.at_period = e.at_period
  WHERE s.earlier >= e.growths
), pooled AS (
  SELECT frequency, median(own_sigma) AS usual_sigma FROM scaled GROUP BY frequency
), judged AS (
  SELECT k.*, (k.excess - k.middle) / greatest(k.own_sigma, p.usual_sigma) AS z,
         k.exports_share - k.usual_share AS share_shift
  FROM scaled k JOIN pooled p ON p.frequency = k.frequency
), fit_to_flag AS (
  SELECT *, CASE WHEN value_usd < floor_usd OR coalesce(share_shift, 0) <= 0 THEN least(z, 0.0)
                 ELSE z END AS surge
  FROM judged WHERE z IS NOT NULL
), strongest AS (
  SELECT *, count(*) OVER (PARTITION BY exporter, importer) AS judged_periods,
         row_number() OVER (PARTITION BY exporter, importer
                            ORDER BY surge DESC, at_period DESC) AS place
  FROM fit_to_flag
), described AS (
  SELECT exporter, importer, flow, frequency, min(origin_id) AS origin_id,
         max(reliability) AS reliability, max(period) AS last_period
  FROM partners GROUP BY exporter, importer, flow, frequency
)
SELECT concat(l.exporter, '>', l.importer) AS scope_id, l.exporter, l.importer, l.flow, l.frequency,
       l.periods, d.origin_id, d.reliability, d.last_period, s.at_period, s.lag, s.surge, s.value_usd,
       s.own_growth, s.excess, s.exports_share, s.usual_share, s.is_total_reported, s.judged_periods
FROM lanes l
JOIN described d ON d.exporter = l.exporter AND d.importer = l.importer
 AND d.flow = l.flow AND d.frequency = l.frequency
LEFT JOIN strongest s ON s.exporter = l.exporter AND s.importer = l.importer AND s.place = 1
ORDER BY scope_id
"""
OTHER_LANES = f"""
SELECT concat(exporter, '>', importer) AS scope_id, min(origin_id) AS origin_id,
       max(reliability) AS reliability
FROM (
  SELECT CASE WHEN flow IN ('X', 'RX', 'DX') THEN reporter_iso3 ELSE partner_iso3 END AS exporter,
         CASE WHEN flow IN ('X', 'RX', 'DX') THEN partner_iso3 ELSE reporter_iso3 END AS importer,
         hs_code, flow, origin_id, reliability
  FROM customs_flow
)
WHERE exporter <> 'W00' AND importer <> 'W00'
GROUP BY exporter, importer
HAVING sum(CASE WHEN flow IN ('M', 'X')
                 AND (position('+' IN hs_code) > 0 OR hs_code IN ({CODES})) THEN 1 ELSE 0 END) = 0
ORDER BY scope_id
"""
CITED = """
SELECT 'lane' AS scope_kind, l.scope_id, 'customs_flow' AS table_name,
       concat('reporter_iso3=', c.reporter_iso3, ', partner_iso3=', c.partner_iso3, ', flow=', c.flow,
              ', hs_code=', c.hs_code, ', frequency=', c.frequency, ', period=', c.period) AS row_key,
       concat('US$ ', round(coalesce(c.value_reported_usd, c.value_estimated_usd) / 1e6, 1),
              ' million') AS quote,
       c.source, c.source_url, c.fetch_id
FROM cited_lanes l JOIN customs_flow c
  ON c.frequency = l.frequency AND c.flow = l.flow
 AND c.reporter_iso3 = CASE WHEN l.flow = 'X' THEN l.exporter ELSE l.importer END
 AND c.partner_iso3 = CASE WHEN l.flow = 'X' THEN l.importer ELSE l.exporter END
WHERE c.period IN (l.period, l.earlier_period, l.last_period)
ORDER BY l.scope_id, c.period DESC, c.hs_code
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Judge every period of every lane against that lane's past, and keep the strongest."""
    at, is_year = pl.col("at_period"), pl.col("frequency") == "A"
    lanes = (
        db.sql(SURGES)
        .pl()
        .with_columns(
            pl.lit("lane").alias("scope_kind"),
            starts_date=pl.when(is_year)
            .then(pl.date(at, 1, 1))
            .otherwise(pl.date(at // 12, at % 12 + 1, 1)),
            ends_date=pl.when(is_year)
            .then(pl.date(at, 12, 31))
            .otherwise(pl.date(at // 12, at % 12 + 1, 1).dt.month_end()),
            period=_period(at, is_year),
            earlier_period=_period(at - pl.col("lag"), is_year),
        )
    )
    db.register("cited_lanes", lanes.filter(pl.col("surge").is_not_null()))
    sources = db.sql(CITED).pl()
    db.unregister("cited_lanes")
    others = (
        db.sql(OTHER_LANES)
        .pl()
        .with_columns(
            pl.lit("lane").alias("scope_kind"),
            pl.lit("not_applicable").alias("result"),
            pl.lit(KIND).alias("kind"),
            pl.lit(
                "No code of the basket of computing hardware is reported on this lane."
            ).alias("statement"),
        )
    )
    return answered(
        CODE, pl.concat([_evidence(lanes), others], how="diagonal_relaxed"), sources
    )


def _period(at: pl.Expr, is_year: pl.Expr) -> pl.Expr:
    month = pl.format("{}-{}", at // 12, (at % 12 + 1).cast(pl.String).str.zfill(2))
    return pl.when(is_year).then(at.cast(pl.String)).otherwise(month)


def _evidence(lanes: pl.DataFrame) -> pl.DataFrame:
    is_judged = pl.col("surge").is_not_null()
    result = (
        pl.when(~is_judged)
        .then(pl.lit("no_data"))
        .when(pl.col("surge") >= CUT)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    return lanes.select(
        "scope_kind",
        "scope_id",
        result.alias("result"),
        pl.lit(KIND).alias("kind"),
        pl.col("surge").alias("observed_value"),
        pl.when(is_judged).then(pl.lit(CUT)).alias("threshold_value"),
        pl.lit("robust z").alias("unit"),
        _statement(is_judged).alias("statement"),
        "starts_date",
        "ends_date",
        "origin_id",
        "reliability",
        pl.lit(1.0).alias("quality_share"),
        pl.when(is_judged).then(pl.lit(share(CODE, "lane"))).alias("detectability_share"),
    )


def _statement(is_judged: pl.Expr) -> pl.Expr:
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
        (pl.col("value_usd") / 1e6).round(1),
        "period",
        side,
        pl.col("excess").clip(-12, 12).exp().round(2),
        total,
        (100 * pl.col("exports_share").fill_null(0)).round(1),
        (100 * pl.col("usual_share").fill_null(0)).round(1),
        "judged_periods",
    )
    short = pl.format(
        "{} periods by the {}'s report; a surge needs five years or 24 months before it, "
        "and some spread.",
        "periods",
        side,
    )
    return pl.when(is_judged).then(surged).otherwise(short)


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
    kinds=("corridor_surge_z_gt_3.5",),
)
