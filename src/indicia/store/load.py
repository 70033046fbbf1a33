"""Append-only, change-only loading of one table in one DuckDB file, in SQL.

A history table keeps every version of every row and marks the latest as current, so that no row is
stored twice. An unchanged row adds nothing, a changed one is a new version, a vanished one (of a
snapshot) a tombstone. Rows whose keys were never seen are appended without a comparison.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
import polars as pl
import pyarrow as pa

from indicia.schema import Column, Table, stamped
from indicia.schema.base import SQL_TYPES
from indicia.store import digest
from indicia.store.kept import IS_CURRENT, columns, current_rows
from indicia.store.vintage import Delta, Vintage

TOMBSTONE = Column("is_tombstone", pl.Boolean, "The row is no longer published.", required=True)
GROUP_ROWS = 61_440


def connect() -> duckdb.DuckDBPyConnection:
    """An in-memory connection whose cursors all speak UTC."""
    db = duckdb.connect()
    db.execute("LOAD icu")
    db.execute("SET GLOBAL TimeZone='UTC'")
    db.execute("SET GLOBAL preserve_insertion_order=false")  # every reader orders for itself
    db.execute("SET GLOBAL max_vacuum_tasks=1")  # each holds several groups of rows unpacked
    db.execute("SET GLOBAL write_buffer_row_group_count=2")
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
        known = f"SELECT * FROM {current_rows(db, schema, table)} AND source = $source"
        held = Held(known, {"source": source})
    db.register("incoming", _in_groups(frame))
    db.execute("BEGIN")
    try:
        if _is_all_new(db, schema, table, vintage, source):
            delta = _append_new(db, schema, table, frame)
        else:
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


def _prepare(db: duckdb.DuckDBPyConnection, schema: str, table: Table) -> None:
    past = history(table)
    made = replace(past, columns=(*past.columns, IS_CURRENT))
    is_old = IS_CURRENT.name not in columns(db, schema, made.name)
    db.execute(made.ddl().replace(f'"{made.name}"', f'{schema}."{made.name}"', 1))
    add_columns(db, schema, made)
    if is_old:
        _mark_current(db, schema, table, "true")
        db.execute(f"DROP TABLE IF EXISTS {schema}.current_{table.name}")
    digest.prepare(db, schema)


def _mark_current(
    db: duckdb.DuckDBPyConnection, schema: str, table: Table, condition: str
) -> None:
    """Say anew which versions are current, among those that meet `condition`."""
    past, keys = f"{schema}.history_{table.name}", _list(stamped(table).key)
    newest = (
        f"SELECT rowid FROM {past} WHERE {condition} QUALIFY NOT is_tombstone AND "
        f"row_number() OVER (PARTITION BY {keys} ORDER BY published_utc DESC, "
        f"fetched_utc DESC, rowid DESC) = 1"
    )
    db.execute(f"UPDATE {past} SET is_current = rowid IN ({newest}) WHERE {condition}")


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


def _in_groups(frame: pl.DataFrame) -> pa.Table:
    """The rows in groups that DuckDB scans with all cores; a frame may be one large chunk."""
    whole = frame.to_arrow()
    return pa.Table.from_batches(whole.to_batches(max_chunksize=GROUP_ROWS), whole.schema)


def _is_all_new(
    db: duckdb.DuckDBPyConnection, schema: str, table: Table, vintage: Vintage, source: str
) -> bool:
    """No incoming key was ever held, and none that is held can vanish or reappear."""
    if vintage.next_utc:
        return False
    known = f"SELECT 1 FROM {schema}.history_{table.name} h WHERE h.source = $source"
    if not vintage.is_snapshot:
        known += f" AND EXISTS (SELECT 1 FROM incoming i WHERE {_same('i', 'h', table)})"
    return not db.execute(f"{known} LIMIT 1", {"source": source}).fetchall()


def _append_new(
    db: duckdb.DuckDBPyConnection, schema: str, table: Table, frame: pl.DataFrame
) -> Delta:
    """Every incoming row is a first version."""
    names = _list(stamped(table).names)
    db.execute(
        f"INSERT INTO {schema}.history_{table.name} ({names}, is_tombstone, is_current) "
        f"SELECT {names}, false, true FROM incoming"
    )
    empty = [n for n in frame.columns if frame[n].null_count() == frame.height]
    digest.add(db, schema, table, "(SELECT *, false AS is_tombstone FROM incoming)", empty)
    return Delta(added=frame.height)


def _append(
    db: duckdb.DuckDBPyConnection, schema: str, table: Table, vintage: Vintage, source: str
) -> None:
    names, past = _list(stamped(table).names), f"{schema}.history_{table.name}"
    kind = "TABLE" if vintage.next_utc else "VIEW"
    db.execute(f"CREATE TEMP {kind} fresh AS SELECT {names}, is_tombstone FROM delta")
    if vintage.next_utc:
        _keep_later_state(db, schema, table, vintage, source)
    touched = (
        f"EXISTS (SELECT 1 FROM delta d WHERE {_same(f'history_{table.name}', 'd', table)})"
    )
    if not vintage.next_utc:
        db.execute(f"UPDATE {past} SET is_current = false WHERE is_current AND {touched}")
    db.execute(
        f"INSERT INTO {past} ({names}, is_tombstone, is_current) "
        f"SELECT {names}, is_tombstone, NOT is_tombstone FROM fresh"
    )
    if vintage.next_utc:
        _mark_current(db, schema, table, touched)
    digest.add(db, schema, table, "fresh")
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
