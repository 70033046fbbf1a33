"""What every test run needs once."""

import atexit
import os
from pathlib import Path

import pytest
from hypothesis import settings
from shared_homes import copied, shared

from indicia.cli import demo


def _end_quietly():
    """DuckDB's binding lists types of its own that outlive it; pytest's closing line stays the last."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


atexit.register(_end_quietly)
# A loaded machine is no fault of what is tried, and the edges are met within fifty examples.
settings.register_profile("indicia", settings.default, deadline=None, max_examples=50)
settings.load_profile("indicia")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, to be read only."""
    return shared(tmp_path_factory, "demo", demo.build)


@pytest.fixture
def own_demo_home(demo_home: Path, tmp_path: Path) -> Path:
    """The demonstration, to be changed: a folder below the test's own."""
    return copied(demo_home, tmp_path / "demo")
