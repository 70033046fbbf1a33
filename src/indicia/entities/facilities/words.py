"""The words of a facility's name: what it is called, which unit it is, where it says it lies.

A unit (SG3, phase 2, building 4, 二期) is decisive: different units of one kind are different
buildings. Words that every data centre bears say nothing and are left out of `core`.
"""

import polars as pl

LONGEST = 300
BARE_KIND = ""
MOST_IN_RANGE = 60
GENERIC = frozenset(
    {
        "ai", "advertised", "and", "as", "at", "building", "campus", "campuses", "center", "cloud",
        "cluster", "colo", "colocation", "complex", "compute", "computing", "data", "datacenter",
        "dc", "de", "der", "des", "du", "el", "facility", "for", "formerly", "fka", "hall", "halls",
        "hub", "idc", "in", "la", "le", "mega", "new", "of", "on", "park", "phase", "place", "planned",
        "plant", "project", "region", "server", "site", "station", "super", "supercomputer", "the",
        "unit", "zone",
    }
)  # fmt: skip
# Words of addresses that two places far apart share.
STREET = frozenset(
    {
        "ave", "avenue", "blvd", "boulevard", "city", "county", "dr", "drive", "district", "east",
        "floor", "highway", "hwy", "industrial", "inc", "industry", "level", "listed", "lane", "main",
        "north", "parkway", "province", "rd", "road", "rua", "rue", "science", "services", "south",
        "state", "states", "str", "strasse", "street", "suite", "technology", "top500", "town",
        "united", "west",
    }
)  # fmt: skip
_UNIT_WORDS = {
    "phase": "phase", "stage": "phase", "building": "building", "bldg": "building",
    "block": "building", "tower": "building", "hall": "hall", "unit": "unit", "campus": "campus",
    "site": "site", "plot": "plot", "module": "module", "dc": "dc", "datacenter": "dc",
    "no": BARE_KIND,
}  # fmt: skip
_SPELLED = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "one": "1", "two": "2",
    "three": "3", "four": "4", "five": "5", "six": "6", "一": "1", "二": "2", "三": "3", "四": "4",
    "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10",
}  # fmt: skip
_HAN_UNITS = {
    "期": "phase",
    "号楼": "building",
    "号栋": "building",
    "栋": "building",
    "座": "building",
}
_NUMBER = r"[0-9]{1,4}"
_ROMAN = r"(?:i{1,3}|iv|v|vi|one|two|three|four|five|six)"
_CODE = r"\b([a-z]{1,5})-?0*([0-9]{1,3})\b"
_RANGE = r"\b([a-z]{1,5})0*([0-9]{1,3}) ?- ?[a-z]{0,5}0*([0-9]{1,3})\b"
_WORDED = rf"\b({'|'.join(k for k in _UNIT_WORDS)})[ .#:-]{{0,2}}(0*{_NUMBER}|{_ROMAN}|[a-h])\b"
_HAN = r"第?([0-9]{1,3}|[一二三四五六七八九十])(期|号楼|号栋|栋|座)"
_BARE = r"(?:^|[ #(/,-])0*([1-9][0-9]?)(?:$|[ ),/:])"
# What stands for a name where the map has none.
_NO_NAME = r"datacenter +without a name, [a-z]+/[0-9]+|\( ?datacenter ?, no name mapped\)"
_QUANTITY = r"\b[0-9][0-9.,]* ?(?:mw|gw|kw|kv|mva|m2|sqm|sq|th|nd|rd|st)\b"
_END = r" (ii|iii|iv|[a-h])\)?$"


def folded(text: pl.Expr) -> pl.Expr:
    """Lower case without accents and invisible marks; spellings of `data centre` made one.

    Punctuation stays, because it tells `SG 3` from `SG-3` and ranges from lists. An acronym in
    brackets after the full name is dropped.
    """
    return (
        text.str.slice(0, LONGEST)
        .str.replace_all(r"\p{Cf}", "")
        .str.replace_all(r"\(([A-Z][A-Z/&-]{1,9})\)", " ")
        .str.normalize("NFKD")
        .str.replace_all(r"[\u{300}-\u{36F}'\u{2019}`]", "")
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all("ß", "ss", literal=True)
        .str.replace_all("ø", "o", literal=True)
        .str.replace_all(r"[\u{2010}-\u{2015}]", "-")
        .str.replace_all(r"\bcentre", "center")
        .str.replace_all(
            r"\bdata[ -]?centers?\b|数据中心|云计算中心|智算中心|算力中心", " datacenter "
        )
        .str.replace_all(
            r"\bsuper[ -]?comput(?:er|ers|ing)\b|超级计算|超算中心|超算", " supercomputer "
        )
        .str.replace_all(_NO_NAME, " ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )


def tokens(text: pl.Expr) -> pl.Expr:
    """The words of a folded text, each once, in alphabetical order."""
    return (
        text.str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.replace_all(r"(\p{Han}+)", " $1 ")
        .str.strip_chars()
        .str.split(" ")
        .list.filter(pl.element() != "")
        .list.unique()
        .list.sort()
    )


def units(names: pl.DataFrame) -> pl.DataFrame:
    """Which units a name states.

    Args:
        names: `facility_id` and `text`, folded.

    Returns:
        One row per facility: `facility_id`, `units` (list of kind:number) and `bare` (the text
        without them).
    """
    text = pl.col("text").str.replace_all(_QUANTITY, " ")
    held = names.select("facility_id", rest=text)
    found = []
    for pattern, read in ((_RANGE, _ranges), (_WORDED, _worded), (_CODE, _codes), (_HAN, _han)):
        said = held.select("facility_id", said=pl.col("rest").str.extract_all(pattern)).explode(
            "said", empty_as_null=False
        )
        found.append(read(said, pattern))
        held = held.with_columns(pl.col("rest").str.replace_all(pattern, " "))
    for pattern in (_BARE, _END):
        lone = held.select("facility_id", number=pl.col("rest").str.extract(pattern, 1))
        found.append(_named(lone.drop_nulls(), pl.lit(BARE_KIND)))
        held = held.with_columns(pl.col("rest").str.replace(pattern, " "))
    listed = pl.concat(found).unique().group_by("facility_id").agg(units=pl.col("unit").sort())
    return held.join(listed, on="facility_id", how="left").select(
        "facility_id", pl.col("units").fill_null([]), bare="rest"
    )


def _ranges(said: pl.DataFrame, pattern: str) -> pl.DataFrame:
    low, high = (
        pl.col("said").str.extract(pattern, n).cast(pl.Int64, strict=False) for n in (2, 3)
    )
    last = pl.when(high.is_between(low, low + MOST_IN_RANGE)).then(high).otherwise(low)
    spread = said.with_columns(
        number=pl.int_ranges(low, last + 1), kind=pl.col("said").str.extract(pattern, 1)
    ).explode("number", empty_as_null=False)
    return _named(spread.with_columns(pl.col("number").cast(pl.String)), pl.col("kind"))


def _worded(said: pl.DataFrame, pattern: str) -> pl.DataFrame:
    kind = pl.col("said").str.extract(pattern, 1).replace(_UNIT_WORDS)
    return _named(said.with_columns(number=pl.col("said").str.extract(pattern, 2)), kind)


def _codes(said: pl.DataFrame, pattern: str) -> pl.DataFrame:
    kind = pl.col("said").str.extract(pattern, 1)
    return _named(said.with_columns(number=pl.col("said").str.extract(pattern, 2)), kind)


def _han(said: pl.DataFrame, pattern: str) -> pl.DataFrame:
    kind = pl.col("said").str.extract(pattern, 2).replace(_HAN_UNITS)
    return _named(said.with_columns(number=pl.col("said").str.extract(pattern, 1)), kind)


def _named(rows: pl.DataFrame, kind: pl.Expr) -> pl.DataFrame:
    number = pl.col("number").str.strip_chars_start("0").replace(_SPELLED)
    return rows.select(
        "facility_id", unit=pl.concat_str(kind, pl.when(number == "").then(pl.lit("0")).otherwise(number), separator=":")
    )  # fmt: skip
