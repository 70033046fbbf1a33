"""An invented world of organisations: registers, listings and names that meet, or only seem to."""

from datetime import date
from pathlib import Path

import made_store
import polars as pl

from indicia.review import Journal

OMEGA, HOLDING, NAMESAKE = (
    "LEI:OMEGA000000000000001",
    "LEI:HOLDING0000000000001",
    "LEI:OMEGA000000000000099",
)
LISTING = "EL:k1"
HOSTILE = "<b>Zeta</b> *Works* [x](https://example.org) Ltd"
MORE: made_store.Rows = {
    "entity_record": [
        {"record_id": OMEGA, "name": "Omega Compute Sdn. Bhd.", "country_iso2": "MY", "headquarters_iso2": "MY", "address": "1 Invented Road, Invented Park, Johor", "registry_ids": "MYREG:123456", "founded_date": date(2021, 5, 4)},
        {"record_id": HOLDING, "name": "Kappa Holding Limited", "country_iso2": "HK", "headquarters_iso2": "CN"},
        {"record_id": NAMESAKE, "name": "Omega Compute GmbH", "country_iso2": "DE"},
    ],
    "entity_name": [
        {"record_id": OMEGA, "name": "欧米茄计算有限公司", "kind": "alternative", "language": "zh"},
    ],
    "entity_link": [
        {"record_id": OMEGA, "kind": "direct parent", "other_id": HOLDING, "starts_date": date(2022, 1, 1), "owned_share": 0.8},
    ],
    "facility_party": [
        {"facility_id": made_store.UNKNOWN, "role": "owner", "party_name": "Sigma Tradings", "certainty": "likely", "headquarters_iso2": "CN"},
        {"facility_id": made_store.UNKNOWN, "role": "operator", "party_name": HOSTILE, "certainty": "likely", "headquarters_iso2": "CN"},
    ],
    "shipment": [
        {"shipment_id": f"s{n}", "shipped_date": date(2024, 3 + n, 5), "shipper_name": "Rho Exports", "shipper_iso2": "TW", "consignee_name": "Omega Compute Sdn. Bhd.", "consignee_iso2": "MY", "origin_iso2": "TW", "destination_iso2": "MY", "hs_code": "847150", "gross_weight_kg": 900.0, "value_reported_usd": 1e6}
        for n in range(3)
    ],
    "model_release": [
        {"model_id": "omega/one", "account": "Omega Compute Sdn. Bhd.", "released_date": date(2025, 1, 2)},
    ],
}  # fmt: skip


def build(home: Path) -> Path:
    """Publish the invented world under `home`, with the judgements its journal holds."""
    journal: pl.DataFrame = Journal(home).judgements()
    return made_store.build(home, MORE, journal)
