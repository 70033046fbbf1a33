"""Public buyers."""

import gzip
import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

from simulator.publishers.base import LAST_DAY, counted
from simulator.server import Reply


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


def _release(number, is_new, day, ocid):
    """One release with a tender and an award, as the UK's publishers write it."""
    amount = 1_000 + number + (500 if is_new else 0)
    return {
        "ocid": f"{ocid}-{number:06d}", "id": f"{number:06d}-2026", "date": f"{day:%Y-%m-%d}T00:30:00Z",
        "tag": ["award"], "initiationType": "tender", "language": "en",
        "parties": [
            {"id": "GB-PPON-1", "name": "Exampleshire University", "roles": ["buyer"],
             "identifier": {"scheme": "GB-PPON", "id": "1"}, "address": {"region": "UKJ11", "country": "GB"},
             "contactPoint": {"name": "Pat Placeholder", "email": "pat@example.org"}},
            {"id": "GB-COH-1", "name": "Example Compute Ltd", "roles": ["supplier"],
             "identifier": {"scheme": "GB-COH", "id": "00000001"}, "address": {"country": "GB"}},
        ],
        "buyer": {"id": "GB-PPON-1", "name": "Exampleshire University"},
        "tender": {"id": "t", "title": f"GPU servers {number}", "status": "complete", "procurementMethod": "open",
                   "classification": {"scheme": "CPV", "id": "30211100"},
                   "value": {"amount": amount, "currency": "GBP"}},
        "awards": [{"id": "1", "title": f"GPU servers {number}", "status": "active",
                    "date": f"{day:%Y-%m-%d}T00:00:00Z",
                    "value": {"amount": amount, "currency": "GBP"},
                    "items": [{"id": "1", "description": "Nodes with eight accelerators", "quantity": 4,
                               "additionalClassifications": [{"scheme": "CPV", "id": "48820000"}]}],
                    "suppliers": [{"id": "GB-COH-1", "name": "Example Compute Ltd"}]}],
    }  # fmt: skip


def registry(asked, vintage):
    """A bulk file: the registry sends its clients on to the host that holds it."""
    if asked.host == "data.open-contracting.org":
        place = f"{asked.path.split('/')[3]}/{asked.query['name']}"
        return Reply(b"", 302, {"Location": f"/fastly.data.open-contracting.org/downloads/{place}"})  # fmt: skip
    day = LAST_DAY - timedelta(days=10)
    lines = [
        {**_release(n, is_new, day, "ocds-b5fd17"), "tag": ["compiled"]}
        for n, is_new in counted(vintage, 40)
    ]
    return gzip.compress("\n".join(json.dumps(line) for line in lines).encode())


def find_a_tender(asked, vintage):
    """Ten releases a page, the next named in `links.next`; all are of the first span of the day."""
    releases = []
    if asked.query["updatedFrom"] == f"{LAST_DAY:%Y-%m-%dT00:00:00}":
        releases = [
            _release(n, new, LAST_DAY, "ocds-h6vhtk") for n, new in counted(vintage, 25)
        ]
    start = int(asked.query.get("cursor", "0"))
    root = f"https://{asked.host}{asked.path}"
    package = {
        "uri": root, "version": "1.1", "publisher": {"name": "Cabinet Office"},
        "publishedDate": f"{LAST_DAY:%Y-%m-%d}T06:00:00Z",
        "license": "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "releases": releases[start : start + 10],
    }  # fmt: skip
    if start + 10 < len(releases):
        query = {**asked.query, "cursor": str(start + 10)}
        package["links"] = {"next": f"{root}?{urlencode(query)}"}
    return json.dumps(package).encode()


def tenders_daily(asked, vintage):
    """Ten notices a page; a token names the next."""
    said = json.loads(asked.body)
    start = int(said.get("iterationNextToken", "0"))
    day = LAST_DAY - timedelta(days=2)
    notices = [
        {
            "publication-number": f"{534_000 + n}-2026", "publication-date": f"{day:%Y-%m-%d}+02:00",
            "notice-type": "can-standard", "notice-title": {"eng": f"Germany - Servers {n}"},
            "buyer-name": {"deu": ["Beispiel-Universität"]}, "buyer-country": ["DEU"],
            "classification-cpv": ["48820000"], "total-value": f"{4_000 + n + (99 if is_new else 0)}.00",
            "total-value-cur": ["EUR"], "winner-name": {"deu": ["Beispiel Rechner GmbH"]},
            "links": {"html": {"ENG": "https://ted.europa.eu/en/notice/-/detail/1"}},
        }
        for n, is_new in counted(vintage, 25)
    ]  # fmt: skip
    answer = {
        "notices": notices[start : start + 10],
        "totalNoticeCount": len(notices),
        "iterationNextToken": str(start + 10) if start + 10 < len(notices) else None,
        "timedOut": False,
    }
    return json.dumps(answer, ensure_ascii=False).encode()
