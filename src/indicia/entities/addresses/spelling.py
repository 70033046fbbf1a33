"""Addresses spelled one way: width, case, floors, units, ranges, abbreviations, Chinese numerals.

The answer is a text of tokens parted by spaces, in the order written. A typed token says what its
number is: `fl5` a floor, `u803` a room, flat or unit, `bk2` a block or tower. Plain words and
numbers (of streets and houses) stay as they are.
"""

from functools import cache

import polars as pl

from indicia.entities.addresses.words import COUNTRY_WORDS, DROPPED, ORDINALS, SPELLED_OUT
from indicia.reference import tables

_UNIT_WORD = (
    r"(?:rooms?|rms?|units?|flats?|suites?|ste|apartments?|apts?|appt|offices?|ofis|shops?|"
    r"workshops?|cubicles?|pomeshch?enie|pom|komnata|kom|kvartira|kv)"
)
_UNIT_WORDS = rf"\b{_UNIT_WORD}(?:[\s./,#:]+{_UNIT_WORD})*"
_UNIT = rf"{_UNIT_WORDS}[\s.:#]*(?:nos?\b|number)?[\s.:#]*([a-z]{{0,3}}[\s-]?\d+(?:_\d+|[a-z]\b)?)\b"
_LETTERED_UNIT = rf"{_UNIT_WORDS}[\s.:#]+([a-z]\d*)\b"
_NUMBER = r"(\d+(?:_\d+)?)"
_BLOCK = r"\b(?:block|blk|tower|twr|korpus|korp|corpus|stroenie|wing|phase)(?:[\s.:#]*(?:no\b)?[\s.:#]*(\d+[a-z]?)|[\s.:#]+([a-z]))\b"
_LETTERED = r"\b(?:building|bldg|bld)[\s.:#]+([a-z]\d?)\b"
_HAN_NUMERAL = "〇零一二三四五六七八九"
_HAN_COUNTED = r"(号楼|号院|号|楼|层|室|栋|幢|座|单元|期|弄|房)"


@cache
def _simplified() -> tuple[list[str], list[str]]:
    """Traditional characters and the simplified ones they stand for."""
    from opencc import OpenCC  # noqa: PLC0415 - loads a dictionary, and Latin addresses need none

    every = [chr(c) for c in range(0x4E00, 0xA000)]
    plain = OpenCC("t2s").convert("\n".join(every)).split("\n")
    pairs = [(a, b) for a, b in zip(every, plain, strict=True) if a != b]
    return [a for a, _ in pairs], [b for _, b in pairs]


@cache
def _country_tail() -> str:
    """A pattern of one or more countries at the end, by name or, after a comma, by code."""
    listed = tables.table("countries")
    names = {*listed["name"].drop_nulls().str.to_lowercase(), *COUNTRY_WORDS} - {"world"}
    codes = sorted(listed["iso2"].drop_nulls().str.to_lowercase())
    # Longest first: a pattern of alternatives takes the first that fits.
    words = sorted(
        (n.replace(".", " ").replace("'", "") for n in names), key=lambda n: (-len(n), n)
    )
    safe = [w.replace(" ", r"[\s.]+") for w in words if w.replace(" ", "").isalpha()]
    return rf"(?:\s*(?:,+\s*(?:{'|'.join(codes)})|[\s,.]+(?:{'|'.join(safe)}))\s*[.,]*)+(?:\s*\d{{4,6}})?\s*$"


def parted(addresses: pl.Expr) -> pl.Expr:
    """The addresses that stand in one text joined by `;`, as a list; empty ones are left out."""
    return (
        addresses.str.split(";", inclusive=False)
        .list.eval(pl.element().str.strip_chars(" ,.\t\n"))
        .list.eval(pl.element().filter(pl.element().str.contains(r"[\p{L}\p{N}]")))
    )


def spelled(address: pl.Expr) -> pl.Expr:
    """One address as tokens parted by spaces, in the order written; empty where nothing is left."""
    plain = (
        address.str.normalize("NFKD")
        .str.replace_all(
            r"[\x{300}-\x{36F}'\x{2018}\x{2019}`\x{200B}-\x{200F}\x{202A}-\x{202E}\x{FEFF}]", ""
        )
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"[\x{2010}-\x{2015}~]", "-")
        .str.replace_all(r"\s+", " ")
    )
    tokens = _words(_units(_floors(_han(plain).str.replace(_country_tail(), " "))))
    kept = pl.element().filter(
        ~pl.element().is_in(list(DROPPED)) & (pl.element().str.len_chars() > 0)
    )
    return tokens.list.eval(pl.element().replace(SPELLED_OUT)).list.eval(kept).list.join(" ")


def _han(text: pl.Expr) -> pl.Expr:
    """Chinese parts as tokens: province and country dropped, numerals before a counted word as digits."""
    old, new = _simplified()
    digits = text.str.replace_many(old, new)
    ten = rf"[{_HAN_NUMERAL}]"
    for pattern, to in (
        (rf"({ten})十({ten}){_HAN_COUNTED}", "$1$2$3"),
        (rf"十({ten}){_HAN_COUNTED}", "1$1$2"),
        (rf"({ten})十{_HAN_COUNTED}", "${1}0$2"),
        (rf"十{_HAN_COUNTED}", "10$1"),
        *((rf"{c}([\d{_HAN_NUMERAL}]*){_HAN_COUNTED}", f"{max(0, n - 1)}$1$2")
          for _ in range(3) for n, c in enumerate(_HAN_NUMERAL)),
    ):  # fmt: skip
        digits = digits.str.replace_all(pattern, to)
    for pattern, to in (
        (r"中华人民共和国|^\s*中国", " "),
        (r"\p{Han}{2,3}省|\p{Han}{2,5}自治区|特别行政区", " "),
        (r"(\d+)\s*号?\s*(?:楼|栋|幢)(?:\s*(\d+)\s*(?:楼|层))", " bk$1 fl$2 "),
        (r"([a-z]|\d+)\s*(?:号楼|栋|幢|座)", " bk$1 "),
        (r"(\d+)\s*(?:楼|层)", " fl$1 "),
        (r"([a-z]?\d+[a-z]?)\s*(?:室|房)", " u$1 "),
        (r"(\d+)\s*单元", " u$1 "),
        (r"(\d+(?:[-_]\d+)?)\s*号院?", " $1 "),
        (r"(\p{Han}{2,}?)(?:市辖区|市|新区|区|县|镇|乡|街道)", "$1 "),
        (r"(\p{Han}+?(?:大道|路|街|巷|弄|村|园区|产业园|科技园|大厦|广场|中心))", "$1 "),
        (r"(\p{Han})([a-z0-9])", "$1 $2"),
    ):
        digits = digits.str.replace_all(pattern, to)
    return digits


def _floors(text: pl.Expr) -> pl.Expr:
    words = [f"{name} floor" for name in ORDINALS]
    steps = (
        (r"#\s*0*(\d+)\s*-\s*0*(\d+)", " fl$1 u$2 "),
        (r"\blower ground (?:floor|flr)\b|\blg/?f\b", " fllg "),
        (r"\bground (?:floor|flr)\b|\bg/f\b", " flg "),
        (r"(\d)\s*(?:-|\bto\b)\s*(\d)", "${1}_$2"),
        (rf"\b{_NUMBER}\s*(?:st|nd|rd|th)?\s*[/\s.-]*\s*(?:floor|flr|fl|f)\b", " fl$1 "),
        (rf"\b{_NUMBER}\s*(?:st|nd|rd|th)\s*(?:floor|flr|fl)", " fl$1 "),
        (rf"\b(?:floor|flr|fl|level|lvl)[\s.:#]*(?:no\b)?[\s.:#]*{_NUMBER}\b", " fl$1 "),
    )
    found = text.str.replace_many(words, [f"{n + 1} floor" for n in range(len(words))])
    for pattern, to in steps:
        found = found.str.replace_all(pattern, to)
    return found


def _units(text: pl.Expr) -> pl.Expr:
    return (
        text.str.replace_all(r"\bof\.\s*(\d)", " u$1")
        .str.replace_all(_UNIT, " u$1 ")
        .str.replace_all(_LETTERED_UNIT, " u$1 ")
        .str.replace_all(_BLOCK, " bk$1$2 ")
        .str.replace_all(_LETTERED, " bk$1 ")
        .str.replace_all(r"\bu([a-z]{0,3})[\s-](\d)", "u$1$2")
    )


def _words(text: pl.Expr) -> pl.Expr:
    """Tokens of what is left: no postcodes, no leading zeros; `_` stands in a range, `x` for a slash."""
    return (
        text.str.replace_all(r"(\d)[a-z]?\s*&\s*(\d)", "${1}_$2")
        .str.replace_all(r"\bp\.?\s?o\.?\s*(?:box)?[\s.:#]*(?:no\b)?[\s.:#]*(\d+)", " pobox$1 ")
        .str.replace_all(r"\bn\.\s*t\b\.?", " newterritories ")
        .str.replace_all(r"\bnew territories\b", " newterritories ")
        .str.replace_all(r"\bhi(?:gh)?[\s-]tech(?:nology)?\b", " hightech ")
        .str.replace_all(r"(\d)\s*/\s*(\d)", "${1}x$2")
        .str.replace_all(r"\b([a-z])-(\d)", "$1$2")
        .str.replace_all(r"(\d)-([a-z])\b", "$1$2")
        .str.replace_all(r"\b[a-z]{1,2}\d[a-z0-9]?\s\d[a-z]{2}\b", " ")
        .str.replace_all(r"([^\d\s])\s*,?\s\d{6}\b|^\d{6}\b", "$1 ")
        .str.replace_all(r",\s*\d{4,5}(?:-\d{4})?\s*(,|$)", " $1")
        .str.replace_all(r"[^\p{L}\p{N}_]+", " ")
        .str.replace_all(r"\b(fl|u|bk|[a-z])?0+(\d)", "$1$2")
        .str.replace_all(r"\b(\d+)\s?(?:st|nd|rd|th)\b", "${1}th")
        .str.strip_chars()
        .str.split(" ")
    )
