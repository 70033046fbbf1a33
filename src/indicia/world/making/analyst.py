"""Exposures as an analyst would state them: from what is public of capacity, place and names, never from the truth."""

import polars as pl

from indicia.world.making.assumptions import Setting, number
from indicia.world.making.deliveries import ISO3, MAKER
from indicia.world.making.grids import Grids
from indicia.world.making.publishers import publish_rows

ASSUMED_MW = 5.0  # of a site of which nobody states a capacity
LANE_SHARE = 0.5  # of a lane's goods that go to sites in no list
PLACED_SHARE, UNPLACED_SHARE = 0.9, 0.6
LEAST_LANE_WEIGHT, LEAST_ZONE_WEIGHT = 0.002, 0.004
INTO_CHINA = tuple((hub, "CHN") for hub in ("HKG", "SGP", "MYS"))


def exposure_rows(
    setting: Setting,
    sites: pl.DataFrame,
    states: pl.DataFrame,
    grid: Grids,
    notices: pl.DataFrame,
    counts: pl.DataFrame,
) -> pl.DataFrame:
    """`exposure`: which signal may be whose, with its basis.

    Args:
        setting: The world.
        sites: The facilities; only their public columns are read.
        states: Published capacities.
        grid: The zones; that a site is supplied by one is public.
        notices: Published notices.
        counts: Published counts of posts.
    """
    largest = states.group_by("facility_id").agg(
        mw_said=pl.max_horizontal("power_reported_mw", "power_estimated_mw")
        .filter(pl.col("power_kind") == "capacity")
        .min()
    )
    public = sites.select(
        "at", "facility_id", "country_iso2", "site_class", "is_declared_ai", "place", "operator_name",
    ).with_columns(
        zone_id=pl.Series(grid.zones["zone_id"].to_numpy()[grid.zone_of]),
    ).join(largest, on="facility_id", how="left").with_columns(
        mw=pl.col("mw_said").fill_null(ASSUMED_MW).clip(0.5, 1500.0)
    )  # fmt: skip
    found = pl.concat(
        [
            _zones(public),
            _lanes(public),
            _processes(public, notices),
            _employers(public, counts),
        ]
    ).unique(["facility_id", "scope_kind", "scope_id"], keep="first", maintain_order=True)
    rows = found.with_columns(
        day=pl.lit(setting.as_of).dt.offset_by("-5d"),
        weight_share=pl.col("weight_share").round(4),
    )
    return publish_rows(
        setting,
        "exposure",
        rows,
        name="analyst",
        public=pl.lit("2021-01-01").str.to_date(),
        lag_days=1,
        reliability="C",
    )


COLUMNS = ("facility_id", "scope_kind", "scope_id", "weight_share", "basis")


def _zones(public: pl.DataFrame) -> pl.DataFrame:
    other = number("grids", "tied_to_other_share")
    weight = (1 - other) * pl.col("mw") / pl.col("mw").sum().over("zone_id")
    return (
        public.with_columns(
            scope_kind=pl.lit("zone"),
            scope_id="zone_id",
            weight_share=weight,
            basis=pl.lit(
                "its share of the capacity of known sites in the zone, less a third for causes in no list"
            ),
        )
        .filter(pl.col("weight_share") >= LEAST_ZONE_WEIGHT)
        .select(COLUMNS)
    )


def _lanes(public: pl.DataFrame) -> pl.DataFrame:
    iso3 = pl.DataFrame({"country_iso2": list(ISO3), "importer": list(ISO3.values())})
    buyers = public.filter(
        pl.col("is_declared_ai") | pl.col("site_class").is_in(["ai", "cloud"])
    ).join(iso3, on="country_iso2")
    weight = (1 - LANE_SHARE) * pl.col("mw") / pl.col("mw").sum().over("importer")
    weighed = buyers.with_columns(weight_share=weight).filter(
        pl.col("weight_share") >= LEAST_LANE_WEIGHT
    )
    ways = pl.DataFrame(
        [(MAKER, c) for c in ISO3.values() if c != "CHN"] + list(INTO_CHINA) + [(MAKER, "CHN")],
        schema=["exporter", "importer"], orient="row",
    )  # fmt: skip
    return (
        weighed.join(ways, on="importer")
        .with_columns(
            scope_kind=pl.lit("lane"),
            scope_id=pl.format("{}>{}", "exporter", "importer"),
            basis=pl.lit(
                "its share of the stated capacity of the country's computing sites, less half for sites in no list"
            ),
        )
        .select(COLUMNS)
    )


def _processes(public: pl.DataFrame, notices: pl.DataFrame) -> pl.DataFrame:
    """A purchase belongs to the sites its buyer runs at the place it names; to all of them if it names none."""
    seen = notices.select("process_id", "buyer_name", "place").unique(
        "process_id", keep="first", maintain_order=True
    )
    run = public.select("facility_id", "operator_name", site_place="place")
    both = seen.join(run, left_on="buyer_name", right_on="operator_name")
    agrees = (pl.col("place") == pl.col("site_place")).fill_null(value=False)
    both = both.with_columns(agrees=agrees, is_placed=agrees.any().over("process_id")).filter(
        pl.col("agrees") | ~pl.col("is_placed")
    )
    sure = pl.when("is_placed").then(PLACED_SHARE).otherwise(UNPLACED_SHARE)
    weight = sure / pl.len().over("process_id")
    return both.with_columns(
        scope_kind=pl.lit("process"), scope_id="process_id", weight_share=weight,
        basis=pl.lit("sites that the buyer runs, at the place of the notice where it names one"),
    ).select(COLUMNS)  # fmt: skip


def _employers(public: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    boards = counts.select("employer", "place").unique().sort("employer", "place")
    both = boards.join(
        public, left_on=["employer", "place"], right_on=["operator_name", "place"]
    )
    weight = 0.85 / pl.len().over("employer", "place")
    return both.with_columns(
        scope_kind=pl.lit("employer"), scope_id=pl.format("{} @ {}", "employer", "place"), weight_share=weight,
        basis=pl.lit("sites of the employer in that town"),
    ).select(COLUMNS)  # fmt: skip
