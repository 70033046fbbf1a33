"""`indicia screen`: a list of names held against listed parties, operators and owners."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from indicia.answers import screening
from indicia.answers.screening import taking
from indicia.answers.screening.wording import met
from indicia.cli import output, providers, screen
from indicia.errors import UsageError
from indicia.store import Store, cite, home

CHOICES = {
    "listed": (screening.LISTED,),
    "operators": (screening.OPERATORS,),
    "both": screening.AGAINST,
}
MOST_SHOWN = 200


class Against(StrEnum):
    """Whom a list is held against."""

    LISTED = "listed"
    OPERATORS = "operators"
    BOTH = "both"


def list_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with a column of names.")],
    against: Annotated[
        Against, typer.Option(help="Listed parties, operators and owners, or both.")
    ] = Against.LISTED,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Column of a field, as name=Supplier; also country, address, id, date."
        ),
    ] = None,
    encoding: Annotated[
        str, typer.Option(help="Encoding of a file without a mark, for example gb18030.")
    ] = "",
    sheet: Annotated[str, typer.Option(help="Sheet of a workbook with several.")] = "",
    target: Annotated[
        Path | None,
        typer.Option("--output", help="Write every row with its hits (.csv or .xlsx)."),
    ] = None,
    machine: Annotated[
        bool, typer.Option(help="CSV without the guard for spreadsheets.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Screen a list of names; nothing of it is kept unless --output names a file."""
    fmt = output.ENDINGS.get(target.suffix.lower(), "") if target else ""
    if target and fmt not in taking.FORMATS:
        message = f"{target}: the ending names no format of a screening. Use .csv or .xlsx."
        raise UsageError(message)
    given = screening.read(_body(file), encoding, sheet)
    asked = screening.asked(given, dict(_pair(c) for c in column or []))
    with Store.open(home()) as store:
        with screen.progress(quiet=as_json) as progress:
            progress(f"comparing {asked.rows.height:,} names")
            found = screening.screened(store, asked, CHOICES[against.value])
        if target:
            closed = [
                name
                for name, job in providers.find().jobs.items()
                if not job.source.is_redistributable
            ]
            now = datetime.now(UTC)
            target.write_bytes(
                taking.taken(store, found, fmt, now, withheld=closed, machine=machine)
            )
            if store.manifest.sequence:
                cite(home(), store.manifest)
    _answer(found, as_json=as_json)
    if target:
        screen.say(f"Written: {target}")


def _answer(found: screening.Screened, *, as_json: bool) -> None:
    expected = found.expected.told if found.expected else screening.NOT_MEASURED
    if as_json:
        rows = found.hits.with_columns(pl.col("listed_date", "document_date").cast(pl.String))
        told = {
            "outcome": found.tally(),
            "compared": found.compared,
            "lists": list(found.lists.iter_rows(named=True)),
            "expected": expected,
            "columns": dict(found.asked.columns),
            "notes": list(found.asked.notes),
            "hits": list(rows.iter_rows(named=True)),
            "no_hit": list(found.unmatched.iter_rows(named=True)),
            "issues": list(found.asked.issues.iter_rows(named=True)),
            "caveat": screening.CAVEAT,
        }
        screen.answer([told], as_json=True)
        return
    shown = [
        {"row": hit["row"], "hit": met(hit), "why": hit["explanation"]}
        for hit in found.hits.head(MOST_SHOWN).iter_rows(named=True)
    ]
    screen.answer(shown, as_json=False, title="hits")
    if found.hits.height > MOST_SHOWN:
        screen.say(f"{found.hits.height - MOST_SHOWN:,} more hits: see --output or --json.")
    for row in found.asked.issues.head(20).iter_rows(named=True):
        screen.say(
            f"row {row['row']}, {row['field']}: expected {row['expected']}, received "
            f"{row['given']!r}: {row['effect']}."
        )
    if found.asked.issues.height > 20:  # noqa: PLR2004 -- the first twenty are shown above
        screen.say(f"… and {found.asked.issues.height - 20:,} more cells, with --json.")
    columns = ", ".join(f"{f} from {h!r}" for f, h in found.asked.columns.items())
    screen.say(" ".join((f"Columns: {columns}.", *found.asked.notes)))
    screen.say(f"{found.tally()} Compared with {found.compared}.")
    screen.say(expected)
    screen.say(screening.CAVEAT)


def _body(file: Path) -> bytes:
    try:
        if file.stat().st_size > screening.MOST_BYTES:
            message = f"{file}: {file.stat().st_size:,} bytes; at most {screening.MOST_BYTES:,} are read. Split the list."
            raise UsageError(message)
        return file.read_bytes()
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})."
        raise UsageError(message) from error


def _pair(told: str) -> tuple[str, str]:
    field, equals, heading = told.partition("=")
    if not equals:
        message = f"{told!r} is no field=heading, for example name=Supplier."
        raise UsageError(message)
    return field.strip(), heading.strip()
