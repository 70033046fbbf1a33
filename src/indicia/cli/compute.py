"""The command `ledger`: what each channel of evidence implies, side by side."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from indicia.answers import compute
from indicia.cli import screen
from indicia.store import Store
from indicia.store import home as store_home

GUESS = "any"


def ledger(
    scope: Annotated[
        str,
        typer.Argument(
            help="A facility id, an organisation, a lane (TWN>MYS) or a country (MY)."
        ),
    ],
    kind: Annotated[
        str, typer.Option(help="facility, entity, lane or country; any = by its form.")
    ] = GUESS,
    role: Annotated[
        str, typer.Option(help="For an organisation: owner, operator, user, builder or any.")
    ] = compute.ROLE_CHOICES[0],
    from_: Annotated[str, typer.Option("--from", help="YYYY or YYYY-MM.")] = "",
    to: Annotated[str, typer.Option(help="YYYY or YYYY-MM.")] = "",
    assume: Annotated[
        list[str] | None,
        typer.Option(
            help="An assumption in place of a prior, NAME=LEAST:MODE:MOST or NAME=VALUE."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Answer as JSON, without progress.")
    ] = False,
) -> None:
    """Count accelerators by power, imports, tenders, statements and claims, per class."""
    own = compute.Assumptions.read(assume or ())
    period = compute.Period.of(from_, to)
    with Store.open(store_home()) as store:
        is_guessed = kind == GUESS
        asked = compute.Scope(compute.guess(store, scope) if is_guessed else kind, scope, role)
        found = compute.ask(store, asked, period, own)
    if as_json:
        answer = {
            "scope": {"kind": asked.kind, "key": asked.key, "role": asked.role},
            "period": period.says,
            "lines": list(found.lines.iter_rows(named=True)),
            "gaps": list(found.gaps.iter_rows(named=True)),
            "no_gaps": list(found.no_gaps),
            "left_out": list(found.left_out.iter_rows(named=True)),
            "assumptions": list(found.assumptions.iter_rows(named=True)),
            "caveat": compute.CAVEAT,
        }
        screen.answer([answer], as_json=True)
        return
    rows = [_told(row) for row in found.lines.iter_rows(named=True)]
    screen.answer(
        rows, as_json=False, title=f"compute ledger of the {asked.kind} {scope}, {period.says}"
    )
    for said in compute.sentences(found):
        screen.say(said)
    for what, number in found.left_out.select("what", "number").iter_rows():
        screen.say(f"Left out: {number} {what}")
    used = [f"{p['quantity']} ({p['chip_class']}) {p['least']:g}/{p['mode']:g}/{p['most']:g}" for p in found.assumptions.iter_rows(named=True)]  # fmt: skip
    screen.say(f"Assumptions: {'; '.join(used) or 'none'}.")
    screen.say(compute.CAVEAT)


def _told(row: Mapping[str, Any]) -> dict[str, object]:
    """One line in four columns, so that it fits a terminal."""
    ends = [row[f"accelerators_{p}_count"] for p in ("p05", "p50", "p95")]
    counts = ""
    if ends[1] is not None:
        is_drawn = ends[0] < ends[2]
        counts = " / ".join(_short(e) for e in ends) if is_drawn else f"{ends[1]:,.0f}"
    return {
        "channel": row["channel"],
        "figure": " · ".join(filter(None, (row["reading"], row["subject"]))),
        "class": row["chip_class"] or "",
        "P05 / P50 / P95": f"{counts} H100e" if row["unit"] == compute.H100E else counts,
    }


def _short(count: float) -> str:
    """A drawn count in few letters: `2,720`, `75.9k`, `1.36M`."""
    for letter, size in (("M", 1e6), ("k", 1e4)):
        if count >= size:
            return f"{count / (1e6 if letter == 'M' else 1e3):g}{letter}"
    return f"{count:,.0f}"
