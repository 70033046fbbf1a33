"""Whom a list is held against: listed parties, and the operators and owners of facilities."""

import polars as pl

from indicia.answers.reader import Reader

LISTED, OPERATORS = "listed parties", "operators and owners"
AGAINST = (LISTED, OPERATORS)
# One row per name. A list joins aliases by `;`; the record's own id in `party_record` is the link.
_LISTED = """
    WITH listing AS (
        SELECT 'listing:' || list_code || ':' || listing_key AS id, * FROM entity_listing
    ), named AS (
        SELECT id, name, 0 AS place FROM listing
        UNION ALL
        SELECT id, unnest(string_split(aliases, ';')) AS name, 1 FROM listing WHERE aliases IS NOT NULL
    )
    SELECT l.id, trim(n.name) AS name, l.countries_iso2, l.addresses AS address,
           NULL::VARCHAR AS registry_ids, n.place
    FROM named n JOIN listing l USING (id) WHERE trim(n.name) <> ''
    ORDER BY l.id, n.place, name
"""
_LISTED_FACTS = """
    SELECT 'listing:' || l.list_code || ':' || l.listing_key AS id, l.name AS party,
           'listed' AS party_kind, l.list_code, l.listed_date, l.countries_iso2, l.addresses,
           l.citation, l.licence_requirement, NULL AS roles, l.source, l.source_url, coalesce(r.record_id, l.name) AS record_id
    FROM entity_listing l LEFT JOIN party_record r ON r.table_name = 'entity_listing'
        AND r.row_key = 'list_code=' || l.list_code || ', listing_key=' || l.listing_key
"""
_OPERATORS = """
    SELECT DISTINCT 'party:' || lower(trim(party_name)) || ':' || coalesce(headquarters_iso2, '') AS id,
           trim(party_name) AS name, headquarters_iso2 AS countries_iso2,
           NULL::VARCHAR AS address, NULL::VARCHAR AS registry_ids, 0 AS place
    FROM facility_party WHERE role IN ('owner', 'operator') AND trim(party_name) <> '' ORDER BY id, name
"""
_OPERATORS_FACTS = """
    SELECT 'party:' || lower(trim(party_name)) || ':' || coalesce(headquarters_iso2, '') AS id,
           min(trim(party_name)) AS party, 'operator or owner' AS party_kind, NULL AS list_code,
           NULL::DATE AS listed_date, max(headquarters_iso2) AS countries_iso2,
           NULL AS addresses, NULL AS citation, NULL AS licence_requirement,
           string_agg(DISTINCT role || ' of ' || f.name, '; ' ORDER BY role || ' of ' || f.name) AS roles,
           string_agg(DISTINCT p.source, ';' ORDER BY p.source) AS source, min(p.source_url) AS source_url,
           min(trim(party_name)) AS record_id
    FROM facility_party p JOIN facility f USING (facility_id)
    WHERE role IN ('owner', 'operator') AND trim(party_name) <> '' GROUP BY 1
"""
_QUERIES = {LISTED: (_LISTED, _LISTED_FACTS), OPERATORS: (_OPERATORS, _OPERATORS_FACTS)}


def targets(store: Reader, against: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Names to compare with, and what is to be said of the party behind each.

    Args:
        store: The store.
        against: Some of `AGAINST`.

    Returns:
        Names (`id`, `name`, `countries_iso2`, `address`, `registry_ids`) and facts by `id`.
    """
    names = pl.concat(
        [store.sql(_QUERIES[kind][0]) for kind in against], how="vertical_relaxed"
    )
    facts = pl.concat(
        [store.sql(_QUERIES[kind][1]) for kind in against], how="vertical_relaxed"
    )
    return names.drop("place"), facts


def lists(store: Reader) -> pl.DataFrame:
    """Which lists the store holds, and how new each is: a listing made later cannot be met."""
    return store.sql(
        """
        SELECT list_code, count(*) AS listings_count, max(listed_date) AS newest_listed_date,
               max(published_utc) AS public_until_utc, max(fetched_utc) AS read_utc,
               string_agg(DISTINCT source, ';' ORDER BY source) AS source
        FROM entity_listing GROUP BY list_code ORDER BY listings_count DESC, list_code
        """
    )
