"""Taiwan's customs statistics (the CSV of its query page, Big5 or UTF-8) to `customs_flow`.

Unit: thousand US$ and kg or tonnes, as the header says, turned into US$ and kg; quantities in
the unit of the row. Years are of the Republic (113 is 2024). The page asks for a captcha, so a
person saves the file and names it after `--from`.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

import polars as pl

from indicia import bundled
from indicia.errors import SourceChangedError
from indicia.schema import CUSTOMS_FLOW, parsed
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, require
from ingest.customs.areas import WORLD

NAME = "customs/taiwan_customs"
FLOW, DATE, COUNTRY, CODE = "進出口別", "日期", "國家", "貨品號列"
VALUE, TONNES, KILOGRAMS = "美元(千元)", "重量(公噸)", "重量(公斤)"
QUANTITY, UNIT = "數量(限11碼貨品)", "數量單位"
FLOWS = {
    "進口總值(含復進口)": "M",
    "出口總值(含復出口)": "X",
    "復出口": "RX",
    "復進口": "RM",
    "出口": "DX",
    "進口": "FM",
}
TOTALS = ("合計", "全部國家", "全球")
UNITS = ("PCE", "SET", "NIU", "UNT", "KGM", "GRM", "TNE", "DZN", "PR", "LTR", "MTR")
REPUBLIC = 1911  # its first year is 1912
MONTH = r"^(\d{2,3})年(\d{1,2})月$"
YEAR = r"^(\d{2,3})年$"
KEY = ("reporter_iso3", "partner_iso3", "flow", "hs_code", "frequency", "period")
IN_DOLLARS = "Choose 金額(美元) on the query page and save the file again"


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one saved file.

    Raises:
        SourceChangedError: The file is no such CSV, or holds no values in US$.
    """
    rows = csv_rows(NAME, fetch.file_name, _utf8(fetch.file_name, body))
    needed = (FLOW, DATE, COUNTRY, CODE, VALUE)
    require(NAME, fetch.file_name, rows, needed, IN_DOLLARS)
    sieve = Sieve(fetch.file_name, rows)
    _named(sieve)
    _dated(sieve, fetch.vintage)
    weight = KILOGRAMS if KILOGRAMS in rows.columns else TONNES
    measures = [n for n in (VALUE, weight, QUANTITY) if n in rows.columns]
    sieve.frame = sieve.frame.with_columns(
        pl.when(~pl.col(n).is_in(["-", "－"])).then(pl.col(n).str.replace_all(",", ""))  # noqa: RUF001 -- as published
        for n in measures
    )
    sieve.cast(measures)
    sieve.drop(pl.col(VALUE).is_null(), "no value", VALUE, "thousand US$")
    for name in measures:
        sieve.drop(pl.col(name) < 0, "negative number", name, "0 or more")
    sieve.drop_repeats(KEY, "The first one was kept; save the file again")
    times = 1.0 if weight == KILOGRAMS else 1000.0
    frame = sieve.frame.select(
        *KEY,
        classification=pl.lit("CCC"),
        value_reported_usd=pl.col(VALUE) * 1000,
        net_weight_reported_kg=_above_zero(weight, measures) * times,
        **_counted(sieve, measures),
    )
    return Parsed(
        {CUSTOMS_FLOW.name: parsed(CUSTOMS_FLOW).fit(frame)}, rows.height, sieve.rejections
    )


def _utf8(place: str, body: bytes) -> bytes:
    for encoding in ("utf-8-sig", "cp950"):
        try:
            return body.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    raise SourceChangedError(NAME, place, "text in Big5 or UTF-8", body[:40])


def _named(sieve: Sieve) -> None:
    code = pl.col(CODE).str.replace_all(r"[.\-\s]", "")
    sieve.frame = sieve.frame.with_columns(
        reporter_iso3=pl.lit("TWN"),
        flow=pl.col(FLOW).replace_strict(FLOWS, default=None, return_dtype=pl.String),
        hs_code=code,
        partner_iso3=pl.when(pl.col(COUNTRY).is_in(TOTALS))
        .then(pl.lit(WORLD))
        .otherwise(
            pl.col(COUNTRY).replace_strict(_countries(), default=None, return_dtype=pl.String)
        ),
    )
    sieve.drop(pl.col("flow").is_null(), "flow unknown", FLOW, " or ".join(FLOWS))
    remedy = "Add the name to data/reference/countries_taiwan.csv"
    unknown = pl.col("partner_iso3").is_null()
    sieve.drop(unknown, "area unknown", COUNTRY, "a country of the table", remedy)
    levels = pl.col("hs_code").str.contains(r"^(\d{2}|\d{4}|\d{6}|\d{8}|\d{11})$")
    lost = "Save the file again: a leading zero may be lost in a spreadsheet"
    sieve.drop(
        ~levels.fill_null(value=False), "code unknown", CODE, "2, 4, 6, 8 or 11 digits", lost
    )


def _dated(sieve: Sieve, vintage: date) -> None:
    text = pl.col(DATE)
    year = pl.coalesce(text.str.extract(MONTH, 1), text.str.extract(YEAR, 1)).cast(pl.Int64)
    month = text.str.extract(MONTH, 2).cast(pl.Int64)
    sieve.frame = sieve.frame.with_columns(year=year + REPUBLIC, month=month)
    fits = pl.col("year").is_not_null() & pl.col("month").fill_null(1).is_between(1, 12)
    sieve.drop(
        ~fits, "period unknown", DATE, "a year of the Republic such as 113年 or 113年5月"
    )
    first = pl.date(pl.col("year"), pl.col("month").fill_null(1), 1)
    sieve.drop(first > vintage, "period in the future", DATE, f"a period begun by {vintage}")
    padded = pl.col("month").cast(pl.String).str.zfill(2)
    is_month = pl.col("month").is_not_null()
    sieve.frame = sieve.frame.with_columns(
        frequency=pl.when(is_month).then(pl.lit("M")).otherwise(pl.lit("A")),
        period=pl.concat_str(
            pl.col("year").cast(pl.String), padded, separator="-", ignore_nulls=True
        ),
    )


def _above_zero(name: str, present: list[str]) -> pl.Expr:
    if name not in present:
        return pl.lit(None, dtype=pl.Float64)
    return pl.when(pl.col(name) > 0).then(
        pl.col(name)
    )  # 0 stands for less than a unit, or none


def _counted(sieve: Sieve, present: list[str]) -> Mapping[str, pl.Expr]:
    if QUANTITY not in present or UNIT not in sieve.frame.columns:
        return {}
    known = pl.col(UNIT).is_in(UNITS)
    left = (
        "Nothing: the row is kept without its quantity; or add the unit to UNITS of the parser"
    )
    sieve.note(~known & (pl.col(QUANTITY) > 0), "unit unknown", UNIT, " or ".join(UNITS), left)
    counted = known & (pl.col(QUANTITY) > 0)
    return {
        "quantity_reported": pl.when(counted).then(pl.col(QUANTITY)),
        "quantity_unit": pl.when(known).then(pl.col(UNIT)),
    }


@cache
def _countries() -> Mapping[str, str]:
    path = bundled.path("data/reference/countries_taiwan.csv")
    return dict(pl.read_csv(path, infer_schema=False).iter_rows())
