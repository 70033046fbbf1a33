"""Lanes and organisations as assessed: a ranked list, and one explanation that screen and file share.

`subject_id` is `EXP>IMP` for a lane and `entity_id` for an organisation. Weights are in bans.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from indicia.answers import catalogue, words
from indicia.answers.reader import Reader
from indicia.answers.subject_words import MEANING, VERDICTS, limits, sentence, tested
from indicia.scoring.models import ENTITY, LANE

MOST_ROWS = 1000
KINDS = (LANE.kind, ENTITY.kind)
# What an item weighs against the rival that is strongest over all.
AGAINST_STRONGEST = (
    "CASE right(a.strongest_rival, 1) "
    + " ".join(f"WHEN '{n}' THEN i.over_{n}_bans" for n in range(2, 6))
    + " END"
)
ORDER = """CASE verdict WHEN 'lead' THEN 1 WHEN 'watch' THEN 2 WHEN 'no lead' THEN 3 ELSE 4 END,
           support_bans DESC, families_for_count DESC, coverage_share DESC, subject_id"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked to see; empty means everything."""

    verdicts: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one lane or organisation stands where it stands.

    Args:
        kind: `lane` or `entity`.
        subject_id: Which one.
        name: Its name.
        verdict: With its mark, such as `◇ watch`.
        sentence: What the evidence says, in one measured sentence.
        limits: What the verdict hangs on: coverage, families, prior.
        admissibility: Why the first hypothesis can or cannot be asked.
        support: In bans, with sign.
        prior_range: Support with a fifth and five times the prior.
        rivals: rival, explanation, support_bans, evidence_bans, prior_bans; the strongest first.
        weights: step, family, label, weight_bans, statement: the prior, each counted item, the total,
            against the strongest rival. A family's further items count half and families are
            clipped, so bars need not add up.
        indicators: family, indicator, result (in words), evidence_count, indicator_title,
            benign_causes.
        evidence: Every piece weighed, with its sources, one row per source.
    """

    kind: str
    subject_id: str
    name: str
    verdict: str
    sentence: str
    limits: str
    admissibility: str
    support: str
    prior_range: str
    rivals: pl.DataFrame
    weights: pl.DataFrame
    indicators: pl.DataFrame
    evidence: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """The same as sheets of an export: summary, rivals, weights, indicators, evidence."""
        said = ("kind", "subject_id", "name", "verdict", "sentence", "limits", "admissibility",
                "support", "prior_range")  # fmt: skip
        summary = pl.DataFrame([{"what": k, "said": getattr(self, k)} for k in said])
        parts = ("rivals", "weights", "indicators", "evidence")
        return {"summary": summary, **{p: getattr(self, p) for p in parts}}


def ranked(
    store: Reader, kind: str, filters: Filters | None = None, limit: int = MOST_ROWS
) -> pl.DataFrame:
    """Lanes or organisations in order: verdict, support, families, coverage, id; those apart left out.

    Args:
        store: The store.
        kind: One of `KINDS`.
        filters: Verdicts and a text that the name or id contains.
        limit: Rows at most.

    Returns:
        subject_id, name, verdict, verdict_words, support_bans, support_low_bans, support_high_bans,
        strongest_rival, rival_words, evidence_bans, families_for_count, families_asked_count,
        families (those that favour), flags, coverage, coverage_share, is_prior_driven, prior_class,
        reason, doubt (the strongest statements for and against), admissibility_reason, sentence.
    """
    return _listed(store, kind, "a.is_admissible", filters, limit)


def apart(
    store: Reader, kind: str, filters: Filters | None = None, limit: int = MOST_ROWS
) -> pl.DataFrame:
    """Reference lanes, or organisations that are listed themselves: columns of `ranked`, never ranked."""
    return _listed(store, kind, "NOT a.is_admissible", filters, limit)


def _listed(
    store: Reader, kind: str, which: str, filters: Filters | None, limit: int
) -> pl.DataFrame:
    wanted = filters or Filters()
    found = store.sql(
        f"""
        WITH shown AS (
            SELECT * FROM subject_assessment a
            WHERE a.subject_kind = $kind AND {which}
              AND (len($verdicts::VARCHAR[]) = 0 OR list_contains($verdicts::VARCHAR[], a.verdict))
              AND ($text = '' OR contains(lower(concat_ws(' ', a.name, a.subject_id)), $text))
            ORDER BY {ORDER} LIMIT $limit
        ), flags AS (
            SELECT subject_id, string_agg(indicator, ' ' ORDER BY indicator) AS flags
            FROM subject_result r SEMI JOIN shown USING (subject_kind, subject_id)
            WHERE r.result = 'flag' GROUP BY ALL
        ), weighed AS (
            SELECT a.subject_id, i.family, e.statement, e.evidence_id, {AGAINST_STRONGEST} AS weight_bans
            FROM shown a JOIN subject_item i USING (subject_kind, subject_id)
            JOIN evidence e USING (evidence_id) WHERE i.is_counted
        ), strongest AS (
            SELECT subject_id,
                   arg_max(statement, (weight_bans, evidence_id)) FILTER (weight_bans > 0) AS reason,
                   arg_min(statement, (weight_bans, evidence_id)) FILTER (weight_bans < 0) AS doubt,
                   string_agg(DISTINCT family, ' ' ORDER BY family) FILTER (weight_bans > 0) AS families
            FROM weighed GROUP BY ALL
        )
        SELECT subject_id, name, verdict, support_bans, support_low_bans, support_high_bans,
               strongest_rival, evidence_bans, families_for_count, families_asked_count, families,
               flags, computable_count, applicable_count, coverage_share, is_prior_driven, prior_class,
               reason, doubt, admissibility_reason
        FROM shown LEFT JOIN flags USING (subject_id) LEFT JOIN strongest USING (subject_id)
        ORDER BY {ORDER}
        """,
        {
            "kind": kind,
            "verdicts": list(wanted.verdicts),
            "text": wanted.text.strip().lower(),
            "limit": limit,
        },
    )
    sentences = [sentence(kind, row) for row in found.iter_rows(named=True)]
    return found.with_columns(
        pl.format("{} of {}", "computable_count", "applicable_count").alias("coverage"),
        pl.col("verdict").replace(VERDICTS).alias("verdict_words"),
        pl.col("strongest_rival").replace(MEANING).alias("rival_words"),
        pl.Series("sentence", sentences, dtype=pl.String),
    ).drop("computable_count", "applicable_count")


def tally(store: Reader, kind: str) -> dict[str, int]:
    """How many stand at each verdict."""
    found = store.sql(
        "SELECT verdict, count(*) AS n FROM subject_assessment WHERE subject_kind = ? GROUP BY ALL ORDER BY ALL",
        [kind],
    )
    return dict(found.iter_rows())


def coverage(store: Reader, kind: str) -> pl.DataFrame:
    """The four results of every indicator over all subjects of a kind, shown before any score."""
    found = store.sql(
        """
        SELECT family, indicator, count(*) FILTER (result = 'flag') AS flag_count,
               count(*) FILTER (result = 'no_flag') AS no_flag_count,
               count(*) FILTER (result = 'no_data') AS no_data_count,
               count(*) FILTER (result = 'not_applicable') AS not_applicable_count
        FROM subject_result WHERE subject_kind = ? GROUP BY ALL ORDER BY family, indicator
        """,
        [kind],
    )
    return found.join(catalogue.titles(), on="indicator", how="left", maintain_order="left")


def explain(store: Reader, kind: str, subject_id: str) -> Explanation | None:
    """Everything behind one assessment, or None where the store assessed no such lane or organisation."""
    which: dict[str, object] = {"kind": kind, "id": subject_id}
    found = store.sql(
        "SELECT * FROM subject_assessment WHERE subject_kind = $kind AND subject_id = $id",
        which,
    )
    if found.is_empty():
        return None
    facts = found.row(0, named=True)
    return Explanation(
        kind=kind,
        subject_id=subject_id,
        name=facts["name"],
        verdict=VERDICTS[facts["verdict"]],
        sentence=sentence(kind, facts),
        limits=f"{limits(facts)} {_without(store, which)} {tested(facts)}".replace(
            "  ", " "
        ).strip(),
        admissibility=facts["admissibility_reason"],
        support=words.bans(facts["support_bans"]),
        prior_range=f"{facts['support_low_bans']:+.2f} to {facts['support_high_bans']:+.2f}",
        rivals=_rivals(store, which),
        weights=_weights(store, which, facts["strongest_rival"]),
        indicators=_indicators(store, which),
        evidence=_evidence(store, which),
    )


def _without(store: Reader, which: Mapping[str, object]) -> str:
    """What would be left without each family that was asked, in words."""
    found = store.sql(
        """
        SELECT family, verdict_without, support_without_bans FROM subject_family
        WHERE subject_kind = $kind AND subject_id = $id ORDER BY family
        """,
        which,
    )
    return " ".join(
        f"Without {family}: {verdict} ({words.bans(support)})."
        for family, verdict, support in found.iter_rows()
    )


def _rivals(store: Reader, which: Mapping[str, object]) -> pl.DataFrame:
    found = store.sql(
        """
        SELECT rival, support_bans, evidence_bans, prior_bans FROM subject_rival
        WHERE subject_kind = $kind AND subject_id = $id ORDER BY support_bans, rival
        """,
        which,
    )
    return found.insert_column(1, found["rival"].replace(MEANING).alias("explanation"))


def _weights(store: Reader, which: Mapping[str, object], rival: str) -> pl.DataFrame:
    column = f"over_{rival[1:]}_bans"
    return store.sql(
        f"""
        SELECT 0 AS step, 'prior' AS family, 'Prior over ' || rival AS label, prior_bans AS weight_bans,
               NULL AS statement
        FROM subject_rival WHERE subject_kind = $kind AND subject_id = $id AND rival = $rival
        UNION ALL
        SELECT 1, i.family, e.indicator || ' · ' || replace(e.result, '_', ' '), i.{column}, e.statement
        FROM subject_item i JOIN evidence e USING (evidence_id)
        WHERE i.subject_kind = $kind AND i.subject_id = $id AND i.is_counted
        UNION ALL
        SELECT 2, 'total', 'Support over ' || rival, support_bans, NULL
        FROM subject_rival WHERE subject_kind = $kind AND subject_id = $id AND rival = $rival
        ORDER BY step, weight_bans DESC, label, statement
        """,
        {**which, "rival": rival},
    )


def _indicators(store: Reader, which: Mapping[str, object]) -> pl.DataFrame:
    found = store.sql(
        """
        SELECT family, indicator, result, evidence_count FROM subject_result
        WHERE subject_kind = $kind AND subject_id = $id ORDER BY family, indicator
        """,
        which,
    )
    titled = found.join(catalogue.titles(), on="indicator", how="left", maintain_order="left")
    return titled.with_columns(pl.col("result").replace(words.RESULTS))


def _evidence(store: Reader, which: Mapping[str, object]) -> pl.DataFrame:
    found = store.sql(
        """
        SELECT e.indicator, e.result, e.statement, e.observed_value, e.threshold_value, e.unit, s.source,
               CASE WHEN starts_with(s.source_url, 'http') THEN s.source_url END AS source_url,
               t.fetched_utc AS retrieved_utc, t.sha256 AS archived_sha256, s.quote, e.starts_date,
               e.ends_date, i.family, e.scope_kind, e.scope_id, i.exposure_share, i.exposure_basis,
               i.is_counted, e.reliability, s.table_name, s.row_key, e.evidence_id
        FROM subject_item i JOIN evidence e USING (evidence_id)
        LEFT JOIN evidence_source s USING (evidence_id) LEFT JOIN "fetch" t ON t.fetch_id = s.fetch_id
        WHERE i.subject_kind = $kind AND i.subject_id = $id
        ORDER BY i.is_counted DESC, e.indicator, e.evidence_id, s.table_name, s.row_key, s.source
        """,
        which,
    )
    return found.with_columns(pl.col("result").replace(words.RESULTS))
