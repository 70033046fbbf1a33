"""A real server on a free port of this machine, and the browser that is installed."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import identity
import made_entities
import made_store
import pytest
from served import publishing
from shared_homes import copied

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-default-apps", "--no-first-run",
)  # fmt: skip
TRIES, PAUSE_S = 150, 0.2


def browser() -> str:
    """The browser to drive, or an empty string."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    return named or (str(ON_MACOS) if ON_MACOS.exists() else "")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """An installed Chromium; nothing is downloaded."""
    path = browser()
    if not path:
        reason = "no Chromium found: set CHROMIUM to its path"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return {**browser_type_launch_args, "executable_path": path, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A screen on which a whole page can be seen."""
    return {**browser_context_args, "viewport": {"width": 1280, "height": 1800}}


@dataclass(frozen=True)
class Server:
    """A running app: where it answers, its process, and the home it reads."""

    url: str
    pid: int
    home: Path


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def serving(home: Path, port: int = 0) -> Iterator[Server]:
    """Serve `home` until the caller is done, at a free port unless one is named."""
    port = port or free_port()
    command = [sys.executable, "-m", "app.serve", f"--server.port={port}"]
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environ = {**os.environ, "INDICIA_HOME": str(home), "PYTHONPATH": paths}
    # The folder is foreign, so that only the settings beside the app can apply.
    log = home / "server.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=home, env=environ, stdout=out, stderr=out) as server,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            if not any(answers(url) for _ in range(TRIES)):
                pytest.fail(
                    f"the server did not answer: {log.read_text(errors='replace')[-2000:]}"
                )
            yield Server(url, server.pid, home)
        finally:
            server.terminate()


def answers(url: str) -> bool:
    """Whether the server is up; waits a little if it is not."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310 -- our own server
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        time.sleep(PAUSE_S)
        return False


@pytest.fixture(scope="session")
def made_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on the invented world."""
    yield from serving(made_store.build(tmp_path_factory.mktemp("made")))


@pytest.fixture(scope="session")
def demo_server(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on the demonstration."""
    yield from serving(copied(demo_home, tmp_path_factory.mktemp("demo")))


@pytest.fixture
def entities_server(tmp_path: Path) -> Iterator[Server]:
    """The app on an invented world of organisations, in which a test may judge."""
    yield from serving(made_entities.build(tmp_path))


@pytest.fixture(scope="module")
def review_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on an invented world in which the tests of a file may decide."""
    yield from serving(made_store.build(tmp_path_factory.mktemp("review")))


@pytest.fixture
def login_server(tmp_path: Path) -> Iterator[Server]:
    """The app behind a login: `ab` may review, `cd` may approve too, others may not read."""
    port = free_port()
    with publishing(identity.Provider()) as provider:
        (tmp_path / ".streamlit").mkdir()
        (tmp_path / ".streamlit" / "secrets.toml").write_text(
            identity.settings(provider.url, port)
        )
        (tmp_path / "access.toml").write_text(identity.RULES)
        yield from serving(made_store.build(tmp_path), port)


@pytest.fixture
def own_server(own_demo_home: Path) -> Iterator[Server]:
    """The app on a demonstration of its own, which a test may refresh."""
    yield from serving(own_demo_home)


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of pages go: INDICIA_SCREENSHOTS, or a folder of this run."""
    named = os.environ.get("INDICIA_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
