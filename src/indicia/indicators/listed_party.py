"""Listed party: an owner, operator, user or builder bears a listed name or alias.

Unit: share (1 is an identical normalised name, or one organisation). Reads: facility_party, facility,
entity_listing, party_record, entity_edge.
Benign causes: a namesake, a branch outside the listing's scope, a delisting not yet read.
Method: docs/indicators/E01.md.
"""

import duckdb
import polars as pl

from indicia.entities.graph import stand_ins
from indicia.entities.names import needs_country, normalised
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.schema import (
    ENTITY_EDGE,
    ENTITY_LISTING,
    FACILITY,
    FACILITY_PARTY,
    PARTY_RECORD,
    figure,
)

CODE = "E01"
KIND = "listed_party_address_or_owner"
SAME, SAME_BUT_COMMON = 1.0, 0.5
# Lists that restrict what may be exported to a party. A listing elsewhere (Section 1260H, investment
# or sanctions lists) is told on the entity's page and does not count here.
EXPORT_LISTS = ("EL", "MEU", "UVL", "ISN", "DTC")
UNNAMED = (
    "unknown",
    "undisclosed",
    "various",
    "not disclosed",
    "confidential",
    "n a",
    "none",
    "tbd",
)

NAMES = """
SELECT DISTINCT name FROM (
  SELECT party_name AS name FROM facility_party
  UNION ALL SELECT name FROM entity_listing
  UNION ALL SELECT trim(unnest(string_split(aliases, ';'))) FROM entity_listing WHERE aliases IS NOT NULL
) WHERE name IS NOT NULL AND trim(name) <> ''
"""
# A listing that takes effect after the newest publication in view is not yet one.
PARTIES = f"""
WITH forms AS (
  SELECT name, form, needs_country FROM normalised_names WHERE form <> ''
), spelt AS (
  SELECT source, list_code, listing_key, name AS spelling FROM entity_listing
  UNION ALL
  SELECT source, list_code, listing_key, trim(unnest(string_split(aliases, ';')))
  FROM entity_listing WHERE aliases IS NOT NULL
), visible AS (
  SELECT l.* FROM entity_listing l
  WHERE l.list_code IN {EXPORT_LISTS} AND (l.listed_date IS NULL OR l.listed_date <= (
    SELECT CAST(max(published_utc) AT TIME ZONE 'UTC' AS DATE) FROM entity_listing))
), listed AS (
  SELECT DISTINCT f.form, s.spelling, v.source, v.list_code, v.listing_key, v.name,
         v.countries_iso2, v.listed_date, v.citation, v.source_url, v.fetch_id, v.origin_id,
         v.reliability
  FROM visible v JOIN spelt s
    ON s.source = v.source AND s.list_code = v.list_code AND s.listing_key = v.listing_key
  JOIN forms f ON f.name = s.spelling
), parties AS (
  SELECT p.party_name, f.form, f.needs_country, min(p.origin_id) AS origin_id,
         max(p.reliability) AS reliability
  FROM facility_party p LEFT JOIN forms f ON f.name = p.party_name
  GROUP BY p.party_name, f.form, f.needs_country
), countries AS (
  SELECT p.party_name, p.headquarters_iso2 AS iso2 FROM facility_party p
  WHERE p.headquarters_iso2 IS NOT NULL
  UNION
  SELECT p.party_name, s.country_iso2 FROM facility_party p
  JOIN facility s ON s.facility_id = p.facility_id WHERE s.country_iso2 IS NOT NULL
), met_by_name AS (
  SELECT p.party_name, p.needs_country, l.*,
         EXISTS (SELECT 1 FROM countries c WHERE c.party_name = p.party_name AND position(
           concat(';', c.iso2, ';') IN concat(';', replace(l.countries_iso2, ' ', ''), ';')) > 0)
           AS is_country_agreed
  FROM parties p JOIN listed l ON l.form = p.form
), records AS (
  SELECT name AS party_name, record_id, entity_id FROM party_record
  WHERE table_name = 'facility_party'
), listings AS (
  SELECT v.*, r.record_id, r.entity_id FROM visible v
  JOIN party_record r ON r.kind = 'listed' AND r.record_id = concat(v.list_code, ':', v.listing_key)
), apart AS (
  SELECT r.party_name, l.source, l.list_code, l.listing_key FROM (
    SELECT left_id, right_id FROM entity_edge WHERE decision = 'different'
    UNION ALL SELECT right_id, left_id FROM entity_edge WHERE decision = 'different'
  ) e JOIN records r ON r.record_id = e.left_id JOIN listings l ON l.record_id = e.right_id
), methods AS (
  SELECT r.party_name, l.record_id AS listing_id, string_agg(DISTINCT e.method, ', ' ORDER BY e.method) AS how
  FROM records r JOIN listings l ON l.entity_id = r.entity_id
  JOIN party_record m ON m.entity_id = r.entity_id
  JOIN entity_edge e ON e.decision = 'same' AND e.left_id = m.record_id
  GROUP BY r.party_name, l.record_id
), met_by_organisation AS (
  SELECT DISTINCT r.party_name, l.source, l.list_code, l.listing_key, l.name, l.countries_iso2,
         l.listed_date, l.citation, l.source_url, l.fetch_id, l.origin_id, l.reliability,
         coalesce(m.how, 'records joined') AS how
  FROM records r JOIN listings l ON l.entity_id = r.entity_id
  LEFT JOIN methods m ON m.party_name = r.party_name AND m.listing_id = l.record_id
), met AS (
  SELECT party_name, needs_country, spelling, source, list_code, listing_key, name, listed_date,
         citation, source_url, fetch_id, origin_id, reliability, is_country_agreed,
         FALSE AS is_joined, NULL AS how
  FROM met_by_name n WHERE NOT EXISTS (SELECT 1 FROM apart a WHERE a.party_name = n.party_name
    AND a.source = n.source AND a.list_code = n.list_code AND a.listing_key = n.listing_key)
  UNION ALL
  SELECT o.party_name, FALSE, o.name, o.source, o.list_code, o.listing_key, o.name, o.listed_date,
         o.citation, o.source_url, o.fetch_id, o.origin_id, o.reliability, TRUE, TRUE, o.how
  FROM met_by_organisation o WHERE NOT EXISTS (SELECT 1 FROM met_by_name n WHERE n.party_name = o.party_name
    AND n.source = o.source AND n.list_code = o.list_code AND n.listing_key = o.listing_key
    AND (n.is_country_agreed OR NOT n.needs_country))
)
SELECT p.party_name, p.form, p.origin_id AS party_origin_id, p.reliability AS party_reliability,
       m.spelling, m.source, m.list_code, m.listing_key, m.name, m.listed_date, m.citation,
       m.source_url, m.fetch_id, m.origin_id, m.reliability, m.is_country_agreed,
       coalesce(m.is_joined, FALSE) AS is_joined, m.how, m.name IS NOT NULL AS is_met,
       coalesce(m.is_country_agreed OR NOT m.needs_country, FALSE) AS is_accepted
FROM parties p LEFT JOIN met m ON m.party_name = p.party_name
ORDER BY p.party_name, is_accepted DESC, is_joined, m.listed_date, m.list_code, m.listing_key, m.spelling
"""
LISTS = f"""
SELECT count(*) AS listings, min(origin_id) AS list_origin_id
FROM entity_listing WHERE list_code IN {EXPORT_LISTS}
"""
PARTY_ROWS = """
SELECT 'party' AS scope_kind, party_name AS scope_id, 'facility_party' AS table_name,
       concat('facility_id=', facility_id, ', role=', role, ', party_name=', party_name) AS row_key,
       concat(role, ': ', party_name) AS quote, source, source_url, fetch_id
FROM (SELECT *, row_number() OVER (PARTITION BY party_name ORDER BY facility_id, role, source) AS place
      FROM facility_party) WHERE place <= 5 ORDER BY party_name, place
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Compare each named party with every listed name and alias, letter for letter once normalised.

    A party also meets the listings of the organisation it was taken to be; where a person said that
    it is another one, its name no longer counts.
    """
    stand_ins(db)
    names = db.sql(NAMES).pl().with_columns(form=normalised(pl.col("name")))
    db.register(
        "normalised_names", names.with_columns(needs_country=needs_country(pl.col("form")))
    )
    met = db.sql(PARTIES).pl()
    db.unregister("normalised_names")
    lists = db.sql(LISTS).pl()
    listings = pl.col("is_met")
    cited = met.filter(listings).select(
        pl.lit("party").alias("scope_kind"),
        pl.col("party_name").alias("scope_id"),
        pl.lit("entity_listing").alias("table_name"),
        pl.format("list_code={}, listing_key={}", "list_code", "listing_key").alias("row_key"),
        _quote().alias("quote"),
        "source",
        "source_url",
        "fetch_id",
    )
    sources = pl.concat([db.sql(PARTY_ROWS).pl(), cited], how="diagonal_relaxed")
    return answered(CODE, _evidence(met, lists), sources)


def _quote() -> pl.Expr:
    alias = (
        pl.when(pl.col("spelling") == pl.col("name"))
        .then(pl.lit(""))
        .otherwise(pl.format(" (alias {})", "spelling"))
    )
    return pl.format(
        "{}: {}{}; {}; listed {}",
        "list_code",
        "name",
        alias,
        pl.col("citation").fill_null("no citation"),
        pl.col("listed_date").cast(pl.String).fill_null("on a date not stated"),
    )


def _evidence(met: pl.DataFrame, lists: pl.DataFrame) -> pl.DataFrame:
    accepted = pl.col("is_accepted")
    parties = met.group_by("party_name", "form", maintain_order=True).agg(
        is_met=pl.col("is_met").any(),
        is_accepted=accepted.any(),
        quote=_quote().filter(pl.col("is_met")).first(),
        how=pl.col("how").filter(accepted).first(),
        is_joined=pl.col("is_joined").filter(accepted).first(),
        starts_date=pl.col("listed_date").filter(accepted).min(),
        origin_id=pl.col("origin_id").filter(accepted).min(),
        reliability=pl.max_horizontal(
            pl.col("reliability").filter(accepted).max(), pl.col("party_reliability").max()
        ),
        party_origin_id=pl.col("party_origin_id").min(),
    )
    facts = parties.join(lists, how="cross")
    is_unnamed = pl.col("form").is_null() | pl.col("form").is_in(list(UNNAMED))
    result = (
        pl.when(is_unnamed)
        .then(pl.lit("not_applicable"))
        .when(pl.col("listings") == 0)
        .then(pl.lit("no_data"))
        .when(accepted)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    is_computed = pl.col("result").is_in(["flag", "no_flag"])
    observed = (
        pl.when(accepted).then(SAME).when(pl.col("is_met")).then(SAME_BUT_COMMON).otherwise(0.0)
    )
    statement = (
        pl.when(is_unnamed)
        .then(pl.lit("The party is not named, so it cannot be compared."))
        .when(pl.col("listings") == 0)
        .then(pl.lit("No screening list is loaded."))
        .when(accepted & pl.col("is_joined"))
        .then(pl.format("Taken to be a listed organisation ({}): {}.", "how", "quote"))
        .when(accepted)
        .then(pl.format("The same name stands on a screening list: {}.", "quote"))
        .when(pl.col("is_met"))
        .then(
            pl.format(
                "A short or common name that a list also has, in another country: {}.", "quote"
            )
        )
        .otherwise(
            pl.format(
                "Not found by identical name; listings compared: {}.",
                figure(pl.col("listings")),
            )
        )
    )
    return (
        facts.with_columns(result=result)
        .select(
            pl.lit("party").alias("scope_kind"),
            pl.col("party_name").alias("scope_id"),
            "result",
            kind=pl.lit(KIND),
            observed_value=pl.when(is_computed).then(observed),
            threshold_value=pl.when(is_computed).then(pl.lit(SAME)),
            unit=pl.lit("share"),
            statement=statement,
            starts_date="starts_date",
            origin_id=pl.coalesce("origin_id", "list_origin_id", "party_origin_id"),
            reliability="reliability",
            quality_share=pl.lit(1.0),
            detectability_share=pl.when(is_computed).then(pl.lit(share(CODE, "party"))),
        )
        .with_columns(pl.lit(None, dtype=pl.Date).alias("ends_date"))
    )


INDICATOR = Indicator(
    code=CODE,
    family="registry",
    title="A party bears a listed name",
    unit="share",
    scope_kinds=("party",),
    reads=(FACILITY_PARTY, FACILITY, ENTITY_LISTING, PARTY_RECORD, ENTITY_EDGE),
    threshold=SAME,
    benign_causes=(
        "a namesake",
        "a branch or affiliate outside the listing's scope",
        "a listing changed or removed since the list was read",
        "an owner without a say in what is run there",
    ),
    compute=compute,
    kinds=("listed_party_address_or_owner",),
)
