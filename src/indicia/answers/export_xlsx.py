"""XLSX: README, List, Evidence, Sources and Method in one workbook whose text is only text."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import xlsxwriter  # the package ships no type marker

from indicia.answers.export_csv import STARTS
from indicia.answers.export_stamp import plain
from indicia.answers.words import HYPOTHESES
from indicia.errors import UsageError

LONGEST_CELL = 32_767  # Excel's limit, in UTF-16 code units
MOST_ROWS = 1_048_576  # Excel's limit, header included
LARGEST_WHOLE = 2**53  # a spreadsheet holds numbers as doubles
WIDEST = 60
LONGEST_FOOTER = 255

METHOD = (
    (
        "lead",
        "At or above the threshold, in two independent families or more: asks for review.",
    ),
    ("watch", "Evidence for H1 in one family only, or below the threshold of a lead."),
    ("no lead", "Neither of the two on the data at hand; this clears nobody."),
    ("reference site", "No licence was needed there; measured and compared, never ranked."),
    ("support", "log10 (bans) of how far H1 is favoured over its strongest rival."),
    ("strongest rival", "The other explanation that fits the evidence best."),
    ("coverage", "Indicators with flag or no_flag, over those that could apply; 0 to 1."),
    ("flag", "The indicator was computed and its threshold was reached."),
    ("no_flag", "The indicator was computed and its threshold was not reached."),
    ("not_applicable", "The indicator has no meaning for this facility."),
    ("no_data", "The indicator could not be computed. This is not the same as no_flag."),
    (
        "coord_precision",
        "How closely the place is known; only `site` is a place one could visit.",
    ),
    ("unreviewed", "No person has judged this row yet."),
    ("reviewed, dismissed", "One person judged it, with a reason that the journal keeps."),
    ("approved", "A second person agreed with the review."),
    *HYPOTHESES.items(),
)
ALWAYS = ("evidence", "sources", "method")


def write(
    target: Path | BytesIO,
    frame: pl.DataFrame,
    long: Mapping[str, pl.DataFrame],
    facts: Mapping[str, str],
    created_utc: datetime,
    always: Sequence[str] = ALWAYS,
) -> None:
    """Write the workbook; sheets stand in a fixed order, further long frames after them.

    Args:
        target: A file, or memory: then nothing touches a disk, not even for a moment.
        frame: The rows of List.
        long: Further sheets by name.
        facts: The stamp.
        created_utc: When it was asked for.
        always: Sheets that are there even where nothing was handed over for them.

    Raises:
        UsageError: A sheet would exceed a limit of the format; nothing was written.
    """
    given = {name: long.get(name, _standing_in(name, long)) for name in always} | dict(long)
    sheets = {"README": _readme(frame, given, facts), "List": frame}
    sheets |= {name.capitalize(): part for name, part in given.items()}
    ready = {name: _within_limits(name, plain(part)) for name, part in sheets.items()}
    is_memory = isinstance(target, BytesIO)
    options = {"constant_memory": not is_memory, "in_memory": is_memory,
               "strings_to_formulas": False, "strings_to_urls": False}  # fmt: skip
    with xlsxwriter.Workbook(target if is_memory else str(target), options) as book:
        book.set_properties(
            {
                "title": f"List {facts['list_id']}",
                "comments": facts["caveat"],
                "category": f"{facts['store_kind']} store",
                # Left out, it would be the time of writing, and no two files would be alike.
                "created": created_utc.astimezone(UTC).replace(tzinfo=None, microsecond=0),
            }
        )
        bold = book.add_format({"bold": True})
        guarded = book.add_format({"quote_prefix": True})
        for name, part in ready.items():
            _sheet(book.add_worksheet(name), part, facts, bold, guarded)


def _sheet(
    sheet: xlsxwriter.worksheet.Worksheet,
    frame: pl.DataFrame,
    facts: Mapping[str, str],
    bold: xlsxwriter.format.Format,
    guarded: xlsxwriter.format.Format,
) -> None:
    note = f"{facts['list_id']} · data {facts['data_version']} · {facts['store_note']}"
    sheet.set_footer(f"&L{note.replace('&', '&&')}"[:LONGEST_FOOTER])
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(frame.get_columns()):
        longest = column.head(1000).cast(pl.String).str.len_chars().max()
        widest = longest if isinstance(longest, int) else 0
        sheet.set_column(place, place, min(WIDEST, max(widest, len(column.name)) + 2))
        sheet.write_string(0, place, column.name, bold)
    is_formula = frame.select(
        pl.col(n).str.contains(f"^{STARTS}") if t == pl.String else pl.lit(value=False).alias(n)
        for n, t in frame.schema.items()
    )
    rows = zip(frame.iter_rows(), is_formula.iter_rows(), strict=True)
    for line, (cells, guards) in enumerate(rows, start=1):
        for place, (cell, guard) in enumerate(zip(cells, guards, strict=True)):
            if isinstance(cell, str):
                sheet.write_string(line, place, cell, guarded if guard else None)
            elif isinstance(cell, bool):
                sheet.write_boolean(line, place, cell)
            elif cell is not None:
                sheet.write_number(line, place, cell)


def _within_limits(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    if frame.height >= MOST_ROWS:
        msg = (
            f"sheet {name} would have {frame.height + 1:,} rows with its header; XLSX holds "
            f"{MOST_ROWS:,}. Narrow the list, or export csv or parquet."
        )
        raise UsageError(msg)
    for column in frame.get_columns():
        if column.dtype != pl.String:
            continue
        units = column.str.len_chars() + column.str.count_matches(r"[\u{10000}-\u{10FFFF}]")
        longest = units.arg_max()
        if longest is not None and units[longest] > LONGEST_CELL:
            msg = (
                f"sheet {name}, row {longest + 1}, column {column.name}: {units[longest]:,} "
                f"characters; an XLSX cell holds {LONGEST_CELL:,}. Export csv or parquet."
            )
            raise UsageError(msg)
    return frame.with_columns(
        pl.col(n).cast(pl.String)
        for n, t in frame.schema.items()
        if t.is_integer() and (frame[n].cast(pl.Int128).abs() > LARGEST_WHOLE).any()
    )


def _standing_in(name: str, long: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Say that a frame was not handed over; an empty sheet would look like a fault."""
    if name == "method":
        return pl.DataFrame(METHOD, schema=["word", "meaning"], orient="row")
    evidence = long.get("evidence", pl.DataFrame())
    if name == "sources" and "source" in evidence.columns:
        return evidence.group_by("source", maintain_order=True).agg(rows_count=pl.len())
    return pl.DataFrame({"note": [f"No {name} was handed over with this list."]})


def _readme(
    frame: pl.DataFrame, given: Mapping[str, pl.DataFrame], facts: Mapping[str, str]
) -> pl.DataFrame:
    first = ("store_note", "caveat")
    told = {name: facts[name] for name in first} | {k: v for k, v in facts.items() if v}
    sheets = ", ".join(("README", "List", *(name.capitalize() for name in given)))
    told |= {
        "written_rows_count": str(frame.height),
        "sheets": sheets,
        "order": "Rows and columns of List stand as the screen showed them.",
        "dates": "ISO 8601 text, instants in UTC, no more exact than the source is.",
        "text": "Text from sources is kept as text, also where it looks like a formula.",
    }
    return pl.DataFrame(list(told.items()), schema=["field", "value"], orient="row")
