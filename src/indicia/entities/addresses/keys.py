"""Keys of addresses: equal for one place however it is spelled, at the level of a unit or a building."""

import polars as pl

from indicia.entities.addresses.spelling import parted, spelled

LEVELS = ("unit", "building", "place")
_INSIDE = r"^(?:fl|u)(?:\d|[a-z]\d*$|lg$|g$|[a-z]{0,3}\d)"
_NUMBERED = r"(?:^| )(?:bk|u|fl)?[a-z]{0,3}\d"
_TELLING = r"^(?:.*\d.*|\S+ \S+ \S.*)$"


def address_key(address: pl.Expr) -> pl.Expr:
    """The comparable form of one address: its tokens sorted, each once.

    Order of parts, spelling of floors, rooms and streets, postcode and country tail do not matter.
    Null where the text names no more than a town or country (no number and under 3 words).

    Args:
        address: One address a row; texts that join several by `;` go through `parted` first.
    """
    return _joined(_tokens(address))


def building_key(address: pl.Expr) -> pl.Expr:
    """The same without floor, room, flat and unit: two firms on two floors of one house share it."""
    outside = _tokens(address).list.eval(
        pl.element().filter(~pl.element().str.contains(_INSIDE))
    )
    return _joined(outside)


def address_level(address: pl.Expr) -> pl.Expr:
    """How closely a text names a place: `unit` (a floor or room), `building` (a number), or `place`."""
    return _level(_tokens(address))


def _level(tokens: pl.Expr) -> pl.Expr:
    inside = tokens.list.eval(pl.element().str.contains(_INSIDE)).list.any()
    numbered = tokens.list.join(" ").str.contains(_NUMBERED)
    return (
        pl.when(inside)
        .then(pl.lit("unit"))
        .when(numbered)
        .then(pl.lit("building"))
        .otherwise(pl.lit("place"))
    )


def keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """Every address of a frame with its keys.

    Args:
        frame: Columns id and address, texts joined by `;`.

    Returns:
        id, address (one a row), tokens (in the order written), address_key, building_key, level;
        each (id, address) once, in order of both. Addresses that name a town at most are left out.
    """
    single = (
        frame.select("id", address=parted(pl.col("address")))
        .explode("address", keep_nulls=False, empty_as_null=False)
        .unique()
        .sort("id", "address")
    )
    texts = single.select("address").unique().with_columns(tokens=spelled(pl.col("address")))
    split = texts.with_columns(parts=pl.col("tokens").str.split(" ").list.unique().list.sort())
    known = split.with_columns(
        address_key=_joined(pl.col("parts")),
        building_key=_joined(
            pl.col("parts").list.eval(pl.element().filter(~pl.element().str.contains(_INSIDE)))
        ),
        level=_level(pl.col("parts")),
    ).drop("parts")
    return single.join(known, on="address", maintain_order="left").filter(
        pl.col("address_key").is_not_null()
    )


def shared(frame: pl.DataFrame) -> pl.DataFrame:
    """Which ids stand at which address, and how many others do.

    Args:
        frame: Columns id and address (texts joined by `;`).

    Returns:
        id, address, address_key, building_key, level, firms_count (ids with this key, itself
        included) and building_firms_count (ids in the building); in order of id and address.
    """
    known = keyed(frame).drop("tokens")
    return known.with_columns(
        firms_count=pl.col("id").n_unique().over("address_key").cast(pl.Int64),
        building_firms_count=pl.when(pl.col("building_key").is_not_null()).then(
            pl.col("id").n_unique().over("building_key").cast(pl.Int64)
        ),
    )


def _tokens(address: pl.Expr) -> pl.Expr:
    return spelled(address).str.split(" ").list.unique().list.sort()


def _joined(tokens: pl.Expr) -> pl.Expr:
    """The key; null under three words without a digit. One pass: expressions are not computed twice."""
    return tokens.list.join(" ").str.extract(_TELLING, 0)
