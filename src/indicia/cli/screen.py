"""How the program speaks: progress on the error stream, answers on the output, one line per error."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from indicia.sources.meter import Meter

ERRORS = Console(stderr=True)
OUTPUT = Console()
SILENT = (None, "", 0)
SECONDS_BETWEEN_LINES = 10.0
MOST_SHORT = 27  # the longest name of a source


class Teller:
    """Says what is being done: on a terminal as bars, in a log as plain lines, or not at all."""

    def __init__(self, bars: Progress | None, *, quiet: bool) -> None:
        self._bars, self._quiet = bars, quiet
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, float] = {}
        self._line = bars.add_task("starting", total=None, figures="") if bars else None

    def __call__(self, text: str) -> None:
        """One thing that is being done."""
        if self._bars and self._line is not None:
            self._bars.update(self._line, description=text)
        elif not self._quiet:
            ERRORS.print(Text(text), highlight=False, soft_wrap=True)

    def watch(self, source: str, meter: Meter) -> None:
        """How far one source is: bodies of those planned, rows, bytes."""
        total = meter.planned or None
        figures = f"{meter.rows:,} rows, {decimal(meter.read_bytes)}"
        if self._bars:
            if source not in self._tasks:
                self._tasks[source] = self._bars.add_task(source, total=total, figures="")
            done = meter.done + meter.part
            task = self._tasks[source]
            self._bars.update(task, total=total, completed=done, figures=figures)
        elif not self._quiet and time.monotonic() >= self._told.get(source, 0.0):
            self._told[source] = time.monotonic() + SECONDS_BETWEEN_LINES
            self(f"{source}: {meter.done} of {meter.planned or 'unknown'} bodies, {figures}")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Teller]:
    """Bars with rows, bytes and the time left on a terminal; plain lines elsewhere."""
    if quiet or not ERRORS.is_terminal:
        yield Teller(None, quiet=quiet)
        return
    with Progress(
        BarColumn(20),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.fields[figures]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=ERRORS,
        transient=True,
    ) as bars:
        yield Teller(bars, quiet=False)


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
