"""Everything dated about one organisation on one axis, in the form of `answers.timeline`."""

import polars as pl

from indicia.answers import timeline
from indicia.answers.entity.finding import Opened
from indicia.answers.entity.mine import among, asked, named
from indicia.answers.reader import Reader

MOST_MARKS = 400


def of_entity(store: Reader, one: Opened) -> pl.DataFrame:
    """Marks of an organisation, in the order of the lanes; rules beside them."""
    own = asked(store, one, _lanes(one), most=None).unique(maintain_order=True)
    return timeline.with_rules(store, own)


def _lanes(one: Opened) -> str:
    """One row is one mark; columns as `answers.timeline.LANES`."""
    registered = """
        UNION ALL
        SELECT 'register', founded_date, NULL, 'day', 'founded · ' || name, NULL, NULL, NULL, false, false,
               source, source_url FROM party_record WHERE entity_id = $id AND founded_date IS NOT NULL
        UNION ALL
        SELECT 'listing', listed_date, NULL, CASE WHEN listed_date IS NULL THEN 'unknown' ELSE 'day' END,
               'listed · ' || list_code || ' · ' || name, NULL, NULL, NULL, false, false, source, source_url
        FROM party_record WHERE entity_id = $id AND kind = 'listed'
    """
    by_name = f"""
        UNION ALL
        SELECT 'listing', listed_date, NULL, 'day', 'listed · ' || list_code || ' · ' || name, NULL, NULL,
               NULL, false, false, source, source_url FROM entity_listing
        WHERE {named(one, "listed", "name")} OR {among(one, "listed", "aliases")}
    """
    buys = named(one, "buyer", "buyer_name", ids="buyer_id")
    shipped = " OR ".join(
        f"({named(one, role, f'{role}_name', stated=stated)})"
        for role, stated in (
            ("shipper", "shipper_iso2"),
            ("consignee", "consignee_iso2"),
            ("notify", ""),
        )
    )
    return f"""
        SELECT lane, starts_date, ends_date, date_precision, label, status, value, unit, is_estimate,
               is_projection, source, source_url
        FROM (
        SELECT 'notice' AS lane, notice_date AS starts_date, NULL::DATE AS ends_date,
               coalesce(date_precision, 'day') AS date_precision,
               concat_ws(' · ', CASE WHEN {buys} THEN 'buys' ELSE 'supplies' END, stage, title) AS label,
               status, NULL::DOUBLE AS value, NULL::VARCHAR AS unit, false AS is_estimate,
               false AS is_projection, source, source_url
        FROM procurement_notice WHERE {buys} OR {among(one, "supplier", "supplier_names")}
        {registered if one.is_resolved else by_name}
        UNION ALL
        SELECT 'shipment', date_trunc('month', shipped_date)::DATE, last_day(min(shipped_date)), 'month',
               count(*) || ' declared · ' || concat_ws('>', origin_iso2, destination_iso2), NULL, NULL, NULL,
               false, false, any_value(source), any_value(source_url)
        FROM shipment WHERE {shipped}
        GROUP BY date_trunc('month', shipped_date), origin_iso2, destination_iso2
        UNION ALL
        SELECT 'hiring', counted_date, NULL, 'day', skill_group, NULL, sum(openings_count), 'open positions',
               false, false, any_value(source), any_value(source_url)
        FROM staffing_count WHERE {named(one, "employer", "employer", ids="employer_id")}
        GROUP BY counted_date, skill_group
        UNION ALL
        SELECT 'model', published_date, NULL, 'day', 'trained · ' || model, NULL, NULL, NULL, false, false,
               source, source_url FROM training_claim WHERE {among(one, "developer", "organisations")}
        UNION ALL
        SELECT 'model', released_date, NULL, 'day', 'released · ' || model_id, NULL, NULL, NULL, false,
               false, source, source_url FROM model_release WHERE {named(one, "developer", "account")}
        UNION ALL
        SELECT 'event', starts_date, ends_date, date_precision,
               concat_ws(' · ', kind, title, 'denial: ' || denial), status, NULL, NULL, false,
               status = 'planned', source, source_url
        FROM event WHERE {among(one, "event", "parties")}
        ) ORDER BY starts_date DESC NULLS LAST, lane, label LIMIT {MOST_MARKS}
    """
