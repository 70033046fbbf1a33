"""What is known of a body that is loaded, and what its load changed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delta:
    """How many keys one load added, changed and ended."""

    added: int = 0
    changed: int = 0
    vanished: int = 0

    def __add__(self, other: "Delta") -> "Delta":
        """Both together."""
        return Delta(
            self.added + other.added,
            self.changed + other.changed,
            self.vanished + other.vanished,
        )

    @property
    def is_empty(self) -> bool:
        """Nothing new."""
        return not (self.added or self.changed or self.vanished)


@dataclass(frozen=True, slots=True)
class Vintage:
    """When a body was public and read, and whether it is the whole dataset.

    Args:
        public_utc: When the body as a whole was public (stated, else the time of the fetch).
        fetched_utc: When it was read.
        fetch_id: Its fetch.
        is_snapshot: A held key that it lacks has vanished.
        next_utc: Publication of the next later snapshot already loaded, if any: then this body
            is an earlier vintage that arrives late, and what is known of later days must stay.
        next_fetch_id: The fetch of that snapshot.
    """

    public_utc: datetime
    fetched_utc: datetime
    fetch_id: str
    is_snapshot: bool
    next_utc: datetime | None = None
    next_fetch_id: str = ""
