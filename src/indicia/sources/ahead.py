"""Reading one step ahead: the next body is made while the last one is loaded."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")


def ahead(things: Iterator[Thing]) -> Iterator[Thing]:
    """The same things in the same order; each is made in a thread while the one before is used.

    At most one waits, so that memory stays bounded. An error of the iterator is raised where the
    thing would have come.
    """
    end = object()
    with ThreadPoolExecutor(1, "ahead") as worker:
        coming = worker.submit(next, things, end)
        while (thing := coming.result()) is not end:
            coming = worker.submit(next, things, end)
            yield thing  # type: ignore[misc]  # `end` is the only other object
