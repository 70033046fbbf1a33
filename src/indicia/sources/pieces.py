"""A large file of lines cut into pieces, each a body of its own, so that memory stays bounded.

A piece is whole records: a CSV's header stands in each, and a quoted cell that breaks its line is
never torn. The file may be packed: gzip, or a zip of one such file; small members beside it (a
mapping) are repeated in each piece. A workbook's sheet is read as CSV.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from os import stat_result
from pathlib import Path
from typing import IO, BinaryIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from indicia.errors import SourceChangedError, UsageError
from indicia.sources import workbook
from indicia.sources.definition import MEBIBYTE, Source
from indicia.sources.unpacking import GZIP_MAGIC, bounded, gunzipped

HEADED, BARE = (".csv", ".txt", ".tsv"), (".jsonl", ".ndjson")
ZIP_START = b"PK\x03\x04"
MOST_BESIDE_BYTES = MEBIBYTE
MOST_RATIO = 200
LONGEST_RECORD = 4  # pieces
CHUNK_BYTES, CHUNKS_OF_A_PIECE = 4 * MEBIBYTE, 8
QUOTE, LINE_END = b'"', b"\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole records of a file, as a body.

    Args:
        body: Its bytes, header included.
        number: 1, 2, 3; 0 where the file is one piece.
        is_last: Nothing follows it.
        share: How much of the file has been read with it.
    """

    body: bytes
    number: int
    is_last: bool
    share: float


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file that can be cut: its bytes unpacked, how far they are read, and how a body is made."""

    chunks: Iterator[bytes]
    raw: BinaryIO
    is_headed: bool
    beside: tuple[tuple[ZipInfo, bytes], ...] = ()

    def wrapped(self, body: bytes) -> bytes:
        """The piece with what lies beside it; the archive compresses what it keeps."""
        if not self.beside:
            return body
        made = BytesIO()
        with ZipFile(made, "w", ZIP_STORED) as archive:
            for info, content in self.beside:
                archive.writestr(ZipInfo(info.filename), content)
            archive.writestr(ZipInfo("data.csv"), body)
        return made.getvalue()


def cut(source: Source, path: Path) -> Iterator[Piece] | None:
    """The pieces of a file; None where it is to be read whole.

    Raises:
        SourceChangedError: While reading: the file is broken, larger than allowed, holds a record
            that does not end, or changed while it was read.
        UsageError: It cannot be read.
    """
    try:
        if not source.piece_mb or not _is_of_lines(source, path):
            return None
    except OSError as error:
        raise unread(path, error) from error
    return _marked(_cut(source, path))


def unread(path: Path, error: OSError) -> UsageError:
    """Why a file was not read."""
    return UsageError(f"{path}: cannot be read ({error.strerror}). Name a file you may read.")


def _is_of_lines(source: Source, path: Path) -> bool:
    with path.open("rb") as raw:
        if raw.read(len(ZIP_START)) != ZIP_START:
            return path.name.lower().removesuffix(".gz").endswith(HEADED + BARE)
    if _is_workbook(path):
        return True
    found = _member(path)
    if found is None:
        return False
    member, beside = found
    return not beside or member.file_size > source.piece_mb * MEBIBYTE


def _is_workbook(path: Path) -> bool:
    try:
        with ZipFile(path) as archive:
            return workbook.is_workbook(archive)
    except (BadZipFile, ValueError, NotImplementedError):
        return False


def _member(path: Path) -> tuple[ZipInfo, list[ZipInfo]] | None:
    """The one large member of lines and what lies beside it, where a zip is made so."""
    try:
        with ZipFile(path) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
    except (BadZipFile, ValueError, NotImplementedError):
        return None
    of_lines = [i for i in infos if i.filename.lower().endswith(HEADED + BARE)]
    if len(of_lines) != 1:
        return None
    (member,) = of_lines
    beside = [i for i in infos if i is not member]
    is_plain = not member.flag_bits & 1
    is_bomb = member.file_size > MOST_RATIO * max(member.compress_size, 1)
    is_small = all(i.file_size <= MOST_BESIDE_BYTES for i in beside)
    return (member, beside) if is_plain and is_small and not is_bomb else None


@contextmanager
def _opened(source: Source, path: Path) -> Iterator[_Opened]:
    with path.open("rb") as raw:
        start = raw.read(len(ZIP_START))
        raw.seek(0)
        if start == ZIP_START and _is_workbook(path):
            with ZipFile(raw) as archive:
                yield _Opened(workbook.csv_of(source, path.name, archive), raw, is_headed=True)
            return
        if start == ZIP_START and (found := _member(path)):
            member, beside = found
            with ZipFile(raw) as archive, archive.open(member) as lines:
                taken = tuple((i, archive.read(i)) for i in beside)
                is_headed = member.filename.lower().endswith(HEADED)
                yield _Opened(_chunks(source, lines), raw, is_headed, taken)
            return
        name, chunks = path.name.lower(), _chunks(source, raw)
        if start.startswith(GZIP_MAGIC):
            chunks = gunzipped(source.id, path.name, chunks)
        yield _Opened(chunks, raw, name.removesuffix(".gz").endswith(HEADED))


def _chunks(source: Source, file: IO[bytes]) -> Iterator[bytes]:
    size = min(CHUNK_BYTES, source.piece_mb * MEBIBYTE // CHUNKS_OF_A_PIECE)
    return iter(lambda: file.read(size), b"")


def _cut(source: Source, path: Path) -> Iterator[Piece]:
    try:
        before = path.stat()
        with _opened(source, path) as opened:
            chunks = bounded(source.id, path.name, opened.chunks, source.max_bytes)
            records = _records(source, path.name, chunks, is_headed=opened.is_headed)
            for number, body in enumerate(records, 1):
                share = min(opened.raw.tell() / max(before.st_size, 1), 1.0)
                yield Piece(opened.wrapped(body), number, is_last=False, share=share)
                _check_unchanged(source, path, before)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        expected = "a whole zip file without a password"
        raise SourceChangedError(source.id, path.name, expected, error) from error
    except OSError as error:
        raise unread(path, error) from error
    _check_unchanged(source, path, before)


def _check_unchanged(source: Source, path: Path, before: stat_result) -> None:
    now = path.stat()
    if (now.st_size, now.st_mtime_ns, now.st_ino) != (
        before.st_size,
        before.st_mtime_ns,
        before.st_ino,
    ):
        raise SourceChangedError(
            source.id,
            path.name,
            f"a file that stays as it is while it is read ({before.st_size:,} bytes)",
            f"it changed meanwhile ({now.st_size:,} bytes)",
            "Wait until it has been written to its end, then load it again",
        )


def _marked(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Hold each piece back until it is known whether another follows."""
    held: Piece | None = None
    for piece in pieces:
        if held:
            yield held
        held = piece
    if held:
        number = 0 if held.number == 1 else held.number
        yield replace(held, number=number, is_last=True, share=1.0)


def _records(
    source: Source, place: str, chunks: Iterator[bytes], *, is_headed: bool
) -> Iterator[bytes]:
    size = source.piece_mb * MEBIBYTE
    header: bytes | None = None if is_headed else b""
    kept = b""
    wanted = size
    while True:
        kept, is_end = _filled(kept, chunks, wanted)
        if is_end:
            if kept.strip() or header is None:
                yield (header or b"") + kept
            return
        end = _end_of_last_record(kept, is_quoted=is_headed)
        first = end and header is None and _end_of_first_record(kept)
        if not end or first == end:
            wanted *= 2
            if wanted > size * LONGEST_RECORD:
                raise SourceChangedError(
                    source.id,
                    place,
                    f"records shorter than {size * LONGEST_RECORD // MEBIBYTE} MiB",
                    "one that does not end: a quotation mark may stand alone",
                    "Save the file again with quotation marks inside cells doubled",
                )
            continue
        yield (header or b"") + kept[:end]
        if header is None:
            header = kept[:first]
        kept, wanted = kept[end:], size


def _filled(kept: bytes, chunks: Iterator[bytes], size: int) -> tuple[bytes, bool]:
    """More than `size` bytes, or all that is left."""
    taken, held = [kept], len(kept)
    for chunk in chunks:
        taken.append(chunk)
        held += len(chunk)
        if held > size:
            return b"".join(taken), False
    return b"".join(taken), True


def _end_of_last_record(data: bytes, *, is_quoted: bool) -> int:
    """Where the last whole record ends; 0 where none does."""
    end = data.rfind(LINE_END) + 1
    is_inside = is_quoted and data.count(QUOTE, 0, end) % 2 == 1
    while end and is_inside:
        earlier = data.rfind(LINE_END, 0, end - 1) + 1
        is_inside = data.count(QUOTE, earlier, end) % 2 == 0
        end = earlier
    return end


def _end_of_first_record(data: bytes) -> int:
    end = data.find(LINE_END) + 1
    while data.count(QUOTE, 0, end) % 2:
        end = data.find(LINE_END, end) + 1
    return end
