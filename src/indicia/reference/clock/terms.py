"""Review policy and licence exceptions of what needs a licence."""

import polars as pl

from indicia.reference.clock.groups import Places
from indicia.reference.clock.rules import Rulebook

NONE = "none"
# Reviews under which a licence was hardly to be had; under any other a lawful route stood open.
CLOSED = ("presumption of denial", "licence required")


def qualified(
    yes: pl.DataFrame, regime: str, verdict: pl.DataFrame, book: Rulebook, place: Places
) -> pl.DataFrame:
    """Find, per decision, the first term of each kind that fits.

    Args:
        yes: key, chip_row, period, destination_class, hq_class, decided_by, eccn, dc_marketed.
        regime: Reading asked for.
        verdict: What each test says of each part.
        book: Rules to apply.
        place: Classes of countries under these rules.

    Returns:
        key, review_policy, exceptions (null: none).
    """
    terms = (
        book.in_period(book.terms, "valid_from", "valid_until")
        .filter(pl.col("regimes").str.split("|").list.contains(regime))
        .with_columns(pl.col("decided_by").str.split("|"))
        .explode("decided_by")
        .rename({"eccn": "of_eccn", "dc_marketed": "of_dc_marketed"})
    )
    in_scope = place.scopes.select("place_class", "scope", "is_in")
    fit = (
        yes.select(
            "key", "chip_row", "period", "destination_class", "hq_class", "decided_by", "eccn",
            "dc_marketed",
        )
        .join(terms, on=["period", "decided_by"])
        .filter(pl.col("of_eccn").is_null() | (pl.col("of_eccn") == pl.col("eccn")))
        .join(
            verdict.select("chip_row", "test", "is_controlled", lacking="missing"),
            on=["chip_row", "test"],
            how="left",
        )
        .join(
            in_scope.rename({"is_in": "is_there"}),
            left_on=["destination_class", "destination_scope"],
            right_on=["place_class", "scope"],
            how="left",
        )
        .join(
            in_scope.rename({"is_in": "is_theirs"}),
            left_on=["hq_class", "hq_scope"],
            right_on=["place_class", "scope"],
            how="left",
        )
        .with_columns(by_place=_by_place(), by_part=_by_part())
        .with_columns(fits=pl.col("by_place") & pl.col("by_part"))
        .filter(pl.col("fits").fill_null(value=True))
        .sort("key", "priority")
        .unique(["key", "kind"], keep="first", maintain_order=True)
    )  # fmt: skip
    said = fit.select(
        "key",
        "kind",
        said=pl.when("fits")
        .then(pl.col("says").replace(NONE, None))
        .otherwise(pl.format("not known: depends on {}", _lacking())),
    )
    return said.group_by("key").agg(
        review_policy=pl.col("said").filter(pl.col("kind") == "review").first(),
        exceptions=pl.col("said").filter(pl.col("kind") == "exception").first(),
    )


def _by_place() -> pl.Expr:
    is_there, is_theirs = pl.col("is_there"), pl.col("is_theirs")
    no_destination = pl.col("destination_scope").is_null()
    return (
        pl.when(no_destination & pl.col("hq_scope").is_null())
        .then(pl.lit(value=True))
        .when(pl.col("hq_scope").is_null())
        .then(is_there)
        .when(no_destination)
        .then(is_theirs)
        .when(pl.col("scopes_join") == "both")
        .then(is_there & is_theirs)
        .otherwise(is_there | is_theirs)
    )


def _by_part() -> pl.Expr:
    marketed = (
        pl.when(pl.col("of_dc_marketed").is_null())
        .then(pl.lit(value=True))
        .otherwise(pl.col("dc_marketed") == pl.col("of_dc_marketed"))
    )
    by_test = (
        pl.when(pl.col("test").is_null())
        .then(pl.lit(value=True))
        .otherwise(pl.col("is_controlled"))
    )
    return marketed & by_test


def _lacking() -> pl.Expr:
    return (
        pl.when(pl.col("by_place").is_null())
        .then(pl.lit("headquarters"))
        .when(pl.col("dc_marketed").is_null() & pl.col("of_dc_marketed").is_not_null())
        .then(pl.lit("dc_marketed"))
        .otherwise(pl.col("lacking").list.join(", "))
    )
