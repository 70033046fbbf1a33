"""Parties that may be one: names of one side met with names of the other, and what follows."""

from typing import Any

import polars as pl

from indicia.entities.addresses.keys import keyed
from indicia.entities.match import decide, han, known
from indicia.entities.match.forms import PARTY, Names, prepare
from indicia.entities.match.latin import Latin
from indicia.store import Workspace, workspace

MET = {
    "left_id": pl.String,
    "right_id": pl.String,
    "method": pl.String,
    "decision": pl.String,
    "score_share": pl.Float64,
    "left_value": pl.String,
    "right_value": pl.String,
    "features": pl.String,
    "why": pl.String,
}
NESTED = ["left_countries", "right_countries", "left_addresses", "right_addresses"]
_DETAILS = {
    "words": pl.Float64,
    "letters": pl.Float64,
    "left_rest": pl.String,
    "right_rest": pl.String,
    "note": pl.String,
}
_IDS = {
    "left_id": pl.String,
    "right_id": pl.String,
    "left_value": pl.String,
    "right_value": pl.String,
}


class Targets:
    """One side, made ready once: listed parties, operators, or every record.

    Args:
        parties: Columns PARTY, of which id and name are needed.
        is_similar: Compare names that are not equal too; otherwise ids and equal names only.
        is_tabled: Ask the table of other names for pairs that nothing else shows.
    """

    def __init__(
        self, parties: pl.DataFrame, *, is_similar: bool = True, is_tabled: bool = True
    ) -> None:
        self.parties = fit(parties)
        self._is_tabled = is_similar and is_tabled
        self.names = prepare(self.parties)
        self._db: Workspace | None = workspace() if is_similar else None
        self._latin = Latin(self._db, self.names) if self._db else None

    def close(self) -> None:
        """Let go of the tables."""
        if self._db:
            self._db.close()

    def meet(
        self, queries: pl.DataFrame, *, settings: dict[str, Any] | None = None
    ) -> pl.DataFrame:
        """As `meet`, for one batch of queries."""
        asked = fit(queries)
        names = prepare(asked)
        limits = settings or decide.settings()
        equal = _equal(names, self.names)
        found = [_registered(asked, self.parties), equal]
        if self._db and self._latin:
            left = _without(names, equal["left"])
            found += [self._similar(self._latin, left), _brands(self._db, left, self.names)]
        judged = self._judged(pl.concat(found, how="diagonal_relaxed"), names, asked, limits)
        if self._is_tabled:
            told = known.scored(names, self.names).with_columns(method=pl.lit("alias table"))
            more = self._judged(told, names, asked, limits)
            pair = ["left_id", "right_id"]
            judged = pl.concat([judged, more.join(judged, on=pair, how="anti")])
        return judged.sort(
            "left_id", "score_share", "right_id", descending=[False, True, False]
        )

    def _judged(
        self, found: pl.DataFrame, names: Names, asked: pl.DataFrame, limits: dict[str, Any]
    ) -> pl.DataFrame:
        """The best of what was found per pair of ids, decided; columns MET."""
        named = _named(found, names, self.names).filter(pl.col("left_id") != pl.col("right_id"))
        best = (
            named.with_columns(rank=pl.col("method").replace_strict(decide.RANK))
            .sort(
                ["left_id", "right_id", "rank", "score", "left_value", "right_value"],
                descending=[False, False, False, True, False, False],
            )
            .unique(["left_id", "right_id"], keep="first", maintain_order=True)
        )
        judged = decide.decided(_with_places(best, asked, self.parties), limits)
        return judged.select(pl.col(c).cast(t) for c, t in MET.items())

    def candidates(self, queries: pl.DataFrame) -> pl.DataFrame:
        """Pairs of ids that would be scored, before any threshold: left_id, right_id."""
        names = prepare(fit(queries))
        found = [_equal(names, self.names)]
        if self._db and self._latin:
            found += [self._latin.scored(names), han.scored(self._db, names, self.names)]
        every = pl.concat([f.select("left", "right") for f in found]).unique()
        return _ids(every, names, self.names).select("left_id", "right_id").unique()

    def _similar(self, latin: Latin, names: Names) -> pl.DataFrame:
        """Latin words on both sides; a Chinese name takes part as it is read in pinyin."""
        scored = latin.scored(names)
        side = names.names.select(left="number", left_han="is_romanised")
        other = self.names.names.select(right="number", right_han="is_romanised")
        return (
            scored.join(side, on="left")
            .join(other, on="right")
            .filter(~(pl.col("left_han") & pl.col("right_han")))
            .with_columns(
                method=pl.when(pl.col("left_han") | pl.col("right_han"))
                .then(pl.lit("romanised name"))
                .otherwise(pl.lit("similar name"))
            )
        )


def meet(
    queries: pl.DataFrame, targets: pl.DataFrame, *, settings: dict[str, Any] | None = None
) -> pl.DataFrame:
    """Meet every query with every target that may be the same party.

    Args:
        queries: Columns id, name, countries_iso2 (`;`-joined), address (`;`-joined), registry_ids
            (`; `-joined scheme:id); only id and name are needed. Rows with one id are names of one party.
        targets: The same; the first name of an id in the order given is its main name.
        settings: As data/reference/name_limits.toml, by default that file.

    A party is never met with itself (the same id on both sides).

    Returns:
        One row per pair of ids worth showing (columns MET), the likeliest first; left is the query.
        `score_share` (0 to 1) says how alike they are by `method`; it is no probability.
    """
    side = Targets(targets)
    try:
        return side.meet(queries, settings=settings)
    finally:
        side.close()


def candidates(queries: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Pairs of ids that are compared at all (blocking): left_id, right_id."""
    side = Targets(targets)
    try:
        return side.candidates(queries)
    finally:
        side.close()


def fit(parties: pl.DataFrame) -> pl.DataFrame:
    """The columns of PARTY, absent ones null."""
    return parties.select(
        pl.col(c).cast(t) if c in parties.columns else pl.lit(None, dtype=t).alias(c)
        for c, t in PARTY.items()
    )


def _equal(left: Names, right: Names) -> pl.DataFrame:
    return (
        left.names.select("form", "id", left="number", is_left_main="is_main")
        .join(right.names.select("form", "is_main", other="id", right="number"), on="form")
        .filter(pl.col("id") != pl.col("other"))
        .select(
            "left",
            "right",
            method=pl.when(pl.col("is_left_main") & pl.col("is_main"))
            .then(pl.lit("same name"))
            .otherwise(pl.lit("same alias")),
            score=pl.lit(1.0),
            note=pl.when(~pl.col("is_left_main") & ~pl.col("is_main"))
            .then(pl.lit(decide.OTHER_NAMES))
            .otherwise(pl.lit("")),
        )
    )


def _without(names: Names, numbers: pl.Series) -> Names:
    done = numbers.unique().alias("number").to_frame()
    return Names(
        names.names.join(done, on="number", how="anti"),
        names.tokens.join(done, on="number", how="anti"),
    )


def _brands(db: Workspace, left: Names, right: Names) -> pl.DataFrame:
    return han.scored(db, left, right).with_columns(
        method=pl.lit("similar name"),
        left_rest=pl.lit(None, dtype=pl.String),
        right_rest=pl.lit(None, dtype=pl.String),
        words=pl.lit(None, dtype=pl.Float64),
    )


def _registered(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    def ids(parties: pl.DataFrame, side: str) -> pl.DataFrame:
        return (
            parties.select(
                pl.col("id").alias(f"{side}_id"), key=pl.col("registry_ids").str.split(";")
            )
            .explode("key", keep_nulls=False, empty_as_null=False)
            .with_columns(pl.col("key").str.strip_chars())
            .filter(pl.col("key").str.contains(r"^[^:]+:.+"))
            .with_columns(same=pl.col("key").str.to_uppercase())
            .unique()
        )

    met = ids(left, "left").join(ids(right, "right"), on="same", suffix="_right")
    return met.select(
        "left_id",
        "right_id",
        left_value="key",
        right_value="key_right",
        method=pl.lit("registry id"),
        score=pl.lit(1.0),
    ).unique(["left_id", "right_id"], keep="any")


def _ids(pairs: pl.DataFrame, left: Names, right: Names) -> pl.DataFrame:
    a = left.names.select(left="number", left_id="id", left_value="name", form="form")
    b = right.names.select(right="number", right_id="id", right_value="name")
    return pairs.join(a, on="left").join(b, on="right")


def _named(found: pl.DataFrame, left: Names, right: Names) -> pl.DataFrame:
    """Both names beside every pair; a pair by registry id keeps the ids as its values."""
    columns = ["method", "score", *_DETAILS]
    every = found.with_columns(
        pl.lit(None, dtype=t).alias(c)
        for c, t in (_DETAILS | _IDS).items()
        if c not in found.columns
    )
    by_name = _ids(
        every.filter(pl.col("left").is_not_null()).select("left", "right", *columns),
        left,
        right,
    )
    wanted = ["left_id", "right_id", "left_value", "right_value", "form", *columns]
    by_id = every.filter(pl.col("left").is_null()).with_columns(form=pl.lit(""))
    return pl.concat([by_name.select(wanted), by_id.select(wanted)], how="vertical_relaxed")


def _with_places(met: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Countries and addresses of both parties beside every pair."""
    for side, parties in (("left", left), ("right", right)):
        column = f"{side}_id"
        wanted = parties.join(met.select(id=column).unique(), on="id", how="semi")
        stated = wanted.select("id", countries=decide.countries("countries_iso2"))
        places = _places(wanted)
        for name, rows, value in (
            (f"{side}_countries", stated.explode("countries"), "countries"),
            (f"{side}_addresses", places, "address_key"),
        ):
            lists = rows.group_by("id").agg(
                pl.col(value).drop_nulls().unique().sort().alias(name)
            )
            met = met.join(lists.rename({"id": column}), on=column, how="left")
    return met.with_columns(pl.col(NESTED).fill_null([]))


def _places(parties: pl.DataFrame) -> pl.DataFrame:
    """Keys of the addresses that name more than a town: id, address_key."""
    stated = parties.select("id", "address").drop_nulls("address")
    if stated.is_empty():
        return stated.select("id", address_key="address")
    found = keyed(stated).filter(pl.col("level") != "place")
    return found.select("id", "address_key")
