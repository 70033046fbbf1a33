"""Names of accelerators in notices, held against the policy clock: what R01 and R02 share.

R01 asks awards and contracts, R02 tenders, plans, and awards that came to nothing.
"""

from dataclasses import dataclass

import duckdb
import polars as pl

from indicia.indicators import chip_mentions, processes
from indicia.indicators.answer import answered
from indicia.indicators.base import Found
from indicia.indicators.detectability import share
from indicia.indicators.licence_of_names import judged_names

THRESHOLD = 1.0
COMPANIES = """
SELECT DISTINCT e.scope_id AS process_id, p.headquarters_iso2 AS headquarters
FROM exposure e JOIN facility_party p USING (facility_id)
WHERE e.scope_kind = 'process' AND p.role IN ('owner', 'operator', 'user')
  AND p.headquarters_iso2 IS NOT NULL
ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Question:
    """Which notices are asked.

    Args:
        code: The indicator.
        kind: Row of the likelihood table where licences for a part were hardly to be had.
        open_kind: Row of it where licences for every part were being granted, or judged case by case.
        asks_awards: Awards and contracts that stand; all other notices otherwise.
        subject: What names the part, to begin a sentence with.
        lacking: What is not at hand where nothing can be asked.
    """

    code: str
    kind: str
    open_kind: str
    asks_awards: bool
    subject: str
    lacking: str


def compute(db: duckdb.DuckDBPyConnection, question: Question) -> Found:
    """Answer for every process whose notices asked name a chip, and for those a facility is tied to."""
    notices, exposed = processes.read(db)
    firm = pl.col("stage").is_in(processes.FIRMS_UP) & processes.stands()
    wanted = firm if question.asks_awards else ~firm
    named = chip_mentions.mentions(notices.select("row", "text"))
    judged = _settled(
        judged_names(notices, named, db.sql(COMPANIES).pl()).with_columns(is_award=firm)
    )
    asked = judged.filter(pl.col("is_award") == question.asks_awards)
    facts = processes.asked(asked, notices, exposed, wanted=wanted)
    evidence = _evidence(facts, judged, asked, question)
    yes = pl.col("is_counted") & (pl.col("controlled") == "yes") & ~pl.col("is_settled")
    said = asked.with_columns(is_strong=yes)
    return answered(
        question.code, evidence, processes.sources(notices.filter(wanted), said, evidence)
    )


def _settled(judged: pl.DataFrame) -> pl.DataFrame:
    """What an award of a day without control settled is not undone by a plan that names it again."""
    counts, award = pl.col("is_counted"), pl.col("is_award")
    no, yes = (counts & award & (pl.col("controlled") == answer) for answer in ("no", "yes"))
    over = ("process_id", "names")
    return judged.with_columns(is_settled=~award & no.any().over(over) & ~yes.any().over(over))


def _evidence(
    facts: pl.DataFrame, judged: pl.DataFrame, asked: pl.DataFrame, question: Question
) -> pl.DataFrame:
    """Merge the notices of each process."""
    verdict = pl.col("controlled")
    yes, unknown = verdict == "yes", verdict == "unknown"
    said = asked.filter("is_counted")
    chips = (
        said.filter(~pl.col("is_settled"))
        .group_by("process_id", maintain_order=True)
        .agg(
            observed=pl.col("variants").filter(yes).n_unique(),
            is_closed=(yes & pl.col("is_closed")).any(),
            unknown=unknown.sum(),
            uncontrolled=(verdict == "no").sum(),
            names=processes.listed("names", yes),
            unknown_names=processes.listed("names", unknown),
            place=processes.listed("destination", yes),
            why=pl.col("why").filter(unknown).first(),
            names_from=pl.col("first_date").filter(yes).min(),
        )
    )
    counted, award = pl.col("is_counted"), pl.col("is_award")
    elsewhere = judged.group_by("process_id").agg(
        is_awarded=(counted & award & yes).any(), is_settled=pl.col("is_settled").any()
    )
    counts = ("observed", "unknown", "uncontrolled")
    found = (
        facts.join(chips, on="process_id", how="left")
        .join(elsewhere, on="process_id", how="left")
        .with_columns(
            pl.col(counts).fill_null(0),
            pl.col("is_awarded", "is_settled", "is_closed").fill_null(value=False),
        )
    )
    outranked = pl.col("is_awarded") & pl.lit(not question.asks_awards)
    result = (
        pl.when(~pl.col("has_text") | pl.col("ends_date").is_null())
        .then(pl.lit("no_data"))
        .when(processes.is_old())
        .then(pl.lit("not_applicable"))
        .when(pl.col("observed") >= THRESHOLD)
        .then(pl.lit("flag"))
        .when(outranked)
        .then(pl.lit("not_applicable"))
        .when(pl.col("unknown") > 0)
        .then(pl.lit("no_data"))
        .otherwise(pl.lit("no_flag"))
    )
    is_open = (pl.col("observed") >= THRESHOLD) & ~pl.col("is_closed")
    judged_rows = found.with_columns(
        result=result,
        kind=pl.when(is_open).then(pl.lit(question.open_kind)).otherwise(pl.lit(question.kind)),
        statement=_statement(question, outranked),
    )
    return processes.rows(
        judged_rows, "chips", THRESHOLD, share(question.code, processes.PROCESS)
    )


def _statement(question: Question, outranked: pl.Expr) -> pl.Expr:
    licence = question.subject + " names {}: a licence was needed for {} on its date{}."
    route = (
        pl.when("is_closed")
        .then(pl.lit(", and was hardly to be had"))
        .otherwise(pl.lit("; licences for it were granted, or judged case by case"))
    )
    told = question.subject + (
        " names {}; whether a licence was needed on its date cannot be told ({})."
    )
    free = question.subject + " names a chip that needed no licence there on its date."
    return (
        pl.when(~pl.col("has_text"))
        .then(pl.lit(f"No text of {question.lacking} of this process is at hand."))
        .when(pl.col("ends_date").is_null())
        .then(pl.lit("Its notices carry no date, so the rule in force cannot be told."))
        .when(processes.is_old())
        .then(pl.lit("All its notices are older than the first control on accelerators."))
        .when(pl.col("observed") >= THRESHOLD)
        .then(pl.format(licence, "names", "place", route))
        .when(outranked)
        .then(pl.lit("An award of this process names the part; what was planned adds nothing."))
        .when(pl.col("unknown") > 0)
        .then(pl.format(told, "unknown_names", "why"))
        .when(pl.col("is_settled"))
        .then(pl.lit("What it names was awarded on a day on which no licence was needed."))
        .when(pl.col("uncontrolled") > 0)
        .then(pl.lit(free))
        .otherwise(
            pl.lit(f"{question.subject} names no chip of our chip table as the thing bought.")
        )
    )
