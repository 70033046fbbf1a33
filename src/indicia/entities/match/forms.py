"""Names prepared for comparing: one row per name, and one per word of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import opencc
import polars as pl
from pypinyin import lazy_pinyin

from indicia.entities.match import words
from indicia.entities.match.spelling import misspelt
from indicia.entities.names import normalised

LONGEST = 300
HAN = r"\p{Han}"
# Registers and customs cut names at these widths.
CUT_WIDTHS = (30, 35, 40, 50)
GROWN_BEFORE = r" (llc|pjsc|jsc|company)([a-z]{3,}) "
GROWN_AFTER = (
    r" ([a-z]{3,}?)(coltd|ltd|pjsc|jsc|llc|gmbh|limited|company|corporation|sdnbhd|bhd) "
)
BRANCH = r"(?: (?:{places}|\d+(?:st|nd|rd|th)?))? (?:branch(?: office)?|br|rep(?:resentative)? office)(?: no)?(?: \d+)? $"
ACRONYM, WORDS_OF_ACRONYM = (3, 6), 4
CUT_TAIL = r" (?:co|company) (?:l|li|lt|lim|limi|limit|limite)$"
PARTY = {
    "id": pl.String,
    "name": pl.String,
    "countries_iso2": pl.String,
    "address": pl.String,
    "registry_ids": pl.String,
}


@dataclass(frozen=True, slots=True)
class Names:
    """One side of a comparison.

    Args:
        names: number, id, name, is_main, form, is_han, is_cut, is_romanised, is_branch, whole (all letters),
            joined (words without spaces),
            sorted (compared words in alphabetical order, without spaces),
            brand (Chinese script: what is left without form, place and trade).
        tokens: number, place (order), word (as compared), raw (as written), kind; each word once.
    """

    names: pl.DataFrame
    tokens: pl.DataFrame


def prepare(parties: pl.DataFrame) -> Names:
    """Make both readings of every name: its Latin words, and for Chinese script its brand and pinyin."""
    rows = (
        parties.select("id", "name", is_main=pl.col("id").is_first_distinct())
        .filter(pl.col("name").is_not_null())
        .group_by("id", "name")
        .agg(pl.col("is_main").any())
        .sort("id", "name")
        .with_columns(name_cut=_untitled(pl.col("name").str.slice(0, LONGEST)))
        .with_columns(form=normalised(pl.col("name_cut")))
        .filter(pl.col("form") != "")
        .with_columns(
            is_han=_is_han(pl.col("name_cut"), pl.col("form")),
            is_cut=pl.any_horizontal(
                pl.col("name").str.len_chars().is_between(w - 1, w) for w in CUT_WIDTHS
            ),
        )
        .drop("name_cut")
    )
    latin = rows.filter(~pl.col("is_han")).with_columns(
        text="form", is_romanised=pl.lit(value=False), brand=pl.lit(None, dtype=pl.String)
    )
    han = rows.filter(pl.col("is_han"))
    plain = _bare(pl.col("text"), pl.col("is_cut"))
    every = (
        pl.concat([latin, _romanised(han)], how="vertical_relaxed")
        .with_row_index("number")
        .with_columns(whole=pl.col("text").str.replace_all(" ", "", literal=True), text=plain)
        .with_columns(is_branch=pl.col("text").str.contains(branch()))
        .with_columns(
            text=pl.when("is_branch")
            .then(pl.col("text").str.replace(branch(), " "))
            .otherwise("text")
        )
    )
    tokens = _tokens(every)
    joined = strung(tokens, "raw", "joined").join(
        strung(tokens.sort("number", "word"), "word", "sorted"), on="number"
    )
    names = every.join(joined, on="number", how="left").with_columns(
        pl.col("joined", "sorted").fill_null("")
    )
    return Names(names.drop("text"), tokens)


def _untitled(name: pl.Expr) -> pl.Expr:
    """A name without titles before it, unless nothing else is there."""
    bare = name.str.replace(words.titles(), "")
    return pl.when(bare.str.contains(r"[\p{L}\p{N}]")).then(bare).otherwise(name)


def _is_han(name: pl.Expr, form: pl.Expr) -> pl.Expr:
    """In Chinese script, or figures alone once a Chinese legal form is away: `360公司`."""
    return form.str.contains(HAN) | (name.str.contains(HAN) & ~form.str.contains(r"\p{L}"))


def _romanised(rows: pl.DataFrame) -> pl.DataFrame:
    """Chinese names: simplified, their own words apart, and read in Latin letters."""
    if rows.is_empty():
        return rows.with_columns(
            text="form", is_romanised=pl.lit(value=True), brand=pl.lit(None, dtype=pl.String)
        )
    table = words.han()
    simple = rows.with_columns(form=simplified(rows["form"]))
    known, said = table["word"].to_list(), words.numerals()
    kept = [f" {english} " for english in (*said.values(), *table["stands_for"].to_list())]
    marked = simple["form"].str.replace_many([*said, *known], kept, leftmost=True)
    brand = simple["form"].str.replace_many(known, [""] * len(known), leftmost=True)
    forms = table.filter(pl.col("kind") == words.FORM)["word"].to_list()
    bare = simple["form"].str.replace_many(forms, [""] * len(forms), leftmost=True)
    return simple.with_columns(
        text=pinyin(marked.str.replace_all(r"\s+", " ").str.strip_chars()),
        is_romanised=pl.lit(value=True),
        brand=pl.when(brand.str.len_chars() > 1).then(brand).otherwise(bare),
    )


def simplified(texts: pl.Series) -> pl.Series:
    """Traditional characters as simplified ones, character by character."""
    return _by_character(texts, opencc.OpenCC("t2s").convert)


def pinyin(texts: pl.Series) -> pl.Series:
    """Chinese characters in pinyin without tones; syllables that touch stay one word.

    Each character is read by its commonest reading.
    """
    return _by_character(texts, lambda c: lazy_pinyin(c)[0])


def _by_character(texts: pl.Series, read: Callable[[str], str]) -> pl.Series:
    found = texts.str.extract_all(HAN).list.explode(keep_nulls=False, empty_as_null=False)
    known = sorted(found.unique().to_list())
    if not known:
        return texts
    return texts.str.replace_many(known, [read(c) for c in known])


def _tokens(names: pl.DataFrame) -> pl.DataFrame:
    """One row per word of a name that says something, as written (`raw`) and as compared (`word`)."""
    split = (
        names.select("number", raw=pl.col("text").str.split(" "))
        .explode("raw", keep_nulls=False, empty_as_null=False)
        .filter(pl.col("raw") != "")
    )
    known = kinds(split["raw"].unique())
    told = split.with_columns(
        place=pl.int_range(pl.len()).over("number"), words=pl.len().over("number")
    ).join(known, on="raw", how="left", maintain_order="left")
    letters = pl.col("raw").str.len_chars()
    is_acronym = (
        (pl.col("words") >= WORDS_OF_ACRONYM)
        & letters.is_between(*ACRONYM)
        & pl.col("initials").str.contains(pl.col("raw"), literal=True)
    )
    placed = (
        told.join(_initials(told), on="number", how="left", maintain_order="left")
        .with_columns(is_said=~(pl.col("kind").is_in(words.SAYS_NOTHING) | is_acronym))
        .filter(pl.col("is_said") | ~pl.col("is_said").any().over("number"))
    )
    return (
        placed.group_by("number", "word")
        .agg(pl.col("place").min(), pl.col("raw").first(), pl.col("kind").first())
        .sort("number", "place")
        .select("number", "place", "word", "raw", "kind")
    )


def _initials(told: pl.DataFrame) -> pl.DataFrame:
    """The first letters of the words of each name, with the words that say nothing and without."""
    first = told.select("number", "kind", first=pl.col("raw").str.slice(0, 1))
    said = first.filter(pl.col("kind") != words.STOP)
    return (
        strung(first, "first", "all")
        .join(strung(said, "first", "said"), on="number", how="left")
        .select(
            "number",
            initials=pl.concat_str("all", pl.col("said").fill_null(""), separator=" "),
        )
    )


def strung(rows: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """The texts of a column in the order given, as one text per number."""
    lists = rows.group_by("number").agg(pl.col(column))
    return lists.select("number", pl.col(column).list.join("").alias(name))


def _bare(text: pl.Expr, is_cut: pl.Expr) -> pl.Expr:
    """A name without legal forms of several words, or grown together with its neighbours."""
    phrases = [f" {p} " for p in words.phrases()]
    plain = pl.when(is_cut).then(text.str.replace(CUT_TAIL, "")).otherwise(text)
    return (
        pl.concat_str(pl.lit(" "), plain, pl.lit(" "))
        .str.replace_all(" hong kong ", " hongkong ", literal=True)
        .str.replace_all(GROWN_BEFORE, " $2 ")
        .str.replace_all(GROWN_AFTER, " $1 ")
        .str.replace_many(phrases, [" "] * len(phrases), leftmost=True)
    )


@cache
def branch() -> str:
    """The pattern of a branch at the end of a name: `Example Ltd, Dubai Branch`."""
    return BRANCH.format(places="|".join(words.places()))


def kinds(found: pl.Series) -> pl.DataFrame:
    """Each word as written with its kind and what it is compared as: columns raw, kind, word."""
    table = words.latin()
    digits = pl.col("raw").str.extract(r"^0*(\d+)(?:st|nd|rd|th)?$")
    plain = (
        found.to_frame("raw")
        .with_columns(singular=words.folded(pl.col("raw")))
        .join(table, left_on="raw", right_on="word", how="left")
        .join(table, left_on="singular", right_on="word", how="left", suffix="_one")
        .with_columns(
            pl.coalesce("kind", "kind_one"), pl.coalesce("stands_for", "stands_for_one")
        )
    )
    spelt = misspelt(plain.filter(pl.col("kind").is_null())["raw"], table)
    return plain.join(spelt, on="raw", how="left", suffix="_near").select(
        "raw",
        kind=pl.when(digits.is_not_null())
        .then(pl.lit(words.NUMBER))
        .when(pl.col("raw").str.len_chars() == 1)
        .then(pl.coalesce("kind", pl.lit(words.LETTER)))
        .otherwise(pl.coalesce("kind", "kind_near", pl.lit(words.OWN))),
        word=pl.coalesce(digits, "stands_for", "stands_for_near", "raw"),
    )
