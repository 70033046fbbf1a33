"""Labour condition applications (LCA disclosure file, CSV or the published workbook) to `labour_filing`.

A workbook comes here as CSV, in pieces (`sources.workbook`).

Unit: positions asked for, not hires. Names of columns as since the fiscal year 2020. The status is
compared as a whole: `Certified - Withdrawn` is not `Certified`. Rows without any cell, of which the
publisher's sheet has hundreds of thousands, are no records.

`redact` keeps the columns named here: contacts, preparers, lawyers, addresses, telephone numbers,
tax numbers and wages are dropped. An employer whose name is apparently a natural person's is
withheld (`persons`).
"""

from io import BytesIO

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import LABOUR_FILING, parsed
from indicia.sources.contract import Fetch, Parsed, Rejection
from ingest.bodies import Sieve, require, start_of
from ingest.persons import WITHHELD, without_emails, without_persons
from ingest.staffing.skills import skill_group

NAME = "staffing/h1b_lca"
TABLE = parsed(LABOUR_FILING)
STATUSES = {
    "certified": "certified",
    "certified - withdrawn": "certified, then withdrawn",
    "certified-withdrawn": "certified, then withdrawn",
    "denied": "denied",
    "withdrawn": "withdrawn",
}
NAMES = {"employer": "EMPLOYER_NAME", "placed_with": "SECONDARY_ENTITY_BUSINESS_NAME"}
TEXTS = {
    "case_number": "CASE_NUMBER",
    "status": "CASE_STATUS",
    "visa_class": "VISA_CLASS",
    **NAMES,
    "city": "WORKSITE_CITY",
    "state": "WORKSITE_STATE",
    "job_title": "JOB_TITLE",
    "occupation_code": "SOC_CODE",
    "occupation_title": "SOC_TITLE",
    "industry_code": "NAICS_CODE",
    "positions_count": "TOTAL_WORKER_POSITIONS",
}
DATES = {
    "received_date": "RECEIVED_DATE",
    "decided_date": "DECISION_DATE",
    "starts_date": "BEGIN_DATE",
}
COLUMNS = {**TEXTS, **DATES}
DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y")
TERRITORIES = ("AS", "GU", "MP", "PR", "VI")
MOST_POSITIONS = 10_000
WORKBOOK = b"PK\x03\x04"
SAVE = "Save the sheet as CSV (UTF-8) with its header, as the publisher names the columns since 2020"


def redact(body: bytes) -> bytes:
    """Keep the columns that are read, and of names only those of organisations.

    Raises:
        SourceChangedError: It is no such file, so that nothing is known to be safe to keep.
    """
    rows = _rows("body", body)
    kept = BytesIO()
    rows.with_columns(
        without_persons(rows[name]) if name in NAMES.values() else without_emails(rows[name])
        for name in rows.columns
    ).write_csv(kept)
    return kept.getvalue()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one file, or one piece of it.

    Raises:
        SourceChangedError: It is no CSV, or a column is missing.
    """
    rows = _rows(fetch.file_name, body).with_row_index("row", offset=2)
    sieve = Sieve(
        fetch.file_name, rows.select("row", *(_cell(t, o) for o, t in COLUMNS.items()))
    )
    notes = _persons_withheld(sieve)
    named = pl.col("case_number").is_null()
    sieve.drop(named, "no case number", "case_number", "a number in every row")
    status = pl.col("status").str.to_lowercase()
    known = status.replace_strict(STATUSES, default=None, return_dtype=pl.String)
    sieve.drop(known.is_null(), "status unknown", "status", " or ".join(STATUSES))
    sieve.frame = sieve.frame.with_columns(known.alias("status"))
    _dated(sieve, fetch)
    number = pl.col("positions_count").str.replace_all(",", "", literal=True)
    count = number.str.strip_suffix(".0").cast(pl.Int64, strict=False)
    expected = f"a whole number from 0 to {MOST_POSITIONS:,}"
    is_count = count.is_between(0, MOST_POSITIONS).fill_null(value=False)
    sieve.drop(~is_count, "no count", "positions_count", expected)
    state = pl.col("state").str.to_uppercase()
    frame = sieve.frame.with_columns(
        positions_count=count,
        place=pl.concat_str("city", "state", separator=", ", ignore_nulls=True),
        country_iso2=pl.when(state.is_in(TERRITORIES)).then(state).otherwise(pl.lit("US")),
        skill_group=skill_group(pl.col("job_title").fill_null("")),
    ).drop("row", "city", "state")
    return Parsed({TABLE.name: TABLE.fit(frame)}, rows.height, (*notes, *sieve.rejections))


def _rows(place: str, body: bytes) -> pl.DataFrame:
    """The columns that are read, as text, without rows that are empty."""
    expected = "a CSV file with the publisher's header"
    if body.startswith(WORKBOOK):
        raise SourceChangedError(NAME, place, expected, "a workbook or zip", SAVE)
    if body.lstrip()[:1] in {b"", b"<", b"{", b"["} or b"\x00" in body[:65_536]:
        raise SourceChangedError(NAME, place, expected, start_of(body), SAVE)
    text = body.removeprefix(b"\xef\xbb\xbf")
    try:
        text.decode()
    except UnicodeDecodeError:
        text = text.decode("cp1252", "replace").encode()  # as a spreadsheet saves it
    try:
        header = pl.read_csv(BytesIO(text), n_rows=0, infer_schema=False)
        require(NAME, place, header.rename(str.strip), COLUMNS.values(), SAVE)
        wanted = [n for n in header.columns if n.strip() in COLUMNS.values()]
        rows = pl.read_csv(BytesIO(text), columns=wanted, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise SourceChangedError(NAME, place, expected, error, SAVE) from error
    filled = rows.filter(pl.any_horizontal(pl.all().str.strip_chars() != ""))
    return filled.rename(str.strip).select(COLUMNS.values())


def _cell(theirs: str, ours: str) -> pl.Expr:
    text = pl.col(theirs).str.strip_chars()
    return pl.when(text != "").then(text).alias(ours)


def _persons_withheld(sieve: Sieve) -> list[Rejection]:
    notes = []
    for column in NAMES:
        is_withheld = pl.col(column) == WITHHELD
        count = int((sieve.frame[column] == WITHHELD).sum())
        if count:
            notes.append(
                Rejection(
                    "apparent person withheld", f"{sieve.place}, column {column}, {count} rows",
                    "an organisation's name", WITHHELD, "Nothing: the row is kept without it",
                    0, "notice",
                )
            )  # fmt: skip
        sieve.frame = sieve.frame.with_columns(pl.when(~is_withheld).then(pl.col(column)))
    return notes


def _dated(sieve: Sieve, fetch: Fetch) -> None:
    for name in DATES:
        cell = pl.col(name).str.extract(r"^([^ T]+)")
        day = pl.coalesce(cell.str.to_date(f, strict=False) for f in DATE_FORMATS)
        is_needed = name == "decided_date"
        unread = day.is_null() & (pl.lit(is_needed) | pl.col(name).is_not_null())
        sieve.drop(unread, "date unknown", name, " or ".join(DATE_FORMATS))
        sieve.frame = sieve.frame.with_columns(day.alias(name))
    late = pl.col("decided_date") > fetch.vintage
    sieve.drop(late, "date in the future", "decided_date", f"by {fetch.vintage}")
