"""OpenSanctions' `targets.simple.csv` to `entity_listing`: organisations only, at the user's wish.

`redact` leaves of every other row its schema alone, so that it is counted and nobody is named. Of
organisations neither e-mail addresses, telephone numbers nor dates of birth are kept.
"""

import re
from collections.abc import Sequence
from io import BytesIO

import polars as pl

from indicia.errors import SourceChangedError, SourceNotConfiguredError, UsageError
from indicia.schema import ENTITY_LISTING, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, csv_rows, require

NAME = "entities/opensanctions"
VARIABLE = "INDICIA_OPENSANCTIONS"
FOLDER = "https://data.opensanctions.org/datasets/latest"
LIST = "OPENSANCTIONS"
COLUMNS = ("id", "schema", "name", "aliases", "countries", "addresses", "sanctions", "dataset")
LOADED = ("Company", "Organization", "PublicBody")
NOT_LOADED = (
    "Person", "LegalEntity", "Vessel", "Airplane", "Vehicle", "CryptoWallet", "Security", "Asset",
    "Address", "Position",
)  # fmt: skip
LONGEST = 500
TABLE = parsed(ENTITY_LISTING)


def plan(asked: Asked) -> Sequence[Request]:
    """The dataset a user names; nothing without that.

    Raises:
        SourceNotConfiguredError: The user names none.
        UsageError: What is named cannot be a dataset.
    """
    dataset = asked.environ.get(VARIABLE, "").strip()
    if not dataset:
        raise SourceNotConfiguredError(NAME, VARIABLE)
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,60}", dataset):
        message = f"{VARIABLE}: {dataset} names no dataset. Write one such as us_trade_csl."
        raise UsageError(message)
    return (Request(f"{FOLDER}/{dataset}/targets.simple.csv"),)


def redact(body: bytes) -> bytes:
    """Keep the columns that are read, of organisations only; of other rows the schema alone."""
    rows = _rows("body", body).drop("row")
    is_loaded = pl.col("schema").is_in(LOADED).fill_null(value=False)
    out = BytesIO()
    rows.with_columns(pl.when(is_loaded).then(pl.exclude("schema"))).write_csv(out)
    return out.getvalue()


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """One listing per organisation.

    Raises:
        SourceChangedError: No CSV with the columns that are read, or no organisation in it.
    """
    place = fetch.file_name
    rows = _rows(place, body)
    sieve = Sieve(place, rows)
    sieve.drop(
        pl.col("schema").is_in(NOT_LOADED), "not an organisation", "schema", " or ".join(LOADED),
        "Nothing: persons, ships and the like are not loaded", "notice",
    )  # fmt: skip
    known = pl.col("schema").is_in(LOADED).fill_null(value=False)
    sieve.drop(~known, "schema unknown", "schema", " or ".join((*LOADED, *NOT_LOADED)))
    sieve.drop(pl.col("id").is_null(), "no id", "id", "an id")
    sieve.drop(pl.col("name").is_null(), "no name", "name", "a name")
    sieve.drop_repeats(("id",), "Nothing: a file holds an entity once")
    if sieve.frame.is_empty():
        counts = dict(rows["schema"].value_counts().iter_rows())
        raise SourceChangedError(NAME, place, f"rows of {', '.join(LOADED)}", counts)
    codes = _pieces("countries").list.eval(
        pl.element().filter(pl.element().str.contains("^[A-Za-z]{2}$")).str.to_uppercase()
    )
    countries = codes.list.join(";")
    said = pl.concat_str("dataset", "sanctions", separator=": ", ignore_nulls=True)
    frame = sieve.frame.select(
        "name",
        list_code=pl.lit(LIST),
        listing_key="id",
        aliases=_pieces("aliases").list.join("; "),
        addresses=_pieces("addresses").list.join("; "),
        countries_iso2=pl.when(countries != "").then(countries),
        citation=pl.when(said != "").then(said.str.slice(0, LONGEST)),
        source_url=pl.format("https://www.opensanctions.org/entities/{}/", "id"),
    )
    return Parsed({TABLE.name: TABLE.fit(frame)}, rows.height, tuple(sieve.rejections))


def _rows(place: str, body: bytes) -> pl.DataFrame:
    rows = csv_rows(NAME, place, body)
    require(NAME, place, rows, COLUMNS)
    return rows.select("row", *COLUMNS)


def _pieces(column: str) -> pl.Expr:
    parts = pl.col(column).str.split(";").list.eval(pl.element().str.strip_chars())
    return parts.list.unique(maintain_order=True)
