"""What a world assumes: its numbers, its level, its calendar and its streams of chance."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Months = npt.NDArray[np.datetime64]
LEVELS = ("easy", "middle", "hard")


@cache
def assumptions() -> dict[str, Any]:
    """The file of assumptions, read once."""
    text = (
        resources.files("indicia.world.making").joinpath("assumptions.toml").read_text("utf-8")
    )
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True)
class Setting:
    """One world to be made.

    Args:
        seed: Equal seeds give equal bytes.
        level: One of `LEVELS`.
    """

    seed: int
    level: str

    @property
    def as_of(self) -> date:
        """The day the world is looked at from; nothing published later is in it."""
        return date.fromisoformat(assumptions()["calendar"]["as_of"])

    def chance(self, part: str) -> np.random.Generator:
        """A stream of its own for each part, so that one part's draws do not move another's."""
        return np.random.default_rng(
            [self.seed, LEVELS.index(self.level), crc32(part.encode())]
        )

    def hard(self, name: str) -> float:
        """One of the numbers that tell the levels apart."""
        return float(assumptions()["levels"][self.level][name])

    def months(self, count: int) -> Months:
        """The first days of the last `count` months before the day looked from."""
        last = np.datetime64(self.as_of, "M")
        return last - np.arange(count)[::-1]


def number(section: str, name: str) -> float:
    """One number of a section."""
    return float(assumptions()[section][name])


def between(chance: np.random.Generator, section: str, name: str, count: int) -> Floats:
    """Even draws between the two numbers of a range."""
    low, high = assumptions()[section][name]
    return chance.uniform(low, high, count)


def of_country(table: dict[str, float], country: str) -> float:
    """A country's number, or the one for all others."""
    return float(table.get(country, table.get("default", 0.0)))
