"""Bulk files of the OCP Data Registry, and any OCDS file a user has, to `procurement_notice`.

A live refresh asks one file per publication and year. Those hold everything a country buys, so of
them only processes that concern computing are kept, and the others are counted in a notice. A
file that a user loads is kept whole. How OCDS becomes rows: `ocds_body` and `ocds_release`.

Publication ids: Find a Tender 41, Contracts Finder 128, AusTender 19 (as users of the registry
report them; not checked against it).
"""

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request

from . import computing
from .ocds_body import read
from .ocds_json import redacted

SOURCE = "procurement/ocds"
REGISTRY = "https://data.open-contracting.org"
PUBLICATIONS = ("41", "128", "19")
CHOICE = "INDICIA_OCDS_PUBLICATIONS"
OVERLAP_DAYS = 45
BULK = re.compile(r"/publication/(\d+)/download\?name=([\w.]+)$")


def plan(asked: Asked) -> Sequence[Request]:
    """Ask for each year since the last held, of the publications chosen or by default ours.

    The registry overwrites its files in place and puts a process into the year of its last
    change, so the overlap asks for last year's file until the middle of February.
    """
    start = asked.start(date(asked.today.year, 1, 1), OVERLAP_DAYS)
    years = range(min(start, asked.today).year, asked.today.year + 1)
    chosen = re.findall(r"\d+", asked.environ.get(CHOICE, "")) or PUBLICATIONS
    return tuple(
        Request(f"{REGISTRY}/en/publication/{number}/download", {"name": f"{year}.jsonl.gz"})
        for number in chosen
        for year in years
    )


def redact(body: bytes) -> bytes:
    """Drop contact points, persons and beneficial owners at any depth."""
    return redacted(SOURCE, body)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read every release; of the registry's bulk files keep what concerns computing."""
    bulk = BULK.search(fetch.url) if fetch.way == "live" else None
    if bulk is None:
        return read(SOURCE, body, fetch)
    place = f"publication {bulk[1]}, {bulk[2]}"
    rows_in = rows_kept = 0

    def keep(frame: pl.DataFrame) -> pl.DataFrame:
        nonlocal rows_in, rows_kept
        chosen = computing.concerning(frame)
        rows_in, rows_kept = rows_in + frame.height, rows_kept + chosen.height
        return chosen

    whole = read(SOURCE, body, fetch, place, keep)
    if rows_in == rows_kept:
        return whole
    left = Rejection(
        "of no concern",
        place,
        computing.RULE,
        f"{rows_in - rows_kept} of {rows_in} rows without any of them",
        "Nothing; to keep every row, load the file by hand",
        count=rows_in - rows_kept,
        severity="notice",
    )
    return Parsed(whole.tables, whole.rows_in, (*whole.rejections, left))
