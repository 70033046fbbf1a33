"""MyCareersFuture (JSON) to `staffing_count` and `stack_mention`: open positions of one employer.

Unit: open positions on the day of the body. A search lists the newest postings; each employer
found there (by UEN, Singapore's registry id) is then asked for its own total, so that one body
holds one whole count. `redact` keeps the total and the companies; titles, descriptions, salaries
and whoever is named in them are dropped.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import STAFFING_COUNT, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import json_body, json_object
from ingest.entities.csl_names import is_apparent_person
from ingest.staffing import stacks

NAME = "staffing/mycareersfuture"
TABLE = parsed(STAFFING_COUNT)
JOBS = "https://api.mycareersfuture.gov.sg/v2/jobs"
# A search reads loosely, so only words that mean nothing else are asked; CUDA is no group of skills.
SEARCHES = {
    "GPU": "gpu",
    "InfiniBand": "network",
    "data centre": "datacentre",
    "MindSpore": "domestic_stack",
    "CUDA": "",
}
UEN = re.compile(r"(?:\d{8}[A-Z]|\d{9}[A-Z]|[TSR]\d{2}[A-Z]{2}\d{4}[A-Z])")
NEWEST = 100
MOST_OPENINGS = 100_000


def plan(_asked: Asked) -> Sequence[Request]:
    """The newest postings of each search, which name the employers."""
    return [
        Request(JOBS, {"search": search, "limit": str(NEWEST), "page": "0"})
        for search in SEARCHES
    ]


def following(request: Request, body: bytes) -> Sequence[Request]:
    """One question per employer found; an answer about one employer leads nowhere."""
    if "uen" in request.params:
        return ()
    search = request.params["search"]
    found = dict.fromkeys(uen for _, uen in _companies(json_object(NAME, search, body), search))
    return [
        Request(JOBS, {"search": search, "uen": uen, "limit": "1", "page": "0"})
        for uen in found
        if UEN.fullmatch(uen)
    ]


def redact(body: bytes) -> bytes:
    """Keep the total and the companies; a company named like a person keeps its id only.

    Raises:
        SourceChangedError: It is no JSON object, so that nothing is known to be safe to keep.
    """
    found = json_object(NAME, "body", body)
    kept = dict.fromkeys(found)  # names only, so that a strange body can still be told
    kept["total"] = found.get("total")
    if isinstance(results := found.get("results"), list):
        kept["results"] = [_company_only(r) for r in results if isinstance(r, dict)]
    return json_body(kept)


def _company_only(posting: dict[str, Any]) -> dict[str, Any]:
    company = posting.get("postedCompany")
    if not isinstance(company, dict):
        return {"postedCompany": None}
    name = company.get("name")
    said = [name if isinstance(name, str) else None]
    frame = pl.DataFrame({"name": said}, schema={"name": pl.String})
    person = frame.select(is_apparent_person(pl.col("name"), pl.lit(""))).item()
    return {"postedCompany": {"name": None if person else said[0], "uen": company.get("uen")}}


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read the total of one employer; a list of postings holds no count of one.

    Raises:
        SourceChangedError: The address names no search of ours, or there is no total.
    """
    query = {k: v[0] for k, v in parse_qs(urlsplit(fetch.url).query).items()}
    search, uen = query.get("search", ""), query.get("uen", "")
    if search not in SEARCHES:
        expected = f"an address with search={' or '.join(SEARCHES)}"
        remedy = "Let `indicia refresh` ask: the answer alone does not say what was counted"
        raise SourceChangedError(NAME, "address", expected, fetch.url, remedy)
    place = f"{search}, {uen or 'newest'}"
    answer = json_object(NAME, place, body)
    companies = _companies(answer, place)
    total = answer.get("total")
    if not uen:
        if total and not companies:
            raise SourceChangedError(
                NAME, f"{place}, results", f"some of {total} postings", "none"
            )
        return Parsed({}, 0)
    if not isinstance(total, int) or isinstance(total, bool) or not 0 <= total <= MOST_OPENINGS:
        raise SourceChangedError(NAME, f"{place}, total", "a count of positions", total)
    is_one = {found for _, found in companies} == {uen}  # of several, the total is of them all
    named = [name for name, _ in companies if is_one and name]
    if not named:
        expected = f"postings of the company with the id {uen} alone"
        remedy = "Nothing, if its postings expired meanwhile or its name looks like a person's"
        return Parsed(
            {}, 1, [Rejection("employer unnamed", place, expected, str(companies), remedy)]
        )
    row = {
        "employer": " ".join(named[0].split()),
        "employer_id": f"UEN:{uen}",
        "place": "Singapore",
        "country_iso2": "SG",
        "counted_date": fetch.vintage,
        "openings_count": total,
    }
    tables = {}
    if group := SEARCHES[search]:
        tables[TABLE.name] = TABLE.frame([row | {"skill_group": group}])
    if stack := stacks.STACK_OF.get(search):
        tables[stacks.TABLE.name] = stacks.TABLE.frame(
            [row | {"token": search, "stack": stack}]
        )
    return Parsed(tables, 1)


def _companies(answer: dict[str, Any], place: str) -> Sequence[tuple[str, str]]:
    results = answer.get("results")
    if not isinstance(results, list) or "total" not in answer:
        raise SourceChangedError(NAME, place, "`total` and `results`", sorted(answer))
    posted = [r.get("postedCompany") for r in results if isinstance(r, dict)]
    companies = [c for c in posted if isinstance(c, dict)]
    if len(companies) < len(results):
        raise SourceChangedError(NAME, place, "`postedCompany` in every result", posted[:3])
    return [(str(c.get("name") or ""), str(c.get("uen") or "")) for c in companies]
