"""What is known to go wrong with Taiwan, the Gulf, countries, profiles and lights: a test each."""

from datetime import UTC, date, datetime

import made_bodies
import polars as pl
import pytest
from made_bodies import FETCHED, JOBS, body_of, rules

from indicia.errors import SourceChangedError
from ingest.power import gccia


def case(name: str, folder: str) -> bytes:
    return body_of(f"power/{name}", folder)


def parse(name: str, body: bytes, **facts: object):
    return made_bodies.parse(f"power/{name}", body, **facts)


# Taiwan


def test_ten_thousand_kilowatts_are_ten_megawatts():
    rows = parse(
        "taipower", case("taipower", "named-file"), way="file", url="loadareas_2026-03-01.csv"
    ).tables["power_load"]
    north = rows.filter(pl.col("zone_id") == "TW-NORTH")["demand_reported_mw"].to_list()
    assert north == [10_900.0, 10_972.0]


def test_full_hours_that_lack_their_minutes_are_read():
    body = b"00,44.0,1090.0,920.0,1056.0\n" + b"".join(
        b"00:%d0,44.0,1090.0,920.0,1056.0\n" % m for m in range(1, 6)
    )
    rows = parse("taipower", body).tables["power_load"]
    assert rows.height == 4
    assert set(rows["hour_utc"]) == {datetime(2026, 5, 31, 16, tzinfo=UTC)}


def test_a_file_that_runs_past_the_time_of_the_fetch_is_of_the_day_before():
    shortly = datetime(2026, 5, 2, 16, 3, tzinfo=UTC)  # 00:03 on 3 May in Taipei
    rows = parse("taipower", case("taipower", "past-midnight"), fetched_utc=shortly)
    assert rows.tables["power_load"]["hour_utc"].max() == datetime(2026, 5, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize("url", ["loadareas.csv", "loadareas_2026-13-41.csv"])
def test_a_taiwanese_file_without_its_day_is_refused(url):
    with pytest.raises(SourceChangedError, match="the day in the name"):
        parse("taipower", case("taipower", "named-file"), way="file", url=url)


def test_a_taiwanese_file_may_get_its_day_from_the_user():
    facts = {"way": "file", "published_utc": datetime(2026, 3, 1, tzinfo=UTC)}
    rows = parse("taipower", case("taipower", "named-file"), **facts).tables["power_load"]
    assert set(rows["hour_utc"].dt.date()) == {date(2026, 3, 1)}


def test_columns_that_changed_places_are_rejected_and_not_taken_for_other_regions():
    moved = b"".join(b"12:%d0,1097.2,851.2,1031.4,45.6\n" % m for m in range(6))
    result = parse("taipower", moved)
    assert not set(result.tables["power_load"]["zone_id"]) & {"TW-EAST", "TW-NORTH"}
    assert "outside its region's range" in rules(result)


# The Gulf


def test_a_moment_is_never_called_an_hour():
    assert JOBS["power/gccia"].source.tables == ("power_reading",)
    (moment,) = set(
        parse("gccia", case("gccia", "page")).tables["power_reading"]["read_utc"].to_list()
    )
    assert moment == FETCHED


def test_only_the_loads_of_the_page_are_archived():
    kept = gccia.redact(case("gccia", "page"))
    assert b"uae-mw-val" in kept
    assert b"+966" not in kept
    assert not kept.lstrip().lower().startswith(b"<!doctype")
    assert gccia.redact(kept) == kept
    page = b"<html>moved</html>"
    assert gccia.redact(page) == page


def test_a_dash_is_a_missing_value_and_not_zero():
    result = parse("gccia", case("gccia", "page"))
    assert "GCCIA-KW" not in result.tables["power_reading"]["zone_id"].to_list()
    assert rules(result)["no value"] == 1


def test_a_saved_page_must_come_with_its_day():
    with pytest.raises(SourceChangedError, match="--published"):
        parse("gccia", case("gccia", "page"), way="file")


# Countries and profiles


def test_terawatthours_are_a_million_megawatthours():
    rows = parse("ember", case("ember", "months")).tables["power_sector"]
    malaysia = rows.filter(region_id="MY", period="2026-02")["consumption_reported_mwh"]
    assert malaysia.to_list() == [14_620_000.0]


def test_a_site_above_its_contract_is_kept_and_zeros_are_counted():
    rows = parse("ukpn_profiles", case("ukpn_profiles", "export")).tables["load_profile"]
    small = rows.filter(site_code="Data Centre #7").to_dicts()[0]
    assert small["max_utilisation_ratio"] == 3.99
    assert (small["readings_count"], small["zero_readings_count"]) == (2, 1)
    dead = rows.filter(site_code="Data Centre #9").to_dicts()[0]
    assert dead["readings_count"] == dead["zero_readings_count"] == 3


def test_the_day_of_a_half_hour_is_its_day_in_utc_whatever_the_local_column_says():
    rows = parse("ukpn_profiles", case("ukpn_profiles", "semicolons")).tables["load_profile"]
    assert rows["on_date"].to_list() == [date(2026, 5, 30), date(2026, 5, 31)]


# Night lights


def lights(**facts: object):
    return parse("night_lights", case("night_lights", "north-park"), way="file", **facts)


def test_lights_date_construction_and_give_no_row_of_power():
    assert JOBS["power/night_lights"].source.tables == ("event",)
    (event,) = lights(url="north_park.csv").tables["event"].to_dicts()
    assert (event["kind"], event["starts_date"]) == ("construction", date(2025, 3, 1))
    assert "consistent with construction" in event["citation"]


def test_a_step_is_known_only_when_its_sixth_month_is_over():
    (event,) = lights(url="north_park.csv").tables["event"].to_dicts()
    assert event["published_utc"].date() == date(2025, 9, 1)
    early = lights(url="north_park.csv", published_utc=datetime(2025, 6, 1, tzinfo=UTC))
    assert early.tables["event"].height == 0


def test_two_months_in_which_only_the_ring_went_dark_are_no_step():
    quiet = b"\n".join(case("night_lights", "north-park").splitlines()[:26])
    result = parse("night_lights", quiet, way="file", url="north_park.csv")
    assert result.tables["event"].height == 0
    assert "no step" in rules(result)


def test_a_town_that_lights_up_as_a_whole_is_no_step_of_the_site():
    lines = case("night_lights", "north-park").decode().splitlines()
    brighter = [
        line.replace(",10.", ",60.") if line >= "2025-03" and line[0] == "2" else line
        for line in lines
    ]
    body = "\n".join(brighter).encode()
    assert parse("night_lights", body, way="file", url="a_b.csv").tables["event"].height == 0


def test_a_file_named_for_a_facility_is_linked_to_it():
    (event,) = lights(url="epoch-north-park.csv").tables["event"].to_dicts()
    assert event["facility_id"] == "epoch-north-park"
    assert lights(url="north_park.csv").tables["event"]["facility_id"].to_list() == [None]


def test_a_light_series_must_be_named_for_its_site():
    with pytest.raises(SourceChangedError, match="file name"):
        lights(url="?.csv")


def test_a_month_told_twice_counts_once():
    lines = case("night_lights", "north-park").splitlines()
    body = b"\n".join([*lines, lines[5]])
    result = parse("night_lights", body, way="file", url="north_park.csv")
    assert rules(result)["key repeated"] == 1
    assert result.tables["event"].height == 1


# Operators


@pytest.mark.parametrize(
    "header",
    [
        "Campus,Company,Fiscal Year,Electricity (MWh),URL",
        "data centre,organisation,reporting_year,energy_mwh,source",
        "site,operator,year,electricity_mwh,source_url",
    ],
)
def test_a_file_of_another_operator_is_read_under_common_headers(header):
    row = "Example Hall,Example Cloud,2025,38000,https://example.org/report.pdf"
    rows = parse("operator_disclosures", f"{header}\n{row}\n".encode()).tables[
        "power_site_year"
    ]
    assert rows.select("site_name", "operator", "year", "electricity_reported_mwh").rows() == [
        ("Example Hall", "Example Cloud", 2025, 38_000.0)
    ]
    assert rows["water_reported_m3"].to_list() == [None]


@pytest.mark.parametrize("column", ["electricity_gwh", "Electricity (GWh)", "electricity"])
def test_electricity_in_another_or_no_unit_is_never_taken_for_megawatthours(column):
    body = f"site,operator,year,{column},source_url\nA,B,2025,38,https://example.org\n"
    with pytest.raises(SourceChangedError, match="electricity_mwh"):
        parse("operator_disclosures", body.encode())
