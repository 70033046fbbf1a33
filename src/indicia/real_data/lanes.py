"""Yearly lanes of AI computing hardware under the indicators of lanes, C01 beside naive rules over the same lane-years.

The file is a hand-made selection of lanes that no source publishes in this form, so this page reads
it itself: exports as the exporter reports them, one basket, no totals to the world. `NA` is not
reported, or below US$ 50,000: it stays missing, and is never a zero.
"""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from indicia.indicators import CATALOGUE
from indicia.indicators.lane_surge import INDICATOR, LEAST_YEAR_GROWTHS
from indicia.schema import CUSTOMS_FLOW, parsed, stamped
from indicia.store import Build, Store, Vintage

FILE = "ai_compute_lanes/ai_compute_bilateral_exports_2012_2024.csv"
BASKET = "847150+847180+847330"
ABSENT = "NA"
BILLION = 1e9
FLOOR_USD = 50e6
USUAL_YEARS = (2015, 2019)
RULES = {
    "over eight times the median of 2015 to 2019, and US$ 0.5 billion more": (
        (pl.col("value_usd") > 8 * pl.col("usual_usd"))
        & (pl.col("value_usd") - pl.col("usual_usd") >= 0.5 * BILLION)
        & (pl.col("year") > USUAL_YEARS[1])
    ),
    "doubled within the year, and US$ 50 million or more": (
        (pl.col("value_usd") >= 2 * pl.col("before_usd")) & (pl.col("value_usd") >= FLOOR_USD)
    ),
    "growth 3.5 robust deviations above the lane's own, and US$ 50 million or more": (
        (pl.col("own_z") >= INDICATOR.threshold) & (pl.col("value_usd") >= FLOOR_USD)
    ),
}
STAMP = {
    "source": "customs/comtrade",
    "source_url": "https://atlas.hks.harvard.edu",
    "origin_id": "harvard-atlas",
    "reliability": "C",
    "licence": "not stated",
    "published_basis": "fetched",
    "fetch_id": "real-data-page",
}


def read(path: Path) -> pl.DataFrame:
    """exporter, importer, year, value_usd of every reported lane-year."""
    return (
        pl.read_csv(path, null_values=[ABSENT])
        .drop_nulls("value_usd_bn")
        .select(
            "exporter",
            "importer",
            pl.col("year").cast(pl.Int64),
            value_usd=pl.col("value_usd_bn").cast(pl.Float64) * BILLION,
        )
        .sort("exporter", "importer", "year")
    )


def evidence(home: Path, lanes: pl.DataFrame) -> pl.DataFrame:
    """Every indicator of a lane over a store of these lanes alone: its evidence, the strongest first."""
    now = datetime.now(UTC)
    rows = parsed(CUSTOMS_FLOW).fit(
        lanes.select(
            reporter_iso3="exporter",
            partner_iso3="importer",
            flow=pl.lit("X"),
            hs_code=pl.lit(BASKET),
            classification=pl.lit("HS"),
            frequency=pl.lit("A"),
            period=pl.col("year").cast(pl.String),
            value_reported_usd="value_usd",
        )
    )
    stamps = STAMP | {"published_utc": now, "fetched_utc": now}
    full = stamped(CUSTOMS_FLOW).fit(
        rows.with_columns(**{name: pl.lit(value) for name, value in stamps.items()})
    )
    with Build(home) as made:
        vintage = Vintage(now, now, STAMP["fetch_id"], is_snapshot=False)
        made.load(CUSTOMS_FLOW, full, vintage, STAMP["source"])
        made.publish(rules_version="", kind="live", now=now)
    with Store.open(home) as store:
        db = store.cursor()
        found = [i.compute(db).evidence for i in CATALOGUE if i.family == INDICATOR.family]
    return (
        pl.concat(found)
        .filter(pl.col("scope_kind") == "lane")
        .sort(
            "indicator",
            "observed_value",
            "scope_id",
            descending=[False, True, False],
            nulls_last=True,
        )
    )


def naive(lanes: pl.DataFrame) -> pl.DataFrame:
    """What rules without any condition flag, of the lane-years C01 can judge: rule, lane_years, lanes, which."""
    lane = ["exporter", "importer"]
    growth = (pl.col("value_usd") / pl.col("before_usd")).log()
    spread = (growth - growth.median()).abs().median() / 0.6745
    rows = (
        lanes.with_columns(
            before_usd=pl.when(pl.col("year").diff().over(lane) == 1).then(
                pl.col("value_usd").shift(1).over(lane)
            ),
            usual_usd=pl.col("value_usd")
            .filter(pl.col("year").is_between(*USUAL_YEARS))
            .median()
            .over(lane),
        )
        .with_columns(own_z=((growth - growth.median()) / spread).over(lane))
        .with_columns(lane=pl.concat_str(lane, separator=">"))
        .filter(pl.int_range(pl.len()).over(lane) > LEAST_YEAR_GROWTHS)
    )
    told = []
    for rule, condition in RULES.items():
        hits = rows.filter(condition).sort("lane", "year")
        which = [f"{x} {y}" for x, y in hits.select("lane", "year").iter_rows()]
        told.append((rule, hits.height, hits["lane"].n_unique(), ", ".join(which)))
    columns = ["rule", "lane_years", "lanes", "which"]
    return pl.DataFrame(told, schema=columns, orient="row")
