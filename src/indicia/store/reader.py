"""Reading a published store: its immutable files attached read-only, every table by its plain name."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import polars as pl

from indicia.errors import StoreError
from indicia.schema import ASSESSMENTS, OBSERVATIONS, RESOLVED, RUNS, Table, stamped
from indicia.schema.base import SQL_TYPES
from indicia.store import kept, load, manifest
from indicia.store.build import ASSESSMENT_FAMILY, RUN_FAMILY
from indicia.store.manifest import Manifest
from indicia.store.remembered import Remembered, key
from indicia.store.united import UNITED, united

Parameters = Mapping[str, object] | Sequence[object]
EMPTY = Manifest(0, "", "", "", "empty", "")
# Some 0.6 KB a row in memory; beyond, the rows are united for each question.
MOST_HELD = 500_000


class Store:
    """An open store: every table of the schema is a view, empty where nothing is loaded.

    Observation tables show their latest rows (as of a date where one is given); `history_<table>`
    shows every version with `is_tombstone`. Tables of facilities show them united under the facility
    they stand for; `published_<table>` shows them as published.
    """

    def __init__(
        self,
        db: duckdb.DuckDBPyConnection,
        made: Manifest,
        as_of: date | None,
        as_held: date | None,
        remembered: Remembered | None = None,
    ) -> None:
        self._db, self.manifest, self._remembered = db, made, remembered
        self.as_of, self.as_held = as_of, as_held

    @classmethod
    def open(
        cls,
        home: Path,
        as_of: date | None = None,
        as_held: date | None = None,
        name: str = "",
        *,
        remembers: bool = False,
    ) -> Self:
        """Open the current store of `home`, or the one of manifest `name`.

        Args:
            home: The folder that holds `stores`.
            as_of: Show only what was published by the end of that day (UTC).
            as_held: Show only what we had read by the end of that day (UTC).
            name: File name of a kept manifest.
            remembers: Hold answers, for those who ask the same again (`remembered.MOST_BYTES` of them), and
                the united rows (`MOST_HELD` of a table): each question on one facility would unite all anew.

        Raises:
            StoreError: A file that the manifest names is missing or cannot be read.
        """
        stores = manifest.folder(home)
        chosen = name or manifest.pointer(home)
        made = Manifest.read(stores / chosen) if chosen else EMPTY
        db = load.connect()
        for family, file in made.files.items():
            _attach(db, stores / file, family)
        limits = [
            f"{c} <= '{_end_of(d)}'"
            for c, d in (("published_utc", as_of), ("fetched_utc", as_held))
            if d
        ]
        for table in OBSERVATIONS:
            _observation_views(db, table, limits)
        for family, tables in (
            (RUN_FAMILY, RUNS),
            (ASSESSMENT_FAMILY, (*RESOLVED, *ASSESSMENTS)),
        ):
            for table in tables:
                held = kept.columns(db, family, table.name)
                shown = f'SELECT {_known(table, held)} FROM {family}."{table.name}"'
                _view(db, table.name, shown if held else table.empty_select())
        for table in UNITED:
            _view(db, table.name, united(table, f"published_{table.name}"))
            if remembers:
                _hold(db, table.name)
        db.execute("SET enable_external_access=false")
        db.execute("SET lock_configuration=true")
        return cls(db, made, as_of, as_held, Remembered() if remembers else None)

    def __enter__(self) -> Self:
        """Use as a `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._db.close()

    def sql(self, query: str, params: Parameters = ()) -> pl.DataFrame:
        """Ask one question; safe to call from several threads."""
        if self._remembered is None:
            return self._ask(query, params)
        return self._remembered.answer(key(query, params), lambda: self._ask(query, params))

    def _ask(self, query: str, params: Parameters) -> pl.DataFrame:
        cursor = self._db.cursor()
        try:
            found: pl.DataFrame = cursor.sql(query, params=params or None).pl()
            return found
        finally:
            cursor.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection for indicators, in which observation tables show their rows as published."""
        cursor = self._db.cursor()
        for table in UNITED:
            query = f"SELECT * FROM published_{table.name}"
            cursor.execute(f'CREATE OR REPLACE TEMP VIEW "{table.name}" AS {query}')
        return cursor

    def show(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Show assessments computed for this view in place of the published ones."""
        if self._remembered is not None:
            self._remembered.clear()
        for name, frame in frames.items():
            self._db.register("incoming", frame)
            self._db.execute(
                f'CREATE OR REPLACE TABLE "shown_{name}" AS SELECT * FROM incoming'
            )
            self._db.unregister("incoming")
            self._db.execute(f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM "shown_{name}"')

    @property
    def data_version(self) -> str:
        """Hash of the logical content; empty for an empty store."""
        return self.manifest.data_version

    @property
    def rules_version(self) -> str:
        """Hash of reference tables and settings."""
        return self.manifest.rules_version

    @property
    def kind(self) -> str:
        """Empty, starter, live or synthetic."""
        return self.manifest.kind

    @property
    def published_utc(self) -> str:
        """When the store was published, ISO 8601; empty for an empty store."""
        return self.manifest.published_utc


def _attach(db: duckdb.DuckDBPyConnection, path: Path, family: str) -> None:
    try:
        db.execute(
            f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {family} (READ_ONLY)"
        )
    except duckdb.Error as error:
        message = f"{path}: a file of the current store cannot be opened ({error}). Run `indicia doctor`; the archive holds what is needed to rebuild."
        raise StoreError(message) from error


def _observation_views(
    db: duckdb.DuckDBPyConnection, table: Table, limits: Sequence[str]
) -> None:
    past, now = load.history(table), stamped(table)
    held = kept.columns(db, table.family, past.name)
    name = f"published_{table.name}" if table in UNITED else table.name
    if not held:
        _view(db, name, now.empty_select())
        _view(db, past.name, past.empty_select())
        return
    _view(db, past.name, f"SELECT {_known(past, held)} FROM {table.family}.{past.name}")
    if limits:
        shown = _known(now, held)
        _view(db, name, load.latest(table, table.family, " AND ".join(limits), shown))
    else:
        _view(db, name, kept.current_select(db, table))


def _known(table: Table, held: Collection[str]) -> str:
    """The table's columns; one that a store made by an earlier version lacks is null."""
    return ", ".join(
        f'"{c.name}"' if c.name in held else f'NULL::{SQL_TYPES[c.dtype]} AS "{c.name}"'
        for c in table.columns
    )


def _view(db: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    db.execute(f'CREATE OR REPLACE VIEW "{name}" AS {query}')


def _hold(db: duckdb.DuckDBPyConnection, name: str) -> None:
    """Put the rows of a view into memory, where they are few enough."""
    found = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()
    if found and found[0] <= MOST_HELD:
        db.execute(f'CREATE TABLE "held_{name}" AS SELECT * FROM "{name}"')
        _view(db, name, f'SELECT * FROM "held_{name}"')


def _end_of(day: date) -> str:
    return datetime.combine(day, time.max, UTC).isoformat()
