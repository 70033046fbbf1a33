"""The identity of an organisation: every value with its source, and why its records are taken as one."""

import polars as pl

from indicia.answers.entity.finding import Opened
from indicia.answers.reader import Reader

FIELDS = ("name", "registry id", "country", "named in", "address", "founded", "ended", "listed")


def values(store: Reader, one: Opened) -> pl.DataFrame:
    """What its records say of it, one row per value, with every source that says so.

    Returns:
        `field`, `value`, `detail` (kind and script of a name, code of a list), `records_count`,
        `source`, `source_url`, `retrieved_utc`, in the order of `FIELDS`. Empty where the store
        holds no records of who is who.
    """
    found = store.sql(
        r"""
        WITH mine AS (
            SELECT r.*, f.fetched_utc FROM party_record r LEFT JOIN "fetch" f USING (fetch_id)
            WHERE r.entity_id = $id
        ), said AS (
            SELECT 'name' AS field, n.name AS value,
                   n.spelling || CASE WHEN regexp_matches(n.name, '\p{Han}') THEN ', Han script' ELSE '' END AS detail,
                   m.* FROM party_name n JOIN mine m USING (record_id)
            UNION ALL SELECT 'registry id', trim(unnest(string_split(registry_ids, ';'))), NULL, * FROM mine
            UNION ALL SELECT 'country', trim(unnest(string_split(countries_iso2, ';'))), 'as stated', * FROM mine
            UNION ALL SELECT 'named in', trim(unnest(string_split(seen_in_iso2, ';'))), 'place of what names it, not its seat', * FROM mine
            UNION ALL SELECT 'address', trim(unnest(string_split(address, ';'))), NULL, * FROM mine
            UNION ALL SELECT 'founded', founded_date::VARCHAR, NULL, * FROM mine
            UNION ALL SELECT 'ended', last_date::VARCHAR, NULL, * FROM mine WHERE kind = 'register'
            UNION ALL SELECT 'listed', coalesce(listed_date::VARCHAR, 'date not stated'), list_code, * FROM mine WHERE kind = 'listed'
        )
        SELECT field, value, string_agg(DISTINCT detail, '; ' ORDER BY detail) AS detail,
               count(DISTINCT record_id) AS records_count,
               string_agg(DISTINCT source, ';' ORDER BY source) AS source, min(source_url) AS source_url,
               max(fetched_utc) AS retrieved_utc
        FROM said WHERE value <> '' GROUP BY field, value
        """,
        {"id": one.entity_id},
    )
    order = pl.col("field").replace_strict(
        {f: n for n, f in enumerate(FIELDS)}, return_dtype=pl.Int64
    )
    return found.sort(order, -pl.col("records_count"), "value")


def grouped(store: Reader, one: Opened) -> pl.DataFrame:
    """Its records, and for each the strongest reason it is taken to be the same as another of them.

    Returns:
        `record_id`, `kind`, `name`, `countries_iso2`, `met_id` (the record it meets), `method`,
        `value`, `other_value` (what was compared), `score_share`, `why`, `source`, `source_url`;
        the record that names the organisation first, without a reason.
    """
    return store.sql(
        """
        WITH mine AS (SELECT * FROM party_record WHERE entity_id = $id),
        met AS (
            SELECT left_id AS record_id, right_id AS met_id, method, left_value AS value,
                   right_value AS other_value, score_share, why FROM entity_edge WHERE decision = 'same'
            UNION ALL
            SELECT right_id, left_id, method, right_value, left_value, score_share, why
            FROM entity_edge WHERE decision = 'same'
        ), best AS (
            SELECT m.* FROM met m SEMI JOIN mine USING (record_id)
            WHERE met_id IN (SELECT record_id FROM mine) AND record_id <> $id
            QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY method = 'judgement' DESC,
                method = 'registry id' DESC, met_id = $id DESC, score_share DESC, met_id, method) = 1
        )
        SELECT m.record_id, m.kind, m.name, m.countries_iso2, b.met_id, b.method, b.value, b.other_value,
               b.score_share, b.why, m.source, m.source_url
        FROM mine m LEFT JOIN best b USING (record_id)
        ORDER BY m.record_id <> $id, m.kind, m.name, m.record_id
        """,
        {"id": one.entity_id},
    )
