"""Listed affiliate: an owner of half or more, or a parent, is on an export list.

Unit: share held by listed owners. Reads: facility_party, entity_link, entity_listing, resolved records.
Benign causes: a lawful subsidiary, a sold stake, a listing with a narrow scope, a register out of date.
Method: docs/indicators/E04.md.
"""

from datetime import date

import duckdb
import polars as pl

from indicia.entities.graph import Listed, listed_owners, relations
from indicia.indicators import parties
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.listed_party import EXPORT_LISTS
from indicia.reference import tables
from indicia.schema import ENTITY_LINK, ENTITY_LISTING, FACILITY_PARTY, PARTY_RECORD

CODE = "E04"
KIND = "listed_party_address_or_owner"
UP = ("direct parent", "ultimate parent", "branch of")
BEGINNING = date(1, 1, 1)


def control_share() -> float:
    """The share from which on an owner controls."""
    return float(tables.settings()["ownership"]["control_share"])


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Add up what listed organisations own of each party, through those they control."""
    day = parties.newest_day(db) or BEGINNING
    taken = parties.taken(db).select("party_name", "entity_id").unique()
    listed = listed_owners(db, day, EXPORT_LISTS)
    stated = relations(db, day).filter(pl.col("kind").is_in(UP)).select("entity_id").unique()
    known = taken.join(stated.with_columns(is_owned=pl.lit(value=True)), on="entity_id")
    facts = _facts(parties.named(db), known, listed, day)
    hops = _hops(taken, listed)
    listings = taken.join(listed.hops.select("entity_id", "listing_id").unique(), on="entity_id").join(
        listed.listings, left_on="listing_id", right_on="entity_id"
    )  # fmt: skip
    seen = known.join(relations(db, day).filter(pl.col("kind").is_in(UP)), on="entity_id")
    sources = pl.concat(
        [
            parties.party_rows(db),
            parties.cited(hops, "entity_link", parties.relation_quote()),
            parties.cited(seen, "entity_link", parties.relation_quote()),
            parties.cited(listings, "entity_listing", parties.listing_quote()),
        ],
        how="diagonal_relaxed",
    )
    return answered(
        CODE, parties.evidence(facts, KIND, "share", share(CODE, parties.PARTY)), sources
    )


def _hops(taken: pl.DataFrame, listed: Listed) -> pl.DataFrame:
    """Every hop from a party up to a listed owner."""
    return taken.join(listed.hops, on="entity_id").sort("party_name", "entity_id", "hop_no")


def _facts(named: pl.DataFrame, known: pl.DataFrame, listed: Listed, day: date) -> pl.DataFrame:
    """Per party the organisation of it of which listed ones hold most, with the way up in words."""
    first = listed.listings.unique("entity_id", keep="first", maintain_order=True)
    way = (
        _hops(known, listed)
        .group_by("party_name", "entity_id", maintain_order=True)
        .agg(
            way=parties.relation_quote().str.join(", then "),
            listing_id=pl.col("listing_id").first(),
            since=pl.col("starts_date").max(),
            link_reliability=pl.col("reliability").max(),
        )
        .join(
            first.select(
                "listed_date", "origin_id", "reliability",
                listing_id="entity_id", listing=parties.listing_quote(),
            ),
            on="listing_id",
        )
    )  # fmt: skip
    most = (
        known.join(listed.owned, on="entity_id", how="left")
        .with_columns(observed=pl.col("listed_share").fill_null(0.0))
        .join(way, on=["party_name", "entity_id"], how="left")
        .sort("party_name", "observed", "entity_id", descending=[False, True, False])
        .unique("party_name", keep="first", maintain_order=True)
    )
    facts = named.join(most, on="party_name", how="left", maintain_order="left")
    is_held = pl.col("observed") >= control_share()
    no_list = listed.listings.is_empty()
    result = (
        pl.when("is_unnamed")
        .then(pl.lit("not_applicable"))
        .when(pl.lit(no_list) | pl.col("is_owned").is_null())
        .then(pl.lit("no_data"))
        .when(is_held)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    told = pl.format(
        "{} %{}",
        (pl.col("observed") * 100).round(2),
        pl.when("is_stated")
        .then(pl.lit(""))
        .otherwise(pl.lit(" at least (a share is not stated)")),
    )
    statement = (
        pl.when("is_unnamed")
        .then(pl.lit("The party is not named, so it has no owner to look up."))
        .when(pl.lit(no_list))
        .then(pl.lit("No export list is at hand."))
        .when(pl.col("is_owned").is_null())
        .then(pl.lit("No register at hand states an owner of this party."))
        .when(pl.col("observed") > 0)
        .then(
            pl.format(
                "Listed owners hold {} on {}, by way of: {}; {}.",
                told, pl.lit(day.isoformat()), "way", "listing",
            )
        )
        .otherwise(pl.format("No owner stated on {} is listed.", pl.lit(day.isoformat())))
    )  # fmt: skip
    return facts.with_columns(
        result=result,
        statement=statement,
        threshold=pl.lit(control_share()),
        starts_date=pl.when(is_held).then(pl.max_horizontal("listed_date", "since")),
        reliability=pl.max_horizontal("reliability", "link_reliability"),
        quality_share=pl.lit(1.0),
    )


INDICATOR = Indicator(
    code=CODE,
    family="registry",
    title="An owner of half or more is on an export list",
    unit="share",
    scope_kinds=(parties.PARTY,),
    reads=(FACILITY_PARTY, ENTITY_LINK, ENTITY_LISTING, PARTY_RECORD),
    threshold=0.5,
    benign_causes=(
        "a subsidiary that trades lawfully and is not itself listed",
        "a stake sold since the register was read",
        "a listing whose scope leaves subsidiaries out",
        "an owner without a say in what is run there",
    ),
    compute=compute,
    kinds=(KIND,),
)
