"""Absorption gap: computing hardware imported on a lane would need more power than went on in the country.

Unit: ratio. Reads: customs_flow.value_*_usd (US$), facility.country_iso2, facility_state.power_*_mw (MW).
Benign causes: sites in no public list, re-export, stock, goods of another class, late energising.
Method: docs/indicators/P04.md.
"""

from functools import cache

import duckdb
import numpy as np
import polars as pl

from indicia.indicators import lane_answer
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.lane_answer import (
    MILLIONS,
    NO_BASKET,
    ROW_KEY,
    first_day,
    refusal,
    seen,
)
from indicia.indicators.lane_flows import CODES, FLOWS
from indicia.indicators.lane_surge import ASKED
from indicia.indicators.own_past import AT
from indicia.reference import tables
from indicia.reference.compute.draws import Sheet
from indicia.reference.compute.needs import KW_PER_MW, facility_kw, per_measure
from indicia.reference.compute.priors import candidates
from indicia.schema import CUSTOMS_FLOW, FACILITY, FACILITY_STATE, figure
from indicia.store import unite

CODE = "P04"
KIND = "absorption_gap_R_gt_1.5"
CUT = 1.5
# P(R > 1.5) > 0.9 is the 10th percentile of R above 1.5.
DOUBT = 0.1
MONTHS_AFTER = 6
LEAST_SITES = 3
# Lists of sites are not complete, so what went on is known in part. Elicited, one person.
QUALITY = 0.5

# Months are counted from year 0. A window is the twelve months up to `at_month`, all of them
# reported, or one year; `lag` is the quarter, or year, before which the gap must stand as well.
WINDOWS = f"""
flows AS ({FLOWS}), partners AS (
  SELECT * FROM flows WHERE exporter <> 'W00' AND importer <> 'W00'
), summed AS (
  SELECT *, sum(value_usd) OVER year_back AS sum_usd, count(value_usd) OVER year_back AS months
  FROM partners WHERE frequency = 'M'
  WINDOW year_back AS (PARTITION BY exporter, importer, flow ORDER BY at_period
                       RANGE BETWEEN 11 PRECEDING AND CURRENT ROW)
), windows AS (
  SELECT exporter, importer, flow, frequency, at_period AS at_month, 3 AS lag, sum_usd AS value_usd,
         origin_id, reliability
  FROM summed WHERE months = 12 AND at_period % 3 = 2
  UNION ALL
  SELECT exporter, importer, flow, frequency, 12 * at_period + 11, 12, value_usd, origin_id,
         reliability
  FROM partners WHERE frequency = 'A' AND value_usd IS NOT NULL
)"""
# What each site held at the end of a window and before its start. Several kinds of figure of one
# site: the one that rose most, since more power on makes the gap smaller.
POWER = """
states AS (
  SELECT n.iso3 AS importer, s.facility_id, s.published_id, s.power_kind, s.on_date, s.source,
         s.source_url, s.fetch_id, 12 * year(s.on_date) + month(s.on_date) - 1 AS month,
         coalesce(s.power_reported_mw, s.power_estimated_mw) AS mw
  FROM united_facility_state s
  JOIN united_facility f ON f.facility_id = s.facility_id
  JOIN nations n ON n.iso2 = f.country_iso2
  WHERE NOT s.is_projection AND s.power_kind <> 'avg'
    AND coalesce(s.power_reported_mw, s.power_estimated_mw) IS NOT NULL
), extents AS (
  SELECT importer, max(month) AS last_month FROM states GROUP BY importer
)"""
GAPS = f"""
WITH {WINDOWS}, {POWER}, asked AS (
  SELECT DISTINCT w.importer, w.at_month FROM windows w JOIN extents e ON e.importer = w.importer
   AND w.at_month + {MONTHS_AFTER} <= e.last_month
), ends AS (
  SELECT a.importer, a.at_month, s.facility_id, s.power_kind, s.mw,
         CASE WHEN s.month < a.at_month - 11 THEN 'before' ELSE 'after' END AS side,
         row_number() OVER (PARTITION BY a.importer, a.at_month, s.facility_id, s.power_kind,
           CASE WHEN s.month < a.at_month - 11 THEN 'before' ELSE 'after' END
           ORDER BY s.on_date DESC, s.mw DESC, s.source) AS place
  FROM asked a JOIN states s ON s.importer = a.importer AND s.month <= a.at_month + {MONTHS_AFTER}
), rises AS (
  SELECT importer, at_month, facility_id, power_kind,
         coalesce(sum(CASE WHEN side = 'after' THEN mw END), 0)
           - coalesce(sum(CASE WHEN side = 'before' THEN mw END), 0) AS rise_mw,
         sum(CASE WHEN side = 'after' THEN 1 ELSE 0 END) AS spoken
  FROM ends WHERE place = 1 GROUP BY importer, at_month, facility_id, power_kind
), by_site AS (
  SELECT importer, at_month, facility_id, max(rise_mw) AS rise_mw
  FROM rises WHERE spoken > 0 AND rise_mw > 0 GROUP BY importer, at_month, facility_id
), energised AS (
  SELECT importer, at_month, sum(rise_mw) AS energised_mw, count(*) AS sites
  FROM by_site GROUP BY importer, at_month
), pairs AS (
  SELECT w.exporter, w.importer, w.flow, w.frequency, w.at_month, w.lag, w.value_usd,
         b.value_usd AS before_usd, w.origin_id, w.reliability,
         e.energised_mw, e.sites, p.energised_mw AS before_mw, p.sites AS before_sites,
         row_number() OVER (PARTITION BY w.exporter, w.importer ORDER BY
           CASE WHEN w.frequency = 'M' THEN 0 ELSE 1 END, CASE WHEN w.flow = 'M' THEN 0 ELSE 1 END,
           w.at_month DESC) AS place
  FROM windows w
  JOIN windows b ON b.exporter = w.exporter AND b.importer = w.importer AND b.flow = w.flow
   AND b.frequency = w.frequency AND b.at_month = w.at_month - w.lag
  JOIN energised e ON e.importer = w.importer AND e.at_month = w.at_month
  JOIN energised p ON p.importer = b.importer AND p.at_month = b.at_month
  WHERE e.sites >= {LEAST_SITES} AND p.sites >= {LEAST_SITES}
), {seen(ASKED)}
SELECT concat(l.exporter, '>', l.importer) AS scope_id, l.exporter, l.importer, l.is_asked,
       coalesce(g.origin_id, l.origin_id) AS origin_id,
       coalesce(g.reliability, l.reliability) AS reliability, g.flow, g.frequency, g.at_month, g.lag,
       g.value_usd, g.before_usd, g.energised_mw, g.sites, g.before_mw, g.before_sites
FROM seen l LEFT JOIN pairs g
  ON g.exporter = l.exporter AND g.importer = l.importer AND g.place = 1
ORDER BY scope_id
"""
CITED = f"""
WITH {POWER}, goods AS (
  SELECT *, CASE WHEN frequency = 'A' THEN 12 * {AT} + 11 ELSE {AT} END AS month
  FROM customs_flow
  WHERE flow IN ('M', 'X') AND (position('+' IN hs_code) > 0 OR hs_code IN ({CODES}))
)
SELECT 'lane' AS scope_kind, l.scope_id, 'customs_flow' AS table_name, {ROW_KEY} AS row_key,
       {MILLIONS} AS quote, c.source, c.source_url, c.fetch_id
FROM cited_gaps l JOIN goods c
  ON c.frequency = l.frequency AND c.flow = l.flow
 AND c.reporter_iso3 = CASE WHEN l.flow = 'X' THEN l.exporter ELSE l.importer END
 AND c.partner_iso3 = CASE WHEN l.flow = 'X' THEN l.importer ELSE l.exporter END
 AND c.month BETWEEN l.at_month - 11 - l.lag AND l.at_month
UNION ALL
SELECT 'lane', l.scope_id, 'facility_state',
       concat('facility_id=', s.published_id, ', on_date=', s.on_date, ', power_kind=', s.power_kind),
       concat(round(s.mw, 1), ' MW (', s.power_kind, ')'), s.source, s.source_url, s.fetch_id
FROM cited_gaps l JOIN states s ON s.importer = l.importer
 AND s.month BETWEEN l.at_month - 11 - l.lag AND l.at_month + {MONTHS_AFTER}
ORDER BY scope_id, table_name, row_key
"""


@cache
def least_mw_per_usd() -> float:
    """Power that a dollar of imports needs at least (MW per US$): 10th percentile, least class."""
    return min(_mw_per_usd(name) for name in candidates())


def _mw_per_usd(chip_class: str) -> float:
    sheet = Sheet(chip_class)
    needed = per_measure("value_usd", sheet) * facility_kw(sheet) / KW_PER_MW
    return float(np.quantile(needed, DOUBT))


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Hold the imports of each lane against the power that went on in the importing country."""
    unite(db)
    db.register(
        "nations", tables.table("countries").select("iso2", "iso3").drop_nulls().unique()
    )
    gaps = db.sql(GAPS).pl()
    per_usd = least_mw_per_usd()
    lanes = gaps.with_columns(
        ratio=pl.min_horizontal(
            per_usd * pl.col("value_usd") / pl.col("energised_mw"),
            per_usd * pl.col("before_usd") / pl.col("before_mw"),
        ),
        needed_mw=per_usd * pl.col("value_usd"),
    )
    db.register("cited_gaps", lanes.filter(pl.col("ratio").is_not_null()))
    sources = db.sql(CITED).pl()
    db.unregister("cited_gaps")
    db.unregister("nations")
    return answered(CODE, _evidence(lanes), sources)


def _evidence(lanes: pl.DataFrame) -> pl.DataFrame:
    is_computed = pl.col("ratio").is_not_null()
    first, last = pl.col("at_month") - 11 - pl.col("lag"), pl.col("at_month")
    ends = first_day(last).dt.month_end()
    said = pl.format(
        "US$ {} million in the twelve months to {} would need {} MW or more in nine of ten draws; {} MW "
        "were first recorded at {} sites from their start to six months after. Of this window and "
        "the one before, the smaller such ratio is {}.",
        figure((pl.col("value_usd") / 1e6).round(1)),
        ends,
        figure(pl.col("needed_mw").round(1)),
        figure(pl.col("energised_mw").round(1)),
        "sites",
        pl.col("ratio").round(2),
    )
    short = pl.lit(
        "Two windows of imports with three sites or more whose power rose, six months later on "
        "record, are not at hand."
    )
    refused = refusal(pl.col("is_asked") == 0, NO_BASKET)
    return lane_answer.evidence(
        lanes.with_columns(starts_date=first_day(first), ends_date=ends), CODE, KIND, "ratio",
        refused, pl.when(is_computed).then(said).otherwise(short),
        unit="ratio", cut=CUT, quality=QUALITY,
    )  # fmt: skip


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="Imports of a lane would need more power than went on in the country",
    unit="ratio",
    scope_kinds=("lane",),
    reads=(CUSTOMS_FLOW, FACILITY, FACILITY_STATE),
    threshold=CUT,
    benign_causes=(
        "sites that stand in no public list",
        "re-export or transit through the importer",
        "stock that waits for halls, or replaces older machines in powered halls",
        "goods of another class under the same codes",
        "energising that comes later, or is recorded late",
    ),
    compute=compute,
    kinds=(KIND,),
)
