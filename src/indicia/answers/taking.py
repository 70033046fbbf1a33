"""A list is taken along: written down first, then its version kept for good, then handed out."""

from collections.abc import Mapping

from indicia.answers import citation, flagged, sources
from indicia.answers.flagged import Flagged
from indicia.review import Act, Journal, desk
from indicia.sources.definition import Source
from indicia.store import Store, cite


def written_down(
    journal: Journal, act: Act, store: Store, found: Flagged, fmt: str, way: str
) -> None:
    """Log an export, and keep the store that it cites for as long as the home exists.

    Args:
        journal: Of the home that the store lies in.
        act: Who takes it, when.
        store: The store.
        found: The list.
        fmt: One of `export.FORMATS`.
        way: `page` or `command`.

    Raises:
        AccessError: The person may not read.
        JournalError: It cannot be written down; then nothing may be handed out.
    """
    desk.taken(
        journal, act, found.stamp.list_id, fmt=fmt, query=found.stamp.query, rows_count=found.rows.height,
        unreviewed_count=found.unreviewed_count, way=way,
    )  # fmt: skip
    if store.manifest.sequence:
        cite(journal.home, store.manifest)


def bundle(
    journal: Journal,
    act: Act,
    store: Store,
    found: Flagged,
    fmt: str,
    known: Mapping[str, Source],
) -> bytes:
    """The list, its evidence, stamp, citation and terms as one ZIP, once it is written down."""
    written_down(journal, act, store, found, fmt, "page")
    return flagged.bundle(found, fmt, sources.withheld(known), citation.beside(found, known))
