"""Operators' disclosures: three re-keyed CSV tables to `power_site_year` and `power_statement`.

A campus's year holds metered MWh, average MW and withdrawn m³. Statements keep the publisher's own
unit and wording: nothing is converted, added up or spread over sites.
"""

from collections.abc import Sequence

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import (
    POWER_SITE_YEAR,
    POWER_STATEMENT,
    Table,
    facility_id,
    parsed,
    short_hash,
)
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, csv_rows, require

NAME = "power/operator_disclosures"
CAMPUS = (
    "site", "operator", "country_iso2", "admin1", "year", "electricity_mwh", "water_m3",
    "source_url", "flag",
)  # fmt: skip
OPERATOR = ("operator", "scope", "metric", "value", "unit", "as_of", "source_url", "flag")
REGION = (
    "region", "geography", "publisher", "metric", "component", "value", "unit", "qualifier",
    "as_of", "period_start", "period_end", "source_url",
)  # fmt: skip
# Headers of files that others keep of public reports: the same thing under another name. A name
# with another unit (GWh, litres) is none of them.
ALIASES = {
    "site": ("campus", "facility", "data center", "data centre", "site name", "location"),
    "operator": ("company", "organisation", "organization", "provider"),
    "country_iso2": ("country code", "iso2", "country"),
    "admin1": ("state", "province", "admin 1"),
    "year": ("reporting year", "fiscal year", "calendar year"),
    "electricity_mwh": (
        "electricity (mwh)", "electricity consumption (mwh)", "electricity use (mwh)", "energy mwh",
        "energy (mwh)", "electricity consumption mwh",
    ),
    "water_m3": (
        "water (m3)", "water (m³)", "water withdrawal (m3)", "water withdrawal (m³)",
        "water withdrawal m3",
    ),
    "source_url": ("url", "source", "link", "source link"),
    "flag": ("note", "notes", "remark", "comment"),
    "as_of": ("as of date",),
}  # fmt: skip
MAY_BE_ABSENT = ("country_iso2", "admin1", "water_m3", "flag")
NOT_A_WHOLE_YEAR = (
    "partial_first_year", "ramp-up year", "planned_peak_not_metered", "frontier_system_only",
    "whole_laboratory_not_datacentre",
)  # fmt: skip
AVERAGE = r"avg_power_mw=([0-9.]+)"
READ_FACTS = ("avg_power_mw", "consumption_m3", "peak_month_water_m3")
SECOND_LINK = " | "
PRESS = r"^(press|industry media|officials via press|company blog)\b"
PRESS_RELIABILITY = "C"
UNITS = (
    "MW", "GW", "MVA", "GWh", "TWh", "%", "ratio", "racks", "standard racks", "cabinets",
    "cabinets (4.4 kW equiv.)", "standard racks (2.5 kW equiv.)", "servers", "sqm", "mu",
    "PFLOPS", "EFLOPS", "data centers", "data center enterprises",
)  # fmt: skip
ISO_REDUCED = r"^(\d{4}(-\d{2}(-\d{2})?)?)?$"
STATEMENT_KEY = ("subject", "scope", "metric", "component", "as_of", "qualifier")


def plan(_asked: Asked) -> Sequence[Request]:
    """Nothing to fetch: the tables are re-keyed by hand and come in as files."""
    return ()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Tell the three layouts apart by a column that only one of them has."""
    place = fetch.file_name
    rows = _named(csv_rows(NAME, place, body))
    if "site" in rows.columns:
        return _campus(place, rows)
    if "geography" in rows.columns:
        return _region(place, rows)
    if "scope" in rows.columns:
        return _operator(place, rows)
    expected = "a column `site`, `scope` or `geography`, which tells the layout"
    received = [c for c in rows.columns if c != "row"]
    raise SourceChangedError(NAME, f"{place}, header", expected, received)


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """Headers as we name them, and columns that a file has nothing for as empty ones."""
    plain = {" ".join(c.lower().replace("_", " ").split()): c for c in rows.columns}
    found = {}
    for name, aliases in ALIASES.items():
        told = [plain[a] for a in (name.replace("_", " "), *aliases) if a in plain]
        if told and name not in rows.columns:
            found[told[0]] = name
    named = rows.rename(found)
    absent = [
        name
        for name in MAY_BE_ABSENT
        if not any(c.lower().startswith(name.split("_")[0]) for c in named.columns)
    ]
    return named.with_columns(pl.lit(None, pl.String).alias(c) for c in absent)


def _campus(place: str, rows: pl.DataFrame) -> Parsed:
    require(NAME, place, rows, CAMPUS)
    flag = pl.col("flag").fill_null("")
    sieve = Sieve(place, rows.with_columns(average=flag.str.extract(AVERAGE)))
    for column in ("site", "operator", "source_url"):
        sieve.drop(pl.col(column).is_null(), "cell empty", column, "a text")
    sieve.drop(
        pl.col("year").is_null(), "no year", "year", "the year the figure describes",
        "Nothing: a figure without a year fits no period",
    )  # fmt: skip
    sieve.cast(["year", "electricity_mwh", "water_m3", "average"])
    low, high = 1990, 2100
    year = pl.col("year")
    wrong = (year < low) | (year > high) | (year != year.round())
    sieve.drop(wrong, "year out of range", "year", f"a whole year, {low} to {high}")
    measures = ("electricity_mwh", "water_m3", "average")
    for column in measures:
        sieve.drop(pl.col(column) < 0, "negative number", column, "0 or more")
    sieve.drop(
        pl.all_horizontal(pl.col(measures).is_null()), "no yearly figure", "flag",
        "electricity, water or average power of the year",
        "Nothing: the peak of one month is no figure of a year",
    )  # fmt: skip
    facts = flag.str.extract_all(r"[A-Za-z_0-9]+=")
    strange = facts.list.set_difference([f"{fact}=" for fact in READ_FACTS]).list.len() > 0
    sieve.note(
        strange, "fact not read", "flag", f"facts among {', '.join(READ_FACTS)}",
        "Read the new fact in the parser; meanwhile it stands in `qualifier`",
    )  # fmt: skip
    sieve.drop_repeats(("site", "year"), "Keep one figure per campus and year")
    ids = {s: facility_id("disclosed", s) for s in sieve.frame["site"].unique()}
    second = pl.col("source_url").str.splitn(SECOND_LINK, 2).struct.field("field_1")
    qualifier = pl.concat_str(
        pl.when(flag != "").then(flag), "water: " + second, separator="; ", ignore_nulls=True
    )
    parts = flag.str.split("; ")
    frame = sieve.frame.select(
        facility_id=pl.col("site").replace_strict(ids, return_dtype=pl.String),
        site_name="site",
        operator="operator",
        year=year.cast(pl.Int64),
        electricity_reported_mwh="electricity_mwh",
        average_reported_mw="average",
        water_reported_m3="water_m3",
        is_partial=parts.list.set_intersection(list(NOT_A_WHOLE_YEAR)).list.len() > 0,
        qualifier=qualifier.replace("", None),
        source_url="source_url",
    )
    return _finished(POWER_SITE_YEAR, frame, rows, sieve)


def _operator(place: str, rows: pl.DataFrame) -> Parsed:
    require(NAME, place, rows, OPERATOR)
    sieve = Sieve(place, rows)
    flag = pl.col("flag").fill_null("")
    sieve.frame = sieve.frame.select(
        "row", "scope", "metric", "value", "unit", "source_url",
        subject="operator",
        component=pl.lit(""),
        as_of=pl.col("as_of").fill_null(""),
        qualifier=flag,
        reliability=pl.when(flag.str.contains(PRESS)).then(pl.lit(PRESS_RELIABILITY)),
    )  # fmt: skip
    return _statements(sieve, rows)


def _region(place: str, rows: pl.DataFrame) -> Parsed:
    require(NAME, place, rows, REGION)
    begin, end = pl.col("period_start"), pl.col("period_end")
    year = begin.str.slice(0, 4)
    is_year = (begin == year + "-01-01") & (end == year + "-12-31")
    period = pl.when(is_year).then(year).otherwise(begin + "/" + end)
    stated = pl.when(period.is_not_null()).then("as of " + pl.col("as_of"))
    sieve = Sieve(place, rows)
    sieve.frame = rows.select(
        "row", "metric", "value", "unit", "source_url",
        subject="publisher",
        scope="geography",
        component=pl.col("component").fill_null(""),
        as_of=pl.coalesce(period, "as_of", pl.lit("")),
        qualifier=pl.concat_str("qualifier", stated, separator="; ", ignore_nulls=True),
    )  # fmt: skip
    return _statements(sieve, rows)


def _statements(sieve: Sieve, rows: pl.DataFrame) -> Parsed:
    for column in ("subject", "scope", "metric", "unit", "source_url"):
        sieve.drop(pl.col(column).is_null(), "cell empty", column, "a text")
    sieve.drop(
        ~pl.col("unit").is_in(UNITS), "unit unknown", "unit", f"one of {', '.join(UNITS)}",
        "Add the unit to UNITS if the publisher means it: units are kept, never converted",
    )  # fmt: skip
    slip = pl.col("metric").str.ends_with("_mw") & (pl.col("unit") != "MW")
    slip = slip | (pl.col("metric").str.ends_with("_gw") & (pl.col("unit") != "GW"))
    sieve.drop(slip, "metric and unit disagree", "unit", "the unit that the metric names")
    sieve.cast(["value"])
    sieve.drop(pl.col("value").is_null(), "no value", "value", "a number")
    is_period = pl.col("as_of").str.contains("/")
    dated = pl.col("as_of").str.contains(ISO_REDUCED) | is_period
    sieve.drop(~dated, "date unknown", "as_of", "YYYY, YYYY-MM, YYYY-MM-DD or empty")
    sieve.drop_repeats(STATEMENT_KEY, "State in `qualifier` what tells the figures apart")
    frame = sieve.frame.drop("row").rename({"value": "value_reported"})
    return _finished(POWER_STATEMENT, frame, rows, sieve)


def _finished(table: Table, frame: pl.DataFrame, rows: pl.DataFrame, sieve: Sieve) -> Parsed:
    """Name the first link as the place to read and as the origin, so that echoes count once."""
    link = pl.col("source_url").str.splitn(SECOND_LINK, 2).struct.field("field_0")
    linked = frame.with_columns(source_url=link)
    origins = {url: short_hash(url) for url in linked["source_url"].unique()}
    stated = linked.with_columns(
        origin_id=pl.col("source_url").replace_strict(origins, return_dtype=pl.String)
    )
    return Parsed({table.name: parsed(table).fit(stated)}, rows.height, tuple(sieve.rejections))
