"""What is fitted on worlds set apart: the curve of calibration, and the trees of the upper reference.

Worlds of the seeds for tuning are split in two by turns where they are themselves evaluated: each
half is answered by what was fitted on the other. All other worlds, whatever their level, are
answered by what was fitted on the tuning worlds of the middle level.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from indicia.world.evaluation import calibration, learned
from indicia.world.evaluation.ranking import Booleans, Floats
from indicia.world.evaluation.sample import Sample

HALVES = 2
# Fewer clusters than this teach neither a curve nor trees.
LEAST_CLUSTERS = 10


def folds(sample: Sample, train: pl.DataFrame | None) -> list[tuple[Booleans, pl.DataFrame]]:
    """Pairs of the facilities to answer and the rows to fit on; none where that cannot be.

    Args:
        sample: The facilities to answer.
        train: Rows of other worlds; None where the sample's own worlds are for tuning.
    """
    everyone = np.ones(sample.rows.height, dtype=bool)
    if train is not None:
        pairs = [(everyone, train)]
    elif sample.worlds < HALVES:
        return []
    else:
        half = sample.world % HALVES
        pairs = [(half == n, sample.rows.filter(pl.Series(half != n))) for n in range(HALVES)]
    enough = all(rows["is_cluster"].sum() >= LEAST_CLUSTERS for _, rows in pairs)
    return pairs if enough else []


def shares(sample: Sample, train: pl.DataFrame | None) -> Floats | None:
    """Calibrated share of H1 per facility; not a number for reference sites; None: not fitted."""
    answer = np.full(sample.rows.height, np.nan)
    bans = sample.score("support_bans")
    is_admissible = sample.rows["is_admissible"].to_numpy().astype(bool)
    pairs = folds(sample, train)
    for asked, rows in pairs:
        seen = rows.filter("is_admissible")
        fit = calibration.fit(
            seen["support_bans"].to_numpy(), seen["is_cluster"].to_numpy().astype(bool)
        )
        if fit is None:
            return None
        at = asked & is_admissible
        answer[at] = fit.share(bans[at])
    return answer if pairs else None


def boosted(sample: Sample, train: pl.DataFrame | None, codes: Sequence[str]) -> Floats | None:
    """Score of gradient boosting per facility; None without scikit-learn or worlds to learn from."""
    pairs = folds(sample, train) if learned.is_installed() else []
    answer = np.zeros(sample.rows.height)
    for asked, rows in pairs:
        asked_rows = sample.rows.filter(pl.Series(asked))
        answer[asked] = learned.boosted(rows, asked_rows, codes)
    return answer if pairs else None
