"""What importers and exporters report of the basket over time: the grid of all, the series of one lane.

The two sides are never added up or spliced. Unit of value: US$, as `lane_flows` chooses its source.
Three states of a report are kept apart: declared, nothing declared (the country reports the period,
but nothing on the lane), and no report.
"""

import polars as pl

from indicia.answers.reader import Reader
from indicia.indicators.lane_answer import first_day, period
from indicia.indicators.lane_flows import FLOWS
from indicia.indicators.mirror_break import CIF_PER_FOB
from indicia.reference import tables

SIDES = {"importer": "M", "exporter": "X"}
STEPS = {"year": 12, "quarter": 3}
FREQUENCIES = {"M": "month", "A": "year"}
MOST_COUNTRIES, MOST_ROWS = 22, 1000
DECLARED, NOTHING, NO_REPORT = "declared", "nothing declared", "no report"
GAP_SAYS = (
    "Gap: importer less exporter (exports raised by 8 % for freight and insurance), over their mean; "
    "the two may report other codes."
)
_KEY = {
    "year": "substr(period, 1, 4)",
    "quarter": "concat(substr(period, 1, 4), '-Q', (CAST(substr(period, 6, 2) AS INTEGER) + 2) // 3)",
}
_ASKED = {"year": "TRUE", "quarter": "frequency = 'M'"}


def _reports(step: str) -> str:
    """SQL: `dated` rows of one flow by period, and `reports`: which reporter reports which period.

    A yearly report outranks the sum of months.
    """
    return f"""
WITH flows AS ({FLOWS}), dated AS (
  SELECT exporter, importer, CASE $flow WHEN 'M' THEN importer ELSE exporter END AS reporter,
         frequency, at_period, value_usd, {_KEY[step]} AS period
  FROM flows WHERE flow = $flow AND {_ASKED[step]}
), reports AS (
  SELECT reporter, period, frequency,
         CASE frequency WHEN 'A' THEN 12 ELSE count(DISTINCT at_period) END AS months_count
  FROM dated GROUP BY reporter, period, frequency
  QUALIFY row_number() OVER (PARTITION BY reporter, period ORDER BY frequency) = 1
)"""


def periods(store: Reader, side: str, step: str) -> list[str]:
    """Years (`2024`) or quarters (`2024-Q3`) for which some country reports, in order.

    Args:
        store: The store.
        side: Whose reports: a key of `SIDES`.
        step: A key of `STEPS`.
    """
    rows = store.sql(
        f"{_reports(step)} SELECT DISTINCT period FROM reports ORDER BY period",
        {"flow": SIDES[side]},
    )
    return rows["period"].to_list()


def grid(store: Reader, side: str, step: str, at: str) -> pl.DataFrame:
    """Exporters by importers in one period, the largest of all periods, in an order that stays.

    Args:
        store: The store.
        side: Whose reports: a key of `SIDES`.
        step: A key of `STEPS`.
        at: One of `periods`.

    Returns:
        lane, name, exporter, importer (ISO 3166-1 alpha-3), period, state, value_usd (null unless
        declared), months_count (how many of its months are reported), months_asked_count.
    """
    rows = store.sql(
        f"""
        {_reports(step)}, cells AS (
          SELECT exporter, importer, period, sum(value_usd) AS value_usd
          FROM dated JOIN reports USING (reporter, period, frequency)
          WHERE exporter <> 'W00' AND importer <> 'W00' GROUP BY ALL
        ), exporters AS (
          SELECT exporter, sum(value_usd) AS x_usd FROM cells GROUP BY ALL
          ORDER BY x_usd DESC NULLS LAST, exporter LIMIT $most
        ), importers AS (
          SELECT importer, sum(value_usd) AS m_usd FROM cells GROUP BY ALL
          ORDER BY m_usd DESC NULLS LAST, importer LIMIT $most
        )
        SELECT x.exporter, m.importer, $at AS period,
               CASE WHEN r.reporter IS NULL THEN '{NO_REPORT}' WHEN c.value_usd IS NULL THEN '{NOTHING}'
                    ELSE '{DECLARED}' END AS state,
               c.value_usd, coalesce(r.months_count, 0) AS months_count
        FROM exporters x CROSS JOIN importers m
        LEFT JOIN reports r ON r.period = $at
         AND r.reporter = CASE $flow WHEN 'M' THEN m.importer ELSE x.exporter END
        LEFT JOIN cells c ON c.exporter = x.exporter AND c.importer = m.importer AND c.period = $at
        WHERE x.exporter <> m.importer
        ORDER BY x_usd DESC NULLS LAST, x.exporter, m_usd DESC NULLS LAST, m.importer
        """,
        {"flow": SIDES[side], "at": at, "most": MOST_COUNTRIES},
    )
    return rows.select(
        pl.format("{}>{}", "exporter", "importer").alias("lane"),
        pl.format("{} > {}", country("exporter"), country("importer")).alias("name"),
        "exporter",
        "importer",
        "period",
        "state",
        "value_usd",
        "months_count",
        pl.lit(STEPS[step]).alias("months_asked_count"),
    )


def country(column: str) -> pl.Expr:
    """Name of a country by its alpha-3 code; the code where it names none."""
    names = tables.table("countries").drop_nulls("iso3")
    return pl.col(column).replace(dict(names.select("iso3", "name").iter_rows()))


def series(store: Reader, lane: str) -> pl.DataFrame:
    """Both sides of one lane, one row per month and per year from the first to the last report.

    Returns:
        frequency (month or year), period, starts_date, importer_usd, exporter_usd, importer_state,
        exporter_state, gap_share; values are null unless declared.
    """
    exporter, _, importer = lane.strip().upper().partition(">")
    rows = store.sql(
        f"""
        WITH flows AS ({FLOWS}), mine AS (
          SELECT * FROM flows WHERE exporter = $exporter AND importer = $importer
        ), reported AS (
          SELECT DISTINCT flow, frequency, at_period FROM flows
          WHERE (flow = 'M' AND importer = $importer) OR (flow = 'X' AND exporter = $exporter)
        ), spans AS (
          SELECT frequency, min(at_period) AS first, max(at_period) AS last FROM reported
          WHERE frequency IN (SELECT frequency FROM mine) GROUP BY frequency
        ), calendar AS (
          SELECT frequency, unnest(range(first, last + 1))::INTEGER AS at_period FROM spans
        ), sides AS (
          SELECT c.frequency, c.at_period, f.flow, m.value_usd,
                 CASE WHEN r.flow IS NULL THEN '{NO_REPORT}' WHEN m.value_usd IS NULL THEN '{NOTHING}'
                      ELSE '{DECLARED}' END AS state
          FROM calendar c CROSS JOIN (VALUES ('M'), ('X')) f(flow)
          LEFT JOIN reported r ON r.flow = f.flow AND r.frequency = c.frequency
           AND r.at_period = c.at_period
          LEFT JOIN mine m ON m.flow = f.flow AND m.frequency = c.frequency AND m.at_period = c.at_period
        )
        SELECT frequency, at_period,
               max(value_usd) FILTER (flow = 'M') AS importer_usd,
               max(value_usd) FILTER (flow = 'X') AS exporter_usd,
               max(state) FILTER (flow = 'M') AS importer_state,
               max(state) FILTER (flow = 'X') AS exporter_state
        FROM sides GROUP BY ALL ORDER BY frequency DESC, at_period
        """,
        {"exporter": exporter, "importer": importer},
    )
    is_year = pl.col("frequency") == "A"
    mirror = CIF_PER_FOB * pl.col("exporter_usd")
    both = (pl.col("importer_usd") > 0) & (pl.col("exporter_usd") > 0)
    return rows.select(
        pl.col("frequency").replace(FREQUENCIES),
        period(pl.col("at_period"), is_year).alias("period"),
        pl.when(is_year)
        .then(pl.date(pl.col("at_period"), 1, 1))
        .otherwise(first_day(pl.col("at_period")))
        .alias("starts_date"),
        "importer_usd",
        "exporter_usd",
        "importer_state",
        "exporter_state",
        pl.when(both)
        .then(2 * (pl.col("importer_usd") - mirror) / (pl.col("importer_usd") + mirror))
        .alias("gap_share"),
    )


def as_reported(store: Reader, lane: str) -> pl.DataFrame:
    """Every row of trade on one lane as it stands, of any goods, at most `MOST_ROWS`; never added up.

    Returns:
        period, reported_by, hs_code, value_usd, is_estimate, net_weight_reported_kg, source, source_url.
    """
    exporter, _, importer = lane.strip().upper().partition(">")
    return store.sql(
        f"""
        SELECT period, CASE flow WHEN 'M' THEN 'importer' ELSE 'exporter' END AS reported_by, hs_code,
               coalesce(value_reported_usd, value_estimated_usd) AS value_usd,
               value_reported_usd IS NULL AS is_estimate, net_weight_reported_kg, source, source_url
        FROM customs_flow
        WHERE (flow = 'M' AND reporter_iso3 = $importer AND partner_iso3 = $exporter)
           OR (flow = 'X' AND reporter_iso3 = $exporter AND partner_iso3 = $importer)
        ORDER BY ALL LIMIT {MOST_ROWS}
        """,
        {"exporter": exporter, "importer": importer},
    )
