"""What an entry is made of, and what a person's words must be before they are written down."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from indicia.errors import UsageError

LONGEST_ID, LONGEST_TEXT, LONGEST_BY = 1_000, 4_000, 40
# Two words in a row that begin with a capital and go on in small letters.
FULL_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][^\W\dA-ZÀ-ÖØ-Þ]+[\s,]+[A-ZÀ-ÖØ-Þ][^\W\dA-ZÀ-ÖØ-Þ]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when, and what was looked at.

    Args:
        by: Initials or role of the person, never a full name.
        at: When, with its time zone.
        store_version: The data version the person looked at.

    Raises:
        UsageError: The person or the time cannot be written down as given.
    """

    by: str
    at: datetime
    store_version: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be told apart later."""
        object.__setattr__(self, "by", person(self.by))
        if self.at.tzinfo is None:
            message = f"the time {self.at} has no time zone; give it in UTC."
            raise UsageError(message)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal, before it is written.

    Args:
        kind: What is said, one of `tables.KINDS`.
        subject: What kind of thing it is said of.
        ids: Of which.
        payload: What is said, as plain values.
    """

    kind: str
    subject: str
    ids: Sequence[str]
    payload: Mapping[str, object] = field(default_factory=dict)

    def row(self, act: Act) -> tuple[str, ...]:
        """Values for the table, in its order."""
        moment = act.at.astimezone(UTC).isoformat(timespec="microseconds")
        return (
            self.kind, self.subject, _json(list(self.ids)), _json(dict(self.payload)), act.by, moment,
            act.store_version,
        )  # fmt: skip


def said(name: str, text: str, longest: int = LONGEST_TEXT) -> str:
    """A text that may not be empty, without blanks around it."""
    told = text.strip()
    if not told:
        message = f"a {name} is needed: say in a few words why."
        raise UsageError(message)
    return perhaps(name, told, longest)


def perhaps(name: str, text: str, longest: int = LONGEST_TEXT) -> str:
    """A text that may be empty, without blanks around it."""
    told = text.strip()
    if len(told) > longest or "\x00" in told:
        message = (
            f"the {name} has {len(told):,} characters; at most {longest:,}, none of them NUL."
        )
        raise UsageError(message)
    return told


def identifier(text: str) -> str:
    """An id: printable, on one line."""
    told = text.strip()
    if not told or len(told) > LONGEST_ID or CONTROL.search(told):
        message = f"{told[:80]!r} is no id: expected 1 to {LONGEST_ID:,} printable characters."
        raise UsageError(message)
    return told


def person(by: str) -> str:
    """Initials or a role."""
    told = " ".join(by.split())
    is_short = 0 < len(told) <= LONGEST_BY
    if not is_short or "@" in told or CONTROL.search(told) or FULL_NAME.search(told):
        message = (
            f"{told[:LONGEST_BY]!r} cannot stand for a person: give initials or a role in lower "
            "case, such as AB or duty analyst; never a full name or an address."
        )
        raise UsageError(message)
    return told


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """A value of a closed set."""
    if value not in known:
        message = f"{name} {value!r} is not known; expected one of {', '.join(known)}."
        raise UsageError(message)
    return value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
