"""Reading OCDS bodies: which of the publishers' shapes it is, and the releases within.

Contact points, persons and beneficial owners are dropped while a body is read, so that neither
the archive nor the parser ever holds them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from math import isfinite
from typing import Any

from indicia.errors import SourceChangedError
from ingest.eras import in_common_era

from .ocds_persons import MARKS, withheld, without_personal_keys

Json = dict[str, Any]

UNREADABLE = "_unreadable"
EXPECTED = "an OCDS release, record or package in JSON, or one release per line"

TAR, TAR_AT = b"ustar", 257
AS_LINES = "Take the same publication as JSON Lines (its file ends in .jsonl.gz)"

# Seen from publishers: `"amount": 000,` and `1 000,`. Quoted, the rest stays readable.
BAD_NUMBER = re.compile(r":\s*(-?(?:0\d[\d ]*|\d+(?: \d{3})+)(?:\.\d+)?)(?=\s*[,}\]])")


@dataclass(frozen=True, slots=True)
class Unit:
    """A release as it was found, or the problem found in its place."""

    place: str
    release: Json = field(default_factory=dict)
    package: Json = field(default_factory=dict)
    is_compiled: bool = False
    problem: str = ""


def load(raw: bytes) -> object:
    """Read JSON without personal keys; a number no float can hold stays text.

    Raises:
        ValueError: It is no JSON in UTF-8.
    """
    text = raw.decode("utf-8-sig")
    try:
        return _loads(text)
    except ValueError as error:
        repaired = BAD_NUMBER.sub(r': "\1"', text)
        if repaired == text:
            raise
        try:
            return _loads(repaired)
        except ValueError:
            raise error from None


def redacted(source: str, body: bytes) -> bytes:
    """The same releases without persons; JSON Lines stay lines, in the same places."""
    archived = BytesIO()
    for _, raw in _documents(source, body):
        archived.write(_redacted(raw))
    return archived.getvalue()


def units(source: str, body: bytes) -> Iterator[Unit]:
    """Every release of a body with the place where it was found."""
    for place, raw in _documents(source, body):
        if not raw.strip():
            continue
        try:
            value = load(raw)
        except ValueError as error:
            yield Unit(place, problem=str(error))
        else:
            yield from _unpacked(value, place, {})


def merged(releases: list[Json]) -> Json:
    """One release from several of a process, later ones winning field by field."""
    whole: Json = {}
    for release in sorted(releases, key=lambda r: str(r.get("date") or "")):
        whole = _over(whole, release)
    return whole


def mapping(value: object) -> Json:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Json]:
    """The objects among the values of a list."""
    return [v for v in (value if isinstance(value, list) else []) if isinstance(v, dict)]


def text_of(value: object) -> str | None:
    """A string or number as text; nothing where it is empty or of another type."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value)
    whole = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return whole.strip() or None


def joined(separator: str, values: Iterable[object]) -> str | None:
    """Different texts joined, in order; nothing where there are none."""
    texts = (text_of(v) for v in values)
    return separator.join(dict.fromkeys(t for t in texts if t)) or None


def instant_of(value: object) -> datetime | None:
    """The instant of an ISO 8601 text, UTC where it names no zone; its year may be Buddhist."""
    try:
        instant = datetime.fromisoformat(in_common_era(text_of(value) or ""))
        return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day_of(value: object) -> date | None:
    """The day an ISO 8601 text starts with; its year may be Buddhist."""
    try:
        return date.fromisoformat(in_common_era(text_of(value) or "")[:10])
    except ValueError:
        return None


def _loads(text: str) -> object:
    try:
        found = json.loads(
            text, parse_float=_finite, parse_constant=str, object_hook=without_personal_keys
        )
        return withheld(found) if MARKS.search(text) else found
    except RecursionError as error:
        message = "nested too deeply"
        raise ValueError(message) from error


def _finite(literal: str) -> float | str:
    number = float(literal)
    return number if isfinite(number) else literal


def _documents(source: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """The body as it is, or its lines, one by one, where each holds a document of its own."""
    filled = (line for line in BytesIO(body) if line.strip())
    first, second = next(filled, b""), next(filled, b"")
    if not first:
        raise SourceChangedError(source, "body", EXPECTED, "nothing")
    if body[TAR_AT : TAR_AT + len(TAR)] == TAR:
        raise SourceChangedError(source, "body", EXPECTED, "a tar archive (of CSV?)", AS_LINES)
    is_lines = bool(second) and (isinstance(_or_none(first), dict) or _or_none(body) is None)
    if not is_lines:
        yield "body", body
        return
    for number, line in enumerate(BytesIO(body), start=1):
        yield f"line {number}", line


def _or_none(raw: bytes) -> object:
    try:
        return load(raw)
    except ValueError:
        return None


def _redacted(raw: bytes) -> bytes:
    end = b"\n" if raw.endswith(b"\n") else b""
    if not raw.strip():
        return end
    try:
        text = json.dumps(load(raw), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError) as error:
        text = json.dumps({UNREADABLE: str(error)})
    return text.encode("utf-8", "replace") + end


def _unpacked(value: object, place: str, package: Json) -> Iterator[Unit]:
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from _unpacked(part, f"{place}[{index}]", package)
    elif not isinstance(value, dict):
        yield Unit(place, problem=f"{type(value).__name__} instead of an object")
    elif isinstance(value.get("records"), list):
        for index, record in enumerate(value["records"]):
            yield _record(record, f"{place}, records[{index}]", value)
    elif isinstance(value.get("releases"), list) and "ocid" not in value:
        for index, release in enumerate(value["releases"]):
            yield from _unpacked(release, f"{place}, releases[{index}]", value)
    else:
        yield _single(value, place, package)


def _single(value: Json, place: str, package: Json) -> Unit:
    if UNREADABLE in value:
        return Unit(place, problem=str(value[UNREADABLE]))
    if "compiledRelease" in value or "releases" in value:
        return _record(value, place, package)
    if not text_of(value.get("ocid")):
        return Unit(place, problem=f"no ocid among the keys {sorted(value)[:8]}")
    tags = value.get("tag")
    is_compiled = isinstance(tags, list) and "compiled" in tags
    if isinstance(tags, list) and tags and not is_compiled and not text_of(value.get("id")):
        return Unit(place, problem=f"a release tagged {tags[:3]} without an id")
    return Unit(place, value, package, is_compiled=is_compiled or not text_of(value.get("id")))


def _record(record: object, place: str, package: Json) -> Unit:
    if not isinstance(record, dict):
        return Unit(place, problem=f"{type(record).__name__} instead of a record")
    found = record.get("compiledRelease")
    if not isinstance(found, dict):
        parts = record.get("releases")
        found = merged([r for r in parts if _is_release(r)] if isinstance(parts, list) else [])
    if not text_of(found.get("ocid")):
        return Unit(place, problem="a record without a compiled release or embedded releases")
    return Unit(place, found, package, is_compiled=True)


def _is_release(value: object) -> bool:
    return isinstance(value, dict) and bool(value.get("ocid"))


def _over(old: Json, new: Json) -> Json:
    whole = dict(old)
    for key, value in new.items():
        before = whole.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            whole[key] = _over(before, value)
        elif before and _has_ids(before) and _has_ids(value):
            by_id = {part["id"]: part for part in before}
            for part in value:
                by_id[part["id"]] = _over(by_id.get(part["id"], {}), part)
            whole[key] = list(by_id.values())
        else:
            whole[key] = value
    return whole


def _has_ids(value: Any) -> bool:  # noqa: ANN401 -- a value of JSON has any type
    return isinstance(value, list) and all(
        isinstance(p, dict) and isinstance(p.get("id"), str | int | float) for p in value
    )
