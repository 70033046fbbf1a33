"""Slips between units, years of other eras, and hours that a clock repeats or leaves out."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from made_bodies import JOBS, body_of, parse, refused, rules

from ingest import eras, slips

EIA, MONITOR = "power/eia930", "EIA930_BALANCE_2025_Jul_Dec.csv"


# Years


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2567-02-29", "2024-02-29"),  # no leap year in the common era
        ("2567-02-29T10:00:00+07:00", "2024-02-29T10:00:00+07:00"),
        ("29/2/2567", "29/2/2024"),
        ("113/5/6", "2024-05-06"),
        ("113.05.06", "2024-05-06"),
        ("113年5月6日", "2024-05-06"),
        ("民國113年5月6日", "2024-05-06"),
        ("中華民國 99年12月1日", "2010-12-01"),
        ("2024-05-06", "2024-05-06"),
        ("11/3/2024", "11/3/2024"),
        ("2024年5月6日", "2024年5月6日"),
        ("yesterday", "yesterday"),
        (None, None),
    ],
)
def test_a_year_of_another_era_is_told_by_its_size(told, meant):
    frame = pl.DataFrame({"told": [told]}, schema={"told": pl.String})
    assert frame.select(eras.common_era(pl.col("told"))).item() == meant


@pytest.mark.parametrize(
    ("days", "read", "converted"),
    [
        (["113/5/6", "112/12/31"], [date(2024, 5, 6), date(2023, 12, 31)], True),
        (["2567-02-29", "2024-03-01"], [date(2024, 2, 29), date(2024, 3, 1)], True),
        (["29/2/2567", "1/3/2567"], [date(2024, 2, 29), date(2024, 3, 1)], True),
        (["2024-02-29", "2024-03-01"], [date(2024, 2, 29), date(2024, 3, 1)], False),
    ],
)
def test_contracts_of_taiwan_and_thailand_are_dated_in_the_common_era(days, read, converted):
    lines = [f"Servers {n},{day},award" for n, day in enumerate(days)]
    body = "\n".join(["title,date,stage", *lines]).encode()
    result = parse("procurement/contracts_csv", body, way="file", url="contracts.csv")
    assert result.tables["procurement_notice"]["notice_date"].to_list() == read
    assert ("year of another era" in rules(result)) is converted


def release(day: str, signed: str) -> bytes:
    bought = {"id": "1", "title": "Servers", "dateSigned": signed}
    return json.dumps({"ocid": "o-1", "id": "1", "date": day, "contracts": [bought]}).encode()


def test_a_release_of_bangkok_in_the_buddhist_era_is_no_notice_of_the_future():
    body = release("2567-03-01T00:00:00+07:00", "2567-02-29")
    (row,) = parse("procurement/ocds", body, way="file").tables["procurement_notice"].to_dicts()
    assert row["notice_date"] == date(2024, 2, 29)
    assert row["published_utc"] == datetime(2024, 2, 29, 17, tzinfo=UTC)


def test_a_release_of_a_day_to_come_dates_no_row():
    result = parse("procurement/ocds", release("2061-03-01T00:00:00Z", ""), way="file")
    assert result.tables["procurement_notice"]["notice_date"].to_list() == [None]
    assert "date in the future" in rules(result)


def test_a_year_of_the_republic_is_1911_years_less():
    body = body_of("customs/taiwan_customs", "tonnes-in-utf8")
    assert "115年".encode() in body
    flows = parse("customs/taiwan_customs", body, way="file", url="saved.csv")
    years = flows.tables["customs_flow"]["period"].str.slice(0, 4)
    assert set(years) == {"2026"}


# GW and MW


@pytest.mark.parametrize(
    ("power", "text", "is_slip"),
    [
        (1.2, "A complex targeting 1.2 GW of power capacity", True),
        (1.2, "1.2-gigawatt campus", True),
        (0.3, "0.3GW of 1.2 GW under construction", True),
        (1200.0, "A complex targeting 1.2 GW of power capacity", False),
        (1.2, "It draws 1.2 GWh a day", False),
        (2.0, "2 gigawatt-hours a year", False),
        (1.2, "A hall of 1.2 MW", False),
        (0.0, "0 GW so far", False),
        (None, "1.2 GW", False),
        (1.2, None, False),
    ],
)
def test_a_number_of_mw_that_its_own_text_gives_in_gw_is_a_slip(power, text, is_slip):
    schema = {"power": pl.Float64, "text": pl.String}
    frame = pl.DataFrame({"power": [power], "text": [text]}, schema=schema)
    found = frame.select(slips.repeats_gigawatts(pl.col("power"), pl.col("text")))
    assert (found.item() is True) is is_slip


@pytest.mark.parametrize("column", ["power_reported_mw", "power_estimated_mw"])
def test_a_capacity_of_1_2_where_the_text_says_1_2_gw_is_set_aside_by_name(column):
    """As a public list of proposals gives "Project Marvel"."""
    head = f"facility_id,on_date,power_kind,is_projection,{column},statement,source_url\n"
    row = "analyst-example,2026-04-1{},capacity,true,{},{},https://example.org/plan\n"
    body = head + row.format(5, 1.2, "targets 1.2 GW") + row.format(6, 1200, "targets 1.2 GW")
    result = parse("context/analyst", body.encode(), way="file", url="facility_state.csv")
    assert result.tables["facility_state"][column].to_list() == [1200.0]
    (found,) = result.rejections
    assert (found.rule, found.received) == (slips.RULE, f"{column} 1.2")
    assert "MW" in found.remedy


def test_a_timeline_in_gw_is_set_aside_and_its_other_days_are_kept():
    body = body_of("facilities/epoch", "timelines")
    facts = {"way": "file", "url": "data_center_timelines.csv"}
    before = parse("facilities/epoch", body, **facts).tables["facility_state"].height
    slipped = body.replace(b"Building 2 operational,210.0", b"Site of 0.21 GW,0.21")
    assert slipped != body
    result = parse("facilities/epoch", slipped, **facts)
    assert rules(result)[slips.RULE] == 1
    assert result.tables["facility_state"].height == before - 1


# Hours


def monitored(first_local: datetime, hours: list[int], offsets: list[int]) -> bytes:
    """A six-month file of one authority: local hours of a day, and how far each lies from UTC."""
    header = body_of(EIA, "six-months").split(b"\n")[0].decode()
    rows = [header]
    for number, (hour, offset) in enumerate(zip(hours, offsets, strict=True), start=1):
        local = first_local + timedelta(hours=hour)
        utc = local - timedelta(hours=offset)
        ends = (f"{at:%m/%d/%Y %I:%M:%S %p}" for at in (local, utc))
        load = f"1{number:01d},000"
        cells = ("TVA", f"{local:%m/%d/%Y}", number, *ends, "", load, "", "", "", load, "TEN")
        rows.append(",".join(f'"{cell}"' for cell in cells))
    return "\n".join(rows).encode()


def hours_read(body: bytes) -> list[tuple[datetime, float]]:
    table = parse(EIA, body, way="file", url=MONITOR).tables["power_load"]
    return table.select("hour_utc", "demand_reported_mw").rows()


def test_the_hour_that_autumn_repeats_is_two_hours():
    day = datetime(2025, 11, 2)  # noqa: DTZ001 -- a local time as the file writes it
    body = monitored(day, [1, 2, 2, 3], [-5, -5, -6, -6])
    assert body.count(b"11/02/2025 02:00:00 AM") == 2
    first = datetime(2025, 11, 2, 5, tzinfo=UTC)
    expected = [(first + timedelta(hours=n), 11_000.0 + 1_000 * n) for n in range(4)]
    assert hours_read(body) == expected


def test_the_hour_that_spring_leaves_out_is_no_gap():
    day = datetime(2025, 3, 9)  # noqa: DTZ001 -- a local time as the file writes it
    body = monitored(day, [1, 3, 4, 5], [-6, -5, -5, -5])
    assert b"02:00:00 AM" not in body
    hours = [hour for hour, _ in hours_read(body)]
    assert [b - a for a, b in pairwise(hours)] == [timedelta(hours=1)] * 3


def test_hours_in_local_time_are_refused_because_one_of_them_is_told_twice():
    body = body_of(EIA, "authorities").replace(b'"hourly"', b'"local-hourly"')
    assert "hourly (UTC)" in str(refused(EIA, body, url="data").expected)


def test_no_source_of_hours_lies_where_clocks_change_and_is_read_in_local_time():
    """Files in local time are of Kuala Lumpur and Taipei; the others say UTC."""
    zones = {"gso_malaysia": "Asia/Kuala_Lumpur", "taipower": "Asia/Taipei"}
    readers = [n for n, job in JOBS.items() if "power_load" in job.source.tables]
    assert {n.split("/")[1] for n in readers} == {*zones, "eia930", "entsoe"}


# Integers that overflowed


@pytest.mark.parametrize(
    ("name", "case", "before", "after"),
    [
        (EIA, "authorities", b'"17850"', b'"2147220000"'),
        (EIA, "sub-areas", b'"6980"', b'"2147220000"'),
        ("power/gso_malaysia", "ten-minutes", b"15980.0", b"2147220000"),
        ("power/entsoe", "hours", b">2711<", b">2147220000<"),
        ("power/taipower", "named-file", b"851.2", b"214722000"),
    ],
)
def test_an_overflow_that_is_no_largest_integer_is_beyond_any_zone(name, case, before, after):
    body = body_of(name, case)
    assert before in body
    facts = {"way": "file", "url": "loadareas_2026-03-01.csv"}
    result = parse(name, body.replace(before, after, 1), **facts)
    assert {"absurd value", "outside its region's range"} & set(rules(result))
    assert result.tables["power_load"]["demand_reported_mw"].max() < 100_000
