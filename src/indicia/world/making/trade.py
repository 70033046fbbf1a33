"""Trade: lanes of computing hardware month by month, as importer and exporter declare them.

Units: US$, kg. A lane carries ordinary goods, the lawful boom of AI servers, and what single facilities
buy; weights follow from what the goods are, so that a declared line is dear by weight only where AI
servers are most of it.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.schema import CUSTOMS_FLOW
from indicia.world.making.assumptions import (
    Floats,
    Months,
    Setting,
    assumptions,
    between,
    number,
)
from indicia.world.making.enforcement import flowing
from indicia.world.making.grids import gaps
from indicia.world.making.publishers import publish_rows, revised

AI_CODE_SHARES = np.array([0.7, 0.0, 0.3, 0.0])
MINER_CODE_SHARES = np.array([0.1, 0.9, 0.0, 0.0])
MINER_USD_PER_KG = 260.0
PARTNER = "W00"


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes as they are: values (lanes x codes x months) of ordinary, boom and facilities' goods."""

    exporters: list[str]
    importers: list[str]
    reported: list[str]
    ordinary_usd: Floats
    boom_usd: Floats
    bought_usd: Floats
    miners_usd: Floats
    hidden_usd: Floats


def lanes(setting: Setting, bought: pl.DataFrame, grey: pl.DataFrame) -> Lanes:
    """Run the lanes for the months."""
    chance = setting.chance("lanes")
    table, trade = assumptions()["trade"]["lanes"], assumptions()["trade"]
    months = int(assumptions()["calendar"]["customs_months"])
    level = 1e6 * np.array([float(row[2]) for row in table])
    shares = np.array(trade["code_shares"])
    t = np.arange(months) / 12
    years = 2020.5 + t
    at, height = np.array(trade["boom"]).T
    boom = np.interp(years, at, height)
    growth = chance.uniform(-0.01, 0.06, len(level))
    own = between(chance, "trade", "boom_spread", len(level))
    mixed = np.exp(0.25 * chance.standard_normal((len(level), len(shares)))) * shares
    mixed /= mixed.sum(axis=1, keepdims=True)
    season = 1 + 0.06 * np.sin(2 * np.pi * (t + 0.6))
    scatter = _scatter(
        chance,
        (len(level), len(shares), months),
        number("trade", "lane_noise") * setting.hard("noise"),
    )
    calm = level[:, None, None] * mixed[:, :, None] * np.exp(growth[:, None, None] * t) * season
    ordinary = calm * scatter
    extra = (
        np.array(trade["boom_codes"])[None, :, None]
        * own[:, None, None]
        * (boom - 1)[None, None, :]
    )
    risen = (
        calm
        * extra
        * _scatter(
            chance, scatter.shape, 1.3 * number("trade", "lane_noise") * setting.hard("noise")
        )
    )
    pulses = {kind: _pulses(table, bought.filter(pl.col("kind") == kind), months, codes)
              for kind, codes in (("ai", AI_CODE_SHARES), ("miners", MINER_CODE_SHARES))}  # fmt: skip
    kept_back = bought.filter(pl.col("kind") == "ai").with_columns(
        declared_share=1 - pl.col("declared_share")
    )
    span = setting.months(months)
    flows = np.stack([flowing(grey, f"{row[0]}>{row[1]}", span) for row in table])
    pulses["ai"] += (
        number("trade", "grey_share")
        * level[:, None, None]
        * flows[:, None, :]
        * AI_CODE_SHARES[None, :, None]
    )
    return Lanes(
        [row[0] for row in table], [row[1] for row in table], [row[3] for row in table],
        ordinary, risen, pulses["ai"], pulses["miners"], _pulses(table, kept_back, months, AI_CODE_SHARES),
    )  # fmt: skip


def _scatter(chance: np.random.Generator, shape: tuple[int, int, int], size: float) -> Floats:
    """Scatter that resembles its neighbours a little, with mean one."""
    shocks = chance.standard_normal(shape)
    shocks[:, :, 1:] = 0.35 * shocks[:, :, :-1] + np.sqrt(1 - 0.35**2) * shocks[:, :, 1:]
    return np.exp(size * shocks - size**2 / 2)


def _pulses(
    table: list[list[object]], bought: pl.DataFrame, months: int, codes: Floats
) -> Floats:
    """What facilities bought on each lane, spread over the months of its delivery."""
    found = np.zeros((len(table), len(codes), months))
    known = {(row[0], row[1]): n for n, row in enumerate(table)}
    for row in bought.iter_rows(named=True):
        lane = known.get((row["exporter"], row["importer"]))
        first, last = (
            max(0, row["first_month"]),
            min(months, row["first_month"] + row["months"]),
        )
        if lane is not None and first < last:
            usd = row["usd"] * row["declared_share"] / row["months"]
            found[lane, :, first:last] += usd * codes[:, None]
    return found


def flow_rows(setting: Setting, lane: Lanes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`customs_flow` as the statistical offices of both ends publish it, and their totals.

    Returns:
        The rows as they stand, and the first figures that revisions took the place of.
    """
    chance = setting.chance("customs flows")
    trade = assumptions()["trade"]
    months = setting.months(lane.ordinary_usd.shape[2])
    usual = np.array(trade["ordinary_usd_per_kg"])[None, :, None]
    dear = 8 * number("chips", "price_usd") / number("chips", "server_kg")
    light = np.exp(0.07 * chance.standard_normal(lane.ordinary_usd.shape))
    ai = lane.boom_usd + lane.bought_usd
    value = lane.ordinary_usd + ai + lane.miners_usd
    kg = (
        lane.ordinary_usd / (usual * light)
        + ai / (dear * light)
        + lane.miners_usd / MINER_USD_PER_KG
    )
    noise = number("trade", "mirror_noise") * setting.hard("noise")
    late = number("trade", "mirror_lag_share")
    arrived = value.copy()
    arrived[:, :, 1:] += late * (value[:, :, :-1] - value[:, :, 1:])
    seen = {
        "M": arrived
        * number("trade", "cif_over_fob")
        * np.exp(noise * chance.standard_normal(value.shape)),
        "X": (value + lane.hidden_usd * 0.6)
        * np.exp(noise * chance.standard_normal(value.shape)),
    }
    parts = []
    for flow, amount in seen.items():
        reporters = lane.importers if flow == "M" else lane.exporters
        partners = lane.exporters if flow == "M" else lane.importers
        told = np.array([r in (flow, "B") for r in lane.reported])
        parts.append(
            _cells(
                np.array(reporters)[told],
                np.array(partners)[told],
                flow,
                amount[told],
                kg[told] * amount[told] / value[told],
                months,
            )
        )
        parts.append(_totals(np.array(reporters)[told], flow, amount[told], kg[told], months))
    parts.append(_reexports(lane, ai, noise, chance, months))
    rows = _without_gaps(setting, chance, pl.concat(parts), months)
    off = pl.Series(
        np.where(
            chance.random(rows.height) < setting.hard("revised_share"),
            np.exp(number("trade", "revision_spread") * chance.standard_normal(rows.height)),
            1.0,
        )
    )
    slip = pl.Series(
        np.where(chance.random(rows.height) < 0.3 * setting.hard("misprint_share"), 1000.0, 1.0)
    )
    rows = rows.with_columns(
        true_usd=pl.col("value_reported_usd").round(0),
        value_reported_usd=(pl.col("value_reported_usd") * off).round(0),
        net_weight_reported_kg=(pl.col("net_weight_reported_kg") / slip).round(1),
    )
    first = publish_rows(
        setting, "customs_flow", rows, name="customs-offices",
        public=pl.col("month_date").dt.offset_by("1mo"), lag_days=38, origin=pl.col("reporter_iso3"),
    )  # fmt: skip
    key = [c for c in CUSTOMS_FLOW.key if c in rows.columns]
    true = rows.filter(pl.Series(off != 1.0)).select(*key, value_reported_usd="true_usd")
    return revised(
        setting, "customs_flow", first, true, int(number("trade", "revised_after_days"))
    )


def _reexports(
    lane: Lanes, ai: Floats, noise: float, chance: np.random.Generator, months: Months
) -> pl.DataFrame:
    """What the hubs that count it apart send on: part of the ordinary goods, and all AI servers."""
    told = np.isin(np.array(lane.exporters), assumptions()["trade"]["hub_offices"])
    passed = number("trade", "hub_reexport_share") * lane.ordinary_usd[told] + ai[told]
    passed = passed * np.exp(noise * chance.standard_normal(passed.shape))
    cells = _cells(
        np.array(lane.exporters)[told],
        np.array(lane.importers)[told],
        "RX",
        passed,
        passed,
        months,
    )
    return cells.with_columns(net_weight_reported_kg=pl.lit(None, dtype=pl.Float64))


def _without_gaps(
    setting: Setting, chance: np.random.Generator, rows: pl.DataFrame, months: np.ndarray
) -> pl.DataFrame:
    """Some offices leave out whole months, with every partner and code."""
    offices = rows["reporter_iso3"].unique().sort()
    left_out = gaps(setting, chance, len(offices), len(months))
    office, month = np.nonzero(left_out)
    gone = pl.DataFrame(
        {
            "reporter_iso3": offices.gather(office),
            "period": pl.Series(months.astype(str)[month], dtype=pl.String),
        }
    )
    return rows.join(gone, on=["reporter_iso3", "period"], how="anti", maintain_order="left")


def _cells(
    reporters: np.ndarray,
    partners: np.ndarray,
    flow: str,
    usd: Floats,
    kg: Floats,
    months: np.ndarray,
) -> pl.DataFrame:
    codes = assumptions()["trade"]["codes"]
    count, kinds, span = usd.shape
    return pl.DataFrame(
        {
            "reporter_iso3": np.repeat(reporters, kinds * span),
            "partner_iso3": np.repeat(partners, kinds * span),
            "flow": [flow] * (count * kinds * span),
            "hs_code": np.tile(np.repeat(np.array(codes), span), count),
            "classification": ["H6"] * (count * kinds * span),
            "frequency": ["M"] * (count * kinds * span),
            "period": np.tile(months.astype(str), count * kinds),
            "value_reported_usd": usd.ravel(),
            "net_weight_reported_kg": kg.ravel(),
            "month_date": np.tile(months.astype("datetime64[D]"), count * kinds),
        }
    )


def _totals(
    reporters: np.ndarray, flow: str, usd: Floats, kg: Floats, months: np.ndarray
) -> pl.DataFrame:
    """A reporter's trade with the world: its lanes here and half as much again elsewhere."""
    names = np.unique(reporters)
    member = (names[:, None] == reporters[None, :]).astype(float)
    summed, mass = (1.5 * np.einsum("nl,lct->nct", member, part) for part in (usd, kg))
    return _cells(names, np.array([PARTNER] * len(names)), flow, summed, mass, months)
