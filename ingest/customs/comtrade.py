"""UN Comtrade v1: rows of 47 fields, as JSON of the preview or keyed API or as CSV, to `customs_flow`.

Unit: current US$ (imports CIF, exports FOB), kg, and the quantity's own unit, as declared.
A value marked as estimated goes to its estimated column; nothing marks `primaryValue` so, hence
`value_estimated_usd` stays empty. `isAggregate` says who added up, not that anything was estimated.

A refresh asks for availability first (`comtrade_asks`); its answer holds no flow.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from indicia import bundled
from indicia.errors import SourceChangedError
from indicia.schema import CUSTOMS_FLOW, parsed
from indicia.schema.base import UTC
from indicia.sources.contract import Fetch, Parsed, Rejection
from ingest.bodies import Sieve, csv_rows, json_object, json_rows, require
from ingest.customs.comtrade_asks import (
    KEYED_ROWS,
    PREVIEW_ROWS,
    following,
    is_about_availability,
    is_availability,
    is_empty,
    plan,
    released,
)

__all__ = ["following", "parse", "plan"]

NAME = "customs/comtrade"
FLOWS = ("M", "X", "RX", "RM", "DX", "FM")
AREAS = {
    "0": "W00",
    "490": "TWN",
    "158": "TWN",
    "412": "XKX",
}  # where the publisher's ISO misleads
TOTALS = {"partner2code": "0", "customscode": "C00", "motcode": "0", "moscode": "0"}
NEEDED = (
    "typecode", "freqcode", "period", "reportercode", "reporteriso", "flowcode", "partnercode",
    "partneriso", "partner2code", "classificationcode", "cmdcode", "customscode", "moscode",
    "motcode", "qtyunitabbr", "qty", "isqtyestimated", "netwgt", "isnetwgtestimated",
    "primaryvalue",
)  # fmt: skip
NUMBERS = ("qty", "netwgt", "primaryvalue")
# Every standard unit of the publisher's list; 847330 is counted in kg, the others here in items.
UNITS = (
    "N/A", "n/a", "u", "2u", "12u", "1000u", "U (jeu/pack)", "kg", "g", "l", "m", "m²", "m³", "carat",
    "1000 kWh",
)  # fmt: skip
FLAGS = ("isqtyestimated", "isnetwgtestimated")
KEY = ("reporter_iso3", "partner_iso3", "flow", "hs_code", "frequency", "period")
CHECK_QUERY = "Check period and codes: the API answers a wrong query with no rows, not an error"


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one answer of the API or one CSV file of the same 47 columns, named in either style."""
    place = fetch.url.split("#")[0].rsplit("/", 1)[-1]  # the query says period and reporter
    said = released(fetch.url)
    is_json = body.lstrip()[:1] in {b"{", b"["}
    if is_json:
        answer = json_object(NAME, place, body)
        if is_availability(answer):
            return Parsed({}, 0)
        if is_empty(answer) and is_about_availability(fetch.url):
            return Parsed({}, 0, (_nothing_released(place),))
        if is_empty(answer) and said:
            return Parsed({}, 0, (_no_trade(place),))
        rows, missing = _answer(place, answer)
    else:
        rows, missing = csv_rows(NAME, place, body), ()
    rows = rows.rename(lambda name: name.replace("_", "").lower())
    require(NAME, place, rows, NEEDED)
    sieve = Sieve(place, rows.with_columns(pl.col(NEEDED).str.strip_chars()))
    _drop_what_is_no_total(sieve)
    _drop_what_has_no_key(sieve)
    _drop_what_is_no_number(sieve)
    _drop_what_has_no_unit(sieve)
    one_code = "Nothing: the current code of an area counts, and two codes of one area are not added up"
    newest = pl.col("reportercode", "partnercode").cast(pl.Int64, strict=False)
    sieve.frame = sieve.frame.sort(newest, descending=True, maintain_order=True)
    sieve.drop_repeats(KEY, one_code)
    sieve.frame = sieve.frame.sort("row")
    frame = sieve.frame.select(
        *KEY,
        classification="classificationcode",
        published_utc=pl.lit(said, dtype=UTC),
        published_basis=pl.lit("stated" if said else None, dtype=pl.String),
        **_measures(),
    )
    return Parsed(
        {CUSTOMS_FLOW.name: parsed(CUSTOMS_FLOW).fit(frame)},
        rows.height,
        (*sieve.rejections, *missing),
    )


def _nothing_released(place: str) -> Rejection:
    expected = "months that the reporter released"
    remedy = "Nothing, if it reports no months; otherwise check its code and refresh again"
    return Rejection("no rows", f"{place}, data", expected, "none", remedy, 0)


def _no_trade(place: str) -> Rejection:
    """Availability vouches for reporter and month, so that only the codes can be without trade."""
    expected = "rows, as availability says that the month was released"
    remedy = "Nothing, if the reporter declared no trade under this code in this month"
    return Rejection("no rows", f"{place}, data", expected, "none", remedy, 0)


def _answer(
    place: str, answer: Mapping[str, object]
) -> tuple[pl.DataFrame, Sequence[Rejection]]:
    if answer.get("error") or "data" not in answer:
        received = answer.get("error") or answer.get("message") or sorted(answer)
        raise SourceChangedError(NAME, f"{place}, error", "no error", received, CHECK_QUERY)
    rows = json_rows(NAME, f"{place}, data", answer["data"], CHECK_QUERY)
    count = answer.get("count")
    is_full = rows.height in {PREVIEW_ROWS, KEYED_ROWS}
    if count == rows.height and not is_full:
        return rows, ()
    expected = f"all rows, fewer than the limit of {PREVIEW_ROWS} (preview) or {KEYED_ROWS:,}"
    received = f"{rows.height} rows; count says {count}"
    remedy = "Ask for fewer codes, flows or reporters per call, so that nothing is cut off"
    cut = Rejection("body incomplete", f"{place}, data", expected, received, remedy, 0)
    return rows, (cut,)


def _drop_what_is_no_total(sieve: Sieve) -> None:
    goods = pl.col("typecode").ne_missing(pl.lit("C"))
    sieve.drop(goods, "not goods", "typecode", "C (goods)", "Ask for typeCode C")
    for column, total in TOTALS.items():
        part = pl.col(column).fill_null(total) != total
        rule, remedy = "breakdown row", "Nothing: the total row of the same flow is kept"
        sieve.drop(part, rule, column, f"{total}, the total", remedy, "notice")


def _drop_what_has_no_key(sieve: Sieve) -> None:
    period, is_month = pl.col("period"), pl.col("freqcode") == "M"
    year_month = pl.concat_str(period.str.slice(0, 4), period.str.slice(4), separator="-")
    fits = (
        pl.when(is_month)
        .then(period.str.contains(r"^\d{4}(0[1-9]|1[0-2])$"))
        .when(pl.col("freqcode") == "A")
        .then(period.str.contains(r"^\d{4}$"))
    )
    code = pl.col("cmdcode")
    sieve.frame = sieve.frame.with_columns(
        reporter_iso3=_iso3("reporter"),
        partner_iso3=_iso3("partner"),
        flow="flowcode",
        hs_code=code,
        frequency="freqcode",
    )
    frequency = pl.col("freqcode").is_in(["A", "M"]).fill_null(value=False)
    sieve.drop(~frequency, "frequency unknown", "freqcode", "A or M")
    sieve.drop(~fits.fill_null(value=False), "period unknown", "period", "YYYY or YYYYMM")
    sieve.frame = sieve.frame.with_columns(pl.when(is_month).then(year_month).otherwise(period))
    flows = pl.col("flow").is_in(FLOWS).fill_null(value=False)
    sieve.drop(~flows, "flow unknown", "flowcode", " or ".join(FLOWS))
    goods = code.str.contains(r"^(\d{2}|\d{4}|\d{6}|TOTAL)$").fill_null(value=False)
    sieve.drop(~goods, "code unknown", "cmdcode", "HS code of 2, 4 or 6 digits, or TOTAL")
    for side in ("reporter", "partner"):
        unknown = pl.col(f"{side}_iso3").is_null()
        remedy = "Add the code to data/reference/countries.csv"
        sieve.drop(unknown, "area unknown", f"{side}code", "an area of the code table", remedy)


def _iso3(side: str) -> pl.Expr:
    """Alpha-3 of an area; the publisher's own code where it is no country (`_X`: not specified)."""
    code = pl.col(f"{side}code")
    return pl.coalesce(
        code.replace_strict(AREAS, default=None, return_dtype=pl.String),
        pl.col(f"{side}iso").replace("", None),
        code.replace_strict(_areas(), default=None, return_dtype=pl.String),
    )


@cache
def _areas() -> Mapping[str, str]:
    """M49 code to alpha-3, as the publisher uses the codes."""
    table = pl.read_csv(bundled.path("data/reference/countries.csv"), infer_schema=False)
    return dict(table.select("m49", "iso3").iter_rows())


def _drop_what_is_no_number(sieve: Sieve) -> None:
    sieve.cast(NUMBERS)
    for column in NUMBERS:
        sieve.drop(pl.col(column) < 0, "negative number", column, "0 or more")
    sieve.drop(pl.col("primaryvalue").is_null(), "no value", "primaryvalue", "US$")
    for flag in FLAGS:
        lowered = pl.col(flag).str.to_lowercase()
        strange = ~lowered.is_in(["true", "false"]).fill_null(value=False)
        sieve.drop(strange, "flag unknown", flag, "true or false")
        sieve.frame = sieve.frame.with_columns((lowered == "true").alias(flag))


def _drop_what_has_no_unit(sieve: Sieve) -> None:
    unknown = ~pl.col("qtyunitabbr").is_in(UNITS).fill_null(value=True)
    remedy = "Add the unit to UNITS of the parser once its meaning is known"
    sieve.drop(unknown, "unit unknown", "qtyunitabbr", " or ".join(UNITS), remedy)


def _measures() -> dict[str, pl.Expr]:
    unit = pl.col("qtyunitabbr")
    has_unit = unit.is_not_null() & ~unit.is_in(["N/A", "n/a"])
    quantity = pl.when(has_unit & (pl.col("qty") > 0)).then(pl.col("qty"))
    weight = pl.when(pl.col("netwgt") > 0).then(pl.col("netwgt"))  # 0 stands for not reported
    quantity_guessed, weight_guessed = (pl.col(flag) for flag in FLAGS)
    return {
        "value_reported_usd": pl.col("primaryvalue"),
        "net_weight_reported_kg": pl.when(~weight_guessed).then(weight),
        "net_weight_estimated_kg": pl.when(weight_guessed).then(weight),
        "quantity_reported": pl.when(~quantity_guessed).then(quantity),
        "quantity_estimated": pl.when(quantity_guessed).then(quantity),
        "quantity_unit": pl.when(has_unit).then(unit),
    }
