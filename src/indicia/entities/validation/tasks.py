"""The tasks: queries, targets and the truth, with every entity in one part.

A query's truth is every entity that holds the name it was made from, up to its legal form: where
two listings differ in nothing else, a name cannot tell them apart, and either answer is right. For
a name that was cut, it is every entity with a name that begins with what is left.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from indicia.entities.validation import noise, splits
from indicia.entities.validation.files import LISTED_GROUPS, entity_key

SEED, UNLISTED_NAMES, LONGEST = 20261128, 6306, 100
PARTY = {
    "id": pl.String,
    "name": pl.String,
    "countries_iso2": pl.String,
    "address": pl.String,
    "registry_ids": pl.String,
}


@dataclass(frozen=True, slots=True)
class Task:
    """Names to be met.

    Args:
        name: What is measured.
        queries: A row per name as `meet` reads it, and: part, group (`listed` or `unlisted`),
            kinds (of noise, joined by `, `), entity (what the bootstrap draws).
        targets: As `meet` reads them.
        truth: id, right_id: every right answer; none for an unlisted name.
    """

    name: str
    queries: pl.DataFrame
    targets: pl.DataFrame
    truth: pl.DataFrame

    def of_part(self, part: str) -> "Task":
        """The queries of one part; the targets stay whole, as they are in use."""
        queries = self.queries.filter(pl.col("part") == part)
        return Task(self.name, queries, self.targets, self.truth)

    def without_country(self) -> "Task":
        """The same queries with nothing known but the name."""
        queries = self.queries.with_columns(countries_iso2=pl.lit(None, pl.String))
        return Task(f"{self.name}, no country", queries, self.targets, self.truth)


def parties(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that `meet` reads, in its order; those that are missing null."""
    absent = [
        pl.lit(None, kind).alias(c) for c, kind in PARTY.items() if c not in frame.columns
    ]
    return frame.with_columns(absent).select(*PARTY)


def entities(listed: pl.DataFrame) -> pl.DataFrame:
    """Listings with equal main names (up to legal form) joined: the list repeats companies.

    Returns:
        entity, name (published), own_name, aliases (list), countries_iso2, family, part.
    """
    keyed = listed.with_columns(core=splits.core(pl.col("own_name"))).with_columns(
        entity=pl.col("core").map_elements(entity_key, return_dtype=pl.String)
    )
    places = pl.col("countries_iso2").str.split(";").explode().drop_nulls().unique().sort()
    joined = (
        keyed.sort("own_name", "listing_key")
        .group_by("entity", maintain_order=True)
        .agg(
            pl.col("name", "own_name").first(),
            pl.col("aliases").explode().drop_nulls().unique(maintain_order=True),
            countries_iso2=places.str.join(";"),
            listings=pl.len(),
        )
        .sort("entity")
    )
    spelled = spellings(joined).with_columns(core=splits.core(pl.col("name")))
    kin = splits.families(spelled)
    grouped = joined.join(kin, on="entity")
    return grouped.with_columns(part=splits.part(grouped["family"]))


def spellings(listed: pl.DataFrame) -> pl.DataFrame:
    """Every name of every entity: entity, name, countries_iso2, is_alias."""
    columns = ("entity", "name", "countries_iso2")
    main = listed.select(*columns, is_alias=pl.lit(value=False))
    own = listed.select(
        "entity", pl.col("own_name").alias("name"), "countries_iso2", is_alias=False
    )
    other = listed.explode("aliases").drop_nulls("aliases")
    aliases = other.select(
        "entity", pl.col("aliases").alias("name"), "countries_iso2", is_alias=True
    )
    return pl.concat([main, own, aliases]).unique(
        ["entity", "name"], keep="first", maintain_order=True
    )


def unlisted_names(
    names: pl.DataFrame, listed: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The unlisted names of the measurement, and how many were left out, by reason.

    Left out: a name equal to a listed one up to legal form, and a name that holds a word of
    `LISTED_GROUPS`. OpenAlex is sampled (by hash) down to `UNLISTED_NAMES` in all.
    """
    known = spellings(listed).select(core=splits.core(pl.col("name"))).unique()
    bare = pl.concat_str(pl.lit(" "), splits.bare(pl.col("name")), pl.lit(" "))
    pattern = "|".join(rf"\b{word.strip()}\b" for word in LISTED_GROUPS)
    judged = names.with_columns(core=splits.core(pl.col("name"))).with_columns(
        is_equal=pl.col("core").is_in(known["core"].to_list()),
        is_of_group=bare.str.contains(pattern),
    )
    out = {
        "equal to a listed name": judged.filter("is_equal").height,
        "of a listed group, by hand rule": judged.filter(
            ~pl.col("is_equal") & pl.col("is_of_group")
        ).height,
    }
    kept = judged.filter(~pl.col("is_equal") & ~pl.col("is_of_group") & (pl.col("core") != ""))
    kept = kept.unique("core", keep="first", maintain_order=True)
    order = kept.with_columns(
        at=pl.col("core").map_elements(entity_key, return_dtype=pl.String),
        last=pl.col("publisher") == "OpenAlex",
    ).sort("last", "at")
    return order.head(UNLISTED_NAMES).drop("last", "is_equal", "is_of_group"), out


def noisy_names(
    listed: pl.DataFrame,
    other: pl.DataFrame,
    seed: int = SEED,
    change: Callable[[str, noise.Draw], tuple[str, tuple[str, ...]]] = noise.noisy,
) -> Task:
    """Every listed entity once, under its own name with noise, among the unlisted names."""
    usable = listed.filter(pl.col("own_name").str.len_chars() <= LONGEST)
    rows = []
    for row in usable.select(
        "entity", "own_name", "countries_iso2", "part", "family"
    ).iter_rows(named=True):
        draw = noise.draw_for(seed, row["entity"])
        text, kinds = change(row["own_name"], draw)
        places = (row["countries_iso2"] or "").split(";")
        place = places[int(draw.integers(len(places)))]
        rows.append(
            {
                "id": f"q:{row['entity']}",
                "name": text,
                "countries_iso2": place or None,
                "part": row["part"],
                "group": "listed",
                "kinds": ", ".join(kinds) or "none",
                "entity": row["family"],
                "made_from": row["own_name"],
            }
        )
    queries = pl.concat([pl.DataFrame(rows), _unlisted_queries(other)], how="diagonal")
    spelled = spellings(listed)
    return Task(
        "noisy names", _with_party(queries), _targets(spelled), _truth(queries, spelled)
    )


def held_out(listed: pl.DataFrame, seed: int = SEED) -> Task:
    """One alias per entity taken out of the targets and asked for: what no table holds yet.

    Taken is an alias that differs from every other name of its entity in more than legal form,
    marks and case.
    """
    spelled = spellings(listed).with_columns(core=splits.core(pl.col("name")))
    times = spelled.group_by("entity", "core").agg(times=pl.len())
    free = spelled.join(times, on=["entity", "core"]).filter(
        pl.col("is_alias") & (pl.col("times") == 1) & (pl.col("core") != "")
    )
    free = free.with_columns(
        at=pl.concat_str("entity", "name", pl.lit(str(seed))).map_elements(
            entity_key, return_dtype=pl.String
        )
    )
    taken = free.sort("entity", "at").unique("entity", keep="first", maintain_order=True)
    queries = taken.join(listed.select("entity", "part", "family"), on="entity").select(
        id=pl.concat_str(pl.lit("a:"), "entity"),
        name="name",
        countries_iso2="countries_iso2",
        part="part",
        group=pl.lit("listed"),
        kinds=pl.lit("alias held out"),
        entity="family",
        made_from="name",
        right_id="entity",
    )
    left = spelled.join(taken.select("entity", "name"), on=["entity", "name"], how="anti")
    also = (
        taken.select("core", id=pl.concat_str(pl.lit("a:"), "entity"))
        .join(left.select("core", right_id="entity"), on="core")
        .select("id", "right_id")
    )
    truth = pl.concat([queries.select("id", "right_id"), also]).unique().sort("id", "right_id")
    return Task(
        "aliases held out", _with_party(queries.drop("right_id")), _targets(left), truth
    )


def _unlisted_queries(other: pl.DataFrame) -> pl.DataFrame:
    return other.select(
        id=pl.concat_str(pl.lit("u:"), pl.col("at").str.slice(3)),
        name="name",
        countries_iso2="countries_iso2",
        part=splits.part(other["core"]),
        group=pl.lit("unlisted"),
        kinds="publisher",
        entity="core",
    )


def _with_party(queries: pl.DataFrame) -> pl.DataFrame:
    absent = [
        pl.lit(None, kind).alias(c) for c, kind in PARTY.items() if c not in queries.columns
    ]
    return queries.with_columns(absent).sort("id", "name")


def _targets(spelled: pl.DataFrame) -> pl.DataFrame:
    return parties(spelled.rename({"entity": "id"})).sort("id", "name")


def _truth(queries: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    made = queries.filter(pl.col("group") == "listed").with_columns(
        core=splits.core(pl.col("made_from")),
        left=splits.bare(pl.col("made_from").str.slice(0, noise.WIDE)),
        is_cut=pl.col("kinds").str.contains(noise.CUT),
    )
    known = spelled.select(
        core=splits.core(pl.col("name")),
        left=splits.bare(pl.col("name").str.slice(0, noise.WIDE)),
        right_id="entity",
    )
    equal = made.select("id", "core").join(known.select("core", "right_id"), on="core")
    cut = (
        made.filter("is_cut")
        .select("id", "left")
        .join(known.select("left", "right_id"), on="left")
    )
    both = [equal.select("id", "right_id"), cut.select("id", "right_id")]
    return pl.concat(both).unique().sort("id", "right_id")
