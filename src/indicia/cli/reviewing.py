"""`indicia review`: what people decided on facilities, organisations and lanes."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from indicia.answers import leads, reviews
from indicia.cli import screen
from indicia.errors import UsageError
from indicia.review import Act, Journal, cases, tables
from indicia.store import Store, home

program = typer.Typer(no_args_is_help=True, add_completion=False)
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Subject = Annotated[str, typer.Option(help="facility, organisation or lane")]
SHOWN = ("id", "name", "review", "verdict", "seen_verdict", "done_by", "at_utc", "reason")


@program.command("list")
def list_(
    state: Annotated[list[str] | None, typer.Option(help="Only these states.")] = None,
    as_json: Json = False,
) -> None:
    """List every case that somebody decided on, and the leads that wait for somebody."""
    journal = Journal(home())
    with Store.open(home()) as store:
        found = reviews.decided(store, journal.events([tables.STATE]))
        new = leads.Filters(
            verdicts=("lead",), reviews=("new",), decided=reviews.of_facilities(found)
        )
        rows = reviews.queue(store, found, leads.queue(store, new), state or ())
    screen.answer(
        list(rows.select(SHOWN).iter_rows(named=True)), as_json=as_json, title="review"
    )


@program.command("set")
def set_(
    case: Annotated[str, typer.Argument(help="Id of the facility, organisation or lane.")],
    state: Annotated[str, typer.Argument(help=", ".join(cases.STATES))],
    by: Annotated[str, typer.Option(help="Initials or role; never a full name.")],
    reason: Annotated[str, typer.Option(help="Why; needed to dismiss and to review.")] = "",
    subject: Subject = "facility",
    as_json: Json = False,
) -> None:
    """Set the state of a case. Who wrote the review cannot approve it."""
    with Store.open(home()) as store:
        if subject != "lane" and not reviews.names(store, [case]):
            message = f"no {subject} has the id {case!r} in the current store. The pages Facility and Entity show ids."
            raise UsageError(message)
        act = Act(by, datetime.now(UTC), store.data_version)
        (number,) = cases.decide(
            Journal(home()), act, subject, reviews.cases(store, subject, [case]), state, reason
        )
    screen.answer(
        [{"entry": number, "case": case, "state": state, "by": act.by}],
        as_json=as_json,
        title="review",
    )


@program.command()
def history(
    case: Annotated[str, typer.Argument(help="Id of the facility, organisation or lane.")],
    subject: Subject = "facility",
    as_json: Json = False,
) -> None:
    """Show everything said of a case, the newest first."""
    with Store.open(home()) as store:
        rows = reviews.history(store, Journal(home()).events(), subject, case)
    screen.answer(list(rows.iter_rows(named=True)), as_json=as_json, title=case)
