"""What is known to go wrong with Ireland, Malaysia, the USA and Europe: one test per trap."""

import json
from datetime import UTC, date, datetime

import made_bodies
import pytest
from made_bodies import JOBS, body_of, rules

from indicia.errors import SourceChangedError


def case(name: str, folder: str) -> bytes:
    return body_of(f"power/{name}", folder)


def parse(name: str, body: bytes, **facts: object):
    return made_bodies.parse(f"power/{name}", body, **facts)


def demand(result) -> list[float]:
    return result.tables["power_load"]["demand_reported_mw"].to_list()


# Ireland


def cube(**changes: object) -> bytes:
    return json.dumps({**json.loads(case("cso_ireland", "json-stat")), **changes}).encode()


def test_a_sparse_cube_and_one_with_numbered_codes_give_the_same_rows():
    plain = json.loads(cube())
    values = {str(n): v for n, v in enumerate(plain["value"]) if v is not None}
    numbered = json.loads(cube(value=values))
    category = numbered["dimension"]["TLIST(Q1)"]["category"]
    category["index"] = {code: n for n, code in enumerate(category["index"])}
    wrapped = json.dumps({"dataset": numbered}).encode()
    expected = parse("cso_ireland", cube()).tables["power_sector"]
    assert parse("cso_ireland", wrapped).tables["power_sector"].equals(expected)


@pytest.mark.parametrize("value", [[1, 2, 3], {"a": 1}, {str(n): 1 for n in range(13)}, None])
def test_a_cube_with_another_number_of_values_is_refused(value):
    with pytest.raises(SourceChangedError, match="12 values"):
        parse("cso_ireland", cube(value=value))


def test_a_quarter_of_data_centres_is_gigawatthours_times_thousand():
    rows = parse("cso_ireland", cube()).tables["power_sector"]
    (found,) = rows.filter(sector="data centre", period="2024-Q3").to_dicts()
    assert found["consumption_reported_mwh"] == 1_756_000
    assert (found["region_id"], found["frequency"]) == ("IE", "Q")


def test_a_quarter_is_public_in_july_of_the_next_year_and_not_at_its_end():
    rows = parse("cso_ireland", cube()).tables["power_sector"]
    assert set(rows["published_utc"].dt.date()) == {date(2025, 7, 15)}
    assert set(rows["published_basis"]) == {"lag model"}


def test_how_data_centres_are_found_is_said_where_the_source_is_described():
    assert "names" in JOBS["power/cso_ireland"].source.does_not_say


# Malaysia


def test_midnight_in_kuala_lumpur_is_the_afternoon_before_in_utc():
    readings = [{"DT": f"2026-05-01T00:{m}0:00", "MW": 15000 + m} for m in range(6)]
    body = json.dumps({"d": json.dumps(readings)}).encode()
    (hour,) = parse("gso_malaysia", body).tables["power_load"]["hour_utc"]
    assert hour == datetime(2026, 4, 30, 16, tzinfo=UTC)


def test_an_hour_with_only_one_half_is_no_average_and_is_counted():
    result = parse("gso_malaysia", case("gso_malaysia", "half-hours"))
    assert demand(result) == [14_100.0, 16_050.0]
    assert rules(result)["hour incomplete"] == 3
    assert rules(result)["hour not over"] == 1


def test_a_web_page_instead_of_the_peninsula_names_the_likely_cause():
    with pytest.raises(SourceChangedError, match="some countries"):
        parse("gso_malaysia", b"<html><body>Access denied</body></html>")


def test_the_newest_six_months_of_malaysia_are_provisional_and_no_older_one():
    rows = parse("data_gov_my", case("data_gov_my", "file")).tables["power_sector"]
    months = rows.filter("is_provisional")["period"].unique().sort().to_list()
    assert months == ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]


def test_a_malaysian_series_that_stands_still_is_watched_for():
    assert 180 <= JOBS["power/data_gov_my"].source.data_days <= 365
    assert JOBS["power/data_gov_my"].source.per_minute == 4


def test_commercial_use_in_malaysia_keeps_the_publishers_word_for_it():
    rows = parse("data_gov_my", case("data_gov_my", "file")).tables["power_sector"]
    named = dict(rows.select("sector", "published_sector").iter_rows())
    assert named["commercial"] == "local_commercial"
    assert "industry" in JOBS["power/data_gov_my"].source.does_not_say


# The USA, by state


def test_both_spellings_of_the_unit_of_sales_are_the_same_unit():
    rows = parse("eia_retail", case("eia_retail", "month")).tables["power_sector"]
    virginia = rows.filter(region_id="US-VA").select("sector", "consumption_reported_mwh")
    assert dict(virginia.iter_rows())["commercial"] == 6_021_438.81
    assert dict(virginia.iter_rows())["industrial"] == 1_320_500.0


def test_sales_without_customers_are_kept():
    body = json.loads(case("eia_retail", "month"))
    for row in body["response"]["data"]:
        row.pop("customers")
        row.pop("customers-units")
    result = parse("eia_retail", json.dumps(body).encode())
    assert result.tables["power_sector"]["customers_count"].null_count() == 5


def test_a_page_of_retail_sales_that_lacks_rows_says_how_many_there_are():
    body = json.loads(case("eia_retail", "month"))
    body["response"] |= {"total": "9000", "warning": "incomplete return"}
    (found,) = [
        r
        for r in parse("eia_retail", json.dumps(body).encode()).rejections
        if r.rule == "body incomplete"
    ]
    assert "9000" in found.expected


# Europe


def test_points_that_repeat_are_filled_to_the_end_of_their_period_only_on_curve_a03():
    quarters = case("entsoe", "quarters")
    filled = parse("entsoe", quarters).tables["power_load"].filter(zone_id="IE_SEM")
    assert filled["demand_reported_mw"].to_list() == [4025.0, 4200.0, 4450.0]
    gaps = parse("entsoe", quarters.replace(b"<curveType>A03", b"<curveType>A01"))
    assert rules(gaps)["no value"] == 8
    told = gaps.tables["power_load"].filter(zone_id="IE_SEM")["demand_reported_mw"].to_list()
    assert told == [4450.0]


def test_a_first_point_that_is_absent_has_nothing_to_be_filled_from():
    body = case("entsoe", "quarters").replace(b"<position>1<", b"<position>2<", 1)
    result = parse("entsoe", body)
    assert rules(result)["no value"] == 1
    hours = result.tables["power_load"].filter(zone_id="IE_SEM")["hour_utc"].dt.hour().to_list()
    assert hours == [1, 3]


def test_an_hour_of_two_resolutions_counts_only_with_all_its_minutes():
    result = parse("entsoe", case("entsoe", "quarters"))
    hours = result.tables["power_load"].filter(zone_id="IE_SEM")["hour_utc"].dt.hour().to_list()
    assert hours == [0, 1, 3]
    whole = case("entsoe", "quarters").replace(b"T02:15Z", b"T02:30Z")
    rows = parse("entsoe", whole).tables["power_load"].filter(zone_id="IE_SEM")
    assert rows["demand_reported_mw"].to_list() == [4025.0, 4200.0, 4250.0, 4450.0]


def test_the_last_of_several_series_for_an_hour_counts():
    assert demand(parse("entsoe", case("entsoe", "hours"))) == [2711.0, 2650.0, 2611.0, 2810.0]


def test_a_zone_that_is_not_known_by_name_keeps_its_code():
    rows = parse("entsoe", case("entsoe", "quarters")).tables["power_load"]
    assert "10YXX-NEW------0" in rows["zone_id"].to_list()


def test_an_acknowledgement_without_data_is_no_failure_and_any_other_one_is():
    body = case("entsoe", "no-data")
    result = parse("entsoe", body)
    assert [r.severity for r in result.rejections] == ["notice"]
    assert result.tables["power_load"].height == 0
    assert JOBS["power/entsoe"].source.rows_at_least == 0
    for before, after in ((b"999", b"A01"), (b"No matching data found", b"Too many requests")):
        with pytest.raises(SourceChangedError, match="Check zone, period and token"):
            parse("entsoe", body.replace(before, after))


def test_an_external_entity_is_refused():
    body = (
        b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><GL_MarketDocument>&x;</GL_MarketDocument>'
    )
    with pytest.raises(SourceChangedError, match="without a document type"):
        parse("entsoe", body)


def test_of_two_auctions_the_coupled_one_counts_in_whatever_order_they_come():
    body = case("entsoe_prices", "quarters")
    result = parse("entsoe_prices", body)
    assert result.tables["power_price"]["price_reported_eur_per_mwh"].to_list() == [90.0, 55.0]
    only_other = body.replace(b"position>1</classification", b"position>3</classification")
    other = parse("entsoe_prices", only_other)
    assert not other.tables
    assert [(r.rule, r.count) for r in other.rejections] == [("other auction", 2)]


def test_a_negative_price_is_a_price_and_an_absurd_one_is_not():
    body = case("entsoe_prices", "hours")
    prices = parse("entsoe_prices", body).tables["power_price"]["price_reported_eur_per_mwh"]
    assert prices.to_list() == [41.1, -0.52, 38.0, 212.75]
    odd = parse("entsoe_prices", body.replace(b"212.75", b"21275"))
    assert [r.rule for r in odd.rejections] == ["absurd price"]
    assert odd.tables["power_price"].height == 3
