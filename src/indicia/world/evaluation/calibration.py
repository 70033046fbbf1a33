"""From support to a share: how often a facility with this support is H1 in the worlds.

The curve is a logistic one (Platt), fitted on worlds set apart for it. It holds in these worlds
only; it is no probability of anything real, and no page of a real site shows it.
"""

from dataclasses import dataclass

import numpy as np

from indicia.world.evaluation.ranking import Booleans, Floats, Integers, Measured, measured

BINS = 10
STEPS, SMALL = 100, 1e-10
LEAST_SHOWN = 0.1


@dataclass(frozen=True, slots=True)
class Logistic:
    """Share of H1 at a support: 1 / (1 + exp(-(level + slope x bans)))."""

    level: float
    slope: float

    def share(self, bans: Floats) -> Floats:
        """The share (0 to 1) at each support (bans)."""
        return np.asarray(1 / (1 + np.exp(-(self.level + self.slope * bans))))


def fit(bans: Floats, is_cluster: Booleans) -> Logistic | None:
    """The most likely logistic curve, by Newton's method; None without both kinds of facility."""
    if not is_cluster.any() or is_cluster.all():
        return None
    given = np.column_stack([np.ones(len(bans)), bans])
    at = np.zeros(2)
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-np.clip(given @ at, -30, 30)))
        slope = given.T @ (is_cluster - share)
        bend = (given * (share * (1 - share))[:, None]).T @ given + SMALL * np.eye(2)
        step = np.linalg.solve(bend, slope)
        at += np.clip(step, -5, 5)
        if np.abs(step).max() < SMALL:
            break
    return Logistic(float(at[0]), float(at[1]))


@dataclass(frozen=True, slots=True)
class Reliability:
    """Facilities per bin of the stated share and world.

    Args:
        counts: Bins x worlds (count).
        stated: Bins x worlds: sum of the stated shares.
        clusters: Bins x worlds (count).
        squares: Per world: sum of squared errors.
    """

    counts: Floats
    stated: Floats
    clusters: Floats
    squares: Floats


def reliability(
    share: Floats, is_cluster: Booleans, world: Integers, worlds: int
) -> Reliability:
    """Sort facilities into ten bins of equal width by the stated share."""
    cell = np.clip((share * BINS).astype(np.int64), 0, BINS - 1) * worlds + world
    counts, stated, clusters = (
        np.bincount(cell, weights=w, minlength=BINS * worlds)
        .reshape(BINS, worlds)
        .astype(np.float64)
        for w in (np.ones(len(share)), share, is_cluster.astype(np.float64))
    )
    errors = (share - is_cluster) ** 2
    squares = np.bincount(world, weights=errors, minlength=worlds).astype(np.float64)
    return Reliability(counts, stated, clusters, squares)


def brier(bins: Reliability) -> Measured:
    """Mean squared error of the stated shares."""
    return measured(
        lambda w: (w @ bins.squares) / (w @ bins.counts.sum(axis=0)), len(bins.squares)
    )


def calibration_error(bins: Reliability, *, shown_only: bool = False) -> Measured:
    """Expected calibration error: mean distance of stated and seen share over the bins.

    Args:
        bins: As `reliability` sorts them.
        shown_only: Leave out the lowest bin, where nearly all facilities lie and errors are small.
    """
    part = slice(int(LEAST_SHOWN * BINS) if shown_only else 0, None)

    def error(weights: Floats) -> Floats:
        counts = weights @ bins.counts[part].T
        gap = np.abs(weights @ bins.stated[part].T - weights @ bins.clusters[part].T)
        whole = counts.sum(axis=1)
        empty = np.full(len(whole), np.nan)
        return np.asarray(np.divide(gap.sum(axis=1), whole, out=empty, where=whole > 0))

    return measured(error, bins.counts.shape[1])
