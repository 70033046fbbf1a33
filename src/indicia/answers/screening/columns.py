"""Which column of a list is the name, the country and so on, and each row put into values to compare.

Headings are matched loosely and shown; what cannot be read is named by row and field. A row without
a name is left out; a row whose country, date, id or address cannot be read is screened without it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from indicia.answers.screening.headings import (
    ADDRESS,
    COUNTRY,
    DATE,
    HEADINGS,
    ID,
    NAME,
    listed,
    roles,
    slug,
)
from indicia.answers.screening.limits import LONGEST_ADDRESS, LONGEST_ID, LONGEST_NAME
from indicia.answers.screening.reading import EXTRA, ROW, Given
from indicia.reference import tables

SCHEMES = {"lei": "LEI", "uen": "UEN", "uscc": "USCC", "统一社会信用代码": "USCC"}
DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d %B %Y")
NAMES_OF_COUNTRIES = {
    "uk": "GB", "usa": "US", "u s a": "US", "united states": "US", "united states of america": "US",
    "prc": "CN", "p r china": "CN", "mainland china": "CN", "people s republic of china": "CN", "中国": "CN",
    "hong kong": "HK", "hongkong": "HK", "taiwan": "TW", "macau": "MO", "macao": "MO", "russia": "RU",
    "south korea": "KR", "vietnam": "VN", "viet nam": "VN", "uae": "AE", "iran": "IR",
    "turkey": "TR", "turkiye": "TR", "香港": "HK", "新加坡": "SG", "马来西亚": "MY", "great britain": "GB",
}  # fmt: skip
LEI = r"^[0-9A-Z]{18}[0-9]{2}$"
USCC = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
ISSUE = pl.Schema(
    {"row": pl.Int64, "field": pl.String, "given": pl.String, "expected": pl.String, "effect": pl.String}
)  # fmt: skip
LEFT_OUT, WITHOUT_IT = "the row is not screened", "the row is screened without it"
SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """A list ready to be screened.

    Args:
        rows: `row`, `name`, `countries_iso2`, `address`, `registry_ids`, `document_date`.
        issues: What could not be read: `row`, `field`, `given`, `expected`, `effect`.
        columns: Field -> heading it was read from.
        notes: What a reader must know of how the list was read.
        given_count: Rows of the list.
    """

    rows: pl.DataFrame
    issues: pl.DataFrame
    columns: Mapping[str, str]
    notes: tuple[str, ...]
    given_count: int


def asked(given: Given, chosen: Mapping[str, str] | None = None) -> Asked:
    """Put a list into values to compare; see `roles` for how columns are found."""
    found = roles(given.header, chosen)
    cells = given.cells.select(
        ROW,
        EXTRA,
        *(
            (_tidy(pl.col(found[field])) if field in found else pl.lit("")).alias(field)
            for field in HEADINGS
        ),
    )
    scheme = SCHEMES.get(slug(found.get(ID, "")), "")
    read = cells.with_columns(
        countries_iso2=_countries(cells[COUNTRY]),
        registry_ids=_registry_ids(scheme),
        document_date=_day(),
    )
    name, long = pl.col(NAME), pl.col(NAME).str.len_chars() > LONGEST_NAME
    is_bad = (name == "") | long | ~name.str.contains(r"[\p{L}\p{N}]")
    issues = [
        _issues(read, is_bad, NAME, f"a name of 1 to {LONGEST_NAME} characters with a letter or digit", LEFT_OUT),
        _issues(read, pl.col("countries_iso2").is_null(), COUNTRY, "ISO 3166-1 code or English name, several joined by `;`", WITHOUT_IT),
        _issues(read, pl.col(ADDRESS).str.len_chars() > LONGEST_ADDRESS, ADDRESS, f"at most {LONGEST_ADDRESS:,} characters", WITHOUT_IT),
        _issues(read, pl.col("registry_ids").is_null(), ID, f"scheme:id, such as LEI:…, of at most {LONGEST_ID} characters", WITHOUT_IT),
        _issues(read, pl.col("document_date").is_null(), DATE, "a day as YYYY-MM-DD", WITHOUT_IT),
        _issues(read, pl.col(EXTRA) != "", EXTRA, f"{len(given.header)} cells, as the headings", "cells beyond the headings are not read"),
    ]  # fmt: skip
    fits = pl.col(ADDRESS).str.len_chars() <= LONGEST_ADDRESS
    rows = read.filter(~is_bad).select(
        ROW,
        NAME,
        "countries_iso2",
        address=pl.when(fits & (pl.col(ADDRESS) != "")).then(ADDRESS),
        registry_ids="registry_ids",
        document_date="document_date",
    )
    unread = [h for h in given.header if h not in found.values()]
    notes = (*given.notes, *((f"Not read: {listed(unread)}.",) if unread else ()))
    problems = pl.concat(issues).sort("row", maintain_order=True)
    return Asked(rows, problems, found, notes, given.cells.height)


def _issues(
    read: pl.DataFrame, is_bad: pl.Expr, field: str, expected: str, effect: str
) -> pl.DataFrame:
    """Rows whose field says something that cannot be read (a name also where it says nothing)."""
    is_told = pl.lit(value=True) if field == NAME else pl.col(field) != ""
    told = pl.col(field).str.slice(0, SHOWN_CHARACTERS)
    is_long = pl.col(field).str.len_chars() > SHOWN_CHARACTERS
    return read.filter(is_told & is_bad).select(
        row=ROW,
        field=pl.lit("more cells" if field == EXTRA else field),
        given=pl.when(is_long).then(told + "…").otherwise(told),
        expected=pl.lit(expected),
        effect=pl.lit(effect),
    ).cast(ISSUE)  # fmt: skip


def _tidy(cell: pl.Expr) -> pl.Expr:
    """Without control characters and with single blanks; what is visible stays as it was."""
    return cell.str.replace_all(r"[\p{Cc}\s]+", " ").str.strip_chars()


def _countries(column: pl.Series) -> pl.Series:
    """ISO 3166-1 alpha-2 codes joined by `;`; null where one cannot be read."""
    told = column.unique().to_list()
    known = [_country(text) for text in told]
    return column.replace_strict(told, known, return_dtype=pl.String)


def _country(text: str) -> str | None:
    codes = [
        _known_countries().get(_plain(part))
        for part in re.split("[;,|/]", text)
        if part.strip()
    ]
    return None if not codes or None in codes else ";".join(dict.fromkeys(map(str, codes)))


@cache
def _known_countries() -> dict[str, str]:
    rows = tables.table("countries").filter(pl.col("iso2").is_not_null()).rows(named=True)
    known = {_plain(row[c]): row["iso2"] for c in ("name", "iso3", "iso2") for row in rows}
    return NAMES_OF_COUNTRIES | known


def _registry_ids(scheme: str) -> pl.Expr:
    """`scheme:id`, where the scheme is told by the id, the heading or the shape of the id."""
    value = pl.col(ID).str.to_uppercase().str.replace_all(r"\s+", "")
    has_scheme = value.str.contains(r"^[A-Z0-9_-]{2,12}:[^:;]+(;[A-Z0-9_-]{2,12}:[^:;]+)*$")
    is_usable = (value != "") & (value.str.len_chars() <= LONGEST_ID)
    return (
        pl.when(~is_usable)
        .then(None)
        .when(has_scheme)
        .then(value.str.replace_all(";", "; ", literal=True))
        .when(pl.lit(scheme != "") & ~value.str.contains("[:;]"))
        .then(pl.lit(f"{scheme}:") + value)
        .when(value.str.contains(LEI))
        .then("LEI:" + value)
        .when(value.str.contains(USCC))
        .then("USCC:" + value)
    )


def _day() -> pl.Expr:
    """The first form that fits; a day and month in figures alone are never guessed."""
    text = pl.col(DATE).str.replace(r"[T ]\d{2}:\d{2}.*$", "")
    return pl.coalesce(text.str.to_date(form, strict=False, exact=True) for form in DAY_FORMATS)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()
