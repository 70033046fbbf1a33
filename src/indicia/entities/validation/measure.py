"""All tasks of the page, measured once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from indicia.entities.match import known
from indicia.entities.validation import (
    baselines,
    error_kinds,
    figures,
    files,
    noise_unseen,
    notices,
    runs,
    scripts,
    shared_addresses,
    sisters,
    tasks,
)
from indicia.entities.validation.figures import Figures, Share
from indicia.entities.validation.notices import Reviewed
from indicia.entities.validation.runs import Latin
from indicia.entities.validation.shared_addresses import Addresses
from indicia.entities.validation.splits import DEVELOPMENT, FINAL
from indicia.reference import tables

BLOCKED = 500
HAN_POINT, PINYIN_POINTS = 0.8, (0.7, 0.8)
SHARING = "Han to Han, names that share two characters"
DECIDABLE = "Han to Han, names that share two characters or stand in the table"
Say = Callable[[str], None]
Missed = tuple[str, str, int, int, int]


@dataclass(frozen=True, slots=True)
class Script:
    """One line of the tasks in Han script."""

    part: str
    task: str
    method: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Measured:
    """What the page says.

    Args:
        day: Day of the measurement.
        as_of: Day of the copy of the list.
        sizes: Words on what was measured, with their numbers.
        latin: Noisy names, by part.
        unseen: Noise of other kinds, final part alone: with and without country, and by kind.
        sisters: Made sister companies shown a listed name of another city, and one of none, by part.
        aliases: part, variant, figures, and the method of every right hit.
        scripts: Han to Han and Han to Latin.
        missed: part, kind, names, names missed, with and without the table of other names: Han to Han.
        pairs: Labelled pairs in two scripts: matches found, and non-matches met all the same, by part.
        addresses: Shared addresses of listings.
        blocking: As `runs.blocking`, by part.
        run: The real run, where its review is given.
        has_logic: LogicV2 was measured.
    """

    day: date
    as_of: str
    sizes: dict[str, int]
    latin: dict[str, Latin]
    unseen: tuple[Figures, Figures, pl.DataFrame] | None
    sisters: dict[str, tuple[Share, Share]]
    aliases: list[tuple[str, str, Figures, pl.DataFrame]]
    scripts: list[Script]
    missed: list[Missed]
    pairs: dict[str, tuple[Share, Share]]
    addresses: Addresses
    blocking: dict[str, tuple[Share, Share]]
    run: Reviewed | None
    has_logic: bool


def everything(
    folder: Path,
    listing: Path,
    docs: Path,
    *,
    day: date,
    as_of: str,
    with_final: bool,
    python: Path | None,
    review: Path | None,
    rows: Path | None,
    say: Say,
) -> Measured:
    """Measure every task.

    Args:
        folder: Copies of the publishers' files, as the page names them.
        listing: A file of `entity_listing`.
        docs: The folder of the docs; holds the labelled addresses.
        day: Day of the measurement.
        as_of: Day of the copy of the list.
        with_final: Compute the final part too, which nobody tunes on.
        python: An interpreter with nomenklatura, or none.
        review: A person's reading of the real run, or none.
        rows: A folder outside the repository for the rows behind the figures and for what the
            baselines answered, used again for the same names; or none.
        say: Told what is being done.
    """
    listed = files.listings(listing)
    entities = tasks.entities(listed)
    read = files.unlisted(folder)
    other, left_out = tasks.unlisted_names(read, entities)
    noisy, held = tasks.noisy_names(entities, other), tasks.held_out(entities)
    unseen = tasks.noisy_names(entities, other, change=noise_unseen.unseen)
    parts = parts_of(with_final=with_final)
    latin: dict[str, Latin] = {}
    thresholds: dict[tuple[str, str], dict[str, float]] = {}
    for part in parts:
        say(f"noisy names, {part}: baselines")
        task = noisy.of_part(part)
        latin[part] = runs.latin(task, part, runs.plain(task, python, rows), thresholds)
        _keep(rows, f"noisy_{part}_wrong.csv", latin[part].wrong)
    say("aliases, scripts, addresses")
    named = files.notices(folder)
    met = notices.shown(named, entities)
    _keep(rows, "notices.csv", met)
    names = files.names_in_two_scripts(folder)
    in_script = [_scripts(names, part) for part in parts]
    sizes = {
        "listings": listed.height,
        "entities": entities.height,
        "names": noisy.targets.height,
        "targets": noisy.targets["id"].n_unique(),
        "unlisted read": read.height,
        **left_out,
        "unlisted": other.height,
        **{f"unlisted {p}": n for p, n in other.group_by("publisher").len().iter_rows()},
        **{
            f"{g} {p}": n
            for g, p, n in noisy.queries.group_by("group", "part").len().iter_rows()
        },
        "Han names": names.filter("is_han").height,
        "Han companies": names.filter("is_han")["company"].n_unique(),
        "companies": names["company"].n_unique(),
        "Latin names": names.filter(~pl.col("is_han")).height,
        "table organisations": tables.table(known.TABLE).height,
        "table names": int(tables.table(known.TABLE)["names"].str.count_matches(";").sum())
        + tables.table(known.TABLE).height,
    }
    return Measured(
        day,
        as_of,
        sizes,
        latin,
        _unseen(unseen.of_part(FINAL)) if with_final else None,
        {part: sisters.measured(entities, part) for part in parts},
        [line for part in parts for line in _aliases(held.of_part(part), part)],
        [line for lines, _ in in_script for line in lines],
        [line for _, missed in in_script for line in missed],
        {part: _pairs(folder, names, part) for part in parts},
        shared_addresses.measured(listed, docs / "validation" / shared_addresses.SAMPLE),
        {part: runs.blocking(noisy.of_part(part), BLOCKED) for part in parts},
        notices.reviewed(named, met, review) if review else None,
        python is not None,
    )


def parts_of(*, with_final: bool) -> tuple[str, ...]:
    """The parts that are computed."""
    return (DEVELOPMENT, FINAL) if with_final else (DEVELOPMENT,)


def _keep(folder: Path | None, name: str, rows: pl.DataFrame) -> None:
    if folder is not None:
        rows.write_csv(folder / name)


def _unseen(task: tasks.Task) -> tuple[Figures, Figures, pl.DataFrame]:
    answer, bare = runs.ours(task), task.without_country()
    return (
        figures.measured(task, answer),
        figures.measured(bare, runs.ours(bare)),
        error_kinds.by_noise(figures.outcomes(task, answer)),
    )


def _aliases(held: tasks.Task, part: str) -> list[tuple[str, str, Figures, pl.DataFrame]]:
    lines = []
    for variant, task in ((runs.WITH, held), (runs.WITHOUT, held.without_country())):
        measured, rows = runs.together([task], runs.ours)
        lines.append((part, variant, measured, runs.stages(rows)))
    return lines


def _scripts(names: pl.DataFrame, part: str) -> tuple[list[Script], list[Missed]]:
    """Every line on names in Chinese script, and the kinds of those missed from Han to Han."""
    han = [task.of_part(part) for task in scripts.leave_one_out(names)]
    latin = [task.of_part(part) for task in scripts.across(names, with_table=False)]
    others = [task.of_part(part) for task in scripts.across(names, with_table=True)]
    ways = ((runs.ALONE, runs.names_alone), (runs.OURS, runs.ours))
    answers = {method: runs.together(han, answer) for method, answer in ways}
    lines = [Script(part, han[0].name, method, answers[method][0]) for method, _ in ways]
    by_letters, by_table = scripts.linked(han), scripts.tabled(han)
    for task, ids, method in (
        (SHARING, by_letters, runs.ALONE),
        (DECIDABLE, [*by_letters, *by_table], runs.OURS),
    ):
        is_asked = pl.col("id").is_in(ids) | (pl.col("group") != "listed")
        near = answers[method][1].filter(is_asked)
        lines.append(Script(part, task, method, figures.of_outcomes(near, (0, 0))))
    lines += [
        Script(part, whole[0].name, method, runs.together(whole, answer)[0])
        for whole in (latin, others)
        for method, answer in ways
    ]
    stripped = runs.together(
        han, lambda t: baselines.han(tasks.parties(t.queries), t.targets), HAN_POINT
    )
    lines.append(
        Script(part, han[0].name, f"stripped, partial_ratio {HAN_POINT:g}", stripped[0])
    )
    for point in PINYIN_POINTS:
        read = runs.together(
            latin, lambda t: baselines.pinyin(tasks.parties(t.queries), t.targets), point
        )
        lines.append(Script(part, latin[0].name, f"pinyin, ratio {point:g}", read[0]))
    alone, whole = (
        scripts.missed(answers[method][1], by_letters, by_table) for method, _ in ways
    )
    missed = [(part, *line, other[2]) for line, other in zip(alone, whole, strict=True)]
    return sorted(lines, key=lambda line: line.task), missed


def _pairs(folder: Path, names: pl.DataFrame, part: str) -> tuple[Share, Share]:
    """Labelled pairs in two scripts: matches shown, and non-matches shown."""
    labelled = files.pairs_in_two_scripts(folder)
    whole = scripts.across(names, with_table=False)[0].of_part(part)
    sides = (
        labelled.select(id="han", name="han", countries_iso2=pl.lit("CN")),
        labelled.select(id="latin", name="latin", countries_iso2=pl.lit("CN")),
    )
    queries, targets = (tasks.parties(side.unique(maintain_order=True)) for side in sides)
    task = tasks.Task("pairs", queries, targets, whole.truth)
    met = runs.ours(task).select(han="left_id", latin="right_id", is_met=pl.lit(value=True))
    of_part = labelled.filter(pl.col("company").is_in(whole.queries["entity"].to_list()))
    told = of_part.join(met, on=["han", "latin"], how="left").with_columns(
        pl.col("is_met").fill_null(value=False)
    )
    return tuple(  # type: ignore[return-value]
        Share(int(side["is_met"].sum()), side.height)
        for side in (told.filter("is_match"), told.filter(~pl.col("is_match")))
    )
