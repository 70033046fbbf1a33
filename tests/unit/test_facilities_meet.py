"""Facilities meet by more than a name and by more than a distance; people win."""

from datetime import UTC, datetime

import made
import polars as pl
import pytest
from made_sites import (
    ANALYST,
    DEGREE_M,
    DISCLOSED,
    EPOCH,
    OSM,
    PEERINGDB,
    TOP500,
    judged,
    leads_to,
    met,
    run_by,
    site,
)

from indicia.entities.facilities import words

HERE = (1.6, 103.6)


def metres(north):
    return (HERE[0] + north / DEGREE_M, HERE[1])


def two(left, right, *parties):
    edges, identity = met([left, right], [p for of in parties for p in of])
    key = tuple(sorted((left["facility_id"], right["facility_id"])))
    return edges.get(key), leads_to(identity)


def named(text):
    frame = pl.DataFrame({"facility_id": ["x"], "name": [text]})
    return words.units(frame.select("facility_id", text=words.folded(pl.col("name"))))


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("Example SG3 - Singapore", ["sg:3"]),
        ("Example SG-03", ["sg:3"]),
        ("Example SY1/SY2", ["sy:1", "sy:2"]),
        ("Example VIE1-3", ["vie:1", "vie:2", "vie:3"]),
        ("Example campus, Phase II", ["phase:2"]),
        ("Example (Bldg 5600)", ["building:5600"]),
        ("Example Colossus 2 Town", [":2"]),
        ("Example Shaheen III", [":3"]),
        ("示例数据中心二期", ["phase:2"]),
        ("示例3号楼", ["building:3"]),
        ("A 100MW site", []),
        ("Example (111 8th Ave)", []),
        ("\u202eSG3\u200b", ["sg:3"]),
        ("Example DC1-DC99999", ["dc:1"]),
    ],
)
def test_units_of_a_name(name, units):
    assert named(name)["units"].to_list() == [units]


def test_a_centroid_never_attracts_by_distance():
    """Two records at the very same point, one of which is the middle of a town."""
    left = site("epoch-a", "Alpha Campus", EPOCH, at=HERE)
    right = site("peeringdb-fac-1", "Beta Hall", PEERINGDB, at=HERE, coord_precision="city")
    edge, led = two(left, right)
    assert edge is None
    assert led == {"epoch-a": "epoch-a", "peeringdb-fac-1": "peeringdb-fac-1"}


def test_a_point_that_many_records_share_is_a_centroid_whatever_it_is_called():
    many = [site(f"osm-way-{n}", f"Hall of {n:03d}x", OSM, at=HERE) for n in range(25)]
    edges, identity = met([*many, site("epoch-a", "Alpha", EPOCH, at=HERE)])
    assert not edges
    assert all(key == to for key, to in leads_to(identity).items())


def test_points_that_touch_are_only_possibly_one_where_nothing_else_is_known():
    left = site("osm-way-1", "Data centre without a name, way/1", OSM, at=HERE)
    edge, led = two(left, site("peeringdb-fac-1", "Beta Hall", PEERINGDB, at=metres(40)))
    assert edge["decision"] == "possible"
    assert edge["distance_m"] == pytest.approx(40, abs=0.5)
    assert led["peeringdb-fac-1"] == "peeringdb-fac-1"


def test_a_name_alone_never_merges():
    left = site("epoch-a", "Meridian Campus", EPOCH, place="Alphatown")
    right = site("analyst-a", "Meridian Campus", ANALYST)
    edge, led = two(left, right)
    assert edge["decision"] == "possible"
    assert len(set(led.values())) == 2


def test_name_operator_and_point_make_one():
    edge, led = two(
        site("peeringdb-fac-1", "Example Meridian", PEERINGDB, at=HERE),
        site("osm-way-1", "Meridian", OSM, at=metres(80)),
        run_by("peeringdb-fac-1", "Example Sdn Bhd"),
        run_by("osm-way-1", "Example"),
    )
    assert edge["decision"] == "same"
    assert "80 m apart" in edge["why"]
    assert led == {"osm-way-1": "peeringdb-fac-1", "peeringdb-fac-1": "peeringdb-fac-1"}


def test_the_operators_own_code_and_town_make_one_without_a_point():
    edge, led = two(
        site("analyst-my06", "Bridgeway MY06", ANALYST, place="Kulai"),
        site("peeringdb-fac-1", "Bridgeway Data Centres MY6", PEERINGDB, at=HERE, place="1 Road, Kulai"),
        run_by("analyst-my06", "Bridgeway Data Centres"),
        run_by("peeringdb-fac-1", "Bridgeway Data Centres Sdn Bhd"),
    )  # fmt: skip
    assert edge["decision"] == "same"
    assert led["peeringdb-fac-1"] == "analyst-my06"


@pytest.mark.parametrize(
    ("left", "right"),
    [("SG3", "SG4"), ("Phase 2", "Phase 3"), ("Building 4", "Building 5"), ("二期", "三期")],
)
def test_other_units_are_other_buildings_even_at_one_point(left, right):
    edge, led = two(
        site("peeringdb-fac-1", f"Example {left}", PEERINGDB, at=HERE),
        site("osm-way-1", f"Example {right}", OSM, at=HERE),
        run_by("peeringdb-fac-1", "Example"),
        run_by("osm-way-1", "Example"),
    )
    assert edge["decision"] == "near"
    assert len(set(led.values())) == 2


def test_a_unit_on_one_side_only_is_not_enough():
    edge, led = two(
        site("peeringdb-fac-1", "Example SG3", PEERINGDB, at=HERE),
        site("osm-way-1", "Example", OSM, at=HERE),
        run_by("peeringdb-fac-1", "Example"),
        run_by("osm-way-1", "Example"),
    )
    assert edge["decision"] == "possible"
    assert len(set(led.values())) == 2


def test_a_building_is_never_merged_into_a_campus_and_gets_its_id():
    edges, identity = met(
        [
            site("epoch-a", "Example Meridian", EPOCH, at=HERE),
            site("peeringdb-fac-1", "Example Meridian", PEERINGDB, at=metres(300)),
            site("peeringdb-fac-2", "Example Meridian 2", PEERINGDB, at=metres(2_000)),
            site("peeringdb-fac-9", "Example Meridian 9", PEERINGDB, at=metres(9_000)),
        ],
        [
            *run_by("epoch-a", "Example"),
            *(p for n in (1, 2, 9) for p in run_by(f"peeringdb-fac-{n}", "Example")),
        ],
    )
    assert {k: v["campus_id"] for k, v in identity.items()} == {
        "epoch-a": None, "peeringdb-fac-1": "epoch-a", "peeringdb-fac-2": "epoch-a", "peeringdb-fac-9": None,
    }  # fmt: skip
    assert all(k == v for k, v in leads_to(identity).items())
    assert edges["epoch-a", "peeringdb-fac-1"]["decision"] == "near"
    assert identity["epoch-a"]["level"] == "campus"
    assert identity["peeringdb-fac-1"]["level"] == "building"


def test_one_roof_makes_no_campus_of_another_operator():
    """PeeringDB lists several units of one operator in a house where others are as well."""
    edges, identity = met(
        [
            site("peeringdb-fac-1", "Alphatel AT2/AT3 - Atlantaville", PEERINGDB, at=HERE),
            site("osm-way-1", "Atlantaville ATL13", OSM, at=metres(8)),
        ],
        [*run_by("peeringdb-fac-1", "Alphatel"), *run_by("osm-way-1", "Betanet")],
    )
    assert edges["osm-way-1", "peeringdb-fac-1"]["decision"] == "near"
    assert identity["osm-way-1"]["campus_id"] is None


def test_a_unit_that_many_operators_use_needs_the_operator_and_the_point():
    """`DC1` is no code of one operator; with the operator and 3 m it is that building."""
    near, led = two(
        site("peeringdb-fac-1", "Example - Washingtonia, DC (DC1)", PEERINGDB, at=HERE),
        site("osm-node-1", "Example DC1", OSM, at=metres(3)),
        run_by("peeringdb-fac-1", "Example"),
        run_by("osm-node-1", "Example"),
    )
    assert near["decision"] == "same"
    assert len(set(led.values())) == 1
    far, _ = two(
        site("peeringdb-fac-1", "Example - Washingtonia (DC1)", PEERINGDB, at=HERE),
        site("osm-node-1", "Example DC1", OSM, at=metres(400)),
        run_by("peeringdb-fac-1", "Example"),
        run_by("osm-node-1", "Example"),
    )
    assert far is None


def test_a_point_is_a_place_where_no_address_is_given():
    """A mapped building without an address is not `somewhere` for every site of its operator."""
    edge, _ = two(
        site("osm-way-1", "Example", OSM, at=HERE),
        site("analyst-a", "Example Kulaitown", ANALYST, place="Kulaitown"),
        run_by("osm-way-1", "Example"),
        run_by("analyst-a", "Example"),
    )
    assert edge is None


def test_a_wrong_geocode_neither_merges_nor_splits_in_silence():
    place = "1 Community Circle, New Alban, OH"
    edge, led = two(
        site("epoch-p", "Metaphor Prometheus", EPOCH, at=(40.07, -82.75), country_iso2="US", place=place),
        site("analyst-p", "Metaphor Prometheus", ANALYST, at=(33.4, -84.5), country_iso2="US", place=place),
        run_by("epoch-p", "Metaphor"),
        run_by("analyst-p", "Metaphor"),
    )  # fmt: skip
    assert edge["decision"] == "possible"
    assert "far apart" in edge["why"]
    assert edge["distance_m"] > 500_000
    assert len(set(led.values())) == 2


def test_one_brand_in_two_towns_is_two():
    edge, led = two(
        site("peeringdb-fac-1", "Level Nashville", PEERINGDB, at=HERE, place="1 Road, Nashville"),
        site("osm-way-1", "Level Cincinnati", OSM, at=metres(400_000), place="1 Street, Cincinnati"),
        run_by("peeringdb-fac-1", "Level"),
        run_by("osm-way-1", "Level"),
    )  # fmt: skip
    assert edge is None
    assert len(set(led.values())) == 2


def test_two_operators_under_one_roof_are_two():
    edge, led = two(
        site("peeringdb-fac-1", "Alphatel 60 Hudson", PEERINGDB, at=HERE),
        site("osm-way-1", "Betanet 60 Hudson", OSM, at=metres(5)),
        run_by("peeringdb-fac-1", "Alphatel"),
        run_by("osm-way-1", "Betanet"),
    )
    assert edge["decision"] == "near"
    assert len(set(led.values())) == 2


def test_countries_that_differ_never_meet():
    edge, _ = two(
        site("epoch-a", "Example Meridian", EPOCH, at=HERE),
        site("analyst-a", "Example Meridian", ANALYST, at=metres(50), country_iso2="SG"),
        run_by("epoch-a", "Example"),
        run_by("analyst-a", "Example"),
    )
    assert edge is None


def test_a_list_of_machines_meets_the_centre_and_its_machines_stay_one_site():
    """TOP500 has one row per centre, however many systems it runs."""
    name = "National Supercomputing Center in Wuxian"
    edges, identity = met(
        [
            site("analyst-w", "National Supercomputing Center Wuxian", ANALYST, place="Wuxian"),
            site("top500-w", name, TOP500, coord_precision="country"),
            site("top500-l", "Other Laboratory", TOP500, coord_precision="country"),
            site("analyst-e", "El Capita, Other Laboratory", ANALYST, place="Live"),
        ],
        [
            *run_by("analyst-w", "National Supercomputing Center Wuxian"),
            *run_by("top500-w", name),
            *run_by("top500-l", "Other Laboratory"),
            *run_by("analyst-e", "Other Laboratory"),
        ],
    )
    assert leads_to(identity)["top500-w"] == "analyst-w"
    # The laboratory lists all its machines, the analyst one of them: a person has to say.
    assert edges["analyst-e", "top500-l"]["decision"] == "possible"
    assert leads_to(identity)["top500-l"] == "top500-l"


def test_two_names_of_one_organisation_agree():
    edge, _ = two(
        site("epoch-o", "Meta Omahaville", EPOCH, at=HERE),
        site("analyst-o", "Facebook Omahaville campus", ANALYST, place="Omahaville"),
        run_by("epoch-o", "Meta"),
        run_by("analyst-o", "Facebook"),
    )
    assert edge["party_share"] == 1


def three():
    """Three publishers of one site, a, b and c; all pairs are the same by the rules."""
    ids = ("epoch-a", "analyst-b", "disclosed-c")
    sources = (EPOCH, ANALYST, DISCLOSED)
    sites = [
        site(i, "Example Meridian", s, at=metres(20 * n))
        for n, (i, s) in enumerate(zip(ids, sources, strict=True))
    ]
    return sites, [p for i in ids for p in run_by(i, "Example")]


def test_three_publishers_meet_in_the_first_of_the_order():
    _, identity = met(*three())
    assert set(leads_to(identity).values()) == {"epoch-a"}


def test_no_match_keeps_apart_also_through_a_third():
    edges, identity = met(*three(), judged(("epoch-a", "analyst-b", "no match")))
    led = leads_to(identity)
    assert led["epoch-a"] != led["analyst-b"]
    assert edges["analyst-b", "epoch-a"]["decision"] == "different"
    refused = [e for e in edges.values() if "Not joined" in e["why"]]
    assert [e["decision"] for e in refused] == ["possible"]
    assert "kept two of their records apart" in refused[0]["why"]


def test_unsure_is_never_merged_through():
    edges, identity = met(*three(), judged(("epoch-a", "analyst-b", "unsure")))
    led = leads_to(identity)
    assert led["epoch-a"] != led["analyst-b"]
    assert edges["analyst-b", "epoch-a"]["decision"] == "possible"


def test_a_match_merges_what_no_rule_would_and_through_a_third():
    sites = [
        site("epoch-a", "Alpha", EPOCH, at=HERE),
        site("peeringdb-fac-1", "Beta SG3", PEERINGDB, at=metres(90_000)),
        site("osm-way-1", "Gamma SG4", OSM, at=metres(200_000)),
    ]
    edges, identity = met(
        sites,
        judgements=judged(
            ("epoch-a", "peeringdb-fac-1", "match"), ("peeringdb-fac-1", "osm-way-1", "match")
        ),
    )
    assert set(leads_to(identity).values()) == {"epoch-a"}
    assert edges["epoch-a", "peeringdb-fac-1"]["decision"] == "same"
    assert "a person said match (looked at)" in edges["epoch-a", "peeringdb-fac-1"]["why"]


def test_matches_against_a_no_match_join_by_the_newest_and_say_so():
    pairs = judged(
        ("epoch-a", "analyst-b", "no match"),
        ("epoch-a", "disclosed-c", "match"),
        ("analyst-b", "disclosed-c", "match"),
    )
    edges, identity = met(*three(), pairs)
    led = leads_to(identity)
    assert led["analyst-b"] == led["disclosed-c"] != led["epoch-a"]
    assert "Not joined" in edges["disclosed-c", "epoch-a"]["why"]


def test_the_last_judgement_of_a_pair_counts():
    pairs = judged(("epoch-a", "analyst-b", "no match"), ("analyst-b", "epoch-a", "match"))
    _, identity = met(*three(), pairs)
    assert set(leads_to(identity).values()) == {"epoch-a"}


def test_judgements_on_organisations_and_on_unknown_ids_are_left_alone():
    said = judged(("epoch-a", "analyst-b", "no match"), ("epoch-a", "gone", "match"))
    said = said.with_columns(
        subject=pl.when(pl.col("verdict") == "no match").then(pl.lit("organisation")).otherwise("subject")
    )  # fmt: skip
    _, identity = met(*three(), said)
    assert set(leads_to(identity).values()) == {"epoch-a"}


def test_a_publisher_never_lists_one_site_twice_in_a_cluster():
    """Both PeeringDB rows fit the OSM way; only the better joins, the other is possible."""
    edges, identity = met(
        [
            site("osm-way-1", "Example Meridian", OSM, at=HERE),
            site("peeringdb-fac-1", "Example Meridian", PEERINGDB, at=metres(10)),
            site("peeringdb-fac-2", "Example Meridian", PEERINGDB, at=metres(60)),
        ],
        [p for i in ("osm-way-1", "peeringdb-fac-1", "peeringdb-fac-2") for p in run_by(i, "Example")],
    )  # fmt: skip
    led = leads_to(identity)
    assert led["osm-way-1"] == "peeringdb-fac-1"
    assert led["peeringdb-fac-2"] == "peeringdb-fac-2"
    assert edges["osm-way-1", "peeringdb-fac-2"]["decision"] == "possible"
    assert "list it twice" in edges["osm-way-1", "peeringdb-fac-2"]["why"]


def test_a_node_and_a_way_of_the_map_are_one_and_two_ways_are_two():
    edges, identity = met(
        [
            site("osm-node-1", "Example Meridian", OSM, at=HERE),
            site("osm-way-1", "Example Meridian", OSM, at=metres(30)),
            site("osm-way-2", "Example Meridian", OSM, at=metres(90)),
        ],
        [p for i in ("osm-node-1", "osm-way-1", "osm-way-2") for p in run_by(i, "Example")],
    )
    led = leads_to(identity)
    assert led["osm-way-1"] == led["osm-node-1"] != led["osm-way-2"]
    assert edges["osm-way-1", "osm-way-2"]["decision"] == "possible"


def test_an_old_id_stays_when_a_publisher_of_higher_rank_joins():
    sites, parties = three()
    early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    first = {"analyst-b": early}
    dated = [{**s, "fetched_utc": first.get(s["facility_id"], late)} for s in sites]
    _, identity = met(dated, parties)
    assert set(leads_to(identity).values()) == {"analyst-b"}


def test_hostile_names_do_no_harm():
    bad = [
        "x" * 10_000, "'; DROP TABLE facility; --", "<script>alert(1)</script>", "=1+1", "\u202e\u200b",
        "😀😀", "a:b:c", "%_%", "SG" + "9" * 400, "([{*+?^$|\\", "\x00", " ",
    ]  # fmt: skip
    sites = [site(f"osm-way-{n}", text, OSM, at=metres(n)) for n, text in enumerate(bad)]
    parties = [p for n, text in enumerate(bad) for p in run_by(f"osm-way-{n}", text)]
    _, identity = met(sites, parties)
    assert len(identity) == len(bad)


def test_nothing_to_compare_gives_empty_tables():
    db = made.database()
    from indicia.entities.facilities import identities
    from indicia.schema import JUDGEMENT

    edges, identity = identities(db, JUDGEMENT.frame([]))
    assert (edges.height, identity.height) == (0, 0)
