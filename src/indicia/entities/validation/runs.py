"""The matcher and the baselines run over the tasks: figures, curves, errors, stages."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from indicia.entities import match
from indicia.entities.match import decide
from indicia.entities.validation import baselines, error_kinds, figures
from indicia.entities.validation.figures import Figures, Share
from indicia.entities.validation.splits import DEVELOPMENT
from indicia.entities.validation.tasks import Task, parties
from indicia.schema import short_hash

VARIANTS = WITH, WITHOUT = ("country", "no country")
OURS, ALONE, LOGIC = "indicia", "indicia, names alone", "nomenklatura LogicV2"
MOST_FALSE = 40.0
STEPS = tuple(round(float(t), 2) for t in np.arange(0.5, 1.0, 0.01))
LOWEST = 0.5
BRUTE = "Jaro-Winkler, plain"
BEST, HELD = "best F1", f"best F1 under {MOST_FALSE:g} false hits"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison.

    Args:
        part: Development or final.
        variant: With country, or without.
        method: Ours or a baseline.
        point: How the threshold was set.
        figures: What it does there.
    """

    part: str
    variant: str
    method: str
    point: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Latin:
    """Everything measured on noisy names in one part.

    Args:
        rows: The comparison.
        curves: Figures by threshold, by method, with country.
        noise: As `error_kinds.by_noise`, ours, with country.
        wrong: As `error_kinds.wrong`, ours, with country.
        stages: method, right, wrong, false (hits on unlisted names), ours, with country.
    """

    rows: list[Row]
    curves: dict[str, list[Figures]]
    noise: pl.DataFrame
    wrong: pl.DataFrame
    stages: pl.DataFrame


def ours(task: Task, limits: dict[str, object] | None = None) -> pl.DataFrame:
    """The matcher's answer to a task."""
    return match.meet(parties(task.queries), task.targets, settings=limits)


def names_alone(task: Task) -> pl.DataFrame:
    """The matcher's answer without its table of other names."""
    side = match.Targets(task.targets, is_tabled=False)
    try:
        return side.meet(parties(task.queries))
    finally:
        side.close()


def lowered() -> dict[str, object]:
    """The matcher's limits with every least score at `LOWEST`, for the curve alone."""
    limits = deepcopy(decide.settings())  # read once and shared: never written into
    for table in ("shown", "romanised"):
        limits[table] = dict.fromkeys(limits[table], LOWEST)
    return limits


Answers = dict[tuple[str, str], pl.DataFrame]


def plain(task: Task, python: Path | None, folder: Path | None = None) -> Answers:
    """The baselines' answers, by variant and method.

    Args:
        task: Queries with their countries.
        python: An interpreter with nomenklatura, or none: LogicV2 is then left out.
        folder: Where answers are kept, and found again for the same names; or nowhere.
    """
    asked = parties(task.queries)
    key = short_hash(asked.write_csv(), task.targets.write_csv(), python is not None)
    path = None if folder is None else folder / f"baselines_{key}.parquet"
    if path is not None and path.is_file():
        return _read(path)
    found = baselines.scored(asked, task.targets)
    answers: Answers = {}
    for variant in VARIANTS:
        is_with = variant == WITH
        for name, rows in found.items():
            answers[variant, name] = baselines.best(rows, with_country=is_with)
        if python is not None:
            pairs = baselines.candidates(found, with_country=is_with)
            known = asked if is_with else parties(task.without_country().queries)
            answers[variant, LOGIC] = baselines.logic_v2(python, pairs, known, task.targets)
    if path is not None:
        named = [
            rows.with_columns(variant=pl.lit(variant), baseline=pl.lit(name))
            for (variant, name), rows in answers.items()
        ]
        pl.concat(named).write_parquet(path)
    return answers


def _read(path: Path) -> Answers:
    rows = pl.read_parquet(path)
    keys = rows.select("variant", "baseline").unique(maintain_order=True).iter_rows()
    return {
        (variant, name): rows.filter(
            (pl.col("variant") == variant) & (pl.col("baseline") == name)
        ).drop("variant", "baseline")
        for variant, name in keys
    }


def points(task: Task, answer: pl.DataFrame) -> dict[str, float]:
    """The thresholds of a baseline, set on the development part: best F1, and best under the aim."""
    curve = figures.curve(task, answer, STEPS)
    held = [f for f in curve if f.false_per_10k < MOST_FALSE] or curve[-1:]
    return {
        BEST: max(curve, key=lambda f: f.f1).threshold,
        HELD: max(held, key=lambda f: f.f1).threshold,
    }


def latin(
    task: Task,
    part: str,
    answers: Answers,
    thresholds: dict[tuple[str, str], dict[str, float]],
) -> Latin:
    """One part of the noisy names.

    Args:
        task: Queries of the part.
        part: Which part.
        answers: As `plain` gives them.
        thresholds: By variant and method, as `points` sets them on the development part; filled
            here when the part is that one.
    """
    rows: list[Row] = []
    shipped = ours(task)
    for variant, asked, answer in (
        (WITH, task, shipped),
        (WITHOUT, task.without_country(), ours(task.without_country())),
    ):
        rows.append(Row(part, variant, OURS, "as shipped", figures.measured(asked, answer)))
        for (other_variant, method), other in answers.items():
            if other_variant != variant:
                continue
            if part == DEVELOPMENT:
                thresholds[variant, method] = points(asked, other)
            for point, threshold in thresholds[variant, method].items():
                measured = figures.measured(asked, other, threshold)
                rows.append(Row(part, variant, method, point, measured))
    curves = {OURS: figures.curve(task, ours(task, lowered()), STEPS)}
    for (variant, method), other in answers.items():
        if variant == WITH:
            curves[method] = figures.curve(task, other, STEPS)
    outcome = figures.outcomes(task, shipped)
    return Latin(
        rows,
        curves,
        error_kinds.by_noise(outcome),
        error_kinds.wrong(outcome, task.targets),
        stages(outcome),
    )


def stages(rows: pl.DataFrame) -> pl.DataFrame:
    """What every method of the matcher brings, best hits only: method, right, wrong, false."""
    hits = rows.filter(pl.col("right_id").is_not_null())
    is_listed = pl.col("group") == "listed"
    return (
        hits.group_by("method")
        .agg(
            right=pl.col("is_right").sum(),
            wrong=(is_listed & ~pl.col("is_right")).sum(),
            false=(~is_listed).sum(),
        )
        .sort("right", descending=True)
    )


def together(
    tasks: Sequence[Task], ask: Callable[[Task], pl.DataFrame], threshold: float = 0.0
) -> tuple[Figures, pl.DataFrame]:
    """The figures of several tasks as one, and their outcomes."""
    outcomes, shown, right = [], 0, 0
    for task in tasks:
        if task.queries.is_empty():
            continue
        answer = ask(task)
        outcomes.append(figures.outcomes(task, answer))
        counted = figures.pairs(task, answer, threshold)
        shown, right = shown + counted[0], right + counted[1]
    rows = pl.concat(outcomes)
    return figures.of_outcomes(rows, (shown, right), threshold), rows


def blocking(task: Task, names: int) -> tuple[Share, Share]:
    """Blocking against brute force, on the first listed names of a task by id.

    Returns:
        Names with a right listing among the candidates, of all; and of those whose best target by
        brute force (`BRUTE`, over all targets) is right.
    """
    asked = task.queries.filter(pl.col("group") == "listed").sort("id").head(names)
    met = match.candidates(parties(asked), task.targets).select(
        id="left_id", right_id="right_id"
    )
    kept = task.truth.join(met, on=["id", "right_id"], how="semi")["id"].unique().to_list()
    brute = baselines.best(
        baselines.scored(parties(asked), task.targets, (BRUTE,))[BRUTE], with_country=False
    ).unique("left_id", keep="first", maintain_order=True)
    best = brute.select(id="left_id", right_id="right_id")
    easy = task.truth.join(best, on=["id", "right_id"], how="semi")["id"].unique()
    return (
        Share(int(asked["id"].is_in(kept).sum()), asked.height),
        Share(int(easy.is_in(kept).sum()), easy.len()),
    )
