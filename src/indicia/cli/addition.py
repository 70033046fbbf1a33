"""`indicia add`: a person adds one row with its citation; it goes the way of every other source."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import output, providers, screen, work
from indicia.errors import UsageError
from indicia.schema import DOCUMENT, OBSERVED, parsed, short_hash
from indicia.store import home

ANALYST = "context/analyst"
program = typer.Typer(no_args_is_help=True)
Facts = Annotated[
    list[str],
    typer.Argument(help="column=value, once per column; docs/dictionary.md names them"),
]
DATA_PROBLEM = 1


@program.command("row")
def row(
    table: Annotated[
        str, typer.Argument(help="Table, for example facility_state, event, procurement_notice")
    ],
    facts: Facts,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Add one row of any observation table, for example `indicia add row exposure facility_id=… …`."""
    _add(table, facts, as_json=as_json)


@program.command("facility")
def facility(facts: Facts, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Add a facility: name=… country_iso2=… latitude_deg=… coord_precision=… source_url=… ."""
    _add("facility", facts, as_json=as_json)


@program.command("observation")
def observation(facts: Facts, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Add a dated state of a facility: facility_id=… on_date=… power_kind=… power_reported_mw=… source_url=… ."""
    _add("facility_state", facts, as_json=as_json)


@program.command("document")
def document(facts: Facts, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Add a document: title=… statement=… author_role=… source_url=… or document_sha256=… ."""
    _add("document", facts, as_json=as_json)


@program.command("exposure")
def exposure(facts: Facts, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Add an exposure: facility_id=… scope_kind=… scope_id=… weight_share=… basis=… source_url=… ."""
    _add("exposure", facts, as_json=as_json)


@program.command("file")
def file(path: Path, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Add the rows of a CSV in our own layout; its name or header says which table."""
    if not path.is_file():
        message = f"{path}: no such file."
        raise UsageError(message)
    _load(path, as_json=as_json)


def _add(table: str, facts: list[str], *, as_json: bool) -> None:
    if table not in OBSERVED:
        message = f"no table is named {table}. Tables: {', '.join(sorted(OBSERVED))}."
        raise UsageError(message)
    named = dict(_pair(f) for f in facts)
    if table == DOCUMENT.name and "document_id" not in named:
        named["document_id"] = f"document-{short_hash(*sorted(named.items()))}"
    unknown = sorted(set(named) - set(parsed(OBSERVED[table]).names))
    if unknown:
        message = f"table {table} has no column {', '.join(unknown)}. Columns: {', '.join(parsed(OBSERVED[table]).names)}."
        raise UsageError(message)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(named.keys())
    writer.writerow(named.values())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        _load(path, as_json=as_json)


def _pair(fact: str) -> tuple[str, str]:
    name, equals, value = fact.partition("=")
    if not equals:
        message = f"{fact!r} is no column=value."
        raise UsageError(message)
    return name.strip(), value


def _load(path: Path, *, as_json: bool) -> None:
    job = providers.chosen(providers.find().jobs, [ANALYST])[0]
    with screen.progress(quiet=as_json) as progress:
        outcome = work.refresh(home(), work.file_tasks(job, path, None), progress=progress)
    output.refreshed(outcome, as_json=as_json)
    if outcome.has_failed or any(r.rows_rejected for r in outcome.reports):
        raise typer.Exit(DATA_PROBLEM)
