"""The page `docs/validation/compute_table.md`: worked intervals with every prior behind them."""

import sys
from collections.abc import Iterator
from pathlib import Path

from indicia.reference.compute.draws import (
    DRAWS,
    SEED,
    Assumptions,
    Interval,
    Sheet,
    candidates,
    priors,
)
from indicia.reference.compute.needs import KW_PER_MW, facility_kw
from indicia.scoring.ledger.imports import from_imports
from indicia.scoring.ledger.power import from_power

WHOLE_VALUE = Assumptions((("server_value_share", (1.0, 1.0, 1.0)),))
WHOLE_UNITS = Assumptions((("server_unit_share", (1.0, 1.0, 1.0)),))
FORWARD = (
    ("2,048 H800, busy", 2048, "hopper", "2.4 / 2.8 / 3.2 MW"),
    ("10,000 A100, busy", 10_000, "a100", "7.7 / 8.8 / 10.1 MW"),
    ("100,000 H100, busy", 100_000, "hopper", "119 / 137 / 156 MW; 150 MW reported"),
    ("115,000 Hopper, busy", 115_000, "hopper", "137 / 157 / 180 MW"),
    ("136,000 Blackwell, busy", 136_000, "b200", "236 / 274 / 319 MW"),
)
EARLIER = {
    "hopper": "6,020 / 8,016 / 10,481",
    "a100": "9,352 / 12,444 / 16,220",
    "h20": "8,616 / 11,497 / 15,075",
    "b200": "4,046 / 5,421 / 7,128",
    "ascend910c": "4,982 / 6,629 / 8,652",
}
HEAD = """# Worked intervals of the compute ledger

Written by `src/indicia/scoring/ledger/table_page.py`; a test fails when it is stale. {draws:,} draws, seed {seed}, P05 / P50 / P95. The column "earlier" holds intervals of the design notes, as orientation. How well the model does on known sites: [compute.md](compute.md).

| input | read as | interval | width | earlier or reported |
|---|---|---|---|---|
"""
TAIL = """
Where the two columns differ: the earlier notes do not state the mode of node power for H20, and their A100 row is 2 % higher than their own prior gives. The first capacity row agrees with the second computing in the notes, not with the first (44,000 / 60,000 / 75,000). For trade by value the notes do not state the share of the value that is servers: with all of it the first row comes out 7 % higher, and the second row 14 % lower, which needs a narrower and lower price than the prior of this page. With 0.6 to 1.0 the third and fourth come out 8 % higher. The share is an assumption of each row.

## Every prior

| quantity | class | least | mode | most | unit | status | basis |
|---|---|---|---|---|---|---|---|
"""


def _shown(interval: Interval, *, is_small: bool = False) -> str:
    digits = ".1f" if is_small else ",.0f"
    return " / ".join(format(v, digits) for v in (interval.p05, interval.p50, interval.p95))


def _rows() -> Iterator[tuple[str, str, Interval, bool, str]]:
    """Input, reading, interval, whether it is small, and the earlier figure."""
    for name in candidates():
        count = from_power(10.0, "avg", name)[0]
        yield f"10 MW, {name}", count.reading, count.accelerators, False, EARLIER.get(name, "")
    colossus = "Colossus, 280 to 300 MW, hopper"
    peak = from_power((280.0, 300.0), "peak", "hopper")[0]
    yield colossus, peak.reading, peak.accelerators, False, "148,000 / - / 238,000; 200,000"
    first = "Colossus phase 1, 150 MW, hopper"
    plain = from_power(150.0, "capacity", "hopper")[0]
    yield (
        first,
        plain.reading,
        plain.accelerators,
        False,
        "38,000 / - / 69,000; 100,000: missed",
    )
    limited = from_power(150.0, "capacity", "hopper", site="dedicated", is_power_limited=True)[
        0
    ]
    reading = f"{limited.reading}, filled by one cluster"
    yield first, reading, limited.accelerators, False, "100,000 reported"
    for text, number, name, earlier in FORWARD:
        needed = Interval.of(facility_kw(Sheet(name)) * number / KW_PER_MW)
        yield f"{text}", "facility power (MW)", needed, True, earlier
    for text, value, share, earlier in (
        ("US$4.6bn", 4.6e9, WHOLE_VALUE, "74,000 / 103,000 / 143,000; 136,000"),
        ("US$300M", 3.0e8, WHOLE_VALUE, "6,900 / 8,300 / 10,300; 8,888"),
        ("US$2.74bn", 2.74e9, None, "33,000 / 49,000 / 72,000"),
        ("US$6.45bn", 6.45e9, None, "78,000 / 116,000 / 170,000"),
    ):
        count = from_imports(value, "value_usd", "hopper", assumptions=share)[0]
        part = "all of it servers" if share else "0.6 to 1.0 of it servers"
        yield f"{text}, hopper", f"{count.reading}, {part}", count.accelerators, False, earlier
    mass = from_imports(100_000.0, "mass_kg", "hopper", assumptions=WHOLE_UNITS)[0]
    words = "by mass, all of it servers"
    yield "100 t, hopper", words, mass.accelerators, False, "4,900 / 5,800 / 6,900"


def text() -> str:
    """The page."""
    lines = [
        f"| {what} | {reading} | {_shown(interval, is_small=small)} "
        f"| {interval.width:.2f} | {earlier} |"
        for what, reading, interval, small, earlier in _rows()
    ]
    every = [
        f"| {p.quantity} | {p.chip_class} | {p.least:g} | {p.mode:g} | {p.most:g} "
        f"| {p.unit} | {p.status} | {p.basis} |"
        for p in priors().values()
    ]
    head = HEAD.format(draws=DRAWS, seed=SEED)
    return head + "\n".join(lines) + "\n" + TAIL + "\n".join(every) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
