"""The pooled null: its tail against known distributions, its promise, and what it refuses to say."""

import numpy as np
import pytest

from indicia.indicators import null_tail
from indicia.scoring import multiplicity


def like_neighbours(random, series, periods, correlation=0.5):
    """Noise that resembles its neighbours, of variance one."""
    noise = random.standard_normal((series, periods))
    for at in range(1, periods):
        kept = correlation * noise[:, at - 1]
        noise[:, at] = kept + np.sqrt(1 - correlation**2) * noise[:, at]
    return noise


@pytest.mark.parametrize(("shape", "scale"), [(0.05, 2.0), (0.2, 1.0), (0.4, 0.5)])
def test_moments_find_the_tail_that_samples_were_drawn_from(shape, scale):
    uniform = np.random.default_rng(1).random((400, 2_000))
    found = [null_tail.fit(scale * (u**-shape - 1) / shape) for u in uniform]
    # Beyond any start a Pareto tail keeps its shape, and its scale grows with it.
    assert np.mean([f.shape for f in found]) == pytest.approx(shape, abs=0.03)
    ratio = [f.scale / (scale + shape * f.start) for f in found]
    assert np.mean(ratio) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("far", [2.0, 3.0, 4.0])
def test_p_of_normal_noise_is_right_or_too_large_by_a_little(far):
    found = null_tail.fit(np.random.default_rng(2).standard_normal(20_000))
    exact = {2.0: 2.275e-2, 3.0: 1.350e-3, 4.0: 3.167e-5}[far]
    assert 0.8 * exact < found.p(np.array([far]))[0] < 3 * exact


def test_p_never_falls_to_zero_nor_rises_with_the_value():
    pool = np.random.default_rng(3).uniform(-1, 1, 500)  # a pool with an end
    found = null_tail.fit(pool)
    p = found.p(np.array([-5.0, 0.0, 0.9, 0.999, 2.0, 10.0, 1e6, np.inf]))
    assert (p > 0).all()
    assert (np.diff(p) <= 0).all()
    assert p[0] == 1.0
    assert p[-1] == 1 / (null_tail.FURTHEST * len(pool))
    assert np.isnan(found.p(np.array([np.nan]))[0])


def test_a_pool_that_is_too_small_or_too_flat_gives_no_p():
    few = np.random.default_rng(4).standard_normal((19, 60))
    short = np.random.default_rng(4).standard_normal((300, 5))
    small = np.random.default_rng(4).standard_normal((33, 6))
    for pool in (few, short, small, np.zeros((40, 60)), np.full((40, 60), np.nan)):
        p = null_tail.of_largest(pool, np.array([9.0, 0.1]), np.array([60, 60]))
        assert np.isnan(p).all()
    enough = np.random.default_rng(4).standard_normal((40, 60))
    p = null_tail.of_largest(enough, np.array([9.0, np.nan]), np.array([60, 60]))
    assert 0 < p[0] < 1e-3
    assert np.isnan(p[1])


def test_one_seed_gives_one_answer_whatever_the_order_of_series():
    pool = like_neighbours(np.random.default_rng(5), 40, 30)
    first, second = (null_tail.blocks(pool, 24, 50, seed=9) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (first != null_tail.blocks(pool, 24, 50, seed=10)).any()


def test_blocks_keep_neighbours_together_and_leave_gaps_out():
    pool = np.arange(240.0).reshape(20, 12)
    pool[:, 5] = np.nan
    made = null_tail.blocks(pool, 15, 200)
    assert made.shape == (200, 15)
    assert np.isfinite(made).all()
    steps = np.diff(made[:, :6], axis=1)
    assert set(np.unique(steps)) == {1.0, 2.0, -11.0}  # next, over the gap, round the end


def test_more_periods_tried_never_make_a_p_smaller():
    pool = like_neighbours(np.random.default_rng(6), 60, 40)
    tried = np.array([1, 2, 6, 12, 24, 36])
    p = null_tail.of_largest(pool, np.full(6, 3.0), tried)
    assert (np.diff(p) >= 0).all()
    # Neighbours that resemble each other are worth fewer tests than there are periods.
    assert p[-1] < 1 - (1 - p[0]) ** 36


def test_the_largest_of_noise_is_as_rare_as_its_p_says():
    pool = like_neighbours(np.random.default_rng(7), 3_000, 48)
    p = null_tail.of_largest(pool, pool.max(axis=1), np.full(3_000, 48))
    for level in (0.01, 0.05, 0.2):
        assert (p <= level).mean() == pytest.approx(level, rel=0.35)


def test_on_noise_alone_at_most_one_release_in_ten_has_a_facility_that_stands_out():
    random = np.random.default_rng(8)
    releases = [found_in(noises(random)).any() for _ in range(60)]
    assert np.mean(releases) <= 0.10 + 1.65 * np.sqrt(0.1 * 0.9 / len(releases))


def test_what_is_planted_in_the_same_noise_stands_out():
    seen = noises(np.random.default_rng(9))
    seen[0][7, 30] += 12
    found = found_in(seen)
    assert found[7]
    assert found.sum() == 1


def noises(random, facilities=60, indicators=3, periods=48):
    return [like_neighbours(random, facilities, periods) for _ in range(indicators)]


def found_in(seen, level=0.10):
    """Which facilities stand out, each with one series per indicator."""
    count = len(seen)
    p = [null_tail.of_largest(s, s.max(axis=1), np.full(len(s), s.shape[1])) for s in seen]
    simes = (np.sort(np.stack(p, axis=1)) * count / np.arange(1, count + 1)).min(axis=1)
    return multiplicity.adjusted(simes) <= level
