"""One run of one job: bodies in, rows checked, change loaded, everything that happened written down."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import polars as pl

from indicia.errors import (
    IndiciaError,
    SchemaViolationError,
    SourceChangedError,
    SourceNotConfiguredError,
)
from indicia.schema import FETCH, ISSUE, LOADED, OBSERVED, RUN, parsed, short_hash, stamped
from indicia.sources import gates
from indicia.sources.contract import Fetch, Job, Parsed, Rejection
from indicia.sources.intake import Batch
from indicia.sources.report import Report
from indicia.sources.stamping import stamp
from indicia.store import Build, Vintage

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
) -> Report:
    """Load every batch; a batch that fails is an issue, and the others still load."""
    started = datetime.now(UTC)
    report = Report(short_hash(job.source.id, started.isoformat()), job.source.id, way, started)
    try:
        for batch in batches:
            report.fetches += [f for f, _ in batch.bodies]
            for error in batch.refused:
                report.refuse(error)
            if batch.bodies:
                progress(batch.bodies[0][0].file_name)
                _load(job, batch, build, report, accept_shrink=accept_shrink, again=again)
    except SourceNotConfiguredError as error:
        report.outcome, report.message = "not configured", str(error)
    except IndiciaError as error:
        report.fail(error)
    _conclude(report)
    _record(report, build)
    return report


def _conclude(report: Report) -> None:
    """A run in which some bodies were refused and others loaded has loaded, and says so."""
    if report.refused and report.accepted and report.outcome == "failed" and not report.stopped:
        report.outcome = "unchanged" if report.delta.is_empty else "loaded"
        report.message = f"{report.refused} of {report.refused + report.accepted} bodies were refused; see the issues"


def _load(
    job: Job, batch: Batch, build: Build, report: Report, *, accept_shrink: bool, again: bool
) -> None:
    """Read the bodies that belong together, then load table by table.

    A body that is refused is an issue; what the others say still loads, but without tombstones,
    because what the refused body would have said is not known to have vanished.
    """
    if not again and all(_is_held(build, f) for f, _ in batch.bodies):
        report.accepted += len(batch.bodies)
        return
    frames: dict[str, list[pl.DataFrame]] = {}
    refused = report.refused
    for each, body in batch.bodies:
        try:
            for name, frame in _read(
                job, each, body, report, accept_shrink=accept_shrink
            ).items():
                frames.setdefault(name, []).append(frame)
            report.accepted += 1
        except (SourceChangedError, SchemaViolationError) as error:
            report.refuse(error)
    is_whole = job.source.is_snapshot and report.refused == refused and not batch.refused
    fetch = batch.bodies[0][0]
    for name, parts in frames.items():
        try:
            _load_table(
                job,
                build,
                report,
                fetch,
                name,
                pl.concat(parts),
                is_snapshot=is_whole,
                accept_shrink=accept_shrink,
            )
        except (SourceChangedError, SchemaViolationError) as error:
            report.refuse(error)
            report.accepted -= 1


def _read(
    job: Job, fetch: Fetch, body: bytes, report: Report, *, accept_shrink: bool
) -> Mapping[str, pl.DataFrame]:
    gates.body_is_usable(job.source, fetch, body)
    said = job.parse(body, fetch)
    report.rows_in += said.rows_in
    for rejection in said.rejections:
        report.rows_rejected += rejection.count if rejection.severity != "notice" else 0
        report.note(rejection.severity, rejection)
    if not accept_shrink:
        gates.rows_suffice(job.source, fetch, said)
    return _stamped(job, fetch, said)


def _load_table(
    job: Job,
    build: Build,
    report: Report,
    fetch: Fetch,
    name: str,
    rows: pl.DataFrame,
    *,
    is_snapshot: bool,
    accept_shrink: bool,
) -> None:
    table, source = OBSERVED[name], job.source
    frame = stamped(table).check(_once(report, fetch, name, rows))
    if is_snapshot and not accept_shrink:
        gates.snapshot_is_whole(source, fetch, name, frame, build.current(table, source.id))
    public = fetch.published_utc or fetch.fetched_utc
    next_utc, next_fetch = (
        _next_snapshot(build, source.id, name, public) if source.is_snapshot else (None, "")
    )
    vintage = Vintage(
        public, fetch.fetched_utc, fetch.fetch_id, is_snapshot, next_utc, next_fetch
    )
    delta = build.load(table, frame, vintage, source.id)
    report.rows_kept += frame.height
    report.delta += delta
    report.outcome = (
        "loaded" if report.outcome != "failed" and not report.delta.is_empty else report.outcome
    )
    report.loaded.append(
        {
            "fetch_id": fetch.fetch_id,
            "source": source.id,
            "table_name": name,
            "public_utc": public,
            "rows_count": frame.height,
        }
    )


def _stamped(job: Job, fetch: Fetch, said: Parsed) -> Mapping[str, pl.DataFrame]:
    allowed = OBSERVED.keys() if fetch.way == "starter" else set(job.source.tables)
    strange = said.tables.keys() - allowed
    if strange:
        raise SchemaViolationError(
            job.source.id, f"tables {job.source.tables}", len(strange), sorted(strange)
        )
    return {
        name: stamp(OBSERVED[name], parsed(OBSERVED[name]).fit(frame), job.source, fetch)
        for name, frame in said.tables.items()
    }


def _once(report: Report, fetch: Fetch, name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """One row per key: exact repeats are dropped silently, contradictions keep the last and are noted."""
    key = list(stamped(OBSERVED[name]).key)
    if not rows.select(key).is_duplicated().any():
        return rows
    unique = rows.unique(maintain_order=True)
    kept = unique.unique(subset=key, keep="last", maintain_order=True)
    if lost := unique.height - kept.height:
        sample = (
            unique.filter(unique.select(key).is_duplicated()).select(key).row(0, named=True)
        )
        report.rows_rejected += lost
        report.note(
            "warning",
            Rejection(
                "key repeated",
                f"{fetch.url}, table {name}",
                f"one row per {key}",
                str(sample),
                "The last one was kept; ask the publisher which is meant",
                lost,
            ),
        )
    return kept


def _is_held(build: Build, fetch: Fetch) -> bool:
    """The same bytes of the same name and vintage are in the store already."""
    found = build.held(
        'SELECT 1 FROM runs."fetch" f JOIN runs.loaded l USING (fetch_id) WHERE f.source = $source '
        "AND f.sha256 = $sha AND f.url = $url AND f.published_utc IS NOT DISTINCT FROM $published",
        {
            "source": fetch.source,
            "sha": fetch.sha256,
            "url": fetch.url,
            "published": fetch.published_utc,
        },
    )
    return found.height > 0


def _next_snapshot(
    build: Build, source: str, table: str, public: datetime
) -> tuple[datetime | None, str]:
    found = build.held(
        "SELECT public_utc, fetch_id FROM runs.loaded WHERE source = $source AND table_name = $table "
        "AND public_utc > $public ORDER BY public_utc LIMIT 1",
        {"source": source, "table": table, "public": public},
    )
    return found.row(0) if found.height else (None, "")


def _record(report: Report, build: Build) -> None:
    finished = datetime.now(UTC)
    known = build.held(
        'SELECT fetch_id FROM runs."fetch" WHERE source = $source', {"source": report.source}
    )["fetch_id"]
    new = {f.fetch_id: f for f in report.fetches if f.fetch_id not in set(known)}
    build.record(FETCH, FETCH.frame(asdict(f) for f in new.values()))
    build.record(LOADED, LOADED.frame(row for row in report.loaded if row["fetch_id"] in new))
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
                    "finished_utc": finished,
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
