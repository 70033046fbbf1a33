"""Which organisations are asked, whether E1 can be asked of them, and which signals reach them.

Every organisation that evidence speaks of: as a party of a site or consignee, or as buyer or supplier
in a purchase. An organisation that is itself on a list is shown as listed and never ranked.
"""

from datetime import date

import duckdb
import polars as pl

from indicia.indicators.listed_buyer import NAMED
from indicia.scoring.hypotheses import CHINA
from indicia.scoring.models import ENTITY
from indicia.scoring.subjects import EXPOSURES, FACTS, Subjects

IN_CHINA, ELSEWHERE, UNKNOWN = "seated in China", "seated elsewhere", "seat not known"
OPEN = "no list on record names it"
# A name may stand for several organisations, a role in a purchase for several suppliers.
REACHED = f"""
WITH parties AS (
  SELECT DISTINCT r.entity_id, 'party' AS scope_kind, r.name AS scope_id, 'party' AS role
  FROM party_record r WHERE r.kind IN ('party', 'consignee')
    AND r.name IN (SELECT scope_id FROM entity_scopes WHERE scope_kind = 'party')
), purchases AS (
  SELECT DISTINCT r.entity_id, 'process' AS scope_kind, n.process_id AS scope_id, n.role
  FROM ({NAMED}) n JOIN party_record r
    ON r.table_name = 'procurement_notice' AND r.kind = n.role AND r.name = n.party
  WHERE n.process_id IN (SELECT scope_id FROM entity_scopes WHERE scope_kind = 'process')
), reached AS (
  SELECT *, count(*) OVER (PARTITION BY scope_kind, scope_id, role) AS others
  FROM (SELECT * FROM parties UNION ALL SELECT * FROM purchases)
)
SELECT entity_id AS subject_id, scope_kind, scope_id, role, 1.0 / others AS weight_share,
       CASE WHEN role = 'party' AND others = 1 THEN 'the organisation of that name'
            WHEN role = 'party' THEN 'one of ' || others || ' organisations of that name'
            WHEN others = 1 THEN role || ' in the purchase'
            ELSE 'one of ' || others || ' organisations named as ' || role END AS basis
FROM reached
"""
LISTINGS = """
SELECT entity_id AS subject_id, string_agg(DISTINCT list_code || coalesce(' since ' || listed_date, ''), ', '
         ORDER BY list_code || coalesce(' since ' || listed_date, '')) AS listings
FROM party_record WHERE kind = 'listed' AND (listed_date IS NULL OR listed_date <= $on)
GROUP BY entity_id
"""


def organisations(db: duckdb.DuckDBPyConnection, evidence: pl.DataFrame, on: date) -> Subjects:
    """Every organisation that evidence reaches.

    Args:
        db: Connection on which who is who was resolved, with `procurement_notice` visible.
        evidence: Rows of `evidence`.
        on: The day of the assessment; a later listing is not yet one.
    """
    db.register("entity_scopes", evidence.select("scope_kind", "scope_id").unique())
    try:
        reached = db.sql(REACHED).pl()
    finally:
        db.unregister("entity_scopes")
    listed = db.sql(LISTINGS, params={"on": on}).pl()
    known = db.sql(
        "SELECT entity_id AS subject_id, name, countries_iso2 FROM organisation"
    ).pl()
    seats = pl.col("countries_iso2").fill_null("").str.split(";")
    is_named = pl.col("listings").is_not_null()
    facts = (
        reached.select("subject_id")
        .unique()
        .join(known, on="subject_id")
        .join(listed, on="subject_id", how="left")
        .select(
            "subject_id",
            "name",
            is_admissible=~is_named,
            admissibility_reason=pl.when(is_named)
            .then(pl.format("listed itself ({}): assessed apart, never ranked", "listings"))
            .otherwise(pl.lit(OPEN)),
            licence_since_date=pl.lit(None, dtype=pl.Date),
            prior_class=pl.when(seats.list.set_intersection(list(CHINA)).list.len() > 0)
            .then(pl.lit(IN_CHINA))
            .when(pl.col("countries_iso2").fill_null("") != "")
            .then(pl.lit(ELSEWHERE))
            .otherwise(pl.lit(UNKNOWN)),
        )
        .select(list(FACTS))
        .sort("subject_id")
    )
    return Subjects(ENTITY, facts, reached.select(list(EXPOSURES)).sort(list(EXPOSURES)))
