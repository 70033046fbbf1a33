"""Power sources: a response that is not what its publisher promises is named, never loaded."""

import json

import made_bodies
import pytest
from made_bodies import body_of

from indicia.errors import SourceChangedError

FILES = {
    "ireland": ("cso_ireland", "json-stat/response.json", "en"),
    "ireland as CSV": ("cso_ireland", "csv/response.csv", "en"),
    "peninsula": ("gso_malaysia", "ten-minutes/response.json", "GetChartDataSource"),
    "malaysia": ("data_gov_my", "file/response.csv", "electricity_consumption.csv"),
    "malaysia by API": ("data_gov_my", "api/response.json", "data-catalogue"),
    "retail": ("eia_retail", "month/response.json", "data"),
    "zone by hours": ("entsoe", "hours/response.xml", "api"),
    "zone by quarters": ("entsoe", "quarters/response.xml", "api"),
    "prices": ("entsoe_prices", "quarters/response.xml", "api"),
    "taiwan": ("taipower", "named-file/response.csv", "loadareas_2026-03-01.csv"),
    "gulf": ("gccia", "page/response.html", "www.gccia.com.sa"),
    "countries": ("ember", "months/response.json", "monthly"),
    "profiles": ("ukpn_profiles", "export/response.csv", "csv"),
    "lights": ("night_lights", "north-park/response.csv", "north_park.csv"),
}
JSON_FILES = [n for n, (_, path, _) in FILES.items() if path.endswith("json")]
XML_FILES = [n for n, (_, path, _) in FILES.items() if path.endswith("xml")]
CSV_FILES = [n for n, (_, path, _) in FILES.items() if path.endswith("csv") and n != "taiwan"]
HTML = b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Back soon</body></html>"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;">]><GL_MarketDocument>&c;</GL_MarketDocument>'
)
WRONG_UNITS = [
    ("ireland", b'"label": "GWh"', b'"label": "MWh"', "GWh"),
    ("ireland as CSV", b'"GWh"', b'"TWh"', "GWh"),
    ("retail", b'"million kilowatt hours"', b'"thousand kilowatt hours"', "million kilowatt"),
    ("retail", b'"number of customers"', b'"thousand customers"', "number of customers"),
    ("zone by hours", b"MAW", b"MWH", "MAW"),
    ("zone by quarters", b"PT15M", b"P1D", "PT15M"),
    ("prices", b">EUR<", b">PLN<", "EUR"),
    ("prices", b">MWH<", b">KWH<", "MWH"),
]
MISSING = [
    ("ireland", b'"TLIST(Q1)"', b'"TLIST(A1)"', "TLIST(Q1)"),
    ("ireland", b'"MEC02"', b'"MEC03"', "MEC02"),
    ("ireland as CSV", b'"VALUE"', b'"AMOUNT"', "VALUE"),
    ("ireland as CSV", b'"MEC02"', b'"MEC03"', "MEC02"),
    ("peninsula", b"MW", b"GW", "MW"),
    ("peninsula", b"DT", b"Time", "DT"),
    ("peninsula", b'{"d": ', b'{"D": ', "d"),
    ("malaysia", b"consumption", b"supply", "consumption"),
    ("malaysia by API", b'"sector"', b'"customer"', "sector"),
    ("retail", b'"monthly"', b'"annual"', "monthly"),
    ("retail", b'"stateid"', b'"state"', "stateid"),
    ("retail", b'"sales-units"', b'"units"', "sales-units"),
    ("zone by hours", b"<type>A65", b"<type>A75", "A65"),
    ("zone by hours", b"A16</process", b"A01</process", "A16"),
    ("zone by quarters", b"<curveType>A03", b"<curveType>A02", "A03"),
    ("zone by hours", b"TimeSeries>", b"Series>", "TimeSeries"),
    ("zone by hours", b"<start>2026-03-01T06:00Z", b"<start>yesterday", "2026-03-01T00:00Z"),
    ("zone by hours", b"<position>3<", b"<position>33<", "position"),
    ("gulf", b"-mw-val", b"-load", "uae-mw-val"),
    ("countries", b'"demand_twh"', b'"demand_gwh"', "demand_twh"),
    ("countries", b'"data"', b'"results"', "data"),
    ("profiles", b"hh_utilisation_ratio", b"hh_demand_kw", "hh_utilisation_ratio"),
    ("lights", b"campus", b"site", "campus"),
    ("taiwan", b"11,45.0,", b"11,1,45.0,", "time, east, south, central, north"),
]
WRONG_CELLS = [
    ("ireland", b"1687", b"-1687", "negative energy", "0 GWh"),
    ("ireland", b"1687", b"1687000", "absurd value", "30,000 GWh"),
    ("ireland", b"8108", b"65535", "overflow value", "largest integer"),
    ("ireland", b"1701", b'"n/a"', "not a number", "a number"),
    ("ireland", b"1756", b"2756", "parts and total differ", "add up"),
    (
        "ireland",
        b'"10": "Data centres"',
        b'"10": "Hospitals"',
        "code and label differ",
        "data cent",
    ),
    ("ireland as CSV", b'"20241"', b'"20246"', "period unknown", "quarter"),
    ("peninsula", b"15980.0", b"-15980.0", "negative demand", "0 MW"),
    ("peninsula", b"15980.0", b"15.98", "below any load", "not GW"),
    ("peninsula", b"15980.0", b"15980000.0", "absurd value", "60,000 MW"),
    ("peninsula", b"15980.0", b"2147483647", "overflow value", "largest integer"),
    ("peninsula", b"2026-05-01T00:10:00", b"2026-05-01T00:07:00", "off the grid", "10 minutes"),
    ("peninsula", b"2026-05-01T00:10:00", b"01/05/2026 00:10", "no hour", "an hour in UTC"),
    ("peninsula", b"2026-05-01T00:10:00", b"2027-05-01T00:10:00", "hour in the future", "2026"),
    ("malaysia", b"15210.4", b"15210400", "absurd value", "million kWh"),
    ("malaysia", b"15210.4", b"15.2", "below any use", "TWh"),
    ("malaysia", b"exports", b"bitcoin", "sector unknown", "exports"),
    ("malaysia", b"2026-03-01", b"2027-03-01", "period not over", "2026-06-01"),
    ("retail", b'"COM"', b'"DTC"', "sector unknown", "COM"),
    ("retail", b'"12012.72"', b'"120127.2"', "absurd value", "100,000"),
    ("retail", b'"441235"', b'"-441235"', "absurd count", "customers"),
    ("retail", b'"VA"', b'"Virginia"', "state unknown", "a state"),
    ("zone by hours", b">2711<", b">2147483647<", "overflow value", "largest integer"),
    ("zone by hours", b">2711<", b">2711000<", "absurd value", "150,000 MW"),
    ("zone by hours", b">2711<", b">a lot<", "not a number", "a number"),
    ("taiwan", b"851.2", b"8512", "outside its region's range", "central"),
    ("taiwan", b"12:10", b"12:13", "time unknown", "ten minutes"),
    ("gulf", b"5120", b"65535", "overflow value", "largest integer"),
    ("gulf", b"5120", b"512000", "outside its grid's range", "18,000 MW"),
    ("gulf", b"omn-mw-val", b"irq-mw-val", "grid unknown", "omn"),
    ("countries", b'"CHN"', b'"ZZZ"', "country unknown", "3166"),
    ("countries", b"14.62", b"14620", "absurd value", "12,000 TWh"),
    ("countries", b"14.62", b"-14.62", "negative energy", "0 TWh"),
    ("profiles", b"3.99", b"399", "absurd value", "at most 10"),
    ("lights", b"2023-02,1.10", b"2023-02,2147483647", "absurd radiance", "10,000"),
    ("lights", b"2023-02", b"Feb 2023", "month unknown", "YYYY-MM"),
]


def facts_of(name: str) -> dict[str, object]:
    return {"way": "file" if name == "taiwan" else "live", "url": FILES[name][2]}


def whole(name: str) -> bytes:
    source, path, _ = FILES[name]
    return body_of(f"power/{source}", path)


def parse(name: str, body: bytes, **facts: object):
    return made_bodies.parse(f"power/{FILES[name][0]}", body, **{**facts_of(name), **facts})


def refused(name: str, body: bytes, **facts: object) -> SourceChangedError:
    return made_bodies.refused(f"power/{FILES[name][0]}", body, **{**facts_of(name), **facts})


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


@pytest.mark.parametrize("name", XML_FILES)
def test_truncated_xml_is_refused(name):
    assert "XML" in str(refused(name, whole(name)[:-40]).expected)


@pytest.mark.parametrize("name", XML_FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_any_entity_is_expanded(name, encoding):
    body = ENTITIES.decode().replace('"1.0"', f'"1.0" encoding="{encoding}"').encode(encoding)
    assert "<!DOCTYPE" in str(refused(name, body).received)


@pytest.mark.parametrize("name", CSV_FILES)
def test_a_file_with_a_header_and_no_row_is_refused(name):
    assert "at least one row" in str(refused(name, whole(name).split(b"\n")[0] + b"\n"))


@pytest.mark.parametrize("name", CSV_FILES)
def test_a_file_cut_off_within_its_header_is_refused(name):
    refused(name, whole(name).split(b"\n")[0][:12])


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("peninsula", {"d": "[]"}),
        ("malaysia by API", []),
        ("retail", {"response": {"total": "0", "frequency": "monthly", "data": []}}),
        ("countries", {"stats": {}, "data": []}),
    ],
)
def test_an_answer_without_rows_is_refused(name, body):
    assert "at least one" in str(refused(name, json.dumps(body).encode()).expected)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("peninsula", {"Message": "Authentication failed.", "ExceptionType": "X"}, "None"),
        ("peninsula", {"d": "There was an error"}, "There was an error"),
        ("peninsula", {"d": None}, "None"),
        ("malaysia by API", {"status": 429, "errors": ["Throttled"]}, "Throttled"),
        ("retail", {"error": {"code": "API_KEY_MISSING"}}, "EIA_API_KEY"),
        ("countries", {"detail": "Invalid API key"}, "Invalid API key"),
    ],
)
def test_an_error_with_status_200_is_quoted(name, body, said):
    assert said in str(refused(name, json.dumps(body).encode()))


@pytest.mark.parametrize(("name", "before", "after", "expected"), WRONG_UNITS)
def test_another_unit_stops_the_load(name, before, after, expected):
    assert before in whole(name)
    assert expected in str(refused(name, whole(name).replace(before, after)).expected)


@pytest.mark.parametrize(("name", "before", "after", "expected"), MISSING)
def test_a_missing_part_stops_the_load_by_name(name, before, after, expected):
    assert before in whole(name)
    assert expected in str(refused(name, whole(name).replace(before, after)))


@pytest.mark.parametrize(("name", "before", "after", "rule", "expected"), WRONG_CELLS)
def test_a_wrong_cell_is_rejected_with_its_place_and_the_rest_is_kept(
    name, before, after, rule, expected
):
    assert before in whole(name)
    untouched = parse(name, whole(name))
    result = parse(name, whole(name).replace(before, after, 1))
    counted = {(r.rule, r.place): r.count for r in untouched.rejections}
    found = [
        r
        for r in result.rejections
        if r.rule == rule and counted.get((rule, r.place)) != r.count
    ]
    assert found
    assert FILES[name][2] in found[0].place
    assert any(expected in r.expected for r in found)
    assert all(r.remedy for r in found)
    assert sum(f.height for f in result.tables.values()) > 0
