"""What a refresh does, start to end: lock, load each source, weigh, publish, settle the archive."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import polars as pl

from indicia import __version__
from indicia.errors import StoreError
from indicia.indicators import CATALOGUE
from indicia.reference import tables
from indicia.review import Journal
from indicia.scoring.assess import assess
from indicia.sources import intake, known
from indicia.sources.archive import Archive
from indicia.sources.asking import Circumstances, live
from indicia.sources.contract import Job
from indicia.sources.intake import Batch
from indicia.sources.known import Known
from indicia.sources.meter import Meter
from indicia.sources.report import Report
from indicia.sources.run import run
from indicia.store import SYNTHETIC, Build, Manifest, Store, digest, writing

WAIT_SECONDS = 600.0
Progress = Callable[[str], None]
Watch = Callable[[str, Meter], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One job and where its bodies come from."""

    job: Job
    batches: Iterator[Batch]
    way: str
    meter: Meter = field(default_factory=Meter)


Tasks = Callable[[Archive], Iterable[Task]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh did: the store it published, a report per source, and the store before."""

    manifest: Manifest
    reports: tuple[Report, ...]
    before: Manifest

    @property
    def has_failed(self) -> bool:
        """Some source failed; its last good data stay."""
        return any(r.outcome == "failed" for r in self.reports)


@contextmanager
def building(
    home: Path, progress: Progress, wait_seconds: float = WAIT_SECONDS
) -> Iterator[Build]:
    """Hold the lock and a build; nothing is published unless asked."""
    with writing(home, wait_seconds, progress), Build(home) as build:
        yield build


def refresh(
    home: Path,
    tasks: Tasks,
    *,
    progress: Progress,
    accept_shrink: bool = False,
    again: bool = False,
    today: date | None = None,
) -> Outcome:
    """Load what the tasks bring, weigh everything anew, publish once.

    Where no task is made and the assessments are of these rules and judgements, nothing is published.

    Args:
        home: The folder of archive and stores.
        tasks: Makes the tasks once the lock is held.
        progress: Told what is being done.
        accept_shrink: Load a snapshot even if it lost a fifth of its rows.
        again: Parse bodies anew that are already in the store (after a parser was mended).
        today: The day the assessments speak from; by default the day of the run (UTC).
    """
    archive, journal = Archive(home), Journal(home)
    with building(home, progress) as build:
        journal.require(build.base.judged_count)
        judgements = journal.judgements()
        reports = []
        for task in tasks(archive):
            _require_real(home, build)
            say = _prefixed(progress, task.job.source.id)
            reports.append(
                run(
                    task.job,
                    task.batches,
                    build,
                    task.way,
                    accept_shrink=accept_shrink,
                    again=again,
                    progress=say,
                    meter=task.meter,
                )
            )
        is_stale = _is_stale(build.base) or digest.judged(judgements) != build.base.judged
        if not reports and build.base.sequence and not is_stale:
            return Outcome(build.base, (), build.base)
        before = build.base
        if build.is_changed or is_stale:
            on = today or datetime.now(UTC).date()
            build.replace_assessments(
                assess(build.reader(), CATALOGUE, on, progress, judgements)
            )
        progress("publishing")
        manifest = build.publish(
            rules_version=tables.version(), kind=_kind(build, reports), now=datetime.now(UTC)
        )
        archive.settle(f.fetch_id for r in reports for f in r.fetches)
    return Outcome(manifest, tuple(reports), before)


def _require_real(home: Path, build: Build) -> None:
    """Refuse to ask a publisher for a store that is invented.

    Raises:
        StoreError: The home holds a synthetic store.
    """
    if build.base.kind == SYNTHETIC:
        message = f"{home}: holds a synthetic store, in which everything is invented; real sources are never loaded into it. Name another folder with INDICIA_HOME."
        raise StoreError(message)


def _is_stale(made: Manifest) -> bool:
    """Assessments were made under other rules or by other code."""
    return (made.rules_version, made.code_version) != (tables.version(), __version__)


def live_tasks(
    jobs: Iterable[Job],
    environ: Mapping[str, str] | None = None,
    *,
    since: date | None = None,
    is_due: Callable[[Job, Known], bool] = lambda _job, _known: True,
    watch: Watch | None = None,
) -> Tasks:
    """Ask the publishers.

    Args:
        jobs: The jobs.
        environ: Keys and settings; by default the environment.
        since: Ask from this day on, whatever is held.
        is_due: Leaves out jobs, by what the store knows of them.
        watch: Told of every job's counts as they move.
    """
    env = os.environ if environ is None else environ

    def make(archive: Archive) -> Iterable[Task]:
        with Store.open(archive.home) as store:
            held = [(job, known.of(store, job.source)) for job in jobs]
        for job, state in held:
            if not is_due(job, state):
                continue
            meter = Meter()
            if watch:
                meter.tell = partial(watch, job.source.id)
            around = Circumstances(env, datetime.now(UTC), since, state, meter)
            yield Task(job, live(job, archive, around), "live", meter)

    return make


def file_tasks(job: Job, path: Path, published: date | None) -> Tasks:
    """Read files a person has."""
    return lambda archive: [
        Task(job, intake.files(job, archive, path, published, datetime.now(UTC)), "file")
    ]


def starter_tasks(jobs: Mapping[str, Job], folder: Path) -> Tasks:
    """Read the committed starter facts of every source that has some."""

    def make(archive: Archive) -> Iterable[Task]:
        for name in sorted(jobs):
            place = folder / name
            if place.is_dir():
                own, batches = intake.starter(jobs[name], archive, place)
                yield Task(own, batches, "starter")

    return make


def open_assessed(
    home: Path, as_of: date | None, as_held: date | None, progress: Progress
) -> Store:
    """Open the current store; for an earlier day, weigh what was public (or held) by then."""
    store = Store.open(home, as_of, as_held)
    day = as_of or as_held
    if day:
        judged = Journal(home).judgements()
        by_then = judged.filter(pl.col("judged_utc").dt.date() <= day)
        store.show(assess(store.cursor(), CATALOGUE, day, progress, by_then))
    return store


def _kind(build: Build, reports: Iterable[Report]) -> str:
    ways = {r.way for r in reports if r.loaded}
    if build.base.kind in ("live", "synthetic"):
        return build.base.kind
    return (
        "live"
        if ways - {"starter"}
        else "starter"
        if ways or build.base.kind == "starter"
        else "empty"
    )


def _prefixed(progress: Progress, name: str) -> Progress:
    return lambda text: progress(f"{name}: {text}")
