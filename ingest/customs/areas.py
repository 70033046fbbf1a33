"""Countries as customs publishers write them, read from the committed code tables."""

from collections.abc import Mapping
from functools import cache

import polars as pl

from indicia import bundled

WORLD = "W00"


@cache
def iso3_by(column: str) -> Mapping[str, str]:
    """Alpha-3 by `m49` or `iso2` code; a code of several areas stands for the first of them."""
    table = pl.read_csv(bundled.path("data/reference/countries.csv"), infer_schema=False)
    named = table.drop_nulls(column).unique(column, keep="first", maintain_order=True)
    return dict(named.select(column, "iso3").iter_rows())


@cache
def iso3_by_schedule_c() -> Mapping[str, str]:
    """Alpha-3 by the four-digit code of U.S. trade statistics."""
    table = pl.read_csv(bundled.path("data/reference/schedule_c.csv"), infer_schema=False)
    return dict(table.iter_rows())


# As trade files write countries, beside the names of the code table.
WRITTEN = {
    "US": ("USA", "U S A", "U.S.A.", "UNITED STATES", "UNITED STATES OF AMERICA"),
    "HK": ("HONG KONG", "HONGKONG", "HONG KONG, CHINA"),
    "TW": ("TAIWAN, CHINA", "CHINESE TAIPEI", "TAIWAN (PROVINCE OF CHINA)"),
    "VN": ("VIETNAM", "VIET NAM"),
    "KR": ("KOREA", "KOREA, REPUBLIC OF", "REPUBLIC OF KOREA", "KOREA,REPUBLIC OF"),
    "CN": ("CHINA P RP", "P.R. CHINA", "PR CHINA", "CHINA, PEOPLE'S REPUBLIC OF"),
    "AE": ("UAE", "U ARAB EMTS", "U.A.E."),
    "GB": ("UK", "U K", "GREAT BRITAIN"),
    "RU": ("RUSSIA", "RUSSIAN FEDERATION"),
    "TR": ("TURKEY",),
    "CZ": ("CZECH REPUBLIC",),
    "MO": ("MACAO", "MACAU"),
}


@cache
def iso2_by(written: str) -> Mapping[str, str]:
    """Alpha-2 by how a file writes countries: `iso2`, `iso3` or `name`, in capitals."""
    table = pl.read_csv(bundled.path("data/reference/countries.csv"), infer_schema=False)
    known = dict(
        table.drop_nulls("iso2").select(pl.col(written).alias("written"), "iso2").iter_rows()
    )
    aliases = {name: code for code, names in WRITTEN.items() for name in names}
    return {k.upper(): v for k, v in known.items()} | (aliases if written == "name" else {})
