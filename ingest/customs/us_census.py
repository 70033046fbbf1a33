"""U.S. Census trade series (a JSON list of lists) to `customs_flow` and `customs_port_flow`.

Unit: US$ (imports at customs value, exports FAS), kg of shipping weight by air and vessel, and
quantities in the unit the code is counted in (`NO`: items).

National rows have ten digits: imports of HTSUS, exports of Schedule B, which are two systems.
Ports are published by six digits, without quantities and without re-exports apart. Exports are
asked twice: all of them (X), and goods of foreign origin alone (`DF` 2, RX).
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import CUSTOMS_FLOW, CUSTOMS_PORT_FLOW, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, require, start_of
from ingest.customs.areas import WORLD, iso3_by_schedule_c

NAME = "customs/us_census"
ROOT = "https://api.census.gov/data/timeseries/intltrade"
SECRET = {"key": "CENSUS_API_KEY"}
LAG = timedelta(days=40)
FIRST_DAYS, OVERLAP_DAYS = 550, 400  # the revision of June reaches back over the year before
CODES = ("847150", "847180", "847330")
IMPORT_COLUMNS = (
    "CTY_CODE,CTY_NAME,I_COMMODITY_SDESC,GEN_VAL_MO,GEN_QY1_MO,UNIT_QY1,COMM_LVL,SUMMARY_LVL"
)
EXPORT_COLUMNS = (
    "CTY_CODE,CTY_NAME,E_COMMODITY_SDESC,ALL_VAL_MO,QTY_1_MO,UNIT_QY1,COMM_LVL,SUMMARY_LVL"
)
IMPORT_PORT_COLUMNS = (
    "PORT,PORT_NAME,CTY_CODE,CTY_NAME,GEN_VAL_MO,AIR_WGT_MO,VES_WGT_MO,COMM_LVL,SUMMARY_LVL"
)
EXPORT_PORT_COLUMNS = (
    "PORT,PORT_NAME,CTY_CODE,CTY_NAME,ALL_VAL_MO,AIR_WGT_MO,VES_WGT_MO,COMM_LVL,SUMMARY_LVL"
)
ASKED = (
    ("imports/hs", "I_COMMODITY", "HS10", "*", IMPORT_COLUMNS, ()),
    ("exports/hs", "E_COMMODITY", "HS10", "*", EXPORT_COLUMNS, ()),
    ("exports/hs", "E_COMMODITY", "HS10", "*", EXPORT_COLUMNS, (("DF", "2"),)),
    ("imports/porths", "I_COMMODITY", "HS6", "", IMPORT_PORT_COLUMNS, ()),
    ("exports/porths", "E_COMMODITY", "HS6", "", EXPORT_PORT_COLUMNS, ()),
)
SIDES = {
    "I_COMMODITY": ("M", "GEN_VAL_MO", "GEN_QY1_MO", "HTSUS"),
    "E_COMMODITY": ("X", "ALL_VAL_MO", "QTY_1_MO", "Schedule B"),
}
EXPORTS = {"-": "X", "1": "DX", "2": "RX"}
NOT_COUNTED = ("X", "-")  # no unit is prescribed
UNITS = ("NO", "PCS", "DOZ", "KG", "GM", "T", *NOT_COUNTED)
FLOW_KEY = ("reporter_iso3", "partner_iso3", "flow", "hs_code", "frequency", "period")
PORT_KEY = ("reporter_iso3", "port", "partner_iso3", "flow", "hs_code", "period")
NEEDS_KEY = "Set CENSUS_API_KEY to a key that is valid: without one the publisher answers with a page that asks for it"


def plan(asked: Asked) -> Sequence[Request]:
    """Month by month and code by code, because wider questions fail at the publisher."""
    first = asked.start(asked.today - timedelta(days=FIRST_DAYS), OVERLAP_DAYS)
    return [
        Request(
            f"{ROOT}/{path}",
            {
                "get": columns,
                "time": month,
                column: code + wild,
                "COMM_LVL": level,
                "SUMMARY_LVL": "DET",
                **dict(more),
            },
            secret_params=SECRET,
        )
        for month in _months(first, asked.today - LAG)
        for code in CODES
        for path, column, level, wild, columns, more in ASKED
    ]


def _months(first: date, last: date) -> Sequence[str]:
    """The months that begin on or after `first`'s and were over on `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month
    numbers = [first.year * 12 + first.month - 1 + n for n in range(count)]
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in numbers]


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one answer; its header says whether it holds imports or exports, ports or the nation.

    Raises:
        SourceChangedError: The body is no list of lists (a page that asks for the key, for one),
            or a column is missing.
    """
    rows = _table(fetch.file_name, body)
    sides = [name for name in SIDES if name in rows.columns]
    if len(sides) != 1:
        expected = f"one of the columns {list(SIDES)}"
        raise SourceChangedError(NAME, f"{fetch.file_name}, header", expected, rows.columns)
    flow, value, quantity, classification = SIDES[sides[0]]
    is_port = "PORT" in rows.columns
    needed = ("CTY_CODE", "time", value)
    require(
        NAME,
        fetch.file_name,
        rows,
        (*needed, "PORT_NAME") if is_port else (*needed, quantity, "UNIT_QY1"),
    )
    sieve = Sieve(fetch.file_name, rows)
    sieve.frame = sieve.frame.with_columns(
        hs_code=sides[0],
        reporter_iso3=pl.lit("USA"),
        flow=_flow(flow, rows.columns),
        period="time",
        frequency=pl.lit("M"),
    )
    _drop_what_is_no_detail(sieve, 6 if is_port else 10)
    if is_port:
        return _ports(sieve, value, rows.height)
    sieve.cast([value, quantity])
    _drop_negative(sieve, [value, quantity])
    unit = pl.col("UNIT_QY1")
    known = unit.is_in(UNITS).fill_null(value=True)
    remedy = "Add the unit to UNITS of the parser once its meaning is known"
    sieve.drop(~known, "unit unknown", "UNIT_QY1", " or ".join(UNITS), remedy)
    sieve.drop_repeats(FLOW_KEY, "The first one was kept; ask the publisher which is meant")
    is_counted = unit.is_not_null() & ~unit.is_in(NOT_COUNTED)
    counted = is_counted & (pl.col(quantity) > 0)
    flows = sieve.frame.select(
        *FLOW_KEY,
        classification=pl.lit(classification),
        value_reported_usd=pl.col(value),
        quantity_reported=pl.when(counted).then(pl.col(quantity)),
        quantity_unit=pl.when(is_counted).then(unit),
    )
    return Parsed(
        {CUSTOMS_FLOW.name: parsed(CUSTOMS_FLOW).fit(flows)}, rows.height, sieve.rejections
    )


def _ports(sieve: Sieve, value: str, rows_in: int) -> Parsed:
    whole = "Nothing: the national rows are asked for by themselves"
    sieve.drop(pl.col("PORT") == "-", "all ports", "PORT", "one port", whole, "notice")
    named = pl.col("PORT").str.contains(r"^\d{4}$").fill_null(value=False)
    sieve.drop(~named, "port unknown", "PORT", "a code of four digits")
    weights = [n for n in ("AIR_WGT_MO", "VES_WGT_MO") if n in sieve.frame.columns]
    sieve.cast([value, *weights])
    _drop_negative(sieve, [value, *weights])
    sieve.frame = sieve.frame.with_columns(
        port=pl.concat_str("PORT", "PORT_NAME", separator=" ", ignore_nulls=True)
    )
    sieve.drop_repeats(PORT_KEY, "The first one was kept; ask the publisher which is meant")
    weight = pl.sum_horizontal(weights) if weights else pl.lit(None, dtype=pl.Float64)
    flows = sieve.frame.select(
        *PORT_KEY,
        value_reported_usd=pl.col(value),
        weight_reported_kg=pl.when(weight > 0).then(weight),  # 0: neither by air nor by vessel
    )
    name = CUSTOMS_PORT_FLOW.name
    return Parsed({name: parsed(CUSTOMS_PORT_FLOW).fit(flows)}, rows_in, sieve.rejections)


def _table(place: str, body: bytes) -> pl.DataFrame:
    """The list of lists as text columns; a column that is asked twice comes twice."""
    expected = "a JSON list of lists with a header and at least one row"
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceChangedError(NAME, place, expected, start_of(body), NEEDS_KEY) from error
    if (
        not isinstance(found, list)
        or len(found) <= 1
        or not all(isinstance(r, list) and len(r) == len(found[0]) for r in found)
        or not all(isinstance(cell, str) for cell in found[0])
    ):
        raise SourceChangedError(NAME, place, expected, start_of(body))
    header = found[0]
    columns = {n: header.index(n) for n in header}
    for at, name in enumerate(header):
        if any(row[at] != row[columns[name]] for row in found[1:]):
            raise SourceChangedError(
                NAME, f"{place}, header", "one column per name", f"two different {name}"
            )
    frame = pl.DataFrame(
        found[1:],
        schema=[str(n) for n in range(len(header))],
        orient="row",
        infer_schema_length=None,
    )
    texts = frame.select(
        pl.col(str(at)).cast(pl.String).str.strip_chars().alias(name)
        for name, at in columns.items()
    )
    return texts.with_row_index("row", offset=2)


def _flow(flow: str, columns: Sequence[str]) -> pl.Expr:
    if flow == "M" or "DF" not in columns:
        return pl.lit(flow)
    return pl.col("DF").replace_strict(EXPORTS, default=None, return_dtype=pl.String)


def _drop_what_is_no_detail(sieve: Sieve, digits: int) -> None:
    columns = sieve.frame.columns
    finer = "Nothing: the finest level is kept"
    if "COMM_LVL" in columns:
        wanted = f"HS{digits}"
        coarse = pl.col("COMM_LVL") != wanted
        sieve.drop(coarse, "coarser level", "COMM_LVL", wanted, finer, "notice")
    code, country = pl.col("hs_code"), pl.col("CTY_CODE")
    strange = ~code.str.contains(rf"^\d{{{digits}}}$").fill_null(value=False)
    lost = "Fetch it again as text: a leading zero may be lost"
    sieve.drop(strange, "code unknown", "hs_code", f"{digits} digits", lost)
    no_flow = pl.col("flow").is_null()
    sieve.drop(no_flow, "flow unknown", "DF", " or ".join(EXPORTS))
    month = pl.col("period").str.contains(r"^\d{4}-(0[1-9]|1[0-2])$").fill_null(value=False)
    sieve.drop(~month, "month unknown", "time", "YYYY-MM")
    is_world = country == "-"
    group = ~is_world & ~country.str.contains(r"^[1-9]\d{3}$")
    sieve.drop(group, "country group", "CTY_CODE", "a country", finer, "notice")
    if "SUMMARY_LVL" in columns:
        grouped = ~is_world & (pl.col("SUMMARY_LVL") != "DET")
        sieve.drop(grouped, "country group", "SUMMARY_LVL", "DET", finer, "notice")
    iso3 = country.replace_strict(iso3_by_schedule_c(), default=None, return_dtype=pl.String)
    sieve.frame = sieve.frame.with_columns(
        partner_iso3=pl.when(is_world).then(pl.lit(WORLD)).otherwise(iso3)
    )
    remedy = "Add the code to data/reference/schedule_c.csv"
    unknown = pl.col("partner_iso3").is_null()
    sieve.drop(unknown, "area unknown", "CTY_CODE", "a code of the table", remedy)


def _drop_negative(sieve: Sieve, columns: Sequence[str]) -> None:
    sieve.drop(pl.col(columns[0]).is_null(), "no value", columns[0], "US$")
    for column in columns:
        sieve.drop(pl.col(column) < 0, "negative number", column, "0 or more")
