"""ENTSO-E's day-ahead prices (A44) as XML to hourly `power_price`.

Unit: EUR per MWh, for intervals of 15, 30 or 60 minutes in UTC. A zone with two auctions has a
series of each for the same intervals, told apart by their place in a sequence alone: 1 is the
coupled auction, and a series without a place is the only one.
"""

from collections.abc import Sequence

import polars as pl

from indicia.errors import SourceChangedError
from indicia.schema import POWER_PRICE, parsed
from indicia.sources.contract import Asked, Fetch, Parsed, Rejection, Request
from ingest.bodies import Sieve
from ingest.power.entsoe_xml import REFUSAL, Item, readings, refusal, request, require, spans
from ingest.power.hours import hourly_means, with_hour
from ingest.xml_body import child_text, children, local_name, xml_root

NAME = "power/entsoe_prices"
DOCUMENT = "Publication_MarketDocument"
PRICES, DAILY = "A44", "A01"
CURRENCY, UNIT = "EUR", "MWH"
SEQUENCE = "classificationSequence_AttributeInstanceComponent.position"
COUPLED = ("", "1")
PRICE = "price_reported_eur_per_mwh"
LEAST, MOST = -600.0, 6_000.0  # the coupled auction's limits are -500 and 5,000
ITEM = Item(NAME, parsed(POWER_PRICE), "price.amount", "prices of the zone")


def plan(asked: Asked) -> Sequence[Request]:
    """A request per zone and year, from the last day held less fourteen."""
    return tuple(
        request(
            {
                "documentType": PRICES,
                "contract_MarketAgreement.type": DAILY,
                "in_Domain": code,
                "out_Domain": code,
            },
            *span,
        )
        for code, *span in spans(asked)
    )


def parse(body: bytes, fetch: Fetch) -> Parsed:
    """Read one document: prices, or the acknowledgement that there are none."""
    place = fetch.file_name
    root = xml_root(NAME, place, body)
    if local_name(root) == REFUSAL:
        return refusal(ITEM, DOCUMENT, place, root)
    if local_name(root) != DOCUMENT:
        raise SourceChangedError(NAME, place, f"a {DOCUMENT}", local_name(root))
    require(ITEM, place, root, "type", PRICES)
    every = list(enumerate(children(root, "TimeSeries"), start=1))
    coupled = [(n, s) for n, s in every if child_text(s, SEQUENCE) in COUPLED]
    found: list[tuple[pl.DataFrame, int]] = []
    for number, series in coupled:
        where = f"{place}, TimeSeries {number}"
        require(ITEM, where, series, "currency_Unit.name", CURRENCY)
        require(ITEM, where, series, "price_Measure_Unit.name", UNIT)
        code = child_text(series, "in_Domain.mRID")
        require(ITEM, where, series, "out_Domain.mRID", code)
        found += readings(ITEM, where, series, code)
    others = [_others(place, len(every) - len(coupled))] if len(coupled) < len(every) else []
    if not found:
        if others:
            return Parsed({}, 0, others)
        raise SourceChangedError(NAME, place, "a TimeSeries with a Period", "none")
    # The last series comes first, so that of two prices of one moment the last is kept.
    rows = pl.concat([frame for frame, _ in found[::-1]]).with_row_index("row", offset=1)
    sieve = Sieve(place, rows)
    sieve.frame = with_hour(rows)
    sieve.drop(pl.col("zone_id").is_null(), "no zone", "in_Domain", "the code of an area")
    lacking = "Nothing: the publisher has no price there"
    sieve.drop(pl.col("quantity").is_null(), "no value", "price", "a number", lacking, "notice")
    sieve.cast(["quantity"])
    odd = ~pl.col("quantity").is_between(LEAST, MOST)
    sieve.drop(odd, "absurd price", "price", f"{LEAST:,.0f} to {MOST:,.0f} EUR per MWh")
    sieve.drop_repeats(("zone_id", "at_utc", "minutes"), "Nothing: the last price is kept")
    frame = hourly_means(sieve, "quantity", "at_utc", "points for all 60 minutes", PRICE)
    read = sum(count for _, count in found)
    return Parsed(
        {POWER_PRICE.name: parsed(POWER_PRICE).fit(frame)}, read, [*sieve.rejections, *others]
    )


def _others(place: str, count: int) -> Rejection:
    expected = "series of the coupled auction"
    remedy = "Nothing: another auction of the zone is no day-ahead price of its market"
    return Rejection(
        "other auction", place, expected, f"{count} of another", remedy, count, "notice"
    )
