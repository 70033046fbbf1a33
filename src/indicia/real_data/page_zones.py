"""The part of the page on grid zones and campuses."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from indicia.real_data.zones import COMPUTED, CONTROL, KNOWN, KNOWN_MW, SHORT, TRAP

HEAD = """## Grid zones and campuses

Hourly demand of ten zones of the United States, 2020 to 2024 (Form EIA-930 as cleaned by Ruggles et al.), of four regions of Taiwan (Taipower, July to September 2024), and yearly figures of campuses (their operators), under P01 to P03. Known load: facilities with a stated power of {known:g} MW or more, stated by the end of the series, are tied to the zone. Controls: none is; halls, works and a mine whose power nobody stated may be there.

| zone | role | known new load, MW | mean load, MW | base load, last year less first, MW | P01 | smallest step it could show, MW (share of the mean) | P02 | P03 (load factor) |
|---|---|---|---|---|---|---|---|---|
{rows}
P01 in words:

{words}
{summary}
## The oil fields of West Texas, a trap

{trap}
## Raw hours beside cleaned ones

The same indicators over hours as pulled, and as cleaned. Imputed hours count less in quality; they are never taken as reported.

| zone | indicator | raw | cleaned | observed, raw | observed, cleaned | threshold, raw | threshold, cleaned |
|---|---|---|---|---|---|---|---|
{raw}
## Campuses that report by the year

{campuses}
"""
RESULTS = {
    "flag": "flag",
    "no_flag": "no flag",
    "no_data": "no data",
    "not_applicable": "not applicable",
}


def part(
    zones: pl.DataFrame, campuses: pl.DataFrame, trap: pl.DataFrame, raw: pl.DataFrame
) -> str:
    """Zones, the trap, raw beside cleaned, campuses."""
    return HEAD.format(
        known=KNOWN_MW,
        rows="".join(_row(r) for r in zones.iter_rows(named=True)),
        words="".join(
            f"- {r['zone_id']}: {r['statement']}\n"
            for r in zones.filter(pl.col("P01").is_in(COMPUTED)).iter_rows(named=True)
        ),
        summary=_summary(zones),
        trap=_trap(zones.filter(pl.col("zone_id") == TRAP), trap),
        raw="".join(_raw(r) for r in raw.iter_rows(named=True)),
        campuses=_campuses(campuses),
    )


def number(value: float | None, form: str = ",.0f") -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else format(value, form)


def _row(row: Mapping[str, Any]) -> str:
    smallest, mean = row["smallest_mw"], row["mean_mw"]
    share = f" ({smallest / mean:.0%})" if smallest and mean else ""
    factor = f" ({row['load_factor']:.2f})" if row["load_factor"] is not None else ""
    results = {code: RESULTS.get(str(row[code]), "-") for code in ("P01", "P02", "P03")}
    known = row["known_mw"] if row["role"] == KNOWN else None
    return (
        f"| {row['zone_id']} | {row['role']} | {number(known)} "
        f"| {number(mean)} | {number(row['growth_mw'], '+,.0f')} | {results['P01']} "
        f"| {number(smallest)}{share} | {results['P02']} | {results['P03']}{factor} |\n"
    )


def _summary(zones: pl.DataFrame) -> str:
    controls = zones.filter(pl.col("role") == CONTROL)
    known = zones.filter(pl.col("role") == KNOWN)
    loud = controls.filter((pl.col("P01") == "flag") | (pl.col("P03") == "flag"))["zone_id"]
    found = known.filter(pl.col("P01") == "flag").height
    visible = known.filter(pl.col("known_mw") >= pl.col("smallest_mw")).height
    short = zones.filter(pl.col("role") == SHORT).height
    silent = "all silent" if loud.is_empty() else f"loud: {', '.join(loud)}"
    return (
        f"Steps found in {found} of {known.height} zones with a known load; in {visible} of them is "
        "that load as large as the smallest step the zone could show. So the silence was to be "
        f"expected, and says nothing of a site. Controls: {controls.height}, {silent}. "
        f"{short} zones have too few months for any answer. P02 needs twenty zones that are tied to "
        "no site and answers nothing with these.\n"
    )


def _trap(zone: pl.DataFrame, reached: pl.DataFrame) -> str:
    """What a naive reader would make of the zone, and what becomes of it here."""
    if zone.is_empty():
        return "The zone is not at hand.\n"
    row = zone.row(0, named=True)
    rows = "".join(
        f"| {r['name']} | {r['indicator']} | {RESULTS[r['result']]} | {r['exposure_share']:.3f} "
        f"| {r['most_bans']:.3f} | {r['verdict']} | {r['admissibility_reason']} |\n"
        for r in reached.iter_rows(named=True)
    )
    return (
        f"Base load of {TRAP} stood {number(row['growth_mw'], '+,.0f')} MW higher in 2024 than in 2020, and the zone "
        f"is flat day and night (load factor {number(row['load_factor'], '.2f')}): read naively, a very "
        "large hall of accelerators. It is the electrification of oil and gas fields, beside crypto "
        f"mines. P01 says: {row['statement']} P03: {RESULTS[row['P03']]}. A flat zone is not evidence of one site. "
        "The flag reaches a facility only as a mixture, by its exposure, with oil and gas fields "
        "named among the benign causes:\n\n"
        "| facility | indicator | result | exposure | largest weight against any rival, bans | verdict | why admissible or not |\n|---|---|---|---|---|---|---|\n"
        + rows
    )


def _raw(row: Mapping[str, Any]) -> str:
    cells = [
        number(row[name], ",.2f")
        for name in (
            "observed_value",
            "observed_value_cleaned",
            "threshold_value",
            "threshold_value_cleaned",
        )
    ]
    results = [RESULTS[str(row[name])] for name in ("result", "result_cleaned")]
    return f"| {row['scope_id']} | {row['indicator']} | {' | '.join(results)} | {' | '.join(cells)} |\n"


def _campuses(campuses: pl.DataFrame) -> str:
    computed = campuses.filter(pl.col("result").is_in(COMPUTED))
    rows = "".join(
        f"- {r['name']} ({r['verdict']}): {RESULTS[r['result']]}. {r['statement']}\n"
        for r in computed.iter_rows(named=True)
    )
    silent = campuses.height - computed.height
    return (
        f"{rows}\nThese are ordinary cloud campuses of the United States and Sweden; a rise that stands out is "
        f"growth, and asks nothing where no licence was needed. {silent} more campuses report too few "
        "years for an answer.\n"
    )
