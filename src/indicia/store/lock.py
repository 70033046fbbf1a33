"""One writer at a time: a lock file that the operating system releases when its holder dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from indicia.errors import StoreError

POLL_SECONDS = 0.1


@contextmanager
def writing(home: Path, wait_seconds: float, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the right to write for the length of a `with` block.

    Args:
        home: The folder of the store.
        wait_seconds: How long to wait for another writer (s).
        waiting: Told once, if another writer must be waited for.

    Raises:
        StoreError: Another refresh still holds the lock after `wait_seconds`.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "refresh.lock"
    with path.open("a+", encoding="utf-8") as file:
        _take(file.fileno(), path, wait_seconds, waiting)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def _take(handle: int, path: Path, wait_seconds: float, waiting: Callable[[str], None]) -> None:
    until, told = time.monotonic() + wait_seconds, False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = path.read_text(encoding="utf-8").strip() or "unknown"
            if time.monotonic() >= until:
                message = (
                    f"{path}: another refresh (process {holder}) is still writing after "
                    f"{wait_seconds:g} s. Wait for it, or stop it and run again."
                )
                raise StoreError(message) from None
            if not told:
                waiting(f"another refresh (process {holder}) is writing; waiting")
                told = True
            time.sleep(POLL_SECONDS)
        else:
            return
