"""Zip bodies: one member read line by line, never more than it may hold.

A zip may state sizes that are not true, so what comes out is counted while it is read.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from indicia.errors import SourceChangedError

ZIP_START = b"PK\x03\x04"
MEBIBYTE = 2**20
MOST_RATIO = 200  # repeated JSON packs 10 to 40 times; a bomb a thousand times and more
MOST_LINE_BYTES = 256 * MEBIBYTE
BROKEN = (
    BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error,
    zlib.error,
)  # fmt: skip


def lines(
    source: str, place: str, body: bytes, member_end: str, most_bytes: int
) -> Iterator[bytes]:
    """Give the lines of the only member whose name ends in `member_end`.

    Args:
        source: The source, for messages.
        place: The file, for messages.
        body: The zip.
        member_end: End of the member's name, in lower case.
        most_bytes: Most bytes the member may hold, decompressed.

    Raises:
        SourceChangedError: No zip, another set of members, or a member that is too large or packed
            too tightly to be what it says.
    """
    try:
        with ZipFile(BytesIO(body)) as archive:
            info = _only(source, place, archive, member_end)
            inner = f"{place}, {info.filename}"
            if info.file_size > most_bytes:
                expected = f"at most {most_bytes // MEBIBYTE:,} MiB decompressed"
                raise SourceChangedError(source, inner, expected, f"{info.file_size:,} bytes")
            if info.file_size > MOST_RATIO * max(info.compress_size, 1):
                expected = f"a member packed at most {MOST_RATIO} times"
                received = f"{info.compress_size:,} bytes for {info.file_size:,}"
                raise SourceChangedError(source, inner, expected, received)
            with archive.open(info) as member:
                while line := member.readline(MOST_LINE_BYTES):
                    if len(line) == MOST_LINE_BYTES:
                        expected = f"lines shorter than {MOST_LINE_BYTES // MEBIBYTE} MiB"
                        raise SourceChangedError(source, inner, expected, line[:80])
                    yield line
    except BROKEN as error:
        expected = "a whole zip file without a password"
        raise SourceChangedError(source, place, expected, error, "Fetch it again") from error


def _only(source: str, place: str, archive: ZipFile, member_end: str) -> ZipInfo:
    found = [i for i in archive.infolist() if i.filename.lower().endswith(member_end)]
    if len(found) != 1:
        received = [i.filename for i in archive.infolist()][:5]
        raise SourceChangedError(source, place, f"one member named *{member_end}", received)
    return found[0]
