"""Tenders Electronic Daily (TED): answers of the search API, and notices in XML that a user saved.

A live refresh asks the search (API v3) for notices with a CPV code of computers and servers; one
row per notice. Notices in XML, legacy (`TED_EXPORT`) or eForms, give one row per award. Contacts
and beneficial owners are removed before a body is archived, and so are the names of suppliers
whom a notice marks as natural persons.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed, short_hash
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import json_object

from . import ted_xml
from .notices import each_once, is_sound
from .ocds_json import day_of, joined, text_of
from .places import country_code
from .ted_parts import MOST, stated

SOURCE = "procurement/ted"
TABLE = parsed(PROCUREMENT_NOTICE)
SEARCH = "https://api.ted.europa.eu/v3/notices/search"
PAGE = "https://ted.europa.eu/en/notice/-/detail"
# One name that the API does not know would reject the whole question.
FIELDS = (
    "publication-number", "publication-date", "notice-title", "notice-type", "buyer-name", "buyer-country",
    "classification-cpv", "total-value", "total-value-cur", "winner-name", "links",
)  # fmt: skip
CPV = ("30210000", "30211100", "30236000", "48820000", "48821000")
LIMIT = 250
FIRST_DAYS, OVERLAP_DAYS = 30, 7
WITHHELD = -1
KINDS = {
    "pin": "plan", "pmc": "plan", "cn": "tender", "qu": "tender", "subco": "tender", "can": "award", "veat": "award",
    "compl": "contract",
}  # fmt: skip
CHANGED = "can-modif"
NONE_FOUND = "Look at the date in the query: one in another form than YYYYMMDD finds nothing"


def plan(asked: Asked) -> Sequence[Request]:
    """Ask for everything with our codes published since the cursor, page by page."""
    since = min(
        asked.start(asked.today - timedelta(days=FIRST_DAYS), OVERLAP_DAYS),
        asked.today - timedelta(days=OVERLAP_DAYS),
    )
    form = {
        "query": f"classification-cpv IN ({' '.join(CPV)}) AND publication-date>={since:%Y%m%d}",
        "fields": list(FIELDS),
        "limit": LIMIT,
        "scope": "ALL",
        "checkQuerySyntax": False,
        "paginationMode": "ITERATION",
    }
    return (Request(SEARCH, form=json.dumps(form)),)


def following(request: Request, body: bytes) -> Request | None:
    """The next page, while the answer holds notices and a token for more."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    token = answer.get("iterationNextToken") if isinstance(answer, dict) else None
    if not token or not answer.get("notices"):
        return None
    form = {**json.loads(request.form), "iterationNextToken": token}
    return None if json.dumps(form) == request.form else replace(request, form=json.dumps(form))


def redact(body: bytes) -> bytes:
    """Keep of a search only the fields we ask for; remove persons from XML."""
    if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return ted_xml.redacted(SOURCE, body)
    answer = _answer("search", body)
    answer["notices"] = [{k: n[k] for k in FIELDS if k in n} for n in answer["notices"]]
    return json.dumps(answer, ensure_ascii=False).encode()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read an answer of the search, or one notice in XML."""
    if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return ted_xml.notice(SOURCE, body, fetch)
    answer = _answer(fetch.file_name, body)
    issues: list[Rejection] = []
    rows = [
        row
        for number, notice in enumerate(answer["notices"], start=1)
        for row in _row(notice, f"{fetch.file_name}, notices[{number - 1}]", fetch, issues)
    ]
    frame = TABLE.frame(rows)
    once = each_once(frame, "notice", fetch.file_name, issues)
    return Parsed({TABLE.name: once}, len(answer["notices"]), tuple(issues))


def _answer(place: str, body: bytes) -> dict[str, Any]:
    """The answer of the search.

    Raises:
        SourceChangedError: It is none, it ran out of time, or it found nothing at all.
    """
    answer = json_object(SOURCE, place, body)
    notices = answer.get("notices")
    if not isinstance(notices, list) or not all(isinstance(n, dict) for n in notices):
        raise SourceChangedError(SOURCE, place, "a list `notices` of objects", answer)
    if answer.get("timedOut"):
        remedy = "Ask for a shorter time: the publisher gave up, and the answer is not whole"
        raise SourceChangedError(SOURCE, place, "timedOut false", "timedOut true", remedy)
    if not notices and answer.get("totalNoticeCount") == 0:
        raise SourceChangedError(SOURCE, place, "at least one notice", "none", NONE_FOUND)
    return answer


def _row(
    notice: Mapping[str, Any], place: str, fetch: Fetch, issues: list[Rejection]
) -> list[dict[str, object]]:
    number, kind = text_of(notice.get("publication-number")), text_of(notice.get("notice-type"))
    stage = "contract" if kind == CHANGED else KINDS.get((kind or "").split("-")[0])
    day = day_of(notice.get("publication-date"))
    checks = (
        ("no publication number", not number, "a publication-number", number),
        ("notice type unknown", not stage, f"a type that starts with {', '.join(KINDS)}", kind),
        ("date not read", day is None, "a publication-date", notice.get("publication-date")),
        (
            "date in the future",
            bool(day and day > fetch.vintage),
            f"up to {fetch.vintage}",
            day,
        ),
    )
    if not is_sound(place, checks, issues):
        return []
    codes = notice.get("classification-cpv")
    return [
        {
            "process_id": number,
            "notice_id": number,
            "line_id": stage if stage in {"plan", "tender"} else f"{stage}-1",
            "stage": stage,
            "status": kind,
            "notice_date": day,
            "title": _told(notice.get("notice-title")),
            "buyer_name": _told(notice.get("buyer-name")),
            "supplier_names": _told(notice.get("winner-name")),
            "country_iso2": country_code(_told(notice.get("buyer-country"))),
            "classification_codes": joined(
                "; ", (f"CPV:{c}" for c in (codes if isinstance(codes, list) else []))
            ),
            "source_url": f"{PAGE}/{number}",
            "origin_id": short_hash(str(number)),
            **_money(notice, place, issues),
            **stated(day),
        }
    ]


def _money(notice: Mapping[str, Any], place: str, issues: list[Rejection]) -> dict[str, object]:
    """The total where it is one number in one currency; -1 is how a total is withheld."""
    values, codes = (
        list(dict.fromkeys(v if isinstance(v, list) else [v]))
        for v in (notice.get("total-value"), notice.get("total-value-cur"))
    )
    if values in ([None], []) or codes in ([None], []):
        return {}
    try:
        amounts = [float(v) for v in values]
    except (TypeError, ValueError):
        amounts = []
    if len(amounts) == len(codes) == 1 and 0 <= amounts[0] < MOST:
        return {"amount": amounts[0], "currency": text_of(codes[0])}
    rule = "amount withheld" if amounts == [WITHHELD] else "amount not read"
    issues.append(
        Rejection(
            rule,
            f"{place}, total-value",
            "one number in one currency",
            f"{values} {codes}",
            "Nothing: the row is kept without the amount",
            0,
            "notice",
        )
    )
    return {}


def _told(value: object) -> str | None:
    """A text of a value by languages: the English one, else the first; lists joined."""
    if isinstance(value, dict):
        return _told(value.get("eng") or next(iter(value.values()), None))
    return joined("; ", value) if isinstance(value, list) else text_of(value)
