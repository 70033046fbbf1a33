"""GLEIF's layouts as frames: API pages (JSON) and golden-copy files (CSV), persons left out."""

import json
import re
from io import BytesIO

import polars as pl

from indicia.errors import SourceChangedError
from ingest.bodies import json_object, start_of
from ingest.entities import gleif_json
from ingest.entities.gleif_json import NAME, NAME_SCHEMA, Said

LEI = "[A-Z0-9]{18}[0-9]{2}"
ADDRESS = ("FirstAddressLine", "AdditionalAddressLine.1", "AdditionalAddressLine.2", "City", "Region", "PostalCode", "Country")  # fmt: skip
RECORD = {
    "lei": "LEI",
    "legal_name": "Entity.LegalName",
    "legal_language": "Entity.LegalName.xmllang",
    "category": "Entity.EntityCategory",
    "country": "Entity.LegalAddress.Country",
    "hq_country": "Entity.HeadquartersAddress.Country",
    "registry": "Entity.RegistrationAuthority.RegistrationAuthorityID",
    "registry_id": "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    "form": "Entity.LegalForm.EntityLegalFormCode",
    "form_other": "Entity.LegalForm.OtherLegalForm",
    "status": "Entity.EntityStatus",
    "founded": "Entity.EntityCreationDate",
    "ended": "Entity.EntityExpirationDate",
    "successor": "Entity.SuccessorEntity.1.SuccessorLEI",
    "registration": "Registration.RegistrationStatus",
    "updated": "Registration.LastUpdateDate",
}
OPTIONAL = ("founded", "ended", "successor", "form_other")
RELATION = {
    "lei": "Relationship.StartNode.NodeID",
    "other": "Relationship.EndNode.NodeID",
    "kind": "Relationship.RelationshipType",
    "status": "Relationship.RelationshipStatus",
    "updated": "Registration.LastUpdateDate",
}
PERIODS = re.compile(r"^Relationship\.Period\.\d+\.(startDate|endDate|periodType)$")
OTHER_NAMES = re.compile(
    r"^Entity\.(OtherEntityNames|TransliteratedOtherEntityNames)\.\w+\.\d+$"
)


def redact(body: bytes) -> bytes:
    """Keep what is read; of a sole proprietor, who is a natural person, the category alone."""
    if _is_json(body):
        content = json_object(NAME, "body", body)
        meta = content.get("meta")
        kept = {
            "meta": meta,
            "data": [gleif_json.trimmed(r) for r in gleif_json.listed("body", content)],
        }
        return json.dumps(kept, ensure_ascii=False, indent=0).encode("utf-8", "replace")
    frame = _csv("body", body)
    category = RECORD["category"]
    if category in frame.columns:
        is_person = (pl.col(category) == gleif_json.PERSON).fill_null(value=False)
        frame = frame.with_columns(pl.when(~is_person).then(pl.exclude(category)))
    out = BytesIO()
    frame.write_csv(out)
    return out.getvalue()


def read(place: str, body: bytes) -> Said:
    """Read a JSON page or a CSV file.

    Raises:
        SourceChangedError: It is neither, or columns are missing.
    """
    if _is_json(body):
        return gleif_json.read(place, gleif_json.listed(place, json_object(NAME, place, body)))
    frame = _csv(place, body).with_row_index("row", offset=2)
    if RELATION["lei"] in frame.columns:
        return Said(pl.DataFrame(), pl.DataFrame(), _csv_links(place, frame))
    return _csv_records(place, frame)


def _is_json(body: bytes) -> bool:
    return body.lstrip()[:1] == b"{"


def _csv(place: str, body: bytes) -> pl.DataFrame:
    """The columns that are read, as text."""
    expected = "a golden-copy CSV of LEI records or relationships, or a JSON page of the API"
    wanted = {*RECORD.values(), *RELATION.values(), *_address_columns()}
    header = body[: body.find(b"\n")].decode("utf-8-sig", "replace")
    columns = [c.strip().strip('"') for c in header.split(",")]
    kept = [c for c in columns if c in wanted or _is_list(c)]
    if RECORD["lei"] not in kept and RELATION["lei"] not in kept:
        raise SourceChangedError(NAME, place, expected, start_of(body))
    try:
        return pl.read_csv(BytesIO(body), columns=kept, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise SourceChangedError(NAME, place, expected, error) from error


def _is_list(column: str) -> bool:
    base = column.removesuffix(".xmllang").removesuffix(".type")
    return bool(OTHER_NAMES.match(base) or PERIODS.match(column))


def _address_columns() -> list[str]:
    return [
        f"Entity.{kind}.{part}"
        for kind in ("LegalAddress", "HeadquartersAddress")
        for part in ADDRESS
    ]


def _csv_records(place: str, frame: pl.DataFrame) -> Said:
    needed = [c for name, c in RECORD.items() if name not in OPTIONAL]
    _require(place, frame, needed)

    def address(kind: str) -> pl.Expr:
        parts = [p for p in (f"Entity.{kind}.{a}" for a in ADDRESS) if p in frame.columns]
        return pl.concat_str(parts, separator=", ", ignore_nulls=True)

    frame = gleif_json.filled(frame)
    records = frame.select(
        "row",
        *((pl.col(c) if c in frame.columns else pl.lit(None, pl.String)).alias(n) for n, c in RECORD.items()),
        address=address("LegalAddress"),
        hq_address=address("HeadquartersAddress"),
    )  # fmt: skip
    blank = pl.col("address", "hq_address")
    listed = [
        frame.filter(pl.col(c).is_not_null()).select(
            "row",
            name=c,
            language=f"{c}.xmllang"
            if f"{c}.xmllang" in frame.columns
            else pl.lit(None, pl.String),
            kind=f"{c}.type" if f"{c}.type" in frame.columns else pl.lit(None, pl.String),
        )
        for c in frame.columns
        if OTHER_NAMES.match(c)
    ]
    names = pl.concat(listed) if listed else pl.DataFrame(schema=NAME_SCHEMA)
    return Said(records.with_columns(pl.when(blank != "").then(blank)), names)


def _csv_links(place: str, frame: pl.DataFrame) -> pl.DataFrame:
    _require(place, frame, list(RELATION.values()))
    frame = gleif_json.filled(frame)
    kinds = sorted(c for c in frame.columns if c.endswith("periodType"))
    when = {
        part: pl.coalesce(
            pl.lit(None, pl.String),
            *(
                pl.when(pl.col(k) == "RELATIONSHIP_PERIOD").then(pl.col(other))
                for k in kinds
                if (other := k.replace("periodType", part)) in frame.columns
            ),
        )
        for part in ("startDate", "endDate")
    }
    return frame.select(
        "row",
        *(pl.col(c).alias(n) for n, c in RELATION.items()),
        starts=when["startDate"],
        ends=when["endDate"],
    )


def _require(place: str, frame: pl.DataFrame, needed: list[str]) -> None:
    lacking = [c for c in needed if c not in frame.columns]
    if lacking:
        raise SourceChangedError(
            NAME, f"{place}, header", f"columns {needed}", f"without {lacking}"
        )
