"""Lanes and organisations weighed as facilities are, each with explanations of its own.

The arithmetic is that of `fusion` and `weighing`. One rule is added: one indicator speaks once of
one subject, so a shock that shows in many months, codes or notices is one item. Method: docs/method.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.indicators.base import Indicator
from indicia.reference import tables
from indicia.schema import (
    SUBJECT_ASSESSMENT,
    SUBJECT_FAMILY,
    SUBJECT_ITEM,
    SUBJECT_RESULT,
    SUBJECT_RIVAL,
    SUBJECT_TABLES,
    Table,
)
from indicia.scoring import fusion, multiplicity, weighing
from indicia.scoring.fusion import Floats, Integers
from indicia.scoring.hypotheses import FAMILIES
from indicia.scoring.models import Model, asked, likelihoods, prior_bans
from indicia.scoring.verdict import Words, left_out, verdicts_of

KEY = ("subject_kind", "subject_id")
WEIGHED = (
    "evidence_id", "indicator", "scope_kind", "scope_id", "result", "kind", "ends_date", "origin_id",
    "reliability", "quality_share", "detectability_share", "p_value", "tests_count",
)  # fmt: skip
FACTS = {
    "subject_id": pl.String,
    "name": pl.String,
    "is_admissible": pl.Boolean,
    "admissibility_reason": pl.String,
    "licence_since_date": pl.Date,
    "prior_class": pl.String,
}
EXPOSURES = {
    "subject_id": pl.String,
    "scope_kind": pl.String,
    "scope_id": pl.String,
    "role": pl.String,
    "weight_share": pl.Float64,
    "basis": pl.String,
}


@dataclass(frozen=True, slots=True)
class Subjects:
    """What is asked about: subjects of one kind, and which signals reach them.

    Args:
        model: Their explanations.
        facts: Columns of `FACTS`, one row per subject.
        exposures: Columns of `EXPOSURES`; `role` chooses which kinds of evidence reach the subject
            that way, as the likelihoods say.
    """

    model: Model
    facts: pl.DataFrame
    exposures: pl.DataFrame


def weigh(
    subjects: Subjects, catalogue: Sequence[Indicator], evidence: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Weigh evidence that is already computed.

    Args:
        subjects: What is asked about.
        catalogue: The indicators that were asked.
        evidence: Rows of `evidence`.

    Returns:
        Table name -> rows, for every table of `schema.SUBJECT_TABLES`.

    Raises:
        ReferenceTableError: The likelihoods lack a kind that is seen at such subjects, or are wrong.
    """
    model, facts = subjects.model, subjects.facts.sort("subject_id")
    able = asked(model, catalogue)
    if facts.is_empty():
        return {t.name: t.frame([]) for t in SUBJECT_TABLES}
    attached = weighing.in_time(_attach(subjects, facts, evidence), facts, ["subject_id"])
    items, merged = _items(model, attached)
    caps = tables.settings()["caps"]
    weights = fusion.families(merged, (facts.height, len(FAMILIES)), caps["family_bans"])
    prior = prior_bans(model, facts["prior_class"])
    numbered = facts.select("subject_id").with_row_index("subject_at")
    results = (
        weighing.four_results(numbered.select("subject_at"), able, attached)
        .join(numbered, on="subject_at", maintain_order="left")
        .drop("subject_at")
    )
    return {
        "subject_assessment": _judged(
            model, facts, weights, prior, results, multiplicity.tested(attached, "subject_id")
        ),
        "subject_family": _families(model, facts, weights, prior, results),
        "subject_rival": _rivals(model, facts, weights, prior),
        "subject_item": items,
        "subject_result": _checked(SUBJECT_RESULT, model, results),
    }


def _checked(table: Table, model: Model, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of one kind of subject; keys are unique, since facts and evidence are."""
    made = rows.with_columns(subject_kind=pl.lit(model.kind))
    return table.check(table.fit(made), is_unique=True)


def _attach(subjects: Subjects, facts: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Evidence of the kinds that speak of the subject in the role in which it reaches it, once each."""
    numbered = facts.select("subject_id").with_row_index("subject_at")
    spoken = evidence.select(WEIGHED).sort("evidence_id").with_row_index("evidence_at")
    return (
        subjects.exposures.join(numbered, on="subject_id")
        .join(spoken, on=["scope_kind", "scope_id"])
        .join(likelihoods(subjects.model), on="kind")
        .filter(pl.col("roles").list.contains(pl.col("role")))
        .drop("roles", "reason", "scope_kind", "scope_id")
        .sort("subject_at", "evidence_at", "weight_share", "basis", descending=[False, False, True, False])
        .unique(["subject_at", "evidence_at"], keep="first", maintain_order=True)
    )  # fmt: skip


def _items(model: Model, attached: pl.DataFrame) -> tuple[pl.DataFrame, fusion.Merged]:
    seen = attached.filter(pl.col("result").is_in(weighing.ASKED))
    values = weighing.bans(seen, model.hypotheses)
    family = seen["family"].replace_strict(
        {name: n for n, name in enumerate(FAMILIES)}, return_dtype=pl.Int64
    )
    at = seen["subject_at"].cast(pl.Int64).to_numpy()
    origin = _spoken_once(
        at,
        seen["indicator"].rank("dense").cast(pl.Int64).to_numpy(),
        seen["origin_id"].rank("dense").cast(pl.Int64).to_numpy(),
        values,
    )
    merged = fusion.merge_echoes(at, origin, family.to_numpy(), values)
    rows = seen.select(
        "subject_id",
        "evidence_id",
        "family",
        exposure_share="weight_share",
        exposure_basis="basis",
        is_counted=pl.Series(merged.counts, dtype=pl.Boolean),
    ).with_columns(
        pl.Series(f"over_{rival[1:]}_bans", values[:, n], dtype=pl.Float64)
        for n, rival in enumerate(model.rivals)
    )
    return _checked(SUBJECT_ITEM, model, rows), merged


def _spoken_once(
    subject: Integers, indicator: Integers, origin: Integers, values: Floats
) -> Integers:
    """The origin of each item's strongest fellow of the same subject and indicator.

    Items of one indicator are thereby echoes of one another, and of whatever shares that origin.
    """
    if not len(values):
        return origin
    cell = subject * (indicator.max() + 1) + indicator
    order = np.lexsort((origin, -np.abs(values).max(axis=1), cell))
    is_first = np.diff(cell[order], prepend=-1) != 0
    chosen = np.empty_like(origin)
    chosen[order] = origin[order][is_first][np.cumsum(is_first) - 1]
    return chosen


def _judged(
    model: Model,
    facts: pl.DataFrame,
    weights: Floats,
    prior: Floats,
    results: pl.DataFrame,
    tests: pl.DataFrame,
) -> pl.DataFrame:
    lead, caps = model.lead, tables.settings()["caps"]
    reached, rival = fusion.support(weights, prior, caps["total_bans"])
    rows = np.arange(facts.height)
    families_for = fusion.favouring(weights, prior, caps["favours_from_bans"]).sum(axis=1)
    is_open = fusion.is_favoured_over(weights, rival, caps["favours_from_bans"])
    low, high = (reached + np.log10(f) for f in lead["prior_factors"])
    is_admissible = facts["is_admissible"].to_numpy()
    each = [
        verdicts_of(s, families_for, is_open, is_admissible, Words(lead, model.apart))
        for s in (reached, low, high)
    ]
    computed = pl.col("result").is_in(weighing.ASKED)
    counted = results.group_by("subject_id").agg(
        families_asked_count=pl.col("family").filter(computed).n_unique().cast(pl.Int64),
        computable_count=computed.sum().cast(pl.Int64),
        applicable_count=(pl.col("result") != "not_applicable").sum().cast(pl.Int64),
    )
    judged = facts.with_columns(
        verdict=pl.Series(each[0]),
        support_bans=pl.Series(reached),
        strongest_rival=pl.Series(np.array(model.rivals)[rival].tolist(), dtype=pl.String),
        evidence_bans=pl.Series(reached - prior[rows, rival]),
        support_low_bans=pl.Series(low),
        support_high_bans=pl.Series(high),
        is_prior_driven=pl.Series((each[0] != each[1]) | (each[0] != each[2])),
        families_for_count=pl.Series(families_for.astype(np.int64)),
    ).join(counted, on="subject_id", how="left", maintain_order="left")
    found = (
        judged.join(tests, on="subject_id", how="left", maintain_order="left")
        .with_columns(
            pl.col(
                "families_asked_count",
                "computable_count",
                "applicable_count",
                "tests_count",
                "untested_count",
            ).fill_null(0)
        )
        .with_columns(
            coverage_share=pl.when(pl.col("applicable_count") > 0)
            .then(pl.col("computable_count") / pl.col("applicable_count"))
            .otherwise(0.0)
        )
    )
    return _checked(SUBJECT_ASSESSMENT, model, found)


def _families(
    model: Model, facts: pl.DataFrame, weights: Floats, prior: Floats, results: pl.DataFrame
) -> pl.DataFrame:
    """What each family that was asked does, and what would be left without it."""
    words = Words(model.lead, model.apart)
    made = left_out(
        facts.select("subject_id", "is_admissible"), weights, prior, model.rivals, words
    )
    was_asked = results.filter(pl.col("result").is_in(weighing.ASKED)).select(
        "subject_id", "family"
    )
    told = made.join(was_asked.unique(), on=["subject_id", "family"], how="semi")
    return _checked(SUBJECT_FAMILY, model, told.sort("subject_id", "family"))


def _rivals(model: Model, facts: pl.DataFrame, weights: Floats, prior: Floats) -> pl.DataFrame:
    cap = tables.settings()["caps"]["total_bans"]
    evidence = np.clip(weights.sum(axis=1), -cap, cap)
    made = (
        facts.select("subject_id")
        .join(pl.DataFrame({"rival": model.rivals}), how="cross", maintain_order="left_right")
        .with_columns(
            prior_bans=pl.Series(prior.ravel()),
            evidence_bans=pl.Series(evidence.ravel()),
            support_bans=pl.Series((evidence + prior).ravel()),
        )
    )
    return _checked(SUBJECT_RIVAL, model, made)
