"""A series made from its peers: weights that fit its past, and how far it later leaves them.

Every function takes all series at once: one column per series, one row per month. Nothing here knows
megawatts or zones. Method: Abadie, Diamond and Hainmueller (2010), placebo in space.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indicia.indicators.steps import Floats

ROUNDS = 600
NOWHERE = -1e9


@dataclass(frozen=True, slots=True)
class Peers:
    """What each series' peers make of it.

    Args:
        weights: One row per donor and one column per series; columns sum to one.
        error: Root mean square error of the fit before the split.
        gap: Mean of the series less its synthetic one after the split.
    """

    weights: Floats
    error: Floats
    gap: Floats


def fit(values: Floats, is_donor: NDArray[np.bool_], split: int) -> Peers:
    """Fit every series before `split` by the donors other than itself.

    Args:
        values: Months by series, no gaps.
        is_donor: Which series may stand for others; at least two.
        split: The first row that is not fitted.
    """
    donors = values[:, is_donor]
    # Weights sum to one, so a common course cancels; without it the fit is found far sooner.
    course = donors[:split].mean(axis=1, keepdims=True)
    before, wanted = donors[:split] - course, values[:split] - course
    own = np.arange(values.shape[1])[None, :] == np.flatnonzero(is_donor)[:, None]
    weights = _simplex(np.where(own, NOWHERE, 0.0))
    gram, cross = before.T @ before, before.T @ wanted
    rate = 1 / max(float(np.linalg.norm(gram, 2)), 1e-12)
    ahead, pace = weights, 1.0
    for _ in range(ROUNDS):
        moved = ahead - rate * (gram @ ahead - cross)
        nearer = _simplex(np.where(own, NOWHERE, moved))
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = nearer + (pace - 1) / faster * (nearer - weights)
        weights, pace = nearer, faster
    off = values - donors @ weights
    return Peers(weights, np.sqrt((off[:split] ** 2).mean(axis=0)), off[split:].mean(axis=0))


def _simplex(points: Floats) -> Floats:
    """The nearest point of each column whose parts are not below zero and sum to one."""
    down = -np.sort(-points, axis=0)
    over = (np.cumsum(down, axis=0) - 1) / np.arange(1, len(points) + 1)[:, None]
    last = (down > over).sum(axis=0) - 1
    cut = np.take_along_axis(over, last[None, :], axis=0)
    return np.asarray(np.maximum(points - cut, 0.0))
