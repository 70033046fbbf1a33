"""Ember's electricity demand of countries (API, monthly or yearly) to `power_sector`.

Unit: TWh per period, rounded to 0.01 TWh. Only months are asked for: `/yearly` was reported to
fail while `/monthly` answers.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from indicia.errors import SourceChangedError
from indicia.reference.tables import table
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, json_object, json_rows, require
from ingest.power.sectors import MWH_PER_TWH, as_parsed, drop_implausible

NAME = "power/ember"
URL = "https://api.ember-energy.org/v1/electricity-demand/monthly"
COUNTRIES = (
    "ARE", "AUS", "BRA", "CHN", "GBR", "IDN", "IND", "IRL", "JPN", "KAZ", "KOR", "KWT", "MYS",
    "NLD", "NOR", "OMN", "PHL", "QAT", "SAU", "SGP", "SWE", "THA", "TUR", "TWN", "USA", "VNM",
)  # fmt: skip
FIRST_DAY = date(2015, 1, 1)
DAYS_AGAIN = 800  # restated without notice
UNIT = "TWh"
MOST = 12_000  # China uses about 10,000 TWh in a year
MOST_MONTH = 1_500
FALSE = ("false", "0")


def plan(asked: Asked) -> Sequence[Request]:
    """All countries in one request, from the month of the first day asked for."""
    start = asked.start(FIRST_DAY, DAYS_AGAIN)
    params = {
        "entity_code": ",".join(COUNTRIES),
        "start_date": f"{start:%Y-%m}",
        "end_date": f"{asked.today:%Y-%m}",
        "is_aggregate_entity": "false",
    }
    return (Request(URL, params, secret_params={"api_key": "EMBER_API_KEY"}),)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one answer."""
    place = fetch.file_name
    found = json_object(NAME, place, body)
    if "data" not in found:
        said = (
            found.get("detail") or found.get("message") or found.get("error") or sorted(found)
        )
        remedy = "Check EMBER_API_KEY and the parameters, then fetch again"
        raise SourceChangedError(NAME, place, "a list named data", said, remedy)
    rows = json_rows(NAME, f"{place}, data", found["data"])
    require(NAME, f"{place}, data", rows, ("entity_code", "date", "demand_twh"))
    sieve = Sieve(place, rows)
    code, value, day = pl.col("entity_code"), pl.col("demand_twh"), pl.col("date")
    if "is_aggregate_entity" in rows.columns:
        is_one = pl.col("is_aggregate_entity").str.to_lowercase().is_in(FALSE)
        meant = "Nothing: countries are kept"
        sieve.drop(~is_one, "sum of countries", "entity_code", "one country", meant, "notice")
    known = table("countries").filter(pl.col("iso2").is_not_null())
    iso2 = dict(known.select("iso3", "iso2").iter_rows())
    country = code.replace_strict(iso2, default=None, return_dtype=pl.String)
    sieve.frame = sieve.frame.with_columns(
        region_id=country,
        country_iso2=country,
        sector=pl.lit("total"),
        published_sector=pl.lit("demand"),
        frequency=pl.when(day.str.len_chars() == len("2026"))
        .then(pl.lit("A"))
        .otherwise(pl.lit("M")),
        period=day.str.replace(r"^(\d{4}-\d{2})-01$", "$1"),
    )
    sieve.drop(
        pl.col("region_id").is_null(), "country unknown", "entity_code", "ISO 3166-1 alpha-3"
    )
    sieve.drop(value.is_null(), "no value", "demand_twh", "a number", severity="notice")
    sieve.cast(["demand_twh"])
    drop_implausible(sieve, "demand_twh", "date", fetch, MOST, UNIT)
    wide = (pl.col("frequency") == "M") & (value > MOST_MONTH)
    sieve.drop(wide, "absurd value", "demand_twh", f"at most {MOST_MONTH:,} {UNIT} in a month")
    sieve.frame = sieve.frame.with_columns(
        consumption_reported_mwh=(value * MWH_PER_TWH).round(0)
    )
    return as_parsed(sieve, rows.height)
