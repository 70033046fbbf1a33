"""A TOP500 list (XLSX) to sites, their accelerators as text, and power as measured during the run.

Systems are grouped by site and country. Power is the average during the LINPACK run at the boundary
of the system, kW to MW; accelerator cores are not accelerators, so no number of them is derived.
"""

import re
from datetime import UTC, date, datetime

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import (
    FACILITY,
    FACILITY_PARTY,
    FACILITY_STATE,
    HARDWARE_STATEMENT,
    Table,
    facility_id,
    parsed,
)
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, require
from ingest.facilities import top500_sheet
from ingest.facilities.top500_words import ANONYMOUS, COUNTRIES

NAME = "facilities/top500"
COLUMNS = {
    "Rank": "rank",
    "First Appearance": "first",
    "Name": "name",
    "Computer": "computer",
    "Site": "site",
    "Country": "country",
    "Total Cores": "cores",
    "Accelerator/Co-Processor Cores": "accelerator_cores",
    "Accelerator/Co-Processor": "accelerator",
    "Power (kW)": "power_kw",
    "Power Source": "power_source",
}
SYSTEMS = 500
MOST_KW = 100_000.0  # the largest system so far draws a third of it
KW_PER_MW = 1_000.0
FIRST_YEAR, LISTS_A_YEAR, JUNE, NOVEMBER = 1993, 2, 6, 11
SUBMITTED = "Submitted"
LONGEST = 300
BOUNDARY = "Average power during the LINPACK run at the boundary of the system, without the rest of the building; {} of {} listed systems at this site state it: {}"


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Sites, operators, accelerators and power of one list.

    Raises:
        SourceChangedError: No XLSX file, columns are missing, or the list's number is not clear.
    """
    place = fetch.file_name
    names, given = top500_sheet.table(NAME, place, body)
    found = pl.DataFrame(
        [{n: row.get(n) for n in names} for row in given],
        schema=dict.fromkeys(names, pl.String),
    ).with_row_index("row", offset=2)
    require(NAME, place, found, COLUMNS, "Compare the header with the list's web page")
    clean = (
        pl.exclude("row").str.replace_all("[\u200b\u00a0]", " ").str.replace_all(r"\s+", " ")
    )
    rows = found.select("row", *(pl.col(c).alias(n) for c, n in COLUMNS.items()))
    sieve = Sieve(place, rows.with_columns(clean.str.strip_chars()))
    sieve.cast(("rank", "first", "power_kw", "accelerator_cores"))
    on = _edition(place, sieve.frame, top500_sheet.sheet_name(NAME, place, body), fetch)
    _sift(sieve)
    sites = sieve.frame
    power = _power(sieve)
    tables = {
        FACILITY: sites.select(
            "facility_id",
            name="site",
            country_iso2="country",
            coord_precision=pl.lit("country"),
            site_class=pl.lit("supercomputer"),
        ).unique(subset="facility_id", keep="first", maintain_order=True),
        FACILITY_PARTY: sites.select(
            "facility_id",
            role=pl.lit("operator"),
            party_name="site",
            certainty=pl.lit("stated"),
        ).unique(subset="facility_id", keep="first", maintain_order=True),
        FACILITY_STATE: power.with_columns(
            on_date=pl.lit(on),
            date_precision=pl.lit("month"),
            power_kind=pl.lit("avg"),
            is_projection=pl.lit(value=False),
        ),
        HARDWARE_STATEMENT: _hardware(sites).with_columns(
            on_date=pl.lit(on), date_precision=pl.lit("month"), certainty=pl.lit("stated")
        ),
    }
    return Parsed(
        {t.name: _dated(t, frame, on) for t, frame in tables.items()},
        rows.height,
        tuple(sieve.rejections),
    )


def _edition(place: str, rows: pl.DataFrame, sheet: str, fetch: Fetch) -> date:
    """The month of the list: its number is the newest first appearance, and its sheet's name."""
    newest = rows["first"].max()
    number = int(newest) if isinstance(newest, float) else 0
    said = int(sheet) if re.fullmatch(r"\d{1,3}", sheet) else number
    on = date(
        FIRST_YEAR + (number - 1) // LISTS_A_YEAR,
        JUNE if number % LISTS_A_YEAR else NOVEMBER,
        1,
    )
    if number < 1 or said != number or on > fetch.vintage:
        expected = f"a list of {fetch.vintage} or before, with systems new in it"
        received = f"sheet {sheet}, newest first appearance {number} ({on:%B %Y})"
        raise SourceChangedError(NAME, place, expected, received)
    return on


def _sift(sieve: Sieve) -> None:
    sieve.note(
        pl.col("rank").is_duplicated() | (pl.lit(sieve.frame.height) != SYSTEMS),
        "list not whole", "rank", f"{SYSTEMS} systems, each rank once", "Take the whole list",
    )  # fmt: skip
    sieve.drop(pl.col("site").is_null(), "no site", "site", "the name of the site")
    sieve.drop(
        pl.col("site").str.contains(ANONYMOUS), "site without a name", "site", "the name of the site",
        "Nothing: a site that is not named is not loaded", "notice",
    )  # fmt: skip
    known = pl.col("country").is_in(list(COUNTRIES)).fill_null(value=False)
    sieve.drop(~known, "country unknown", "country", "a name of COUNTRIES in top500_words")
    frame = sieve.frame.with_columns(pl.col("country").replace(COUNTRIES))
    keys = frame.select(pl.format("{} {}", "country", "site")).to_series()
    ids = {key: facility_id("top500", key) for key in keys.unique()}
    system = pl.coalesce("name", "computer")
    sieve.frame = frame.with_columns(
        facility_id=keys.replace_strict(ids, return_dtype=pl.String),
        system=pl.when(pl.col("rank").is_not_null())
        .then(pl.format("{} (rank {})", system, pl.col("rank").cast(pl.Int64)))
        .otherwise(system),
    )


def _power(sieve: Sieve) -> pl.DataFrame:
    """The sum of what the systems of a site state; the number of systems that do is said."""
    listed = sieve.frame.group_by("facility_id").len("systems")
    cells = Sieve(sieve.place, sieve.frame.filter(pl.col("power_kw").is_not_null()))
    absurd = (pl.col("power_kw") <= 0) | (pl.col("power_kw") > MOST_KW)
    expected = f"more than 0 and at most {MOST_KW:,.0f} kW"
    cells.drop(absurd, "absurd power", "power_kw", expected)
    is_submitted = (pl.col("power_source") == SUBMITTED).fill_null(value=False)
    cells.drop(~is_submitted, "power source unknown", "power_source", SUBMITTED)
    sieve.rejections += cells.rejections
    each = pl.format("{} {} MW", "system", (pl.col("power_kw") / KW_PER_MW).round(3))
    grouped = cells.frame.group_by("facility_id", maintain_order=True).agg(
        power_reported_mw=(pl.col("power_kw").sum() / KW_PER_MW).round(6),
        stating=pl.len(),
        each=each.str.join("; "),
    )
    joined = grouped.join(listed, on="facility_id", maintain_order="left")
    before, between, after, end = BOUNDARY.split("{}")
    return joined.select(
        "facility_id",
        "power_reported_mw",
        statement=pl.concat_str(
            pl.lit(before), "stating", pl.lit(between), "systems", pl.lit(after), pl.col("each").str.slice(0, LONGEST), pl.lit(end)
        ),
    )  # fmt: skip


def _hardware(sites: pl.DataFrame) -> pl.DataFrame:
    cores = pl.col("accelerator_cores").cast(pl.Int64)
    each = pl.when(cores.is_null()).then("system").otherwise(
        pl.format("{}, {} accelerator cores (not accelerators)", "system", cores)
    )  # fmt: skip
    has_one = pl.col("accelerator").is_not_null() & (pl.col("accelerator") != "None")
    return (
        sites.filter(has_one)
        .group_by("facility_id", "accelerator", maintain_order=True)
        .agg(statement=each.str.join("; ").str.slice(0, LONGEST))
        .select(
            "statement",
            subject_kind=pl.lit("facility"),
            subject="facility_id",
            kind=pl.lit("installed"),
            chip_text="accelerator",
        )
    )


def _dated(table: Table, frame: pl.DataFrame, on: date) -> pl.DataFrame:
    """Lists come out in the middle of their month; its end is when one surely was public."""
    public = datetime(on.year, on.month, 30, tzinfo=UTC)
    target = parsed(table)
    return target.fit(
        frame.with_columns(
            published_utc=pl.lit(public, dtype=target.polars["published_utc"]),
            published_basis=pl.lit("lag model"),
        )
    )
