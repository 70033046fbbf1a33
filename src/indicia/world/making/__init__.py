"""Worlds with a known truth: facilities of all eight kinds, and what publishers show of them.

The generator makes physical and commercial processes (megawatts, deliveries, foundations, texts) and
the publishers between them and the public. It draws no flag and reads none of the scorer's tables.
What it assumes: `assumptions.toml`, with reasons in docs/validation/worlds.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import duckdb
import numpy as np
import polars as pl

from indicia.schema import OBSERVATIONS, OBSERVED, RESOLVED, stamped
from indicia.world.making import (
    analyst,
    consignments,
    deliveries,
    enforcement,
    facts,
    grids,
    hiring,
    hours,
    names,
    registry,
    tenders,
    trade,
    visible,
)
from indicia.world.making.assumptions import LEVELS, Setting, assumptions
from indicia.world.making.organisations import Organisations, organisations
from indicia.world.making.population import population

TRUTH = (
    "facility_id", "hypothesis", "story", "is_hard_negative", "country_iso2", "chips_count", "accelerators_count", "mw",
    "zone_id", "starts_date", "families_visible", "families_tied", "first_trace_date", "first_published_date", "second_published_date",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """One world.

    Args:
        seed: What it was made from.
        level: easy, middle or hard.
        as_of: The day it is looked at from; no row was published later.
        tables: Observation table -> rows with every column of the store, as they stand on that day.
        superseded: Observation table -> versions that were public before and were revised since.
        truth: One row per facility: what it is (hypothesis H1 to H8, story, chips_count, mw, starts_date)
            and what reaches a published grain: families_visible,
            families_tied (of those, where an exposure of a tenth or a name ties them to it), first_trace_date,
            first_published_date, second_published_date (public in a second family).
    """

    seed: int
    level: str
    as_of: date
    tables: Mapping[str, pl.DataFrame]
    superseded: Mapping[str, pl.DataFrame]
    truth: pl.DataFrame


def make(seed: int, level: str, facilities: int = 1000) -> World:
    """Make a world; equal arguments give equal bytes.

    Args:
        seed: Any whole number.
        level: One of `LEVELS`: how loud the noise is, how much is left out, late and kept silent.
        facilities: How many sites there are (count).

    Raises:
        ValueError: The level is none of the three.
    """
    if level not in LEVELS:
        message = f"level {level!r} is none of {', '.join(LEVELS)}"
        raise ValueError(message)
    setting = Setting(seed, level)
    bare = population(setting, facilities)
    firms = organisations(setting, bare)
    sites = facts.named(setting, bare, firms)
    grid = grids.grids(setting, sites)
    at = hours.clock(setting, grid)
    made = deliveries.deliveries(setting, sites)
    grey = enforcement.grey_trade(setting)
    lane = trade.lanes(setting, made.rows, grey)
    traders = _traders(setting, sites, firms)
    shipments, behind = consignments.shipment_rows(setting, sites, firms, made, traders)
    notices, processes = tenders.notice_rows(setting, sites, firms)
    counts, words, bursts = hiring.count_rows(setting, sites)
    parts, said = facts.hardware_rows(setting, sites)
    trained, claimed = facts.claim_rows(setting, sites)
    years = grids.site_year_rows(setting, sites)
    states = facts.state_rows(setting, sites)
    flows, first_flows = trade.flow_rows(setting, lane)
    records, links = registry.record_rows(setting, firms), registry.link_rows(setting, firms)
    tables = {
        "facility": facts.facility_rows(setting, sites),
        "facility_party": registry.party_rows(setting, sites, firms),
        "facility_state": states,
        "power_load": hours.load_rows(setting, grid, sites, at),
        "power_price": hours.price_rows(setting, grid, at),
        "power_load_month": grids.monthly_rows(setting, grid),
        "power_site_year": years,
        "procurement_notice": notices,
        "customs_flow": flows,
        "shipment": shipments,
        "staffing_count": counts,
        "stack_mention": words,
        "entity_record": records,
        "entity_link": links,
        "entity_listing": registry.listing_rows(setting, firms),
        "hardware_statement": parts,
        "training_claim": trained,
        "event": enforcement.event_rows(setting, grey),
        "exposure": analyst.exposure_rows(setting, sites, states, grid, notices, counts),
    }
    traces = [
        visible.power(setting, sites, grid, years),
        visible.procurement(processes, notices, tenders.is_telling()),
        visible.customs(setting, sites, made, lane, behind),
        visible.staffing(setting, sites, bursts),
        visible.registry(setting, sites, _shown(firms, records, links)),
        visible.claims(sites, pl.concat([said, claimed])),
    ]
    truth = visible.summed(setting, sites, traces, tables["exposure"]).with_columns(
        accelerators_count="chips_count",
        chips_count=pl.when(pl.col("hypothesis") == "H1").then("chips_count"),
        zone_id=pl.Series(grid.zones["zone_id"].to_numpy()[grid.zone_of]),
    )
    superseded = {"customs_flow": first_flows}
    rows = truth.select(TRUTH).sort("facility_id")
    return World(seed, level, setting.as_of, tables, superseded, rows)


def load(db: duckdb.DuckDBPyConnection, world: World, on: date | None = None) -> None:
    """Show a world in a connection as published by the end of a day: observations, who is who empty.

    Args:
        db: A connection of its own.
        world: The world.
        on: The day; the one the world is looked at from by default.
    """
    made = [*(stamped(t) for t in OBSERVATIONS), *RESOLVED]
    db.execute("; ".join(["SET TimeZone = 'UTC'", *(t.ddl() for t in made)]))
    until = datetime.combine(on or world.as_of, time.max, UTC)
    for name, rows in world.tables.items():
        db.register("made_rows", _public(world, name, rows, until))
        db.execute(f'INSERT INTO "{name}" BY NAME SELECT * FROM made_rows')
        db.unregister("made_rows")


def _public(world: World, name: str, rows: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """Of each row the version that was the newest by then."""
    old = world.superseded.get(name)
    known = rows.filter(pl.col("published_utc") <= until)
    if old is None:
        return known
    key = stamped(OBSERVED[name]).key
    before = old.filter(pl.col("published_utc") <= until)
    return pl.concat([known, before.join(known.select(key), on=key, how="anti")])


def _traders(setting: Setting, sites: pl.DataFrame, firms: Organisations) -> pl.DataFrame:
    """Ordinary importers of the countries that publish names, established operators among them."""
    chance = setting.chance("traders")
    countries = list(assumptions()["trade"]["consignees"])
    brands = names.brands(chance, consignments.FIRMS_PER_COUNTRY * len(countries))
    words = np.array(
        [*names.TRADERS, "Infotech", "Retail", "Bank", "Freight Forwarders", "Data Services"]
    )
    form = {"IN": "Pvt Ltd", "VN": "JSC", "ID": "PT"}
    old = firms.firms["founded_date"].to_numpy()[firms.sites.sort("at")["operator"].to_numpy()]
    operators = (
        sites.filter(
            pl.Series(old < np.datetime64("2020-01-01")),
            pl.col("country_iso2").is_in(countries),
        )
        .select("country_iso2", name="operator_name")
        .unique()
        .sort("name")
    )
    ordinary = pl.DataFrame(
        {
            "name": [
                f"{b[:-3]}{b[-3:]} {words[chance.integers(len(words))]} {form.get(countries[n % len(countries)], 'Ltd')}"
                for n, b in enumerate(brands)
            ],
            "country_iso2": [countries[n % len(countries)] for n in range(len(brands))],
        }
    )
    return pl.concat([ordinary, operators.select(ordinary.columns)])


def _shown(firms: Organisations, records: pl.DataFrame, links: pl.DataFrame) -> pl.Series:
    """Per facility: a register shows its stand-in's foundation or its hidden owners."""
    key = pl.format("INV:{}", pl.col("operator").cast(pl.String).str.zfill(6))
    behind = firms.sites.sort("at").with_columns(record=key)
    in_register = behind["record"].is_in(records["record_id"].implode())
    in_links = behind["record"].is_in(links["record_id"].implode())
    return (behind["is_telling"] & in_register) | (behind["is_hidden"] & in_links)


__all__ = ["LEVELS", "World", "load", "make"]
