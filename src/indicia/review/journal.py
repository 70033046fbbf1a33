"""The journal of one home: people's judgements, kept in SQLite, only ever added to.

Each question and each entry is a connection and a transaction of its own, so several programs and
threads may use one journal; an entry is acknowledged only once it is on the disk.
"""

import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from indicia.errors import JournalError, UsageError
from indicia.review import tables
from indicia.schema import JUDGEMENT
from indicia.schema.resolved import SUBJECTS, VERDICTS_OF_PEOPLE

FILE = "review.sqlite"
BUSY_SECONDS, POLL_SECONDS = 10.0, 0.02
LONGEST_ID, LONGEST_REASON, LONGEST_BY = 1_000, 4_000, 40
# Two words in a row that begin with a capital and go on in small letters.
FULL_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][^\W\dA-ZÀ-ÖØ-Þ]+[\s,]+[A-ZÀ-ÖØ-Þ][^\W\dA-ZÀ-ÖØ-Þ]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Journal:
    """What people decided in one home. A home without a journal has no decisions yet.

    Args:
        home: The folder of archive, stores and journal.
        busy_seconds: How long to wait for another program that writes (s).
    """

    def __init__(self, home: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = home / FILE
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
        ids = sorted((_id(left_id), _id(right_id)))
        if ids[0] == ids[1]:
            message = f"{ids[0]!r} was given twice; a judgement is on two different ids."
            raise UsageError(message)
        _one_of("subject", subject, SUBJECTS)
        _one_of("verdict", verdict, VERDICTS_OF_PEOPLE)
        payload = {"verdict": verdict, "reason": _said("reason", reason, LONGEST_REASON)}
        if at.tzinfo is None:
            message = f"the time {at} has no time zone; give it in UTC."
            raise UsageError(message)
        moment = at.astimezone(UTC).isoformat(timespec="microseconds")
        entry = (
            tables.JUDGEMENT_KIND, subject, _json(ids), _json(payload), _person(by), moment, store_version,
        )  # fmt: skip
        with self._writing() as db:
            return int(db.execute(tables.ADD, entry).lastrowid or 0)

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
            held = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if held != "ok":
                raise sqlite3.DatabaseError(held)
            yield db if _is_filled(db) else None

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


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _said(name: str, text: str, longest: int) -> str:
    told = text.strip()
    if not told:
        message = f"a {name} is needed: say in a few words why."
        raise UsageError(message)
    if len(told) > longest or "\x00" in told:
        message = (
            f"the {name} has {len(told):,} characters; at most {longest:,}, none of them NUL."
        )
        raise UsageError(message)
    return told


def _id(text: str) -> str:
    told = text.strip()
    if not told or len(told) > LONGEST_ID or CONTROL.search(told):
        message = f"{told[:80]!r} is no id: expected 1 to {LONGEST_ID:,} printable characters."
        raise UsageError(message)
    return told


def _person(by: str) -> str:
    told = " ".join(by.split())
    if not told or len(told) > LONGEST_BY or "@" in told or FULL_NAME.search(told):
        message = (
            f"{told[:LONGEST_BY]!r} cannot stand for the person who judged: give initials or a role "
            "in lower case, such as AB or duty analyst; never a full name or an address."
        )
        raise UsageError(message)
    return told


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        message = f"{name} {value!r} is not known; expected one of {', '.join(known)}."
        raise UsageError(message)
