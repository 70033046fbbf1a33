"""Lists of sites."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

from simulator.publishers.base import counted


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


def mapped_sites(asked, vintage):
    """One country per query: `area["ISO3166-1"="MY"]`."""
    country = re.search(r'"ISO3166-1"="([A-Z]{2})"', asked.query["data"])[1]
    first = 1_000 * (1 + sum(country.encode()))
    elements = [
        {
            "type": "node", "id": first + n, "timestamp": "2024-05-06T07:08:09Z", "version": 3,
            "changeset": 140_000_001, "user": "example_mapper", "uid": 4_242_424,
            "lat": 2.92 + n / 1000, "lon": 101.66,
            "tags": {"telecom": "data_center", "name": f"Example DC {country} {n}{' East' if is_new else ''}",
                     "operator": "Example Hosting", "addr:city": "Exampleton", "email": "noc@hosting.example"},
        }
        for n, is_new in counted(vintage, 8)
    ]  # fmt: skip
    base = {"timestamp_osm_base": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    return json.dumps({"version": 0.6, "osm3s": base, "elements": elements}).encode()


def out_of_time(_seed):
    """Overpass ends in the middle, with status 200 and a remark."""

    def spoil(reply, _asked):
        found = json.loads(reply.body)
        found["elements"] = found["elements"][:3]
        found["remark"] = (
            'runtime error: Query timed out in "query" at line 1 after 181 seconds.'
        )
        return replace(reply, body=json.dumps(found).encode())

    return spoil
