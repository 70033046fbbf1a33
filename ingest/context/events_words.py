"""Words of rules.csv and cases.csv as statuses, kinds, dates and parties: visible tables."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, product

# Weakest first: where several words stand together, the first of these that occurs counts.
RULES_WEAKEST_FIRST = ("reported", "planned", "not in force", "superseded", "in force")
CLAIMS_WEAKEST_FIRST = (
    "lawful", "dismissed", "denied", "planned", "reported", "alleged", "charged", "convicted",
    "in force",
)  # fmt: skip

LEGAL = (
    (r"superseded", "superseded"),
    (r"in force|binding on|guidance|clarifies", "in force"),
    (r"still codified|\w+ rule legally in effect", "in force"),
    (r"suspended|not law|none$", "not in force"),
    (r"no official text|licence condition", "reported"),
    (r"uncertain", "planned"),
)
ENFORCEMENT = (
    (r"enforced|applied|current$", "in force"),
    (r"not enforced|non-enforced|suspended|none$|n/a$", "not in force"),
    (r"reported", "reported"),
    (r"uncertain", "planned"),
)
# What a part of a case's status claims; "" claims nothing by itself.
CLAIMS = (
    (r"lawful|public$", "lawful"),
    (r"dismissed|acquitted", "dismissed"),
    (r"denied|.* (?:disputes|denies)", "denied"),
    (r"plans only|planned", "planned"),
    (r"reported|blog$|lawyers say|legal per|legal grey", "reported"),
    (r"alleged|(?:under )?investigat", "alleged"),
    (r"charged|others charged", "charged"),
    (r"(?:\d+ )?pleaded|convicted", "convicted"),
    (r"rule$|listed$|in force$", "in force"),
    (r"no proof|adjourned|sentencing|later status|outcome|some pleas", ""),
)
LABELS = (
    (r"rule$", "rule"),
    (r"entity-list$", "listing"),
    (r"neg-\w+$|pos-known-ai$|indicator$", "announcement"),
    (r"pos-legal$|allegation$|alleged-large$|(?:.+\+)?charged$|convicted$|resolved$", "case"),
    (r"investigation$|reported(?:-\w+)?$|procurement$|estimate$|foundry$|confounder$", "case"),
    (r"legal(?:-\w+)?$", "case"),
)
ANSWER = re.compile(
    r"\b(?:den(?:y|ies|ied)|disputes?|no evidence|lawyers say|legal per)\b", re.IGNORECASE
)
PERSONS = re.compile(
    r"^\d+ (?:natural )?persons?\b(?! linked to)|^\d+ (?:others?|detained|raids|arrested)\b|"
    r"^various$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day of what a date text says, and how closely it says it."""

    first: date | None = None
    last: date | None = None
    precision: str = "unknown"
    is_range: bool = False


def period(text: str | None) -> Period:
    """Read `2025-07-14`, `2025-07`, `2025`, `2024Q4`, `2024-25`, `a..b`, `2024-04..08`.

    A range may stay open, `2020-` or `2024-07..`. Anything else, `standing` among it, is undated.
    """
    words = (text or "").strip()
    first, dots, last = words.partition("..")
    if not dots and (found := re.fullmatch(r"(\d{4})-(\d{4}|\d{2})?", words)):
        first, last = found[1], _full(found[1], found[2] or "")
        dots = "-"
        if found[2] and len(found[2]) == 2 and 1 <= int(found[2]) <= 12:  # noqa: PLR2004 -- digits and months
            return _single(words)
    start = _single(first)
    if not dots or start.first is None:
        return start
    if re.fullmatch(r"\d{2}", last):
        last = f"{first[:5]}{last}"
    end = _single(last)
    order = ("day", "month", "quarter", "year", "unknown")
    known = (start.precision, end.precision) if end.first else (start.precision,)
    return Period(start.first, end.last, max(known, key=order.index), is_range=True)


def rule_status(legal: str | None, enforcement: str | None) -> str | None:
    """The weaker of what is codified and what is enforced; None where a word is not known."""
    found = (_looked_up(LEGAL, legal), _looked_up(ENFORCEMENT, enforcement))
    return None if None in found else _weakest(RULES_WEAKEST_FIRST, found)


def case_status(text: str | None) -> str | None:
    """The weakest claim among the parts of a status; None where a part is not known."""
    found = [_looked_up(CLAIMS, part) for part in _parts(text)]
    return None if None in found else _weakest(CLAIMS_WEAKEST_FIRST, found)


def case_kind(label: str | None) -> str | None:
    """Case, listing, rule or announcement; None where the label is not known."""
    return _looked_up(LABELS, label)


def organisations(text: str | None) -> str | None:
    """The organisations among the parties; numbers of persons and answers are left out."""
    parts = [p for p in _pieces(text) if not ANSWER.search(p) and not PERSONS.search(p)]
    shown = [re.sub(r"^\d+ (?=persons? linked to)", "", p) for p in parts]
    return "; ".join(re.sub(r" \+ owner\b.*", "", p) for p in shown) or None


def denial(parties: str | None, status: str | None) -> str | None:
    """What a named party answers, as far as parties or status say it."""
    named = [p.strip("()") for p in _pieces(parties) if ANSWER.search(p)]
    stated = [p for p in _parts(status) if ANSWER.search(p)]
    return "; ".join(dict.fromkeys(named or stated)) or None


def _single(text: str) -> Period:
    words = text.strip()
    if found := re.fullmatch(r"(\d{4})Q([1-4])", words):
        year, last_month = int(found[1]), int(found[2]) * 3
        end = date(year, last_month, monthrange(year, last_month)[1])
        return Period(date(year, last_month - 2, 1), end, "quarter")
    try:
        if re.fullmatch(r"\d{4}", words):
            return Period(date(int(words), 1, 1), date(int(words), 12, 31), "year")
        if found := re.fullmatch(r"(\d{4})-(\d{2})", words):
            first = date(int(found[1]), int(found[2]), 1)
            last_day = monthrange(first.year, first.month)[1]
            return Period(first, first.replace(day=last_day), "month")
        day = date.fromisoformat(words)
    except ValueError:
        return Period()
    return Period(day, day, "day")


def _full(year: str, short: str) -> str:
    return f"{year[:2]}{short}" if len(short) == 2 else short  # noqa: PLR2004 -- digits of a year


def _looked_up(table: Sequence[tuple[str, str]], text: str | None) -> str | None:
    words = (text or "").strip().lower()
    return next((value for pattern, value in table if re.match(pattern, words)), None)


def _weakest(order: Sequence[str], found: Sequence[str | None]) -> str | None:
    return next((status for status in order if status in found), None)


def _parts(text: str | None) -> list[str]:
    plain = re.sub(r"\([^)]*\)", "", text or "")
    return [part.strip() for part in re.split(r"[;/,]", plain) if part.strip()]


def _pieces(text: str | None) -> list[str]:
    return [piece.strip() for piece in (text or "").split(";") if piece.strip()]


def lanes(route: str | None, iso3: Mapping[str, str]) -> str | None:
    """The lanes of a route such as `US -> MY/TH -> CN`, as EXP>IMP; words and unknown codes end it.

    Args:
        route: Countries by alpha-2 code, `->` between stages, `/` between countries of one stage.
        iso3: Alpha-3 by alpha-2 code.
    """
    stages = [
        [iso3[code] for part in stage.split("/") if (code := part.strip()) in iso3]
        for stage in (route or "").split("->")
    ]
    steps = [f"{a}>{b}" for here, there in pairwise(stages) for a, b in product(here, there)]
    return "; ".join(dict.fromkeys(steps)) or None
