"""Grid zones and campuses under the power indicators: what is found, what could have been.

`control` zones are those to which no facility with a stated power of 50 MW or more is tied; the
others hold a load that is known to have come in these years.
"""

from collections.abc import Mapping

import polars as pl

from indicia.indicators import CATALOGUE
from indicia.real_data.held import Day
from indicia.store import Store

POWER = ("P01", "P02", "P03")
KNOWN_MW = 50.0
TRAP = "ERCO-FWES"  # oil and gas fields of West Texas, electrified in these years
KNOWN, CONTROL, SHORT = "known load", "control", "too short"
COMPUTED = ("flag", "no_flag")

TIED = """
WITH size AS (
  SELECT facility_id, max(coalesce(power_reported_mw, power_estimated_mw)) AS stated_mw
  FROM facility_state
  WHERE NOT is_projection AND on_date <= (SELECT max(hour_utc)::DATE FROM power_load)
  GROUP BY facility_id)
SELECT scope_id AS zone_id, facility_id, name, weight_share, stated_mw
FROM exposure JOIN facility USING (facility_id) LEFT JOIN size USING (facility_id)
WHERE scope_kind = 'zone' ORDER BY zone_id, stated_mw DESC NULLS LAST, facility_id
"""
# What base load did between the first and the last whole year, whatever a test says of it.
GROWTH = """
WITH hours AS (
  SELECT zone_id, year(hour_utc AT TIME ZONE 'UTC') AS y, month(hour_utc AT TIME ZONE 'UTC') AS m,
         coalesce(demand_reported_mw, demand_imputed_mw) AS mw FROM power_load
), months AS (
  SELECT zone_id, y, m, quantile_cont(mw, 0.05) AS base, avg(mw) AS mean FROM hours GROUP BY ALL
), years AS (
  SELECT zone_id, y, avg(base) AS base, avg(mean) AS mean FROM months
  GROUP BY zone_id, y HAVING count(*) = 12)
SELECT zone_id, count(*) AS years, arg_max(mean, y) AS mean_mw,
       arg_max(base, y) - arg_min(base, y) AS growth_mw FROM years GROUP BY zone_id ORDER BY zone_id
"""


def evidence_of(store: Store) -> pl.DataFrame:
    """Evidence of P01 to P03 alone, for a store that is not weighed."""
    db = store.cursor()
    found = [i.compute(db).evidence for i in CATALOGUE if i.code in POWER]
    return pl.concat(found)


def table(day: Day) -> pl.DataFrame:
    """One row per zone.

    Returns:
        zone_id, role, known_mw, tied (how many facilities), mean_mw, growth_mw, P01 (result, size
        and date of a step in the statement), smallest_mw, P02, P03, load_factor.
    """
    tied = day.store.sql(TIED)
    sizes = tied.group_by("zone_id").agg(
        tied=pl.len(),
        known_mw=pl.col("stated_mw").filter(pl.col("stated_mw") >= KNOWN_MW).sum(),
    )
    zones = day.frames["evidence"].filter(
        pl.col("indicator").is_in(POWER), pl.col("scope_kind") == "zone"
    )
    step, peers, flat = (zones.filter(pl.col("indicator") == code) for code in POWER)
    known = pl.col("known_mw").fill_null(0) > 0
    return (
        step.select(
            "statement",
            zone_id="scope_id",
            P01="result",
            smallest_mw="threshold_value",
            step_mw="observed_value",
            from_date="starts_date",
        )
        .join(peers.select(zone_id="scope_id", P02="result"), on="zone_id", how="left")
        .join(
            flat.select(zone_id="scope_id", P03="result", load_factor="observed_value"),
            on="zone_id",
            how="left",
        )
        .join(sizes, on="zone_id", how="left")
        .join(day.store.sql(GROWTH), on="zone_id", how="left")
        .with_columns(
            pl.col("tied").fill_null(0),
            pl.col("known_mw").fill_null(0.0),
            role=pl.when(pl.col("P01") == "no_data")
            .then(pl.lit(SHORT))
            .when(known)
            .then(pl.lit(KNOWN))
            .otherwise(pl.lit(CONTROL)),
        )
        .sort(pl.col("role").replace_strict({KNOWN: 0, CONTROL: 1, SHORT: 2}), "zone_id")
    )


def campuses(day: Day) -> pl.DataFrame:
    """P01 at campuses that report by the year: name, verdict and the columns of `evidence`."""
    names = day.store.sql("SELECT facility_id, name FROM facility").join(
        day.frames["assessment"].select("facility_id", "verdict"), on="facility_id"
    )
    return (
        day.frames["evidence"]
        .filter(pl.col("indicator") == "P01", pl.col("scope_kind") == "facility")
        .join(names, left_on="scope_id", right_on="facility_id", how="left")
        .sort(~pl.col("result").is_in(COMPUTED), "scope_id")
    )


def reached(day: Day, zone_id: str) -> pl.DataFrame:
    """What a zone's evidence becomes at the facilities tied to it.

    Returns:
        facility_id, name, indicator, result, exposure_share, most_bans (the item's largest weight
        either way against any rival), verdict, admissibility_reason.
    """
    bans = [c for c in day.frames["item"].columns if c.endswith("_bans")]
    names = day.store.sql("SELECT facility_id, name FROM facility")
    seen = day.frames["evidence"].filter(pl.col("scope_id") == zone_id)
    return (
        day.frames["item"]
        .join(seen.select("evidence_id", "indicator", "result"), on="evidence_id")
        .join(names, on="facility_id")
        .join(
            day.frames["assessment"].select("facility_id", "verdict", "admissibility_reason"),
            on="facility_id",
        )
        .with_columns(most_bans=pl.max_horizontal(pl.col(c).abs() for c in bans))
        .sort("facility_id", "indicator")
    )


def raw_beside_cleaned(raw: Store, cleaned: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The zones of the raw files: each indicator's answer from raw and from cleaned hours."""
    columns = ("indicator", "scope_id", "result", "observed_value", "threshold_value")
    ours = evidence_of(raw).select(columns)
    theirs = cleaned["evidence"].select(columns)
    return (
        ours.join(theirs, on=["indicator", "scope_id"], how="inner", suffix="_cleaned")
        .filter(pl.col("indicator") != "P02")
        .sort("scope_id", "indicator")
    )
