"""An award (or a tender or plan) names an accelerator that needed a licence on its date.

Unit: chips. Reads: procurement_notice (title, text, stage, notice_date), exposure.
Benign causes: stock from before the rule, a licence, a buyer where none is needed, cloud rental.
Method: docs/indicators/R01.md.
"""

import duckdb
import polars as pl

from indicia.indicators import chip_mentions
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.reference.chips import TEST_2022_FROM, controlled_on, named_by
from indicia.schema import EXPOSURE, PROCUREMENT_NOTICE

CODE = "R01"
AWARD, PLAN = "tender_award_names_controlled_chip", "plan_names_controlled_chip"
THRESHOLD = 1.0
FIRMS_UP = ("award", "contract")
CAME_TO_NOTHING = ("cancelled", "unsuccessful", "withdrawn", "terminated")
QUOTES = 5

NOTICES = """
SELECT row_number() OVER (ORDER BY n.process_id, n.notice_id, n.line_id, n.source) AS row,
       n.process_id, n.notice_id, n.line_id, n.stage, lower(coalesce(n.status, '')) AS status,
       n.notice_date, concat(coalesce(n.title, ''), chr(10), coalesce(n.text, '')) AS text,
       n.source, n.source_url, n.fetch_id, n.origin_id, n.reliability
FROM procurement_notice n
"""
EXPOSED = """
SELECT scope_id AS process_id, min(origin_id) AS exposed_origin_id
FROM exposure WHERE scope_kind = 'process' GROUP BY scope_id ORDER BY scope_id
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process that names a chip, and for those a facility is tied to."""
    notices, exposed = db.sql(NOTICES).pl(), db.sql(EXPOSED).pl()
    named = chip_mentions.mentions(notices.select("row", "text"))
    judged = _judged(notices, named)
    asked = pl.concat([judged.select("process_id"), exposed.select("process_id")]).unique()
    processes = _processes(asked, notices, judged, exposed)
    return answered(CODE, processes, _sources(notices, judged, processes))


def _judged(notices: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """One row per notice and name that is no domestic chip: controlled `yes`, `no` or `unknown`.

    A name that several variants share is controlled only if all of them were.
    """
    meant = named_by().filter(pl.col("is_domestic_cn") == "N").select("key", "chip")
    each = (
        named.join(notices.drop("text"), on="row", how="inner")
        .join(meant, on="key", how="inner")
        .with_columns(pl.col("row").cast(pl.Int64))
    )
    dated = each.with_columns(controlled=controlled_on(each["chip"], each["notice_date"]))
    return dated.group_by("row", "key", maintain_order=True).agg(
        pl.col("process_id", "notice_date", "stage", "status").first(),
        variants=pl.col("chip").unique().sort().str.join(" / "),
        quote=pl.col("quote").sort_by("is_counted", descending=True).first(),
        is_counted=pl.col("is_counted").any(),
        controlled=pl.when((pl.col("controlled") == "yes").all())
        .then(pl.lit("yes"))
        .when((pl.col("controlled") == "no").all())
        .then(pl.lit("no"))
        .otherwise(pl.lit("unknown")),
    )


def _processes(
    asked: pl.DataFrame, notices: pl.DataFrame, judged: pl.DataFrame, exposed: pl.DataFrame
) -> pl.DataFrame:
    """Merge the notices of each process; what an award names outranks what a tender names."""
    said = judged.filter("is_counted").with_columns(
        is_award=pl.col("stage").is_in(FIRMS_UP) & ~pl.col("status").is_in(CAME_TO_NOTHING)
    )
    yes, award = pl.col("controlled") == "yes", pl.col("is_award")
    chips = said.group_by("process_id").agg(
        awarded=pl.col("variants").filter(yes & award).n_unique(),
        planned=pl.col("variants").filter(yes).n_unique(),
        unknown=pl.col("variants").filter(pl.col("controlled") == "unknown").n_unique(),
        uncontrolled=pl.col("variants").filter(pl.col("controlled") == "no").n_unique(),
        awarded_names=pl.col("key")
        .filter(yes & award)
        .unique()
        .sort()
        .str.to_uppercase()
        .str.join(", "),
        planned_names=pl.col("key")
        .filter(yes)
        .unique()
        .sort()
        .str.to_uppercase()
        .str.join(", "),
        names_from=pl.col("notice_date").filter(yes).min(),
    )
    spans = notices.group_by("process_id").agg(
        starts_date=pl.col("notice_date").min(),
        ends_date=pl.col("notice_date").max(),
        has_text=(pl.col("text").str.strip_chars().str.len_chars() > 0).any(),
        is_read=pl.lit(value=True),
        origin_id=pl.col("origin_id").min(),
        reliability=pl.col("reliability").max(),
    )
    counts = ("awarded", "planned", "unknown", "uncontrolled")
    facts = (
        asked.join(spans, on="process_id", how="left")
        .join(chips, on="process_id", how="left")
        .join(exposed, on="process_id", how="left")
        .with_columns(pl.col(counts).fill_null(0))
        .with_columns(
            observed=pl.when(pl.col("awarded") > 0).then("awarded").otherwise("planned")
        )
    )
    unread = ~pl.col("is_read").fill_null(value=False) | ~pl.col("has_text").fill_null(
        value=False
    )
    undated = pl.col("ends_date").is_null()
    result = (
        pl.when(unread | undated)
        .then(pl.lit("no_data"))
        .when(pl.col("ends_date") < TEST_2022_FROM)
        .then(pl.lit("not_applicable"))
        .when(pl.col("observed") >= THRESHOLD)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    is_computed = pl.col("result").is_in(["flag", "no_flag"])
    return (
        facts.with_columns(result=result)
        .sort("process_id")
        .select(
            pl.lit("process").alias("scope_kind"),
            pl.col("process_id").alias("scope_id"),
            "result",
            kind=pl.when((pl.col("awarded") > 0) | (pl.col("planned") == 0))
            .then(pl.lit(AWARD))
            .otherwise(pl.lit(PLAN)),
            observed_value=pl.when(is_computed).then(pl.col("observed").cast(pl.Float64)),
            threshold_value=pl.when(is_computed).then(pl.lit(THRESHOLD)),
            unit=pl.lit("chips"),
            statement=_statement(unread),
            starts_date=pl.coalesce("names_from", "starts_date"),
            ends_date=pl.col("ends_date"),
            origin_id=pl.coalesce("origin_id", "exposed_origin_id"),
            reliability=pl.col("reliability"),
            quality_share=pl.lit(1.0),
            detectability_share=pl.when(is_computed).then(pl.lit(share(CODE, "process"))),
        )
    )


def _statement(unread: pl.Expr) -> pl.Expr:
    return (
        pl.when(unread)
        .then(pl.lit("No text of this process is at hand."))
        .when(pl.col("result") == "no_data")
        .then(pl.lit("Its notices carry no date, so the rule in force cannot be told."))
        .when(pl.col("result") == "not_applicable")
        .then(pl.lit("All its notices are older than the first control on accelerators."))
        .when(pl.col("awarded") > 0)
        .then(
            pl.format("An award names {}, controlled for China on its date.", "awarded_names")
        )
        .when(pl.col("planned") > 0)
        .then(
            pl.format(
                "A tender or plan, no award, names {}, controlled for China on its date.",
                "planned_names",
            )
        )
        .when(pl.col("unknown") > 0)
        .then(
            pl.lit(
                "It names a chip of which it is unknown whether it was controlled on its date."
            )
        )
        .when(pl.col("uncontrolled") > 0)
        .then(pl.lit("It names a chip that was not controlled on its date."))
        .otherwise(pl.lit("It names no chip of our chip table as the thing bought."))
    )


def _sources(
    notices: pl.DataFrame, judged: pl.DataFrame, processes: pl.DataFrame
) -> pl.DataFrame:
    """The notices that name a chip, those that count first; else the first notice that was read."""
    computed = processes.filter(pl.col("result").is_in(["flag", "no_flag"])).select("scope_id")
    rank = (pl.col("is_counted") & (pl.col("controlled") == "yes")).fill_null(value=False)
    words = notices.with_columns(pl.col("row").cast(pl.Int64)).join(
        judged.select("row", "quote", "is_counted", "controlled"), on="row", how="left"
    )
    is_award = pl.col("stage").is_in(FIRMS_UP)
    kept = (
        words.join(computed, left_on="process_id", right_on="scope_id", how="semi")
        .with_columns(is_named=pl.col("quote").is_not_null(), is_strong=rank, is_award=is_award)
        .sort("is_strong", "is_named", "is_award", "row", descending=[True, True, True, False])
        .with_columns(place=pl.int_range(pl.len()).over("process_id"))
        .filter((pl.col("place") == 0) | (pl.col("is_named") & (pl.col("place") < QUOTES)))
    )
    title = pl.col("text").str.split("\n").list.first().str.head(120)
    return kept.sort("process_id", "place").select(
        pl.lit("process").alias("scope_kind"),
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


INDICATOR = Indicator(
    code=CODE,
    family="procurement",
    title="A purchase names a controlled accelerator",
    unit="chips",
    scope_kinds=("process",),
    reads=(PROCUREMENT_NOTICE, EXPOSURE),
    threshold=THRESHOLD,
    benign_causes=(
        "stock that came in before the rule",
        "a licence, or a licence exception",
        "a destination or buyer for which none is needed",
        "rental of computing abroad",
        "a plan that was never carried out",
    ),
    compute=compute,
    kinds=("tender_award_names_controlled_chip", "plan_names_controlled_chip"),
)
