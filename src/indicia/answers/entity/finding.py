"""Which organisation a link or a text means: by id, by the id of a record, or by a published name."""

from dataclasses import dataclass

import polars as pl

from indicia.answers.reader import Reader

MOST_FOUND = 50
_NAMED = """
    SELECT p.entity_id, min(n.name) AS found_as FROM party_name n JOIN party_record p USING (record_id)
    WHERE contains(lower(n.name), $text) GROUP BY p.entity_id
"""
_KNOWN = "SELECT entity_id, name AS found_as FROM organisation WHERE is_site_party"
# Where a store holds no records of who is who, a name stands for itself.
_NAMES = """
    SELECT party_name AS name, 'party' AS kind FROM facility_party
    UNION ALL SELECT buyer_name, 'buyer' FROM procurement_notice
    UNION ALL SELECT trim(unnest(string_split(supplier_names, ';'))), 'supplier' FROM procurement_notice
    UNION ALL SELECT name, 'listed' FROM entity_listing
    UNION ALL SELECT trim(unnest(string_split(aliases, ';'))), 'listed' FROM entity_listing
    UNION ALL SELECT trim(unnest(string_split(parties, ';'))), 'event' FROM event
    UNION ALL SELECT employer, 'employer' FROM staffing_count
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """An organisation that a link means.

    Args:
        entity_id: Its id; the name itself where the store holds no records of who is who.
        name: Name of its best record.
        is_resolved: The store says which records are this organisation.
        linked: What the link said.
        is_redirected: The link named another record that was found to be the same organisation.
        countries_iso2: Countries its records state, joined by `;`.
        is_listed: One of its records is a listing.
        records_count: Records.
        sources_count: Sources they come from.
        also: Organisations of an equal name, not merged, whose records are to be shown with its own.
    """

    entity_id: str
    name: str
    is_resolved: bool
    linked: str
    is_redirected: bool = False
    countries_iso2: str = ""
    is_listed: bool = False
    records_count: int = 0
    sources_count: int = 0
    also: tuple[str, ...] = ()


def opened(store: Reader, wanted: str) -> Opened | None:
    """The one organisation that a link means; None where none does, or several bear the name."""
    by_id = _organisations(
        store, "SELECT entity_id FROM party_record WHERE record_id = $wanted", wanted
    )
    found = by_id if by_id.height else _meant(several(store, wanted))
    if found.height == 1:
        row = found.row(0, named=True)
        return Opened(
            entity_id=row["entity_id"], name=row["name"], is_resolved=True, linked=wanted,
            is_redirected=bool(by_id.height) and row["entity_id"] != wanted,
            countries_iso2=row["countries_iso2"] or "", is_listed=row["is_listed"],
            records_count=row["records_count"], sources_count=row["sources_count"],
        )  # fmt: skip
    if found.height:
        return None
    known = store.sql(
        f"SELECT name FROM ({_NAMES}) WHERE lower(trim(name)) = lower(trim($wanted)) ORDER BY name LIMIT 1",
        {"wanted": wanted},
    )
    name = known["name"].to_list()
    return (
        Opened(str(name[0]), str(name[0]), is_resolved=False, linked=wanted) if name else None
    )


def _meant(bearers: pl.DataFrame) -> pl.DataFrame:
    """Of several that bear a name the one that is a party of a site, else the one that is listed."""
    for flag in ("is_site_party", "is_listed"):
        if bearers[flag].sum() == 1:
            return bearers.filter(flag)
    return bearers


def several(store: Reader, name: str) -> pl.DataFrame:
    """Organisations of which a record bears exactly this name, whatever case and outer blanks."""
    query = """
        SELECT p.entity_id FROM party_name n JOIN party_record p USING (record_id)
        WHERE lower(trim(n.name)) = lower(trim($wanted))
    """
    return _organisations(store, query, name)


def find(store: Reader, text: str, limit: int = MOST_FOUND) -> pl.DataFrame:
    """Organisations one of whose names contains the text; parties of sites and listed ones first.

    Without a text, those that are a party of a site.

    Returns:
        `entity_id` (what a link takes), `name`, `found_as` (the name that holds the text),
        `named_as` (kinds of records), `countries_iso2`, `records_count`.
    """
    wanted = text.strip().lower()
    met = _NAMED if wanted else _KNOWN
    found = store.sql(
        f"""
        WITH met AS ({met})
        SELECT o.entity_id, o.name, m.found_as, string_agg(DISTINCT p.kind, '; ' ORDER BY p.kind) AS named_as,
               o.countries_iso2, o.records_count
        FROM met m JOIN organisation o USING (entity_id) JOIN party_record p USING (entity_id)
        GROUP BY ALL
        ORDER BY bool_or(p.kind IN ('party', 'listed')) DESC, bool_or(p.kind = 'party') DESC,
                 o.records_count DESC, o.name, o.entity_id
        LIMIT $limit
        """,
        {"limit": limit} | ({"text": wanted} if wanted else {}),
    )
    return found if found.height else _by_name(store, text, limit)


def _by_name(store: Reader, text: str, limit: int) -> pl.DataFrame:
    """As `find`, of a store without records of who is who."""
    return store.sql(
        f"""
        SELECT name AS entity_id, name, name AS found_as,
               string_agg(DISTINCT kind, '; ' ORDER BY kind) AS named_as, NULL::VARCHAR AS countries_iso2,
               count(*) AS records_count
        FROM ({_NAMES})
        WHERE name <> '' AND contains(lower(name), $text)
              AND NOT EXISTS (SELECT 1 FROM organisation)
        GROUP BY name
        ORDER BY bool_or(kind = 'party') DESC, records_count DESC, name LIMIT $limit
        """,
        {"text": text.strip().lower(), "limit": limit},
    )


def _organisations(store: Reader, ids: str, wanted: str) -> pl.DataFrame:
    return store.sql(
        f"""
        SELECT entity_id, name, countries_iso2, is_listed, is_site_party, records_count, sources_count
        FROM organisation WHERE entity_id IN ({ids})
        ORDER BY is_site_party DESC, is_listed DESC, records_count DESC, entity_id
        """,
        {"wanted": wanted},
    )
