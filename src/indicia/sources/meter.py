"""What a live refresh has asked and read so far: for the screen, and for the report of the run."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Meter:
    """Counts of one run of one job.

    Args:
        tell: Called whenever a count moves.
        planned: Bodies the plan names; 0 while it is not known.
        done: Of those, read.
        requests: Requests sent, repeats included.
        unchanged: Bodies the publisher says have not changed (304).
        resumed: Bodies taken from the archive because an interrupted run had read them.
        read_bytes: Bytes read, decompressed.
        rows: Records read.
        part: Share of the body being read that has come, where its length is stated.
    """

    tell: Callable[["Meter"], None] = lambda _meter: None
    planned: int = 0
    done: int = 0
    requests: int = 0
    unchanged: int = 0
    resumed: int = 0
    read_bytes: int = 0
    rows: int = 0
    part: float = 0.0

    def took(self, count: int, part: float) -> None:
        """So many bytes more came."""
        self.read_bytes += count
        self.part = part
        self.tell(self)

    def finished(self) -> None:
        """One thing of the plan has been read to its end."""
        self.done, self.part = self.done + 1, 0.0
        self.tell(self)
