"""The support that one facility in 1,000 reaches although H1 does not hold: the lead threshold.

Unit: bans. Reads: likelihoods.csv, priors.csv, settings.toml; never an observation.

In these worlds no facility is H1. Of each class of the prior table the true explanation of a
facility is drawn among the rivals by the class's own priors. Each view of `VIEWS` then gives one
or more answers with a stated probability, each through an exposure drawn from a stated range. An
answer flags with P(e|H) if the facility is the source and with the background if it is not;
otherwise the source was looked at and showed nothing. What is drawn is weighed by the functions
that weigh real evidence. The threshold is the least support, in steps of 0.05 bans, that at most
one facility in 1,000 of every class reaches with enough families for. A site without a stated
prior is judged by the class that supports H1 least, so it reaches no more.

Facilities of which little is known cannot become leads, and would hide the rate among those of
which much is known. So the threshold is set where every view answers and every exposure stands at
the upper end of its range (`WATCHED`); with the availability stated in `VIEWS` the rate is lower.

What this is not. Flags are drawn from the likelihood table that the scorer itself reads, each
independently given the explanation: the calibration agrees with itself and says nothing of the
table's truth, nor of causes that move several indicators at once. Availability, exposures and
grades are elicited by one person, from the shape of today's exposures. It is provisional until
worlds that are different in kind replace it.

After a change of likelihoods, priors or catalogue run `python -m indicia.world.nulls` and write
the figure into data/reference/settings.toml.
"""

import logging
import math
from dataclasses import dataclass, replace

import numpy as np

from indicia.scoring import fusion
from indicia.scoring.hypotheses import (
    FAMILIES,
    HYPOTHESES,
    Floats,
    likelihoods,
    prior_bans,
    priors,
    require_kinds,
    settings,
)

LOG = logging.getLogger(__name__)
SEED = 20_261_122
FACILITIES = 400_000
REPEATS = 5
STEP_BANS = 0.05
FALSE_LEADS_PER_THOUSAND = 1.0
STEP, SURGE, HIRING = "load_step_ge_5MW", "corridor_surge_z_gt_3.5", "dc_hiring_ge_3_adverts"
DENSE, MIRROR = "import_unit_value_in_AI_band", "mirror_asymmetry_break"
STOP, PASSED = "trade_stops_after_enforcement", "hub_passes_surge_on"
SWITCH = "code_switch_after_rule"
PASSING, FIRST = "consignee_passes_goods_on", "first_purchase_in_AI_band"
INFRASTRUCTURE = "liquid_cooling_or_IB_tender"
BUYER = "purchase_names_listed_party"
PRICE = "purchase_unit_price_in_AI_band"
MARKS = "supplier_marks"
DOMESTIC = "tender_award_names_domestic_chip"
AWARD, PLAN = "tender_award_names_controlled_chip", "plan_names_controlled_chip"
LISTED = "listed_party_address_or_owner"
SHELL, FOUNDED = "new_shell_within_180d_of_rule", "founded_within_180d_of_rule"
OPAQUE = "ownership_opaque"
FLAT = "load_factor_gt_0.85"
CUDA, CANN = "adverts_CUDA_IB", "adverts_CANN_only"
NAMED, NAMED_DOMESTIC = "publication_names_controlled_chip", "publication_names_domestic_chip"
CLAIM = "claim_needs_gt_disclosed_gpu_hours"
GAP = "absorption_gap_R_gt_1.5"
EMPTY, CONTRADICT = "declared_MW_gt_5x_observed", "published_capacities_contradict"


@dataclass(frozen=True, slots=True)
class View:
    """One way in which an indicator reaches a facility, and how well it sees from there.

    Args:
        indicator: Code in the catalogue.
        scope_kind: Where the signal is seen.
        kinds: Rows of the likelihood table, tried in this order; no flag counts as the first.
        available: Probability that a facility has an answer from this view (share).
        exposure: Range of the probability that the facility is the source (share).
        detectability: Range of the chance that the source would have shown the signal (share).
        answers: Most answers from scopes of this kind; one up to this many are equally likely.
        grades: Admiralty grades, equally likely.
    """

    indicator: str
    scope_kind: str
    kinds: tuple[str, ...]
    available: float
    exposure: tuple[float, float]
    detectability: tuple[float, float]
    answers: int = 1
    grades: str = "BCD"


VIEWS = (
    View("P01", "zone", (STEP,), 0.5, (0.005, 0.35), (0.0, 0.3)),
    View("P01", "facility", (STEP,), 0.1, (1.0, 1.0), (0.0, 1.0)),
    View("P02", "zone", (STEP,), 0.3, (0.005, 0.35), (0.0, 0.3)),
    View("P03", "zone", (FLAT,), 0.5, (0.005, 0.35), (0.0, 0.3)),
    View("P04", "lane", (GAP,), 0.3, (0.001, 0.05), (0.1, 0.1)),
    View("P05", "facility", (EMPTY,), 0.1, (1.0, 1.0), (0.3, 0.3)),
    View("P07", "facility", (EMPTY, CONTRADICT), 0.1, (1.0, 1.0), (0.5, 0.5)),
    View("C01", "lane", (SURGE,), 0.8, (0.001, 0.05), (0.2, 0.2)),
    View("C02", "lane", (MIRROR,), 0.5, (0.001, 0.05), (0.1, 0.1)),
    View("C03", "lane", (DENSE,), 0.6, (0.001, 0.05), (0.15, 0.15)),
    View("C04", "lane", (PASSED,), 0.2, (0.001, 0.05), (0.1, 0.1)),
    View("C05", "lane", (SWITCH,), 0.4, (0.001, 0.05), (0.1, 0.1)),
    View("C06", "party", (PASSING, FIRST), 0.2, (0.4, 1.0), (0.1, 0.1), answers=2),
    View("C07", "lane", (STOP,), 0.1, (0.001, 0.05), (0.1, 0.1)),
    View("R01", "process", (AWARD,), 0.4, (0.05, 1.0), (0.3, 0.3), answers=2),
    View("R02", "process", (PLAN,), 0.4, (0.05, 1.0), (0.3, 0.3), answers=2),
    View("R03", "process", (DOMESTIC,), 0.1, (0.05, 1.0), (0.0, 0.0), answers=2),
    View("R04", "process", (INFRASTRUCTURE,), 0.4, (0.05, 1.0), (0.25, 0.25), answers=2),
    View("R05", "process", (PRICE,), 0.1, (0.05, 1.0), (0.05, 0.05), answers=2),
    View("R06", "process", (MARKS,), 0.2, (0.05, 1.0), (0.1, 0.1), answers=2),
    View("R07", "process", (BUYER,), 0.4, (0.05, 1.0), (0.25, 0.25), answers=2),
    View("S01", "employer", (HIRING,), 0.4, (0.1, 0.9), (0.3, 0.3)),
    View("S02", "organisation", (CUDA, CANN), 0.2, (0.05, 1.0), (0.0, 0.2)),
    View("S03", "organisation", (NAMED, NAMED_DOMESTIC), 0.3, (0.05, 1.0), (0.15, 0.15)),
    View("E01", "party", (LISTED,), 0.8, (0.4, 1.0), (0.25, 0.25), answers=2),
    View("E02", "party", (SHELL,), 0.2, (0.4, 1.0), (0.15, 0.15), answers=2),
    View("E03", "party", (FOUNDED,), 0.3, (0.4, 1.0), (0.3, 0.3), answers=2),
    View("E04", "party", (LISTED,), 0.3, (0.4, 1.0), (0.2, 0.2), answers=2),
    View("E05", "party", (OPAQUE,), 0.3, (0.4, 1.0), (0.2, 0.2), answers=2),
    View("K01", "organisation", (CLAIM,), 0.2, (0.05, 1.0), (0.1, 0.1)),
)
WATCHED = tuple(replace(v, available=1.0, exposure=(v.exposure[1],) * 2) for v in VIEWS)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least support for a lead, and what it lets through.

    Args:
        value_bans: Support at or above which a facility may be a lead.
        false_leads_per_thousand: Of 1,000 facilities without H1, in the class with most.
        lowest_bans: The least threshold that any repetition with another seed gave.
        highest_bans: The highest such threshold.
        facilities: Facilities per class, over all repetitions.
    """

    value_bans: float
    false_leads_per_thousand: float
    lowest_bans: float
    highest_bans: float
    facilities: int


def threshold(seed: int, facilities: int, views: tuple[View, ...] = WATCHED) -> Threshold:
    """Find the threshold in worlds without H1.

    Args:
        seed: The first seed; the repetitions take those that follow.
        facilities: Facilities per class over all repetitions (count).
        views: How indicators reach facilities.
    """
    runs = [reached(seed + n, facilities // REPEATS, views) for n in range(REPEATS)]
    pooled = np.concatenate(runs, axis=1)
    value = _least(pooled)
    each = [_least(run) for run in runs]
    return Threshold(value, false_leads(pooled, value), min(each), max(each), pooled.shape[1])


def reached(seed: int, facilities: int, views: tuple[View, ...] = WATCHED) -> Floats:
    """Support (bans) per class and facility, where no facility is H1.

    It is minus infinity with too few families for, as no threshold makes that a lead.
    """
    random = np.random.default_rng(seed)
    return np.stack([_class(random, at, facilities, views) for at in range(priors().height)])


def false_leads(support: Floats, value_bans: float) -> float:
    """Leads per 1,000 facilities in the class that has most of them."""
    return float(1000 * (support >= value_bans).mean(axis=1).max())


def _least(support: Floats) -> float:
    """The least multiple of the step that no class reaches too often."""
    allowed = int(FALSE_LEADS_PER_THOUSAND / 1000 * support.shape[1])
    refused = float(np.sort(support, axis=1)[:, -allowed - 1].max())
    if not math.isfinite(refused):
        return 0.0
    return round((math.floor(refused / STEP_BANS + 1e-9) + 1) * STEP_BANS, 2)


def _class(random: np.random.Generator, at: int, count: int, views: tuple[View, ...]) -> Floats:
    caps, lead = settings()["caps"], settings()["lead"]
    shares = priors().select(HYPOTHESES).to_numpy()[at, 1:]
    truth = 1 + random.choice(len(shares), size=count, p=shares / shares.sum())
    seen = [_seen(random, view, truth) for view in views]
    facility, family, values = (np.concatenate(parts) for parts in zip(*seen, strict=True))
    # Every answer has an origin of its own, so there are no echoes to merge.
    items = fusion.Merged(
        facility,
        family,
        np.maximum(values, 0),
        np.maximum(-values, 0),
        np.ones(len(facility), dtype=bool),
    )
    weights = fusion.families(items, (count, len(FAMILIES)), caps["family_bans"])
    prior = np.tile(prior_bans()[at], (count, 1))
    support, rival = fusion.support(weights, prior, caps["total_bans"])
    families_for = (weights[np.arange(count), :, rival] > 0).sum(axis=1)
    return np.where(families_for >= lead["families_at_least"], support, -np.inf)


def _seen(
    random: np.random.Generator, view: View, truth: fusion.Integers
) -> tuple[fusion.Integers, fusion.Integers, Floats]:
    """Facility, family and bans of every answer that one view gives."""
    require_kinds(view.kinds)
    table = {row["kind"]: row for row in likelihoods().iter_rows(named=True)}
    reaches = np.flatnonzero(random.random(len(truth)) < view.available)
    facility = np.repeat(reaches, random.integers(1, view.answers + 1, len(reaches)))
    size = len(facility)
    exposure = random.uniform(*view.exposure, size)
    detectability = random.uniform(*view.detectability, size)
    grades = settings()["reliability"]
    weight = random.choice(np.array([grades[g] for g in view.grades]), size)
    usual = table[view.kinds[0]]
    given = [np.array([table[kind][h] for h in HYPOTHESES]) for kind in view.kinds]
    likelihood = fusion.absent(given[0][None, :], detectability, exposure)
    is_open = np.ones(size, dtype=bool)
    for kind, shares in zip(view.kinds, given, strict=True):
        background = np.full(size, table[kind]["background"])
        as_flag = fusion.flagged(shares[None, :], background, exposure)
        is_flag = is_open & (random.random(size) < as_flag[np.arange(size), truth[facility]])
        likelihood[is_flag] = as_flag[is_flag]
        is_open &= ~is_flag
    cap = np.array([np.nan if usual["ratio_cap"] is None else usual["ratio_cap"]])
    family = np.full(size, FAMILIES.index(usual["family"]))
    return facility, family, fusion.bans(likelihood, weight, cap)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    LOG.info("watched: %s", threshold(SEED, FACILITIES))
    LOG.info("views as stated: %s", threshold(SEED, FACILITIES, VIEWS))
