"""Homes to look at, beside the demonstration: an invented world."""

from pathlib import Path

import made_store
import pytest
from shared_homes import shared

from indicia.store import Store


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared(tmp_path_factory, "made", made_store.build)


@pytest.fixture(scope="session")
def made(made_home):
    with Store.open(made_home) as store:
        yield store


@pytest.fixture(scope="session")
def starter(demo_home):
    with Store.open(demo_home) as store:
        yield store
