"""OpenAlex works grouped by institution (JSON) to `expertise_count`.

Unit: publications of a year that match a query of ours. Year and query are read from the address,
because the answer does not repeat them; so an answer saved by hand cannot be read.

No author and no title is asked for, and `redact` drops whatever is not a group. A search costs
ten times a plain list: one call per query and year keeps a refresh below the budget of a day
without a key. When the budget is spent the session stops until midnight UTC (`spent_header`).
"""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import EXPERTISE_COUNT, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import Sieve, json_body, json_object, json_rows, require

NAME = "staffing/openalex"
WORKS = "https://api.openalex.org/works"
GROUP = "authorships.institutions.id"
MOST_GROUPS = 200
QUERIES = {
    "large language models": '"large language model"',
    "large language models with CUDA": '"large language model" AND (CUDA OR NVIDIA)',
    "large language models with Ascend": '"large language model" AND (Ascend OR MindSpore)',
    "GPU clusters": '"GPU cluster" OR "GPU supercomputer"',
}
FIRST_YEAR, YEARS_AGAIN = 2019, 3
MOST_WORKS = 10_000_000
KEPT = ("meta", "group_by", "error", "message")


def plan(asked: Asked) -> Sequence[Request]:
    """One call per query and year: all years at first, later those that still grow."""
    newest = asked.today.year
    held = FIRST_YEAR if asked.held_until is None else newest - YEARS_AGAIN + 1
    first = max(asked.since.year if asked.since else held, FIRST_YEAR)
    secret = {"api_key": "OPENALEX_API_KEY"} if asked.environ.get("OPENALEX_API_KEY") else {}
    return [
        Request(
            WORKS,
            {
                "filter": f"publication_year:{year}",
                "search": query,
                "group_by": GROUP,
                "per_page": str(MOST_GROUPS),
            },
            secret_params=secret,
        )
        for year in range(newest, first - 1, -1)
        for query in QUERIES.values()
    ]


def redact(body: bytes) -> bytes:
    """Keep counts and errors; works with their authors and titles are dropped.

    Raises:
        SourceChangedError: It is no JSON object, so that nothing is known to be safe to keep.
    """
    found = json_object(NAME, "body", body)
    kept = {k: found[k] for k in KEPT if k in found}
    return json_body(kept)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one answer.

    Raises:
        SourceChangedError: The address names no query of ours, or the body holds no groups.
    """
    field, year = _asked(fetch.url)
    place = f"{field}, {year}"
    answer = json_object(NAME, place, body)
    if answer.get("error"):
        received = answer.get("message") or answer["error"]
        remedy = (
            "If the day's budget is spent, the next day's run goes on; a free key raises it"
        )
        raise SourceChangedError(NAME, place, "groups", received, remedy)
    meta = answer.get("meta")
    if not isinstance(meta, dict) or not isinstance(answer.get("group_by"), list):
        raise SourceChangedError(NAME, place, "`meta` and `group_by`", sorted(answer))
    if year > fetch.vintage.year:
        raise SourceChangedError(NAME, place, f"a year until {fetch.vintage.year}", year)
    if not answer["group_by"] and meta.get("count") == 0:
        return Parsed({}, 0, [_nothing(place)])
    rows = json_rows(NAME, f"{place}, group_by", answer["group_by"])
    require(NAME, f"{place}, group_by", rows, ("key", "key_display_name", "count"))
    sieve = Sieve(place, rows)
    sieve.frame = sieve.frame.with_columns(
        institution_id="openalex:" + pl.col("key").str.extract(r"(?:^|/)(I\d+)$"),
        institution="key_display_name",
        field=pl.lit(field),
        year=pl.lit(year, dtype=pl.Int64),
    )
    unknown = pl.col("institution_id").is_null() | pl.col("institution").is_null()
    sieve.drop(
        unknown, "institution unknown", "key", "an id such as I27837315", severity="notice"
    )
    sieve.cast(["count"])
    count = pl.col("count")
    whole = (count >= 0) & (count == count.round()) & (count <= MOST_WORKS)
    sieve.drop(~whole.fill_null(value=False), "absurd count", "count", "works of one year")
    sieve.drop_repeats(("institution_id", "field", "year"), "The first was kept")
    frame = sieve.frame.select(
        "institution_id", "institution", "field", "year", works_count=count.cast(pl.Int64)
    )
    cut = [_cut_off(place, rows.height)] if rows.height >= MOST_GROUPS else []
    return Parsed(
        {EXPERTISE_COUNT.name: parsed(EXPERTISE_COUNT).fit(frame)},
        rows.height,
        [*sieve.rejections, *cut],
    )


def _asked(url: str) -> tuple[str, int]:
    query = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
    fields = {text: name for name, text in QUERIES.items()}
    field = fields.get(query.get("search", ""))
    year = query.get("filter", "").removeprefix("publication_year:")
    if field is None or not year.isdecimal() or query.get("group_by") != GROUP:
        expected = f"an address with filter=publication_year:YYYY, group_by={GROUP} and a search of {list(QUERIES)}"
        remedy = "Let `indicia refresh` ask: the answer alone does not say what was counted"
        raise SourceChangedError(NAME, "address", expected, url, remedy)
    return field, int(year)


def _cut_off(place: str, groups: int) -> Rejection:
    """The publisher gives the groups with most works, and no word about the others."""
    expected = f"fewer than {MOST_GROUPS} institutions, so that none is left out"
    remedy = "Nothing: those with fewer works are not in the answer, which is no count of zero"
    return Rejection(
        "groups cut off", f"{place}, group_by", expected, f"{groups}", remedy, 0, "notice"
    )


def _nothing(place: str) -> Rejection:
    expected = "publications that match"
    remedy = "Nothing, if no publication matches yet; otherwise look at the query"
    return Rejection("no rows", place, expected, "none", remedy, 0, "notice")
