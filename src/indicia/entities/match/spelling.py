"""Words one letter off a word that is known."""

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

LONG_WORD, LONGEST_WORD = 7, 24


def misspelt(unknown: pl.Series, table: pl.DataFrame) -> pl.DataFrame:
    """Words that are one letter off a long word of the table: columns raw, kind, stands_for."""
    long = table.filter(
        pl.col("word").str.len_chars() >= LONG_WORD, pl.col("word") == pl.col("stands_for")
    )
    left = less(unknown.filter(unknown.str.len_chars() >= LONG_WORD - 1), "raw")
    met = left.join(less(long["word"], "word"), on="less").select("raw", "word").unique()
    apart = cpdist(met["raw"].to_list(), met["word"].to_list(), scorer=OSA.distance, workers=-1)
    near = met.filter(pl.Series(apart == 1, dtype=pl.Boolean))
    return (
        near.sort("raw", "word")
        .unique("raw", keep="first", maintain_order=True)
        .join(long, on="word")
        .select("raw", "kind", "stands_for")
    )


def less(texts: pl.Series, name: str) -> pl.DataFrame:
    """Each text with itself and every form of it that lacks one letter: columns `name`, less."""
    rows = texts.unique().alias(name).to_frame()
    longest = int(rows[name].str.len_chars().max() or 0)  # type: ignore[arg-type]
    shorter = [
        rows.filter(pl.col(name).str.len_chars() > i).with_columns(
            less=pl.col(name).str.slice(0, i) + pl.col(name).str.slice(i + 1)
        )
        for i in range(min(longest, LONGEST_WORD))
    ]
    return pl.concat([rows.with_columns(less=pl.col(name)), *shorter])
