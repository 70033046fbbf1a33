"""A tender or plan, no award, names an accelerator that needed a licence there on its date.

Unit: chips. Reads: procurement_notice (title, text, stage, notice_date, date_precision, country),
exposure, facility (country), facility_party (headquarters). The policy clock decides.
Benign causes: a plan never carried out, a copied specification, a licence, cloud rental.
Method: docs/indicators/R02.md.
"""

import duckdb

from indicia.indicators import controlled_names
from indicia.indicators.base import Found, Indicator
from indicia.schema import EXPOSURE, FACILITY, FACILITY_PARTY, PROCUREMENT_NOTICE

ASKED = controlled_names.Question(
    code="R02",
    kind="plan_names_controlled_chip",
    open_kind="plan_names_licensable_chip",
    asks_awards=False,
    subject="A tender or plan, no award,",
    lacking="a tender or plan",
)


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process whose plan names a chip, and for those a facility is tied to."""
    return controlled_names.compute(db, ASKED)


INDICATOR = Indicator(
    code=ASKED.code,
    family="procurement",
    title="A tender or plan names a controlled accelerator",
    unit="chips",
    scope_kinds=("process",),
    reads=(PROCUREMENT_NOTICE, EXPOSURE, FACILITY, FACILITY_PARTY),
    threshold=controlled_names.THRESHOLD,
    benign_causes=(
        "a plan that was never carried out",
        "a specification copied by a clerk, or kept from before the rule",
        "a licence, or a licence exception",
        "rental of computing abroad",
    ),
    compute=compute,
    kinds=(ASKED.kind, ASKED.open_kind),
)
