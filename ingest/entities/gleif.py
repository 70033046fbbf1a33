"""GLEIF's LEI records and relationships to the register tables.

Read are pages of the API (JSON: `lei-records`, `relationship-records`) and files of the golden copy
(CSV of LEI records or of relationship records). Sole proprietors are natural persons: `redact` leaves
of them the category alone, so that they are counted and nobody is named.
"""

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from indicia.errors import SourceNotConfiguredError, UsageError
from indicia.schema import ENTITY_LINK, ENTITY_NAME, ENTITY_RECORD, UTC, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import Sieve
from ingest.entities import gleif_body, gleif_json
from ingest.entities.gleif_body import LEI
from ingest.entities.gleif_json import NAME

VARIABLE = "INDICIA_GLEIF_LEIS"
URL = "https://api.gleif.org/api/v1/lei-records"
LEIS_PER_REQUEST = 100  # fits one page, and an address
PAGE_ROWS = 200
NAME_KINDS = {
    "LEGAL_NAME": "legal",
    "PREVIOUS_LEGAL_NAME": "previous",
    "TRADING_OR_OPERATING_NAME": "trading",
    "ALTERNATIVE_LANGUAGE_LEGAL_NAME": "alternative",
    "PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME": "transliterated",
    "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME": "transliterated",
}
LINK_KINDS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "direct parent",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "ultimate parent",
    "IS_INTERNATIONAL_BRANCH_OF": "branch of",
    "IS_FUND-MANAGED_BY": "related",
    "IS_SUBFUND_OF": "related",
    "IS_FEEDER_TO": "related",
}
CATEGORIES = (
    "GENERAL",
    "BRANCH",
    "FUND",
    "RESIDENT_GOVERNMENT_ENTITY",
    "INTERNATIONAL_ORGANIZATION",
)
STATUSES = ("ACTIVE", "INACTIVE")
FORM_WITHOUT_CODE = "8888"
RECORDS, NAMES, LINKS = parsed(ENTITY_RECORD), parsed(ENTITY_NAME), parsed(ENTITY_LINK)
STAMPED = ("source_url", "published_utc", "published_basis")
redact = gleif_body.redact


def plan(asked: Asked) -> Sequence[Request]:
    """The records a user names by LEI; nothing is asked without a list.

    Raises:
        SourceNotConfiguredError: No list is set.
        UsageError: The list holds something that is no LEI.
    """
    wanted = [w.upper() for w in re.split(r"[\s,;]+", asked.environ.get(VARIABLE, "")) if w]
    if not wanted:
        raise SourceNotConfiguredError(NAME, VARIABLE)
    if strange := [w for w in wanted if not re.fullmatch(LEI, w)]:
        message = f"{VARIABLE}: {strange[0]} is no LEI. Write 20 letters and digits, separated by commas."
        raise UsageError(message)
    unique = list(dict.fromkeys(wanted))
    groups = [unique[n : n + LEIS_PER_REQUEST] for n in range(0, len(unique), LEIS_PER_REQUEST)]
    return tuple(
        Request(URL, params={"filter[lei]": ",".join(group), "page[size]": str(PAGE_ROWS), "page[number]": "1"})
        for group in groups
    )  # fmt: skip


def following(request: Request, body: bytes) -> Sequence[Request]:
    """The relationship records of parents that a page of records names."""
    if "filter[lei]" not in request.params:
        return ()
    return tuple(Request(url) for url in gleif_json.parents(body))


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Records with names and successors, or relationships, by what the body holds."""
    said = gleif_body.read(fetch.file_name, body)
    if said.links is not None:
        return _links(fetch.file_name, said.links, fetch.vintage)
    return _records(fetch.file_name, said.records, said.names)


def _records(place: str, records: pl.DataFrame, names: pl.DataFrame) -> Parsed:
    sieve = Sieve(place, records)
    sieve.drop(
        pl.col("category") == gleif_json.PERSON, "natural person", "category", "an organisation",
        "Nothing: sole proprietors are not loaded", "notice",
    )  # fmt: skip
    known = pl.col("category").is_in(CATEGORIES).fill_null(value=False)
    sieve.drop(~known, "category unknown", "category", " or ".join(CATEGORIES))
    sieve.drop(~_is_lei("lei"), "no LEI", "lei", "20 letters and digits")
    sieve.drop(pl.col("legal_name").is_null(), "no name", "legal_name", "a legal name")
    sieve.drop(
        pl.col("status").is_not_null() & ~pl.col("status").is_in(STATUSES),
        "status unknown", "status", " or ".join(STATUSES),
    )  # fmt: skip
    sieve.drop_repeats(("lei",), "Nothing: a file holds the newest state of a record once")
    frame = _stamped(sieve.frame)
    sieve.note(
        ~pl.col("country").str.contains("^[A-Z]{2}$"), "country unknown", "country",
        "an ISO 3166-1 alpha-2 code", "Nothing: the record is loaded without a country",
    )  # fmt: skip
    country = pl.col("country", "hq_country")
    frame = frame.with_columns(pl.when(country.str.contains("^[A-Z]{2}$")).then(country))
    form, other = pl.col("form"), pl.col("form_other")
    lapse = pl.col("registration")
    kept = frame.select(
        "record_id", *STAMPED, "address",
        name="legal_name",
        country_iso2="country",
        headquarters_iso2="hq_country",
        headquarters_address="hq_address",
        registry_ids=pl.when(pl.col("registry_id").is_not_null()).then(
            pl.format("{}:{}", "registry", "registry_id")
        ),
        legal_form=pl.when(form == FORM_WITHOUT_CODE)
        .then(other)
        .otherwise(pl.format("ELF:{}", form)),
        status=pl.when(lapse.is_null() | (lapse == "ISSUED"))
        .then("status")
        .otherwise(pl.format("{}, registration {}", "status", lapse)),
        founded_date=_day("founded"),
        ended_date=_day("ended"),
    )  # fmt: skip
    successors = frame.filter(_is_lei("successor")).select(
        "record_id",
        *STAMPED,
        kind=pl.lit("successor"),
        other_id=pl.format("LEI:{}", "successor"),
    )
    named, rejections = _names(place, names, frame)
    return Parsed(
        {
            RECORDS.name: RECORDS.fit(kept),
            NAMES.name: NAMES.fit(named),
            LINKS.name: LINKS.fit(successors),
        },
        records.height,
        (*sieve.rejections, *rejections),
    )


def _names(
    place: str, names: pl.DataFrame, records: pl.DataFrame
) -> tuple[pl.DataFrame, Sequence[Rejection]]:
    legal = records.select(
        "row", name="legal_name", language="legal_language", kind=pl.lit("LEGAL_NAME")
    )
    of_kept = names.select(legal.columns).join(records, on="row", how="semi")
    sieve = Sieve(f"{place}, other names", pl.concat([legal, of_kept]))
    sieve.drop(
        ~pl.col("kind").is_in(list(NAME_KINDS)).fill_null(value=False),
        "name type unknown", "kind", " or ".join(NAME_KINDS),
    )  # fmt: skip
    joined = sieve.frame.with_columns(pl.col("kind").replace(NAME_KINDS)).join(
        records.select("row", "record_id", *STAMPED), on="row", maintain_order="left"
    )
    unique = joined.unique(("record_id", "name", "kind"), keep="first", maintain_order=True)
    return unique.drop("row"), sieve.rejections


def _links(place: str, links: pl.DataFrame, vintage: date) -> Parsed:
    sieve = Sieve(place, links)
    kinds = list(LINK_KINDS)
    sieve.drop(
        ~pl.col("kind").is_in(kinds).fill_null(value=False), "relationship unknown", "kind", " or ".join(kinds)
    )  # fmt: skip
    sieve.drop(~(_is_lei("lei") & _is_lei("other")), "no LEI", "other", "two LEIs")
    sieve.drop(
        ~pl.col("status").is_in(STATUSES).fill_null(value=False), "status unknown", "status", " or ".join(STATUSES)
    )  # fmt: skip
    sieve.frame = _stamped(sieve.frame).with_columns(
        starts_date=_day("starts"),
        ends_date=_day("ends"),
        kind=pl.col("kind").replace(LINK_KINDS),
    )
    over = (pl.col("status") != "ACTIVE") & pl.col("ends_date").is_null()
    sieve.drop(
        over, "relation ended", "status", "ACTIVE, or a day on which it ended",
        "Nothing: it is over and the day is not stated", "notice",
    )  # fmt: skip
    sieve.drop(
        (pl.col("starts_date") > vintage).fill_null(value=False), "starts later", "starts", f"{vintage} or before"
    )  # fmt: skip
    sieve.frame = sieve.frame.sort("ends_date", nulls_last=True, maintain_order=True)
    sieve.frame = sieve.frame.with_columns(other_id=pl.format("LEI:{}", "other"))
    unique = sieve.frame.unique(
        ("record_id", "kind", "other_id"), keep="last", maintain_order=True
    )
    frame = unique.select("record_id", "kind", "other_id", "starts_date", "ends_date", *STAMPED)
    return Parsed({LINKS.name: LINKS.fit(frame)}, links.height, tuple(sieve.rejections))


def _stamped(frame: pl.DataFrame) -> pl.DataFrame:
    updated = (
        pl.col("updated")
        .str.replace(r"\.\d+", "")
        .str.replace("Z$", "+00:00")
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", strict=False, time_unit="us", time_zone="UTC")
        .cast(UTC)
    )
    return frame.with_columns(
        record_id=pl.format("LEI:{}", "lei"),
        source_url=pl.format("https://search.gleif.org/#/record/{}", "lei"),
        published_utc=updated,
        published_basis=pl.when(updated.is_not_null()).then(pl.lit("stated")),
    )


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def _is_lei(column: str) -> pl.Expr:
    return pl.col(column).str.contains(f"^{LEI}$").fill_null(value=False)
