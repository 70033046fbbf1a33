"""From weights to words: verdicts, and H1 against each rival."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from indicia.schema import ASSESSMENT_RIVAL, RIVALS
from indicia.scoring import fusion
from indicia.scoring.hypotheses import NOT_STATED, Floats, settings


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
    evidence = np.clip(weights.sum(axis=1), -caps["total_bans"], caps["total_bans"])[
        rows, rival
    ]
    low, high = (reached + np.log10(f) for f in lead["prior_factors"])
    each = [
        verdicts_of(s, families_for, allowed["is_admissible"].to_numpy(), lead)
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
    is_admissible: Floats,
    lead: Mapping[str, float],
    apart: str = "reference site",
) -> Floats:
    """Lead, watch or no lead; `apart` where the first hypothesis cannot be asked.

    Args:
        support: Bans against the strongest rival.
        families_for: Families that favour the first hypothesis over its rivals together (count).
        is_admissible: Whether it can be asked.
        lead: `threshold_bans` and `families_at_least`.
        apart: The word where it cannot.
    """
    is_lead = (support >= lead["threshold_bans"]) & (families_for >= lead["families_at_least"])
    chosen = np.where(is_lead, "lead", np.where(families_for > 0, "watch", "no lead"))
    return np.where(is_admissible, chosen, apart)


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
