"""What lanes report over time and what they touch, and what the map draws when: tables made in memory."""

from datetime import date

import made
import polars as pl
import pytest

from indicia.answers import lane_around, lane_reports, lane_values, places
from indicia.schema import ASSESSMENTS

LANE = "TWN>MYS"


class Made:
    """A reader of a database in memory."""

    kind, as_of, data_version = "synthetic", None, "made"

    def __init__(self, db):
        self.db = db

    def sql(self, query, parameters=()):
        return self.db.sql(query, params=parameters or None).pl()


def flow(lane, period, usd, flow="M", **more):
    exporter, importer = lane.split(">")
    reporter, partner = (importer, exporter) if flow == "M" else (exporter, importer)
    return {
        "reporter_iso3": reporter, "partner_iso3": partner, "flow": flow, "hs_code": "847150",
        "frequency": "A" if len(period) == 4 else "M", "period": period, "value_reported_usd": usd, **more,
    }  # fmt: skip


def site(key, longitude, precision="site"):
    return {
        "facility_id": key, "name": key, "country_iso2": "MY", "latitude_deg": 1.5, "longitude_deg": longitude,
        "coord_precision": precision,
    }  # fmt: skip


@pytest.fixture(scope="module")
def store():
    state = {"power_kind": "capacity", "date_precision": "day", "is_projection": False}
    db = made.database(
        customs_flow=[
            flow(LANE, "2024-01", 10e6, net_weight_reported_kg=5_000.0),
            flow(LANE, "2024-02", 20e6, net_weight_reported_kg=50_000.0),
            flow(LANE, "2024-05", 30e6),
            flow("JPN>MYS", "2024-04", 1e6),
            flow(LANE, "2024-01", 10e6, "X"),
            flow(LANE, "2024-02", 0.0, "X"),
            flow("MYS>CHN", "2024-01", 5e6, "X"),
            flow("USA>TWN", "2023", 7e6),
            flow("USA>TWN", "2023-05", 1e6),
        ],
        shipment=[
            {"shipment_id": str(n), "shipped_date": date(2024, 1, 1 + n), "consignee_name": name, "origin_iso2": "TW",
             "destination_iso2": "MY", "hs_code": code, "value_reported_usd": usd, "gross_weight_kg": 100.0}
            for n, (name, code, usd) in enumerate(
                [("Alpha", "84715000", 200_000.0), (" Alpha", "847150", 10_000.0), ("Beta", "847150", None), ("Gamma", "010121", 9e9)])
        ],
        event=[
            {"event_id": "named", "kind": "rule", "status": "in force", "title": "A rule", "lanes": "JPN>MYS; *>MYS", "starts_date": date(2024, 3, 1)},
            {"event_id": "other", "kind": "rule", "status": "in force", "title": "Another", "lanes": "TWN>USA", "starts_date": date(2024, 3, 1)},
        ],
        facility=[site("old", 101.2), site("new", 101.4), site("planned", 104.0), site("undated", 140.0, "city"), site("vague", 101.2, "region")],
        facility_state=[
            {"facility_id": "old", "on_date": date(2022, 5, 1), **state},
            {"facility_id": "new", "on_date": date(2024, 2, 1), **state},
            {"facility_id": "new", "on_date": date(2021, 2, 1), **state, "is_projection": True},
            {"facility_id": "planned", "on_date": date(2027, 1, 1), **state, "is_projection": True},
        ],
        exposure=[{"facility_id": "old", "scope_kind": "lane", "scope_id": LANE, "weight_share": 0.3, "basis": "made"}],
    )  # fmt: skip
    for table in ASSESSMENTS:
        db.execute(table.ddl())
    return Made(db)


def test_no_report_and_nothing_declared_are_never_zero_in_the_grid(store):
    cells = {
        r["lane"]: r
        for r in lane_reports.grid(store, "importer", "quarter", "2024-Q2").to_dicts()
    }
    assert cells[LANE]["value_usd"] == 30e6
    assert (cells[LANE]["months_count"], cells[LANE]["months_asked_count"]) == (2, 3)
    assert cells["USA>MYS"]["state"] == lane_reports.NOTHING
    assert cells["USA>TWN"]["state"] == lane_reports.NO_REPORT
    assert cells["USA>MYS"]["value_usd"] is cells["USA>TWN"]["value_usd"] is None


def test_a_yearly_report_outranks_the_months_of_its_year(store):
    assert lane_reports.periods(store, "importer", "year") == ["2023", "2024"]
    rows = lane_reports.grid(store, "importer", "year", "2023")
    (year,) = rows.filter(pl.col("lane") == "USA>TWN").to_dicts()
    assert (year["value_usd"], year["months_count"]) == (7e6, 12)


def test_a_series_keeps_its_silent_months_and_gaps_only_where_both_declare(store):
    rows = lane_reports.series(store, "twn>mys")
    assert rows["period"].to_list() == [f"2024-0{n}" for n in range(1, 6)]
    assert rows["importer_state"].to_list() == [
        "declared", "declared", "no report", "nothing declared", "declared",
    ]  # fmt: skip
    assert rows["importer_usd"].to_list() == [10e6, 20e6, None, None, 30e6]
    gaps = rows["gap_share"].to_list()
    assert gaps[0] == pytest.approx(2 * (10 - 10.8) / (10 + 10.8))
    assert gaps[1:] == [None] * 4
    assert lane_reports.series(store, "nowhere").is_empty()


def test_value_is_split_by_what_it_costs_per_kilogram(store):
    rows = lane_values.mixture(store, LANE)
    (importer,) = rows.filter(pl.col("reported_by") == "importer's report").to_dicts()
    assert (importer["period"], importer["band_usd"], importer["outside_usd"]) == ("2024-Q1", 10e6, 20e6)  # fmt: skip
    assert importer["band_share"] == pytest.approx(1 / 3)


def test_importers_are_consignees_of_the_basket_alone(store):
    rows = lane_around.importers(store, LANE)
    assert rows.select("consignee", "shipments_count", "in_band_count", "value_usd").rows() == [
        ("Alpha", 2, 1, 210_000.0), ("Beta", 1, 0, None),
    ]  # fmt: skip


def test_a_lane_knows_its_facilities_neighbours_and_events(store):
    assert lane_around.facilities(store, LANE)["facility_id"].to_list() == ["old"]
    near = lane_around.neighbours(store, LANE)
    assert near.select("where", "lane", "year").rows() == [
        ("after", "MYS>CHN", "2024"), ("before", "USA>TWN", "2023"),
    ]  # fmt: skip
    assert lane_around.events(store, LANE)["event_id"].to_list() == ["named"]


def test_the_map_shows_what_was_on_record_by_then_and_never_drops_the_undated(store):
    def drawn(until):
        return set(places.points(store, until=until)["facility_id"])

    assert drawn("2022-Q1") == {"undated"}
    assert drawn("2022-Q2") == {"old", "undated"}
    assert drawn("2024-Q1") == {"old", "new", "undated"}
    assert drawn("2026-Q4") == drawn("2024-Q1")
    assert drawn(places.ALL) == {"old", "new", "planned", "undated"}
    assert drawn("no quarter") == drawn(places.ALL)
    quarters = places.quarters(store)
    assert (quarters[0], quarters[-1], len(quarters)) == ("2022-Q2", "2027-Q1", 20)
    assert places.undated(store)["facility_id"].to_list() == ["undated"]


def test_squares_hold_every_drawn_facility_and_open_to_them(store):
    cells = places.density(store, 3)
    assert places.total(cells) == places.total(places.points(store)) == 4
    top = cells.row(0, named=True)
    assert (top["facilities_count"], top["longitude_deg"], top["latitude_deg"]) == (
        2,
        100.5,
        1.5,
    )
    inside = places.in_cell(store, top["cell"], 3, places.ALL)
    assert set(inside["facility_id"]) == {"old", "new"}
    assert set(places.in_cell(store, top["cell"], 3, "2022-Q2")["facility_id"]) == {"old"}


def test_a_region_sends_only_what_lies_in_it(store):
    assert set(places.points(store, box=(100, 0, 105, 5))["facility_id"]) == {"old", "new", "planned"}  # fmt: skip
    assert not places.is_dense(store)
