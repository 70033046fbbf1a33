"""What publishers changed afterwards and what they took back, and the three dates of a record."""

import polars as pl

from indicia.answers.reader import Reader
from indicia.answers.versions import changes
from indicia.schema import OBSERVED, UTC, stamped

MOST_LISTED = 200
COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "row_key": pl.String,
    "added_utc": UTC,
    "changed_utc": UTC,
    "checked_utc": UTC,
}
DATES = pl.Schema(COLUMNS)


def counted(store: Reader) -> pl.DataFrame:
    """Per source, how many values its publisher revised and how many rows it took back, and when last.

    What a first load and a load of starter facts bring is no revision.
    """
    return store.sql("""
        SELECT source, sum(changed_count)::BIGINT AS revised_count,
               max(finished_utc) FILTER (changed_count > 0) AS last_revised_utc,
               sum(vanished_count)::BIGINT AS vanished_count,
               max(finished_utc) FILTER (vanished_count > 0) AS last_vanished_utc
        FROM run WHERE way <> 'starter' GROUP BY source
        HAVING sum(changed_count) + sum(vanished_count) > 0
        ORDER BY greatest(last_revised_utc, last_vanished_utc) DESC, source
    """)


def listed(store: Reader, source: str) -> pl.DataFrame:
    """The newest values that one source revised or took back, one per line."""
    found = changes(store, source, limit=10 * MOST_LISTED)
    return found.filter(pl.col("change") != "added").head(MOST_LISTED)


def dates(store: Reader, source: str, table: str, limit: int = 1000) -> pl.DataFrame:
    """When each row of a source was first held, when it last differed, when it was last checked.

    Checked is the last time that a body of the same address was read, or that its publisher said it
    had not changed.
    """
    keys = stamped(OBSERVED[table]).key[1:]
    key = " || ', ' || ".join(f"'{k}=' || \"{k}\"::VARCHAR" for k in keys)
    names = ", ".join(f'"{k}"' for k in keys)
    return store.sql(
        f"""
        WITH checked AS (
            SELECT f.fetch_id, max(g.fetched_utc) AS checked_utc
            FROM "fetch" f JOIN "fetch" g USING (source, url) WHERE source = $source GROUP BY ALL
        ),
        seen AS (
            SELECT {key} AS row_key, min(fetched_utc) AS added_utc, max(fetched_utc) AS changed_utc,
                   arg_max(fetch_id, fetched_utc) AS fetch_id,
                   arg_max(is_tombstone, published_utc) AS is_gone
            FROM history_{table} WHERE source = $source GROUP BY {names}
        )
        SELECT row_key, added_utc, changed_utc, greatest(checked_utc, changed_utc) AS checked_utc
        FROM seen LEFT JOIN checked USING (fetch_id) WHERE NOT is_gone
        ORDER BY changed_utc DESC, row_key LIMIT $limit
        """,
        {"source": source, "limit": limit},
    ).cast(DATES)
