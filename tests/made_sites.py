"""Made facilities of several publishers, and the judgements on them."""

from datetime import UTC, datetime

import made
import polars as pl

from indicia.entities.facilities import identities
from indicia.schema import JUDGEMENT

EPOCH, DISCLOSED, ANALYST = "facilities/epoch", "power/operator_disclosures", "context/analyst"
TOP500, PEERINGDB, OSM = "facilities/top500", "facilities/peeringdb", "facilities/osm"
DEGREE_M = 111_195.0


def site(facility_id, name, source, **more):
    """One `facility`; with `at=(latitude, longitude)` a site, else a town's or nowhere."""
    at = more.pop("at", None)
    point = {"latitude_deg": at[0], "longitude_deg": at[1]} if at else {}
    return {
        "facility_id": facility_id, "name": name, "source": source, "country_iso2": "MY",
        "coord_precision": "site" if at else "city", **point, **more,
    }  # fmt: skip


def run_by(facility_id, *names, **more):
    """`facility_party` rows: operators."""
    return [
        {"facility_id": facility_id, "role": "operator", "party_name": n, "certainty": "stated", **more}
        for n in names
    ]  # fmt: skip


def judged(*pairs):
    """Judgements in order: (left, right, verdict)."""
    return JUDGEMENT.frame(
        {
            "judgement_id": n,
            "subject": "facility",
            "left_id": min(left, right),
            "right_id": max(left, right),
            "verdict": verdict,
            "reason": "looked at",
            "judged_by": "analyst",
            "judged_utc": datetime(2026, 1, 1, tzinfo=UTC),
        }
        for n, (left, right, verdict) in enumerate(pairs, start=1)
    )


def met(sites, parties=(), judgements=None):
    """Edges by pair, and what each id stands for."""
    db = made.database(
        facility=made.rows("facility", list(sites)),
        facility_party=made.rows("facility_party", list(parties)) if parties else pl.DataFrame(
            schema=made.rows("facility_party", run_by("x", "x")).schema
        ),
    )  # fmt: skip
    said = JUDGEMENT.frame([]) if judgements is None else judgements
    edges, identity = identities(db, said)
    db.close()
    return (
        {(e["left_id"], e["right_id"]): e for e in edges.iter_rows(named=True)},
        {i["published_id"]: i for i in identity.iter_rows(named=True)},
    )


def leads_to(identity):
    """Published id -> facility."""
    return {key: row["facility_id"] for key, row in identity.items()}
