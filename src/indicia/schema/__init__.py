"""The tables, defined once: what can be said, in which unit, and what one row is."""

from indicia.schema.base import UTC, Column, Table
from indicia.schema.identity import facility_id, short_hash, slug
from indicia.schema.observations import (
    CUSTOMS_FLOW,
    DOCUMENT,
    ENTITY_LISTING,
    EVENT,
    EXPOSURE,
    FACILITY,
    FACILITY_PARTY,
    FACILITY_STATE,
    OBSERVATIONS,
    POWER_LOAD,
    POWER_LOAD_MONTH,
    POWER_SITE_YEAR,
    POWER_STATEMENT,
    PROCUREMENT_NOTICE,
    STAFFING_COUNT,
)
from indicia.schema.results import (
    ASSESSMENT,
    ASSESSMENT_RIVAL,
    ASSESSMENTS,
    EVIDENCE,
    EVIDENCE_SOURCE,
    FETCH,
    INDICATOR_RESULT,
    ISSUE,
    ITEM,
    LOADED,
    RIVALS,
    RUN,
    RUNS,
)
from indicia.schema.stamp import STAMP, STATED, parsed, stamped

TABLES = {t.name: t for t in (*OBSERVATIONS, *RUNS, *ASSESSMENTS)}
OBSERVED = {t.name: t for t in OBSERVATIONS}
FAMILIES = tuple(dict.fromkeys(t.family for t in OBSERVATIONS))

__all__ = [
    "ASSESSMENT", "ASSESSMENTS", "ASSESSMENT_RIVAL", "CUSTOMS_FLOW", "DOCUMENT", "ENTITY_LISTING",
    "EVENT", "EVIDENCE", "EVIDENCE_SOURCE", "EXPOSURE", "FACILITY", "FACILITY_PARTY",
    "FACILITY_STATE", "FAMILIES", "FETCH", "INDICATOR_RESULT", "ISSUE", "ITEM", "LOADED", "OBSERVATIONS",
    "OBSERVED", "POWER_LOAD", "POWER_LOAD_MONTH", "POWER_SITE_YEAR", "POWER_STATEMENT",
    "PROCUREMENT_NOTICE", "RIVALS", "RUN", "RUNS", "STAFFING_COUNT", "STAMP", "STATED", "TABLES",
    "UTC", "Column", "Table", "facility_id", "parsed", "short_hash", "slug", "stamped",
]  # fmt: skip
