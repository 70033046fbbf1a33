"""Enforcement stop: trade of a lane falls after an event that names it, more than at placebo dates.

Unit: share of placebo dates with a lesser fall. Reads: customs_flow.value_*_usd (US$), event.lanes.
Benign causes: lawful trade that stops as well, an order that was complete, seasons, a moved hub.
Method: docs/indicators/C07.md.
"""

import math

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
    first_day,
    refusal,
    seen,
)
from indicia.indicators.lane_flows import FLOWS
from indicia.indicators.lane_surge import ASKED
from indicia.schema import CUSTOMS_FLOW, EVENT, figure

CODE = "C07"
KIND = "trade_stops_after_enforcement"
CUT = 0.95
# Goods on the way when an event becomes public still arrive in its month, which is left out.
MONTHS_BEFORE, MONTHS_AFTER = 6, 3
LEAST_PLACEBOS = 24
LEAST_FALL = math.log(2)
NOTHING_USD = NOTHING_SHARE * MONTH_FLOOR_USD
EVERY = "*"
# A charge or conviction becomes public on a day; a rule or listing binds from a day.
ENFORCED = """
SELECT event_id, kind, title, status, lanes, source, source_url, fetch_id,
       CASE WHEN kind = 'case' THEN CAST(published_utc AS DATE) ELSE starts_date END AS event_date
FROM event
WHERE coalesce(lanes, '') <> '' AND (
      (kind = 'case' AND status IN ('charged', 'convicted') AND published_utc IS NOT NULL)
   OR (kind IN ('rule', 'listing') AND status IN ('in force', 'superseded')
       AND date_precision IN ('day', 'month') AND starts_date IS NOT NULL))
ORDER BY event_id
"""
FALLS = f"""
WITH flows AS ({FLOWS}), {seen(ASKED)}, named AS (
  SELECT s.exporter, s.importer, e.event_period, min(e.event_id) AS event_id
  FROM seen s JOIN enforced e
    ON e.exporter IN ('{EVERY}', s.exporter) AND e.importer IN ('{EVERY}', s.importer)
  GROUP BY s.exporter, s.importer, e.event_period
), partners AS (
  SELECT *, CASE WHEN flow = 'X' THEN exporter ELSE importer END AS reporter FROM flows
  WHERE frequency = 'M' AND exporter <> 'W00' AND importer <> 'W00'
), reported AS (
  SELECT flow, reporter, at_period FROM partners GROUP BY flow, reporter, at_period
), offered AS (
  SELECT p.exporter, p.importer, p.flow, p.reporter, min(p.origin_id) AS origin_id,
         max(p.reliability) AS reliability
  FROM partners p JOIN (SELECT DISTINCT exporter, importer FROM named) n
    ON n.exporter = p.exporter AND n.importer = p.importer
  GROUP BY p.exporter, p.importer, p.flow, p.reporter
), ordered AS (
  SELECT o.exporter, o.importer, o.flow, o.reporter, o.origin_id, o.reliability,
         count(*) AS months, row_number() OVER (PARTITION BY o.exporter, o.importer ORDER BY
           CASE WHEN count(*) >= {LEAST_PLACEBOS + MONTHS_BEFORE + 2 * MONTHS_AFTER} THEN 0 ELSE 1 END,
           CASE WHEN o.flow = 'M' THEN 0 ELSE 1 END) AS place
  FROM offered o JOIN reported r ON r.flow = o.flow AND r.reporter = o.reporter
  GROUP BY o.exporter, o.importer, o.flow, o.reporter, o.origin_id, o.reliability
), lanes AS (
  SELECT * FROM ordered WHERE place = 1
), of_exporters AS (
  SELECT flow, at_period, exporter, sum(value_usd) AS usd FROM partners
  GROUP BY flow, at_period, exporter
), of_importers AS (
  SELECT flow, at_period, importer, sum(value_usd) AS usd FROM partners
  GROUP BY flow, at_period, importer
), of_world AS (
  SELECT flow, at_period, sum(value_usd) AS usd FROM partners GROUP BY flow, at_period
), levels AS (
  SELECT l.exporter, l.importer, r.at_period, coalesce(p.value_usd, 0) AS usd,
         coalesce(x.usd, 0) - coalesce(p.value_usd, 0) AS exporter_usd,
         coalesce(m.usd, 0) - coalesce(p.value_usd, 0) AS importer_usd,
         w.usd - coalesce(p.value_usd, 0) AS world_usd
  FROM lanes l JOIN reported r ON r.flow = l.flow AND r.reporter = l.reporter
  JOIN of_world w ON w.flow = l.flow AND w.at_period = r.at_period
  LEFT JOIN partners p ON p.flow = l.flow AND p.exporter = l.exporter
   AND p.importer = l.importer AND p.at_period = r.at_period
  LEFT JOIN of_exporters x ON x.flow = l.flow AND x.exporter = l.exporter
   AND x.at_period = r.at_period
  LEFT JOIN of_importers m ON m.flow = l.flow AND m.importer = l.importer
   AND m.at_period = r.at_period
), sides AS (
  SELECT exporter, importer, at_period, count(*) OVER earlier AS months_before,
         count(*) OVER later AS months_after, avg(usd) OVER earlier AS before_usd,
         avg(usd) OVER later AS after_usd, avg(exporter_usd) OVER earlier AS exporter_before_usd,
         avg(exporter_usd) OVER later AS exporter_after_usd,
         avg(importer_usd) OVER earlier AS importer_before_usd,
         avg(importer_usd) OVER later AS importer_after_usd,
         avg(world_usd) OVER earlier AS world_before_usd, avg(world_usd) OVER later AS world_after_usd
  FROM levels
  WINDOW earlier AS (PARTITION BY exporter, importer ORDER BY at_period
                     RANGE BETWEEN {MONTHS_BEFORE} PRECEDING AND 1 PRECEDING),
         later AS (PARTITION BY exporter, importer ORDER BY at_period
                   RANGE BETWEEN 1 FOLLOWING AND {MONTHS_AFTER} FOLLOWING)
), changes AS (
  SELECT exporter, importer, at_period, before_usd, after_usd,
         ln(greatest(after_usd, {NOTHING_USD}) / greatest(before_usd, {NOTHING_USD})) AS own,
         CASE WHEN exporter_before_usd > 0 AND exporter_after_usd > 0
              THEN ln(exporter_after_usd / exporter_before_usd) END AS of_exporter,
         CASE WHEN importer_before_usd > 0 AND importer_after_usd > 0
              THEN ln(importer_after_usd / importer_before_usd) END AS of_importer,
         CASE WHEN world_before_usd > 0 AND world_after_usd > 0
              THEN ln(world_after_usd / world_before_usd) END AS of_world
  FROM sides WHERE months_before = {MONTHS_BEFORE} AND months_after = {MONTHS_AFTER}
), falls AS (
  SELECT *, coalesce(least(of_exporter, of_importer, of_world), 0) - own AS fall FROM changes
), quiet AS (
  SELECT f.exporter, f.importer, f.at_period, f.fall FROM falls f
  WHERE NOT EXISTS (SELECT 1 FROM named n
    WHERE n.exporter = f.exporter AND n.importer = f.importer
      AND n.event_period BETWEEN f.at_period - {MONTHS_BEFORE} AND f.at_period + {MONTHS_AFTER})
), tested AS (
  SELECT n.exporter, n.importer, n.event_id, n.event_period, f.before_usd, f.after_usd, f.fall,
         count(q.fall) AS placebos, count(CASE WHEN q.fall >= f.fall THEN 1 END) AS as_deep,
         median(q.fall) AS usual_fall
  FROM named n JOIN falls f ON f.exporter = n.exporter AND f.importer = n.importer
   AND f.at_period = n.event_period
  JOIN quiet q ON q.exporter = n.exporter AND q.importer = n.importer AND q.at_period < n.event_period
  GROUP BY n.exporter, n.importer, n.event_id, n.event_period, f.before_usd, f.after_usd, f.fall
  HAVING count(q.fall) >= {LEAST_PLACEBOS}
), judged AS (
  SELECT *, 1 - (1.0 + as_deep) / (1 + placebos) AS rank_share,
         CASE WHEN before_usd < {MONTH_FLOOR_USD} OR fall < {LEAST_FALL} THEN 0.0
              ELSE 1 - (1.0 + as_deep) / (1 + placebos) END AS observed
  FROM tested
), strongest AS (
  SELECT *, count(*) OVER (PARTITION BY exporter, importer) AS judged_count,
         row_number() OVER (PARTITION BY exporter, importer
                            ORDER BY observed DESC, fall DESC, event_period DESC) AS place
  FROM judged
), counted AS (
  SELECT exporter, importer, count(*) AS events FROM named GROUP BY exporter, importer
)
SELECT concat(s.exporter, '>', s.importer) AS scope_id, s.exporter, s.importer, s.is_asked,
       coalesce(c.events, 0) AS events, coalesce(l.months, 0) AS months, l.flow,
       coalesce(l.origin_id, s.origin_id) AS origin_id,
       coalesce(l.reliability, s.reliability) AS reliability, j.event_id, j.event_period,
       j.before_usd, j.after_usd, j.fall, j.usual_fall, j.placebos, j.as_deep, j.observed,
       j.judged_count
FROM seen s
LEFT JOIN counted c ON c.exporter = s.exporter AND c.importer = s.importer
LEFT JOIN lanes l ON l.exporter = s.exporter AND l.importer = s.importer
LEFT JOIN strongest j ON j.exporter = s.exporter AND j.importer = s.importer AND j.place = 1
ORDER BY scope_id
"""
CITED = f"""
SELECT 'lane' AS scope_kind, l.scope_id, 'customs_flow' AS table_name, {ROW_KEY} AS row_key,
       {MILLIONS} AS quote, c.source, c.source_url, c.fetch_id
FROM cited_lanes l JOIN customs_flow c
  ON c.frequency = 'M' AND c.flow = l.flow AND c.period BETWEEN l.first_period AND l.last_period
 AND c.reporter_iso3 = CASE WHEN l.flow = 'X' THEN l.exporter ELSE l.importer END
 AND c.partner_iso3 = CASE WHEN l.flow = 'X' THEN l.importer ELSE l.exporter END
WHERE {ASKED.replace("flow IN", "c.flow IN").replace("hs_code", "c.hs_code")}
ORDER BY l.scope_id, c.period, c.hs_code
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Hold the fall after each event against falls at all quiet dates before it, lane by lane."""
    events = db.sql(ENFORCED).pl()
    db.register("enforced", _lanes_of(events))
    lanes = db.sql(FALLS).pl().join(
        events.select("event_id", "title", "status", "event_date"), on="event_id", how="left",
        maintain_order="left",
    ).with_columns(
        starts_date=first_day(pl.col("event_period") - MONTHS_BEFORE),
        ends_date=first_day(pl.col("event_period") + MONTHS_AFTER).dt.month_end(),
    )  # fmt: skip
    is_judged = pl.col("observed").is_not_null()
    rank = (1 + pl.col("as_deep")) / (1 + pl.col("placebos"))
    lanes = lanes.with_columns(
        tests_count=pl.col("judged_count"),
        p_value=(pl.col("judged_count") * rank).clip(upper_bound=1.0),
        p_basis=pl.when(is_judged).then(
            pl.format("rank among {} quiet dates, times the number of events", "placebos")
        ),
    )
    judged = lanes.filter(is_judged).with_columns(
        first_period=pl.col("starts_date").dt.strftime("%Y-%m"),
        last_period=pl.col("ends_date").dt.strftime("%Y-%m"),
    )
    db.register("cited_lanes", judged)
    sources = pl.concat([db.sql(CITED).pl(), _events_cited(judged, events)])
    db.unregister("cited_lanes")
    db.unregister("enforced")
    unnamed = refusal(
        pl.col("events") == 0,
        "No charge, conviction, rule or listing on record names this lane.",
    )
    refused = refusal(pl.col("is_asked") == 0, lane_answer.NO_BASKET, unnamed)
    evidence = lane_answer.evidence(
        lanes, CODE, KIND, "observed", refused, _statement(), unit="share", cut=CUT
    )
    return answered(CODE, evidence, sources)


def _lanes_of(events: pl.DataFrame) -> pl.DataFrame:
    """One row per event and lane: event_id, exporter, importer (`*`: every), event_period (month)."""
    sides = pl.col("lanes").str.strip_chars().str.split(">")
    day = pl.col("event_date")
    return (
        events.with_columns(pl.col("lanes").str.split(";"))
        .explode("lanes")
        .select(
            "event_id",
            exporter=sides.list.get(0, null_on_oob=True).str.strip_chars(),
            importer=sides.list.get(1, null_on_oob=True).str.strip_chars(),
            event_period=(12 * day.dt.year() + day.dt.month() - 1).cast(pl.Int32),
        )
    )


def _events_cited(judged: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    cited = judged.select("scope_id", "event_id").join(events, on="event_id", how="inner")
    return cited.select(
        pl.lit("lane").alias("scope_kind"),
        "scope_id",
        table_name=pl.lit("event"),
        row_key=pl.format("event_id={}", "event_id"),
        quote=pl.format("{} ({}, {})", "title", "status", "event_date"),
        source="source",
        source_url="source_url",
        fetch_id="fetch_id",
    )


def _statement() -> pl.Expr:
    side = pl.when(pl.col("flow") == "M").then(pl.lit("importer")).otherwise(pl.lit("exporter"))
    fell = pl.format(
        "US$ {} million a month by the {}'s report in the half year before {} ({}, {}), {} million in "
        "the three months after: {} times what the deepest fall of the exporter's, importer's and world's other "
        "trade leaves, usually {}; {} of {} quiet dates before show as deep a fall; strongest of {} events.",
        figure((pl.col("before_usd") / 1e6).round(2)),
        side,
        "event_date",
        "event_id",
        "status",
        figure((pl.col("after_usd") / 1e6).round(2)),
        (-pl.col("fall")).exp().round(2),
        (-pl.col("usual_fall")).exp().round(2),
        "as_deep",
        "placebos",
        "judged_count",
    )
    short = pl.format(
        "{} months are reported; a stop needs six before the event, three after it, and 24 quiet dates "
        "before.",
        "months",
    )
    return pl.when(pl.col("observed").is_not_null()).then(fell).otherwise(short)


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="Trade of a lane stops after an enforcement event that names it",
    unit="share",
    scope_kinds=("lane",),
    reads=(CUSTOMS_FLOW, EVENT),
    threshold=CUT,
    benign_causes=(
        "lawful trade that waits for licences, or keeps away from the route",
        "an order that was complete, or a season",
        "goods that another country or code now declares",
        "months that are reported late or revised",
    ),
    compute=compute,
    kinds=(KIND,),
)
