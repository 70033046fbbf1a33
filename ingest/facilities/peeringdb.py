"""PeeringDB's facilities (JSON pages of `/api/fac`) to `facility` and `facility_party`.

Contacts are for peering only: they are not asked for, and `redact` keeps a fixed list of fields, so
that neither they nor free text reach the archive. Pages make one snapshot: a facility that is absent
or marked deleted has vanished. Counts of networks change daily and are left out.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import FACILITY, FACILITY_PARTY, UTC, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, json_object, json_rows, require

NAME = "facilities/peeringdb"
URL = "https://www.peeringdb.com/api/fac"
COUNTRIES = ("MY", "SG", "ID", "AE", "SA", "CN", "HK")
PAGE_ROWS = 150  # about 70 kB; one beyond 100 kB may be asked for once an hour only
NEEDED = (
    "id",
    "org_name",
    "name",
    "city",
    "country",
    "latitude",
    "longitude",
    "updated",
    "status",
)
FIELDS = (
    *NEEDED, "org_id", "campus_id", "aka", "name_long", "address1", "address2", "state", "zipcode",
    "property", "diverse_serving_substations", "available_voltage_services", "created",
)  # fmt: skip
LISTED, NOT_LISTED = "ok", ("deleted", "pending")
E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
FACILITIES, PARTIES = parsed(FACILITY), parsed(FACILITY_PARTY)


def plan(_asked: Asked) -> Sequence[Request]:
    """The first page; all pages together are one snapshot, so a delta (`since`) is never asked."""
    return (
        Request(
            URL,
            params={
                "country__in": ",".join(COUNTRIES),
                "status": LISTED,
                "depth": "0",
                "fields": ",".join(FIELDS),
                "limit": str(PAGE_ROWS),
                "skip": "0",
            },
        ),
    )


def following(request: Request, body: bytes) -> Request | None:
    """The next page, while pages are full."""
    if len(_content(request.url, body)) < int(request.params["limit"]):
        return None
    skip = int(request.params["skip"]) + int(request.params["limit"])
    return replace(request, params={**request.params, "skip": str(skip)})


def redact(body: bytes) -> bytes:
    """Keep the fields that are read, without e-mail addresses; a body that cannot be read is refused."""
    rows = _content("body", body)
    if not all(isinstance(row, dict) for row in rows):
        raise SourceChangedError(NAME, "body, data", "a list of objects", "other values")
    kept = [{name: _clean(row[name]) for name in FIELDS if name in row} for row in rows]
    return json.dumps({"meta": {}, "data": kept}, ensure_ascii=False, indent=0).encode(
        "utf-8", "replace"
    )


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """One facility and one party per listed row.

    Raises:
        SourceChangedError: No page of facilities, or an empty first page.
    """
    place = fetch.file_name
    content = _content(place, body)
    if not content and re.search(r"[?&]skip=[1-9]", fetch.url):
        return Parsed({}, 0)  # the page after the last full one
    remedy = "Ask again later: an answer without rows is a limit reached, or a changed filter"
    rows = json_rows(NAME, f"{place}, data", _flat(content), remedy)
    require(NAME, place, rows, NEEDED)
    absent = [pl.lit(None, pl.String).alias(n) for n in FIELDS if n not in rows.columns]
    filled = rows.with_columns(absent).select("row", *FIELDS)
    filled = filled.with_columns(pl.exclude("row").str.strip_chars())
    sieve = Sieve(
        place,
        filled.with_columns(pl.when(pl.exclude("row") != "").then(pl.all().exclude("row"))),
    )
    _sift(sieve)
    frame = _named(sieve.frame)
    parties = frame.filter(pl.col("org_name").is_not_null()).select(
        "facility_id",
        "source_url",
        "published_utc",
        "published_basis",
        role=pl.lit("operator"),
        party_name="org_name",
        certainty=pl.lit("stated"),
    )
    facilities = frame.select(
        "facility_id", "name", "place", "latitude_deg", "longitude_deg", "coord_precision", "note",
        "source_url", "published_utc", "published_basis",
        publisher_key="id",
        country_iso2="country",
        admin1="state",
        site_class=pl.lit("colocation"),
    )  # fmt: skip
    return Parsed(
        {FACILITY.name: FACILITIES.fit(facilities), FACILITY_PARTY.name: PARTIES.fit(parties)},
        rows.height,
        tuple(sieve.rejections),
    )


def _content(place: str, body: bytes) -> list[Any]:
    found = json_object(NAME, place, body)
    rows, meta = found.get("data"), found.get("meta")
    said = found.get("message") or (meta.get("error") if isinstance(meta, dict) else None)
    if said or not isinstance(rows, list):
        remedy = "Wait an hour: anonymous requests are limited"
        raise SourceChangedError(
            NAME, place, "`data` with a list of facilities", said or sorted(found), remedy
        )
    return rows


def _clean(value: object) -> object:
    if isinstance(value, str):
        return E_MAIL.sub("[e-mail removed]", value)
    return [_clean(v) for v in value] if isinstance(value, list) else value


def _flat(rows: list[Any]) -> list[Any]:
    """Lists of words joined: every cell is one text."""
    return [
        {k: "; ".join(map(str, v)) if isinstance(v, list) else v for k, v in row.items()}
        if isinstance(row, dict)
        else row
        for row in rows
    ]


def _sift(sieve: Sieve) -> None:
    known = (LISTED, *NOT_LISTED)
    sieve.drop(
        pl.col("status").is_in(NOT_LISTED), "not listed", "status", LISTED,
        "Nothing: a facility that is deleted or not yet approved is not loaded", "notice",
    )  # fmt: skip
    sieve.drop(
        ~pl.col("status").is_in(known).fill_null(value=False),
        "status unknown",
        "status",
        " or ".join(known),
    )
    no_id = ~pl.col("id").str.contains(r"^\d+$").fill_null(value=False)
    sieve.drop(no_id, "no id", "id", "a whole number")
    sieve.drop(pl.col("name").is_null(), "no name", "name", "the name of the facility")
    no_country = ~pl.col("country").str.contains("^[A-Z]{2}$").fill_null(value=False)
    sieve.drop(no_country, "country unknown", "country", "an ISO 3166-1 alpha-2 code")
    sieve.cast(("latitude", "longitude"), "degrees")
    absurd = (pl.col("latitude").abs() > 90) | (pl.col("longitude").abs() > 180)  # noqa: PLR2004 -- the bounds of the Earth
    absurd = absurd | ((pl.col("latitude") == 0) & (pl.col("longitude") == 0))
    sieve.drop(absurd, "absurd coordinates", "latitude", "a place on Earth, not 0, 0")
    sieve.note(
        _moment().is_null(), "date unknown", "updated", "YYYY-MM-DDTHH:MM:SSZ",
        "Nothing: the row is dated by the fetch",
    )  # fmt: skip
    sieve.note(
        pl.col("org_name").is_null(), "party without name", "org_name", "an organisation",
        "Nothing: the facility is loaded without a party",
    )  # fmt: skip
    sieve.drop_repeats(
        ("id",), "Nothing: pages overlap when rows are added while they are read"
    )


def _moment() -> pl.Expr:
    text = pl.col("updated").str.replace(r"\.\d+Z$", "Z")
    return text.str.to_datetime(
        "%Y-%m-%dT%H:%M:%SZ", strict=False, time_unit="us", time_zone="UTC"
    ).cast(UTC)


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    is_placed = pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()
    names = pl.concat_list("name_long", "aka").list.drop_nulls().list.join("; ")
    volts = pl.col("available_voltage_services")
    note = pl.concat_str(
        pl.when(names != "").then(pl.format("Also listed as: {}.", names)),
        pl.when(volts.is_not_null()).then(pl.format("Voltage on offer: {}.", volts)),
        separator=" ",
        ignore_nulls=True,
    )
    return frame.with_columns(
        facility_id=pl.format("peeringdb-fac-{}", "id"),
        source_url=pl.format("https://www.peeringdb.com/fac/{}", "id"),
        place=pl.concat_str("address1", "city", separator=", ", ignore_nulls=True),
        latitude_deg=pl.when(is_placed).then("latitude"),
        longitude_deg=pl.when(is_placed).then("longitude"),
        coord_precision=pl.when(is_placed)
        .then(pl.lit("site"))
        .when(pl.col("city").is_not_null())
        .then(pl.lit("city"))
        .otherwise(pl.lit("country")),
        note=pl.when(note != "").then(note),
        published_utc=_moment(),
        published_basis=pl.when(_moment().is_not_null()).then(pl.lit("stated")),
    ).with_columns(place=pl.when(pl.col("place") != "").then("place"))
