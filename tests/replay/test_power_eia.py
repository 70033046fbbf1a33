"""EIA-930: bulk zip and API meet in one zone, and what no grid can draw never becomes a row."""

import json
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import made_bodies
import pytest
from made_bodies import JOBS, body_of, rules

from indicia.errors import SourceChangedError
from indicia.sources.contract import Parsed
from ingest import zip_body

NAME = "power/eia930"
JOB = JOBS[NAME]
BULK, PAGE = "https://www.eia.gov/opendata/bulk/EBA.zip", "https://api.eia.gov/v2/data/"
SIX_MONTHS = "EIA930_BALANCE_2024_Jan_Jun.csv"


def case(folder: str) -> bytes:
    return body_of(NAME, folder)


def parse(body: bytes, url: str = BULK) -> Parsed:
    return made_bodies.parse(NAME, body, way="file", url=url)


def refused(body: bytes, url: str = BULK) -> SourceChangedError:
    return made_bodies.refused(NAME, body, way="file", url=url)


def series(name: str, data: list[object], units: str = "megawatthours") -> dict[str, object]:
    return {"series_id": name, "name": name, "units": units, "f": "H", "data": data}


def packed(*lines: object, member: str = "EBA.txt") -> bytes:
    body = BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        archive.writestr(member, "\n".join(json.dumps(line) for line in lines))
    return body.getvalue()


def test_an_hour_of_the_bulk_file_and_of_the_api_is_one_key_with_one_value():
    bulk = parse(case("bulk")).tables["power_load"]
    api = parse(case("authorities"), PAGE).tables["power_load"]
    both = bulk.join(api, on=["zone_id", "hour_utc"], suffix="_api")
    assert both.height == 2
    assert both["demand_reported_mw"].to_list() == both["demand_reported_mw_api"].to_list()
    sub = parse(case("sub-areas"), PAGE).tables["power_load"]
    assert "ERCO-FWES" in set(bulk["zone_id"]) & set(sub["zone_id"])


def test_bulk_periods_are_hour_endings_as_in_the_api():
    bulk = parse(packed(series("EBA.TVA-ALL.D.H", [["20260301T01Z", 17850]])))
    assert str(bulk.tables["power_load"]["hour_utc"][0]) == "2026-03-01 00:00:00+00:00"


def test_only_hourly_demand_in_utc_is_read_from_the_bulk_file():
    point = [["20260301T01Z", 17000]]
    others = ("EBA.TVA-ALL.D.HL", "EBA.TVA-ALL.DF.H", "EBA.TVA-ALL.NG.H", "EBA.TVA-DUK.ID.H")
    assert "EBA.<area>.D.H" in str(refused(packed(*(series(n, point) for n in others))))


@pytest.mark.parametrize("value", [17850, "17850", None])
def test_a_value_of_the_api_may_be_a_text_a_number_or_nothing(value):
    page = json.loads(case("authorities"))
    page["response"] |= {
        "total": "1",
        "data": [{**page["response"]["data"][0], "value": value}],
    }
    result = parse(json.dumps(page).encode(), PAGE)
    held = result.tables["power_load"]["demand_reported_mw"].to_list()
    assert held == ([] if value is None else [17_850.0])
    assert rules(result) == ({"no value": 1} if value is None else {})


def test_a_sub_area_keeps_its_zeros_and_is_never_added_up_to_its_authority():
    zones = set(parse(case("sub-areas"), PAGE).tables["power_load"]["zone_id"])
    assert zones == {"ERCO-FWES", "MISO-0001"}


def test_sums_of_several_authorities_are_no_zone():
    point = [["20260301T01Z", 17000]]
    named = [series(f"EBA.{n}-ALL.D.H", point) for n in ("US48", "TEX", "TVA")]
    assert parse(packed(*named)).tables["power_load"]["zone_id"].to_list() == ["TVA"]
    page = json.loads(case("authorities"))
    page["response"]["data"][0]["respondent"] = "US48"
    result = parse(json.dumps(page).encode(), PAGE)
    assert "US48" not in set(result.tables["power_load"]["zone_id"])
    assert "sum of areas" in [r.rule for r in result.rejections]


def test_a_new_authority_is_kept_without_a_change_here():
    new = parse(packed(series("EBA.BHBA-ALL.D.H", [["20260301T01Z", 800]])))
    assert new.tables["power_load_month"]["zone_id"].to_list() == ["BHBA"]


@pytest.mark.parametrize("units", ["gigawatthours", "megawatts", None])
def test_another_unit_stops_the_bulk_load(units):
    text = str(refused(packed(series("EBA.TVA-ALL.D.H", [["20260301T01Z", 17]], units))))
    assert "megawatthours" in text
    assert "TVA" in text


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (-412, "negative demand"),
        (2_147_483_647, "overflow value"),
        (2_147_220_000, "absurd value"),
        (65_535, "overflow value"),
        (17_850_000, "absurd value"),
        (178_500, "above capacity"),
        (17.85, "below any load"),
        (0, "below any load"),
        ("n/a", "not a number"),
        (None, "no value"),
    ],
)
def test_what_an_authority_cannot_draw_is_a_rejection_and_never_a_row(value, rule):
    data = [["20260301T02Z", 17_600], ["20260301T01Z", value]]
    result = parse(packed(series("EBA.TVA-ALL.D.H", data)))
    assert result.tables["power_load"]["demand_reported_mw"].to_list() == [17_600]
    (found,) = result.rejections
    assert (found.rule, found.count) == (rule, 1)
    assert "TVA, row 2" in found.place


@pytest.mark.parametrize(
    ("period", "rule"),
    [("20270301T01Z", "hour in the future"), ("20260301T25Z", "no hour"), (None, "no hour")],
)
def test_an_hour_that_cannot_be_is_rejected(period, rule):
    data = [["20260301T02Z", 17_600], [period, 17_500]]
    assert [r.rule for r in parse(packed(series("EBA.TVA-ALL.D.H", data))).rejections] == [rule]


@pytest.mark.parametrize("data", [None, [], {}, [["20260301T02Z"]], [5], [[1, 2, 3]]])
def test_a_series_without_pairs_is_refused_by_name(data):
    assert "TVA, data" in str(refused(packed(series("EBA.TVA-ALL.D.H", data))))


def test_a_line_cut_off_is_refused():
    body = BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        archive.writestr("EBA.txt", '{"series_id":"EBA.TVA-ALL.D.H","data":[["2026')
    assert "one JSON object per line" in str(refused(body.getvalue()))


def test_a_zip_with_another_member_or_cut_off_is_refused():
    whole = case("bulk")
    assert "*eba.txt" in str(refused(packed({}, member="ELEC.txt")))
    assert "zip" in str(refused(whole[: len(whole) // 2]))
    assert "zip" in str(refused(whole[:40] + whole[47:]))


def test_a_bulk_file_packed_beyond_belief_is_refused_before_it_is_unpacked():
    body = BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        archive.writestr("EBA.txt", b"0" * (32 * 2**20))
    assert "200 times" in str(refused(body.getvalue()))


def test_a_member_larger_than_allowed_is_refused():
    body = packed({"name": "x" * 4096})
    with pytest.raises(SourceChangedError, match="0 MiB decompressed"):
        list(zip_body.lines("s", "p", body, "eba.txt", 1024))


def test_the_key_is_not_looked_for_inside_a_zip():
    body = b"PK\x03\x04 api_key=0123&"
    assert JOB.redact(body) == body


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (b"Demand (MW) (Adjusted)", b"Demand (GW) (Adjusted)", "Demand (MW) (Adjusted)"),
        (b"UTC Time at End of Hour", b"UTC Time", "UTC Time at End of Hour"),
    ],
)
def test_a_six_month_file_without_a_column_is_refused_by_name(before, after, expected):
    body = case("six-months").replace(before, after)
    assert expected in str(refused(body, SIX_MONTHS).expected)


def test_where_the_publisher_adjusted_an_hour_the_report_does_not_count():
    body = case("six-months")
    rows = parse(body, SIX_MONTHS).tables["power_load"]
    adjusted = rows.filter(rows["imputation_reason"] == "EIA adjusted")
    assert adjusted["demand_imputed_mw"].to_list() == [14820.0, 14690.0]
    assert adjusted["demand_reported_mw"].to_list() == [None, None]
