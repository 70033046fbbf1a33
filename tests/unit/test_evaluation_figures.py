"""Figures of rankings, calibration and threshold, against sums by hand and against scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_curve

from indicia.world.evaluation import calibration, ranking
from indicia.world.evaluation.ranking import measured, rank
from indicia.world.evaluation.threshold import threshold

ONCE = np.ones((1, 1))


def ranked(score, is_cluster, world=None, worlds=1):
    places = np.zeros(len(score), dtype=int) if world is None else np.array(world)
    return rank(np.array(score, dtype=float), np.array(is_cluster, dtype=bool), places, worlds)


def scattered(seed, count=400, worlds=4):
    random = np.random.default_rng(seed)
    is_cluster = random.random(count) < 0.1
    score = np.round(random.standard_normal(count) + is_cluster, 1)  # rounding makes ties
    return score, is_cluster, random.integers(0, worlds, count)


def test_average_precision_by_hand():
    made = ranked([4, 3, 2, 1], [1, 0, 1, 0])
    assert ranking.average_precision(made, ONCE)[0] == pytest.approx((1 + 2 / 3) / 2)


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_and_curve_are_those_of_scikit_learn_with_ties(seed):
    score, is_cluster, world = scattered(seed)
    made = rank(score, is_cluster, world, 4)
    assert ranking.average_precision(made, np.ones((1, 4)))[0] == pytest.approx(
        average_precision_score(is_cluster, score)
    )
    recall, precision = ranking.curve(made)
    assert recall[-1] == 1.0
    steps = np.diff(recall, prepend=0)
    assert (steps * precision).sum() == pytest.approx(
        average_precision_score(is_cluster, score)
    )


@pytest.mark.parametrize("allowed", [0.0, 0.01, 0.05, 0.2, 1.0])
def test_recall_at_a_false_share_lies_on_the_roc_curve_of_scikit_learn(allowed):
    score, is_cluster, world = scattered(7)
    got = ranking.recall_at(rank(score, is_cluster, world, 4), np.ones((1, 4)), allowed)[0]
    false, true, _ = roc_curve(is_cluster, score, drop_intermediate=False)
    # Between two places of ties the line is straight; at a step it takes the upper end.
    at = np.flatnonzero(false <= allowed)[-1]
    if at + 1 < len(false):
        part = (allowed - false[at]) / (false[at + 1] - false[at])
        assert got == pytest.approx(true[at] + part * (true[at + 1] - true[at]))
    else:
        assert got == pytest.approx(1.0)


def test_a_weight_is_the_same_as_a_world_that_stands_twice():
    score, is_cluster, world = scattered(3)
    twice = world == 0
    more = rank(
        np.concatenate([score, score[twice]]),
        np.concatenate([is_cluster, is_cluster[twice]]),
        np.concatenate([world, world[twice]]),
        4,
    )
    once = rank(score, is_cluster, world, 4)
    weights = np.array([[2.0, 1, 1, 1]])
    for figure in (ranking.average_precision, lambda r, w: ranking.recall_at(r, w, 0.03)):
        assert figure(once, weights)[0] == pytest.approx(figure(more, np.ones((1, 4)))[0])


def test_ties_give_the_recall_and_precision_that_order_by_chance_would():
    made = ranked([1, 1, 1, 1], [1, 0, 0, 0])
    assert ranking.recall_at(made, ONCE, 1 / 3)[0] == pytest.approx(1 / 3)
    one_world = np.zeros(4, dtype=int)
    score, truth = np.ones(4), np.array([True, False, False, False])
    assert ranking.precision_at(2, score, truth, one_world, 1)[0] == pytest.approx(1 / 4)


def test_precision_at_k_by_hand_per_world():
    score = np.array([5.0, 4, 3, 2, 9, 1])
    truth = np.array([True, False, True, True, False, True])
    world = np.array([0, 0, 0, 0, 1, 1])
    assert ranking.precision_at(3, score, truth, world, 2).tolist() == [
        pytest.approx(2 / 3),
        0.5,  # the second world has two facilities
    ]


def test_a_world_without_facilities_is_left_out_of_the_mean():
    each = ranking.precision_at(1, np.array([1.0]), np.array([True]), np.array([0]), 2)
    assert math.isnan(each[1])
    assert ranking.mean_of_worlds(each, np.ones((1, 2)))[0] == 1.0


def test_without_clusters_nothing_is_measured():
    made = ranked([3, 2], [0, 0])
    assert math.isnan(ranking.average_precision(made, ONCE)[0])
    assert math.isnan(ranking.recall_at(made, ONCE, 0.5)[0])
    alone = ranked([3, 2], [1, 1])
    assert ranking.average_precision(alone, ONCE)[0] == 1.0
    assert ranking.recall_at(alone, ONCE, 0.0)[0] == 1.0


def test_an_interval_holds_the_value_and_one_world_has_none():
    score, is_cluster, world = scattered(1, count=4000, worlds=8)
    made = rank(score, is_cluster, world, 8)
    found = measured(lambda w: ranking.average_precision(made, w), 8)
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.2
    alone = measured(lambda _w: np.array([0.5]), 1)
    assert (alone.value, math.isnan(alone.low)) == (0.5, True)


def test_the_curve_of_calibration_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    bans = random.standard_normal(2000)
    truth = random.random(2000) < 1 / (1 + np.exp(-(-2 + 1.5 * bans)))
    ours = calibration.fit(bans, truth)
    theirs = LogisticRegression(C=np.inf, tol=1e-10).fit(bans[:, None], truth)
    assert ours.level == pytest.approx(theirs.intercept_[0], abs=1e-3)
    assert ours.slope == pytest.approx(theirs.coef_[0, 0], abs=1e-3)


@pytest.mark.parametrize("truth", [[True, True], [False, False]])
def test_a_curve_is_not_fitted_on_one_kind_of_facility(truth):
    assert calibration.fit(np.array([0.0, 1.0]), np.array(truth)) is None


def test_clusters_that_stand_apart_do_not_break_the_fit():
    made = calibration.fit(np.array([0.0, 0.1, 5.0, 5.1]), np.array([False, False, True, True]))
    assert np.isfinite([made.level, made.slope]).all()
    low, high = made.share(np.array([0.0, 5.0]))
    assert low < 0.01
    assert high > 0.99


def test_calibration_error_and_brier_by_hand_and_by_scikit_learn():
    share = np.array([0.05, 0.05, 0.25, 0.25, 1.0])
    truth = np.array([False, False, True, False, True])
    bins = calibration.reliability(share, truth, np.zeros(5, dtype=int), 1)
    assert calibration.calibration_error(bins).value == pytest.approx((0.1 + 0.5 + 0) / 5)
    assert calibration.calibration_error(bins, shown_only=True).value == pytest.approx(0.5 / 3)
    assert calibration.brier(bins).value == pytest.approx(brier_score_loss(truth, share))


def test_no_facility_above_the_lowest_bin_leaves_that_error_open():
    bins = calibration.reliability(np.array([0.01]), np.array([False]), np.array([0]), 1)
    assert math.isnan(calibration.calibration_error(bins, shown_only=True).value)


def held(false, worlds=1):
    score = np.array([*false, 9.0])
    is_cluster = np.array([False] * len(false) + [True])
    return threshold(score, is_cluster, np.arange(len(score)) % worlds, worlds)


def test_the_threshold_lets_one_in_a_thousand_through_and_no_more():
    false = np.full(2000, -np.inf)
    false[:4] = [1.23, 1.01, 0.42, 0.40]  # two may pass: the third, at 0.42, may not
    made = held(false)
    assert made.value_bans == 0.45
    assert (made.false_per_thousand, made.facilities_count) == (1.0, 2000)


def test_facilities_with_equal_support_are_refused_together():
    false = np.full(2000, -np.inf)
    false[:3] = 0.42
    assert (held(false).value_bans, held(false).false_per_thousand) == (0.45, 0.0)


def test_a_support_at_a_step_needs_the_next_step():
    false = np.full(1000, -np.inf)
    false[:2] = [0.9, 0.5]
    assert held(false).value_bans == 0.55


def test_where_nothing_false_can_be_a_lead_the_threshold_is_zero():
    assert held(np.full(50, -np.inf)).value_bans == 0.0


def test_the_interval_of_the_threshold_comes_from_worlds():
    random = np.random.default_rng(2)
    made = held(random.standard_normal(8000), worlds=8)
    assert made.low_bans <= made.value_bans <= made.high_bans
    assert made.low_bans < made.high_bans
    assert math.isnan(held(random.standard_normal(100)).low_bans)
