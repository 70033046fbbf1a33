"""A page of the app opened in process, as a link opens it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

MAIN = Path(__file__).parents[1] / "app" / "main.py"
SECONDS = 60


def opened(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str = "home.py", **query: object
) -> AppTest:
    """The page `views/<name>` on the store of a home, with the query of its link."""
    app = AppTest.from_file(str(MAIN), default_timeout=SECONDS)
    if name != "home.py":
        # The pages are known once the navigation ran; it stops at once where there are no data.
        monkeypatch.setenv("INDICIA_HOME", str(home / "none"))
        app.run()
        app.switch_page(f"views/{name}")
    monkeypatch.setenv("INDICIA_HOME", str(home))
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def whole(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str = "home.py", **query: object
) -> AppTest:
    """As `opened`, of a page that must not fail."""
    app = opened(home, monkeypatch, name, **query)
    assert not app.exception
    return app
