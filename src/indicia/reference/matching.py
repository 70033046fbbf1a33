"""How often an unlisted name meets a listed party for no reason, as measured (matching_false_hits.toml)."""

import tomllib
from dataclasses import dataclass
from functools import cache

from indicia import bundled
from indicia.errors import ReferenceTableError

FILE = "data/reference/matching_false_hits.toml"


@dataclass(frozen=True, slots=True)
class FalseHits:
    """Unlisted names that met a listed party, of every 10,000 held against it.

    Args:
        per_10000_count: Names with at least one hit, per 10,000.
        low_count: Lower end of the 95 % interval, per 10,000.
        high_count: Upper end.
        names_count: Unlisted names measured.
        targets_count: Names of listed parties they were held against.
        where: What was measured, and where the report stands.
    """

    per_10000_count: float
    low_count: float
    high_count: float
    names_count: int
    targets_count: int
    where: str


@cache
def false_hits() -> FalseHits | None:
    """The measured rate; None where it was not measured for these rules of matching.

    Raises:
        ReferenceTableError: The file cannot be read or says something impossible.
    """
    path = bundled.path(FILE)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")).get("false_hits")
        found = FalseHits(**told) if told else None
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise ReferenceTableError(
            "matching_false_hits", f"cannot be read from {path}: {error}"
        ) from error
    if found and not 0 <= found.low_count <= found.per_10000_count <= found.high_count:
        raise ReferenceTableError(
            "matching_false_hits", "false_hits: expected 0 <= low <= rate <= high"
        )
    return found
