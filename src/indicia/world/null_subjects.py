"""The support that one lane or organisation in 1,000 reaches although L1 or E1 does not hold.

Unit: bans. Reads: the likelihoods and priors of lanes and entities, settings.toml; never an observation.

In these worlds, unlike those of `making`, the true explanation of a subject is drawn among the
rivals by the priors of its class. Every indicator that can speak of it answers, at full exposure and
from sources of grade B to D; one that may be asked of several parties or purchases answers twice. The
threshold is the least support, in steps of 0.05 bans, that at most one subject in 1,000 of every
class reaches with two families for. It agrees with our own tables and says nothing of their truth.

After a change of these tables or of the catalogue run `python -m indicia.world.null_subjects` and
write the figures into data/reference/settings.toml.
"""

import logging
import math

import numpy as np
import polars as pl

from indicia.indicators import CATALOGUE
from indicia.indicators.base import Indicator
from indicia.indicators.detectability import SIGHTS
from indicia.reference import tables
from indicia.scoring import fusion
from indicia.scoring.fusion import Floats, Integers
from indicia.scoring.hypotheses import FAMILIES
from indicia.scoring.models import MODELS, Model, asked, likelihoods, prior_bans, priors
from indicia.world.evaluation.threshold import FALSE_SHARE, STEP_BANS

LOG = logging.getLogger(__name__)
SEED = 20_261_128
SUBJECTS = 400_000
GRADES = "BCD"
ANSWERS_ELSEWHERE = 2


def threshold(model: Model, seed: int = SEED, subjects: int = SUBJECTS) -> float:
    """The least support (bans) that at most one subject in 1,000 of each class reaches."""
    found = reached(model, seed, subjects)
    allowed = int(FALSE_SHARE * subjects)
    refused = float(np.sort(found, axis=1)[:, -allowed - 1].max())
    if not math.isfinite(refused):
        return 0.0
    return round((math.floor(refused / STEP_BANS + 1e-9) + 1) * STEP_BANS, 2)


def reached(model: Model, seed: int, subjects: int) -> Floats:
    """Support (bans) per class and subject; minus infinity with too few families for."""
    random = np.random.default_rng(seed)
    classes = priors(model)["prior_class"]
    return np.stack([_class(random, model, name, subjects) for name in classes])


def _class(random: np.random.Generator, model: Model, name: str, count: int) -> Floats:
    caps, lead = tables.settings()["caps"], model.lead
    row = priors(model).filter(pl.col("prior_class") == name).select(model.rivals).to_numpy()[0]
    truth = 1 + random.choice(len(row), size=count, p=row / row.sum())
    able = asked(model, CATALOGUE)
    values = [_said(random, model, indicator, truth) for indicator in able]
    items = fusion.Merged(
        np.tile(np.arange(count), len(able)),
        np.repeat([FAMILIES.index(_family(model, i)) for i in able], count),
        np.concatenate([gain for gain, _ in values]),
        np.concatenate([loss for _, loss in values]),
        np.ones(count * len(able), dtype=bool),
    )
    weights = fusion.families(items, (count, len(FAMILIES)), caps["family_bans"])
    prior = np.tile(prior_bans(model, pl.Series([name])), (count, 1))
    support, _ = fusion.support(weights, prior, caps["total_bans"])
    families_for = fusion.favouring(weights, prior, caps["favours_from_bans"]).sum(axis=1)
    return np.where(families_for >= lead["families_at_least"], support, -np.inf)


def _family(model: Model, indicator: Indicator) -> str:
    return str(likelihoods(model).filter(pl.col("kind").is_in(indicator.kinds))["family"][0])


def _said(
    random: np.random.Generator, model: Model, indicator: Indicator, truth: Integers
) -> tuple[Floats, Floats]:
    """What one indicator weighs for and against each rival, all its answers taken as one."""
    table = {row["kind"]: row for row in likelihoods(model).iter_rows(named=True)}
    known = [table[kind] for kind in indicator.kinds if kind in table]
    given = [np.array([row[h] for h in model.hypotheses]) for row in known]
    is_own = model.kind in indicator.scope_kinds
    shares = [s.share for s in SIGHTS if s.indicator == indicator.code and s.share is not None]
    sight = np.full(len(truth), max(shares, default=0.0))
    grades = np.array([tables.settings()["reliability"][g] for g in GRADES])
    cap = np.array([known[0]["ratio_cap"] or np.nan])
    gain, loss = (np.zeros((len(truth), len(model.rivals))) for _ in range(2))
    for _ in range(1 if is_own else ANSWERS_ELSEWHERE):
        likelihood = fusion.absent(given[0][None, :], sight, np.ones(len(truth)))
        is_open = np.ones(len(truth), dtype=bool)
        for shown in given:
            is_flag = is_open & (random.random(len(truth)) < shown[truth])
            likelihood[is_flag] = shown
            is_open &= ~is_flag
        values = fusion.bans(likelihood, random.choice(grades, len(truth)), cap)
        gain, loss = np.maximum(gain, values), np.maximum(loss, -values)
    return gain, loss


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for model in MODELS:
        LOG.info("%s: %s bans", model.kind, threshold(model))
