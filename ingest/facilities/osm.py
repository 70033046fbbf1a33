"""OpenStreetMap's data centres to `facility` and `facility_party`, today and on past days.

A live refresh asks Overpass for the map of today, country by country; asked with `--since`, for the
map of that day in every year before it too. Each day is one snapshot with its own publication time, so
that an object that is absent on a later day has vanished. A file may also be an answer of ohsome's
`elements/centroid` or `elements/geometry` for one day, loaded with `--published` that day.

Of the editors' accounts nothing is kept; of the tags only a fixed list.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import FACILITY, FACILITY_PARTY, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve, json_object
from ingest.facilities import osm_body

NAME = osm_body.NAME
URL = "https://overpass-api.de/api/interpreter"
COUNTRIES = ("MY", "SG", "ID", "AE", "SA", "CN", "HK")
FIRST_ATTIC_DAY = date(2012, 9, 12)  # earlier states of the map are not held by Overpass
YEAR = timedelta(days=366)
STALE = timedelta(days=7)
COUNTRY_ASKED = re.compile(r'"ISO3166-1"="([A-Z]{2})"')
PLACE_DECIMALS = 5  # about a metre
FACILITIES, PARTIES = parsed(FACILITY), parsed(FACILITY_PARTY)
redact = osm_body.redact


def plan(asked: Asked) -> Sequence[Request]:
    """The map of today; with `--since` first the map of that day in every year, oldest first."""
    days: list[date] = []
    day = max(asked.since, FIRST_ATTIC_DAY) if asked.since else asked.today
    while day < asked.today:
        days.append(day)
        day = _anniversary(day)
    return (*(_request(COUNTRIES[0], d) for d in days), _request(COUNTRIES[0], None))


def following(request: Request, body: bytes) -> Request | None:
    """The same day in the next country: all countries of a day are one snapshot."""
    del body
    query = request.params["data"]
    asked = COUNTRY_ASKED.search(query)
    at = COUNTRIES.index(asked[1]) + 1 if asked else len(COUNTRIES)
    if at == len(COUNTRIES):
        return None
    named = COUNTRY_ASKED.sub(f'"ISO3166-1"="{COUNTRIES[at]}"', query)
    return replace(request, params={"data": named})


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """One facility per mapped object, and its operator where it is tagged.

    Raises:
        SourceChangedError: A runtime error in `remark`, no known layout, several days in one body, or
            a body that does not speak from the day it was loaded for.
    """
    place = fetch.file_name
    said = osm_body.read(place, json_object(NAME, place, body))
    day = fetch.published_utc if _is_past(fetch) else None
    _agree(place, said, fetch, day)
    if said.rows.is_empty():
        return Parsed({}, 0)
    sieve = Sieve(place, said.rows)
    _sift(sieve)
    asked = COUNTRY_ASKED.search(fetch.url)
    frame = _named(sieve.frame, asked[1] if asked else None, day)
    sieve.frame = frame
    sieve.note(
        pl.col("country_iso2").is_null(), "country unknown", "addr:country",
        "a two-letter tag addr:country, or a page asked for one country",
        "Nothing: without a country no licence rule can be applied to the site",
    )  # fmt: skip
    dated = ("source_url", "published_utc", "published_basis")
    facilities = frame.select(
        "facility_id", "publisher_key", "name", "country_iso2", "place", "note", *dated,
        admin1="state",
        latitude_deg="lat",
        longitude_deg="lon",
        coord_precision=pl.lit("site"),
        site_class=pl.lit("unknown"),
    )  # fmt: skip
    parties = frame.filter(pl.col("operator").is_not_null()).select(
        "facility_id", *dated, role=pl.lit("operator"), party_name="operator", certainty=pl.lit("stated")
    )  # fmt: skip
    return Parsed(
        {FACILITY.name: FACILITIES.fit(facilities), FACILITY_PARTY.name: PARTIES.fit(parties)},
        said.rows.height,
        tuple(sieve.rejections),
    )


def _request(country: str, day: date | None) -> Request:
    kinds = (
        '["telecom"="data_center"]',
        '["building"="data_center"]',
        '["construction:building"~"^data_cent(er|re)$"]',
    )
    wanted = "".join(f"nwr{kind}(area.a);" for kind in kinds)
    dated = f'[date:"{day}T00:00:00Z"]' if day else ""
    query = f'[out:json][timeout:180]{dated};area["ISO3166-1"="{country}"]->.a;({wanted});out center tags meta;'
    moment = datetime.combine(day, time.min, UTC) if day else None
    return Request(URL, params={"data": query}, published_utc=moment)


def _anniversary(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def _is_past(fetch: Fetch) -> bool:
    """Whether the body was asked or loaded for a past day."""
    return fetch.published_utc is not None and fetch.fetched_utc - fetch.published_utc > STALE


def _agree(place: str, said: osm_body.Said, fetch: Fetch, day: datetime | None) -> None:
    """Refuse a body that does not speak from the day it is loaded for: it would end or leak rows."""
    spoken, newest = said.day, said.newest
    now = day or fetch.fetched_utc
    remedy = f"Load it with --published {spoken.date()}" if spoken else ""
    is_other = spoken is not None and said.is_one_day and spoken.date() != now.date()
    is_old = day is None and spoken is not None and now - spoken > STALE
    if is_other or is_old:
        raise SourceChangedError(
            NAME, place, f"the map of {now.date()}", f"the map of {spoken:%Y-%m-%d}", remedy
        )
    if newest is not None and newest > now:
        remedy = f"Load it with --published {newest.date() + timedelta(days=1)} or later"
        raise SourceChangedError(
            NAME, place, f"no edit after {now:%Y-%m-%d}", f"one of {newest:%Y-%m-%d}", remedy
        )
    if said.rows.is_empty() and day is None:
        remedy = "Ask again later; an answer without objects is apparently a failure"
        raise SourceChangedError(NAME, place, "mapped data centres", "none", remedy)


def _sift(sieve: Sieve) -> None:
    kind = ("node", "way", "relation")
    sieve.drop(
        ~pl.col("type").is_in(kind).fill_null(value=False), "type unknown", "type", " or ".join(kind)
    )  # fmt: skip
    sieve.drop(pl.col("id").is_null(), "no id", "id", "the number of the object")
    is_mapped = (
        (pl.col("telecom") == "data_center").fill_null(value=False)
        | (pl.col("building") == "data_center").fill_null(value=False)
        | pl.col("construction:building")
        .str.contains("^data_cent(er|re)$")
        .fill_null(value=False)
    )
    expected = "telecom=data_center, building=data_center or construction:building=data_center"
    sieve.drop(~is_mapped, "not a data centre", "telecom", expected)
    sieve.drop(
        pl.col("lat").is_null() | pl.col("lon").is_null(), "no place", "lat",
        "lat and lon, or a center: ask with `out center`",
    )  # fmt: skip
    absurd = (pl.col("lat").abs() > 90) | (pl.col("lon").abs() > 180)  # noqa: PLR2004 -- the bounds of the Earth
    sieve.drop(absurd, "absurd coordinates", "lat", "a place on Earth")
    sieve.drop_repeats(("type", "id"), "Nothing: pages overlap where countries meet")
    sieve.note(
        pl.col("edited_utc").is_null(), "date unknown", "timestamp", "YYYY-MM-DDTHH:MM:SSZ",
        "Nothing: the row is dated by the day of the body; ask with `out meta` for the edit's",
    )  # fmt: skip


def _named(frame: pl.DataFrame, country: str | None, day: datetime | None) -> pl.DataFrame:
    """Names, place and date of each object.

    On a past day an edit of the year before is dated by itself; what is older and still new to the
    store (ways move when their nodes do) is dated by the day.
    """
    key = pl.format("{}/{}", "type", "id")
    tagged = pl.col("addr:country").str.to_uppercase()
    mapped = pl.col("construction:building").is_not_null()
    since = pl.col("start_date").fill_null(pl.col("opening_date"))
    note = pl.concat_str(
        pl.when(mapped).then(pl.lit("Mapped as under construction.")),
        pl.when(since.is_not_null()).then(pl.format("Start date as tagged: {}.", since)),
        separator=" ",
        ignore_nulls=True,
    )
    edited = pl.col("edited_utc")
    published = pl.when(edited > day - YEAR).then(edited) if day else edited
    operator = pl.coalesce("operator", "operator:en")
    street = pl.concat_str("addr:street", "addr:housenumber", separator=" ", ignore_nulls=True)
    where = pl.concat_list(pl.when(street != "").then(street), "addr:city").list.drop_nulls()
    return frame.with_columns(
        facility_id=pl.format("osm-{}-{}", "type", "id"),
        publisher_key=key,
        source_url=pl.format("https://www.openstreetmap.org/{}", key),
        operator=operator,
        name=pl.coalesce(
            "name",
            "name:en",
            pl.format("{} (data centre, no name mapped)", operator),
            pl.format("Data centre without a name, {}", key),
        ),
        country_iso2=pl.coalesce(
            pl.lit(country, pl.String), pl.when(tagged.str.contains("^[A-Z]{2}$")).then(tagged)
        ),
        state=pl.coalesce("addr:state", "addr:province"),
        place=pl.when(where.list.len() > 0).then(where.list.join(", ")),
        lat=pl.col("lat").round(PLACE_DECIMALS),
        lon=pl.col("lon").round(PLACE_DECIMALS),
        note=pl.when(note != "").then(note),
        published_utc=published,
        published_basis=pl.when(published.is_not_null()).then(pl.lit("stated")),
    )
