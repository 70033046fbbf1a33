"""Filling the stamp of every row: from the row, then the body, then the source's definition."""

from datetime import timedelta

import polars as pl

from indicia.schema import UTC, Table, short_hash, stamped
from indicia.sources.contract import Fetch
from indicia.sources.definition import Source


def period_end(table: Table) -> pl.Expr | None:
    """The last instant a row of `table` describes, read from the column that dates it.

    A period is `YYYY`, `YYYY-Qn` or `YYYY-MM`; a column that ends in `month_date` stands for a month.
    """
    if not table.dated_by:
        return None
    column, dtype = pl.col(table.dated_by), table.polars[table.dated_by]
    if dtype == UTC:
        return column
    if dtype == pl.String:
        year, rest = column.str.slice(0, 4), column.str.slice(5)
        quarter = rest.str.strip_prefix("Q").cast(pl.Int64, strict=False) * 3
        month = pl.when(rest == "").then(12).when(rest.str.starts_with("Q")).then(quarter)
        number = month.otherwise(rest.cast(pl.Int64, strict=False))
        day = pl.date(year.cast(pl.Int64, strict=False), number, 1).dt.month_end()
    elif dtype == pl.Int64:
        day = pl.date(column, 12, 31)
    else:
        day = column.dt.month_end() if table.dated_by == "month_date" else column
    return day.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def stamp(table: Table, frame: pl.DataFrame, source: Source, fetch: Fetch) -> pl.DataFrame:
    """Add what the row does not state itself, in the column order of the stored table.

    Publication is what the row states, else what the body states, else the end of the period plus
    the source's lag, else the time of the fetch; it is never later than the fetch.
    """
    target = stamped(table)
    instant = target.polars["fetched_utc"]
    fetched = pl.lit(fetch.fetched_utc, dtype=instant)
    stated, said = pl.col("published_utc"), pl.lit(fetch.published_utc, dtype=instant)
    end = period_end(table) if source.lag_days >= 0 else None
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
        return fetch.page
    return source.homepage if source.url or fetch.way == "starter" else None
