"""Who stands around an organisation: owners, branches, successors, companions at a site or address."""

import polars as pl

from indicia.answers.entity.finding import Opened
from indicia.answers.reader import Reader

MOST_NEIGHBOURS = 24
# From the organisation's side; the second is said where the register states it of the other one.
SPOKEN = {
    "direct parent": ("has as direct parent", "is direct parent of"),
    "ultimate parent": ("has as ultimate parent", "is ultimate parent of"),
    "branch of": ("is a branch of", "has as branch"),
    "successor": ("was succeeded by", "succeeded"),
    "related": ("is related to", "is related to"),
    "site": ("shares a site with", "shares a site with"),
    "address": ("shares an address with", "shares an address with"),
    "possible": ("is possibly the same as", "is possibly the same as"),
}
_QUERY = """
    WITH mine AS (SELECT record_id, kind, name, countries_iso2 FROM party_record WHERE entity_id = $id),
    links AS (
        SELECT kind, other_id AS record_id, 0 AS way, owned_share, starts_date, ends_date, NULL AS detail,
               source, source_url FROM entity_link WHERE record_id IN (SELECT record_id FROM mine)
        UNION ALL
        SELECT kind, record_id, 1, owned_share, starts_date, ends_date, NULL, source, source_url
        FROM entity_link WHERE other_id IN (SELECT record_id FROM mine)
    ), edges AS (
        SELECT left_id AS a, right_id AS b, * FROM entity_edge WHERE left_id IN (SELECT record_id FROM mine)
        UNION ALL
        SELECT right_id, left_id, * FROM entity_edge WHERE right_id IN (SELECT record_id FROM mine)
    ), met AS (
        SELECT CASE WHEN decision = 'possible' THEN 'possible' ELSE 'address' END AS kind, b AS record_id,
               0 AS way, NULL::DOUBLE AS owned_share, NULL::DATE AS starts_date, NULL::DATE AS ends_date,
               why AS detail, left_source AS source, NULL AS source_url
        FROM edges WHERE decision = 'possible' OR (method = 'address' AND decision = 'near')
    ), sites AS (
        SELECT 'site' AS kind, o.record_id, 0 AS way, NULL::DOUBLE, NULL::DATE, NULL::DATE,
               p.role || ' and ' || q.role || ' of ' || f.name, p.source, p.source_url
        FROM facility_party p
        JOIN mine m ON m.kind = 'party' AND m.name = trim(p.party_name)
             AND m.countries_iso2 IS NOT DISTINCT FROM p.headquarters_iso2
        JOIN facility_party q ON q.facility_id = p.facility_id
        JOIN party_record o ON o.kind = 'party' AND o.name = trim(q.party_name)
             AND o.countries_iso2 IS NOT DISTINCT FROM q.headquarters_iso2
        JOIN (SELECT facility_id, min(name) AS name FROM facility GROUP BY facility_id) f
             ON f.facility_id = p.facility_id
    ), every AS (SELECT * FROM links UNION ALL SELECT * FROM met UNION ALL SELECT * FROM sites)
    SELECT coalesce(r.entity_id, e.record_id) AS entity_id, coalesce(o.name, r.name, g.name, e.record_id) AS name,
           e.kind, e.way, coalesce(o.is_listed, false) AS is_listed, o.countries_iso2, e.owned_share,
           e.starts_date, e.ends_date, e.detail, e.source, e.source_url
    FROM every e LEFT JOIN party_record r USING (record_id)
    LEFT JOIN organisation o ON o.entity_id = r.entity_id
    LEFT JOIN (SELECT record_id, min(name) AS name FROM entity_record GROUP BY record_id) g
         ON g.record_id = e.record_id
    WHERE coalesce(r.entity_id, e.record_id) <> $id
"""


def neighbours(store: Reader, one: Opened) -> tuple[pl.DataFrame, int]:
    """The closest neighbours, one row each with the closest connection, and how many there are in all.

    Returns:
        `entity_id`, `name`, `kind`, `relation` (in words, from this organisation's side),
        `is_listed`, `countries_iso2`, `owned_share`, `starts_date`, `ends_date`, `detail`, `source`,
        `source_url`; at most `MOST_NEIGHBOURS`. A relation that ended is shown with its end.
    """
    found = store.sql(_QUERY, {"id": one.entity_id})
    rank = {kind: n for n, kind in enumerate(SPOKEN)}
    words = {f"{kind} {way}": said[way] for kind, said in SPOKEN.items() for way in (0, 1)}
    ranked = (
        found.with_columns(
            rank=pl.col("kind").replace_strict(rank, return_dtype=pl.Int64),
            relation=pl.format("{} {}", "kind", "way").replace_strict(
                words, return_dtype=pl.String
            ),
        )
        .sort("rank", "ends_date", "name", "entity_id", "detail", nulls_last=False)
        .unique("entity_id", keep="first", maintain_order=True)
    )
    shown = ranked.head(MOST_NEIGHBOURS).drop("rank", "way")
    order = ("entity_id", "name", "relation", "is_listed", "countries_iso2", "owned_share")
    return shown.select(*order, pl.all().exclude(order)), ranked.height
