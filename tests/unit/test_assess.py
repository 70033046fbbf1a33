"""Assessments against sums done here in plain Python from the seed tables."""

import csv
from dataclasses import replace
from datetime import date
from math import log10
from pathlib import Path

import made
import polars as pl
import polars.testing
import pytest

from indicia.errors import ReferenceTableError
from indicia.indicators import CATALOGUE
from indicia.reference import tables
from indicia.schema import ASSESSMENTS, EVIDENCE, EVIDENCE_SOURCE, RESOLVED
from indicia.scoring import insight
from indicia.scoring.assess import Question, assess, weigh
from indicia.scoring.hypotheses import NOT_STATED, prior_class

ON = date(2026, 11, 1)
FOLDER = Path(__file__).parents[2] / "data" / "reference"
RIVALS = ("H2", "H3", "H4", "H5", "H6", "H7", "H8")
LEAD = tables.settings()["lead"]
DECLARED, UNLABELLED, ELSEWHERE = (
    "declared AI in China",
    "unlabelled load in China",
    "third-country cloud",
)
INFRASTRUCTURE, INFRASTRUCTURE_SIGHT = "liquid_cooling_or_IB_tender", 0.25
AWARD, PLAN = "tender_award_names_controlled_chip", "plan_names_controlled_chip"
SURGE, LISTED, STEP = (
    "corridor_surge_z_gt_3.5",
    "listed_party_address_or_owner",
    "load_step_ge_5MW",
)
UNIT_VALUE, GAP, SHELL, CUDA = (
    "import_unit_value_in_AI_band",
    "absorption_gap_R_gt_1.5",
    "new_shell_within_180d_of_rule",
    "adverts_CUDA_IB",
)


def seeds(name, key):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as lines:
        return {row[key]: row for row in csv.DictReader(lines)}


KINDS, PRIORS = seeds("likelihoods", "kind"), seeds("priors", "prior_class")


def share(kind, column):
    return float(KINDS[kind][column])


def prior(name, rival):
    return log10(float(PRIORS[name]["H1"]) / float(PRIORS[name][rival]))


def flag_bans(kind, rival, weight=1.0, exposure=1.0):
    def seen(h):
        return exposure * share(kind, h) + (1 - exposure) * share(kind, "background")

    return weight * log10(seen("H1") / seen(rival))


def absent_bans(kind, rival, weight, sight):
    return weight * log10((1 - sight * share(kind, "H1")) / (1 - sight * share(kind, rival)))


def clip(value, cap):
    return max(-cap, min(cap, value))


SITE = {
    "facility_id": "site",
    "country_iso2": "CN",
    "is_declared_ai": True,
    "site_class": "ai",
    "largest_mw": None,
}
FACTS = {
    "facility_id": pl.String,
    "country_iso2": pl.String,
    "is_declared_ai": pl.Boolean,
    "site_class": pl.String,
    "largest_mw": pl.Float64,
}
PARTIES = dict.fromkeys(("facility_id", "role", "party_name", "headquarters_iso2"), pl.String)
EXPOSURES = {
    "facility_id": pl.String,
    "scope_kind": pl.String,
    "scope_id": pl.String,
    "weight_share": pl.Float64,
    "basis": pl.String,
}
INDICATOR = {"power": "P01", "procurement": "R01", "customs": "C01", "staffing": "S01"}


def piece(kind, result="flag", *, site="site", name="", weight=1.0, **more):
    """A piece of evidence, with the exposure that ties it to a site."""
    scope = name or f"{kind}-{result}"
    row = {
        "evidence_id": f"{site}-{scope}",
        "indicator": INDICATOR.get(KINDS.get(kind, {}).get("family"), "E01"),
        "scope_kind": "place",
        "scope_id": f"{site}-{scope}",
        "result": result,
        "kind": kind,
        "statement": "Made for a test.",
        "origin_id": f"{site}-{scope}",
        "reliability": "A",
        "quality_share": 1.0,
        **more,
    }
    exposed = {
        "facility_id": site,
        "scope_kind": row["scope_kind"],
        "scope_id": row["scope_id"],
        "weight_share": weight,
        "basis": "made",
    }
    return row, exposed


def weighed(*pieces, sites=(SITE,), parties=(), catalogue=CATALOGUE):
    return weigh(
        Question(
            pl.DataFrame(sites, schema=FACTS),
            pl.DataFrame(parties, schema=PARTIES),
            pl.DataFrame([e for _, e in pieces], schema=EXPOSURES),
            ON,
        ),
        catalogue,
        EVIDENCE.frame([e for e, _ in pieces]),
        EVIDENCE_SOURCE.frame([]),
    )


def judged(*pieces, **more):
    (row,) = weighed(*pieces, **more)["assessment"].iter_rows(named=True)
    return row


def against(*pieces, **more):
    rows = weighed(*pieces, **more)["assessment_rival"].iter_rows(named=True)
    return {r["rival"]: r["evidence_bans"] for r in rows}


SEVERAL_FAMILIES = tuple(piece(kind) for kind in (AWARD, UNIT_VALUE, GAP, SHELL))
ONE_FAMILY = tuple(piece(k, name=f"{k}-{n}") for k in (UNIT_VALUE, GAP) for n in range(3))


# From observations to a verdict


def observed(**more):
    """A declared AI site in China: an award at exposure 1, a lane at 0.4, a listed owner."""
    calm, others = [100, 104, 99, 107, 101, 106, 103, 108], [300, 309, 298, 315, 305, 311, 306]
    lanes = {"EXA>IMA": [*calm, 520], "EXA>IMB": [*others, 318, 320], "EXB>IMA": [150] * 9}
    exposed = {"facility_id": "site", "basis": "by hand"}
    given = {
        "facility": [
            {
                "facility_id": "site",
                "name": "Hall",
                "country_iso2": "CN",
                "is_declared_ai": True,
            }
        ],
        "facility_party": [made.party("Example Dragon Computing", "site")],
        "entity_listing": [made.listing("Example Dragon Computing")],
        "procurement_notice": [
            made.notice("p1", "award", "2024-06-01", "8 NVIDIA H100 SXM5 80GB servers")
        ],
        # The surge falls into 2025: what ended before any control is not counted.
        "customs_flow": [
            {**row, "period": str(int(row["period"]) + 5)}
            for lane, values in lanes.items()
            for row in made.yearly_lane(lane, [v * 1e6 for v in values])
        ],
        "exposure": [
            {**exposed, "scope_kind": "process", "scope_id": "p1", "weight_share": 1.0},
            {**exposed, "scope_kind": "lane", "scope_id": "EXA>IMA", "weight_share": 0.4},
        ],
    }
    return made.database(**{**given, **more})


def test_a_site_is_judged_as_computed_by_hand():
    told = []
    answer = assess(observed(), CATALOGUE, ON, told.append)
    grade_b = 0.9
    parts = {SURGE: 0.4, LISTED: 1.0}
    # The award names neither cooling nor fabric: one origin, its strongest part for and against.
    sight = INFRASTRUCTURE_SIGHT
    unseen = {k: min(absent_bans(INFRASTRUCTURE, k, grade_b, sight), 0) for k in RIVALS}
    bought = {k: clip(flag_bans(AWARD, k, grade_b) + unseen[k], 1.5) for k in RIVALS}
    evidence = {
        k: clip(
            bought[k] + sum(clip(flag_bans(e, k, grade_b, w), 1.5) for e, w in parts.items()),
            3.0,
        )
        for k in RIVALS
    }
    support = {k: evidence[k] + prior(DECLARED, k) for k in RIVALS}
    rival = min(support, key=support.get)
    (row,) = answer["assessment"].iter_rows(named=True)
    assert rival == "H2"
    assert row["strongest_rival"] == rival
    assert row["support_bans"] == pytest.approx(support[rival], abs=1e-12)
    assert row["evidence_bans"] == pytest.approx(evidence[rival], abs=1e-12)
    assert row["support_low_bans"] == pytest.approx(support[rival] + log10(0.2), abs=1e-12)
    assert row["support_high_bans"] == pytest.approx(support[rival] + log10(5), abs=1e-12)
    assert row["families_for_count"] == 3
    assert row["verdict"] == ("lead" if support[rival] >= LEAD["threshold_bans"] else "watch")
    assert (row["prior_class"], row["is_prior_stated"]) == (DECLARED, True)
    # The notice names no buyer or supplier, no event a lane, and the exporter reports no re-exports:
    # nothing can be asked of them.
    applicable = len(CATALOGUE) - 4
    assert (row["computable_count"], row["applicable_count"]) == (5, applicable)
    assert row["coverage_share"] == 5 / applicable
    for made_row in answer["assessment_rival"].iter_rows(named=True):
        k = made_row["rival"]
        assert made_row["prior_bans"] == pytest.approx(prior(DECLARED, k), abs=1e-12)
        assert made_row["evidence_bans"] == pytest.approx(evidence[k], abs=1e-12)
        assert made_row["support_bans"] == pytest.approx(support[k], abs=1e-12)
    results = dict(answer["indicator_result"].select("indicator", "result").iter_rows())
    said = dict.fromkeys(("R01", "C01", "E01"), "flag")
    said |= {"R03": "no_flag", "R04": "no_flag"}
    said |= dict.fromkeys(("C04", "C07", "R06", "R07"), "not_applicable")
    assert results == {i.code: said.get(i.code, "no_data") for i in CATALOGUE}
    assert told[-1] == "weighing"


def test_every_flag_rests_on_named_observations():
    answer = assess(observed(), CATALOGUE, ON)
    bare = answer["item"].join(answer["evidence_source"], on="evidence_id", how="anti")
    assert answer["item"].height == 5
    assert bare.is_empty()


def test_an_empty_database_gives_empty_tables_of_the_right_types():
    answer = assess(made.database(), CATALOGUE, ON)
    assert set(answer) == {t.name for t in (*RESOLVED, *ASSESSMENTS)}
    for table in (*RESOLVED, *ASSESSMENTS):
        assert answer[table.name].schema == table.polars, table.name
        assert answer[table.name].is_empty(), table.name


def test_without_indicators_every_site_is_still_assessed():
    answer = assess(observed(), (), ON)
    (row,) = answer["assessment"].iter_rows(named=True)
    assert (row["applicable_count"], row["coverage_share"]) == (0, 0.0)
    assert (row["next_indicator"], row["next_gain_bans"]) == (None, None)


def test_of_two_sources_the_first_by_name_speaks_for_country_and_class():
    rows = [
        {"facility_id": "site", "name": "B", "country_iso2": "US", "source": "facilities/b"},
        {"facility_id": "site", "name": "A", "country_iso2": "CN", "source": "facilities/a"},
    ]
    (row,) = assess(observed(facility=rows), CATALOGUE, ON)["assessment"].iter_rows(named=True)
    assert "licence for CN" in row["admissibility_reason"]


@pytest.mark.parametrize(
    ("is_projection", "expected"), [(False, UNLABELLED), (True, NOT_STATED)]
)
def test_a_planned_load_does_not_set_the_prior(is_projection, expected):
    state = {
        "facility_id": "site",
        "on_date": date(2026, 1, 1),
        "power_kind": "peak",
        "power_reported_mw": 50.0,
        "is_projection": is_projection,
    }
    site = {"facility_id": "site", "name": "Hall", "country_iso2": "CN"}
    db = observed(facility=[site], facility_state=[state])
    assert assess(db, CATALOGUE, ON)["assessment"]["prior_class"].to_list() == [expected]


# Evidence


def test_missing_data_contributes_nothing():
    silent = (piece(AWARD, "no_data"), piece(SURGE, "not_applicable"))
    assert set(against(*silent).values()) == {0.0}
    row, bare = judged(*silent), judged()
    assert row["support_bans"] == bare["support_bans"]
    assert bare["support_bans"] == pytest.approx(min(prior(DECLARED, k) for k in RIVALS))
    assert (bare["verdict"], bare["coverage_share"]) == ("no lead", 0.0)


@pytest.mark.parametrize(("detectability", "exposure"), [(0.3, 1.0), (0.8, 0.25), (1.0, 0.5)])
def test_looked_for_and_not_found_counts_by_what_could_be_seen(detectability, exposure):
    looked = piece(AWARD, "no_flag", weight=exposure, detectability_share=detectability)
    reach = detectability * exposure
    for rival, bans in against(looked).items():
        ratio = (1 - reach * share(AWARD, "H1")) / (1 - reach * share(AWARD, rival))
        assert bans == pytest.approx(log10(ratio), abs=1e-12)
        assert bans < 0


@pytest.mark.parametrize("detectability", [0.0, None])
def test_not_found_where_nothing_could_be_seen_contributes_nothing(detectability):
    looked = piece(AWARD, "no_flag", detectability_share=detectability)
    assert set(against(looked).values()) == {0.0}


@pytest.mark.parametrize(("grade", "weight"), [("A", 1.0), ("D", 0.4), ("F", 0.5), (None, 0.5)])
def test_reliability_and_quality_weigh_each_item(grade, weight):
    item = piece(AWARD, reliability=grade, quality_share=0.5)
    assert against(item)["H3"] == pytest.approx(flag_bans(AWARD, "H3", weight * 0.5))


def test_quality_that_is_not_stated_counts_whole():
    item = piece(AWARD, quality_share=None)
    assert against(item)["H3"] == pytest.approx(flag_bans(AWARD, "H3"))


def test_a_signal_of_another_place_says_little():
    near, far, none = (against(piece(SURGE, weight=w))["H3"] for w in (1.0, 0.05, 0.0))
    assert near > far > none == 0
    assert far == pytest.approx(flag_bans(SURGE, "H3", exposure=0.05))


def test_a_capped_ratio_stays_within_its_cap():
    assert share(CUDA, "ratio_cap") == 2
    assert flag_bans(CUDA, "H6") > log10(2)
    assert against(piece(CUDA))["H6"] == pytest.approx(log10(2))


def test_a_familys_evidence_is_clipped():
    assert flag_bans(AWARD, "H6") > 1.5
    assert against(piece(AWARD))["H6"] == 1.5


def test_echoes_of_one_origin_count_once_and_the_others_are_marked():
    echo = {"origin_id": "one report"}
    once = weighed(piece(AWARD, **echo))
    twice = weighed(
        piece(AWARD, **echo), piece(AWARD, name="again", **echo), piece(PLAN, **echo)
    )
    assert (
        twice["assessment_rival"]
        .filter(rival="H3")
        .equals(once["assessment_rival"].filter(rival="H3"))
    )
    exact = weighed(piece(AWARD, **echo), piece(AWARD, name="again", **echo))
    assert exact["assessment_rival"].equals(once["assessment_rival"])
    assert sorted(exact["item"]["is_counted"]) == [False, True]


def test_an_item_that_stands_alone_is_counted_even_where_it_says_nothing():
    (row,) = weighed(piece(AWARD, weight=0.0))["item"].iter_rows(named=True)
    assert (row["is_counted"], row["h3_bans"], row["exposure_share"]) == (True, 0.0, 0.0)


def test_evidence_of_a_kind_without_likelihoods_is_refused_by_name():
    with pytest.raises(ReferenceTableError, match="kind of evidence a_new_kind"):
        weighed(piece("a_new_kind"))


def test_an_indicator_of_a_kind_without_likelihoods_is_refused_by_name():
    strange = replace(CATALOGUE[0], kinds=("a_new_kind",))
    with pytest.raises(ReferenceTableError, match="a_new_kind"):
        weighed(catalogue=(strange,))


# Verdicts


def test_two_families_and_enough_support_make_a_lead():
    row = judged(*SEVERAL_FAMILIES)
    assert (row["verdict"], row["families_for_count"]) == ("lead", 3)
    assert row["support_bans"] >= LEAD["threshold_bans"]


def test_one_family_alone_is_watched_however_strong():
    row = judged(*ONE_FAMILY)
    assert row["support_bans"] > LEAD["threshold_bans"]
    assert (row["verdict"], row["families_for_count"]) == ("watch", 1)


def test_support_below_the_threshold_is_watched_however_many_families():
    row = judged(*(piece(k, weight=0.1) for k in (AWARD, SURGE, SHELL)))
    assert (row["verdict"], row["families_for_count"]) == ("watch", 3)


def test_nothing_for_h1_is_no_lead():
    assert judged(piece(AWARD, "no_flag", detectability_share=0.3))["verdict"] == "no lead"


def test_a_reference_site_is_never_a_lead():
    site = {**SITE, "country_iso2": "US"}
    row = judged(*SEVERAL_FAMILIES, *ONE_FAMILY, sites=[site])
    assert row["support_bans"] > LEAD["threshold_bans"]
    assert (row["verdict"], row["is_admissible"]) == ("reference site", False)
    assert row["is_prior_driven"] is False


def test_the_same_site_with_an_owner_from_china_can_be_a_lead():
    site = {**SITE, "country_iso2": "SG"}
    owner = {
        "facility_id": "site",
        "role": "owner",
        "party_name": "X",
        "headquarters_iso2": "CN",
    }
    pieces = (*SEVERAL_FAMILIES, *ONE_FAMILY)
    assert judged(*pieces, sites=[site])["verdict"] == "reference site"
    assert judged(*pieces, sites=[site], parties=[owner])["verdict"] == "lead"


def test_a_verdict_that_hangs_on_the_prior_says_so():
    pieces = [piece(k, weight=0.4) for k in (AWARD, SURGE, LISTED)]
    row = judged(*pieces)
    bounds = (row["support_low_bans"], row["support_high_bans"])
    assert bounds[0] < LEAD["threshold_bans"] <= bounds[1]
    assert row["is_prior_driven"] is True
    assert judged()["is_prior_driven"] is False


# Priors


@pytest.mark.parametrize(
    ("country", "is_declared", "site_class", "mw", "expected"),
    [
        ("CN", True, "ai", None, DECLARED),
        ("HK", True, None, 50.0, DECLARED),
        ("MO", True, None, None, DECLARED),
        ("CN", False, "unknown", 10.1, UNLABELLED),
        ("CN", None, "unknown", 10.1, UNLABELLED),
        ("CN", False, "unknown", 10.0, None),
        ("CN", None, "cloud", None, None),
        ("MY", True, "ai", None, ELSEWHERE),
        ("SG", None, "cloud", None, ELSEWHERE),
        ("AE", None, "colocation", 500.0, ELSEWHERE),
        ("AE", None, "crypto", 500.0, None),
        ("AE", None, None, 500.0, None),
        (None, True, "ai", 50.0, None),
    ],
)
def test_country_label_class_and_load_choose_the_prior(
    country, is_declared, site_class, mw, expected
):
    row = ("site", country, is_declared, site_class, mw)
    frame = pl.DataFrame([row], schema=FACTS, orient="row")
    assert prior_class(frame).to_list() == [expected]


@pytest.mark.parametrize("pieces", [(), SEVERAL_FAMILIES], ids=["bare", "with evidence"])
def test_without_a_stated_prior_the_lowest_of_three_is_shown(pieces):
    evidence = against(*pieces)
    lowest = min(
        min(evidence[k] + prior(name, k) for k in RIVALS) for name in PRIORS
    )  # evidence does not depend on the prior
    row = judged(*pieces, sites=[{**SITE, "is_declared_ai": None}])
    assert row["support_bans"] == pytest.approx(lowest, abs=1e-12)
    assert (row["prior_class"], row["is_prior_stated"]) == (NOT_STATED, False)


# Results, coverage, and what to ask next


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), "no_data"),
        (("no_data",), "no_data"),
        (("not_applicable", "no_data"), "not_applicable"),
        (("no_flag", "not_applicable", "no_data"), "no_flag"),
        (("no_data", "not_applicable", "no_flag", "flag"), "flag"),
    ],
)
def test_each_indicator_has_one_of_four_results(given, expected):
    pieces = [piece(AWARD, r, detectability_share=0.3) for r in given]
    results = weighed(*pieces)["indicator_result"]
    assert results["indicator"].to_list() == sorted(i.code for i in CATALOGUE)
    (row,) = results.filter(indicator="R01").iter_rows(named=True)
    assert (row["result"], row["evidence_count"]) == (expected, len(given))
    assert (row["family"], row["facility_id"]) == ("procurement", "site")
    others = results.filter(pl.col("indicator") != "R01")
    assert others["result"].unique().to_list() == ["no_data"]


def test_coverage_is_what_could_be_computed_of_what_applies():
    row = judged(
        piece(AWARD),
        piece(STEP, "no_flag"),
        piece(SURGE, "not_applicable"),
        piece(LISTED, "no_data"),
    )
    applicable = len(CATALOGUE) - 1
    assert (row["computable_count"], row["applicable_count"]) == (2, applicable)
    assert row["coverage_share"] == pytest.approx(2 / applicable)


def family(items):
    halves = [
        (max((v for v in side if v > 0), default=0) + sum(v for v in side if v > 0)) / 2
        for side in (items, [-v for v in items])
    ]
    return clip(halves[0] - halves[1], 1.5)


@pytest.mark.parametrize("known", [(), (AWARD,)], ids=["nothing known", "award known"])
def test_the_next_indicator_is_the_one_whose_answer_is_expected_to_move_support_most(known):
    prior_bans = {k: prior(DECLARED, k) for k in RIVALS}
    held = {k: [flag_bans(kind, k) for kind in known] for k in RIVALS}
    support = {k: family(held[k]) + prior_bans[k] for k in RIVALS}
    weight = {"H1": 1.0} | {k: 10 ** -support[k] for k in RIVALS}
    expected, given = {}, [piece(kind) for kind in known]
    for i in CATALOGUE:
        if i.code in {e["indicator"] for e, _ in given}:
            continue
        kind, sight = i.kinds[0], insight.sight(i.code)
        cap = log10(float(KINDS[kind]["ratio_cap"] or "inf"))
        chance = sum(w * share(kind, h) for h, w in weight.items()) / sum(weight.values())
        change = []
        for bans in (lambda k: flag_bans(kind, k), lambda k: absent_bans(kind, k, 1.0, sight)):  # noqa: B023 -- called at once
            item = {k: clip(bans(k), cap) for k in RIVALS}
            joined = {
                k: family([*held[k], item[k]])
                if i.family == "procurement"
                else family(held[k]) + family([item[k]])
                for k in RIVALS
            }
            change.append(
                min(joined[k] + prior_bans[k] for k in RIVALS) - min(support.values())
            )
        flag = chance * sight
        expected[i.code] = flag * abs(change[0]) + (1 - flag) * abs(change[1])
    row = judged(*given)
    best = max(expected.values())
    assert row["next_indicator"] == min(c for c, v in expected.items() if v > best - 1e-12)
    assert row["next_gain_bans"] == pytest.approx(best, abs=1e-12)


def test_with_every_indicator_answered_there_is_nothing_to_ask_next():
    row = judged(*(piece(i.kinds[0], name=i.code, indicator=i.code) for i in CATALOGUE))
    assert (row["next_indicator"], row["next_gain_bans"]) == (None, None)
    assert row["coverage_share"] == 1.0


# One facility and many


def test_a_facility_is_judged_alike_alone_and_among_others():
    names = [f"site-{n:02}" for n in range(24)]
    places = ("CN", "SG", "US", None)
    sites = [
        {
            **SITE,
            "facility_id": name,
            "country_iso2": places[n % 4],
            "is_declared_ai": n % 3 > 0 or None,
        }
        for n, name in enumerate(names)
    ]
    kinds = (AWARD, PLAN, SURGE, LISTED, STEP, CUDA)
    held = {
        name: [
            piece(
                kind,
                "flag" if (n * 7 + m) % 3 else "no_flag",
                site=name,
                weight=(n + m) % 5 / 4,
                detectability_share=0.3,
                origin_id=f"origin-{(n + m) % 4}",
            )
            for m, kind in enumerate(kinds[: n % 7])
        ]
        for n, name in enumerate(names)
    }
    together = weighed(*(p for pieces in held.values() for p in pieces), sites=sites[::-1])
    for site in sites:
        name = site["facility_id"]
        alone = weighed(*held[name], sites=[site])
        for table in ("assessment", "assessment_rival", "item", "indicator_result"):
            same = together[table].filter(facility_id=name)
            keys = [c for c in ("evidence_id", "rival", "indicator") if c in same.columns]
            left, right = (t.sort(keys or "facility_id") for t in (same, alone[table]))
            pl.testing.assert_frame_equal(left, right, abs_tol=1e-12, rel_tol=0)
    verdicts = together["assessment"]["verdict"]
    assert {"watch", "no lead", "reference site"} <= set(verdicts)
