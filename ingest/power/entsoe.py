"""ENTSO-E's actual total load (A65, A16) as XML to hourly `power_load`.

Unit: MW, the average of an interval of 15, 30 or 60 minutes in UTC. Curve type A03 leaves out
points that repeat the one before; it is filled up to the end of its period. Documents are issued
anew with a higher revision, and a query gives only the newest, so the newest reading counts.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from xml.etree.ElementTree import Element

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_LOAD, UTC, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import Sieve
from ingest.power.hours import drop_implausible, hourly_means, with_hour
from ingest.xml_body import child, child_text, children, local_name, xml_root

NAME = "power/entsoe"
URL = "https://web-api.tp.entsoe.eu/api"
ZONES = {
    "10Y1001A1001A59C": "IE_SEM", "10Y1001A1001A44P": "SE_1", "10Y1001A1001A45N": "SE_2",
    "10Y1001A1001A46L": "SE_3", "10Y1001A1001A47J": "SE_4", "10YNO-1--------2": "NO_1",
    "10YNO-2--------T": "NO_2", "10YNO-3--------J": "NO_3", "10YNO-4--------9": "NO_4",
    "10Y1001A1001A48H": "NO_5", "10YDK-1--------W": "DK_1", "10YDK-2--------M": "DK_2",
    "10YFI-1--------U": "FI", "10YNL----------L": "NL", "10Y1001A1001A82H": "DE_LU",
    "10YFR-RTE------C": "FR", "10YES-REE------0": "ES", "10YPT-REN------W": "PT",
    "10YBE----------2": "BE", "10YPL-AREA-----S": "PL",
}  # fmt: skip
FIRST_DAY = date(2022, 1, 1)
DAYS_AGAIN, DAYS_PER_REQUEST = 14, 365
DOCUMENT, REFUSAL = "GL_MarketDocument", "Acknowledgement_MarketDocument"
LOAD, REALISED, UNIT = "A65", "A16", "MAW"
EVERY_POINT, CHANGES_ONLY = "A01", "A03"
NO_DATA = "999"
MINUTES = {"PT15M": 15, "PT30M": 30, "PT60M": 60, "PT1H": 60}
MOMENT = "%Y-%m-%dT%H:%MZ"
MOST_MW, LEAST_MW = 150_000, 30  # France's record is 102,100 MW
MOST_POINTS = 200_000  # a leap year of 15 minutes has 35,136


def plan(asked: Asked) -> Sequence[Request]:
    """A request per zone and year, from the last day held less fourteen."""
    start = asked.start(FIRST_DAY, DAYS_AGAIN)
    end = asked.today + timedelta(days=1)
    days = range(0, (end - start).days, DAYS_PER_REQUEST)
    firsts = [start + timedelta(days=n) for n in days]
    return tuple(_request(code, first, end) for code in ZONES for first in firsts)


def _request(code: str, first: date, end: date) -> Request:
    last = min(first + timedelta(days=DAYS_PER_REQUEST), end)
    params = {
        "documentType": LOAD,
        "processType": REALISED,
        "outBiddingZone_Domain": code,
        "periodStart": f"{first:%Y%m%d}0000",
        "periodEnd": f"{last:%Y%m%d}0000",
    }
    return Request(URL, params, secret_params={"securityToken": "ENTSOE_API_TOKEN"})


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one document: loads, or the acknowledgement that there are none."""
    place = fetch.file_name
    root = xml_root(NAME, place, body)
    if local_name(root) == REFUSAL:
        return _refusal(place, root)
    if local_name(root) != DOCUMENT:
        raise SourceChangedError(NAME, place, f"a {DOCUMENT}", local_name(root))
    _require(place, root, "type", LOAD)
    _require(place, root, "process.processType", REALISED)
    # The last series comes first, so that of two readings of one moment the last is kept.
    found = list(_periods(place, root))[::-1]
    if not found:
        raise SourceChangedError(NAME, place, "a TimeSeries with a Period", "none")
    rows = pl.concat([frame for frame, _ in found]).with_row_index("row", offset=1)
    sieve = Sieve(place, rows)
    sieve.frame = with_hour(rows)
    lacking = "Nothing: the publisher has no value there"
    sieve.drop(
        pl.col("quantity").is_null(), "no value", "quantity", "a number", lacking, "notice"
    )
    sieve.cast(["quantity"])
    drop_implausible(sieve, "quantity", "at_utc", fetch, MOST_MW, LEAST_MW)
    sieve.drop_repeats(("zone_id", "at_utc", "minutes"), "Nothing: the last reading is kept")
    frame = hourly_means(sieve, "quantity", "at_utc", "points for all 60 minutes")
    read = sum(count for _, count in found)
    return Parsed(
        {POWER_LOAD.name: parsed(POWER_LOAD).fit(frame)}, read, tuple(sieve.rejections)
    )


def _refusal(place: str, root: Element) -> Parsed:
    """No matching data is an answer; any other reason is a failure."""
    reason = child(root, "Reason")
    code = child_text(reason, "code") if reason is not None else ""
    text = child_text(reason, "text") if reason is not None else ""
    if code != NO_DATA or "no matching data" not in text.lower():
        remedy = "Check zone, period and token, then fetch again"
        raise SourceChangedError(NAME, place, f"a {DOCUMENT}", f"{code}: {text}", remedy)
    expected, remedy = "loads of the zone", "Nothing, or ask for another period"
    none = Rejection("no matching data", place, expected, text, remedy, 0, "notice")
    return Parsed({POWER_LOAD.name: parsed(POWER_LOAD).frame([])}, 0, (none,))


def _require(place: str, element: Element, name: str, expected: str) -> None:
    received = child_text(element, name)
    if received != expected:
        raise SourceChangedError(NAME, f"{place}, {name}", expected, received or "nothing")


def _periods(place: str, root: Element) -> Iterator[tuple[pl.DataFrame, int]]:
    """The readings of each period, on its whole grid, and how many points it told."""
    for number, series in enumerate(children(root, "TimeSeries"), start=1):
        where = f"{place}, TimeSeries {number}"
        _require(where, series, "quantity_Measure_Unit.name", UNIT)
        code = child_text(series, "outBiddingZone_Domain.mRID")
        curve = child_text(series, "curveType") or EVERY_POINT
        if curve not in {EVERY_POINT, CHANGES_ONLY}:
            expected = f"{EVERY_POINT} or {CHANGES_ONLY}"
            raise SourceChangedError(NAME, f"{where}, curveType", expected, curve)
        for period in children(series, "Period"):
            yield _readings(where, ZONES.get(code, code), curve, period)


def _readings(where: str, zone: str, curve: str, period: Element) -> tuple[pl.DataFrame, int]:
    resolution = child_text(period, "resolution")
    if resolution not in MINUTES:
        known = f"one of {', '.join(MINUTES)}"
        raise SourceChangedError(NAME, f"{where}, resolution", known, resolution)
    minutes = MINUTES[resolution]
    interval = child(period, "timeInterval")
    ends = ["", ""] if interval is None else [child_text(interval, n) for n in ("start", "end")]
    start, end = pl.Series(ends).str.to_datetime(MOMENT, strict=False, time_unit="us")
    steps = int((end - start) / timedelta(minutes=minutes)) if start and end else 0
    if not 0 < steps <= MOST_POINTS or start is None:
        expected = "a start and a later end such as 2026-03-01T00:00Z"
        raise SourceChangedError(NAME, f"{where}, timeInterval", expected, ends)
    points = list(children(period, "Point"))
    told = pl.DataFrame(
        {
            "position": [child_text(p, "position") for p in points],
            "quantity": [child_text(p, "quantity") or None for p in points],
        },
        schema={"position": pl.String, "quantity": pl.String},
    ).with_columns(pl.col("position").cast(pl.Int64, strict=False))
    strange = told.filter(~pl.col("position").is_between(1, steps).fill_null(value=False))
    if strange.height or told["position"].is_duplicated().any():
        expected = f"each position from 1 to {steps} at most once"
        raise SourceChangedError(
            NAME, f"{where}, position", expected, told["position"].to_list()[:20]
        )
    grid = pl.DataFrame({"position": range(1, steps + 1)}, schema={"position": pl.Int64})
    quantity = (
        pl.col("quantity").forward_fill() if curve == CHANGES_ONLY else pl.col("quantity")
    )
    offset = pl.duration(minutes=(pl.col("position") - 1) * minutes)
    frame = grid.join(told, on="position", how="left", maintain_order="left").select(
        zone_id=pl.lit(zone or None, dtype=pl.String),
        at_utc=(pl.lit(start) + offset).dt.replace_time_zone("UTC").cast(UTC),
        minutes=pl.lit(minutes, dtype=pl.Int64),
        quantity=quantity,
    )
    return frame, told.height
