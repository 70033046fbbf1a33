"""An award (or a tender or plan) names an accelerator that needed a licence there on its date.

Unit: chips. Reads: procurement_notice (title, text, stage, notice_date, date_precision, country),
exposure, facility (country), facility_party (headquarters). The policy clock decides.
Benign causes: stock from before the rule, a licence, an exception, cloud rental.
Method: docs/indicators/R01.md.
"""

import duckdb
import polars as pl

from indicia.indicators import chip_mentions
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.licence_of_names import judged_names, placed
from indicia.reference.clock.spans import first_day
from indicia.schema import EXPOSURE, FACILITY, FACILITY_PARTY, PROCUREMENT_NOTICE

CODE = "R01"
AWARD, PLAN = "tender_award_names_controlled_chip", "plan_names_controlled_chip"
THRESHOLD = 1.0
FIRMS_UP = ("award", "contract")
CAME_TO_NOTHING = ("cancelled", "unsuccessful", "withdrawn", "terminated")
QUOTES = 5

NOTICES = """
SELECT row_number() OVER (ORDER BY n.process_id, n.notice_id, n.line_id, n.source) AS row,
       n.process_id, n.notice_id, n.line_id, n.stage, lower(coalesce(n.status, '')) AS status,
       n.notice_date AS first_date, n.date_precision, n.country_iso2,
       concat(coalesce(n.title, ''), chr(10), coalesce(n.text, '')) AS text,
       n.source, n.source_url, n.fetch_id, n.origin_id, n.reliability
FROM procurement_notice n
"""
EXPOSED = """
SELECT e.scope_id AS process_id, min(e.origin_id) AS exposed_origin_id,
       CASE WHEN count(DISTINCT f.country_iso2) = 1 THEN min(f.country_iso2) END AS tied_iso2
FROM exposure e LEFT JOIN facility f USING (facility_id)
WHERE e.scope_kind = 'process' GROUP BY e.scope_id ORDER BY e.scope_id
"""
COMPANIES = """
SELECT DISTINCT e.scope_id AS process_id, p.headquarters_iso2 AS headquarters
FROM exposure e JOIN facility_party p USING (facility_id)
WHERE e.scope_kind = 'process' AND p.role IN ('owner', 'operator', 'user')
  AND p.headquarters_iso2 IS NOT NULL
ORDER BY ALL
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process that names a chip, and for those a facility is tied to."""
    exposed, companies = db.sql(EXPOSED).pl(), db.sql(COMPANIES).pl()
    notices = placed(db.sql(NOTICES).pl(), exposed)
    named = chip_mentions.mentions(notices.select("row", "text"))
    judged = judged_names(notices, named, companies)
    asked = pl.concat([judged.select("process_id"), exposed.select("process_id")]).unique()
    processes = _processes(asked, notices, judged, exposed.drop("tied_iso2"))
    return answered(CODE, processes, _sources(notices, judged, processes))


def _processes(
    asked: pl.DataFrame, notices: pl.DataFrame, judged: pl.DataFrame, exposed: pl.DataFrame
) -> pl.DataFrame:
    """Merge the notices of each process; what an award names outranks what a tender names."""
    yes, award = pl.col("controlled") == "yes", pl.col("is_award")
    # What an award of an earlier day settled is not undone by a later plan that names it again.
    settled = ((pl.col("controlled") == "no") & award).any() & ~(yes & award).any()
    said = (
        judged.filter("is_counted")
        .with_columns(
            is_award=pl.col("stage").is_in(FIRMS_UP) & ~pl.col("status").is_in(CAME_TO_NOTHING)
        )
        .filter(award | ~settled.over("process_id", "names"))
    )
    chips = said.group_by("process_id", maintain_order=True).agg(
        awarded=pl.col("variants").filter(yes & award).n_unique(),
        planned=pl.col("variants").filter(yes).n_unique(),
        unknown=pl.col("variants").filter(pl.col("controlled") == "unknown").n_unique(),
        uncontrolled=pl.col("variants").filter(pl.col("controlled") == "no").n_unique(),
        awarded_names=_listed("names", yes & award),
        planned_names=_listed("names", yes),
        unknown_names=_listed("names", pl.col("controlled") == "unknown"),
        place=_listed("destination", yes),
        why=pl.col("why").filter(pl.col("controlled") == "unknown").first(),
        names_from=pl.col("first_date").filter(yes).min(),
    )
    spans = notices.group_by("process_id").agg(
        starts_date=pl.col("first_date").min(),
        ends_date=pl.col("last_date").max(),
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
        .when(pl.col("ends_date") < first_day())
        .then(pl.lit("not_applicable"))
        .when(pl.col("observed") >= THRESHOLD)
        .then(pl.lit("flag"))
        .when(pl.col("unknown") > 0)
        .then(pl.lit("no_data"))
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


def _listed(column: str, wanted: pl.Expr) -> pl.Expr:
    return pl.col(column).filter(wanted).unique().sort().str.join(", ")


def _statement(unread: pl.Expr) -> pl.Expr:
    licence = "a licence was needed for {} on its date."
    return (
        pl.when(unread)
        .then(pl.lit("No text of this process is at hand."))
        .when(pl.col("ends_date").is_null())
        .then(pl.lit("Its notices carry no date, so the rule in force cannot be told."))
        .when(pl.col("result") == "not_applicable")
        .then(pl.lit("All its notices are older than the first control on accelerators."))
        .when(pl.col("awarded") > 0)
        .then(pl.format("An award names {}: " + licence, "awarded_names", "place"))
        .when(pl.col("planned") > 0)
        .then(
            pl.format(
                "A tender or plan, no award, names {}: " + licence, "planned_names", "place"
            )
        )
        .when(pl.col("unknown") > 0)
        .then(
            pl.format(
                "It names {}; whether a licence was needed on its date cannot be told ({}).",
                "unknown_names",
                "why",
            )
        )
        .when(pl.col("uncontrolled") > 0)
        .then(pl.lit("It names a chip that needed no licence there on its date."))
        .otherwise(pl.lit("It names no chip of our chip table as the thing bought."))
    )


def _sources(
    notices: pl.DataFrame, judged: pl.DataFrame, processes: pl.DataFrame
) -> pl.DataFrame:
    """The notices that name a chip, those that count first; else the first notice that was read."""
    computed = processes.filter(pl.col("result").is_in(["flag", "no_flag"])).select("scope_id")
    rank = (pl.col("is_counted") & (pl.col("controlled") == "yes")).fill_null(value=False)
    words = notices.join(
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
    reads=(PROCUREMENT_NOTICE, EXPOSURE, FACILITY, FACILITY_PARTY),
    threshold=THRESHOLD,
    benign_causes=(
        "stock that came in before the rule",
        "a licence, or a licence exception",
        "a buyer that is not the user",
        "rental of computing abroad",
        "a plan that was never carried out",
    ),
    compute=compute,
    kinds=(AWARD, PLAN),
)
