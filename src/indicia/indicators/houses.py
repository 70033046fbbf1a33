"""The houses, floors and rooms of parties and listings, and how many firms are known at each."""

import duckdb
import polars as pl

from indicia.entities.addresses import keyed
from indicia.entities.addresses.words import GENERIC, SPELLED_OUT

# Of a register of millions only what may stand at a shared address is spelled out and counted.
OTHERS = """
SELECT entity_id, record_id AS id, address FROM party_record
WHERE regexp_matches(replace(lower(strip_accents(address)), chr(39), ''), $words)
"""


def addresses(
    db: duckdb.DuckDBPyConnection,
    placed: pl.DataFrame,
    taken: pl.DataFrame,
    listed: pl.DataFrame,
) -> pl.DataFrame:
    """Addresses of parties and listings that name a house, and how many firms are known at each.

    Args:
        db: A connection that shows party_record.
        placed: Records with record_id, entity_id and address.
        taken: Parties with their entity_id.
        listed: Listings with their record_id.

    Returns:
        entity_id, record_id, address, address_key, level, firms (organisations of every source with
        that key, a lower bound of those that stand there).
    """
    single = keyed(placed.select("address", id="record_id")).filter(pl.col("level") != "place")
    known = single.rename({"id": "record_id"}).join(
        placed.select("record_id", "entity_id"), on="record_id"
    )
    ours = known.join(taken, on="entity_id", how="semi")["address_key"]
    theirs = known.join(listed, on="record_id", how="semi")["address_key"]
    both = known.select("address_key").unique().filter(
        pl.col("address_key").is_in(ours.implode()) & pl.col("address_key").is_in(theirs.implode())
    )  # fmt: skip
    here = pl.col("entity_id").n_unique().over("address_key")
    return known.join(_firms(db, both), on="address_key", how="left").select(
        "entity_id", "record_id", "address", "address_key", "level",
        firms=pl.max_horizontal("firms", here),
    )  # fmt: skip


def _firms(db: duckdb.DuckDBPyConnection, both: pl.DataFrame) -> pl.DataFrame:
    """address_key and firms: organisations of every source at each of some addresses."""
    tokens = pl.col("address_key").str.split(" ")
    plain = pl.element().str.contains(r"^(?:\p{L}+|\d+)$")  # as written in the text itself
    telling = pl.element().filter(
        plain & ~pl.element().is_in([*GENERIC, *SPELLED_OUT.values()])
    )
    longest = tokens.list.eval(telling.sort_by(telling.str.len_chars(), telling)).list.last()
    number = pl.col("address_key").str.extract(r"(\d+)")
    words = both.select(word=longest.fill_null(number).str.escape_regex())["word"]
    words = words.drop_nulls().unique().sort()
    none = pl.DataFrame(schema={"address_key": pl.String, "firms": pl.UInt32})
    if words.is_empty():
        return none
    others = db.sql(OTHERS, params={"words": "|".join(words)}).pl()
    at = keyed(others.select("id", "address")).join(others.select("id", "entity_id"), on="id")
    return (
        at.join(both, on="address_key", how="semi")
        .group_by("address_key")
        .agg(firms=pl.col("entity_id").n_unique())
    )
