"""Where text names an accelerator as the thing bought, and where it only compares with one.

Works on whole columns: English and Chinese, any width and case. A mention counts unless the words
beside it make it a yardstick (`not below A100`, `性能不低于A100`), an exclusion, or an address.
"""

import re
from collections.abc import Collection

import polars as pl

from indicia.reference.chips import named_by

MARK = "\x1e"
NOTHING = r"[^\s\S]"
BESIDE_CHARS = 60
# Names that also mean roads, paper, screws or model lines: accelerator words must stand beside.
AMBIGUOUS = frozenset(
    "a10 a30 b100 blackwell h20 hopper l2 l20 l4 l40 p100 t4 v100 寒武纪 思元".split()  # noqa: SIM905 -- a list of words
)
# Between two names that stand for one choice: `A100/A800`, `H100 or H200`.
EITHER = r"^\s*(?:/|\\|or|或者?)\s*(?:nvidia|英伟达|amd|intel)?\s*$"
SUFFIX = r"(?:[\s\-_]*(?:sxm\d*|pcie|nvl\d*|hgx|oam|x\d+|\d{2,3}\s*gb?|s))*"
ACCELERATOR_WORDS = (
    r"nvidia|英伟达|輝達|辉达|gpu|graphics card|accelerator|加速卡|显卡|顯示卡|图形处理|加速器|"
    r"tensor|cuda|hgx|dgx|sxm|nvlink|infiniband|算力|智算|ai server|ai服务器|hbm"
)
NOTICE_WORDS = (
    ACCELERATOR_WORDS
    + r"|server|服务器|伺服器|compute|computing|计算|cluster|集群|hpc|training|训练|"
    r"pcie|deep learning|深度学习|artificial intelligence|人工智能|大模型|inference|推理"
)
# Within the clause before a mention, at any distance.
YARDSTICK_BEFORE = (
    r"not (?:be )?(?:below|lower than|less than|worse than|inferior to)|no (?:less|lower|worse) than|"
    r"at least (?:equal|equivalent|comparable)|equivalent to|equal to or|equals?\b|similar to|"
    r"comparable (?:to|with)|compatible with|better than|superior to|exceed\w*|outperform\w*|"
    r"alternatives? to|substitutes? for|replace(?:s|ment for)?|instead of|rather than|benchmark\w* against|"
    r"不低于|不弱于|不小于|不差于|不逊于|优于|高于|超过|达到|相当于|等同于|等效于|等效|对标|媲美|类似于?|参照|参考|"
    r"替代|代替|兼容|同等于"
)
# Directly before a mention, perhaps with the maker's name between.
EXCLUDED_BEFORE = (
    r"(?:\bno|\bnot?|\bnon|\bwithout|\bexcept(?: for)?|\bexcluding|\bother than|非|无|無|除了?|不含|不包括|不包含|"
    r"不得使用|不得采用|禁止使用|不是|不支持|无需|無需|不需要?|不要求|不采用|不使用|未采用|未使用)[\s\-]*"
    r"(?:(?:any|the|using|use|use of|requir(?:es?|ing)|need for|includ(?:es?|ing)|nvidia|英伟达|采用|使用)[\s\-]*)*$"
)
BUT_AFTER = (
    r"^[\s\-]*(?:gpus?|cards?|accelerators?|显卡|加速卡|芯片)?[\s\-(,]*"
    r"(?:or (?:better|equivalent|equal|similar|higher|above|comparable)|"
    r"(?:class|level|equivalent|compatible|comparable|like|alternative)\b|and above|performance|"
    r"(?:或|及|或者)?(?:同等|以上|更高|相当|类似|同类)|的?性能|级别?|兼容|替代|除外)"
)
ADDRESS_AFTER = (
    r"^[\s\-]*(?:road|rd\b|street|highway|motorway|autobahn|junction|roundabout|bypass|corridor|"
    r"paper|size|poster|公路|路|号楼|号|高速|国道|室)"
)
CLAUSE_END = r"[;。!?\n]|\.\s"


def _either(names: list[str]) -> str:
    ordered = sorted(names, key=lambda word: (-len(word), word))
    words = "|".join(re.escape(word).replace(r"\ ", r"[\s\-_]*") for word in ordered)
    return words or NOTHING


def pattern(names: Collection[str]) -> str:
    """One expression that finds every name; group 1 or 2 is the name without its suffix.

    A border of an ASCII word is asked for only where the name itself has an ASCII letter or digit:
    Chinese text writes without spaces.
    """
    ends_plain = [n for n in names if n[-1].isascii()]
    starts_plain = [n for n in ends_plain if n[0].isascii()]
    others = [n for n in ends_plain if not n[0].isascii()]
    rest = [n for n in names if not n[-1].isascii()]
    rest_plain = [n for n in rest if n[0].isascii()]
    rest_others = [n for n in rest if not n[0].isascii()]
    return (
        rf"((?-u:\b)(?:{_either(starts_plain)})|(?:{_either(others)})){SUFFIX}(?-u:\b)"
        rf"|((?-u:\b)(?:{_either(rest_plain)})|(?:{_either(rest_others)}))"
    )


def chip_names() -> list[str]:
    """Every name of the chip table, as `mentions` looks for it."""
    return named_by()["pattern"].unique().to_list()


def plain(text: pl.Expr) -> pl.Expr:
    """Text as it is searched: one width, lower case, no control marks."""
    return (
        text.fill_null("").str.normalize("NFKC").str.to_lowercase().str.replace_all(MARK, " ")
    )


def mentions(texts: pl.DataFrame, names: Collection[str] | None = None) -> pl.DataFrame:
    """Every name in every text, and whether it counts.

    Args:
        texts: `row` (id of the text) and `text`.
        names: What to look for, in lower case, a space for any separator or none; those of the
            chip table unless given.

    Returns:
        One row per mention: `row`, `choice` (mentions of a row that share it are alternatives to
        each other), `key` (of `named_by`), `quote`, `beside` (what stands within 60 characters),
        `is_counted`.
    """
    found = pattern(chip_names() if names is None else names)
    whole = texts.select("row", plain(pl.col("text")).alias("text")).filter(
        pl.col("text").str.contains(found)
    )
    parts = (
        whole.with_columns(
            part=pl.col("text").str.replace_all(found, f"{MARK}${{0}}{MARK}").str.split(MARK)
        )
        .explode("part")
        .with_columns(
            place=pl.int_range(pl.len()).over("row"), chars=pl.col("part").str.len_chars()
        )
        .with_columns(
            start=pl.col("chars").cast(pl.Int64).cum_sum().over("row") - pl.col("chars"),
            is_other_choice=~pl.col("part").shift().over("row").str.contains(EITHER),
        )
        .filter(pl.col("place") % 2 == 1)
    )
    start, chars = pl.col("start"), pl.col("chars")
    head = pl.max_horizontal(start - BESIDE_CHARS, pl.lit(0))
    beside = parts.with_columns(
        choice=pl.col("is_other_choice").cast(pl.Int64).cum_sum().over("row"),
        key=pl.coalesce(pl.col("part").str.extract(found, n) for n in (1, 2)).str.replace_all(
            r"[\s_-]", ""
        ),
        before=pl.col("text").str.slice(head, start - head),
        after=pl.col("text").str.slice(start + chars, BESIDE_CHARS),
    ).with_columns(
        clause=pl.col("before").str.replace(rf"(?s)^.*(?:{CLAUSE_END})", ""),
        rest=pl.col("after").str.replace(rf"(?s)(?:{CLAUSE_END}).*$", ""),
    )
    around = pl.concat_str("before", "after", separator=" ")
    near = around.str.contains(ACCELERATOR_WORDS)
    anywhere = pl.col("text").str.contains(NOTICE_WORDS)
    told_apart = pl.col("key").str.contains(r"^(?:[abh]\d+|g?b\d+)$").not_() | anywhere
    is_hardware = pl.when(pl.col("key").is_in(list(AMBIGUOUS))).then(near).otherwise(told_apart)
    is_other = (
        pl.col("clause").str.contains(YARDSTICK_BEFORE)
        | pl.col("clause").str.contains(EXCLUDED_BEFORE)
        | pl.col("rest").str.contains(BUT_AFTER)
        | pl.col("rest").str.contains(ADDRESS_AFTER)
    )
    quote = pl.concat_str(
        pl.col("before").str.tail(BESIDE_CHARS // 2),
        "part",
        pl.col("after").str.head(BESIDE_CHARS // 2),
    )
    return beside.select(
        "row",
        "choice",
        "key",
        quote=quote.str.replace_all(r"\s+", " ").str.strip_chars(),
        beside=around,
        is_counted=is_hardware & ~is_other,
    )
