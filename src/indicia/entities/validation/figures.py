"""From answers to figures: the best hit of every query, shares with Wilson's interval, F1 by bootstrap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.entities.validation.tasks import Task

SHOWN = ("same", "possible")
Z95, DRAWS, PER = 1.959964, 2000, 10_000


@dataclass(frozen=True, slots=True)
class Share:
    """A share seen in a sample, with Wilson's 95 % interval."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share; not a number for an empty sample."""
        return self.count / self.total if self.total else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval; all of 0 to 1 for an empty sample."""
        if not self.total:
            return (0.0, 1.0)
        share, n = self.value, self.total
        middle, scale = share + Z95**2 / (2 * n), 1 + Z95**2 / n
        spread = Z95 * float(np.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2)))
        return (max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


@dataclass(frozen=True, slots=True)
class Figures:
    """What one method does at one threshold.

    Args:
        threshold: Least score that counts; 0 for everything that is shown.
        precision: Right best hits among queries with a hit.
        recall: Right best hits among listed queries.
        f1: Harmonic mean of the two.
        f1_interval: 95 % interval of F1, by bootstrap over entities.
        false_share: Unlisted queries with a hit among unlisted queries.
        pairs_shown: Pairs shown, best or not.
        pairs_right: Right ones among them.
    """

    threshold: float
    precision: Share
    recall: Share
    f1: float
    f1_interval: tuple[float, float]
    false_share: Share
    pairs_shown: int
    pairs_right: int

    @property
    def false_per_10k(self) -> float:
        """False hits per 10,000 unlisted names."""
        return self.false_share.value * PER


def shown(answer: pl.DataFrame) -> pl.DataFrame:
    """What a screen would show: the decisions `same` and `possible`, one row per pair, best first."""
    order = ["left_id", "score_share", "right_id"]
    return (
        answer.filter(pl.col("decision").is_in(SHOWN))
        .sort(order, descending=[False, True, False])
        .unique(["left_id", "right_id"], keep="first", maintain_order=True)
    )


def outcomes(task: Task, answer: pl.DataFrame) -> pl.DataFrame:
    """Every query with its best hit: adds right_id, method, score_share, left/right_value, why, is_right."""
    rows = shown(answer)
    best = rows.unique("left_id", keep="first", maintain_order=True).rename({"left_id": "id"})
    right = task.truth.with_columns(is_right=pl.lit(value=True))
    joined = task.queries.join(best, on="id", how="left").join(
        right, on=["id", "right_id"], how="left"
    )
    return joined.with_columns(pl.col("is_right").fill_null(value=False)).sort("id")


def measured(
    task: Task, answer: pl.DataFrame, threshold: float = 0.0, *, intervals: bool = True
) -> Figures:
    """The figures of an answer at a threshold."""
    return of_outcomes(
        outcomes(task, answer), pairs(task, answer, threshold), threshold, intervals=intervals
    )


def pairs(task: Task, answer: pl.DataFrame, threshold: float) -> tuple[int, int]:
    """Pairs shown at a threshold, and right ones among them."""
    rows = shown(answer).filter(pl.col("score_share") >= threshold)
    right = rows.join(
        task.truth.rename({"id": "left_id"}), on=["left_id", "right_id"], how="semi"
    )
    return rows.height, right.height


def of_outcomes(
    rows: pl.DataFrame,
    shown_pairs: tuple[int, int],
    threshold: float = 0.0,
    *,
    intervals: bool = True,
) -> Figures:
    """The figures of best hits at a threshold."""
    table = counted(rows, threshold)
    hits, right = int(table["hit"].sum()), int(table["right"].sum())
    listed = table.filter("is_listed")
    other = table.filter(~pl.col("is_listed"))
    recall = Share(int(listed["right"].sum()), listed.height)
    return Figures(
        threshold,
        Share(right, hits),
        recall,
        _f1(right, hits - right, listed.height - right),
        _bootstrap(table) if intervals else (float("nan"), float("nan")),
        Share(int(other["hit"].sum()), other.height),
        *shown_pairs,
    )


def counted(rows: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """entity, is_listed, hit and right (0 or 1) per query at a threshold."""
    is_hit = (pl.col("score_share") >= threshold).fill_null(value=False)
    return rows.select(
        "entity",
        is_listed=pl.col("group") == "listed",
        hit=is_hit.cast(pl.Int64),
        right=(is_hit & pl.col("is_right")).cast(pl.Int64),
    )


def curve(task: Task, answer: pl.DataFrame, thresholds: Sequence[float]) -> list[Figures]:
    """The figures at every threshold, without intervals."""
    rows = outcomes(task, answer)
    return [of_outcomes(rows, pairs(task, answer, t), t, intervals=False) for t in thresholds]


def _f1(right: int, wrong: int, missed: int) -> float:
    below = 2 * right + wrong + missed
    return 2 * right / below if below else float("nan")


def _bootstrap(table: pl.DataFrame) -> tuple[float, float]:
    """Entities drawn with replacement, listed and unlisted apart; the middle 95 % of F1."""
    by_entity = (
        table.group_by("is_listed", "entity")
        .agg(pl.col("hit", "right").sum(), names=pl.len())
        .sort("is_listed", "entity")
    )
    draw = np.random.default_rng(0)
    right, wrong, missed = (np.zeros(DRAWS) for _ in range(3))
    for is_listed in (True, False):
        rows = by_entity.filter(pl.col("is_listed") == is_listed)
        if rows.is_empty():
            continue
        taken = draw.integers(rows.height, size=(DRAWS, rows.height))
        hits, good, names = (
            rows[c].to_numpy()[taken].sum(axis=1) for c in ("hit", "right", "names")
        )
        right += good
        wrong += hits - good
        missed += (names - good) if is_listed else 0
    below = 2 * right + wrong + missed
    f1 = np.divide(2 * right, below, out=np.zeros(DRAWS), where=below > 0)
    low, high = np.quantile(f1, (0.025, 0.975))
    return float(low), float(high)
