"""The part of the page on public cases, each on the day before its first press."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from indicia.real_data.hindcast import CONTROL, DIVERSION, LAWFUL, RULE, Case, Said
from indicia.real_data.intervals import told
from indicia.real_data.visible import FAMILIES, Counted

HEAD = """
## Public cases, the day before their first press

For each case the store was opened as of the day before it was first reported (of a month or year, before its first day), by publication, and assessed from there. Raised: a site, lane or organisation of the case is a lead or watch, or one of its lanes, parties or notices carries a flag. The cases are here because they were found by others, so a share of them is no recall, and a charge or a report is no finding. Cases and their scope: [real_data_cases.csv](real_data_cases.csv).

A row counts from its stated publication, else from its source's usual lag, else from the day it was taken: rows of the last kind are hidden from every hindcast, though some of them were public. Entity List rows count from the day a listing took effect, and facts that the starter data took from the press from that press.

{figures}
{echo}| case | status, as published | as of | the system that day | today, with everything at hand |
|---|---|---|---|---|
{rows}
### What was public by then

Rows at hand that were public on the day: naming a party of the case / of its countries (customs: of its lanes) / in all. Power rows are months of a zone, years of a site, and statements. Names are met where their words stand side by side, so a common name is met too often.

| case | as of | {families} |
|---|---|{dashes}|
{visible}
### The cases, with source

{facts}"""
FROM_PRESS = "press-"
ECHO = """Every flag of today is at a notice that the starter data took from the press report of the case (its id begins with `press-`): it says that the report can be read by the rules, not that it was foreseen.

"""
GROUPS = {
    DIVERSION: "Apparent diversion (alleged, charged, convicted or reported)",
    LAWFUL: "Lawful",
    CONTROL: "Controls",
    RULE: "A rule, no case",
}


def part(
    cases: Sequence[tuple[Case, Said]],
    now: Mapping[str, Said],
    events: Mapping[str, Mapping[str, Any]],
) -> str:
    """Figures, what was said, what was public, and the facts with their sources."""
    return HEAD.format(
        figures=_figures(cases, now),
        echo=_echo([s for s in now.values() if s.is_raised]),
        rows="".join(
            f"| {c.case_id} | {events[c.case_id]['status']} | {c.cut or 'today'} "
            f"| {_said(s)} | {_said(now[c.case_id])} |\n"
            for c, s in cases
        ),
        families=" | ".join(FAMILIES),
        dashes="|".join("---" for _ in FAMILIES),
        visible="".join(
            f"| {c.case_id} | {c.cut or 'today'} | {' | '.join(_counts(s.rows[f]) for f in FAMILIES)} |\n"
            for c, s in cases
        ),
        facts="".join(f"- {_fact(c.case_id, events[c.case_id])}\n" for c, _ in cases),
    )


def _figures(cases: Sequence[tuple[Case, Said]], now: Mapping[str, Said]) -> str:
    rows = []
    for group, title in GROUPS.items():
        mine = [(c, s) for c, s in cases if c.group == group]
        then = sum(s.is_raised for _, s in mine)
        today = sum(now[c.case_id].is_raised for c, _ in mine)
        lead = sum(now[c.case_id].is_lead for c, _ in mine)
        rows.append(
            f"| {title} | {told(then, len(mine))} | {told(today, len(mine))} | {lead} |\n"
        )
    return (
        "| group | raised the day before | raised today | leads today |\n|---|---|---|---|\n"
        + "".join(rows)
    )


def _echo(raised: Sequence[Said]) -> str:
    """Whether what is raised today rests on the press reports of the cases themselves."""
    scopes = [scope for s in raised for scope in s.flags["scope_id"]]
    if not scopes or not all(scope.startswith(FROM_PRESS) for scope in scopes):
        return ""
    return ECHO


def _said(said: Said) -> str:
    """Verdicts and flags, else silence with its reasons."""
    sites = [
        f"{r['name']}: {r['verdict']}, support {r['support_bans']:+.2f} against {r['strongest_rival']}, "
        f"{r['computable_count']} of {r['applicable_count']} computable"
        for r in (*said.sites.iter_rows(named=True), *said.subjects.iter_rows(named=True))
    ]
    flags = [
        f"{r['indicator']} at {r['scope_id']}: {r['statement']}"
        for r in said.flags.iter_rows(named=True)
    ]
    if said.is_raised:
        return "; ".join((*sites, *flags))
    return "; ".join(("**silent**", *sites, *said.reasons))


def _counts(counted: Counted) -> str:
    return f"{counted.named:,} / {counted.near:,} / {counted.rows:,}"


def _fact(case_id: str, event: Mapping[str, Any]) -> str:
    denial = f" {event['denial']}" if event["denial"] else ""
    day = event["published_utc"]
    public = day.date() if event["published_basis"] == "stated" else None
    since = f", public {public}" if isinstance(public, date) else ""
    return (
        f"**{case_id}** ({event['status']}{since}): {event['title']}.{denial} "
        f"Source: {event['citation'] or event['source_url']}."
    )
