"""How the program speaks: progress on the error stream, answers on the output, one line per error."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

ERRORS = Console(stderr=True)
OUTPUT = Console()
SILENT = (None, "", 0)
MOST_SHORT = 27  # the longest name of a source


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
        BarColumn(20),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=ERRORS,
        transient=True,
    ) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda text: bar.update(task, description=text)


def answer(rows: Sequence[Mapping[str, object]], *, as_json: bool, title: str = "") -> None:
    """Print rows as a table (columns that say nothing are left out), or all of it as JSON."""
    if as_json:
        sys.stdout.write(
            json.dumps(list(rows), ensure_ascii=False, indent=1, default=str) + "\n"
        )
        return
    if not rows:
        OUTPUT.print(Text(f"{title}: nothing" if title else "nothing"))
        return
    told = [name for name in rows[0] if any(row[name] not in SILENT for row in rows)]
    shown = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1))
    for name in told:
        is_number = all(isinstance(row[name], int | float) for row in rows)
        is_short = max(len(str(row[name])) for row in rows) <= MOST_SHORT
        shown.add_column(
            name,
            overflow="fold",
            no_wrap=is_short,
            min_width=None if is_short else MOST_SHORT,
            justify="right" if is_number else "left",
        )
    for row in rows:
        shown.add_row(*(Text("" if row[n] is None else str(row[n])) for n in told))
    OUTPUT.print(shown)


def say(text: str) -> None:
    """One line on the error stream, so that the output stays data."""
    ERRORS.print(Text(text), highlight=False, soft_wrap=True)
