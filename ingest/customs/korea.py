"""Korea Customs Service (XML of data.go.kr) to `customs_flow`.

Unit: US$ and kg as published; there are no item counts. One item of the answer holds both
directions of a month, so it becomes up to two rows. An error comes with status 200.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import CUSTOMS_FLOW, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import Sieve, require
from ingest.customs.areas import iso3_by
from ingest.xml_body import local_name, xml_root

NAME = "customs/korea"
LIST = "https://apis.data.go.kr/1220000/nitemtrade/getNitemtradeList"
SECRET = {"serviceKey": "DATA_GO_KR_KEY"}
CODES = ("847150", "847180", "847330")
COUNTRIES = ("CN", "HK", "TW", "US", "JP", "SG", "MY", "VN", "TH", "IN", "ID", "AE", "SA", "KZ", "RU", "DE", "NL")  # fmt: skip
FIRST_DAYS, OVERLAP_DAYS, LAG = 540, 400, timedelta(days=20)
WINDOW_MONTHS = 12
TOTALS = ("총계", "합계")
NEEDED = ("year", "statCd", "hsCd", "expWgt", "expDlr", "impWgt", "impDlr")
NUMBERS = ("expWgt", "expDlr", "impWgt", "impDlr")
SIDES = (("X", "expDlr", "expWgt"), ("M", "impDlr", "impWgt"))
KEY = ("reporter_iso3", "partner_iso3", "hs_code", "frequency", "period")
ASK_AGAIN = "Look at the key (DATA_GO_KR_KEY) and at the day's quota, then refresh again"


def plan(asked: Asked) -> Sequence[Request]:
    """A code, a country and at most a year at a time, as the service asks."""
    first = asked.start(asked.today - timedelta(days=FIRST_DAYS), OVERLAP_DAYS)
    return [
        Request(
            LIST,
            {"strtYymm": begins, "endYymm": ends, "hsSgn": code, "cntyCd": country},
            secret_params=SECRET,
        )
        for begins, ends in _windows(first, asked.today - LAG)
        for code in CODES
        for country in COUNTRIES
    ]


def _windows(first: date, last: date) -> Sequence[tuple[str, str]]:
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 2
    return [
        (_month(n), _month(min(n + WINDOW_MONTHS - 1, end)))
        for n in range(begin, end + 1, WINDOW_MONTHS)
    ]


def _month(number: int) -> str:
    return f"{number // 12}{number % 12 + 1:02d}"


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one answer.

    Raises:
        SourceChangedError: No XML, an error of the service, or a field is missing.
    """
    asked = parse_qs(urlsplit(fetch.url).query)
    place = " ".join(asked[k][0] for k in ("cntyCd", "hsSgn", "strtYymm") if k in asked)
    place = place or fetch.file_name
    items = _items(place, body)
    if not items:
        return Parsed({}, 0, [_no_trade(place)])
    frame = pl.DataFrame(items, schema=dict.fromkeys({k for i in items for k in i}, pl.String))
    require(NAME, place, frame, NEEDED)
    sieve = Sieve(place, frame.with_row_index("row", offset=1))
    _keyed(sieve, fetch.vintage)
    sieve.cast(NUMBERS)
    for name in NUMBERS:
        sieve.drop(pl.col(name) < 0, "negative number", name, "0 or more")
    sieve.drop_repeats(KEY, "The first one was kept")
    rows = pl.concat(
        sieve.frame.filter((pl.col(value) > 0) | (pl.col(weight) > 0)).select(
            "row",
            *KEY,
            flow=pl.lit(flow),
            classification=pl.lit("HSK"),
            value_reported_usd=pl.col(value),
            net_weight_reported_kg=pl.when(pl.col(weight) > 0).then(pl.col(weight)),
        )
        for flow, value, weight in SIDES
    )
    ordered = rows.sort("row", maintain_order=True).drop("row")
    return Parsed(
        {CUSTOMS_FLOW.name: parsed(CUSTOMS_FLOW).fit(ordered)}, len(items), sieve.rejections
    )


def _items(place: str, body: bytes) -> list[dict[str, str]]:
    root = xml_root(NAME, place, body)
    texts = {local_name(e): (e.text or "").strip() for e in root.iter() if len(e) == 0}
    code = texts.get("resultCode") or texts.get("returnReasonCode")
    if code not in {"00", "0"}:
        said = texts.get("returnAuthMsg") or texts.get("resultMsg") or sorted(texts)
        raise SourceChangedError(NAME, place, "resultCode 00", f"{code}: {said}", ASK_AGAIN)
    return [
        {local_name(cell): (cell.text or "").strip() for cell in item}
        for item in root.iter()
        if local_name(item) == "item"
    ]


def _keyed(sieve: Sieve, vintage: date) -> None:
    total = pl.col("year").is_in(TOTALS) | pl.col("hsCd").is_in(["-", ""])
    left = "Nothing: the sum of the rows is left out"
    sieve.drop(total, "total row", "year", "a month", left, "notice")
    month = pl.col("year").str.contains(r"^\d{4}\.(0[1-9]|1[0-2])$").fill_null(value=False)
    sieve.drop(~month, "month unknown", "year", "YYYY.MM")
    sieve.frame = sieve.frame.with_columns(
        period=pl.col("year").str.replace(".", "-", literal=True),
        reporter_iso3=pl.lit("KOR"),
        partner_iso3=pl.col("statCd").replace_strict(
            iso3_by("iso2"), default=None, return_dtype=pl.String
        ),
        hs_code="hsCd",
        frequency=pl.lit("M"),
    )
    future = pl.col("period") > f"{vintage:%Y-%m}"
    sieve.drop(future, "month in the future", "year", f"by {vintage:%Y-%m}")
    digits = pl.col("hs_code").str.contains(r"^(\d{2}|\d{4}|\d{6}|\d{10})$")
    strange = ~digits.fill_null(value=False)
    sieve.drop(strange, "code unknown", "hsCd", "2, 4, 6 or 10 digits")
    unknown = pl.col("partner_iso3").is_null()
    sieve.drop(unknown, "area unknown", "statCd", "a country code of two letters")


def _no_trade(place: str) -> Rejection:
    remedy = "Nothing, if no trade under this code was declared with this country"
    return Rejection("no rows", place, "items", "none", remedy, 0, "notice")
