"""From weights to words: verdicts, and H1 against each rival."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.schema import ASSESSMENT_RIVAL, RIVALS
from indicia.scoring import fusion
from indicia.scoring.hypotheses import FAMILIES, NOT_STATED, Floats, settings


@dataclass(frozen=True, slots=True)
class Words:
    """When the first hypothesis is a lead, and what is said where it is not asked.

    Args:
        lead: `threshold_bans` and `families_at_least`.
        apart: The verdict where it cannot be asked.
    """

    lead: Mapping[str, float]
    apart: str = "reference site"


def judge(
    facilities: pl.DataFrame,
    weights: Floats,
    prior: Floats,
    is_stated: pl.Series,
    classes: pl.Series,
    allowed: pl.DataFrame,
    results: pl.DataFrame,
) -> pl.DataFrame:
    """One row per facility: verdict, support against its strongest rival, coverage, sensitivity."""
    lead, caps = settings()["lead"], settings()["caps"]
    reached, rival = fusion.support(weights, prior, caps["total_bans"])
    rows = np.arange(facilities.height)
    families_for = fusion.favouring(weights, prior, caps["favours_from_bans"]).sum(axis=1)
    is_open = fusion.is_favoured_over(weights, rival, caps["favours_from_bans"])
    evidence = np.clip(weights.sum(axis=1), -caps["total_bans"], caps["total_bans"])[
        rows, rival
    ]
    low, high = (reached + np.log10(f) for f in lead["prior_factors"])
    each = [
        verdicts_of(s, families_for, is_open, allowed["is_admissible"].to_numpy(), Words(lead))
        for s in (reached, low, high)
    ]
    counted = results.group_by("facility_id", maintain_order=True).agg(
        computable_count=pl.col("result").is_in(["flag", "no_flag"]).sum().cast(pl.Int64),
        applicable_count=(pl.col("result") != "not_applicable").sum().cast(pl.Int64),
    )
    return (
        facilities.select("facility_id")
        .with_columns(
            verdict=pl.Series(each[0]),
            prior_class=classes.fill_null(NOT_STATED),
            is_prior_stated=is_stated,
            support_bans=pl.Series(reached),
            strongest_rival=pl.Series(np.array(RIVALS)[rival].tolist(), dtype=pl.String),
            evidence_bans=pl.Series(evidence),
            support_low_bans=pl.Series(low),
            support_high_bans=pl.Series(high),
            is_prior_driven=pl.Series((each[0] != each[1]) | (each[0] != each[2])),
            families_for_count=pl.Series(families_for.astype(np.int64)),
        )
        .join(allowed, on="facility_id")
        .join(counted, on="facility_id", how="left")
        .with_columns(pl.col("computable_count", "applicable_count").fill_null(0))
        .with_columns(
            coverage_share=pl.when(pl.col("applicable_count") > 0)
            .then(pl.col("computable_count") / pl.col("applicable_count"))
            .otherwise(0.0)
        )
    )


def verdicts_of(
    support: Floats,
    families_for: fusion.Integers,
    is_open: fusion.Booleans,
    is_admissible: Floats,
    words: Words,
) -> Floats:
    """Lead, watch or no lead; another word where the first hypothesis cannot be asked.

    Args:
        support: Bans against the strongest rival.
        families_for: Families that favour the first hypothesis over its rivals together (count).
        is_open: Whether any family favours it over the strongest rival.
        is_admissible: Whether it can be asked.
        words: When it is a lead, and the word where it cannot be asked.
    """
    lead = words.lead
    is_lead = (support >= lead["threshold_bans"]) & (families_for >= lead["families_at_least"])
    chosen = np.where(is_lead, "lead", np.where(is_open, "watch", "no lead"))
    return np.where(is_admissible, chosen, words.apart)


def left_out(
    assessed: pl.DataFrame, weights: Floats, prior: Floats, rivals: Sequence[str], words: Words
) -> pl.DataFrame:
    """What each family weighs, and what would be left if it had said nothing.

    Args:
        assessed: What identifies each, with `is_admissible`.
        weights: Assessed x families x rivals (bans).
        prior: Assessed x rivals (bans).
        rivals: Names of the rivals.
        words: When it is a lead, and the word where the first hypothesis is not asked.

    Returns:
        What identifies each, family, weight_bans (against the strongest rival), support_without_bans,
        rival_without (the then strongest), verdict_without; one row per assessed and family.
    """
    caps = settings()["caps"]
    _, rival = fusion.support(weights, prior, caps["total_bans"])
    favours = fusion.favouring(weights, prior, caps["favours_from_bans"])
    rows = np.arange(len(rival))
    made = []
    for number, name in enumerate(FAMILIES):
        rest = weights.copy()
        rest[:, number] = 0
        support, strongest = fusion.support(rest, prior, caps["total_bans"])
        families_for = favours.sum(axis=1) - favours[:, number]
        is_open = fusion.is_favoured_over(rest, strongest, caps["favours_from_bans"])
        then = verdicts_of(
            support, families_for, is_open, assessed["is_admissible"].to_numpy(), words
        )
        made.append(
            assessed.drop("is_admissible").with_columns(
                family=pl.lit(name),
                weight_bans=pl.Series(weights[rows, number, rival]),
                support_without_bans=pl.Series(support),
                rival_without=pl.Series(np.array(rivals)[strongest].tolist(), dtype=pl.String),
                verdict_without=pl.Series(then, dtype=pl.String),
            )
        )
    return pl.concat(made)


def rivals(
    facilities: pl.DataFrame, weights: Floats, prior: Floats, cap: float
) -> pl.DataFrame:
    """One row per facility and rival: prior, evidence and support, in bans."""
    evidence = np.clip(weights.sum(axis=1), -cap, cap)
    rows = facilities.select("facility_id").join(
        pl.DataFrame({"rival": RIVALS}, schema={"rival": pl.String}),
        how="cross",
        maintain_order="left_right",
    )
    made = rows.with_columns(
        prior_bans=pl.Series(prior.ravel()),
        evidence_bans=pl.Series(evidence.ravel()),
        support_bans=pl.Series((evidence + prior).ravel()),
    )
    return ASSESSMENT_RIVAL.check(made, is_unique=True)
