"""Whatever state the data are in, and whatever a link says: every page helps, and none shows a traceback."""

import shutil
import subprocess
import sys
from pathlib import Path

import made_store
import pytest
from streamlit.testing.v1 import AppTest

from indicia.schema import TABLES
from indicia.store import Build, Vintage

MAIN = Path(__file__).parents[2] / "app" / "main.py"
PAGES = sorted(p.name for p in MAIN.parent.glob("views/[!_]*.py"))
SECONDS = 60
STRANGE = "<b>nobody</b> ' OR 1=1 -- \u202e"
BAD = {
    "facility.py": {"facility": STRANGE, "rival": STRANGE},
    "entity.py": {"entity": STRANGE, "also": STRANGE, "to": STRANGE},
    "compare.py": {"facility": [STRANGE, made_store.BOLD, *"abcdef"]},
    "compute.py": {"kind": STRANGE, "facility": STRANGE, "from": "soon", "to": "2020-99", "role": STRANGE},
    "lanes.py": {"lane": STRANGE, "standing": STRANGE, "side": STRANGE, "step": STRANGE, "at": STRANGE, "lanes_q": STRANGE},
    "leads.py": dict.fromkeys(("q", "country", "operator", "verdict", "family", "rival", "precision", "coverage", "review", "changed", "order", "several", "format"), STRANGE),
    "exports.py": dict.fromkeys(("q", "country", "verdict", "changed", "order", "format"), STRANGE),
    "map.py": {"region": STRANGE, "facility": STRANGE, "until": STRANGE, "arcs": STRANGE},
    "rules.py": {"chip": STRANGE, "to": STRANGE, "hq": STRANGE, "on": "2024-13-45", "regime": STRANGE, "places": STRANGE},
    "claims.py": {"organisation": STRANGE, "model": STRANGE},
    "review.py": {"part": STRANGE, "state": STRANGE, "subject": STRANGE, "case": STRANGE},
    "sources.py": {"family": STRANGE, "state": STRANGE, "source": STRANGE},
    "method.py": {"indicator": STRANGE, "page": STRANGE},
    "evaluation.py": {"level": STRANGE},
    "screen.py": {"against": STRANGE, "format": STRANGE},
}  # fmt: skip
DELETED = {
    "facility.py": {"facility": "made-deleted"},
    "compare.py": {"facility": [made_store.BOLD, "made-deleted"]},
    "compute.py": {"kind": "facility", "facility": "made-deleted"},
    "review.py": {"case": "facility:made-deleted"},
}


def bare(home: Path) -> Path:
    """A store that was published before anything was loaded."""
    with Build(home) as made:
        made.publish(rules_version="invented-rules", kind="synthetic", now=made_store.NOW)
    return home


def half(home: Path) -> Path:
    """A store of facilities alone: no run was noted, nothing was assessed, nobody is settled."""
    row = {"facility_id": made_store.BOLD, "name": made_store.HOSTILE}
    with Build(home) as made:
        frame = made_store._stamped("facility", [row])  # noqa: SLF001 -- one maker of stamped rows
        vintage = Vintage(made_store.NOW, made_store.NOW, "fetch-1", is_snapshot=False)
        made.load(TABLES["facility"], frame, vintage, "context/analyst")
        made.publish(rules_version="invented-rules", kind="synthetic", now=made_store.NOW)
    return home


@pytest.fixture(scope="module")
def bare_home(tmp_path_factory):
    return bare(tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="module")
def half_home(tmp_path_factory):
    return half(tmp_path_factory.mktemp("half"))


def opened(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, query) -> AppTest:
    monkeypatch.setenv("INDICIA_HOME", str(home))
    app = AppTest.from_file(str(MAIN), default_timeout=SECONDS)
    if name != "home.py":
        # The pages are known once the navigation ran; it stops at once where there are no data.
        monkeypatch.setenv("INDICIA_HOME", str(home / "none"))
        app.run()
        monkeypatch.setenv("INDICIA_HOME", str(home))
        app.switch_page(f"views/{name}")
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def said(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("text", "warning", "info", "error", "caption", "toast") for e in app.get(kind))  # fmt: skip


def assert_helpful(app: AppTest) -> None:
    assert [e.message for e in app.exception] == []
    assert len(app.title) == 1
    assert len(said(app)) > 40


@pytest.mark.parametrize("name", ["home.py", "leads.py", "map.py", "exports.py", "compute.py"])
def test_a_store_with_nothing_in_it_opens(name, bare_home, monkeypatch):
    assert_helpful(opened(bare_home, monkeypatch, name, {}))


@pytest.mark.parametrize("name", PAGES)
def test_a_store_of_facilities_alone_opens_on_every_page(name, half_home, monkeypatch):
    query = {"facility": made_store.BOLD} if name in DELETED else {}
    assert_helpful(opened(half_home, monkeypatch, name, query))


@pytest.mark.parametrize("name", BAD)
def test_bad_values_in_a_link_are_survived_on_every_page(name, made_home, monkeypatch):
    assert_helpful(opened(made_home, monkeypatch, name, BAD[name]))


@pytest.mark.parametrize("name", DELETED)
def test_a_facility_that_is_gone_is_said_to_be(name, made_home, monkeypatch):
    app = opened(made_home, monkeypatch, name, DELETED[name])
    assert_helpful(app)
    assert any(
        word in said(app) for word in ("holds no facility", "does not have", "do not have")
    )


def test_a_file_of_the_store_that_is_missing_is_named(made_home, tmp_path, monkeypatch):
    home = tmp_path / "home"
    shutil.copytree(made_home / "stores", home / "stores")
    gone = next((home / "stores").glob("facilities-*"))
    gone.unlink()
    app = opened(home, monkeypatch, "leads.py", {})
    assert app.error[0].value == "The data could not be read."
    assert gone.name in said(app)
    assert not app.exception


def test_a_file_that_another_program_holds_is_named(made_home, tmp_path, monkeypatch):
    home = tmp_path / "home"
    shutil.copytree(made_home / "stores", home / "stores")
    held = next((home / "stores").glob("facilities-*"))
    code = (
        f"import duckdb; db = duckdb.connect({str(held)!r}); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        app = opened(home, monkeypatch, "leads.py", {})
        other.communicate("\n")
    assert app.error[0].value == "The data could not be read."
    assert held.name in said(app)
    assert not app.exception


def test_a_source_read_long_ago_is_called_stale_with_what_to_do(made_home, monkeypatch):
    app = opened(made_home, monkeypatch, "sources.py", {})
    health = next(d.value for d in app.dataframe if "freshness" in d.value.columns)
    old = health[health["last_good_utc"].notna()]
    assert len(old)
    assert all("stale" in word for word in old["freshness"])
    assert all(old["remedy"].str.len() > 10)
