"""Party records: every organisation as every source names it, gathered from the tables of observations.

A listing or a register entry is a record of its own. Names in facilities, notices, shipments, staffing and
events become one record per kind, published name, stated country and registry id.
"""

from dataclasses import dataclass

import polars as pl

from indicia.entities.names import normalised
from indicia.schema import PARTY_NAME, PARTY_RECORD
from indicia.store import Workspace

NONE = "NULL::VARCHAR"
NO_DAY = "NULL::DATE"


@dataclass(frozen=True, slots=True)
class Named:
    """Where a table names organisations.

    Args:
        kind: Kind of record.
        table: The table.
        name: SQL of the name.
        row_key: Columns that identify the row.
        country: SQL of the country stated for the organisation.
        seen_in: SQL of the country of the place or notice.
        ids: SQL of its registry ids, as scheme:id.
        day: SQL of the day.
        rows: SQL of the rows, where they are not the table's own.
    """

    kind: str
    table: str
    name: str
    row_key: tuple[str, ...]
    country: str = NONE
    seen_in: str = NONE
    ids: str = NONE
    day: str = NO_DAY
    rows: str = ""

    @property
    def sql(self) -> str:
        """Rows of mentions."""
        key = ", ', ', ".join(
            f"'{k}=', coalesce(CAST({k} AS VARCHAR), '')" for k in self.row_key
        )
        return (
            f"SELECT '{self.kind}' AS kind, '{self.table}' AS table_name, trim({self.name}) AS name, "
            f"{self.country} AS country, {self.seen_in} AS seen_in, {self.ids} AS ids, {self.day} AS day, "
            f"concat({key}) AS row_key, source, source_url, fetch_id, origin_id, reliability "
            f"FROM {self.rows or self.table}"
        )


NOTICE = ("process_id", "notice_id", "line_id")
MENTIONS = (
    Named(
        "party", "facility_party", "party_name", ("facility_id", "role", "party_name"), country="headquarters_iso2",
        seen_in="site_iso2", rows="(SELECT p.*, f.country_iso2 AS site_iso2 FROM facility_party p LEFT JOIN "
        "(SELECT facility_id, min(country_iso2) AS country_iso2 FROM facility GROUP BY facility_id) f USING (facility_id))",
    ),
    Named("buyer", "procurement_notice", "buyer_name", NOTICE, seen_in="country_iso2", ids="buyer_id", day="notice_date"),
    Named(
        "supplier", "procurement_notice", "one", NOTICE, seen_in="country_iso2", ids="nullif(trim(one_id), '')",
        day="notice_date", rows="(SELECT *, unnest(string_split(supplier_names, ';')) AS one, CASE WHEN supplier_ids IS NULL OR "
        "len(string_split(supplier_ids, ';')) <> len(string_split(supplier_names, ';')) THEN NULL ELSE "
        "unnest(string_split(supplier_ids, ';')) END AS one_id FROM procurement_notice WHERE supplier_names IS NOT NULL)",
    ),
    Named("shipper", "shipment", "shipper_name", ("shipment_id",), country="shipper_iso2", seen_in="origin_iso2", day="shipped_date"),
    Named("consignee", "shipment", "consignee_name", ("shipment_id",), country="consignee_iso2", seen_in="destination_iso2", day="shipped_date"),
    Named("notify", "shipment", "notify_name", ("shipment_id",), seen_in="destination_iso2", day="shipped_date"),
    Named("employer", "staffing_count", "employer", ("employer", "place", "skill_group", "counted_date"), seen_in="country_iso2", ids="employer_id", day="counted_date"),
    Named("employer", "labour_filing", "employer", ("case_number",), seen_in="country_iso2", day="decided_date"),
    Named("institution", "expertise_count", "institution", ("institution_id", "field", "year"), country="country_iso2", ids="institution_id"),
    Named("developer", "training_claim", "one", ("model",), day="published_date", rows="(SELECT *, unnest(string_split(organisations, ';')) AS one FROM training_claim WHERE organisations IS NOT NULL)"),
    Named("developer", "headcount_statement", "organisation", ("organisation", "division", "on_date", "statement_id"), day="on_date"),
    Named("developer", "hardware_statement", "subject", ("subject_kind", "subject", "kind", "chip_text", "on_date"), day="on_date", rows="(SELECT * FROM hardware_statement WHERE subject_kind = 'party')"),
    Named("developer", "model_release", "account", ("model_id",), day="released_date"),
    Named("event", "event", "one", ("event_id",), seen_in="country_iso2", day="starts_date", rows="(SELECT *, unnest(string_split(parties, ';')) AS one FROM event WHERE parties IS NOT NULL)"),
)  # fmt: skip

_JOINED = "nullif(string_agg(DISTINCT {0}, '{1}' ORDER BY {0}), '')"
GATHERED = f"""
SELECT kind || ':' || substr(md5(concat_ws(chr(31), kind, name, country, ids)), 1, 12) AS record_id,
       kind, name, country AS countries_iso2, {_JOINED.format("seen_in", ";")} AS seen_in_iso2,
       {NONE} AS address, ids AS registry_ids, {NONE} AS list_code, {NO_DAY} AS listed_date,
       {NO_DAY} AS founded_date, min(day) AS first_date, max(day) AS last_date,
       count(*) AS records_count, min(table_name) AS table_name, arg_min(row_key, row_key) AS row_key,
       arg_min(source, row_key) AS source, arg_min(source_url, row_key) AS source_url,
       arg_min(fetch_id, row_key) AS fetch_id, arg_min(origin_id, row_key) AS origin_id,
       max(reliability) AS reliability
FROM ({{mentions}}) WHERE name IS NOT NULL AND name <> '' GROUP BY kind, name, country, ids
"""
LISTED = f"""
SELECT list_code || ':' || listing_key AS record_id, 'listed' AS kind, arg_min(name, source) AS name,
       arg_min(replace(countries_iso2, ' ', ''), source) AS countries_iso2, {NONE} AS seen_in_iso2,
       arg_min(addresses, source) AS address, {NONE} AS registry_ids, list_code,
       min(listed_date) AS listed_date, {NO_DAY} AS founded_date, {NO_DAY} AS first_date,
       {NO_DAY} AS last_date, count(*) AS records_count, 'entity_listing' AS table_name,
       'list_code=' || list_code || ', listing_key=' || listing_key AS row_key, min(source) AS source,
       arg_min(source_url, source) AS source_url, arg_min(fetch_id, source) AS fetch_id,
       arg_min(origin_id, source) AS origin_id, max(reliability) AS reliability
FROM entity_listing GROUP BY list_code, listing_key
"""
REGISTERED = f"""
SELECT record_id, 'register' AS kind, arg_min(name, source) AS name,
       nullif(concat_ws(';', arg_min(country_iso2, source), CASE WHEN arg_min(headquarters_iso2, source)
         IS DISTINCT FROM arg_min(country_iso2, source) THEN arg_min(headquarters_iso2, source) END), '') AS countries_iso2,
       {NONE} AS seen_in_iso2,
       nullif(concat_ws('; ', arg_min(address, source), arg_min(headquarters_address, source)), '') AS address,
       concat_ws('; ', record_id, arg_min(registry_ids, source)) AS registry_ids, {NONE} AS list_code,
       {NO_DAY} AS listed_date, min(founded_date) AS founded_date, {NO_DAY} AS first_date,
       max(ended_date) AS last_date, count(*) AS records_count, 'entity_record' AS table_name,
       'record_id=' || record_id AS row_key, min(source) AS source, arg_min(source_url, source) AS source_url,
       arg_min(fetch_id, source) AS fetch_id, arg_min(origin_id, source) AS origin_id,
       max(reliability) AS reliability
FROM entity_record GROUP BY record_id
"""
OTHER_NAMES = """
SELECT list_code || ':' || listing_key AS record_id, trim(unnest(string_split(aliases, ';'))) AS name,
       'alias' AS spelling FROM entity_listing WHERE aliases IS NOT NULL
UNION
SELECT record_id, trim(name), CASE kind WHEN 'legal' THEN 'main' ELSE kind END FROM entity_name
"""


def gather(db: Workspace) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every record and every spelling of it.

    Args:
        db: A connection in which observation tables are visible by their plain names.

    Returns:
        PARTY_RECORD without entity_id, and PARTY_NAME; both in order of their keys.
    """
    mentions = " UNION ALL BY NAME ".join(m.sql for m in MENTIONS)
    parts = [db.sql(q).pl() for q in (LISTED, REGISTERED, GATHERED.format(mentions=mentions))]
    columns = [c.name for c in PARTY_RECORD.columns if c.name != "entity_id"]
    types = PARTY_RECORD.polars
    records = (
        pl.concat([p.select(pl.col(c).cast(types[c]) for c in columns) for p in parts])
        .unique("record_id", keep="first", maintain_order=True)
        .sort("record_id")
    )
    return records, _names(db, records)


def _names(db: Workspace, records: pl.DataFrame) -> pl.DataFrame:
    mains = records.select("record_id", "name", spelling=pl.lit("main"))
    known = records.select("record_id")
    others = db.sql(OTHER_NAMES).pl().join(known, on="record_id", how="semi")
    names = (
        pl.concat([mains, others.select(mains.columns)])
        .filter(pl.col("name").fill_null("") != "")
        .unique(["record_id", "name"], keep="first", maintain_order=True)
        .with_columns(form=normalised(pl.col("name")))
        .sort("record_id", "name")
    )
    return PARTY_NAME.fit(names)
