"""Rows that passed their checks and wait to be loaded, and the file whose pieces they came in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from indicia.sources.contract import Fetch, Rejection
from indicia.sources.definition import MEBIBYTE

MOST_WAITING_ROWS, MOST_OF_PIECES = (
    500_000,
    122_880,
)  # the second: one group of rows in the store
MOST_WAITING_BYTES = 64 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Checked:
    """Checked rows of one table from one body."""

    fetch: Fetch
    table: str
    frame: pl.DataFrame
    file: str = ""


@dataclass
class OpenFile:
    """What the pieces of a file have said so far.

    Args:
        name: The file; empty where bodies are whole.
        fetch: Its newest piece.
        pieces: How many were read.
        rows_in: Rows read.
        rows_kept: Rows that passed.
        rejections: The first few.
        short: Rows that wait until the file has as many as a healthy one.
        is_enough: It has.
    """

    name: str = ""
    fetch: Fetch | None = None
    pieces: int = 0
    rows_in: int = 0
    rows_kept: int = 0
    rejections: tuple[Rejection, ...] = ()
    short: list[Checked] = field(default_factory=list)
    is_enough: bool = False


def by_table(pieces: Iterable[Checked]) -> list[list[Checked]]:
    """The rows of each table together."""
    grouped: dict[str, list[Checked]] = {}
    for piece in pieces:
        grouped.setdefault(piece.table, []).append(piece)
    return list(grouped.values())


def by_file(pieces: Iterable[Checked]) -> list[list[Checked]]:
    """The rows of each file together."""
    grouped: dict[str, list[Checked]] = {}
    for piece in pieces:
        grouped.setdefault(piece.file, []).append(piece)
    return list(grouped.values())


def is_much(waiting: Sequence[Checked], *, are_pieces: bool) -> bool:
    """Whether so many rows wait that they should be loaded before more are read."""
    rows = sum(p.frame.height for p in waiting)
    size = sum(p.frame.estimated_size() for p in waiting)
    most = MOST_OF_PIECES if are_pieces else MOST_WAITING_ROWS
    return rows > most or size > MOST_WAITING_BYTES
