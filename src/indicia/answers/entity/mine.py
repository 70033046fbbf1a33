"""The rows of other tables that name an organisation: its records give back the names they came from."""

import polars as pl

from indicia.answers.entity.finding import Opened
from indicia.answers.reader import Reader

MOST_ROWS = 200
_MINE = """
    WITH mine AS (
        SELECT record_id, kind, lower(trim(name)) AS called, coalesce(countries_iso2, '') AS stated,
               coalesce(registry_ids, '') AS ids
        FROM party_record WHERE entity_id = $id OR list_contains($also::VARCHAR[], entity_id)
    )
"""
_NAMED = "WITH mine AS (SELECT lower(trim($id)) AS called)"


def asked(store: Reader, one: Opened, query: str, most: int | None = MOST_ROWS) -> pl.DataFrame:
    """Rows of a query in which `mine` holds the records of the organisation.

    Args:
        store: The store.
        one: The organisation.
        query: SQL after a WITH; `$id` and `$most` may stand in it.
        most: Rows at most; None where the query does not ask.
    """
    given: dict[str, object] = {"id": one.entity_id}
    if one.is_resolved:
        given["also"] = list(one.also)
    if most is not None:
        given["most"] = most
    return store.sql((_MINE if one.is_resolved else _NAMED) + query, given)


def named(one: Opened, kind: str, column: str, *, stated: str = "", ids: str = "") -> str:
    """SQL: whether `column` names the organisation as a record of that kind does.

    Args:
        one: The organisation; without records of who is who, an equal name is enough.
        kind: Kind of record.
        column: SQL of the name.
        stated: SQL of the country that the row states for it, which tells namesakes apart.
        ids: SQL of its registry id, which tells namesakes apart.
    """
    if not one.is_resolved:
        return f"lower(trim({column})) = lower(trim($id))"
    parts = {f"lower(trim({column}))": "called"}
    parts |= {f"coalesce({c}, '')": r for c, r in ((stated, "stated"), (ids, "ids")) if c}
    return f"({', '.join(parts)}) IN (SELECT {', '.join(parts.values())} FROM mine WHERE kind = '{kind}')"


def among(one: Opened, kind: str, column: str) -> str:
    """SQL: whether one of the names joined by `;` in `column` names the organisation."""
    only = f"WHERE kind = '{kind}'" if one.is_resolved else ""
    return (
        f"coalesce(list_has_any(list_transform(string_split({column}, ';'), lambda x: lower(trim(x))), "
        f"(SELECT list(called) FROM mine {only})), false)"
    )
