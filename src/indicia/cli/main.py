"""`indicia`: refresh, schedule, score, export, screen, judge, review, add, evaluate, demo, app, doctor.

Exit codes: 0 fine, 1 the data or the store have a problem, 2 the command cannot be carried out.
"""

import os
import subprocess
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from indicia import __version__, bundled
from indicia.cli import (
    addition,
    checks,
    compute,
    evaluating,
    judging,
    narrowed,
    output,
    providers,
    refreshing,
    reviewing,
    schedule,
    screen,
    screening,
    source,
    weighed,
    work,
)
from indicia.cli import demo as demonstration
from indicia.errors import IndiciaError, UsageError
from indicia.reference.compute.claims import Claim
from indicia.store import home as store_home

DATA_PROBLEM, USAGE_PROBLEM = 1, 2
program = typer.Typer(
    no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False
)

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, without progress.")]
Only = Annotated[list[str] | None, typer.Option(help=narrowed.ONLY)]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


class Format(StrEnum):
    """File formats of an export."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    GEOJSON = "geojson"
    GEOPACKAGE = "geopackage"
    GEOPARQUET = "geoparquet"


program.command()(refreshing.refresh)
program.command()(schedule.schedule)
program.add_typer(
    source.program, name="source", help="Write the files of a new source, or check one."
)


@program.command()
def score(
    of: Annotated[
        weighed.Assessed, typer.Option(help="What to rank.")
    ] = weighed.Assessed.FACILITIES,
    only: Only = None,
    as_of: Day = None,
    as_held: Day = None,
    limit: int = 20,
    as_json: Json = False,
) -> None:
    """Show the ranked queue of facilities, lanes or organisations, now or as of an earlier day."""
    asked = narrowed.asked(only or ())
    with screen.progress(quiet=as_json) as progress:
        store = work.open_assessed(store_home(), _day(as_of), _day(as_held), progress)
    with store:
        if of is weighed.Assessed.FACILITIES:
            output.queue(store, asked, limit, as_json=as_json)
        else:
            weighed.queue(store, of, limit, as_json=as_json)


@program.command()
def export(
    target: Annotated[Path, typer.Argument(help="File to write; its ending names the format.")],
    format_: Annotated[
        Format | None, typer.Option("--format", help="Format, if the ending does not say.")
    ] = None,
    verdict: Annotated[list[str] | None, typer.Option(help="Only these verdicts.")] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="Only these countries (ISO 3166-1 alpha-2).")
    ] = None,
    text: Annotated[
        str, typer.Option(help="Only facilities whose name or parties hold this text.")
    ] = "",
    review: Annotated[
        list[str] | None, typer.Option(help="Only these review states, such as approved.")
    ] = None,
    only: Only = None,
    by: Annotated[
        str, typer.Option(help="Who takes it along (initials or role), for the log.")
    ] = "command line",
    as_of: Day = None,
    as_held: Day = None,
    machine: Annotated[
        bool, typer.Option(help="CSV without the guard for spreadsheets.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the list as filtered, stamped with versions, query and caveat."""
    asked = narrowed.asked(
        only or (), verdict=verdict or (), country=country or (), review=review or ()
    )
    with screen.progress(quiet=as_json) as progress:
        store = work.open_assessed(store_home(), _day(as_of), _day(as_held), progress)
    with store:
        output.export(
            store,
            store_home(),
            target,
            format_.value if format_ else "",
            output.Wish(asked, text, by),
            machine=machine,
            as_json=as_json,
        )


@program.command()
def changes(source: str, since: Day = None, limit: int = 1000, as_json: Json = False) -> None:
    """List values a source added, changed or withdrew, version by version."""
    output.changes(store_home(), source, _day(since), limit, as_json=as_json)


program.add_typer(
    addition.program,
    name="add",
    help="Add a facility, observation, document or exposure with its citation.",
)


@program.command()
def demo(
    serve: Annotated[bool, typer.Option(help="Serve the app afterwards.")] = True,
    port: int = 8501,
    synthetic: Annotated[
        bool,
        typer.Option("--synthetic", help="An invented world instead, in a home of its own."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Load the embedded starter facts (or an invented world), weigh them and serve the app."""
    chosen = demonstration.synthetic_home(store_home()) if synthetic else store_home()
    with screen.progress(quiet=as_json) as progress:
        if synthetic:
            made = demonstration.build_synthetic(chosen, progress)
        else:
            outcome = demonstration.build(chosen, progress)
    if synthetic:
        screen.answer(demonstration.said(chosen, made), as_json=as_json, title="invented world")
    else:
        output.refreshed(outcome, as_json=as_json)
        if outcome.has_failed:
            raise typer.Exit(DATA_PROBLEM)
    if serve:
        _serve(port, "127.0.0.1", chosen)


@program.command()
def app(port: int = 8501, address: str = "127.0.0.1") -> None:
    """Serve the app; it reads the current store and never writes it."""
    _serve(port, address, store_home())


@program.command()
def rules(
    chip: Annotated[
        str,
        typer.Argument(help="Part, as the page Rules lists them, or a short name such as H800"),
    ],
    to: Annotated[str, typer.Option(help="Destination (ISO 3166-1 alpha-2).")],
    on: Annotated[str, typer.Option(help="Day, YYYY-MM-DD.")],
    hq: Annotated[str, typer.Option(help="Country of the owner's headquarters.")] = "",
    regime: Annotated[str, typer.Option(help="enforced or codified")] = "enforced",
    as_json: Json = False,
) -> None:
    """Say whether a licence was required for a part, destination and day, and why."""
    output.ruled(chip, to, on, hq, regime, as_json=as_json)


@program.command()
def claims(
    model: Annotated[
        str, typer.Argument(help="A published model; none = all of them side by side")
    ] = "",
    parameters: Annotated[
        float | None, typer.Option(help="Active parameters (billions).")
    ] = None,
    tokens: Annotated[float | None, typer.Option(help="Tokens (millions of millions).")] = None,
    flop: Annotated[
        float | None, typer.Option(help="Operations, instead of parameters and tokens.")
    ] = None,
    chip: Annotated[str, typer.Option(help="Class of accelerator, for example hopper.")] = "",
    hours: Annotated[float | None, typer.Option(help="Accelerator hours.")] = None,
    accelerators: Annotated[
        float | None,
        typer.Option(help="Number of accelerators: gives days, or hours with --days."),
    ] = None,
    days: Annotated[float | None, typer.Option(help="Length of the run (days).")] = None,
    precision: Annotated[str, typer.Option(help="bf16 or fp8")] = "bf16",
    organisation: Annotated[
        str, typer.Option(help="Computing it claimed over time, against hardware disclosed.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Say what a published training claim implies, and what it cannot tell."""
    if organisation:
        output.claimed_by(store_home(), organisation, as_json=as_json)
        return
    own = Claim(
        model or "your claim",
        parameters,
        tokens,
        flop,
        chip or None,
        accelerators,
        hours,
        days,
        precision,
    )
    output.claimed(model, own, as_json=as_json)


program.command()(compute.ledger)
program.command("screen")(screening.list_)
program.command()(judging.judge)
program.command()(evaluating.evaluate)
program.add_typer(reviewing.program, name="review", help="List what people decided, or decide.")


@program.command()
def doctor(as_json: Json = False) -> None:
    """Check the installation, the store, the archive and every source."""
    rows = checks.run(store_home(), providers.find())
    screen.answer(rows, as_json=as_json, title="doctor")
    if any(row["state"] == "problem" for row in rows):
        raise typer.Exit(DATA_PROBLEM)


@program.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"indicia {__version__}")
        raise typer.Exit


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _serve(port: int, address: str, home: Path) -> None:
    root = bundled.ROOT
    command = [
        sys.executable,
        "-m",
        "app.serve",
        f"--server.port={port}",
        f"--server.address={address}",
        "--server.headless=true",
    ]
    paths = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    environ = {**os.environ, "INDICIA_HOME": str(home), "PYTHONPATH": paths}
    screen.say(f"The app is at http://{address}:{port} (stop with Ctrl-C).")
    with subprocess.Popen(command, env=environ, cwd=root / "app") as server:  # noqa: S603 -- our own interpreter and file
        try:
            server.wait()
        except KeyboardInterrupt:
            server.terminate()


def main() -> None:
    """Run the program; the one place where our errors become a line and an exit code."""
    try:
        program()
    except UsageError as error:
        screen.say(f"indicia: {error}")
        raise SystemExit(USAGE_PROBLEM) from None
    except IndiciaError as error:
        screen.say(f"indicia: {error}")
        raise SystemExit(DATA_PROBLEM) from None
