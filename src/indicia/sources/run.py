"""One run of one job: bodies in, rows checked, change loaded, everything that happened written down."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from indicia.errors import IndiciaError, SourceBudgetSpentError, SourceNotConfiguredError
from indicia.schema import FETCH, ISSUE, LOADED, RUN, short_hash
from indicia.sources.contract import Fetch, Job
from indicia.sources.guard import guarded
from indicia.sources.intake import Batch
from indicia.sources.loading import Loading
from indicia.sources.meter import Meter
from indicia.sources.report import Report
from indicia.store import Build

Progress = Callable[[str], None]


def run(
    job: Job,
    batches: Iterator[Batch],
    build: Build,
    way: str,
    *,
    accept_shrink: bool,
    again: bool,
    progress: Progress,
    meter: Meter | None = None,
) -> Report:
    """Load every batch; a batch that fails is an issue, and the others still load."""
    started = datetime.now(UTC)
    report = Report(short_hash(job.source.id, started.isoformat()), job.source.id, way, started)
    report.meter, job = meter or Meter(), guarded(job)
    loading = Loading(job, build, report, accept_shrink=accept_shrink, again=again)
    spent: SourceBudgetSpentError | None = None
    try:
        for batch in batches:
            report.fetches += [f for f, _ in batch.bodies]
            for error in batch.refused:
                report.refuse(error)
            if batch.bodies:
                progress(batch.title)
                loading.take(batch)
                report.count(batch)
    except SourceNotConfiguredError as error:
        report.outcome, report.message = "not configured", str(error)
    except SourceBudgetSpentError as error:
        spent = error
    except IndiciaError as error:
        report.fail(error)
    progress("storing")
    loading.flush()
    _conclude(report)
    if spent:
        report.stop_for_today(spent)
    _record(report, build)
    return report


def _conclude(report: Report) -> None:
    """A run in which some bodies were refused and others loaded has loaded, and says so."""
    if report.refused and report.accepted and report.outcome == "failed" and not report.stopped:
        report.outcome = "unchanged" if report.delta.is_empty else "loaded"
        report.message = f"{report.refused} of {report.refused + report.accepted} bodies were refused; see the issues"


def _recorded(fetch: Fetch) -> dict[str, object]:
    """What the store keeps of a fetch."""
    facts = asdict(fetch)
    return {name: facts[name] for name in FETCH.names}


def _record(report: Report, build: Build) -> None:
    report.finished_utc = datetime.now(UTC)
    known = build.held(
        'SELECT fetch_id FROM runs."fetch" WHERE source = $source', {"source": report.source}
    )["fetch_id"]
    new = {f.fetch_id: f for f in report.fetches if f.fetch_id not in set(known)}
    build.record(FETCH, FETCH.frame(_recorded(f) for f in new.values()))
    kept = build.held(
        "SELECT fetch_id, table_name FROM runs.loaded WHERE source = $source",
        {"source": report.source},
    )
    marked = set(kept.iter_rows())
    fresh = (r for r in report.loaded if (r["fetch_id"], r["table_name"]) not in marked)
    build.record(LOADED, LOADED.frame(fresh))
    build.record(ISSUE, ISSUE.frame(report.issues))
    build.record(
        RUN,
        RUN.frame(
            [
                {
                    "run_id": report.run_id,
                    "source": report.source,
                    "way": report.way,
                    "started_utc": report.started_utc,
                    "finished_utc": report.finished_utc,
                    "outcome": report.outcome,
                    "rows_in_count": report.rows_in,
                    "rows_kept_count": report.rows_kept,
                    "rows_rejected_count": report.rows_rejected,
                    "added_count": report.delta.added,
                    "changed_count": report.delta.changed,
                    "vanished_count": report.delta.vanished,
                    "message": report.message or None,
                }
            ]
        ),
    )
