"""Code switching: after a rule, value of a lane moves from a code of the basket to a neighbouring one.

Unit: robust z (dimensionless). Reads: customs_flow.value_*_usd (US$), by month.
Benign causes: a changed code list, a ruling, a new product, another broker, a mixture that varies.
Method: docs/indicators/C05.md.
"""

import duckdb
import polars as pl

from indicia.indicators import lane_answer
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.code_tables import (
    CHANGES,
    PAIRS,
    RULES,
    TRADED,
    WINDOWS,
    registered,
    rules,
)
from indicia.indicators.lane_answer import (
    CUT,
    IN_BASKET,
    MILLIONS,
    MONTH_FLOOR_USD,
    ROW_KEY,
    first_day,
    refusal,
    seen,
)
from indicia.indicators.own_past import Past, scaled
from indicia.schema import CUSTOMS_FLOW, figure

CODE = "C05"
KIND = "code_switch_after_rule"
HALF_YEAR = 6
LEAST_PLACEBOS = 12
# A lane whose mixture never moved is not surer than this of its next one.
LEAST_SIGMA = 0.05
# Goods that only change their code keep the sum of both, within a half more or a third less.
MOST_KEPT = 1.5
FLOOR_USD = HALF_YEAR * MONTH_FLOOR_USD
SERIES = ("exporter", "importer", "code", "neighbour")


def _share(code: str, neighbour: str) -> str:
    return f"({neighbour}) / nullif({code} + {neighbour}, 0)"


# By how much the neighbour's share rose, and rose on the reporter's other lanes, where it did.
SHIFT = (
    f"{_share('code_after', 'neighbour_after')} - {_share('code_before', 'neighbour_before')}"
)
OTHERS_SHIFT = f"""{_share("all_code_after - code_after", "all_neighbour_after - neighbour_after")}
         - {_share("all_code_before - code_before", "all_neighbour_before - neighbour_before")}"""
MOVED = f"""*, {SHIFT} - greatest(coalesce({OTHERS_SHIFT}, 0), 0) AS excess,
         {_share("code_before", "neighbour_before")} AS share_before,
         {_share("code_after", "neighbour_after")} AS share_after,
         (code_after + neighbour_after) / nullif(code_before + neighbour_before, 0) AS kept"""
# The half years on both sides of each rule, for every lane and pair of codes.
AROUND_RULES = f"""
around AS (
  SELECT t.exporter, t.importer, t.flow, t.reporter, t.code, w.rule_period,
         sum(CASE WHEN w.is_after = 0 THEN t.usd ELSE 0 END) AS before_usd,
         sum(CASE WHEN w.is_after = 1 THEN t.usd ELSE 0 END) AS after_usd
  FROM traded t JOIN {WINDOWS} w ON w.at_period = t.at_period
  GROUP BY t.exporter, t.importer, t.flow, t.reporter, t.code, w.rule_period
), of_reporters AS (
  SELECT reporter, flow, code, rule_period, sum(before_usd) AS before_usd, sum(after_usd) AS after_usd
  FROM around GROUP BY reporter, flow, code, rule_period
), whole AS (
  SELECT r.reporter, r.flow, w.rule_period FROM reported r JOIN {WINDOWS} w ON w.at_period = r.at_period
  GROUP BY r.reporter, r.flow, w.rule_period
  HAVING count(*) = {2 * HALF_YEAR}
     AND coalesce(min(r.first_edition), '') = coalesce(max(r.last_edition), '')
), histories AS (
  SELECT r.reporter, r.flow, p.rule_period FROM reported r JOIN {RULES} p
    ON r.at_period < p.rule_period
  GROUP BY r.reporter, r.flow, p.rule_period HAVING count(*) >= {LEAST_PLACEBOS + 2 * HALF_YEAR}
), pairs AS (
  SELECT a.exporter, a.importer, a.flow, a.reporter, p.code, p.neighbour, a.rule_period,
         a.before_usd AS code_before, a.after_usd AS code_after,
         coalesce(b.before_usd, 0) AS neighbour_before, coalesce(b.after_usd, 0) AS neighbour_after,
         x.before_usd AS all_code_before, x.after_usd AS all_code_after,
         coalesce(y.before_usd, 0) AS all_neighbour_before,
         coalesce(y.after_usd, 0) AS all_neighbour_after
  FROM around a
  JOIN sides s ON s.exporter = a.exporter AND s.importer = a.importer AND s.flow = a.flow
  JOIN {PAIRS} p ON p.code = a.code
  JOIN whole w ON w.reporter = a.reporter AND w.flow = a.flow AND w.rule_period = a.rule_period
  JOIN histories h ON h.reporter = a.reporter AND h.flow = a.flow AND h.rule_period = a.rule_period
  JOIN spans f ON f.reporter = a.reporter AND f.flow = a.flow AND f.code = p.neighbour
   AND f.first_period <= a.rule_period - {HALF_YEAR}
   AND f.last_period >= a.rule_period + {HALF_YEAR - 1}
  JOIN of_reporters x ON x.reporter = a.reporter AND x.flow = a.flow AND x.code = a.code
   AND x.rule_period = a.rule_period
  LEFT JOIN of_reporters y ON y.reporter = a.reporter AND y.flow = a.flow AND y.code = p.neighbour
   AND y.rule_period = a.rule_period
  LEFT JOIN around b ON b.exporter = a.exporter AND b.importer = a.importer AND b.flow = a.flow
   AND b.code = p.neighbour AND b.rule_period = a.rule_period
  WHERE NOT EXISTS (SELECT 1 FROM {CHANGES} c
    WHERE c.reporter IN ('W00', a.reporter) AND c.code IN (p.code, p.neighbour)
      AND c.at_period > a.rule_period - {HALF_YEAR} AND c.at_period < a.rule_period + {HALF_YEAR})
), moved AS (
  SELECT {MOVED} FROM pairs
), asked AS (
  SELECT *, CASE WHEN excess > 0 AND kept BETWEEN {1 / MOST_KEPT} AND {MOST_KEPT}
                  AND excess * (code_after + neighbour_after) >= {FLOOR_USD} THEN 1 ELSE 0 END AS is_fit
  FROM moved WHERE excess IS NOT NULL
)"""
# The same sums around every month, for the lanes and pairs that moved enough around some rule.
AROUND_MONTHS = f"""
series AS (
  SELECT DISTINCT exporter, importer, flow, reporter, code, neighbour FROM asked WHERE is_fit = 1
), of_months AS (
  SELECT reporter, flow, code, at_period, sum(usd) AS usd FROM traded
  GROUP BY reporter, flow, code, at_period
), changed AS (
  SELECT DISTINCT s.reporter, s.code, s.neighbour, c.at_period FROM series s JOIN {CHANGES} c
    ON c.reporter IN ('W00', s.reporter) AND c.code IN (s.code, s.neighbour)
), grid AS (
  SELECT s.exporter, s.importer, s.reporter, s.code, s.neighbour, r.at_period, r.first_edition,
         r.last_edition, CASE WHEN g.at_period IS NULL THEN 0 ELSE 1 END AS is_change,
         coalesce(a.usd, 0) AS code_usd, coalesce(b.usd, 0) AS neighbour_usd,
         coalesce(x.usd, 0) AS all_code_usd, coalesce(y.usd, 0) AS all_neighbour_usd
  FROM series s
  JOIN spans f ON f.reporter = s.reporter AND f.flow = s.flow AND f.code = s.neighbour
  JOIN spans k ON k.reporter = s.reporter AND k.flow = s.flow AND k.code = s.code
  JOIN reported r ON r.reporter = s.reporter AND r.flow = s.flow
   AND r.at_period BETWEEN f.first_period AND f.last_period
   AND r.at_period BETWEEN k.first_period AND k.last_period
  LEFT JOIN traded a ON a.exporter = s.exporter AND a.importer = s.importer AND a.flow = s.flow
   AND a.code = s.code AND a.at_period = r.at_period
  LEFT JOIN traded b ON b.exporter = s.exporter AND b.importer = s.importer AND b.flow = s.flow
   AND b.code = s.neighbour AND b.at_period = r.at_period
  LEFT JOIN of_months x ON x.reporter = s.reporter AND x.flow = s.flow AND x.code = s.code
   AND x.at_period = r.at_period
  LEFT JOIN of_months y ON y.reporter = s.reporter AND y.flow = s.flow AND y.code = s.neighbour
   AND y.at_period = r.at_period
  LEFT JOIN changed g ON g.reporter = s.reporter AND g.code = s.code AND g.neighbour = s.neighbour
   AND g.at_period = r.at_period
), rolled AS (
  SELECT exporter, importer, code, neighbour, at_period, count(*) OVER earlier AS months_before,
         count(*) OVER later AS months_after, max(is_change) OVER near AS is_changed,
         min(first_edition) OVER around AS first_edition, max(last_edition) OVER around AS last_edition,
         sum(code_usd) OVER earlier AS code_before, sum(code_usd) OVER later AS code_after,
         sum(neighbour_usd) OVER earlier AS neighbour_before,
         sum(neighbour_usd) OVER later AS neighbour_after,
         sum(all_code_usd) OVER earlier AS all_code_before, sum(all_code_usd) OVER later AS all_code_after,
         sum(all_neighbour_usd) OVER earlier AS all_neighbour_before,
         sum(all_neighbour_usd) OVER later AS all_neighbour_after
  FROM grid
  WINDOW earlier AS (PARTITION BY exporter, importer, code, neighbour ORDER BY at_period
                     RANGE BETWEEN {HALF_YEAR} PRECEDING AND 1 PRECEDING),
         later AS (PARTITION BY exporter, importer, code, neighbour ORDER BY at_period
                   RANGE BETWEEN CURRENT ROW AND {HALF_YEAR - 1} FOLLOWING),
         near AS (PARTITION BY exporter, importer, code, neighbour ORDER BY at_period
                  RANGE BETWEEN {HALF_YEAR - 1} PRECEDING AND {HALF_YEAR - 1} FOLLOWING),
         around AS (PARTITION BY exporter, importer, code, neighbour ORDER BY at_period
                    RANGE BETWEEN {HALF_YEAR} PRECEDING AND {HALF_YEAR - 1} FOLLOWING)
), rolled_shifts AS (
  SELECT {MOVED} FROM rolled
  WHERE months_before = {HALF_YEAR} AND months_after = {HALF_YEAR} AND is_changed = 0
    AND coalesce(first_edition, '') = coalesce(last_edition, '')
), shifts AS (
  SELECT * FROM rolled_shifts WHERE excess IS NOT NULL
)"""


def switches(past: Past = scaled) -> str:
    """The statement: every lane, with the strongest of its rules and pairs of codes if any."""
    return f"""
WITH {TRADED}, {AROUND_RULES}, {AROUND_MONTHS},
{past("shifts", SERIES, "excess", "share_before", gap=str(HALF_YEAR))}, judged AS (
  SELECT a.*, CASE WHEN a.is_fit = 0 THEN 0.0 ELSE
           (s.excess - s.middle) / greatest(coalesce(s.own_sigma, 0), {LEAST_SIGMA}) END AS switched
  FROM asked a LEFT JOIN scaled s ON s.exporter = a.exporter AND s.importer = a.importer
   AND s.code = a.code AND s.neighbour = a.neighbour AND s.at_period = a.rule_period
   AND s.earlier >= {LEAST_PLACEBOS}
), strongest AS (
  SELECT *, count(*) OVER (PARTITION BY exporter, importer) AS judged_count,
         row_number() OVER (PARTITION BY exporter, importer
           ORDER BY switched DESC, rule_period DESC, code, neighbour) AS place
  FROM judged WHERE switched IS NOT NULL
), {seen(f"flow IN ('M', 'X') AND {IN_BASKET}")}
SELECT concat(n.exporter, '>', n.importer) AS scope_id, n.exporter, n.importer, n.is_asked,
       coalesce(d.origin_id, n.origin_id) AS origin_id,
       coalesce(d.reliability, n.reliability) AS reliability, s.flow, s.code, s.neighbour,
       s.rule_period, s.share_before, s.share_after, s.kept, s.excess, s.switched, s.judged_count,
       s.excess * (s.code_after + s.neighbour_after) AS moved_usd
FROM seen n
LEFT JOIN sides d ON d.exporter = n.exporter AND d.importer = n.importer
LEFT JOIN strongest s ON s.exporter = n.exporter AND s.importer = n.importer AND s.place = 1
ORDER BY scope_id
"""


SWITCHES = switches()
CITED = f"""
SELECT 'lane' AS scope_kind, l.scope_id, 'customs_flow' AS table_name, {ROW_KEY} AS row_key,
       {MILLIONS} AS quote, c.source, c.source_url, c.fetch_id
FROM cited_lanes l JOIN customs_flow c
  ON c.frequency = 'M' AND c.flow = l.flow AND c.period BETWEEN l.first_period AND l.last_period
 AND c.reporter_iso3 = CASE WHEN l.flow = 'X' THEN l.exporter ELSE l.importer END
 AND c.partner_iso3 = CASE WHEN l.flow = 'X' THEN l.importer ELSE l.exporter END
 AND substr(c.hs_code, 1, 6) IN (l.code, l.neighbour)
ORDER BY l.scope_id, c.period, c.hs_code
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Hold each lane's shift between neighbouring codes after each rule against its own past."""
    with registered(db, HALF_YEAR):
        at = pl.col("rule_period")
        lanes = (
            db.sql(SWITCHES)
            .pl()
            .join(rules(), on="rule_period", how="left", maintain_order="left")
            .with_columns(
                starts_date=first_day(at - HALF_YEAR),
                ends_date=first_day(at + HALF_YEAR - 1).dt.month_end(),
            )
            .with_columns(
                first_period=pl.col("starts_date").dt.strftime("%Y-%m"),
                last_period=pl.col("ends_date").dt.strftime("%Y-%m"),
            )
        )
    db.register("cited_lanes", lanes.filter(pl.col("switched").is_not_null()))
    sources = db.sql(CITED).pl()
    db.unregister("cited_lanes")
    refused = refusal(pl.col("is_asked") == 0, lane_answer.NO_BASKET)
    evidence = lane_answer.evidence(lanes, CODE, KIND, "switched", refused, _statement())
    return answered(CODE, evidence, sources)


def _statement() -> pl.Expr:
    side = pl.when(pl.col("flow") == "M").then(pl.lit("importer")).otherwise(pl.lit("exporter"))
    moved = pl.format(
        "Of HS {} and {} together, the latter is {} % by the {}'s report in the half year before {} and "
        "{} % from then on; US$ {} million moved beyond the {}'s other lanes, and the sum of both is {} "
        "times what it was; strongest of {} rules and pairs of codes.",
        "code",
        "neighbour",
        (100 * pl.col("share_before")).round(1),
        side,
        "rule_id",
        (100 * pl.col("share_after")).round(1),
        figure((pl.col("moved_usd") / 1e6).round(1)),
        side,
        pl.col("kept").round(2),
        "judged_count",
    )
    short = pl.lit(
        "Two neighbouring codes, half a year of months on both sides of a rule without a change of the "
        "code list, and a year and a half before that are not at hand."
    )
    return pl.when(pl.col("switched").is_not_null()).then(moved).otherwise(short)


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="After a rule, value of a lane moves to a neighbouring code",
    unit="robust z",
    scope_kinds=("lane",),
    reads=(CUSTOMS_FLOW,),
    threshold=CUT,
    benign_causes=(
        "a change of the code list, or a ruling on what a product is",
        "a new product that replaces an old one under another code",
        "another broker or importer, who declares otherwise",
        "a mixture of goods that varies by itself",
    ),
    compute=compute,
    kinds=(KIND,),
)
