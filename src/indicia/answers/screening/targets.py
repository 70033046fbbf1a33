"""Whom a list is held against: listed parties, and the operators and owners of facilities."""

import polars as pl

from indicia.answers.reader import Reader

LISTED, OPERATORS = "listed parties", "operators and owners"
AGAINST = (LISTED, OPERATORS)
# One row per name. To the party's own names come those of every record taken as the same organisation,
# and its ids in registers; `name_from` says which record lends a name.
_LENT = """
    , lent AS (
        SELECT p.id, n.name, r.record_id AS name_from, r.registry_ids, r.address
        FROM party p JOIN party_record own ON own.record_id = p.record_id
        JOIN party_record r ON r.entity_id = own.entity_id AND r.record_id <> own.record_id
        JOIN party_name n ON n.record_id = r.record_id
    ), every AS (
        SELECT id, name, place, NULL AS name_from FROM named
        UNION ALL SELECT id, name, 2, name_from FROM lent
    ), one AS (
        SELECT id, trim(name) AS name, place, name_from FROM every WHERE trim(name) <> ''
        QUALIFY row_number() OVER (PARTITION BY id, lower(trim(name)) ORDER BY place, name_from, name) = 1
    ), ids AS (
        SELECT id, string_agg(DISTINCT registry_ids, '; ' ORDER BY registry_ids) AS registry_ids,
               string_agg(DISTINCT address, '; ' ORDER BY address) AS address FROM lent GROUP BY id
    )
    SELECT o.id, o.name, p.countries_iso2, nullif(concat_ws('; ', p.address, i.address), '') AS address,
           i.registry_ids, o.name_from
    FROM one o JOIN party p USING (id) LEFT JOIN ids i USING (id) ORDER BY o.id, o.place, o.name
"""
_LISTED = (
    """
    WITH party AS (
        SELECT 'listing:' || list_code || ':' || listing_key AS id,
               list_code || ':' || listing_key AS record_id, name, aliases, countries_iso2,
               addresses AS address FROM entity_listing
    ), named AS (
        SELECT id, name, 0 AS place FROM party
        UNION ALL
        SELECT id, unnest(string_split(aliases, ';')), 1 FROM party WHERE aliases IS NOT NULL
    )
    """
    + _LENT
)
_LISTED_FACTS = """
    SELECT 'listing:' || l.list_code || ':' || l.listing_key AS id, l.name AS party,
           'listed' AS party_kind, l.list_code, l.listed_date, l.countries_iso2, l.addresses,
           l.citation, l.licence_requirement, NULL AS roles, l.source, l.source_url,
           coalesce(r.record_id, l.name) AS record_id
    FROM entity_listing l LEFT JOIN party_record r ON r.record_id = l.list_code || ':' || l.listing_key
"""
_HELD = """
    WITH held AS (
        SELECT 'party:' || lower(trim(p.party_name)) || ':' || coalesce(p.headquarters_iso2, '') AS id,
               trim(p.party_name) AS name, p.headquarters_iso2, p.role, p.facility_id, p.source, p.source_url,
               r.record_id
        FROM facility_party p LEFT JOIN party_record r ON r.kind = 'party' AND r.name = trim(p.party_name)
             AND r.countries_iso2 IS NOT DISTINCT FROM p.headquarters_iso2
        WHERE p.role IN ('owner', 'operator') AND trim(p.party_name) <> ''
    )
"""
_OPERATORS = (
    _HELD
    + """
    , party AS (
        SELECT id, min(record_id) AS record_id, max(headquarters_iso2) AS countries_iso2,
               NULL::VARCHAR AS address FROM held GROUP BY id
    ), named AS (SELECT DISTINCT id, name, 0 AS place FROM held)
    """
    + _LENT
)
_OPERATORS_FACTS = (
    _HELD
    + """
    SELECT h.id, min(h.name) AS party, 'operator or owner' AS party_kind, NULL AS list_code,
           NULL::DATE AS listed_date, max(h.headquarters_iso2) AS countries_iso2, NULL AS addresses,
           NULL AS citation, NULL AS licence_requirement,
           string_agg(DISTINCT h.role || ' of ' || f.name, '; ' ORDER BY h.role || ' of ' || f.name) AS roles,
           string_agg(DISTINCT h.source, ';' ORDER BY h.source) AS source, min(h.source_url) AS source_url,
           coalesce(min(h.record_id), min(h.name)) AS record_id
    FROM held h JOIN facility f USING (facility_id) GROUP BY h.id
    """
)
_QUERIES = {LISTED: (_LISTED, _LISTED_FACTS), OPERATORS: (_OPERATORS, _OPERATORS_FACTS)}


def targets(store: Reader, against: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Names to compare with, and what is to be said of the party behind each.

    Args:
        store: The store.
        against: Some of `AGAINST`.

    Returns:
        Names (`id`, `name`, `countries_iso2`, `address`, `registry_ids`, and `name_from`, the record
        that lends a name) and facts by `id`.
    """
    names = pl.concat(
        [store.sql(_QUERIES[kind][0]) for kind in against], how="vertical_relaxed"
    )
    facts = pl.concat(
        [store.sql(_QUERIES[kind][1]) for kind in against], how="vertical_relaxed"
    )
    return names, facts


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
