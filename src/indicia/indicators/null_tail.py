"""How often noise alone looks as strong: a null pooled over like series, with a tail that never ends.

Every function takes all series at once and knows no unit. Residuals are studentised: a value less
what its series leads one to expect, over the scatter of that series. One series is too short to say
what happens once in 10,000 times; a class of series together is not. Method: docs/method.md.

The tail follows Hosking and Wallis (1987), the blocks Politis and Romano (1992).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicia.indicators.steps import Floats

Integers = NDArray[np.int64]
SEED = 20_261_128
BLOCK = 6
# The tail is read from a tenth of the pool; of a large pool from so many, so that it starts far out.
TAIL_SHARE, TAIL_MOST = 0.1, 250
LEAST_VALUES, LEAST_SERIES = 200, 20
MOST_VALUES = 200_000
DRAWS = 1_000
LENGTHS = (36, 60, 96, 144)
# A tail is believed a thousand times further out than the pool reaches, and no further.
FURTHEST = 1_000


@dataclass(frozen=True, slots=True)
class Tail:
    """A pooled null: counted up to `start`, a generalised Pareto beyond it.

    Args:
        ordered: The pool, ascending.
        start: Where the tail begins.
        share: Share of the pool beyond `start`.
        scale: Scale of the tail, in the pool's unit.
        shape: Shape of the tail, 0 (exponential) or above, so that no value is impossible.
    """

    ordered: Floats
    start: float
    share: float
    scale: float
    shape: float

    def p(self, observed: Floats) -> Floats:
        """Chance of a value at or above each observed one; above 0, at most 1, NaN for NaN."""
        count = len(self.ordered)
        above = count - np.searchsorted(self.ordered, observed, side="left")
        beyond = np.maximum(np.nan_to_num(observed, posinf=np.finfo(float).max) - self.start, 0)
        with np.errstate(over="ignore"):
            left = (
                (1 + self.shape * beyond / self.scale) ** (-1 / self.shape)
                if self.shape > 0
                else np.exp(-beyond / self.scale)
            )
        chance = np.where(observed > self.start, self.share * left, (1 + above) / (1 + count))
        held = np.clip(chance, 1 / (FURTHEST * count), 1.0)
        return np.where(np.isnan(observed), np.nan, held)


def fit(pool: Floats) -> Tail | None:
    """The null of a pool of values, by probability-weighted moments; None where it is too small."""
    ordered = np.sort(pool[np.isfinite(pool)])
    count = len(ordered)
    if count < LEAST_VALUES:
        return None
    beyond = min(int(TAIL_SHARE * count), TAIL_MOST)
    start = float(ordered[count - beyond - 1])
    over = ordered[count - beyond :] - start
    weight = 1 - (np.arange(1, beyond + 1) - 0.35) / beyond
    first, second = float(over.mean()), float((weight * over).mean())
    if first <= 0:
        return None
    shape = 2 - first / (first - 2 * second)
    scale = 2 * first * second / (first - 2 * second)
    # A negative shape has an end beyond which nothing could ever happen: no pool can show that.
    if shape <= 0:
        shape, scale = 0.0, first
    return Tail(ordered, start, beyond / count, scale, min(shape, 0.9))


def blocks(residuals: Floats, length: int, draws: int, seed: int = SEED) -> Floats:
    """Series of noise: circular blocks of six from one series after another of the pool.

    Args:
        residuals: Series by periods; NaN where a period is missing.
        length: Periods of each series that is made.
        draws: How many are made.
        seed: Equal seeds give equal series.

    Returns:
        draws x length. Series of fewer than six residuals lend none.
    """
    counts = np.isfinite(residuals).sum(axis=1)
    order = np.argsort(~np.isfinite(residuals), axis=1, kind="stable")
    dense = np.take_along_axis(residuals, order, axis=1)
    lends = np.flatnonzero(counts >= BLOCK)
    random = np.random.default_rng(seed)
    many = -(-length // BLOCK)
    chance = counts[lends] / counts[lends].sum()
    row = lends[random.choice(len(lends), size=(draws, many), p=chance)]
    begin = (random.random((draws, many)) * counts[row]).astype(np.int64)
    column = (begin[..., None] + np.arange(BLOCK)) % counts[row][..., None]
    return np.asarray(dense[row[..., None], column].reshape(draws, -1)[:, :length])


def side_by_side(series: Integers, values: Floats) -> Floats:
    """One row per series, its values from the left in the order given; `series` is sorted."""
    starts = np.flatnonzero(np.diff(series, prepend=series[:1] - 1))
    row = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(series))))
    column = np.arange(len(series)) - starts[row]
    made = np.full((len(starts), int(column.max()) + 1), np.nan)
    made[row, column] = values
    return made


def of_largest(residuals: Floats, observed: Floats, tried: Integers) -> Floats:
    """P of the largest of several successive residuals of a series.

    Neighbours resemble each other, so `tried` periods are worth fewer independent ones: as many as
    make the largest in series of blocks what it is, in the middle or far out, whichever asks more.

    Args:
        residuals: The pool, series by periods; NaN where a period is missing.
        observed: Largest residual of each asked series; NaN where there is none.
        tried: Periods among which it is the largest (count).

    Returns:
        p per asked series; NaN where it has no residual or the pool is too small.
    """
    is_enough = (np.isfinite(residuals).sum(axis=1) >= BLOCK).sum() >= LEAST_SERIES
    pool = fit(residuals.ravel()) if is_enough else None
    longest = int(tried.max()) if len(tried) else 0
    if pool is None or longest < 1:
        return np.full(len(observed), np.nan)
    reached = np.maximum.accumulate(blocks(residuals, longest, DRAWS), axis=1)
    worth = np.ones(longest)
    for share in (0.5, 0.95):
        usual = np.minimum(pool.p(np.quantile(reached, share, axis=0)), 1 - share)
        worth = np.maximum(worth, np.log(share) / np.log1p(-usual))
    worth = np.minimum(worth, np.arange(1, longest + 1))
    each = pool.p(observed)
    return np.asarray(-np.expm1(worth[np.maximum(tried, 1) - 1] * np.log1p(-each)))


def of_series(
    residuals: Floats,
    statistic: Callable[[Floats], Floats],
    observed: Floats,
    periods: Integers,
) -> Floats:
    """P of a statistic of whole series, from the same statistic of series of blocks.

    Args:
        residuals: The pool, series by periods; NaN where a period is missing.
        statistic: One value per series (series by periods), the larger the stranger.
        observed: The statistic of each asked series; NaN where there is none.
        periods: Periods of each asked series (count); it is held against series made as long, or
            as the next shorter of `LENGTHS`.
    """
    made = np.full(len(observed), np.nan)
    if (np.isfinite(residuals).sum(axis=1) >= BLOCK).sum() < LEAST_SERIES:
        return made
    length = np.array(LENGTHS)[np.clip(np.searchsorted(LENGTHS, periods, "right") - 1, 0, None)]
    for one in np.unique(length[np.isfinite(observed)]):
        null = fit(statistic(blocks(residuals, int(one), DRAWS)))
        if null is not None:
            made = np.where(length == one, null.p(observed), made)
    return made


NONE_AT_HAND = f"insufficient: fewer than {LEAST_SERIES} series of six periods, or {LEAST_VALUES} periods, to compare with"


def chances(
    judged: pl.DataFrame,
    found: pl.DataFrame,
    *,
    series: Sequence[str],
    value: str,
    observed: str,
    tried: str,
    kind: str,
) -> pl.DataFrame:
    """The columns `p_value`, `p_basis` and `tests_count` of what an indicator found.

    Args:
        judged: Every judged period of every series, in order of time: `series`, `value`, `kind`.
        found: One row per scope: `observed`, the largest `value` there, and how many were `tried`.
        series: Columns that name a series.
        value: The studentised residual.
        observed: Column of `found`, null where nothing was judged.
        tried: Column of `found` (count).
        kind: Column of both that names the class of series, for example its frequency.
    """
    at = found.with_row_index("at").select("at", kind, observed, tried)
    parts = []
    for (name,), asked in at.filter(pl.col(observed).is_not_null()).group_by(
        [kind], maintain_order=True
    ):
        like = judged.filter(pl.col(kind) == name)
        pool = _pool(like, series, value)
        p = of_largest(
            pool,
            asked[observed].cast(pl.Float64).to_numpy(),
            asked[tried].cast(pl.Int64).to_numpy(),
        )
        basis = f"pooled null of {np.isfinite(pool).sum():,} periods of {len(pool):,} series"
        parts.append(
            asked.select("at", tests_count=pl.col(tried).cast(pl.Int64)).with_columns(
                p_value=pl.Series(p).fill_nan(None),
                p_basis=pl.Series(np.where(np.isnan(p), NONE_AT_HAND, basis)),
            )
        )
    known = pl.concat(parts) if parts else pl.DataFrame(schema=CHANCES)
    return at.select("at").join(known, on="at", how="left", maintain_order="left").drop("at")


CHANCES = {
    "at": pl.UInt32,
    "tests_count": pl.Int64,
    "p_value": pl.Float64,
    "p_basis": pl.String,
}


def _pool(judged: pl.DataFrame, series: Sequence[str], value: str) -> Floats:
    """Residuals side by side; of very many series every n-th."""
    numbered = judged.select(pl.struct(series).rank("dense").alias("series"), value).sort(
        "series", maintain_order=True
    )
    step = max(1, numbered.height // MOST_VALUES)
    kept = numbered.filter(pl.col("series") % step == 0) if step > 1 else numbered
    return side_by_side(
        kept["series"].cast(pl.Int64).to_numpy(), kept[value].cast(pl.Float64).to_numpy()
    )
