"""Epoch AI's chip quantities of a release: estimated accelerators per campus, type and day.

Nearly every quantity is the publisher's estimate, so all are kept as estimates. A row after the
release is a plan. Names are written as in the campuses of the same release, or not at all.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from indicia.schema import HARDWARE_STATEMENT, parsed
from indicia.sources.contract import Rejection
from ingest.bodies import Sieve
from ingest.facilities import epoch_fields as fields

ALIASES = {
    "key": ("Data center", "Data center name", "Handle"),
    "date": ("Date",),
    "chip": ("Chip type",),
    "number": (
        "Number of Units",
        "Number of units",
        "Quantity",
        "Quantity (estimate)",
        "Quantity (esimate)",
        "Estimate",
        "Esimate",
    ),
    "certainty": ("Confidence", "Certainty", "Quantity type"),
}
NEEDED = ("key", "date", "chip", "number")
MOST_ACCELERATORS = 1e7
SHOWN_STRAYS = 3


def statements(sieve: Sieve, vintage: date) -> pl.DataFrame:
    """Rows with a campus, a day, a type and a number above zero.

    Args:
        sieve: The rows under our names, with `facility_id`.
        vintage: Day of the release.
    """
    day = pl.coalesce(
        pl.col("date").str.to_date("%Y-%m-%d", strict=False),
        pl.col("date").str.to_date("%m/%d/%Y", strict=False),
    )
    sieve.frame = sieve.frame.with_columns(on_date=day)
    sieve.drop(pl.col("on_date").is_null(), "date unknown", "date", "YYYY-MM-DD or M/D/YYYY")
    sieve.drop(pl.col("chip").is_null(), "no type", "chip", "a type of accelerator")
    sieve.cast(("number",))
    sieve.drop(
        ~pl.col("number").is_between(0, MOST_ACCELERATORS), "number impossible", "number",
        f"0 to {MOST_ACCELERATORS:,.0f}",
    )  # fmt: skip
    sieve.drop(
        pl.col("number").is_null() | (pl.col("number") == 0), "no number", "number",
        "a number of accelerators above 0", severity="notice",
    )  # fmt: skip
    sieve.drop_repeats(
        ("facility_id", "chip", "on_date"), "Keep one row per site, type and day"
    )
    tag = fields.tag_meant(pl.col("certainty").str.strip_prefix("#"))
    is_later = pl.col("on_date") > vintage
    return parsed(HARDWARE_STATEMENT).fit(
        sieve.frame.select(
            "on_date",
            subject_kind=pl.lit("facility"),
            subject="facility_id",
            kind=pl.when(is_later).then(pl.lit("planned")).otherwise(pl.lit("installed")),
            chip_text="chip",
            date_precision=pl.lit("day"),
            accelerators_estimated_count="number",
            certainty=tag.fill_null("estimate"),
            statement=pl.lit("Epoch AI's estimate of the accelerators at the site on the day."),
        )
    )


def at_known_sites(
    stated: pl.DataFrame, known: pl.Series, place: str
) -> tuple[pl.DataFrame, Sequence[Rejection]]:
    """The rows of campuses that the release lists; the others are named and left out."""
    is_known = stated["subject"].is_in(known.to_list())
    strays = stated.filter(~is_known)
    if strays.height == 0:
        return stated, ()
    names = strays["subject"].unique(maintain_order=True).to_list()
    shown = ", ".join(names[:SHOWN_STRAYS]) + (" ..." if len(names) > SHOWN_STRAYS else "")
    said = Rejection(
        "site unknown",
        f"{place}, chip quantities",
        "a campus of the same release",
        f"{len(names)} names, among them {shown}",
        "Nothing: a campus that the release does not list is no site",
        strays.height,
    )
    return stated.filter(is_known), (said,)
