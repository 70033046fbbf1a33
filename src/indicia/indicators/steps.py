"""Steps in monthly series, and what only looks like one: growth, seasons, single broken months.

Every function takes all series at once: `values` has one row per series and one column per month,
NaN where a month is missing. Nothing here knows megawatts or zones.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

MONTHS_IN_YEAR = 12
EACH_SIDE_MONTHS = 12
RAMP_MONTHS = 24
NORMAL_PER_MAD = 1 / 0.6745
NORMAL_PER_MEAN_DEVIATION = 1.253314
CUT = 3.5
PARAMETERS = MONTHS_IN_YEAR + 3  # months of the year, trend, size of the step, its place
PENALTY = 3.0
NEIGHBOURS = 2
# Residuals that resemble their neighbours (correlation 0.5) widen the error of a mean this much.
ERROR_WIDENING = np.sqrt(3.0)
LOGISTIC_PER_NORMAL = 1.702


@dataclass(frozen=True, slots=True)
class Steps:
    """The best upward step of each series, in the series' own (here: log) unit.

    Args:
        months: Months used.
        split: Column of the first month after the step; -1 where no split leaves enough months.
        size: Height of the step.
        sigma: Noise of one month about the fitted step; NaN where there is no spread.
        error: Error of `size`.
        is_break: The step fits better than steady growth, by more than its search costs.
        is_growth: A kink or a ramp of two years fits at least as well as the step.
    """

    months: NDArray[np.int64]
    split: NDArray[np.int64]
    size: Floats
    sigma: Floats
    error: Floats
    is_break: NDArray[np.bool_]
    is_growth: NDArray[np.bool_]


def spread(values: Floats) -> Floats:
    """Robust standard deviation of each row; by mean deviation where the MAD is nil; else NaN."""
    with np.errstate(invalid="ignore"):
        off = np.abs(values - median(values)[:, None])
        by_mad = NORMAL_PER_MAD * median(off)
        count = np.isfinite(off).sum(axis=1)
        by_mean = NORMAL_PER_MEAN_DEVIATION * np.nansum(off, axis=1) / np.maximum(count, 1)
        sigma = np.where(by_mad > 0, by_mad, by_mean)
    return np.where((sigma > 0) & (count > 0), sigma, np.nan)


def normal(x: Floats) -> Floats:
    """Chance that a standard normal lies below `x`, by the logistic curve (within 0.01)."""
    return np.asarray(1 / (1 + np.exp(-np.clip(LOGISTIC_PER_NORMAL * x, -60, 60))), dtype=float)


def lone_months(values: Floats) -> NDArray[np.bool_]:
    """Months far from their neighbours once year and trend are removed; a step has no such month."""
    count, width = values.shape
    month = np.arange(width) % MONTHS_IN_YEAR
    yearly = median(values[:, MONTHS_IN_YEAR:] - values[:, :-MONTHS_IN_YEAR])
    level = values - np.nan_to_num(yearly)[:, None] / MONTHS_IN_YEAR * np.arange(width)
    padded = np.full((count, -(-width // MONTHS_IN_YEAR) * MONTHS_IN_YEAR), np.nan)
    padded[:, :width] = level
    by_year = padded.reshape(count, -1, MONTHS_IN_YEAR)
    season = median(by_year.swapaxes(1, 2).reshape(-1, by_year.shape[1]))
    rest = level - season.reshape(count, MONTHS_IN_YEAR)[:, month]
    framed = np.pad(rest, ((0, 0), (NEIGHBOURS, NEIGHBOURS)), constant_values=np.nan)
    windows = sliding_window_view(framed, 2 * NEIGHBOURS + 1, axis=1)
    around = median(windows.reshape(-1, 2 * NEIGHBOURS + 1)).reshape(rest.shape)
    # The scale is that of the series about itself: the scatter about neighbours alone is too small.
    scale = np.maximum(spread(rest - around), spread(np.diff(rest, axis=1)) / np.sqrt(2))
    with np.errstate(invalid="ignore"):
        lone = np.abs(rest - around) > 2 * CUT * scale[:, None]
    return np.asarray(lone, dtype=bool)


def best_steps(values: Floats) -> Steps:
    """Find the best upward step of each series beside months of the year and a straight trend.

    Each candidate month is tried on what months and trend leave over. Growth gets the same chance:
    a kink (the trend changes speed) and a ramp of two years are tried at every candidate as well.
    """
    width = values.shape[1]
    used = (np.isfinite(values) & ~lone_months(values)).astype(float)
    filled = np.where(used > 0, values, 0.0)
    time = np.arange(width, dtype=float)
    base = np.column_stack(
        [np.eye(MONTHS_IN_YEAR)[np.arange(width) % MONTHS_IN_YEAR], (time - width / 2) / width]
    )
    after = time[:, None] - time[None, :]
    shapes = (
        (after >= 0).astype(float),
        np.clip(after, 0, None) / width,
        np.clip(after / RAMP_MONTHS + 0.5, 0, 1),
    )
    before = np.cumsum(used, axis=1) - used
    months = used.sum(axis=1)
    allowed = (before >= EACH_SIDE_MONTHS) & (months[:, None] - before >= EACH_SIDE_MONTHS)
    left = filled - _fit(base, used, filled[:, :, None])[:, :, 0]
    squares = (used * left**2).sum(axis=1)
    step, kink, ramp = (_gains(base, used, left, shape) for shape in shapes)
    gain = np.where(allowed & (step.size > 0), step.gain, -np.inf)
    split = np.argmax(gain, axis=1)
    row = np.arange(len(values))
    found = np.isfinite(gain[row, split])
    size = np.where(found, step.size[row, split], 0.0)
    best = np.where(found, gain[row, split], 0.0)
    remains = left - size[:, None] * step.left[row, :, split]
    freedom = np.sqrt(months / np.maximum(months - PARAMETERS, 1))
    sigma = spread(np.where(used > 0, remains, np.nan)) * freedom
    rival = np.where(allowed, np.maximum(kink.gain, ramp.gain), 0.0).max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        better = months * np.log(squares / np.maximum(squares - best, 1e-12 * squares))
        error = ERROR_WIDENING * sigma / np.sqrt(step.weight[row, split])
    return Steps(
        months=months.astype(np.int64),
        split=np.where(found, split, -1).astype(np.int64),
        size=size,
        sigma=np.where(sigma > 1e-9, sigma, np.nan),  # noqa: PLR2004 -- rounding, not noise
        error=error,
        is_break=found & (better >= PENALTY * np.log(np.maximum(months, 2))),
        is_growth=rival >= best,
    )


@dataclass(frozen=True, slots=True)
class _Gains:
    """What one shape explains at each candidate month, and what base leaves of the shape."""

    gain: Floats
    size: Floats
    weight: Floats
    left: Floats


def _gains(base: Floats, used: Floats, left: Floats, shape: Floats) -> _Gains:
    columns = np.broadcast_to(shape, (len(used), *shape.shape))
    own = columns - _fit(base, used, columns)
    weight = np.einsum("st,stc->sc", used, own**2)
    along = np.einsum("st,stc->sc", used * left, own)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(weight > 1e-6, along / weight, 0.0)  # noqa: PLR2004 -- a shape base explains whole
    return _Gains(size * along, size, weight, own)


def _fit(base: Floats, used: Floats, columns: Floats) -> Floats:
    """Least squares of every column on `base`, series by series, over the months in use."""
    square = np.einsum("tk,st,tl->skl", base, used, base) + 1e-9 * np.eye(base.shape[1])
    along = np.einsum("tk,st,stc->skc", base, used, columns)
    return np.asarray(
        np.einsum("tk,skc->stc", base, np.linalg.solve(square, along)), dtype=float
    )


def median(values: Floats) -> Floats:
    """Median of each row without its gaps; NaN for a row of gaps, without numpy's warning."""
    ordered = np.sort(values, axis=1)
    count = np.isfinite(values).sum(axis=1)
    row = np.arange(len(values))
    if values.shape[1] == 0:
        return np.full(len(values), np.nan)
    low = ordered[row, np.maximum((count - 1) // 2, 0)]
    high = ordered[row, np.minimum(count // 2, values.shape[1] - 1)]
    return np.where(count > 0, (low + high) / 2, np.nan)
