"""`indicia judge`: a person decides whether two records, or two facilities, are the same."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from indicia.answers import decisions
from indicia.cli import screen
from indicia.errors import UsageError
from indicia.review import Journal
from indicia.schema import JUDGEMENT
from indicia.store import Store, home


def judge(
    left: Annotated[str, typer.Argument(help="Id of one record or facility.")] = "",
    right: Annotated[str, typer.Argument(help="Id of the other.")] = "",
    verdict: Annotated[str, typer.Option(help="match, no match or unsure")] = "",
    reason: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    by: Annotated[str, typer.Option(help="Initials or role; never a full name.")] = "",
    subject: Annotated[str, typer.Option(help="organisation or facility")] = "organisation",
    listed: Annotated[
        bool, typer.Option("--list", help="List every judgement that counts.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Write down whether two ids are one; it is kept for good and counts from the next refresh on."""
    journal = Journal(home())
    if listed:
        if left or right:
            message = "--list shows every judgement and takes no ids."
            raise UsageError(message)
        _list(journal, as_json=as_json)
        return
    if not left or not right:
        message = "two ids are needed, or --list. The page Entity shows ids of records."
        raise UsageError(message)
    with Store.open(home()) as store:
        if strange := decisions.unknown(store, subject, (left, right)):
            message = f"no {subject} has the id {strange[0]!r} in the current store. The pages Entity and Facility show ids."
            raise UsageError(message)
        number = journal.judge(
            subject, left, right, verdict, reason, by, datetime.now(UTC), store.data_version
        )
    screen.answer(
        [{"judgement": number, "left": left, "right": right, "verdict": verdict}],
        as_json=as_json,
        title="judged",
    )
    screen.say("Written down. It counts from the next refresh on.")


def _list(journal: Journal, *, as_json: bool) -> None:
    with Store.open(home()) as store:
        judged = journal.judgements()
        waiting = set(decisions.pending(store, judged)["judgement_id"])
    rows = [
        {**row, "counts": "from the next refresh" if row["judgement_id"] in waiting else "yes"}
        for row in judged.select(JUDGEMENT.names).iter_rows(named=True)
    ]
    shown = rows if as_json else [_line(row) for row in rows]
    screen.answer(shown, as_json=as_json, title="judgements")


def _line(row: Mapping[str, object]) -> dict[str, object]:
    return {
        "judgement": f"{row['left_id']} and {row['right_id']}: {row['verdict']}",
        "said": f"{row['reason']} ({row['judged_by']}, {row['judged_utc']:%Y-%m-%d}; counts: {row['counts']})",
    }
