"""Which scopes a country lies in, period by period; many countries share one class of answers."""

from dataclasses import dataclass
from functools import cache

import polars as pl

from indicia.errors import ReferenceTableError
from indicia.reference.clock.rules import OTHER_REGIME, Rulebook

ANYWHERE = "*"
NOWHERE_KNOWN = 0


@dataclass(frozen=True, eq=False)
class Places:
    """Classes of countries.

    Attributes:
        class_of: Class of each country and period, at `country * periods + period`, where the
            country after the last one is the unknown one.
        scopes: One row per class and scope: `place_class`, `scope`, `is_in` (null: not known).
        is_other: One row per class: whether another control regime decides there.
    """

    class_of: pl.Series
    scopes: pl.DataFrame
    is_other: pl.DataFrame


@cache
def places(book: Rulebook) -> Places:
    """Put every country of a rulebook into its class, for every period."""
    _check(book)
    everywhere = pl.DataFrame({"iso2": book.countries}).with_row_index("country")
    every = everywhere.join(
        pl.DataFrame({"period": range(len(book.starts) + 1)}, schema={"period": pl.Int64}),
        how="cross",
    )
    member = book.in_period(book.groups, "valid_from", "valid_until").select(
        "iso2", "period", name="group"
    )
    names = pl.concat(
        [
            member,
            every.select("iso2", "period", name="iso2"),
            every.select("iso2", "period", name=pl.lit(ANYWHERE)),
        ]
    )
    named = book.scopes.select("scope", name=pl.col("includes").str.split("|")).explode("name")
    left_out = (
        book.scopes.drop_nulls("excludes")
        .select("scope", name=pl.col("excludes").str.split("|"))
        .explode("name")
    )
    keys = ["iso2", "period", "scope"]
    inside = (
        names.join(named, on="name")
        .unique(keys)
        .join(names.join(left_out, on="name"), on=keys, how="anti")
    )
    marks = [
        *(
            every.join(inside.filter(pl.col("scope") == s), on=keys[:2], how="left")
            .sort("country", "period")["scope"]
            .is_not_null()
            .alias(s)
            for s in book.scope_names
        ),
        every.join(member.filter(pl.col("name") == OTHER_REGIME), on=keys[:2], how="left")
        .sort("country", "period")["name"]
        .is_not_null()
        .alias(OTHER_REGIME),
    ]
    bits = pl.DataFrame(marks)
    classes = bits.unique(maintain_order=True).with_row_index(
        "place_class", offset=NOWHERE_KNOWN + 1
    )
    class_of = bits.join(classes, on=bits.columns, how="left", maintain_order="left")
    unknown = pl.repeat(NOWHERE_KNOWN, len(book.starts) + 1, dtype=pl.UInt32, eager=True)
    nowhere = pl.DataFrame(
        {"place_class": [NOWHERE_KNOWN]} | dict.fromkeys(bits.columns),
        schema=classes.schema,
    )
    both = pl.concat([nowhere, classes])
    return Places(
        pl.concat([class_of["place_class"], unknown]),
        both.drop(OTHER_REGIME).unpivot(
            index="place_class", variable_name="scope", value_name="is_in"
        ),
        both.select("place_class", is_other=pl.col(OTHER_REGIME).fill_null(value=False)),
    )


def _check(book: Rulebook) -> None:
    named = book.scopes.select(
        pl.concat_str("includes", "excludes", separator="|", ignore_nulls=True).str.split("|")
    )["includes"].explode()
    unknown = set(named) - {ANYWHERE, *book.groups["group"], *book.countries}
    if unknown:
        raise ReferenceTableError("rules_scopes", f"no group or country: {sorted(unknown)}")
