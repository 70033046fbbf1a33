"""Pictures as pure functions: what they say about doubt is inside the picture."""

import json
from datetime import date

import polars as pl
import pytest

from indicia.answers import charts, maps, waterfall

CAPTION = "STARTER DATA · data 0123456789ab"


def marks(*rows: dict[str, object]) -> pl.DataFrame:
    empty = {
        "lane": "power", "starts_date": date(2024, 1, 1), "ends_date": None, "date_precision": "day",
        "label": "a", "status": None, "value": 1.0, "unit": "MW", "is_estimate": False,
        "is_projection": False, "source": "s", "source_url": None,
    }  # fmt: skip
    schema = {"ends_date": pl.Date, "status": pl.String, "value": pl.Float64}
    return pl.DataFrame([empty | r for r in rows], schema_overrides=schema)


def places(**more: object) -> pl.DataFrame:
    row = {
        "name": "A", "facilities_count": 1, "coord_precision": "city", "verdict": "no lead",
        "support_bans": -0.2, "coverage_share": 0.8, "first_date": None, "undated_count": 1, "latitude_deg": 1.0, "longitude_deg": 2.0, "facility_id": "a", "is_chosen": False,
    }  # fmt: skip
    return pl.DataFrame([row | more], schema_overrides={"support_bans": pl.Float64})


def written(spec: dict[str, object]) -> str:
    return json.dumps(
        {k: v for k, v in spec.items() if k != "$schema"}, ensure_ascii=False, default=str
    )


RULE = {
    "lane": "rule",
    "label": "rule · A rule",
    "value": None,
    "starts_date": date(2024, 3, 1),
}


def test_a_timeline_shares_one_axis_and_draws_each_rule_through_every_lane():
    shown = marks(
        RULE, {}, {"lane": "compute"}, {"lane": "event", "value": None, "label": "event · b"}
    )
    spec = charts.timeline(shown, CAPTION).to_dict()
    assert spec["resolve"]["scale"]["x"] == "shared"
    names, *lanes = spec["vconcat"]
    assert names["layer"][1]["encoding"]["text"]["field"] == "short"
    assert "A rule" in written(spec)
    assert len(lanes) == 3
    for lane in lanes:
        assert lane["layer"][0]["mark"]["type"] == "rule"


def test_what_lies_far_before_the_rest_is_told_of_and_left_to_the_table():
    founding = {
        "lane": "register",
        "starts_date": date(2000, 5, 5),
        "value": None,
        "label": "founded",
    }
    near = {
        "lane": "event",
        "starts_date": date(2023, 5, 5),
        "value": None,
        "label": "event · near",
    }
    spec = charts.timeline(marks(founding, near, {}, RULE), CAPTION).to_dict()
    assert "in the table only: 1." in " ".join(spec["title"]["subtitle"])
    assert "founded" not in written(spec["datasets"])
    assert "event · near" in written(spec["datasets"])
    alone = charts.timeline(marks(founding, near), CAPTION).to_dict()
    assert "founded" in written(alone["datasets"])


def test_an_estimate_is_hollow_a_report_filled_and_a_projection_dashed():
    shown = marks({}, {"is_estimate": True}, {"is_projection": True, "is_estimate": True})
    (lane,) = charts.timeline(shown, CAPTION).to_dict()["vconcat"]
    looks = [layer["mark"] for layer in lane["layer"]]
    assert [m["filled"] for m in looks if m["type"] == "point"] == [True, False, False]
    assert [m["strokeDash"] for m in looks if m["type"] == "line"] == [[1, 0], [2, 2], [7, 4]]


def test_a_metered_year_is_drawn_as_a_duration():
    shown = marks({"lane": "metered", "ends_date": date(2024, 12, 31)})
    (lane,) = charts.timeline(shown, CAPTION).to_dict()["vconcat"]
    assert lane["layer"][0]["encoding"]["x2"]["field"] == "ends_date"


def test_names_in_a_row_are_cut_to_their_room_and_late_ones_stand_to_the_left():
    label = "notice · a name of some thirty letters"
    days = [date(2024, 1, 1), date(2024, 1, 2), date(2024, 3, 1), date(2024, 12, 31)]
    shown = marks(
        *({"lane": "notice", "label": label, "value": None, "starts_date": d} for d in days)
    )
    spec = charts.timeline(shown, CAPTION).to_dict()
    (lane,) = spec["vconcat"]
    early, late = (n for n in lane["layer"] if n["mark"]["type"] == "text")
    assert (early["mark"]["align"], late["mark"]["align"]) == ("left", "right")
    first, second, third = (r["short"] for r in spec["datasets"][early["data"]["name"]])
    (last,) = (r["short"] for r in spec["datasets"][late["data"]["name"]])
    assert (first, third, last) == ("", label, label)
    assert second == label[: len(second) - 1] + "…"


def test_lanes_are_as_wide_as_the_page_with_their_labels_inside():
    spec = charts.timeline(marks({}, {"lane": "event"}), CAPTION).to_dict()
    for lane in spec["vconcat"]:
        encoding = lane["layer"][-1]["encoding"]
        start, _ = encoding["x"]["scale"]["range"]
        assert encoding["y"]["axis"]["offset"] == -start


def test_a_timeline_of_rules_alone_is_a_picture_too():
    assert charts.timeline(marks(RULE), CAPTION).to_dict()["vconcat"]


@pytest.mark.parametrize(
    "chart",
    [
        lambda: charts.timeline(marks({}), CAPTION),
        lambda: charts.waterfall(steps(), "H4", CAPTION),
        lambda: charts.coverage(
            pl.DataFrame(
                {
                    "family": ["power"],
                    "indicator": ["P01"],
                    "flag_count": [1],
                    "no_flag_count": [2],
                    "no_data_count": [3],
                    "not_applicable_count": [4],
                }
            ),
            CAPTION,
        ),
        lambda: maps.points(places(), 7, CAPTION),
    ],
    ids=["timeline", "waterfall", "coverage", "map"],
)
def test_every_picture_carries_its_data_and_asks_no_other_host(chart):
    text = written(chart().to_dict())
    assert CAPTION in text
    assert "http" not in text


def steps() -> pl.DataFrame:
    rows = [
        ("p", "prior", -1.0, 0.0, -1.0, None, ""),
        ("power", "family", 3.0, -1.0, 2.0, 4, "capped at 3, was +3.40"),
        ("t", "total", 2.0, 0.0, 2.0, None, ""),
    ]
    return pl.DataFrame(rows, schema=waterfall.STEPS, orient="row")


def test_a_waterfall_says_inside_the_picture_what_it_is_not_and_what_was_capped():
    spec = charts.waterfall(steps(), "H4", CAPTION).to_dict()
    assert "Never a probability of wrongdoing" in written(spec["title"])
    assert "+3.00 bans (capped at 3, was +3.40)" in written(spec)
    assert "-1.00 bans" in written(spec)


def test_the_map_shows_precision_by_shape_and_counts_what_it_leaves_out():
    spec = maps.points(places(), 1234, CAPTION).to_dict()
    shape = spec["layer"][-1]["encoding"]["shape"]["scale"]
    assert dict(zip(shape["domain"], shape["range"], strict=True)) == {
        "site": "circle", "city": "diamond", "county": "square",
    }  # fmt: skip
    said = written(spec["title"])
    assert "1,234 known less closely are not drawn" in said
    assert "Natural Earth, de facto; no position implied" in said
    assert spec["layer"][0]["data"]["url"] == "app/static/countries-50m.json"


def test_only_a_place_known_to_the_site_is_filled():
    def fills(precision: str) -> list[object]:
        spec = maps.points(places(coord_precision=precision), 0, CAPTION).to_dict()
        return [layer["mark"].get("fill") for layer in spec["layer"][1:-1]]

    assert fills("site") == [maps.NOT_RANKED]
    assert fills("city") == fills("county") == [None]


def test_the_chosen_facility_is_ringed_through_its_data():
    plain = maps.points(places(), 0, CAPTION).to_dict()["layer"]
    ringed = maps.points(places(is_chosen=True), 0, CAPTION).to_dict()["layer"]
    assert len(ringed) == len(plain) + 1
    assert ringed[1]["mark"]["stroke"] == maps.CHOSEN


@pytest.mark.parametrize("region", maps.REGIONS)
def test_a_click_has_a_name_in_every_region(region):
    spec = maps.points(places(), 0, CAPTION, region).to_dict()
    assert [p["name"] for p in spec["params"]] == [maps.PICK]


def test_a_click_on_nothing_picks_nothing():
    assert maps.picked([]) == ""
    assert maps.picked([{"facility_id": "a"}]) == "a"


def test_the_strongest_support_is_drawn_on_top():
    both = pl.concat(
        places(facility_id=k, support_bans=b) for k, b in (("up", 1.0), ("down", -1.0))
    )
    spec = maps.points(both, 0, CAPTION).to_dict()
    rows = spec["datasets"][spec["layer"][-1]["data"]["name"]]
    assert [r["facility_id"] for r in rows] == ["down", "up"]
