"""What the words of a name are worth: legal forms, places, trades, common words, and the name's own."""

import re
from functools import cache

import polars as pl

from indicia.reference import tables

OWN = "own"
NUMBER = "number"
LETTER = "letter"
FORM, STOP, PLACE, TRADE, COMMON = "form", "stop", "place", "trade", "common"
SAYS_NOTHING = (FORM, STOP)
NAMES_SOMEBODY = (OWN, COMMON, NUMBER)
LONG_PLURAL, SHORTEST_PLURAL = 5, 4


@cache
def latin() -> pl.DataFrame:
    """Single words, columns word, kind, stands_for; plurals are folded by `folded`."""
    words = tables.table("name_words").select("word", "kind", "stands_for")
    return words.filter(~pl.col("word").str.contains(" ", literal=True))


@cache
def phrases() -> list[str]:
    """Legal forms of several words, the longest first."""
    words = tables.table("name_words")["word"]
    found = words.filter(words.str.contains(" ", literal=True)).to_list()
    return sorted(found, key=lambda phrase: (-len(phrase), phrase))


@cache
def titles() -> str:
    """The pattern of titles that papers put before a name: `M/S. Example`, `TO ORDER OF Example`."""
    told = sorted(tables.table("name_titles")["title"].to_list(), key=len, reverse=True)
    return rf"(?i)^\s*(?:(?:{'|'.join(map(re.escape, told))})[\s.:,]+)+"


@cache
def han() -> pl.DataFrame:
    """Columns word, kind, stands_for; the longest words first, since the longest is read."""
    words = tables.table("name_words_han").select(
        "word", "kind", pl.col("stands_for").fill_null("")
    )
    length = pl.col("word").str.len_chars()
    return words.sort(length, pl.col("word"), descending=[True, False])


@cache
def numerals() -> dict[str, str]:
    """Chinese numbers of units in figures, the longest first: `第五十四` -> `54`, `七〇五` -> `705`."""
    digits = "一二三四五六七八九"
    units = ["", *digits]
    said = {
        f"第{'' if ten == 1 else units[ten]}{'十' if ten else ''}{units[one]}": str(
            10 * ten + one
        )
        for ten in range(10)
        for one in range(10)
        if ten or one
    }
    for zero in "〇零○":
        spelt = [zero, *digits]
        for number in range(100, 1000):
            text = "".join(spelt[int(figure)] for figure in str(number))
            said |= {text: str(number), f"第{text}": str(number)}
    return dict(sorted(said.items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def places() -> list[str]:
    """Place words in Latin letters, the longest first."""
    found = latin().filter(pl.col("kind") == PLACE)["word"].to_list()
    return sorted(found, key=lambda word: (-len(word), word))


def folded(word: pl.Expr) -> pl.Expr:
    """A plural as its singular, as far as English goes: `technologies` -> `technology`."""
    return (
        pl.when(word.str.ends_with("ies") & (word.str.len_chars() > LONG_PLURAL))
        .then(word.str.replace(r"ies$", "y"))
        .when(
            word.str.ends_with("s")
            & ~word.str.ends_with("ss")
            & ~word.str.ends_with("us")
            & (word.str.len_chars() > SHORTEST_PLURAL)
        )
        .then(word.str.replace(r"s$", ""))
        .otherwise(word)
    )


def weight(kind: pl.Expr, spread: pl.Expr) -> pl.Expr:
    """What a word is worth (dimensionless), by its kind and by how many parties bear it.

    Args:
        kind: Kind of the word.
        spread: Number of parties on the target side whose names hold it; null or 0: none.
    """
    rare = (9.0 - spread.fill_null(1).clip(lower_bound=1).cast(pl.Float64).log(2.0)).clip(
        3.0, 9.0
    )
    return (
        pl.when(kind == TRADE)
        .then(2.5)
        .when(kind == PLACE)
        .then(2.5)
        .when(kind == LETTER)
        .then(1.0)
        .when(kind == NUMBER)
        .then(5.0)
        .when(kind == COMMON)
        .then(pl.min_horizontal(rare, pl.lit(4.0)))
        .otherwise(rare)
    )
