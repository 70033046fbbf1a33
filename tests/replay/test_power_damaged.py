"""Power sources: a damaged body gives a named refusal, or rows that fit their table; nothing else."""

import random

import pytest
from made_bodies import JOBS, REPLAY, body_of, fetch_of, stated

from indicia.errors import SourceChangedError
from indicia.schema import TABLES, parsed

HERE = REPLAY / "power"
CASES = [
    pytest.param(found.parent, id=found.parent.relative_to(HERE).as_posix())
    for found in sorted(HERE.glob("*/*/response.*"))
]
DAMAGED = 40
PIECES = (
    b"null", b"-1", b"1e400", b"NaN", b'""', b"{}", b"[]", b"[[1]]", b"2147483647", b"true",
    b"99999999999999999999999", b"\xff", b"\x00", b",", b";", b"<", b"'", b'"', b"\n", b"9999-99",
)  # fmt: skip


def damage(draw: random.Random, body: bytes) -> bytes:
    found = bytearray(body)
    for _ in range(draw.choice((1, 1, 2, 5))):
        place = draw.randrange(len(found))
        kind = draw.choice(("flip", "cut", "swap", "repeat"))
        if kind == "flip":
            found[place] = draw.randrange(256)
        elif kind == "cut" and len(found) > 60:
            del found[place : place + draw.randrange(1, 30)]
        elif kind == "swap":
            found[place : place + draw.randrange(8)] = draw.choice(PIECES)
        else:
            start = draw.randrange(len(found))
            found[place:place] = found[start : start + 40]
    return bytes(found)


@pytest.mark.parametrize("folder", CASES)
def test_a_damaged_body_is_refused_by_name_or_gives_rows_that_fit(folder):
    source, case = f"power/{folder.parent.name}", folder.name
    job, whole = JOBS[source], body_of(source, case)
    facts = {"way": "file", "url": job.source.url or job.source.name, **stated(source, case)}
    fetch = fetch_of(source, **facts)
    draw = random.Random(folder.name)
    for _ in range(DAMAGED):
        body = job.redact(damage(draw, whole))
        try:
            tables = job.parse(body, fetch).tables
        except SourceChangedError as error:
            if error.source != job.source.id:
                raise
            continue
        for name, frame in tables.items():
            full = parsed(TABLES[name])
            full.check(full.fit(frame))
