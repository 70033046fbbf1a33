"""Two ways in from this machine: files a person has, and the starter data."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from indicia.errors import (
    IndiciaError,
    SourceChangedError,
    SourceDefinitionError,
    UsageError,
)
from indicia.schema import OBSERVED
from indicia.sources import own_tables, pieces
from indicia.sources.ahead import ahead
from indicia.sources.archive import Archive
from indicia.sources.contract import Fetch, Job, Parsed
from indicia.sources.guard import guarded
from indicia.sources.pieces import Piece
from indicia.sources.unpacking import CHUNK_BYTES, unpack

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


@dataclass(frozen=True, slots=True)
class Batch:
    """Bodies that belong together: the pages of one request, or one file.

    Args:
        bodies: What was read and archived.
        refused: What could not be read as promised, so that nothing of it was archived.
        file: The file this is a piece of; empty where it is whole.
        is_last: No further piece of the file follows.
        share: How much of the file has been read.
    """

    bodies: Sequence[tuple[Fetch, bytes]]
    refused: Sequence[IndiciaError] = ()
    file: str = ""
    is_last: bool = True
    share: float = 1.0

    @property
    def title(self) -> str:
        """What is being read, and how far."""
        name = self.bodies[0][0].file_name if self.bodies else self.file
        return f"{name} ({self.share:.0%} of the file)" if self.file else name


def files(
    job: Job, archive: Archive, path: Path, published: date | None, now: datetime
) -> Iterator[Batch]:
    """Read a file, or every data file below a folder; files of a snapshot belong together."""
    job, found = guarded(job), data_files(path)
    if not found:
        message = f"{path}: no data file there. Name a file, or a folder with files ending in {', '.join(SUFFIXES)}."
        raise UsageError(message)
    said = datetime.combine(published, datetime.min.time(), UTC) if published else None
    batches = (
        batch for file in found for batch in _file_batches(job, archive, file, now, said)
    )
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


def _file_batches(
    job: Job, archive: Archive, file: Path, now: datetime, said: datetime | None
) -> Iterator[Batch]:
    """The whole file as one batch, or a batch per piece; a refused piece stops no other."""
    try:
        cut = pieces.cut(job.source, file)
        if cut is None:
            yield Batch([_from_file(job, archive, file, "file", now, said)])
        else:
            first = _described(job, file.name, "file", now, said)
            yield from ahead(_piece_batches(job, archive, first, cut))
    except (SourceChangedError, UsageError) as error:
        yield Batch([], [error])


def _piece_batches(
    job: Job, archive: Archive, first: Fetch, cut: Iterator[Piece]
) -> Iterator[Batch]:
    """Each piece redacted and archived; what an interrupted run archived is not redacted again."""
    archived = {
        (f.url, f.original_sha256, f.published_utc): f
        for f in archive.pending(job.source.id)
        if f.way == first.way
    }
    for piece in cut:
        url = f"{first.url}, piece {piece.number}" if piece.number else first.url
        fetch = replace(first, url=url, original_sha256=sha256(piece.body).hexdigest())
        known = archived.get((url, fetch.original_sha256, fetch.published_utc))
        file = first.url if piece.number else ""
        try:
            if known and archive.holds(known):
                bodies = [(known, archive.body(known))]
            else:
                body = job.redact(piece.body)
                bodies = [(archive.keep(fetch, body), body)]
        except SourceChangedError as error:
            yield Batch([], [error], file, piece.is_last, piece.share)
            if piece.number <= 1:
                return
            continue
        yield Batch(bodies, (), file, piece.is_last, piece.share)


def _from_file(
    job: Job, archive: Archive, file: Path, way: str, read_utc: datetime, said: datetime | None
) -> tuple[Fetch, bytes]:
    try:
        with file.open("rb") as handle:
            chunks = iter(lambda: handle.read(CHUNK_BYTES), b"")
            raw = unpack(job.source.id, file.name, chunks, job.source.max_bytes)
    except OSError as error:
        raise pieces.unread(file, error) from error
    body = job.redact(raw)
    name = f"{job.source.id}/{file.name}" if way == "starter" else file.name
    fetch = _described(job, name, way, read_utc, said)
    return archive.keep(replace(fetch, original_sha256=sha256(raw).hexdigest()), body), body


def _described(
    job: Job, name: str, way: str, read_utc: datetime, said: datetime | None
) -> Fetch:
    return Fetch(
        fetch_id="", source=job.source.id, way=way, url=name, fetched_utc=read_utc, sha256="",
        original_sha256="", body_bytes=0, published_utc=said,
    )  # fmt: skip
