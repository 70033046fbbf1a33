"""Value density: more of a lane's computing hardware is as dear per kilogram as AI servers.

Unit: robust z (dimensionless). Reads: customs_flow and shipment, value (US$), weight (kg), pieces.
Benign causes: dear memory and processors, lighter packing, a new product, a code that was split.
Method: docs/indicators/C03.md.
"""

import duckdb
import polars as pl

from indicia.indicators import lane_answer
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.lane_answer import (
    CUT,
    MONTH_FLOOR_USD,
    ROW_KEY,
    YEAR_FLOOR_USD,
    dated,
    refusal,
    seen,
)
from indicia.indicators.lane_flows import CODES as BASKET_CODES
from indicia.indicators.lane_surge import LEAST_MONTH_GROWTHS, LEAST_YEAR_GROWTHS
from indicia.indicators.own_past import Past, scaled
from indicia.indicators.unit_values import (
    CELLS,
    CODES,
    COUNTRIES,
    HIGH_USD_PER_KG,
    LINES,
    LOW_USD_PER_KG,
    SHIPPED,
    register_countries,
)
from indicia.schema import CUSTOMS_FLOW, SHIPMENT, figure

CODE = "C03"
KIND = "import_unit_value_in_AI_band"
# A lane whose share never moved is not surer than this of its next share.
LEAST_SIGMA = 0.05
LINES_CITED, AT_HAND = 5, "lines_at_hand"
SERIES = ("exporter", "importer", "channel", "frequency", "hs6")

ASKED = f"""flow IN ('M', 'X') AND (position('+' IN hs_code) > 0
                OR substr(hs_code, 1, 6) IN ({CODES}, {BASKET_CODES}))"""
SHIPPED_LANES = f"""
  UNION ALL
  SELECT x.iso3, i.iso3, l.is_asked, l.origin_id, l.reliability
  FROM (SELECT from_iso2, to_iso2, max(CASE WHEN hs6 IN ({CODES}) THEN 1 ELSE 0 END) AS is_asked,
               min(origin_id) AS origin_id, max(reliability) AS reliability
        FROM ({LINES}) GROUP BY from_iso2, to_iso2) l
  JOIN {COUNTRIES} x ON x.iso2 = l.from_iso2 JOIN {COUNTRIES} i ON i.iso2 = l.to_iso2"""


def shares(past: Past = scaled) -> str:
    """The statement: every lane, with the strongest of its judged periods and codes, if any."""
    return f"""
WITH {CELLS}, settings AS (
  SELECT 'A' AS frequency, {LEAST_YEAR_GROWTHS} AS least, {YEAR_FLOOR_USD} AS floor_usd
  UNION ALL SELECT 'M', {LEAST_MONTH_GROWTHS}, {MONTH_FLOOR_USD}
), offered AS (
  SELECT c.exporter, c.importer, c.channel, c.frequency, count(DISTINCT c.at_period) AS periods
  FROM cells c GROUP BY c.exporter, c.importer, c.channel, c.frequency
), ordered AS (
  SELECT o.*, row_number() OVER (PARTITION BY o.exporter, o.importer ORDER BY
           CASE WHEN o.periods > s.least THEN 0 ELSE 1 END,
           CASE WHEN o.channel = 'shipment' THEN 0 WHEN o.channel = 'M' THEN 1 ELSE 2 END,
           CASE WHEN o.frequency = 'M' THEN 0 ELSE 1 END) AS place
  FROM offered o JOIN settings s ON s.frequency = o.frequency
), shares AS (
  SELECT c.*, c.band_usd / c.measured_usd AS band_share, o.periods, s.least, s.floor_usd
  FROM cells c JOIN settings s ON s.frequency = c.frequency
  JOIN ordered o ON o.exporter = c.exporter AND o.importer = c.importer
   AND o.channel = c.channel AND o.frequency = c.frequency AND o.place = 1
), {past("shares", SERIES, "band_share", "band_usd")}, judged AS (
  SELECT *, (band_share - middle) / greatest(coalesce(own_sigma, 0), {LEAST_SIGMA}) AS z
  FROM scaled WHERE earlier >= least
), fit_to_flag AS (
  SELECT *, CASE WHEN band_usd < floor_usd OR band_usd <= usual_band_usd THEN least(z, 0.0)
                 ELSE z END AS shift
  FROM judged
), strongest AS (
  SELECT *, count(*) OVER (PARTITION BY exporter, importer) AS judged_count,
         row_number() OVER (PARTITION BY exporter, importer
                            ORDER BY shift DESC, at_period DESC, hs6) AS place
  FROM fit_to_flag
), {lane_answer.lists("judged", "hs6")}, {seen(ASKED, SHIPPED_LANES)}
SELECT concat(l.exporter, '>', l.importer) AS scope_id, l.exporter, l.importer, l.is_asked,
       coalesce(s.origin_id, l.origin_id) AS origin_id,
       coalesce(s.reliability, l.reliability) AS reliability, coalesce(o.periods, 0) AS periods,
       s.channel, s.frequency, s.hs6, s.at_period, s.source, s.value_usd, s.measured_usd, s.band_usd,
       s.band_share, s.middle, s.shift, s.weighed_usd / nullif(s.kg, 0) AS usd_per_kg,
       s.counted_usd / s.pieces AS usd_per_piece, s.judged_count,
       j.judged_at, j.judged_code, j.judged_z
FROM seen l
LEFT JOIN ordered o ON o.exporter = l.exporter AND o.importer = l.importer AND o.place = 1
LEFT JOIN strongest s ON s.exporter = l.exporter AND s.importer = l.importer AND s.place = 1
LEFT JOIN lists j ON j.exporter = s.exporter AND j.importer = s.importer AND j.frequency = s.frequency
ORDER BY scope_id
"""


SHARES = shares()
CITED_FLOWS = f"""
SELECT 'lane' AS scope_kind, l.scope_id, 'customs_flow' AS table_name, {ROW_KEY} AS row_key,
       concat('US$ ', round(c.value_reported_usd / 1e6, 3), ' million',
              coalesce(', ' || c.net_weight_reported_kg || ' kg', ''),
              coalesce(', ' || c.quantity_reported || ' ' || c.quantity_unit, '')) AS quote,
       c.source, c.source_url, c.fetch_id
FROM cited_lanes l JOIN customs_flow c
  ON c.flow = l.channel AND c.frequency = l.frequency AND c.period = l.period AND c.source = l.source
 AND substr(c.hs_code, 1, 6) = l.hs6
 AND c.reporter_iso3 = CASE WHEN l.channel = 'X' THEN l.exporter ELSE l.importer END
 AND c.partner_iso3 = CASE WHEN l.channel = 'X' THEN l.importer ELSE l.exporter END
ORDER BY l.scope_id, c.hs_code
"""
# The lines of the cells that are cited: read once, then picked from and asked what they rest on.
CITED_LINES = f"""
SELECT l.scope_id, s.* FROM cited_lanes l JOIN ({SHIPPED}) s
  ON s.exporter = l.exporter AND s.importer = l.importer AND s.hs6 = l.hs6
 AND s.shipped_date BETWEEN l.starts_date AND l.ends_date
WHERE l.channel = 'shipment' AND s.value_usd > 0
"""
RESTING = f"""
SELECT scope_id, min(origin_id) AS line_origin_id, max(reliability) AS line_reliability
FROM {AT_HAND} GROUP BY scope_id ORDER BY scope_id
"""
CITED_SHIPMENTS = f"""
WITH placed AS (
  SELECT *, row_number() OVER (PARTITION BY scope_id ORDER BY
           CASE WHEN value_usd BETWEEN {LOW_USD_PER_KG} * kg AND {HIGH_USD_PER_KG} * kg
                THEN 0 ELSE 1 END, value_usd DESC, shipment_id) AS place
  FROM {AT_HAND}
)
SELECT 'lane' AS scope_kind, scope_id, 'shipment' AS table_name,
       concat('shipment_id=', shipment_id) AS row_key,
       concat('US$ ', round(value_usd), coalesce(', ' || kg || ' kg', ', weight not stated'),
              ' on ', shipped_date) AS quote,
       source, source_url, fetch_id
FROM placed WHERE place <= {LINES_CITED} ORDER BY scope_id, place
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Judge every period of every code on every lane by its share in the band; keep the strongest."""
    register_countries(db)
    lanes = lane_answer.with_chances(dated(db.sql(SHARES).pl()), "shift", "judged_count")
    db.register("cited_lanes", lanes.filter(pl.col("shift").is_not_null()))
    db.execute(f"CREATE OR REPLACE TEMP TABLE {AT_HAND} AS {CITED_LINES}")
    sources = pl.concat([db.sql(CITED_FLOWS).pl(), db.sql(CITED_SHIPMENTS).pl()])
    lanes = lanes.join(db.sql(RESTING).pl(), on="scope_id", how="left", maintain_order="left")
    lanes = lanes.with_columns(
        origin_id=pl.coalesce("line_origin_id", "origin_id"),
        reliability=pl.coalesce("line_reliability", "reliability"),
    )
    db.execute(f"DROP TABLE {AT_HAND}")
    db.unregister("cited_lanes")
    db.unregister(COUNTRIES)
    refused = refusal(
        pl.col("is_asked") == 0, "No code of servers or their parts is reported on this lane."
    )
    quality = pl.col("measured_usd") / pl.col("value_usd")
    evidence = lane_answer.evidence(
        lanes, CODE, KIND, "shift", refused, _statement(), quality=quality
    )
    return answered(CODE, evidence, sources)


def _statement() -> pl.Expr:
    by = pl.col("channel").replace_strict(
        {
            "shipment": "shipment records",
            "M": "the importer's report",
            "X": "the exporter's report",
        },
        default=None,
        return_dtype=pl.String,
    )
    per_kg = pl.format(
        ", {} US$/kg on average", figure(pl.col("usd_per_kg").round(0).cast(pl.Int64))
    )
    per_piece = pl.format(
        ", {} US$ a piece", figure(pl.col("usd_per_piece").round(0).cast(pl.Int64))
    )
    judged = pl.format(
        "HS {} in {} by {}: {} % of the value lies in the band of AI servers (US$ {} million{}{}), "
        "usually {} %; strongest of {} periods and codes.",
        "hs6",
        "period",
        by,
        (100 * pl.col("band_share")).round(1),
        figure((pl.col("band_usd") / 1e6).round(2)),
        per_kg.fill_null(""),
        per_piece.fill_null(""),
        (100 * pl.col("middle")).round(1),
        "judged_count",
    )
    short = pl.format(
        "{} periods with enough declared weight or pieces; a shift needs four years or twelve months "
        "before it.",
        "periods",
    )
    return pl.when(pl.col("shift").is_not_null()).then(judged).otherwise(short)


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="More of a lane's computing hardware is priced by weight like AI servers",
    unit="robust z",
    scope_kinds=("lane",),
    reads=(CUSTOMS_FLOW, SHIPMENT),
    threshold=CUT,
    benign_causes=(
        "memory modules and processor boards, which are as dear per kilogram",
        "lawful AI servers, for a licensed or licence-free customer",
        "a rise in prices, or goods shipped without chassis and packing",
        "weights declared wrongly or under another rule",
    ),
    compute=compute,
    kinds=(KIND,),
)
