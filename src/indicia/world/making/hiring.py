"""Open positions per employer, place, month and group of skills, as counted on boards of adverts."""

import numpy as np
import polars as pl

from indicia.world.making.assumptions import Setting, assumptions, number
from indicia.world.making.population import of_classes
from indicia.world.making.publishers import publish_rows

HALF = 0.5  # of its height, from which on a burst is taken to show
# The stack of a group of skills, and the words its adverts name.
WORDS = {
    "gpu": ("CUDA", "CUDA", "NCCL"),
    "network": ("CUDA", "InfiniBand", "RoCE"),
    "domestic_stack": ("CANN", "CANN", "MindSpore"),
}
GROUPS = ("gpu", "network", "datacentre", "domestic_stack", "other")


def count_rows(
    setting: Setting, sites: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """`staffing_count`, the words adverts name (`stack_mention`), and what a facility's burst added.

    Posts follow size and, for some months around the start, the building up of a crew; the number
    counted is a Poisson draw, as counts of independent posts are.

    Returns:
        Rows of `staffing_count`; rows of `stack_mention`; at, usual (posts expected in a month without the facility's burst),
        extra (posts its burst adds in its best month) for the facilities whose board is counted.
    """
    chance = setting.chance("hiring")
    numbers = assumptions()["staffing"]
    months = setting.months(int(assumptions()["calendar"]["staffing_months"]))
    counted = np.flatnonzero(
        chance.random(sites.height)
        < numbers["counted_share"] * (1 - setting.hard("omitted_share"))
    )
    here = sites[counted]
    mix = np.array([[c["stack"].get(g, 0.0) for g in GROUPS] for c in assumptions()["class"]])[
        here["class_at"].to_numpy()
    ]
    size = np.minimum(here["mw"].to_numpy(), 120.0)
    size = np.where(
        here["hypothesis"].to_numpy() == "H7",
        here["stated_mw"].fill_null(10.0).to_numpy() * 0.3,
        size,
    )
    usual = np.clip(number("staffing", "own_per_mw") * size, 0.05, 6.0)
    start = here["starts_date"].to_numpy().astype("datetime64[M]").astype(int)
    around = months.astype(int)[None, :] - start[:, None]
    loud = np.exp(0.5 * chance.standard_normal(len(counted)))
    quiet = chance.random(len(counted)) < setting.hard("silent_share") * 0.6
    burst = np.where(quiet, 0.2, 1.0) * loud * of_classes(here, "posts") * np.sqrt(size) * 2.2
    shape = np.clip(1 - np.abs(around - 1) / (numbers["burst_months"] / 1.5), 0, 1)
    running = (around >= -numbers["ahead_months"]).astype(float)
    expected = usual[:, None] * np.where(running, 1.0, 0.3) + burst[:, None] * shape
    posts = chance.poisson(expected[:, :, None] * mix[:, None, :])
    missing = chance.random(expected.shape) < numbers["gap_share"]
    sites_count, months_count, _ = posts.shape
    told = np.repeat(~missing.ravel(), len(GROUPS))
    ever = np.repeat((mix > 0)[:, None, :], months_count, axis=1).ravel()
    rows = pl.DataFrame(
        {
            "at": np.repeat(counted, months_count * len(GROUPS)),
            "skill_group": np.tile(np.array(GROUPS), sites_count * months_count),
            "counted_date": np.tile(
                np.repeat(months.astype("datetime64[D]"), len(GROUPS)), sites_count
            ),
            "openings_count": posts.ravel().astype(np.int64),
        }
    ).filter(pl.Series(told & ever))
    named = rows.join(
        sites.select(
            pl.col("at").cast(pl.Int64), "country_iso2", "place", employer="operator_name"
        ),
        on="at",
    )
    # Two sites of one employer in one town share a board.
    summed = named.group_by(
        "employer", "place", "country_iso2", "skill_group", "counted_date"
    ).agg(pl.col("openings_count").sum())
    told_rows = publish_rows(
        setting, "staffing_count", summed.sort("employer", "place", "skill_group", "counted_date"), name="advert-boards",
        public=pl.col("counted_date"), lag_days=number("staffing", "days_lag"), origin=pl.col("employer"), reliability="C",
    )  # fmt: skip
    relevant = mix[:, :3].sum(axis=1)
    inside = ((shape >= HALF) & ~missing).any(axis=1)
    words = _words(setting, chance, named)
    return (
        told_rows,
        words,
        pl.DataFrame(
            {
                "at": counted,
                "usual": usual * relevant,
                "extra": np.where(inside, burst * relevant, 0.0),
            }
        ),
    )


def _words(setting: Setting, chance: np.random.Generator, posts: pl.DataFrame) -> pl.DataFrame:
    """Adverts of each quarter that name a word of a stack; a board that is asked is asked for all."""
    numbers = assumptions()["staffing"]
    recent = pl.lit(setting.as_of).dt.offset_by(f"-{3 * numbers['stack_counts']}mo")
    quarters = (
        posts.filter(pl.col("counted_date") >= recent, pl.col("skill_group").is_in(list(WORDS)))
        .group_by(
            "employer",
            "place",
            "country_iso2",
            "skill_group",
            pl.col("counted_date").dt.truncate("1q"),
        )
        .agg(pl.col("openings_count").sum())
        .sort("employer", "place", "skill_group", "counted_date")
    )
    asked = (
        quarters.select("employer", "place", "country_iso2", "counted_date")
        .unique()
        .sort("employer", "place", "counted_date")
    )
    open_posts = asked.join(pl.DataFrame({"skill_group": list(WORDS)}), how="cross").join(
        quarters, on=[*asked.columns, "skill_group"], how="left", maintain_order="left"
    )
    count = open_posts["openings_count"].fill_null(0).to_numpy()
    share = (
        open_posts["skill_group"]
        .replace_strict(numbers["named_stack"], return_dtype=pl.Float64)
        .to_numpy()
    )
    first = chance.binomial(count, share)
    second = chance.binomial(first, numbers["second_word_share"])
    rows = pl.concat(
        [
            open_posts.select(
                "employer", "place", "country_iso2",
                stack=pl.col("skill_group").replace_strict({g: w[0] for g, w in WORDS.items()}, return_dtype=pl.String),
                token=pl.col("skill_group").replace_strict({g: w[n] for g, w in WORDS.items()}, return_dtype=pl.String),
                counted_date=pl.col("counted_date").dt.offset_by("3mo"),
                openings_count=pl.Series(named.astype(np.int64)),
            )
            for n, named in ((1, first), (2, second))
        ]
    )  # fmt: skip
    return publish_rows(
        setting, "stack_mention", rows, name="advert-boards", public=pl.col("counted_date"),
        lag_days=number("staffing", "days_lag"), origin=pl.col("employer"), reliability="C",
    )  # fmt: skip
