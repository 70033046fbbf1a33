"""The way in from the publisher: planned, paged, archived, and taken up again where it stopped."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from indicia.errors import IndiciaError, SourceChangedError, SourceUnavailableError
from indicia.sources.archive import Archive
from indicia.sources.contract import Asked, Fetch, Job, Request
from indicia.sources.guard import guarded
from indicia.sources.intake import Batch
from indicia.sources.known import LIVE, UNKNOWN, Known
from indicia.sources.limits import Limits
from indicia.sources.meter import Meter
from indicia.sources.session import Session

MOST_PAGES = 2_000
ABSENT = (404, 410)  # one thing of several is not there; the others may be
NOTHING = 204  # the publisher has nothing for this question


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What surrounds a live refresh of one source.

    Args:
        environ: Keys and settings.
        now: The time of the run.
        since: Ask from this day on, if a user says so.
        known: What the store knows of the source.
        meter: Told what is asked and read.
    """

    environ: Mapping[str, str]
    now: datetime
    since: date | None = None
    known: Known = UNKNOWN
    meter: Meter = field(default_factory=Meter)

    @property
    def asked(self) -> Asked:
        """What the plan is told."""
        return Asked(self.now.date(), self.environ, self.since, self.known.held_until)


def live(job: Job, archive: Archive, around: Circumstances) -> Iterator[Batch]:
    """Ask the publisher; what an interrupted run already read is taken from the archive."""
    job, meter = guarded(job), around.meter
    young = around.now - timedelta(hours=job.source.every_hours)
    pending = [f for f in archive.pending(job.source.id) if f.way == LIVE]
    fresh = {f.url: f for f in pending if young <= f.fetched_utc <= around.now}
    waiting = {**around.known.resumable(young), **fresh}
    limits = Limits(archive.home)
    with Session(job.source, around.environ, limits=limits, meter=meter) as session:
        desk = Desk(job, archive, session, around, waiting)
        left = deque(job.plan(around.asked))
        meter.planned = len(left)
        while left:
            batch, further = desk.read(left.popleft())
            left.extend(further)
            meter.planned += len(further)
            meter.finished()
            yield batch


@dataclass(frozen=True, slots=True)
class Desk:
    """Where requests of one run become archived bodies.

    Args:
        job: The job, guarded.
        archive: Where bodies go before anything is parsed.
        session: The connection.
        around: Keys, time, and what the store knows.
        waiting: Bodies an interrupted run has read already, by address.
    """

    job: Job
    archive: Archive
    session: Session
    around: Circumstances
    waiting: Mapping[str, Fetch]

    def read(self, first: Request) -> tuple[Batch, list[Request]]:
        """One thing with all its pages, and what its bodies lead to besides."""
        bodies: list[tuple[Fetch, bytes]] = []
        refused: list[IndiciaError] = []
        further: list[Request] = []
        seen: set[str] = set()
        request: Request | None = first
        while request:
            try:
                self._check_progress(request, seen)
                fetch, body = self._one(request)
                bodies.append((fetch, body))
                led_to = self._linked(request, fetch) or self.job.following(request, body)
            except SourceChangedError as error:
                refused.append(error)
                break
            except SourceUnavailableError as error:
                if error.status == NOTHING:
                    break
                if error.status not in ABSENT:
                    raise
                refused.append(error)
                break
            if isinstance(led_to, Request):
                request = led_to
            else:
                request = None
                further += led_to or ()
        return Batch(bodies, refused), further

    def _linked(self, request: Request, fetch: Fetch) -> Request | None:
        """The next page, where its publisher names it in a header of the answer."""
        is_named = self.job.source.follows_link_header
        url = self.archive.next_url(fetch) if is_named else None
        try:
            return request.next_page(url) if url else None
        except ValueError as error:
            raise SourceChangedError(
                self.job.source.id,
                request.place,
                "the address of the next page in the header Link",
                url,
                "Fetch again later; if it stays so, look at how the publisher names its next page",
            ) from error

    def _check_progress(self, request: Request, seen: set[str]) -> None:
        """Stop where pages lead in a circle, or never end."""
        if request.place in seen or len(seen) >= MOST_PAGES:
            received = "the same page again" if request.place in seen else "more"
            raise SourceChangedError(
                self.job.source.id,
                request.place,
                f"at most {MOST_PAGES} pages, each another",
                received,
                "Look at how the publisher names its next page",
            )
        seen.add(request.place)

    def _earlier(self, place: str) -> Fetch | None:
        """The fetch whose body need not be sent again if it has not changed."""
        earlier = self.around.known.loaded.get(place)
        if earlier is None or not (earlier.etag or earlier.last_modified_utc):
            return None
        return earlier if self.archive.holds(earlier) else None

    def _one(self, request: Request) -> tuple[Fetch, bytes]:
        place = request.place
        fetch = self.waiting.get(place)
        if fetch and self.archive.holds(fetch):
            self.around.meter.resumed += 1
            return replace(fetch, next_url=self.archive.next_url(fetch)), self.archive.body(
                fetch
            )
        earlier = self._earlier(place)
        answer = self.session.get(request, earlier)
        now = datetime.now(UTC)
        if answer.is_unchanged and earlier:
            self.around.meter.unchanged += 1
            linked = answer.next_url or self.archive.next_url(earlier)
            again = replace(earlier, next_url=linked)
            return self.archive.keep_again(again, now), self.archive.body(earlier)
        body = self.job.redact(answer.body)
        is_snapshot = self.job.source.is_snapshot
        fetch = Fetch(
            fetch_id="", source=self.job.source.id, way=LIVE, url=self.session.hide(place), fetched_utc=now, sha256="",
            original_sha256=sha256(answer.body).hexdigest(), body_bytes=0,
            published_utc=request.published_utc or (answer.last_modified_utc if is_snapshot else None),
            status_code=answer.status_code, media_type=answer.media_type, etag=answer.etag,
            last_modified_utc=answer.last_modified_utc, next_url=answer.next_url,
        )  # fmt: skip
        return self.archive.keep(fetch, body), body
