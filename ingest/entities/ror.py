"""The monthly dump of the Research Organization Registry (schema 2) to the register tables.

The dump is one JSON list, alone or in the zip it comes in. Withdrawn records stay in the dump and are
loaded with their status; a name may have several types and is loaded once per kind.
"""

import json
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import ENTITY_LINK, ENTITY_NAME, ENTITY_RECORD, parsed
from indicia.sources.contract import Fetch, Parsed, Rejection
from ingest import zip_body
from ingest.bodies import Sieve, start_of

NAME = "entities/ror"
MEMBER_ENDS = (
    "_schema_v2.json",
    "ror-data.json",
)  # the second since schema 1 is no longer there
MOST_BYTES = 768 * 2**20
ROR_ID = r"^https://ror\.org/(0[a-z0-9]{6}[0-9]{2})$"
NAME_KINDS = {
    "ror_display": "label",
    "label": "label",
    "alias": "alternative",
    "acronym": "abbreviation",
}
LINK_KINDS = {"parent": "direct parent", "successor": "successor", "related": "related"}
NOT_LOADED = ("child", "predecessor")  # the same relations, told from the other end
STATUSES = ("active", "inactive", "withdrawn")
FIRST_YEAR = 800
RECORDS, NAMES, LINKS = parsed(ENTITY_RECORD), parsed(ENTITY_NAME), parsed(ENTITY_LINK)
RECORD_SCHEMA = {
    **dict.fromkeys(("id", "status", "country", "town", "ids", "display"), pl.String),
    "established": pl.Int64,
}
NAME_SCHEMA = dict.fromkeys(("id", "name", "kind", "language"), pl.String)
LINK_SCHEMA = dict.fromkeys(("id", "kind", "other"), pl.String)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Organisations, their names and their relations.

    Raises:
        SourceChangedError: No list of records, or records of another schema.
    """
    place = fetch.file_name
    given = _listed(place, body)
    records = pl.DataFrame([_record(r) for r in given], schema=RECORD_SCHEMA, strict=False)
    sieve = Sieve(place, records.with_row_index("row", offset=1))
    expected = "https://ror.org/ and nine characters"
    sieve.drop(~_is_ror("id"), "no ROR id", "id", expected)
    sieve.drop(
        ~pl.col("status").is_in(STATUSES).fill_null(value=False), "status unknown", "status", " or ".join(STATUSES)
    )  # fmt: skip
    sieve.drop(pl.col("display").is_null(), "no name", "display", "a name of type ror_display")
    year = pl.col("established")
    out_of_range = (year < FIRST_YEAR) | (year > fetch.vintage.year)
    sieve.note(
        out_of_range.fill_null(value=False), "year out of range", "established",
        f"{FIRST_YEAR} to {fetch.vintage.year}", "Nothing: the record is loaded without the year",
    )  # fmt: skip
    sieve.drop_repeats(("id",), "Nothing: a dump holds a record once")
    frame = sieve.frame.with_columns(record_id=_record_id("id"), source_url=pl.col("id"))
    facts = frame.select(
        "record_id", "source_url", "status",
        name="display",
        country_iso2=pl.when(pl.col("country").str.contains("^[A-Z]{2}$")).then("country"),
        address="town",
        registry_ids="ids",
        founded_date=pl.when(~out_of_range).then(pl.date(year, 1, 1)),
    )  # fmt: skip
    kept = frame.select("id", "source_url")
    names, no_names = _names(place, given, kept)
    links, no_links = _links(place, given, kept)
    return Parsed(
        {RECORDS.name: RECORDS.fit(facts), NAMES.name: NAMES.fit(names), LINKS.name: LINKS.fit(links)},
        records.height,
        (*sieve.rejections, *no_names, *no_links),
    )  # fmt: skip


def _names(
    place: str, given: list[dict[str, Any]], kept: pl.DataFrame
) -> tuple[pl.DataFrame, list[Rejection]]:
    said = [
        {"id": r.get("id"), "name": n.get("value"), "kind": kind, "language": n.get("lang")}
        for r in given
        for n in _objects(r.get("names"))
        for kind in n.get("types") or ()
    ]
    rows = pl.DataFrame(said, schema=NAME_SCHEMA, strict=False).with_row_index("row", offset=1)
    sieve = Sieve(f"{place}, names", rows.join(kept, on="id", maintain_order="left"))
    sieve.drop(
        ~pl.col("kind").is_in(list(NAME_KINDS)).fill_null(value=False),
        "name type unknown", "kind", " or ".join(NAME_KINDS),
    )  # fmt: skip
    sieve.drop(pl.col("name").is_null(), "empty name", "name", "a name")
    frame = sieve.frame.select(
        "name", "language", "source_url", record_id=_record_id("id"), kind=pl.col("kind").replace(NAME_KINDS)
    )  # fmt: skip
    unique = frame.unique(("record_id", "name", "kind"), keep="first", maintain_order=True)
    return unique, sieve.rejections


def _links(
    place: str, given: list[dict[str, Any]], kept: pl.DataFrame
) -> tuple[pl.DataFrame, list[Rejection]]:
    said = [
        {"id": r.get("id"), "kind": link.get("type"), "other": link.get("id")}
        for r in given
        for link in _objects(r.get("relationships"))
    ]
    rows = pl.DataFrame(said, schema=LINK_SCHEMA, strict=False).with_row_index("row", offset=1)
    sieve = Sieve(f"{place}, relationships", rows.join(kept, on="id", maintain_order="left"))
    known = (*LINK_KINDS, *NOT_LOADED)
    sieve.drop(
        ~pl.col("kind").is_in(known).fill_null(value=False), "relationship unknown", "kind", " or ".join(known)
    )  # fmt: skip
    sieve.drop(~_is_ror("other"), "no ROR id", "other", "https://ror.org/ and nine characters")
    told = sieve.frame.filter(pl.col("kind").is_in(list(LINK_KINDS)))
    frame = told.select(
        "source_url", record_id=_record_id("id"), kind=pl.col("kind").replace(LINK_KINDS), other_id=_record_id("other")
    )  # fmt: skip
    return frame.unique(
        ("record_id", "kind", "other_id"), keep="first", maintain_order=True
    ), sieve.rejections


def _listed(place: str, body: bytes) -> list[dict[str, Any]]:
    text = body
    if body.startswith(zip_body.ZIP_START):
        end = next((e for e in MEMBER_ENDS if e.encode() in body), MEMBER_ENDS[-1])
        text = b"".join(zip_body.lines(NAME, place, body, end, MOST_BYTES))
    expected = "a JSON list of organisations of schema 2"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceChangedError(
            NAME, place, expected, f"{start_of(text)} ({error})"
        ) from error
    if not isinstance(found, list) or not found or not all(isinstance(r, dict) for r in found):
        raise SourceChangedError(NAME, place, expected, start_of(text))
    lacking = sorted({"id", "names", "status", "relationships", "locations"} - found[0].keys())
    if lacking:
        remedy = "Take the file whose name ends in schema_v2.json"
        raise SourceChangedError(NAME, place, expected, f"records without {lacking}", remedy)
    return found


def _record(record: dict[str, Any]) -> dict[str, Any]:
    where = next((o for o in _objects(record.get("locations"))), {}).get("geonames_details")
    where = where if isinstance(where, dict) else {}
    parts = [where.get(k) for k in ("name", "country_subdivision_name", "country_name")]
    display = next(
        (n.get("value") for n in _objects(record.get("names")) if "ror_display" in (n.get("types") or ())), None
    )  # fmt: skip
    ids = [
        f"{e.get('type')}:{e.get('preferred') or (e.get('all') or [''])[0]}"
        for e in _objects(record.get("external_ids"))
    ]
    return {
        "id": record.get("id"),
        "status": record.get("status"),
        "country": where.get("country_code"),
        "town": ", ".join(str(p) for p in parts if p) or None,
        "ids": "; ".join(i for i in ids if not i.endswith(":")) or None,
        "display": display or None,
        "established": record.get("established"),
    }


def _objects(value: object) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _is_ror(column: str) -> pl.Expr:
    return pl.col(column).str.contains(ROR_ID).fill_null(value=False)


def _record_id(column: str) -> pl.Expr:
    return pl.format("ROR:{}", pl.col(column).str.extract(ROR_ID))
