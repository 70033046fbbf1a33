"""Hubs, lanes and squares of the map, as pure functions of frames."""

from itertools import pairwise

import polars as pl
import pytest

from indicia.answers import map_layers, maps, places

CAPTION = "STARTER DATA · data 0123456789ab"
SPOTS = {"TWN": (121.0, 23.8), "MYS": (102.0, 4.2), "USA": (-99.1, 39.5), "JPN": (138.0, 36.0)}


def arcs(*lanes: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "lane": lane, "name": lane, "verdict": verdict, "support_bans": -0.5, "coverage_share": 0.4,
                "flags": None,
                **{f"{end}_{axis}_deg": SPOTS[code][place] for end, code in zip(("from", "to"), lane.split(">"), strict=True)
                   for place, axis in enumerate(("longitude", "latitude"))},
            }
            for lane, verdict in lanes
        ]
    )  # fmt: skip


def lines(layers):
    shown = [layer.to_dict() for layer in layers]
    return [part for part in shown if part["mark"]["type"] == "geoshape"]


def paths(layer):
    rows = layer["datasets"][layer["data"]["name"]]
    return [feature["geometry"]["coordinates"] for feature in rows]


def test_a_lane_runs_from_exporter_to_importer_and_both_ways_stay_apart():
    (layer,) = lines(map_layers.arcs(arcs(("TWN>MYS", "watch"), ("MYS>TWN", "watch"))))
    there, back = paths(layer)
    assert tuple(there[0]) == SPOTS["TWN"]
    assert tuple(there[-1]) == SPOTS["MYS"]
    middle = len(there) // 2
    assert abs(there[middle][0] - back[middle][0]) + abs(there[middle][1] - back[middle][1]) > 3


def test_a_lane_never_runs_over_the_edge_of_the_sheet():
    (layer,) = lines(map_layers.arcs(arcs(("USA>JPN", "lead"), ("JPN>USA", "lead"))))
    for path in paths(layer):
        assert all(
            abs(lon) <= 180 and abs(lat) <= map_layers.MOST_LATITUDE_DEG for lon, lat in path
        )
        assert max(abs(b[0] - a[0]) for a, b in pairwise(path)) < 20


def test_a_verdict_is_said_by_width_and_dash_and_not_by_colour_alone():
    marks = [
        layer["mark"]
        for layer in lines(map_layers.arcs(arcs(("TWN>MYS", "lead"), ("USA>JPN", "watch"), ("USA>MYS", "no lead"))))
    ]  # fmt: skip
    assert len({m["strokeWidth"] for m in marks}) == 3
    assert [("strokeDash" in m) for m in marks] == [False, False, True]


def test_an_arrow_points_to_the_importer_and_a_click_on_it_names_the_lane():
    arrow = map_layers.arcs(arcs(("TWN>MYS", "watch")))[-1]
    (turn,) = arrow.data["turn_deg"]
    assert 180 < turn % 360 < 270
    spec = maps.points(
        places_frame(),
        0,
        CAPTION,
        ground=maps.Ground(places.hubs(), arcs(("TWN>MYS", "watch"))),
    ).to_dict()
    assert {p["name"] for p in spec["params"]} == {maps.PICK, map_layers.ARC}
    assert any("lanes of trade between countries, never routes" in s for s in spec["title"]["subtitle"])  # fmt: skip


def test_hubs_are_drawn_where_no_facility_is():
    shown = places.hubs()
    assert {"SG", "MY", "AE", "HK", "VN", "TW"} <= set(shown["iso2"])
    assert shown["longitude_deg"].null_count() == 0
    empty = maps.points(places_frame().clear(), 0, CAPTION, ground=maps.Ground(shown)).to_dict()
    named = [r["iso2"] for rows in empty["datasets"].values() for r in rows if "iso2" in r]
    assert set(named) == set(shown["iso2"])


def test_outline_is_thin_where_little_could_be_computed():
    both = pl.concat([places_frame(coverage_share=share) for share in (0.2, 0.8, None)])
    spec = maps.points(both, 0, CAPTION).to_dict()
    rows = spec["datasets"][spec["layer"][-1]["data"]["name"]]
    assert [r["is_low"] for r in rows] == [True, False, True]


def test_squares_carry_their_count_and_name_what_is_left_out():
    cells = pl.DataFrame(
        {
            "cell": ["1:2"], "facilities_count": [400], "sites_count": [3], "review_count": [1],
            "support_bans": [0.1], "undated_count": [0], "latitude_deg": [1.0], "longitude_deg": [2.0],
            "step_deg": [3.0],
        }
    )  # fmt: skip
    spec = maps.density(cells, 1234, CAPTION).to_dict()
    said = " ".join(spec["title"]["subtitle"])
    assert "1,234 known less closely are not drawn" in said
    assert CAPTION in said
    assert [p["name"] for p in spec["params"]] == [maps.CELL]
    assert maps.selected({"cell": [{"cell": "1:2"}]}) == ("", "1:2", "")


@pytest.mark.parametrize("name", maps.REGIONS)
def test_the_box_of_a_region_holds_its_centre_and_stays_on_the_globe(name):
    look = maps.REGIONS[name]
    west, south, east, north = look.box
    assert -180 <= west < look.longitude_deg < east <= 180
    assert -90 <= south < look.latitude_deg < north <= 90


def places_frame(**more: object) -> pl.DataFrame:
    row = {
        "name": "A", "facilities_count": 1, "coord_precision": "site", "verdict": "no lead",
        "support_bans": -0.2, "coverage_share": 0.8, "first_date": None, "undated_count": 1,
        "latitude_deg": 1.0, "longitude_deg": 2.0, "facility_id": "a", "is_chosen": False,
    }  # fmt: skip
    schema = {"support_bans": pl.Float64, "coverage_share": pl.Float64, "first_date": pl.Date}
    return pl.DataFrame([row | more], schema_overrides=schema)
