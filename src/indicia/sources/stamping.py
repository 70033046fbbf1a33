"""Filling the stamp of every row: from the row, then the body, then the source's definition."""

from datetime import timedelta

import polars as pl

from indicia.schema import Table, short_hash, stamped
from indicia.sources.contract import Fetch
from indicia.sources.definition import Source

MONTH_DIGITS = 7


def _period_end(table: Table) -> pl.Expr | None:
    """Last instant a row describes, for the tables whose publication follows a lag model."""
    period = pl.col("period")
    month = (period + "-01").str.to_date(strict=False).dt.month_end()
    year = (period.str.slice(0, 4) + "-12-31").str.to_date(strict=False)
    days = {
        "power_load_month": pl.col("month_date").dt.month_end(),
        "power_site_year": pl.date(pl.col("year"), 12, 31),
        "customs_flow": pl.when(period.str.len_chars() == MONTH_DIGITS)
        .then(month)
        .otherwise(year),
        "staffing_count": pl.col("counted_date"),
        "procurement_notice": pl.col("notice_date"),
    }
    if table.name == "power_load":
        return pl.col("hour_utc")
    day = days.get(table.name)
    return None if day is None else day.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def stamp(table: Table, frame: pl.DataFrame, source: Source, fetch: Fetch) -> pl.DataFrame:
    """Add what the row does not state itself, in the column order of the stored table.

    Publication is what the row states, else what the body states, else the end of the period plus
    the source's lag, else the time of the fetch; it is never later than the fetch.
    """
    target = stamped(table)
    instant = target.polars["fetched_utc"]
    fetched = pl.lit(fetch.fetched_utc, dtype=instant)
    stated, said = pl.col("published_utc"), pl.lit(fetch.published_utc, dtype=instant)
    end = _period_end(table) if source.lag_days >= 0 else None
    lagged = (
        pl.lit(None, dtype=instant) if end is None else end + timedelta(days=source.lag_days)
    )
    basis = (
        pl.when(stated.is_not_null())
        .then(pl.coalesce("published_basis", pl.lit("stated")))
        .when(said.is_not_null())
        .then(pl.lit("stated"))
        .when(lagged.is_not_null())
        .then(pl.lit("lag model"))
        .otherwise(pl.lit("fetched"))
    )
    published = pl.min_horizontal(pl.coalesce(stated, said, lagged, fetched), fetched)
    urls = frame["source_url"].unique().drop_nulls()
    origins = dict(zip(urls, (short_hash(u) for u in urls), strict=True))
    return frame.with_columns(
        published_basis=basis,
        published_utc=published,
        origin_id=pl.coalesce(
            "origin_id",
            pl.col("source_url").replace_strict(origins, default=None, return_dtype=pl.String),
            pl.lit(source.id),
        ),
        source_url=pl.coalesce("source_url", pl.lit(_page(source, fetch), dtype=pl.String)),
        reliability=pl.coalesce("reliability", pl.lit(source.reliability)),
        licence=pl.coalesce("licence", pl.lit(source.licence)),
        source=pl.lit(source.id),
        fetched_utc=fetched,
        fetch_id=pl.lit(fetch.fetch_id),
    ).select(target.names)


def _page(source: Source, fetch: Fetch) -> str | None:
    """Where a person can read the body: its address, else the publisher's page, if it has one."""
    if "://" in fetch.url:
        return fetch.url
    return source.homepage if source.url or fetch.way == "starter" else None
