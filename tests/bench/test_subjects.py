"""How long it takes to tell which lanes can be asked, and to weigh them. Figures are printed, never asserted."""

import resource
from datetime import date

import made
import numpy as np
import polars as pl
import pytest
from made_subjects import DENSE, INDICATOR, MIRROR, SURGE

from indicia.indicators import CATALOGUE
from indicia.reference import tables
from indicia.schema import EVIDENCE
from indicia.scoring.lanes import lanes
from indicia.scoring.subjects import weigh

pytestmark = pytest.mark.bench
LANES, YEARS = 100_000, range(2019, 2025)
KINDS = (SURGE, MIRROR, DENSE)


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def test_a_hundred_thousand_lanes():
    codes = tables.table("countries").drop_nulls(["iso2", "iso3"])["iso3"].unique().sort()
    pairs = (
        codes.to_frame("x")
        .join(codes.to_frame("i"), how="cross")
        .filter(pl.col("x") != pl.col("i"))
    )
    trade = [
        pairs.select(
            reporter_iso3="i", partner_iso3="x", flow=pl.lit("M"), hs_code=pl.lit("847150"),
            frequency=pl.lit("A"), period=pl.lit(str(year)), value_reported_usd=pl.lit(6e7),
        )
        for year in YEARS
    ]  # fmt: skip
    db = made.database(customs_flow=pl.concat(trade))
    known = pairs["x"] + ">" + pairs["i"]
    more = pl.Series([f"Z{n:05d}>MYS" for n in range(LANES - known.len())], dtype=pl.String)
    ids = pl.concat([known, more])
    random = np.random.default_rng(1)
    answers = [
        ids.to_frame("scope_id").with_columns(
            evidence_id=pl.lit(kind) + pl.col("scope_id"), indicator=pl.lit(INDICATOR[kind]),
            scope_kind=pl.lit("lane"), kind=pl.lit(kind), statement=pl.lit("Made."), origin_id=pl.lit(kind),
            result=pl.Series(random.choice(["flag", "no_flag", "no_data"], LANES).tolist()),
            reliability=pl.lit("B"), detectability_share=pl.lit(0.2), ends_date=pl.lit(date(2024, 12, 31)),
        )
        for kind in KINDS
    ]  # fmt: skip
    evidence = EVIDENCE.fit(pl.concat(answers))
    start = cpu()
    asked = lanes(db, evidence, date(2026, 11, 1))
    middle = cpu()
    found = weigh(asked, CATALOGUE, evidence)
    print(
        f"\n{found['subject_assessment'].height:,} lanes, {sum(t.height for t in trade):,} rows of trade: "
        f"asked {middle - start:.2f} s, weighed {cpu() - middle:.2f} s of processor time"
    )
