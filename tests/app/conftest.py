"""Homes to look at: the demonstration, an invented world, and one with nothing in it."""

from pathlib import Path

import made_store
import pytest

from indicia.cli import demo
from indicia.store import Store


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo")
    demo.build(home)
    return home


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_store.build(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def made(made_home):
    with Store.open(made_home) as store:
        yield store


@pytest.fixture(scope="session")
def starter(demo_home):
    with Store.open(demo_home) as store:
        yield store
