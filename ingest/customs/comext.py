"""Eurostat Comext (SDMX-CSV, one indicator a row) to `customs_flow`.

Unit: euros, and kg from the publisher's 100 kg. Supplementary quantities are items (`p/st`) for
the codes known to be counted so; for others the answer does not say the unit and they are left.

Files saved from the browser write periods as `Aug. 2024` or `202208-Aug. 2022` and flows as
`2-EXPORT`, and mix member states with their sums; both are read, and sums are left out.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from indicia.schema import CUSTOMS_FLOW, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, csv_rows, require
from ingest.customs.areas import WORLD, iso3_by

NAME = "customs/comext"
DATA = "https://ec.europa.eu/eurostat/api/comext/dissemination/sdmx/2.1/data/ds-045409"
CODES = ("847150", "847180", "847330")
VALUE, WEIGHT, ITEMS = "VALUE_IN_EUROS", "QUANTITY_IN_100KG", "SUPPLEMENTARY_QUANTITY"
INDICATORS = (VALUE, WEIGHT, ITEMS)
FLOWS = {"1": "M", "IMPORT": "M", "1-IMPORT": "M", "2": "X", "EXPORT": "X", "2-EXPORT": "X"}
NAMED = {  # where Eurostat's codes of countries are not ISO
    "WORLD": WORLD, "EL": "GRC", "XS": "SRB", "XK": "XKX", "XU": "GBR", "UK": "GBR",
}  # fmt: skip
SUMS = r"^(?:EU|EA|EUROZONE)\d*"
HELD_BACK = r"^Q[P-Z]$|^X[CILO]$"  # stores, secret, not specified; parts of member states
COUNTED = r"^8471(?:50|80)"  # in items, by the Combined Nomenclature
NEEDED = ("reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD", "OBS_VALUE")
KEY = ("reporter_iso3", "partner_iso3", "flow", "hs_code", "frequency", "period")
MONTHS = {
    name: f"{number:02d}"
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        start=1,
    )
}
FIRST_DAYS, OVERLAP_DAYS, LAG = 550, 400, timedelta(days=60)
WINDOW_MONTHS = 6  # an answer of more than 500,000 cells is not given at once


def plan(asked: Asked) -> Sequence[Request]:
    """Half a year, a code and a direction at a time: all reporters, all partners."""
    first = asked.start(asked.today - timedelta(days=FIRST_DAYS), OVERLAP_DAYS)
    last = asked.today - LAG
    return [
        Request(
            f"{DATA}/M...{code}.{flow}.{'+'.join(INDICATORS)}",
            {"format": "SDMX-CSV", "startPeriod": begins, "endPeriod": ends},
        )
        for begins, ends in _windows(first, last)
        for code in CODES
        for flow in ("1", "2")
    ]


def _windows(first: date, last: date) -> Sequence[tuple[str, str]]:
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    starts = range(begin, end + 1, WINDOW_MONTHS)
    return [(_month(n), _month(min(n + WINDOW_MONTHS - 1, end))) for n in starts]


def _month(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02d}"


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one answer or one saved file.

    Raises:
        SourceChangedError: The body is no such CSV (an XML that asks to come back, for one).
    """
    place = fetch.file_name
    rows = csv_rows(NAME, place, body)
    known = {name.lower(): name for name in NEEDED}
    rows = rows.rename({c: known[c.lower()] for c in rows.columns if c.lower() in known})
    require(NAME, place, rows, NEEDED)
    sieve = Sieve(place, rows)
    _named(sieve)
    _dated(sieve, fetch.vintage)
    strange = ~pl.col("indicators").is_in(INDICATORS).fill_null(value=False)
    sieve.drop(strange, "indicator unknown", "indicators", " or ".join(INDICATORS))
    empty = pl.col("OBS_VALUE").is_null()
    held = "Nothing: the publisher holds the value back"
    sieve.drop(empty, "no value", "OBS_VALUE", "a number", held, "notice")
    sieve.cast(["OBS_VALUE"])
    sieve.drop(pl.col("OBS_VALUE") < 0, "negative number", "OBS_VALUE", "0 or more")
    sieve.drop_repeats((*KEY, "indicators"), "The first one was kept")
    return Parsed(
        {CUSTOMS_FLOW.name: parsed(CUSTOMS_FLOW).fit(_joined(sieve.frame))},
        rows.height,
        sieve.rejections,
    )


def _joined(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per flow from one row per indicator."""

    def said(indicator: str) -> pl.Expr:
        return pl.col("OBS_VALUE").filter(pl.col("indicators") == indicator).first()

    wide = rows.group_by(KEY, maintain_order=True).agg(
        value_reported_eur=said(VALUE), hundreds=said(WEIGHT), items=said(ITEMS)
    )
    counted = pl.col("hs_code").str.contains(COUNTED) & (pl.col("items") > 0)
    return wide.select(
        *KEY,
        classification=pl.lit("CN"),
        value_reported_eur="value_reported_eur",
        net_weight_reported_kg=pl.when(pl.col("hundreds") > 0).then(pl.col("hundreds") * 100),
        quantity_reported=pl.when(counted).then(pl.col("items")),
        quantity_unit=pl.when(counted).then(pl.lit("p/st")),
    )


def _named(sieve: Sieve) -> None:
    for side in ("reporter", "partner"):
        code = pl.col(side).str.to_uppercase()
        left = "Nothing: sums over countries and places that are none are left out"
        expected = "a country"
        is_sum = code.str.contains(SUMS) | code.str.contains(HELD_BACK)
        sieve.drop(is_sum, "no country", side, expected, left, "notice")
        iso3 = pl.coalesce(
            code.replace_strict(NAMED, default=None, return_dtype=pl.String),
            code.replace_strict(iso3_by("iso2"), default=None, return_dtype=pl.String),
        )
        sieve.frame = sieve.frame.with_columns(iso3.alias(f"{side}_iso3"))
        unknown = pl.col(f"{side}_iso3").is_null()
        remedy = "Add the code to NAMED of the parser once its meaning is known"
        sieve.drop(unknown, "area unknown", side, "a code of the table", remedy)
    code = pl.col("product")
    strange = ~code.str.contains(r"^(\d{2}|\d{4}|\d{6}|\d{8})$").fill_null(value=False)
    sieve.drop(strange, "code unknown", "product", "2, 4, 6 or 8 digits")
    flow = pl.col("flow").str.to_uppercase()
    sieve.frame = sieve.frame.with_columns(
        flow_said="flow",
        hs_code="product",
        flow=flow.replace_strict(FLOWS, default=None, return_dtype=pl.String),
    )
    unknown = pl.col("flow").is_null()
    sieve.drop(unknown, "flow unknown", "flow_said", " or ".join(FLOWS))


def _dated(sieve: Sieve, vintage: date) -> None:
    text = pl.col("TIME_PERIOD")
    worded = pl.concat_str(
        text.str.extract(r"^[A-Z][a-z]{2}\.? (\d{4})$"),
        text.str.extract(r"^([A-Z][a-z]{2})\.? \d{4}$").replace_strict(
            MONTHS, default=None, return_dtype=pl.String
        ),
        separator="-",
    )
    both = text.str.replace(r"^(\d{4})(\d{2})-[A-Z][a-z]{2}\.? \d{4}$", "$1-$2")
    plain = pl.when(both.str.contains(r"^\d{4}(-(0[1-9]|1[0-2]))?$")).then(both)
    sieve.frame = sieve.frame.with_columns(period=pl.coalesce(plain, worded))
    period = pl.col("period")
    expected = "YYYY-MM"
    sieve.drop(period.is_null(), "period unknown", "TIME_PERIOD", expected)
    future = period > f"{vintage:%Y-%m}"
    sieve.drop(future, "period in the future", "TIME_PERIOD", f"by {vintage:%Y-%m}")
    is_year = period.str.len_chars() == len("2026")
    sieve.frame = sieve.frame.with_columns(
        frequency=pl.when(is_year).then(pl.lit("A")).otherwise(pl.lit("M"))
    )
