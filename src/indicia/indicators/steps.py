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
# Series worked on together, so that memory does not grow with their number.
AT_ONCE = 1_000
# Rows x columns x columns of a product that OpenBLAS still does on one thread.
ONE_THREAD = 262_144


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
        residuals: Series x months: what step and base leave, over `sigma`; NaN where not used.
    """

    months: NDArray[np.int64]
    split: NDArray[np.int64]
    size: Floats
    sigma: Floats
    error: Floats
    is_break: NDArray[np.bool_]
    is_growth: NDArray[np.bool_]
    residuals: Floats


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
    found = [
        _best_steps(values[n : n + AT_ONCE]) for n in range(0, max(len(values), 1), AT_ONCE)
    ]
    return Steps(
        *(np.concatenate([getattr(f, name) for f in found]) for name in Steps.__slots__)
    )


def _best_steps(values: Floats) -> Steps:
    width = values.shape[1]
    used = (np.isfinite(values) & ~lone_months(values)).astype(float)
    time = np.arange(width, dtype=float)
    after = time[:, None] - time[None, :]
    step_shape = (after >= 0).astype(float)
    growth = (np.clip(after, 0, None) / width, np.clip(after / RAMP_MONTHS + 0.5, 0, 1))
    before = np.cumsum(used, axis=1) - used
    months = used.sum(axis=1)
    allowed = (before >= EACH_SIDE_MONTHS) & (months[:, None] - before >= EACH_SIDE_MONTHS)
    base = _Base.over(used)
    left = base.less(np.where(used > 0, values, 0.0))
    squares = (used * left**2).sum(axis=1)
    step = base.gains(left, step_shape)
    gain = np.where(allowed & (step.size > 0), step.gain, -np.inf)
    split = np.argmax(gain, axis=1)
    row = np.arange(len(values))
    found = np.isfinite(gain[row, split])
    size = np.where(found, step.size[row, split], 0.0)
    best = np.where(found, gain[row, split], 0.0)
    own = base.less(step_shape.T[split])
    remains = np.where(used > 0, left - size[:, None] * own, np.nan)
    freedom = np.sqrt(months / np.maximum(months - PARAMETERS, 1))
    sigma = spread(remains) * freedom
    rival = np.maximum(*(base.gains(left, shape).gain for shape in growth))
    with np.errstate(divide="ignore", invalid="ignore"):
        better = months * np.log(squares / np.maximum(squares - best, 1e-12 * squares))
        error = ERROR_WIDENING * sigma / np.sqrt(step.weight[row, split])
        residuals = remains * (freedom / sigma)[:, None]
    return Steps(
        months=months.astype(np.int64),
        split=np.where(found, split, -1).astype(np.int64),
        size=size,
        sigma=np.where(sigma > 1e-9, sigma, np.nan),  # noqa: PLR2004 -- rounding, not noise
        error=error,
        is_break=found & (better >= PENALTY * np.log(np.maximum(months, 2))),
        is_growth=np.where(allowed, rival, 0.0).max(axis=1, initial=0.0) >= best,
        residuals=np.where(sigma[:, None] > 1e-9, residuals, np.nan),  # noqa: PLR2004 -- as above
    )


@dataclass(frozen=True, slots=True)
class _Gains:
    """What one shape explains at each candidate month, its height, and the squares base leaves of it."""

    gain: Floats
    size: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class _Base:
    """Least squares on months of the year and a trend, over the months in use of each series.

    Args:
        used: Series x months, 1 or 0.
        counts: Series x 12: months in use, at least one so that nothing is divided by nil.
        trend: Series x months: a straight trend less its own mean in each month of the year.
        squares: Per series the squares of that trend over the months in use.
    """

    used: Floats
    counts: Floats
    trend: Floats
    squares: Floats

    @classmethod
    def over(cls, used: Floats) -> "_Base":
        """The base over the months in use."""
        width = used.shape[1]
        time = np.broadcast_to((np.arange(width, dtype=float) - width / 2) / width, used.shape)
        counts = np.maximum(_by_month(used), 1.0)
        trend = time - _spread_out(_by_month(used * time) / counts, width)
        squares = (used * trend**2).sum(axis=1)
        return cls(used, counts, trend, np.maximum(squares, 1e-12))

    def less(self, values: Floats) -> Floats:
        """What the base leaves of each series; gaps may be filled with anything."""
        rest = values - _spread_out(
            _by_month(self.used * values) / self.counts, values.shape[1]
        )
        slope = (self.used * self.trend * rest).sum(axis=1) / self.squares
        return np.asarray(rest - slope[:, None] * self.trend)

    def gains(self, left: Floats, shape: Floats) -> _Gains:
        """Try `shape` (months x candidates) at every candidate month of what the base left."""
        taken = _times(self.used * self.trend, shape)
        taken *= taken / self.squares[:, None]
        for month in range(min(MONTHS_IN_YEAR, len(shape))):
            same = np.ascontiguousarray(self.used[:, month::MONTHS_IN_YEAR])
            part = _times(same, np.ascontiguousarray(shape[month::MONTHS_IN_YEAR]))
            part *= part
            part /= self.counts[:, month, None]
            taken += part
        weight = _times(self.used, shape**2) - taken
        along = _times(self.used * left, shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            size = np.where(weight > 1e-6, along / weight, 0.0)  # noqa: PLR2004 -- a shape base explains whole
        return _Gains(size * along, size, weight)


def _times(values: Floats, shape: Floats) -> Floats:
    """Matrix product in pieces that BLAS does on one thread.

    So small products lose more by threads that wait for each other than they gain, and sums come
    out alike whatever the number of threads.
    """
    rows = max(1, ONE_THREAD // shape.size)
    made = np.empty((len(values), shape.shape[1]))
    for n in range(0, len(values), rows):
        np.matmul(values[n : n + rows], shape, out=made[n : n + rows])
    return made


def _by_month(values: Floats) -> Floats:
    """Series x 12: sums of the same month of every year."""
    sums = [values[:, m::MONTHS_IN_YEAR].sum(axis=1) for m in range(MONTHS_IN_YEAR)]
    return np.stack(sums, axis=1)


def _spread_out(monthly: Floats, width: int) -> Floats:
    """Series x months: a figure per month of the year, repeated over the years."""
    return monthly[:, np.arange(width) % MONTHS_IN_YEAR]


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
