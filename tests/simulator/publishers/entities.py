"""Registers of organisations and lists of parties."""

import json

from simulator.publishers.base import LAST_DAY, counted


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


LEIS = tuple(f"EXAMPLE{n:011d}{n % 90 + 10}" for n in range(13))


def legal_entities(asked, vintage):
    """A page of the records asked for, and for some of them the record of a parent."""
    known = dict(counted(vintage, 12))
    if asked.path.endswith("/direct-parent-relationship"):
        number = LEIS.index(asked.path.split("/")[-2])
        return _parent(number, known[number]) if number in known else None
    wanted = asked.query["filter[lei]"].split(",")
    rows = [_entity(n, is_new) for n, is_new in known.items() if LEIS[n] in wanted]
    size = len(rows)
    pagination = {"currentPage": 1, "perPage": int(asked.query["page[size]"]), "from": 1, "to": size,
                  "total": size, "lastPage": 1}  # fmt: skip
    meta = {
        "goldenCopy": {"publishDate": f"{LAST_DAY:%Y-%m-%d}T00:00:00Z"},
        "pagination": pagination,
    }
    return json.dumps({"meta": meta, "data": rows}, ensure_ascii=False).encode()


def _entity(number, is_new):
    lei, url = LEIS[number], f"https://api.gleif.org/api/v1/lei-records/{LEIS[number]}"
    place = {"language": "en", "addressLines": [f"{number} Example Road"], "city": "Tokyo", "region": None,
             "country": "JP", "postalCode": "100-0001"}  # fmt: skip
    entity = {
        "legalName": {"name": f"東京計算{number}株式会社", "language": "ja"},
        "otherNames": [{"name": f"Example Computing {number}{' Holdings' if is_new else ''} K.K.", "language": "en",
                        "type": "ALTERNATIVE_LANGUAGE_LEGAL_NAME"}],
        "transliteratedOtherNames": [],
        "legalAddress": place, "headquartersAddress": place,
        "registeredAt": {"id": "RA000412", "other": None}, "registeredAs": f"0100-01-{number:06d}",
        "jurisdiction": "JP", "category": "GENERAL", "legalForm": {"id": "T417", "other": None},
        "status": "ACTIVE", "expiration": {"date": None, "reason": None},
        "successorEntity": {"lei": None, "name": None}, "creationDate": "2001-02-03T00:00:00Z",
    }  # fmt: skip
    registration = {"lastUpdateDate": "2026-03-04T05:06:07Z", "status": "LAPSED" if is_new else "ISSUED"}  # fmt: skip
    parent = {"links": {"relationship-record": f"{url}/direct-parent-relationship"}}
    return {
        "type": "lei-records", "id": lei,
        "attributes": {"lei": lei, "entity": entity, "registration": registration},
        "relationships": {"direct-parent": parent} if number % 4 == 0 else {},
    }  # fmt: skip


def _parent(number, is_new):
    period = {"startDate": "2019-05-06T00:00:00Z", "type": "RELATIONSHIP_PERIOD",
              "endDate": "2026-01-31T00:00:00Z" if is_new else None}  # fmt: skip
    relationship = {
        "startNode": {"id": LEIS[number], "type": "LEI"},
        "endNode": {"id": LEIS[number - 1], "type": "LEI"},
        "type": "IS_DIRECTLY_CONSOLIDATED_BY", "status": "ACTIVE", "periods": [period],
    }  # fmt: skip
    attributes = {
        "relationship": relationship,
        "registration": {"lastUpdateDate": "2026-02-02T00:00:00Z", "status": "PUBLISHED"},
    }
    return json.dumps(
        {"data": {"type": "relationship-records", "id": "x", "attributes": attributes}}
    ).encode()
