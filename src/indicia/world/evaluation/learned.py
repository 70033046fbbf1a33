"""Baselines that learn: an isolation forest, and gradient boosting on the truth of other worlds.

Both need scikit-learn, which the extra `evaluation` installs; without it they are left out and the
report says so. The isolation forest sees no truth. Gradient boosting does, of the worlds set apart
for it: it is no method anyone could use on real sites, but an upper reference.
"""

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import polars as pl

from indicia.world.evaluation.baselines import filled, outside_last
from indicia.world.evaluation.features import FLAG, STRENGTH
from indicia.world.evaluation.ranking import Floats

FOREST, BOOSTED = "isolation forest", "gradient boosting, trained on the truth of other worlds"
INSTALL = "pip install 'indicia[evaluation]'"
TREES, STEPS, SEED = 200, 200, 0


def is_installed() -> bool:
    """Whether scikit-learn is there."""
    return find_spec("sklearn") is not None


def forest(rows: pl.DataFrame, codes: Sequence[str]) -> Floats:
    """How soon random cuts set a facility of this world apart; larger is stranger.

    Args:
        rows: Facilities of one world: is_admissible, columns of `features`.
        codes: Indicators.
    """
    from sklearn.ensemble import IsolationForest  # noqa: PLC0415 -- an optional extra

    given = np.column_stack([filled(rows, codes, FLAG), filled(rows, codes, STRENGTH)])
    model = IsolationForest(n_estimators=TREES, random_state=SEED).fit(given)
    return outside_last(-model.score_samples(given), rows["is_admissible"].to_numpy())


def boosted(train: pl.DataFrame, rows: pl.DataFrame, codes: Sequence[str]) -> Floats:
    """Share of H1 that trees learnt on other worlds give to each facility.

    Args:
        train: Facilities of worlds whose truth may be seen: is_cluster, is_admissible, largest_mw
            (MW), columns of `features`.
        rows: Facilities to rank, same columns.
        codes: Indicators.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 -- an optional extra

    seen = train.filter("is_admissible")
    given = _given(seen, codes)
    tells = [len(np.unique(c[np.isfinite(c)])) > 1 for c in given.T]  # others teach nothing
    model = HistGradientBoostingClassifier(
        max_iter=STEPS, learning_rate=0.05, max_leaf_nodes=8, l2_regularization=1.0,
        random_state=SEED,
    )  # fmt: skip
    model.fit(given[:, tells], seen["is_cluster"].to_numpy())
    share = model.predict_proba(_given(rows, codes)[:, tells])[:, 1]
    return outside_last(np.asarray(share, dtype=np.float64), rows["is_admissible"].to_numpy())


def _given(rows: pl.DataFrame, codes: Sequence[str]) -> Floats:
    """What trees are given; they take what is missing as missing."""
    names = [code + suffix for code in codes for suffix in (FLAG, STRENGTH)]
    return rows.select("largest_mw", *names).cast(pl.Float64).fill_null(float("nan")).to_numpy()
