"""How tests are counted: Simes and Benjamini-Hochberg by hand, and what an exposure permits."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from indicia.indicators import CATALOGUE
from indicia.schema import EVIDENCE, EVIDENCE_SOURCE
from indicia.scoring import multiplicity
from indicia.scoring.assess import Question, weigh

FACILITY = {
    "country_iso2": "CN",
    "is_declared_ai": True,
    "site_class": "ai",
    "largest_mw": None,
}


def weighed(reaching):
    """Facilities by name, each with (scope, exposure, p, tests) of what reaches it."""
    scopes = {scope: (p, tests) for seen in reaching.values() for scope, _, p, tests in seen}
    evidence = [
        {
            "evidence_id": scope,
            "indicator": "C01",
            "scope_kind": "lane",
            "scope_id": scope,
            "result": "no_flag",
            "kind": "corridor_surge_z_gt_3.5",
            "statement": "made",
            "origin_id": scope,
            "p_value": p,
            "tests_count": tests,
        }
        for scope, (p, tests) in scopes.items()
    ]
    exposures = [
        {
            "facility_id": f,
            "scope_kind": "lane",
            "scope_id": s,
            "weight_share": w,
            "basis": "made",
        }
        for f, seen in reaching.items()
        for s, w, _, _ in seen
    ]
    question = Question(
        pl.DataFrame(
            [FACILITY | {"facility_id": f} for f in reaching], infer_schema_length=None
        ).with_columns(pl.col("largest_mw").cast(pl.Float64)),
        pl.DataFrame(
            schema=dict.fromkeys(
                ("facility_id", "role", "party_name", "headquarters_iso2"), pl.String
            )
        ),
        pl.DataFrame(exposures),
        date(2026, 11, 22),
    )
    return weigh(question, CATALOGUE, EVIDENCE.frame(evidence), EVIDENCE_SOURCE.frame([]))


def rows(answer):
    return {r["facility_id"]: r for r in answer["assessment"].iter_rows(named=True)}


def test_simes_and_q_by_hand():
    answer = weighed(
        {
            "a": [("a1", 1.0, 0.01, 60), ("a2", 1.0, 0.04, 12)],
            "b": [("b1", 1.0, 0.30, 5)],
            "c": [("c1", 1.0, 0.50, 5), ("c2", 1.0, 0.02, 7), ("c3", 1.0, 0.9, 1)],
        }
    )
    found = rows(answer)
    # a: min(2 x 0.01, 0.04); c: min(3 x 0.02, 3/2 x 0.5, 0.9). Then three facilities are compared.
    assert [found[f]["p_simes"] for f in "abc"] == pytest.approx([0.02, 0.30, 0.06])
    assert [found[f]["q_value"] for f in "abc"] == pytest.approx([0.06, 0.30, 0.09])
    assert [found[f]["tests_count"] for f in "abc"] == [72, 5, 13]


def test_a_zone_is_never_stronger_at_a_facility_than_its_exposure_permits():
    answer = weighed({"a": [("zone", 0.1, 1e-9, 60)], "b": [("zone", 0.85, 1e-9, 60)]})
    found = rows(answer)
    assert found["a"]["p_simes"] == pytest.approx(0.9)
    assert found["b"]["p_simes"] == pytest.approx(0.15)
    # At one in ten false a facility must be the source of what is seen with nine in ten.
    assert min(r["q_value"] for r in found.values()) > 0.10


def test_evidence_without_a_p_is_counted_apart_and_forces_none():
    found = rows(
        weighed(
            {"a": [("a1", 1.0, None, None)], "b": [("b1", 1.0, 0.2, 3), ("b2", 0.5, None, 9)]}
        )
    )
    assert (found["a"]["p_simes"], found["a"]["q_value"], found["a"]["tests_count"]) == (
        None,
        None,
        0,
    )
    assert (found["a"]["untested_count"], found["b"]["untested_count"]) == (1, 1)
    assert found["b"]["tests_count"] == 3


def test_every_test_of_the_release_is_counted_also_where_it_reaches_no_facility():
    answer = weighed({"a": [("shared", 0.2, 0.5, 60)], "b": [("shared", 0.3, 0.5, 60)]})
    (run,) = answer["test_run"].iter_rows(named=True)
    assert (run["evidence_count"], run["with_p_count"], run["tests_count"]) == (1, 1, 60)
    assert run["smallest_p"] == 0.5
    assert sum(answer["assessment"]["tests_count"]) == 120


def test_p_moves_neither_support_nor_verdict():
    one, other = (
        weighed({"a": [("a1", 1.0, p, 60)]})["assessment"].drop("p_simes", "q_value")
        for p in (0.9, 1e-9)
    )
    assert one.equals(other)


def test_more_tests_never_make_a_q_smaller():
    p = np.array([0.001, 0.2, 0.03])
    more = np.append(p, [0.9, 0.9])
    assert (multiplicity.adjusted(more)[:3] >= multiplicity.adjusted(p)).all()
    assert multiplicity.adjusted(np.zeros(0)).tolist() == []
    assert multiplicity.simes(np.zeros(0, int), np.zeros(0)).tolist() == []
