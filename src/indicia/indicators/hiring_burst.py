"""Hiring burst: one employer opens several computing posts at one place, above its own past.

Unit: openings. Reads: staffing_count.openings_count (count), exposure.
Benign causes: an ordinary cloud or telecom hall, replacement of staff, a job fair, double adverts.
Method: docs/indicators/S01.md.
"""

import duckdb
import polars as pl

from indicia.indicators import null_tail
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.steps import NORMAL_PER_MAD
from indicia.schema import EXPOSURE, STAFFING_COUNT, figure

CODE = "S01"
KIND = "dc_hiring_ge_3_adverts"
LEAST_OPENINGS = 3
LEAST_EARLIER_COUNTS = 4
CUT = 3.5
CUT_PER_MAD = CUT * NORMAL_PER_MAD
QUALITY_COMPARED, QUALITY_ALONE = 1.0, 0.5

# Where some count has a past to be held against, those without one are no longer asked.
# Counts of people scatter at least as their square root, so a flat past still has a spread.
COUNTS = f"""
WITH weighed AS (
  SELECT employer, place, source, row_number() OVER (PARTITION BY employer, place ORDER BY
           count(DISTINCT counted_date) DESC, source) AS rank
  FROM staffing_count GROUP BY employer, place, source
), counted AS (
  SELECT s.employer, s.place, s.counted_date, min(s.source) AS source, min(s.origin_id) AS origin_id,
         max(s.reliability) AS reliability,
         sum(CASE WHEN s.skill_group IN ('gpu', 'network', 'datacentre') THEN s.openings_count
                  ELSE 0 END) AS openings
  FROM staffing_count s JOIN weighed w
    ON w.employer = s.employer AND w.place = s.place AND w.source = s.source AND w.rank = 1
  GROUP BY s.employer, s.place, s.counted_date
), middles AS (
  SELECT c.employer, c.place, c.counted_date, count(*) AS earlier, median(h.openings) AS middle
  FROM counted c JOIN counted h ON h.employer = c.employer AND h.place = c.place
   AND h.counted_date < c.counted_date
  GROUP BY c.employer, c.place, c.counted_date
), spreads AS (
  SELECT m.employer, m.place, m.counted_date, m.earlier, m.middle,
         median(abs(h.openings - m.middle)) AS mad
  FROM middles m JOIN counted h ON h.employer = m.employer AND h.place = m.place
   AND h.counted_date < m.counted_date
  GROUP BY m.employer, m.place, m.counted_date, m.earlier, m.middle
), held AS (
  SELECT c.*, coalesce(s.earlier, 0) AS earlier, s.middle,
         CASE WHEN s.earlier >= {LEAST_EARLIER_COUNTS} THEN (c.openings - s.middle)
              / greatest({NORMAL_PER_MAD} * s.mad, sqrt(greatest(s.middle, 1.0))) END AS z,
         CASE WHEN coalesce(s.earlier, 0) < {LEAST_EARLIER_COUNTS} THEN {LEAST_OPENINGS}
              ELSE greatest({LEAST_OPENINGS}, s.middle
                + greatest({CUT_PER_MAD} * s.mad, {CUT} * sqrt(greatest(s.middle, 1.0)))) END AS least
  FROM counted c LEFT JOIN spreads s ON s.employer = c.employer AND s.place = c.place
   AND s.counted_date = c.counted_date
), comparable AS (
  SELECT * FROM (SELECT *, max(earlier) OVER (PARTITION BY employer, place) AS most_earlier FROM held)
  WHERE earlier >= {LEAST_EARLIER_COUNTS} OR most_earlier < {LEAST_EARLIER_COUNTS}
), past AS (
  SELECT employer, place, max(z) AS most_z, count(z) AS tried, array_agg(counted_date) AS judged_at,
         array_agg(z) AS judged_z
  FROM comparable WHERE z IS NOT NULL GROUP BY employer, place
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY employer, place ORDER BY
           CASE WHEN openings >= least THEN 0 ELSE 1 END, openings - least DESC,
           counted_date DESC) AS place_in_line
  FROM comparable
)
SELECT concat(r.employer, ' @ ', r.place) AS scope_id, r.employer, r.place, r.counted_date, r.openings,
       r.earlier, r.middle, CAST(r.least AS DOUBLE) AS least, r.source, r.origin_id, r.reliability,
       p.most_z, p.tried, p.judged_at, p.judged_z
FROM ranked r LEFT JOIN past p ON p.employer = r.employer AND p.place = r.place
WHERE r.place_in_line = 1 ORDER BY scope_id
"""
UNSEEN = """
SELECT e.scope_id, min(e.origin_id) AS origin_id FROM exposure e
LEFT JOIN staffing_count s ON concat(s.employer, ' @ ', s.place) = e.scope_id
WHERE e.scope_kind = 'employer' AND s.employer IS NULL
GROUP BY e.scope_id ORDER BY e.scope_id
"""
CITED = """
SELECT 'employer' AS scope_kind, c.scope_id, 'staffing_count' AS table_name,
       concat('employer=', s.employer, ', place=', s.place, ', skill_group=', s.skill_group,
              ', counted_date=', s.counted_date) AS row_key,
       concat(s.openings_count, ' openings') AS quote, s.source, s.source_url, s.fetch_id
FROM cited_counts c JOIN staffing_count s ON s.employer = c.employer AND s.place = c.place
 AND s.counted_date = c.counted_date AND s.source = c.source
ORDER BY c.scope_id, s.skill_group
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Hold every count against those before it, and keep each employer and place's strongest."""
    counts, unseen = _with_chances(db.sql(COUNTS).pl()), db.sql(UNSEEN).pl()
    is_placed = pl.col("place").str.strip_chars() != ""
    db.register("cited_counts", counts.filter(is_placed))
    sources = db.sql(CITED).pl()
    db.unregister("cited_counts")
    absent = unseen.with_columns(
        pl.lit("employer").alias("scope_kind"),
        pl.lit("no_data").alias("result"),
        pl.lit(KIND).alias("kind"),
        pl.lit("No count of this employer's openings at this place is at hand.").alias(
            "statement"
        ),
    )
    return answered(
        CODE, pl.concat([_evidence(counts, is_placed), absent], how="diagonal_relaxed"), sources
    )


def _with_chances(counts: pl.DataFrame) -> pl.DataFrame:
    """Add p of the count that stands furthest out, from all employers and places with a past."""
    one = counts.with_columns(kind=pl.lit("openings"))
    judged = (
        one.filter(pl.col("judged_z").is_not_null())
        .select("scope_id", "kind", "judged_at", "judged_z")
        .explode("judged_at", "judged_z")
        .sort("scope_id", "judged_at")
    )
    found = null_tail.chances(
        judged,
        one,
        series=("scope_id",),
        value="judged_z",
        observed="most_z",
        tried="tried",
        kind="kind",
    )
    return counts.drop("judged_at", "judged_z").hstack(found)


def _evidence(counts: pl.DataFrame, is_placed: pl.Expr) -> pl.DataFrame:
    is_compared = pl.col("earlier") >= LEAST_EARLIER_COUNTS
    result = (
        pl.when(~is_placed)
        .then(pl.lit("not_applicable"))
        .when(pl.col("openings") >= pl.col("least"))
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    past = (
        pl.when(pl.col("earlier") == 0)
        .then(pl.lit("first count, nothing to compare with"))
        .when(~is_compared)
        .then(pl.format("{} earlier counts, too few to compare with", "earlier"))
        .otherwise(
            pl.format("usually {} over {} earlier counts", pl.col("middle").round(1), "earlier")
        )
    )
    statement = (
        pl.when(~is_placed)
        .then(pl.lit("The adverts state no place, so they cannot speak for a site."))
        .otherwise(
            pl.format(
                "{} openings for GPU, network or data-centre work on {}; {}.",
                figure(pl.col("openings").cast(pl.Int64)),
                "counted_date",
                past,
            )
        )
    )
    return counts.select(
        pl.lit("employer").alias("scope_kind"),
        "scope_id",
        result=result,
        kind=pl.lit(KIND),
        observed_value=pl.when(is_placed).then(pl.col("openings").cast(pl.Float64)),
        threshold_value=pl.when(is_placed).then("least"),
        unit=pl.lit("openings"),
        statement=statement,
        starts_date="counted_date",
        ends_date="counted_date",
        origin_id="origin_id",
        reliability="reliability",
        quality_share=pl.when(is_compared).then(QUALITY_COMPARED).otherwise(QUALITY_ALONE),
        detectability_share=pl.when(is_placed).then(pl.lit(share(CODE, "employer"))),
        **{c: pl.when(is_placed).then(c) for c in ("p_value", "p_basis", "tests_count")},
    )


INDICATOR = Indicator(
    code=CODE,
    family="staffing",
    title="Several computing posts open at one place at once",
    unit="openings",
    scope_kinds=("employer",),
    reads=(STAFFING_COUNT, EXPOSURE),
    threshold=float(LEAST_OPENINGS),
    benign_causes=(
        "an ordinary cloud, colocation or telecom hall",
        "replacement of staff",
        "the same post advertised more than once",
        "a head office that advertises for other sites",
    ),
    compute=compute,
    kinds=("dc_hiring_ge_3_adverts",),
)
