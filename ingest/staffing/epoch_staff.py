"""Epoch AI's reports on the staff of AI companies (CSV) to `headcount_statement`.

Unit: people. What a company itself published is reported, unless the publisher is uncertain of it;
what the press or others said is an estimate of a third party. Quotations, notes and the words of
links name persons: `redact` keeps the columns that are read, and of a link to a company or the
press its site alone.
"""

from io import StringIO

import polars as pl

from indicia.schema import HEADCOUNT_STATEMENT, UTC, parsed
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, require
from ingest.facilities.epoch_release import refusal

NAME = "staffing/epoch_staff"
LINK, REPORTED = "Source 1", "Report date"
NEEDED = ("Id", "Company", "Staff count", "Date", "Type", "Source type", "Confidence")
OPTIONAL = (REPORTED, "Division name", LINK)
TELLING = {"Id", "Company", "Staff count"}
LEAST_COLUMNS = 2  # of TELLING
KINDS = {
    "Full company": "whole organisation",
    "Full AI division": "division",
    "Division/role": "division",
    "Contractors": "contractors",
}
BY_ITSELF, BY_THE_PRESS, BY_OTHERS = "Company disclosure", "Media report", "Other"
CERTAINTIES = ("confident", "likely", "speculative", "uncertain")
UNSURE = ("speculative", "uncertain")
MOST_PEOPLE = 5_000_000
FIRST_YEAR = 1940
SITE = r"(?i)^(?:.*https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/:?#\s].*)?$"


def redact(body: bytes) -> bytes:
    """Keep the columns that are read, and the site of links to companies and the press.

    Raises:
        SourceChangedError: It is no table, so nothing of it may be archived.
    """
    rows = csv_rows(NAME, "redaction", body).drop("row")
    if not _is_staff(rows):
        shown = rows.head(1).select(pl.lit(None, pl.String).alias(c) for c in rows.columns)
    else:
        shown = rows.select(c for c in (*NEEDED, *OPTIONAL) if c in rows.columns)
    if LINK in shown.columns:
        site = pl.col(LINK).str.extract(SITE).str.to_lowercase()
        is_public = pl.col("Source type").is_in([BY_ITSELF, BY_THE_PRESS])
        has_kind = "Source type" in shown.columns
        known = pl.when(is_public).then(site) if has_kind else pl.lit(None, pl.String)
        shown = shown.with_columns(known.alias(LINK))
    out = StringIO()
    shown.write_csv(out)
    return out.getvalue().encode()


def _is_staff(rows: pl.DataFrame) -> bool:
    """Whether the header is that of the table of staff, perhaps with a column lost."""
    return len(TELLING & set(rows.columns)) >= LEAST_COLUMNS and "Model" not in rows.columns


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """One statement per row."""
    place = fetch.file_name
    rows = csv_rows(NAME, place, body)
    if not _is_staff(rows) or "Staff count" not in rows.columns:
        raise refusal(NAME, place, "a table of staff, with a column Staff count", rows.columns)
    require(NAME, place, rows, NEEDED)
    absent = (pl.lit(None, pl.String).alias(c) for c in OPTIONAL if c not in rows.columns)
    sieve = Sieve(place, rows.with_columns(*absent))
    _clean(sieve, fetch)
    said = pl.col("Source type")
    is_reported = ((said == BY_ITSELF) & ~pl.col("Confidence").is_in(UNSURE)).fill_null(
        value=False
    )
    count = pl.col("Staff count")
    frame = sieve.frame.select(
        organisation="Company",
        division=pl.col("Division name").fill_null(""),
        kind=pl.col("Type").replace_strict(KINDS, default="not stated"),
        on_date="day",
        statement_id="Id",
        date_precision=pl.lit("day"),
        headcount_reported_count=pl.when(is_reported).then(count),
        headcount_estimated_count=pl.when(~is_reported).then(count),
        certainty="Confidence",
        statement=pl.when(said.is_not_null()).then(
            pl.concat_str(said, pl.col(LINK), separator=", ", ignore_nulls=True)
        ),
        published_utc=pl.col("told")
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone("UTC")
        .cast(UTC),
        published_basis=pl.when(pl.col("told").is_not_null()).then(pl.lit("stated")),
    )
    table = parsed(HEADCOUNT_STATEMENT).fit(frame)
    return Parsed({HEADCOUNT_STATEMENT.name: table}, rows.height, tuple(sieve.rejections))


def _clean(sieve: Sieve, fetch: Fetch) -> None:
    """Drop what cannot be a statement, by name."""
    sieve.drop(pl.col("Company").is_null(), "no organisation", "Company", "a company's name")
    sieve.drop(pl.col("Id").is_null(), "no id", "Id", "the publisher's name of the row")
    sieve.frame = sieve.frame.with_columns(
        pl.col("Confidence").str.to_lowercase(),
        day=_day("Date"),
        told=_day(REPORTED),
        **{"Staff count": pl.col("Staff count").str.replace_all(r"(\d),(\d{3})", "$1$2")},
    )
    sieve.drop(pl.col("day").is_null(), "date unknown", "Date", "YYYY-MM-DD or M/D/YYYY")
    odd = (pl.col("day") > fetch.vintage) | (pl.col("day").dt.year() < FIRST_YEAR)
    sieve.drop(odd, "date impossible", "Date", f"from {FIRST_YEAR} to {fetch.vintage}")
    for column, known in (
        ("Type", KINDS),
        ("Source type", (BY_ITSELF, BY_THE_PRESS, BY_OTHERS)),
    ):
        strange = pl.col(column).is_not_null() & ~pl.col(column).is_in(list(known))
        sieve.drop(strange, "category unknown", column, f"one of {', '.join(known)}")
    strange = pl.col("Confidence").is_not_null() & ~pl.col("Confidence").is_in(CERTAINTIES)
    sieve.drop(strange, "certainty unknown", "Confidence", f"one of {', '.join(CERTAINTIES)}")
    sieve.drop(
        pl.col("Staff count").is_null(), "no number", "Staff count", "a number of people"
    )
    sieve.cast(["Staff count"], "a number of people")
    people = pl.col("Staff count").is_between(1, MOST_PEOPLE)
    sieve.drop(~people, "number impossible", "Staff count", f"1 to {MOST_PEOPLE:,}")
    sieve.drop_repeats(("Company", "Id"), "Keep one row per statement")
    told = pl.col("told")
    is_odd = pl.col(REPORTED).is_not_null() & (
        told.is_null() | (told > fetch.vintage) | (told < pl.col("day"))
    )
    sieve.note(
        is_odd, "report date impossible", REPORTED, f"a day from Date to {fetch.vintage}",
        "Nothing: the row counts as public since the release was",
    )  # fmt: skip
    sieve.frame = sieve.frame.with_columns(
        told=pl.when(~is_odd.fill_null(value=False)).then(told)
    )


def _day(column: str) -> pl.Expr:
    """A day as newer releases write it, or as older ones do (`1/26/2014`)."""
    text = pl.col(column)
    return pl.coalesce(
        text.str.to_date("%Y-%m-%d", strict=False), text.str.to_date("%m/%d/%Y", strict=False)
    )
