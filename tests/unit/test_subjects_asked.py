"""Which lanes and organisations are asked, whether the first hypothesis can be, and what reaches them."""

from datetime import date

import made
import made_resolved as who
import pytest

from indicia.indicators import lane_surge, listed_party
from indicia.schema import EVIDENCE
from indicia.scoring.assess import assess
from indicia.scoring.lanes import DIRECT, HUB, LAST_LEG, NEITHER, lanes
from indicia.scoring.organisations import ELSEWHERE, IN_CHINA, UNKNOWN, organisations

ON = date(2026, 11, 1)


def said(scope_kind, scope_id, result="no_data"):
    return {
        "evidence_id": f"{scope_kind}-{scope_id}",
        "indicator": "C01" if scope_kind == "lane" else "E01",
        "scope_kind": scope_kind,
        "scope_id": scope_id,
        "result": result,
        "kind": "made",
        "statement": "Made for a test.",
        "origin_id": "made",
    }


def trade(lane, usd, year=2024, **more):
    (row,) = made.yearly_lane(lane, [usd], **more)
    return {**row, "period": str(year)}


def asked(lane, *flows, on=ON):
    db = made.database(customs_flow=[trade(lane, 1e9), *flows])
    (row,) = lanes(db, EVIDENCE.frame([said("lane", lane)]), on).facts.iter_rows(named=True)
    return row


# Lanes


def test_a_lane_to_a_country_that_needs_a_licence_is_asked():
    row = asked("USA>CHN")
    assert (row["is_admissible"], row["prior_class"]) == (True, DIRECT)
    assert asked("SGP>CHN")["prior_class"] == LAST_LEG
    assert row["licence_since_date"] == date(2022, 8, 26)
    assert row["admissibility_reason"].startswith(
        "some chips need a licence for CN since 2022-08-26"
    )
    assert row["name"] == "United States > China"


def test_a_lane_into_a_hub_is_asked_where_the_basket_goes_on_to_such_a_country():
    row = asked("TWN>MYS", trade("MYS>HKG", 60e6, flow="X"))
    assert (row["is_admissible"], row["prior_class"]) == (True, HUB)
    assert row["licence_since_date"] == date(2022, 8, 26)
    assert row["admissibility_reason"].startswith(
        "MY is a hub from which up to US$ 60 million of the basket a year goes on to HK; some chips"
    )


@pytest.mark.parametrize(
    ("lane", "flow"),
    [
        ("TWN>MYS", trade("MYS>HKG", 40e6)),
        ("TWN>MYS", trade("MYS>HKG", 60e6, year=2021)),
        ("TWN>MYS", trade("MYS>SGP", 60e6)),
        ("HKG>MYS", trade("MYS>HKG", 60e6)),
        ("TWN>DEU", trade("DEU>CHN", 60e6)),
    ],
    ids=["too little", "before the rule", "to no licence destination", "back to where it came from",
         "no hub"],
)  # fmt: skip
def test_otherwise_it_is_a_reference_lane(lane, flow):
    row = asked(lane, flow)
    assert (row["is_admissible"], row["prior_class"]) == (False, NEITHER)
    assert row["licence_since_date"] is None
    assert row["admissibility_reason"].startswith("reference lane: ")
    is_hub = lane.endswith("MYS")
    assert ("no trade of size goes on" in row["admissibility_reason"]) == is_hub


def test_before_any_rule_every_lane_is_a_reference_lane():
    assert not asked("TWN>CHN", on=date(2022, 8, 1))["is_admissible"]


def test_a_code_that_names_no_country_is_told():
    assert asked("TWN>S19")["admissibility_reason"].endswith("names no country")


def test_lanes_without_the_basket_are_not_asked():
    db = made.database(customs_flow=[trade("TWN>CHN", 1e9)])
    evidence = EVIDENCE.frame([said("lane", "TWN>CHN", "not_applicable")])
    assert lanes(db, evidence, ON).facts.is_empty()


def shipped(n, consignee, usd):
    return {
        "shipment_id": f"s{n}",
        "shipped_date": date(2025, 1, n),
        "consignee_name": consignee,
        "origin_iso2": "TW",
        "destination_iso2": "MY",
        "hs_code": "84718000",
        "value_reported_usd": usd,
    }


@pytest.mark.parametrize(
    ("priced", "weight", "basis"),
    [(30.0, 0.25, "of the value"), (None, 0.5, "its share of the lane")],
)
def test_evidence_on_a_consignee_reaches_the_lane_by_its_share_of_the_goods(
    priced, weight, basis
):
    consignee = who.record("consignee:x", "org", kind="consignee", name="Example Trading")
    db = who.database(
        [consignee, who.party("Example Trading Sdn", "org")],
        customs_flow=[trade("TWN>MYS", 1e9)],
        shipment=[shipped(1, "Example Trading", 10.0), shipped(2, "Other", priced)],
    )
    evidence = [said("lane", "TWN>MYS"), said("party", "Example Trading Sdn")]
    found = lanes(db, EVIDENCE.frame(evidence), ON).exposures.sort("scope_kind")
    assert found["scope_id"].to_list() == ["TWN>MYS", "Example Trading Sdn"]
    assert found["weight_share"].to_list() == [1.0, weight]
    assert basis in found["basis"][1]


# Organisations


def reached(records, evidence, on=ON, **observed):
    return organisations(who.database(records, **observed), EVIDENCE.frame(evidence), on)


@pytest.mark.parametrize(
    ("countries", "expected"),
    [("US;CN", IN_CHINA), ("HK", IN_CHINA), ("US", ELSEWHERE), (None, UNKNOWN)],
)
def test_the_prior_follows_the_seats_that_records_state(countries, expected):
    record = who.party("Example", "org", countries_iso2=countries)
    found = reached([record], [said("party", "Example")])
    assert found.facts["prior_class"].to_list() == [expected]
    assert found.facts["is_admissible"].to_list() == [True]


def test_a_listed_organisation_is_shown_as_listed_and_a_later_listing_is_not_yet_one():
    records = [who.party("Example", "org"), who.listed("Example", "org")]
    now = reached(records, [said("party", "Example")]).facts.row(0, named=True)
    assert not now["is_admissible"]
    assert now["admissibility_reason"].startswith("listed itself (EL since 2024-12-05)")
    before = reached(records, [said("party", "Example")], on=date(2024, 12, 4))
    assert before.facts["is_admissible"].to_list() == [True]


def test_a_name_of_two_organisations_reaches_each_by_half():
    records = [who.party("Example", "a"), {**who.party("Example", "b"), "record_id": "party:2"}]
    found = reached(records, [said("party", "Example")]).exposures
    assert found["subject_id"].to_list() == ["a", "b"]
    assert found["weight_share"].to_list() == [0.5, 0.5]


def test_a_purchase_reaches_its_buyer_and_each_of_its_suppliers():
    def in_notice(kind, name):
        return who.record(
            f"{kind}:{name}", name, kind=kind, name=name, table_name="procurement_notice"
        )

    records = [
        in_notice("buyer", "Uni"),
        in_notice("supplier", "A"),
        in_notice("supplier", "B"),
    ]
    notice = made.notice(
        "p1", "award", "2024-06-01", "x", buyer_name="Uni", supplier_names="A; B"
    )
    found = reached(records, [said("process", "p1")], procurement_notice=[notice]).exposures
    by_name = {r["subject_id"]: (r["role"], r["weight_share"]) for r in found.to_dicts()}
    assert by_name == {"Uni": ("buyer", 1.0), "A": ("supplier", 0.5), "B": ("supplier", 0.5)}
    assert not reached(
        records, [said("process", "p2")], procurement_notice=[notice]
    ).facts.height


# From observations to verdicts


def test_observations_become_a_watched_lane_a_listed_party_and_an_ordinary_one():
    calm, others = [100, 104, 99, 107, 101, 106, 103, 108], [300, 309, 298, 315, 305, 311, 306]
    values = {"TWN>MYS": [*calm, 520], "TWN>DEU": [*others, 318, 320], "USA>MYS": [150] * 9}
    flows = [
        {**row, "period": str(int(row["period"]) + 5)}
        for lane, usd in values.items()
        for row in made.yearly_lane(lane, [v * 1e6 for v in usd])
    ]
    db = made.database(
        customs_flow=[*flows, trade("MYS>HKG", 60e6, flow="X")],
        facility=[{"facility_id": "site", "name": "Hall", "country_iso2": "CN"}],
        facility_party=[
            made.party("Example Dragon Computing", "site", headquarters_iso2="CN"),
            made.party("Ordinary Cloud", "site", role="user"),
        ],
        entity_listing=[made.listing("Example Dragon Computing")],
    )
    found = assess(db, (lane_surge.INDICATOR, listed_party.INDICATOR), ON)
    rows = {r["name"]: r for r in found["subject_assessment"].iter_rows(named=True)}
    verdicts = {name: row["verdict"] for name, row in rows.items()}
    assert verdicts == {
        "Taiwan > Malaysia": "watch",
        "Taiwan > Germany": "reference lane",
        "United States > Malaysia": "no lead",
        "Malaysia > Hong Kong SAR": "no lead",
        "Example Dragon Computing": "listed",
        "Ordinary Cloud": "no lead",
    }
    assert rows["Taiwan > Malaysia"]["families_asked_count"] == 1
    assert set(found["subject_item"]["evidence_id"]) <= set(found["evidence"]["evidence_id"])
