"""Append-only, change-only loading of one table in one DuckDB file, in SQL.

A history table keeps every version of every row; a current table holds the latest. An unchanged
row adds nothing, a changed one is a new version, a vanished one (of a snapshot) a tombstone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from indicia.schema import Column, Table, stamped
from indicia.schema.base import SQL_TYPES
from indicia.store import digest

TOMBSTONE = Column("is_tombstone", pl.Boolean, "The row is no longer published.", required=True)


@dataclass(frozen=True, slots=True)
class Delta:
    """How many keys one load added, changed and ended."""

    added: int = 0
    changed: int = 0
    vanished: int = 0

    def __add__(self, other: "Delta") -> "Delta":
        """Both together."""
        return Delta(
            self.added + other.added,
            self.changed + other.changed,
            self.vanished + other.vanished,
        )

    @property
    def is_empty(self) -> bool:
        """Nothing new."""
        return not (self.added or self.changed or self.vanished)


@dataclass(frozen=True, slots=True)
class Vintage:
    """When a body was public and read, and whether it is the whole dataset.

    Args:
        public_utc: When the body as a whole was public (stated, else the time of the fetch).
        fetched_utc: When it was read.
        fetch_id: Its fetch.
        is_snapshot: A held key that it lacks has vanished.
        next_utc: Publication of the next later snapshot already loaded, if any: then this body
            is an earlier vintage that arrives late, and what is known of later days must stay.
        next_fetch_id: The fetch of that snapshot.
    """

    public_utc: datetime
    fetched_utc: datetime
    fetch_id: str
    is_snapshot: bool
    next_utc: datetime | None = None
    next_fetch_id: str = ""


def connect() -> duckdb.DuckDBPyConnection:
    """An in-memory connection whose cursors all speak UTC."""
    db = duckdb.connect()
    db.execute("LOAD icu")
    db.execute("SET GLOBAL TimeZone='UTC'")
    db.execute("SET GLOBAL preserve_insertion_order=false")  # every reader orders for itself
    return db


@dataclass(frozen=True, slots=True)
class Held:
    """What was known of a source before a body: a SELECT and its parameters."""

    query: str
    asked: Mapping[str, object]


def history(table: Table) -> Table:
    """The table of all versions."""
    base = stamped(table)
    columns = (*base.columns, TOMBSTONE)
    return Table(
        f"history_{table.name}", table.family, table.doc, base.key, columns, base.dated_by
    )


def current(table: Table) -> Table:
    """The table of latest versions."""
    base = stamped(table)
    return Table(
        f"current_{table.name}", table.family, table.doc, base.key, base.columns, base.dated_by
    )


def latest(table: Table, schema: str, condition: str = "true", shown: str = "") -> str:
    """SELECT of the latest version of every key among history rows that meet `condition`.

    Args:
        table: The table.
        schema: The attached family file.
        condition: Which versions are looked at.
        shown: What is selected; by default the columns of the stamped table.
    """
    names, keys = shown or _list(stamped(table).names), _list(stamped(table).key)
    return (
        f"SELECT {names} FROM (SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY "
        f"published_utc DESC, fetched_utc DESC, rowid DESC) AS version_rank "
        f"FROM {schema}.history_{table.name} WHERE {condition}) "
        f"WHERE version_rank = 1 AND NOT is_tombstone"
    )


def apply(
    db: duckdb.DuckDBPyConnection,
    schema: str,
    table: Table,
    frame: pl.DataFrame,
    vintage: Vintage,
    source: str,
) -> Delta:
    """Load one body's rows of one table; all of them, or (on any error) none.

    Args:
        db: Connection in which `schema` is attached writable.
        schema: Name of the attached family file.
        table: The table.
        frame: Stamped and checked rows, all of `source`.
        vintage: What is known of the body.
        source: The source, as family/name.
    """
    _prepare(db, schema, table)
    if vintage.next_utc:
        known = latest(table, schema, "source = $source AND published_utc <= $public")
        held = Held(known, {"source": source, "public": vintage.public_utc})
    else:
        known = f"SELECT * FROM {schema}.current_{table.name} WHERE source = $source"
        held = Held(known, {"source": source})
    db.register("incoming", frame)
    db.execute("BEGIN")
    try:
        delta = _difference(db, schema, table, vintage, held)
        if not delta.is_empty:
            _append(db, schema, table, vintage, source)
        db.execute("DROP TABLE delta")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    finally:
        db.unregister("incoming")
    return delta


def columns(db: duckdb.DuckDBPyConnection, schema: str, name: str) -> set[str]:
    """Names of the columns of a table in an attached file; none where it does not exist."""
    query = "SELECT column_name FROM duckdb_columns() WHERE database_name = $schema AND table_name = $name"
    return {row[0] for row in db.execute(query, {"schema": schema, "name": name}).fetchall()}


def _prepare(db: duckdb.DuckDBPyConnection, schema: str, table: Table) -> None:
    for made in (history(table), current(table)):
        db.execute(made.ddl().replace(f'"{made.name}"', f'{schema}."{made.name}"', 1))
        add_columns(db, schema, made)
    digest.prepare(db, schema)


def add_columns(db: duckdb.DuckDBPyConnection, schema: str, table: Table) -> None:
    """Give a table of a store that an earlier version made the columns it lacks."""
    for name in sorted(set(table.names) - columns(db, schema, table.name)):
        kind = SQL_TYPES[table.polars[name]]
        db.execute(f'ALTER TABLE {schema}."{table.name}" ADD COLUMN "{name}" {kind}')


def _difference(
    db: duckdb.DuckDBPyConnection, schema: str, table: Table, vintage: Vintage, held: Held
) -> Delta:
    """Temp table `delta`: the new versions. A revision cannot be older than what it revises."""
    names = stamped(table).names
    values = [c for c in table.names if c not in table.key]
    differs = " OR ".join(f'i."{v}" IS DISTINCT FROM h."{v}"' for v in values) or "false"
    same = _same("i", "h", table)
    prior = "coalesce(h.published_utc, e.published_utc)"
    late = f"{prior} IS NOT NULL AND i.published_utc <= {prior}"
    stamp = {
        "published_utc": f"CASE WHEN {late} THEN greatest(i.fetched_utc, {prior} "
        f"+ INTERVAL 1 MICROSECOND) ELSE i.published_utc END",
        "published_basis": f"CASE WHEN {late} THEN 'fetched' ELSE i.published_basis END",
    }
    chosen = ", ".join(f'{stamp.get(n, f"""i."{n}" """)} AS "{n}"' for n in names)
    by_then = "AND published_utc <= $public" if vintage.next_utc else ""
    ended = (
        f"SELECT {_list(stamped(table).key)}, max(published_utc) AS published_utc "
        f"FROM {schema}.history_{table.name} WHERE is_tombstone {by_then} GROUP BY ALL"
    )
    db.execute(
        f"CREATE TEMP TABLE delta AS SELECT {chosen}, false AS is_tombstone, "
        f"h.source IS NOT NULL AS was_held FROM incoming i LEFT JOIN ({held.query}) h ON {same} "
        f"LEFT JOIN ({ended}) e ON {_same('i', 'e', table)} "
        f"WHERE h.source IS NULL OR {differs}",
        held.asked,
    )
    if vintage.is_snapshot:
        given = {
            "published_utc": "greatest($vintage, h.published_utc + INTERVAL 1 MICROSECOND)",
            "published_basis": "'fetched'",
            "fetched_utc": "$fetched",
            "fetch_id": "$fetch",
        }
        row = ", ".join(given.get(n, f'h."{n}"') for n in names)
        db.execute(
            f"INSERT INTO delta SELECT {row}, true, true FROM ({held.query}) h "
            f"WHERE NOT EXISTS (SELECT 1 FROM incoming i WHERE {same})",
            {
                **held.asked,
                "vintage": vintage.public_utc,
                "fetched": vintage.fetched_utc,
                "fetch": vintage.fetch_id,
            },
        )
    counted = db.execute(
        "SELECT count(*) FILTER (NOT was_held), count(*) FILTER (was_held AND NOT is_tombstone), "
        "count(*) FILTER (is_tombstone) FROM delta"
    ).fetchall()
    return Delta(*counted[0])


def _append(
    db: duckdb.DuckDBPyConnection, schema: str, table: Table, vintage: Vintage, source: str
) -> None:
    names = _list(stamped(table).names)
    kind = "TABLE" if vintage.next_utc else "VIEW"
    db.execute(f"CREATE TEMP {kind} fresh AS SELECT {names}, is_tombstone FROM delta")
    if vintage.next_utc:
        _keep_later_state(db, schema, table, vintage, source)
    db.execute(
        f"INSERT INTO {schema}.history_{table.name} ({names}, is_tombstone) SELECT * FROM fresh"
    )
    held = _same("c", "d", table)
    touched = "true" if vintage.next_utc else "d.was_held"
    db.execute(
        f"DELETE FROM {schema}.current_{table.name} c WHERE EXISTS "
        f"(SELECT 1 FROM delta d WHERE {touched} AND {held})"
    )
    if vintage.next_utc:
        of_delta = (
            f"EXISTS (SELECT 1 FROM delta d WHERE {_same(f'history_{table.name}', 'd', table)})"
        )
        rows = latest(table, schema, of_delta)
    else:
        rows = f"SELECT {names} FROM delta WHERE NOT is_tombstone"
    db.execute(f"INSERT INTO {schema}.current_{table.name} ({names}) {rows}")
    digest.add(db, schema, table)
    db.execute(f"DROP {kind} fresh")


def _keep_later_state(
    db: duckdb.DuckDBPyConnection, schema: str, table: Table, vintage: Vintage, source: str
) -> None:
    """What a later snapshot said of the touched keys is written down at its own date.

    It needed no row while nothing earlier differed from it; now something does.
    """
    given = {
        "published_utc": "$next",
        "published_basis": "'stated'",
        "fetched_utc": "$fetched",
        "fetch_id": "$next_fetch",
    }
    row = ", ".join(
        given.get(n) or f'CASE WHEN t.source IS NULL THEN d."{n}" ELSE t."{n}" END'
        for n in stamped(table).names
    )
    then = latest(table, schema, "source = $source AND published_utc <= $next")
    db.execute(
        f"INSERT INTO fresh SELECT {row}, t.source IS NULL FROM delta d "
        f"LEFT JOIN ({then}) t ON {_same('d', 't', table)} "
        f"WHERE NOT EXISTS (SELECT 1 FROM {schema}.history_{table.name} x "
        f"WHERE {_same('d', 'x', table)} AND x.published_utc > d.published_utc "
        f"AND x.published_utc <= $next)",
        {
            "source": source,
            "next": vintage.next_utc,
            "fetched": vintage.fetched_utc,
            "next_fetch": vintage.next_fetch_id,
        },
    )


def _same(left: str, right: str, table: Table) -> str:
    return " AND ".join(f'{left}."{k}" = {right}."{k}"' for k in stamped(table).key)


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{n}"' for n in names)
