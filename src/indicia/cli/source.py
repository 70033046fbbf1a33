"""`indicia source`: write the files of a new source, or say what one still lacks."""

import re
from pathlib import Path
from typing import Annotated

import typer

from indicia import bundled
from indicia.cli import screen, source_check, source_template
from indicia.errors import UsageError
from indicia.schema import OBSERVED

DATA_PROBLEM = 1
NAME = re.compile(r"[a-z][a-z0-9]*/[a-z][a-z0-9_]*")
program = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="family/name, in lower case")]


@program.command("new")
def new(
    name: Name,
    table: Annotated[str, typer.Option(help="The table its parser fills.")] = "event",
) -> None:
    """Write definition, parser and a replayed response; each says what is to be filled in."""
    if not NAME.fullmatch(name):
        message = f"{name!r} is no family/name: letters, digits and _ in lower case, for example power/gridwatch."
        raise UsageError(message)
    if table not in OBSERVED:
        message = f"no table is named {table}. Tables: {', '.join(sorted(OBSERVED))}."
        raise UsageError(message)
    if not bundled.is_clone():
        message = f"{bundled.ROOT}: this is an installed wheel. Run the command in a clone."
        raise UsageError(message)
    root = bundled.ROOT
    files = source_template.files(name, OBSERVED[table])
    present = [
        path for path in files if (root / path).exists() and not path.endswith("__init__.py")
    ]
    if present:
        message = f"{', '.join(present)}: there already. Choose another name, or edit them."
        raise UsageError(message)
    for path, text in files.items():
        target = root / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            screen.say(f"written: {path}")
    screen.say(f"Fill in what is marked, then run `indicia source check {name}`.")


@program.command("check")
def check(
    name: Name, as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False
) -> None:
    """Run the contract of a source: definition, plan, replayed and mutated responses."""
    definition = bundled.path("ingest") / f"{name}.toml"
    if not NAME.fullmatch(name) or not definition.is_file():
        message = f"{Path('ingest') / name}.toml: no such definition. `indicia source new {name}` writes one."
        raise UsageError(message)
    rows = source_check.run(name, bundled.ROOT)
    screen.answer(rows, as_json=as_json, title=f"source {name}")
    if any(row["state"] == source_check.PROBLEM for row in rows):
        raise typer.Exit(DATA_PROBLEM)
