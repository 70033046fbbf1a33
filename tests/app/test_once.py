"""What is held for all who read one version of the data: never another version's answer."""

import made_store
import pytest

from app import once
from indicia.answers import compute, leads

ASKED: list[tuple[object, ...]] = []


def counted(store, *wishes):
    """A question that says how often it was asked."""
    ASKED.append((store.manifest.name, *wishes))
    return leads.tally(store)


def refused(_store):
    """A question that has no answer."""
    ASKED.append(("refused",))
    raise ZeroDivisionError


def test_one_version_is_asked_once_for_each_wish_and_a_refusal_is_not_held(made):
    ASKED.clear()
    first = once.of(made, counted, "a")
    assert once.of(made, counted, "a") is first
    assert once.of(made, counted, "b") == first == leads.tally(made)
    assert [wishes for _, *wishes in ASKED] == [["a"], ["b"]]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            once.of(made, refused)
    assert ASKED.count(("refused",)) == 2
    with pytest.raises(TypeError):  # two such bear one name
        once.of(made, lambda _store: 1)


def test_another_version_of_the_data_has_its_own_answer(made, starter):
    assert made.manifest.name != starter.manifest.name
    assert once.of(made, leads.tally) == leads.tally(made)
    assert once.of(starter, leads.tally) == leads.tally(starter) != leads.tally(made)


def test_scope_period_and_assumptions_are_told_apart(made):
    scope = compute.Scope("facility", made_store.BOLD)
    plain = once.of(made, compute.ask, scope)
    late = once.of(made, compute.ask, scope, compute.Period.of("2025", ""))
    assert late.period != plain.period
    assert (
        once.of(made, compute.ask, compute.Scope("facility", made_store.QUIET)).scope != scope
    )
    own = {"pue_ratio": (2.0, 2.1, 2.2)}
    changed = once.of(made, compute.ask, scope, compute.Period(), own)
    assert not changed.assumptions.equals(plain.assumptions)
    again = once.of(made, compute.ask, scope, compute.Period(), dict(own))
    assert again is changed
