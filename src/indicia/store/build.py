"""Building a store aside and publishing it: families copied on first touch, renamed at the end."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import polars as pl

from indicia import __version__
from indicia.errors import StoreError
from indicia.schema import (
    FACILITY,
    JUDGEMENT,
    OBSERVATIONS,
    OBSERVED,
    RUNS,
    TABLES,
    Table,
    stamped,
)
from indicia.store import digest, kept, load, manifest
from indicia.store.home import sync_folder
from indicia.store.manifest import Manifest
from indicia.store.vintage import Delta, Vintage

RUN_FAMILY = "runs"
LINE = "line_id"
ASSESSMENT_FAMILY = "assessments"
DISK_ERRORS = (OSError, duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException)
NOTHING = Manifest(0, "", "", "", "empty", "")


class Build:
    """One store in the making. Only the holder of the lock may have one.

    Nothing a reader sees changes before `publish`; leaving without it drops everything.
    """

    def __init__(self, home: Path) -> None:
        self._stores = manifest.folder(home)
        self._stores.mkdir(parents=True, exist_ok=True)
        manifest.sweep(home)
        self.base = manifest.current(home) or NOTHING
        self._home = home
        self._db = load.connect()
        self._changed: set[str] = set()
        self._attached: set[str] = set()
        self._judged: str | None = None

    def __enter__(self) -> Self:
        """Use as a `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drop what was not published; a full disk or a failing file is the operator's to mend."""
        self._db.close()
        for path in self._stores.glob("build-*"):
            path.unlink(missing_ok=True)
        if isinstance(error, DISK_ERRORS):
            message = (
                f"{self._stores}: the store could not be written ({' '.join(str(error).split())}). "
                "Nothing was published and nothing read is lost. Free space or mend the disk, "
                "then run again."
            )
            raise StoreError(message) from error

    @property
    def is_changed(self) -> bool:
        """Some observation table holds something new."""
        return bool(self._changed - {RUN_FAMILY, ASSESSMENT_FAMILY})

    def load(self, table: Table, frame: pl.DataFrame, vintage: Vintage, source: str) -> Delta:
        """Load stamped rows of one body into one table.

        Raises:
            StoreError: Invented rows would lie beside real ones.
        """
        self._require_one_kind(
            is_invented=source.startswith(f"{manifest.SYNTHETIC}/"), what=source
        )
        self._attach(table.family)
        delta = load.apply(self._db, table.family, table, frame, vintage, source)
        if not delta.is_empty:
            self._changed.add(table.family)
        return delta

    def _require_one_kind(self, *, is_invented: bool, what: str) -> None:
        if self.base.sequence and is_invented and self.base.kind != manifest.SYNTHETIC:
            message = f"{self._home}: holds real data, and {what} is invented; they are never mixed. Name another folder with INDICIA_HOME."
            raise StoreError(message)

    def record(self, table: Table, frame: pl.DataFrame) -> None:
        """Append rows to a table of the run log."""
        self._attach(RUN_FAMILY)
        self._insert(RUN_FAMILY, table, frame)
        self._changed.add(RUN_FAMILY)

    def held(self, query: str, parameters: Mapping[str, object]) -> pl.DataFrame:
        """Ask the run log being built: tables `runs.fetch`, `runs.run`, `runs.issue`, `runs.loaded`."""
        self._attach(RUN_FAMILY)
        found: pl.DataFrame = self._db.sql(query, params=dict(parameters)).pl()
        return found

    def current(self, table: Table, source: str) -> pl.DataFrame:
        """The rows of one source as held now."""
        self._attach(table.family)
        query = f"SELECT * FROM ({kept.current_select(self._db, table)}) WHERE source = $source"
        found: pl.DataFrame = self._db.sql(query, params={"source": source}).pl()
        return found

    def matching(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows held now that have the keys of these, and other lines of the same notices."""
        self._attach(table.family)
        key = [k for k in stamped(table).key if k != LINE]
        equal = " AND ".join(f'held."{k}" IS NOT DISTINCT FROM wanted."{k}"' for k in key)
        self._db.register("wanted", frame.select(key).unique())
        query = f"SELECT held.* FROM ({kept.current_select(self._db, table)}) held SEMI JOIN wanted ON {equal}"
        found: pl.DataFrame = self._db.sql(query).pl()
        self._db.unregister("wanted")
        return found

    def replace_assessments(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Write the assessments anew: table name -> rows."""
        self._path(ASSESSMENT_FAMILY).unlink(missing_ok=True)
        self._attach(ASSESSMENT_FAMILY, copy=False)
        for name, frame in frames.items():
            self._insert(ASSESSMENT_FAMILY, TABLES[name], frame)
        self._judged = digest.judged(frames.get(JUDGEMENT.name, JUDGEMENT.frame([])))
        self._changed.add(ASSESSMENT_FAMILY)

    def reader(self) -> duckdb.DuckDBPyConnection:
        """A cursor in which every observation table is visible by its plain name, as being built.

        `history_facility` tells when each facility was first read.
        """
        cursor = self._db.cursor()
        for table in OBSERVATIONS:
            self._attach(table.family)
            body = kept.current_select(self._db, table)
            cursor.execute(f'CREATE OR REPLACE TEMP VIEW "{table.name}" AS {body}')
        past = f"history_{FACILITY.name}"
        if kept.columns(self._db, FACILITY.family, past):
            told = f"SELECT * FROM {FACILITY.family}.{past}"
            cursor.execute(f"CREATE OR REPLACE TEMP VIEW {past} AS {told}")
        return cursor

    def publish(self, *, rules_version: str, kind: str, now: datetime) -> Manifest:
        """Make the build the current store; a crash before the last step leaves the old one.

        Raises:
            StoreError: A store of real data would become a synthetic one, or the other way round.
        """
        if self.base.sequence and (kind == manifest.SYNTHETIC) != (
            self.base.kind == manifest.SYNTHETIC
        ):
            message = f"{self._home}: holds a store of kind {self.base.kind}, which never becomes one of kind {kind}. Name another folder with INDICIA_HOME."
            raise StoreError(message)
        digests = self._digests()
        for family in self._attached:
            self._db.execute(f"CHECKPOINT {family}")
            self._db.execute(f"DETACH {family}")
        files = dict(self.base.files)
        for family in sorted(self._changed):
            files[family] = self._settle(family)
        made = Manifest(
            sequence=self.base.sequence + 1,
            data_version=manifest.version(digests, rules_version),
            rules_version=rules_version,
            code_version=__version__,
            kind=kind,
            published_utc=now.isoformat(timespec="seconds"),
            files=files,
            digests=digests,
        )
        sync_folder(self._stores)
        made.write(self._stores)
        self._attached.clear()
        self._changed.clear()
        self.base = replace(made)
        manifest.sweep(self._home)
        return made

    def _digests(self) -> dict[str, str]:
        digests = dict(self.base.digests)
        for table in OBSERVED.values():
            if table.family in self._changed:
                digests[table.name] = digest.read(self._db, table.family, table)
        if self._judged is not None:
            digests[JUDGEMENT.name] = self._judged
        return {name: text for name, text in digests.items() if text != "0:0"}

    def _settle(self, family: str) -> str:
        path = self._path(family)
        with path.open("rb+") as file:
            name = f"{family}-{file_digest(file, 'sha256').hexdigest()[:16]}.duckdb"
            file.flush()
        _sync_file(path)
        path.replace(self._stores / name)
        return name

    def _attach(self, family: str, *, copy: bool = True) -> None:
        if family in self._attached:
            return
        path = self._path(family)
        if copy and family in self.base.files:
            shutil.copyfile(self._stores / self.base.files[family], path)
        self._db.execute(f"ATTACH '{path}' AS {family}")
        if family == RUN_FAMILY:
            for table in RUNS:
                self._make(family, table)
        else:
            digest.prepare(self._db, family)
        self._attached.add(family)

    def _insert(self, family: str, table: Table, frame: pl.DataFrame) -> None:
        self._make(family, table)
        self._db.register("incoming", table.check(frame))
        self._db.execute(f'INSERT INTO {family}."{table.name}" BY NAME SELECT * FROM incoming')
        self._db.unregister("incoming")

    def _make(self, family: str, table: Table) -> None:
        self._db.execute(table.ddl().replace(f'"{table.name}"', f'{family}."{table.name}"', 1))
        load.add_columns(self._db, family, table)

    def _path(self, family: str) -> Path:
        return self._stores / f"build-{family}.duckdb"


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
