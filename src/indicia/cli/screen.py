"""How the program speaks: progress on the error stream, answers on the output, one line per error."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

ERRORS = Console(stderr=True)
OUTPUT = Console()


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line that says what is being done and for how long."""
    if quiet or not ERRORS.is_terminal:
        yield (
            (lambda _text: None)
            if quiet
            else lambda text: ERRORS.print(Text(text), highlight=False)
        )
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=ERRORS,
        transient=True,
    ) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda text: bar.update(task, description=text)


def answer(rows: Sequence[Mapping[str, object]], *, as_json: bool, title: str = "") -> None:
    """Print rows as a table, or as JSON for another program."""
    if as_json:
        sys.stdout.write(
            json.dumps(list(rows), ensure_ascii=False, indent=1, default=str) + "\n"
        )
        return
    if not rows:
        OUTPUT.print(Text(f"{title}: nothing" if title else "nothing"))
        return
    shown = Table(title=title or None, title_justify="left")
    for name in rows[0]:
        shown.add_column(name, overflow="fold")
    for row in rows:
        shown.add_row(*(Text("" if v is None else str(v)) for v in row.values()))
    OUTPUT.print(shown)


def say(text: str) -> None:
    """One line on the error stream, so that the output stays data."""
    ERRORS.print(Text(text), highlight=False, soft_wrap=True)
