"""The comparable text and the split of the measurement: its own, not those of the matcher.

If the measurement cleaned names with the matcher's rules, a wrong rule would hide its own errors.
"""

import re
from hashlib import sha256

import polars as pl

DEVELOPMENT, FINAL = "development", "final"
PARTS = (DEVELOPMENT, FINAL)
_ENDS = (
    "company limited", "co ltd", "coltd", "limited liability company", "joint stock company",
    "private limited", "pvt ltd", "pte ltd", "sdn bhd", "incorporated", "corporation", "company",
    "limited", "corp", "inc", "ltd", "llc", "llp", "plc", "co", "gmbh", "jsc", "ojsc", "cjsc",
    "pjsc", "ooo", "oao", "zao", "pao", "ao", "fze", "fzco", "fzc", "fzco llc", "sa", "ag", "bv",
    "nv", "oy", "ab", "as", "srl", "spa", "sarl", "sasu", "sdn", "bhd", "pte", "pvt", "private",
    "limited sirketi", "anonim sirketi", "ltd sti",
)  # fmt: skip
_STARTS = (
    "open joint stock company", "public joint stock company", "closed joint stock company",
    "joint stock company", "limited liability company", "obshchestvo s ogranichennoi otvetstvennostyu",
    "aktsionernoe obshchestvo", "jsc", "ojsc", "cjsc", "pjsc", "ooo", "oao", "zao", "pao", "ao", "llc",
)  # fmt: skip
END = rf"^(.+?)(?:\s+(?:{'|'.join(_ENDS)}))+$"
START = rf"^(?:(?:{'|'.join(_STARTS)})\s+)+(.+)$"


def bare(name: pl.Expr) -> pl.Expr:
    """Small letters and digits of a name, anything else one space."""
    return (
        name.str.normalize("NFKD")
        .str.replace_all(r"[\u{300}-\u{36F}'\u{2019}`]", "")
        .str.to_lowercase()
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars()
    )


def core(name: pl.Expr) -> pl.Expr:
    """The bare name without legal forms at either end."""
    return bare(name).str.replace(END, "$1").str.replace(START, "$1")


def bare_of(name: str) -> str:
    """`bare` of one name."""
    text: str = pl.select(bare(pl.lit(name))).item()
    return text


def part(keys: pl.Series) -> pl.Series:
    """Development (first digit of SHA-256 even) or final (odd), by the key of the entity."""
    found = {key: _part(key) for key in keys.unique().to_list()}
    return keys.replace_strict(found, return_dtype=pl.String)


def _part(key: str) -> str:
    return PARTS[int(sha256(key.encode()).hexdigest()[0], 16) % 2]


def families(names: pl.DataFrame) -> pl.DataFrame:
    """Entities that share any name, joined to one family: they must stay in one part.

    Args:
        names: `entity` and `core`, one row per name.

    Returns:
        entity, family (the smallest entity id of the family).
    """
    leader = {entity: entity for entity in names["entity"].unique().to_list()}

    def find(entity: str) -> str:
        while leader[entity] != entity:
            leader[entity] = leader[leader[entity]]
            entity = leader[entity]
        return entity

    shared = names.filter(pl.col("core") != "").group_by("core").agg(pl.col("entity").unique())
    for together in shared.filter(pl.col("entity").list.len() > 1)["entity"].to_list():
        first, *rest = sorted({find(e) for e in together})
        for other in rest:
            leader[other] = first
    rows = {"entity": sorted(leader), "family": [find(e) for e in sorted(leader)]}
    return pl.DataFrame(rows, schema={"entity": pl.String, "family": pl.String})


def is_han(name: str) -> bool:
    """Whether a name holds a Han letter."""
    return re.search(r"[\u3400-\u9fff]", name) is not None
