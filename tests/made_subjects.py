"""Lanes and organisations for tests: facts, pieces of evidence with their exposures, and all of it weighed."""

import polars as pl

from indicia.indicators import CATALOGUE
from indicia.schema import EVIDENCE
from indicia.scoring.subjects import EXPOSURES, FACTS, Subjects, weigh

SURGE, MIRROR, DENSE = (
    "corridor_surge_z_gt_3.5",
    "mirror_asymmetry_break",
    "import_unit_value_in_AI_band",
)
LISTED, SHELL = "listed_party_address_or_owner", "new_shell_within_180d_of_rule"
BUYER, MARKS = "purchase_names_listed_party", "supplier_marks"
INDICATOR = {
    SURGE: "C01", MIRROR: "C02", DENSE: "C03", LISTED: "E01", SHELL: "E02", BUYER: "R07", MARKS: "R06",
}  # fmt: skip
SCOPE = {SURGE: "lane", MIRROR: "lane", DENSE: "lane", BUYER: "process", MARKS: "process"}
ROLE = {"lane": "lane", "process": "supplier"}
HUB, CHINA = "through a hub", "seated in China"


def fact(subject="s", prior_class=HUB, **more):
    return {
        "subject_id": subject,
        "name": subject,
        "is_admissible": True,
        "admissibility_reason": "made",
        "licence_since_date": None,
        "prior_class": prior_class,
        **more,
    }


def piece(kind, result="flag", *, subject="s", name="", weight=1.0, role="", **more):
    """A piece of evidence, with the exposure that ties it to a subject."""
    scope = SCOPE.get(kind, "party")
    at = f"{subject}-{name or kind}"
    row = {
        "evidence_id": at,
        "indicator": INDICATOR[kind],
        "scope_kind": scope,
        "scope_id": at,
        "result": result,
        "kind": kind,
        "statement": "Made for a test.",
        "origin_id": at,
        "reliability": "A",
        "quality_share": 1.0,
        **more,
    }
    reached = {
        "subject_id": subject,
        "scope_kind": scope,
        "scope_id": at,
        "role": role or ROLE.get(scope, "party"),
        "weight_share": weight,
        "basis": "made",
    }
    return row, reached


def weighed(model, *pieces, facts=None):
    facts = [fact()] if facts is None else facts
    subjects = Subjects(
        model,
        pl.DataFrame(facts, schema=FACTS),
        pl.DataFrame([e for _, e in pieces], schema=EXPOSURES),
    )
    return weigh(subjects, CATALOGUE, EVIDENCE.frame([e for e, _ in pieces]))


def judged(model, *pieces, **more):
    (row,) = weighed(model, *pieces, **more)["subject_assessment"].iter_rows(named=True)
    return row


def of_lane(kind, *args, **more):
    return piece(kind, *args, role="" if SCOPE.get(kind) else "consignee", **more)
