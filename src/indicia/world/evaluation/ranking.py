"""How well a ranking puts clusters before everything else: figures over many worlds at once.

A ranking is kept as counts per place and world, so that a bootstrap over worlds is one product of
matrices. Every figure takes weights (draws x worlds: how often each world counts) and gives one
value per draw. Facilities with equal scores share a place: average precision takes a place whole,
as scikit-learn does; recall and precision take the part of it that order by chance would give.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
DRAWS, SEED = 1000, 20_261_128
MIDDLE_95 = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places that hold a cluster, best first.

    Args:
        found: Places x worlds: clusters at this place (count).
        before: Places x worlds: other facilities ranked before it (count).
        beside: Places x worlds: other facilities at the same place (count).
        clusters: Per world (count).
        others: Per world (count).
    """

    found: Floats
    before: Floats
    beside: Floats
    clusters: Floats
    others: Floats


def rank(score: Floats, is_cluster: Booleans, world: Integers, worlds: int) -> Ranking:
    """Rank facilities of all worlds together.

    Args:
        score: Larger is ranked first; minus infinity is a score like any other.
        is_cluster: What should come first.
        world: Number of the facility's world, from 0.
        worlds: How many worlds there are (count).
    """
    values, place = np.unique(-score, return_inverse=True)
    cell = place * worlds + world
    size = len(values) * worlds
    found, others = (
        np.bincount(cell[chosen], minlength=size).reshape(-1, worlds).astype(np.float64)
        for chosen in (is_cluster, ~is_cluster)
    )
    before = others.cumsum(axis=0) - others
    kept = found.any(axis=1)
    return Ranking(
        found[kept], before[kept], others[kept], found.sum(axis=0), others.sum(axis=0)
    )


def average_precision(ranking: Ranking, weights: Floats) -> Floats:
    """Mean precision over the clusters found, one value per draw; no cluster: not a number."""
    right = weights @ ranking.found.cumsum(axis=0).T
    wrong = weights @ (ranking.before + ranking.beside).T
    shown = right + wrong
    precision = np.divide(right, shown, out=np.zeros_like(right), where=shown > 0)
    return _share(
        (weights @ ranking.found.T * precision).sum(axis=1), weights @ ranking.clusters
    )


def recall_at(ranking: Ranking, weights: Floats, false_share: float) -> Floats:
    """Share of clusters ranked before more than `false_share` of the other facilities."""
    allowed = (weights @ ranking.others * false_share)[:, None]
    before, beside = weights @ ranking.before.T, weights @ ranking.beside.T
    room = allowed - before
    inside = np.divide(room, beside, out=np.where(room >= 0, 1.0, 0.0), where=beside > 0)
    found = (weights @ ranking.found.T * np.clip(inside, 0, 1)).sum(axis=1)
    return _share(found, weights @ ranking.clusters)


def curve(ranking: Ranking) -> tuple[Floats, Floats]:
    """Recall and precision at every place that holds a cluster, all worlds together."""
    right = ranking.found.sum(axis=1).cumsum()
    shown = right + (ranking.before + ranking.beside).sum(axis=1)
    return right / ranking.clusters.sum(), right / shown


def precision_at(
    first: int, score: Floats, is_cluster: Booleans, world: Integers, worlds: int
) -> Floats:
    """Share of clusters among the first so many of each world, one value per world."""
    return np.array(
        [
            _precision_of_one(first, score[world == n], is_cluster[world == n])
            for n in range(worlds)
        ]
    )


def _precision_of_one(first: int, score: Floats, is_cluster: Booleans) -> float:
    values, place = np.unique(-score, return_inverse=True)
    if not len(values):
        return float("nan")
    size = np.bincount(place, minlength=len(values))
    right = np.bincount(place, weights=is_cluster, minlength=len(values))
    taken = np.clip(min(first, len(score)) - (size.cumsum() - size), 0, size)
    return float((right * taken / size).sum() / min(first, len(score)))


def mean_of_worlds(values: Floats, weights: Floats) -> Floats:
    """Mean of a figure given per world, one value per draw; worlds without a value are left out."""
    known = ~np.isnan(values)
    return _share(weights[:, known] @ values[known], weights[:, known].sum(axis=1))


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its 95 % interval; an end that cannot be told is not a number."""

    value: float
    low: float = float("nan")
    high: float = float("nan")


def measured(figure: Callable[[Floats], Floats], worlds: int) -> Measured:
    """A figure over all worlds, with an interval by bootstrap over worlds (none from one world)."""
    value = float(figure(np.ones((1, worlds)))[0])
    if worlds < 2 or np.isnan(value):  # noqa: PLR2004 -- one world cannot be drawn differently
        return Measured(value)
    spread = figure(redrawn(worlds))
    if np.isnan(spread).all():
        return Measured(value)
    low, high = np.nanquantile(spread, MIDDLE_95)
    return Measured(value, float(low), float(high))


def redrawn(worlds: int) -> Floats:
    """How often each world counts in each draw (draws x worlds); always the same draws."""
    random = np.random.default_rng(SEED)
    counts = random.multinomial(worlds, np.full(worlds, 1 / worlds), size=DRAWS)
    return counts.astype(np.float64)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0))
