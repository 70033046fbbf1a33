"""The arithmetic of weight of evidence, for all facilities at once.

Units are bans (log10 of a likelihood ratio of H1 over a rival). Order of items never matters; an
item that favours H1 against every rival never lowers support. Method: docs/method.md.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


def flagged(given: Floats, background: Floats, exposure: Floats) -> Floats:
    """Likelihood of a flag under each hypothesis, seen through an exposure.

    Args:
        given: P(e|H), items x 8 (share).
        background: P(e) where the facility is not the source (share), per item.
        exposure: Probability that the facility is the source (share), per item.
    """
    w = exposure[:, None]
    return w * given + (1 - w) * background[:, None]


def absent(given: Floats, detectability: Floats, exposure: Floats) -> Floats:
    """Likelihood of having looked and not found, under each hypothesis.

    Args:
        given: P(e|H), items x 8 (share).
        detectability: Chance that the source would have shown the signal (share), per item.
        exposure: Probability that the facility would be its source (share), per item.
    """
    return 1 - (detectability * exposure)[:, None] * given


def bans(likelihood: Floats, weight: Floats, ratio_cap: Floats) -> Floats:
    """Items x 7: weighted log10 ratio of H1 over each rival, each ratio capped (NaN = no cap)."""
    ratio = np.log10(likelihood[:, :1] / likelihood[:, 1:])
    cap = np.where(np.isnan(ratio_cap), np.inf, np.log10(ratio_cap))[:, None]
    return np.asarray(weight[:, None] * np.clip(ratio, -cap, cap))


@dataclass(frozen=True, slots=True)
class Merged:
    """Items of one facility and origin counted once: the strongest for and against each rival.

    Args:
        facility, family: Per merged item; the family is that of the strongest echo.
        gain, loss: Merged items x 7: bans for H1, and magnitude of bans against it.
        counts: Per original item: whether it is the strongest echo against some rival.
    """

    facility: Integers
    family: Integers
    gain: Floats
    loss: Floats
    counts: npt.NDArray[np.bool_]


def merge_echoes(
    facility: Integers, origin: Integers, family: Integers, values: Floats
) -> Merged:
    """Merge items that come from one origin (publisher's document, report, process)."""
    if not len(values):
        none = np.zeros((0, values.shape[1]))
        return Merged(facility, family, none, none, np.zeros(0, dtype=bool))
    strength = np.abs(values).max(axis=1)
    order = np.lexsort((family, -strength, origin, facility))
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = (np.diff(facility[order]) != 0) | (np.diff(origin[order]) != 0)
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(starts) - 1
    first = order[starts]
    ordered, at = values[order], np.flatnonzero(starts)
    gain = np.maximum.reduceat(np.maximum(ordered, 0), at)
    loss = np.maximum.reduceat(np.maximum(-ordered, 0), at)
    attains: npt.NDArray[np.bool_] = ((values > 0) & (values >= gain[group])) | (
        (values < 0) & (-values >= loss[group])
    )
    return Merged(facility[first], family[first], gain, loss, _counted(attains, order, group))


def _counted(
    attains: npt.NDArray[np.bool_], order: Integers, group: Integers
) -> npt.NDArray[np.bool_]:
    """Of echoes that are equally strong one counts; an origin that says nothing counts once."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    best = np.full((group.max() + 1, attains.shape[1]), len(order))
    np.minimum.at(best, group, np.where(attains, place[:, None], len(order)))
    counts = (best[group] == place[:, None]).any(axis=1)
    counts[order[np.diff(group[order], prepend=-1) != 0]] = True
    return np.asarray(counts)


@dataclass(frozen=True, slots=True)
class Tally:
    """What the items of each facility and family come to, before they are set off and clipped.

    Args:
        most_for, sum_for: Facilities x families x 7: strongest item for H1, and all together.
        most_against, sum_against: The same of the magnitudes of items against it.
    """

    most_for: Floats
    sum_for: Floats
    most_against: Floats
    sum_against: Floats

    def weights(self, cap: float) -> Floats:
        """Half the strongest plus half the sum, for less against, clipped."""
        favour, doubt = self.most_for + self.sum_for, self.most_against + self.sum_against
        return np.asarray(np.clip(favour / 2 - doubt / 2, -cap, cap))


def tally(items: Merged, shape: tuple[int, int]) -> Tally:
    """Count items up per facility and family."""
    rivals = items.gain.shape[1]
    parts = [np.zeros((shape[0] * shape[1], rivals)) for _ in range(4)]
    if len(items.facility):
        cell = items.facility * shape[1] + items.family
        order = np.argsort(cell, kind="stable")
        starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
        at = cell[order][starts]
        for values, most, total in (
            (items.gain[order], parts[0], parts[1]),
            (items.loss[order], parts[2], parts[3]),
        ):
            most[at] = np.maximum.reduceat(values, starts)
            total[at] = np.add.reduceat(values, starts)
    return Tally(*(part.reshape(*shape, rivals) for part in parts))


def families(items: Merged, shape: tuple[int, int], cap: float) -> Floats:
    """Facilities x families x 7: half the strongest plus half the sum, for and against, clipped."""
    return tally(items, shape).weights(cap)


def support(weights: Floats, prior: Floats, cap: float) -> tuple[Floats, Integers]:
    """Support for H1 against its strongest rival, and which rival that is.

    Args:
        weights: Facilities x families x 7 (bans).
        prior: Facilities x 7 (bans).
        cap: Largest total evidence either way (bans).
    """
    against_each = np.clip(weights.sum(axis=1), -cap, cap) + prior
    rival = against_each.argmin(axis=1)
    return against_each[np.arange(len(rival)), rival], rival


def is_favoured_over(weights: Floats, rival: Integers, least_bans: float) -> Booleans:
    """Whether any family favours the first hypothesis over one rival each, per assessed.

    Args:
        weights: Assessed x families x rivals (bans).
        rival: The rival per assessed, as a column of `weights`.
        least_bans: A family that weighs less is taken to say nothing (bans).
    """
    return np.asarray(weights[np.arange(len(rival)), :, rival].max(axis=1) >= least_bans)


def favouring(weights: Floats, prior: Floats, least_bans: float) -> Booleans:
    """Which families favour the first hypothesis over all its rivals together (assessed x families).

    A family's likelihood under the rivals is their mean, each weighted by its prior: a family that
    favours the first hypothesis alone makes it likelier than it was.

    Args:
        weights: Assessed x families x rivals (bans).
        prior: Assessed x rivals: first hypothesis over each rival (bans).
        least_bans: A family that weighs less is taken to say nothing (bans).
    """
    share = 10.0**-prior
    share /= share.sum(axis=1, keepdims=True)
    ratio = np.einsum("afr,ar->af", 10.0**-weights, share)
    return np.asarray(-np.log10(ratio) >= least_bans)
