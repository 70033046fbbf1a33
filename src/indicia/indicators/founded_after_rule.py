"""Founded after a rule: a party registered within 180 days after a rule was announced.

Unit: rules. Reads: facility_party, entity_record and the resolved records (date of foundation).
Benign causes: a project company, a joint venture, a new cloud provider, a re-registration.
Method: docs/indicators/E03.md.
"""

from functools import cache

import duckdb
import polars as pl

from indicia.entities.graph import stand_ins
from indicia.indicators import parties
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.reference import tables
from indicia.reference.clock import Rulebook
from indicia.schema import ENTITY_RECORD, FACILITY_PARTY, PARTY_RECORD

CODE = "E03"
KIND = "founded_within_180d_of_rule"
LEAST = 1
RULE_KINDS = ("letter", "rule")

# Of several entries of one organisation the earliest foundation counts: a re-registration is not new.
FOUNDED = """
WITH taken AS (
  SELECT DISTINCT f.party_name, p.entity_id FROM facility_party f
  JOIN party_record p ON p.table_name = 'facility_party' AND p.name = f.party_name
)
SELECT t.party_name, r.record_id, r.name, r.founded_date, r.row_key, r.source, r.source_url,
       r.fetch_id, r.origin_id, r.reliability
FROM taken t JOIN party_record r ON r.entity_id = t.entity_id AND r.founded_date IS NOT NULL
ORDER BY t.party_name, r.founded_date, r.record_id
"""


def days_after() -> int:
    """How many days after a rule or listing a name counts as new."""
    return int(tables.settings()["shell"]["days_after"])


@cache
def rule_days() -> pl.DataFrame:
    """rule_id and rule_date (announced or in force, the earlier) of rules that decide, as enforced."""
    rules = Rulebook.shipped().rules
    return (
        rules.filter(
            pl.col("role") == "decides",
            pl.col("kind").is_in(RULE_KINDS),
            pl.col("regimes").str.split("|").list.contains("enforced"),
        )
        .select("rule_id", rule_date=pl.min_horizontal("announced_date", "effective_from"))
        .drop_nulls()
        .sort("rule_date", "rule_id")
    )


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Count the rules announced within the days before each party's foundation."""
    stand_ins(db)
    founded = db.sql(FOUNDED).pl()
    first = founded.unique("party_name", keep="first", maintain_order=True)
    span = pl.col("founded_date") - pl.col("rule_date")
    near = (
        first.join(rule_days(), how="cross")
        .with_columns(days=span.dt.total_days())
        .filter(pl.col("days").is_between(0, days_after()))
        .sort("party_name", "days", "rule_id")
        .group_by("party_name", maintain_order=True)
        .agg(
            observed=pl.len(),
            rules=pl.format("{} days after {}", "days", "rule_id").str.join(", "),
        )
    )
    facts = (
        parties.named(db)
        .join(first, on="party_name", how="left", maintain_order="left")
        .join(near, on="party_name", how="left", maintain_order="left")
        .with_columns(observed=pl.col("observed").fill_null(0))
    )
    is_near = pl.col("observed") >= LEAST
    result = (
        pl.when("is_unnamed")
        .then(pl.lit("not_applicable"))
        .when(pl.col("founded_date").is_null())
        .then(pl.lit("no_data"))
        .when(is_near)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    statement = (
        pl.when("is_unnamed")
        .then(pl.lit("The party is not named, so no register can be asked."))
        .when(pl.col("founded_date").is_null())
        .then(pl.lit("No register at hand states when this party was founded."))
        .when(is_near)
        .then(pl.format("Founded on {}: {}.", "founded_date", "rules"))
        .otherwise(
            pl.format(
                "Founded on {}; no rule was announced in the {} days before.",
                "founded_date",
                pl.lit(days_after()),
            )
        )
    )
    rows = facts.with_columns(
        result=result,
        statement=statement,
        threshold=pl.lit(LEAST),
        starts_date="founded_date",
        quality_share=pl.lit(1.0),
    )
    quote = pl.format("{}: founded {}", "name", "founded_date")
    sources = pl.concat(
        [parties.party_rows(db), parties.cited(founded, "entity_record", quote)],
        how="diagonal_relaxed",
    )
    return answered(
        CODE, parties.evidence(rows, KIND, "rules", share(CODE, parties.PARTY)), sources
    )


INDICATOR = Indicator(
    code=CODE,
    family="registry",
    title="A party was founded soon after a rule",
    unit="rules",
    scope_kinds=(parties.PARTY,),
    reads=(FACILITY_PARTY, ENTITY_RECORD, PARTY_RECORD),
    threshold=float(LEAST),
    benign_causes=(
        "a project company or joint venture set up for an ordinary site",
        "a new cloud provider in a growing market",
        "a re-registration or change of legal form",
        "chance: rules are frequent",
    ),
    compute=compute,
    kinds=(KIND,),
)
