"""The part of the page on yearly lanes of AI computing hardware."""

import polars as pl

from indicia.indicators.lane_surge import CODE
from indicia.real_data.lanes import BASKET

FALSE_DISCOVERIES = 0.10
RESULTS = ("flag", "no_flag", "not_applicable", "no_data")

HEAD = """## Lanes of AI computing hardware

{lanes} lanes of the basket {basket}, {first} to {last}: exports by year as reported, from Harvard's Atlas of Economic Complexity, a selection transcribed by hand; 2024 is provisional. The selection was made by people who knew which lanes are talked about, so nothing here is a rate of anything. C01 asks whether a lane outgrew its exporter's other lanes, its importer's other lanes and the world of these lanes at once, and by more than its own past scatters.

C01: {flagged} of {computed} lanes with an answer are flagged, each by the strongest of its years ({judged} lane-years tried).

{chance}

| lane | strongest year | robust z | p over all years tried | in words |
|---|---|---|---|---|
{surges}
Naive rules over the same lane-years, none of them conditional:

| rule | lane-years flagged | lanes | of these lanes flagged by C01 | which |
|---|---|---|---|---|
{naive}
A flag of C01 has lawful readings as well: a hub for a region, assembly that moved to another country, data centres that a boom fills. It is one item of one family, and by itself no lead.

All indicators of a lane over the same file, which has one side, no months, no weights, no re-exports and no events:

| indicator | flag | no flag | not applicable | no data |
|---|---|---|---|---|
{asked}
What it cannot show: a lane by which goods are re-routed in step with a boom looks like the boom, and nothing here says what became of the goods.
"""


def part(lanes: pl.DataFrame, evidence: pl.DataFrame, naive: pl.DataFrame) -> str:
    """Lanes flagged, what naive rules flag, and what the other indicators of lanes answer."""
    surges = evidence.filter(pl.col("indicator") == CODE)
    computed = surges.filter(pl.col("result").is_in(["flag", "no_flag"]))
    flags = computed.filter(pl.col("result") == "flag")
    flagged = set(flags["scope_id"])
    return HEAD.format(
        lanes=lanes.select("exporter", "importer").n_unique(),
        basket=BASKET,
        first=lanes["year"].min(),
        last=lanes["year"].max(),
        flagged=flags.height,
        computed=computed.height,
        judged=f"{computed['tests_count'].sum():,}",
        surges="".join(
            f"| {r['scope_id']} | {r['starts_date'].year} | {r['observed_value']:.1f} "
            f"| {_chance(r['p_value'])} | {r['statement']} |\n"
            for r in flags.iter_rows(named=True)
        ),
        naive="".join(_naive(r, flagged) for r in naive.iter_rows(named=True)),
        chance=_smallest(computed),
        asked="".join(_asked(code, evidence) for code in evidence["indicator"].unique().sort()),
    )


def _smallest(computed: pl.DataFrame) -> str:
    """Whether any lane stands out once all of them are counted (Benjamini-Hochberg)."""
    p = computed["p_value"].drop_nulls().sort()
    if p.is_empty():
        return "No p-value: too few lanes for a null."
    most = max(
        (n for n, value in enumerate(p, 1) if value <= FALSE_DISCOVERIES * n / len(p)),
        default=0,
    )
    return (
        f"The smallest p is {p[0]:.3f}; at a false discovery rate of {FALSE_DISCOVERIES:g} over {len(p)} "
        f"lanes {most or 'none'} of them stand{'s' if most <= 1 else ''} out. The file names years to read about, and no more."
    )


def _asked(code: str, evidence: pl.DataFrame) -> str:
    mine = evidence.filter(pl.col("indicator") == code)["result"]
    return f"| {code} | {' | '.join(str((mine == r).sum()) for r in RESULTS)} |\n"


def _chance(p: float | None) -> str:
    return "-" if p is None else f"{p:.3f}"


def _naive(row: dict[str, str], flagged: set[str]) -> str:
    lanes = {hit.rsplit(" ", 1)[0] for hit in row["which"].split(", ") if hit}
    return (
        f"| {row['rule']} | {row['lane_years']} | {row['lanes']} | {len(lanes & flagged)} "
        f"| {row['which'] or '-'} |\n"
    )
