"""A table of contracts that a user has as CSV, to `procurement_notice`.

The header is matched with known names; lines at the top say what it cannot:

    # map: buyer_name = Contracting body      a column of ours, and its header in the file
    # set: country_iso2 = CN                  a column of ours, the same in every row

An amount needs its currency: in its header (`contract_value_rmb`), in a column `currency`, or
set. Years of the Republic (113) and of the Buddhist era (2567) are converted and counted.
`..` and its like are missing values. Long machine translations are not read, translated
titles are marked as such. Persons named in the text are removed before a file is archived.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed, short_hash
from indicia.sources.contract import Fetch, Parsed, Rejection
from ingest import eras
from ingest.bodies import Sieve, csv_rows

from .cn_persons import cleaned

SOURCE = "procurement/contracts_csv"
TABLE = parsed(PROCUREMENT_NOTICE)
ALIASES: Mapping[str, tuple[str, ...]] = {
    "process_id": ("process_id", "project_number", "contract_number", "contract_id", "reference", "项目编号"),
    "title": ("title", "contract_title", "project_name", "项目名称", "标题"),
    "title_translated": ("title_en", "title_translated"),
    "text": ("text", "content", "description", "内容"),
    "buyer_name": ("buyer_name", "end_user", "buyer", "agency", "采购单位", "采购人"),
    "publisher_name": ("public_unit", "publishing_unit", "发布单位"),
    "buyer_id": ("buyer_id",),
    "supplier_names": ("supplier_names", "supplier", "supplier_name", "vendor", "contractor", "供应商", "供应商名称"),
    "supplier_ids": ("supplier_ids", "supplier_id"),
    "notice_date": ("notice_date", "created_iso", "award_date", "date", "created", "公告时间"),
    "stage": ("stage", "purchase_type", "notice_type", "公告类型"),
    "amount": ("amount", "value", "contract_value", "award_value"),
    "currency": ("currency", "币种"),
    "quantity_count": ("quantity_count", "quantity", "数量"),
    "classification_codes": ("classification_codes", "cpv", "unspsc"),
    "procurement_method": ("procurement_method", "method", "采购方式"),
    "country_iso2": ("country_iso2", "country_code"),
    "place": ("place", "delivery_place", "地址"),
    "source_url": ("source_url", "url", "link"),
}  # fmt: skip
IGNORED = frozenset({"content_en", "text_en", "deadline", "value_num", "created", "status"})
TRANSLATED = ("content_en", "text_en")
MONEY_HEADER = re.compile(r"^(?:contract_|award_|total_)?(?:value|amount|price)_(rmb|cny|usd|eur|gbp|jpy|krw|sgd|aud)$")  # fmt: skip
REQUIRED = ("title", "notice_date")
MISSING = ("..", "...", "-", "n/a", "N/A", "NA", "null", "无", "/")
STAGES = {
    "award": "award", "contract": "contract", "tender": "tender", "plan": "plan", "中标公告": "award", "成交公告": "award",
    "合同公告": "contract", "采购公告": "tender", "招标公告": "tender", "单一来源公示": "tender", "单一来源公告": "tender",
    "采购意向": "plan",
}  # fmt: skip
PERSONAL = re.compile(
    r"contact|phone|\btel\b|e-?mail|fax|person|联系人|联系方式|电话|手机|邮箱|专家|负责人|代表",
    re.IGNORECASE,
)
SAID = re.compile(r"^#\s*(map|set):\s*(\w+)\s*=\s*(.+?)\s*$")
SLASHED = r"^(\d{1,2})/(\d{1,2})/(\d{4})"
GROUPED = r"^-?\d{1,3}(,\d{3})+(\.\d+)?$"
MOST = 1e15


@dataclass(frozen=True, slots=True)
class _Said:
    """What the lines at the top of a file say, and the CSV below them."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    top: bytes
    table: bytes


def redact(body: bytes) -> bytes:
    """Remove persons from titles and texts, and long translations altogether."""
    said = _said(body)
    frame = csv_rows(SOURCE, "file", said.table).drop("row")
    texts = [n for n in (_header(frame, said, c) for c in ("title", "text")) if n]
    # A person ends where the next field of the notice begins, which needs looking ahead.
    told = [pl.col(n).map_elements(cleaned, return_dtype=pl.String) for n in texts]
    gone = [n for n in frame.columns if n in TRANSLATED or PERSONAL.search(n)]
    blank = [pl.lit(None, pl.String).alias(n) for n in gone if n not in texts]
    archived = BytesIO(said.top)
    archived.seek(0, 2)
    frame.with_columns(*told, *blank).write_csv(archived)
    return archived.getvalue()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the table; rows that cannot be read are set aside by name."""
    said, place = _said(body), fetch.file_name
    frame = csv_rows(SOURCE, place, said.table)
    sieve = Sieve(place, _named(place, frame, said))
    notes = _strange(place, frame, said)
    rows_in = sieve.frame.height
    _stage(sieve)
    _date(sieve, place, fetch)
    _amount(sieve)
    _buyer(sieve)
    sieve.drop(pl.col("title").is_null(), "no title", "title", "a title")
    return Parsed({TABLE.name: _rows(sieve)}, rows_in, (*notes, *sieve.rejections))


def _said(body: bytes) -> _Said:
    lines = body.split(b"\n")
    top = 0
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    while top < len(lines) and lines[top].lstrip(b"\xef\xbb\xbf").startswith(b"#"):
        line = lines[top].decode("utf-8-sig", "replace").strip()
        found = SAID.match(line)
        if not found or found[2] not in {*ALIASES, *TABLE.names}:
            expected = "`# map: COLUMN = header` or `# set: COLUMN = value`"
            raise SourceChangedError(SOURCE, f"line {top + 1}", expected, line)
        (columns if found[1] == "map" else constants)[found[2]] = found[3]
        top += 1
    head = b"".join(line + b"\n" for line in lines[:top])
    return _Said(columns, constants, head, b"\n".join(lines[top:]))


def _header(frame: pl.DataFrame, said: _Said, column: str) -> str | None:
    """The header of the file that stands for a column of ours."""
    names = (said.columns[column],) if column in said.columns else ALIASES[column]
    return next((n for n in names if n in frame.columns), None)


def _named(place: str, frame: pl.DataFrame, said: _Said) -> pl.DataFrame:
    """The file's rows under our names, missing values empty.

    Raises:
        SourceChangedError: Columns are missing, named one by one; or an amount has no currency.
    """
    found = {column: _header(frame, said, column) for column in ALIASES}
    priced = next((n for n in frame.columns if MONEY_HEADER.match(n)), None)
    currency = MONEY_HEADER.match(priced) if priced and not found["amount"] else None
    if currency:
        found["amount"] = priced
    lacking = [c for c in REQUIRED if not found[c] and c not in said.constants]
    if found["amount"] and not (currency or found["currency"] or "currency" in said.constants):
        lacking.append("currency")
    if lacking:
        expected = f"columns for {lacking}"
        known = "; ".join(f"{c}: {', '.join(ALIASES[c])}" for c in lacking)
        remedy = (
            f"Name them in the header ({known}), or write `# map: COLUMN = header` above it"
        )
        names = [c for c in frame.columns if c != "row"]
        raise SourceChangedError(SOURCE, f"{place}, header", expected, names, remedy)
    cells = [pl.col(header).alias(name) for name, header in found.items() if header]
    named = frame.select("row", *cells).with_columns(pl.exclude("row").replace(MISSING, None))
    money = [pl.lit(_iso(currency[1])).alias("currency")] if currency else []
    constants = [pl.lit(value).alias(name) for name, value in said.constants.items()]
    absent = [pl.lit(None, pl.String).alias(n) for n in ALIASES if n not in named.columns]
    return named.with_columns(*absent).with_columns(*money, *constants)


def _iso(code: str) -> str:
    return {"rmb": "CNY"}.get(code, code.upper())


def _strange(place: str, frame: pl.DataFrame, said: _Said) -> list[Rejection]:
    """Columns that are not read, named: nothing is left out silently."""
    known = {n for names in ALIASES.values() for n in names} | set(said.columns.values())
    unknown = [
        c for c in frame.columns
        if c not in known | IGNORED | {"row"} and not MONEY_HEADER.match(c)
    ]  # fmt: skip
    notes = []
    for rule, names in (
        ("columns not known", unknown),
        ("columns not read", [c for c in frame.columns if c in IGNORED]),
    ):
        if names:
            remedy = "Nothing, or name them by `# map: COLUMN = header` above the header"
            text = ", ".join(names)
            notes.append(
                Rejection(rule, f"{place}, header", "known columns", text, remedy, 0, "notice")
            )
    return notes


def _stage(sieve: Sieve) -> None:
    if sieve.frame["stage"].null_count() == sieve.frame.height:
        sieve.frame = sieve.frame.with_columns(pl.lit("contract").alias("stage"))
    known = pl.col("stage").str.to_lowercase().replace_strict(STAGES, default=None)
    sieve.drop(known.is_null(), "stage unknown", "stage", f"one of {', '.join(STAGES)}")
    sieve.frame = sieve.frame.with_columns(known.alias("stage"))


def _date(sieve: Sieve, place: str, fetch: Fetch) -> None:
    """Read ISO dates, or dates with slashes where the file tells which part is the month."""
    in_common_era = eras.common_era(pl.col("notice_date"))
    sieve.note(
        in_common_era != pl.col("notice_date"), "year of another era", "notice_date",
        "a year of the common era",
        "Nothing: years of the Republic and of the Buddhist era are converted",
    )  # fmt: skip
    sieve.frame = sieve.frame.with_columns(in_common_era)
    told = pl.col("notice_date")
    parts = sieve.frame.select(
        told.str.extract(SLASHED, n).cast(pl.Int64).max() for n in (1,)
    ).item()
    second = sieve.frame.select(told.str.extract(SLASHED, 2).cast(pl.Int64).max()).item()
    months = 12
    if parts is not None and (parts > months) == (second > months):
        expected = "dates whose parts tell day from month"
        raise SourceChangedError(
            SOURCE, f"{place}, notice_date", expected, f"both parts up to {parts} and {second}",
            "Write the dates as YYYY-MM-DD",
        )  # fmt: skip
    order = "%d/%m/%Y" if (parts or 0) > months else "%m/%d/%Y"
    day = pl.coalesce(
        told.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
        told.str.extract(r"^([\d/]+)").str.to_date(order, strict=False),
    )
    sieve.drop(day.is_null(), "date not read", "notice_date", "YYYY-MM-DD or M/D/YYYY")
    sieve.frame = sieve.frame.with_columns(day.alias("notice_date"))
    late = pl.col("notice_date") > fetch.vintage
    sieve.drop(late, "date in the future", "notice_date", f"a day up to {fetch.vintage}")


def _amount(sieve: Sieve) -> None:
    for column in ("amount", "quantity_count"):
        text = pl.col(column)
        plain = (
            pl.when(text.str.contains(GROUPED))
            .then(text.str.replace_all(",", "", literal=True))
            .otherwise(text)
        )
        sieve.frame = sieve.frame.with_columns(plain)
        sieve.cast([column])
        absurd = (pl.col(column) < 0) | (pl.col(column) >= MOST)
        sieve.drop(absurd, "impossible value", column, f"from 0 to {MOST:g}")
    sieve.drop(
        pl.col("currency").is_not_null() & ~pl.col("currency").str.contains("^[A-Z]{3}$"),
        "currency unknown", "currency", "an ISO 4217 code",
    )  # fmt: skip
    bare = pl.col("amount").is_not_null() & pl.col("currency").is_null()
    sieve.drop(bare, "amount without currency", "currency", "an ISO 4217 code")
    sieve.frame = sieve.frame.with_columns(
        pl.when(pl.col("amount").is_not_null()).then("currency").alias("currency")
    )


def _buyer(sieve: Sieve) -> None:
    by_publisher = pl.col("buyer_name").is_null() & pl.col("publisher_name").is_not_null()
    sieve.note(
        by_publisher, "buyer as its publisher", "publisher_name", "a buyer",
        "Nothing: the unit that published the notice stands for its buyer",
    )  # fmt: skip
    sieve.frame = sieve.frame.with_columns(
        pl.coalesce("buyer_name", "publisher_name").alias("buyer_name")
    )


def _rows(sieve: Sieve) -> pl.DataFrame:
    translated = pl.format("Title in machine translation: {}", "title_translated")
    told = sieve.frame.with_columns(
        pl.concat_str("text", translated, separator="\n", ignore_nulls=True)
        .replace("", None)
        .alias("text")
    )
    names = (
        "process_id",
        "title",
        "buyer_name",
        "notice_date",
        "supplier_names",
        "amount",
        "text",
    )
    keys = told.select(names).rows()
    process = [k[0] or f"csv-{short_hash(str(k[1]), str(k[2]), str(k[3]))}" for k in keys]
    sieve.frame = told.with_columns(
        pl.Series("process_id", process, pl.String),
        pl.Series("notice_id", [f"row-{short_hash(*map(str, k))}" for k in keys], pl.String),
        pl.format("{}-1", "stage").alias("line_id"),
        pl.Series("origin_id", [short_hash(p) for p in process], pl.String),
    )
    sieve.drop_repeats(TABLE.key, "Nothing: the same contract stands in the file twice")
    return TABLE.fit(sieve.frame.select(c for c in sieve.frame.columns if c in TABLE.names))
