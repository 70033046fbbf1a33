"""Lanes and organisations weighed: against sums done here in plain Python from the seed tables."""

import csv
import re
import tomllib
from dataclasses import replace
from datetime import date
from math import log10
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_subjects import (
    BUYER,
    CHINA,
    DENSE,
    HUB,
    LISTED,
    MARKS,
    MIRROR,
    SHELL,
    SURGE,
    fact,
    judged,
    of_lane,
    piece,
    weighed,
)

from indicia.errors import ReferenceTableError
from indicia.indicators import CATALOGUE
from indicia.reference import tables
from indicia.schema import SUBJECT_TABLES
from indicia.scoring import hypotheses, models
from indicia.scoring.models import ENTITY, LANE, MODELS
from indicia.world import null_subjects

FOLDER = Path(__file__).parents[2] / "data" / "reference"
GRADE = {"A": 1.0, "B": 0.9, "C": 0.7}


def seeds(name, key):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as lines:
        return {row[key]: row for row in csv.DictReader(lines)}


def flag(model, kind, rival, weight=1.0, exposure=1.0):
    row = seeds(f"likelihoods_{model.seeds}", "kind")[kind]
    first = model.hypotheses[0]

    def seen(h):
        return exposure * float(row[h]) + (1 - exposure) * float(row["background"])

    ratio = log10(seen(first) / seen(rival))
    cap = log10(float(row["ratio_cap"])) if row["ratio_cap"] else 9.0
    return weight * max(-cap, min(cap, ratio))


def absent(model, kind, rival, weight, sight):
    row = seeds(f"likelihoods_{model.seeds}", "kind")[kind]
    missed = [1 - sight * float(row[h]) for h in (model.hypotheses[0], rival)]
    return weight * log10(missed[0] / missed[1])


def prior(model, name, rival):
    row = seeds(f"priors_{model.seeds}", "prior_class")[name]
    return log10(float(row[model.hypotheses[0]]) / float(row[rival]))


# By hand


def test_a_lane_is_judged_as_computed_by_hand():
    found = judged(
        LANE,
        of_lane(SURGE, reliability="B"),
        of_lane(DENSE, reliability="C"),
        of_lane(MIRROR, "no_flag", detectability_share=0.1),
        of_lane(LISTED, weight=0.4, reliability="B"),
    )
    support = {}
    for rival in LANE.rivals:
        customs = [
            flag(LANE, SURGE, rival, GRADE["B"]),
            flag(LANE, DENSE, rival, GRADE["C"]),
            absent(LANE, MIRROR, rival, 1.0, 0.1),
        ]
        favour, doubt = [b for b in customs if b > 0], [-b for b in customs if b < 0]
        family = sum(
            (max(part) + sum(part)) / 2 * sign
            for part, sign in ((favour, 1), (doubt, -1))
            if part
        )
        registry = flag(LANE, LISTED, rival, GRADE["B"], 0.4)
        support[rival] = family + registry + prior(LANE, HUB, rival)
    rival = min(support, key=support.get)
    assert found["strongest_rival"] == rival == "L3"
    assert found["support_bans"] == pytest.approx(support[rival])
    assert found["evidence_bans"] == pytest.approx(support[rival] - prior(LANE, HUB, rival))
    assert found["support_high_bans"] == pytest.approx(support[rival] + log10(5))
    assert (found["families_for_count"], found["families_asked_count"]) == (2, 2)
    assert found["computable_count"] == 4
    assert found["verdict"] == "watch"


def test_an_organisation_is_judged_as_computed_by_hand():
    found = judged(
        ENTITY,
        piece(LISTED, reliability="B"),
        piece(SHELL),
        piece(BUYER, weight=0.5),
        piece(MARKS, "no_flag", detectability_share=0.1),
        facts=[fact(prior_class=CHINA)],
    )
    support = {}
    for rival in ENTITY.rivals:
        owner, shell = flag(ENTITY, LISTED, rival, 0.9), flag(ENTITY, SHELL, rival)
        registry = min(1.5, (max(owner, shell) + owner + shell) / 2)
        purchase = flag(ENTITY, BUYER, rival, 1.0, 0.5) + absent(ENTITY, MARKS, rival, 1.0, 0.1)
        support[rival] = registry + purchase + prior(ENTITY, CHINA, rival)
    rival = min(support, key=support.get)
    assert found["strongest_rival"] == rival == "E3"
    assert found["support_bans"] == pytest.approx(support[rival])
    assert found["families_for_count"] == 2


def test_a_family_left_out_of_a_lane_is_as_if_it_had_never_spoken():
    customs, registry = of_lane(SURGE), of_lane(LISTED, weight=0.4, reliability="B")
    told = weighed(LANE, customs, registry)["subject_family"]
    assert told["family"].to_list() == ["customs", "registry"]
    for row, rest in zip(told.iter_rows(named=True), (registry, customs), strict=True):
        bare = judged(LANE, rest)
        assert row["support_without_bans"] == pytest.approx(bare["support_bans"], abs=1e-12)
        assert (row["rival_without"], row["verdict_without"]) == (
            bare["strongest_rival"],
            bare["verdict"],
        )


def test_lanes_are_compared_by_q_and_by_nothing_else():
    plain = judged(LANE, of_lane(SURGE))
    assert (plain["tests_count"], plain["untested_count"], plain["q_value"]) == (0, 1, None)
    row = judged(LANE, of_lane(SURGE, p_value=0.02, tests_count=36))
    assert (row["tests_count"], row["untested_count"]) == (36, 0)
    assert row["p_simes"] == row["q_value"] == pytest.approx(0.02)
    assert row["support_bans"] == plain["support_bans"]


def test_every_rival_is_set_out_and_the_strongest_attains_the_support():
    tables_ = weighed(LANE, of_lane(SURGE))
    rivals, (row,) = tables_["subject_rival"], tables_["subject_assessment"].to_dicts()
    assert rivals["rival"].to_list() == list(LANE.rivals)
    assert rivals["support_bans"].min() == pytest.approx(row["support_bans"])
    (item,) = tables_["subject_item"].to_dicts()
    assert item["over_5_bans"] == pytest.approx(flag(LANE, SURGE, "L5"))
    assert item["exposure_basis"] == "made"


# What reaches a subject


def test_one_shock_in_many_months_and_codes_is_one_item():
    once = judged(LANE, of_lane(SURGE))
    months = [of_lane(SURGE, name=f"month-{n}") for n in range(12)]
    many = weighed(LANE, *months)
    assert many["subject_assessment"]["support_bans"][0] == once["support_bans"]
    assert many["subject_item"].height == 12
    assert many["subject_item"]["is_counted"].sum() == 1


def test_two_indicators_of_one_origin_count_as_the_stronger_of_them():
    apart = judged(LANE, of_lane(SURGE), of_lane(LISTED))
    echo = judged(LANE, of_lane(SURGE, origin_id="x"), of_lane(LISTED, origin_id="x"))
    strongest = max(
        flag(LANE, SURGE, echo["strongest_rival"]), flag(LANE, LISTED, echo["strongest_rival"])
    )
    assert echo["evidence_bans"] == pytest.approx(strongest)
    assert echo["support_bans"] < apart["support_bans"]


def test_a_kind_speaks_only_through_the_roles_the_seeds_name():
    as_buyer = weighed(ENTITY, piece(MARKS, role="buyer"), facts=[fact(prior_class=CHINA)])
    as_supplier = weighed(ENTITY, piece(MARKS), facts=[fact(prior_class=CHINA)])
    assert as_buyer["subject_item"].is_empty()
    assert as_supplier["subject_item"].height == 1


def test_evidence_from_before_a_licence_was_needed_does_not_count():
    since = [fact(licence_since_date=date(2022, 8, 26))]
    early = weighed(LANE, of_lane(SURGE, ends_date=date(2021, 12, 31)), facts=since)
    assert early["subject_item"].is_empty()
    results = early["subject_result"].filter(pl.col("indicator") == "C01")
    assert results["result"].to_list() == ["not_applicable"]
    late = weighed(LANE, of_lane(SURGE, ends_date=date(2022, 12, 31)), facts=since)
    assert late["subject_item"].height == 1


@pytest.mark.parametrize(("model", "word"), [(LANE, "reference lane"), (ENTITY, "listed")])
def test_where_the_first_hypothesis_cannot_be_asked_nothing_is_ranked(model, word):
    name = HUB if model is LANE else CHINA
    kinds = (SURGE, DENSE) if model is LANE else (LISTED, SHELL, BUYER)
    facts = [fact(prior_class=name, is_admissible=False)]
    found = judged(model, *(piece(k) for k in kinds), facts=facts)
    assert found["verdict"] == word
    assert not found["is_prior_driven"]


def test_one_family_alone_is_never_a_lead():
    every = seeds("likelihoods_lanes", "kind")
    customs = [of_lane(k) for k in (SURGE, DENSE, MIRROR) if every[k]["family"] == "customs"]
    assert judged(LANE, *customs)["verdict"] == "watch"
    found = judged(LANE, *customs)
    assert found["families_for_count"] <= 1


@pytest.mark.parametrize("model", MODELS)
def test_without_subjects_every_table_is_empty(model):
    found = weighed(model, facts=[])
    assert {t.name: t.frame([]).schema for t in SUBJECT_TABLES} == {
        k: v.schema for k, v in found.items()
    }
    assert all(frame.is_empty() for frame in found.values())


def test_a_subject_without_evidence_stands_at_its_prior():
    found = judged(LANE)
    assert found["support_bans"] == pytest.approx(prior(LANE, HUB, "L2"))
    assert (found["verdict"], found["computable_count"], found["coverage_share"]) == (
        "no lead",
        0,
        0,
    )


# Whatever the evidence

FEW = settings(max_examples=12, deadline=None)
PARTS = st.lists(
    st.tuples(
        st.sampled_from([LISTED, SHELL, BUYER, MARKS]),
        st.sampled_from(["flag", "no_flag"]),
        st.floats(0.05, 1.0),
        st.sampled_from("ABC"),
    ),
    max_size=6,
)


def pieces_of(parts, subject="s"):
    return [
        piece(
            k, r, subject=subject, name=f"{n}", weight=w, reliability=g, detectability_share=0.3
        )
        for n, (k, r, w, g) in enumerate(parts)
    ]


def supports(parts, *more):
    return judged(ENTITY, *pieces_of(parts), *more, facts=[fact(prior_class=CHINA)])[
        "support_bans"
    ]


@FEW
@given(PARTS, st.sampled_from([LISTED, SHELL]), st.floats(0.1, 1.0))
def test_another_supporting_item_never_lowers_support(parts, kind, weight):
    more = piece(kind, name="more", weight=weight)
    assert supports(parts, more) >= supports(parts) - 1e-12


@FEW
@given(PARTS, st.randoms(use_true_random=False))
def test_neither_order_nor_other_subjects_matter(parts, random):
    facts = [fact(prior_class=CHINA), fact("t", prior_class=CHINA)]
    both = [*pieces_of(parts), *pieces_of(parts[:2], "t")]
    random.shuffle(both)
    rows = weighed(ENTITY, *both, facts=facts)["subject_assessment"]
    assert rows["support_bans"].to_list() == pytest.approx(
        [supports(parts), supports(parts[:2])]
    )


@FEW
@given(PARTS)
def test_the_caps_hold(parts):
    caps = tables.settings()["caps"]
    found = judged(ENTITY, *pieces_of(parts), facts=[fact(prior_class=CHINA)])
    assert (
        abs(found["evidence_bans"]) <= min(caps["total_bans"], 2 * caps["family_bans"]) + 1e-12
    )


# The seeds


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.kind)
def test_the_seeds_agree_with_those_of_facilities_on_families_and_kinds(model):
    usual = dict(hypotheses.likelihoods().select("kind", "family").iter_rows())
    own = dict(models.likelihoods(model).select("kind", "family").iter_rows())
    assert own == {kind: usual[kind] for kind in own}
    assert models.priors(model).select(
        model.hypotheses
    ).sum_horizontal().to_list() == pytest.approx([1.0] * models.priors(model).height)


def test_an_indicator_of_lanes_without_a_seed_is_named():
    strange = replace(CATALOGUE[0], scope_kinds=("lane",), kinds=("goods_vanish",))
    with pytest.raises(ReferenceTableError, match=r"likelihoods_lanes: .*goods_vanish"):
        models.asked(LANE, [strange])


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("L1", "1.2", "not between 0 and 1"), ("family", "rumour", "no such family"),
     ("reason", "", "no reason"), ("ratio_cap", "0.5", "above 1")],
)  # fmt: skip
def test_a_seed_that_cannot_be_is_refused(monkeypatch, column, value, said):
    wrong = tables.table("likelihoods_lanes").with_columns(pl.lit(value).alias(column))
    monkeypatch.setattr(tables, "table", lambda _name: wrong)
    with pytest.raises(ReferenceTableError, match=said):
        models.likelihoods(replace(LANE, seeds=f"made-{column}"))


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.kind)
def test_the_committed_threshold_holds_in_null_worlds_of_another_seed(model):
    found = null_subjects.reached(model, 404, 20_000)
    assert found.shape == (models.priors(model).height, 20_000)
    assert (1000 * (found >= model.lead["threshold_bans"]).mean(axis=1)).max() <= 1.5
    assert np.isfinite(found).any()


# The method page

PAGE = (FOLDER.parents[1] / "docs" / "method.md").read_text(encoding="utf-8")
CASES = [tomllib.loads(text) for text in re.findall(r"^```toml subject\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["model"])
def test_the_worked_examples_of_the_method_page_are_what_the_code_computes(case):
    (model,) = (m for m in MODELS if m.kind == case["model"])
    pieces = [
        piece(
            item["kind"],
            item["result"],
            role=item["role"],
            weight=item.get("exposure_share", 1.0),
            reliability=item["reliability"],
            detectability_share=item.get("detectability_share"),
        )
        for item in case["items"]
    ]
    found = judged(model, *pieces, facts=[fact(prior_class=case["prior_class"])])
    assert found["support_bans"] == pytest.approx(case["support_bans"], abs=5e-4)
    told = ("strongest_rival", "verdict", "families_for_count")
    assert {k: found[k] for k in told} == {k: case[k] for k in told}


def test_the_method_page_works_an_example_of_each():
    assert [c["model"] for c in CASES] == [m.kind for m in MODELS]
