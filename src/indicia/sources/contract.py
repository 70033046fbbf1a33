"""What a job is to the library: facts, a pure parser, and perhaps a plan of requests.

A provider (found through the entry-point group `indicia.sources`) offers jobs. A job's module is
pure: bytes in, rows out. It never touches the network, the database or the screen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from urllib.parse import quote, unquote, urljoin, urlsplit

import polars as pl

from indicia.sources.definition import Source

FORM_MARK = "#form="


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask a publisher for.

    Args:
        url: Address without secrets.
        params: Query parameters without secrets.
        form: JSON text to send as the body of a POST; empty for a GET. Never holds a secret.
        headers: Further headers without secrets.
        secret_params: Query parameter -> environment variable that holds its value.
        secret_headers: Header -> environment variable that holds its value.
        published_utc: The day the answer speaks from, where the request fixes it (an archive asked
            for its state on a past day); such a snapshot is loaded as the late vintage it is.
    """

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    form: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_params: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, str] = field(default_factory=dict)
    published_utc: datetime | None = None

    def next_page(self, url: str) -> "Request":
        """The same question at the address that an answer names for its next page.

        Keys go along under their names, in place of what the answer repeats of them, and to no other
        host.
        """
        parts = urlsplit(urljoin(self.url, url))
        asked = [p for p in parts.query.split("&") if p.split("=")[0] not in self.secret_params]
        page = replace(self, url=parts._replace(query="&".join(asked)).geturl(), params={})
        is_same = parts.netloc == urlsplit(self.url).netloc
        return page if is_same else replace(page, secret_params={}, secret_headers={})

    @property
    def place(self) -> str:
        """The address under which its answer is archived: with its parameters and its form."""
        query = "&".join(f"{k}={v}" for k, v in self.params.items())
        joined = f"{self.url}{'&' if '?' in self.url else '?'}{query}" if query else self.url
        return f"{joined}{FORM_MARK}{quote(self.form, safe='')}" if self.form else joined


@dataclass(frozen=True, slots=True)
class Asked:
    """What a live refresh is asked for.

    Args:
        today: The day of the run (UTC).
        environ: The environment: which keys are there, and what a user set.
        since: Ask from this day on, if the user says so.
        held_until: Last day the store holds rows of this source for, if any.
    """

    today: date
    environ: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    held_until: date | None = None

    def start(self, first: date, overlap_days: int) -> date:
        """The day to ask from: the user's, else the last held less the overlap, else `first`.

        The overlap re-reads what a publisher still revises.
        """
        if self.since:
            return self.since
        if self.held_until is None:
            return first
        return min(self.held_until, self.today) - timedelta(days=overlap_days)


@dataclass(frozen=True, slots=True)
class Fetch:
    """What is known of a body before it is read: where it came from and when.

    `next_url` is the next page, where a header of the answer named it; the archive alone keeps it.
    """

    fetch_id: str
    source: str
    way: str
    url: str
    fetched_utc: datetime
    sha256: str
    original_sha256: str
    body_bytes: int
    published_utc: datetime | None = None
    status_code: int | None = None
    media_type: str | None = None
    etag: str | None = None
    last_modified_utc: datetime | None = None
    next_url: str | None = None

    @property
    def page(self) -> str:
        """The address without the form that was sent to it."""
        return self.url.partition(FORM_MARK)[0]

    @property
    def form(self) -> str:
        """The JSON text that was sent by POST; empty where it was a GET."""
        return unquote(self.url.partition(FORM_MARK)[2])

    @property
    def file_name(self) -> str:
        """The last part of the address, which names the file."""
        return self.page.split("?")[0].rstrip("/").rsplit("/", 1)[-1]

    @property
    def vintage(self) -> date:
        """The day the body speaks from: its publication if stated, else the day it was fetched."""
        return (self.published_utc or self.fetched_utc).date()


@dataclass(frozen=True, slots=True)
class Rejection:
    """Records a parser would not keep: where, what it expected, what it found."""

    rule: str
    place: str
    expected: str
    received: str
    remedy: str = (
        "Nothing, if the publisher means it; otherwise correct the record and load again"
    )
    count: int = 1
    severity: str = "warning"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one body said: rows per table, records read, and records rejected with their reason."""

    tables: Mapping[str, pl.DataFrame]
    rows_in: int
    rejections: Sequence[Rejection] = ()


Parse = Callable[[bytes, Fetch], Parsed]
Plan = Callable[[Asked], Sequence[Request]]
Following = Callable[[Request, bytes], Request | Sequence[Request] | None]
Redact = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Job:
    """One source's facts and what its module offers.

    Args:
        source: The definition.
        parse: Bytes to rows.
        plan: Requests of a live refresh; by default the definition's own URL, once.
        following: What a body leads to; by default nothing. A request is the next page of the same
            thing; a sequence names further things, each asked, paged and loaded by itself.
        redact: Removes what must not be archived (persons' names); by default nothing.
    """

    source: Source
    parse: Parse
    plan: Plan
    following: Following
    redact: Redact


class Provider(Protocol):
    """What an entry point in the group `indicia.sources` must be: a module with this function."""

    def jobs(self) -> Mapping[str, Job]:
        """All jobs, by `family/name`."""
        ...
