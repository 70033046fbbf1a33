"""Which lanes are asked, whether L1 can be asked of them, and which signals reach them.

A lane is keyed as lane indicators key their scope, `EXP>IMP` in ISO 3166-1 alpha-3. L1 needs a yes of
the policy clock for the importer's country, or for one to which trade of the basket goes on from a
hub; else the lane is a reference lane. Unit of trade: US$. No legal advice.
"""

from datetime import date

import duckdb
import polars as pl

from indicia.indicators.lane_flows import CODES, FLOWS
from indicia.reference import tables
from indicia.schema import figure
from indicia.scoring.admissible import admissible
from indicia.scoring.models import LANE
from indicia.scoring.subjects import EXPOSURES, FACTS, Subjects

OWN = "the lane itself"
COUNTRIES = "lane_countries"
LAST_LEG, DIRECT = "from a hub to a licence destination", "to a licence destination"
HUB, NEITHER = "through a hub", "no licence destination"
TO_SITES, TO_LANES = "reference site: ", "reference lane: "
# Per year, by whichever of exporter and importer reports more.
ONWARD = f"""
WITH flows AS ({FLOWS}), years AS (
  SELECT exporter, importer, flow, frequency, substr(period, 1, 4) AS year, sum(value_usd) AS value_usd
  FROM flows WHERE exporter <> 'W00' AND importer <> 'W00'
  GROUP BY exporter, importer, flow, frequency, substr(period, 1, 4)
)
SELECT x.iso2 AS hub, i.iso2 AS onward, CAST(y.year AS INTEGER) AS year, max(y.value_usd) AS value_usd
FROM years y JOIN {COUNTRIES} x ON x.iso3 = y.exporter JOIN {COUNTRIES} i ON i.iso3 = y.importer
WHERE x.is_hub GROUP BY x.iso2, i.iso2, y.year
"""
# Consignees of the lane's shipments that evidence speaks of, under their own or their party's name.
CONSIGNEES = f"""
WITH goods AS (
  SELECT x.iso3 || '>' || i.iso3 AS subject_id, trim(s.consignee_name) AS name, s.value_reported_usd AS usd
  FROM shipment s
  JOIN {COUNTRIES} x ON x.iso2 = coalesce(s.origin_iso2, s.shipper_iso2)
  JOIN {COUNTRIES} i ON i.iso2 = coalesce(s.destination_iso2, s.consignee_iso2)
  WHERE substr(s.hs_code, 1, 6) IN ({CODES})
), whole AS (
  SELECT subject_id, sum(usd) AS usd, count(*) AS lines, count(usd) AS priced FROM goods GROUP BY subject_id
), met AS (
  SELECT DISTINCT r.name, p.name AS scope_id FROM party_record r JOIN party_record p
    ON p.entity_id = r.entity_id AND p.kind IN ('party', 'consignee') WHERE r.kind = 'consignee'
), parts AS (
  SELECT g.subject_id, m.scope_id, sum(g.usd) AS usd, count(*) AS lines
  FROM goods g JOIN met m ON m.name = g.name
  WHERE m.scope_id IN (SELECT scope_id FROM lane_parties) GROUP BY g.subject_id, m.scope_id
)
SELECT p.subject_id, 'party' AS scope_kind, p.scope_id, 'consignee' AS role,
       CASE WHEN w.priced = w.lines AND w.usd > 0 THEN p.usd / w.usd ELSE p.lines / w.lines END AS weight_share,
       CASE WHEN w.priced = w.lines AND w.usd > 0 THEN 'its share of the value of ' ELSE 'its share of ' END
         || 'the lane''s shipments of the basket on record' AS basis
FROM parts p JOIN whole w USING (subject_id)
"""


def lanes(db: duckdb.DuckDBPyConnection, evidence: pl.DataFrame, on: date) -> Subjects:
    """Every lane on which some code of the basket is reported.

    Args:
        db: Connection in which `customs_flow`, `shipment` and `party_record` are visible.
        evidence: Rows of `evidence`.
        on: The day of the assessment.
    """
    applies = (pl.col("scope_kind") == "lane") & (pl.col("result") != "not_applicable")
    named = evidence.filter(applies).select(subject_id="scope_id").unique().sort("subject_id")
    countries = _countries()
    db.register(COUNTRIES, countries)
    db.register(
        "lane_parties", evidence.filter(pl.col("scope_kind") == "party").select("scope_id")
    )
    try:
        facts = _facts(named, countries, db.sql(ONWARD).pl(), on)
        parts = db.sql(CONSIGNEES).pl()
    finally:
        db.unregister(COUNTRIES)
        db.unregister("lane_parties")
    own = named.with_columns(
        scope_kind=pl.lit("lane"), scope_id="subject_id", role=pl.lit("lane"),
        weight_share=pl.lit(1.0), basis=pl.lit(OWN),
    )  # fmt: skip
    return Subjects(
        LANE, facts, pl.concat([own.select(list(EXPOSURES)), parts.select(list(EXPOSURES))])
    )


def _countries() -> pl.DataFrame:
    """iso2, iso3, country (its name) and is_hub."""
    return (
        tables.table("countries")
        .drop_nulls(["iso2", "iso3"])
        .unique("iso3", keep="first", maintain_order=True)
        .unique("iso2", keep="first", maintain_order=True)
        .select("iso2", "iso3", country="name")
        .with_columns(is_hub=pl.col("iso2").is_in(tables.table("hubs")["iso2"].to_list()))
    )


def _facts(
    named: pl.DataFrame, countries: pl.DataFrame, onward: pl.DataFrame, on: date
) -> pl.DataFrame:
    """Per lane: its name, whether L1 can be asked and why, since when, and its class of priors."""
    parts = pl.col("subject_id").str.split_exact(">", 1).struct
    known = (
        named.with_columns(
            exporter_iso3=parts.field("field_0"), importer_iso3=parts.field("field_1")
        )
        .join(_of(countries, "exporter"), on="exporter_iso3", how="left")
        .join(_of(countries, "importer"), on="importer_iso3", how="left")
    )
    ends = pl.concat([known["importer"], onward["onward"]]).drop_nulls()
    clock = _asked(ends.unique().sort(), on)
    passed = _passed_on(known, clock, onward)
    is_direct = pl.col("is_direct").fill_null(value=False)
    return (
        known.join(
            clock.rename({"iso2": "importer", "is_admissible": "is_direct"}), on="importer", how="left"
        )
        .join(passed, on="subject_id", how="left")
        .with_columns(is_onward=pl.col("onward_reason").is_not_null())
        .select(
            "subject_id",
            name=pl.format(
                "{} > {}",
                pl.coalesce("exporter_name", "exporter_iso3"),
                pl.coalesce("importer_name", "importer_iso3"),
            ),
            is_admissible=is_direct | pl.col("is_onward"),
            admissibility_reason=pl.when(is_direct)
            .then("reason")
            .otherwise(pl.coalesce("onward_reason", _why_not())),
            licence_since_date=pl.when(is_direct).then("since").otherwise("onward_since"),
            prior_class=pl.when(is_direct & pl.col("exporter_is_hub").fill_null(value=False))
            .then(pl.lit(LAST_LEG))
            .when(is_direct)
            .then(pl.lit(DIRECT))
            .when("is_onward")
            .then(pl.lit(HUB))
            .otherwise(pl.lit(NEITHER)),
        )
        .select(list(FACTS))
        .sort("subject_id")
    )  # fmt: skip


def _of(countries: pl.DataFrame, end: str) -> pl.DataFrame:
    names = {
        "iso3": f"{end}_iso3",
        "iso2": end,
        "country": f"{end}_name",
        "is_hub": f"{end}_is_hub",
    }
    return countries.rename(names)


def _asked(countries: pl.Series, on: date) -> pl.DataFrame:
    """The clock's answer for every country: iso2, is_admissible, reason, since."""
    sites = pl.DataFrame({"facility_id": countries, "country_iso2": countries}).with_columns(
        first_date=pl.lit(None, dtype=pl.Date)
    )
    nobody = pl.DataFrame(
        schema=dict.fromkeys(
            ("facility_id", "role", "party_name", "headquarters_iso2"), pl.String
        )
    )
    return admissible(sites, nobody, on).select(
        "is_admissible",
        iso2="facility_id",
        reason="admissibility_reason",
        since="licence_since_date",
    )  # fmt: skip


def _passed_on(known: pl.DataFrame, clock: pl.DataFrame, onward: pl.DataFrame) -> pl.DataFrame:
    """Per lane into a hub: the licence destination to which most goes on, never back to the exporter."""
    least = tables.settings()["lane"]["onward_usd_at_least"]
    reached = onward.filter(pl.col("value_usd") >= least).join(
        clock.filter("is_admissible"), left_on="onward", right_on="iso2"
    )
    in_force = (
        reached.filter(pl.col("year") >= pl.col("since").dt.year())
        .sort("hub", "value_usd", "onward", "year", descending=[False, True, False, True])
        .unique(["hub", "onward"], keep="first", maintain_order=True)
    )
    return (
        known.join(in_force, left_on="importer", right_on="hub", maintain_order="left_right")
        .filter(pl.col("onward") != pl.col("exporter"))
        .group_by("subject_id", "importer", maintain_order=True)
        .agg(
            pl.col("value_usd", "onward", "reason").first(),
            onward_since=pl.col("since").min(),
        )
        .select(
            "subject_id",
            "onward_since",
            onward_reason=pl.format(
                "{} is a hub from which up to US$ {} million of the basket a year goes on to {}; {}",
                "importer",
                figure((pl.col("value_usd") / 1e6).round().cast(pl.Int64)),
                "onward",
                "reason",
            ),
        )
    )


def _why_not() -> pl.Expr:
    """Why no licence destination is known, in the words for lanes."""
    said = pl.lit(TO_LANES) + pl.col("reason").str.strip_prefix(TO_SITES)
    aside = pl.lit(
        "; no trade of size goes on from it, on record, to a country that needed one"
    )
    return (
        pl.when(pl.col("importer").is_null())
        .then(pl.lit(f"{TO_LANES}the importer's code names no country"))
        .when("importer_is_hub")
        .then(said + aside)
        .otherwise(said)
    )
