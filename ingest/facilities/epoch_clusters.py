"""Epoch AI's table of GPU clusters to what organisations say they have: never a facility.

A cluster's place is a centroid and its name is no key, so a row becomes a statement about its
owner. A number is reported where the row is `Confirmed` and no note says that it was computed,
estimated or assumed; else it is an estimate. Rows of one owner, type and day are added up.
"""

import polars as pl

from indicia.schema import HARDWARE_STATEMENT, parsed
from indicia.sources.contract import Fetch, Parsed
from ingest.bodies import Sieve, csv_rows, require
from ingest.facilities import epoch_fields as fields
from ingest.facilities.epoch_release import refusal

NAME = "facilities/epoch_clusters"
TEXTS = ("Note", "Certainty Note", "Hardware note", "First Operational Date Note")
NEEDED = (
    "Name", "Status", "Certainty", "Owner", "First Operational Date", "Chip type (primary)",
    "Chip quantity (primary)", "Chip type (secondary)", "Chip quantity (secondary)", "Note",
    "Possible Duplicate",
)  # fmt: skip
KINDS = {"Existing": "installed", "Decommissioned": "installed", "Planned": "planned"}
CERTAINTIES = ("confirmed", "likely", "unlikely")
ANONYMOUS = r"(?i)^anonymi[sz]ed"
COMPUTED = (
    r"(?i)estimat|calculat|comput(ed|ing) from|assum|extrapolat|implied|lower bound|uncertain"
)
MOST_ACCELERATORS = 1e7
FIRST_YEAR = 2000
WEB = r"^(https?://[^\s,;]+)"
KEY = ("subject", "kind", "chip_text", "on_date")


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the table."""
    place = fetch.file_name
    rows = csv_rows(NAME, place, body)
    if "Chip type (primary)" not in rows.columns:
        raise refusal(NAME, place, "the header of gpu_clusters.csv", rows.columns)
    require(NAME, place, rows, NEEDED)
    sieve = Sieve(place, rows)
    _owned(sieve)
    _dated(sieve, fetch)
    counts = ("Chip quantity (primary)", "Chip quantity (secondary)")
    sieve.cast(counts)
    for column in counts:
        sieve.drop(
            ~pl.col(column).is_between(0, MOST_ACCELERATORS), "number impossible", column,
            f"0 to {MOST_ACCELERATORS:,.0f}",
        )  # fmt: skip
    both = [pl.col(c).is_null() | (pl.col(c) == 0) for c in counts]
    sieve.drop(
        both[0] & both[1], "no number", counts[0], "a number of accelerators", severity="notice"
    )
    return Parsed(
        {HARDWARE_STATEMENT.name: _statements(sieve.frame)},
        rows.height,
        tuple(sieve.rejections),
    )


def _owned(sieve: Sieve) -> None:
    sieve.drop(
        pl.col("Name").is_null() | pl.col("Name").str.contains(ANONYMOUS), "anonymised", "Name",
        "a cluster whose owner and type are published", severity="notice",
    )  # fmt: skip
    sieve.drop(
        pl.col("Owner").is_null(), "no owner", "Owner", "an organisation", severity="notice"
    )
    sieve.drop(
        pl.col("Possible Duplicate").str.to_lowercase() == "true", "possible duplicate",
        "Possible Duplicate", "a cluster that is listed once", severity="notice",
    )  # fmt: skip
    sieve.drop(
        ~pl.col("Status").is_in(tuple(KINDS)), "status unknown", "Status", " or ".join(KINDS)
    )
    sieve.frame = sieve.frame.with_columns(pl.col("Certainty").str.to_lowercase())
    sieve.drop(
        ~pl.col("Certainty").is_in(CERTAINTIES), "certainty unknown", "Certainty",
        " or ".join(CERTAINTIES),
    )  # fmt: skip


def _dated(sieve: Sieve, fetch: Fetch) -> None:
    """A plan without a day is dated by the release, and says so; anything else needs a day."""
    published = pl.col("First Operational Date")
    day = published.str.to_date("%Y-%m-%d", strict=False)
    sieve.drop(
        published.is_not_null() & day.is_null(), "date unknown", "First Operational Date",
        "YYYY-MM-DD", "Correct the date and load again",
    )  # fmt: skip
    is_planned = pl.col("Status") == "Planned"
    sieve.drop(
        day.is_null() & ~is_planned, "no day", "First Operational Date",
        "the day it first worked", severity="notice",
    )  # fmt: skip
    sieve.drop(
        ~day.dt.year().is_between(FIRST_YEAR, fetch.vintage.year + 20), "date impossible",
        "First Operational Date", f"from {FIRST_YEAR}",
    )  # fmt: skip
    later = (day > fetch.vintage).fill_null(value=False)
    sieve.frame = sieve.frame.with_columns(
        on_date=day.fill_null(fetch.vintage),
        date_precision=pl.when(day.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("day")),
        kind=pl.when(later)
        .then(pl.lit("planned"))
        .otherwise(pl.col("Status").replace_strict(KINDS, return_dtype=pl.String)),
    )


def _statements(frame: pl.DataFrame) -> pl.DataFrame:
    told = pl.concat_str(
        [c for c in TEXTS if c in frame.columns], separator=" ", ignore_nulls=True
    )
    owners = pl.col("Owner").str.replace_all(fields.COMPANY_FORM, " $1").str.split(",")
    marked = frame.with_columns(
        source_url=(
            pl.col("Source 1").str.extract(WEB)
            if "Source 1" in frame.columns
            else pl.lit(None, dtype=pl.String)
        ),
        subject=owners.list.eval(pl.element().str.strip_chars()).list.join("; "),
        is_reported=(pl.col("Certainty") == "confirmed") & ~told.str.contains(COMPUTED),
        shown=pl.concat_str(
            pl.col("Name").str.strip_chars('"'),
            pl.when(pl.col("date_precision") == "unknown").then(
                pl.lit(" (planned, no day stated: dated by the release)")
            ),
            pl.when(pl.col("Status") == "Decommissioned").then(pl.lit(" (since shut down)")),
            ignore_nulls=True,
        ),
        certainty_rank=pl.col("Certainty").replace_strict(
            dict(zip(CERTAINTIES, range(3), strict=True)), return_dtype=pl.Int8
        ),
    )
    parts = [
        marked.select(
            "row", "subject", "kind", "on_date", "date_precision", "is_reported", "shown",
            "certainty_rank", "source_url",
            chip_text=pl.col(f"Chip type ({which})").fill_null(""),
            number=pl.col(f"Chip quantity ({which})"),
        )
        for which in ("primary", "secondary")
    ]  # fmt: skip
    long = pl.concat(parts).filter(pl.col("number") > 0).sort("row", maintain_order=True)
    added = long.group_by(KEY, maintain_order=True).agg(
        pl.col("number").sum(),
        pl.col("is_reported").all(),
        pl.col("date_precision", "source_url").first(),
        pl.col("certainty_rank").max(),
        pl.col("shown").unique(maintain_order=True).str.join("; "),
    )
    is_reported = pl.col("is_reported")
    ranks = dict(enumerate(CERTAINTIES))
    return parsed(HARDWARE_STATEMENT).fit(
        added.select(
            *KEY,
            "date_precision",
            "source_url",
            subject_kind=pl.lit("party"),
            accelerators_reported_count=pl.when(is_reported).then("number"),
            accelerators_estimated_count=pl.when(~is_reported).then("number"),
            certainty=pl.col("certainty_rank").replace_strict(ranks, return_dtype=pl.String),
            statement=pl.concat_str(pl.lit("Clusters: "), "shown", pl.lit(".")),
        )
    )
