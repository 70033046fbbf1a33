"""CSV: one header row, then the rows; trailing columns keep the stamp with a detached file."""

from collections.abc import Mapping

import polars as pl

from indicia.answers.export_stamp import plain
from indicia.errors import UsageError

SAFE = (
    "spreadsheet-safe: UTF-8 with byte order mark; an apostrophe stands before text that a "
    "spreadsheet could take for a formula"
)
MACHINE = "machine: UTF-8 without byte order mark; text exactly as in the store"
STAMPED = (
    "list_id",
    "data_version",
    "rules_version",
    "code_version",
    "as_of",
    "store_kind",
    "query",
    "caveat",
)
# What spreadsheets start a formula with, full-width forms included, blanks before it allowed.
STARTS = r"(?:[^\S\t\r\n]|[\u{FEFF}\u{200B}])*[=+\-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}]"
# Where `;` separates lists, a spreadsheet cuts a comma file at `;`, tab and line end in text.
AFTER_A_CUT = rf"([;\t\r\n])({STARTS})"


def body(frame: pl.DataFrame, facts: Mapping[str, str], *, machine: bool) -> bytes:
    """Return the bytes of the file: every text quoted, and nothing where there is no value."""
    stamped = _stamped(plain(frame), facts)
    texts = [name for name, dtype in stamped.schema.items() if dtype == pl.String]
    shown = stamped if machine else stamped.with_columns(harmless(name) for name in texts)
    text = shown.write_csv(include_bom=not machine, quote_style="non_numeric")
    return text.encode()


def harmless(column: str) -> pl.Expr:
    """Put an apostrophe before whatever in `column` a spreadsheet would take for a formula."""
    inner = pl.col(column).str.replace_all(AFTER_A_CUT, "${1}'${2}")
    opens = pl.col(column).str.contains(rf"^(?:{STARTS}|[\t\r\n])")
    return pl.when(opens).then(pl.lit("'") + inner).otherwise(inner).alias(column)


def _stamped(frame: pl.DataFrame, facts: Mapping[str, str]) -> pl.DataFrame:
    """Append the stamp as constant columns; a caveat that the screen shows per row is kept."""
    taken = [name for name in STAMPED if name in frame.columns and name != "caveat"]
    if taken:
        msg = f"columns {', '.join(taken)} belong to the stamp; rename them in the list."
        raise UsageError(msg)
    added = (pl.lit(facts[n]).alias(n) for n in STAMPED if n not in frame.columns)
    return frame.with_columns(added)
