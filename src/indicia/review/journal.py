"""The journal of one home: people's judgements, kept in SQLite, only ever added to.

Each question and each entry is a connection and a transaction of its own, so several programs and
threads may use one journal; an entry is acknowledged only once it is on the disk.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import polars as pl

from indicia.errors import JournalError, UsageError
from indicia.review import tables
from indicia.review.entry import Act, Entry, identifier, one_of, said
from indicia.schema import JUDGEMENT
from indicia.schema.resolved import SUBJECTS, VERDICTS_OF_PEOPLE

FILE = "review.sqlite"
BUSY_SECONDS, POLL_SECONDS = 10.0, 0.02
# What is said, decided while nobody else can write: may raise, and then nothing is written.
Guard = Callable[[pl.DataFrame], None]
# Files that were found whole, as they then were.
_SOUND: dict[Path, tuple[int, int]] = {}


class Journal:
    """What people decided in one home. A home without a journal has no decisions yet.

    Args:
        home: The folder of archive, stores and journal.
        busy_seconds: How long to wait for another program that writes (s).
    """

    def __init__(self, home: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.home, self.path = home, home / FILE
        self._busy_seconds = busy_seconds

    def judge(
        self,
        subject: str,
        left_id: str,
        right_id: str,
        verdict: str,
        reason: str,
        by: str,
        at: datetime,
        store_version: str = "",
    ) -> int:
        """Write down one decision on two records or facilities; an earlier one stays in the history.

        Args:
            subject: `organisation` or `facility`.
            left_id: One id; the order of the two says nothing.
            right_id: The other id.
            verdict: `match`, `no match` or `unsure`.
            reason: Why, in the person's words.
            by: Role or initials of the person, never a full name.
            at: When, with its time zone.
            store_version: The data version the person looked at.

        Returns:
            The number of the entry, once it is on the disk.

        Raises:
            UsageError: A value cannot be written down as given; nothing was written.
            JournalError: The journal cannot be written.
        """
        ids = sorted((identifier(left_id), identifier(right_id)))
        if ids[0] == ids[1]:
            message = f"{ids[0]!r} was given twice; a judgement is on two different ids."
            raise UsageError(message)
        one_of("subject", subject, SUBJECTS)
        one_of("verdict", verdict, VERDICTS_OF_PEOPLE)
        payload = {"verdict": verdict, "reason": said("reason", reason)}
        entry = Entry(tables.JUDGEMENT_KIND, subject, ids, payload)
        return self.add(Act(by, at, store_version), [entry])[0]

    def add(
        self, act: Act, entries: Sequence[Entry], guard: Guard | None = None
    ) -> tuple[int, ...]:
        """Write down several entries, all of them or none.

        Args:
            act: Who, when, and the data looked at.
            entries: What is said.
            guard: Shown every earlier entry of these kinds (as `events` gives them) while nobody
                else can write; refuses by raising.

        Returns:
            The numbers of the entries, once they are on the disk.

        Raises:
            JournalError: The journal cannot be written.
        """
        rows = [entry.row(act) for entry in entries]
        with self._writing() as db:
            if guard:
                guard(_events(db, sorted({entry.kind for entry in entries})))
            return tuple(int(db.execute(tables.ADD, row).lastrowid or 0) for row in rows)

    def events(self, kinds: Sequence[str] = tables.CASE_KINDS) -> pl.DataFrame:
        """Every entry of these kinds, the oldest first, as rows of `tables.EVENTS`.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._reading() as db:
            return _events(db, kinds) if db else tables.EVENTS.to_frame()

    def judgements(self) -> pl.DataFrame:
        """The last judgement on every pair, as rows of `schema.JUDGEMENT`.

        Raises:
            JournalError: The journal cannot be read.
        """
        return self._asked(tables.JUDGEMENTS + tables.LAST_OF_EACH)

    def history(self) -> pl.DataFrame:
        """Every judgement ever made, the oldest first, as rows of `schema.JUDGEMENT`."""
        return self._asked(tables.JUDGEMENTS)

    @property
    def position(self) -> int:
        """Number of the last entry; 0 where there is none."""
        with self._reading() as db:
            return int(db.execute(tables.POSITION).fetchone()[0]) if db else 0

    def require(self, judged_count: int) -> None:
        """Refuse to go on where the journal holds fewer judged pairs than were seen before.

        Raises:
            JournalError: The file was lost or is an older copy.
        """
        held = self.judgements().height
        if held < judged_count:
            raise JournalError(
                self.path,
                f"holds judgements on {held} pairs, the current store was made with {judged_count}",
                "Put the journal back from a copy; without it those decisions would be undone",
            )

    def _asked(self, query: str) -> pl.DataFrame:
        with self._reading() as db:
            rows = db.execute(f"{query} ORDER BY event_id").fetchall() if db else []
        found = pl.DataFrame(
            rows,
            schema={**JUDGEMENT.polars, "judged_utc": pl.String},
            orient="row",
        )
        moment = pl.col("judged_utc").str.to_datetime(time_unit="us", time_zone="UTC")
        return JUDGEMENT.check(found.with_columns(moment))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection that cannot write; None where there is no journal yet."""
        if not self.path.exists():
            yield None
            return
        # Where nobody may write beside it, SQLite can only read the file as if it never changed.
        mode = "mode=ro" if os.access(self.path.parent, os.W_OK) else "immutable=1"
        with self._open(mode) as db:
            self._require_whole(db)
            yield db if _is_filled(db) else None

    def _require_whole(self, db: sqlite3.Connection) -> None:
        """Look for damage, once for every state of the file: it takes as long as the file is."""
        found = self.path.stat()
        if _SOUND.get(self.path) == (state := (found.st_mtime_ns, found.st_size)):
            return
        held = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if held != "ok":
            raise sqlite3.DatabaseError(held)
        _SOUND[self.path] = state

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; it is on the disk when the block has ended."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JournalError(self.path, f"cannot be made ({error})") from error
        with self._open("mode=rwc") as db:
            if not _is_filled(db):
                self._prepare(db)
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Make the table. The change to WAL does not wait for others by itself, so it is repeated."""
        until = time.monotonic() + self._busy_seconds
        while True:
            try:
                db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(POLL_SECONDS)
            else:
                break
        db.executescript(f"BEGIN IMMEDIATE; {tables.DDL} COMMIT;")

    @contextmanager
    def _open(self, mode: str) -> Iterator[sqlite3.Connection]:
        try:
            address = f"{self.path.resolve().as_uri()}?{mode}"
            db = sqlite3.connect(
                address, uri=True, timeout=self._busy_seconds, isolation_level=None
            )
            try:
                self._check_kind(db)
                yield db
            finally:
                db.close()
        except sqlite3.Error as error:
            said = " ".join(str(error).split())
            if "locked" in said or "busy" in said:
                problem = (
                    f"is being written by another program, for {self._busy_seconds:g} s now"
                )
                raise JournalError(self.path, problem, "Wait, then try again") from error
            if isinstance(error, sqlite3.OperationalError):
                raise JournalError(self.path, f"cannot be used ({said})") from error
            raise JournalError(self.path, f"is damaged ({said})") from error

    def _check_kind(self, db: sqlite3.Connection) -> None:
        mark = db.execute("PRAGMA application_id").fetchone()[0]
        layout = db.execute("PRAGMA user_version").fetchone()[0]
        if mark != tables.APPLICATION_ID and _is_filled(db):
            raise JournalError(self.path, "is a database of another program", "Move it away")
        if layout > tables.LAYOUT:
            remedy = "Update the program, then try again"
            raise JournalError(self.path, "was written by a later version", remedy)


def _is_filled(db: sqlite3.Connection) -> bool:
    """Whether the file holds a table; one without was made by a writer that has not come further."""
    return bool(db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _events(db: sqlite3.Connection, kinds: Sequence[str]) -> pl.DataFrame:
    marks = ", ".join("?" * len(kinds))
    rows = db.execute(tables.OF_KINDS.format(kinds=marks), list(kinds)).fetchall()
    found = pl.DataFrame(
        rows, schema={**tables.EVENTS, "at_utc": pl.String, "ids": pl.String}, orient="row"
    )
    return found.with_columns(
        pl.col("at_utc").str.to_datetime(time_unit="us", time_zone="UTC"),
        pl.col("ids").str.json_decode(pl.List(pl.String)),
    )
