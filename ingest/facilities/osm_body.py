"""Answers about OpenStreetMap, in Overpass's or ohsome's layout, as rows; accounts left out."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import UTC
from ingest.bodies import json_object

NAME = "facilities/osm"
TAGS = (
    "name", "name:en", "operator", "operator:en", "telecom", "building", "construction:building",
    "start_date", "opening_date", "addr:country", "addr:state", "addr:province", "addr:city",
    "addr:street", "addr:housenumber",
)  # fmt: skip
OBJECT = ("type", "id", "lat", "lon", "center", "timestamp", "version")
FEATURE = ("@osmId", "@snapshotTimestamp", "@lastEdit", "@version", "@validFrom")
E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SCHEMA = {
    "type": pl.String, "id": pl.String, "lat": pl.Float64, "lon": pl.Float64, "timestamp": pl.String,
    **dict.fromkeys(TAGS, pl.String),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a body says.

    Args:
        rows: One row per object: type, id, lat, lon, edited_utc and the tags of `TAGS`.
        day: The moment the body speaks from, if it says so.
        is_one_day: `day` is the day that was asked for, not the age of the copy that answered.
        newest: The newest edit in it.
    """

    rows: pl.DataFrame
    day: datetime | None
    is_one_day: bool
    newest: datetime | None


def redact(body: bytes) -> bytes:
    """Keep place, version and known tags of every object; no account, changeset or contact.

    Raises:
        SourceChangedError: The body cannot be read, so that nothing could be removed from it.
    """
    content = json_object(NAME, "body", body)
    kept: dict[str, Any] = {
        k: content[k] for k in ("version", "remark", "type") if k in content
    }
    base = content.get("osm3s")
    if isinstance(base, dict):
        kept["osm3s"] = {k: v for k, v in base.items() if k.startswith("timestamp")}
    for name, trim in (("elements", _object), ("features", _feature)):
        if isinstance(content.get(name), list):
            kept[name] = [trim(o) for o in content[name] if isinstance(o, dict)]
    return json.dumps(kept, ensure_ascii=False, indent=0).encode("utf-8", "replace")


def read(place: str, content: dict[str, Any]) -> Said:
    """Read either layout.

    Raises:
        SourceChangedError: It is neither, or the server says that it stopped in the middle.
    """
    remark = content.get("remark")
    if remark:
        remedy = (
            "Ask again later, or for a smaller country: the server ran out of time or memory"
        )
        raise SourceChangedError(NAME, place, "an answer without `remark`", remark, remedy)
    if isinstance(content.get("elements"), list):
        base = content.get("osm3s")
        said = base.get("timestamp_osm_base") if isinstance(base, dict) else None
        objects = [_flat_object(o) for o in content["elements"] if isinstance(o, dict)]
        return _said(objects, said, is_one_day=False)
    if isinstance(content.get("features"), list):
        return _features(place, [f for f in content["features"] if isinstance(f, dict)])
    expected = "`elements` of Overpass, or `features` of ohsome"
    raise SourceChangedError(NAME, place, expected, sorted(content))


def _features(place: str, features: list[dict[str, Any]]) -> Said:
    told = [f.get("properties") or {} for f in features]
    days = sorted({str(p.get("@snapshotTimestamp")) for p in told})
    if len(days) > 1 or days == ["None"]:
        remedy = "Ask elements/centroid for one `time` per file, with properties=tags,metadata"
        raise SourceChangedError(
            NAME, place, "one @snapshotTimestamp in all features", days[:3], remedy
        )
    rows = [_flat_feature(p, f.get("geometry")) for p, f in zip(told, features, strict=True)]
    return _said(rows, days[0] if days else None, is_one_day=True)


def _said(rows: list[dict[str, Any]], day: str | None, *, is_one_day: bool) -> Said:
    frame = pl.DataFrame(rows, schema=SCHEMA, strict=False).with_row_index("row", offset=1)
    trimmed = frame.with_columns(pl.col(TAGS).str.strip_chars())
    filled = trimmed.with_columns(pl.when(pl.col(TAGS) != "").then(pl.col(TAGS)))
    dated = filled.with_columns(edited_utc=_moment(pl.col("timestamp")))
    newest = dated["edited_utc"].max()
    spoken = pl.select(_moment(pl.lit(day, pl.String))).item()
    return Said(dated, spoken, is_one_day, newest if isinstance(newest, datetime) else None)


def _moment(text: pl.Expr) -> pl.Expr:
    short = text.str.replace(r"(T\d\d:\d\d)Z$", "${1}:00Z").str.replace(
        r"^(\d{4}-\d\d-\d\d)$", "${1}T00:00:00Z"
    )
    whole = short.str.replace(r"(\.\d+)?(Z|\+00:00)$", "Z")
    return whole.str.to_datetime(
        "%Y-%m-%dT%H:%M:%SZ", strict=False, time_unit="us", time_zone="UTC"
    ).cast(UTC)


def _object(element: dict[str, Any]) -> dict[str, Any]:
    kept = {k: element[k] for k in OBJECT if k in element}
    return {**kept, "tags": _tags(element.get("tags"))}


def _feature(feature: dict[str, Any]) -> dict[str, Any]:
    told = feature.get("properties")
    told = told if isinstance(told, dict) else {}
    named = {k: told[k] for k in FEATURE if k in told}
    return {
        "type": "Feature",
        "geometry": feature.get("geometry"),
        "properties": {**named, **_tags(told)},
    }


def _tags(tags: object) -> dict[str, str]:
    given = tags if isinstance(tags, dict) else {}
    return {
        k: E_MAIL.sub("[e-mail removed]", str(given[k]))
        for k in TAGS
        if given.get(k) is not None
    }


def _flat_object(element: dict[str, Any]) -> dict[str, Any]:
    center = element.get("center")
    where = center if isinstance(center, dict) else element
    return {
        **_tags(element.get("tags")),
        "type": _word(element.get("type")),
        "id": _text(element.get("id")),
        "lat": _degrees(where.get("lat")),
        "lon": _degrees(where.get("lon")),
        "timestamp": _word(element.get("timestamp")),
    }


def _flat_feature(told: dict[str, Any], geometry: object) -> dict[str, Any]:
    kind, _, number = str(told.get("@osmId", "")).partition("/")
    lon, lat = _middle(geometry)
    return {
        **_tags(told),
        "type": kind,
        "id": number or None,
        "lat": lat,
        "lon": lon,
        "timestamp": _word(told.get("@lastEdit")),
    }


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _degrees(value: object) -> float | None:
    return (
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    )


def _middle(geometry: object) -> tuple[float | None, float | None]:
    """The middle of the box around a GeoJSON geometry, as Overpass's `center` is."""
    found: list[tuple[float, float]] = []
    waiting = [geometry.get("coordinates")] if isinstance(geometry, dict) else []
    while waiting:
        part = waiting.pop()
        if not isinstance(part, list) or not part:
            continue
        if all(isinstance(p, int | float) for p in part[:2]) and len(part) > 1:
            found.append((float(part[0]), float(part[1])))
        else:
            waiting += part
    if not found:
        return None, None
    (west, south), (east, north) = (
        tuple(edge(p[n] for p in found) for n in (0, 1)) for edge in (min, max)
    )
    return (west + east) / 2, (south + north) / 2
