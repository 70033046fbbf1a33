"""Which copies of publishers' files are read, by which source, and why the others are not.

A day is given only where somebody states it; a file without one counts from what its rows state,
the source's lag, or else the day it is read, which no hindcast reaches.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class File:
    """One file or folder of the maintainer's folder, and the source that reads it.

    Args:
        path: Below the folder.
        source: The source, as family/name.
        published: Day the file was public, where that is stated.
        basis: Who states the day, or what stands in for it.
    """

    path: str
    source: str
    published: date | None
    basis: str


ROWS_SAY = "as rows state, else the source's lag"
EPOCH = date(2025, 12, 17)
EPOCH_SAYS = "the day the publisher's copy was made"
FILES = (
    File("eia930/cleaned", "power/eia930", None, f"{ROWS_SAY}; imputed hours 2025-01-23"),
    File("taiwan", "power/taipower", None, ROWS_SAY),
    File("operator_disclosures", "power/operator_disclosures", None, ROWS_SAY),
    File("viirs_ntl", "power/night_lights", None, ROWS_SAY),
    File("top500/november2021.xlsx", "facilities/top500", None, "the list's month"),
    File("top500/june2023.xlsx", "facilities/top500", None, "the list's month"),
    File("top500/june2025.xlsx", "facilities/top500", None, "the list's month"),
    File("epoch/2026-03-06/data_centers.csv", "facilities/epoch", EPOCH, EPOCH_SAYS),
    File("epoch/2026-03-06/data_center_timelines.csv", "facilities/epoch", EPOCH, EPOCH_SAYS),
    File("epoch/2026-03-06/gpu_clusters.csv", "facilities/epoch_clusters", EPOCH, EPOCH_SAYS),
    File(
        "epoch/2026-03-06/large_scale_ai_models.csv",
        "staffing/epoch_models",
        EPOCH,
        EPOCH_SAYS,
    ),
    File("epoch/2026-03-06/ai_companies_staff_reports.csv", "staffing/epoch_staff", None, ROWS_SAY),
    File(
        "responses/power/peeringdb/fac_page-1.json",
        "facilities/peeringdb",
        None,
        "last edit of each row",
    ),
    File(
        "responses/staff/gleif_lei_record_sample.json",
        "entities/gleif",
        None,
        "last update of the record",
    ),
    File(
        "s1260h/section_1260h_subsidiaries.csv",
        "entities/s1260h",
        date(2025, 1, 31),
        "list of January 2025, its last day",
    ),
    File("ted/TED_R2.0.9_028056-2024.xml", "procurement/ted", None, ROWS_SAY),
    File(
        "cset_pla_contracts",
        "procurement/contracts_csv",
        date(2021, 12, 31),
        "CSET, 'Harnessed Lightning', October 2021; taken as the end of that year",
    ),
    File(
        "responses/trade/comtrade_v1_get_C_A_HS_recorded.json",
        "customs/comtrade",
        None,
        ROWS_SAY,
    ),
    File("comtradr_samples", "customs/comtrade", None, ROWS_SAY),
)  # fmt: skip
RAW_FILES = (File("eia930/raw", "power/eia930", None, ROWS_SAY),)
NOT_READ = (
    ("eia930/raw", "the same hours as the cleaned files; read apart, beside them, above"),
    ("ai_compute_lanes", "yearly values of a third party in no source's form; read by a reader of its own, above"),
    ("responses/staff/csl_consolidated_sample.csv", "115 rows of a list of thousands: read as a whole list it would end all other listings"),
    ("bis_csl", "the Entity List that the starter data already hold"),
    ("mcf", "a table of postings per employer that no source gives in this form"),
    ("us_dc_atlas", "a tracker without a licence; no source reads it"),
    ("ocds_fixtures", "fictional notices; they may not stand in a store of real data"),
    ("openalex_cn_collab, parat, cross_script_pairs, hf", "research tables and samples in no source's form; two of them serve the page on name matching"),
    ("responses/power, except PeeringDB", "format samples of a few hours"),
    ("chip_controls, comtrade_reference, us_tariff_hs10, ai_trade_hs10, usaspending, zones", "reference tables, no observations"),
)  # fmt: skip
