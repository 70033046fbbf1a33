"""Consignee that is seldom the end user, or new to the trade, of goods as dear by weight as AI servers.

Unit: marks. Reads: shipment, facility_party and the resolved records.
Benign causes: letters of credit, consolidators, lawful distributors, and that everybody began at once.
Method: docs/indicators/C06.md.
"""

import re

import duckdb
import polars as pl

from indicia.entities.graph import stand_ins
from indicia.entities.names import normalised
from indicia.indicators import parties
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.unit_values import (
    CODES,
    COUNTRIES,
    IN_BAND,
    LINES,
    register_countries,
)
from indicia.reference import tables
from indicia.schema import FACILITY_PARTY, PARTY_RECORD, SHIPMENT, figure

CODE = "C06"
PASSING, FIRST = "consignee_passes_goods_on", "first_purchase_in_AI_band"
THRESHOLD = 1.0
# 64 accelerators at the low price of 25,000 US$ each, in any three months in a row.
LEAST_BAND_USD = 1.6e6
# A first-time buyer: at most the first in the 24 months before October 2022, at least the second in
# any six months in a row since.
MOST_BEFORE_USD, LEAST_SINCE_USD = 250e3, 5e6
FIRST_MONTH, RULE_MONTH = 12 * 2020 + 9, 12 * 2022 + 9
# Of those 24 months, in so many some shipment into the country must be on file to speak of none.
LEAST_MONTHS_SEEN = 20
LINES_CITED = 5
HAN = re.compile(r"[\u4e00-\u9fff]")

CONSIGNEES, MONTHS, SCOPES = "consignees", "consignee_months", "consignee_scopes"

# Goods under the headings of computers, their parts and circuits, per consignee as declared.
GOODS = f"""
SELECT *, CASE WHEN hs6 IN ({CODES}) AND value_usd > 0 THEN {IN_BAND} END AS band_usd
FROM ({LINES})
WHERE consignee_name IS NOT NULL AND substr(hs6, 1, 4) IN ('8471', '8473', '8542')
"""
# Names are trimmed once they are summed: there are far fewer of them than lines.
SUMMED = f"""
WITH goods AS ({GOODS}), days AS (
  SELECT to_iso2, source, at_period FROM ({LINES})
  WHERE shipped_date >= DATE '2020-10-01' AND shipped_date < DATE '2022-10-01'
  GROUP BY to_iso2, source, at_period
), covered AS (
  SELECT d.to_iso2, d.source, count(*) AS months_seen
  FROM days d JOIN {COUNTRIES} i ON i.iso2 = d.to_iso2 GROUP BY d.to_iso2, d.source
), sums AS (
  SELECT k.consignee_name, count(*) AS lines, count(k.band_usd) AS measured, sum(k.band_usd) AS band_usd,
         sum(k.value_usd) AS value_usd,
         sum(CASE WHEN k.band_usd IS NOT NULL THEN k.value_usd END) AS measured_usd,
         sum(CASE WHEN k.hs6 IN ({CODES}) THEN k.value_usd END) AS asked_usd,
         sum(CASE WHEN k.at_period BETWEEN {FIRST_MONTH} AND {RULE_MONTH} - 1 THEN k.value_usd ELSE 0 END)
           AS before_usd,
         min(CASE WHEN k.value_usd IS NULL AND k.at_period BETWEEN {FIRST_MONTH} AND {RULE_MONTH} - 1
                  THEN 0 ELSE 1 END) AS is_before_valued,
         min(coalesce(c.months_seen, 0)) AS months_seen,
         min(CASE WHEN k.band_usd > 0 THEN k.shipped_date END) AS starts_date,
         max(CASE WHEN k.band_usd > 0 THEN k.shipped_date END) AS ends_date,
         min(k.origin_id) AS origin_id, max(k.reliability) AS reliability
  FROM goods k LEFT JOIN covered c ON c.to_iso2 = k.to_iso2 AND c.source = k.source
  GROUP BY k.consignee_name
)
SELECT trim(consignee_name) AS consignee, * FROM sums WHERE trim(consignee_name) <> ''
"""
# Of each month with goods in the band, their value and the dearest line; numbers stand for names.
IN_MONTHS = f"""
WITH months AS (
  SELECT consignee_name, at_period, sum(band_usd) AS band_usd, max(value_usd) AS top_usd
  FROM ({GOODS}) WHERE band_usd > 0 GROUP BY consignee_name, at_period
)
SELECT n.name_at, m.at_period, m.band_usd, m.top_usd
FROM months m JOIN {CONSIGNEES} n ON n.consignee_name = m.consignee_name
"""
# A consignee that was taken to be a facility's party answers under the party's name.
TAKEN = """
SELECT DISTINCT consignee, scope_id FROM (
  SELECT r.name AS consignee, f.party_name AS scope_id
  FROM party_record r
  JOIN party_record p ON p.entity_id = r.entity_id AND p.table_name = 'facility_party'
  JOIN facility_party f ON f.party_name = p.name
  WHERE r.kind = 'consignee'
  UNION ALL SELECT party_name, party_name FROM facility_party
) ORDER BY consignee, scope_id
"""
MARKS = f"""
WITH months AS (
  SELECT s.scope_at, m.at_period, sum(m.band_usd) AS band_usd
  FROM {MONTHS} m JOIN {SCOPES} s ON s.name_at = m.name_at
  GROUP BY s.scope_at, m.at_period
), windows AS (
  SELECT scope_at, at_period,
         sum(band_usd) OVER (PARTITION BY scope_at ORDER BY at_period
                             RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS quarter_usd,
         sum(CASE WHEN at_period >= {RULE_MONTH} THEN band_usd ELSE 0 END)
           OVER (PARTITION BY scope_at ORDER BY at_period
                 RANGE BETWEEN 5 PRECEDING AND CURRENT ROW) AS half_year_usd
  FROM months
), most AS (
  SELECT scope_at, max(quarter_usd) AS quarter_usd, max(half_year_usd) AS half_year_usd
  FROM windows GROUP BY scope_at
), sums AS (
  SELECT s.scope_at, min(s.scope_id) AS scope_id, sum(k.lines) AS lines, sum(k.measured) AS measured, sum(k.band_usd) AS band_usd,
         sum(k.value_usd) AS value_usd, sum(k.measured_usd) AS measured_usd,
         sum(k.asked_usd) AS asked_usd, sum(k.before_usd) AS before_usd,
         min(k.is_before_valued) AS is_before_valued, min(k.months_seen) AS months_seen,
         min(k.starts_date) AS starts_date, max(k.ends_date) AS ends_date,
         min(k.origin_id) AS origin_id, max(k.reliability) AS reliability
  FROM {CONSIGNEES} k JOIN {SCOPES} s ON s.name_at = k.name_at
  GROUP BY s.scope_at
)
SELECT s.*, coalesce(m.quarter_usd, 0) AS quarter_usd, coalesce(m.half_year_usd, 0) AS half_year_usd
FROM sums s LEFT JOIN most m ON m.scope_at = s.scope_at
ORDER BY s.scope_id
"""
# The dearest line in the band of each month; the first few of them.
CITED = f"""
WITH tops AS (
  SELECT s.scope_at, s.consignee_at, m.at_period, max(m.top_usd) AS top_usd
  FROM {MONTHS} m JOIN {SCOPES} s ON s.name_at = m.name_at
  GROUP BY s.scope_at, s.consignee_at, m.at_period
), placed AS (
  SELECT *, row_number() OVER (PARTITION BY scope_at
           ORDER BY top_usd DESC, at_period, consignee_at) AS place
  FROM tops
), named AS (
  SELECT DISTINCT p.*, s.scope_id, s.consignee, s.consignee_name
  FROM placed p JOIN {SCOPES} s ON s.scope_at = p.scope_at AND s.consignee_at = p.consignee_at
  WHERE p.place <= {LINES_CITED}
), dearest AS (
  SELECT p.scope_at, p.scope_id, p.place, p.consignee, g.*,
         row_number() OVER (PARTITION BY p.scope_at, p.place
           ORDER BY g.shipment_id, g.source) AS nth
  FROM named p JOIN ({GOODS}) g ON g.consignee_name = p.consignee_name AND g.at_period = p.at_period
   AND g.value_usd = p.top_usd
  WHERE g.band_usd > 0
)
SELECT 'party' AS scope_kind, scope_id, 'shipment' AS table_name,
       concat('shipment_id=', shipment_id) AS row_key,
       concat(consignee, ': HS ', hs6, coalesce(', US$ ' || round(value_usd), ', value not stated'),
              coalesce(', ' || kg || ' kg', ', weight not stated'), ' on ', shipped_date) AS quote,
       source, source_url, fetch_id
FROM dearest WHERE nth = 1 ORDER BY scope_id, place
"""


def marked(name: pl.Expr) -> pl.Expr:
    """What kind of consignee a name states: order, bank, forwarder or reseller; null if none."""
    form, words = normalised(name), tables.table("consignee_words")
    said = pl.lit(None, dtype=pl.String)
    for (kind,), part in reversed(list(words.group_by("kind", maintain_order=True))):
        latin = [re.escape(w) for w in part["word"] if not HAN.search(w)]
        han = [w for w in part["word"] if HAN.search(w)]
        pattern = "|".join([rf"(?:^|\s)(?:{'|'.join(latin)})(?:\s|$)", *han])
        said = pl.when(form.str.contains(pattern)).then(pl.lit(kind)).otherwise(said)
    return said


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Ask of each consignee of computing hardware, and each party, what it is to the goods."""
    stand_ins(db)
    register_countries(db)
    consignees = db.sql(SUMMED).pl().with_row_index("name_at")
    names = consignees.select("name_at", "consignee_name", "consignee")
    scopes = (
        names.join(db.sql(TAKEN).pl(), on="consignee", how="left")
        .with_columns(
            scope_id=pl.coalesce("scope_id", "consignee"), mark=marked(pl.col("consignee"))
        )
        .with_columns(
            scope_at=pl.col("scope_id").rank("dense"),
            consignee_at=pl.col("consignee").rank("dense"),
        )
    )
    views = {CONSIGNEES: consignees, SCOPES: scopes}
    for name, view in views.items():
        db.register(name, view)
    # A row per name and month: too many, at millions of names, to leave the engine that can spill.
    db.execute(f"CREATE OR REPLACE TEMP TABLE {MONTHS} AS {IN_MONTHS}")
    facts, shipments = db.sql(MARKS).pl(), db.sql(CITED).pl()
    db.execute(f"DROP TABLE {MONTHS}")
    for name in (*views, COUNTRIES):
        db.unregister(name)
    words = scopes.group_by("scope_id").agg(mark=pl.col("mark").drop_nulls().sort().first())
    named = parties.named(db).rename({"party_name": "scope_id"})
    asked = facts.join(words, on="scope_id", how="left").join(
        named, on="scope_id", how="full", coalesce=True
    )
    sources = pl.concat([shipments, parties.party_rows(db)], how="diagonal_relaxed")
    return answered(CODE, _evidence(asked.sort("scope_id")), sources)


def _evidence(asked: pl.DataFrame) -> pl.DataFrame:
    is_passing = pl.col("mark").is_not_null() & (pl.col("quarter_usd") >= LEAST_BAND_USD)
    is_known = (pl.col("months_seen") >= LEAST_MONTHS_SEEN) & (pl.col("is_before_valued") == 1)
    is_first = (
        is_known
        & (pl.col("before_usd") <= MOST_BEFORE_USD)
        & (pl.col("half_year_usd") >= LEAST_SINCE_USD)
    )
    observed = is_passing.cast(pl.Int64) + is_first.cast(pl.Int64)
    result = (
        pl.when(pl.col("is_unnamed").fill_null(value=False))
        .then(pl.lit("not_applicable"))
        .when(pl.col("measured").fill_null(0) == 0)
        .then(pl.lit("no_data"))
        .when(pl.col("band_usd") == 0)
        .then(pl.lit("not_applicable"))
        .when(observed >= THRESHOLD)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    computed = pl.col("result").is_in(["flag", "no_flag"])
    return asked.with_columns(
        result=result, is_passing=is_passing, is_known=is_known, is_first=is_first
    ).select(
        pl.lit("party").alias("scope_kind"),
        "scope_id",
        "result",
        kind=pl.when(~pl.col("is_passing") & pl.col("is_first"))
        .then(pl.lit(FIRST))
        .otherwise(pl.lit(PASSING)),
        observed_value=pl.when(computed).then(observed.cast(pl.Float64)),
        threshold_value=pl.when(computed).then(pl.lit(THRESHOLD)),
        unit=pl.lit("marks"),
        statement=_statement(),
        starts_date="starts_date",
        ends_date="ends_date",
        origin_id=pl.coalesce("origin_id", "party_origin_id"),
        reliability=pl.coalesce("reliability", "party_reliability"),
        quality_share=pl.when(computed)
        .then(pl.col("measured_usd") / pl.col("asked_usd"))
        .otherwise(1.0),
        detectability_share=pl.when(computed).then(pl.lit(share(CODE, "party"))),
    )  # fmt: skip


def _statement() -> pl.Expr:
    kinds = {
        "order": "goods to order",
        "bank": "a bank",
        "forwarder": "a forwarder or warehouse",
        "reseller": "a reseller or trader",
    }
    passing = pl.format(
        "The name is consistent with {}; up to US$ {} million in three months",
        pl.col("mark").replace_strict(kinds, default=None, return_dtype=pl.String),
        figure((pl.col("quarter_usd") / 1e6).round(2)),
    )
    before = pl.format(
        "US$ {} million of computers, parts and circuits in the two years before October 2022, and up "
        "to US$ {} million in six months since",
        figure((pl.col("before_usd") / 1e6).round(2)),
        figure((pl.col("half_year_usd") / 1e6).round(2)),
    )
    unknown = pl.lit(
        "whether it bought before October 2022 cannot be seen in the records at hand"
    )
    dear = pl.format(
        "US$ {} million of its {} lines lie in the band of AI servers. ",
        figure((pl.col("band_usd") / 1e6).round(2)),
        "lines",
    )
    said = (
        dear
        + passing.fill_null("No word of its name says that it passes goods on")
        + pl.lit("; ")
        + pl.when("is_known").then(before).otherwise(unknown)
        + pl.lit(".")
    )
    return (
        pl.when(pl.col("is_unnamed").fill_null(value=False))
        .then(pl.lit("The party is not named, so no shipment can be looked up."))
        .when(pl.col("lines").is_null())
        .then(pl.lit("No shipment record at hand of computers, parts or circuits names it."))
        .when(pl.col("result") == "no_data")
        .then(
            pl.lit(
                "Its shipments of servers and their parts state no value with weight or pieces."
            )
        )
        .when(pl.col("result") == "not_applicable")
        .then(pl.lit("None of its goods lies in the band of AI servers."))
        .otherwise(said)
    )


INDICATOR = Indicator(
    code=CODE,
    family="customs",
    title="Goods priced like AI servers go to a first-time buyer or to one who passes goods on",
    unit="marks",
    scope_kinds=("party",),
    reads=(SHIPMENT, FACILITY_PARTY, PARTY_RECORD),
    threshold=THRESHOLD,
    benign_causes=(
        "banks and `to order` stand on bills under any letter of credit",
        "consolidators and bonded warehouses are ordinary at every hub",
        "lawful distributors and integrators buy to sell",
        "the boom made most buyers first-time buyers",
    ),
    compute=compute,
    kinds=(PASSING, FIRST),
)
