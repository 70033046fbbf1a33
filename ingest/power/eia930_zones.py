"""Zones of EIA-930: which of them sites are linked to, what they can draw, which are sums."""

import polars as pl

from indicia.schema import UTC
from indicia.sources.contract import Fetch
from ingest.bodies import Sieve
from ingest.power.hours import KEY, LOAD_AGAIN, SEVERAL
from ingest.power.hours import drop_implausible as drop_impossible

NAME = "power/eia930"
UNIT = "megawatthours"
LARGEST_MW = 1_000_000  # the whole country peaks near 750,000 MW; sentinels lie far above
REGIONS = (
    "US48", "CAL", "CAR", "CENT", "FLA", "MIDA", "MIDW", "NE", "NW", "NY", "SE", "SW", "TEN",
    "TEX",
)  # fmt: skip
RECORD_PEAK_MW = {
    "AZPS": 8_700, "BPAT": 12_500, "CISO": 52_100, "DUK": 23_000, "ERCO": 85_600, "ISNE": 28_200,
    "MISO": 127_200, "NEVP": 9_700, "NYIS": 34_000, "PACE": 10_700, "PJM": 165_600,
    "SOCO": 48_000, "SRP": 8_600, "SWPP": 56_300, "TVA": 35_500,
}  # fmt: skip
PEAKS_ABOVE, PEAKS_BELOW = 2.5, 0.02  # a slip between GW and MW is a factor of 1,000
HOURLY_ZONES = frozenset(
    (
        *RECORD_PEAK_MW,
        "CISO-PGAE", "ERCO-FWES", "ERCO-NCEN", "ERCO-NRTH", "ERCO-WEST", "MISO-0001",
        "MISO-0004", "MISO-0006", "MISO-0027", "MISO-0035", "MISO-8910", "PJM-AEP", "PJM-CE",
        "PJM-DOM", "SWPP-GRDA", "SWPP-OPPD", "SWPP-SPS",
    )
)  # fmt: skip


def start_of_hour(ending: pl.Expr, layout: str) -> pl.Expr:
    """The start of an hour that is labelled by its end in UTC."""
    hour = ending.str.to_datetime(layout, strict=False, time_unit="us", time_zone="UTC")
    return hour.dt.offset_by("-1h").cast(UTC)


def drop_implausible(sieve: Sieve, value: str, period: str, fetch: Fetch) -> None:
    """Drop what no zone can draw, what this zone cannot, and repeats of an hour."""
    drop_impossible(sieve, value, period, fetch, LARGEST_MW)
    zone, demand = pl.col("zone_id"), pl.col(value)
    authority = zone.str.split("-").list.first()
    peak = authority.replace_strict(RECORD_PEAK_MW, default=None, return_dtype=pl.Float64)
    high = "at most 2.5 times the record peak of its authority"
    sieve.drop(demand > peak * PEAKS_ABOVE, "above capacity", value, high, LOAD_AGAIN)
    is_whole = ~zone.str.contains("-", literal=True)
    low = "at least 2 % of the authority's record peak, in MW and not in GW"
    sieve.drop(
        is_whole & (demand < peak * PEAKS_BELOW), "below any load", value, low, LOAD_AGAIN
    )
    sieve.drop_repeats(KEY, SEVERAL)
