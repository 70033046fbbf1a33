"""Every source with a folder here is replayed: redacted, parsed, checked, compared row by row.

A case is a folder that holds `response.*`; it is the source's own folder or one below it. Beside
the response lie `expected_<table>.ndjson` for each table with rows, and, where wanted,
`expected_rejections.ndjson` (fields stated there are compared) and `fetch.toml` (fields of `Fetch`).
"""

import json
import tomllib
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import ingest
from indicia.schema import TABLES, parsed
from indicia.sources.contract import Fetch, Job, Parsed

HERE = Path(__file__).parent
JOBS = ingest.jobs()
FETCHED = datetime(2026, 6, 1, tzinfo=UTC)
CASES = [
    pytest.param(name, found.parent, id=found.parent.relative_to(HERE).as_posix())
    for name in sorted(JOBS)
    for found in sorted((HERE / name).glob("**/response.*"))
]


def fetch_of(job: Job, folder: Path, body: bytes) -> Fetch:
    stated = folder / "fetch.toml"
    facts = tomllib.loads(stated.read_text(encoding="utf-8")) if stated.exists() else {}
    digest = sha256(body).hexdigest()
    given = {
        "fetch_id": "replayed",
        "source": job.source.id,
        "way": "file",
        "url": (job.source.url or job.source.name),
        "fetched_utc": FETCHED,
        "sha256": digest,
        "original_sha256": digest,
        "body_bytes": len(body),
    }
    return Fetch(**{**given, **facts})


def replay(name: str, folder: Path) -> Parsed:
    (response,) = folder.glob("response.*")
    job = JOBS[name]
    body = job.redact(response.read_bytes())
    return job.parse(body, fetch_of(job, folder, body))


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("name", "folder"), CASES)
def test_a_recorded_response_gives_exactly_the_expected_rows(name, folder):
    result = replay(name, folder)
    filled = {table: frame for table, frame in result.tables.items() if frame.height}
    expected = {p.stem.removeprefix("expected_"): p for p in folder.glob("expected_*.ndjson")}
    expected.pop("rejections", None)
    assert set(result.tables) <= set(JOBS[name].source.tables)
    assert set(filled) == set(expected)
    for table, path in expected.items():
        full = parsed(TABLES[table])
        frame = full.check(full.fit(filled[table]))
        assert_frame_equal(frame, pl.read_ndjson(path, schema=full.polars))


@pytest.mark.parametrize(("name", "folder"), CASES)
def test_every_rejection_names_place_expectation_received_and_remedy(name, folder):
    result = replay(name, folder)
    for rejection in result.rejections:
        assert rejection.rule
        assert rejection.place
        assert rejection.expected
        assert rejection.remedy
        assert rejection.severity in {"error", "warning", "notice"}
    path = folder / "expected_rejections.ndjson"
    if path.exists():
        wanted = lines(path)
        shown = [
            {field: getattr(rejection, field) for field in fields}
            for rejection, fields in zip(result.rejections, wanted, strict=True)
        ]
        assert shown == wanted


def test_every_folder_here_belongs_to_a_job():
    known = {HERE / name for name in JOBS}
    strays = [r for r in HERE.glob("**/response.*") if not known & set(r.parents)]
    assert not strays
