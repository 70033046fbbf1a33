"""All customs indicators over shipments and lane-months, beside the same aggregation in bare SQL, Polars and pandas.

INDICIA_BENCH_SHIPMENTS sets the number of shipment rows (2,000,000 unless set; 50,000,000 is the aim, with
4.3 million lane-months). Each contender is a process of its own; figures are printed, never asserted.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench
SHIPMENTS = int(os.environ.get("INDICIA_BENCH_SHIPMENTS", "2000000"))
PROGRAM = Path(__file__).with_name("customs_contenders.py")


def run(*asked):
    out = subprocess.run(
        [sys.executable, PROGRAM, *map(str, asked)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    return json.loads(out.stdout)


def test_customs_indicators_beside_bare_engines(tmp_path):
    path = tmp_path / "customs.duckdb"
    made = run("make", path, SHIPMENTS)["result"]
    print(f"\n{made['shipments']:,} shipments, {made['lane_months']:,} lane-months")
    told = {who: run(who, path) for who in ("indicators", "sql", "polars", "pandas")}
    for who, figures in told.items():
        print(
            f"{who:12} {figures['cpu_s']:8.1f} s of processor, {figures['wall_s']:8.1f} s by the clock, "
            f"{figures['peak_gb']:.2f} GB; {figures['result']}"
        )
    ours = told["indicators"]["cpu_s"]
    print(
        f"indicators over bare SQL: {ours / told['sql']['cpu_s']:.1f} times the processor time"
    )
    print(f"pandas over indicators: {told['pandas']['cpu_s'] / ours:.1f} times")
    assert set(told["indicators"]["result"]) == {f"C0{n}" for n in range(1, 9)}
