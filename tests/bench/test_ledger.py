"""How long a row of the ledger takes. Figures are printed; the bound of one row is asserted."""

import time

import numpy as np
import polars as pl
import pytest

from indicia.reference.compute.draws import DRAWS
from indicia.scoring.ledger import (
    Assumptions,
    absorption,
    counted,
    counted_imports,
    dark,
    from_claim,
    from_operations,
    from_tender,
    plan_against_approval,
)

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


MOST_MS = 100
POWER = pl.DataFrame(
    {
        "mw": [37.0],
        "chip_class": "hopper",
        "boundary": "facility",
        "site": "ai",
        "is_power_limited": False,
    }
)


def power_row(kind):
    return lambda seed: counted(
        POWER.with_columns(power_kind=pl.lit(kind)), Assumptions(seed=seed)
    )


def import_row(measure):
    row = pl.DataFrame({"amount": [1e8], "measure": measure, "chip_class": "hopper"})
    return lambda seed: counted_imports(row, Assumptions(seed=seed))


MEASURES = {
    **{f"power, {kind}": power_row(kind) for kind in ("avg", "peak", "capacity")},
    **{f"imports, {m}": import_row(m) for m in ("value_usd", "servers", "mass_kg", "parts")},
    "claims, hours over days": lambda s: from_claim(1e6, 50, "hopper", assumptions=Assumptions(seed=s)),
    "claims, operations over days": lambda s: from_operations(1e24, 50, "hopper", assumptions=Assumptions(seed=s)),
    "tenders, nodes": lambda _s: from_tender(32, "nodes", "hopper"),
    "gap, absorption": lambda s: absorption(1e9, "value_usd", 40, "hopper", Assumptions(seed=s)),
    "gap, dark": lambda s: dark(1000, 4, "avg", "hopper", Assumptions(seed=s)),
    "gap, plan": lambda s: plan_against_approval(40, planned_accelerators=9000, chip_class="hopper", assumptions=Assumptions(seed=s)),
}  # fmt: skip


@pytest.mark.parametrize("measure", list(MEASURES))
def test_bench_one_row(measure):
    seconds = timed(MEASURES[measure])
    told(f"one row by {measure}, {DRAWS:,} draws, nothing kept from before", seconds)
    assert 1000 * np.median(seconds) < MOST_MS


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
