"""US federal contracts (USAspending, search by award) to `procurement_notice`.

Asked by the words for accelerators and their servers; one row per award, as it stands today. The
period of a question is that of actions on an award, not of the award. Amounts are obligations in
US dollars and may be negative. Awards of the Department of Defense appear 90 days late, so the
question always reaches back further than that.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import Any

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed, short_hash
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import json_object

from .notices import each_once, is_sound
from .ocds_json import day_of, joined, mapping, text_of
from .places import country_code

SOURCE = "procurement/usaspending"
TABLE = parsed(PROCUREMENT_NOTICE)
SEARCH = "https://api.usaspending.gov/api/v2/search/spending_by_award/"
PAGE = "https://www.usaspending.gov/award"
CONTRACTS = ("A", "B", "C", "D")
KEYWORDS = (
    "NVIDIA", "graphics processing unit", "GPU server", "DGX", "H100", "H200", "B200", "A100", "MI300",
    "supercomputer", "high performance computing",
)  # fmt: skip
FIELDS = (
    "Award ID", "Recipient Name", "Recipient UEI", "Start Date", "Award Amount", "Description", "Awarding Agency",
    "Awarding Sub Agency", "Contract Award Type", "Last Modified Date", "Base Obligation Date", "NAICS", "PSC",
    "generated_internal_id", "Primary Place of Performance", "Place of Performance Country Code",
)  # fmt: skip
NEEDED = ("Award ID", "Award Amount", "Description", "generated_internal_id")
LIMIT = 100
WINDOW = 50_000  # results that pages reach; beyond them the last record is named
FIRST_DAYS, OVERLAP_DAYS = 400, 120
MOST = 1e13
WITHHELD, REDACTED = "(natural person)", "PII"


def plan(asked: Asked) -> Sequence[Request]:
    """Ask for all awards with an action since the cursor, and at least for 120 days."""
    since = min(
        asked.start(asked.today - timedelta(days=FIRST_DAYS), OVERLAP_DAYS),
        asked.today - timedelta(days=OVERLAP_DAYS),
    )
    form = {
        "filters": {
            "award_type_codes": list(CONTRACTS),
            "keywords": list(KEYWORDS),
            "time_period": [{"start_date": f"{since}", "end_date": f"{asked.today}"}],
        },
        "fields": list(FIELDS),
        "limit": LIMIT,
        "page": 1,
        "sort": "Award ID",
        "order": "asc",
        "subawards": False,
    }
    return (Request(SEARCH, form=json.dumps(form)),)


def following(request: Request, body: bytes) -> Request | None:
    """The next page; where pages end before the results do, from the last record on."""
    try:
        meta = mapping(mapping(json.loads(body)).get("page_metadata"))
    except ValueError:
        return None
    form = json.loads(request.form)
    if not meta.get("hasNext") or meta.get("page") != form["page"]:
        return None
    form["page"] += 1
    if form["page"] * LIMIT > WINDOW:
        for key in ("last_record_unique_id", "last_record_sort_value"):
            if meta.get(key) in {None, form.get(key)}:
                return None
            form[key] = meta[key]
    return replace(request, form=json.dumps(form))


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one page of awards."""
    place = fetch.file_name
    answer = json_object(SOURCE, place, body)
    results = answer.get("results")
    if not isinstance(results, list) or not all(isinstance(r, dict) for r in results):
        raise SourceChangedError(SOURCE, place, "a list `results` of objects", answer)
    page = mapping(answer.get("page_metadata")).get("page")
    if not results and page == 1:
        remedy = "Look at the filters: a question without `award_type_codes` or with an unknown word finds none"
        raise SourceChangedError(SOURCE, place, "at least one award", "none", remedy)
    if results and (lacking := [n for n in NEEDED if not any(n in r for r in results)]):
        raise SourceChangedError(SOURCE, f"{place}, results", f"fields {NEEDED}", lacking)
    issues = [
        Rejection("publisher says", place, "no message", text, count=0, severity="notice")
        for text in map(text_of, answer.get("messages") or [])
        if text and "For searches, time period" not in text
    ]
    rows = [
        row
        for number, award in enumerate(results)
        for row in _row(award, f"{place}, results[{number}]", fetch, issues)
    ]
    frame = TABLE.frame(rows)
    once = each_once(frame, "award", place, issues)
    return Parsed({TABLE.name: once}, len(results), tuple(issues))


def _row(
    award: Mapping[str, Any], place: str, fetch: Fetch, issues: list[Rejection]
) -> list[dict[str, object]]:
    number = text_of(award.get("generated_internal_id"))
    amount, day = award.get("Award Amount"), day_of(award.get("Base Obligation Date"))
    day = day or day_of(award.get("Start Date"))
    is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
    is_money = amount is None or (is_number and isfinite(amount) and abs(amount) < MOST)
    checks = (
        ("no award id", not number, "a generated_internal_id", number),
        ("amount not read", not is_money, f"US dollars below {MOST:g}", amount),
        ("date not read", day is None, "Base Obligation Date or Start Date", None),
        (
            "date in the future",
            bool(day and day > fetch.vintage),
            f"up to {fetch.vintage}",
            day,
        ),
    )
    if not is_sound(place, checks, issues):
        return []
    where = mapping(award.get("Primary Place of Performance"))
    country = where.get("location_country_code") or award.get(
        "Place of Performance Country Code"
    )
    modified = day_of(award.get("Last Modified Date"))
    supplier, uei = text_of(award.get("Recipient Name")), text_of(award.get("Recipient UEI"))
    is_person = supplier is not None and REDACTED in supplier.split()
    return [
        {
            "process_id": number,
            "notice_id": number,
            "line_id": "contract-1",
            "stage": "contract",
            "status": text_of(award.get("Contract Award Type")),
            "notice_date": day,
            "title": text_of(award.get("Award ID")),
            "text": text_of(award.get("Description")),
            "buyer_name": joined(
                ", ", [award.get("Awarding Agency"), award.get("Awarding Sub Agency")]
            ),
            "supplier_names": WITHHELD if is_person else supplier,
            "supplier_ids": f"US-UEI:{uei}" if uei and not is_person else None,
            "country_iso2": country_code(text_of(country)),
            "place": joined(", ", [where.get("city_name"), where.get("state_code")]),
            "amount": None if amount is None else float(amount),
            "currency": None if amount is None else "USD",
            "classification_codes": joined("; ", (_code(award, k) for k in ("PSC", "NAICS"))),
            "source_url": f"{PAGE}/{number}/",
            "origin_id": short_hash(str(number)),
            "published_utc": datetime.combine(modified, time(), UTC) if modified else None,
            "published_basis": "stated" if modified else None,
        }
    ]


def _code(award: Mapping[str, Any], scheme: str) -> str | None:
    """A code as published, alone or in an object; no list of codes is consulted."""
    told = award.get(scheme)
    code = text_of(told.get("code") if isinstance(told, dict) else told)
    return f"{scheme}:{code}" if code else None
