"""From weights to words: verdicts, rivals, and what would be worth knowing next."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from indicia.indicators.base import Indicator
from indicia.schema import ASSESSMENT_RIVAL, RIVALS
from indicia.scoring import fusion
from indicia.scoring.hypotheses import (
    FAMILIES,
    HYPOTHESES,
    NOT_STATED,
    Floats,
    likelihoods,
    settings,
)


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
    families_for = (weights[rows, :, rival] > 0).sum(axis=1)
    evidence = np.clip(weights.sum(axis=1), -caps["total_bans"], caps["total_bans"])[
        rows, rival
    ]
    low, high = (reached + np.log10(f) for f in lead["prior_factors"])
    verdicts = [
        _verdicts(s, families_for, allowed["is_admissible"].to_numpy(), lead)
        for s in (reached, low, high)
    ]
    counted = results.group_by("facility_id", maintain_order=True).agg(
        computable_count=pl.col("result").is_in(["flag", "no_flag"]).sum().cast(pl.Int64),
        applicable_count=(pl.col("result") != "not_applicable").sum().cast(pl.Int64),
    )
    return (
        facilities.select("facility_id")
        .with_columns(
            verdict=pl.Series(verdicts[0]),
            prior_class=classes.fill_null(NOT_STATED),
            is_prior_stated=is_stated,
            support_bans=pl.Series(reached),
            strongest_rival=pl.Series(np.array(RIVALS)[rival].tolist(), dtype=pl.String),
            evidence_bans=pl.Series(evidence),
            support_low_bans=pl.Series(low),
            support_high_bans=pl.Series(high),
            is_prior_driven=pl.Series(
                (verdicts[0] != verdicts[1]) | (verdicts[0] != verdicts[2])
            ),
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


def _verdicts(
    support: Floats, families_for: Floats, is_admissible: Floats, lead: Mapping[str, float]
) -> Floats:
    is_lead = (support >= lead["threshold_bans"]) & (families_for >= lead["families_at_least"])
    chosen = np.where(is_lead, "lead", np.where(families_for > 0, "watch", "no lead"))
    return np.where(is_admissible, chosen, "reference site")


def worth_knowing(
    facilities: pl.DataFrame,
    catalogue: Sequence[Indicator],
    results: pl.DataFrame,
    merged: fusion.Merged,
    shape: tuple[int, int],
    prior: Floats,
) -> pl.DataFrame:
    """The missing indicator whose flag at the facility itself would raise support most."""
    caps = settings()["caps"]
    now, _ = fusion.support(
        fusion.families(merged, shape, caps["family_bans"]), prior, caps["total_bans"]
    )
    names, gains = [], []
    kinds = likelihoods().filter(pl.col("kind").is_in([i.kinds[0] for i in catalogue]))
    for indicator in catalogue:
        given = kinds.filter(pl.col("kind") == indicator.kinds[0])
        cap = given["ratio_cap"].fill_null(float("nan")).to_numpy()
        value = fusion.bans(given.select(HYPOTHESES).to_numpy(), np.ones(1), cap)
        missing = (
            results.filter(pl.col("indicator") == indicator.code)["result"] == "no_data"
        ).to_numpy()
        at = np.flatnonzero(missing)
        extra = np.repeat(value, len(at), axis=0)
        joined = fusion.Merged(
            np.concatenate([merged.facility, at]),
            np.concatenate([merged.family, np.full(len(at), FAMILIES.index(indicator.family))]),
            np.concatenate([merged.gain, np.maximum(extra, 0)]),
            np.concatenate([merged.loss, np.maximum(-extra, 0)]),
            merged.counts,
        )
        then, _ = fusion.support(
            fusion.families(joined, shape, caps["family_bans"]), prior, caps["total_bans"]
        )
        names.append(indicator.code)
        gains.append(np.where(missing, then - now, -np.inf))
    table = np.stack(gains) if gains else np.full((1, facilities.height), -np.inf)
    best = table.argmax(axis=0)
    gain = table[best, np.arange(facilities.height)]
    known = gain > 0
    return facilities.select("facility_id").with_columns(
        next_indicator=pl.Series(
            [names[b] if k else None for b, k in zip(best, known, strict=True)], dtype=pl.String
        ),
        next_gain_bans=pl.Series(np.where(known, gain, np.nan)).fill_nan(None),
    )


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
    return ASSESSMENT_RIVAL.check(made)
