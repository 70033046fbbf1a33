"""How often something stands out where nothing but noise is, and how often what was planted does. Printed."""

import numpy as np
import pytest

from indicia.indicators import null_tail
from indicia.indicators.steps import spread
from indicia.scoring import multiplicity

pytestmark = pytest.mark.bench
RELEASES, FACILITIES, INDICATORS, MONTHS, PAST = 200, 200, 3, 60, 24


def noise(random, correlation):
    made = random.standard_normal((FACILITIES, MONTHS))
    for at in range(1, MONTHS):
        made[:, at] = correlation * made[:, at - 1] + np.sqrt(1 - correlation**2) * made[:, at]
    return made


def against_own_past(values):
    """Robust z of every month against all months before it, as the indicators of lanes do."""
    z = []
    for at in range(PAST, MONTHS):
        past = values[:, :at]
        z.append((values[:, at] - np.median(past, axis=1)) / spread(past))
    return np.stack(z, axis=1)


def stand_out(random, correlation, planted):
    p = []
    for indicator in range(INDICATORS):
        values = noise(random, correlation)
        values[0, -1] += planted if indicator == 0 else 0
        z = against_own_past(values)
        p.append(null_tail.of_largest(z, z.max(axis=1), np.full(FACILITIES, z.shape[1])))
    joined = multiplicity.simes(
        np.repeat(np.arange(FACILITIES), INDICATORS), np.stack(p, axis=1).ravel()
    )
    return multiplicity.adjusted(joined) <= 0.10


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8])
def test_rate_of_false_discoveries(correlation):
    random = np.random.default_rng(3)
    alone = [stand_out(random, correlation, 0.0).any() for _ in range(RELEASES)]
    print(
        f"\ncorrelation {correlation}: releases of {FACILITIES} facilities with anything: "
        f"{100 * np.mean(alone):.2f} % of {RELEASES} where nothing was planted"
    )
    for planted in (6.0, 12.0):
        found = np.stack(
            [stand_out(random, correlation, planted) for _ in range(RELEASES // 5)]
        )
        wrong = found[:, 1:].sum(axis=1) / np.maximum(found.sum(axis=1), 1)
        print(
            f"planted {planted:.0f} sigma: found {100 * found[:, 0].mean():.0f} %, "
            f"others among the found {100 * wrong.mean():.1f} %"
        )
