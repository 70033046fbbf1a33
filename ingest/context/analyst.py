"""Analysts' additions: a CSV in the layout of one of our tables, every row with its citation.

The file name tells the table, `facility.csv` or `facility-2026-11.csv`; otherwise the header
does, where it fits one table only. A row must carry `source_url`, or in `document` the hash of
the file. A facility made here is named `analyst-…`, so that it never meets a publisher's.
"""

from collections.abc import Sequence
from io import BytesIO

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import (
    CUSTOMS_FLOW,
    DOCUMENT,
    ENTITY_LISTING,
    EVENT,
    EXPOSURE,
    FACILITY,
    FACILITY_PARTY,
    FACILITY_STATE,
    POWER_SITE_YEAR,
    POWER_STATEMENT,
    PROCUREMENT_NOTICE,
    STAFFING_COUNT,
    Table,
    facility_id,
    parsed,
)
from indicia.sources import own_tables
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest import slips

SOURCE = "context/analyst"
RELIABILITY = "C"
PREFIX = "analyst-"
TABLES = (
    FACILITY, FACILITY_PARTY, FACILITY_STATE, POWER_SITE_YEAR, POWER_STATEMENT,
    PROCUREMENT_NOTICE, CUSTOMS_FLOW, STAFFING_COUNT, ENTITY_LISTING, EVENT, EXPOSURE, DOCUMENT,
)  # fmt: skip


def plan(_asked: Asked) -> Sequence[Request]:
    """Nothing to ask for: additions come as files."""
    return ()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the table the file is named for; rows without citation are named and left out.

    Raises:
        SourceChangedError: Neither the name nor the header tells one table, or the file is no
            CSV with that table's columns.
    """
    place = fetch.file_name
    table = _by_name(place) or _by_header(body, place)
    read = own_tables.read(SOURCE, place, table, body)
    frame, issues = read.tables[table.name], list(read.rejections)
    for rule, wrong, expected, received, remedy in _demands(table):
        bad = frame.filter(wrong)
        key = _keys(table)
        issues.extend(
            Rejection(rule, f"{place}, {row}", expected, was or "nothing", advice)
            for row, was, advice in bad.select(
                key.alias("row"), received.alias("received"), remedy.alias("remedy")
            ).iter_rows()
        )
        frame = frame.filter(~wrong)
    once = frame.unique(table.key, keep="first", maintain_order=True)
    if count := frame.height - once.height:
        expected = f"one row per {', '.join(table.key)}"
        issues.append(Rejection("row repeated", place, expected, f"{count} more", count=count))
    if not read.rows_in:
        issues.append(Rejection("no rows", place, "rows", "a header only", severity="notice"))
    has_date = pl.col("published_utc").is_not_null()
    kept = once.with_columns(
        pl.col("reliability").fill_null(RELIABILITY),
        published_basis=pl.when(has_date).then(
            pl.coalesce("published_basis", pl.lit("stated"))
        ),
    )
    return Parsed({table.name: kept}, read.rows_in, tuple(issues))


def _by_name(name: str) -> Table | None:
    stem = name.removesuffix(".csv").split("-")[0].split(".")[0]
    return next((t for t in TABLES if t.name == stem), None)


def _by_header(body: bytes, place: str) -> Table:
    try:
        header = set(pl.read_csv(BytesIO(body), infer_schema=False, n_rows=0).columns)
    except pl.exceptions.PolarsError as error:
        raise SourceChangedError(SOURCE, place, "a CSV file in UTF-8", error) from error
    fitting = [t for t in TABLES if _required(t) <= header <= set(parsed(t).names)]
    if len(fitting) == 1:
        return fitting[0]
    candidates = ", ".join(f"{t.name}.csv" for t in fitting or TABLES)
    raise SourceChangedError(
        SOURCE,
        f"{place}, header",
        "a file named for its table, or the columns of one table only",
        f"{sorted(header)[:8]}",
        f"Rename the file to one of {candidates}",
    )


def _required(table: Table) -> set[str]:
    return {c.name for c in table.columns if c.required}


def _keys(table: Table) -> pl.Expr:
    named = (pl.concat_str(pl.lit(f"{k}="), pl.col(k).cast(pl.String)) for k in table.key)
    return pl.concat_str(*named, separator=", ", ignore_nulls=True)


def _demands(
    table: Table,
) -> list[tuple[str, pl.Expr, str, pl.Expr, pl.Expr]]:
    """Rule, which rows break it, what it expects, what they hold, what to do."""
    cited, expected = _is_web("source_url"), "source_url, an address starting with http"
    if table is DOCUMENT:
        cited = cited | pl.col("document_sha256").str.contains(r"^[0-9a-f]{64}$").fill_null(
            value=False
        )
        expected += ", or document_sha256, 64 hexadecimal digits"
    advice = pl.lit("Add the address or hash of the document and load the file again")
    demands = [("no citation", ~cited, expected, pl.col("source_url"), advice)]
    if table is FACILITY:
        right = pl.coalesce("publisher_key", "name").map_elements(
            lambda key: f"Name it {facility_id('analyst', key)}", return_dtype=pl.String
        )
        foreign = ~pl.col("facility_id").str.starts_with(PREFIX)
        expected = f"a facility_id that starts with {PREFIX}"
        demands.append(
            ("facility of another publisher", foreign, expected, pl.col("facility_id"), right)
        )
    if table is FACILITY_STATE:
        demands += [_in_megawatts(f"power_{basis}_mw") for basis in ("reported", "estimated")]
    return demands


def _in_megawatts(name: str) -> tuple[str, pl.Expr, str, pl.Expr, pl.Expr]:
    power = pl.col(name)
    slipped = slips.repeats_gigawatts(power, pl.col("statement")).fill_null(value=False)
    received = pl.format("{} {}", pl.lit(name), power)
    return slips.RULE, slipped, slips.EXPECTED, received, pl.lit(slips.REMEDY)


def _is_web(name: str) -> pl.Expr:
    return pl.col(name).str.contains(r"^https?://\S+$").fill_null(value=False)
