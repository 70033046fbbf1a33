"""From bodies to the store: parsed, stamped, checked, gated, and loaded table by table.

A snapshot is loaded body set by body set, because what it lacks has vanished. Other bodies are
gathered and loaded together, which is one transaction instead of hundreds. Pieces of one file are
judged together: its row floor holds for the file, and a key that occurs in two pieces is one row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from indicia.errors import SchemaViolationError, SourceChangedError
from indicia.schema import OBSERVED, parsed, stamped
from indicia.sources import gates
from indicia.sources.checked import Checked, OpenFile, by_file, by_table, is_much
from indicia.sources.contract import Fetch, Job, Parsed, Rejection
from indicia.sources.intake import Batch
from indicia.sources.report import Report
from indicia.sources.stamping import stamp
from indicia.store import Build, Vintage


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
        self._waiting: list[Checked] = []
        self._open = OpenFile()

    def take(self, batch: Batch) -> None:
        """Read the bodies that belong together.

        A body that is refused is an issue. What the others of a snapshot say still loads, but
        without tombstones: what the refused body would have said is not known to have vanished.
        """
        self._open_file(batch)
        if not self._again and all(self._is_held(f) for f, _ in batch.bodies):
            self._report.accepted += len(batch.bodies)
            self._open.is_enough = True
            self._close_after(batch)
            return
        pieces: list[Checked] = []
        refused = self._report.refused
        for fetch, body in batch.bodies:
            try:
                pieces += self._read(fetch, body, batch.file)
                self._report.accepted += 1
            except (SourceChangedError, SchemaViolationError) as error:
                self._report.refuse(error)
        if self._job.source.is_snapshot:
            is_whole = self._report.refused == refused and not batch.refused
            for same in by_table(pieces):
                self._settle(same, is_whole=is_whole)
            return
        self._open.short += pieces
        if not batch.file or self._open.is_enough:
            self._waiting += self._open.short
            self._open.short = []
        self._close_after(batch)
        if is_much(self._waiting, are_pieces=bool(batch.file)):
            self._load_waiting()

    def flush(self) -> None:
        """Load what waits."""
        self._close_file()
        self._load_waiting()

    def _load_waiting(self) -> None:
        """All together, or file by file where several speak of the same keys."""
        waiting, self._waiting = self._waiting, []
        for same in by_table(waiting):
            key = list(stamped(OBSERVED[same[0].table]).key)
            files = by_file(same)
            if len(files) > 1:
                keys = pl.concat([p.frame.select(key) for p in same])
                files = files if keys.is_duplicated().any() else [same]
            for one in files:
                self._settle(one, is_whole=False)

    def _open_file(self, batch: Batch) -> None:
        if batch.file != self._open.name:
            self._close_file()
            self._open = OpenFile(batch.file)

    def _close_after(self, batch: Batch) -> None:
        if batch.is_last:
            self._close_file()

    def _close_file(self) -> None:
        """Judge a file that came in pieces as one."""
        file, self._open = self._open, OpenFile()
        if not file.name or file.fetch is None:
            return
        whole = replace(file.fetch, url=file.name)
        if not file.is_enough:
            kept = {
                same[0].table: pl.concat([p.frame for p in same])
                for same in by_table(file.short)
            }
            try:
                gates.rows_suffice(
                    self._job.source, whole, Parsed(kept, file.rows_in, file.rejections)
                )
            except SourceChangedError as error:
                self._report.refuse(error)
                self._report.accepted -= file.pieces
        for warning in gates.rows_abound(self._job.source, whole, file.rows_kept):
            self._set_aside(warning)

    def _judged(self, fetch: Fetch, said: Parsed, file: str) -> None:
        """Refuse a body with too few rows; of a piece only remember how many it has."""
        source = self._job.source
        kept = sum(f.height for f in said.tables.values())
        if self._accept_shrink:
            self._open.is_enough = True
        elif file:
            opened = self._open
            opened.fetch, opened.pieces = fetch, opened.pieces + 1
            opened.rows_in += said.rows_in
            opened.rows_kept += kept
            opened.rejections = (*opened.rejections, *said.rejections)[:3]
            opened.is_enough = opened.is_enough or opened.rows_kept >= source.rows_at_least
        else:
            gates.rows_suffice(source, fetch, said)
            for warning in gates.rows_abound(source, fetch, kept):
                self._set_aside(warning)

    def _read(self, fetch: Fetch, body: bytes, file: str) -> list[Checked]:
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
        self._judged(fetch, replace(said, tables=frames), file)
        return [
            Checked(
                fetch,
                name,
                stamped(OBSERVED[name]).check(self._once(fetch, name, frame), is_unique=True),
                file or fetch.fetch_id,
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

    def _staying(self, pieces: Sequence[Checked]) -> list[Checked]:
        """What a publisher sent without those bodies in which a column is empty that was not."""
        source, table = self._job.source, OBSERVED[pieces[0].table]
        compared = [p.frame for p in pieces if gates.is_compared(source, p.fetch, p.frame)]
        if self._accept_shrink or not compared:
            return list(pieces)
        held = self._build.matching(table, pl.concat(compared))
        staying = []
        for piece in pieces:
            try:
                for said in gates.values_stay(source, piece.fetch, table, piece.frame, held):
                    self._set_aside(said)
                staying.append(piece)
            except SourceChangedError as error:
                self._report.refuse(error)
                self._report.accepted -= 1
        return staying

    def _settle(self, sent: Sequence[Checked], *, is_whole: bool) -> None:
        pieces = self._staying(sent)
        if not pieces:
            return
        is_whole = is_whole and len(pieces) == len(sent)
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
                "AND table_name = $table AND public_utc > $public AND public_utc <= $now "
                "ORDER BY public_utc LIMIT 1",  # later than now: the clock was set back
                {
                    "source": fetch.source,
                    "table": table,
                    "public": public,
                    "now": datetime.now(UTC),
                },
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
