"""Hours of the small zones that publish them: load, and prices where there is a market.

Units: MW, EUR/MWh. A mine stops in the dearest hours, which is what a price response is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from indicia.world.making.assumptions import (
    Floats,
    Integers,
    Months,
    Setting,
    assumptions,
    number,
)
from indicia.world.making.grids import HOURS_PER_DAY, Grids, ramp
from indicia.world.making.publishers import publish_rows

EVENING = 17
LOW = 0.05
MARKETS = ("US", "DE", "NL", "JP")
Hours = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Clock:
    """The hours that are published.

    Args:
        zones: Numbers of the zones.
        months: The months.
        hours: The hours.
        month_of: Number of the month of each hour.
        is_dear: Whether an hour is one of the dearest (hours).
    """

    zones: Integers
    months: Months
    hours: Hours
    month_of: Integers
    is_dear: npt.NDArray[np.bool_]

    @property
    def of_day(self) -> Integers:
        """Hour of the day, 0 to 23 (UTC)."""
        return np.asarray((self.hours - self.hours.astype("datetime64[D]")).astype(int))

    @property
    def day(self) -> Integers:
        """Number of the day, from the first."""
        days = self.hours.astype("datetime64[D]")
        return np.asarray((days - days[0]).astype(int))


def clock(setting: Setting, grid: Grids) -> Clock:
    """Which zones publish hours, markets first, and which hours were dear everywhere."""
    chance = setting.chance("hours")
    months = setting.months(int(assumptions()["calendar"]["hourly_months"]))
    hours = np.arange(
        months[0].astype("datetime64[h]"), (months[-1] + 1).astype("datetime64[h]")
    )
    month_of = (hours.astype("datetime64[M]") - months[0]).astype(int)
    small = grid.zones.filter(pl.col("size") == "small", ~pl.col("is_quiet"))
    ordered = small[chance.permutation(small.height)].sort(
        ~pl.col("country_iso2").is_in(MARKETS), maintain_order=True
    )
    zones = np.sort(ordered["zone"].to_numpy()[: int(number("grids", "hourly_zones"))])
    of_day = (hours - hours.astype("datetime64[D]")).astype(int)
    evenings = HOURS_PER_DAY / (HOURS_PER_DAY - EVENING)
    share = number("grids", "dear_hours_share") * evenings
    is_dear = (chance.random(len(hours)) < share) & (of_day >= EVENING)
    return Clock(zones, months, hours, month_of, is_dear)


def load_rows(setting: Setting, grid: Grids, sites: pl.DataFrame, at: Clock) -> pl.DataFrame:
    """`power_load`, with the same base load in every month as the monthly figures."""
    chance = setting.chance("hourly load")
    zones, hours, month_of = at.zones, at.hours, at.month_of
    shape = 0.5 - 0.5 * np.cos(2 * np.pi * (at.of_day - 4) / HOURS_PER_DAY)
    base = grid.base_mw[zones][:, -len(at.months) :]
    flat = _flat(grid, sites, at.months)[zones][:, month_of]
    mines = _flat(grid, sites.filter(pl.col("hypothesis") == "H5"), at.months)[zones][
        :, month_of
    ]
    top = grid.zones["peak_share"].to_numpy()[zones][:, None] - 1
    spread = number("grids", "day_spread")
    days = 1 + spread * chance.standard_normal((len(zones), int(at.day[-1]) + 1))
    wobble = 0.02 * setting.hard("noise") * chance.standard_normal((len(zones), len(hours)))
    own = np.maximum(base[:, month_of] - flat, 0)
    stopped = number("grids", "stopped_share") * mines * at.is_dear[None, :]
    load = own * (1 + top * shape[None, :] * days[:, at.day] + wobble) + flat - stopped
    starts = np.flatnonzero(np.diff(month_of, prepend=-1))
    parts = np.split(load, starts[1:], axis=1)
    low = np.stack([np.quantile(part, LOW, axis=1) for part in parts], axis=1)
    load += (base - low)[:, month_of]
    gone = chance.random(load.shape) < 0.2 * setting.hard("omitted_share")
    rows = _by_hour(grid, zones, hours, "demand_reported_mw", load).filter(
        pl.Series(~gone.ravel())
    )
    return publish_rows(
        setting, "power_load", rows, name="grid-operators", public=pl.col("day"), lag_days=1.5, origin=pl.col("zone_id"),
    )  # fmt: skip


def price_rows(setting: Setting, grid: Grids, at: Clock) -> pl.DataFrame:
    """`power_price` of the zones that have a market: dear evenings, and a few very dear hours."""
    chance = setting.chance("prices")
    is_market = grid.zones["country_iso2"].is_in(MARKETS).to_numpy()
    zones = at.zones[is_market[at.zones]]
    shape = 1 + 0.25 * np.sin(2 * np.pi * (at.of_day - 12) / HOURS_PER_DAY)
    usual = number("grids", "usual_price") * np.exp(
        0.2 * chance.standard_normal((len(zones), 1))
    )
    days = np.exp(0.2 * chance.standard_normal((len(zones), int(at.day[-1]) + 1)))[:, at.day]
    noise = np.exp(0.08 * chance.standard_normal((len(zones), len(at.hours))))
    dear = np.where(at.is_dear, chance.uniform(3.5, 9.0, len(at.hours)), 1.0)
    price = usual * shape[None, :] * days * noise * dear[None, :]
    rows = _by_hour(grid, zones, at.hours, "price_reported_eur_per_mwh", price)
    return publish_rows(
        setting,
        "power_price",
        rows,
        name="power-exchanges",
        public=pl.col("day"),
        lag_days=0.3,
        origin=pl.col("zone_id"),
    )


def _by_hour(
    grid: Grids, zones: Integers, hours: Hours, column: str, values: Floats
) -> pl.DataFrame:
    """One row per zone and hour, with the day (`day`) from which it could be public."""
    rows = pl.DataFrame(
        {
            "zone_id": np.repeat(grid.zones["zone_id"].to_numpy()[zones], len(hours)),
            "hour_utc": np.tile(hours.astype("datetime64[us]"), len(zones)),
            column: np.round(values.ravel(), 2),
        },
        schema={"zone_id": pl.String, "hour_utc": pl.Datetime("us"), column: pl.Float64},
    )
    return rows.with_columns(
        pl.col("hour_utc").dt.replace_time_zone("UTC"), day=pl.col("hour_utc").dt.date()
    )


def _flat(grid: Grids, sites: pl.DataFrame, months: np.ndarray) -> Floats:
    """Base load of facilities per zone and month."""
    found = np.zeros((grid.zones.height, len(months)))
    on = ramp(sites, months) * (sites["mw"] * sites["base_share"]).to_numpy()[:, None]
    np.add.at(found, grid.zone_of[sites["at"].to_numpy()], on)
    return found
