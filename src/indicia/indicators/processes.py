"""What indicators of purchases share: notices, the processes a facility is tied to, and their rows."""

import duckdb
import polars as pl

from indicia.indicators import answer
from indicia.indicators.licence_of_names import placed
from indicia.reference.clock.spans import first_day

PROCESS = "process"
FIRMS_UP = ("award", "contract")
CAME_TO_NOTHING = ("cancelled", "unsuccessful", "withdrawn", "terminated")
QUOTES = 5

NOTICES = """
SELECT row_number() OVER (ORDER BY n.process_id, n.notice_id, n.line_id, n.source) AS row,
       n.process_id, n.notice_id, n.line_id, n.stage, lower(coalesce(n.status, '')) AS status,
       n.notice_date AS first_date, n.date_precision, n.country_iso2,
       concat(coalesce(n.title, ''), chr(10), coalesce(n.text, '')) AS text,
       n.amount, upper(trim(n.currency)) AS currency, n.quantity_count,
       n.source, n.source_url, n.fetch_id, n.origin_id, n.reliability
FROM procurement_notice n
"""
EXPOSED = """
SELECT e.scope_id AS process_id, min(e.origin_id) AS exposed_origin_id,
       CASE WHEN count(DISTINCT f.country_iso2) = 1 THEN min(f.country_iso2) END AS tied_iso2
FROM exposure e LEFT JOIN facility f USING (facility_id)
WHERE e.scope_kind = 'process' GROUP BY e.scope_id ORDER BY e.scope_id
"""


def read(db: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every notice with its place and days, and the processes that a facility is tied to."""
    exposed: pl.DataFrame = db.sql(EXPOSED).pl()
    return placed(db.sql(NOTICES).pl(), exposed), exposed


def stands() -> pl.Expr:
    """Whether a notice's award or tender did not come to nothing."""
    return ~pl.col("status").is_in(CAME_TO_NOTHING)


def asked(
    named: pl.DataFrame, notices: pl.DataFrame, exposed: pl.DataFrame, *, wanted: pl.Expr
) -> pl.DataFrame:
    """One row per process that is named or that a facility is tied to, with what is at hand of it.

    Args:
        named: process_id of the processes that name what is asked for.
        notices: As `read` gives them.
        exposed: As `read` gives them.
        wanted: Which notices the question is asked of.

    Returns:
        process_id, starts_date, ends_date, has_text (of the notices wanted), origin_id,
        reliability (of all notices: a tender and its award are one origin), exposed_origin_id.
    """
    text = pl.col("text").str.strip_chars().str.len_chars() > 0
    spans = notices.group_by("process_id").agg(
        starts_date=pl.col("first_date").filter(wanted).min(),
        ends_date=pl.col("last_date").filter(wanted).max(),
        has_text=(text & wanted).any(),
        origin_id=pl.col("origin_id").min(),
        reliability=pl.col("reliability").max(),
    )
    both = pl.concat([named.select("process_id"), exposed.select("process_id")]).unique()
    return (
        both.join(spans, on="process_id", how="left")
        .join(exposed.drop("tied_iso2"), on="process_id", how="left")
        .with_columns(pl.col("has_text").fill_null(value=False))
        .sort("process_id")
    )


def is_old() -> pl.Expr:
    """Whether every notice asked is older than the first control on accelerators."""
    return (pl.col("ends_date") < first_day()).fill_null(value=False)


def rows(facts: pl.DataFrame, unit: str, threshold: float, sight: float) -> pl.DataFrame:
    """Rows of evidence out of facts on processes.

    Args:
        facts: As `asked` gives them, with result, kind, observed, statement and names_from (first
            day of what flags).
        unit: Unit of observed and threshold.
        threshold: What observed was held against.
        sight: Detectability of a computed result.
    """
    given = facts.with_columns(
        threshold=pl.lit(threshold),
        starts_date=pl.coalesce("names_from", "starts_date"),
        origin_id=pl.coalesce("origin_id", "exposed_origin_id"),
        quality_share=pl.lit(1.0),
        sight_share=pl.lit(sight),
    )
    return answer.rows(given, PROCESS, "process_id", unit)


def sources(notices: pl.DataFrame, said: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """The notices that say something, those that count first; else the first notice that was read.

    Args:
        notices: The notices that the question was asked of.
        said: row, quote and is_strong: what was found in a notice, and whether it counts.
        evidence: As `rows` gives them.
    """
    computed = evidence.filter(pl.col("result").is_in(["flag", "no_flag"])).select("scope_id")
    kept = (
        notices.join(said.select("row", "quote", "is_strong"), on="row", how="left")
        .join(computed, left_on="process_id", right_on="scope_id", how="semi")
        .with_columns(
            pl.col("is_strong").fill_null(value=False),
            is_named=pl.col("quote").is_not_null(),
            is_award=pl.col("stage").is_in(FIRMS_UP),
        )
        .sort("is_strong", "is_named", "is_award", "row", descending=[True, True, True, False])
        .with_columns(place=pl.int_range(pl.len()).over("process_id"))
        .filter((pl.col("place") == 0) | (pl.col("is_named") & (pl.col("place") < QUOTES)))
    )
    title = pl.col("text").str.split("\n").list.first().str.head(120)
    return kept.sort("process_id", "place").select(
        pl.lit(PROCESS).alias("scope_kind"),
        pl.col("process_id").alias("scope_id"),
        pl.lit("procurement_notice").alias("table_name"),
        pl.format(
            "process_id={}, notice_id={}, line_id={}", "process_id", "notice_id", "line_id"
        ).alias("row_key"),
        pl.coalesce("quote", title).alias("quote"),
        "source",
        "source_url",
        "fetch_id",
    )


def listed(column: str, wanted: pl.Expr) -> pl.Expr:
    """The distinct values of a group that are wanted, in order, joined by commas."""
    return pl.col(column).filter(wanted).unique().sort().str.join(", ")
