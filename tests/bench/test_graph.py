"""How long a million relations take. Figures are printed, never asserted."""

import time
from datetime import date

import made
import numpy as np
import polars as pl
import pytest

from indicia.entities.addresses import near_addresses, shared
from indicia.entities.graph import headquarters, listed_owners, ultimate_parent

pytestmark = pytest.mark.bench
LINKS, ADDRESSES = 1_000_000, 100_000
ON = date(2025, 6, 1)


def test_a_million_parents():
    draw = np.random.default_rng(5)
    child = np.arange(1, LINKS + 1)
    # Each has one parent before it, so that chains run some tens of steps deep.
    parent = (child * draw.uniform(0.4, 1.0, LINKS)).astype(np.int64)
    links = pl.DataFrame({"record_id": child, "other_id": parent}).select(
        *(pl.format("LEI:{}", pl.col(c).cast(pl.String).str.zfill(18)).alias(c) for c in ("record_id", "other_id")),
        kind=pl.lit("direct parent"),
        owned_share=pl.Series(draw.choice([0.3, 0.6, 1.0], LINKS)),
        starts_date=pl.lit(date(2020, 1, 1)),
    )  # fmt: skip
    db = made.database(entity_link=links)
    for name, ask in (
        ("ultimate parents", lambda: ultimate_parent(db, ON)),
        ("headquarters", lambda: headquarters(db, ON)),
        ("listed owners", lambda: listed_owners(db, ON, ("EL",)).owned),
    ):
        began = time.perf_counter()
        found = ask()
        print(
            f"\n{LINKS:,} relations, {name}: {time.perf_counter() - began:.2f} s, {found.height:,} rows"
        )


def test_addresses_by_the_hundred_thousand():
    draw = np.random.default_rng(6)
    parts = [f"{a}{b}" for a in "bdfglmnprst" for b in ("ang", "ora", "elin", "udor", "ikan")]
    words = np.array([f"{a}{b}" for a in parts for b in parts])
    street = draw.choice(words, (ADDRESSES, 2))
    numbers = draw.integers(1, 400, (ADDRESSES, 3))
    texts = [
        f"Room {n[0]}, {n[1] % 30 + 1}/F, {n[2]} {s[0]} {s[1]} Road, {words[i % 97]} District"
        for i, (n, s) in enumerate(zip(numbers, street, strict=True))
    ]
    frame = pl.DataFrame({"id": [str(i) for i in range(ADDRESSES)], "address": texts})
    for name, ask in (("keys and sharing", shared), ("near pairs", near_addresses)):
        began = time.perf_counter()
        found = ask(frame)
        print(
            f"\n{ADDRESSES:,} addresses, {name}: {time.perf_counter() - began:.2f} s, {found.height:,} rows"
        )
