"""From a hash on a dossier down to the bytes that a publisher sent."""

from collections.abc import Collection
from pathlib import Path

from indicia.answers.reader import Reader
from indicia.errors import StoreError
from indicia.sources.archive import Archive

NO_BODY = "{}: no fetch of these data has this hash."
WITHHELD = "The terms of {} do not let its bodies be passed on. This one lies in the archive beside the store, under {}."


def body(store: Reader, home: Path, digest: str, closed: Collection[str]) -> bytes:
    """The archived bytes under a hash, held against it.

    Args:
        store: The store whose rows cite the hash.
        home: The folder with the archive beside it.
        digest: SHA-256 of the body, in hex.
        closed: Sources whose values may not be passed on.

    Raises:
        StoreError: No fetch has the hash, the source is closed, or the body is missing or another.
    """
    found = store.sql('SELECT DISTINCT source FROM "fetch" WHERE sha256 = ?', [digest])
    if found.is_empty():
        raise StoreError(NO_BODY.format(digest))
    source = str(found["source"].min())
    if source in closed:
        raise StoreError(WITHHELD.format(source, digest))
    return Archive(home).read(source, digest)
