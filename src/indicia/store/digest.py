"""The digest of a history: equal content gives equal text, whatever the order of its rows.

Each version of a row is hashed; the hashes are joined by exclusive or, so that a load adds to the
digest without reading what was there. Times of reading are left out: two homes that read the same
bodies on different days agree.
"""

import json
from collections.abc import Collection
from hashlib import sha256

import duckdb
import polars as pl

from indicia.schema import JUDGEMENT, UTC, Table, stamped


def prepare(db: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Make the table that holds the digests of a family file, where it is absent."""
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {schema}.digest "
        f"(table_name VARCHAR, versions_count BIGINT, digest UHUGEINT)"
    )


def read(db: duckdb.DuckDBPyConnection, schema: str, table: Table) -> str:
    """Count and digest of a history: equal content gives equal text, in any order of rows."""
    found = db.execute(
        f"SELECT versions_count, digest FROM {schema}.digest WHERE table_name = $name",
        {"name": table.name},
    ).fetchall()
    return f"{found[0][0]}:{found[0][1]}" if found else "0:0"


def add(
    db: duckdb.DuckDBPyConnection,
    schema: str,
    table: Table,
    fresh: str,
    empty: Collection[str] = (),
) -> None:
    """Add the versions in the relation `fresh`, of which the columns `empty` hold no value."""
    counted = ("source", *table.names, "published_utc", "is_tombstone")
    text = ", chr(31), ".join(
        "chr(0)" if n in empty else f"coalesce({_said(table, n)}, chr(0))" for n in counted
    )
    text = f"{text}, chr(31)".replace("chr(0), chr(31)", "chr(0) || chr(31)")
    name = {"name": table.name}
    db.execute(
        f"CREATE TEMP TABLE summed AS SELECT count(*) AS versions, "
        f"bit_xor(md5_number(concat({text}))) AS digest FROM {fresh}"
    )
    db.execute(
        f"INSERT INTO summed SELECT versions_count, digest FROM {schema}.digest "
        f"WHERE table_name = $name",
        name,
    )
    db.execute(f"DELETE FROM {schema}.digest WHERE table_name = $name", name)
    db.execute(
        f"INSERT INTO {schema}.digest SELECT $name, sum(versions), bit_xor(digest) FROM summed",
        name,
    )
    db.execute("DROP TABLE summed")


def judged(judgements: pl.DataFrame) -> str:
    """Count and digest of the judgements that count; `0:0` where there are none.

    Args:
        judgements: Rows of `schema.JUDGEMENT`, in any order.
    """
    if judgements.is_empty():
        return "0:0"
    rows = judgements.select(JUDGEMENT.names).sort(JUDGEMENT.key).rows()
    text = json.dumps(rows, ensure_ascii=False, default=str)
    return f"{len(rows)}:{int(sha256(text.encode()).hexdigest()[:32], 16)}"


def _said(table: Table, name: str) -> str:
    """A value as text; an instant without asking the calendar of time zones, which is slow."""
    if stamped(table).polars.get(name) == UTC:
        return f"make_timestamp(epoch_us(\"{name}\"))::VARCHAR || '+00'"
    return f'"{name}"::VARCHAR'
