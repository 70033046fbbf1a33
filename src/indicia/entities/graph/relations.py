"""Relations between organisations in force on a day, each with the row that states it."""

from datetime import date

import polars as pl

from indicia.schema import RESOLVED
from indicia.store import Workspace, is_visible

CONTROL = 0.5
UP = ("direct parent", "ultimate parent", "branch of")
ASKED = {"party_record", "organisation", "entity_edge"}

# Of several sources that state one relation, the newest word counts; then the first source by name.
# A relation counts through its last day; one without a first day counts, and says so.
RELATIONS = """
WITH stated AS (
  SELECT *, row_number() OVER (PARTITION BY record_id, kind, other_id
           ORDER BY published_utc DESC, source) AS nth
  FROM entity_link
  WHERE (starts_date IS NULL OR starts_date <= $on) AND (ends_date IS NULL OR ends_date >= $on)
)
SELECT coalesce(a.entity_id, s.record_id) AS entity_id, s.kind,
       coalesce(b.entity_id, s.other_id) AS other_id, s.owned_share AS share,
       s.starts_date, s.ends_date, s.record_id, s.other_id AS other_record_id,
       s.source, s.source_url, s.fetch_id, s.origin_id, s.reliability,
       concat('record_id=', s.record_id, ', kind=', s.kind, ', other_id=', s.other_id) AS row_key
FROM stated s
LEFT JOIN party_record a ON a.record_id = s.record_id
LEFT JOIN party_record b ON b.record_id = s.other_id
WHERE s.nth = 1 AND coalesce(a.entity_id, s.record_id) <> coalesce(b.entity_id, s.other_id)
"""
# The same without the rows they stand in, for questions about everybody.
STEPS = f"""
SELECT coalesce(a.entity_id, s.record_id) AS entity_id, s.kind,
       coalesce(b.entity_id, s.other_id) AS other_id, s.owned_share AS share,
       s.starts_date IS NOT NULL AS is_dated
FROM (
  SELECT record_id, kind, other_id, arg_max(owned_share, published_utc) AS owned_share,
         max(starts_date) AS starts_date
  FROM entity_link WHERE kind IN {UP} AND (starts_date IS NULL OR starts_date <= $on)
    AND (ends_date IS NULL OR ends_date >= $on)
  GROUP BY record_id, kind, other_id
) s
LEFT JOIN party_record a ON a.record_id = s.record_id
LEFT JOIN party_record b ON b.record_id = s.other_id
WHERE coalesce(a.entity_id, s.record_id) <> coalesce(b.entity_id, s.other_id)
"""
NAMES = """
SELECT entity_id AS node_id, name FROM organisation
UNION ALL
SELECT record_id, min(name) FROM entity_record
WHERE record_id NOT IN (SELECT record_id FROM party_record) GROUP BY record_id
ORDER BY node_id
"""


def asked(db: Workspace, query: str, **given: object) -> pl.DataFrame:
    """The rows of a query; `given` fills its `$names`."""
    found: pl.DataFrame = db.sql(query, params=given or None).pl()
    return found


def stand_ins(db: Workspace) -> None:
    """Let a connection on which nothing was resolved yet answer: tables it lacks are shown empty."""
    for table in RESOLVED:
        if table.name in ASKED and not is_visible(db, table.name):
            db.execute(table.ddl().replace("CREATE TABLE", "CREATE TEMP TABLE", 1))


def relations(db: Workspace, on: date) -> pl.DataFrame:
    """Every relation of `entity_link` in force on a day, between organisations.

    Args:
        db: A connection that shows entity_link, party_record and the other tables.
        on: The day; a relation counts from its first day to its last, both included.

    Returns:
        entity_id, kind, other_id (what `kind` says of it is the other one), share, starts_date,
        ends_date, record_id, other_record_id and the row it stands in. Relations inside one
        organisation are left out; rows come in no order.
    """
    stand_ins(db)
    return asked(db, RELATIONS, on=on)


def steps(db: Workspace, on: date) -> pl.DataFrame:
    """Relations upwards in force on a day: entity_id, kind, other_id, share, is_dated; in no order."""
    stand_ins(db)
    return asked(db, STEPS, on=on)


def names(db: Workspace) -> pl.DataFrame:
    """node_id and name of every organisation and of every register entry outside one."""
    stand_ins(db)
    return asked(db, NAMES)


def holds(kinds: tuple[str, ...] = UP) -> pl.Expr:
    """Whether a relation carries control: a parent or head office, of half or of a share not stated."""
    return pl.col("kind").is_in(kinds) & (
        pl.col("share").is_null() | (pl.col("share") >= CONTROL)
    )
