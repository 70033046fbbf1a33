"""The demonstrations: the committed starter facts, or an invented world, through the usual pipeline."""

from datetime import date
from pathlib import Path

from indicia import bundled
from indicia.cli import providers, work
from indicia.cli.work import Outcome, Progress
from indicia.store import Manifest
from indicia.world.making import make
from indicia.world.publishing import publish

STARTER = "data/starter"
STARTER_DAY = date(2026, 11, 21)
# A world of the middle level in which leads of three stories and a false one can be walked through.
WORLD_SEED, WORLD_LEVEL, WORLD_FACILITIES = 121, "middle", 1000


def build(home: Path, progress: Progress = lambda _text: None) -> Outcome:
    """Load the starter facts into `home` and weigh them; doing it again changes nothing."""
    found = providers.find()
    tasks = work.starter_tasks(found.jobs, bundled.path(STARTER))
    return work.refresh(home, tasks, progress=progress, today=STARTER_DAY)


def synthetic_home(home: Path) -> Path:
    """The folder of the invented world, apart from everything real."""
    return home / "synthetic"


def build_synthetic(home: Path, progress: Progress = lambda _text: None) -> Manifest:
    """Make an invented world in `home` and weigh it; doing it again changes nothing."""
    progress("inventing a world")
    return publish(home, make(WORLD_SEED, WORLD_LEVEL, WORLD_FACILITIES), progress)


def said(home: Path, made: Manifest) -> list[dict[str, object]]:
    """Which invented world lies where."""
    return [
        {
            "seed": WORLD_SEED,
            "level": WORLD_LEVEL,
            "facilities": WORLD_FACILITIES,
            "data_version": made.data_version,
            "kind": made.kind,
            "home": str(home),
        }
    ]
