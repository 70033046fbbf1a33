"""One broken source is named and skipped: by `doctor`, by a refresh, and by no other source."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BROKEN = {
    "power/taipower": ("power/taipower.toml", 'title = "no end\n', "taipower.toml: no valid TOML"),
    "power/ember": ("power/ember.py", "import nothing_like_it\n", "ember.py:1: ModuleNotFoundError"),
    "power/gccia": ("power/gccia.py", "def parse(:\n", "gccia.py:1: SyntaxError"),
    "power/entsoe": ("power/entsoe.py", '"""Empty."""\n', "entsoe.py: has no function parse"),
    "staffing/adzuna": ("staffing/adzuna.toml", "tables = 5\n", "adzuna.toml: keys missing"),
    "facilities/osm": ("facilities/osm.py", "raise SystemExit(3)\n", "osm.py:1: SystemExit: 3"),
}  # fmt: skip


@pytest.fixture(scope="module")
def indicia(tmp_path_factory):
    """The program with a package `ingest` in which several sources are broken, each in its way."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copytree(ROOT / "ingest", folder / "ingest")
    for place, content, _ in BROKEN.values():
        (folder / "ingest" / place).write_text(content)
    environ = {k: v for k, v in os.environ.items() if not k.endswith(("_KEY", "_TOKEN"))}
    environ |= {"PYTHONPATH": str(folder), "INDICIA_HOME": str(folder / "home")}

    def run(*arguments):
        code = "from indicia.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments, "--json"],
            capture_output=True, text=True, env=environ, check=False, cwd=folder,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def test_doctor_names_each_broken_source_with_file_and_line_and_finds_all_others(indicia):
    done = indicia("doctor")
    rows = {row["check"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 1
    for name, (_, _, told) in BROKEN.items():
        assert rows[name]["state"] == "problem"
        assert told in rows[name]["finding"]
    defined = len(list((ROOT / "ingest").glob("*/*.toml")))
    assert rows["jobs"]["finding"].startswith(f"{defined} sources")


def test_a_refresh_fails_the_broken_sources_by_name_and_asks_the_others(indicia):
    done = indicia("refresh", *BROKEN, "power/eia_retail")
    reports = {r["source"]: r for r in json.loads(done.stdout)}
    assert done.returncode == 1
    for name, (_, _, told) in BROKEN.items():
        assert reports[name]["outcome"] == "failed"
        assert told in reports[name]["message"]
    assert reports["power/eia_retail"]["outcome"] == "not configured"


def test_a_dry_run_tells_what_is_wrong(indicia):
    done = indicia("refresh", "--dry-run", "power/gccia")
    assert "gccia.py:1: SyntaxError" in done.stdout
