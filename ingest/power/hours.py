"""Hourly demand of a zone: physical bounds before any statistic, and means of whole hours only.

A data error is the first hypothesis. What no grid could draw becomes a rejection, never a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from indicia.schema import UTC
from indicia.sources.contract import Fetch, Rejection
from ingest.bodies import Sieve

KEY = ("zone_id", "hour_utc")
OVERFLOWS = (
    32_767.0, 65_535.0, 2_147_483_647.0, 4_294_967_295.0, 9.223372036854776e18,
)  # fmt: skip
HOUR_MINUTES = 60
LOAD_AGAIN = "Load the hour again later: the publisher corrects recent values in place"
SEVERAL = "Ask for sorted pages, so that none overlaps another"


def drop_implausible(
    sieve: Sieve, value: str, period: str, fetch: Fetch, most_mw: float, least_mw: float = 0
) -> None:
    """Drop rows without zone or hour, of the future, and with values no zone could draw."""
    sieve.drop(pl.col("zone_id").is_null(), "no zone", "zone_id", "the code of an area")
    sieve.drop(pl.col("hour_utc").is_null(), "no hour", period, "an hour in UTC")
    late = pl.col("hour_utc").dt.date() > pl.lit(fetch.vintage)
    sieve.drop(late, "hour in the future", period, f"no hour after {fetch.vintage}", LOAD_AGAIN)
    demand = pl.col(value)
    overflow = demand.is_in(OVERFLOWS)
    sieve.drop(
        overflow, "overflow value", value, "a demand, no largest integer of a type", LOAD_AGAIN
    )
    sieve.drop(demand < 0, "negative demand", value, "0 MW or more", LOAD_AGAIN)
    low = f"at least {least_mw:,.0f} MW, and not GW"
    sieve.drop(demand < least_mw, "below any load", value, low, LOAD_AGAIN)
    limit = f"at most {most_mw:,.0f} MW for one area"
    sieve.drop(demand > most_mw, "absurd value", value, limit, LOAD_AGAIN)


def hourly_means(
    sieve: Sieve, value: str, column: str, expected: str, into: str = "demand_reported_mw"
) -> pl.DataFrame:
    """Mean of every whole hour, from readings that each stand for some `minutes`.

    An hour that lacks a reading is no average of that hour: it is dropped and counted, and only
    noticed at the end of a zone's series, where its other readings are still to come.

    Args:
        sieve: Readings with `zone_id`, `hour_utc`, `minutes` and `value`.
        value: The column of demand, or of another quantity.
        column: The column that dates a reading, for messages.
        expected: How many readings make an hour, for messages.
        into: The column of the means.
    """
    told = pl.col("minutes").sum().over(KEY)
    last = pl.col("hour_utc") == pl.col("hour_utc").max().over("zone_id")
    sieve.frame = sieve.frame.with_columns(told.alias("told"), last.alias("is_last"))
    lacks = pl.col("told") < HOUR_MINUTES
    coming = "Load the hour again when it is over"
    sieve.drop(lacks & pl.col("is_last"), "hour not over", column, expected, coming, "notice")
    sieve.drop(lacks, "hour incomplete", column, expected)
    sieve.drop(pl.col("told") > HOUR_MINUTES, "hour told twice", column, expected)
    weighted = (pl.col(value) * pl.col("minutes")).sum() / pl.col("minutes").sum()
    return (
        sieve.frame.group_by(KEY, maintain_order=True)
        .agg(weighted.round(3).alias(into))
        .sort(KEY)
    )


def with_hour(frame: pl.DataFrame, at_utc: str = "at_utc") -> pl.DataFrame:
    """Add the hour that a reading lies in."""
    return frame.with_columns(pl.col(at_utc).dt.truncate("1h").cast(UTC).alias("hour_utc"))


def merged(rejections: Iterable[Rejection]) -> Sequence[Rejection]:
    """One rejection per rule, of the place where it was first seen, with all its records."""
    found: dict[tuple[str, str], Rejection] = {}
    for rejection in rejections:
        key = (rejection.rule, rejection.severity)
        first = found.get(key)
        found[key] = replace(first, count=first.count + rejection.count) if first else rejection
    return tuple(found.values())
