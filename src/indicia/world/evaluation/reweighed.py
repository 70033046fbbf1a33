"""Support from some families only: the same items, origins and priors, the others left out.

Echoes are merged anew, since the strongest of an origin may lie in a family that is left out.
"""

from collections.abc import Collection, Mapping

import numpy as np
import polars as pl

from indicia.schema import RIVALS
from indicia.scoring import fusion
from indicia.scoring.hypotheses import FAMILIES, Floats, prior_bans, settings

Tables = Mapping[str, pl.DataFrame]
OUTSIDE, BELOW = 100.0, 20.0


def reached(tables: Tables, families: Collection[str]) -> tuple[Floats, fusion.Integers]:
    """Support (bans) and the number of families for H1, per row of `assessment`.

    Args:
        tables: As `scoring.assess` gives them.
        families: The families that count.
    """
    caps = settings()["caps"]
    judged = tables["assessment"]
    weights = fusion.families(
        _merged(tables, families), (judged.height, len(FAMILIES)), caps["family_bans"]
    )
    priors = [np.tile(p, (judged.height, 1)) for p in prior_bans()]
    tried = [fusion.support(weights, prior, caps["total_bans"]) for prior in priors]
    stated = judged["is_prior_stated"].to_numpy()
    lowest = np.argmin([support for support, _ in tried], axis=0)
    least = np.stack(priors)[lowest, np.arange(judged.height)]
    prior = np.where(stated[:, None], _own_prior(tables), least)
    support, _ = fusion.support(weights, prior, caps["total_bans"])
    favours = fusion.favouring(weights, prior, caps["favours_from_bans"])
    return support, favours.sum(axis=1)


def ordered(
    support: Floats, families_for: fusion.Integers, is_admissible: Floats, least: int
) -> Floats:
    """One number that ranks: candidates for a lead first, then the others, reference sites last.

    Args:
        support: In bans.
        families_for: Families that favour H1 (count).
        is_admissible: Whether H1 is asked at all.
        least: Families that a lead needs (count).
    """
    lowered = np.where(families_for >= least, support, support - BELOW)
    return np.where(is_admissible, lowered, lowered - OUTSIDE)


def candidates(score: Floats) -> Floats:
    """Support of those that may become leads, from the number that ranks; others minus infinity."""
    return np.where(score > -BELOW / 2, score, -np.inf)


def _own_prior(tables: Tables) -> Floats:
    """Prior bans as the assessment used them: facilities x 7, in its order."""
    return np.asarray(
        tables["assessment_rival"]
        .with_columns(
            at=pl.col("rival").replace_strict(
                {k: n for n, k in enumerate(RIVALS)}, return_dtype=pl.Int64
            )
        )
        .sort("facility_id", "at")["prior_bans"]
        .to_numpy()
        .reshape(-1, len(RIVALS))
    )


def _merged(tables: Tables, families: Collection[str]) -> fusion.Merged:
    numbered = tables["assessment"].select("facility_id").with_row_index("at")
    items = (
        tables["item"]
        .filter(pl.col("family").is_in(list(families)))
        .join(numbered, on="facility_id")
        .join(tables["evidence"].select("evidence_id", "origin_id"), on="evidence_id")
        .sort("facility_id", "evidence_id")
    )
    family = items["family"].replace_strict(
        {name: n for n, name in enumerate(FAMILIES)}, return_dtype=pl.Int64
    )
    return fusion.merge_echoes(
        items["at"].cast(pl.Int64).to_numpy(),
        items["origin_id"].rank("dense").cast(pl.Int64).to_numpy(),
        family.to_numpy(),
        items.select(f"{k.lower()}_bans" for k in RIVALS).to_numpy(),
    )
