"""The page `docs/validation/compute.md`, written from a copy of Epoch AI's file of clusters."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from indicia.scoring.ledger import validation as check
from indicia.scoring.ledger.validation import READINGS, RULES

INSIDE_AIM, ERROR_AIM, WIDTH_AIM = (0.85, 0.97), 0.25, 3.0
HEAD = """# Validation of the compute ledger

Accelerators that published power implies, against the number published for the same site. Written by `src/indicia/scoring/ledger/validation_page.py` from Epoch AI, 'Data on GPU Clusters' (CC BY 4.0), copy of {as_of}; numbers below are facts of that table or computed from them. Priors and worked intervals: [compute_table.md](compute_table.md).

**Final figure** (sites kept apart, type of accelerator stated): {final}.

Aims: share inside the 90 % interval {low:.0%} to {high:.0%}, median absolute error at most {error:.0%}, median width P95/P05 at most {width:g}. {verdict}

## Rules, written before any figure was computed

"""
COUNTED = """
The table has {} rows; {} have a reported power; {} of these count; {} are left out, each named below.
"""
THREE = """
## All three readings, and the rules

Sites with a stated type. The three readings take every power as that of the facility.

"""
LEARNT = """
## What was learnt on the development part

1. The rules took the power of benchmark machines for the power of the computing system, and the counts came out 62 % too high. The reason lies in the table: its power for such machines is scaled up from the benchmark's. Of the machines found by name in TOP500 of June 2025, 38 stand at 1.67 to 1.88 times their listed power, median 1.76, which is consistent with the 1.5 times PUE that the publisher describes (arXiv 2504.16026); the other pairs of like names are other partitions or operators' own figures. With the step undone the node powers need no shift: median error on the development part -6 %.
2. Read as facility peaks without undoing the step, the same rows look acceptable too, because the step of 1.5 stands in for the AI share and the overhead. Two errors that cancel are no validation; the corrected rules undo the step.
3. Research machines differ in processors per accelerator from servers of 8. `host_ratio` widens their intervals; it was set on the development part, in three steps.
4. A capacity that is announced together with its number of accelerators is filled by one cluster. Nameplate times fill discounts it twice (median error -49 % where the type is assumed, -56 % at the one site where it is stated). Such rows are read as full, at busy power, with the whole power for the cluster and with `announcement_ratio` for phases and rounding; these were set on five rows, four of them with an assumed type.

The corrected rules: a benchmark machine's power that is published finer than 0.1 MW is scaled benchmark power, and the step is undone (setting `research_scaled`); a coarser one is the operator's figure for the facility (`research`); a capacity is filled by one cluster (`dedicated`, limited by power). In code: `corrected` in `src/indicia/scoring/ledger/validation.py`. The final part was first computed after that, and nothing was changed afterwards.
"""
LIMITS = """
## What this does not show

- 35 of the 39 sites of the final figure are research machines, read with the setting `research`, whose width was set on machines of the same kind. At the setting a reader gets without choosing (`ai`, facility) and read as peaks, 72 % lie inside: those intervals, 1.6 wide, are too narrow by that measure.
- A100 sites come out 15 % low in the middle, within their intervals. Both GH200 sites of the final part with an operator's own figure lie outside, one on each side.
- **Average power is not validated**: no row of the table is a metered average with a number beside it. The reading `avg` rests on its priors.
- Capacity with a stated type rests on few sites. Several announcements stand at exactly 2.0 kW per accelerator, which looks like a builder's rule of thumb: there number and power are not independent, whatever the note says.
- Colossus phase 1 was known to the design notes, where the reading `capacity` had missed it. It fell into the final part by its owner's name; without it 36 of 38 sites lie inside.
- Most sites are research machines of 2017 to 2024, many smaller than 5 MW. For large commercial halls and for Chinese halls there is hardly a public truth. Anonymised Chinese rows name no type.
- Numbers of accelerators are the publisher's, some computed from cores in benchmark lists. Both figures come from one table.
- While the correction was looked for, the ratio of published to TOP500 power was read for machines of both parts; the ratio of power to accelerators, or any error, of the final part was not.
- Timelines of campuses are left out: at Colossus 1 the power is 1.74 to 1.76 MW per thousand accelerators at all three dates, at Colossus 2 it is 2.51 at both, so one was computed from the other. At New Carlisle one number (about 500,000 Trainium2, October 2025, 478 MW) is the operator's own, but compute and power keep one ratio there too.
- Every interval is conditional on the class. With the class unknown there is a row per class, and no figure here speaks of that case.
"""
TITLES = "sites | inside 90 % | median absolute error | median error | median width"


def _percent(value: float | None, sign: str = "") -> str:
    return "-" if value is None else format(value, f"{sign}.0%")


def _cells(row: Mapping[str, Any]) -> str:
    return (
        f"{row['sites']} | {_percent(row['inside_share'])} "
        f"| {_percent(row['median_absolute_error'])} | {_percent(row['median_error'], '+')} "
        f"| {row['median_width']:.2f}"
    )


def _table(compared: pl.DataFrame, *by: str) -> str:
    head = f"| {' | '.join(by)} | {TITLES} |\n|{'---|' * (len(by) + TITLES.count('|') + 1)}\n"
    rows = check.figures(compared, *by).iter_rows(named=True)
    return head + "".join(
        f"| {' | '.join(str(r[b]) for b in by)} | {_cells(r)} |\n" for r in rows
    )


def _readings(rows: pl.DataFrame) -> str:
    """Every row read as each of the three kinds, at the facility, and by the rules first written."""
    read = [check.read_as(rows, kind).with_columns(reading=pl.lit(kind)) for kind in READINGS]
    read.append(rows.with_columns(reading=pl.lit("by the rules as first written")))
    read.append(check.corrected(rows).with_columns(reading=pl.lit("by the corrected rules")))
    table = pl.concat([check.compared(r) for r in read])
    return _table(table.filter("is_type_stated"), "part", "reading")


def _sites(compared: pl.DataFrame) -> str:
    lines = [
        f"| {r['name']} | {r['chip_class']}{'' if r['is_type_stated'] else ' (assumed)'} "
        f"| {r['mw']:g} | {r['power_kind']}, {r['boundary']} | {r['accelerators']:,.0f} "
        f"| {r['p05']:,.0f} / {r['p50']:,.0f} / {r['p95']:,.0f} "
        f"| {'yes' if r['is_inside'] else 'no'} | {r['part']} |\n"
        for r in compared.sort("part", "chip_class", "name").iter_rows(named=True)
    ]
    head = (
        "| site | class | MW | read as | stated | implied P05 / P50 / P95 | inside | part |\n"
    )
    return head + "|---|---|---|---|---|---|---|---|\n" + "".join(lines)


def _left_out(rows: pl.DataFrame) -> str:
    out = rows.filter(pl.col("left_out").is_not_null()).with_columns(
        pl.col("name").str.strip_chars('"')
    )
    grouped = (
        out.group_by("left_out")
        .agg(pl.len().alias("rows"), pl.col("name").value_counts(sort=True, name="times"))
        .sort("left_out")
    )
    lines = []
    for reason, count, named in grouped.iter_rows():
        names = sorted(
            n["name"] + (f" ({n['times']} rows)" if n["times"] > 1 else "") for n in named
        )
        lines.append(f"- {reason}: {count} rows. {'; '.join(names)}.\n")
    return "".join(lines)


def page(clusters: pl.DataFrame, as_of: str) -> str:
    """The page.

    Args:
        clusters: Epoch AI's `gpu_clusters.csv`, all columns as text.
        as_of: Date of the copy.
    """
    rows = check.sites(clusters).with_columns(pl.col("name").str.strip_chars('"'))
    table = check.compared(check.corrected(rows))
    stated = table.filter("is_type_stated")
    final = stated.filter(pl.col("part") == "final")
    total = check.figures(final).row(0, named=True)
    inside = int(final["is_inside"].sum())
    low, high = check.chance_of_coverage(inside, final.height)
    said = (
        f"{inside} of {final.height} sites inside the 90 % interval "
        f"({_percent(total['inside_share'])}; 90 % confidence {low:.0%} to {high:.0%}), median "
        f"absolute error {_percent(total['median_absolute_error'])}, median width "
        f"{total['median_width']:.2f}"
    )
    held = (
        INSIDE_AIM[0] <= total["inside_share"] <= INSIDE_AIM[1],
        total["median_absolute_error"] <= ERROR_AIM,
        total["median_width"] <= WIDTH_AIM,
    )
    verdict = "All three are met." if all(held) else f"Met: {sum(held)} of 3."
    head = HEAD.format(
        as_of=as_of,
        final=said,
        low=INSIDE_AIM[0],
        high=INSIDE_AIM[1],
        error=ERROR_AIM,
        width=WIDTH_AIM,
        verdict=verdict,
    )
    with_power, whole = rows.height, clusters.height
    return "".join(
        (
            head,
            "".join(f"{n}. {rule}\n" for n, rule in enumerate(RULES, 1)),
            COUNTED.format(whole, with_power, table.height, with_power - table.height),
            THREE,
            _readings(rows),
            LEARNT,
            "\n## By power kind, under the corrected rules\n\n",
            _table(table, "part", "power_kind", "boundary", "is_type_stated"),
            "\n## By class, under the corrected rules\n\nType stated, both parts.\n\n",
            _table(stated, "chip_class"),
            "\nFinal part alone.\n\n",
            _table(final, "chip_class"),
            LIMITS,
            "\n## Every site\n\n",
            _sites(table),
            "\n## Rows left out\n\n",
            _left_out(rows),
        )
    )
