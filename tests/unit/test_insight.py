"""What explains an assessment: families left out, the strongest doubt, what would be worth knowing next."""

from datetime import date

import polars as pl
import pytest

from indicia.indicators import CATALOGUE
from indicia.schema import EVIDENCE, EVIDENCE_SOURCE, RIVALS
from indicia.scoring.assess import Question, weigh
from indicia.scoring.hypotheses import FAMILIES, settings

SITE = {"country_iso2": "CN", "is_declared_ai": True, "site_class": "ai", "largest_mw": 20.0}
AWARD, STEP = ("R01", "tender_award_names_controlled_chip"), ("P01", "load_step_ge_5MW")
DOMESTIC, LISTED = (
    ("R03", "tender_award_names_domestic_chip"),
    ("E01", "listed_party_address_or_owner"),
)
TEXTS = dict.fromkeys(("facility_id", "role", "party_name", "headquarters_iso2"), pl.String)


def piece(what, name, result="flag", site="site", **more):
    code, kind = what
    row = {"evidence_id": name, "indicator": code, "scope_kind": "process", "scope_id": name, "result": result,
           "kind": kind, "statement": "made", "origin_id": name, "reliability": "A", **more}  # fmt: skip
    tie = {
        "facility_id": site,
        "scope_kind": "process",
        "scope_id": name,
        "weight_share": 1.0,
        "basis": "made",
    }
    return row, tie


def weighed(*pieces, sites=("site",), more=(), catalogue=CATALOGUE):
    ties = [tie for _, tie in pieces] + list(more)
    exposures = pl.DataFrame(
        ties,
        schema={"facility_id": pl.String, "scope_kind": pl.String, "scope_id": pl.String,
                "weight_share": pl.Float64, "basis": pl.String},
    )  # fmt: skip
    facilities = pl.DataFrame([SITE | {"facility_id": s} for s in sites])
    question = Question(facilities, pl.DataFrame(schema=TEXTS), exposures, date(2026, 11, 22))
    evidence = EVIDENCE.frame([row for row, _ in pieces])
    return weigh(question, catalogue, evidence, EVIDENCE_SOURCE.frame([]))


PIECES = (
    piece(AWARD, "award"),
    piece(STEP, "step"),
    piece(LISTED, "listed", quality_share=0.2),
    piece(DOMESTIC, "domestic", quality_share=0.1),
)
FAMILY = {
    "award": "procurement",
    "domestic": "procurement",
    "step": "power",
    "listed": "registry",
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_left_out_is_as_if_its_evidence_had_never_been(family):
    (row,) = weighed(*PIECES)["assessment_family"].filter(family=family).iter_rows(named=True)
    rest = [p for p in PIECES if FAMILY[p[0]["evidence_id"]] != family]
    (bare,) = weighed(*rest)["assessment"].iter_rows(named=True)
    assert row["support_without_bans"] == pytest.approx(bare["support_bans"], abs=1e-12)
    assert (row["rival_without"], row["verdict_without"]) == (
        bare["strongest_rival"],
        bare["verdict"],
    )
    assert row["weight_bans"] == 0 or family in FAMILY.values()


def test_every_facility_has_every_family_once():
    found = weighed(*PIECES, sites=("other", "site"))["assessment_family"]
    assert found.select("facility_id", "family").rows() == [
        (site, family) for site in ("other", "site") for family in sorted(FAMILIES)
    ]


def test_the_strongest_doubt_is_the_item_that_weighs_most_against_the_strongest_rival():
    answer = weighed(*PIECES)
    (row,) = answer["assessment"].iter_rows(named=True)
    against = f"{row['strongest_rival'].lower()}_bans"
    weakest = answer["item"].sort(against).row(0, named=True)
    assert weakest[against] < 0
    assert (row["doubt_evidence_id"], row["doubt_bans"]) == (
        weakest["evidence_id"],
        weakest[against],
    )


def test_without_anything_against_there_is_no_doubt():
    (row,) = weighed(piece(LISTED, "listed"))["assessment"].iter_rows(named=True)
    assert row["strongest_rival"] in RIVALS
    assert (row["doubt_evidence_id"], row["doubt_bans"]) == (None, None)


def test_the_first_few_of_what_is_missing_are_listed_by_expected_change():
    answer = weighed(*PIECES)
    following = answer["next_evidence"]
    assert following["place"].to_list() == list(range(1, settings()["next"]["most_shown"] + 1))
    assert following["expected_change_bans"].is_sorted(descending=True)
    assert not set(following["indicator"]) & {"R01", "P01", "E01", "R03"}
    mean = (
        pl.col("flag_share") * pl.col("flag_change_bans").abs()
        + (1 - pl.col("flag_share")) * pl.col("no_flag_change_bans").abs()
    )
    assert following.select((mean - pl.col("expected_change_bans")).abs().max()).item() < 1e-12
    (row,) = answer["assessment"].iter_rows(named=True)
    assert (row["next_indicator"], row["next_gain_bans"]) == following.row(0)[2:4]


def test_what_can_only_be_seen_from_afar_is_worth_less():
    award = [i for i in CATALOGUE if i.code == "R01"]

    def worth(weight):
        tie = {
            "facility_id": "site",
            "scope_kind": "process",
            "scope_id": "x",
            "basis": "made",
        }
        answer = weighed(more=[tie | {"weight_share": weight}], catalogue=award)
        return answer["next_evidence"]["expected_change_bans"].sum()

    assert worth(1.0) > 0
    assert worth(0.05) < worth(1.0) / 5
    assert worth(0.0) == 0


def test_what_speaks_only_against_explanations_out_of_the_running_is_no_watch():
    """A listed operator says nothing between controlled and domestic parts, which stand first."""
    (row,) = weighed(piece(LISTED, "listed"))["assessment"].iter_rows(named=True)
    assert (row["strongest_rival"], row["families_for_count"], row["verdict"]) == (
        "H2",
        1,
        "no lead",
    )


def test_a_crew_beside_an_award_is_a_second_family_also_where_the_strongest_rival_hires_alike():
    award, crew = piece(AWARD, "award"), piece(("S01", "dc_hiring_ge_3_adverts"), "crew")
    (alone,) = weighed(award)["assessment"].iter_rows(named=True)
    told = weighed(award, crew)
    (both,) = told["assessment"].iter_rows(named=True)
    (staffing,) = told["assessment_family"].filter(family="staffing").iter_rows(named=True)
    assert (alone["verdict"], both["verdict"]) == ("watch", "lead")
    assert (alone["families_for_count"], both["families_for_count"]) == (1, 2)
    assert (both["strongest_rival"], staffing["weight_bans"]) == ("H2", 0.0)
