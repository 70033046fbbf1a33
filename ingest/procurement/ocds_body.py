"""OCDS bodies to `procurement_notice`: packages, records, releases and JSON Lines.

One row per award and per contract, one for the tender and one for the plan of each release that
has them. Bodies are UTF-8: other bytes are refused, never guessed.

A record is read from its compiled release; without one its releases are merged in date order,
the latest value of each field winning and lists joined by `id`. A compiled release has no
lasting id of its own, so its notice is named `<ocid>-compiled`. Lines are named `award-<id>`
and `contract-<id>`, because publishers use the same id for an award and its contract.

Rows leave Python in chunks, so that a file of a year needs the memory of its bytes and of its
frame, not of a million dictionaries.
"""

from collections.abc import Callable

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import PROCUREMENT_NOTICE, parsed
from indicia.sources.contract import Fetch, Parsed, Rejection, Request

from .notices import each_once
from .ocds_json import EXPECTED, Json, load, mapping, text_of, units
from .ocds_release import Reader

TABLE = parsed(PROCUREMENT_NOTICE)
CHUNK_ROWS = 20_000
KEPT_ISSUES = 1_000

Keep = Callable[[pl.DataFrame], pl.DataFrame]


def read(
    source: str, body: bytes, fetch: Fetch, place: str = "", keep: Keep | None = None
) -> Parsed:
    """Read every release; one that cannot be read is named by line, the others are kept.

    Args:
        source: The source, for messages.
        body: What was sent.
        fetch: When it was sent.
        place: The name of the body in messages; by default the file's name.
        keep: Chooses among the rows, which are then counted under its rule by the caller.

    Raises:
        SourceChangedError: No release of the body can be read.
    """
    frames: list[pl.DataFrame] = []
    rows: list[dict[str, object]] = []
    issues: list[Rejection] = []
    count = kept = 0
    for unit in units(source, body):
        count += 1
        where = f"{place or fetch.file_name}, {unit.place}"
        if unit.problem:
            issues.append(Rejection("release not read", where, EXPECTED, unit.problem))
            continue
        kept += 1
        found = list(Reader(unit, where, issues, fetch.vintage).rows())
        if not found:
            issues.append(
                note("release without content", where, "an ocid and nothing of these")
            )
        rows.extend(found)
        if len(rows) >= CHUNK_ROWS:
            frames.append(_chosen(rows, keep))
            rows = []
    frames.append(_chosen(rows, keep))
    if issues and not kept:
        raise SourceChangedError(source, issues[0].place, EXPECTED, issues[0].received)
    if not count:
        issues.append(note("no releases", place or fetch.file_name, "an empty package"))
    frame = pl.concat(frames)
    once = each_once(frame, "line", place or fetch.file_name, issues)
    return Parsed({TABLE.name: once}, count, _few(issues))


def next_page(request: Request, body: bytes) -> Request | None:
    """The address in `links.next` of a package; nothing on the last page."""
    try:
        package = load(body)
    except ValueError:
        return None
    links: Json = mapping(mapping(package).get("links"))
    address = text_of(links.get("next"))
    is_same = address is not None and Request(address) == Request(request.url)
    if not address or (is_same and not mapping(package).get("releases")):
        return None  # a page with releases that leads to itself is another one sent twice
    return Request(address, headers=request.headers)


def in_country(found: Parsed, iso2: str) -> Parsed:
    """Name the country of the publisher's buyers where a row names none."""
    filled = {
        name: frame.with_columns(pl.col("country_iso2").fill_null(iso2))
        for name, frame in found.tables.items()
    }
    return Parsed(filled, found.rows_in, found.rejections)


def note(rule: str, place: str, received: str) -> Rejection:
    """Something to know that costs no row."""
    expected = "a plan, tender, award or contract"
    remedy = "Nothing, if the publisher has none to tell"
    return Rejection(rule, place, expected, received, remedy, severity="notice")


def _chosen(rows: list[dict[str, object]], keep: Keep | None) -> pl.DataFrame:
    frame = TABLE.frame(rows)
    return keep(frame) if keep else frame


def _few(issues: list[Rejection]) -> tuple[Rejection, ...]:
    """All issues, or the first of them and how many there were in all, under each rule."""
    if len(issues) <= KEPT_ISSUES:
        return tuple(issues)
    shown, hidden = issues[:KEPT_ISSUES], issues[KEPT_ISSUES:]
    rules = dict.fromkeys((i.rule, i.severity) for i in hidden)
    rest = [
        Rejection(
            rule,
            f"{next(i.place for i in hidden if i.rule == rule)} and later",
            "as above",
            f"{sum(i.rule == rule for i in hidden)} more of the same",
            count=sum(i.count for i in hidden if i.rule == rule),
            severity=severity,
        )
        for rule, severity in rules
    ]
    return (*shown, *rest)
