"""An award or contract names an accelerator that needed a licence there on its date.

Unit: chips. Reads: procurement_notice (title, text, stage, notice_date, date_precision, country),
exposure, facility (country), facility_party (headquarters). The policy clock decides.
Benign causes: stock from before the rule, a licence, an exception, cloud rental.
Method: docs/indicators/R01.md.
"""

import duckdb

from indicia.indicators import controlled_names
from indicia.indicators.base import Found, Indicator
from indicia.schema import EXPOSURE, FACILITY, FACILITY_PARTY, PROCUREMENT_NOTICE

ASKED = controlled_names.Question(
    code="R01",
    kind="tender_award_names_controlled_chip",
    open_kind="tender_award_names_licensable_chip",
    asks_awards=True,
    subject="An award",
    lacking="an award or contract",
)


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Answer for every process whose award names a chip, and for those a facility is tied to."""
    return controlled_names.compute(db, ASKED)


INDICATOR = Indicator(
    code=ASKED.code,
    family="procurement",
    title="An award names a controlled accelerator",
    unit="chips",
    scope_kinds=("process",),
    reads=(PROCUREMENT_NOTICE, EXPOSURE, FACILITY, FACILITY_PARTY),
    threshold=controlled_names.THRESHOLD,
    benign_causes=(
        "stock that came in before the rule",
        "a licence, or a licence exception",
        "a buyer that is not the user",
        "rental of computing abroad",
    ),
    compute=compute,
    kinds=(ASKED.kind, ASKED.open_kind),
)
