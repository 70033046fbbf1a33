"""An award (or a tender or plan) names an accelerator that needed a licence there on its date.

Unit: chips. Reads: procurement_notice (title, text, stage, notice_date, date_precision, country),
exposure, facility (country), facility_party (headquarters). The policy clock decides.
Benign causes: stock from before the rule, a licence, an exception, cloud rental.
Method: docs/indicators/R01.md.
"""

import duckdb
import polars as pl

from indicia.indicators import chip_mentions, processes
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.licence_of_names import judged_names
from indicia.schema import EXPOSURE, FACILITY, FACILITY_PARTY, PROCUREMENT_NOTICE

CODE = "R01"
AWARD, PLAN = "tender_award_names_controlled_chip", "plan_names_controlled_chip"
THRESHOLD = 1.0
COMPANIES = """
SELECT DISTINCT e.scope_id AS process_id, p.headquarters_iso2 AS headquarters
FROM exposure e JOIN facility_party p USING (facility_id)
WHERE e.scope_kind = 'process' AND p.role IN ('owner', 'operator', 'user')
  AND p.headquarters_iso2 IS NOT NULL
ORDER BY ALL
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process that names a chip, and for those a facility is tied to."""
    notices, exposed = processes.read(db)
    companies = db.sql(COMPANIES).pl()
    named = chip_mentions.mentions(notices.select("row", "text"))
    judged = judged_names(notices, named, companies)
    evidence = _evidence(
        processes.asked(judged, notices, exposed, wanted=pl.lit(value=True)), judged
    )
    strong = pl.col("is_counted") & (pl.col("controlled") == "yes")
    said = judged.with_columns(is_strong=strong)
    return answered(CODE, evidence, processes.sources(notices, said, evidence))


def _evidence(facts: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Merge the notices of each process; what an award names outranks what a tender names."""
    yes, award = pl.col("controlled") == "yes", pl.col("is_award")
    # What an award of an earlier day settled is not undone by a later plan that names it again.
    settled = ((pl.col("controlled") == "no") & award).any() & ~(yes & award).any()
    said = (
        judged.filter("is_counted")
        .with_columns(is_award=pl.col("stage").is_in(processes.FIRMS_UP) & processes.stands())
        .filter(award | ~settled.over("process_id", "names"))
    )
    chips = said.group_by("process_id", maintain_order=True).agg(
        awarded=pl.col("variants").filter(yes & award).n_unique(),
        planned=pl.col("variants").filter(yes).n_unique(),
        unknown=pl.col("variants").filter(pl.col("controlled") == "unknown").n_unique(),
        uncontrolled=pl.col("variants").filter(pl.col("controlled") == "no").n_unique(),
        awarded_names=processes.listed("names", yes & award),
        planned_names=processes.listed("names", yes),
        unknown_names=processes.listed("names", pl.col("controlled") == "unknown"),
        place=processes.listed("destination", yes),
        why=pl.col("why").filter(pl.col("controlled") == "unknown").first(),
        names_from=pl.col("first_date").filter(yes).min(),
    )
    counts = ("awarded", "planned", "unknown", "uncontrolled")
    found = (
        facts.join(chips, on="process_id", how="left")
        .with_columns(pl.col(counts).fill_null(0))
        .with_columns(
            observed=pl.when(pl.col("awarded") > 0).then("awarded").otherwise("planned")
        )
    )
    unread = ~pl.col("has_text")
    undated = pl.col("ends_date").is_null()
    result = (
        pl.when(unread | undated)
        .then(pl.lit("no_data"))
        .when(processes.is_old())
        .then(pl.lit("not_applicable"))
        .when(pl.col("observed") >= THRESHOLD)
        .then(pl.lit("flag"))
        .when(pl.col("unknown") > 0)
        .then(pl.lit("no_data"))
        .otherwise(pl.lit("no_flag"))
    )
    return processes.rows(
        found.with_columns(
            result=result,
            kind=pl.when((pl.col("awarded") > 0) | (pl.col("planned") == 0))
            .then(pl.lit(AWARD))
            .otherwise(pl.lit(PLAN)),
        ).with_columns(statement=_statement(unread)),
        "chips",
        THRESHOLD,
        share(CODE, processes.PROCESS),
    )


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
