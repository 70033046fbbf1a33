"""The figures of the comparison: every method by the same measures over the same worlds."""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from indicia.scoring.hypotheses import FAMILIES
from indicia.world.evaluation import learned, one_world, ranking
from indicia.world.evaluation.baselines import (
    EQUAL,
    FLAGS,
    LARGEST,
    RANDOM,
    SIZE,
    outside_last,
)
from indicia.world.evaluation.ranking import Floats, Measured, measured
from indicia.world.evaluation.sample import Sample
from indicia.world.evaluation.threshold import FALSE_SHARE

OURS, SUPPORT = "indicia", "indicia, by support alone"
UNSUPERVISED = (RANDOM, SIZE, FLAGS, EQUAL, LARGEST, learned.FOREST)
AVERAGE, AVERAGE_VISIBLE = "average precision", "average precision, visible"
RECALL, RECALL_VISIBLE = "recall at 1 in 1,000", "recall at 1 in 1,000, visible"
RECALL_TIED = "recall at 1 in 1,000, tied"
FIRST_10, FIRST_50 = "precision at 10", "precision at 50"
MEASURES = (RECALL_VISIBLE, RECALL_TIED, RECALL, AVERAGE_VISIBLE, AVERAGE, FIRST_10, FIRST_50)
PER_MONTH = 1 / 10_000
SCHEMA = {
    "name": pl.String,
    "measure": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def scores(sample: Sample, boosted: Floats | None) -> dict[str, Floats]:
    """Method -> score; ours first, then the baselines that could be computed."""
    support = sample.rows["support_bans"].fill_null(one_world.NOWHERE).to_numpy()
    made = {
        OURS: sample.score(one_world.cut(one_world.LAST)),
        SUPPORT: outside_last(support, sample.rows["is_admissible"].to_numpy()),
    }
    for name in UNSUPERVISED:
        if one_world.method(name) in sample.rows.columns:
            made[name] = sample.score(one_world.method(name))
    if boosted is not None:
        made[learned.BOOSTED] = boosted
    return made


def compared(sample: Sample, methods: Mapping[str, Floats]) -> pl.DataFrame:
    """Every measure of every method: columns of SCHEMA."""
    rows = [
        (name, measure, found)
        for name, score in methods.items()
        for measure, found in _measures(sample, score).items()
    ]
    return _frame(rows)


def by_family(sample: Sample) -> pl.DataFrame:
    """Every measure with each family removed, and by each family alone: columns of SCHEMA."""
    made = {}
    for family in FAMILIES:
        made[f"without {family}"] = sample.score(one_world.without(family))
        made[f"{family} alone"] = sample.score(one_world.alone(family))
    return compared(sample, made)


def ahead(sample: Sample, methods: Mapping[str, Floats]) -> tuple[str, Measured]:
    """The best baseline without truth by recall of visible clusters, and how far ours is ahead."""
    seen = sample.is_visible
    others = {n: sample.ranking(s, seen) for n, s in methods.items() if n in UNSUPERVISED}
    own = sample.ranking(methods[OURS], seen)
    once = np.ones((1, sample.worlds))

    def recall(made: ranking.Ranking, weights: Floats) -> Floats:
        return ranking.recall_at(made, weights, FALSE_SHARE)

    best = max(others, key=lambda n: np.nan_to_num(recall(others[n], once)[0], nan=-1.0))
    return best, measured(lambda w: recall(own, w) - recall(others[best], w), sample.worlds)


def over_months(sample: Sample) -> Measured:
    """Recall of visible clusters at one false lead per 10,000 facility-months.

    A facility that is a lead at any cut counts once over the months between first and last cut;
    cuts before a cluster began count for nothing.
    """
    began = sample.rows["starts_date"]
    best = np.full(sample.rows.height, one_world.NOWHERE)
    for months in one_world.CUTS_MONTHS:
        day = sample.rows.select(pl.col("as_of_date").dt.offset_by(f"-{months}mo")).to_series()
        too_soon = (began > day).fill_null(value=False).to_numpy() & sample.is_cluster
        score = sample.score(one_world.cut(months))
        best = np.maximum(best, np.where(too_soon, one_world.NOWHERE, score))
    allowed = PER_MONTH * max(one_world.CUTS_MONTHS)
    made = sample.ranking(best, sample.is_visible)
    return measured(lambda w: ranking.recall_at(made, w, allowed), sample.worlds)


def curves(sample: Sample, methods: Mapping[str, Floats], points: int = 60) -> pl.DataFrame:
    """name, recall, precision: the curve of every method over all clusters, thinned for drawing."""
    parts = []
    for name, score in methods.items():
        recall, precision = ranking.curve(sample.ranking(score))
        last = max(len(recall) - 1, 0)
        kept = np.unique(np.linspace(0, last, min(points, len(recall))).astype(np.int64))
        parts.append(
            pl.DataFrame(
                {"recall": recall[kept], "precision": precision[kept]},
                schema={"recall": pl.Float64, "precision": pl.Float64},
            ).select(pl.lit(name).alias("name"), "recall", "precision")
        )
    return pl.concat(parts)


def _measures(sample: Sample, score: Floats) -> dict[str, Measured]:
    worlds = sample.worlds
    whole, seen = sample.ranking(score), sample.ranking(score, sample.is_visible)
    tied = sample.ranking(score, sample.is_tied)
    made = {
        RECALL_VISIBLE: measured(lambda w: ranking.recall_at(seen, w, FALSE_SHARE), worlds),
        RECALL_TIED: measured(lambda w: ranking.recall_at(tied, w, FALSE_SHARE), worlds),
        RECALL: measured(lambda w: ranking.recall_at(whole, w, FALSE_SHARE), worlds),
        AVERAGE_VISIBLE: measured(lambda w: ranking.average_precision(seen, w), worlds),
        AVERAGE: measured(lambda w: ranking.average_precision(whole, w), worlds),
    }
    for measure, first in ((FIRST_10, 10), (FIRST_50, 50)):
        each = ranking.precision_at(first, score, sample.is_cluster, sample.world, worlds)
        made[measure] = measured(lambda w, e=each: ranking.mean_of_worlds(e, w), worlds)  # type: ignore[misc]
    return made


def _frame(rows: Iterable[tuple[str, str, Measured]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(name, measure, m.value, m.low, m.high) for name, measure, m in rows],
        schema=SCHEMA,
        orient="row",
    )
