"""Shell rotation: a new name at a listed party's address or under its number, soon after a listing or rule.

Unit: listings. Reads: facility_party, entity_listing and the resolved records.
Benign causes: an agent's address of many firms, a business centre, a landlord, a lawful successor.
Method: docs/indicators/E02.md.
"""

import duckdb
import polars as pl

from indicia.indicators import houses, parties
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.founded_after_rule import days_after, rule_days
from indicia.indicators.listed_affiliate import BEGINNING
from indicia.indicators.listed_party import EXPORT_LISTS
from indicia.reference import tables
from indicia.schema import ENTITY_LISTING, FACILITY_PARTY, PARTY_NAME, PARTY_RECORD

CODE = "E02"
KIND = "new_shell_within_180d_of_rule"
LEAST = 1
COLUMNS = (
    "record_id, entity_id, kind, name, address, list_code, listed_date, row_key, table_name, source, "
    "source_url, fetch_id, origin_id, reliability"
)
PLACED = f"""
SELECT {COLUMNS} FROM party_record WHERE address IS NOT NULL AND (kind = 'listed' OR entity_id IN (
  SELECT entity_id FROM party_record WHERE table_name = 'facility_party')) ORDER BY record_id
"""
LISTED = f"""
SELECT {COLUMNS} FROM party_record WHERE kind = 'listed' AND list_code IN {EXPORT_LISTS}
  AND (listed_date IS NULL OR listed_date <= $day) ORDER BY record_id
"""
# A foundation speaks before a first mention; a mention may come long after the firm did.
BEGUN = """
SELECT entity_id, coalesce(min(founded_date), min(first_date)) AS begun_date,
       min(founded_date) IS NOT NULL AS is_founded
FROM party_record GROUP BY entity_id ORDER BY entity_id
"""
# A name that no listing of the organisation bears, with the first day it is named on.
OTHER_NAMES = """
WITH own AS (
  SELECT r.entity_id, n.form, min(r.first_date) AS begun_date
  FROM party_record r JOIN party_name n ON n.record_id = r.record_id AND n.spelling = 'main'
  WHERE r.kind <> 'listed' GROUP BY r.entity_id, n.form
), listed AS (
  SELECT r.entity_id, n.form FROM party_record r JOIN party_name n ON n.record_id = r.record_id
  WHERE r.kind = 'listed'
)
SELECT DISTINCT p.name AS party_name, p.entity_id, o.begun_date
FROM party_record p
JOIN party_name n ON n.record_id = p.record_id AND n.spelling = 'main'
JOIN own o ON o.entity_id = p.entity_id AND o.form = n.form
WHERE p.table_name = 'facility_party'
  AND NOT EXISTS (SELECT 1 FROM listed l WHERE l.entity_id = p.entity_id AND l.form = n.form)
ORDER BY ALL
"""


def reference_ratio() -> float:
    """The likelihood ratio of the kind between H1 and its background."""
    (row,) = tables.table("likelihoods").filter(pl.col("kind") == KIND).iter_rows(named=True)
    return float(row["H1"]) / float(row["background"])


def weight_of(firms: pl.Expr) -> pl.Expr:
    """Quality that divides the likelihood ratio by log10 of the firms at an address, 0 to 1.

    Items count as quality times log of the ratio, so that q = 1 - log(log10(firms)) / log(ratio).
    Up to ten firms it is 1; where the division leaves nothing of the ratio it is 0.
    """
    divisor = pl.max_horizontal(pl.lit(1.0), firms.cast(pl.Float64).log10())
    return (1 - divisor.log10() / pl.lit(reference_ratio()).log10()).clip(0, 1).round(4)


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Look for listed parties at each party's addresses, and hold its first day against theirs."""
    taken = (
        parties.taken(db)
        .select("party_name", "entity_id")
        .unique()
        .sort("party_name", "entity_id")
    )
    day = parties.newest_day(db) or BEGINNING
    listed = db.sql(LISTED, params={"day": day}).pl()
    placed = db.sql(PLACED).pl()
    at = houses.addresses(db, placed, taken, listed)
    met = pl.concat([_at_addresses(db, taken, at, listed), _under_numbers(db, listed)])
    spots = taken.join(at, on="entity_id").select("party_name").unique()
    facts = _facts(parties.named(db), spots, _dated(met), is_listed=listed.height > 0)
    own = taken.join(placed, on="entity_id")
    listings = met.select("party_name", "listing_record").unique().join(
        listed, left_on="listing_record", right_on="record_id"
    )  # fmt: skip
    quote = pl.format("{}: {}", "name", "address")
    place = pl.format(
        "{}; {}", parties.listing_quote(), pl.col("address").fill_null("no address")
    )
    sources = pl.concat(
        [
            parties.party_rows(db),
            *(
                parties.cited(own.filter(pl.col("table_name") == t), t, quote)
                for t in own["table_name"].unique().sort()
            ),
            parties.cited(listings, "entity_listing", place),
        ],
        how="diagonal_relaxed",
    )
    return answered(
        CODE, parties.evidence(facts, KIND, "listings", share(CODE, parties.PARTY)), sources
    )


def _at_addresses(
    db: duckdb.DuckDBPyConnection, taken: pl.DataFrame, at: pl.DataFrame, listed: pl.DataFrame
) -> pl.DataFrame:
    """Listings of other organisations at a party's addresses."""
    theirs = at.join(
        listed.select("record_id", "listed_date", "list_code", "name"), on="record_id"
    )
    ours = taken.join(
        at.select("entity_id", "address_key", "level", "firms").unique(), on="entity_id"
    )
    return (
        ours.join(theirs.drop("level", "firms"), on="address_key", suffix="_listed")
        .filter(pl.col("entity_id") != pl.col("entity_id_listed"))
        .join(db.sql(BEGUN).pl(), on="entity_id", how="left")
        .select(
            "party_name", "begun_date", "listed_date", "firms",
            listing_record="record_id", listing=parties.listing_quote(),
            how=pl.format(
                "at one {} ({}; {} firms known there)",
                pl.when(pl.col("level") == "unit").then(pl.lit("floor or room")).otherwise(pl.lit("house")),
                "address", "firms",
            ),
        )
    )  # fmt: skip


def _under_numbers(db: duckdb.DuckDBPyConnection, listed: pl.DataFrame) -> pl.DataFrame:
    """Listings of the organisation a party was taken to be, under a name they do not bear."""
    other: pl.DataFrame = db.sql(OTHER_NAMES).pl()
    return (
        other.join(listed, on="entity_id")
        .select(
            "party_name", "begun_date", "listed_date", firms=pl.lit(1, dtype=pl.UInt32),
            listing_record="record_id", listing=parties.listing_quote(),
            how=pl.lit("as one organisation, under another name"),
        )
    )  # fmt: skip


def _dated(met: pl.DataFrame) -> pl.DataFrame:
    """Each meeting with the least days from a listing or rule to the name's first day."""
    rules = rule_days()
    after_rule = (
        met.select("begun_date").unique().join(rules, how="cross")
        .with_columns(days=(pl.col("begun_date") - pl.col("rule_date")).dt.total_days())
        .filter(pl.col("days") >= 0)
        .sort("begun_date", "days", "rule_id")
        .unique("begun_date", keep="first", maintain_order=True)
        .select("begun_date", rule_after="days", rule="rule_id")
    )  # fmt: skip
    listing_after = (pl.col("begun_date") - pl.col("listed_date")).dt.total_days()
    return (
        met.join(after_rule, on="begun_date", how="left")
        .with_columns(
            listing_after=pl.when(listing_after >= 0).then(listing_after),
        )
        .with_columns(days=pl.min_horizontal("listing_after", "rule_after"))
        .with_columns(
            is_new=(pl.col("days") <= days_after()).fill_null(value=False),
            since=pl.when(pl.col("listing_after") == pl.col("days"))
            .then(pl.lit("its listing"))
            .otherwise(pl.col("rule")),
        )
    )


def _facts(
    named: pl.DataFrame, spots: pl.DataFrame, met: pl.DataFrame, *, is_listed: bool
) -> pl.DataFrame:
    counted = met.group_by("party_name").agg(
        observed=pl.col("listing_record").filter("is_new").n_unique(),
        is_dated=pl.col("begun_date").is_not_null().any(),
    )
    best = met.sort(
        "party_name", "is_new", "firms", "days", "listing_record",
        descending=[False, True, False, False, False], nulls_last=True,
    ).unique("party_name", keep="first", maintain_order=True)  # fmt: skip
    facts = (
        named.join(spots.with_columns(has_spot=pl.lit(value=True)), on="party_name", how="left", maintain_order="left")
        .join(counted, on="party_name", how="left", maintain_order="left")
        .join(best, on="party_name", how="left", maintain_order="left")
        .with_columns(pl.col("observed").fill_null(0))
    )  # fmt: skip
    is_met, is_new = pl.col("listing").is_not_null(), pl.col("observed") >= LEAST
    result = (
        pl.when("is_unnamed")
        .then(pl.lit("not_applicable"))
        .when(pl.lit(not is_listed) | (~is_met & pl.col("has_spot").is_null()))
        .then(pl.lit("no_data"))
        .when(is_new)
        .then(pl.lit("flag"))
        .when(is_met & ~pl.col("is_dated"))
        .then(pl.lit("no_data"))
        .otherwise(pl.lit("no_flag"))
    )
    statement = (
        pl.when("is_unnamed")
        .then(pl.lit("The party is not named, so no address can be looked up."))
        .when(pl.lit(not is_listed))
        .then(pl.lit("No export list is at hand."))
        .when(~is_met & pl.col("has_spot").is_null())
        .then(pl.lit("No register at hand states an address or number of this party."))
        .when(is_new)
        .then(
            pl.format(
                "First on record on {}, {} days after {}, {}: {}.",
                "begun_date", "days", "since", "how", "listing",
            )
        )
        .when(is_met & ~pl.col("is_dated"))
        .then(pl.format("Stands {}: {}; since when is not stated.", "how", "listing"))
        .when(is_met)
        .then(
            pl.format(
                "Stands {}: {}; on record since {}, not within {} days after a listing or rule.",
                "how", "listing", "begun_date", pl.lit(days_after()),
            )
        )
        .otherwise(pl.lit("No listed party is known at its addresses."))
    )  # fmt: skip
    return facts.with_columns(
        result=result,
        statement=statement,
        threshold=pl.lit(LEAST),
        starts_date=pl.when(is_new).then("begun_date"),
        origin_id=pl.lit(None, dtype=pl.String),
        reliability=pl.lit(None, dtype=pl.String),
        quality_share=pl.when(is_new).then(weight_of(pl.col("firms"))).otherwise(1.0),
    )


INDICATOR = Indicator(
    code=CODE,
    family="registry",
    title="A new name at a listed party's address or number",
    unit="listings",
    scope_kinds=(parties.PARTY,),
    reads=(FACILITY_PARTY, ENTITY_LISTING, PARTY_RECORD, PARTY_NAME),
    threshold=float(LEAST),
    benign_causes=(
        "an agent's or business centre's address, shared by many firms",
        "a later tenant of the same floor",
        "a lawful successor, sale or change of name",
        "chance: rules and listings are frequent",
    ),
    compute=compute,
    kinds=(KIND,),
)
