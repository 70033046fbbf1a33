"""What `indicia score` prints of lanes and organisations."""

from enum import StrEnum

from indicia.answers import subjects
from indicia.cli import screen
from indicia.scoring.models import ENTITY, LANE
from indicia.store import Store

COLUMNS = (
    "subject_id",
    "name",
    "verdict",
    "support_bans",
    "strongest_rival",
    "coverage",
    "families",
    "reason",
    "doubt",
    "admissibility_reason",
)


class Assessed(StrEnum):
    """What can be scored."""

    FACILITIES = "facilities"
    LANES = "lanes"
    ORGANISATIONS = "organisations"


KINDS = {Assessed.LANES: LANE.kind, Assessed.ORGANISATIONS: ENTITY.kind}


def queue(store: Store, of: Assessed, limit: int, *, as_json: bool) -> None:
    """The ranked list, and how many stand at each verdict, those apart among them."""
    kind = KINDS[of]
    found = subjects.ranked(store, kind, limit=limit)
    if as_json:
        rows = list(found.select(COLUMNS).iter_rows(named=True))
    else:
        rows = [
            {
                "id": row["subject_id"],
                "name": row["name"],
                "verdict": row["verdict"],
                "support (bans)": f"{row['support_bans']:+.2f}",
                "over": row["strongest_rival"],
                "computable": row["coverage"],
                "for it": row["families"],
            }
            for row in found.iter_rows(named=True)
        ]
    title = f"{of.value} of store {store.data_version} ({store.kind})"
    screen.answer(rows, as_json=as_json, title=title)
    counts = subjects.tally(store, kind)
    screen.say(", ".join(f"{k}: {v}" for k, v in counts.items()) or "nothing has been assessed")
