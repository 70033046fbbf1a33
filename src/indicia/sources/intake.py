"""Three ways in, one path: bodies from the publisher, from files, or from the starter data."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from indicia.errors import (
    IndiciaError,
    SourceChangedError,
    SourceDefinitionError,
    SourceUnavailableError,
    UsageError,
)
from indicia.schema import OBSERVED
from indicia.sources import own_tables
from indicia.sources.archive import Archive
from indicia.sources.contract import Asked, Fetch, Job, Parsed, Request
from indicia.sources.session import CHUNK_BYTES, Session, unpack

SUFFIXES = (
    ".csv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".xml",
    ".zip",
    ".gz",
    ".xlsx",
    ".html",
    ".txt",
)
MOST_PAGES = 2_000
ABSENT = (404, 410)  # one thing of several is not there; the others may be


@dataclass(frozen=True, slots=True)
class Batch:
    """Bodies that belong together: the pages of one request, or one file.

    Args:
        bodies: What was read and archived.
        refused: What could not be read as promised, so that nothing of it was archived.
    """

    bodies: Sequence[tuple[Fetch, bytes]]
    refused: Sequence[IndiciaError] = ()


def live(
    job: Job, archive: Archive, environ: Mapping[str, str], now: datetime
) -> Iterator[Batch]:
    """Ask the publisher; what an interrupted run already read is taken from the archive."""
    young = now - timedelta(hours=job.source.every_hours)
    waiting = {
        f.url: f
        for f in archive.pending(job.source.id)
        if f.way == "live" and f.fetched_utc >= young
    }
    with Session(job.source, environ) as session:
        for first in job.plan(Asked(now.date(), environ)):
            bodies: list[tuple[Fetch, bytes]] = []
            request: Request | None = first
            refused: list[IndiciaError] = []
            while request and len(bodies) < MOST_PAGES:
                try:
                    fetch, body = _one(job, session, archive, request, waiting)
                    bodies.append((fetch, body))
                    request = job.following(request, body)
                except SourceChangedError as error:
                    refused.append(error)
                    request = None
                except SourceUnavailableError as error:
                    if error.status not in ABSENT:
                        raise
                    refused.append(error)
                    request = None
            yield Batch(bodies, refused)


def files(
    job: Job, archive: Archive, path: Path, published: date | None, now: datetime
) -> Iterator[Batch]:
    """Read a file, or every data file below a folder; files of a snapshot belong together."""
    found = data_files(path)
    if not found:
        message = f"{path}: no data file there. Name a file, or a folder with files ending in {', '.join(SUFFIXES)}."
        raise UsageError(message)
    said = datetime.combine(published, datetime.min.time(), UTC) if published else None
    batches = (_file_batch(job, archive, file, now, said) for file in found)
    if job.source.is_snapshot:
        whole = list(batches)
        yield Batch([b for w in whole for b in w.bodies], [r for w in whole for r in w.refused])
    else:
        yield from batches


def starter(job: Job, archive: Archive, folder: Path) -> tuple[Job, Iterator[Batch]]:
    """The committed starter facts of one source, in our own layout, as a job of their own."""
    origin = folder.parents[1] / "origin.toml"
    try:
        day = tomllib.loads(origin.read_text(encoding="utf-8"))["retrieved"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise SourceDefinitionError(origin, f"states no day of retrieval: {error}") from error
    read_utc = datetime.combine(day, datetime.min.time(), UTC)

    def parse(body: bytes, fetch: Fetch) -> Parsed:
        name = fetch.file_name.removesuffix(".csv")
        if name not in OBSERVED:
            raise SourceDefinitionError(folder / fetch.file_name, f"no table is named {name}")
        return own_tables.read(job.source.id, fetch.url, OBSERVED[name], body)

    own = replace(job, parse=parse, redact=lambda body: body)
    batches = (
        Batch([_from_file(own, archive, f, "starter", read_utc, None)])
        for f in sorted(folder.glob("*.csv"))
    )
    return own, batches


def data_files(path: Path) -> list[Path]:
    """The file itself, or every data file below a folder, in order of name."""
    if path.is_file():
        return [path]
    return sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)


def _one(
    job: Job, session: Session, archive: Archive, request: Request, waiting: Mapping[str, Fetch]
) -> tuple[Fetch, bytes]:
    place = _place(request)
    if place in waiting:
        fetch = waiting[place]
        return fetch, archive.body(fetch)
    answer = session.get(request)
    body = job.redact(answer.body)
    fetch = Fetch(
        fetch_id="", source=job.source.id, way="live", url=place, fetched_utc=datetime.now(UTC), sha256="",
        original_sha256=sha256(answer.body).hexdigest(), body_bytes=0,
        published_utc=answer.last_modified_utc if job.source.is_snapshot else None,
        status_code=answer.status_code, media_type=answer.media_type, etag=answer.etag,
    )  # fmt: skip
    return archive.keep(fetch, body), body


def _file_batch(
    job: Job, archive: Archive, file: Path, now: datetime, said: datetime | None
) -> Batch:
    try:
        return Batch([_from_file(job, archive, file, "file", now, said)])
    except (SourceChangedError, UsageError) as error:
        return Batch([], [error])


def _from_file(
    job: Job, archive: Archive, file: Path, way: str, read_utc: datetime, said: datetime | None
) -> tuple[Fetch, bytes]:
    try:
        with file.open("rb") as handle:
            chunks = iter(lambda: handle.read(CHUNK_BYTES), b"")
            raw = unpack(job.source.id, file.name, chunks, job.source.max_bytes)
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror}). Name a file you may read."
        raise UsageError(message) from error
    body = job.redact(raw)
    name = f"{job.source.id}/{file.name}" if way == "starter" else file.name
    fetch = Fetch(
        fetch_id="", source=job.source.id, way=way, url=name, fetched_utc=read_utc, sha256="",
        original_sha256=sha256(raw).hexdigest(), body_bytes=0, published_utc=said,
    )  # fmt: skip
    return archive.keep(fetch, body), body


def _place(request: Request) -> str:
    query = "&".join(f"{k}={v}" for k, v in request.params.items())
    return f"{request.url}?{query}" if query else request.url
