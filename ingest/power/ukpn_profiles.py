"""UK Power Networks' half-hourly use of anonymised data centres (CSV) to daily `load_profile`.

Unit: ratio of the contracted kVA. Five million half-hours become one row per site and day. Only
`utc_timestamp` dates a reading: `local_timestamp` was found to hold UTC as well.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from indicia.schema import LOAD_PROFILE, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, csv_rows, require

NAME = "power/ukpn_profiles"
DATASETS = "https://ukpowernetworks.opendatasoft.com/api/explore/v2.1/catalog/datasets/"
URL = f"{DATASETS}ukpn-data-centre-demand-profiles/exports/csv"
SITE, KIND, VOLTAGE = "anonymised_data_centre_name", "dc_type", "cleansed_voltage_level"
MOMENT, RATIO = "utc_timestamp", "hh_utilisation_ratio"
COLUMNS = (VOLTAGE, SITE, KIND, MOMENT, RATIO)
FIRST_DAY = date(2023, 1, 1)
DAYS_AGAIN, DAYS_PER_REQUEST = 62, 92
MOST_RATIO = 10.0  # 3.99 was seen and is kept: the contract was outgrown
LOW_SHARE = 0.05
MINUTES = 30


def plan(asked: Asked) -> Sequence[Request]:
    """A request per quarter of a year, from the last day held less two months."""
    start = asked.start(FIRST_DAY, DAYS_AGAIN)
    days = range(0, (asked.today - start).days + 1, DAYS_PER_REQUEST)
    return tuple(_request(start + timedelta(days=n)) for n in days)


def _request(first: date) -> Request:
    end = first + timedelta(days=DAYS_PER_REQUEST)
    params = {
        "select": ",".join(COLUMNS),
        "where": f"{MOMENT} >= date'{first}' and {MOMENT} < date'{end}'",
        "order_by": f"{SITE},{MOMENT}",
        "delimiter": ",",
        "timezone": "UTC",
    }
    return Request(URL, params, secret_params={"apikey": "UKPN_API_KEY"})


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read half-hours and give each site's days."""
    place = fetch.file_name
    header = body.split(b"\n", 1)[0]
    separator = ";" if header.count(b";") > header.count(b",") else ","
    rows = csv_rows(NAME, place, body, separator)
    require(NAME, place, rows, COLUMNS)
    moment = pl.col(MOMENT).str.to_datetime("%Y-%m-%dT%H:%M:%S%z", strict=False, time_unit="us")
    ratio = pl.col(RATIO)
    sieve = Sieve(place, rows.select("row", *COLUMNS))
    sieve.drop(ratio.is_null(), "no value", RATIO, "a number", severity="notice")
    sieve.cast([RATIO])
    sieve.frame = sieve.frame.with_columns(moment.alias("at_utc"))
    at = pl.col("at_utc")
    off = at.is_null() | (at.dt.minute() % MINUTES != 0)
    sieve.drop(off, "time unknown", MOMENT, "a half-hour such as 2026-03-01T00:30:00+00:00")
    late = at.dt.date() > pl.lit(fetch.vintage)
    sieve.drop(late, "half-hour in the future", MOMENT, f"none after {fetch.vintage}")
    sieve.drop(pl.col(SITE).is_null(), "no site", SITE, "the publisher's code of a site")
    sieve.drop(ratio < 0, "negative ratio", RATIO, "0 or more")
    sieve.drop(ratio > MOST_RATIO, "absurd value", RATIO, f"at most {MOST_RATIO:g}")
    sieve.drop_repeats((SITE, "at_utc"), "Nothing: the first reading is kept")
    frame = (
        sieve.frame.group_by(pl.col(SITE).alias("site_code"), at.dt.date().alias("on_date"))
        .agg(
            published_class=pl.col(KIND).first(),
            voltage_level=pl.col(VOLTAGE).first(),
            mean_utilisation_ratio=ratio.mean().round(6),
            p05_utilisation_ratio=ratio.quantile(LOW_SHARE, "linear").round(6),
            max_utilisation_ratio=ratio.max(),
            readings_count=pl.len().cast(pl.Int64),
            zero_readings_count=(ratio == 0).sum().cast(pl.Int64),
        )
        .sort("site_code", "on_date")
    )
    return Parsed(
        {LOAD_PROFILE.name: parsed(LOAD_PROFILE).fit(frame)},
        rows.height,
        tuple(sieve.rejections),
    )
