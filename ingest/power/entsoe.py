"""ENTSO-E's actual total load (A65, A16) as XML to hourly `power_load`.

Unit: MW, the average of an interval of 15, 30 or 60 minutes in UTC. Curve type A03 leaves out
points that repeat the one before; it is filled up to the end of its period. Documents are issued
anew with a higher revision, and a query gives only the newest, so the newest reading counts.
"""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_LOAD, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Request
from ingest.bodies import Sieve
from ingest.power.entsoe_xml import REFUSAL, Item, readings, refusal, request, require, spans
from ingest.power.hours import drop_implausible, hourly_means, with_hour
from ingest.xml_body import child_text, children, local_name, xml_root

NAME = "power/entsoe"
DOCUMENT = "GL_MarketDocument"
LOAD, REALISED, UNIT = "A65", "A16", "MAW"
MOST_MW, LEAST_MW = 150_000, 30  # France's record is 102,100 MW
ITEM = Item(NAME, parsed(POWER_LOAD), "quantity", "loads of the zone")


def plan(asked: Asked) -> Sequence[Request]:
    """A request per zone and year, from the last day held less fourteen."""
    return tuple(
        request(
            {"documentType": LOAD, "processType": REALISED, "outBiddingZone_Domain": code},
            *span,
        )
        for code, *span in spans(asked)
    )


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one document: loads, or the acknowledgement that there are none."""
    place = fetch.file_name
    root = xml_root(NAME, place, body)
    if local_name(root) == REFUSAL:
        return refusal(ITEM, DOCUMENT, place, root)
    if local_name(root) != DOCUMENT:
        raise SourceChangedError(NAME, place, f"a {DOCUMENT}", local_name(root))
    require(ITEM, place, root, "type", LOAD)
    require(ITEM, place, root, "process.processType", REALISED)
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


def _periods(place: str, root: Element) -> Iterator[tuple[pl.DataFrame, int]]:
    """The readings of each period, on its whole grid, and how many points it told."""
    for number, series in enumerate(children(root, "TimeSeries"), start=1):
        where = f"{place}, TimeSeries {number}"
        require(ITEM, where, series, "quantity_Measure_Unit.name", UNIT)
        yield from readings(
            ITEM, where, series, child_text(series, "outBiddingZone_Domain.mRID")
        )
