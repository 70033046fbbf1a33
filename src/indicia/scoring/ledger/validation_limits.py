"""What the validation taught and what it leaves open, in words; every figure in them is computed.

Figures that come from no table given here (campus timelines, the match by name against one list) are
said to be read by hand.
"""

import polars as pl

from indicia.scoring.ledger import validation as check

FIRST_SITE = "xAI Colossus Memphis Phase 1"
NO_NAME = "Anonymized Chinese System"
ROUND_KW = 2.0
KW_PER_MW = 1000.0
ALIKE = 1e-9
NOMINAL = 0.9
NOT_HAD = "not in this copy"
LEARNT = """
## What was learnt on the development part

1. The rules took the power of benchmark machines for the power of the computing system, and the median error of the counts was {first_peak}. The reason lies in the table: its power for such machines is scaled up from the benchmark's. Of the machines found by name in TOP500 of June 2025 (matched by hand, once), 38 stand at 1.67 to 1.88 times their listed power, median 1.76, which is consistent with the 1.5 times PUE that the publisher describes (arXiv 2504.16026); the other pairs of like names are other partitions or operators' own figures. With the step undone the node powers need no shift: median error on the development part {corrected}.
2. Read as facility peaks without undoing the step, the same rows look acceptable too, because the step of 1.5 stands in for the AI share and the overhead. Two errors that cancel are no validation; the corrected rules undo the step.
3. Research machines differ in processors per accelerator from servers of 8. `host_ratio` widens their intervals; it was set on the development part, in three steps.
4. A capacity that is announced together with its number of accelerators is filled by one cluster. Nameplate times fill discounts it twice (median error {first_assumed} where the type is assumed, {first_stated} where it is stated). Such rows are read as full, at busy power, with the whole power for the cluster and with `announcement_ratio` for phases and rounding; these were set on {capacities} rows, {assumed} of them with an assumed type.

The corrected rules: a benchmark machine's power that is published finer than 0.1 MW is scaled benchmark power, and the step is undone (setting `research_scaled`); a coarser one is the operator's figure for the facility (`research`); a capacity is filled by one cluster (`dedicated`, limited by power). In code: `corrected` in `src/indicia/scoring/ledger/validation.py`. The final part was first computed after that, and nothing was changed afterwards.
"""
LIMITS = """
## What this does not show

- {research} of the {final} sites of the final figure are research machines, read with the settings `research` and `research_scaled`, whose width was set on machines of the same kind. At the setting a reader gets without choosing (`ai`, facility) and read as peaks, {as_peak} lie inside, with intervals {as_peak_width} wide{narrow}.
- A100 sites: median error {a100}, {a100_inside} inside their intervals. GH200 sites of the final part with an operator's own figure: {gh200}.
- **Average power over months is not validated**: no row of either table is a metered average of a working site with a number beside it. Operators that publish yearly electricity (Meta, Google, Microsoft) publish no number of accelerators, and a metered campus holds far more than one cluster. TOP500 power is an average too, but over a run with every node at work, so it tests busy power and not the share of time at work. The prior `utilisation_share` rests on its sources.
- Capacity with a stated type rests on few sites. {rounds} of {announced} announcements stand at exactly 2.0 kW per accelerator, which looks like a builder's rule of thumb: there number and power are not independent, whatever the note says.
- Colossus phase 1 was known to the design notes, where the reading `capacity` had missed it. It fell into the final part by its owner's name; without it {without_first} sites lie inside.
- Most sites are research machines of 2017 to 2024, many smaller than 5 MW. For large commercial halls and for Chinese halls there is hardly a public truth: of the anonymised Chinese rows {no_type} have a reported power and a number but no type, and {no_number} a power without a number; the Chinese machines of TOP500 with accelerators and power are small and older, with V100, P100 or domestic parts. The fill of a hall (`fill_share_hall_cn`) is not validated by anything.
- Numbers of accelerators are the publisher's, some computed from cores in benchmark lists. Both figures come from one table.
- While the correction was looked for, the ratio of published to TOP500 power was read for machines of both parts; the ratio of power to accelerators, or any error, of the final part was not.
- Timelines of campuses are left out (read by hand in the publisher's table of campuses): at Colossus 1 the power is 1.74 to 1.76 MW per thousand accelerators at all three dates, at Colossus 2 it is 2.51 at both, so one was computed from the other. At New Carlisle one number (about 500,000 Trainium2, October 2025, 478 MW) is the operator's own, but compute and power keep one ratio there too.
- Every interval is conditional on the class. With the class unknown there is a row per class, and no figure here speaks of that case.
"""


def _percent(value: float | None) -> str:
    return NOT_HAD if value is None else f"{value:+.0%}"


def _median_error(table: pl.DataFrame) -> str:
    return _percent(check.figures(table)["median_error"][0])


def _inside(table: pl.DataFrame) -> str:
    return f"{int(table['is_inside'].sum())} of {table.height}"


def _sides(table: pl.DataFrame) -> str:
    """Each site of a few, with its error and whether its interval holds the number."""
    lines = [
        f"{name} {error:+.0%}, {'inside' if is_inside else 'outside'}"
        for name, error, is_inside in table.sort("name")
        .select("name", "error_share", "is_inside")
        .iter_rows()
    ]
    return "; ".join(lines) or "none"


def learnt(rows: pl.DataFrame) -> str:
    """The section on what the development part taught.

    Args:
        rows: As `validation.sites` gives them.
    """
    own = rows.filter(pl.col("part") == "development")
    first, mended = check.compared(own), check.compared(check.corrected(own))
    is_capacity = pl.col("power_kind") == "capacity"
    capacities = first.filter(is_capacity)
    assumed = capacities.filter(~pl.col("is_type_stated"))
    return LEARNT.format(
        first_peak=_median_error(first.filter(~is_capacity, "is_type_stated")),
        corrected=_median_error(mended.filter("is_type_stated")),
        first_assumed=_median_error(assumed),
        first_stated=_median_error(capacities.filter("is_type_stated")),
        capacities=capacities.height,
        assumed=assumed.height,
    )


def limits(rows: pl.DataFrame) -> str:
    """The section on what the figures do not show.

    Args:
        rows: As `validation.sites` gives them.
    """
    table = check.compared(check.corrected(rows))
    stated = table.filter("is_type_stated")
    final = stated.filter(pl.col("part") == "final")
    as_peak = check.figures(
        check.compared(check.read_as(rows, "peak")).filter(
            "is_type_stated", pl.col("part") == "final"
        )
    ).row(0, named=True)
    share, width = as_peak["inside_share"], as_peak["median_width"]
    a100 = stated.filter(pl.col("chip_class") == "a100")
    announced = table.filter(pl.col("power_kind") == "capacity")
    each_kw = pl.col("mw") * KW_PER_MW / pl.col("accelerators")
    hidden = rows.filter(pl.col("name").str.contains(NO_NAME, literal=True))["left_out"]
    own_figure = final.filter(
        pl.col("chip_class") == "gh200", pl.col("site") != "research_scaled"
    )
    return LIMITS.format(
        research=final.filter(pl.col("site").str.starts_with("research")).height,
        final=final.height,
        as_peak=NOT_HAD if share is None else f"{share:.0%}",
        as_peak_width=NOT_HAD if width is None else f"{width:.1f}",
        narrow=": too narrow by that measure" if share is not None and share < NOMINAL else "",
        a100=_median_error(a100),
        a100_inside=_inside(a100),
        gh200=_sides(own_figure),
        rounds=announced.filter((each_kw - ROUND_KW).abs() < ALIKE).height,
        announced=announced.height,
        without_first=_inside(final.filter(pl.col("name") != FIRST_SITE)),
        no_type=(hidden == "no type published").sum(),
        no_number=(hidden == "no number published").sum(),
    )
