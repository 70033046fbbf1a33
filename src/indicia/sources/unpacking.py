"""Joining what comes in pieces: gzip opened, size capped before it fills the memory."""

import zlib
from collections.abc import Iterator

from indicia.errors import SourceChangedError
from indicia.sources.definition import MEBIBYTE

CHUNK_BYTES = 2**18
GZIP_MAGIC = b"\x1f\x8b"


def unpack(source: str, place: str, chunks: Iterator[bytes], most_bytes: int) -> bytes:
    """Join chunks, ungzip where they are gzip, and stop at `most_bytes`.

    Raises:
        SourceChangedError: The body is larger than allowed, or is broken gzip.
    """
    first = next(whole := _from_magic(chunks), b"")
    joined = _led(first, whole)
    if first[: len(GZIP_MAGIC)] == GZIP_MAGIC:
        joined = gunzipped(source, place, joined)
    return b"".join(bounded(source, place, joined, most_bytes))


def bounded(
    source: str, place: str, chunks: Iterator[bytes], most_bytes: int
) -> Iterator[bytes]:
    """The chunks, until they are more than `most_bytes`.

    Raises:
        SourceChangedError: They are.
    """
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most_bytes:
            raise SourceChangedError(
                source,
                place,
                f"at most {most_bytes // MEBIBYTE} MiB, decompressed",
                "more",
                "If the publisher really grew, raise max_mb in the source's definition",
            )
        yield chunk


def gunzipped(source: str, place: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip chunks hold, in chunks that stay small however tightly they were packed.

    Raises:
        SourceChangedError: They are broken, or end too early.
    """
    engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    for chunk in chunks:
        piece = chunk
        while piece:
            if engine.eof:
                engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            try:
                out = engine.decompress(piece, CHUNK_BYTES)
            except zlib.error as error:
                raise SourceChangedError(
                    source, place, "gzip data", error, "Fetch the file again"
                ) from error
            piece = engine.unused_data if engine.eof else engine.unconsumed_tail
            yield out
    if not engine.eof:
        raise SourceChangedError(
            source, place, "a complete gzip file", "a truncated one", "Fetch the file again"
        )


def _led(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _from_magic(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks, the first of them long enough to tell gzip by."""
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= len(GZIP_MAGIC):
            break
    if first:
        yield first
    yield from chunks
