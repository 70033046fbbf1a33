"""What changed between versions of what a source publishes, value by value."""

from datetime import date

import polars as pl

from indicia.answers.reader import Reader
from indicia.schema import OBSERVATIONS, UTC, Table, stamped

COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "published_utc": UTC,
    "table_name": pl.String,
    "row_key": pl.String,
    "change": pl.String,
    "column_name": pl.String,
    "was": pl.String,
    "became": pl.String,
}
CHANGES = pl.Schema(COLUMNS)


def changes(
    store: Reader, source: str, since: date | None = None, limit: int = 1000
) -> pl.DataFrame:
    """Every value that a version after the first that we read added, changed or withdrew.

    Returns:
        published_utc, table_name, row_key, change (added, changed, vanished), column_name, was, became;
        newest first. A row that is added or vanishes is one line with an empty column_name.
    """
    parts = [_of_table(store, table, source, since) for table in OBSERVATIONS]
    found = pl.concat([p for p in parts if p.height] or [CHANGES.to_frame()])
    order = ["published_utc", "table_name", "row_key", "column_name"]
    return found.sort(order, descending=[True, False, False, False]).head(limit)


def _of_table(store: Reader, table: Table, source: str, since: date | None) -> pl.DataFrame:
    keys = stamped(table).key
    values = [c for c in table.names if c not in table.key]
    lag = ", ".join(f'lag("{v}"::VARCHAR) OVER w AS "was_{v}"' for v in values)
    key = " || ', ' || ".join(f"'{k}=' || \"{k}\"::VARCHAR" for k in table.key)
    lines = " UNION ALL ".join(
        f"SELECT published_utc, row_key, 'changed' AS change, '{v}' AS column_name, \"was_{v}\" AS was, "
        f'"{v}"::VARCHAR AS became FROM step WHERE nth > 1 AND NOT is_tombstone AND NOT was_tombstone '
        f'AND "was_{v}" IS DISTINCT FROM "{v}"::VARCHAR'
        for v in values
    )
    query = f"""
        WITH first AS (SELECT min(fetched_utc) AS fetched_utc FROM history_{table.name} WHERE source = $source),
        step AS (
            SELECT *, {key} AS row_key, row_number() OVER w AS nth,
                   coalesce(lag(is_tombstone) OVER w, false) AS was_tombstone, {lag}
            FROM history_{table.name} WHERE source = $source
            WINDOW w AS (PARTITION BY {", ".join(f'"{k}"' for k in keys)} ORDER BY published_utc, fetched_utc)
        ),
        told AS (
            {lines}
            UNION ALL SELECT published_utc, row_key, 'vanished', '', NULL, NULL FROM step WHERE is_tombstone
            UNION ALL SELECT s.published_utc, row_key, 'added', '', NULL, NULL FROM step s, first f
            WHERE (nth = 1 AND s.fetched_utc > f.fetched_utc OR was_tombstone) AND NOT is_tombstone
        )
        SELECT published_utc, '{table.name}' AS table_name, row_key, change, column_name, was, became
        FROM told WHERE $since IS NULL OR published_utc >= $since::TIMESTAMPTZ
    """
    return store.sql(query, {"source": source, "since": since}).cast(CHANGES)
