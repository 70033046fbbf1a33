"""Which public rows existed on a day, by family: in all, of a case's countries, and naming its parties.

A row counts from its publication, so a store as of a day is what is counted. News and rules
(`event`) and analysts' own documents are no data of a family and are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from indicia.entities.names import normalise, normalised
from indicia.indicators.lane_flows import CODES
from indicia.store import Store

FAMILIES = ("facilities", "power", "procurement", "customs", "staffing", "registry")
# Relation of a family's rows: country (ISO 3166-1 alpha-2, or lane) and the words that name a party.
# Of customs only the basket of computing hardware: other goods are no data of these cases.
ROWS = {
    "facilities": """
        SELECT country_iso2 AS country, concat_ws(' | ', name, place) AS words FROM facility
        UNION ALL
        SELECT f.country_iso2, party_name FROM facility_party JOIN facility f USING (facility_id)
        UNION ALL
        SELECT NULL, subject FROM hardware_statement WHERE subject_kind = 'party'""",
    "power": """
        SELECT f.country_iso2 AS country, concat_ws(' | ', operator, site_name) AS words
        FROM power_site_year LEFT JOIN facility f USING (facility_id)
        UNION ALL
        SELECT NULL, concat_ws(' | ', subject, scope) FROM power_statement
        UNION ALL
        SELECT DISTINCT if(source = 'power/taipower', 'TW', 'US'),
               concat('zone ', zone_id, ' ', strftime(hour_utc AT TIME ZONE 'UTC', '%Y-%m'))
        FROM power_load""",
    "procurement": """
        SELECT country_iso2 AS country,
               concat_ws(' | ', buyer_name, supplier_names, title, text) AS words
        FROM procurement_notice""",
    "customs": f"""
        SELECT reporter_iso3 || '>' || partner_iso3 AS country, NULL AS words FROM customs_flow
        WHERE hs_code LIKE 'press:%' OR hs_code LIKE '%+%' OR left(hs_code, 6) IN ({CODES})
        UNION ALL
        SELECT NULL, concat_ws(' | ', shipper_name, consignee_name) FROM shipment""",
    "staffing": """
        SELECT country_iso2 AS country, employer AS words FROM staffing_count
        UNION ALL SELECT NULL, organisation FROM headcount_statement
        UNION ALL SELECT countries_iso2, organisations FROM training_claim""",
    "registry": """
        SELECT countries_iso2 AS country, concat_ws(' | ', name, aliases) AS words
        FROM entity_listing
        UNION ALL SELECT country_iso2, name FROM entity_record""",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of one family: in all, of the case's countries or lanes, naming its parties."""

    rows: int
    near: int
    named: int


def rows_of(store: Store) -> Mapping[str, pl.DataFrame]:
    """Family -> country (for customs the lane, importer last), words made comparable."""
    return {
        family: store.sql(query)
        .cast({"country": pl.String, "words": pl.String})
        .with_columns(
            country=pl.format(";{};", pl.col("country").fill_null("")),
            words=pl.format(" {} ", normalised(pl.col("words").fill_null(""))),
        )
        for family, query in ROWS.items()
    }


def counted(
    rows: Mapping[str, pl.DataFrame],
    countries: Sequence[str],
    lanes: Sequence[str],
    names: Sequence[str],
) -> dict[str, Counted]:
    """Per family how many rows there are, and how many concern a case.

    A name is met where its words stand side by side; that finds more rows than the party's own.
    """
    found = {}
    for family in FAMILIES:
        frame = rows[family]
        places = _both_ways(lanes) if family == "customs" else countries
        near = _holds("country", [f";{p};" for p in places])
        named = _holds("words", [f" {normalise(n)} " for n in names])
        found[family] = Counted(
            frame.height,
            frame.filter(near).height,
            frame.filter(named).height,
        )
    return found


def _both_ways(lanes: Sequence[str]) -> list[str]:
    """A lane, and the same lane as its importer reports it."""
    return [way for lane in lanes for way in (lane, ">".join(reversed(lane.split(">"))))]


def _holds(column: str, wanted: Sequence[str]) -> pl.Expr:
    found = [pl.col(column).str.contains(w, literal=True) for w in wanted]
    return pl.any_horizontal(found) if found else pl.lit(value=False)
