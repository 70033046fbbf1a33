"""What documents of ENTSO-E's web interface share: zones, refusals, periods on their whole grid.

A curve of type A03 leaves out points that repeat the one before; it is filled up to the end of its
period. A query without a match is answered by an acknowledgement, which is an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.etree.ElementTree import Element

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import UTC, Table
from indicia.sources.contract import Asked, Parsed, Rejection, Request
from ingest.xml_body import child, child_text, children

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
REFUSAL = "Acknowledgement_MarketDocument"
EVERY_POINT, CHANGES_ONLY = "A01", "A03"
NO_DATA = "999"
MINUTES = {"PT15M": 15, "PT30M": 30, "PT60M": 60, "PT1H": 60}
MOMENT = "%Y-%m-%dT%H:%MZ"
MOST_POINTS = 200_000  # a leap year of 15 minutes has 35,136


@dataclass(frozen=True, slots=True)
class Item:
    """One data item of the interface.

    Args:
        source: Who reads it.
        table: Where its rows go.
        value: The element of a point that holds the number.
        wanted: What is asked for, in words.
    """

    source: str
    table: Table
    value: str
    wanted: str


def spans(asked: Asked) -> Sequence[tuple[str, str, str]]:
    """Zone, start and end of each request: a year at a time, from the last day held less fourteen."""
    start = asked.start(FIRST_DAY, DAYS_AGAIN)
    end = asked.today + timedelta(days=1)
    days = range(0, (end - start).days, DAYS_PER_REQUEST)
    firsts = [start + timedelta(days=n) for n in days]
    lasts = [min(first + timedelta(days=DAYS_PER_REQUEST), end) for first in firsts]
    return [
        (code, f"{first:%Y%m%d}0000", f"{last:%Y%m%d}0000")
        for code in ZONES
        for first, last in zip(firsts, lasts, strict=True)
    ]


def request(params: dict[str, str], start: str, end: str) -> Request:
    """One request for a period, in UTC."""
    period = {"periodStart": start, "periodEnd": end}
    return Request(
        URL, {**params, **period}, secret_params={"securityToken": "ENTSOE_API_TOKEN"}
    )


def refusal(item: Item, document: str, place: str, root: Element) -> Parsed:
    """No matching data is an answer; any other reason is a failure."""
    reason = child(root, "Reason")
    code = child_text(reason, "code") if reason is not None else ""
    text = child_text(reason, "text") if reason is not None else ""
    if code != NO_DATA or "no matching data" not in text.lower():
        remedy = "Check zone, period and token, then fetch again"
        raise SourceChangedError(item.source, place, f"a {document}", f"{code}: {text}", remedy)
    remedy = "Nothing, or ask for another period"
    none = Rejection("no matching data", place, item.wanted, text, remedy, 0, "notice")
    return Parsed({item.table.name: item.table.frame([])}, 0, (none,))


def require(item: Item, place: str, element: Element, name: str, expected: str) -> None:
    """Refuse an element that does not say what is expected of it."""
    received = child_text(element, name)
    if received != expected:
        raise SourceChangedError(
            item.source, f"{place}, {name}", expected, received or "nothing"
        )


def readings(
    item: Item, where: str, series: Element, code: str
) -> list[tuple[pl.DataFrame, int]]:
    """The readings of each period of a series, and how many points it told.

    Returns:
        Frames of zone_id, at_utc, minutes and quantity (text).

    Raises:
        SourceChangedError: A curve, resolution, interval or position is not as documented.
    """
    curve = child_text(series, "curveType") or EVERY_POINT
    if curve not in {EVERY_POINT, CHANGES_ONLY}:
        expected = f"{EVERY_POINT} or {CHANGES_ONLY}"
        raise SourceChangedError(item.source, f"{where}, curveType", expected, curve)
    zone = ZONES.get(code, code)
    return [_readings(item, where, zone, curve, p) for p in children(series, "Period")]


def _readings(
    item: Item, where: str, zone: str, curve: str, period: Element
) -> tuple[pl.DataFrame, int]:
    resolution = child_text(period, "resolution")
    if resolution not in MINUTES:
        known = f"one of {', '.join(MINUTES)}"
        raise SourceChangedError(item.source, f"{where}, resolution", known, resolution)
    minutes = MINUTES[resolution]
    interval = child(period, "timeInterval")
    ends = ["", ""] if interval is None else [child_text(interval, n) for n in ("start", "end")]
    start, end = pl.Series(ends).str.to_datetime(MOMENT, strict=False, time_unit="us")
    steps = int((end - start) / timedelta(minutes=minutes)) if start and end else 0
    if not 0 < steps <= MOST_POINTS or start is None:
        expected = "a start and a later end such as 2026-03-01T00:00Z"
        raise SourceChangedError(item.source, f"{where}, timeInterval", expected, ends)
    points = list(children(period, "Point"))
    told = pl.DataFrame(
        {
            "position": [child_text(p, "position") for p in points],
            "quantity": [child_text(p, item.value) or None for p in points],
        },
        schema={"position": pl.String, "quantity": pl.String},
    ).with_columns(pl.col("position").cast(pl.Int64, strict=False))
    strange = told.filter(~pl.col("position").is_between(1, steps).fill_null(value=False))
    if strange.height or told["position"].is_duplicated().any():
        expected = f"each position from 1 to {steps} at most once"
        raise SourceChangedError(
            item.source, f"{where}, position", expected, told["position"].to_list()[:20]
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
