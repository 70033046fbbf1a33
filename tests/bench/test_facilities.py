"""How long 50,000 published facilities take to meet. Figures are printed, never asserted."""

import resource
import time

import made
import numpy as np
import polars as pl
import pytest
from made_sites import OSM, PEERINGDB

from indicia.entities.facilities import identities
from indicia.schema import JUDGEMENT

pytestmark = pytest.mark.bench
ROWS, TWICE, TOWNS, OPERATORS, COUNTRIES = 50_000, 5_000, 3_000, 4_000, 60


def spelled(numbers):
    """Numbers as made words, so that none reads as a unit."""
    return pl.Series("".join(chr(97 + int(d)) * 2 for d in f"{n:04d}") for n in numbers)


def world():
    """Buildings in towns of very unequal size; `TWICE` of them are also mapped, 40 m away."""
    draw = np.random.default_rng(5)
    one = ROWS - TWICE
    town = np.minimum((draw.pareto(1.1, one) * 40).astype(int), TOWNS - 1)
    operator = np.minimum((draw.pareto(0.9, one) * 30).astype(int), OPERATORS - 1)
    unit = draw.integers(1, 30, one)
    angle = np.radians(np.arange(TOWNS) * 137.5)
    lat = (60 * np.sin(np.arange(TOWNS)))[town] + draw.normal(0, 0.05, one)
    lon = (np.degrees(angle) % 360 - 180)[town] * 0.99 + draw.normal(0, 0.05, one)
    first = pl.DataFrame(
        {
            "n": np.arange(one), "town": town, "operator": operator, "unit": unit,
            "town_name": spelled(town),
            "operator_name": spelled(operator),
            "latitude_deg": lat, "longitude_deg": lon,
        }
    ).with_columns(
        source=pl.lit(PEERINGDB),
        facility_id=pl.format("peeringdb-fac-{}", "n"),
        name=pl.format("Op{} T{} - To{}", "operator_name", "unit", "town_name"),
    )  # fmt: skip
    again = first.head(TWICE).with_columns(
        source=pl.lit(OSM),
        facility_id=pl.format("osm-way-{}", "n"),
        name=pl.format("Op{} T{}", "operator_name", "unit"),
        latitude_deg=pl.col("latitude_deg") + 40 / 111_195,
    )
    both = pl.concat([first, again])
    return both.with_columns(
        country_iso2=pl.format("{}{}", *(
            (pl.col("town") % COUNTRIES // step % 26 + 65).map_elements(chr, return_dtype=pl.String)
            for step in (26, 1)
        )),
        place=pl.format("{} Example Road, To{}", pl.col("n") % 400, "town_name"),
        coord_precision=pl.lit("site"),
        party_name=pl.format("Op{} Ltd", "operator_name"),
    )  # fmt: skip


def test_fifty_thousand_facilities():
    given = world()
    facility = given.drop(
        "n", "town", "operator", "unit", "party_name", "town_name", "operator_name"
    )
    party = given.select(
        "facility_id",
        "source",
        "party_name",
        role=pl.lit("operator"),
        certainty=pl.lit("stated"),
    )
    db = made.database(facility=facility, facility_party=party)
    began = time.perf_counter()
    edges, identity = identities(db, JUDGEMENT.frame([]))
    seconds = time.perf_counter() - began
    merged = identity.filter(pl.col("published_id") != pl.col("facility_id"))
    mine = merged.filter(
        pl.col("published_id").str.extract(r"(\d+)$") == pl.col("facility_id").str.extract(r"(\d+)$")
    )  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{ROWS:,} facilities, {TWICE:,} of them twice: {seconds:.1f} s, {edges.height:,} edges "
        f"({dict(edges['decision'].value_counts().iter_rows())}), {merged.height:,} merged, "
        f"{mine.height:,} of them rightly; peak of the process {peak:,.0f} MiB"
    )
