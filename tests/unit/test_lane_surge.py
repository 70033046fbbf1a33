"""Surges against booms, floors, sides, baskets and frequencies."""

import made
import polars as pl
import pytest

from indicia.indicators import lane_surge

CALM = [100, 104, 99, 107, 101, 106, 103, 108]
OTHERS = {
    "EXA>IMB": [300, 309, 298, 315, 305, 311, 306, 318, 320],
    "EXA>IMC": [200, 195, 206, 199, 208, 201, 212, 204, 210],
    "EXB>IMA": [150, 154, 149, 158, 151, 155, 160, 152, 158],
}


def flows(lanes, flow="X", **more):
    return [
        row
        for lane, values in lanes.items()
        for row in made.yearly_lane(lane, [v * 1e6 for v in values], flow, **more)
    ]


def judged(rows, lane="EXA>IMA"):
    found = lane_surge.compute(made.database(customs_flow=rows))
    (row,) = found.evidence.filter(pl.col("scope_id") == lane).iter_rows(named=True)
    return row, found.sources.filter(pl.col("evidence_id") == row["evidence_id"])


def test_a_surge_flags_and_cites_its_year_and_the_year_before():
    row, sources = judged(flows({"EXA>IMA": [*CALM, 520], **OTHERS}))
    assert (row["result"], row["starts_date"].year) == ("flag", 2020)
    assert [k.rsplit("=", 1)[1] for k in sources["row_key"]] == ["2020", "2019"]
    assert "sum of reported partners" in row["statement"]


@pytest.mark.parametrize("boom", [["EXA>IMB"], ["EXB>IMA"]], ids=["exporter", "importer"])
def test_growth_shared_with_the_exporter_or_the_importer_is_no_surge(boom):
    lanes = {k: [*v[:-1], v[-1] * (8 if k in boom else 1)] for k, v in OTHERS.items()}
    assert judged(flows({"EXA>IMA": [*CALM, 520], **lanes}))[0]["result"] == "no_flag"


@pytest.mark.parametrize(("last", "result"), [(49.9, "no_flag"), (50.0, "flag")])
def test_the_floor_is_inclusive(last, result):
    small = [v / 20 for v in CALM]
    assert judged(flows({"EXA>IMA": [*small, last], **OTHERS}))[0]["result"] == result


@pytest.mark.parametrize(("years", "result"), [(5, "no_data"), (6, "flag")])
def test_five_years_must_precede(years, result):
    lanes = {"EXA>IMA": [*CALM[: years - 1], 520], **{k: v[:years] for k, v in OTHERS.items()}}
    assert judged(flows(lanes))[0]["result"] == result


def test_the_importers_report_outranks_and_is_never_spliced():
    rows = flows({"EXA>IMA": [*CALM, 109], **OTHERS}, "M", source="customs/importer")
    rows += flows({"EXA>IMA": [*CALM, 900]}, "X", source="customs/exporter")
    row, sources = judged(rows)
    assert row["result"] == "no_flag"
    assert "by the importer's report" in row["statement"]
    assert sources["source"].unique().to_list() == ["customs/importer"]


def test_the_exporters_report_to_the_world_outranks_the_sum_of_its_partners():
    lanes = {"EXA>IMA": [*CALM, 520], **OTHERS}
    world = made.yearly_lane("EXA>W00", [7e8] * 8 + [9e9], "X")
    assert judged(flows(lanes))[0]["result"] == "flag"
    assert judged(flows(lanes) + world)[0]["result"] == "no_flag"


def test_a_rebound_below_its_usual_share_is_no_surge():
    fading = [800, 620, 500, 390, 310, 245, 195, 150]
    assert judged(flows({"EXA>IMA": [*fading, 250], **OTHERS}))[0]["observed_value"] <= 0
    assert judged(flows({"EXA>IMA": [*fading, 1500], **OTHERS}))[0]["result"] == "flag"


def test_a_ready_made_basket_is_not_added_to_its_codes():
    basket = flows({"EXA>IMA": [*CALM, 110], **OTHERS})
    longer = {lane: [*values, values[-1]] for lane, values in OTHERS.items()}
    codes = flows({"EXA>IMA": [*CALM, 5000, 5000], **longer}, hs_code="847150")
    assert judged(codes)[0]["result"] == "flag"
    assert judged(basket + codes)[0]["result"] == "no_flag"


def test_months_are_held_against_the_same_month_a_year_before():
    def monthly(lane, values):
        exporter, importer = lane.split(">")
        return [
            {
                "reporter_iso3": importer,
                "partner_iso3": exporter,
                "flow": "M",
                "hs_code": "847150",
                "frequency": "M",
                "period": f"{2021 + i // 12}-{i % 12 + 1:02d}",
                "value_reported_usd": v * 1e6,
            }
            for i, v in enumerate(values)
        ]

    season = [(2 if i % 12 == 11 else 1) * 20 * made.scatter(1, 0.05, i)[0] for i in range(40)]
    rows = monthly("EXA>IMB", season) + monthly("EXB>IMA", season)
    assert judged(rows + monthly("EXA>IMA", season[::1]))[0]["result"] == "no_flag"
    row, _ = judged(rows + monthly("EXA>IMA", [*season[:-1], season[-1] * 6]))
    assert (row["result"], str(row["starts_date"]), str(row["ends_date"])) == (
        "flag",
        "2024-04-01",
        "2024-04-30",
    )
