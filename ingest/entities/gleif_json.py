"""GLEIF's API pages (JSON) as frames, persons left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from ingest.bodies import json_object

NAME = "entities/gleif"
API = "https://api.gleif.org/api/v1/"
PERSON = "SOLE_PROPRIETOR"
FIELDS = (
    "lei", "legal_name", "legal_language", "category", "country", "hq_country", "registry",
    "registry_id", "form", "form_other", "status", "founded", "ended", "successor", "registration",
    "updated", "address", "hq_address",
)  # fmt: skip
NAME_SCHEMA = {"row": pl.UInt32, "name": pl.String, "language": pl.String, "kind": pl.String}
RECORD_SCHEMA = dict.fromkeys(FIELDS, pl.String)
LINK_SCHEMA = dict.fromkeys(
    ("lei", "other", "kind", "status", "updated", "starts", "ends"), pl.String
)
ATTRIBUTES = (
    "legalName", "otherNames", "transliteratedOtherNames", "legalAddress", "headquartersAddress",
    "registeredAt", "registeredAs", "category", "legalForm", "status", "expiration",
    "successorEntity", "creationDate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a body holds: records with further names, or links."""

    records: pl.DataFrame
    names: pl.DataFrame
    links: pl.DataFrame | None = None


def parents(body: bytes) -> list[str]:
    """Addresses of the relationship records that a page names for direct and ultimate parents."""
    found: list[str] = []
    for record in listed("body", json_object(NAME, "body", body)):
        for kind in ("direct-parent", "ultimate-parent"):
            link = _at(record, "relationships", kind, "links", "relationship-record")
            if isinstance(link, str) and link.startswith(API):
                found.append(link)
    return found


def listed(place: str, content: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a page; an answer without any `data` is refused."""
    said = content.get("data")
    rows = [said] if isinstance(said, dict) else said
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        received = content.get("errors") or sorted(content)
        expected = "`data` with LEI records or relationship records"
        raise SourceChangedError(NAME, place, expected, received)
    return rows


def trimmed(record: dict[str, Any]) -> dict[str, Any]:
    """What is read of one record; of a sole proprietor the category alone."""
    attributes = record.get("attributes")
    given = attributes if isinstance(attributes, dict) else {}
    entity, relation = given.get("entity"), given.get("relationship")
    registration = {k: _at(given, "registration", k) for k in ("lastUpdateDate", "status")}
    if isinstance(relation, dict):
        names = ("startNode", "endNode", "type", "status", "periods")
        kept = {n: relation.get(n) for n in names}
        return {
            "type": record.get("type"),
            "attributes": {"relationship": kept, "registration": registration},
        }
    if _at(given, "entity", "category") == PERSON:
        return {"type": record.get("type"), "attributes": {"entity": {"category": PERSON}}}
    kept = {n: entity.get(n) for n in ATTRIBUTES} if isinstance(entity, dict) else {}
    links = {
        kind: {"links": {"relationship-record": link}}
        for kind in ("direct-parent", "ultimate-parent")
        if (link := _at(record, "relationships", kind, "links", "relationship-record"))
    }
    return {
        "type": record.get("type"),
        "attributes": {"lei": given.get("lei"), "entity": kept, "registration": registration},
        "relationships": links,
    }


def read(place: str, rows: list[dict[str, Any]]) -> Said:
    """Records with their further names, or relationships."""
    kinds = {str(r.get("type")) for r in rows}
    if kinds == {"relationship-records"}:
        links = pl.DataFrame([_link(r) for r in rows], schema=LINK_SCHEMA, strict=False)
        return Said(pl.DataFrame(), pl.DataFrame(), links.with_row_index("row", offset=1))
    if kinds - {"lei-records"}:
        expected = "records of type lei-records or relationship-records"
        raise SourceChangedError(NAME, place, expected, sorted(kinds))
    lacking = [r for r in rows if not isinstance(_at(r, "attributes", "entity"), dict)]
    if lacking:
        raise SourceChangedError(NAME, place, "attributes.entity in every record", lacking[0])
    records = pl.DataFrame([_record(r) for r in rows], schema=RECORD_SCHEMA, strict=False)
    names = [n for at, r in enumerate(rows, 1) for n in _other_names(at, r)]
    return Said(
        filled(records).with_row_index("row", offset=1),
        pl.DataFrame(names, schema=NAME_SCHEMA, strict=False).filter(
            pl.col("name").is_not_null()
        ),
    )


def _record(record: dict[str, Any]) -> dict[str, Any]:
    entity, given = record["attributes"]["entity"], record["attributes"]
    return {
        "lei": given.get("lei"),
        "legal_name": _at(entity, "legalName", "name"),
        "legal_language": _at(entity, "legalName", "language"),
        "category": entity.get("category"),
        "country": _at(entity, "legalAddress", "country"),
        "hq_country": _at(entity, "headquartersAddress", "country"),
        "registry": _at(entity, "registeredAt", "id"),
        "registry_id": entity.get("registeredAs"),
        "form": _at(entity, "legalForm", "id"),
        "form_other": _at(entity, "legalForm", "other"),
        "status": entity.get("status"),
        "founded": entity.get("creationDate"),
        "ended": _at(entity, "expiration", "date"),
        "successor": _at(entity, "successorEntity", "lei"),
        "registration": _at(given, "registration", "status"),
        "updated": _at(given, "registration", "lastUpdateDate"),
        "address": _address(entity.get("legalAddress")),
        "hq_address": _address(entity.get("headquartersAddress")),
    }


def _address(said: object) -> str | None:
    if not isinstance(said, dict):
        return None
    lines = said.get("addressLines")
    parts = [*(lines if isinstance(lines, list) else []), *(said.get(k) for k in ("city", "region", "postalCode", "country"))]  # fmt: skip
    return ", ".join(str(p) for p in parts if p) or None


def _other_names(at: int, record: dict[str, Any]) -> Iterable[dict[str, Any]]:
    entity = record["attributes"]["entity"]
    for group in ("otherNames", "transliteratedOtherNames"):
        for name in entity.get(group) or ():
            if isinstance(name, dict):
                said = {"name": name.get("name"), "language": name.get("language")}
                yield {"row": at, "kind": name.get("type"), **said}


def _link(record: dict[str, Any]) -> dict[str, Any]:
    relation = _at(record, "attributes", "relationship") or {}
    periods = [p for p in relation.get("periods") or () if isinstance(p, dict)]
    named = [p for p in periods if p.get("type") == "RELATIONSHIP_PERIOD"]
    period = named[0] if named else {}
    return {
        "lei": _at(relation, "startNode", "id"),
        "other": _at(relation, "endNode", "id"),
        "kind": relation.get("type"),
        "status": relation.get("status"),
        "updated": _at(record, "attributes", "registration", "lastUpdateDate"),
        "starts": period.get("startDate"),
        "ends": period.get("endDate"),
    }


def _at(value: object, *path: str) -> Any:  # noqa: ANN401 -- JSON
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def filled(frame: pl.DataFrame) -> pl.DataFrame:
    """Text trimmed, and empty text as null."""
    texts = [c for c, kind in frame.schema.items() if kind == pl.String]
    trimmed = frame.with_columns(pl.col(texts).str.strip_chars())
    return trimmed.with_columns(pl.when(pl.col(texts) != "").then(pl.col(texts)))
