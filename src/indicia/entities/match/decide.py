"""What follows when two names meet: country and address beside the name, a decision, and a sentence.

Nothing is `same` on a name alone: it needs a registry id, or the same name of its own with a country or
an address that agrees, or a very similar one with the same address.
"""

from typing import Any

import polars as pl

from indicia.entities.names import needs_country
from indicia.reference import tables

AGREES, UNKNOWN, DIFFERS = "agrees", "not stated", "differs"
# One state, three customs territories: a party of one is often written under another.
CHINA = ("HK", "MO")
GENERIC_LOSS, DIFFERS_LOSS, OTHER_NAMES_LOSS = 0.2, 0.1, 0.1
OTHER_NAMES = "another name of both"
MOST = {"similar name": 0.99, "romanised name": 0.95, "alias table": 0.95}
RANK = {
    "registry id": 0,
    "same name": 1,
    "same alias": 2,
    "similar name": 3,
    "romanised name": 4,
    "alias table": 5,
}


def countries(column: str) -> pl.Expr:
    """Codes joined by `;` (or `|`) as a list; Hong Kong and Macao count as China too."""
    codes = (
        pl.col(column).fill_null("").str.to_uppercase().str.replace_all(r"[|,\s]+", ";")
    ).str.split(";")
    known = codes.list.eval(pl.element().filter(pl.element() != ""))
    is_china = known.list.set_intersection(list(CHINA)).list.len() > 0
    return (
        pl.when(is_china).then(known.list.concat(pl.lit(["CN"]))).otherwise(known).list.unique()
    )


def country_evidence() -> pl.Expr:
    """Whether the countries of both sides agree, differ, or one states none."""
    left, right = pl.col("left_countries"), pl.col("right_countries")
    is_known = (left.list.len() > 0) & (right.list.len() > 0)
    shared = left.list.set_intersection(right).list.len() > 0
    return (
        pl.when(~is_known)
        .then(pl.lit(UNKNOWN))
        .when(shared)
        .then(pl.lit(AGREES))
        .otherwise(pl.lit(DIFFERS))
    )


def settings() -> dict[str, Any]:
    """data/reference/name_limits.toml."""
    return tables.toml("name_limits")


def decided(met: pl.DataFrame, limits: dict[str, Any]) -> pl.DataFrame:
    """Add decision, score_share, features and why; pairs that are not worth showing are left out.

    Args:
        met: left_id, right_id, method, score, form (of the left name), left_value, right_value, words,
            letters, left_rest, right_rest, note, left_countries, right_countries, left_addresses,
            right_addresses.
        limits: As `settings()`.
    """
    shared = pl.col("left_addresses").list.set_intersection(pl.col("right_addresses"))
    facts = met.with_columns(
        country=country_evidence(),
        is_address_shared=shared.list.len().fill_null(0) > 0,
        is_generic=needs_country(pl.col("form")),
    )
    is_id = pl.col("method") == "registry id"
    is_equal = pl.col("method").is_in(["same name", "same alias"])
    agrees, differs = pl.col("country") == AGREES, pl.col("country") == DIFFERS
    is_backed = agrees | pl.col("is_address_shared")
    most = pl.col("method").replace_strict(MOST, default=1.0, return_dtype=pl.Float64)
    score = (
        pl.when(is_id)
        .then(1.0)
        .otherwise(
            pl.col("score")
            - GENERIC_LOSS * (is_equal & pl.col("is_generic") & ~is_backed).cast(pl.Float64)
            - OTHER_NAMES_LOSS
            * (pl.col("note") == OTHER_NAMES).fill_null(value=False).cast(pl.Float64)
            - DIFFERS_LOSS
            * (is_equal & differs & ~pl.col("is_address_shared")).cast(pl.Float64)
        )
    )
    is_same = (
        is_id
        | (is_equal & is_backed & ~pl.col("is_generic") & (pl.col("note") != OTHER_NAMES))
        | (is_equal & agrees & pl.col("is_address_shared"))
        | (
            pl.col("is_address_shared")
            & ~differs
            & (pl.col("method") != "alias table")
            & (pl.col("score") >= limits["same"]["fuzzy_with_address"])
        )
    )
    least = (
        pl.when(is_equal)
        .then(0.0)
        .when(pl.col("method") == "romanised name")
        .then(_least(limits["romanised"]))
        .otherwise(_least(limits["shown"]))
    )
    is_worth = is_same | (
        (pl.col("score") >= least) & ~(is_equal & pl.col("is_generic") & differs)
    )
    return (
        facts.filter(is_worth)
        .with_columns(
            decision=pl.when(is_same).then(pl.lit("same")).otherwise(pl.lit("possible")),
            score_share=pl.min_horizontal(score, most).clip(0.0, 1.0),
        )
        .with_columns(why=_why(), features=_features())
    )


def _least(limits: dict[str, float]) -> pl.Expr:
    return (
        pl.when((pl.col("country") == AGREES) | pl.col("is_address_shared"))
        .then(limits["country_agrees"])
        .when(pl.col("country") == DIFFERS)
        .then(limits["country_differs"])
        .otherwise(limits["country_unknown"])
    )


def _why() -> pl.Expr:
    how = (
        pl.when(pl.col("method") == "registry id")
        .then(pl.lit("Both carry the same registry id"))
        .when(pl.col("method") == "same name")
        .then(pl.lit("The same name once spelling and legal form are made comparable"))
        .when(pl.col("method") == "same alias")
        .then(pl.lit("A name of the one is another name of the other"))
        .when(pl.col("method") == "alias table")
        .then(pl.lit("A table of other names knows both"))
        .when(pl.col("method") == "romanised name")
        .then(pl.lit("A Chinese name that reads like the Latin one"))
        .otherwise(pl.lit("Similar names"))
    )
    rest = (
        pl.when(
            (pl.col("left_rest").fill_null("") != "")
            | (pl.col("right_rest").fill_null("") != "")
        )
        .then(
            pl.format(
                "; only on the left: {}; only on the right: {}",
                pl.col("left_rest").fill_null("").replace("", "nothing"),
                pl.col("right_rest").fill_null("").replace("", "nothing"),
            )
        )
        .otherwise(pl.lit(""))
    )
    note = (
        pl.when(pl.col("note").fill_null("") != "")
        .then(pl.format(" ({})", "note"))
        .otherwise(pl.lit(""))
    )
    generic = (
        pl.when(pl.col("is_generic") & (pl.col("method") != "registry id"))
        .then(pl.lit("; the name is short or common"))
        .otherwise(pl.lit(""))
    )
    address = (
        pl.when("is_address_shared")
        .then(pl.lit("; an address is shared"))
        .otherwise(pl.lit(""))
    )
    return pl.concat_str(
        how, note, rest, generic, pl.format("; country {}", "country"), address, pl.lit(".")
    )


def _features() -> pl.Expr:
    return pl.struct(
        "country",
        "is_address_shared",
        "is_generic",
        pl.col("words").round(3),
        pl.col("letters").round(3),
        "left_rest",
        "right_rest",
        "note",
    ).struct.json_encode()
