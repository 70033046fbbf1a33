"""One organisation: its facilities and roles, listings, notices and events, with their sources."""

import polars as pl

from indicia.answers.reader import Reader

MOST_FOUND = 50
MOST_ROWS = 200
# An organisation stands in a list joined by `; `, compared without case and outer spaces.
NAMED_IN = "list_contains(list_transform(string_split({column}, ';'), lambda x: lower(trim(x))), lower(trim($name)))"


def find(store: Reader, text: str, limit: int = MOST_FOUND) -> pl.DataFrame:
    """Organisations whose name contains the text: parties, buyers, suppliers and listed names."""
    return store.sql(
        """
        WITH named AS (
            SELECT party_name AS name, 'party' AS kind FROM facility_party
            UNION ALL SELECT buyer_name, 'buyer' FROM procurement_notice
            UNION ALL SELECT trim(unnest(string_split(supplier_names, ';'))), 'supplier'
                FROM procurement_notice
            UNION ALL SELECT name, 'listed' FROM entity_listing
        )
        SELECT name AS party_name, string_agg(DISTINCT kind, '; ' ORDER BY kind) AS named_as,
               count(*) AS records_count
        FROM named WHERE name <> '' AND contains(lower(name), ?)
        GROUP BY name
        ORDER BY bool_or(kind = 'party') DESC, records_count DESC, name LIMIT ?
        """,
        [text.strip().lower(), limit],
    )


def facilities(store: Reader, name: str) -> pl.DataFrame:
    """Facilities the organisation is named at, each with its role and how sure the publisher is."""
    return store.sql(
        """
        SELECT p.facility_id, f.name, p.role, p.certainty, p.headquarters_iso2, f.country_iso2,
               a.verdict, p.source, p.source_url
        FROM facility_party p JOIN facility f USING (facility_id)
        LEFT JOIN assessment a USING (facility_id)
        WHERE lower(trim(p.party_name)) = lower(trim($name))
        ORDER BY f.name, p.role LIMIT $most
        """,
        {"name": name, "most": MOST_ROWS},
    )


def listings(store: Reader, name: str) -> pl.DataFrame:
    """Listings whose name or alias equals this name; equal names need not be one organisation."""
    return store.sql(
        f"""
        SELECT list_code, name, aliases, addresses, countries_iso2, listed_date, citation,
               licence_requirement, licence_policy,
               CASE WHEN lower(trim(name)) = lower(trim($name)) THEN 'same name' ELSE 'same alias'
               END AS matched_on, source, source_url
        FROM entity_listing
        WHERE lower(trim(name)) = lower(trim($name)) OR {NAMED_IN.format(column="aliases")}
        ORDER BY list_code, listing_key LIMIT $most
        """,
        {"name": name, "most": MOST_ROWS},
    )


def notices(store: Reader, name: str) -> pl.DataFrame:
    """Notices in which the organisation buys or supplies, newest first."""
    return store.sql(
        f"""
        SELECT CASE WHEN lower(trim(buyer_name)) = lower(trim($name)) THEN 'buyer' ELSE 'supplier'
               END AS named_as, notice_date, stage, status, title, buyer_name, supplier_names, amount,
               currency, quantity_count, country_iso2, place, process_id, source, source_url
        FROM procurement_notice
        WHERE lower(trim(buyer_name)) = lower(trim($name)) OR {NAMED_IN.format(column="supplier_names")}
        ORDER BY notice_date DESC NULLS LAST, process_id, notice_id, line_id LIMIT $most
        """,
        {"name": name, "most": MOST_ROWS},
    )


def events(store: Reader, name: str) -> pl.DataFrame:
    """Events that name the organisation, with their status and its denial, newest first."""
    return store.sql(
        f"""
        SELECT starts_date, date_precision, kind, status, title, denial, citation, source, source_url
        FROM event WHERE {NAMED_IN.format(column="parties")}
        ORDER BY starts_date DESC NULLS LAST, event_id LIMIT $most
        """,
        {"name": name, "most": MOST_ROWS},
    )
