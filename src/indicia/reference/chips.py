"""Accelerators: their figures, when they came out, and how text names them.

What needed a licence on which day is answered by `indicia.reference.clock` alone.
"""

from functools import cache

import polars as pl

from indicia import bundled
from indicia.errors import ReferenceTableError

FILE = "data/reference/chips.csv"
CHINA = "CN"
SCHEMA = pl.Schema(
    {
        "chip": pl.String,
        "vendor": pl.String,
        "designer_hq": pl.String,
        "release_date": pl.String,
        "dc_marketed": pl.String,
        "tpp": pl.Float64,
        "die_mm2": pl.Float64,
        "perf_density": pl.Float64,
        "mem_bw_gbs": pl.Float64,
        "io_total_gbs": pl.Float64,
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
    file = bundled.path(FILE)
    if tuple(file.open(encoding="utf-8").readline().strip().split(",")) != tuple(SCHEMA):
        raise ReferenceTableError("chips", f"columns must be {', '.join(SCHEMA)}")
    table = pl.read_csv(file, schema=SCHEMA)
    if table["chip"].is_duplicated().any():
        twice = table.filter(pl.col("chip").is_duplicated())["chip"].unique().sort().to_list()
        raise ReferenceTableError("chips", f"named twice: {', '.join(twice)}")
    return table


@cache
def candidates() -> pl.DataFrame:
    """Parts that could be a controlled part at a site: `chip`, `released_date`.

    Released, and not designed in China. A release known to the month or year counts from its first
    day on.
    """
    return (
        chips()
        .filter(pl.col("designer_hq") != CHINA, pl.col("release_date").is_not_null())
        .select(
            "chip",
            released_date=pl.format("{}-01-01", "release_date")
            .str.head(7)
            .str.to_date("%Y-%m"),
        )
    )


@cache
def named_by() -> pl.DataFrame:
    """One row per word pattern and chip it may mean: `pattern`, `key`, `chip`, `designer_hq`.

    A space in a pattern stands for any separator or none; `key` is the pattern without it.
    """
    return (
        chips()
        .select("chip", "designer_hq", pattern=pl.col("patterns").str.split("|"))
        .explode("pattern")
        .filter(pl.col("pattern").str.len_chars() > 0)
        .with_columns(pattern=pl.col("pattern").str.to_lowercase())
        .with_columns(key=pl.col("pattern").str.replace_all(r"[\s_-]", ""))
    )
