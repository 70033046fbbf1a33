"""How often noise alone makes a step as high as the one found, wherever in the series it comes."""

import numpy as np

from indicia.indicators.null_tail import of_series
from indicia.indicators.steps import Floats, Steps, best_steps


def of(steps: Steps) -> Floats:
    """P of each series' step, from steps found in the pooled noise of all of them.

    A step that is not accepted as one counts as none: its p is 1. NaN where a series has no spread
    or too few series are at hand.
    """
    accepted = steps.is_break & ~steps.is_growth & (steps.size > 0)
    known = np.isfinite(steps.sigma) & (steps.split >= 0)
    observed = np.where(known, np.where(accepted, _height(steps), 0.0), np.nan)
    return of_series(
        steps.residuals, lambda noise: _height(best_steps(noise)), observed, steps.months
    )


def _height(found: Steps) -> Floats:
    """Height of each step over the error of its size."""
    return np.where(found.split >= 0, found.size / found.error, 0.0)
