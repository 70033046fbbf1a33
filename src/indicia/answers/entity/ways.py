"""How two organisations are connected, told hop by hop."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from indicia.answers.entity.finding import Opened
from indicia.answers.reader import Reader
from indicia.entities.graph import Cap, paths
from indicia.store import Workspace

CAP = Cap()
NO_WAY = (
    f"No way of at most {CAP.hops} hops is on record on this day. That does not mean there is none: "
    "registers state few owners, and possible matches are not followed."
)
CUT = "The search met a limit: there may be more ways than these, or shorter ones through busy addresses."


class Asked(Reader, Protocol):
    """A store that the graph of organisations can be asked of."""

    def cursor(self) -> Workspace:
        """A connection in which tables have their plain names."""
        ...


@dataclass(frozen=True, slots=True)
class Ways:
    """The shortest ways from one organisation to another on a day.

    Args:
        hops: One row per hop with `path_no`, `hop_no`, both names, kind, share, days and the row it
            stands in.
        told: Each way in sentences.
        caveat: What the search cannot say.
    """

    hops: pl.DataFrame
    told: tuple[str, ...]
    caveat: str


def ways(store: Asked, one: Opened, other: Opened, on: date) -> Ways:
    """The shortest ways between two organisations: owners, sites, addresses.

    Args:
        store: The store.
        one: Where to start.
        other: Where to arrive.
        on: The day on which relations are in force.
    """
    cursor = store.cursor()
    try:
        found = paths(cursor, one.entity_id, other.entity_id, on)
    finally:
        cursor.close()
    told = found.hops.group_by("path_no", maintain_order=True).agg(
        pl.col("sentence").str.join("\n")
    )["sentence"]
    caveat = NO_WAY if found.hops.is_empty() else CUT if found.is_cut else ""
    return Ways(found.hops, tuple(told), caveat)
