"""How long a million decisions take. Figures are printed, never asserted."""

import time
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from indicia.reference.clock import REGIMES, Rulebook, decide
from indicia.reference.clock.measures import parts

pytestmark = pytest.mark.bench
ROWS, RUNS = 1_000_000, 5


def questions():
    draw = np.random.default_rng(3)
    book = Rulebook.shipped()
    first = date(2022, 1, 1)
    days = pl.Series([first + timedelta(days=n) for n in range(1_800)])
    return pl.DataFrame(
        {
            "chip": parts()["chip"].gather(draw.integers(0, parts().height, ROWS)),
            "destination": draw.choice(book.countries, ROWS),
            "date": days.gather(draw.integers(0, len(days), ROWS)),
            "headquarters": draw.choice(book.countries, ROWS),
        }
    )


@pytest.mark.parametrize("regime", REGIMES)
def test_a_million_decisions(regime):
    asked, seconds = questions(), []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        decide(asked, regime)
        seconds.append(time.perf_counter() - began)
    first, *later = seconds
    print(
        f"\n{ROWS:,} decisions, {regime}, every part, country and day drawn at random: "
        f"median {np.median(later):.2f} s (min {min(later):.2f}, max {max(later):.2f}, "
        f"n={RUNS}; first, with tables read: {first:.2f} s)"
    )
