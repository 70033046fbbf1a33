"""EIA's retail sales by state and sector (API v2, monthly) to `power_sector`.

Unit: million kilowatthours per month. Bounds of the API compare as text: `2008-02-01` lies after
the month `2008-02`, so a month is asked for from the last day of the month before it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, json_rows, require
from ingest.power import eia_api
from ingest.power.sectors import MWH_PER_MILLION_KWH, as_parsed, drop_implausible

NAME = "power/eia_retail"
URL = "https://api.eia.gov/v2/electricity/retail-sales/data/"
SECTORS = {
    "ALL": "total",
    "COM": "commercial",
    "IND": "industrial",
    "RES": "residential",
    "TRA": "transport",
    "OTH": "other",
}
FIRST_DAY = date(2015, 1, 1)
DAYS_AGAIN = 400  # a year's months are revised until the yearly survey is final
UNITS = ("million kilowatthours", "million kilowatt hours")
CUSTOMER_UNITS = ("number of customers",)
COUNTRY, STATE, DIVISION = "US", r"^[A-Z]{2}$", r"^[A-Z]{3}$"
MOST = 600_000  # the whole country uses 300,000 to 430,000 million kWh in a month
MOST_STATE = 100_000
MOST_CUSTOMERS = 400_000_000


def plan(asked: Asked) -> Sequence[Request]:
    """Every state and sector, from the month of the first day asked for."""
    first = asked.start(FIRST_DAY, DAYS_AGAIN).replace(day=1)
    before = first - timedelta(days=1)
    orders = ("period", "stateid", "sectorid")
    data = ("sales", "customers")
    return (eia_api.request(URL, f"{before:%Y-%m-%d}", "monthly", data, orders),)


def following(request: Request, body: bytes) -> Request | None:
    """The next page while `total` lies beyond this one."""
    return eia_api.following(NAME, request, body)


def redact(body: bytes) -> bytes:
    """Blank the key that the API echoes."""
    return eia_api.redact(body)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one page."""
    place = fetch.file_name
    response = eia_api.response(NAME, place, body)
    eia_api.require_frequency(NAME, place, response, "monthly", "monthly")
    rows = json_rows(NAME, f"{place}, response.data", response.get("data"))
    require(NAME, place, rows, ("period", "stateid", "sectorid", "sales", "sales-units"))
    _units(place, rows, "sales-units", UNITS)
    if "customers" not in rows.columns:
        rows = rows.with_columns(customers=pl.lit(None, dtype=pl.String))
    elif rows["customers"].null_count() < rows.height:
        require(NAME, place, rows, ("customers-units",))
        _units(
            place,
            rows.filter(pl.col("customers").is_not_null()),
            "customers-units",
            CUSTOMER_UNITS,
        )
    sieve = Sieve(place, rows)
    state, code = pl.col("stateid"), pl.col("sectorid")
    sums = "a state or the whole country"
    meant = "Nothing: the states are kept"
    sieve.drop(state.str.contains(DIVISION), "sum of states", "stateid", sums, meant, "notice")
    sieve.drop(state.is_null() | ~state.str.contains(STATE), "state unknown", "stateid", sums)
    known = f"one of {', '.join(SECTORS)}"
    sieve.drop(code.is_null() | ~code.is_in(list(SECTORS)), "sector unknown", "sectorid", known)
    is_country = state == COUNTRY
    sieve.frame = sieve.frame.with_columns(
        region_id=pl.when(is_country).then(state).otherwise("US-" + state),
        country_iso2=pl.lit(COUNTRY),
        sector=code.replace_strict(SECTORS, default=None, return_dtype=pl.String),
        published_sector=code,
        frequency=pl.lit("M"),
    )
    sieve.drop(pl.col("sales").is_null(), "no value", "sales", "a number", severity="notice")
    sieve.cast(["sales", "customers"])
    drop_implausible(sieve, "sales", "period", fetch, MOST, UNITS[0])
    wide = ~is_country & (pl.col("sales") > MOST_STATE)
    sieve.drop(wide, "absurd value", "sales", f"at most {MOST_STATE:,} {UNITS[0]} in a state")
    people = pl.col("customers")
    odd = (people < 0) | (people > MOST_CUSTOMERS)
    sieve.drop(odd, "absurd count", "customers", f"0 to {MOST_CUSTOMERS:,} customers")
    sieve.frame = sieve.frame.with_columns(
        consumption_reported_mwh=(pl.col("sales") * MWH_PER_MILLION_KWH).round(3),
        customers_count=people,
    )
    sieve.rejections += eia_api.incomplete(NAME, place, response, rows.height, fetch)
    return as_parsed(sieve, rows.height)


def _units(place: str, rows: pl.DataFrame, column: str, known: Sequence[str]) -> None:
    others = set(rows[column].unique()) - set(known)
    if others:
        received = sorted(map(str, others))
        raise SourceChangedError(NAME, f"{place}, {column}", " or ".join(known), received)
