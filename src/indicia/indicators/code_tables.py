"""What C05's statement reads: trade by code, neighbouring codes, changes of codes, dated rules.

Unit: US$ by month; months are counted from year 0. Reads: customs_flow.value_*_usd (US$).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb
import polars as pl

from indicia.indicators.own_past import AT
from indicia.reference import tables

PAIRS, CHANGES, RULES, WINDOWS = "code_pairs", "code_changes", "rule_months", "rule_windows"
DECIDES = "decides"
EDITION = "CASE WHEN length(classification) = 2 AND substr(classification, 1, 1) = 'H' THEN classification END"
# One source and one length of code per reporter and direction: no code is added to its subdivisions.
TRADED = f"""
coded AS (
  SELECT CASE WHEN flow = 'X' THEN reporter_iso3 ELSE partner_iso3 END AS exporter,
         CASE WHEN flow = 'X' THEN partner_iso3 ELSE reporter_iso3 END AS importer,
         flow, reporter_iso3 AS reporter, {AT} AS at_period, source, length(hs_code) AS digits,
         substr(hs_code, 1, 6) AS code, {EDITION} AS edition, origin_id, reliability,
         coalesce(value_reported_usd, value_estimated_usd) AS usd
  FROM customs_flow
  WHERE flow IN ('M', 'X') AND frequency = 'M' AND partner_iso3 <> 'W00'
    AND position('+' IN hs_code) = 0
    AND substr(hs_code, 1, 6) IN (SELECT code FROM {PAIRS} UNION SELECT neighbour FROM {PAIRS})
), offers AS (
  SELECT source, reporter, flow, digits, row_number() OVER (PARTITION BY reporter, flow ORDER BY
           count(DISTINCT at_period) DESC, digits, source) AS place
  FROM coded GROUP BY source, reporter, flow, digits
), traded AS (
  SELECT c.exporter, c.importer, c.flow, c.reporter, c.code, c.at_period, sum(c.usd) AS usd,
         min(c.edition) AS edition, min(c.origin_id) AS origin_id, max(c.reliability) AS reliability
  FROM coded c JOIN offers o ON o.source = c.source AND o.reporter = c.reporter
   AND o.flow = c.flow AND o.digits = c.digits AND o.place = 1
  GROUP BY c.exporter, c.importer, c.flow, c.reporter, c.code, c.at_period
), reported AS (
  SELECT reporter, flow, at_period, min(edition) AS first_edition, max(edition) AS last_edition
  FROM traded GROUP BY reporter, flow, at_period
), spans AS (
  SELECT reporter, flow, code, min(at_period) AS first_period, max(at_period) AS last_period
  FROM traded GROUP BY reporter, flow, code
), ordered AS (
  SELECT t.exporter, t.importer, t.flow, t.reporter, min(t.origin_id) AS origin_id,
         max(t.reliability) AS reliability, row_number() OVER (PARTITION BY t.exporter, t.importer
           ORDER BY count(DISTINCT t.at_period) DESC, t.flow) AS place
  FROM traded t GROUP BY t.exporter, t.importer, t.flow, t.reporter
), sides AS (
  SELECT * FROM ordered WHERE place = 1
)"""


def _month(day: str) -> pl.Expr:
    date = pl.col(day).str.to_date("%Y-%m-%d")
    return (12 * date.dt.year() + date.dt.month() - 1).cast(pl.Int32)


@cache
def rules() -> pl.DataFrame:
    """rule_period and rule_id of each month in which a rule that decides on licences took effect."""
    return (
        tables.table("rules")
        .filter(pl.col("role") == DECIDES, pl.col("effective_from").is_not_null())
        .group_by(rule_period=_month("effective_from"))
        .agg(pl.col("rule_id").sort().str.join(", "))
        .sort("rule_period")
    )


@cache
def changes() -> pl.DataFrame:
    """reporter, code (six digits) and at_period of each change that moves goods between codes.

    A change within one code of six digits moves nothing that C05 looks at.
    """
    six = {name: pl.col(f"{name}_code").str.slice(0, 6) for name in ("from", "to")}
    moving = tables.table("code_changes").filter(six["from"] != six["to"])
    return pl.concat(
        moving.select(reporter="reporter_iso3", code=code, at_period=_month("effective_date"))
        for code in six.values()
    ).unique(maintain_order=True)


@contextmanager
def registered(db: duckdb.DuckDBPyConnection, months: int) -> Iterator[None]:
    """Make the tables visible; `months` is the length of a window on each side of a rule."""
    windows = (
        rules()
        .select("rule_period")
        .join(pl.DataFrame({"step": range(-months, months)}), how="cross")
        .select(
            "rule_period",
            at_period=(pl.col("rule_period") + pl.col("step")).cast(pl.Int32),
            is_after=(pl.col("step") >= 0).cast(pl.Int32),
        )
    )
    given = {
        PAIRS: tables.table("code_neighbours").select("code", "neighbour"),
        CHANGES: changes(),
        RULES: rules().select("rule_period"),
        WINDOWS: windows,
    }
    for name, frame in given.items():
        db.register(name, frame)
    try:
        yield
    finally:
        for name in given:
            db.unregister(name)
