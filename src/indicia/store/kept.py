"""Where the current rows of a table lie, whatever version of the library made the store."""

import duckdb
import polars as pl

from indicia.schema import Column, Table, stamped
from indicia.schema.base import SQL_TYPES

IS_CURRENT = Column(
    "is_current", pl.Boolean, "The latest version of its key, and no tombstone."
)


def current_select(db: duckdb.DuckDBPyConnection, table: Table) -> str:
    """SELECT of the current rows of a table; a column that an earlier version's store lacks is null."""
    held = columns(db, table.family, f"history_{table.name}")
    kept = stamped(table)
    if not held:
        return kept.empty_select()
    listed = ", ".join(
        f'"{c.name}"' if c.name in held else f'NULL::{SQL_TYPES[c.dtype]} AS "{c.name}"'
        for c in kept.columns
    )
    return f"SELECT {listed} FROM {current_rows(db, table.family, table)}"


def current_rows(db: duckdb.DuckDBPyConnection, schema: str, table: Table) -> str:
    """FROM clause of the rows that are current; empty where nothing is loaded.

    A store of an earlier version keeps them in a table of their own.
    """
    held = columns(db, schema, f"history_{table.name}")
    if IS_CURRENT.name in held:
        return f"{schema}.history_{table.name} WHERE {IS_CURRENT.name}"
    return f"{schema}.current_{table.name} WHERE true" if held else ""


def columns(db: duckdb.DuckDBPyConnection, schema: str, name: str) -> set[str]:
    """Names of the columns of a table in an attached file; none where it does not exist."""
    try:  # the list of all columns of all files takes longer than one name
        return set(db.sql(f'FROM "{schema}"."{name}"').columns)
    except duckdb.CatalogException:
        return set()
