"""Job boards (Greenhouse, Lever, Ashby) to `staffing_count` and `stack_mention`: open positions per day.

Unit: open positions as shown on the day of the body. A posting counts in the first skill group
whose words occur in its title or department, in the order of `skills`. The place is its own
text; the country is the board's own field, else read from the place by small tables, else null.

`redact` keeps what is counted: id, title, place, department and team, dates, the stated total, and
of each advert's text which words of a stack stand in it.
A posting listed twice (a page that moved while it was read) counts once, by its id.
A board with no openings is an observation of zero only where it states a total of zero.
"""

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import STAFFING_COUNT, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.staffing import stacks
from ingest.staffing.skills import GROUPS, skill_group

Json = dict[str, Any]

SOURCE = "staffing/boards"
TABLE = parsed(STAFFING_COUNT)
ADDRESSES = {
    "greenhouse": "https://boards-api.greenhouse.io/v1/boards/{}/jobs?content=true",
    "lever": "https://api.lever.co/v0/postings/{}?mode=json",
    "ashby": "https://api.ashbyhq.com/posting-api/job-board/{}",
}
FROM_URL = {
    "greenhouse": r"boards-api\.greenhouse\.io/v1/boards/([^/?]+)/jobs",
    "lever": r"api\.(?:eu\.)?lever\.co/v0/postings/([^/?]+)",
    "ashby": r"api\.ashbyhq\.com/posting-api/job-board/([^/?]+)",
}
FROM_FILE = re.compile(r"(greenhouse|lever|ashby)-(.+)\.json")

# Boards asked by a live refresh, and the employer behind each token.
BOARDS = (
    ("greenhouse", "coreweave", "CoreWeave"),
    ("greenhouse", "togetherai", "Together AI"),
    ("greenhouse", "nebius", "Nebius"),
    ("greenhouse", "xai", "xAI"),
    ("greenhouse", "anthropic", "Anthropic"),
    ("ashby", "crusoe", "Crusoe"),
    ("ashby", "openai", "OpenAI"),
    ("ashby", "lambda", "Lambda"),
    ("lever", "mistral", "Mistral AI"),
)
EMPLOYERS = {(board, token): employer for board, token, employer in BOARDS}

FEWEST = 3  # postings, of which not all lack a place
COUNTRIES = (
    ("US", r"united states|\busa?\b|\bu\.s\.(?:a\.)?"),
    ("GB", r"united kingdom|\buk\b|england|scotland"),
    ("AE", r"united arab emirates|\buae\b|dubai|abu dhabi"),
    ("AU", r"australia"), ("BR", r"brazil"), ("CA", r"canada"), ("CH", r"switzerland"),
    ("CN", r"\bchina\b|中国|北京|上海|深圳"), ("DE", r"germany|deutschland"),
    ("DK", r"denmark"),
    ("ES", r"spain"), ("FI", r"finland"), ("FR", r"france"), ("HK", r"hong kong|香港"),
    ("ID", r"indonesia"), ("IE", r"\bireland\b"), ("IL", r"israel"), ("IN", r"\bindia\b"),
    ("IS", r"iceland"), ("IT", r"italy"), ("JP", r"japan"), ("KR", r"\bkorea\b"),
    ("MY", r"malaysia"), ("NL", r"netherlands"), ("NO", r"norway"), ("PL", r"poland"),
    ("PT", r"portugal"), ("QA", r"qatar"), ("SA", r"saudi arabia"), ("SE", r"sweden"),
    ("SG", r"singapore"), ("TH", r"thailand"), ("TW", r"taiwan|台湾|台灣"),
    ("VN", r"viet ?nam"),
)  # fmt: skip
# States and provinces; CA is California. DE, ID, IL and IN are countries as well: left out.
REGIONS = (
    ("US", r", (?:A[KLRZ]|C[AOT]|FL|GA|HI|IA|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|DC)\b"),
    ("US", r", (?:O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\b"),
    ("CA", r", (?:AB|BC|MB|NS|ON|QC|SK)\b"),
)  # fmt: skip


def plan(_asked: Asked) -> Sequence[Request]:
    """Ask every board of the list once."""
    return tuple(Request(ADDRESSES[board].format(token)) for board, token, _ in BOARDS)


def redact(body: bytes) -> bytes:
    """Keep the fields that are counted; descriptions, links and persons are dropped."""
    content = _content(body, "body")
    if isinstance(content, list):
        kept: object = [_lever(p) for p in content if isinstance(p, dict)]
    else:
        jobs = content.get("jobs")
        kept = dict.fromkeys(content)  # names only, so that a strange body can still be told
        if isinstance(jobs, list):
            kept["jobs"] = [_job(j) for j in jobs if isinstance(j, dict)]
        if isinstance(meta := content.get("meta"), dict):
            kept["meta"] = {"total": meta.get("total")}
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Count the postings of one board by place and skill group.

    Raises:
        SourceChangedError: The address or file name names no board, the body is of another
            board, or a list of postings is missing.
    """
    board, token = _board(fetch.url)
    place = fetch.file_name if FROM_FILE.fullmatch(fetch.file_name) else f"{board}, {token}"
    postings, total = _postings(board, _content(body, place), place)
    employer = EMPLOYERS.get((board, token), token)
    day = {"employer": employer, "counted_date": fetch.vintage}
    issues = _differences(place, len(postings), total)
    if not postings:
        groups = GROUPS if total == 0 else ()
        zero = [day | {"place": "", "skill_group": g, "openings_count": 0} for g in groups]
        return Parsed({TABLE.name: TABLE.frame(zero)}, 0, issues)
    jobs = pl.DataFrame(
        postings,
        schema={
            **dict.fromkeys(("title", "team", "place", "country"), pl.String),
            "words": pl.List(pl.String),
        },
        orient="row",
    )
    if jobs.height >= FEWEST and jobs["place"].null_count() == jobs.height:
        raise SourceChangedError(SOURCE, place, "a place in some posting", "none in any")
    if nameless := jobs["title"].null_count():
        issues.append(
            Rejection(
                "title missing", place, "a title in every posting", "none", count=nameless
            )
        )
    titled = jobs.filter(pl.col("title").is_not_null()).with_columns(
        pl.col("place").fill_null(""), country_iso2=_country()
    )
    of_day = [pl.lit(value).alias(name) for name, value in day.items()]
    counted = (
        titled.with_columns(
            skill_group=skill_group(
                pl.concat_str("title", "team", separator=" | ", ignore_nulls=True)
            )
        )
        .group_by("place", "skill_group", maintain_order=True)
        .agg(
            pl.when(pl.col("country_iso2").n_unique() == 1).then(
                pl.col("country_iso2").first()
            ),
            openings_count=pl.len().cast(pl.Int64),
        )
        .sort("place", "skill_group")
        .with_columns(*of_day)
    )
    mentioned = stacks.counted(titled).with_columns(*of_day)
    tables = {TABLE.name: TABLE.fit(counted), stacks.TABLE.name: stacks.TABLE.fit(mentioned)}
    return Parsed(tables, jobs.height, issues)


def _board(url: str) -> tuple[str, str]:
    for board, pattern in FROM_URL.items():
        if found := re.search(pattern, url):
            return board, found[1]
    name = urlsplit(url).path.rsplit("/", 1)[-1]
    if found := FROM_FILE.fullmatch(name):
        return found[1], found[2]
    raise SourceChangedError(
        SOURCE,
        name or url,
        f"an address such as {ADDRESSES['greenhouse'].format('TOKEN')}, or a file "
        "greenhouse-TOKEN.json, lever-TOKEN.json or ashby-TOKEN.json",
        url,
        "Name the file after its board and the employer's token",
    )


def _content(body: bytes, place: str) -> Json | list[object]:
    try:
        content = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceChangedError(SOURCE, place, "complete JSON in UTF-8", error) from error
    if isinstance(content, dict | list):
        return content
    raise SourceChangedError(SOURCE, place, "an object or a list", type(content).__name__)


def _postings(
    board: str, content: Json | list[object], place: str
) -> tuple[list[tuple[object, ...]], int | None]:
    if board == "lever":
        found: object = content
    else:
        found = content.get("jobs") if isinstance(content, dict) else None
    if not isinstance(found, list) or not all(isinstance(p, dict) for p in found):
        wanted = "a list of postings" if board == "lever" else "`jobs`, a list of postings"
        received = f"{type(content).__name__} of {list(content)[:8]}"
        raise SourceChangedError(SOURCE, place, wanted, received)
    if found and not any({"title", "text"} & p.keys() for p in found):
        raise SourceChangedError(SOURCE, place, "postings with a title", sorted(found[0])[:8])
    meta = content.get("meta") if isinstance(content, dict) else None
    total = meta.get("total") if isinstance(meta, dict) else None
    if board == "greenhouse" and not found and total != 0:
        raise SourceChangedError(SOURCE, place, "postings, or meta.total of 0", "an empty list")
    once = {p.get("id", f"without id, {n}"): p for n, p in enumerate(found)}
    return [_row(board, p) for p in once.values()], total if isinstance(total, int) else None


def _differences(place: str, count: int, total: int | None) -> list[Rejection]:
    if total is not None and total != count:
        return [Rejection("total differs", place, f"{total} postings as stated", f"{count}")]
    if not count and total is None:
        remedy = "Nothing: without a stated total no count of zero is made of it"
        return [Rejection("no openings", place, "postings", "none", remedy, severity="notice")]
    return []


def _row(board: str, posting: Json) -> tuple[object, ...]:
    """Title, department and team, place, stated country, words of a stack."""
    teams: tuple[object, ...]
    if board == "lever":
        where = _dict(posting.get("categories"))
        teams = (where.get("department"), where.get("team"))
        place, country = where.get("location"), posting.get("country")
    elif board == "ashby":
        teams = (posting.get("department"), posting.get("team"))
        place, country = posting.get("location"), None
    else:
        listed = posting.get("departments")
        parts = listed if isinstance(listed, list) else []
        teams = tuple(_dict(d).get("name") for d in parts)
        place, country = _dict(posting.get("location")).get("name"), None
    team = " | ".join(str(t) for t in teams if t)
    code = _word(country)
    is_code = code is not None and re.fullmatch("[A-Z]{2}", code)
    return (
        _word(posting.get("title", posting.get("text"))),
        team,
        _word(place),
        code if is_code else None,
        stacks.words_of(posting),
    )


def _job(job: Json) -> Json:
    """A job of Greenhouse (place and departments are objects) or Ashby (they are texts)."""
    kept = _only(job, ("id", "title", "department", "team", "updated_at", "publishedAt"))
    if isinstance(departments := job.get("departments"), list):
        kept["departments"] = [_only(_dict(d), ("name",)) for d in departments]
    place = job.get("location")
    kept["location"] = _only(place, ("name",)) if isinstance(place, dict) else _word(place)
    return stacks.with_words(kept, job)


def _lever(posting: Json) -> Json:
    where = _only(_dict(posting.get("categories")), ("location", "department", "team"))
    kept = _only(posting, ("id", "text", "createdAt", "country")) | {"categories": where}
    return stacks.with_words(kept, posting)


def _only(value: Json, keys: Sequence[str]) -> Json:
    return {k: value[k] for k in keys if isinstance(value.get(k), str | int)}


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _word(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return " ".join(value.encode("utf-8", "replace").decode().split()) or None


def _country() -> pl.Expr:
    """The stated country, else the one country the place names, else that of its state."""
    place = pl.col("place").fill_null("")
    named = pl.concat_list(
        pl.when(place.str.contains(f"(?i){pattern}")).then(pl.lit(code))
        for code, pattern in COUNTRIES
    ).list.drop_nulls()
    state = pl.coalesce(
        pl.when(place.str.contains(p)).then(pl.lit(code)) for code, p in REGIONS
    )
    one = pl.when(named.list.len() == 1).then(named.list.first())
    return pl.coalesce("country", one, pl.when(named.list.len() == 0).then(state))
