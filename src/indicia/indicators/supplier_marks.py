"""Marks of a supplier: the only bid, goods of unusually many kinds, or founded shortly before.

Unit: marks (of three). Reads: procurement_notice (suppliers, tenderers_count, classification_codes, status,
notice_date), party_record (founded_date), exposure, facility.
Benign causes: a niche market, a general dealer, a project company, a framework contract.
Method: docs/indicators/R06.md.
"""

import duckdb
import polars as pl

from indicia.entities.graph import stand_ins
from indicia.indicators import processes
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.schema import EXPOSURE, FACILITY, PARTY_RECORD, PROCUREMENT_NOTICE

CODE = "R06"
KIND = "supplier_marks"
THRESHOLD = 1.0
# A year, as the red flag on firms without a history has it; 20 processes and Tukey's fence, as the
# public indicator on heterogeneous suppliers (Open Contracting Partnership, R048) has them.
YOUNG_DAYS = 365
PROCESSES_AT_LEAST = 20
FENCE = 1.5
AWARDS = """
SELECT n.process_id, n.notice_id, n.line_id, n.source, n.notice_date, n.tenderers_count,
       n.supplier_names, n.classification_codes,
       coalesce(nullif(trim(n.supplier_ids), ''), trim(n.supplier_names)) AS supplier
FROM procurement_notice n
WHERE n.stage IN ('award', 'contract') AND coalesce(n.supplier_ids, n.supplier_names) IS NOT NULL
  AND lower(coalesce(n.status, 'active')) NOT IN
    ('cancelled', 'unsuccessful', 'withdrawn', 'terminated', 'pending', 'invalid')
  AND n.process_id NOT IN (
    SELECT process_id FROM procurement_notice WHERE stage = 'tender' AND lower(status) = 'cancelled')
"""
VARIETY = f"""
WITH codes AS (
  SELECT supplier, process_id, trim(unnest(string_split(classification_codes, ';'))) AS code
  FROM ({AWARDS}) WHERE position(';' IN supplier) = 0 AND classification_codes IS NOT NULL
)
SELECT supplier, count(DISTINCT process_id) AS processes,
       count(DISTINCT regexp_replace(code, '([^:]*:)?(..).*', '\\1\\2')) AS groups
FROM codes WHERE code <> '' GROUP BY supplier ORDER BY supplier
"""
ASKED = f"""
SELECT a.*, f.founded_date FROM ({AWARDS}) a
LEFT JOIN (
  SELECT s.name, max(r.founded_date) AS founded_date FROM party_record s
  JOIN party_record r ON r.entity_id = s.entity_id
  WHERE s.kind = 'supplier' AND r.founded_date IS NOT NULL GROUP BY s.name
) f ON f.name = trim(a.supplier_names)
WHERE a.process_id IN (SELECT scope_id FROM exposure WHERE scope_kind = 'process')
ORDER BY a.process_id, a.notice_id, a.line_id, a.source
"""


def heterogeneous(
    db: duckdb.DuckDBPyConnection, least: int = PROCESSES_AT_LEAST
) -> pl.DataFrame:
    """Suppliers whose goods are of more kinds than the fence over all suppliers allows.

    Args:
        db: Connection in which `procurement_notice` is visible.
        least: Processes won from which on a supplier is asked (count).

    Returns:
        supplier, processes, groups (distinct first two digits of the codes of what it won), is_wide:
        above the upper quartile plus 1.5 times the range between quartiles.
    """
    won: pl.DataFrame = db.sql(VARIETY).pl()
    asked = won.filter(pl.col("processes") >= least)
    low, high = (pl.col("groups").quantile(q, "linear") for q in (0.25, 0.75))
    return asked.with_columns(is_wide=pl.col("groups") > high + FENCE * (high - low))


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Count the marks of the suppliers of every process that a facility is tied to."""
    stand_ins(db)
    notices, exposed = processes.read(db)
    awards = _marked(db)
    facts = processes.asked(awards, notices, exposed, wanted=processes.stands())
    evidence = _evidence(facts, awards)
    keys = ["process_id", "notice_id", "line_id", "source"]
    said = (
        awards.filter(pl.col("marks") != "")
        .join(notices.select("row", *keys), on=keys)
        .select("row", quote=pl.format("{}: {}", "supplier", "marks"), is_strong=pl.lit(value=True))
    )  # fmt: skip
    return answered(CODE, evidence, processes.sources(notices, said, evidence))


def _marked(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Awards of processes that a facility is tied to: each mark as yes, no or not known."""
    wide = heterogeneous(db)
    age = (pl.col("notice_date") - pl.col("founded_date")).dt.total_days()
    awards: pl.DataFrame = db.sql(ASKED).pl()
    return (
        awards.join(wide, on="supplier", how="left", maintain_order="left")
        .with_columns(
            is_single=pl.col("tenderers_count") == 1,
            is_young=pl.when(age >= 0).then(age <= YOUNG_DAYS),
        )
        .with_columns(
            marks=pl.concat_str(
                pl.when("is_single").then(pl.lit("the only bid")),
                pl.when("is_wide").then(pl.format("goods of {} kinds", "groups")),
                pl.when("is_young").then(pl.format("founded on {}", "founded_date")),
                separator="; ",
                ignore_nulls=True,
            )
        )
    )


def _evidence(facts: pl.DataFrame, awards: pl.DataFrame) -> pl.DataFrame:
    marks = ("is_single", "is_wide", "is_young")
    per_process = awards.group_by("process_id", maintain_order=True).agg(
        *(pl.col(mark).any(ignore_nulls=False) for mark in marks),
        said=pl.col("marks").filter(pl.col("marks") != "").unique(maintain_order=True).str.join("; "),
        names_from=pl.col("notice_date").filter(pl.col("marks") != "").min(),
    )  # fmt: skip
    found = facts.join(
        per_process.with_columns(is_awarded=pl.lit(value=True)), on="process_id", how="left"
    ).with_columns(
        observed=pl.sum_horizontal(pl.col(mark).fill_null(value=False) for mark in marks),
        known=pl.sum_horizontal(pl.col(mark).is_not_null() for mark in marks),
    )
    cases = (
        (pl.col("origin_id").is_null(), "no_data", pl.lit("No notice of this process is at hand.")),
        (pl.col("is_awarded").is_null(), "not_applicable", pl.lit("No award that stands names a supplier.")),
        (pl.col("observed") >= THRESHOLD, "flag", pl.format("Marks of its suppliers: {}.", "said")),
        (pl.col("known") == 0, "no_data", pl.lit("Neither bids nor the supplier's age or other awards are known.")),
        (pl.lit(value=True), "no_flag", pl.format("None of the marks, of {} that could be asked.", "known")),
    )  # fmt: skip
    judged = found.with_columns(
        result=pl.coalesce(pl.when(case).then(pl.lit(result)) for case, result, _ in cases),
        statement=pl.coalesce(pl.when(case).then(words) for case, _, words in cases),
        kind=pl.lit(KIND),
    )
    return processes.rows(judged, "marks", THRESHOLD, share(CODE, processes.PROCESS))


INDICATOR = Indicator(
    code=CODE,
    family="procurement",
    title="A supplier was alone, of many trades, or young",
    unit="marks",
    scope_kinds=(processes.PROCESS,),
    reads=(PROCUREMENT_NOTICE, PARTY_RECORD, EXPOSURE, FACILITY),
    threshold=THRESHOLD,
    benign_causes=(
        "a market with few suppliers, where one bid is usual",
        "a general dealer or a framework contract",
        "a project company or a new branch of an old firm",
        "bids that were not published",
    ),
    compute=compute,
    kinds=(KIND,),
)
