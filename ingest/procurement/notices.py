"""What parsers of notices share: one row per line, and a notice that names what it lacks."""

from collections.abc import Iterable

import polars as pl

from indicia.schema import PROCUREMENT_NOTICE
from indicia.sources.contract import Rejection

Check = tuple[str, bool, str, object]


def is_sound(place: str, checks: Iterable[Check], issues: list[Rejection]) -> bool:
    """Whether no check is broken; the first that is becomes an issue.

    Args:
        place: Where the notice stands.
        checks: Rule, whether it is broken, what it expects, what it received.
        issues: Where the issue is added.
    """
    for rule, is_broken, expected, received in checks:
        if is_broken:
            issues.append(Rejection(rule, place, expected, str(received)))
            return False
    return True


def each_once(
    frame: pl.DataFrame, what: str, place: str, issues: list[Rejection]
) -> pl.DataFrame:
    """One row per process, notice and line: the last; how many repeated them is an issue."""
    once = frame.unique(PROCUREMENT_NOTICE.key, keep="last", maintain_order=True)
    if repeated := frame.height - once.height:
        received = f"{repeated} further rows of the same process, notice and line"
        rule, expected = f"{what} repeated", f"each {what} once"
        issues.append(Rejection(rule, place, expected, received, count=repeated))
    return once
