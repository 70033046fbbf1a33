"""What may be asked of a publisher, counted over all processes that share a home.

The counts lie in a small SQLite file. A request is counted before it is sent, so a process that is
killed has asked for no more than was counted. Times after now were written before the clock was set
back: they count as now, so a limit is kept and no wait outlives its length.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from indicia.errors import SourceBudgetSpentError, SourceUnavailableError, StoreError
from indicia.sources.definition import Source

MINUTE_SECONDS, DAY_SECONDS = 60.0, 86_400.0
BUSY_SECONDS = 30.0
TABLES = """
CREATE TABLE IF NOT EXISTS asked (host TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS asked_by_host ON asked (host, at);
CREATE TABLE IF NOT EXISTS held (
    host TEXT PRIMARY KEY, set_at REAL NOT NULL, until REAL NOT NULL, reason TEXT NOT NULL, is_budget INTEGER NOT NULL
);
"""


class Limits:
    """Requests to each host of one home: how many, and until when none at all."""

    def __init__(self, home: Path) -> None:
        self._path = home / "limits.sqlite"

    def take(self, source: Source, host: str) -> None:
        """Wait until one more request may be sent, and count it.

        Raises:
            SourceBudgetSpentError: The day's budget is used up; no request may be sent.
            SourceUnavailableError: The publisher asked to be left alone for longer.
        """
        while (wait := self._reserve(source, host)) > 0:
            time.sleep(wait)

    def hold(self, host: str, seconds: float, reason: str, *, is_budget: bool) -> datetime:
        """Send nothing to `host` for so long; return the end of that time."""
        now = time.time()
        with self._open() as db:
            db.execute(
                "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?)",
                (host, now, now + seconds, reason, is_budget),
            )
        return _moment(now + seconds)

    def _reserve(self, source: Source, host: str) -> float:
        """Seconds to wait; where that is none, the request is counted."""
        with self._open() as db:
            now = time.time()
            db.execute("UPDATE asked SET at = ? WHERE at > ?", (now, now))
            db.execute(
                "UPDATE held SET until = until - (set_at - ?), set_at = ? WHERE set_at > ?",
                (now, now, now),
            )
            self._refuse_if_held(db, source, host, now)
            if source.per_day and _count(db, host, _midnight(now)) >= source.per_day:
                problem = f"{source.per_day} requests a day, as its definition says"
                until = _moment(_midnight(now) + DAY_SECONDS)
                raise SourceBudgetSpentError(source.id, host, problem, until)
            waits = [0.0]
            if source.pause_seconds:
                waits.append(_nth_newest(db, host, 1) + source.pause_seconds - now)
            if source.per_minute:
                waits.append(_nth_newest(db, host, source.per_minute) + MINUTE_SECONDS - now)
            if (wait := max(waits)) <= 0:
                db.execute("DELETE FROM asked WHERE at < ?", (now - 2 * DAY_SECONDS,))
                db.execute("INSERT INTO asked VALUES (?, ?)", (host, now))
            return wait

    def _refuse_if_held(
        self, db: sqlite3.Connection, source: Source, host: str, now: float
    ) -> None:
        found = db.execute(
            "SELECT until, reason, is_budget FROM held WHERE host = ? AND until > ?",
            (host, now),
        ).fetchone()
        if not found:
            return
        until, reason, is_budget = _moment(found[0]), str(found[1]), bool(found[2])
        if is_budget:
            raise SourceBudgetSpentError(source.id, host, reason, until)
        problem = f"{reason}; it is not asked before {until:%Y-%m-%d %H:%M} UTC"
        raise SourceUnavailableError(source.id, host, problem)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction that no other process interrupts."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                db.executescript(TABLES)
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                except BaseException:
                    db.execute("ROLLBACK")
                    raise
                db.execute("COMMIT")
            finally:
                db.close()
        except sqlite3.Error as error:
            message = (
                f"{self._path}: the counts of requests cannot be kept ({error}). Free space, or "
                "remove the file if it is damaged (the day's counts begin anew), and run again."
            )
            raise StoreError(message) from error


def seconds_to_midnight() -> float:
    """Time left of the day (UTC)."""
    now = time.time()
    return _midnight(now) + DAY_SECONDS - now


def _midnight(now: float) -> float:
    return now - now % DAY_SECONDS


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=at)


def _count(db: sqlite3.Connection, host: str, since: float) -> int:
    query = "SELECT count(*) FROM asked WHERE host = ? AND at >= ?"
    return int(db.execute(query, (host, since)).fetchone()[0])


def _nth_newest(db: sqlite3.Connection, host: str, nth: int) -> float:
    """When the request that many back was counted; long ago where there were fewer."""
    query = "SELECT at FROM asked WHERE host = ? ORDER BY at DESC LIMIT 1 OFFSET ?"
    found = db.execute(query, (host, nth - 1)).fetchone()
    return float(found[0]) if found else 0.0
