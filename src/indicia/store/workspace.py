"""A place to join in: a connection for rooms that ask in SQL but hold no store."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import duckdb

from indicia.store.load import connect

Workspace = duckdb.DuckDBPyConnection
_MEMORY_ALONE: ContextVar[bool] = ContextVar("memory_alone", default=False)


def workspace() -> Workspace:
    """An empty connection in memory that speaks UTC; close it after use."""
    db = connect()
    if _MEMORY_ALONE.get():
        db.execute("SET temp_directory=''")
    return db


@contextmanager
def memory_alone() -> Iterator[None]:
    """Workspaces made within the block never put rows aside on a disk, however little memory is left."""
    mark = _MEMORY_ALONE.set(True)
    try:
        yield
    finally:
        _MEMORY_ALONE.reset(mark)
