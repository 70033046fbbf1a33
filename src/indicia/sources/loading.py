"""From bodies to the store: parsed, stamped, checked, gated, and loaded table by table.

A snapshot is loaded body set by body set, because what it lacks has vanished. Other bodies are
gathered and loaded together, which is one transaction instead of hundreds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from indicia.errors import SchemaViolationError, SourceChangedError
from indicia.schema import OBSERVED, parsed, stamped
from indicia.sources import gates
from indicia.sources.contract import Fetch, Job, Parsed, Rejection
from indicia.sources.intake import Batch
from indicia.sources.report import Report
from indicia.sources.stamping import stamp
from indicia.store import Build, Vintage

MOST_WAITING_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Checked rows of one table from one body."""

    fetch: Fetch
    table: str
    frame: pl.DataFrame


class Loading:
    """The loads of one run of one job.

    Args:
        job: The job.
        build: The store in the making.
        report: Where everything that happens is written down.
        accept_shrink: Load a body even if it holds far fewer rows than before.
        again: Parse bodies anew that are in the store already.
    """

    def __init__(
        self, job: Job, build: Build, report: Report, *, accept_shrink: bool, again: bool
    ) -> None:
        self._job, self._build, self._report = job, build, report
        self._accept_shrink, self._again = accept_shrink, again
        self._waiting: list[Piece] = []

    def take(self, batch: Batch) -> None:
        """Read the bodies that belong together.

        A body that is refused is an issue. What the others of a snapshot say still loads, but
        without tombstones: what the refused body would have said is not known to have vanished.
        """
        if not self._again and all(self._is_held(f) for f, _ in batch.bodies):
            self._report.accepted += len(batch.bodies)
            return
        pieces: list[Piece] = []
        refused = self._report.refused
        for fetch, body in batch.bodies:
            try:
                pieces += self._read(fetch, body)
                self._report.accepted += 1
            except (SourceChangedError, SchemaViolationError) as error:
                self._report.refuse(error)
        if self._job.source.is_snapshot:
            is_whole = self._report.refused == refused and not batch.refused
            for same in _by_table(pieces):
                self._settle(same, is_whole=is_whole)
            return
        self._waiting += pieces
        if sum(p.frame.height for p in self._waiting) > MOST_WAITING_ROWS:
            self.flush()

    def flush(self) -> None:
        """Load what waits: together, or one after another where bodies speak of the same keys."""
        waiting, self._waiting = self._waiting, []
        for same in _by_table(waiting):
            key = list(stamped(OBSERVED[same[0].table]).key)
            keys = pl.concat([p.frame.select(key) for p in same])
            if keys.is_duplicated().any():
                for piece in same:
                    self._settle([piece], is_whole=False)
            else:
                self._settle(same, is_whole=False)

    def _read(self, fetch: Fetch, body: bytes) -> list[Piece]:
        source = self._job.source
        gates.body_is_usable(source, fetch, body)
        said = self._job.parse(body, fetch)
        self._report.rows_in += said.rows_in
        for rejection in said.rejections:
            self._set_aside(rejection)
        frames = {
            name: self._bounded(fetch, name, frame)
            for name, frame in self._stamped(fetch, said).items()
        }
        if not self._accept_shrink:
            gates.rows_suffice(source, fetch, replace(said, tables=frames))
            for warning in gates.rows_abound(source, fetch, frames):
                self._set_aside(warning)
        return [
            Piece(
                fetch,
                name,
                stamped(OBSERVED[name]).check(self._once(fetch, name, frame), is_unique=True),
            )
            for name, frame in frames.items()
        ]

    def _bounded(self, fetch: Fetch, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        kept, impossible = gates.within_bounds(OBSERVED[name], fetch, frame)
        for rejection in impossible:
            self._set_aside(rejection)
        return kept

    def _set_aside(self, rejection: Rejection) -> None:
        is_loss = rejection.severity != "notice"
        self._report.rows_rejected += rejection.count if is_loss else 0
        self._report.note(rejection.severity, rejection)

    def _settle(self, pieces: Sequence[Piece], *, is_whole: bool) -> None:
        newest = max(pieces, key=lambda p: _public(p.fetch, p.frame))
        name, fetch, source = newest.table, newest.fetch, self._job.source
        table, report = OBSERVED[name], self._report
        try:
            frame = self._once(fetch, name, pl.concat([p.frame for p in pieces]))
            if is_whole and not self._accept_shrink:
                held = self._build.current(table, source.id)
                gates.snapshot_is_whole(source, fetch, name, frame, held)
            public = _public(fetch, newest.frame)
            vintage = self._vintage(fetch, name, public, is_whole=is_whole)
            delta = self._build.load(table, frame, vintage, source.id)
        except (SourceChangedError, SchemaViolationError) as error:
            report.refuse(error)
            report.accepted -= 1
            return
        report.rows_kept += frame.height
        report.delta += delta
        if report.outcome != "failed" and not report.delta.is_empty:
            report.outcome = "loaded"
        report.loaded += [
            {
                "fetch_id": p.fetch.fetch_id,
                "source": source.id,
                "table_name": name,
                "public_utc": _public(p.fetch, p.frame),
                "rows_count": p.frame.height,
            }
            for p in pieces
        ]

    def _vintage(
        self, fetch: Fetch, table: str, public: datetime, *, is_whole: bool
    ) -> Vintage:
        later: tuple[datetime | None, str] = (None, "")
        if self._job.source.is_snapshot:
            found = self._build.held(
                "SELECT public_utc, fetch_id FROM runs.loaded WHERE source = $source "
                "AND table_name = $table AND public_utc > $public ORDER BY public_utc LIMIT 1",
                {"source": fetch.source, "table": table, "public": public},
            )
            later = found.row(0) if found.height else later
        return Vintage(public, fetch.fetched_utc, fetch.fetch_id, is_whole, *later)

    def _stamped(self, fetch: Fetch, said: Parsed) -> Mapping[str, pl.DataFrame]:
        source = self._job.source
        allowed = OBSERVED.keys() if fetch.way == "starter" else set(source.tables)
        if strange := said.tables.keys() - allowed:
            rule = f"tables {source.tables}"
            raise SchemaViolationError(source.id, rule, len(strange), sorted(strange))
        return {
            name: stamp(OBSERVED[name], parsed(OBSERVED[name]).fit(frame), source, fetch)
            for name, frame in said.tables.items()
        }

    def _once(self, fetch: Fetch, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """One row per key: exact repeats are dropped, of contradictions the last is kept and noted."""
        key = list(stamped(OBSERVED[name]).key)
        if not rows.select(key).is_duplicated().any():
            return rows
        unique = rows.unique(maintain_order=True)
        kept = unique.unique(subset=key, keep="last", maintain_order=True)
        if lost := unique.height - kept.height:
            twice = unique.filter(unique.select(key).is_duplicated())
            sample = str(twice.select(key).row(0, named=True))
            self._report.rows_rejected += lost
            remedy = "The last one was kept; ask the publisher which is meant"
            place = f"{fetch.url}, table {name}"
            note = Rejection("key repeated", place, f"one row per {key}", sample, remedy, lost)
            self._report.note("warning", note)
        return kept

    def _is_held(self, fetch: Fetch) -> bool:
        """The last bytes of the same name and vintage that were loaded are these."""
        found = self._build.held(
            'SELECT f.sha256 FROM runs."fetch" f JOIN runs.loaded l USING (fetch_id) '
            "WHERE f.source = $source AND f.url = $url "
            "AND f.published_utc IS NOT DISTINCT FROM $published ORDER BY l.rowid DESC LIMIT 1",
            {
                "source": fetch.source,
                "url": fetch.url,
                "published": fetch.published_utc,
            },
        )
        return found["sha256"].to_list() == [fetch.sha256]


def _public(fetch: Fetch, frame: pl.DataFrame) -> datetime:
    """When a body as a whole was public: as stated, for starter facts the newest row's day."""
    if fetch.published_utc:
        return fetch.published_utc
    newest = frame["published_utc"].max() if fetch.way == "starter" else None
    return newest if isinstance(newest, datetime) else fetch.fetched_utc


def _by_table(pieces: Iterable[Piece]) -> list[list[Piece]]:
    grouped: dict[str, list[Piece]] = {}
    for piece in pieces:
        grouped.setdefault(piece.table, []).append(piece)
    return list(grouped.values())
