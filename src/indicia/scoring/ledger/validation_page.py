"""The page `docs/validation/compute.md`, written from a copy of Epoch AI's file of clusters."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from indicia.scoring.ledger import validation as check
from indicia.scoring.ledger import validation_limits
from indicia.scoring.ledger import validation_top500 as top500
from indicia.scoring.ledger.validation import READINGS, RULES

INSIDE_AIM, ERROR_AIM, WIDTH_AIM = (0.85, 0.97), 0.25, 3.0
HEAD = """# Validation of the compute ledger

Accelerators that published power implies, against the number published for the same site. Written by `src/indicia/scoring/ledger/validation_files.py` (rules in `validation.py`, words in `validation_page.py` beside it) from Epoch AI, 'Data on GPU Clusters' (CC BY 4.0), copy of {as_of}; numbers below are facts of that table or computed from them. Priors and worked intervals: [compute_table.md](compute_table.md).

**Final figure** (sites kept apart, type of accelerator stated): {final}.

Aims: share inside the 90 % interval {low:.0%} to {high:.0%}, median absolute error at most {error:.0%}, median width P95/P05 at most {width:g}. {verdict}
{picture}
## Rules, written before any figure was computed

"""
COUNTED = """
The table has {} rows; {} have a reported power; {} of these count; {} are left out, each named below.
"""
THREE = """
## All three readings, and the rules

Sites with a stated type. The three readings take every power as that of the facility.

"""
PICTURE = """
![Implied intervals against stated counts](../img/validation_compute.svg)

The publishers' files are not part of this repository. With copies of them: `python -m indicia.scoring.ledger.validation_files gpu_clusters.csv 2025-12-17 november2021.xlsx june2023.xlsx june2025.xlsx docs`. A test runs rules, page and picture on made rows.

"""
SECOND = """
## A second truth: TOP500 machines

Lists: {lists}. Here the power was submitted with the benchmark and scaled by nobody, and the number of accelerators follows from the cores in the list. The model was not changed for it.

{rules}
{changed}

{all} machines have accelerators; {counts} count, {out} are left out and named below. **Of {unseen} machines that no prior was set on, {inside} lie inside the 90 % interval ({share}; 90 % confidence {low} to {high}), median absolute error {error}, median width {width}.**

{parts}
By class, not seen before:

{by_class}
Misses among them: {misses}. Several are consistent with a list entry whose power and accelerators are not of the same nodes (a few accelerators in a machine of processors, or power of a part).

Chinese machines inside: {chinese}, of {chinese_years} and at most {chinese_mw} MW: no large hall is among them.

What it adds: the reading `peak` of a computing system, on machines up to 30 MW. What it cannot: facilities with their cooling, capacities, and months of ordinary work.

Left out:

{left}"""
TITLES = "sites | inside 90 % | median absolute error | median error | median width"


def _percent(value: float | None, sign: str = "") -> str:
    return "-" if value is None else format(value, f"{sign}.0%")


def _width(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


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


def compared_rows(clusters: pl.DataFrame, machines: pl.DataFrame | None = None) -> pl.DataFrame:
    """Rows of the picture: sites with a stated type, and machines that no prior was set on."""
    rows = check.sites(clusters).with_columns(pl.col("name").str.strip_chars('"'))
    sites = check.compared(check.corrected(rows)).filter("is_type_stated")
    shown = ["name", "accelerators", "p05", "p50", "p95", "is_inside"]
    parts = [sites.select(*shown, group="part")]
    if machines is not None:
        unseen = _judged(machines, rows).filter(pl.col("part") == "not seen")
        parts.append(unseen.select(*shown, group=pl.lit("TOP500, not seen")))
    return pl.concat(parts)


def _judged(machines: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    used = rows.filter((pl.col("part") == "development") & pl.col("left_out").is_null())
    return top500.judged(machines, used)


def _second(machines: pl.DataFrame, rows: pl.DataFrame) -> str:
    """The section on machines whose power no other publisher touched."""
    judged = _judged(machines, rows)
    unseen = judged.filter(pl.col("part") == "not seen")
    total = check.figures(unseen).row(0, named=True)
    low, high = check.chance_of_coverage(int(unseen["is_inside"].sum()), unseen.height)
    misses = unseen.filter(~pl.col("is_inside")).sort("name")
    named = "; ".join(
        f"{r['name']}, {r['country']} ({r['chip_class']}): stated {r['accelerators']:,.0f}, "
        f"implied {r['p05']:,.0f} to {r['p95']:,.0f}"
        for r in misses.iter_rows(named=True)
    )
    out = machines.filter(pl.col("left_out").is_not_null())
    reasons = out.group_by("left_out").agg(pl.len(), pl.col("name").sort()).sort("left_out")
    left = "".join(
        f"- {why}: {count} machines. {'; '.join(names)}.\n"
        for why, count, names in reasons.iter_rows()
    )
    chinese = judged.filter(pl.col("country") == "China")
    lists = ", ".join(sorted(machines["list"].unique().to_list(), key=lambda n: (n[-4:], n)))
    return SECOND.format(
        lists=lists,
        rules="".join(f"{n}. {rule}\n" for n, rule in enumerate(top500.RULES, 1)),
        changed=top500.CHANGED,
        all=machines.height,
        counts=judged.height,
        out=out.height,
        inside=int(unseen["is_inside"].sum()),
        unseen=unseen.height,
        share=_percent(total["inside_share"]),
        low=f"{low:.0%}",
        high=f"{high:.0%}",
        error=_percent(total["median_absolute_error"]),
        width=_width(total["median_width"]),
        parts=_table(judged, "part"),
        by_class=_table(unseen, "chip_class"),
        misses=named or "none",
        chinese=f"{int(chinese['is_inside'].sum())} of {chinese.height}",
        chinese_years=" to ".join(
            sorted(chinese["year"].drop_nulls().unique())[
                :: max(chinese["year"].n_unique() - 1, 1)
            ]
        )
        or "no year",
        chinese_mw=f"{max(chinese['mw'].to_list(), default=0.0):g}",
        left=left,
    )


def page(clusters: pl.DataFrame, as_of: str, machines: pl.DataFrame | None = None) -> str:
    """The page.

    Args:
        clusters: Epoch AI's `gpu_clusters.csv`, all columns as text.
        as_of: Date of the copy.
        machines: TOP500 machines as `validation_top500.machines` gives them, if there are lists.
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
        f"{_width(total['median_width'])}"
    )
    held = (
        final.height > 0 and INSIDE_AIM[0] <= total["inside_share"] <= INSIDE_AIM[1],
        final.height > 0 and total["median_absolute_error"] <= ERROR_AIM,
        final.height > 0 and total["median_width"] <= WIDTH_AIM,
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
        picture=PICTURE,
    )
    with_power, whole = rows.height, clusters.height
    return "".join(
        (
            head,
            "".join(f"{n}. {rule}\n" for n, rule in enumerate(RULES, 1)),
            COUNTED.format(whole, with_power, table.height, with_power - table.height),
            THREE,
            _readings(rows),
            validation_limits.learnt(rows),
            "\n## By power kind, under the corrected rules\n\n",
            _table(table, "part", "power_kind", "boundary", "is_type_stated"),
            "\n## By power kind and class, under the corrected rules\n\nType stated.\n\n",
            _table(stated, "part", "power_kind", "boundary", "chip_class"),
            "\n## By class, under the corrected rules\n\nType stated, both parts.\n\n",
            _table(stated, "chip_class"),
            "\nFinal part alone.\n\n",
            _table(final, "chip_class"),
            "" if machines is None else _second(machines, rows),
            validation_limits.limits(rows),
            "\n## Every site\n\n",
            _sites(table),
            "\n## Rows left out\n\n",
            _left_out(rows),
        )
    )
