"""Which classes of accelerator a text names, and what a stated number in it counts.

A chip that is named only as a yardstick does not narrow anything. A number beside the word `servers`
counts servers; where no word says, it is unknown and both readings stand.
"""

from functools import cache

import polars as pl

from indicia.indicators import chip_mentions
from indicia.reference.chips import named_by
from indicia.reference.compute.priors import classes

NODES, ACCELERATORS = "nodes", "accelerators"
BUYS_ACCELERATORS = r"(?i)\bgpus?\b|accelerator|加速卡|加速器|显卡|智算|ai ?server|ai ?服务器"
HAS_NONE = r"(?i)\bno accelerators\b"
NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
NODE_WORDS = r"servers?|computers?|nodes?|machines?|racks?|systems?|台|套|机柜"
PART_WORDS = r"accelerators?|gpus?|cards?|chips?|parts|boards?|processors?|张|块|卡|片|枚"
EACH = rf"\bwith ({'|'.join(NUMBERS)}|\d{{1,3}}) (?:[\w./-]+ ){{0,4}}(?:{PART_WORDS})"


@cache
def _class_of_name() -> pl.DataFrame:
    """The class of each chip that the vocabulary knows: `key`, `chip_class` (null: no class)."""
    pairs = named_by().join(classes().select("chip_class", reads="pattern"), how="cross")
    fits = pairs.filter(pl.col("chip").str.contains(pl.col("reads")))
    known = fits.select("key", "chip_class").unique()
    return named_by().select("key").unique().join(known, on="key", how="left")


@cache
def _own_words() -> dict[str, str]:
    """Class -> expression, for the classes whose chips the vocabulary does not know."""
    known = set(_class_of_name()["chip_class"])
    plain = (
        pl.col("pattern")
        .str.strip_chars("^$")
        .str.replace_all(r"\(\s*[^()]*\.\*\)\?", "")
        .str.strip_suffix(".*")
        .str.replace_all(".*", r"[\w ]{0,20}", literal=True)
    )
    rest = classes().filter(~pl.col("chip_class").is_in(known)).select("chip_class", plain)
    return {name: rf"(?i)\b(?:{words})\b" for name, words in rest.iter_rows()}


def classes_named(texts: pl.DataFrame) -> pl.DataFrame:
    """Classes that each text names as the thing itself; texts that name none have no row.

    Args:
        texts: `row` and `text`.

    Returns:
        `row`, `chip_class`; null where the chip named has no class with priors.
    """
    said = texts.with_columns(pl.col("text").fill_null(""))
    counted = chip_mentions.mentions(said).filter("is_counted").select("row", "key")
    known = counted.join(_class_of_name(), on="key", how="left").select("row", "chip_class")
    own = [
        said.filter(pl.col("text").str.contains(words)).select(
            "row", chip_class=pl.lit(name, dtype=pl.String)
        )
        for name, words in _own_words().items()
    ]
    found = pl.concat([known.cast({"row": texts.schema["row"]}), *own]).unique()
    with_class = found.filter(pl.col("chip_class").is_not_null())
    without = found.filter(pl.col("chip_class").is_null()).join(
        with_class, on="row", how="anti"
    )
    return pl.concat([with_class, without]).sort("row", "chip_class")


def units_stated(rows: pl.DataFrame) -> pl.DataFrame:
    """What a stated number counts, read from the words beside it.

    Args:
        rows: `text` and `quantity_count`.

    Returns:
        The rows with `counts` (`nodes`, `accelerators`, or null where no word says) and `each`
        (accelerators in one node, where stated).
    """
    number = pl.col("quantity_count")
    whole = number.cast(pl.Int64, strict=False)
    digits = whole.cast(pl.String)
    grouped = (
        digits.str.reverse().str.replace_all(r"(\d{3})", "${1},").str.reverse().str.strip_chars_start(",")
    )  # fmt: skip
    word = whole.cast(pl.String).replace_strict(
        {str(n): text for n, text in enumerate(NUMBERS, 1)}, default=None, return_dtype=pl.String
    )  # fmt: skip
    asked = pl.format(
        r"(?:^|[^\w,./-])(?:{}|{}|{})[\s-]*(?:[\w./-]+[\s-]+)??(?:[\w./-]+[\s-]+)??(?:[\w./-]+[\s-]+)??({}|{})",
        digits,
        grouped,
        word.fill_null(digits),
        pl.lit(NODE_WORDS),
        pl.lit(PART_WORDS),
    )
    text = chip_mentions.plain(pl.col("text"))
    beside = text.str.extract(asked, 1)
    in_each = text.str.extract(EACH + r" each\b", 1)
    each = pl.when(number == 1).then(text.str.extract(EACH, 1)).otherwise(in_each)
    as_number = each.replace(list(NUMBERS), [str(n) for n in range(1, len(NUMBERS) + 1)])
    return rows.with_columns(
        counts=pl.when(beside.str.contains(rf"^(?:{NODE_WORDS})$"))
        .then(pl.lit(NODES))
        .when(beside.is_not_null())
        .then(pl.lit(ACCELERATORS)),
        each=as_number.cast(pl.Float64, strict=False),
    )
