"""Pictures of lanes: what is not reported is never drawn as nothing, and the caveats lie inside."""

import json
from datetime import date

import polars as pl

from indicia.answers import lane_reports
from indicia.answers.charts import lane, lanes, subject

CAPTION = "STARTER DATA · data 0123456789ab"


def said(spec):
    title = spec["title"]
    return " ".join([title["text"], *title["subtitle"]])


def drawn(spec):
    return json.dumps(spec, default=str)


def month(number, importer, exporter, *states):
    return {
        "frequency": "month", "period": f"2024-{number:02}", "starts_date": date(2024, number, 1),
        "importer_usd": importer, "exporter_usd": exporter, "importer_state": states[0], "exporter_state": states[1],
        "gap_share": 0.1 if importer and exporter else None,
    }  # fmt: skip


SERIES = pl.DataFrame(
    [
        month(1, 2e6, 1e6, "declared", "declared"),
        month(2, None, 1e6, "no report", "declared"),
        month(3, 3e6, None, "declared", "nothing declared"),
    ]
)
EVENTS = pl.DataFrame(
    {
        "label": ["early", "within"], "kind": ["rule", "case"], "status": ["in force", "charged"],
        "starts_date": [date(2020, 1, 1), date(2024, 2, 1)],
    }
)  # fmt: skip


def test_both_sides_gap_and_silence_share_one_axis_of_time():
    spec = lane.reports(SERIES, EVENTS, "A > B", lane_reports.GAP_SAYS, CAPTION).to_dict()
    assert spec["resolve"]["scale"]["x"] == "shared"
    assert len(spec["vconcat"]) == 3
    assert "no report, which is never zero" in said(spec)
    assert CAPTION in said(spec)
    silent = spec["vconcat"][2]
    rows = spec["datasets"][silent["data"]["name"]]
    assert [(r["side"], r["period"]) for r in rows] == [("importer", "2024-02")]
    assert '"within"' in drawn(spec)
    assert '"early"' not in drawn(spec)


def test_without_gap_or_silence_no_empty_lane_is_drawn():
    whole = SERIES.head(1).with_columns(gap_share=pl.lit(None, dtype=pl.Float64))
    spec = lane.reports(
        whole, EVENTS.clear(), "A > B", lane_reports.GAP_SAYS, CAPTION
    ).to_dict()
    assert len(spec["vconcat"]) == 1


def test_unit_values_stand_apart_by_who_reports_and_hold_the_unmeasured():
    row = {"period": "2024-Q1", "starts_date": date(2024, 1, 1), "band_share": 0.5}
    values = pl.DataFrame(
        [
            {"reported_by": by, **row, "band_usd": 1.0, "outside_usd": 1.0, "unmeasured_usd": grey}
            for by, grey in (("shipment records", 0.0), ("importer's report", 3.0))
        ]
    )  # fmt: skip
    spec = lane.mixture(values, "A > B", ("band said",), CAPTION).to_dict()
    assert [part["encoding"]["y"]["title"] for part in spec["vconcat"]] == [
        "shipment records", "importer's report",
    ]  # fmt: skip
    assert "band said" in said(spec)
    counts = [len(spec["datasets"][part["data"]["name"]]) for part in spec["vconcat"]]
    assert counts == [2, 3]


def test_the_grid_marks_silence_apart_and_a_click_names_the_lane():
    cells = pl.DataFrame(
        {
            "lane": ["A>B", "A>C", "A>D"], "name": ["x"] * 3, "exporter": ["A"] * 3, "importer": ["B", "C", "D"],
            "period": ["2024"] * 3, "state": ["declared", "nothing declared", "no report"],
            "value_usd": [2e6, None, None], "months_count": [12, 12, 0], "months_asked_count": [12] * 3,
        }
    )  # fmt: skip
    spec = lanes.grid(cells, "importer", "2024", CAPTION).to_dict()
    assert "never zero" in said(spec)
    silent, declared, _ = spec["layer"]
    assert "no report" in drawn(silent["transform"])
    assert declared["encoding"]["color"]["scale"]["domain"] == list(lanes.DOMAIN_USD)
    assert [p["name"] for p in spec["params"]] == [lanes.PICK]
    assert lanes.picked([{"lane": "A>B"}]) == "A>B"
    assert lanes.picked([]) == ""


def test_weights_of_a_lane_name_its_own_hypothesis():
    items = pl.DataFrame(
        {
            "step": [0, 1, 2], "family": ["prior", "customs", "total"], "label": ["p", "C01", "t"],
            "weight_bans": [-1.0, 0.4, -0.6], "statement": [None, "s", None],
        }
    )  # fmt: skip
    spec = subject.weights(items, "L1", "L2", CAPTION).to_dict()
    assert "What speaks for L1 over L2" in said(spec)
    assert "Never a probability of wrongdoing" in said(spec)
    assert "-0.60 bans" in drawn(spec)
