"""Accelerators: how text names them, and from which day a licence was required for China.

The clock here is the least that an indicator needs: the test of October 2022 and that of October
2023, for China including Hong Kong. Company letters, other destinations, owners' headquarters and
what is codified but not enforced are for the rules engine. Unknown stays unknown, never `no`.
"""

from datetime import date
from functools import cache

import polars as pl

from indicia import bundled
from indicia.errors import ReferenceTableError

TEST_2022_FROM = date(2022, 10, 21)
TEST_2023_FROM = date(2023, 11, 17)
TEST_2023_NVIDIA_FROM = date(2023, 10, 23)
NVIDIA_LETTER_LEAST_TPP = 4800
SCHEMA = pl.Schema(
    {
        "chip": pl.String,
        "vendor": pl.String,
        "release_date": pl.String,
        "tpp": pl.Float64,
        "perf_density": pl.Float64,
        "io_total_gbs": pl.Float64,
        "dc_marketed": pl.String,
        "eccn_2023_test": pl.String,
        "meets_2022_test": pl.String,
        "is_domestic_cn": pl.String,
        "patterns": pl.String,
        "source": pl.String,
        "confidence": pl.String,
    }
)


@cache
def chips() -> pl.DataFrame:
    """Every accelerator of the reference table, one row each.

    Raises:
        ReferenceTableError: The file's columns are not the stated ones, or a chip stands twice.
    """
    file = bundled.path("data/reference/chips.csv")
    if tuple(file.open(encoding="utf-8").readline().strip().split(",")) != tuple(SCHEMA):
        raise ReferenceTableError("chips", f"columns must be {', '.join(SCHEMA)}")
    table = pl.read_csv(file, schema=SCHEMA)
    if table["chip"].is_duplicated().any():
        twice = table.filter(pl.col("chip").is_duplicated())["chip"].unique().sort().to_list()
        raise ReferenceTableError("chips", f"named twice: {', '.join(twice)}")
    return table


@cache
def named_by() -> pl.DataFrame:
    """One row per word pattern and chip that it may mean: `pattern`, `key`, `chip`.

    A space in a pattern stands for any separator or none; `key` is the pattern without it.
    """
    return (
        chips()
        .select("chip", "is_domestic_cn", pattern=pl.col("patterns").str.split("|"))
        .explode("pattern")
        .filter(pl.col("pattern").str.len_chars() > 0)
        .with_columns(pattern=pl.col("pattern").str.to_lowercase())
        .with_columns(key=pl.col("pattern").str.replace_all(r"[\s_-]", ""))
    )


def controlled_on(named: pl.Series, dates: pl.Series) -> pl.Series:
    """Whether each chip needed a licence for China on its date: `yes`, `no` or `unknown`.

    Args:
        named: Chips, as in the reference table.
        dates: One date per chip.
    """
    asked = pl.DataFrame(
        {"chip": named, "on_date": dates}, schema_overrides={"on_date": pl.Date}
    )
    on_date, eccn = pl.col("on_date"), pl.col("eccn_2023_test")
    by_letter = (
        (pl.col("vendor") == "NVIDIA")
        & (pl.col("dc_marketed") == "Y")
        & (pl.col("tpp") >= NVIDIA_LETTER_LEAST_TPP).fill_null(value=False)
    )
    from_2023 = pl.when(by_letter).then(TEST_2023_NVIDIA_FROM).otherwise(TEST_2023_FROM)
    answer = (
        pl.when(on_date.is_null() | pl.col("vendor").is_null())
        .then(pl.lit("unknown"))
        .when(on_date < TEST_2022_FROM)
        .then(pl.lit("no"))
        .when(pl.col("meets_2022_test") == "Y")
        .then(pl.lit("yes"))
        .when((on_date < from_2023) & (pl.col("meets_2022_test") == "N"))
        .then(pl.lit("no"))
        .when(on_date < from_2023)
        .then(pl.lit("unknown"))
        .when(eccn.str.starts_with("3A090"))
        .then(pl.lit("yes"))
        .when(eccn.str.starts_with("none"))
        .then(pl.lit("no"))
        .otherwise(pl.lit("unknown"))
    )
    return asked.join(chips(), on="chip", how="left", maintain_order="left").select(
        controlled=answer
    )["controlled"]
