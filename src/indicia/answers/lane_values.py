"""What one lane's computing hardware costs by weight or piece: in the band of AI servers, outside it, unknown.

As C03 judges: one source and length of code per reporter; shipments and both reports stand apart.
"""

import polars as pl

from indicia.answers.reader import Reader
from indicia.indicators.lane_answer import first_day
from indicia.indicators.unit_values import (
    CELLS,
    COUNTRIES,
    HIGH_USD_PER_KG,
    LEAST_KG,
    LEAST_LINES,
    LOW_USD_PER_KG,
)
from indicia.reference import tables

CHANNELS = {
    "shipment": "shipment records",
    "M": "importer's report",
    "X": "exporter's report",
}
BAND_SAYS = (
    f"Band: {LOW_USD_PER_KG:,} to {HIGH_USD_PER_KG:,} US$ per kg, where servers full of accelerators lie; "
    "dear memory and processors lie there too."
)
LEAST_SAYS = (
    f"Codes and months with at least {LEAST_LINES} lines of shipments or {LEAST_KG} kg; grey: neither "
    "weight nor pieces declared."
)


def mixture(store: Reader, lane: str) -> pl.DataFrame:
    """Value of one lane by quarter (or year) and by who reports it, split by unit value.

    Returns:
        reported_by, period, starts_date, band_usd, outside_usd, unmeasured_usd, band_share (of what
        could be measured).
    """
    exporter, _, importer = lane.strip().upper().partition(">")
    codes = country_codes()
    cells = store.sql(
        f"""
        WITH {COUNTRIES} AS (SELECT unnest($iso2::VARCHAR[]) AS iso2, unnest($iso3::VARCHAR[]) AS iso3),
        {CELLS}
        SELECT channel, frequency, CAST(at_period AS INTEGER) AS at_period,
               sum(value_usd) AS value_usd, sum(measured_usd) AS measured_usd, sum(band_usd) AS band_usd
        FROM cells WHERE exporter = $exporter AND importer = $importer GROUP BY ALL ORDER BY ALL
        """,
        {
            "iso2": codes["iso2"].to_list(),
            "iso3": codes["iso3"].to_list(),
            "exporter": exporter,
            "importer": importer,
        },
    )
    at, is_year = pl.col("at_period"), pl.col("frequency") == "A"
    month = first_day(at)
    dated = cells.with_columns(
        starts_date=pl.when(is_year).then(pl.date(at, 1, 1)).otherwise(month.dt.truncate("1q")),
        period=pl.when(is_year)
        .then(at.cast(pl.String))
        .otherwise(pl.format("{}-Q{}", month.dt.year(), month.dt.quarter())),
        reported_by=pl.col("channel").replace(CHANNELS)
        + pl.when(is_year).then(pl.lit(", yearly")).otherwise(pl.lit("")),
    )
    summed = dated.group_by("reported_by", "period", "starts_date").agg(
        pl.col("value_usd", "measured_usd", "band_usd").sum()
    )
    return summed.select(
        "reported_by",
        "period",
        "starts_date",
        "band_usd",
        outside_usd=pl.col("measured_usd") - pl.col("band_usd"),
        unmeasured_usd=pl.col("value_usd") - pl.col("measured_usd"),
        band_share=pl.when(pl.col("measured_usd") > 0).then(
            pl.col("band_usd") / pl.col("measured_usd")
        ),
    ).sort("reported_by", "starts_date", descending=[True, False])


def country_codes() -> pl.DataFrame:
    """Alpha-2 and alpha-3 codes of countries, one of each."""
    return (
        tables.table("countries")
        .select("iso2", "iso3")
        .drop_nulls()
        .unique("iso2", keep="first", maintain_order=True)
    )
