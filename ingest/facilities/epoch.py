"""Epoch AI's campuses, timelines and chip quantities (CSV files, or their zip) to the facility tables.

Power is Epoch's estimate of what a site draws when the buildings then operational are in full use:
a peak, never a metered average (MW). Compute is in H100 equivalents. Zero says not operational yet,
empty says unknown. A row dated after the release is a projection.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import (
    FACILITY,
    FACILITY_PARTY,
    FACILITY_STATE,
    HARDWARE_STATEMENT,
    facility_id,
)
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest import slips
from ingest.bodies import Sieve, csv_rows, require
from ingest.facilities import epoch_chips
from ingest.facilities import epoch_fields as fields
from ingest.facilities.epoch_release import file_of, refusal

NAME = "facilities/epoch"
FOLDER = "https://epoch.ai/data/data_centers/"
FILES = (
    "data_centers.csv",
    "data_center_timelines.csv",
    "data_centers_chip_quantities.csv",
)
ZIP_START = b"PK\x03\x04"
MEMBER_BYTES = 16 * 2**20
MEMBERS = 64
COMPUTE_DECIMALS = 1  # copies of a release differ from the 10th digit on: no revision
ROLES = ("owner", "user", "builder")
REASON = (
    "Epoch AI: facility power estimated from cooling equipment, permits and statements, at full "
    "use of the buildings operational on the date; hence a peak, not a metered average"
)
UNSURE = "No user is tagged confident; Epoch lists it among frontier AI campuses"


def plan(_asked: Asked) -> Sequence[Request]:
    """The files of a release; where the last is missing the others are read."""
    return tuple(Request(f"{FOLDER}{name}") for name in FILES)


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one of the three files, told apart by its header, or the zip that holds them."""
    if body.startswith(ZIP_START):
        return _zip(body, fetch)
    return _file(fetch.file_name, body, fetch)


def _file(place: str, body: bytes, fetch: Fetch) -> Parsed:
    rows = csv_rows(NAME, place, body)
    reader = _reader(rows.columns)
    if reader is None:
        expected = "the header of data_centers.csv, of its timelines or of its chip quantities"
        raise refusal(NAME, place, expected, rows.columns)
    return reader(place, rows, fetch)


def _reader(columns: Sequence[str]) -> Callable[[str, pl.DataFrame, Fetch], Parsed] | None:
    """How to read a file with these columns, if it is one of the three."""
    return READERS.get(file_of(columns)[0])


def _zip(body: bytes, fetch: Fetch) -> Parsed:
    """Read both files out of a release's zip; members with another header are named and left."""
    place = fetch.file_name
    parts: list[Parsed] = []
    others: list[str] = []
    for name, content in _members(place, body):
        header = content.split(b"\n", 1)[0].decode("utf-8-sig", "replace")
        columns = [c.strip().strip('"') for c in header.split(",")]
        if _reader(columns) is None:
            others.append(name)
        else:
            parts.append(_file(f"{place}, {name}", content, fetch))
    tables = {name: frame for part in parts for name, frame in part.tables.items()}
    if not {FACILITY.name, FACILITY_STATE.name} <= tables.keys():
        expected = (
            "one member with the header of the campuses and one with that of the timelines"
        )
        raise SourceChangedError(NAME, place, expected, f"others only: {others}")
    rejections = [rejection for part in parts for rejection in part.rejections]
    if HARDWARE_STATEMENT.name in tables:
        known = tables[FACILITY.name]["facility_id"]
        stated, strays = epoch_chips.at_known_sites(
            tables[HARDWARE_STATEMENT.name], known, place
        )
        tables[HARDWARE_STATEMENT.name] = stated
        rejections += strays
    if others:
        expected = "campuses, timelines and chip quantities"
        remedy = "Nothing: these members are not read"
        unread = ", ".join(others)
        rejections.append(
            Rejection("member not read", place, expected, unread, remedy, 0, "notice")
        )
    return Parsed(tables, sum(part.rows_in for part in parts), tuple(rejections))


def _members(place: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Every CSV in the zip, decompressed up to a limit that a bomb cannot pass."""
    try:
        with ZipFile(BytesIO(body)) as archive:
            named = [i for i in archive.infolist() if i.filename.lower().endswith(".csv")]
            if len(named) > MEMBERS:
                received = f"{len(named)} members"
                raise SourceChangedError(NAME, place, f"at most {MEMBERS} CSV files", received)
            for info in named:
                with archive.open(info) as member:
                    content = member.read(MEMBER_BYTES + 1)
                if len(content) > MEMBER_BYTES:
                    expected = f"at most {MEMBER_BYTES // 2**20} MiB decompressed"
                    raise SourceChangedError(
                        NAME, f"{place}, {info.filename}", expected, "more"
                    )
                yield info.filename, content
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        expected = "a whole zip file without a password"
        raise SourceChangedError(NAME, place, expected, error) from error


def _renamed(
    place: str, rows: pl.DataFrame, aliases: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> pl.DataFrame:
    """The columns that are used, under our names; images and the rest are left behind."""
    found = {
        field: next((a for a in names if a in rows.columns), None)
        for field, names in aliases.items()
    }
    require(NAME, place, rows, [aliases[field][0] for field in needed if found[field] is None])
    absent = pl.lit(None, dtype=pl.String)
    return rows.select(
        "row", *((pl.col(a) if a else absent).alias(field) for field, a in found.items())
    )


def _centers(place: str, rows: pl.DataFrame, fetch: Fetch) -> Parsed:
    del fetch
    sieve = Sieve(place, _renamed(place, rows, fields.CENTER_ALIASES, fields.CENTER_NEEDED))
    _identify(sieve)
    sieve.drop(pl.col("title").is_null(), "no name", "title", "the name of the site")
    sieve.drop_repeats(("facility_id",), "Keep one row per site")
    latitude = fields.degrees("latitude", "NS", 90)
    longitude = fields.degrees("longitude", "EW", 180)
    address = pl.col("address")
    last = fields.last_part(address)
    by_address = pl.coalesce(
        pl.when(fields.state(address).is_not_null()).then(pl.lit("US")), fields.country(last)
    )
    home = pl.when(pl.col("country").is_not_null()).then(fields.country(pl.col("country")))
    before = pl.when(fields.country(last).is_not_null()).then(
        fields.part_before_country(address)
    )
    sieve.frame = sieve.frame.with_columns(
        latitude_deg=latitude,
        longitude_deg=longitude,
        country_iso2=pl.when(pl.col("country").is_null()).then(by_address).otherwise(home),
        admin1=pl.coalesce(fields.state(address), before),
    )
    sieve.note(
        pl.col("country_iso2").is_null(), "country unknown", "address",
        "an address that ends in a known country or U.S. state, or a known Country",
        "Add the country to COUNTRIES in epoch_fields",
    )  # fmt: skip
    for column in ("latitude", "longitude"):
        lost = pl.col(column).is_not_null() & pl.col(f"{column}_deg").is_null()
        sieve.note(
            lost, "coordinate unknown", column, """degrees such as 32°35'25"N or 32.59""",
            "Correct the cell; meanwhile the site has no coordinates",
        )  # fmt: skip
    parties = _parties(sieve)
    return Parsed(
        {FACILITY.name: _facilities(sieve.frame, parties), FACILITY_PARTY.name: parties},
        rows.height,
        tuple(sieve.rejections),
    )


def _identify(sieve: Sieve) -> None:
    sieve.drop(pl.col("key").is_null(), "no key", "key", "the handle of a site")
    ids = {key: facility_id("epoch", key) for key in sieve.frame["key"].unique()}
    sieve.frame = sieve.frame.with_columns(
        facility_id=pl.col("key").replace_strict(ids, return_dtype=pl.String)
    )


def _parties(sieve: Sieve) -> pl.DataFrame:
    named = pl.concat([fields.named_parties(sieve.frame, role) for role in ROLES])
    cells = Sieve(sieve.place, named.with_columns(fields.tag_meant(pl.col("certainty"))))
    tags = (*fields.TAGS, fields.UNTAGGED)
    unknown = ~pl.col("certainty").is_in(tags)
    known = " or ".join(f"#{tag}" for tag in fields.TAGS)
    cells.drop(unknown, "tag unknown", "certainty", known, "Add the tag to TAGS if it is meant")
    cells.drop(pl.col("party_name") == "", "party without name", "party_name", "a name")
    sieve.rejections += cells.rejections
    home = pl.col("party_name").replace_strict(
        fields.HEADQUARTERS, default=None, return_dtype=pl.String
    )
    joined = cells.frame.join(
        sieve.frame.select("key", "facility_id"), on="key", maintain_order="left"
    )
    unique = joined.unique(
        ("facility_id", "role", "party_name"), keep="first", maintain_order=True
    )
    return FACILITY_PARTY.fit(
        unique.select("facility_id", "role", "party_name", "certainty", headquarters_iso2=home)
    )


def _facilities(frame: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    sure = parties.filter(role="user", certainty="confident")["facility_id"].unique()
    is_sure = pl.col("facility_id").is_in(sure.to_list())
    both = pl.col("latitude_deg").is_not_null() & pl.col("longitude_deg").is_not_null()
    return FACILITY.fit(
        frame.select(
            "facility_id",
            "country_iso2",
            "admin1",
            publisher_key="key",
            name="title",
            place="address",
            latitude_deg=pl.when(both).then("latitude_deg"),
            longitude_deg=pl.when(both).then("longitude_deg"),
            coord_precision=pl.when(both).then(pl.lit("site")).otherwise(pl.lit("unknown")),
            site_class=pl.lit("ai"),
            is_declared_ai=pl.when(is_sure).then(pl.lit(value=True)),
            note=pl.when(~is_sure).then(pl.lit(UNSURE)),
        )
    )


def _timelines(place: str, rows: pl.DataFrame, fetch: Fetch) -> Parsed:
    sieve = Sieve(place, _renamed(place, rows, fields.TIMELINE_ALIASES, fields.TIMELINE_NEEDED))
    _identify(sieve)
    day = pl.coalesce(
        pl.col("date").str.to_date("%Y-%m-%d", strict=False),
        pl.col("date").str.to_date("%m/%d/%Y", strict=False),
    )
    sieve.frame = sieve.frame.with_columns(on_date=day)
    sieve.drop(
        pl.col("on_date").is_null(), "date unknown", "date", "YYYY-MM-DD or M/D/YYYY",
        "Correct the date; a row without one describes no day",
    )  # fmt: skip
    measures = ("power", "compute", "buildings")
    sieve.cast(measures)
    for column in measures:
        sieve.drop(pl.col(column) < 0, "negative number", column, "0 or more, or empty")
    slipped = slips.repeats_gigawatts(pl.col("power"), pl.col("statement"))
    sieve.drop(slipped, slips.RULE, "power", slips.EXPECTED, slips.REMEDY)
    sieve.drop_repeats(("facility_id", "on_date"), "Keep one row per site and day")
    frame = sieve.frame.select(
        "facility_id",
        "on_date",
        "statement",
        date_precision=pl.lit("day"),
        power_kind=pl.lit("peak"),
        boundary=pl.lit("facility"),
        power_estimated_mw="power",
        compute_estimated_h100e_count=pl.col("compute").round(COMPUTE_DECIMALS),
        buildings_count="buildings",
        estimate_reason=pl.lit(REASON),
        is_projection=pl.col("on_date") > fetch.vintage,
    )
    return Parsed(
        {FACILITY_STATE.name: FACILITY_STATE.fit(frame)}, rows.height, tuple(sieve.rejections)
    )


def _chips(place: str, rows: pl.DataFrame, fetch: Fetch) -> Parsed:
    sieve = Sieve(place, _renamed(place, rows, epoch_chips.ALIASES, epoch_chips.NEEDED))
    _identify(sieve)
    stated = epoch_chips.statements(sieve, fetch.vintage)
    return Parsed({HARDWARE_STATEMENT.name: stated}, rows.height, tuple(sieve.rejections))


READERS: Mapping[str, Callable[[str, pl.DataFrame, Fetch], Parsed]] = {
    "data_centers.csv": _centers,
    "data_center_timelines.csv": _timelines,
    "data_center_chip_quantities.csv": _chips,
}
