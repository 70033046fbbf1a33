"""Organisations that a table knows under several names: two names of one of them meet through it."""

from functools import cache

import polars as pl

from indicia.entities.match import words
from indicia.entities.match.forms import Names, prepare, simplified
from indicia.reference import tables

TABLE = "organisation_aliases"
# Both names stand in the table; or a Chinese name is a brand of one organisation of it alone, with no place
# and no trade but those of that organisation's names.
IN_TABLE, BY_BRAND = 0.95, 0.84


def scored(queries: Names, targets: Names) -> pl.DataFrame:
    """Pairs of name numbers that the table puts under one organisation: left, right, score, note."""
    left, right = _organisations(queries), _organisations(targets)
    return (
        left.rename({"number": "left"})
        .join(right.rename({"number": "right"}), on="organisation", suffix="_right")
        .sort("left", "right", "organisation")
        .unique(["left", "right"], keep="first", maintain_order=True)
        .select(
            "left",
            "right",
            score=pl.min_horizontal("score", "score_right"),
            note=pl.format("both are names of {}, {}", "organisation", "source_url"),
        )
    )


def _organisations(names: Names) -> pl.DataFrame:
    """The organisation of each name that the table knows: number, organisation, source_url, score."""
    table = _table()
    asked = _plain(names)
    by_form = asked.join(
        table.select("plain", "organisation", "source_url").unique(), on="plain"
    )
    brands = table.filter(pl.col("plain") == pl.col("brand"))
    by_brand = (
        asked.join(by_form.select("number"), on="number", how="anti")
        .join(brands, on="brand", suffix="_known")
        .filter(_agrees("places"), _agrees("trades"))
    )
    return pl.concat(
        rows.select("number", "organisation", "source_url", score=pl.lit(score))
        for rows, score in ((by_form, IN_TABLE), (by_brand, BY_BRAND))
    )


def _agrees(what: str) -> pl.Expr:
    """Nothing is said, or something that one of the organisation's names says too."""
    said = pl.col(what)
    return (said.list.len() == 0) | (
        said.list.set_intersection(pl.col(f"{what}_known")).list.len() > 0
    )


@cache
def _table() -> pl.DataFrame:
    """Every name of the table: plain, brand, organisation, source_url, places and trades of all its names."""
    rows = tables.table(TABLE)
    spelled = rows.select(
        id="organisation", name=pl.concat_list(pl.col("names").str.split(";"), "organisation")
    ).explode("name", keep_nulls=False, empty_as_null=False)
    names = _plain(prepare(spelled)).rename({"id": "organisation"})
    said = names.group_by("organisation").agg(
        pl.col("places", "trades").list.explode().unique()
    )
    return (
        names.drop("places", "trades")
        .join(said, on="organisation")
        .join(rows.select("organisation", "source_url"), on="organisation")
        .filter(pl.col("organisation").n_unique().over("plain") == 1)
        .sort("organisation", "number")
    )


def _plain(names: Names) -> pl.DataFrame:
    """Comparable forms in simplified characters: id, number, plain, brand, places, trades."""
    told = names.names.select("id", "number", "form", "is_han", "brand")
    han = told.filter("is_han")
    both = (told.filter(~pl.col("is_han")), han.with_columns(form=simplified(han["form"])))
    kind = names.tokens.join(han.select("number"), on="number", how="semi")
    said = kind.group_by("number").agg(
        places=pl.col("word").filter(pl.col("kind") == words.PLACE),
        trades=pl.col("word").filter(pl.col("kind") == words.TRADE),
    )
    return (
        pl.concat(both)
        .join(said, on="number", how="left")
        .select(
            "id",
            "number",
            "brand",
            pl.col("places", "trades").fill_null([]),
            plain="form",
        )
    )
