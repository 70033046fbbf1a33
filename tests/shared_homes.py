"""Homes that every process of a run asks for: built once, read by all, copied by those that write."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def shared(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """The home of that name, which the first process of the run that needs it builds.

    Args:
        factory: Where the run keeps its temporary files.
        name: What the home is called.
        build: Fills an empty folder.
    """
    base = factory.getbasetemp()
    # Under xdist each worker has a folder of its own below that of the run.
    root = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    home, done = root / f"shared-{name}", root / f"shared-{name}.done"
    with (root / f"shared-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            build(home)
            done.touch()
    return home


def copied(home: Path, target: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(home, target, dirs_exist_ok=True)
