"""What must hold of the weighing whatever the evidence."""

from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indicia.scoring import fusion

RIVALS, FAMILIES = 7, 6
FAMILY_CAP, TOTAL_CAP = 1.5, 3.0
SHARES = st.floats(0.001, 0.999)
PRIOR = np.log10(np.array([[0.05 / p for p in (0.3, 0.2, 0.15, 0.02, 0.01, 0.22, 0.05)]]))
QUICK = settings(max_examples=80, deadline=None)


@st.composite
def pieces(draw, most=12, facilities=1):
    """Facility, origin, family and bans of up to `most` items; origins repeat now and then."""
    count = draw(st.integers(0, most))
    numbers = lambda top: draw(arrays(np.int64, count, elements=st.integers(0, top)))  # noqa: E731 -- three calls below
    bans = st.floats(-2.0, 2.0).map(lambda b: round(b, 3))
    values = draw(arrays(np.float64, (count, RIVALS), elements=bans))
    return numbers(facilities - 1), numbers(most - 1), numbers(FAMILIES - 1), values


def weighed(items, facilities=1):
    merged = fusion.merge_echoes(*items)
    return fusion.families(merged, (facilities, FAMILIES), FAMILY_CAP)


def supported(items, facilities=1):
    prior = np.tile(PRIOR, (facilities, 1))
    return fusion.support(weighed(items, facilities), prior, TOTAL_CAP)[0]


def chosen(items, at):
    return tuple(part[at] for part in items)


def added(items, *, origin, family, values, facility=0):
    more = (np.array([facility]), np.array([origin]), np.array([family]), values[None, :])
    return tuple(np.concatenate([a, b]) for a, b in zip(items, more, strict=True))


@QUICK
@given(pieces(facilities=3), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(items, random):
    at = list(range(len(items[0])))
    random.shuffle(at)
    np.testing.assert_allclose(
        supported(chosen(items, at), 3), supported(items, 3), rtol=0, atol=1e-12
    )


def test_all_orders_of_five_items_give_the_same_support():
    values = np.random.default_rng(5).normal(0, 0.7, (5, RIVALS))
    # Two echoes of one origin, three items of one family, one of another.
    items = (np.zeros(5, int), np.array([0, 1, 1, 2, 3]), np.array([0, 0, 1, 0, 1]), values)
    reached = [supported(chosen(items, list(at)))[0] for at in permutations(range(5))]
    assert len(reached) == 120
    assert np.ptp(reached) <= 1e-12
    assert reached[0] != supported(chosen(items, [0, 1, 2, 3]))[0]


@QUICK
@given(
    pieces(facilities=3),
    st.integers(0, FAMILIES - 1),
    arrays(np.float64, RIVALS, elements=st.floats(0.0, 2.0)),
)
def test_an_item_for_h1_against_every_rival_never_lowers_support(items, family, values):
    more = added(items, origin=99, family=family, values=values, facility=1)
    before, after = supported(items, 3), supported(more, 3)
    assert after[1] >= before[1] - 1e-12
    assert (after[[0, 2]] == before[[0, 2]]).all()


@QUICK
@given(
    pieces(),
    st.integers(0, FAMILIES - 1),
    arrays(np.float64, RIVALS, elements=st.floats(-2.0, 0.0)),
)
def test_an_item_against_h1_never_raises_support(items, family, values):
    more = added(items, origin=99, family=family, values=values)
    assert supported(more)[0] <= supported(items)[0] + 1e-12


@QUICK
@given(pieces(most=30))
def test_family_and_total_stay_within_their_caps(items):
    weights = weighed(items)
    assert np.abs(weights).max() <= FAMILY_CAP
    evidence = fusion.support(weights, np.zeros((1, RIVALS)), TOTAL_CAP)[0]
    assert abs(evidence[0]) <= TOTAL_CAP


def test_the_caps_are_reached():
    strong = np.full((6, RIVALS), 2.0)
    everywhere = (np.zeros(6, int), np.arange(6), np.arange(6), strong)
    assert (weighed(everywhere) == FAMILY_CAP).all()
    assert (weighed((*everywhere[:3], -strong)) == -FAMILY_CAP).all()
    zero = np.zeros((1, RIVALS))
    assert fusion.support(weighed(everywhere), zero, TOTAL_CAP)[0] == [TOTAL_CAP]
    assert fusion.support(weighed((*everywhere[:3], -strong)), zero, TOTAL_CAP)[0] == [
        -TOTAL_CAP
    ]


@QUICK
@given(pieces(), st.data())
def test_an_echo_changes_nothing(items, data):
    if not len(items[0]):
        return
    at = data.draw(st.integers(0, len(items[0]) - 1))
    twice = chosen(items, [*range(len(items[0])), at])
    np.testing.assert_array_equal(weighed(twice), weighed(items))
    counts = fusion.merge_echoes(*items).counts
    assert fusion.merge_echoes(*twice).counts.sum() == counts.sum()


def test_the_strongest_echo_counts_once_and_the_weaker_not():
    values = np.array([[0.2] * RIVALS, [0.5] * RIVALS, [0.5] * RIVALS])
    same = np.zeros(3, int)
    merged = fusion.merge_echoes(same, same, same, values)
    assert merged.gain.tolist() == [[0.5] * RIVALS]
    assert merged.counts.tolist() == [False, True, False]


def test_an_echo_that_is_strongest_against_some_rival_counts_too():
    rest = RIVALS - 1
    values = np.array([[1.0] * rest + [0.4], [0.3] * rest + [1.2], [0.2] * RIVALS])
    same = np.zeros(3, int)
    merged = fusion.merge_echoes(same, same, same, values)
    assert merged.gain.tolist() == [[1.0] * rest + [1.2]]
    assert merged.counts.tolist() == [True, True, False]


def test_further_items_of_a_family_count_half():
    values = np.array([[0.4] * RIVALS, [0.2] * RIVALS])
    zeros = np.zeros(2, int)
    np.testing.assert_allclose(weighed((zeros, np.arange(2), zeros, values))[0, 0], 0.5)
    np.testing.assert_allclose(weighed((zeros, np.arange(2), np.arange(2), values)).sum(1), 0.6)


@QUICK
@given(arrays(np.float64, (4, 8), elements=SHARES), arrays(np.float64, 4, elements=SHARES))
def test_an_exposure_of_zero_says_nothing(shares, other):
    none, one, free = np.zeros(4), np.ones(4), np.full(4, np.nan)
    assert (fusion.bans(fusion.flagged(shares, other, none), one, free) == 0).all()
    assert (fusion.bans(fusion.absent(shares, other, none), one, free) == 0).all()


@QUICK
@given(
    arrays(np.float64, (4, 8), elements=SHARES),
    arrays(np.float64, 4, elements=SHARES),
    arrays(np.float64, 4, elements=SHARES),
)
def test_an_exposure_of_one_gives_the_weighted_ratio(shares, background, weight):
    likelihood = fusion.flagged(shares, background, np.ones(4))
    got = fusion.bans(likelihood, weight, np.full(4, np.nan))
    np.testing.assert_allclose(
        got, weight[:, None] * np.log10(shares[:, :1] / shares[:, 1:]), atol=1e-12
    )


@QUICK
@given(
    arrays(np.float64, (4, 8), elements=SHARES),
    arrays(np.float64, 4, elements=SHARES),
    arrays(np.float64, 4, elements=st.floats(0, 1)),
)
def test_more_exposure_never_weakens_a_flag(shares, background, exposure):
    def strength(w):
        likelihood = fusion.flagged(shares, background, w)
        return np.abs(fusion.bans(likelihood, np.ones(4), np.full(4, np.nan)))

    assert (strength(exposure) <= strength(np.ones(4)) + 1e-12).all()


@QUICK
@given(arrays(np.float64, (4, 8), elements=SHARES), arrays(np.float64, 4, elements=SHARES))
def test_not_found_where_nothing_could_be_seen_says_nothing(shares, exposure):
    likelihood = fusion.absent(shares, np.zeros(4), exposure)
    assert (fusion.bans(likelihood, np.ones(4), np.full(4, np.nan)) == 0).all()


@QUICK
@given(arrays(np.float64, (4, 8), elements=SHARES), st.floats(1.01, 10.0), st.floats(0.1, 1.0))
def test_a_ratio_cap_holds_before_the_weight(shares, cap, weight):
    capped = fusion.bans(shares, np.full(4, weight), np.full(4, cap))
    free = fusion.bans(shares, np.full(4, weight), np.full(4, np.nan))
    assert np.abs(capped).max() <= weight * np.log10(cap) + 1e-12
    inside = np.abs(free) <= weight * np.log10(cap)
    np.testing.assert_array_equal(capped[inside], free[inside])


@QUICK
@given(pieces(facilities=4))
def test_other_facilities_do_not_change_one(items):
    together = supported(items, 4)
    for facility in range(4):
        own = chosen(items, items[0] == facility)
        alone = supported((np.zeros(len(own[0]), int), *own[1:]))
        np.testing.assert_allclose(together[facility], alone[0], rtol=0, atol=1e-12)


def test_a_family_counts_where_alone_it_makes_the_first_hypothesis_likelier():
    """By hand: two rivals, the first three times as likely before as the second."""
    prior = np.log10(np.array([[0.1 / 0.675, 0.1 / 0.225]]))
    weights = np.array([[[0.0, 0.5], [0.1, -0.5], [-0.2, 0.0], [0.0, 0.0]]])
    likelihoods = 10 ** -weights[0] @ [0.75, 0.25]
    assert (likelihoods < 1).tolist() == [True, False, False, False]
    assert fusion.favouring(weights, prior, 0.01).tolist() == [[True, False, False, False]]
    assert fusion.is_favoured_over(weights, np.array([0]), 0.01).tolist() == [True]
    assert fusion.is_favoured_over(weights[:, :1], np.array([0]), 0.01).tolist() == [False]


@QUICK
@given(
    pieces(), st.integers(0, FAMILIES - 1), arrays(np.float64, RIVALS, elements=st.floats(0, 2))
)
def test_an_item_for_h1_against_every_rival_takes_no_family_away(items, family, values):
    more = chosen(items, slice(None))
    more = (
        np.append(more[0], 0),
        np.append(more[1], 1000),
        np.append(more[2], family),
        np.vstack([more[3], values]),
    )
    before, after = (fusion.favouring(weighed(i), PRIOR, 0.01) for i in (items, more))
    assert not (before & ~after).any()
