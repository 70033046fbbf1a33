"""Fixture bodies, whole or altered, put through their job as the archive would hand them over."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Fetch, Parsed

REPLAY = Path(__file__).parent / "replay"
JOBS = ingest.jobs()
FETCHED = datetime(2026, 6, 1, tzinfo=UTC)
DIGEST = "0" * 64


def body_of(source: str, case: str) -> bytes:
    """The body of one case of a source: its folder below the source's, or the file in it."""
    path = REPLAY / source / case
    if path.is_dir():
        (path,) = path.glob("response.*")
    return path.read_bytes()


def stated(source: str, case: str) -> dict[str, object]:
    """What a case says of its fetch; nothing where it says nothing."""
    path = REPLAY / source / case
    said = (path if path.is_dir() else path.parent) / "fetch.toml"
    return tomllib.loads(said.read_text(encoding="utf-8")) if said.exists() else {}


def fetch_of(source: str, **facts: object) -> Fetch:
    """A live fetch of 1 June 2026, but for what `facts` say."""
    given = {
        "fetch_id": "f", "source": source, "way": "live", "url": "body", "fetched_utc": FETCHED,
        "sha256": DIGEST, "original_sha256": DIGEST, "body_bytes": 1,
    }  # fmt: skip
    return Fetch(**{**given, **facts})


def parse(source: str, body: bytes, **facts: object) -> Parsed:
    """What a job makes of a body, redacted first."""
    kept = JOBS[source].redact(body)
    return JOBS[source].parse(kept, fetch_of(source, **{"body_bytes": len(kept), **facts}))


def refused(source: str, body: bytes, **facts: object) -> SourceChangedError:
    """Why a job refuses a body: its source, the place, what was expected and what to do, all in its text."""
    with pytest.raises(SourceChangedError) as raised:
        parse(source, body, **facts)
    error = raised.value
    assert error.source == source
    for part in (error.source, error.place, str(error.expected), error.remedy):
        assert part
        assert part in str(error)
    assert "received" in str(error)
    return error


def rules(result: Parsed) -> dict[str, int]:
    """How many rows each rule set aside."""
    return {r.rule: r.count for r in result.rejections}
