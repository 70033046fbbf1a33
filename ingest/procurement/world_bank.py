"""Procurement notices of World Bank projects to `procurement_notice`.

The search knows no dates, so each of our words is asked whole, newest first. Notices carry
neither amount nor supplier as fields. Contact persons are never asked for, and dropped where an
answer holds them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed, short_hash
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import json_object

from .notices import each_once, is_sound
from .ocds_json import text_of
from .places import country_code

SOURCE = "procurement/world_bank"
TABLE = parsed(PROCUREMENT_NOTICE)
SEARCH = "https://search.worldbank.org/api/v2/procnotices"
PAGE = "https://projects.worldbank.org/en/projects-operations/procurement-detail"
WORDS = ("GPU server", "supercomputer", "high performance computing", "data center")
FIELDS = (
    "id", "notice_type", "notice_status", "noticedate", "project_ctry_name", "project_id", "project_name",
    "bid_reference_no", "bid_description", "procurement_group", "procurement_method_name",
)  # fmt: skip
ROWS, MOST_ROWS = 100, 2_000
STAGES = {
    "Contract Award": "award",
    "Invitation for Bids": "tender",
    "Request for Expression of Interest": "tender",
    "Request for Proposals": "tender",
    "Invitation for Prequalification": "tender",
    "General Procurement Notice": "plan",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def plan(_asked: Asked) -> Sequence[Request]:
    """Ask for each of our words."""
    shared = {
        "format": "json",
        "rows": f"{ROWS}",
        "os": "0",
        "srt": "noticedate",
        "order": "desc",
    }
    fields = {"fl": ",".join(FIELDS)}
    return tuple(Request(SEARCH, {**shared, **fields, "qterm": word}) for word in WORDS)


def following(request: Request, body: bytes) -> Request | None:
    """The next page until the total, or the newest 2,000 notices, are reached."""
    answer = json_object(SOURCE, request.url, body)
    start = int(request.params["os"]) + ROWS
    if not answer.get("procnotices") or start >= min(int(answer.get("total") or 0), MOST_ROWS):
        return None
    return replace(request, params={**request.params, "os": f"{start}"})


def redact(body: bytes) -> bytes:
    """Keep of each notice only the fields that we ask for."""
    answer = json_object(SOURCE, "answer", body)
    notices = _notices("answer", answer)
    kept = [{k: n[k] for k in FIELDS if k in n} for n in notices]
    return json.dumps(
        {"total": answer.get("total"), "procnotices": kept}, ensure_ascii=False
    ).encode()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one page of notices."""
    place = fetch.file_name
    answer = json_object(SOURCE, place, body)
    notices = _notices(place, answer)
    issues: list[Rejection] = []
    if not notices:
        remedy = "Nothing, if no notice has the word"
        issues.append(
            Rejection("no notices", place, "a notice", "none", remedy, 0, severity="notice")
        )
    total = int(answer.get("total") or 0)
    if total > MOST_ROWS:
        received, remedy = f"{total} notices", "Nothing: only the newest are read"
        expected = f"at most {MOST_ROWS} notices of a word"
        issues.append(
            Rejection("older notices not read", place, expected, received, remedy, 0, "notice")
        )
    rows = [
        row
        for number, notice in enumerate(notices)
        for row in _row(notice, f"{place}, procnotices[{number}]", fetch, issues)
    ]
    frame = TABLE.frame(rows)
    once = each_once(frame, "notice", place, issues)
    return Parsed({TABLE.name: once}, len(notices), tuple(issues))


def _notices(place: str, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The notices of an answer: a list, or an object by id."""
    found = answer.get("procnotices")
    listed = list(found.values()) if isinstance(found, dict) else found
    is_whole = isinstance(listed, list) and all(isinstance(n, dict) for n in listed)
    if not isinstance(listed, list) or not is_whole or "total" not in answer:
        raise SourceChangedError(
            SOURCE, place, "total and procnotices (a list of objects)", answer
        )
    return listed


def _row(
    notice: Mapping[str, Any], place: str, fetch: Fetch, issues: list[Rejection]
) -> list[dict[str, object]]:
    number, kind = text_of(notice.get("id")), text_of(notice.get("notice_type"))
    stage, day = STAGES.get(kind or ""), _day(text_of(notice.get("noticedate")) or "")
    checks = (
        ("no notice id", not number, "an id", number),
        ("notice type unknown", not stage, f"one of {', '.join(STAGES)}", kind),
        ("date not read", day is None, "a date like 05-Oct-2026", notice.get("noticedate")),
        (
            "date in the future",
            bool(day and day > fetch.vintage),
            f"up to {fetch.vintage}",
            day,
        ),
    )
    if not is_sound(place, checks, issues):
        return []
    project = text_of(notice.get("project_id"))
    reference = text_of(notice.get("bid_reference_no"))
    process = f"{project} {reference}" if project and reference else f"{number}"
    said, project_name = (text_of(notice.get(k)) for k in ("bid_description", "project_name"))
    return [
        {
            "process_id": process,
            "notice_id": number,
            "line_id": "award-1" if stage == "award" else stage,
            "stage": stage,
            "status": text_of(notice.get("notice_status")),
            "notice_date": day,
            "title": said or project_name,
            "text": project_name if said else None,
            "country_iso2": country_code(text_of(notice.get("project_ctry_name"))),
            "place": text_of(notice.get("project_ctry_name")),
            "procurement_method": text_of(notice.get("procurement_method_name")),
            "source_url": f"{PAGE}/{number}",
            "origin_id": short_hash(process),
            "published_utc": datetime.combine(day, time(), UTC) if day else None,
            "published_basis": "stated",
        }
    ]


def _day(text: str) -> date | None:
    """The day of `05-Oct-2026`, whatever language this machine speaks."""
    day, _, rest = text.partition("-")
    month, _, year = rest.partition("-")
    try:
        return date(int(year), MONTHS.index(month.lower()) + 1, int(day))
    except ValueError:
        return None
