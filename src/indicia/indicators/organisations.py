"""Organisations that hold or use facilities: what is said of one reaches each of its facilities in part.

A signal of a whole organisation (its adverts, publications, staff, claims) has one source among all
its sites. So its scope is the organisation, and the exposure of one facility is how sure its
publisher is of the role, divided by the number of the organisation's facilities.
"""

from collections.abc import Sequence

import duckdb
import polars as pl

from indicia.entities.graph import stand_ins
from indicia.entities.names import normalised
from indicia.indicators import answer
from indicia.reference.organisations import is_known, shown
from indicia.store import unite

ORGANISATION = "organisation"
HELD = """
SELECT facility_id, party_name, role, certainty, origin_id, reliability
FROM united_facility_party ORDER BY facility_id, party_name, role, certainty, source
"""
# A name that was taken to be several organisations tells of none of them.
TAKEN = """
SELECT name, min(entity_id) AS entity_id FROM party_record
WHERE kind IN ('party', 'employer', 'developer', 'institution') AND entity_id IS NOT NULL
GROUP BY name HAVING count(DISTINCT entity_id) = 1 ORDER BY name
"""


def held(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per facility, party and role, with the organisation that the party is shown as.

    Parties whose names come down to one are one organisation, under the name that the reference
    table shows it by, else the last of theirs (capitals alone come first).

    Returns:
        facility_id, party_name, role, certainty, origin_id, reliability, key, organisation.
    """
    unite(db)
    parties: pl.DataFrame = db.sql(HELD).pl()
    name = shown(pl.col("party_name"))
    return (
        parties.with_columns(key=normalised(name), organisation=name)
        .filter(pl.col("key") != "")
        .with_columns(
            pl.col("organisation")
            .sort_by(is_known(pl.col("organisation")), "organisation")
            .last()
            .over("key")
        )
    )


def named(db: duckdb.DuckDBPyConnection, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Rows with the organisation of `held` that a published name means; other rows fall away.

    Names meet where they come down to one, or where records were taken to be one organisation.

    Args:
        db: A connection that shows facility_party and party_record.
        rows: Any rows.
        column: Where the published name stands.
    """
    stand_ins(db)
    parties = held(db)
    entities: pl.DataFrame = db.sql(TAKEN).pl()
    by_key = parties.select("key", "organisation").unique()
    by_entity = (
        parties.select("organisation", name="party_name")
        .join(entities, on="name")
        .group_by("entity_id")
        .agg(by_entity=pl.col("organisation").min())
    )
    names = rows.select(name=pl.col(column)).unique().drop_nulls()
    meant = (
        names.with_columns(key=normalised(shown(pl.col("name"))))
        .join(by_key, on="key", how="left")
        .join(entities, on="name", how="left")
        .join(by_entity, on="entity_id", how="left")
        .select("name", organisation=pl.coalesce("organisation", "by_entity"))
        .drop_nulls()
    )
    return rows.join(meant, left_on=column, right_on="name", maintain_order="left")


def same(name: pl.Expr, names: Sequence[str]) -> pl.Expr:
    """Whether a name comes down to one of others."""
    keys = pl.DataFrame({"name": names}).select(normalised(shown(pl.col("name")))).to_series()
    return normalised(name).is_in(keys.unique().to_list())


def reached(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Every organisation once: organisation, party_origin_id, party_reliability."""
    return (
        held(db)
        .group_by("organisation")
        .agg(
            party_origin_id=pl.col("origin_id").min(),
            party_reliability=pl.col("reliability").max(),
        )
        .sort("organisation")
    )


def evidence(facts: pl.DataFrame, unit: str, sight: float) -> pl.DataFrame:
    """Rows of evidence out of facts on organisations.

    Args:
        facts: organisation, result, kind, observed, threshold, statement, starts_date, ends_date,
            origin_id, reliability, party_origin_id, party_reliability, and where they differ from
            the usual quality_share and sight_share.
        unit: Unit of observed and threshold.
        sight: Detectability of a computed result.
    """
    usual = {"quality_share": 1.0, "sight_share": sight}
    filled = facts.with_columns(
        *(pl.lit(v).alias(name) for name, v in usual.items() if name not in facts.columns),
        origin_id=pl.coalesce("origin_id", "party_origin_id"),
        reliability=pl.coalesce("reliability", "party_reliability"),
    )
    return answer.rows(filled, ORGANISATION, "organisation", unit)


def cited(rows: pl.DataFrame, table: str, quote: pl.Expr) -> pl.DataFrame:
    """Sources of organisations out of rows with row_key, source, source_url and fetch_id."""
    return answer.cited(rows, ORGANISATION, "organisation", table, quote)
