"""Where the files that ship with the library lie: in the clone, or inside an installed wheel."""

from pathlib import Path

HERE = Path(__file__).parent
IN_WHEEL = HERE / "_bundled"
ROOT = IN_WHEEL if IN_WHEEL.is_dir() else HERE.parents[1]


def path(relative: str) -> Path:
    """The shipped file or folder at `relative`, for example `data/reference/chips.csv`."""
    return ROOT / relative


def is_clone() -> bool:
    """Whether the library runs from a clone of the repository."""
    return ROOT is not IN_WHEEL
