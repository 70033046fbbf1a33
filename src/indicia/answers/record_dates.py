"""The three dates of a record: when it was first seen, last changed, and last checked.

Seen and changed are when we read the first and the latest version of its key. Checked is the last
time that a body of the same address was read, or that its publisher said it had not changed.
"""

import re

import polars as pl

from indicia.answers.reader import Reader
from indicia.schema import FACILITY_IDENTITY, OBSERVED, UTC, stamped
from indicia.schema.base import SQL_TYPES

NAMES = ("first_seen_utc", "last_changed_utc", "last_checked_utc")
RECORD = ("source", "table_name", "row_key")
_SEEN = "min(h.fetched_utc) AS first_seen_utc, max(h.fetched_utc) AS last_changed_utc, arg_max(h.fetch_id, h.fetched_utc) AS fetch_id"
_CHECKED = 'SELECT fetch_id, max(fetched_utc) OVER (PARTITION BY source, url) AS checked_utc FROM "fetch"'


def by_key(table: str, condition: str) -> str:
    """SELECT of keys and dates of the rows of one table that meet a condition.

    Args:
        table: An observation table.
        condition: Which versions count, in terms of its history `h`.
    """
    keys = ", ".join(f'h."{k}"' for k in stamped(OBSERVED[table]).key)
    return _checked(
        f"SELECT {keys}, {_SEEN} FROM history_{table} h WHERE {condition} GROUP BY {keys}"
    )


def of_cited(store: Reader, cited: pl.DataFrame) -> pl.DataFrame:
    """The dates of records that evidence cites.

    Args:
        store: The store.
        cited: Columns `source`, `table_name` and `row_key` (`name=value` joined by `, `).

    Returns:
        One row per record cited, with `NAMES` (UTC); a record that is not found has none.
    """
    wanted = cited.select(RECORD).drop_nulls().unique(maintain_order=True)
    found = [
        _of_table(store, str(source), str(table), part["row_key"])
        for (source, table), part in wanted.group_by(
            "source", "table_name", maintain_order=True
        )
        if table in OBSERVED
    ]
    if not found:
        return pl.DataFrame(schema=dict.fromkeys(RECORD, pl.String) | dict.fromkeys(NAMES, UTC))
    return pl.concat(found)


def _of_table(store: Reader, source: str, table: str, row_keys: pl.Series) -> pl.DataFrame:
    first = str(row_keys[0])
    places = {k: re.search(rf"(?:^|, ){k}=", first) for k in OBSERVED[table].key}
    at = {k: found.start() for k, found in places.items() if found}
    named = sorted(at, key=at.__getitem__)
    parts = row_keys.str.extract_groups(
        "^" + ", ".join(f"{k}=(?P<{k}>.*)" for k in named) + "$"
    )
    values = {k: parts.struct.field(k).to_list() for k in named}
    kinds = OBSERVED[table].polars
    asked = ", ".join(f"TRY_CAST(unnest(${k}) AS {SQL_TYPES[kinds[k]]}) AS {k}" for k in named)
    same = " AND ".join(_same(k) for k in named) or "false"
    led = f"LEFT JOIN {FACILITY_IDENTITY.name} i ON i.published_id = h.facility_id"
    dates = _checked(
        f"SELECT row_key, {_SEEN} FROM history_{table} h {led if 'facility_id' in named else ''} "
        f"JOIN (SELECT unnest($row_key) AS row_key{', ' if asked else ''}{asked}) a "
        f"ON {same} WHERE h.source = $source GROUP BY row_key"
    )
    return store.sql(
        f"SELECT $source AS source, $table AS table_name, row_key, {', '.join(NAMES)} FROM ({dates})",
        {"source": source, "table": table, "row_key": row_keys.to_list(), **values},
    ).cast(dict.fromkeys(NAMES, UTC))


def _same(key: str) -> str:
    """A facility may be cited by its own id or by one under which it is published."""
    if key == "facility_id":
        return "(h.facility_id = a.facility_id OR i.facility_id = a.facility_id)"
    return f"h.{key} = a.{key}"


def _checked(seen: str) -> str:
    """The dates in `seen`, and when the body of the latest version was last read again."""
    return (
        f"SELECT s.* EXCLUDE (fetch_id), greatest(last_changed_utc, checked_utc) AS last_checked_utc "
        f"FROM ({seen}) s LEFT JOIN ({_CHECKED}) USING (fetch_id)"
    )
