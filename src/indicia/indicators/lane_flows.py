"""The basket of computing hardware per reporter, partner and period: what indicators of lanes read.

Unit: US$. Reads: customs_flow.value_*_usd (US$).
"""

from indicia.indicators.own_past import AT

BASKET = ("847141", "847149", "847150", "847180", "847330", "854231")
CODES = ", ".join(f"'{code}'" for code in BASKET)


def flows(*kinds: str) -> str:
    """SQL: exporter, importer, flow, frequency, at_period, period, source, origin_id, value_usd.

    A ready-made basket outranks its codes, and the source with most periods outranks the rest;
    the two sides of a lane are never spliced.

    Args:
        kinds: Flows as in customs_flow: M, X, RX.
    """
    named = ", ".join(f"'{kind}'" for kind in kinds)
    return f"""
WITH coded AS (
  SELECT *, position('+' IN hs_code) > 0 AS is_basket,
         coalesce(value_reported_usd, value_estimated_usd) AS value_usd,
         {AT} AS at_period
  FROM customs_flow
  WHERE flow IN ({named}) AND (position('+' IN hs_code) > 0 OR hs_code IN ({CODES}))
), weighed AS (
  SELECT source, is_basket, reporter_iso3, flow, frequency,
         row_number() OVER (PARTITION BY reporter_iso3, flow, frequency ORDER BY
           CASE WHEN is_basket THEN 0 ELSE 1 END, count(DISTINCT period) DESC, source) AS place
  FROM coded GROUP BY source, is_basket, reporter_iso3, flow, frequency
)
SELECT CASE WHEN c.flow IN ('X', 'RX') THEN c.reporter_iso3 ELSE c.partner_iso3 END AS exporter,
       CASE WHEN c.flow IN ('X', 'RX') THEN c.partner_iso3 ELSE c.reporter_iso3 END AS importer,
       c.flow, c.frequency, c.at_period, min(c.period) AS period, min(c.source) AS source,
       min(c.origin_id) AS origin_id, max(c.reliability) AS reliability,
       sum(c.value_usd) AS value_usd
FROM coded c JOIN weighed w
  ON w.source = c.source AND w.is_basket = c.is_basket AND w.reporter_iso3 = c.reporter_iso3
 AND w.flow = c.flow AND w.frequency = c.frequency AND w.place = 1
GROUP BY exporter, importer, c.flow, c.frequency, c.at_period
"""


FLOWS = flows("M", "X")
