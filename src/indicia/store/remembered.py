"""Answers that a store gave before: its files never change, so neither do they."""

import json
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

import polars as pl

MEBIBYTE = 1 << 20
MOST_BYTES, MOST_BYTES_OF_ONE = 96 * MEBIBYTE, 8 * MEBIBYTE


class Remembered:
    """The answers asked last, up to a number of bytes; safe to ask from several threads.

    Args:
        most_bytes: How much is held in all; the answers that nobody asked for the longest go first.
        most_bytes_of_one: A larger answer is given, and not held.
    """

    def __init__(
        self, most_bytes: int = MOST_BYTES, most_bytes_of_one: int = MOST_BYTES_OF_ONE
    ) -> None:
        self._most, self._most_of_one = most_bytes, most_bytes_of_one
        self._lock, self._turns = Lock(), dict[str, Lock]()
        self._held: OrderedDict[str, pl.DataFrame] = OrderedDict()
        self._bytes = 0

    def answer(self, key: str, ask: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """What is held under `key`, else what `ask` gives; of several who ask at once, one asks."""
        with self._lock:
            turn = self._turns.setdefault(key, Lock())
        with turn:
            with self._lock:
                found = self._held.get(key)
                if found is not None:
                    self._held.move_to_end(key)
            if found is None:
                found = ask()
                self._keep(key, found)
        with self._lock:
            self._turns.pop(key, None)
        return found.clone()  # shares the rows; whoever adds a column adds it to his own

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self._bytes = 0

    def _keep(self, key: str, found: pl.DataFrame) -> None:
        size = int(found.estimated_size()) + len(key)
        if size > self._most_of_one:
            return
        with self._lock:
            self._held[key] = found
            self._bytes += size
            while self._bytes > self._most:
                old, gone = self._held.popitem(last=False)
                self._bytes -= int(gone.estimated_size()) + len(old)


def key(query: str, params: object) -> str:
    """A question as text: equal texts ask the same. Raises TypeError where `params` cannot be told so."""
    return query + json.dumps(params, default=_of_date)


def _of_date(value: object) -> list[str]:
    if isinstance(value, date):
        return ["date", value.isoformat()]
    raise TypeError(type(value).__name__)
