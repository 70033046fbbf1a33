"""Which signals reach which facility, and how likely it is their source."""

import duckdb
import polars as pl

from indicia.scoring.hypotheses import settings

OWN = "its own meter, count or record"


def exposures(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Keyed exposures, plus what follows from the records: a facility's own signals and its parties.

    A party's listing is an attribute of every site the party holds, so its weights may sum to more
    than 1; the weight is how sure the publisher is of the role.

    Returns:
        facility_id, scope_kind, scope_id, weight_share (share), basis.
    """
    keyed = db.sql(
        "SELECT facility_id, scope_kind, scope_id, weight_share, basis FROM exposure"
    ).pl()
    own = db.sql(
        f"SELECT DISTINCT facility_id, 'facility' AS scope_kind, facility_id AS scope_id, "
        f"1.0::DOUBLE AS weight_share, '{OWN}' AS basis FROM facility"
    ).pl()
    parties = db.sql(
        "SELECT facility_id, 'party' AS scope_kind, party_name AS scope_id, certainty, "
        "role || ' as published (' || certainty || ')' AS basis FROM facility_party"
    ).pl()
    certainty = settings()["certainty"]
    sure = (
        parties.with_columns(
            weight_share=pl.col("certainty").replace_strict(certainty, return_dtype=pl.Float64)
        )
        .sort("weight_share", "basis", descending=[True, False])
        .unique(["facility_id", "scope_id"], keep="first", maintain_order=True)
        .select(keyed.columns)
    )
    found = pl.concat([keyed, own, sure])
    chosen: pl.DataFrame = (
        found.sort("weight_share", "basis", descending=[True, False])
        .unique(["facility_id", "scope_kind", "scope_id"], keep="first", maintain_order=True)
        .sort("facility_id", "scope_kind", "scope_id")
    )
    return chosen
