"""The contract of one source, run: what `indicia source check` looks at."""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import polars as pl

from indicia.cli.source_template import MARK
from indicia.errors import IndiciaError, SchemaViolationError, SourceChangedError
from indicia.schema import OBSERVED, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from indicia.sources.definition import Source
from indicia.sources.session import LOOPBACK

FINE, NOTE, PROBLEM = "fine", "note", "problem"
PLANTED = "planted-key-5f3a/+=&"
READ_UTC = datetime(2026, 6, 1, tzinfo=UTC)  # as in tests/replay
MUTATIONS, SEED = 60, 20261122
HTML = b"<!DOCTYPE html><html><body>Back soon</body></html>"
Row = Mapping[str, object]


def run(name: str, root: Path) -> Sequence[Row]:
    """One row per part of the contract: what, its state, and what was found."""
    try:
        source = Source.load(root / "ingest" / f"{name}.toml")
    except IndiciaError as error:
        return [_row("definition", PROBLEM, str(error))]
    rows = [_row("definition", FINE, f"{source.title}, {source.licence}")]
    rows += [_unfilled(root, name)]
    invalidate_caches()
    try:
        module = import_module(f"ingest.{source.family}.{source.name}")
    except Exception as error:  # noqa: BLE001 -- whatever the module does wrong is the finding
        return [*rows, _row("parser", PROBLEM, f"cannot be imported: {_say(error)}")]
    if not callable(getattr(module, "parse", None)):
        return [*rows, _row("parser", PROBLEM, "has no function parse(body, fetch)")]
    rows.append(_row("parser", FINE, f"{module.__name__} has parse"))
    rows.append(_plan(source, module))
    return [*rows, *_replayed(source, module, root / "tests" / "replay" / name)]


def _unfilled(root: Path, name: str) -> Row:
    paths = [root / "ingest" / f"{name}{ending}" for ending in (".toml", ".py")]
    left = [
        f"{path.name}:{number}"
        for path in paths
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MARK in line
    ]
    if left:
        return _row("filled in", PROBLEM, f"still to fill in: {', '.join(left)}")
    return _row("filled in", FINE, "nothing is marked as missing")


def _plan(source: Source, module: ModuleType) -> Row:
    """A plan asks hosts that the definition lists, over https, and never holds a key."""
    own = (Request(source.url),) if source.url else ()
    plan = getattr(module, "plan", lambda _asked: own)
    environ = {source.key_variable: PLANTED} if source.key_variable else {}
    try:
        requests = list(plan(Asked(datetime.now(UTC).date(), environ)))
    except Exception as error:  # noqa: BLE001 -- whatever the plan does wrong is the finding
        return _row("plan", PROBLEM, f"fails: {_say(error)}")
    for request in requests:
        parts = urlsplit(request.url)
        said = f"{request.place} {dict(request.headers)} {request.form}"
        if PLANTED in said:
            return _row("plan", PROBLEM, f"the key stands in the request to {parts.hostname}")
        if parts.hostname not in source.allowed_hosts:
            return _row("plan", PROBLEM, f"{parts.hostname} is not among hosts {source.hosts}")
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            return _row("plan", PROBLEM, f"{request.url}: {parts.scheme} instead of https")
    if not requests:
        return _row("plan", NOTE, "asks nobody: read from files only")
    return _row("plan", FINE, f"{len(requests)} requests, to hosts it may ask, without a key")


def _replayed(source: Source, module: ModuleType, folder: Path) -> Iterator[Row]:
    responses = sorted(folder.glob("**/response.*"))
    if not responses:
        yield _row(
            "replay", PROBLEM, f"no response below {folder}: write one in the real format"
        )
        return
    for path in responses:
        case = path.parent.relative_to(folder).as_posix()
        body = path.read_bytes()
        try:
            said = _parse(source, module, body, path)
            yield _compared(f"replay {case}", said, path.parent)
        except Exception as error:  # noqa: BLE001 -- whatever the parser does wrong is the finding
            yield _row(f"replay {case}", PROBLEM, _say(error))
            continue
        yield _mutated(source, module, body, path, case)


def _parse(source: Source, module: ModuleType, body: bytes, path: Path) -> Parsed:
    redact = getattr(module, "redact", lambda taken: taken)
    read = redact(body)
    digest = sha256(read).hexdigest()
    name = source.url or source.name
    fetch = Fetch("checked", source.id, "file", name, READ_UTC, digest, digest, len(read))
    stated = path.parent / "fetch.toml"
    if stated.exists():
        fetch = replace(fetch, **tomllib.loads(stated.read_text(encoding="utf-8")))
    said: Parsed = module.parse(read, fetch)
    for table, frame in said.tables.items():
        if table not in source.tables:
            raise SchemaViolationError(table, f"one of {source.tables}", frame.height, table)
        full = parsed(OBSERVED[table])
        full.check(full.fit(frame))
    return said


def _compared(what: str, said: Parsed, folder: Path) -> Row:
    filled = {t: f for t, f in said.tables.items() if f.height}
    expected = {p.stem.removeprefix("expected_"): p for p in folder.glob("expected_*.ndjson")}
    expected.pop("rejections", None)
    if set(filled) != set(expected):
        return _row(what, PROBLEM, f"gives {sorted(filled)}, expected {sorted(expected)}")
    for table, path in expected.items():
        full = parsed(OBSERVED[table])
        if not full.fit(filled[table]).equals(pl.read_ndjson(path, schema=full.polars)):
            return _row(what, PROBLEM, f"rows differ from {path.name}")
    count = sum(f.height for f in filled.values())
    return _row(what, FINE, f"{count} rows as expected, {len(said.rejections)} rejections")


def _mutated(source: Source, module: ModuleType, body: bytes, path: Path, case: str) -> Row:
    """A spoiled response is refused by name or gives rows that fit; it never ends in a traceback."""
    refused = 0
    for number, spoiled in enumerate(_spoiled(body)):
        try:
            _parse(source, module, spoiled, path)
        except (SourceChangedError, SchemaViolationError):
            refused += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
                raise
            return _row(f"mutated {case}", PROBLEM, f"mutation {number}: {_say(error)}")
    return _row(f"mutated {case}", FINE, f"{MUTATIONS} spoiled responses, {refused} refused")


def _spoiled(body: bytes) -> Iterator[bytes]:
    """The same mutations every time: emptied, cut, a web page, bytes changed, lines lost or swapped."""
    draw = random.Random(SEED)  # noqa: S311 -- repeatable mutations, nothing secret
    yield from (b"", HTML, b"{}", b"[]", b"null", bytes(range(256)), body[: len(body) // 2])
    for _ in range(MUTATIONS - 7):
        kind = draw.randrange(4)
        if kind == 0:
            yield body[: draw.randrange(len(body) or 1)]
        elif kind == 1:
            at = draw.randrange(len(body) or 1)
            yield body[:at] + draw.randbytes(3) + body[at + 3 :]
        else:
            lines = body.splitlines(keepends=True)
            draw.shuffle(lines) if kind == 2 else lines.pop(draw.randrange(len(lines)))  # noqa: PLR2004 -- the third kind
            yield b"".join(lines)


def _say(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _row(what: str, state: str, finding: str) -> Row:
    return {"check": what, "state": state, "finding": finding}
