"""A year of hours of one zone with load and price, for tests and pages."""

from datetime import UTC, datetime

import duckdb
import made
import numpy as np
import polars as pl

START = datetime(2024, 1, 1, tzinfo=UTC)
HOURS = 366 * 24
DEAR_EACH_MONTH = 7
USUAL_EUR = 50.0


def dear() -> np.ndarray:
    """Which hours of 2024 are dear: seven of each month from the tenth on, a day and an hour apart."""
    found = np.zeros(HOURS, dtype=bool)
    for month in range(1, 13):
        first = (datetime(2024, month, 10, 8, tzinfo=UTC) - START).total_seconds() / 3600
        found[int(first) + 25 * np.arange(DEAR_EACH_MONTH)] = True
    return found


def zone(
    mw: np.ndarray, eur: np.ndarray | None, name: str = "VALLEY"
) -> duckdb.DuckDBPyConnection:
    """A database of one zone's loads (MW) and prices (EUR per MWh) by hour from 2024 on."""
    hours = pl.DataFrame({"n": np.arange(len(mw)), "mw": mw}).select(
        zone_id=pl.lit(name),
        hour_utc=pl.lit(START).cast(pl.Datetime("us", "UTC")) + pl.duration(hours=pl.col("n")),
        demand_reported_mw="mw",
    )
    given = {"power_load": hours}
    if eur is not None:
        given["power_price"] = hours.select(
            "zone_id", "hour_utc", price_reported_eur_per_mwh=pl.Series(eur)
        )
    return made.database(**given)


def priced(case: dict[str, float]) -> duckdb.DuckDBPyConnection:
    """A zone of constant load, part of which switches off in the dear hours."""
    is_dear = dear()
    mw = np.where(is_dear, case["base_mw"] - case["shed_mw"], case["base_mw"])
    eur = np.where(is_dear, case.get("spike_eur", 0.0), USUAL_EUR)
    return zone(mw, eur if "spike_eur" in case else None)
