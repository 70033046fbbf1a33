"""Addresses that listings share: every equal text, and a labelled sample of texts that are alike.

The sample (`docs/validation/entities_addresses.csv`) was drawn without the matcher: pairs of
different texts of one country, both with a number, alike by rapidfuzz's token_sort_ratio, forty of
each band of likeness, labelled by hand before the matcher was asked.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from indicia.entities.addresses import keyed, near_addresses
from indicia.entities.validation import splits
from indicia.entities.validation.figures import Share

SAME, DIFFERENT = "same place", "different"
SAMPLE = "entities_addresses.csv"
TOWN_COMMAS, TOWN_WORDS = 2, 5


@dataclass(frozen=True, slots=True)
class Addresses:
    """How many of the shared addresses are found.

    Args:
        equal: Equal texts (but for marks and case) of two listings or more, found.
        towns: Equal texts that name no more than a town or a country, counted apart.
        near: Pairs of the sample that are one place, found near or equal.
        false: Pairs of the sample that are not, found all the same.
        by_band: likeness_pct (lower end of the band), pairs, found: pairs that are one place.
        missed: left_address, right_address, likeness_pct: one place, not found.
    """

    equal: Share
    towns: int
    near: Share
    false: Share
    by_band: pl.DataFrame
    missed: pl.DataFrame


def measured(listed: pl.DataFrame, sample: Path) -> Addresses:
    """Ask the address keys and the near pairs of all listings.

    Args:
        listed: As `files.listings` gives it.
        sample: The labelled pairs.
    """
    each = (
        listed.select(id="listing_key", address="addresses")
        .explode("address")
        .drop_nulls()
        .unique(maintain_order=True)
    )
    keys = _keys(each)
    equal, towns = _equal(each, keys)
    near, false, by_band, missed = _sampled(each, keys, pl.read_csv(sample))
    return Addresses(equal, towns, near, false, by_band, missed)


def _keys(each: pl.DataFrame) -> pl.DataFrame:
    """address, address_key, building_key."""
    return keyed(each).select("address", "address_key", "building_key").unique("address")


def _equal(each: pl.DataFrame, keys: pl.DataFrame) -> tuple[Share, int]:
    told = each.join(keys, on="address", how="left").with_columns(
        text=splits.bare(pl.col("address"))
    )
    key = pl.col("address_key")
    shared = (
        told.group_by("text")
        .agg(
            listings=pl.col("id").n_unique(),
            is_one=(key.n_unique() == 1) & key.is_not_null().all(),
            is_town=~pl.col("text").first().str.contains(r"\d")
            & (pl.col("address").first().str.count_matches(",") <= TOWN_COMMAS)
            & (pl.col("text").first().str.count_matches(" ") < TOWN_WORDS),
        )
        .filter(pl.col("listings") > 1)
    )
    street = shared.filter(~pl.col("is_town"))
    return Share(int(street["is_one"].sum()), street.height), shared.height - street.height


def _sampled(
    each: pl.DataFrame, keys: pl.DataFrame, sample: pl.DataFrame
) -> tuple[Share, Share, pl.DataFrame, pl.DataFrame]:
    near = near_addresses(each)
    sides = ("left", "right")
    for side in sides:
        named = {c: f"{side}_{c}" for c in ("address", "address_key", "building_key")}
        near = near.join(keys.rename(named), on=f"{side}_address", how="left")
        sample = sample.join(keys.rename(named), on=f"{side}_address", how="left")
    found = near.select(pair=_pair("left_address_key", "right_address_key"))
    asked = sample.with_columns(
        pair=_pair("left_address_key", "right_address_key")
    ).with_columns(
        is_found=pl.col("pair").is_in(found["pair"].to_list())
        | (pl.col("left_address_key") == pl.col("right_address_key"))
        | (pl.col("left_building_key") == pl.col("right_building_key")),
    )
    asked = asked.with_columns(pl.col("is_found").fill_null(value=False))
    same = asked.filter(pl.col("label") == SAME)
    other = asked.filter(pl.col("label") == DIFFERENT)
    band = pl.min_horizontal(pl.col("likeness_pct") // 5 * 5, pl.lit(95))
    by_band = same.group_by(likeness_pct=band).agg(
        pairs=pl.len(), found=pl.col("is_found").sum()
    )
    missed = same.filter(~pl.col("is_found")).select(sample.columns[:3])
    return (
        Share(int(same["is_found"].sum()), same.height),
        Share(int(other["is_found"].sum()), other.height),
        by_band.sort("likeness_pct"),
        missed.sort("left_address", "right_address"),
    )


def _pair(one: str, other: str) -> pl.Expr:
    first, last = pl.min_horizontal(one, other), pl.max_horizontal(one, other)
    return pl.concat_str(first, pl.lit(" | "), last)
