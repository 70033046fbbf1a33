"""The compute ledger: accelerators that power, imports, tenders and claims imply, side by side.

Every number is conditional on a class of accelerator. Where the class is unknown there is one row
per class and no sum over them. Method and validation: docs/validation/compute.md.
"""

from indicia.reference.compute.draws import (
    Assumptions,
    Count,
    Interval,
    Prior,
    as_frame,
    candidates,
    classes,
    priors,
)
from indicia.reference.compute.priors import bounds, quantities
from indicia.scoring.ledger.gaps import Gap, absorption, dark, lasts, plan_against_approval
from indicia.scoring.ledger.imports import counted_imports, from_imports
from indicia.scoring.ledger.power import counted, from_power, needed_mw, per_mw, summed
from indicia.scoring.ledger.stated import from_claim, from_operations, from_tender

__all__ = [
    "Assumptions",
    "Count",
    "Gap",
    "Interval",
    "Prior",
    "absorption",
    "as_frame",
    "bounds",
    "candidates",
    "classes",
    "counted",
    "counted_imports",
    "dark",
    "from_claim",
    "from_imports",
    "from_operations",
    "from_power",
    "from_tender",
    "lasts",
    "needed_mw",
    "per_mw",
    "plan_against_approval",
    "priors",
    "quantities",
    "summed",
]
