"""`indicia refresh`: ask the publishers that are due, or those that are named, or read files."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import output, planned, providers, run_report, screen, work
from indicia.cli.work import Outcome
from indicia.errors import IndiciaError, UsageError
from indicia.sources.contract import Job
from indicia.sources.known import Known
from indicia.store import home as store_home

DATA_PROBLEM = 1
MOST_TOLD = 10
DAY_FORMAT = ["%Y-%m-%d"]


def refresh(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="family/name, name or family; none = all that are due"),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="The same as naming a source; may be repeated.")
    ] = None,
    family: Annotated[list[str] | None, typer.Option(help="All sources of a family.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Ask every source, due or not.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(formats=DAY_FORMAT, help="Ask from this day on, whatever is held."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be asked; no network, no lock.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write what happened to this JSON file.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Read this file or folder instead of asking the publisher."
        ),
    ] = None,
    published: Annotated[
        datetime | None,
        typer.Option(formats=DAY_FORMAT, help="Day the files were published."),
    ] = None,
    accept_shrink: Annotated[
        bool, typer.Option(help="Load a snapshot even if it lost a fifth of its rows.")
    ] = False,
    again: Annotated[
        bool, typer.Option(help="Parse bodies anew that the store holds already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Answer as JSON, without progress.")
    ] = False,
) -> None:
    """Fetch or read sources, weigh everything anew, publish a new store.

    Without names, sources are asked whose period is over.
    """
    jobs, is_named = _jobs(sources or [], only or [], family or [])
    day = since.date() if since else None
    only_due = not (is_named or everything)
    if dry_run:
        rows = planned.requests(store_home(), jobs, os.environ, day, only_due=only_due)
        screen.answer(rows, as_json=as_json, title="would be asked")
        return
    with screen.progress(quiet=as_json) as progress:
        if from_:
            tasks = _from_files(jobs, from_, published)
        else:
            choose = is_due if only_due else _always
            tasks = work.live_tasks(jobs, since=day, is_due=choose, watch=progress.watch)
        outcome = carry_out(tasks, progress, report, accept_shrink=accept_shrink, again=again)
    tell(outcome, as_json=as_json)
    if outcome.has_failed:
        raise typer.Exit(DATA_PROBLEM)


def carry_out(
    tasks: work.Tasks,
    progress: work.Progress,
    report: Path | None = None,
    *,
    accept_shrink: bool = False,
    again: bool = False,
) -> Outcome:
    """Refresh, and write the report whatever happens."""
    started = datetime.now(UTC)
    home = store_home()
    try:
        outcome = work.refresh(
            home, tasks, progress=progress, accept_shrink=accept_shrink, again=again
        )
    except IndiciaError as error:
        if report:
            run_report.write(report, started, None, (), str(error))
        raise
    if report:
        run_report.write(report, started, outcome, run_report.changed(home, outcome))
    return outcome


def is_due(job: Job, state: Known) -> bool:
    """The job asks somebody, and its period is over."""
    now, has_key = datetime.now(UTC), job.source.has_key(os.environ)
    if not state.is_due(job.source, now, has_key=has_key):
        return False
    return planned.asks_anything(job, state, os.environ, now)


def tell(outcome: Outcome, *, as_json: bool) -> None:
    """What each source brought, and what that changed."""
    if not outcome.reports and not as_json:
        screen.say("No source is due. `indicia refresh --all` asks every one.")
    output.refreshed(outcome, as_json=as_json)
    if as_json:
        return
    rows = run_report.changed(store_home(), outcome)
    for row in rows[:MOST_TOLD]:
        screen.say(_sentence(row))
    if len(rows) > MOST_TOLD:
        screen.say(f"… and {len(rows) - MOST_TOLD} more facilities; --report names all.")


def _sentence(row: Mapping[str, object]) -> str:
    """One facility whose verdict or support differs, and by which evidence."""
    name = row["name"] or row["facility_id"]
    if row["verdict"] is None:
        return f"{name}: no longer assessed (was {row['verdict_was']})."
    support = f"{row['support_bans']:+.2f} bans"
    was = row["support_was_bans"]
    head = (
        f"{name}: new, {row['verdict']}, {support}"
        if was is None
        else f"{name}: {row['verdict_was']} -> {row['verdict']}, {was:+.2f} -> {support}"
    )
    causes = [
        f"{word}: {'; '.join(said)}"
        for word, said in (("came", row["came"]), ("went", row["went"]))
        if isinstance(said, list) and said
    ]
    return f"{head}. {'. '.join(causes) or 'No evidence of its own differs: weights or priors do'}."


def _always(_job: Job, _state: Known) -> bool:
    return True


def _jobs(
    names: Sequence[str], only: Sequence[str], families: Sequence[str]
) -> tuple[list[Job], bool]:
    """The jobs that are meant, and whether they were named."""
    jobs = providers.find().jobs
    known = {job.source.family for job in jobs.values()}
    if unknown := sorted(set(families) - known):
        message = (
            f"no family is named {', '.join(unknown)}. Families: {', '.join(sorted(known))}."
        )
        raise UsageError(message)
    named = [*names, *only, *families]
    return providers.chosen(jobs, named), bool(named)


def _from_files(jobs: Sequence[Job], path: Path, published: datetime | None) -> work.Tasks:
    if len(jobs) != 1:
        raise UsageError(
            "--from reads the files of one source: name exactly one source before it."
        )
    if not path.exists():
        message = f"{path}: no such file or folder."
        raise UsageError(message)
    said: date | None = published.date() if published else None
    return work.file_tasks(jobs[0], path, said)
