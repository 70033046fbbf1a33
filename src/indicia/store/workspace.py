"""A place to join in: a connection for rooms that ask in SQL but hold no store."""

import duckdb

from indicia.store.load import connect

Workspace = duckdb.DuckDBPyConnection


def workspace() -> Workspace:
    """An empty connection in memory that speaks UTC; close it after use."""
    return connect()
