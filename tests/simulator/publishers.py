"""What each publisher holds, in its own format and paging, in two vintages.

Vintage 2 revises every third value, withdraws one key and adds one. A publisher is a function of a
request and the vintage; None means 404.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product

from simulator.server import Reply

LAST_DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Publisher:
    """One publisher.

    Args:
        job: The job that reads it.
        table: The table compared.
        serve: Its answer to a request in a vintage.
        environ: What a user has set.
        facts: Facts of the definition that a small world needs otherwise.
    """

    job: str
    table: str
    serve: Callable
    environ: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)


def counted(vintage, size):
    """Numbers of the keys there are, and whether each is revised in this vintage."""
    keys = range(size) if vintage == 1 else [*range(1, size), size]
    return [(n, vintage == 2 and n % 3 == 0) for n in keys]


def screening_list(_asked, vintage):
    rows = [
        {
            "id": f"{n:06d}",
            "name": f"Example Works {n} Co., Ltd.",
            "federal_register_notice": f"{80 + n % 10} FR {n:05d}",
            "start_date": f"2025-{1 + n % 12:02d}-11",
            "license_requirement": "For all items subject to the EAR.",
            "license_policy": "Case by case." if is_new else "Presumption of denial.",
            "source_list_url": "https://www.example.gov/list",
            "type": None,
            "source": "Entity List (EL) - Bureau of Industry and Security",
            "alt_names": [f"EW{n}"],
            "addresses": [
                {
                    "address": f"No. {n} Road",
                    "city": "Hefei",
                    "state": None,
                    "postal_code": None,
                    "country": "CN",
                }
            ],
            "ids": [],
            "programs": [],
            "dates_of_birth": [],
        }
        for n, is_new in counted(vintage, 60)
    ]
    return json.dumps({"search_performed_at": "2026-11-20T05:00:00Z", "results": rows}).encode()


def boards(asked, vintage):
    groups = ["GPU Systems Engineer", "InfiniBand Network Engineer", "Data Center Technician"]
    posts = [
        (n, groups[n % 3], f"City {n % 5}, TX")
        for n, _ in counted(vintage, 30)
        for _ in range(2 if vintage == 2 and n % 3 == 0 else 1)
    ]
    if asked.host == "boards-api.greenhouse.io":
        jobs = [
            {
                "id": i,
                "title": t,
                "location": {"name": p},
                "departments": [{"name": "Engineering"}],
            }
            for i, (_, t, p) in enumerate(posts)
        ]
        return json.dumps({"jobs": jobs, "meta": {"total": len(jobs)}}).encode()
    if asked.host == "api.lever.co":
        jobs = [
            {
                "id": f"{i}",
                "text": t,
                "categories": {"location": p, "department": "Engineering"},
            }
            for i, (_, t, p) in enumerate(posts)
        ]
        return json.dumps(jobs).encode()
    jobs = [
        {"id": f"{i}", "title": t, "location": p, "department": "Engineering", "isListed": True}
        for i, (_, t, p) in enumerate(posts)
    ]
    return json.dumps({"apiVersion": "1", "jobs": jobs}).encode()


def grid_monitor(asked, vintage):
    """Two pages of authorities, one of sub-areas, and the bulk file for what is older."""
    if asked.path.endswith("/EBA.zip"):
        return _bulk(vintage)
    is_area = "sub-ba" in asked.path
    first = LAST_DAY - timedelta(days=3)
    hours = [first + timedelta(hours=n) for n in range(1, 73)]
    zones = ["TVA", "BPAT", *(f"Z{n:02d}" for n in range(69))]
    rows = []
    for hour, zone in product(hours, ["FWES", "NCEN"] if is_area else zones):
        is_revised = vintage == 2 and hour >= hours[48]
        row = {
            "period": f"{hour:%Y-%m-%dT%H}",
            "value": str(20_000 + hour.hour + (7 if is_revised else 0)),
            "value-units": "megawatthours",
        }
        named = {"subba": zone, "subba-name": zone, "parent": "ERCO", "parent-name": "ERCOT"}
        plain = {
            "respondent": zone,
            "respondent-name": zone,
            "type": "D",
            "type-name": "Demand",
        }
        rows.append(row | (named if is_area else plain))
    offset, length = (int(asked.query[k]) for k in ("offset", "length"))
    response = {
        "total": str(len(rows)),
        "dateFormat": 'YYYY-MM-DD"T"HH24',
        "frequency": "hourly",
        "data": rows[offset : offset + length],
    }
    params = {"api_key": asked.query.get("api_key", ""), "offset": offset, "length": length}
    echo = {"command": asked.path, "params": params}
    return json.dumps({"response": response, "request": echo, "apiVersion": "2.1.10"}).encode()


def _bulk(vintage):
    hours = [datetime(2026, 1, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(48)]
    series = {
        "series_id": "EBA.TVA-ALL.D.H",
        "name": "Demand for Tennessee Valley Authority (TVA), hourly - UTC time",
        "units": "megawatthours",
        "f": "H",
        "data": [[f"{h:%Y%m%dT%HZ}", 21_000 + h.hour + vintage] for h in hours],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        member = zipfile.ZipInfo("EBA.txt", (2026, 1, 5, 0, 0, 0))
        archive.writestr(member, json.dumps(series) + "\n")
    return packed.getvalue()


def retail_sales(asked, vintage):
    rows = [
        {
            "period": f"{2020 + n // 12}-{n % 12 + 1:02d}",
            "stateid": state,
            "stateDescription": state,
            "sectorid": "COM",
            "sectorName": "commercial",
            "customers": "441235",
            "sales": str(5_000 + n + (50 if is_new else 0)),
            "customers-units": "number of customers",
            "sales-units": "million kilowatt hours",
        }
        for n, is_new in counted(vintage, 70)
        for state in ("VA", "TX", "OH")
    ]
    offset, length = (int(asked.query[k]) for k in ("offset", "length"))
    response = {
        "total": str(len(rows)),
        "dateFormat": "YYYY-MM",
        "frequency": "monthly",
        "data": rows[offset : offset + length],
    }
    echo = {"params": {"offset": offset, "length": length}}
    return json.dumps({"response": response, "request": echo}).encode()


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


def peering(asked, vintage):
    fields = asked.query["fields"].split(",")
    rows = [
        {
            "id": 100 + n, "org_id": 9_000 + n, "org_name": f"Example Hosting {n} Sdn Bhd", "campus_id": None,
            "name": f"Example Site {n}{' West' if is_new else ''}", "aka": "", "name_long": "",
            "address1": f"{n} Example Way", "address2": "", "city": "Cyberjaya", "country": "MY",
            "state": "Selangor", "zipcode": "63000", "property": "Owner",
            "diverse_serving_substations": True, "available_voltage_services": ["400 VAC"],
            "created": "2019-04-02T09:12:44Z", "updated": f"202{4 + vintage}-01-03T07:08:09Z",
            "status": "ok", "latitude": 2.9 + n / 10_000, "longitude": 101.6, "tech_email": "noc@hosting.example",
        }
        for n, is_new in counted(vintage, 450)
    ]  # fmt: skip
    skip, limit = (int(asked.query[k]) for k in ("skip", "limit"))
    page = [{k: v for k, v in r.items() if k in fields} for r in rows[skip : skip + limit]]
    return json.dumps({"data": page, "meta": {}}).encode()


def australian_tenders(asked, vintage):
    """Contracts changed in the week asked for; a week without any says so in the publisher's words."""
    since, until = (datetime.fromisoformat(p).date() for p in asked.path.split("/")[-2:])
    releases = []
    for n, is_new in counted(vintage, 40):
        day = (LAST_DAY - timedelta(days=1 + n % 9)).date()
        if not since <= day < until:
            continue
        releases.append({
            "ocid": f"prod-{n:012d}", "id": f"prod-{n:012d}-{vintage if is_new else 1}",
            "date": f"{day}T0{vintage if is_new else 1}:00:00Z", "initiationType": "tender", "tag": ["contract"],
            "parties": [
                {"id": "exdep", "name": "Department of Examples", "roles": ["procuringEntity"],
                 "additionalIdentifiers": [{"id": "11000000001", "scheme": "AU-ABN"}], "address": {}},
                {"id": "exsup", "name": "Example Accelerators Pty Ltd", "roles": ["supplier"],
                 "additionalIdentifiers": [{"id": "11000000002", "scheme": "AU-ABN"}],
                 "address": {"locality": "Canberra", "countryName": "AUSTRALIA"}},
            ],
            "awards": [{"id": f"prod-{n:012d}", "suppliers": [{"id": "exsup", "name": "Example Accelerators Pty Ltd"}],
                        "status": "active", "date": f"{day}T01:00:00Z"}],
            "contracts": [{"id": f"CN{4_000_000 + n}", "awardID": f"prod-{n:012d}", "title": f"26EXA{n}",
                           "description": "Graphics processing unit servers", "dateSigned": f"{day}T01:00:00Z",
                           "value": {"currency": "AUD", "amount": f"{1_000 + n + (500 if is_new else 0)}.00"},
                           "status": "active",
                           "items": [{"id": "1", "classification": {"scheme": "UNSPSC", "id": "43211501"}}]}],
            "tender": {"id": f"prod-{n:012d}", "procurementMethod": "limited"}, "language": "EN",
        })  # fmt: skip
    if not releases:
        return Reply(b'{"errorCode":100,"message":"No Records found for Date Range"}', 400)
    package = {
        "uri": f"https://{asked.host}{asked.path}",
        "publisher": {"name": "Department of Finance"},
        "publishedDate": f"{LAST_DAY:%Y-%m-%d}T02:00:00Z",
        "license": "https://creativecommons.org/licenses/by/3.0/au/",
        "version": "1.1",
        "releases": releases,
    }
    return json.dumps(package).encode()


def european_load(asked, vintage):
    """Hours of one zone on the last days; every other question is acknowledged as having no data."""
    zone, asked_until = asked.query["outBiddingZone_Domain"], asked.query["periodEnd"]
    first = LAST_DAY - timedelta(days=3)
    if zone != "10Y1001A1001A59C" or asked_until < f"{LAST_DAY:%Y%m%d}0000":
        return Reply(NOTHING_THERE, 400)
    points = "".join(
        f"<Point><position>{n + 1}</position><quantity>{4_000 + n + (9 if vintage == 2 and n > 40 else 0)}</quantity></Point>"
        for n in range(72)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<GL_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0">
<mRID>0f1e</mRID><revisionNumber>{vintage}</revisionNumber><type>A65</type>
<process.processType>A16</process.processType><createdDateTime>{first:%Y-%m-%d}T08:12:44Z</createdDateTime>
<time_Period.timeInterval><start>{first:%Y-%m-%dT%H:%M}Z</start><end>{LAST_DAY:%Y-%m-%dT%H:%M}Z</end></time_Period.timeInterval>
<TimeSeries><mRID>1</mRID><businessType>A04</businessType><objectAggregation>A01</objectAggregation>
<outBiddingZone_Domain.mRID codingScheme="A01">{zone}</outBiddingZone_Domain.mRID>
<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A01</curveType>
<Period><timeInterval><start>{first:%Y-%m-%dT%H:%M}Z</start><end>{LAST_DAY:%Y-%m-%dT%H:%M}Z</end></timeInterval>
<resolution>PT60M</resolution>{points}</Period></TimeSeries></GL_MarketDocument>""".encode()


NOTHING_THERE = b"""<?xml version="1.0" encoding="UTF-8"?>
<Acknowledgement_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:7:0">
<mRID>1c2d</mRID><createdDateTime>2026-05-30T08:12:44Z</createdDateTime>
<Reason><code>999</code><text>No matching data found</text></Reason></Acknowledgement_MarketDocument>"""

PUBLISHERS = (
    Publisher("entities/csl", "entity_listing", screening_list, facts={"rows_at_least": 30}),
    Publisher("staffing/boards", "staffing_count", boards),
    Publisher("power/eia930", "power_load", grid_monitor, {"EIA_API_KEY": "hush-hush"}),
    Publisher("power/eia_retail", "power_sector", retail_sales, {"EIA_API_KEY": "hush-hush"}),
    Publisher("power/cso_ireland", "power_sector", irish_meters),
    Publisher("power/gso_malaysia", "power_load", malaysian_demand),
    Publisher("power/data_gov_my", "power_sector", malaysian_sectors),
    Publisher("power/entsoe", "power_load", european_load, {"ENTSOE_API_TOKEN": "hush-hush"}),
    Publisher("facilities/peeringdb", "facility", peering),
    Publisher("procurement/austender", "procurement_notice", australian_tenders),
)
