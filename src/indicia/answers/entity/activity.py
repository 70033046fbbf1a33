"""What an organisation does on record: facilities, listings, notices, shipments, hiring, models, events."""

import polars as pl

from indicia.answers.entity.finding import Opened
from indicia.answers.entity.mine import MOST_ROWS, among, asked, named
from indicia.answers.reader import Reader


def facilities(store: Reader, one: Opened) -> pl.DataFrame:
    """Facilities the organisation is named at, each with its role and how sure the publisher is."""
    is_named = named(one, "party", "p.party_name", stated="p.headquarters_iso2")
    return asked(
        store,
        one,
        f"""
        SELECT f.name, string_agg(DISTINCT p.role, '; ' ORDER BY p.role) AS role, p.party_name, p.certainty,
               p.headquarters_iso2, f.country_iso2, a.verdict, p.source, p.source_url, p.facility_id
        FROM facility_party p JOIN facility f USING (facility_id)
        LEFT JOIN assessment a USING (facility_id)
        WHERE {is_named} GROUP BY ALL ORDER BY f.name, p.facility_id, p.party_name, p.source LIMIT $most
        """,
    )


def listings(store: Reader, one: Opened) -> pl.DataFrame:
    """Listings that are records of the organisation; by name or alias alone where none are resolved."""
    by_record = (
        "list_code || ':' || listing_key IN (SELECT record_id FROM mine WHERE kind = 'listed')"
    )
    by_name = f"{named(one, 'listed', 'name')} OR {among(one, 'listed', 'aliases')}"
    matched = (
        "'a record of this organisation'"
        if one.is_resolved
        else "CASE WHEN lower(trim(name)) = lower(trim($id)) THEN 'same name' ELSE 'same alias' END"
    )
    return asked(
        store,
        one,
        f"""
        SELECT list_code, name, aliases, addresses, countries_iso2, listed_date, citation,
               licence_requirement, licence_policy, {matched} AS matched_on, source, source_url
        FROM entity_listing WHERE {by_record if one.is_resolved else by_name}
        ORDER BY list_code, listing_key LIMIT $most
        """,
    )


def notices(store: Reader, one: Opened) -> pl.DataFrame:
    """Notices in which the organisation buys or supplies, newest first."""
    buys = named(one, "buyer", "buyer_name", ids="buyer_id")
    return asked(
        store,
        one,
        f"""
        SELECT CASE WHEN {buys} THEN 'buyer' ELSE 'supplier' END AS named_as, notice_date, stage, status,
               title, buyer_name, supplier_names, amount, currency, quantity_count, country_iso2, place,
               process_id, source, source_url
        FROM procurement_notice WHERE {buys} OR {among(one, "supplier", "supplier_names")}
        ORDER BY notice_date DESC NULLS LAST, process_id, notice_id, line_id LIMIT $most
        """,
    )


def shipments(store: Reader, one: Opened) -> pl.DataFrame:
    """Declared shipments by role, lane, goods and partner: how many, how heavy, of which value."""
    roles = [
        (role, f"{role}_name", f"{role}_iso2" if role != "notify" else "", partner)
        for role, partner in (
            ("shipper", "consignee"),
            ("consignee", "shipper"),
            ("notify", "shipper"),
        )
    ]
    parts = " UNION ALL ".join(
        f"SELECT '{role}' AS named_as, {partner}_name AS partner, * FROM shipment "
        f"WHERE {named(one, role, column, stated=stated)}"
        for role, column, stated, partner in roles
    )
    return asked(
        store,
        one,
        f"""
        SELECT named_as, concat_ws('>', origin_iso2, destination_iso2) AS lane, hs_code, partner,
               count(*) AS shipments_count, min(shipped_date) AS first_date, max(shipped_date) AS last_date,
               sum(value_reported_usd) AS value_reported_usd, sum(gross_weight_kg) AS gross_weight_kg,
               string_agg(DISTINCT source, ';' ORDER BY source) AS source
        FROM ({parts}) GROUP BY ALL ORDER BY shipments_count DESC, lane, hs_code, partner LIMIT $most
        """,
    )


def staffing(store: Reader, one: Opened) -> pl.DataFrame:
    """Open positions as counted, the newest count of every place and group of skills first."""
    is_named = named(one, "employer", "employer", ids="employer_id")
    return asked(
        store,
        one,
        f"""
        SELECT place, country_iso2, skill_group, counted_date, openings_count, source, source_url
        FROM staffing_count WHERE {is_named}
        ORDER BY counted_date DESC, openings_count DESC, place, skill_group LIMIT $most
        """,
    )


def filings(store: Reader, one: Opened) -> pl.DataFrame:
    """Requests to fill positions with foreign workers, by year, place and group of skills."""
    return asked(
        store,
        one,
        f"""
        SELECT year(decided_date) AS year, place, skill_group, status, count(*) AS filings_count,
               sum(positions_count) AS positions_count, string_agg(DISTINCT source, ';') AS source
        FROM labour_filing WHERE {named(one, "employer", "employer")}
        GROUP BY ALL ORDER BY ALL DESC LIMIT $most
        """,
    )


def models(store: Reader, one: Opened) -> pl.DataFrame:
    """Models it trained or released, with the hardware stated, newest first."""
    return asked(
        store,
        one,
        f"""
        SELECT 'trained' AS role, model, published_date AS on_date, hardware_text, accelerators_count,
               coalesce(training_reported_flop, training_estimated_flop) AS training_flop,
               training_reported_flop IS NULL AND training_estimated_flop IS NOT NULL AS is_estimate,
               base_models, source, source_url
        FROM training_claim WHERE {among(one, "developer", "organisations")}
        UNION ALL
        SELECT 'released', model_id, released_date, hardware_text, NULL, NULL, NULL, base_models,
               source, source_url
        FROM model_release WHERE {named(one, "developer", "account")}
        ORDER BY on_date DESC NULLS LAST, model LIMIT $most
        """,
    )


def hardware(store: Reader, one: Opened) -> pl.DataFrame:
    """Accelerators it is said to have, to plan, or to have trained with; newest first."""
    return asked(
        store,
        one,
        f"""
        SELECT on_date, date_precision, kind, chip_text, accelerators_reported_count,
               accelerators_estimated_count, certainty, statement, source, source_url
        FROM hardware_statement
        WHERE subject_kind = 'party' AND {named(one, "developer", "subject")}
        ORDER BY on_date DESC, kind, chip_text LIMIT $most
        """,
    )


def expertise(store: Reader, one: Opened) -> pl.DataFrame:
    """Publications by field and year, as counted."""
    is_named = named(
        one, "institution", "institution", stated="country_iso2", ids="institution_id"
    )
    return asked(
        store,
        one,
        f"""
        SELECT field, year, works_count, institution, source, source_url FROM expertise_count
        WHERE {is_named} ORDER BY field, year DESC LIMIT $most
        """,
    )


def events(store: Reader, one: Opened) -> pl.DataFrame:
    """Events that name the organisation, with their status and its denial, newest first."""
    return asked(
        store,
        one,
        f"""
        SELECT starts_date, date_precision, kind, status, title, denial, citation, source, source_url
        FROM event WHERE {among(one, "event", "parties")}
        ORDER BY starts_date DESC NULLS LAST, event_id LIMIT $most
        """,
    )


__all__ = [
    "MOST_ROWS",
    "events",
    "expertise",
    "facilities",
    "filings",
    "hardware",
    "listings",
    "models",
    "notices",
    "shipments",
    "staffing",
]
