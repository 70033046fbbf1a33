"""What a person keeps at hand, and what is written down of use: saved views, visits, exports, pages."""

from datetime import timedelta

import polars as pl

from indicia.review import access, tables
from indicia.review.entry import Act, Entry, one_of, perhaps, said
from indicia.review.journal import Journal

PAGES = ("leads", "exports", "review", "map", "lanes", "compare")
LONGEST_NAME, LONGEST_QUERY = 60, 2_000
# Pages opened within so many hours of one another are one visit: a second tab does not hide what is new.
VISIT_HOURS = 4
UNNAMED = "reader"


def save_view(
    journal: Journal, act: Act, name: str, page: str, query: str, *, is_kept: bool = True
) -> int:
    """Keep a view under a name, or let go of it; the last entry of a name counts.

    Args:
        journal: Where it is written.
        act: Who and when.
        name: What it is called.
        page: One of `PAGES`.
        query: The part of the link after `?`.
        is_kept: False lets go of it.
    """
    access.rules(journal.home).require(act.by, "review")
    one_of("page", page, PAGES)
    called = said("name of the view", name, LONGEST_NAME)
    payload = {
        "page": page,
        "query": perhaps("query", query, LONGEST_QUERY),
        "is_kept": is_kept,
    }
    return journal.add(act, [Entry(tables.VIEW, "view", [called], payload)])[0]


def saved_views(journal: Journal, page: str = "") -> pl.DataFrame:
    """Views that are kept: `name`, `page`, `query`, `done_by`, `at_utc`; by name."""
    told = journal.events([tables.VIEW]).select(
        name=pl.col("ids").list.first(),
        page=pl.col("payload").str.json_path_match("$.page"),
        query=pl.col("payload").str.json_path_match("$.query"),
        is_kept=pl.col("payload").str.json_path_match("$.is_kept") == "true",
        done_by="done_by",
        at_utc="at_utc",
    )
    kept = told.unique("name", keep="last").filter("is_kept").drop("is_kept")
    return kept.filter((pl.col("page") == page) | pl.lit(not page)).sort("name")


def visit(journal: Journal, act: Act) -> tuple[str, str]:
    """Note that somebody is here, and say when that was last so.

    Returns:
        When the visit before this one began (ISO 8601, UTC) and which data it saw; empty where there
        was none.
    """
    access.rules(journal.home).require(act.by, "read")
    mine = journal.events([tables.VISIT]).filter(
        pl.col("ids").list.first() == act.by.casefold()
    )
    is_recent = pl.col("at_utc") > act.at - timedelta(hours=VISIT_HOURS)
    recent, earlier = mine.filter(is_recent), mine.filter(~is_recent)
    if recent.is_empty():
        journal.add(act, [Entry(tables.VISIT, "person", [act.by.casefold()])])
    if earlier.is_empty():
        return "", ""
    moment, version = earlier.select("at_utc", "store_version").row(-1)
    return moment.isoformat(timespec="seconds"), version


def taken(
    journal: Journal,
    act: Act,
    list_id: str,
    *,
    fmt: str,
    query: str,
    rows_count: int,
    unreviewed_count: int,
    way: str,
) -> int:
    """Write down that a list was taken along, before it is handed out.

    Raises:
        AccessError: The person may not read.
        JournalError: It cannot be written down; then the list is not handed out.
    """
    access.rules(journal.home).require(act.by, "read")
    payload = {"format": fmt, "query": query, "rows_count": rows_count,
               "unreviewed_count": unreviewed_count, "way": way}  # fmt: skip
    return journal.add(act, [Entry(tables.TAKEN, "list", [list_id], payload)])[0]


def taken_lists(journal: Journal) -> pl.DataFrame:
    """Every list taken along, the newest first."""
    told = journal.events([tables.TAKEN])
    text = pl.col("payload").str
    return told.select(
        taken_utc="at_utc",
        done_by="done_by",
        list_id=pl.col("ids").list.first(),
        format=text.json_path_match("$.format"),
        rows_count=text.json_path_match("$.rows_count").cast(pl.Int64),
        unreviewed_count=text.json_path_match("$.unreviewed_count").cast(pl.Int64),
        query=text.json_path_match("$.query"),
        way=text.json_path_match("$.way"),
        data_version="store_version",
    ).reverse()


def opened(journal: Journal, act: Act, page: str) -> None:
    """Write down that a page was opened, where the rules of the home ask for it."""
    rules = access.rules(journal.home)
    rules.require(act.by, "read")
    if rules.is_logged:
        journal.add(act, [Entry(tables.OPENED, "page", [page or "home"])])


def opened_pages(journal: Journal, most: int = 1_000) -> pl.DataFrame:
    """Pages opened, the newest first: `opened_utc`, `done_by`, `page`, `data_version`."""
    told = journal.events([tables.OPENED]).tail(most)
    return told.select(
        opened_utc="at_utc", done_by="done_by", page=pl.col("ids").list.first(), data_version="store_version",
    ).reverse()  # fmt: skip
