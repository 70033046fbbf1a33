"""Declared value per kilogram and per piece against what servers full of accelerators cost.

Units: US$, kg, US$ per kg, US$ per piece. Reads: customs_flow and shipment.
"""

import duckdb

from indicia.indicators.own_past import AT
from indicia.reference import tables

# Servers of eight accelerators weigh 107 to 175 kg and cost 1,500 to 4,000 US$ per kg; ordinary
# servers cost 270 to 500, miners 200 to 330.
LOW_USD_PER_KG, HIGH_USD_PER_KG = 1_500, 4_000
# Eight accelerators at 25,000 to 65,000 US$ each, as a whole server.
LOW_USD_PER_PIECE, HIGH_USD_PER_PIECE = 200_000, 520_000
# Below both, one line decides the share.
LEAST_LINES, LEAST_KG = 5, 500
# Circuits (854231) are left out: ordinary processors are as dear per kilogram as these servers.
SERVERS, PARTS = ("847141", "847149", "847150", "847180"), "847330"
CODES = ", ".join(f"'{code}'" for code in (*SERVERS, PARTS))
WHOLE = ", ".join(f"'{code}'" for code in SERVERS)
PIECES = (
    "u",
    "no",
    "nos",
    "nar",
    "p/st",
    "pcs",
    "pce",
    "pieces",
    "unit",
    "units",
    "item",
    "items",
)
COUNTED = ", ".join(f"'{unit}'" for unit in PIECES)
COUNTRIES = "country_codes"

# Where no weight is declared, pieces decide, and only for codes of whole machines.
IN_BAND = f"""CASE WHEN kg > 0 THEN
                CASE WHEN value_usd BETWEEN {LOW_USD_PER_KG} * kg AND {HIGH_USD_PER_KG} * kg
                     THEN value_usd ELSE 0 END
              WHEN pieces > 0 AND hs6 IN ({WHOLE}) THEN
                CASE WHEN value_usd BETWEEN {LOW_USD_PER_PIECE} * pieces
                      AND {HIGH_USD_PER_PIECE} * pieces THEN value_usd ELSE 0 END END"""
PIECE_COUNT = f"CASE WHEN lower(quantity_unit) IN ({COUNTED}) THEN quantity_reported END"
SHIPPED = f"""
  SELECT x.iso3 AS exporter, i.iso3 AS importer, s.shipment_id, s.shipped_date,
         substr(s.hs_code, 1, 6) AS hs6, s.consignee_name, s.value_reported_usd AS value_usd,
         coalesce(s.net_weight_kg, s.gross_weight_kg) AS kg, {PIECE_COUNT} AS pieces,
         s.source, s.source_url, s.fetch_id, s.origin_id, s.reliability
  FROM shipment s
  LEFT JOIN {COUNTRIES} x ON x.iso2 = coalesce(s.origin_iso2, s.shipper_iso2)
  LEFT JOIN {COUNTRIES} i ON i.iso2 = coalesce(s.destination_iso2, s.consignee_iso2)
"""
# `declared`: one source and one length of code per reporter, so that a code is never added to its
# own subdivisions. Estimated weights are worked out from usual prices and would answer themselves.
DECLARED = f"""
  SELECT CASE WHEN flow = 'X' THEN reporter_iso3 ELSE partner_iso3 END AS exporter,
         CASE WHEN flow = 'X' THEN partner_iso3 ELSE reporter_iso3 END AS importer,
         source, reporter_iso3, flow, frequency, substr(hs_code, 1, 6) AS hs6, hs_code,
         length(hs_code) AS digits, period, {AT} AS at_period, value_reported_usd AS value_usd,
         net_weight_reported_kg AS kg, {PIECE_COUNT} AS pieces, origin_id, reliability
  FROM customs_flow
  WHERE flow IN ('M', 'X') AND position('+' IN hs_code) = 0
    AND substr(hs_code, 1, 6) IN ({CODES}) AND value_reported_usd > 0
    AND partner_iso3 <> 'W00' AND length(partner_iso3) = 3
"""
CELLS = f"""
declared AS ({DECLARED}), offers AS (
  SELECT source, reporter_iso3, flow, frequency, digits,
         row_number() OVER (PARTITION BY reporter_iso3, flow, frequency ORDER BY
           count(DISTINCT period) DESC, digits DESC, source) AS place
  FROM declared GROUP BY source, reporter_iso3, flow, frequency, digits
), lines AS (
  SELECT d.exporter, d.importer, d.flow AS channel, d.frequency, d.hs6, d.at_period, d.value_usd,
         d.kg, d.pieces, 0 AS shipments, d.source, d.origin_id, d.reliability
  FROM declared d JOIN offers o
    ON o.source = d.source AND o.reporter_iso3 = d.reporter_iso3 AND o.flow = d.flow
   AND o.frequency = d.frequency AND o.digits = d.digits AND o.place = 1
  UNION ALL
  SELECT exporter, importer, 'shipment', 'M', hs6,
         12 * CAST(year(shipped_date) AS INTEGER) + month(shipped_date) - 1, value_usd, kg, pieces,
         1, source, origin_id, reliability
  FROM ({SHIPPED}) WHERE hs6 IN ({CODES}) AND value_usd > 0
), judged_lines AS (
  SELECT *, {IN_BAND} AS band_part_usd FROM lines
), cells AS (
  SELECT exporter, importer, channel, frequency, hs6, at_period, sum(value_usd) AS value_usd,
         sum(CASE WHEN band_part_usd IS NOT NULL THEN value_usd END) AS measured_usd,
         sum(band_part_usd) AS band_usd, sum(kg) AS kg,
         sum(CASE WHEN kg > 0 THEN value_usd END) AS weighed_usd,
         sum(CASE WHEN pieces > 0 THEN pieces END) AS pieces,
         sum(CASE WHEN pieces > 0 THEN value_usd END) AS counted_usd,
         min(source) AS source, min(origin_id) AS origin_id, max(reliability) AS reliability
  FROM judged_lines
  GROUP BY exporter, importer, channel, frequency, hs6, at_period
  HAVING sum(CASE WHEN band_part_usd IS NOT NULL THEN shipments END) >= {LEAST_LINES}
      OR sum(kg) >= {LEAST_KG}
      OR (coalesce(sum(kg), 0) = 0 AND sum(CASE WHEN hs6 IN ({WHOLE}) THEN pieces END) >= {LEAST_LINES})
)"""


def register_countries(db: duckdb.DuckDBPyConnection) -> None:
    """Make `country_codes` (iso2, iso3) visible, which the SQL of shipments needs."""
    codes = (
        tables.table("countries")
        .select("iso2", "iso3")
        .drop_nulls()
        .unique("iso2", keep="first", maintain_order=True)
    )
    db.register(COUNTRIES, codes)
