"""Goods priced like AI servers that reach a party by way of a hub, bound for a place where licences were hardly to be had.

Unit: US$ in three months. Reads: shipment, facility_party and the resolved records.
Benign causes: stock of distributors at hubs, servers without controlled parts at the same price.
Method: docs/indicators/C08.md.
"""

from datetime import date, timedelta

import duckdb
import polars as pl

from indicia.entities.graph import stand_ins
from indicia.indicators import parties
from indicia.indicators.answer import answered, rows
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.passing_consignee import LEAST_BAND_USD, TAKEN
from indicia.indicators.unit_values import CODES, IN_BAND, PIECE_COUNT
from indicia.reference import tables
from indicia.reference.clock.spans import stretches
from indicia.schema import FACILITY_PARTY, PARTY_RECORD, SHIPMENT, figure

CODE, KIND = "C08", "AI_band_goods_by_way_of_hub"
THRESHOLD = LEAST_BAND_USD
MAKER = "TW"  # goods from there may come from the maker
LINES_CITED = 5
CLOSED, SCOPES, HUBS = "closed_places", "consignee_scopes", "ways_round"

# Servers and their parts per consignee as declared, bound for a place and day of `closed_places`.
BOUND = f"""
WITH shipped AS (
  SELECT s.consignee_name, s.shipment_id, s.shipped_date, s.source,
         coalesce(s.shipper_iso2, s.origin_iso2) AS from_iso2,
         coalesce(s.destination_iso2, s.consignee_iso2) AS to_iso2,
         substr(s.hs_code, 1, 6) AS hs6, s.value_reported_usd AS value_usd,
         coalesce(s.net_weight_kg, s.gross_weight_kg) AS kg, {PIECE_COUNT} AS pieces,
         s.source_url, s.fetch_id, s.origin_id, s.reliability
  FROM shipment s WHERE substr(s.hs_code, 1, 6) IN ({CODES})
), bound AS (
  SELECT trim(h.consignee_name) AS consignee, h.*
  FROM shipped h JOIN {CLOSED} c ON c.iso2 = h.to_iso2
   AND h.shipped_date >= c.from_date AND h.shipped_date <= c.until_date
  WHERE trim(coalesce(h.consignee_name, '')) <> ''
)
SELECT coalesce(n.scope_id, h.consignee) AS scope_id, h.*,
       12 * CAST(year(shipped_date) AS INTEGER) + month(shipped_date) - 1 AS at_period,
       CASE WHEN value_usd > 0 THEN {IN_BAND} END AS band_usd,
       CASE WHEN w.iso2 IS NULL THEN 0 ELSE 1 END AS is_round
FROM bound h
LEFT JOIN {SCOPES} n ON n.consignee = h.consignee
LEFT JOIN {HUBS} w ON w.iso2 = h.from_iso2 AND w.iso2 <> h.to_iso2
"""
SUMS = f"""
WITH bound AS ({BOUND}), months AS (
  SELECT scope_id, at_period, sum(band_usd) AS band_usd
  FROM bound WHERE band_usd > 0 AND is_round = 1 GROUP BY scope_id, at_period
), windows AS (
  SELECT scope_id, sum(band_usd) OVER (PARTITION BY scope_id ORDER BY at_period
                                       RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS quarter_usd
  FROM months
), most AS (
  SELECT scope_id, max(quarter_usd) AS quarter_usd FROM windows GROUP BY scope_id
), sums AS (
  SELECT scope_id, count(*) AS lines, count(band_usd) AS measured, sum(band_usd) AS band_usd,
         sum(CASE WHEN band_usd IS NOT NULL THEN value_usd END) AS measured_usd,
         sum(value_usd) AS asked_usd,
         min(CASE WHEN is_round = 1 THEN from_iso2 END) AS first_hub,
         count(DISTINCT CASE WHEN is_round = 1 AND band_usd > 0 THEN from_iso2 END) AS hubs,
         min(CASE WHEN band_usd > 0 THEN shipped_date END) AS starts_date,
         max(CASE WHEN band_usd > 0 THEN shipped_date END) AS ends_date,
         min(origin_id) AS origin_id, max(reliability) AS reliability
  FROM bound GROUP BY scope_id
)
SELECT s.*, coalesce(m.quarter_usd, 0) AS quarter_usd
FROM sums s LEFT JOIN most m ON m.scope_id = s.scope_id
ORDER BY s.scope_id
"""
CITED = f"""
WITH bound AS ({BOUND}), dearest AS (
  SELECT *, row_number() OVER (PARTITION BY scope_id
           ORDER BY is_round DESC, value_usd DESC, shipped_date, shipment_id, source) AS place
  FROM bound WHERE band_usd > 0
)
SELECT 'party' AS scope_kind, scope_id, 'shipment' AS table_name,
       concat('shipment_id=', shipment_id) AS row_key,
       concat(consignee, ': HS ', hs6, ', US$ ', round(value_usd), coalesce(', ' || kg || ' kg', ', weight not stated'),
              ', ', from_iso2, ' to ', to_iso2, ' on ', shipped_date) AS quote,
       source, source_url, fetch_id
FROM dearest WHERE place <= {LINES_CITED} ORDER BY scope_id, place
"""


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Ask of each consignee of servers bound for such a place, and each party, by what way they came."""
    stand_ins(db)
    views = {
        SCOPES: db.sql(TAKEN).pl(),
        CLOSED: _closed_places(db),
        HUBS: tables.table("hubs").filter(pl.col("iso2") != MAKER).select("iso2"),
    }
    for name, view in views.items():
        db.register(name, view)
    facts, shipments = db.sql(SUMS).pl(), db.sql(CITED).pl()
    for name in views:
        db.unregister(name)
    named = parties.named(db).rename({"party_name": "scope_id"})
    asked = facts.join(named, on="scope_id", how="full", coalesce=True)
    sources = pl.concat([shipments, parties.party_rows(db)], how="diagonal_relaxed")
    return answered(CODE, _evidence(asked.sort("scope_id")), sources)


def _closed_places(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """When licences for some part were hardly to be had where goods were bound: no day twice."""
    known = tables.table("countries").select("iso2").drop_nulls().unique()
    bound = db.sql(
        "SELECT DISTINCT coalesce(destination_iso2, consignee_iso2) AS iso2 FROM shipment"
    ).pl()
    places = bound.join(known, on="iso2", how="semi").select(
        destination="iso2", headquarters=pl.lit(None, dtype=pl.String)
    )
    closed = stretches(places).filter((pl.col("answer") == "yes") & pl.col("is_closed"))
    since, until = pl.col("from_date"), pl.col("until_date").fill_null(date.max)
    met = until.cum_max().shift().over("iso2")
    return (
        closed.select("from_date", until_date=until, iso2="destination")
        .sort("iso2", "from_date", "until_date")
        .with_columns(from_date=pl.max_horizontal(since, met + timedelta(days=1)))
        .filter(pl.col("from_date") <= pl.col("until_date"))
    )


def _evidence(asked: pl.DataFrame) -> pl.DataFrame:
    result = (
        pl.when(pl.col("is_unnamed").fill_null(value=False))
        .then(pl.lit("not_applicable"))
        .when(pl.col("measured").fill_null(0) == 0)
        .then(pl.lit("no_data"))
        .when(pl.col("band_usd") == 0)
        .then(pl.lit("not_applicable"))
        .when(pl.col("quarter_usd") >= THRESHOLD)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    computed = pl.col("result").is_in(["flag", "no_flag"])
    given = asked.with_columns(result=result).with_columns(
        kind=pl.lit(KIND),
        observed="quarter_usd",
        threshold=pl.lit(THRESHOLD),
        statement=_statement(),
        origin_id=pl.coalesce("origin_id", "party_origin_id"),
        reliability=pl.coalesce("reliability", "party_reliability"),
        quality_share=pl.when(computed)
        .then(pl.col("measured_usd") / pl.col("asked_usd"))
        .otherwise(1.0),
        sight_share=pl.lit(share(CODE, parties.PARTY)),
    )
    return rows(given, parties.PARTY, "scope_id", INDICATOR.unit)


def _statement() -> pl.Expr:
    bound = pl.format(
        "US$ {} million of servers and parts priced like AI servers, bound for a place where licences were hardly to be had; ",
        figure((pl.col("band_usd") / 1e6).round(2)),
    )
    more = pl.when(pl.col("hubs") > 1).then(pl.format(" and {} more", pl.col("hubs") - 1))
    way = pl.format(
        "up to US$ {} million of it in three months by way of {}{}.",
        figure((pl.col("quarter_usd") / 1e6).round(2)),
        "first_hub",
        more.otherwise(pl.lit("")),
    )
    return (
        pl.when(pl.col("is_unnamed").fill_null(value=False))
        .then(pl.lit("The party is not named, so no shipment can be looked up."))
        .when(pl.col("lines").is_null())
        .then(
            pl.lit(
                "No shipment record at hand names it for servers or parts bound for a place where licences were hardly to be had."
            )
        )
        .when(pl.col("result") == "no_data")
        .then(pl.lit("Its shipments there state no value with weight or pieces."))
        .when(pl.col("result") == "not_applicable")
        .then(pl.lit("None of its goods bound there lies in the band of AI servers."))
        .otherwise(
            bound
            + pl.when(pl.col("quarter_usd") > 0)
            .then(way)
            .otherwise(pl.lit("none of it by way of a hub."))
        )
    )


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="Goods priced like AI servers come by way of a hub to where licences were hardly to be had",
    unit="US$ in three months",
    scope_kinds=(parties.PARTY,),
    reads=(SHIPMENT, FACILITY_PARTY, PARTY_RECORD),
    threshold=THRESHOLD,
    benign_causes=(
        "distributors hold stock at hubs and serve a region from there",
        "servers whose parts needed no licence cost as much",
        "a licence or an exception",
        "goods that go back to a maker for repair",
    ),
    compute=compute,
    kinds=(KIND,),
)
