"""Opaque ownership: shares resolved below half, a chain through secrecy jurisdictions, or a listed minority.

Unit: marks (of three). Reads: facility_party, entity_link, entity_listing, resolved records.
Benign causes: tax planning, listed shares in free float, a fund, a register that states no shares.
Method: docs/indicators/E05.md.
"""

import duckdb
import polars as pl

from indicia.entities.graph import climb, listed_owners, relations
from indicia.indicators import parties
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.detectability import share
from indicia.indicators.listed_affiliate import BEGINNING, UP, control_share
from indicia.indicators.listed_party import EXPORT_LISTS
from indicia.reference import tables
from indicia.schema import ENTITY_LINK, ENTITY_LISTING, FACILITY_PARTY, PARTY_RECORD

CODE = "E05"
KIND = "ownership_opaque"
LEAST = 1


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Count the marks of opaque ownership of each party whose owners a register states."""
    day = parties.newest_day(db) or BEGINNING
    bounds = tables.settings()["ownership"]
    taken = parties.taken(db).select("party_name", "entity_id").unique()
    up = relations(db, day).filter(pl.col("kind").is_in(UP))
    owners = taken.join(up, on="entity_id").sort("party_name", "entity_id", "row_key", "source")
    above = taken.join(climb(db, day, taken.select("entity_id").unique()), on="entity_id")
    listed = listed_owners(db, day, EXPORT_LISTS)
    facts = _facts(
        parties.named(db),
        owners.group_by("party_name", "entity_id").agg(
            resolved=pl.when(pl.col("share").is_not_null().all()).then(
                pl.struct("other_id", "share").unique().struct.field("share").sum()
            ),
            origin_id=pl.col("origin_id").min(),
            reliability=pl.col("reliability").max(),
            since=pl.col("starts_date").max(),
        ),
        _havens(above),
        listed.owned.filter("is_stated").select("entity_id", "listed_share"),
        bounds["secrecy_jurisdictions_at_least"],
        bounds["minority_share"],
    )
    listings = taken.join(listed.hops.select("entity_id", "listing_id").unique(), on="entity_id").join(
        listed.listings, left_on="listing_id", right_on="entity_id"
    )  # fmt: skip
    place = pl.format(
        "{} ({})", parties.relation_quote(), pl.col("countries").list.join(";").fill_null("country not stated")
    )  # fmt: skip
    sources = pl.concat(
        [
            parties.party_rows(db),
            parties.cited(owners, "entity_link", parties.relation_quote()),
            parties.cited(above.filter(pl.col("hop_no") > 1), "entity_link", place),
            parties.cited(listings, "entity_listing", parties.listing_quote()),
        ],
        how="diagonal_relaxed",
    )
    return answered(
        CODE, parties.evidence(facts, KIND, "marks", share(CODE, parties.PARTY)), sources
    )


def _havens(above: pl.DataFrame) -> pl.DataFrame:
    """Per organisation the secrecy jurisdictions its owners are in."""
    codes = tables.table("secrecy_jurisdictions")["iso2"]
    return (
        above.select("party_name", "entity_id", iso2=pl.col("countries"))
        .explode("iso2", keep_nulls=False, empty_as_null=False)
        .filter(pl.col("iso2").is_in(codes.implode()))
        .group_by("party_name", "entity_id")
        .agg(havens=pl.col("iso2").unique().sort())
    )


def _facts(
    named: pl.DataFrame,
    owners: pl.DataFrame,
    havens: pl.DataFrame,
    listed: pl.DataFrame,
    least_havens: int,
    minority: float,
) -> pl.DataFrame:
    keys = ["party_name", "entity_id"]
    half = control_share()
    marked = (
        owners.join(havens, on=keys, how="left")
        .join(listed, on="entity_id", how="left")
        .with_columns(pl.col("havens").fill_null([]))
        .with_columns(
            is_unresolved=(pl.col("resolved") < half).fill_null(value=False),
            is_hidden=pl.col("havens").list.len() >= least_havens,
            is_minority=pl.col("listed_share").is_between(minority, half, closed="left")
            .fill_null(value=False),
        )
    )  # fmt: skip
    marks = ("is_unresolved", "is_hidden", "is_minority")
    said = pl.concat_str(
        pl.when("is_unresolved").then(
            pl.format("owners stated hold {} % in all", (pl.col("resolved") * 100).round(2))
        ),
        pl.when("is_hidden").then(
            pl.format("the chain of owners passes through {}", pl.col("havens").list.join(", "))
        ),
        pl.when("is_minority").then(
            pl.format("listed owners hold {} %", (pl.col("listed_share") * 100).round(2))
        ),
        separator="; ",
        ignore_nulls=True,
    )
    most = (
        marked.with_columns(observed=pl.sum_horizontal(marks), said=said)
        .sort("party_name", "observed", "entity_id", descending=[False, True, False])
        .unique("party_name", keep="first", maintain_order=True)
    )
    facts = named.join(most, on="party_name", how="left", maintain_order="left")
    is_marked = pl.col("observed") >= LEAST
    result = (
        pl.when("is_unnamed")
        .then(pl.lit("not_applicable"))
        .when(pl.col("entity_id").is_null())
        .then(pl.lit("no_data"))
        .when(is_marked)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    statement = (
        pl.when("is_unnamed")
        .then(pl.lit("The party is not named, so it has no owner to look up."))
        .when(pl.col("entity_id").is_null())
        .then(pl.lit("No register at hand states an owner of this party."))
        .when(is_marked)
        .then(pl.format("Ownership is not clear: {}.", "said"))
        .when(pl.col("resolved").is_null())
        .then(pl.lit("A parent is stated, without a share; its chain shows none of the marks."))
        .otherwise(
            pl.format(
                "Owners stated hold {} % in all; none of the marks.",
                (pl.col("resolved") * 100).round(2),
            )
        )
    )
    return facts.with_columns(
        result=result,
        statement=statement,
        threshold=pl.lit(LEAST),
        starts_date=pl.when(is_marked).then("since"),
        quality_share=pl.lit(1.0),
    )


INDICATOR = Indicator(
    code=CODE,
    family="registry",
    title="The ownership of a party is not clear",
    unit="marks",
    scope_kinds=(parties.PARTY,),
    reads=(FACILITY_PARTY, ENTITY_LINK, ENTITY_LISTING, PARTY_RECORD),
    threshold=float(LEAST),
    benign_causes=(
        "tax planning, common among owners of property and ships",
        "shares in free float or held by funds",
        "a register that states parents and no shares",
        "an owner in a financial centre that is simply at home there",
    ),
    compute=compute,
    kinds=(KIND,),
)
