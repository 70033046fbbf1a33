"""What a publisher is, and how its two vintages differ.

Vintage 2 revises every third value, withdraws one key and adds one. A publisher is a function of a
request and the vintage; None means 404.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

LAST_DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
KEY = "hush-hush"


@dataclass(frozen=True, eq=False)
class Publisher:
    """One publisher.

    Args:
        job: The job that reads it.
        serve: Its answer to a request in a vintage.
        environ: What a user has set.
        facts: Facts of the definition that a small world needs otherwise.
        since: The day that is asked from, where the whole history would be hundreds of requests.
        pages: Names in the query or the form that tell pages of one thing apart.
        small: Constants of a parser's module that make few rows enough for several pages.
        brief: Constants that leave fewer things to ask for, each kind of them still among them.
        own: Faults that only this publisher has: kind -> what makes it from a seed.
        own_at: Number of a request that they befall: one with a further page, or for a zip.
    """

    job: str
    serve: Callable
    environ: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    since: date | None = None
    pages: tuple[str, ...] = ()
    small: Mapping[str, object] = field(default_factory=dict)
    brief: Mapping[str, object] = field(default_factory=dict)
    own: Mapping[str, Callable] = field(default_factory=dict)
    own_at: int = 0

    def briefly(self) -> "Publisher":
        """The same publisher with fewer things to ask for."""
        return replace(self, small={**self.small, **self.brief})


def counted(vintage, size):
    """Numbers of the keys there are, and whether each is revised in this vintage."""
    keys = range(size) if vintage == 1 else [*range(1, size), size]
    return [(n, vintage == 2 and n % 3 == 0) for n in keys]
