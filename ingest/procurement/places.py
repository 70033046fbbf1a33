"""Countries and places of addresses, as ISO 3166-1 alpha-2 where a name or code is known."""

import re
from collections.abc import Mapping
from functools import cache

import polars as pl

from indicia import bundled

# Names publishers use that the country table spells otherwise.
COUNTRIES = {
    "australia": "AU", "canada": "CA", "china": "CN", "england": "GB", "germany": "DE",
    "great britain": "GB", "hong kong": "HK", "india": "IN", "indonesia": "ID", "japan": "JP",
    "malaysia": "MY", "northern ireland": "GB", "russia": "RU", "scotland": "GB",
    "singapore": "SG", "south korea": "KR", "taiwan": "TW", "thailand": "TH", "uk": "GB",
    "united arab emirates": "AE", "united kingdom": "GB", "united states": "US", "usa": "US",
    "united states of america": "US", "viet nam": "VN", "vietnam": "VN", "wales": "GB",
}  # fmt: skip
ISO2 = re.compile("[A-Z]{2}")
ELSEWHERE = {"UK": "GB", "EL": "GR"}  # how the European Union writes two of them


def country_code(name_or_code: str | None) -> str | None:
    """The two-letter code of a code, a three-letter code or a name; nothing where unknown."""
    text = (name_or_code or "").strip()
    if ISO2.fullmatch(text):
        return ELSEWHERE.get(text, text)
    return _known().get(text.lower())


@cache
def _known() -> Mapping[str, str]:
    listed = bundled.path("data/reference/countries.csv")
    if not listed.is_file():
        return COUNTRIES
    rows = pl.read_csv(listed, infer_schema=False).select("name", "iso3", "iso2").drop_nulls()
    spelt = {str(key).lower(): str(row[2]) for row in rows.iter_rows() for key in row[:2]}
    return spelt | COUNTRIES
