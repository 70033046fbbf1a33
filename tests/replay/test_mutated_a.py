"""Facilities, power, customs: a response that is not what it should be is named, never loaded."""

import json
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import made_bodies
import pytest
from made_bodies import JOBS, body_of, fetch_of

from indicia.errors import SourceChangedError

EPOCH, EIA = "facilities/epoch", "power/eia930"
DISCLOSED, COMTRADE = "power/operator_disclosures", "customs/comtrade"
FILES = {
    "campuses": (EPOCH, "campuses/response.csv", "data_centers.csv"),
    "campuses without coordinates": (
        EPOCH,
        "campuses-without-coordinates/response.csv",
        "data_centers.csv",
    ),
    "timelines": (EPOCH, "timelines/response.csv", "data_center_timelines.csv"),
    "authorities": (EIA, "authorities/response.json", "data"),
    "sub-areas": (EIA, "sub-areas/response.json", "data"),
    "cleaned file": (EIA, "cleaned-file/response.csv", "ERCO-FWES.csv"),
    "raw file": (EIA, "raw-file/response.csv", "TVA.csv"),
    "disclosed campuses": (DISCLOSED, "campuses/response.csv", "campus_annual.csv"),
    "disclosed operators": (DISCLOSED, "operators/response.csv", "cn_operator_capacity.csv"),
    "disclosed regions": (DISCLOSED, "regions/response.csv", "regional_dc_load.csv"),
    "customs": (COMTRADE, "month/response.json", "HS?period=202603"),
    "customs as CSV": (COMTRADE, "year-as-csv/response.csv", "flows.csv"),
}
JSON_FILES = [name for name, (_, path, _) in FILES.items() if path.endswith("json")]
HTML = b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Back soon</body></html>"
ZERO_ROWS = {
    "authorities": {"response": {"total": "0", "frequency": "hourly", "data": []}},
    "sub-areas": {"response": {"total": "0", "frequency": "hourly", "data": []}},
    "customs": {"elapsedTime": "0.02 secs", "count": 0, "data": [], "error": ""},
}
WRONG_UNITS = [
    ("timelines", b"Power (MW)", b"Power (kW)", "Power (MW)"),
    ("authorities", b'"megawatthours"', b'"gigawatthours"', "megawatthours"),
    ("sub-areas", b'"megawatthours"', b'"gigawatthours"', "megawatthours"),
    ("cleaned file", b"cleaned demand (MW)", b"cleaned demand (GW)", "cleaned demand (MW)"),
    ("raw file", b"demand (MW)", b"demand (GW)", "demand (MW)"),
    ("disclosed campuses", b"electricity_mwh", b"electricity_gwh", "electricity_mwh"),
]
MISSING_COLUMNS = [
    ("campuses", b"Owner", b"Holder", "Owner"),
    ("campuses without coordinates", b"Address", b"Where", "Address"),
    ("timelines", b"H100 equivalents", b"Chips", "H100 equivalents"),
    ("timelines", b"Data center,", b"Campus,", "Data center"),
    ("authorities", b'"respondent"', b'"authority"', "respondent"),
    ("authorities", b'"period"', b'"hour"', "period"),
    ("authorities", b'"value-units"', b'"units"', "value-units"),
    ("sub-areas", b'"parent"', b'"authority"', "parent"),
    ("authorities", b'"hourly"', b'"local-hourly"', "hourly"),
    ("cleaned file", b"category", b"class", "category"),
    ("raw file", b"date_time", b"time", "date_time"),
    ("disclosed campuses", b"water_m3", b"water", "water_m3"),
    ("disclosed operators", b"as_of", b"date", "as_of"),
    ("disclosed regions", b"component", b"part", "component"),
    ("customs", b'"partner2Code"', b'"partnerTwo"', "partner2code"),
    ("customs", b'"isNetWgtEstimated"', b'"isGuessed"', "isnetwgtestimated"),
    ("customs as CSV", b"mot_code", b"transport", "motcode"),
]
WRONG_CELLS = [
    ("campuses", b"#speculative", b"#rumoured", "tag unknown", "#confident"),
    ("campuses", b"32\xc2\xb035'25", b"32 degrees ", "coordinate unknown", "degrees"),
    ("timelines", b"132.5", b"132,5 MW".replace(b",", b"."), "not a number", "a number"),
    ("timelines", b"1/1/2028", b"Q1 2028", "date unknown", "YYYY-MM-DD"),
    ("timelines", b",210.0,", b",-210.0,", "negative number", "0 or more"),
    ("authorities", b'"17850"', b'"n/a"', "not a number", "a number"),
    ("authorities", b"2026-03-01T01", b"2026-03-01 1am", "no hour", "an hour"),
    ("authorities", b'"type": "DF"', b'"type": "ZZ"', "type unknown", "D"),
    ("sub-areas", b'"6980"', b'"-6980"', "negative demand", "0 MW"),
    (
        "cleaned file",
        b"3616,OKAY,3616",
        b"3616,OKAY,9999",
        "report and cleaned value differ",
        "alike",
    ),
    ("raw file", b"18286", b"9931754", "absurd value", "1,000,000 MW"),
    ("disclosed campuses", b",521217,", b",half a TWh,", "not a number", "a number"),
    ("disclosed campuses", b",2024,", b",1024,", "year out of range", "1990"),
    ("disclosed operators", b"889,MW", b"889,horsepower", "unit unknown", "MW"),
    ("disclosed regions", b"2026-02-12", b"Feb 12", "date unknown", "YYYY-MM-DD"),
    ("disclosed regions", b",17861,", b",,", "no value", "a number"),
    ("customs", b'"flowCode": "RX"', b'"flowCode": "ZZ"', "flow unknown", "RX"),
    ("customs", b'"partnerCode": 702', b'"partnerCode": 7777', "area unknown", "code table"),
    ("customs", b'"netWgt": 61000.0', b'"netWgt": -1', "negative number", "0 or more"),
    ("customs", b'"count": 10', b'"count": 700', "body incomplete", "limit"),
    ("customs", b'"freqCode": "M"', b'"freqCode": "Q"', "frequency unknown", "A or M"),
    ("customs", b'"typeCode": "C"', b'"typeCode": "S"', "not goods", "goods"),
]


def whole(name: str) -> bytes:
    return body_of(*FILES[name][:2])


def parse(name: str, body: bytes):
    return made_bodies.parse(FILES[name][0], body, way="file", url=FILES[name][2])


def refused(name: str, body: bytes) -> SourceChangedError:
    return made_bodies.refused(FILES[name][0], body, way="file", url=FILES[name][2])


@pytest.mark.parametrize("name", FILES)
def test_an_html_page_with_status_200_is_refused(name):
    assert "html" in str(refused(name, HTML)).lower()


@pytest.mark.parametrize(
    "body", [b"", b"\n \n", b"\x00\xff\xfe\x89PNG\r\n\x1a\n", b"\xd0\xcf\x11\xe0" * 9]
)
@pytest.mark.parametrize("name", FILES)
def test_empty_bodies_and_rubbish_bytes_are_refused(name, body):
    refused(name, body)


@pytest.mark.parametrize("name", JSON_FILES)
def test_truncated_json_is_refused(name):
    assert "JSON" in str(refused(name, whole(name)[:-40]).expected)


@pytest.mark.parametrize("name", [n for n in FILES if n not in JSON_FILES])
def test_a_file_cut_off_within_its_header_is_refused(name):
    refused(name, whole(name).split(b"\n")[0][:30])


@pytest.mark.parametrize("name", [n for n in FILES if n not in JSON_FILES])
def test_a_file_with_a_header_and_no_row_is_refused(name):
    assert "at least one row" in str(refused(name, whole(name).split(b"\n")[0] + b"\n"))


@pytest.mark.parametrize("name", JSON_FILES)
def test_a_page_without_rows_is_refused(name):
    error = refused(name, json.dumps(ZERO_ROWS[name]).encode())
    assert "at least one" in str(error.expected)


def test_customs_without_rows_ask_for_period_and_codes_to_be_checked():
    error = refused("customs", json.dumps(ZERO_ROWS["customs"]).encode())
    assert "Check period and codes" in str(error)


@pytest.mark.parametrize(("name", "before", "after", "expected"), WRONG_UNITS)
def test_another_unit_stops_the_load(name, before, after, expected):
    assert before in whole(name)
    assert expected in str(refused(name, whole(name).replace(before, after)).expected)


@pytest.mark.parametrize(("name", "before", "after", "expected"), MISSING_COLUMNS)
def test_a_missing_column_stops_the_load_by_name(name, before, after, expected):
    assert before in whole(name)
    assert expected in str(refused(name, whole(name).replace(before, after)))


@pytest.mark.parametrize(("name", "before", "after", "rule", "expected"), WRONG_CELLS)
def test_a_wrong_cell_is_rejected_with_its_row_and_the_rest_is_kept(
    name, before, after, rule, expected
):
    assert before in whole(name)
    untouched = {r.rule: r.count for r in parse(name, whole(name)).rejections}
    result = parse(name, whole(name).replace(before, after))
    (found,) = [r for r in result.rejections if r.rule == rule][:1]
    assert FILES[name][2] in found.place
    assert expected in found.expected
    assert found.received
    assert found.remedy
    assert untouched.get(rule) != found.count or found.count == 0


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "API_KEY_MISSING", "message": "No api_key was supplied."}},
        {"error": "API call rate limit exceeded", "code": 429},
    ],
)
def test_an_error_of_the_grid_monitor_names_the_key(body):
    error = refused("authorities", json.dumps(body).encode())
    assert "EIA_API_KEY" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        {"elapsedTime": "", "count": 0, "data": [], "error": "Invalid period"},
        {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 2 seconds."},
    ],
)
def test_an_error_of_customs_is_quoted(body):
    received = str(refused("customs", json.dumps(body).encode()).received)
    assert received in {"Invalid period", "Rate limit is exceeded. Try again in 2 seconds."}


def test_a_page_that_lacks_rows_says_how_many_there_should_be():
    body = json.loads(whole("sub-areas"))
    body["response"] |= {"total": "9000", "warning": {"code": "incomplete return"}}
    (found,) = parse("sub-areas", json.dumps(body).encode()).rejections
    assert (found.rule, found.count) == ("body incomplete", 0)
    assert "9000" in found.expected
    assert "incomplete return" in found.received


def test_a_demand_file_must_be_named_for_its_zone():
    fetch = fetch_of(EIA, way="file", url="demand.csv")
    with pytest.raises(SourceChangedError, match="file name: expected a zone such as TVA"):
        JOBS[EIA].parse(whole("raw file"), fetch)


def zipped(members: dict[str, bytes]) -> bytes:
    body = BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


def test_a_release_as_zip_gives_the_rows_of_both_files_whatever_their_names():
    members = {
        "a.csv": whole("timelines"),
        "b.csv": whole("campuses"),
        "c.csv": b"Model,Fans\nX,4\n",
    }
    result = parse("campuses", zipped(members))
    heights = {name: frame.height for name, frame in result.tables.items()}
    assert heights == {"facility": 5, "facility_party": 13, "facility_state": 5}
    assert result.rejections[-1].received == "c.csv"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"data_centers.csv": b"Handle,Name,Address\n" + b"0" * (17 * 2**20)}, "16 MiB"),
        ({f"{n}.csv": b"a,b\n1,2\n" for n in range(65)}, "at most 64"),
        ({"c.csv": b"Model,Fans\nX,4\n"}, "one member with the header"),
    ],
)
def test_a_zip_that_is_too_large_or_holds_something_else_is_refused(members, expected):
    assert expected in str(refused("campuses", zipped(members)).expected)


def test_a_zip_cut_off_in_the_middle_is_refused():
    body = zipped({"a.csv": whole("timelines"), "b.csv": whole("campuses")})
    assert "zip" in str(refused("campuses", body[: len(body) // 2]).expected)
