"""What must hold of the ledger whatever the figures."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.reference.compute.claims import Claim, imply
from indicia.scoring.ledger import (
    Assumptions,
    candidates,
    counted,
    from_claim,
    from_imports,
    from_power,
    needed_mw,
    priors,
    summed,
)

QUICK = settings(max_examples=40, deadline=None)
MW = st.floats(0.01, 5000)
KINDS = st.sampled_from(("avg", "peak", "capacity"))
CLASSES = st.sampled_from(candidates())
SITES = st.sampled_from(("ai", "colocation", "hall_cn", "dedicated", "research"))


def ends(count):
    return (count.accelerators.p05, count.accelerators.p50, count.accelerators.p95)


@QUICK
@given(MW, MW, KINDS, CLASSES)
def test_more_power_never_means_fewer_accelerators(one, other, kind, chip_class):
    low, high = sorted((one, other))
    fewer, more = (ends(from_power(mw, kind, chip_class)[0]) for mw in (low, high))
    assert all(a <= b for a, b in zip(fewer, more, strict=True))


@QUICK
@given(MW, st.floats(0.1, 50), KINDS, CLASSES)
def test_counts_scale_with_power(mw, factor, kind, chip_class):
    once, times = (from_power(m, kind, chip_class)[0] for m in (mw, mw * factor))
    assert ends(times) == pytest.approx([v * factor for v in ends(once)], rel=1e-9)


@QUICK
@given(MW, KINDS, SITES)
def test_intervals_are_in_order_and_hold_their_middle(mw, kind, site):
    for count in from_power(mw, kind, site=site):
        low, middle, high = ends(count)
        assert 0 < low < middle < high
        assert count.accelerators.holds(middle)


@settings(max_examples=5, deadline=None)
@given(MW, KINDS, CLASSES, st.integers(0, 2**31))
def test_one_seed_gives_one_answer_and_another_nearly_the_same(mw, kind, chip_class, seed):
    own = Assumptions(seed=seed)
    first, again = (from_power(mw, kind, chip_class, assumptions=own)[0] for _ in range(2))
    assert first == again
    assert ends(first) == pytest.approx(ends(from_power(mw, kind, chip_class)[0]), rel=0.03)


@QUICK
@given(MW, KINDS)
def test_classes_do_not_depend_on_which_others_are_asked(mw, kind):
    together = {c.chip_class: c for c in from_power(mw, kind)}
    for name in reversed(candidates()):
        assert from_power(mw, kind, name)[0] == together[name]


@QUICK
@given(MW, CLASSES)
def test_a_range_lies_between_its_ends(mw, chip_class):
    low, middle, high = (
        from_power(p, "peak", chip_class)[0].accelerators.p50
        for p in (mw, (mw, 2 * mw), 2 * mw)
    )
    assert low < middle < high


@QUICK
@given(st.floats(1, 1e6), CLASSES)
def test_power_needed_and_the_count_it_gives_agree(number, chip_class):
    whole = {"ai_share": (1.0, 1.0, 1.0), "peak_share": (1.0, 1.0, 1.0)}
    own = Assumptions(tuple(whole.items()))
    needed = needed_mw(number, chip_class, own)
    back = from_power(needed.p50, "peak", chip_class, assumptions=own)[0].accelerators
    assert back.p50 == pytest.approx(number, rel=0.01)


@QUICK
@given(st.floats(1, 1e10), st.sampled_from(("value_usd", "servers", "mass_kg")), CLASSES)
def test_imports_scale_and_are_in_order(amount, measure, chip_class):
    once, twice = (from_imports(a, measure, chip_class)[0] for a in (amount, 2 * amount))
    assert ends(twice) == pytest.approx([2 * v for v in ends(once)])
    assert ends(once) == tuple(sorted(ends(once)))


@QUICK
@given(st.floats(1, 1e9), st.floats(0.1, 1000))
def test_a_longer_run_needs_fewer_accelerators(hours, days):
    short, long = (from_claim(hours, d, "hopper")[0] for d in (days, 2 * days))
    assert ends(short) == pytest.approx([2 * v for v in ends(long)])


# Percentiles of 50,000 draws move by about this much when one prior hardly changes.
NOISE = 0.002
NARROWED = st.sampled_from(
    ("pue_ratio", "ai_share", "overhead_ratio", "utilisation_share", "peak_share", "fill_share")
)


@QUICK
@given(NARROWED, st.floats(0, 1), KINDS, CLASSES)
def test_a_narrower_prior_never_widens_an_interval(quantity, share, kind, chip_class):
    usual = priors().get((quantity, chip_class)) or priors()[quantity, "any"]
    ends_ = (
        usual.mode - share * (usual.mode - usual.least),
        usual.mode + share * (usual.most - usual.mode),
    )
    # As its class has it: `overhead_ratio` of a pod is 1, and 1.05 to 1.25 for it would be wider.
    own = Assumptions.of({f"{quantity}:{chip_class}": (ends_[0], usual.mode, ends_[1])})
    wide, narrow = (
        from_power(10, kind, chip_class, assumptions=a)[0].accelerators for a in (None, own)
    )
    assert narrow.width <= wide.width * (1 + NOISE)


ROWS = st.lists(
    st.tuples(MW, KINDS, CLASSES, st.sampled_from(("facility", "it", "system"))),
    min_size=1,
    max_size=8,
)


def table(rows):
    return pl.DataFrame(
        rows, schema=["mw", "power_kind", "chip_class", "boundary"], orient="row"
    ).with_columns(site=pl.lit("ai"), is_power_limited=pl.lit(value=False))


@QUICK
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows, random):
    mixed = random.sample(rows, len(rows))
    assert sorted(counted(table(rows)).rows()) == sorted(counted(table(mixed)).rows())
    by = ["power_kind", "chip_class"]
    first, second = (
        {r[:2]: r[4:7] for r in summed(table(order), by).iter_rows()} for order in (rows, mixed)
    )
    assert first.keys() == second.keys()
    assert all(first[key] == pytest.approx(second[key]) for key in first)


@QUICK
@given(ROWS, MW)
def test_another_site_never_lowers_a_sum(rows, mw):
    more = [*rows, (mw, *rows[0][1:])]
    by = ["power_kind", "chip_class", "boundary"]
    fewer, larger = (
        {r[:3]: r[5:8] for r in summed(table(order), by).iter_rows()} for order in (rows, more)
    )
    assert all(
        a <= b * (1 + 1e-9)
        for key in fewer
        for a, b in zip(fewer[key], larger[key], strict=True)
    )


@QUICK
@given(st.floats(0.1, 1000), st.floats(0.1, 100), st.floats(1e3, 1e9))
def test_more_hours_for_one_model_mean_less_utilisation(parameters, tokens, hours):
    def used(h):
        return imply(Claim("x", parameters, tokens, chip_class="hopper", accelerator_hours=h))

    assert used(hours).mfu == pytest.approx(2 * used(2 * hours).mfu)
