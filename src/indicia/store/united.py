"""Rows of several publishers under one facility: ids as published lead to the facility they stand for.

`facility_identity` says which id stands for which facility. United rows carry the facility's id in
`facility_id` (in `hardware_statement` in `subject`) and the id of their publisher in `published_id`.
`facility` has one row per facility: that of the id itself, at the place known most closely, which
`place_source` names.
"""

import duckdb

from indicia.schema import (
    DOCUMENT,
    EVENT,
    EXPOSURE,
    FACILITY,
    FACILITY_IDENTITY,
    FACILITY_PARTY,
    FACILITY_STATE,
    HARDWARE_STATEMENT,
    POWER_SITE_YEAR,
    Table,
)
from indicia.schema.observations import PRECISIONS

IDENTITY = FACILITY_IDENTITY.name
UNITED = (
    FACILITY, FACILITY_PARTY, FACILITY_STATE, HARDWARE_STATEMENT, POWER_SITE_YEAR, EXPOSURE, EVENT,
    DOCUMENT,
)  # fmt: skip
_PLACE = ("latitude_deg", "longitude_deg", "coord_precision", "place", "admin1")
_CLOSENESS = f"coalesce(list_position({list(PRECISIONS)}, coord_precision), {len(PRECISIONS)})"


def united(table: Table, rows: str) -> str:
    """SELECT of a table's rows by facility.

    Args:
        table: One of `UNITED`.
        rows: The relation that holds them as published.
    """
    if table is FACILITY:
        return _facilities(rows)
    column = "subject" if table is HARDWARE_STATEMENT else "facility_id"
    only = " AND t.subject_kind = 'facility'" if table is HARDWARE_STATEMENT else ""
    return (
        f"SELECT t.* REPLACE (coalesce(i.facility_id, t.{column}) AS {column}), "
        f"t.{column} AS published_id "
        f"FROM {rows} t LEFT JOIN {IDENTITY} i ON i.published_id = t.{column}{only}"
    )


def _facilities(rows: str) -> str:
    whole = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
    place = ", ".join(f"first_value({c}) OVER closest AS {c}" for c in _PLACE)
    led = (
        "SELECT t.* REPLACE (coalesce(i.facility_id, t.facility_id) AS facility_id), "
        "t.facility_id AS published_id "
        f"FROM {rows} t LEFT JOIN {IDENTITY} i ON i.published_id = t.facility_id"
    )
    # Most facilities have one row, which needs no comparing.
    return f"""
        WITH led AS ({led}),
        shared AS (SELECT facility_id FROM led GROUP BY facility_id HAVING count(*) > 1)
        SELECT *, source AS place_source FROM led ANTI JOIN shared USING (facility_id)
        UNION ALL
        SELECT * REPLACE (
                   {place},
                   first_value(country_iso2 IGNORE NULLS) OVER own AS country_iso2,
                   coalesce(first_value(nullif(site_class, 'unknown') IGNORE NULLS) OVER own,
                            site_class) AS site_class,
                   bool_or(is_declared_ai) OVER own AS is_declared_ai),
               first_value(source) OVER closest AS place_source
        FROM led SEMI JOIN shared USING (facility_id)
        WINDOW own AS (PARTITION BY facility_id
                       ORDER BY published_id <> facility_id, source, published_id {whole}),
               closest AS (PARTITION BY facility_id
                           ORDER BY {_CLOSENESS}, published_id <> facility_id, source,
                                    published_id {whole})
        QUALIFY row_number() OVER (PARTITION BY facility_id
                                   ORDER BY published_id <> facility_id, source, published_id) = 1
    """


def unite(db: duckdb.DuckDBPyConnection) -> None:
    """Show `united_<table>` beside the plain names, which keep the rows as published.

    Where no `facility_identity` is visible every id stands for itself.
    """
    if is_visible(db, f"united_{UNITED[-1].name}"):
        return  # Views name what they show: they stay right when a table is replaced.
    if not is_visible(db, IDENTITY):
        db.execute(f"CREATE TEMP TABLE {IDENTITY} AS {FACILITY_IDENTITY.empty_select()}")
    for table in UNITED:
        name = f"united_{table.name}"
        db.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {united(table, table.name)}")


def is_visible(db: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a table or view can be asked by its plain name, attached files aside."""
    try:
        db.execute(f'SELECT 1 FROM "{name}" LIMIT 0')
    except duckdb.CatalogException:
        return False
    return True
