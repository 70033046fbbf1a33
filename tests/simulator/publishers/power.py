"""Grids and statistical offices elsewhere."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from simulator.publishers.base import KEY, LAST_DAY, counted
from simulator.server import Reply


def irish_meters(_asked, vintage):
    quarters = [f"{2015 + n // 4}{n % 4 + 1}" for n in range(40)]
    values = []
    for n in range(40):
        centres = 300 + 40 * n + (5 if vintage == 2 and n % 3 == 0 else 0)
        values += [6_000 + centres, centres, 6_000]
    cube = {
        "class": "dataset", "version": "2.0", "label": "Data Centres Metered Electricity Consumption",
        "updated": f"202{4 + vintage}-07-08T11:00:00Z",
        "id": ["STATISTIC", "TLIST(Q1)", "C03907V04659"],
        "size": [1, len(quarters), 3],
        "role": {"time": ["TLIST(Q1)"], "metric": ["STATISTIC"]},
        "dimension": {
            "STATISTIC": {"label": "Statistic", "category": {
                "index": ["MEC02"], "label": {"MEC02": "Metered Electricity Consumption"},
                "unit": {"MEC02": {"decimals": 0, "label": "GWh", "position": "end"}}}},
            "TLIST(Q1)": {"label": "Quarter", "category": {
                "index": quarters, "label": {q: f"{q[:4]}Q{q[4]}" for q in quarters}}},
            "C03907V04659": {"label": "Electricity Consumption", "category": {
                "index": ["-", "10", "20"],
                "label": {"-": "All metered electricity consumption", "10": "Data centres",
                          "20": "Customers other than data centres"}}},
        },
        "extension": {"matrix": "MEC02"},
        "value": values,
    }  # fmt: skip
    return json.dumps(cube).encode()


def malaysian_demand(asked, vintage):
    """Half-hours of the first day of each month and of the last four days, as far as asked for."""
    said = json.loads(asked.body)
    first, last = (
        datetime.strptime(said[k], "%d/%m/%Y").replace(tzinfo=UTC)
        for k in ("Fromdate", "Todate")
    )
    readings = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.day != 1 and not LAST_DAY - timedelta(days=4) <= day < LAST_DAY:
            continue
        extra = 11 if vintage == 2 and day.day % 3 == 0 else 0
        readings += [
            {
                "DT": f"{day + timedelta(minutes=30 * k):%Y-%m-%dT%H:%M:%S}",
                "MW": 16_000.0 + k + extra,
            }
            for k in range(48)
        ]
    return json.dumps({"d": json.dumps(readings)}).encode()


def malaysian_sectors(_asked, vintage):
    lines = ["date,sector,consumption"]
    for n in range(60):
        month = f"{2018 + n // 12}-{n % 12 + 1:02d}-01"
        local = 10_000 + n + (9 if vintage == 2 and n > 50 else 0)
        parts = {"total": local + 800, "local": local, "local_commercial": local - 3_000,
                 "local_domestic": 3_000, "exports": 10, "losses": 790}  # fmt: skip
        lines += [f"{month},{sector},{value}.0" for sector, value in parts.items()]
    return ("\n".join(lines) + "\n").encode()


def european_load(asked, vintage):
    """The last days of each zone, in its own resolution and curve; two zones have none, each in its way."""
    zone = asked.query["outBiddingZone_Domain"]
    is_recent = asked.query["periodEnd"] >= f"{LAST_DAY:%Y%m%d}0000"
    if zone in WITHOUT_DATA or not is_recent:
        return Reply(NOTHING_THERE, WITHOUT_DATA.get(zone, 400))
    minutes, curve = (15, "A03") if zone in QUARTERS else (60, "A01")
    first = LAST_DAY - timedelta(hours=73 - vintage)
    base, each = 1_000 + 37 * (sum(zone.encode()) % 90), 60 // minutes
    values = [
        base + n + (9 if vintage == 2 and n > 40 else 0)
        for n in range(vintage, 71 + vintage)
        for _ in range(each)
    ]
    parts = [(0, 30), (34, 71)] if zone in INTERRUPTED else [(0, 71)]
    series = "".join(
        _series(
            number,
            zone,
            curve,
            first + timedelta(hours=a),
            minutes,
            values[a * each : b * each],
        )
        for number, (a, b) in enumerate(parts, 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<GL_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0">
<mRID>0f1e</mRID><revisionNumber>{vintage}</revisionNumber><type>A65</type>
<process.processType>A16</process.processType><createdDateTime>{first:%Y-%m-%d}T08:12:44Z</createdDateTime>
<time_Period.timeInterval><start>{first:%Y-%m-%dT%H:%M}Z</start><end>{LAST_DAY:%Y-%m-%dT%H:%M}Z</end></time_Period.timeInterval>
{series}</GL_MarketDocument>""".encode()  # fmt: skip


def _series(number, zone, curve, first, minutes, values):
    """Points of one stretch; the curve A03 leaves out those that repeat the one before."""
    told = [
        (n, v)
        for n, v in enumerate(values, 1)
        if curve == "A01" or n == 1 or v != values[n - 2]
    ]
    points = "".join(
        f"<Point><position>{n}</position><quantity>{v}</quantity></Point>" for n, v in told
    )
    end = first + timedelta(minutes=minutes * len(values))
    return f"""<TimeSeries><mRID>{number}</mRID><businessType>A04</businessType><objectAggregation>A01</objectAggregation>
<outBiddingZone_Domain.mRID codingScheme="A01">{zone}</outBiddingZone_Domain.mRID>
<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>{curve}</curveType>
<Period><timeInterval><start>{first:%Y-%m-%dT%H:%M}Z</start><end>{end:%Y-%m-%dT%H:%M}Z</end></timeInterval>
<resolution>PT{minutes}M</resolution>{points}</Period></TimeSeries>"""


WITHOUT_DATA = {"10YPL-AREA-----S": 400, "10YBE----------2": 200}
QUARTERS = ("10Y1001A1001A82H", "10YNL----------L", "10YFI-1--------U")
INTERRUPTED = ("10YFR-RTE------C", "10YNL----------L")
SOME_ZONES = {
    "10Y1001A1001A59C": "IE_SEM", "10YNL----------L": "NL", "10YFR-RTE------C": "FR",
    "10YBE----------2": "BE", "10YPL-AREA-----S": "PL",
}  # fmt: skip
NOTHING_THERE = b"""<?xml version="1.0" encoding="UTF-8"?>
<Acknowledgement_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:7:0">
<mRID>1c2d</mRID><createdDateTime>2026-05-30T08:12:44Z</createdDateTime>
<Reason><code>999</code><text>No matching data found</text></Reason></Acknowledgement_MarketDocument>"""


def acknowledged(code, text):
    """An acknowledgement with status 200 where a document was promised."""
    body = NOTHING_THERE.replace(b"999", code).replace(b"No matching data found", text)
    return lambda _seed: lambda _reply, _asked: Reply(body)


def otherwise(element, value):
    """A document in which one element says another value in every series."""
    said = re.compile(b"<%b>[^<]*" % element)
    return lambda _seed: (
        lambda reply, _asked: replace(
            reply, body=said.sub(b"<%b>%b" % (element, value), reply.body)
        )
    )


EUROPEAN_FAULTS = {
    "acknowledged: no data": acknowledged(b"999", b"No matching data found"),
    "acknowledged: refused": acknowledged(b"999", b"Unexpected error occurred"),
    "acknowledged: too much": acknowledged(b"A99", b"The amount of requested data exceeds the limit"),
    "another unit": otherwise(b"quantity_Measure_Unit.name", b"KWT"),
    "another resolution": otherwise(b"resolution", b"P1D"),
    "another curve": otherwise(b"curveType", b"A05"),
    "another process": otherwise(b"process.processType", b"A01"),
    "an interval that ends first": otherwise(b"end", b"2020-01-01T00:00Z"),
}  # fmt: skip


def monthly_demand(asked, vintage):
    """All countries asked for in one answer; sums of countries are left out as asked."""
    if asked.query["api_key"] != KEY:
        return Reply(b'{"detail":"Invalid or missing API key"}', 401)
    first = asked.query["start_date"]
    rows = [
        {
            "entity": name, "entity_code": code, "is_aggregate_entity": False,
            "date": f"{2024 + n // 12}-{n % 12 + 1:02d}-01",
            "demand_twh": share + n / 100 + (0.5 if is_new else 0), "demand_mwh_per_capita": None,
        }
        for n, is_new in counted(vintage, 24)
        for name, code, share in (("Malaysia", "MYS", 14), ("Singapore", "SGP", 4.5))
        if f"{2024 + n // 12}-{n % 12 + 1:02d}" >= first
    ]  # fmt: skip
    stats = {"timestamp": f"{LAST_DAY:%Y-%m-%d} 06:00:00", "number_of_records": len(rows)}
    return json.dumps({"stats": stats, "data": rows}).encode()


def regional_load(_asked, vintage):
    """Ten-minute readings without header or date; full hours lack their minutes in no line."""
    lines = []
    for hour, is_new in counted(vintage, 22):
        extra = 5 if is_new else 0
        lines += [
            f"{hour:02d}:{10 * n:02d},{44 + n / 10:.1f},{1090 + hour + extra}.0,{920 + n}.0,{1056 + extra}.4"
            for n in range(6)
        ]
    return ("\n".join(lines) + "\n").encode()
