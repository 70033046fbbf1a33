"""The grids and sales of the United States, as EIA publishes them."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

from simulator.publishers.base import LAST_DAY, counted


def grid_monitor(asked, vintage):
    """Two pages of authorities, one of sub-areas, and the bulk file for what is older."""
    if asked.path.endswith("/EBA.zip"):
        return _bulk(vintage)
    is_area = "sub-ba" in asked.path
    first = LAST_DAY - timedelta(days=3)
    hours = [first + timedelta(hours=n) for n in range(1, 73)]
    zones = ["TVA", "BPAT", "DUK"]
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


def _zipped(change):
    """Spoil a zip, and leave other answers as they are."""
    return lambda _seed: (
        lambda reply, _asked: (
            replace(reply, body=change(reply.body)) if reply.body[:2] == b"PK" else reply
        )
    )


def _damaged(body):
    half = len(body) // 2
    return body[:half] + bytes(b ^ 0x55 for b in body[half : half + 8]) + body[half + 8 :]


def _members(*names):
    def change(body):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            (inner,) = map(archive.read, archive.namelist())
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, inner)
        return packed.getvalue()

    return change


ZIP_FAULTS = {
    "zip damaged": _zipped(_damaged),
    "zip without its end": _zipped(lambda body: body[:-30]),
    "zip without a member": _zipped(_members()),
    "another member": _zipped(_members("README.pdf")),
    "a second member": _zipped(_members("EBA.txt", "EBA_old.txt")),
}


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
