"""Words of two stacks of software and hardware in adverts, counted so that no text has to be kept.

An advert is asked which words stand in it and then dropped: what is kept of it is that list.
"""

import re
from typing import Any

import polars as pl

from indicia.schema import STACK_MENTION, parsed

TABLE = parsed(STACK_MENTION)
CUDA, CANN = "CUDA", "CANN"
# Written as their makers write them: `cann` is a name, and to ascend is a verb.
WORDS = {
    "CUDA": (CUDA, r"\bCUDA\b"),
    "NCCL": (CUDA, r"\bNCCL\b"),
    "NVLink": (CUDA, r"(?i:\bNVLink\b)"),
    "InfiniBand": (CUDA, r"(?i:\bInfini-?band\b)"),
    "HGX": (CUDA, r"\bHGX\b"),
    "CANN": (CANN, r"\bCANN\b"),
    "HCCL": (CANN, r"\bHCCL\b"),
    "MindSpore": (CANN, r"(?i:\bMindSpore\b)|昇思"),
    "Ascend": (CANN, r"(?i:\b(?:Huawei|华为) ?Ascend\b)|\bAscend (?:NPU|AI|310|910|950)|昇腾"),
}
TITLES = ("title", "text")
TEXTS = (
    "content", "description", "descriptionPlain", "descriptionHtml", "additional", "additionalPlain",
)  # fmt: skip
PATTERNS = {word: re.compile(pattern) for word, (_, pattern) in WORDS.items()}
STACK_OF = {word: stack for word, (stack, _) in WORDS.items()}


def words_of(posting: dict[str, Any]) -> list[str] | None:
    """Words of ours in a posting of a job board, in the order of `WORDS`; None without a text.

    An archived posting has lost its text and holds the words in its place.
    """
    if isinstance(read := posting.get("words"), list):
        return [word for word in WORDS if word in read]
    listed = posting.get("lists")
    parts = (
        [p.get("content") for p in listed if isinstance(p, dict)]
        if isinstance(listed, list)
        else []
    )
    texts = [t for t in (*(posting.get(k) for k in TEXTS), *parts) if isinstance(t, str)]
    if not texts:
        return None
    whole = "\n".join([*(str(posting.get(k, "")) for k in TITLES), *texts])
    return [word for word, pattern in PATTERNS.items() if pattern.search(whole)]


def with_words(kept: dict[str, Any], posting: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a posting, with the words of its text in place of the text."""
    words = words_of(posting)
    return kept if words is None else kept | {"words": words}


def counted(adverts: pl.DataFrame) -> pl.DataFrame:
    """Adverts per place and word; a word that no advert read names counts zero, without a place.

    Args:
        adverts: `place` (text, empty where not stated), `country_iso2`, and `words` (list; null
            where no text was at hand, so that nothing is known of it).

    Returns:
        place, country_iso2, stack, token, openings_count; no rows where no advert was read.
    """
    read = adverts.filter(pl.col("words").is_not_null())
    if read.is_empty():
        return TABLE.frame([]).select(
            "place", "country_iso2", "stack", "token", "openings_count"
        )
    one = pl.when(pl.col("country_iso2").n_unique() == 1).then(pl.col("country_iso2").first())
    named = (
        read.explode("words")
        .drop_nulls("words")
        .rename({"words": "token"})
        .group_by("place", "token")
        .agg(country_iso2=one, openings_count=pl.len().cast(pl.Int64))
    )
    every = pl.DataFrame({"token": list(WORDS)})
    none = every.join(named, on="token", how="anti").with_columns(
        place=pl.lit(""),
        country_iso2=pl.lit(None, dtype=pl.String),
        openings_count=pl.lit(0, dtype=pl.Int64),
    )
    columns = ("place", "country_iso2", "token", "openings_count")
    return (
        pl.concat([named.select(columns), none.select(columns)])
        .with_columns(stack=pl.col("token").replace_strict(STACK_OF, return_dtype=pl.String))
        .sort("place", "token")
    )
