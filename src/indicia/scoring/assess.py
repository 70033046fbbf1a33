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
    SUBJECT_TABLES,
)
from indicia.scoring import fusion, insight, multiplicity, subjects, weighing
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
from indicia.scoring.lanes import lanes
from indicia.scoring.organisations import organisations
from indicia.scoring.verdict import judge, rivals
from indicia.store import unite

Progress = Callable[[str], None]
WEIGHED = (
    "evidence_id", "indicator", "scope_kind", "scope_id", "result", "kind", "ends_date", "origin_id",
    "reliability", "quality_share", "detectability_share", "p_value", "tests_count",
)  # fmt: skip


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
    filled = _filled(db, catalogue)
    for indicator in catalogue:
        progress(f"{indicator.code} {indicator.title}")
        if filled.isdisjoint(t.name for t in indicator.reads):
            continue  # Nothing to ask, so no data for anybody.
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
    return {**resolved, **weighed, **_beside(db, catalogue, weighed["evidence"], on)}


def _filled(db: duckdb.DuckDBPyConnection, catalogue: Sequence[Indicator]) -> frozenset[str]:
    """Of the tables that indicators read, those that hold a row."""
    names = sorted({t.name for indicator in catalogue for t in indicator.reads})
    if not names:
        return frozenset()
    asked = ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in names)
    (held,) = db.execute(f"SELECT {asked}").fetchall()
    return frozenset(name for name, is_held in zip(names, held, strict=True) if is_held)


def _beside(
    db: duckdb.DuckDBPyConnection,
    catalogue: Sequence[Indicator],
    evidence: pl.DataFrame,
    on: date,
) -> dict[str, pl.DataFrame]:
    """The tables of lanes and organisations."""
    asked = (lanes(db, evidence, on), organisations(db, evidence, on))
    parts = [subjects.weigh(one, catalogue, evidence) for one in asked]
    return {t.name: pl.concat([p[t.name] for p in parts]) for t in SUBJECT_TABLES}


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
    facilities, evidence = question.facilities.sort("facility_id"), evidence.sort("evidence_id")
    allowed = admissible(facilities, question.parties, question.on)
    attached = weighing.in_time(
        _attach(facilities, question.exposures, evidence), allowed, ["facility_id"]
    )
    items, merged = _items(attached)
    shape = (facilities.height, len(FAMILIES))
    caps = settings()["caps"]
    tally = fusion.tally(merged, shape)
    weights = tally.weights(caps["family_bans"])
    classes = prior_class(facilities)
    prior, is_stated = _priors(classes, weights, caps["total_bans"])
    results = _results(facilities, catalogue, attached)
    reasons = allowed.drop("licence_since_date")
    judged = judge(facilities, weights, prior, is_stated, classes, reasons, results)
    standing = insight.Standing(facilities, tally, prior, judged["is_admissible"].to_numpy())
    following = insight.worth_knowing(standing, catalogue, results, question.exposures)
    explained = (
        judged.join(
            following.filter(pl.col("place") == 1).select(
                "facility_id",
                next_indicator="indicator",
                next_gain_bans="expected_change_bans",
            ),
            on="facility_id",
            how="left",
        )
        .join(insight.doubts(items, judged), on="facility_id", how="left")
        .join(multiplicity.tested(attached, "facility_id"), on="facility_id", how="left")
        .with_columns(pl.col("tests_count", "untested_count").fill_null(0))
        .sort("facility_id")
    )
    return {
        "evidence": evidence,
        "evidence_source": rests_on,
        "item": items,
        "indicator_result": results,
        "assessment": ASSESSMENT.check(ASSESSMENT.fit(explained)),
        "assessment_rival": rivals(facilities, weights, prior, caps["total_bans"]),
        "assessment_family": insight.without_each(standing),
        "next_evidence": following,
        "test_run": multiplicity.run(evidence),
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
    """Sorted evidence beside each facility it reaches, in order; numbers stand for ids."""
    scope = ("scope_kind", "scope_id")
    numbered = facilities.lazy().select("facility_id").with_row_index("facility_at")
    known = evidence.lazy().select(scope).with_row_index("evidence_at")
    # Numbers are joined and put in order, and only then given their columns.
    at = (
        exposed.lazy()
        .select("facility_id", *scope)
        .with_row_index("exposure_at")
        .join(numbered, on="facility_id")
        .join(known, on=scope)
        .select("facility_at", "evidence_at", "exposure_at")
        .sort("facility_at", "evidence_at", "exposure_at")
        .collect()
    )
    said = evidence.with_row_index("evidence_at").select(
        *(c for c in WEIGHED if c not in (*scope, "origin_id")),
        origin_at=pl.col("evidence_at").min().over("origin_id").cast(pl.Int64),
    )
    return pl.concat(
        [
            at.drop("exposure_at"),
            exposed.drop(scope).select(pl.all().gather(at["exposure_at"])),
            said.select(pl.all().gather(at["evidence_at"])),
        ],
        how="horizontal",
    )


def _items(attached: pl.DataFrame) -> tuple[pl.DataFrame, fusion.Merged]:
    table = likelihoods()
    seen = attached.filter(pl.col("result").is_in(weighing.ASKED)).join(
        table, on="kind", how="left", maintain_order="left"
    )
    values = weighing.bans(seen, HYPOTHESES)
    family = seen["family"].replace_strict(
        {name: n for n, name in enumerate(FAMILIES)}, return_dtype=pl.Int64
    )
    at = seen["facility_at"].cast(pl.Int64).to_numpy()
    merged = fusion.merge_echoes(at, seen["origin_at"].to_numpy(), family.to_numpy(), values)
    rows = seen.select(
        "facility_id",
        "evidence_id",
        "family",
        exposure_share="weight_share",
        exposure_basis="basis",
        is_counted=pl.Series(merged.counts),
    ).with_columns(pl.Series(f"{k.lower()}_bans", values[:, n]) for n, k in enumerate(RIVALS))
    # Sorted, so a key that stands twice stands beside itself: far cheaper than comparing texts.
    pair = pl.struct("facility_at", "evidence_at")
    is_unique = not seen.select((pair == pair.shift()).any()).item()
    return ITEM.check(ITEM.fit(rows), is_unique=is_unique), merged


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
    rows = weighing.four_results(facilities.select("facility_id"), catalogue, attached)
    return INDICATOR_RESULT.check(
        INDICATOR_RESULT.fit(rows.select(INDICATOR_RESULT.names)), is_unique=True
    )
