"""What people decide on facilities, organisations and lanes: states, notes, watchlists, disputes.

Every function that writes asks `access` whether the person may, and the journal, while nobody else
can write, whether the step is allowed. Pages only hand over what was typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from indicia.errors import AccessError, UsageError
from indicia.review import access, tables
from indicia.review.entry import Act, Entry, identifier, one_of, perhaps, said
from indicia.review.journal import Journal

SUBJECTS = ("facility", "organisation", "lane")
NEW, APPROVED = "new", "approved"
STATES = (NEW, "triage", "watching", "dismissed", "reviewed", APPROVED)
REASONED = ("dismissed", "reviewed")
# A person has judged these; whatever else leaves the house does so as unreviewed.
JUDGED = ("dismissed", "reviewed", APPROVED)
BEFORE_APPROVAL = "reviewed"
ASKERS = ("party concerned", "publisher", "reader", "reviewer")
DISPUTE_STATES = ("received", "under review", "corrected", "rejected", "withdrawn")
MOST_AT_ONCE, LONGEST_LIST = 1_000, 60


@dataclass(frozen=True, slots=True)
class Case:
    """What a decision is about.

    Args:
        id: Facility, organisation or lane.
        also: Other ids that stand for the same, so that decisions on them count here.
        seen: What the person saw of it (verdict, support), kept beside the decision.
    """

    id: str
    also: tuple[str, ...] = ()
    seen: Mapping[str, object] = field(default_factory=dict)


def decide(
    journal: Journal,
    act: Act,
    subject: str,
    cases: Sequence[Case],
    state: str,
    reason: str = "",
    after: int | None = None,
) -> tuple[int, ...]:
    """Set the state of one case or of several, all of them or none.

    Args:
        journal: Where it is written.
        act: Who, when, and the data looked at.
        subject: One of `SUBJECTS`.
        cases: Which.
        state: One of `STATES`. `approved` follows `reviewed` only, and is another person's.
        reason: Why; needed for `REASONED`.
        after: The newest entry on the cases that the person saw; a later one refuses.

    Raises:
        AccessError: The person has not the role, or wrote the review that is to be approved.
        UsageError: The step cannot be taken as given.
    """
    one_of("subject", subject, SUBJECTS)
    one_of("state", state, STATES)
    access.rules(journal.home).require(act.by, "approve" if state == APPROVED else "review")
    why = said("reason", reason) if state in REASONED else perhaps("reason", reason)
    if not 0 < len(cases) <= MOST_AT_ONCE:
        message = (
            f"{len(cases):,} cases were chosen; 1 to {MOST_AT_ONCE:,} can be decided at once."
        )
        raise UsageError(message)
    entries = [
        Entry(tables.STATE, subject, [identifier(c.id)], {"state": state, "reason": why, "seen": dict(c.seen)})
        for c in cases
    ]  # fmt: skip

    def guard(earlier: pl.DataFrame) -> None:
        last = _last(earlier, subject, cases)
        if after is not None and (last["event_id"].max() or 0) != after:
            message = "somebody decided on this since the page was opened. Read it again first."
            raise UsageError(message)
        if state == APPROVED:
            _require_four_eyes(last, act.by)

    return journal.add(act, entries, guard)


def note(journal: Journal, act: Act, subject: str, case: Case, text: str) -> int:
    """Add a note to a case."""
    one_of("subject", subject, SUBJECTS)
    access.rules(journal.home).require(act.by, "review")
    payload = {"text": said("note", text)}
    return journal.add(act, [Entry(tables.NOTE, subject, [identifier(case.id)], payload)])[0]


def watch(
    journal: Journal,
    act: Act,
    subject: str,
    cases: Sequence[Case],
    watchlist: str,
    *,
    is_on: bool = True,
) -> tuple[int, ...]:
    """Put cases on a watchlist or take them off it; a list is there as long as something is on it."""
    one_of("subject", subject, SUBJECTS)
    access.rules(journal.home).require(act.by, "review")
    name = said("name of the watchlist", watchlist, LONGEST_LIST)
    entries = [
        Entry(tables.WATCH, subject, [identifier(c.id)], {"list": name, "is_on": is_on, "seen": dict(c.seen)})
        for c in cases
    ]  # fmt: skip
    return journal.add(act, entries)


def dispute(
    journal: Journal,
    act: Act,
    subject: str,
    case: Case,
    *,
    asked_by: str,
    what: str,
    status: str = DISPUTE_STATES[0],
    public: str,
    number: int | None = None,
) -> int:
    """Write down that somebody disputes a record, or how a dispute stands.

    Args:
        journal: Where it is written.
        act: Who writes it down, when, and the data looked at.
        subject: One of `SUBJECTS`.
        case: What is disputed.
        asked_by: Who asks, as a kind (`ASKERS`): never a name.
        what: What is said to be wrong, for reviewers.
        status: One of `DISPUTE_STATES`.
        public: What everybody may read of it, also in exports.
        number: The entry that opened the dispute, where it goes on.

    Returns:
        The number of the entry.
    """
    one_of("subject", subject, SUBJECTS)
    one_of("asker", asked_by, ASKERS)
    one_of("status", status, DISPUTE_STATES)
    access.rules(journal.home).require(act.by, "review")
    payload = {
        "asked_by": asked_by,
        "what": said("description of what is disputed", what),
        "status": status,
        "public": said("wording for the public", public),
        "number": number,
    }

    def guard(earlier: pl.DataFrame) -> None:
        if number is not None and number not in earlier["event_id"]:
            raise UsageError(f"no dispute has the number {number}.")

    return journal.add(
        act, [Entry(tables.DISPUTE, subject, [identifier(case.id)], payload)], guard
    )[0]


def _last(earlier: pl.DataFrame, subject: str, cases: Sequence[Case]) -> pl.DataFrame:
    """The last state of every case: `case_id`, `event_id`, `state`, `done_by`; null where there is none."""
    ids = pl.DataFrame(
        [(c.id, i) for c in cases for i in {c.id, *c.also}],
        schema={"case_id": pl.String, "id": pl.String},
        orient="row",
    )
    told = earlier.filter(pl.col("subject") == subject).select(
        "event_id",
        "done_by",
        id=pl.col("ids").list.first(),
        state=pl.col("payload").str.json_path_match("$.state"),
    )
    return (
        ids.join(told, on="id", how="left")
        .sort("event_id", nulls_last=False)
        .group_by("case_id", maintain_order=True)
        .last()
    )


def _require_four_eyes(last: pl.DataFrame, by: str) -> None:
    waiting = last.filter(pl.col("state").ne_missing(BEFORE_APPROVAL))
    if waiting.height:
        message = (
            f"{waiting['case_id'][0]} is {waiting['state'][0] or NEW}: only what was reviewed can be approved. "
            "Nothing was written."
        )
        raise UsageError(message)
    own = [
        i
        for i, who in last.select("case_id", "done_by").iter_rows()
        if access.same_person(who, by)
    ]
    if own:
        raise AccessError(
            f"{by} wrote the review of {own[0]} and cannot approve it",
            "A second person does; nothing was written",
        )
