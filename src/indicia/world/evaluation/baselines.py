"""Other ways to rank the same facilities by the same evidence, none of which weighs explanations.

All of them leave reference sites to the end, as the scoring does: the policy clock is no evidence,
and a comparison without it would flatter us. Missing evidence counts as nothing in all of them.
"""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from indicia.world.evaluation.features import FLAG, STRENGTH
from indicia.world.evaluation.ranking import Floats

RANDOM, SIZE, FLAGS = "random", "size (stated MW)", "count of flags"
EQUAL, LARGEST = "equal-weight sum", "largest z"
RANDOM_SEED = 1_128


def plain(rows: pl.DataFrame, signs: dict[str, float]) -> dict[str, Floats]:
    """Method -> score per facility (larger first), reference sites lowest.

    Args:
        rows: Facilities of one world: is_admissible, largest_mw (MW), columns of `features`.
        signs: As `features.signs` gives them.
    """
    codes = sorted(signs)
    flags = filled(rows, codes, FLAG)
    strength = filled(rows, codes, STRENGTH)
    meant = np.array([signs[code] for code in codes])
    made: dict[str, Floats] = {
        RANDOM: np.random.default_rng(RANDOM_SEED).random(rows.height),
        SIZE: rows["largest_mw"].fill_null(0.0).to_numpy(),
        FLAGS: (flags > 0).sum(axis=1).astype(np.float64),
        EQUAL: percentiles(strength) @ meant,
        LARGEST: (standardised(strength) * (meant > 0)).max(axis=1),
    }
    is_admissible = rows["is_admissible"].to_numpy()
    return {name: outside_last(score, is_admissible) for name, score in made.items()}


def outside_last(score: Floats, is_admissible: Floats) -> Floats:
    """The same order, with reference sites after all others."""
    if not len(score):
        return score
    spread = float(score.max() - score.min()) + 1
    return np.where(is_admissible, score, score - spread)


def filled(rows: pl.DataFrame, codes: Sequence[str], suffix: str) -> Floats:
    """Facilities x indicators; what was not asked counts as nothing."""
    return rows.select(pl.col(code + suffix).fill_null(0.0) for code in codes).to_numpy()


def percentiles(values: Floats) -> Floats:
    """Per column the share of facilities below, half of the equal ones; no signal counts as 0."""
    return np.where(values > 0, _by_column(values, _places), 0.0)


def standardised(values: Floats) -> Floats:
    """Per column distance from the mean in standard deviations; 0 where all are equal."""
    spread = values.std(axis=0)
    far = values - values.mean(axis=0)
    return np.asarray(np.divide(far, spread, out=np.zeros_like(values), where=spread > 0))


def _by_column(values: Floats, of: Callable[[Floats], Floats]) -> Floats:
    return np.column_stack([of(values[:, n]) for n in range(values.shape[1])])


def _places(values: Floats) -> Floats:
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    return np.asarray((below + upto) / (2 * len(values)))
