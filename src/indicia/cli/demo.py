"""The demonstration: the committed starter facts through the same pipeline as everything else."""

from datetime import date
from pathlib import Path

from indicia import bundled
from indicia.cli import providers, work
from indicia.cli.work import Outcome, Progress

STARTER = "data/starter"
STARTER_DAY = date(2026, 11, 21)


def build(home: Path, progress: Progress = lambda _text: None) -> Outcome:
    """Load the starter facts into `home` and weigh them; doing it again changes nothing."""
    found = providers.find()
    tasks = work.starter_tasks(found.jobs, bundled.path(STARTER))
    return work.refresh(home, tasks, progress=progress, today=STARTER_DAY)
