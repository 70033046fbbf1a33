"""How the support of one facility over one rival comes about: prior, families, caps, total. The steps add up."""

import numpy as np
import polars as pl

from indicia.answers.reader import Reader
from indicia.schema import RIVALS
from indicia.scoring import fusion
from indicia.scoring.hypotheses import FAMILIES, settings

Step = tuple[str, str, float, int | None, str]  # label, part, weight, items, note
ADDS_UP_BANS = 1e-6  # less than this is rounding
STEPS = pl.Schema(
    {
        "label": pl.String,
        "part": pl.String,
        "weight_bans": pl.Float64,
        "starts_bans": pl.Float64,
        "ends_bans": pl.Float64,
        "items_count": pl.Int64,
        "note": pl.String,
    }
)


def steps(store: Reader, facility_id: str, rival: str) -> pl.DataFrame:
    """Each step from the prior to support over one rival; a step starts where the one before ended.

    Args:
        store: The store.
        facility_id: Which facility.
        rival: Code of the rival.

    Returns:
        label, part (prior, family, cap, total), weight_bans (length of the step), starts_bans, ends_bans,
        items_count (pieces of evidence of the family, echoes counted), note (why it is not the plain
        sum). Empty where the facility is not assessed. Families with nothing to say are left out.
    """
    beside = store.sql(
        "SELECT prior_bans, evidence_bans, support_bans FROM assessment_rival "
        "WHERE facility_id = ? AND rival = ?",
        [facility_id, rival],
    )
    if beside.is_empty():
        return STEPS.to_frame()
    prior, evidence, support = beside.row(0)
    rows: list[Step] = [(f"Prior of H1 over {rival}", "prior", prior, None, "")]
    rows += _families(store, facility_id, RIVALS.index(rival))
    cap = settings()["caps"]["total_bans"]
    left = evidence - sum(weight for _, part, weight, *_ in rows if part == "family")
    if abs(left) > ADDS_UP_BANS:
        rows.append(("All evidence capped", "cap", left, None, f"never beyond {cap:g} bans"))
    ends = np.cumsum([row[2] for row in rows])
    placed = [
        (*row[:3], end - row[2], end, *row[3:]) for row, end in zip(rows, ends, strict=True)
    ]
    total = (f"Support over {rival}", "total", support, 0.0, support, None, "")
    return pl.DataFrame([*placed, total], schema=STEPS, orient="row")


def _families(store: Reader, facility_id: str, at: int) -> list[Step]:
    """What each family weighs, by the very steps that scoring takes, the strongest first."""
    columns = [f"{k.lower()}_bans" for k in RIVALS]
    items = store.sql(
        f"""
        SELECT i.family, dense_rank() OVER (ORDER BY e.origin_id) AS origin, {", ".join(columns)}
        FROM item i JOIN evidence e USING (evidence_id)
        WHERE i.facility_id = ? ORDER BY e.origin_id, e.evidence_id
        """,
        [facility_id],
    )
    if items.is_empty():
        return []
    number = {name: n for n, name in enumerate(FAMILIES)}
    family = items["family"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    merged = fusion.merge_echoes(
        np.zeros(items.height, dtype=np.int64),
        items["origin"].to_numpy(),
        family,
        items.select(columns).to_numpy(),
    )
    told = fusion.tally(merged, (1, len(FAMILIES)))
    cap = settings()["caps"]["family_bans"]
    clipped, whole = told.weights(cap)[0, :, at], told.weights(np.inf)[0, :, at]
    counts = np.bincount(family, minlength=len(FAMILIES))
    found: list[Step] = [
        (name, "family", float(clipped[n]), int(counts[n]), _note(whole[n], cap))
        for name, n in number.items()
        if counts[n]
    ]
    return sorted(found, key=lambda row: (-row[2], row[0]))


def _note(whole: float, cap: float) -> str:
    return f"capped at {cap:g}, was {whole:+.2f}" if abs(whole) > cap else ""
