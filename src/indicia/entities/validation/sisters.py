"""Made sister companies: listed names with their city exchanged for another, which nobody lists.

A name that states another city than the listed one must stay apart. Where the list also holds the
name without any city, showing that one as possibly the same is fair, and counted apart.
"""

import polars as pl

from indicia.entities.validation import figures, noise, splits
from indicia.entities.validation.figures import Share
from indicia.entities.validation.runs import ours
from indicia.entities.validation.tasks import SEED, Task, parties, spellings

CITIES = (
    "beijing", "shanghai", "shenzhen", "guangzhou", "dongguan", "suzhou", "hangzhou", "wuxi", "xiamen",
    "chengdu", "wuhan", "tianjin", "nanjing", "hefei", "zhuhai", "chongqing", "jinan", "ningbo",
    "moscow", "dubai",
)  # fmt: skip
CITY = rf"(?i)\b({'|'.join(CITIES)})\b"


def made(listed: pl.DataFrame, seed: int = SEED) -> pl.DataFrame:
    """id, name, countries_iso2, city, part: one per entity whose own name states one city."""
    found = pl.col("own_name").str.extract_all(CITY)
    one = listed.filter(found.list.len() == 1).with_columns(was=found.list.first())
    others = [
        CITIES[int(noise.draw_for(seed, key).integers(len(CITIES)))]
        for key in one["entity"].to_list()
    ]
    swapped = one.with_columns(city=pl.Series(others, dtype=pl.String)).with_columns(
        name=pl.col("own_name").str.replace(CITY, pl.col("city").str.to_titlecase())
    )
    known = spellings(listed).select(core=splits.core(pl.col("name"))).unique()
    return (
        swapped.filter(pl.col("city") != pl.col("was").str.to_lowercase())
        .with_columns(core=splits.core(pl.col("name")))
        .join(known, on="core", how="anti")
        .select(
            "name", "city", "part", "countries_iso2", id=pl.concat_str(pl.lit("s:"), "entity")
        )
    )


def measured(listed: pl.DataFrame, part: str) -> tuple[Share, Share]:
    """Names shown a listed name that states another city; names shown one that states none.

    Args:
        listed: As `tasks.entities` gives them.
        part: Which part.
    """
    asked = made(listed).filter(pl.col("part") == part)
    targets = parties(spellings(listed).rename({"entity": "id"}))
    nobody = pl.DataFrame(schema={"id": pl.String, "right_id": pl.String})
    answer = figures.shown(ours(Task("sisters", asked, targets, nobody)))
    told = answer.join(asked.select(left_id="id", city="city"), on="left_id").with_columns(
        cities=pl.col("right_value").str.to_lowercase().str.extract_all(CITY)
    )
    is_other = (pl.col("cities").list.len() > 0) & ~pl.col("cities").list.contains(
        pl.col("city")
    )
    other = told.filter(is_other)["left_id"].n_unique()
    bare = told.filter(pl.col("cities").list.len() == 0)["left_id"].n_unique()
    return Share(other, asked.height), Share(bare, asked.height)
