"""Adzuna search (JSON) to `staffing_count` and `stack_mention`: advertisements of one employer, country and word.

Unit: advertisements on the day of the body. The total is taken only where the answer's own
advertisers bear the name that was asked for: others, such as recruiters, are rejected by name.
`redact` keeps the total and the advertisers' names.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from indicia.errors import SourceChangedError
from indicia.schema import STAFFING_COUNT, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import json_body, json_object
from ingest.staffing import stacks

NAME = "staffing/adzuna"
TABLE = parsed(STAFFING_COUNT)
SEARCH = "https://api.adzuna.com/v1/api/jobs/{}/search/1"
SECRETS = {"app_id": "ADZUNA_APP_ID", "app_key": "ADZUNA_APP_KEY"}
COUNTRIES = {"sg": "Singapore", "in": "India", "us": "United States"}
EMPLOYERS = (
    "ByteDance", "TikTok", "Alibaba Cloud", "Tencent", "Huawei", "Equinix", "Digital Realty",
    "GDS", "Princeton Digital Group", "Bridge Data Centres", "YTL", "CoreWeave", "Nebius", "G42",
)  # fmt: skip
WORDS = {
    "GPU": "gpu",
    "InfiniBand": "network",
    "data centre": "datacentre",
    "MindSpore": "domestic_stack",
}
# A word of a stack that is no group of skills; CANN is left out, being a name as well.
TOKENS = ("CUDA",)
LICENCE = r"(?i)\b(?:ea|recruit\w*|staffing|manpower|search|talent)\b"
MOST_OPENINGS = 1_000_000


def plan(_asked: Asked) -> Sequence[Request]:
    """One call per country, employer and word: below the day's budget of a free key."""
    return [
        Request(
            SEARCH.format(country),
            {"what_phrase": word, "company": employer, "results_per_page": "50"},
            secret_params=SECRETS,
        )
        for country in COUNTRIES
        for employer in EMPLOYERS
        for word in (*WORDS, *TOKENS)
    ]


def redact(body: bytes) -> bytes:
    """Keep the total, errors and the advertisers' names.

    Raises:
        SourceChangedError: It is no JSON object, so that nothing is known to be safe to keep.
    """
    found = json_object(NAME, "body", body)
    told = ("count", "exception", "display")
    kept: dict[str, object] = {k: found[k] for k in told if k in found}
    if isinstance(results := found.get("results"), list):
        kept["results"] = [
            {"company": {"display_name": _advertiser(r)}}
            for r in results
            if isinstance(r, dict)
        ]
    return json_body(kept)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one total.

    Raises:
        SourceChangedError: The address names no question of ours, or there is no total.
    """
    country, employer, word = _asked(fetch.url)
    place = f"{country}, {employer}, {word}"
    answer = json_object(NAME, place, body)
    if "exception" in answer:
        received = f"{answer['exception']}: {answer.get('display')}"
        remedy = "Set ADZUNA_APP_ID and ADZUNA_APP_KEY to a pair that is valid"
        raise SourceChangedError(NAME, place, "a total", received, remedy)
    count, results = answer.get("count"), answer.get("results")
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_OPENINGS:
        raise SourceChangedError(NAME, f"{place}, count", "a count of advertisements", count)
    if not isinstance(results, list):
        raise SourceChangedError(NAME, f"{place}, results", "a list", results)
    names = [_advertiser(r) for r in results if isinstance(r, dict)]
    others = sorted({n for n in names if not _is_of(n, employer)})
    if others or (count and not names):
        return Parsed({}, 1, [_of_others(place, employer, others)])
    row = {
        "employer": employer,
        "place": COUNTRIES[country],
        "country_iso2": country.upper(),
        "counted_date": fetch.vintage,
        "openings_count": count,
    }
    tables = {}
    if word in WORDS:
        tables[TABLE.name] = TABLE.frame([row | {"skill_group": WORDS[word]}])
    if stack := stacks.STACK_OF.get(word):
        tables[stacks.TABLE.name] = stacks.TABLE.frame([row | {"token": word, "stack": stack}])
    return Parsed(tables, 1)


def _asked(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    query = {k: v[0] for k, v in parse_qs(parts.query).items()}
    found = re.search(r"/jobs/([a-z]{2})/search/", parts.path)
    country, word = found[1] if found else "", query.get("what_phrase", "")
    if country not in COUNTRIES or word not in (*WORDS, *TOKENS) or not query.get("company"):
        expected = "an address with country, company and what_phrase as in the plan"
        remedy = "Let `indicia refresh` ask: the answer alone does not say what was counted"
        raise SourceChangedError(NAME, "address", expected, url, remedy)
    return country, query["company"], word


def _advertiser(result: dict[str, Any]) -> str:
    company = result.get("company")
    name = company.get("display_name") if isinstance(company, dict) else None
    return name if isinstance(name, str) else ""


def _is_of(advertiser: str, employer: str) -> bool:
    """The advertiser bears the employer's first word, and no word of a recruiter."""
    words = re.findall(r"\w+", advertiser.lower())
    is_named = employer.lower().split()[0] in words
    return is_named and not re.search(LICENCE, advertiser)


def _of_others(place: str, employer: str, others: Sequence[str]) -> Rejection:
    remedy = "Nothing: a total over other advertisers is no count of this employer"
    received = f"{len(others)} other advertisers" if others else "a total without advertisers"
    return Rejection(
        "other advertisers", place, f"advertisements of {employer}", received, remedy
    )
