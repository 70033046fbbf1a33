"""Synthetic tables of who is who for tests: records, organisations and edges beside observations."""

import duckdb
import made
import polars as pl

from indicia.schema import ENTITY_EDGE, ORGANISATION, PARTY_NAME, PARTY_RECORD, RESOLVED

TABLES = {t.name: t for t in RESOLVED}


def record(record_id: str, entity_id: str = "", **more: object) -> dict[str, object]:
    """One `party_record`, of a register unless said otherwise; its own organisation by default."""
    return {
        "record_id": record_id,
        "entity_id": entity_id or record_id,
        "kind": "register",
        "name": record_id,
        "records_count": 1,
        "table_name": "entity_record",
        "row_key": f"record_id={record_id}",
        "source": "entities/made",
        "fetch_id": "made-fetch-resolved",
        "origin_id": "made-resolved",
        "reliability": "B",
        **more,
    }


def party(name: str, entity_id: str, **more: object) -> dict[str, object]:
    """The `party_record` of a party of a facility."""
    return record(
        f"party:{name}",
        entity_id,
        kind="party",
        name=name,
        table_name="facility_party",
        row_key=f"facility_id=epoch-example, role=owner, party_name={name}",
        **more,
    )


def listed(name: str, entity_id: str = "", **more: object) -> dict[str, object]:
    """The `party_record` of a listing on the Entity List."""
    key = f"EL:{name}"
    facts = {"list_code": "EL", "listed_date": made.date(2024, 12, 5), **more}
    return record(
        key,
        entity_id or key,
        kind="listed",
        name=name,
        table_name="entity_listing",
        row_key=f"list_code=EL, listing_key={name}",
        **facts,
    )


def link(
    child: str, parent: str, kind: str = "direct parent", **more: object
) -> dict[str, object]:
    """One `entity_link`."""
    return {"record_id": child, "kind": kind, "other_id": parent, **more}


def edge(left: str, right: str, **more: object) -> dict[str, object]:
    """One `entity_edge`, an address shared unless said otherwise."""
    return {
        "left_id": min(left, right),
        "right_id": max(left, right),
        "method": "address",
        "decision": "near",
        "score_share": 1.0,
        "left_value": "10 Example Road",
        "right_value": "10 Example Rd",
        "features": "{}",
        "why": "One address.",
        "left_source": "entities/made",
        "right_source": "entities/made",
        **more,
    }


def database(
    party_record: list[dict[str, object]] | None = None,
    entity_edge: list[dict[str, object]] | None = None,
    **observed: made.Rows,
) -> duckdb.DuckDBPyConnection:
    """Observations as `made.database`, and the resolved tables; organisations follow from records."""
    records = PARTY_RECORD.check(PARTY_RECORD.frame(party_record or []))
    names = records.select(
        "record_id", "name", spelling=pl.lit("main"), form=pl.col("name").str.to_lowercase()
    )
    countries = (
        records.select("entity_id", iso2=pl.col("countries_iso2").str.split(";"))
        .explode("iso2", keep_nulls=False, empty_as_null=False)
        .group_by("entity_id")
        .agg(countries_iso2=pl.col("iso2").unique().sort().str.join(";"))
    )
    organisations = (
        records.group_by("entity_id")
        .agg(
            name=pl.coalesce(
                pl.col("name").filter(pl.col("record_id") == pl.col("entity_id")).first(),
                pl.col("name").sort_by("record_id").first(),
            ),
            is_listed=(pl.col("kind") == "listed").any(),
            is_site_party=(pl.col("kind") == "party").any(),
            records_count=pl.len().cast(pl.Int64),
            sources_count=pl.col("source").n_unique().cast(pl.Int64),
        )
        .join(countries, on="entity_id", how="left")
    )
    db = made.database(**observed)
    for table, rows in (
        (PARTY_RECORD, records),
        (PARTY_NAME, PARTY_NAME.fit(names)),
        (ORGANISATION, ORGANISATION.check(ORGANISATION.fit(organisations))),
        (ENTITY_EDGE, ENTITY_EDGE.check(ENTITY_EDGE.frame(entity_edge or []))),
    ):
        db.register("made_rows", rows)
        db.execute(f'CREATE OR REPLACE TEMP TABLE "{table.name}" AS SELECT * FROM made_rows')
        db.unregister("made_rows")
    return db
