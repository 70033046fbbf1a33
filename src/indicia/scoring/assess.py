"""From observations to assessments: indicators asked, exposures applied, hypotheses weighed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import polars as pl

from indicia.entities.resolve import resolve
from indicia.indicators.base import Indicator
from indicia.schema import (
    ASSESSMENT,
    EVIDENCE,
    EVIDENCE_SOURCE,
    INDICATOR_RESULT,
    ITEM,
    RIVALS,
)
from indicia.scoring import fusion
from indicia.scoring.admissible import admissible, informed
from indicia.scoring.exposure import exposures
from indicia.scoring.hypotheses import (
    FAMILIES,
    HYPOTHESES,
    Floats,
    likelihoods,
    prior_bans,
    prior_class,
    priors,
    require_kinds,
    settings,
)
from indicia.scoring.verdict import judge, rivals, worth_knowing
from indicia.store import unite

Progress = Callable[[str], None]


def assess(
    db: duckdb.DuckDBPyConnection,
    catalogue: Sequence[Indicator],
    on: date,
    progress: Progress = lambda _text: None,
    judgements: pl.DataFrame | None = None,
) -> dict[str, pl.DataFrame]:
    """Settle who is who, then compute every assessment table.

    Args:
        db: Connection in which observation tables are visible by their plain names.
        catalogue: The indicators to ask.
        on: The day the assessment speaks from.
        progress: Told what is being computed.
        judgements: What people decided on records and facilities (JUDGEMENT); none by default.

    Returns:
        Table name -> rows, for every table in `schema.RESOLVED` and `schema.ASSESSMENTS`.

    Raises:
        ReferenceTableError: Evidence is of a kind that the likelihood table lacks.
    """
    resolved = resolve(db, judgements, progress)
    evidence, rests_on = [], []
    for indicator in catalogue:
        progress(f"{indicator.code} {indicator.title}")
        found = indicator.compute(db)
        evidence.append(found.evidence)
        rests_on.append(found.sources)
    progress("weighing")
    unite(db)
    facts = _facilities(db)
    named = db.sql(
        "SELECT facility_id, role, party_name, headquarters_iso2 FROM united_facility_party"
    ).pl()
    parties = informed(db, named, on)
    weighed = weigh(
        Question(facts, parties, exposures(db), on),
        catalogue,
        pl.concat(evidence) if evidence else EVIDENCE.frame([]),
        pl.concat(rests_on) if rests_on else EVIDENCE_SOURCE.frame([]),
    )
    return {**resolved, **weighed}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about: facilities, their parties and exposures, and from which day."""

    facilities: pl.DataFrame
    parties: pl.DataFrame
    exposures: pl.DataFrame
    on: date


def weigh(
    question: Question,
    catalogue: Sequence[Indicator],
    evidence: pl.DataFrame,
    rests_on: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Weigh evidence that is already computed."""
    require_kinds([*evidence["kind"].unique(), *(i.kinds[0] for i in catalogue)])
    facilities = question.facilities.sort("facility_id")
    allowed = admissible(facilities, question.parties, question.on)
    attached = _in_time(_attach(facilities, question.exposures, evidence), allowed)
    items, merged = _items(attached)
    shape = (facilities.height, len(FAMILIES))
    caps = settings()["caps"]
    weights = fusion.families(merged, shape, caps["family_bans"])
    classes = prior_class(facilities)
    prior, is_stated = _priors(classes, weights, caps["total_bans"])
    results = _results(facilities, catalogue, attached)
    reasons = allowed.drop("licence_since_date")
    judged = judge(facilities, weights, prior, is_stated, classes, reasons, results)
    gains = worth_knowing(facilities, catalogue, results, merged, shape, prior)
    return {
        "evidence": evidence.sort("evidence_id"),
        "evidence_source": rests_on,
        "item": items,
        "indicator_result": results,
        "assessment": ASSESSMENT.check(
            ASSESSMENT.fit(judged.join(gains, on="facility_id").sort("facility_id"))
        ),
        "assessment_rival": rivals(facilities, weights, prior, caps["total_bans"]),
    }


def _facilities(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per facility, whoever published it."""
    found: pl.DataFrame = db.sql(
        "WITH size AS (SELECT facility_id, max(coalesce(power_reported_mw, power_estimated_mw)) AS largest_mw, "
        "min(on_date) AS first_date FROM united_facility_state WHERE NOT is_projection GROUP BY facility_id) "
        "SELECT facility_id, country_iso2, is_declared_ai, site_class, largest_mw, first_date "
        "FROM united_facility LEFT JOIN size USING (facility_id) ORDER BY facility_id"
    ).pl()
    return found


def _attach(
    facilities: pl.DataFrame, exposed: pl.DataFrame, evidence: pl.DataFrame
) -> pl.DataFrame:
    numbered = facilities.select("facility_id").with_row_index("facility_at")
    return (
        exposed.join(numbered, on="facility_id")
        .join(evidence, on=["scope_kind", "scope_id"])
        .sort("facility_id", "evidence_id")
    )


def _in_time(attached: pl.DataFrame, allowed: pl.DataFrame) -> pl.DataFrame:
    """Evidence that ended before any part needed a licence there says nothing about H1."""
    since = allowed.select("facility_id", "licence_since_date")
    is_early = pl.col("ends_date") < pl.col("licence_since_date")
    is_asked = pl.col("result").is_in(["flag", "no_flag"])
    return (
        attached.join(since, on="facility_id", how="left", maintain_order="left")
        .with_columns(
            result=pl.when(is_early & is_asked)
            .then(pl.lit("not_applicable"))
            .otherwise("result")
        )
        .drop("licence_since_date")
    )


def _items(attached: pl.DataFrame) -> tuple[pl.DataFrame, fusion.Merged]:
    table = likelihoods()
    seen = attached.filter(pl.col("result").is_in(["flag", "no_flag"])).join(
        table, on="kind", how="left", maintain_order="left"
    )
    grades = settings()["reliability"]
    weight = (
        seen["reliability"]
        .fill_null("F")
        .replace_strict(grades, return_dtype=pl.Float64)
        .to_numpy()
        * seen["quality_share"].fill_null(1.0).to_numpy()
    )
    given = seen.select(HYPOTHESES).to_numpy()
    exposure = seen["weight_share"].to_numpy()
    is_flag = (seen["result"] == "flag").to_numpy()[:, None]
    likelihood = np.where(
        is_flag,
        fusion.flagged(given, seen["background"].to_numpy(), exposure),
        fusion.absent(given, seen["detectability_share"].fill_null(0.0).to_numpy(), exposure),
    )
    values = fusion.bans(
        likelihood, weight, seen["ratio_cap"].fill_null(float("nan")).to_numpy()
    )
    family = seen["family"].replace_strict(
        {name: n for n, name in enumerate(FAMILIES)}, return_dtype=pl.Int64
    )
    origin = seen["origin_id"].rank("dense").cast(pl.Int64).to_numpy()
    at = seen["facility_at"].cast(pl.Int64).to_numpy()
    merged = fusion.merge_echoes(at, origin, family.to_numpy(), values)
    rows = seen.select(
        "facility_id",
        "evidence_id",
        "family",
        exposure_share="weight_share",
        exposure_basis="basis",
        is_counted=pl.Series(merged.counts),
    ).with_columns(pl.Series(f"{k.lower()}_bans", values[:, n]) for n, k in enumerate(RIVALS))
    return ITEM.check(ITEM.fit(rows)), merged


def _priors(classes: pl.Series, weights: Floats, cap: float) -> tuple[Floats, pl.Series]:
    """Per facility the prior of its class; without one, the class that supports H1 least."""
    every = prior_bans()
    names = priors()["prior_class"].to_list()
    reached = np.stack(
        [fusion.support(weights, np.tile(p, (len(classes), 1)), cap)[0] for p in every]
    )
    lowest = reached.argmin(axis=0)
    known = classes.replace_strict(
        {n: i for i, n in enumerate(names)}, default=None, return_dtype=pl.Int64
    )
    chosen = np.where(known.is_null().to_numpy(), lowest, known.fill_null(0).to_numpy())
    return every[chosen], known.is_not_null()


def _results(
    facilities: pl.DataFrame, catalogue: Sequence[Indicator], attached: pl.DataFrame
) -> pl.DataFrame:
    """Four results: a flag outranks no flag, which outranks not applicable; otherwise no data."""
    asked = pl.DataFrame(
        {"indicator": [i.code for i in catalogue], "family": [i.family for i in catalogue]},
        schema={"indicator": pl.String, "family": pl.String},
    )
    ranks = {"flag": 3, "no_flag": 2, "not_applicable": 1, "no_data": 0}
    best = attached.group_by("facility_id", "indicator").agg(
        best=pl.col("result").replace_strict(ranks, return_dtype=pl.Int64).max(),
        evidence_count=pl.len().cast(pl.Int64),
    )
    rows = (
        facilities.select("facility_id")
        .join(asked, how="cross")
        .join(best, on=["facility_id", "indicator"], how="left")
        .with_columns(
            result=pl.col("best")
            .fill_null(0)
            .replace_strict({v: k for k, v in ranks.items()}, return_dtype=pl.String),
            evidence_count=pl.col("evidence_count").fill_null(0),
        )
        .sort("facility_id", "indicator")
    )
    return INDICATOR_RESULT.check(INDICATOR_RESULT.fit(rows.select(INDICATOR_RESULT.names)))
