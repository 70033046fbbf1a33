"""Stores of real data: starter facts and the maintainer's files, by the way every file goes in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from indicia import bundled
from indicia.cli import work
from indicia.cli.demo import STARTER
from indicia.cli.work import Progress
from indicia.errors import UsageError
from indicia.indicators import CATALOGUE, Indicator
from indicia.real_data.files import FILES, File
from indicia.reference import tables
from indicia.schema import POWER_LOAD
from indicia.scoring.assess import assess
from indicia.sources.archive import Archive
from indicia.sources.contract import Job
from indicia.sources.report import Report
from indicia.sources.run import run
from indicia.store import Build, Store

TAIWAN_DAYS, TAIWAN_SOURCE = "tw_loadareas_10min.csv", "power/taipower"
TAIWAN_COLUMNS = ("time", "east_10MW", "south_10MW", "central_10MW", "north_10MW")


@dataclass(frozen=True, slots=True)
class Day:
    """A store as of one day, and every assessment table computed from what was public by then.

    Args:
        store: The open store.
        frames: Table name -> rows, as `assess` gives them.
    """

    store: Store
    frames: Mapping[str, pl.DataFrame]


def build(
    home: Path,
    jobs: Mapping[str, Job],
    folder: Path | None,
    progress: Progress,
    files: Iterable[File] = FILES,
    *,
    starter: bool = True,
) -> tuple[Report, ...]:
    """Load starter facts and the files found in `folder` into `home`, weighing nothing.

    Raises:
        UsageError: None of the files is in the folder.
    """
    present = [f for f in files if folder and (folder / f.path).exists()]
    if folder and not present:
        message = f"{folder}: none of the files of this page is there, such as {FILES[0].path}."
        raise UsageError(message)

    def tasks(archive: Archive) -> Iterator[work.Task]:
        if starter:
            yield from work.starter_tasks(jobs, bundled.path(STARTER))(archive)
        for file in present:
            path = _readable(file, folder or home, home)
            yield from work.file_tasks(jobs[file.source], path, file.published)(archive)

    with work.building(home, progress) as made:
        reports = tuple(_loaded(task, made, progress) for task in tasks(Archive(home)))
        made.publish(rules_version=tables.version(), kind="live", now=datetime.now(UTC))
    return reports


def as_of(
    home: Path, day: date | None, today: date, catalogue: Sequence[Indicator] = CATALOGUE
) -> Day:
    """What was public by the end of `day` (everything, where it is None), weighed as of then."""
    store = Store.open(home, day)
    db = store.cursor()
    # Which hours were public by then is worked out once, not by every indicator.
    hours = POWER_LOAD.name
    db.execute(f"CREATE TEMP TABLE {hours} AS SELECT * FROM {hours}")
    return Day(store, assess(db, catalogue, day or today))


def _loaded(task: work.Task, made: Build, progress: Progress) -> Report:
    return run(
        task.job,
        task.batches,
        made,
        task.way,
        accept_shrink=True,
        again=False,
        progress=progress,
        meter=task.meter,
    )


def _readable(file: File, folder: Path, home: Path) -> Path:
    """The file itself; Taiwan's joined table is cut back into the publisher's files of one day."""
    path = folder / file.path
    if file.source != TAIWAN_SOURCE:
        return path
    days = home / "taiwan"
    days.mkdir(parents=True, exist_ok=True)
    joined = pl.read_csv(path / TAIWAN_DAYS, infer_schema=False)
    for (day,), rows in joined.group_by(["date"], maintain_order=True):
        place = days / f"loadareas_{day}.csv"
        rows.select(TAIWAN_COLUMNS).write_csv(place, include_header=False)
    return days
