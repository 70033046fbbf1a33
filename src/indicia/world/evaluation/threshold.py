"""The support that one facility in 1,000 without H1 reaches: how the lead threshold is made.

Unit: bans. Set on the worlds of the seeds for tuning at the middle level, and on nothing real. The
worlds give every facility what publishers would have shown of it; their causes, sizes and lags are
written down apart from the likelihood table (`indicia.world.making`), so the threshold also holds
the table's errors, as far as the worlds are like the real one.
"""

import math
from dataclasses import dataclass

import numpy as np

from indicia.world.evaluation.ranking import MIDDLE_95, Booleans, Floats, Integers, redrawn

STEP_BANS = 0.05
FALSE_SHARE = 1 / 1000
EVERY = 5  # of the draws, one in so many: each sorts all facilities


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least support for a lead, and what it lets through.

    Args:
        value_bans: Support at or above which a facility may be a lead.
        low_bans, high_bans: 95 % interval of the value, by bootstrap over worlds.
        false_per_thousand: Leads among 1,000 facilities without H1, at the value.
        facilities_count: Facilities without H1 that it was set on.
    """

    value_bans: float
    low_bans: float
    high_bans: float
    false_per_thousand: float
    facilities_count: int


def threshold(reached: Floats, is_cluster: Booleans, world: Integers, worlds: int) -> Threshold:
    """The least multiple of the step that at most one in 1,000 facilities without H1 reaches.

    Args:
        reached: Support (bans) of every facility; minus infinity where no support makes it a lead,
            because it is not admissible or too few families speak for H1.
        is_cluster: Facilities that are H1.
        world: Number of the facility's world, from 0.
        worlds: How many worlds there are (count).
    """
    false, home = reached[~is_cluster], world[~is_cluster]
    value = _least(false, np.ones(len(false)))
    if worlds > 1:
        low, high = np.quantile(
            [_least(false, weights[home]) for weights in redrawn(worlds)[::EVERY]],
            MIDDLE_95,
        )
    else:
        low = high = float("nan")
    share = float((false >= value).mean()) if len(false) else 0.0
    return Threshold(value, float(low), float(high), 1000 * share, len(false))


def _least(reached: Floats, weights: Floats) -> float:
    """The least multiple of the step at which no more than the share allowed is a lead."""
    order = np.argsort(-reached, kind="stable")
    too_many = weights[order].cumsum() > FALSE_SHARE * weights.sum() + 1e-9
    refused = reached[order][too_many]
    if not len(refused) or not math.isfinite(refused[0]):
        return 0.0
    return round((math.floor(float(refused[0]) / STEP_BANS + 1e-9) + 1) * STEP_BANS, 2)
