"""How often an unlisted name meets a listed party for no reason, as measured (matching_false_hits.toml)."""

import tomllib
from dataclasses import dataclass
from functools import cache

from indicia import bundled
from indicia.errors import ReferenceTableError

TABLE = "matching_false_hits"
FILE = "data/reference/matching_false_hits.toml"


@dataclass(frozen=True, slots=True)
class Rate:
    """Of every 10,000 unlisted names, how many met at least one listed party.

    Args:
        per_10000_count: Names with a hit, per 10,000.
        low_count: Lower end of the 95 % interval, per 10,000.
        high_count: Upper end.
    """

    per_10000_count: float
    low_count: float
    high_count: float

    def __post_init__(self) -> None:
        """Refuse a rate that cannot be."""
        if not 0 <= self.low_count <= self.per_10000_count <= self.high_count:
            raise ReferenceTableError(TABLE, f"expected 0 <= low <= rate <= high, found {self}")


@dataclass(frozen=True, slots=True)
class FalseHits:
    """Hits for no reason, as measured on unlisted names.

    Args:
        with_country: Where a country stands beside the name.
        without_country: Where none does.
        names_count: Unlisted names measured.
        targets_count: Names of listed parties they were held against.
        where: What was measured, and where the report stands.
    """

    with_country: Rate
    without_country: Rate
    names_count: int
    targets_count: int
    where: str


@cache
def false_hits() -> FalseHits | None:
    """The measured rates; None where they were not measured for these rules of matching.

    Raises:
        ReferenceTableError: The file cannot be read or says something impossible.
    """
    path = bundled.path(FILE)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")).get("false_hits")
        if not told:
            return None
        one, other = (Rate(**told.pop(name)) for name in ("with_country", "without_country"))
        return FalseHits(one, other, **told)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ReferenceTableError(TABLE, f"cannot be read from {path}: {error}") from error
