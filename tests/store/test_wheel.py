"""A wheel built from the clone carries everything: in an environment of its own the demo runs anywhere."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command, **more):
    done = subprocess.run(
        [str(c) for c in command], capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_the_demo_runs_from_a_wheel_in_any_folder(tmp_path):
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    )
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run(
        python,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
        wheel,
    )
    anywhere = tmp_path / "anywhere"
    anywhere.mkdir()
    environ = {**os.environ, "INDICIA_HOME": str(tmp_path / "home")}
    where = run(python, "-c", "import indicia; print(indicia.__file__)", cwd=anywhere)
    assert str(tmp_path) in where
    rows = json.loads(
        run(
            tmp_path / "venv" / "bin" / "indicia",
            "demo",
            "--no-serve",
            "--json",
            cwd=anywhere,
            env=environ,
        )
    )
    assert {r["outcome"] for r in rows} == {"loaded"}
    shipped = {p.parent for p in (ROOT / "data" / "starter").glob("*/*/*.csv")}
    assert len(rows) == len(shipped)
    checks = json.loads(
        run(
            tmp_path / "venv" / "bin" / "indicia", "doctor", "--json", cwd=anywhere, env=environ
        )
    )
    assert not [c for c in checks if c["state"] == "problem"]
    assert "wheel" in checks[0]["finding"]
