"""Ireland's metered electricity of data centres (MEC02; JSON-stat 2.0 or CSV) to `power_sector`.

Unit: GWh per calendar quarter. Released once a year, in July, for the year before.
"""

import math
import re
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import UTC
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, json_object, require
from ingest.power.sectors import MWH_PER_GWH, as_parsed, drop_implausible

NAME = "power/cso_ireland"
STATISTIC, QUARTER, CUSTOMERS = "STATISTIC", "TLIST(Q1)", "C03907V04659"
MATRIX, UNIT = "MEC02", "GWh"
SECTORS = {"-": "total", "10": "data centre", "20": "other"}
LABEL_STARTS = {"total": "all", "data centre": "data cent", "other": "customers other"}
MOST_GWH = 30_000  # the whole country uses some 8,500 GWh in a quarter
ROUNDING_GWH = 3.0
RELEASE_MONTH, RELEASE_DAY = 7, 15  # releases so far came in the first half of July
QUARTER_CODE = r"^(\d{4})Q?([1-4])$"


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the cube as JSON-stat or as CSV."""
    place = fetch.file_name
    is_json = body.lstrip()[:1] in {b"{", b"["}
    rows = _json_stat(place, body) if is_json else _csv(place, body)
    others = set(rows["unit"].unique()) - {UNIT}
    if others:
        raise SourceChangedError(NAME, f"{place}, unit", UNIT, sorted(map(str, others)))
    sieve = Sieve(place, rows)
    code = pl.col("code")
    sieve.drop(~code.is_in(list(SECTORS)), "customers unknown", "code", f"one of {SECTORS}")
    sector = code.replace_strict(SECTORS, default=None, return_dtype=pl.String)
    quarter = pl.col("quarter").str.replace(QUARTER_CODE, "$1-Q$2")
    sieve.frame = sieve.frame.with_columns(
        region_id=pl.lit("IE"),
        country_iso2=pl.lit("IE"),
        sector=sector,
        frequency=pl.lit("Q"),
        period=quarter,
    )
    meant = sector.replace_strict(LABEL_STARTS, default=None, return_dtype=pl.String)
    other_words = ~pl.col("published_sector").str.to_lowercase().str.contains(
        meant, literal=True
    )
    sieve.drop(
        other_words,
        "code and label differ",
        "published_sector",
        f"a label that starts as in {LABEL_STARTS}",
    )
    late = "Nothing: the quarter was not published yet"
    sieve.drop(pl.col("value").is_null(), "no value", "value", "a number", late, "notice")
    sieve.cast(["value"])
    drop_implausible(sieve, "value", "quarter", fetch, MOST_GWH, UNIT)
    _drop_what_does_not_add_up(sieve)
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32) + 1
    sieve.frame = sieve.frame.with_columns(
        consumption_reported_mwh=pl.col("value") * MWH_PER_GWH,
        published_utc=pl.datetime(year, RELEASE_MONTH, RELEASE_DAY, time_zone="UTC").cast(UTC),
        published_basis=pl.lit("lag model"),
    )
    return as_parsed(sieve, rows.height)


def _drop_what_does_not_add_up(sieve: Sieve) -> None:
    """Refuse quarters in which data centres and the others are not all.

    The cube says by place alone which number is which; numbers out of place do not add up.
    """
    total, value = pl.col("sector") == "total", pl.col("value")
    parts = value.filter(~total).sum().over("period")
    whole = value.filter(total).sum().over("period")
    is_complete = pl.len().over("period") == len(SECTORS)
    sieve.drop(
        is_complete & ((parts - whole).abs() > ROUNDING_GWH),
        "parts and total differ",
        "value",
        "data centres and other customers to add up to all",
        "Compare with the table on the publisher's page",
    )


def _csv(place: str, body: bytes) -> pl.DataFrame:
    rows = csv_rows(NAME, place, body)
    require(NAME, place, rows, (STATISTIC, QUARTER, CUSTOMERS, "UNIT", "VALUE"))
    label = rows.columns[rows.columns.index(CUSTOMERS) + 1]
    is_label = label not in {"UNIT", "VALUE"}
    _one_statistic(place, set(rows[STATISTIC].unique()))
    return rows.select(
        "row",
        quarter=QUARTER,
        code=CUSTOMERS,
        published_sector=pl.col(label) if is_label else pl.lit(None, dtype=pl.String),
        unit="UNIT",
        value="VALUE",
    )


def _one_statistic(place: str, found: set[Any]) -> None:
    if found != {MATRIX}:
        raise SourceChangedError(
            NAME, f"{place}, {STATISTIC}", f"only {MATRIX}", sorted(map(str, found))
        )


def _json_stat(place: str, body: bytes) -> pl.DataFrame:
    """Every cell of the cube, with the codes of its dimensions; the last one runs fastest."""
    found = json_object(NAME, place, body)
    cube = found.get("dataset", found)
    names = cube.get("id") if isinstance(cube, dict) else None
    wanted = {STATISTIC, QUARTER, CUSTOMERS}
    if not isinstance(names, list) or set(names) != wanted or len(names) != len(wanted):
        raise SourceChangedError(NAME, f"{place}, id", sorted(wanted), names or sorted(found))
    categories = {name: _category(place, cube, name) for name in names}
    codes = {name: list(labels) for name, labels in categories.items()}
    _one_statistic(place, set(codes[STATISTIC]))
    values = _values(place, cube.get("value"), math.prod(len(c) for c in codes.values()))
    grid = pl.DataFrame({names[0]: codes[names[0]]}, schema={names[0]: pl.String})
    for name in names[1:]:
        grid = grid.join(
            pl.DataFrame({name: codes[name]}, schema={name: pl.String}), how="cross"
        )
    labels = categories[CUSTOMERS]
    unit = cube["dimension"][STATISTIC]["category"].get("unit", {}).get(MATRIX, {}).get("label")
    return grid.with_row_index("row", offset=1).select(
        "row",
        quarter=QUARTER,
        code=CUSTOMERS,
        published_sector=pl.col(CUSTOMERS).replace_strict(labels, return_dtype=pl.String),
        unit=pl.lit(unit, dtype=pl.String),
        value=values,
    )


def _category(place: str, cube: dict[str, Any], name: str) -> dict[str, str | None]:
    """Codes of a dimension in their order, with their labels."""
    try:
        category = cube["dimension"][name]["category"]
        index = category["index"]
        order = index if isinstance(index, list) else sorted(index, key=index.__getitem__)
        return {str(code): category.get("label", {}).get(code) for code in order}
    except (KeyError, TypeError, AttributeError) as error:
        where = f"{place}, dimension, {name}"
        raise SourceChangedError(NAME, where, "a category with its index", error) from error


def _values(place: str, values: object, size: int) -> pl.Series:
    """The values in order; a sparse cube names the places that are filled."""
    if isinstance(values, dict) and all(re.fullmatch(r"\d+", str(k)) for k in values):
        values = [values.get(str(n)) for n in range(size)] if len(values) <= size else None
    if not isinstance(values, list) or len(values) != size:
        received = f"{len(values)}" if isinstance(values, list) else type(values).__name__
        raise SourceChangedError(NAME, f"{place}, value", f"{size} values", received)
    return pl.Series(values, dtype=pl.String, strict=False)
