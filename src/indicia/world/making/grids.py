"""Electricity: zones with season, growth and weather, and in them the loads of the facilities.

Units: MW. A facility adds its load to its zone from its start on, over some months; whether that can
be told from the zone's own scatter is arithmetic, not a draw.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.world.making import names
from indicia.world.making.assumptions import (
    Flags,
    Floats,
    Integers,
    Setting,
    assumptions,
    between,
    number,
)
from indicia.world.making.publishers import publish_rows

SIZES = ("small", "middle", "large")
RAMP_MONTHS = 3.0
MOST_IN_SMALL_MW = 220.0
HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Grids:
    """The zones as they are.

    Args:
        zones: One row per zone: zone (its number), zone_id, country_iso2, size, noise_mw (scatter of
            one month's base load), base_mw.
        zone_of: Per facility the number of its zone.
        base_mw: Base load per zone and month, as it truly is.
        mean_mw: Mean load per zone and month.
    """

    zones: pl.DataFrame
    zone_of: Integers
    base_mw: Floats
    mean_mw: Floats


def ramp(sites: pl.DataFrame, months: np.ndarray) -> Floats:
    """Share of each facility's load that is on in each month, 0 to 1 (facilities x months)."""
    start = sites["starts_date"].to_numpy().astype("datetime64[D]").astype(float)
    month = months.astype("datetime64[D]").astype(float) + 15.0
    return np.asarray(
        np.clip((month[None, :] - start[:, None]) / (30.4 * RAMP_MONTHS), 0.0, 1.0)
    )


def grids(setting: Setting, sites: pl.DataFrame) -> Grids:
    """Lay the zones, put the facilities into them, and run them for the months."""
    chance = setting.chance("grids")
    zones = _zones(setting, chance)
    zone_of = _placed(chance, zones, sites)
    months = setting.months(assumptions()["calendar"]["power_months"])
    count, size = len(months), zones["size"].to_list()
    base = zones["base_mw"].to_numpy()
    noise = np.array([number("grids", f"{s}_noise") for s in size]) * setting.hard("noise")
    t = np.arange(count)[None, :] / 12
    peak = between(chance, "grids", "peak_share", len(base))
    growth = between(chance, "grids", "growth", len(base))[:, None]
    season = between(chance, "grids", "season_share", len(base))[:, None]
    _, country = np.unique(zones["country_iso2"].to_numpy(), return_inverse=True)
    whole = chance.uniform(0, 2 * np.pi, country.max() + 1)[country]
    phase = (whole + number("grids", "phase_spread") * chance.standard_normal(len(base)))[
        :, None
    ]
    keep = number("grids", "persistence")
    shared = number("grids", "shared_weather")
    common = chance.standard_normal((country.max() + 1, count))[country]
    alone = chance.standard_normal((len(base), count))
    shocks = (np.sqrt(shared) * common + np.sqrt(1 - shared) * alone) * noise[:, None]
    weather = np.empty_like(shocks)
    weather[:, 0] = shocks[:, 0]
    for month in range(1, count):
        weather[:, month] = (
            keep * weather[:, month - 1] + np.sqrt(1 - keep**2) * shocks[:, month]
        )
    own = base[:, None] * np.exp(growth * t + season * np.sin(2 * np.pi * t + phase) + weather)
    on = ramp(sites, months) * sites["mw"].to_numpy()[:, None]
    loads = np.zeros((len(base), count))
    bases = np.zeros((len(base), count))
    np.add.at(loads, zone_of, on)
    np.add.at(bases, zone_of, on * sites["base_share"].to_numpy()[:, None])
    return Grids(
        zones.with_columns(noise_mw=pl.Series(noise * own[:, -1]), peak_share=pl.Series(peak)),
        zone_of,
        own + bases,
        (1 + peak[:, None]) / 2 * own + loads,
    )


def _zones(setting: Setting, chance: np.random.Generator) -> pl.DataFrame:
    table = assumptions()["grids"]["zones"]
    rows = [
        (country, size)
        for country, counts in table.items()
        for size, count in zip(SIZES, counts, strict=True)
        for _ in range(count)
    ]
    countries = list(table)
    quiet = [
        (countries[chance.integers(len(countries))], SIZES[chance.integers(3)])
        for _ in range(int(chance.integers(*assumptions()["grids"]["quiet_zones"])))
    ]
    everything = rows + quiet
    low_high = {s: np.log(assumptions()["grids"][f"{s}_mw"]) for s in SIZES}
    base = [float(np.exp(chance.uniform(*low_high[s]))) for _, s in everything]
    order = chance.permutation(len(everything))
    towns = names.places(setting.chance("zone names"), len(everything))
    return pl.DataFrame(
        {
            "zone": np.arange(len(everything)),
            "zone_id": [f"INV-{towns[n].upper()}" for n in range(len(everything))],
            "country_iso2": [everything[n][0] for n in order],
            "size": [everything[n][1] for n in order],
            "base_mw": [base[n] for n in order],
            "is_quiet": [bool(n >= len(rows)) for n in order],
        }
    )


def _placed(chance: np.random.Generator, zones: pl.DataFrame, sites: pl.DataFrame) -> Integers:
    """A zone of its country for each facility: a small one where it is to stand in one."""
    open_to = zones.filter(~pl.col("is_quiet"))
    known = {
        (country, is_small): group["zone"].to_numpy()
        for (country, is_small), group in open_to.with_columns(
            is_small=pl.col("size") == "small"
        ).group_by("country_iso2", "is_small", maintain_order=True)
    }
    draws = chance.random(sites.height)
    wanted = sites.select(
        "country_iso2", small=pl.col("in_small_zone") & (pl.col("mw") < MOST_IN_SMALL_MW)
    )
    chosen = np.empty(sites.height, dtype=np.int64)
    for at, (country, small) in enumerate(wanted.iter_rows()):
        here = known.get((country, small))
        here = known[country, not small] if here is None else here
        chosen[at] = here[int(draws[at] * len(here))]
    return chosen


def monthly_rows(setting: Setting, grid: Grids) -> pl.DataFrame:
    """`power_load_month` as the zones' operators publish it."""
    chance = setting.chance("monthly load")
    months = setting.months(grid.base_mw.shape[1])
    zones, count = grid.base_mw.shape
    slip = np.where(
        chance.random((zones, count)) < setting.hard("misprint_share"),
        chance.choice([0.1, 10.0], (zones, count)),
        1.0,
    )
    days = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    hours = np.tile(days.astype(np.int64) * HOURS_PER_DAY, zones)
    missing = np.round(
        hours
        * np.where(
            chance.random(len(hours)) < setting.hard("omitted_share"),
            chance.uniform(0, 0.2, len(hours)),
            0,
        )
    ).astype(np.int64)
    rows = pl.DataFrame(
        {
            "zone_id": np.repeat(grid.zones["zone_id"].to_numpy(), count),
            "month_date": np.tile(months.astype("datetime64[D]"), zones),
            "base_load_mw": (grid.base_mw * slip).ravel(),
            "mean_load_mw": (grid.mean_mw * slip).ravel(),
            "hours_reported_count": hours - missing,
            "hours_imputed_count": missing,
        }
    ).filter(pl.Series(~gaps(setting, chance, zones, count).ravel()))
    return publish_rows(
        setting, "power_load_month", rows, name="grid-operators",
        public=pl.col("month_date").dt.offset_by("1mo"), lag_days=12, origin=pl.col("zone_id"),
    )  # fmt: skip


def gaps(setting: Setting, chance: np.random.Generator, publishers: int, months: int) -> Flags:
    """Months that a publisher leaves out: most leave out none, some up to a fifth (publishers x months)."""
    share = number("grids", "gappy_share") * setting.hard("omitted_share")
    is_gappy = chance.random(publishers) < share
    often = np.where(is_gappy, chance.uniform(0.03, 0.2, publishers), 0.0)
    return np.asarray(chance.random((publishers, months)) < often[:, None])


def site_year_rows(setting: Setting, sites: pl.DataFrame) -> pl.DataFrame:
    """`power_site_year`: campuses whose operators report a year's electricity."""
    chance = setting.chance("site years")
    home = sites["country_iso2"].is_in(["CN", "HK"]).to_numpy()
    reports = chance.random(sites.height) < np.where(home, 0.04, 0.2)
    years = np.arange(setting.as_of.year - 7, setting.as_of.year)
    all_months = setting.months(12 * 8)
    on = ramp(sites, all_months) * sites["mw"].to_numpy()[:, None]
    year_of = all_months.astype("datetime64[Y]").astype(int) + 1970
    parts = []
    for year in years:
        inside = on[:, year_of == year]
        began = (inside > 0).any(axis=1) & reports
        average = inside.mean(axis=1) * (
            1 + 0.03 * setting.hard("noise") * chance.standard_normal(len(inside))
        )
        parts.append(
            sites.select("facility_id", site_name="facility_name", operator="operator_name")
            .with_columns(
                year=pl.lit(int(year), dtype=pl.Int64),
                electricity_reported_mwh=pl.Series(np.maximum(average, 0) * 8760),
                is_partial=pl.Series((inside[:, 0] == 0) | (inside[:, -1] == 0)),
                day=pl.lit(f"{year + 1}-01-01").str.to_date(),
            )
            .filter(pl.Series(began))
        )
    return publish_rows(
        setting, "power_site_year", pl.concat(parts), name="operator-reports", public=pl.col("day"),
        lag_days=150, origin=pl.col("operator"), is_kept=False,
    )  # fmt: skip
