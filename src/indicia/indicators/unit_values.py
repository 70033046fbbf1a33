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
# A join of every line costs more than one of what lines are summed to, so countries come apart.
LINES = f"""
  SELECT coalesce(origin_iso2, shipper_iso2) AS from_iso2,
         coalesce(destination_iso2, consignee_iso2) AS to_iso2, shipment_id, shipped_date,
         12 * CAST(year(shipped_date) AS INTEGER) + month(shipped_date) - 1 AS at_period,
         substr(hs_code, 1, 6) AS hs6, consignee_name, value_reported_usd AS value_usd,
         coalesce(net_weight_kg, gross_weight_kg) AS kg, {PIECE_COUNT} AS pieces,
         source, source_url, fetch_id, origin_id, reliability
  FROM shipment
"""
SHIPPED = f"""
  SELECT x.iso3 AS exporter, i.iso3 AS importer, s.*
  FROM ({LINES}) s
  LEFT JOIN {COUNTRIES} x ON x.iso2 = s.from_iso2
  LEFT JOIN {COUNTRIES} i ON i.iso2 = s.to_iso2
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
# What is declared of one code on one lane in one period, where it is enough to speak of a share.
SUMS = """sum(value_usd) AS value_usd,
         sum(CASE WHEN band_part_usd IS NOT NULL THEN value_usd END) AS measured_usd,
         sum(band_part_usd) AS band_usd, sum(kg) AS kg,
         sum(CASE WHEN kg > 0 THEN value_usd END) AS weighed_usd,
         sum(CASE WHEN pieces > 0 THEN pieces END) AS pieces,
         sum(CASE WHEN pieces > 0 THEN value_usd END) AS counted_usd"""
HEAVY_OR_MANY = f"""sum(kg) >= {LEAST_KG}
      OR (coalesce(sum(kg), 0) = 0 AND sum(CASE WHEN hs6 IN ({WHOLE}) THEN pieces END) >= {LEAST_LINES})"""
# Which source and origin shipments rest on is looked up for the few cells that are cited.
CELLS = f"""
declared AS ({DECLARED}), offers AS (
  SELECT source, reporter_iso3, flow, frequency, digits,
         row_number() OVER (PARTITION BY reporter_iso3, flow, frequency ORDER BY
           count(DISTINCT period) DESC, digits DESC, source) AS place
  FROM declared GROUP BY source, reporter_iso3, flow, frequency, digits
), declared_cells AS (
  SELECT exporter, importer, flow AS channel, frequency, hs6, at_period, {SUMS},
         min(source) AS source, min(origin_id) AS origin_id, max(reliability) AS reliability
  FROM (SELECT d.*, {IN_BAND} AS band_part_usd FROM declared d WHERE EXISTS (SELECT 1 FROM offers o
          WHERE o.source = d.source AND o.reporter_iso3 = d.reporter_iso3 AND o.flow = d.flow
            AND o.frequency = d.frequency AND o.digits = d.digits AND o.place = 1))
  GROUP BY exporter, importer, flow, frequency, hs6, at_period
  HAVING {HEAVY_OR_MANY}
), shipped_cells AS (
  SELECT exporter, importer, hs6, at_period, {SUMS}
  FROM (SELECT *, {IN_BAND} AS band_part_usd FROM ({SHIPPED})
        WHERE hs6 IN ({CODES}) AND value_usd > 0)
  GROUP BY exporter, importer, hs6, at_period
  HAVING count(band_part_usd) >= {LEAST_LINES} OR {HEAVY_OR_MANY}
), cells AS (
  SELECT exporter, importer, channel, frequency, hs6, at_period, value_usd, measured_usd, band_usd,
         kg, weighed_usd, pieces, counted_usd, source, origin_id, reliability
  FROM declared_cells
  UNION ALL
  SELECT exporter, importer, 'shipment', 'M', hs6, at_period, value_usd, measured_usd, band_usd,
         kg, weighed_usd, pieces, counted_usd, NULL, NULL, NULL
  FROM shipped_cells
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
