"""The outcome of a screening to take along: CSV or XLSX in memory, stamped, never on a disk.

Hits that rest on a source whose terms do not allow redistribution keep their row and say so; what
the source says is left out.
"""

import io
from collections.abc import Iterable
from datetime import datetime

import polars as pl

from indicia.answers import export_csv, export_xlsx, flagged
from indicia.answers.export import WITHHELD_REASON
from indicia.answers.export_stamp import Stamp, checked
from indicia.answers.reader import Reader
from indicia.answers.screening import CAVEAT, Screened
from indicia.errors import UsageError
from indicia.schema import short_hash

FORMATS = ("csv", "xlsx")
WITHHELD = f"hit withheld: {WITHHELD_REASON}"
KEPT = ("row", "name", "answer", "asked_countries_iso2", "document_date", "source")
METHOD = (
    ("same", "The names meet and a registry id, the country or an address agrees as well."),
    ("possible", "The names meet by the method named; nothing else settles it."),
    ("shared address", "Only an address meets; many unrelated firms may share one."),
    ("no hit", "None of the names in `compared` met. This clears nobody."),
    ("not screened", "The row holds no name that can be compared; the sheet Issues says why."),
    ("score", "How alike the values are by that method, 0 to 1; not a probability."),
    ("timing", "Whether the listing took effect before or after the document's date."),
)


def rows(found: Screened, withheld: Iterable[str] = ()) -> pl.DataFrame:
    """Every row of the list: its hits, `no hit` with what was compared, or `not screened`."""
    closed = sorted(set(withheld))
    is_closed = pl.col("source").str.split(";").list.set_intersection(closed).list.len() > 0
    hits = found.hits.with_columns(
        pl.when(is_closed).then(None).otherwise(pl.col(n)).alias(n)
        for n in found.hits.columns
        if n not in KEPT
    ).with_columns(
        explanation=pl.when(is_closed).then(pl.lit(WITHHELD)).otherwise("explanation")
    )
    left_out = found.asked.issues.filter(pl.col("effect") == "the row is not screened").select(
        "row", name="given", answer=pl.lit("not screened"), explanation="expected"
    )
    every = pl.concat([hits, found.unmatched, left_out], how="diagonal_relaxed")
    return every.sort("row", maintain_order=True)


def stamp(store: Reader, found: Screened, frame: pl.DataFrame, now: datetime) -> Stamp:
    """What every file says of itself; the list is named by its hash and never by its content."""
    listed = short_hash(*(str(row) for row in found.asked.rows.iter_rows()))
    query = f"screen {found.asked.given_count} rows (list {listed}) against {', '.join(found.against)}"
    made = flagged.stamp(store, frame, query, now)
    return Stamp(
        **{n: getattr(made, n) for n in Stamp.__slots__ if n != "caveat"}, caveat=CAVEAT
    )


def taken(
    store: Reader,
    found: Screened,
    fmt: str,
    now: datetime,
    *,
    withheld: Iterable[str] = (),
    machine: bool = False,
) -> bytes:
    """The bytes of the file; the same input gives the same bytes.

    Args:
        store: The store the list was held against.
        found: The outcome.
        fmt: One of `FORMATS`.
        now: When it was asked for.
        withheld: Sources whose values may not be passed on.
        machine: CSV only: text as it is, without the guard for spreadsheets.

    Raises:
        UsageError: The format is not known, or the rows do not fit it.
    """
    frame = checked("list", rows(found, withheld))
    facts = stamp(store, found, frame, now).facts() | _more(found)
    if fmt == "csv":
        return export_csv.body(frame, facts, machine=machine)
    if fmt != "xlsx":
        message = f"format {fmt!r} is not known; expected one of {', '.join(FORMATS)}."
        raise UsageError(message)
    made = io.BytesIO()
    method = pl.DataFrame(METHOD, schema=["word", "meaning"], orient="row")
    sheets = {"issues": found.asked.issues, "lists": found.lists, "method": method}
    export_xlsx.write(made, frame, sheets, facts, now, always=())
    return made.getvalue()


def _more(found: Screened) -> dict[str, str]:
    expected = found.expected.told if found.expected else "not measured for this version"
    columns = "; ".join(f"{field}: {heading}" for field, heading in found.asked.columns.items())
    return {
        "outcome": found.tally(),
        "compared": found.compared,
        "hits_to_expect_for_no_reason": expected,
        "columns_read": columns,
    }
