"""The committed lead threshold against freshly drawn worlds without H1; never real data."""

import numpy as np
import pytest

from indicia.indicators import CATALOGUE
from indicia.scoring.hypotheses import settings
from indicia.world import nulls

COMMITTED = settings()["lead"]["threshold_bans"]
FRESH_SEED, FACILITIES = 404, 60_000


@pytest.fixture(scope="module")
def watched():
    return nulls.reached(FRESH_SEED, FACILITIES)


def test_the_committed_threshold_holds_in_worlds_of_another_seed(watched):
    assert nulls.false_leads(watched, COMMITTED) <= 1.3


def test_the_committed_threshold_is_not_needlessly_high(watched):
    assert nulls.false_leads(watched, COMMITTED - 0.3) > 1.0


def test_it_holds_in_every_class_and_where_less_is_known(watched):
    assert (1000 * (watched >= COMMITTED).mean(axis=1) <= 1.3).all()
    assert nulls.false_leads(nulls.reached(FRESH_SEED, FACILITIES, nulls.VIEWS), COMMITTED) <= 1


def test_a_recomputation_gives_the_committed_value_to_a_step():
    again = nulls.threshold(FRESH_SEED, FACILITIES)
    assert abs(again.value_bans - COMMITTED) <= nulls.STEP_BANS + 1e-9
    assert again.lowest_bans <= again.value_bans <= again.highest_bans
    assert again.false_leads_per_thousand <= 1.0
    assert again.facilities == FACILITIES


def test_one_seed_gives_one_answer():
    first, second = (nulls.reached(7, 1000) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (first != nulls.reached(8, 1000)).any()


def test_every_kind_of_evidence_of_the_catalogue_is_seen_in_these_worlds():
    drawn = {(v.indicator, kind) for v in nulls.VIEWS for kind in v.kinds}
    assert drawn == {(i.code, kind) for i in CATALOGUE for kind in i.kinds}
    seen = {(v.indicator, v.scope_kind) for v in nulls.VIEWS}
    assert seen == {(i.code, scope) for i in CATALOGUE for scope in i.scope_kinds}


def test_one_family_alone_reaches_no_threshold():
    alone = tuple(v for v in nulls.WATCHED if v.indicator == "R01")
    assert np.isneginf(nulls.reached(1, 1000, alone)).all()
