"""Which signals reach which facility, and how likely it is their source."""

import duckdb
import polars as pl

from indicia.indicators.organisations import ORGANISATION, held
from indicia.scoring.hypotheses import settings
from indicia.store import unite

OWN = "its own meter, count or record"


def exposures(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Keyed exposures, plus what follows from the records: a facility's own signals and its parties.

    A party's listing is an attribute of every site the party holds, so its weights may sum to more
    than 1; the weight is how sure the publisher is of the role. What an organisation advertises,
    publishes, employs or claims has one source, so that weight is divided by the number of its
    facilities. What was published under several ids
    of one facility reaches that facility; evidence keeps the id it was published under.

    Returns:
        facility_id, scope_kind, scope_id, weight_share (share), basis.
    """
    unite(db)
    keyed = db.sql(
        "SELECT facility_id, scope_kind, scope_id, weight_share, basis FROM united_exposure"
    ).pl()
    own = db.sql(
        "SELECT DISTINCT coalesce(i.facility_id, f.facility_id) AS facility_id, "
        f"'facility' AS scope_kind, f.facility_id AS scope_id, 1.0::DOUBLE AS weight_share, "
        f"'{OWN}' AS basis "
        "FROM facility f LEFT JOIN facility_identity i ON i.published_id = f.facility_id"
    ).pl()
    parties = db.sql(
        "SELECT facility_id, 'party' AS scope_kind, party_name AS scope_id, certainty, "
        "role || ' as published (' || certainty || ')' AS basis FROM united_facility_party"
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
    found = pl.concat([keyed, own, sure, _organisations(db).select(keyed.columns)])
    chosen: pl.DataFrame = (
        found.sort("weight_share", "basis", descending=[True, False])
        .unique(["facility_id", "scope_kind", "scope_id"], keep="first", maintain_order=True)
        .sort("facility_id", "scope_kind", "scope_id")
    )
    return chosen


def _organisations(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Each facility of an organisation, by its surest role, with an equal part of the signal."""
    return (
        held(db)
        .with_columns(
            sure=pl.col("certainty").replace_strict(
                settings()["certainty"], return_dtype=pl.Float64
            )
        )
        .sort("sure", "role", "party_name", descending=[True, False, False])
        .unique(["facility_id", "organisation"], keep="first", maintain_order=True)
        .with_columns(sites=pl.len().over("organisation"))
        .select(
            "facility_id",
            pl.lit(ORGANISATION).alias("scope_kind"),
            pl.col("organisation").alias("scope_id"),
            (pl.col("sure") / pl.col("sites")).alias("weight_share"),
            pl.format(
                "{} as published ({}); one of {} facilities of the organisation",
                "role",
                "certainty",
                "sites",
            ).alias("basis"),
        )
    )
