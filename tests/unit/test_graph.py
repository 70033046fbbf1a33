"""Ownership as of a day: parents, headquarters, listed owners, and paths."""

from datetime import date, timedelta

import made
import made_resolved as who
import polars as pl
import pytest

from indicia.entities.graph import (
    Cap,
    climb,
    headquarters,
    listed_owners,
    party_headquarters,
    paths,
    ultimate_parent,
)

ON, DAY = date(2025, 6, 1), timedelta(days=1)
LISTS = ("EL",)


def top(*links, on=ON, of="A"):
    found = ultimate_parent(made.database(entity_link=list(links)), on)
    return found.row(by_predicate=pl.col("entity_id") == of, named=True)


def test_a_chain_is_followed_to_its_end():
    found = top(who.link("A", "B"), who.link("B", "C"), who.link("C", "D"))
    assert (found["ultimate_parent_id"], found["hops_count"], found["basis"]) == (
        "D",
        3,
        "followed",
    )


def test_a_stated_ultimate_parent_counts_before_a_chain_and_a_dispute_is_said():
    found = top(who.link("A", "B"), who.link("A", "U", "ultimate parent"))
    assert (found["ultimate_parent_id"], found["basis"], found["is_disputed"]) == (
        "U",
        "stated",
        True,
    )
    agreed = top(who.link("A", "U"), who.link("A", "U", "ultimate parent"))
    assert not agreed["is_disputed"]


@pytest.mark.parametrize(
    ("starts", "ends", "counts"),
    [
        (ON, None, True),
        (ON + DAY, None, False),
        (None, ON, True),
        (None, ON - DAY, False),
        (None, None, True),
    ],
)
def test_a_relation_counts_from_its_first_day_to_its_last(starts, ends, counts):
    db = made.database(entity_link=[who.link("A", "B", starts_date=starts, ends_date=ends)])
    found = ultimate_parent(db, ON).filter(pl.col("entity_id") == "A")
    assert found["ultimate_parent_id"].to_list() == (["B"] if counts else [])
    assert found["is_dated"].to_list() == ([starts is not None] if counts else [])


@pytest.mark.parametrize(
    ("share", "basis"), [(0.49, "minority owners only"), (0.5, "followed"), (None, "followed")]
)
def test_less_than_half_is_no_parent(share, basis):
    found = top(who.link("A", "B", owned_share=share))
    assert found["basis"] == basis
    assert (found["ultimate_parent_id"] == "B") is (basis == "followed")


def test_of_several_parents_the_largest_share_counts_and_a_tie_is_left_open():
    larger = top(who.link("A", "B", owned_share=0.6), who.link("A", "C", owned_share=0.5))
    assert larger["ultimate_parent_id"] == "B"
    for share in (0.5, None):
        tie = top(who.link("A", "B", owned_share=share), who.link("A", "C", owned_share=share))
        assert (tie["ultimate_parent_id"], tie["basis"]) == (None, "several parents")


def test_a_chain_that_ends_in_several_parents_is_left_open_too():
    found = top(who.link("A", "B"), who.link("B", "C"), who.link("B", "D"))
    assert (found["ultimate_parent_id"], found["basis"]) == (None, "several parents")


def test_circles_end_and_are_said():
    ring = [who.link("A", "B"), who.link("B", "C"), who.link("C", "A"), who.link("X", "A")]
    assert {top(*ring, of=n)["basis"] for n in "ABCX"} == {"a circle"}
    assert top(*ring, of="X")["ultimate_parent_id"] is None


def test_without_a_stated_parent_nothing_is_assumed():
    db = made.database(entity_record=[{"record_id": "A", "name": "A"}])
    found = ultimate_parent(db, ON).row(0, named=True)
    assert (found["ultimate_parent_id"], found["basis"]) == (None, "none stated")


def seated(*entries):
    return [
        {"record_id": i, "name": f"Example {i}", "country_iso2": seat, "headquarters_iso2": hq}
        for i, seat, hq in entries
    ]


def test_headquarters_are_the_registers_word_and_never_the_legal_seat():
    db = made.database(
        entity_record=seated(("A", "KY", None), ("B", "KY", "CN")),
        entity_link=[who.link("A", "B")],
    )
    found = {r["entity_id"]: r for r in headquarters(db, ON).iter_rows(named=True)}
    assert found["A"]["headquarters_iso2"] is None
    assert found["A"]["parent_headquarters_iso2"] == "CN"
    assert found["B"]["headquarters_iso2"] == "CN"


def owned_party(decided, **more):
    return who.database(
        [who.record("LEI:A", name="Example A"), who.record("LEI:B", name="Example B"),
         who.party("Example Cloud", "LEI:A" if decided else "party:Example Cloud")],
        facility_party=[made.party("Example Cloud")],
        entity_record=seated(("LEI:A", "SG", "SG"), ("LEI:B", "CN", "CN")),
        entity_link=[who.link("LEI:A", "LEI:B", **more)],
    )  # fmt: skip


def test_a_party_has_the_headquarters_of_its_register_entry_and_of_its_parent():
    found = party_headquarters(owned_party(decided=True, starts_date=date(2020, 1, 1)), ON)
    assert found["headquarters_iso2"].to_list() == ["SG", "CN"]
    assert found["basis"].to_list() == [
        "by register entry LEI:A",
        "by its ultimate parent Example B (LEI:B, 1 step up, on 2025-06-01)",
    ]


def test_an_unknown_first_day_is_said_and_a_party_not_decided_to_be_the_same_gets_nothing():
    assert (
        "first day not stated" in party_headquarters(owned_party(decided=True), ON)["basis"][1]
    )
    assert party_headquarters(owned_party(decided=False), ON).is_empty()


def test_without_resolved_tables_no_party_has_headquarters():
    assert party_headquarters(
        made.database(facility_party=[made.party("Example Cloud")]), ON
    ).is_empty()


def owned(*links, listings=None, on=ON):
    db = who.database([who.listed("Example", "L"), *(listings or [])], entity_link=list(links))
    return listed_owners(db, on, LISTS)


@pytest.mark.parametrize(("share", "told"), [(0.5, 0.5), (0.3, 0.3), (1.0, 1.0), (None, 0.5)])
def test_a_listed_owners_share_is_told_and_control_without_one_counts_as_half(share, told):
    row = owned(who.link("A", "L", owned_share=share)).owned.row(0, named=True)
    assert (row["listed_share"], row["is_stated"], row["via_id"]) == (
        told,
        share is not None,
        "L",
    )


def test_shares_of_listed_owners_add_up_and_go_through_those_they_control():
    found = owned(
        who.link("A", "L", owned_share=0.3), who.link("A", "M", owned_share=0.2), who.link("M", "L", owned_share=0.6),
        who.link("B", "N", owned_share=0.9), who.link("N", "L", owned_share=0.4),
    ).owned  # fmt: skip
    shares = dict(found.select("entity_id", "listed_share").iter_rows())
    assert shares == {"A": 0.5, "M": 0.6, "N": 0.4}


def test_a_stated_ultimate_parent_is_not_added_to_the_chain_that_leads_to_it():
    found = owned(
        who.link("A", "L", "ultimate parent"), who.link("A", "M", owned_share=0.3), who.link("M", "L", owned_share=1.0)
    ).owned  # fmt: skip
    assert dict(found.select("entity_id", "listed_share").iter_rows())["A"] == 0.5


@pytest.mark.parametrize(
    ("day", "counts"), [(date(2024, 12, 4), False), (date(2024, 12, 5), True)]
)
def test_a_listing_counts_from_its_day(day, counts):
    found = owned(who.link("A", "L", owned_share=1.0), on=day)
    assert (found.owned.height == 1) is counts


def test_hops_lead_from_the_organisation_to_the_listed_one():
    hops = owned(
        who.link("A", "B"), who.link("B", "C", owned_share=0.7), who.link("C", "L")
    ).hops
    steps = hops.filter(pl.col("entity_id") == "A").select("hop_no", "at_id", "other_id").rows()
    assert steps == [(1, "A", "B"), (2, "B", "C"), (3, "C", "L")]


def test_circles_of_listed_owners_end():
    found = owned(who.link("A", "B"), who.link("B", "A"), who.link("B", "L")).owned
    assert dict(found.select("entity_id", "listed_share").iter_rows()) == {"A": 0.5, "B": 0.5}


def test_climbing_gives_every_owner_once_with_its_countries():
    db = made.database(
        entity_record=seated(("A", "SG", None), ("B", "KY", None), ("C", "VG", None)),
        entity_link=[
            who.link("A", "B"),
            who.link("B", "C"),
            who.link("A", "C"),
            who.link("C", "A"),
        ],
    )
    found = climb(db, ON, pl.DataFrame({"entity_id": ["A"]}))
    assert found.select("owner_id", "hop_no").rows() == [("B", 1), ("C", 1)]
    assert found["countries"].to_list() == [["KY"], ["VG"]]


def connected(**more):
    return who.database(
        [who.record(n, name=f"Example {n}") for n in "ABCD"],
        entity_link=[
            who.link("A", "B", owned_share=0.75, starts_date=date(2020, 1, 1)),
            who.link("C", "B", owned_share=0.6),
        ],
        entity_edge=[who.edge("C", "D")],
        **more,
    )


def test_a_path_is_told_hop_by_hop_with_share_day_and_source():
    found = paths(connected(), "A", "D", ON)
    assert not found.is_cut
    assert found.hops["sentence"].to_list() == [
        "Example A has as direct parent Example B, 75.0 %, since 2020-01-01; source entities/made.",
        "Example B is direct parent of Example C, 60.0 %, first day not stated; source entities/made.",
        "Example C shares an address with Example D (One address.); source entities/made.",
    ]
    assert found.hops["row_key"][0] == "record_id=A, kind=direct parent, other_id=B"


@pytest.mark.parametrize(("hops", "is_found"), [(2, False), (3, True)])
def test_a_cap_on_hops_ends_the_search_and_says_so(hops, is_found):
    found = paths(connected(), "A", "D", ON, Cap(hops=hops))
    assert (found.hops.height > 0, found.is_cut) == (is_found, not is_found)


def test_a_cap_on_breadth_says_that_something_was_left_out():
    links = [who.link(f"X{n:03}", "B") for n in range(60)]
    db = made.database(entity_link=[*links, who.link("Z", "B")])
    found = paths(db, "X000", "Z", ON, Cap(breadth=10))
    assert found.is_cut


def test_no_path_within_reach_is_an_answer():
    db = made.database(entity_link=[who.link("A", "B"), who.link("X", "Y")])
    found = paths(db, "A", "Y", ON)
    assert (found.hops.height, found.is_cut) == (0, False)


def test_a_possible_match_is_no_hop_and_no_identity():
    db = who.database(
        [who.record("A"), who.record("B")],
        [who.edge("A", "B", method="similar name", decision="possible")],
    )
    assert paths(db, "A", "B", ON).hops.is_empty()


def test_parties_of_one_site_are_connected_through_it():
    db = who.database(
        [who.party("Example One", "A"), who.party("Example Two", "B")],
        facility_party=[made.party("Example One"), made.party("Example Two", role="operator")],
    )
    (sentence,) = paths(db, "A", "B", ON).hops["sentence"]
    assert "shares a site with" in sentence
    assert "owner and operator of epoch-example" in sentence
