"""Electricity by sector and period: bounds before any statistic, and no period that is not over."""

from datetime import timedelta

import polars as pl

from indicia.schema import POWER_SECTOR, parsed
from indicia.sources.contract import Fetch, Parsed
from indicia.sources.stamping import period_end
from ingest.bodies import Sieve
from ingest.power.hours import OVERFLOWS

MWH_PER_GWH, MWH_PER_MILLION_KWH, MWH_PER_TWH = 1_000, 1_000, 1_000_000
KEY = ("region_id", "sector", "frequency", "period")
PERIOD = r"^\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$"
UNREAD = "a year, quarter or month"


def drop_implausible(
    sieve: Sieve, value: str, stated: str, fetch: Fetch, most: float, unit: str
) -> None:
    """Drop rows without period, of periods not over, and with values no sector can use.

    Args:
        sieve: Rows with the columns of KEY.
        value: The column of energy, in the publisher's unit.
        stated: The column the period was read from.
        fetch: The body.
        most: Most energy one period of one region can hold, in the publisher's unit.
        unit: That unit, for messages.
    """
    period = pl.col("period")
    unread = period.is_null() | ~period.str.contains(PERIOD)
    sieve.drop(unread, "period unknown", stated, UNREAD)
    end = period_end(POWER_SECTOR)
    if end is not None:
        late = end.dt.date() > pl.lit(fetch.vintage)
        sieve.drop(late, "period not over", stated, f"a period that ends by {fetch.vintage}")
    energy = pl.col(value)
    sieve.drop(energy.is_in(OVERFLOWS), "overflow value", value, f"{unit}, no largest integer")
    sieve.drop(energy < 0, "negative energy", value, f"0 {unit} or more")
    limit = f"at most {most:,.0f} {unit} in one period"
    sieve.drop(energy > most, "absurd value", value, limit, "Check the unit, then load again")
    sieve.drop_repeats(KEY, "Load each period once")


def published_after(days: int) -> dict[str, pl.Expr]:
    """When a period was public, by a lag model: `days` after its end."""
    end = period_end(POWER_SECTOR)
    if end is None:
        return {}
    return {
        "published_utc": end + timedelta(days=days),
        "published_basis": pl.lit("lag model"),
    }


def as_parsed(sieve: Sieve, rows_in: int) -> Parsed:
    """The rows that are left, with the columns `power_sector` and its stamp know."""
    table = parsed(POWER_SECTOR)
    known = [c for c in sieve.frame.columns if c in table.names]
    return Parsed(
        {POWER_SECTOR.name: table.fit(sieve.frame.select(known))},
        rows_in,
        tuple(sieve.rejections),
    )
