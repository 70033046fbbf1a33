"""The report of a refresh for another program: one JSON file, written whole, without secrets."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from indicia import __version__
from indicia.answers.digest import digest
from indicia.cli.work import Outcome
from indicia.sources.report import Report
from indicia.store import Store
from indicia.store.home import write_whole

FORMAT = 1


def changed(home: Path, outcome: Outcome) -> Sequence[Mapping[str, object]]:
    """Facilities whose verdict or support differs from the store before, and why."""
    before, after = outcome.before, outcome.manifest
    if before.digests == after.digests and before.rules_version == after.rules_version:
        return ()
    if not before.sequence:
        return ()
    with Store.open(home, name=before.name) as old, Store.open(home, name=after.name) as new:
        return list(digest(old, new).iter_rows(named=True))


def write(
    path: Path,
    started: datetime,
    outcome: Outcome | None,
    digested: Sequence[Mapping[str, object]],
    problem: str = "",
) -> None:
    """Write the report; where the refresh was stopped, it says by what."""
    made = outcome.manifest if outcome else None
    facts = {
        "format": FORMAT,
        "program": f"indicia {__version__}",
        "started_utc": _iso(started),
        "finished_utc": _iso(datetime.now(UTC)),
        "has_failed": bool(problem) or (outcome is not None and outcome.has_failed),
        "problem": problem or None,
        "store": made.sequence if made else None,
        "data_version": made.data_version if made else None,
        "rules_version": made.rules_version if made else None,
        "sources": [_source(r) for r in outcome.reports] if outcome else [],
        "changed": list(digested),
    }
    write_whole(path.absolute(), json.dumps(facts, ensure_ascii=False, indent=1).encode())


def _source(report: Report) -> Mapping[str, object]:
    ended = report.finished_utc or report.started_utc
    return {
        "source": report.source,
        "way": report.way,
        "outcome": report.outcome,
        "message": report.message or None,
        "started_utc": _iso(report.started_utc),
        "seconds": round((ended - report.started_utc).total_seconds(), 3),
        "requests": report.meter.requests,
        "unchanged_bodies": report.meter.unchanged,
        "resumed_bodies": report.meter.resumed,
        "bytes": report.meter.read_bytes,
        "rows_in": report.rows_in,
        "rows_kept": report.rows_kept,
        "rows_rejected": report.rows_rejected,
        "added": report.delta.added,
        "changed": report.delta.changed,
        "vanished": report.delta.vanished,
        "issues": [{**issue, "seen_utc": str(issue["seen_utc"])} for issue in report.issues],
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
