"""The page `docs/validation/real_data.md`: its parts, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from indicia.real_data import page_cases, page_lanes, page_zones
from indicia.real_data.files import FILES, NOT_READ
from indicia.real_data.hindcast import CONTROL, DIVERSION, LAWFUL, Case, Said
from indicia.real_data.intervals import told
from indicia.sources.report import Report

HEAD = """# Real data

What the system says of real public data, and of public cases on the day before their first press. Written by `src/indicia/real_data/` on {today} with `python -m indicia.real_data FOLDER docs`. The publishers' files are not part of this repository; only figures of them stand here. Thresholds are set on synthetic worlds only; nothing on this page moved one.

| question | answer |
|---|---|
{answers}
Most of this is silence. It says little about whether the method would find such cases, and much about what public data hold: the families that carried these stories (consignees by name, notices with models, load at a site) are mostly not published for the places concerned, or were not at hand. The measured recall is that on synthetic worlds.

"""
WHOLE = """
## All indicators over everything at hand

The starter facts and the files below in one store, as they stand today: {facilities} facilities. Computable: an answer of flag or no flag.

| verdict | starter facts alone | with the files |
|---|---|---|
{verdicts}
{raised}
Lanes and organisations are weighed with explanations of their own.

| kind | verdict | how many | of these something computable |
|---|---|---|---|
{subjects}
{raised_subjects}
| | indicator | facilities with an answer (starter alone) | of these flagged | scopes with an answer | of these flagged |
|---|---|---|---|---|---|
{answered}
A flag at a zone, lane or notice that no facility is tied to stands in the last two columns only. Indicators without any answer have no data at hand, not a clean bill.
"""
READ = """
## Files read

By the same jobs as `indicia refresh --from`, in this order, after the starter facts. Publication: what an earlier day sees.

| file | source | records | kept | outcome | public since |
|---|---|---|---|---|---|
{read}
Taiwan's joined table is first cut into the publisher's files of one day. Not read:

{left}"""


SITES = """Every facility that is a lead or watch:

| facility | country | verdict | support, bans | strongest rival | flags | coverage |
|---|---|---|---|---|---|---|
"""
SUBJECTS = """Every lane and organisation that is a lead or watch:

| lane or organisation | verdict | support, bans | strongest rival | flags | coverage |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """All that the page tells."""

    today: date
    reports: Sequence[Report]
    zones: pl.DataFrame
    campuses: pl.DataFrame
    trap: pl.DataFrame
    raw: pl.DataFrame
    lanes: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame] | None
    cases: Sequence[tuple[Case, Said]]
    now: Mapping[str, Said]
    events: Mapping[str, Mapping[str, Any]]
    answered: pl.DataFrame
    verdicts: tuple[Mapping[str, int], Mapping[str, int]]
    raised: pl.DataFrame
    subjects: pl.DataFrame
    raised_subjects: pl.DataFrame


def page(found: Measured) -> str:
    """The whole page."""
    return "".join(
        (
            HEAD.format(today=found.today, answers=_answers(found)),
            page_zones.part(found.zones, found.campuses, found.trap, found.raw),
            page_lanes.part(*found.lanes) if found.lanes else "",
            page_cases.part(found.cases, found.now, found.events),
            _whole(found),
            _read(found.reports),
        )
    )


def _answers(found: Measured) -> str:
    computed = found.zones.filter(pl.col("P01").is_in(["flag", "no_flag"]))
    steps = computed.filter(pl.col("P01") == "flag")
    flat = found.zones.filter(pl.col("P03") == "flag")["zone_id"].to_list()
    smallest = sorted(computed["smallest_mw"].to_list())
    of = {group: [s for c, s in found.cases if c.group == group] for group in (DIVERSION, LAWFUL, CONTROL)}  # fmt: skip
    leads = [name for name, n in found.now.items() if n.is_lead]
    controls = [c.case_id for c, _ in found.cases if c.group == CONTROL]
    rows = (
        ("zones in which a step of base load (P01) stands out", told(steps.height, computed.height)),
        ("smallest step these zones could show", f"{smallest[0]:,.0f} to {smallest[-1]:,.0f} MW" if smallest else "no zone at hand"),
        ("zones flagged as flat (P03)", ", ".join(flat) or "none"),
        ("lanes that stand out conditionally (C01), and by the naive rule of eight times", _lanes(found)),
        ("cases of apparent diversion raised the day before first press", told(sum(s.is_raised for s in of[DIVERSION]), len(of[DIVERSION]))),
        ("lawful cases raised the day before first press", told(sum(s.is_raised for s in of[LAWFUL]), len(of[LAWFUL]))),
        ("controls that are a lead today", told(len(set(leads) & set(controls)), len(controls))),
        ("leads among all facilities at hand today", f"{found.verdicts[1]['lead']} of {sum(found.verdicts[1].values()):,}"),
    )  # fmt: skip
    return "".join(f"| {question} | {answer} |\n" for question, answer in rows)


def _lanes(found: Measured) -> str:
    if not found.lanes:
        return "the file is not at hand"
    _, evidence, naive = found.lanes
    is_surge = (pl.col("indicator") == "C01") & (pl.col("result") == "flag")
    flagged = evidence.filter(is_surge).height
    return f"{flagged}, and {naive['lanes'][0]} in {naive['lane_years'][0]} lane-years"


def _whole(found: Measured) -> str:
    alone, everything = found.verdicts
    verdicts = "".join(f"| {v} | {alone[v]:,} | {everything[v]:,} |\n" for v in everything)
    return WHOLE.format(
        facilities=f"{sum(everything.values()):,}",
        verdicts=verdicts,
        raised=_raised(found.raised),
        subjects=_subjects(found.subjects),
        raised_subjects=_raised_subjects(found.raised_subjects),
        answered="".join(
            f"| {r['indicator']} | {r['title']} | {r['facilities']} ({r['facilities_starter']}) "
            f"| {r['flagged']} | {r['scopes']} | {r['scopes_flagged']} |\n"
            for r in found.answered.iter_rows(named=True)
        ),
    )


def _raised(raised: pl.DataFrame) -> str:
    """Every facility that is a lead or watch, by name: neither promoted nor hidden."""
    if raised.is_empty():
        return "No facility is a lead or watch.\n"
    return SITES + "".join(
        f"| {r['name']} | {r['country_iso2']} | {r['verdict']} | {_weighed(r)} |\n"
        for r in raised.iter_rows(named=True)
    )


def _subjects(counted: pl.DataFrame) -> str:
    return "".join(
        f"| {r['subject_kind']} | {r['verdict']} | {r['subjects']:,} | {r['computable']:,} |\n"
        for r in counted.iter_rows(named=True)
    )


def _raised_subjects(raised: pl.DataFrame) -> str:
    """Every lane and organisation that is a lead or watch."""
    if raised.is_empty():
        return "No lane or organisation is a lead or watch.\n"
    return SUBJECTS + "".join(
        f"| {r['name']} | {r['verdict']} | {_weighed(r)} |\n"
        for r in raised.iter_rows(named=True)
    )


def _weighed(row: Mapping[str, Any]) -> str:
    return (
        f"{row['support_bans']:+.2f} | {row['strongest_rival']} | {row['flags'] or '-'} "
        f"| {row['computable_count']} of {row['applicable_count']}"
    )


def _read(reports: Sequence[Report]) -> str:
    """The files' reports follow the starter's."""
    mine = [r for r in reports if r.way == "file"]
    rows = [
        f"| {f.path} | {f.source} | {r.rows_in:,} | {r.rows_kept:,} | {r.outcome} "
        f"| {f.published or ''}{' ' if f.published else ''}{f.basis} |\n"
        for f, r in zip(FILES, mine, strict=False)
    ]
    left = [f"- {path}: {reason}.\n" for path, reason in NOT_READ]
    return READ.format(read="".join(rows), left="".join(left))
