"""Everything that is reported, as one document of plain values: what page, picture and app read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from math import isnan
from typing import Any

import numpy as np
import polars as pl

from indicia.entities.validation.figures import Share
from indicia.indicators import CATALOGUE
from indicia.reference import tables
from indicia.scoring.hypotheses import settings
from indicia.world.evaluation import (
    breakdown,
    calibration,
    figures,
    fitted,
    flag_rates,
    learned,
    one_world,
    reweighed,
    runs,
)
from indicia.world.evaluation.ranking import Measured
from indicia.world.evaluation.runs import Kept
from indicia.world.evaluation.sample import Sample
from indicia.world.evaluation.threshold import threshold
from indicia.world.making import LEVELS

RECALL_AIM, AHEAD_AIM, ERROR_AIM, NEGATIVE_AIM = 0.7, 0.2, 0.07, 0.01
CODES = tuple(i.code for i in CATALOGUE)
FORMAT = 1
Document = dict[str, Any]


def document(
    kept: Kept,
    levels: Sequence[str],
    seeds: Sequence[int],
    tuning: Sequence[int],
    *,
    is_final: bool,
    day: date,
) -> Document:
    """Measure every level.

    Args:
        kept: Rows of all worlds, those for tuning included where `is_final`.
        levels: The levels, in order.
        seeds: The worlds that are evaluated.
        tuning: The worlds that threshold, curve and trees are fitted on, where `is_final`.
        is_final: Whether this is the one run on the final seeds.
        day: The day it was made.
    """
    middle = middle_of(levels)
    # Worlds of another level with the same seed are other worlds.
    apart = kept.of(middle, tuning if is_final else seeds).facilities
    by_level = {
        level: _level(
            kept.of(level, seeds), None if level == middle and not is_final else apart
        )
        for level in levels
    }
    for level in set(levels) - {middle}:  # the page shows those of the middle level
        del by_level[level]["flag_rates"], by_level[level]["contradictions"]
    set_on = Sample.of(kept.of(middle, tuning if is_final else seeds).facilities)
    return {
        "format": FORMAT,
        "part": "final" if is_final else "development",
        "made_date": day.isoformat(),
        **runs.versions(),
        "rules_version": tables.version(),
        "seeds": [int(s) for s in seeds],
        "levels": list(levels),
        "middle": middle,
        "facilities_count": int(kept.of(middle, seeds).facilities.height),
        "threshold_bans": settings()["lead"]["threshold_bans"],
        "threshold": _threshold(set_on, tuning if is_final else seeds),
        "cuts_months": list(one_world.CUTS_MONTHS),
        "by_level": by_level,
        "aims": aims(by_level[middle]),
    }


def middle_of(levels: Sequence[str]) -> str:
    """The level that aims and threshold speak of: the generator's middle one where it is among them."""
    return LEVELS[1] if LEVELS[1] in levels else levels[0]


def aims(found: Document) -> list[Document]:
    """The aims of the middle level with what was measured: figure, aim, value, low, high, is_met."""
    recall = _found(found["methods"], figures.OURS, figures.RECALL_VISIBLE)
    error = found["calibration"].get("error") if found["calibration"] else None
    hard = [r for r in found["negatives"] if r["is_hard_negative"]]
    worst = max(hard, key=lambda r: r["share"] or 0.0, default=None)
    return [
        _aim("recall at 1 false lead in 1,000, visible clusters", f"at least {RECALL_AIM}", recall, recall["value"], lambda v: v >= RECALL_AIM),
        _aim(f"points ahead of the best baseline without truth ({found['best_baseline']})", f"at least {AHEAD_AIM:.2f}", found["ahead"], found["ahead"]["value"], lambda v: v >= AHEAD_AIM),
        _aim("expected calibration error", f"at most {ERROR_AIM}", error, error and error["value"], lambda v: v <= ERROR_AIM),
        _aim(f"leads in the worst class of hard negatives ({worst['name'] if worst else 'none'})", f"at most {NEGATIVE_AIM:.0%}", worst and {"low": worst["low"], "high": worst["high"]}, worst and worst["share"], lambda v: v <= NEGATIVE_AIM),
    ]  # fmt: skip


def _aim(
    name: str,
    aim: str,
    spread: Mapping[str, Any] | None,
    value: float | None,
    holds: Callable[[float], bool],
) -> Document:
    return {
        "figure": name,
        "aim": aim,
        "value": value,
        "low": spread["low"] if spread else None,
        "high": spread["high"] if spread else None,
        "is_met": None if value is None else bool(holds(value)),
    }


def _level(kept: Kept, train: pl.DataFrame | None) -> Document:
    sample = Sample.of(kept.facilities)
    boosted = fitted.boosted(sample, train, CODES)
    methods = figures.scores(sample, boosted)
    best, ahead = figures.ahead(sample, methods)
    rows = breakdown.marked(sample)
    sizes = breakdown.by_size(rows)
    rated = flag_rates.rates(kept.flags)
    earlier = breakdown.seen_earlier(sample)
    return {
        "worlds_count": sample.worlds,
        "has_trees": boosted is not None,
        "has_forest": one_world.method(learned.FOREST) in sample.rows.columns,
        "methods": _records(figures.compared(sample, methods)),
        "curves": _records(figures.curves(sample, methods)),
        "best_baseline": best,
        "ahead": _measured(ahead),
        "families": _records(figures.by_family(sample)),
        "over_months": _measured(figures.over_months(earlier)) if earlier else None,
        "worlds_seen_earlier_count": earlier.worlds if earlier else 0,
        "at_threshold": breakdown.of_threshold(rows),
        "stories": _records(breakdown.by_story(rows)),
        "negatives": _shares(breakdown.by_negative(rows), "leads", "facilities"),
        "sizes": _records(sizes),
        "smallest_visible": breakdown.smallest(sizes, "visible_leads", "visible"),
        "smallest_any": breakdown.smallest(sizes, "leads", "clusters"),
        "cuts": _records(breakdown.by_cut(earlier)) if earlier else [],
        "waited_months": _quartiles(breakdown.waited(earlier)) if earlier else None,
        "calibration": _calibration(sample, train),
        "missed": _records(breakdown.missed(rows)),
        "flag_rates": _records(rated),
        "contradictions": _records(flag_rates.contradictions(rated)),
    }


def _threshold(sample: Sample, seeds: Sequence[int]) -> Document:
    ours = reweighed.candidates(sample.score(one_world.cut(one_world.LAST)))
    made = threshold(ours, sample.is_cluster, sample.world, sample.worlds)
    return {**_plain(asdict(made)), "seeds": [int(s) for s in seeds]}


def _calibration(sample: Sample, train: pl.DataFrame | None) -> Document | None:
    share = fitted.shares(sample, train)
    if share is None:
        return None
    asked = ~np.isnan(share)
    truth, world = sample.is_cluster[asked], sample.world[asked]
    bins = calibration.reliability(share[asked], truth, world, sample.worlds)
    stated = sample.score("stated_share")[asked]
    raw = calibration.reliability(stated, truth, world, sample.worlds)
    counts = bins.counts.sum(axis=1)
    drawn = pl.DataFrame(
        {
            "facilities": counts.astype(np.int64),
            "stated_share": bins.stated.sum(axis=1) / np.maximum(counts, 1),
            "seen_share": bins.clusters.sum(axis=1) / np.maximum(counts, 1),
        }
    ).filter(pl.col("facilities") > 0)
    return {
        "error": _measured(calibration.calibration_error(bins)),
        "error_shown": _measured(calibration.calibration_error(bins, shown_only=True)),
        "brier": _measured(calibration.brier(bins)),
        "raw_error": _measured(calibration.calibration_error(raw)),
        "raw_error_shown": _measured(calibration.calibration_error(raw, shown_only=True)),
        "raw_brier": _measured(calibration.brier(raw)),
        "base_share": float(truth.mean()),
        "facilities": int(asked.sum()),
        "bins": _records(drawn),
    }


def _quartiles(months: pl.Series) -> Document:
    return {
        "clusters": months.len(),
        "low": months.quantile(0.25),
        "median": months.median(),
        "high": months.quantile(0.75),
    }


def _shares(rows: pl.DataFrame, part: str, whole: str) -> list[Document]:
    """The rows with share, low and high: Wilson's 95 % interval."""
    return [
        {
            **row,
            "share": s.value if s.total else None,
            "low": s.interval[0],
            "high": s.interval[1],
        }
        for row in _records(rows)
        for s in [Share(row[part], row[whole])]
    ]


def _found(records: Sequence[Mapping[str, Any]], name: str, measure: str) -> Mapping[str, Any]:
    return next(r for r in records if r["name"] == name and r["measure"] == measure)


def _measured(made: Measured) -> Document:
    return _plain(asdict(made))


def _records(frame: pl.DataFrame) -> list[Document]:
    return [_plain(row) for row in frame.iter_rows(named=True)]


def _plain(row: Mapping[str, Any]) -> Document:
    """Values that JSON knows; what is not a number is null."""
    return {
        name: None
        if isinstance(value, float) and isnan(value)
        else round(value, 6)
        if isinstance(value, float)
        else value
        for name, value in row.items()
    }
