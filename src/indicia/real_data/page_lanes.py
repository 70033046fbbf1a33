"""The part of the page on yearly lanes of AI computing hardware."""

import polars as pl

from indicia.real_data.lanes import BASKET

HEAD = """## Lanes of AI computing hardware

{lanes} lanes of the basket {basket}, {first} to {last}: exports by year as reported, from Harvard's Atlas of Economic Complexity, a selection transcribed by hand; 2024 is provisional. The selection was made by people who knew which lanes are talked about, so nothing here is a rate of anything. C01 asks whether a lane outgrew its exporter's other lanes, its importer's other lanes and the world of these lanes at once, and by more than its own past scatters.

C01: {flagged} of {computed} lanes with an answer are flagged, each by the strongest of its years ({judged} lane-years tried).

| lane | strongest year | robust z | p over all years tried | in words |
|---|---|---|---|---|
{surges}
Naive rules over the same lane-years, none of them conditional:

| rule | lane-years flagged | lanes | of these lanes flagged by C01 | which |
|---|---|---|---|---|
{naive}
A flag of C01 has lawful readings as well: a hub for a region, a plant that moved, a boom at one customer. It is one item of one family, and by itself no lead.
"""


def part(lanes: pl.DataFrame, surges: pl.DataFrame, naive: pl.DataFrame) -> str:
    """Lanes flagged, and what naive rules flag."""
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
    )


def _chance(p: float | None) -> str:
    return "-" if p is None else f"{p:.3f}"


def _naive(row: dict[str, str], flagged: set[str]) -> str:
    lanes = {hit.rsplit(" ", 1)[0] for hit in row["which"].split(", ") if hit}
    return (
        f"| {row['rule']} | {row['lane_years']} | {row['lanes']} | {len(lanes & flagged)} "
        f"| {row['which'] or '-'} |\n"
    )
