"""What becomes public of what is: delays, gaps, and the stamp that every observation carries."""

from datetime import UTC, datetime, time

import numpy as np
import polars as pl

from indicia.schema import OBSERVED, stamped
from indicia.schema.identity import short_hash
from indicia.world.making.assumptions import Setting

LICENCE = "synthetic: invented rows, free of rights"
SITE = "https://publishers.invalid"


def fetched(setting: Setting) -> datetime:
    """When the whole world was read: at the end of the day it is looked at from."""
    return datetime.combine(setting.as_of, time(23), UTC)


def source(name: str) -> str:
    """Name of a made source: no real one begins so."""
    return f"synthetic/{name}"


def publish_rows(
    setting: Setting,
    table: str,
    rows: pl.DataFrame,
    *,
    name: str,
    public: pl.Expr,
    lag_days: float,
    origin: pl.Expr | None = None,
    reliability: str = "B",
    basis: str = "stated",
    is_kept: bool = True,
) -> pl.DataFrame:
    """Rows as their publisher lets them out by the day the world is looked at from.

    Args:
        setting: The world.
        table: The observation table.
        rows: Rows in columns of the table, and those that `public` and `origin` name.
        name: The publisher.
        public: Day from which the value could have been published.
        lag_days: Usual days until it was; the level stretches it, and it scatters by half.
        origin: Whose word a row is; the publisher's by default.
        reliability: Admiralty grade.
        basis: How the time of publication is known.
        is_kept: Nothing is left out.
    """
    whole = stamped(OBSERVED[table])
    chance = setting.chance(f"publish {name} {table}")
    height = rows.height
    days = lag_days * setting.hard("lag") * np.exp(0.5 * chance.standard_normal(height))
    hours = np.round(24 * days).astype(np.int64)
    seen = (
        np.ones(height, dtype=bool)
        if is_kept
        else chance.random(height) >= setting.hard("omitted_share")
    )
    told = (
        rows.with_columns(
            published_utc=public.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
            + pl.duration(hours=pl.lit(pl.Series(hours))),
            origin_id=pl.lit(f"synthetic-{name}")
            if origin is None
            else pl.format("synthetic-{}-{}", pl.lit(name), origin),
        )
        .filter(pl.lit(pl.Series(seen)))
        .filter(pl.col("published_utc") <= fetched(setting))
    )
    given = told.select(c for c in told.columns if c in whole.names)
    return whole.check(
        whole.fit(
            given.with_columns(
                source=pl.lit(source(name)),
                source_url=pl.lit(f"{SITE}/{name}/{table}"),
                reliability=pl.lit(reliability),
                licence=pl.lit(LICENCE),
                published_basis=pl.lit(basis),
                fetched_utc=pl.lit(fetched(setting)),
                fetch_id=pl.lit(fetch_id(setting, name)),
            )
        ).sort(whole.key)
    )


def revised(
    setting: Setting, table: str, first: pl.DataFrame, true: pl.DataFrame, after_days: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """First figures, and the true ones that their publisher puts in their place later.

    Args:
        setting: The world.
        table: The observation table.
        first: Rows as `publish_rows` gives them.
        true: Of those that were off: columns of the table's key that tell them apart, and the value
            under the name of the table's column.
        after_days: Days from a first figure to its revision.

    Returns:
        The rows as they stand on the day the world is looked at from, and the versions that were
        public before them.
    """
    key = [c for c in OBSERVED[table].key if c in true.columns]
    values = [c for c in true.columns if c not in key]
    later = (
        first.drop(values)
        .join(true, on=key)
        .with_columns(pl.col("published_utc") + pl.duration(days=after_days))
        .filter(pl.col("published_utc") <= fetched(setting))
        .select(first.columns)
    )
    old = first.join(later.select(key), on=key, how="semi")
    now = pl.concat([first.join(later.select(key), on=key, how="anti"), later])
    return now.sort(stamped(OBSERVED[table]).key), old


def fetch_id(setting: Setting, name: str) -> str:
    """The fetch that a publisher's rows of one world come from."""
    return short_hash("synthetic", setting.seed, setting.level, name)
