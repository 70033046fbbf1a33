"""How long a row of the ledger takes. Figures are printed, never asserted."""

import time

import numpy as np
import polars as pl
import pytest

from indicia.scoring.ledger import Assumptions, counted, from_imports, from_power
from indicia.scoring.ledger.draws import DRAWS

pytestmark = pytest.mark.bench
ROWS, RUNS = 1_000_000, 30


def told(name, seconds):
    low, middle, high = (1000 * f(seconds) for f in (np.min, np.median, np.max))
    print(f"\n{name}: median {middle:.1f} ms (min {low:.1f}, max {high:.1f}, n={len(seconds)})")


def timed(ask):
    seconds = []
    for seed in range(RUNS):
        began = time.perf_counter()
        ask(seed)
        seconds.append(time.perf_counter() - began)
    return seconds


def test_bench_one_row():
    told(
        f"one row by power, {DRAWS:,} draws, nothing kept from before",
        timed(lambda s: from_power(37.0, "avg", "hopper", assumptions=Assumptions(seed=s))),
    )
    told(
        f"one row by value, {DRAWS:,} draws, nothing kept from before",
        timed(
            lambda s: from_imports(1e8, "value_usd", "hopper", assumptions=Assumptions(seed=s))
        ),
    )
    told("one row by power, draws kept", timed(lambda s: from_power(s + 1, "avg", "hopper")))


def test_bench_many_rows():
    rows = pl.DataFrame(
        {
            "mw": np.random.default_rng(1).uniform(1, 500, ROWS),
            "power_kind": np.tile(["avg", "peak"], ROWS // 2),
            "chip_class": "hopper",
            "boundary": "facility",
            "site": "ai",
            "is_power_limited": False,
        }
    )
    told(f"{ROWS:,} rows of a table", timed(lambda _s: counted(rows))[:5])
