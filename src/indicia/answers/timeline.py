"""Everything dated about one facility on one axis, as one long frame: the chart and its table."""

from datetime import date

import polars as pl

from indicia.answers.reader import Reader
from indicia.reference.clock import Rulebook

# One row is one mark. `value` and `unit` are null where a mark only has a time.
LANES = """
    WITH linked AS (
        SELECT scope_kind, scope_id, max(weight_share) AS weight_share FROM exposure
        WHERE facility_id = $id GROUP BY ALL
    ),
    mine AS (
        SELECT kind, lower(trim(name)) AS called, coalesce(countries_iso2, '') AS stated
        FROM party_record WHERE entity_id IN (
            SELECT r.entity_id FROM party_record r JOIN facility_party p
            ON r.kind = 'party' AND r.name = p.party_name WHERE p.facility_id = $id)
    ),
    traded AS (
        SELECT c.*, l.scope_id, l.weight_share, coalesce(value_reported_usd, value_estimated_usd) AS value_usd
        FROM customs_flow c JOIN linked l ON l.scope_kind = 'lane' AND l.scope_id =
            CASE WHEN flow IN ('M', 'RM', 'FM') THEN partner_iso3 || '>' || reporter_iso3
                 ELSE reporter_iso3 || '>' || partner_iso3 END
        WHERE coalesce(value_reported_usd, value_estimated_usd) IS NOT NULL
    ),
    widest AS (
        SELECT scope_id, reporter_iso3, flow, hs_code, frequency, source FROM traded
        GROUP BY scope_id, reporter_iso3, flow, hs_code, frequency, source
        QUALIFY row_number() OVER (
            PARTITION BY scope_id ORDER BY frequency = 'M' DESC, sum(value_usd) DESC, hs_code, reporter_iso3, flow) = 1
    )
    SELECT 'power' AS lane, on_date AS starts_date, NULL::DATE AS ends_date, date_precision,
           concat_ws(' · ', power_kind, statement) AS label, NULL AS status,
           coalesce(power_reported_mw, power_estimated_mw) AS value, 'MW' AS unit,
           power_reported_mw IS NULL AS is_estimate, is_projection, source, source_url
    FROM facility_state WHERE facility_id = $id
        AND coalesce(power_reported_mw, power_estimated_mw) IS NOT NULL
    UNION ALL
    SELECT 'compute', on_date, NULL, date_precision, statement, NULL,
           coalesce(compute_reported_h100e_count, compute_estimated_h100e_count), 'H100 equivalents',
           compute_reported_h100e_count IS NULL, is_projection, source, source_url
    FROM facility_state WHERE facility_id = $id
        AND coalesce(compute_reported_h100e_count, compute_estimated_h100e_count) IS NOT NULL
    UNION ALL
    SELECT 'metered', make_date(year, 1, 1), make_date(year, 12, 31), 'year',
           concat_ws(' · ', 'metered year ' || year, qualifier),
           CASE WHEN is_partial THEN 'partial' END,
           coalesce(average_reported_mw, electricity_reported_mwh
                    / (24 * date_diff('day', make_date(year, 1, 1), make_date(year + 1, 1, 1)))),
           'MW', false, false, source, source_url
    FROM power_site_year WHERE facility_id = $id
        AND coalesce(average_reported_mw, electricity_reported_mwh) IS NOT NULL
    UNION ALL
    SELECT 'zone base load', month_date, last_day(month_date), 'month',
           zone_id || ', exposure ' || round(l.weight_share, 3), NULL, base_load_mw, 'MW',
           false, false, source, source_url
    FROM power_load_month p JOIN linked l ON l.scope_kind = 'zone' AND l.scope_id = p.zone_id
    WHERE base_load_mw IS NOT NULL
    UNION ALL
    SELECT 'hiring', counted_date, NULL, 'day', employer || ' · ' || skill_group, NULL,
           sum(openings_count), 'open positions', false, false, any_value(source),
           any_value(source_url)
    FROM staffing_count s
    JOIN linked l ON l.scope_kind = 'employer' AND l.scope_id = s.employer || ' @ ' || s.place
    GROUP BY counted_date, employer, skill_group
    UNION ALL
    SELECT 'notice', notice_date, NULL, 'day', concat_ws(' · ', stage, title), status, NULL, NULL,
           false, false, source, source_url
    FROM procurement_notice n
    WHERE EXISTS (SELECT 1 FROM linked l
                  WHERE l.scope_kind = 'process' AND l.scope_id = n.process_id)
       OR buyer_name IN (SELECT party_name FROM facility_party WHERE facility_id = $id)
    UNION ALL
    SELECT 'trade lane', try_strptime(rpad(period, 7, '-01'), '%Y-%m')::DATE,
           CASE frequency WHEN 'M' THEN last_day(try_strptime(period, '%Y-%m')::DATE)
                ELSE make_date(left(period, 4)::INT, 12, 31) END,
           CASE frequency WHEN 'M' THEN 'month' ELSE 'year' END,
           concat_ws(' · ', scope_id, flow || ' declared by ' || reporter_iso3, 'HS ' || hs_code,
                     'whole lane, exposure ' || round(weight_share, 3)),
           NULL, value_usd / 1e6, 'million US$', value_reported_usd IS NULL, false, source, source_url
    FROM traded SEMI JOIN widest USING (scope_id, reporter_iso3, flow, hs_code, frequency, source)
    UNION ALL
    SELECT 'shipment', date_trunc('month', shipped_date)::DATE, last_day(min(shipped_date)), 'month',
           count(*) || ' declared · ' || concat_ws('>', origin_iso2, destination_iso2), NULL, NULL, NULL,
           false, false, any_value(source), any_value(source_url)
    FROM shipment
    WHERE (lower(trim(shipper_name)), 'shipper', coalesce(shipper_iso2, '')) IN (SELECT (called, kind, stated) FROM mine)
       OR (lower(trim(consignee_name)), 'consignee', coalesce(consignee_iso2, '')) IN (SELECT (called, kind, stated) FROM mine)
       OR (lower(trim(notify_name)), 'notify') IN (SELECT (called, kind) FROM mine)
    GROUP BY date_trunc('month', shipped_date), origin_iso2, destination_iso2
    UNION ALL
    SELECT DISTINCT 'listing', r.listed_date, NULL::DATE, CASE WHEN r.listed_date IS NULL THEN 'unknown' ELSE 'day' END,
           'listed · ' || r.list_code || ' · ' || r.name, NULL, NULL, NULL, false, false, r.source, r.source_url
    FROM party_record r WHERE r.kind = 'listed' AND r.entity_id IN (
        SELECT o.entity_id FROM party_record o JOIN facility_party p
        ON o.kind = 'party' AND o.name = p.party_name WHERE p.facility_id = $id)
    UNION ALL
    SELECT CASE kind WHEN 'construction' THEN 'construction' ELSE 'event' END, starts_date, ends_date,
           date_precision, concat_ws(' · ', kind, title, 'denial: ' || denial), status, NULL, NULL,
           false, status = 'planned', source, source_url
    FROM event WHERE facility_id = $id
    UNION ALL
    SELECT DISTINCT 'evidence', e.starts_date, e.ends_date, 'day', e.indicator || ' · ' || e.statement,
           replace(e.result, '_', ' '), NULL, NULL, false, false, 'indicator ' || e.indicator, NULL
    FROM item i JOIN evidence e USING (evidence_id) WHERE i.facility_id = $id
"""
BEFORE, AFTER = "-1y", "6mo"
LISTING = "entity list · "
ORDER = (
    "rule", "power", "metered", "zone base load", "compute", "trade lane", "register", "listing", "notice",
    "shipment", "hiring", "construction", "model", "event", "evidence",
)  # fmt: skip


def of_facility(store: Reader, facility_id: str) -> pl.DataFrame:
    """Everything on record about this facility, in the order of the lanes."""
    return with_rules(store, store.sql(LANES, {"id": facility_id}))


def with_rules(store: Reader, own: pl.DataFrame) -> pl.DataFrame:
    """Marks with the rules beside them, in the order of the lanes.

    Args:
        store: Whose marks; rules announced after the day it stands at are left out.
        own: Marks with the columns of `LANES`.
    """
    rules = _rules(store.as_of)
    if store.kind == "synthetic":  # listings name real organisations
        rules = rules.filter(~pl.col("label").str.starts_with(LISTING))
    found = pl.concat([own, rules.select(own.columns).cast(own.schema)])
    found = found.with_columns(pl.col("date_precision").fill_null("unknown"))
    order = pl.col("lane").replace_strict(dict(zip(ORDER, range(len(ORDER)), strict=True)))
    return found.sort(order, "starts_date", "label", "source", nulls_last=True)


def _rules(as_of: date | None) -> pl.DataFrame:
    """The rows that the policy clock reads, as marks; one that was announced later is left out."""
    rules = Rulebook.shipped().rules.filter(pl.col("effective_from").is_not_null())
    known = rules if as_of is None else rules.filter(pl.col("announced_date") <= as_of)
    return known.select(
        lane=pl.lit("rule"),
        starts_date="effective_from",
        ends_date="effective_to",
        date_precision=pl.lit("day"),
        label=pl.format("{} · {}", "kind", "title"),
        status="legal_status",
        value=pl.lit(None),
        unit=pl.lit(None),
        is_estimate=pl.lit(value=False),
        is_projection=pl.lit(value=False),
        source=pl.format("rule {}: {}", "rule_id", "citation"),
        source_url=pl.lit(None),
    )


def has_own(marks: pl.DataFrame) -> bool:
    """Whether anything but rules has a date."""
    own = marks.filter(pl.col("lane") != "rule", pl.col("starts_date").is_not_null())
    return not own.is_empty()


def undated(marks: pl.DataFrame) -> pl.DataFrame:
    """Marks without a date: listed, never dropped."""
    return marks.filter(pl.col("starts_date").is_null()).select(
        "lane", "label", "status", "source", "source_url"
    )


def dated(marks: pl.DataFrame) -> pl.DataFrame:
    """Marks that can be placed on the axis.

    Rules are kept from a year before the facility's own first date to half a year after its last,
    so that those in force are seen and the axis keeps its scale.
    """
    placed = marks.filter(pl.col("starts_date").is_not_null())
    own = placed.filter(pl.col("lane") != "rule")
    if own.is_empty():
        return placed
    ends = pl.max_horizontal(pl.max("ends_date"), pl.max("starts_date"))
    first, last = own.select(
        pl.min("starts_date").dt.offset_by(BEFORE), ends.dt.offset_by(AFTER).alias("last")
    ).row(0)
    near = pl.col("starts_date").is_between(first, last)
    return placed.filter((pl.col("lane") != "rule") | near)
