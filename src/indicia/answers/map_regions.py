"""Where the map looks."""

from dataclasses import dataclass
from math import degrees

from indicia.answers.places import WORLD, Box

HEIGHT, WIDEST = 620, 1600


@dataclass(frozen=True, slots=True)
class Region:
    """Where the map looks: centre in degrees and scale in pixels per radian; 0 shows the world.

    Args:
        longitude_deg: Centre.
        latitude_deg: Centre.
        scale: Pixels per radian.
        cell_deg: Width of a cell where facilities are too many to draw one by one.
    """

    longitude_deg: float = 0
    latitude_deg: float = 0
    scale: float = 0
    cell_deg: float = 5

    @property
    def box(self) -> Box:
        """What the widest screen shows of it, with some room."""
        if not self.scale:
            return WORLD
        half, height = degrees(WIDEST / 2 / self.scale), degrees(HEIGHT / 2 / self.scale)
        return (
            max(self.longitude_deg - half, -180), max(self.latitude_deg - height, -90),
            min(self.longitude_deg + half, 180), min(self.latitude_deg + height, 90),
        )  # fmt: skip


REGIONS = {
    "World": Region(),
    "East Asia": Region(113, 34, 640, 1),
    "South-East Asia": Region(108, 6, 900, 1),
    "Gulf": Region(50, 25, 1300, 0.5),
    "Europe": Region(12, 52, 720, 1),
    "North America": Region(-98, 40, 620, 1),
    "Invented world": Region(-118, -42, 1000, 0.5),
}


def offered(kind: str) -> list[str]:
    """The regions for data of a kind; invented places lie in the empty south of the Pacific."""
    return [name for name in REGIONS if kind == "synthetic" or name != "Invented world"]
