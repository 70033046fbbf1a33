"""The name one organisation is shown by, whichever of its names a publisher uses."""

import polars as pl

from indicia.reference import tables


def shown(name: pl.Expr) -> pl.Expr:
    """The organisation behind a published name; a name of which nothing is known stays as it is."""
    known = tables.table("organisation_names")
    return name.str.strip_chars().replace(
        known["published"].to_list(), known["organisation"].to_list()
    )


def is_known(name: pl.Expr) -> pl.Expr:
    """Whether a name is one that the reference table shows an organisation by."""
    return name.is_in(tables.table("organisation_names")["organisation"].unique().to_list())
