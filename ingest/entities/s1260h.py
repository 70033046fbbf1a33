"""A hand-made table of the Section 1260H list to `entity_listing`, with who is named under whom.

One row of the CSV is one subsidiary under its parent; a parent without one has an empty name. The
list holds companies only, so nothing is removed before archiving.
"""

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import (
    ENTITY_LINK,
    ENTITY_LISTING,
    ENTITY_NAME,
    ENTITY_RECORD,
    short_hash,
)
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, require

NAME = "entities/s1260h"
LIST = "1260H"
COLUMNS = ("parent", "name", "former_name", "short_name")
CITATION = (
    "Section 1260H, National Defense Authorization Act for Fiscal Year 2021; hand-made copy"
)
KINDS = {"name": "label", "former_name": "previous", "short_name": "abbreviation"}


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Listings of parents and subsidiaries, their names, and the relation between them.

    Raises:
        SourceChangedError: No CSV with the four columns, or no row with a parent.
    """
    place = fetch.file_name
    rows = csv_rows(NAME, place, body)
    require(NAME, place, rows, COLUMNS, "Name the columns as in the definition of this source")
    tidy = pl.col(COLUMNS).str.replace_all(r"\s+", " ")
    sieve = Sieve(place, rows.select("row", *COLUMNS).with_columns(tidy))
    sieve.drop(pl.col("parent").is_null(), "no parent", "parent", "the company as listed")
    has_names = pl.any_horizontal(pl.col("former_name", "short_name").is_not_null())
    sieve.drop(
        pl.col("name").is_null() & has_names, "no name", "name", "a name beside its former or short name"
    )  # fmt: skip
    sieve.drop_repeats(("parent", "name"), "Nothing: the first of the rows is kept")
    if sieve.frame.is_empty():
        raise SourceChangedError(NAME, place, "rows with a parent", "none")
    frame = sieve.frame
    parents = frame.select(name="parent").unique(maintain_order=True)
    empty = [pl.lit(None, pl.String).alias(c) for c in ("former_name", "short_name")]
    listed = pl.concat(
        [
            parents.with_columns(empty),
            frame.filter(pl.col("name").is_not_null()).select(COLUMNS[1:]),
        ]
    )
    whole = listed.group_by("name", maintain_order=True).agg(
        *(_together(c) for c in ("former_name", "short_name"))
    )
    ids = {name: short_hash(LIST, name) for name in whole["name"]}
    keyed = whole.with_columns(key=pl.col("name").replace_strict(ids, return_dtype=pl.String))
    named = keyed.with_columns(record_id=_record_id(pl.col("key")))
    aliases = pl.concat_str("former_name", "short_name", separator="; ", ignore_nulls=True)
    listings = named.select(
        "name",
        list_code=pl.lit(LIST),
        listing_key="key",
        aliases=pl.when(aliases != "").then(aliases),
        citation=pl.lit(CITATION),
    )
    names = pl.concat(
        [
            named.select("record_id", name=pl.col(c).str.split("; "), kind=pl.lit(kind))
            .explode("name")
            .filter(pl.col("name").is_not_null())
            for c, kind in KINDS.items()
        ]
    )
    own = pl.col("name").is_not_null() & (pl.col("name") != pl.col("parent"))
    links = frame.filter(own).select(
        *(
            _record_id(pl.col(c).replace_strict(ids, return_dtype=pl.String)).alias(to)
            for c, to in (("name", "record_id"), ("parent", "other_id"))
        ),
        kind=pl.lit("related"),
    )
    return Parsed(
        {
            ENTITY_LISTING.name: ENTITY_LISTING.fit(listings),
            ENTITY_RECORD.name: ENTITY_RECORD.fit(named.select("record_id", "name")),
            ENTITY_NAME.name: ENTITY_NAME.fit(names.unique(maintain_order=True)),
            ENTITY_LINK.name: ENTITY_LINK.fit(links.unique(maintain_order=True)),
        },
        rows.height,
        tuple(sieve.rejections),
    )


def _together(column: str) -> pl.Expr:
    joined = pl.col(column).drop_nulls().unique(maintain_order=True).str.join("; ")
    return pl.when(joined != "").then(joined).alias(column)


def _record_id(key: pl.Expr) -> pl.Expr:
    return pl.format("{}:{}", pl.lit(LIST), key)
