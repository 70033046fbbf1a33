"""Census, Comext, Korea, Taiwan: answers that are not what they should be, and what is asked."""

from datetime import date

import made_bodies
import pytest
from made_bodies import JOBS, body_of, stated

from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked

TODAY = date(2026, 11, 22)
CASES = {
    "imports": "us_census/imports/response.json",
    "re-exports": "us_census/exports-by-origin/response.json",
    "ports": "us_census/import-ports/response.json",
    "comext": "comext/months/response.csv",
    "korea": "korea/two-months/response.xml",
    "taiwan": "taiwan_customs/tonnes-in-utf8/response.csv",
}
HTML = b"<!DOCTYPE html>\n<html><head><title>Missing Key</title></head><body>A valid <em>key</em> must be included</body></html>"
KEYS = dict.fromkeys(("CENSUS_API_KEY", "DATA_GO_KR_KEY", "COMTRADE_KEY"), "hush")
ASKING = ["customs/comtrade", "customs/us_census", "customs/comext", "customs/korea"]


def named(case: str) -> tuple[str, str]:
    source, _, path = CASES[case].partition("/")
    return f"customs/{source}", path


def whole(case: str) -> bytes:
    return body_of(*named(case))


def parse(case: str, body: bytes):
    return made_bodies.parse(
        named(case)[0], body, **{"url": "saved.csv", **stated(*named(case))}
    )


def refused(case: str, body: bytes) -> SourceChangedError:
    facts = {"url": "saved.csv", **stated(*named(case))}
    return made_bodies.refused(named(case)[0], body, **facts)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "body", [HTML, b"", b"\n \n", b"\x00\xff\xfe\x89PNG\r\n", b"[]", b'{"error": "no"}']
)
def test_pages_emptiness_and_rubbish_are_refused(case, body):
    refused(case, body)


@pytest.mark.parametrize("case", [c for c in CASES if c not in {"comext", "taiwan"}])
def test_an_answer_cut_off_is_refused(case):
    refused(case, whole(case)[:-30])


def test_a_page_that_asks_for_the_key_names_the_key():
    assert "CENSUS_API_KEY" in str(refused("imports", HTML))


@pytest.mark.parametrize(
    ("case", "before", "after", "expected"),
    [
        ("imports", b'"GEN_VAL_MO"', b'"CON_VAL_MO"', "GEN_VAL_MO"),
        ("imports", b'"UNIT_QY1"', b'"UNIT_QY2"', "UNIT_QY1"),
        ("imports", b'"I_COMMODITY"', b'"COMMODITY"', "I_COMMODITY"),
        ("imports", b'"I_COMMODITY_SDESC"', b'"E_COMMODITY"', "one of the columns"),
        ("ports", b'"PORT_NAME"', b'"PORT_LABEL"', "PORT_NAME"),
        ("comext", b"OBS_VALUE", b"VALUE", "OBS_VALUE"),
        ("comext", b",indicators,", b",measure,", "indicators"),
        ("korea", b"impDlr", b"impWon", "impDlr"),
        ("taiwan", "美元(千元)".encode(), "美元(百萬元)".encode(), "美元"),
        ("taiwan", "國家".encode(), "地區".encode(), "國家"),
    ],
)
def test_a_missing_column_stops_the_load_by_name(case, before, after, expected):
    assert before in whole(case)
    assert expected in str(refused(case, whole(case).replace(before, after)))


def test_a_header_that_names_two_different_columns_alike_is_refused():
    body = (
        b'[["CTY_CODE","time","I_COMMODITY","time"],["5830","2026-03","8471804000","2026-04"]]'
    )
    assert "two different time" in str(refused("imports", body))


def test_rows_of_unequal_length_are_refused():
    refused("imports", b'[["CTY_CODE","time"],["5830"]]')


@pytest.mark.parametrize(
    ("case", "before", "after", "rule"),
    [
        ("imports", b'"3010345678"', b'"-3010345678"', "negative number"),
        ("imports", b'"3010345678"', b'"3.0 bn"', "not a number"),
        ("imports", b'"2026-03", "8471801000"', b'"2026-3", "8471801000"', "month unknown"),
        ("imports", b'"8471801000"', b'"471801000"', "code unknown"),
        ("imports", b'"5700"', b'"5701"', "area unknown"),
        ("ports", b'"0901"', b'"901"', "port unknown"),
        ("ports", b'"212000"', b'"n/a"', "not a number"),
        ("re-exports", b'"DET", "2"', b'"DET", "3"', "flow unknown"),
        ("comext", b"1210.45", b"1.210,45".replace(b",", b";"), "not a number"),
        (
            "comext",
            b"ESTAT:DS-045409(1.0),16/05/26 11:00:00,M,NL,TW,847180,1,QUANTITY_IN_100KG",
            b"X,Y,M,NL,TW,847180,1,QUANTITY_IN_KG",
            "indicator unknown",
        ),
        ("korea", b"9100000", b"-9100000", "negative number"),
        ("korea", b"2026.03", b"March 2026", "month unknown"),
        ("korea", b"2026.03", b"2027.03", "month in the future"),
        ("taiwan", "香港".encode(), "某地".encode(), "area unknown"),
        ("taiwan", "115年4月,香港".encode(), "115年14月,香港".encode(), "period unknown"),
        ("taiwan", b"847330", b"47330", "code unknown"),
        ("taiwan", b"1210,38720", b"twelve,38720", "not a number"),
    ],
)
def test_a_wrong_cell_is_rejected_by_name_and_the_rest_is_kept(case, before, after, rule):
    assert before in whole(case)
    untouched, result = (
        parse(case, whole(case)),
        parse(case, whole(case).replace(before, after)),
    )
    counts = [sum(r.count for r in p.rejections if r.rule == rule) for p in (untouched, result)]
    assert counts[0] < counts[1]
    rows = [sum(f.height for f in p.tables.values()) for p in (untouched, result)]
    assert rows[1] <= rows[0]
    assert result.rows_in == untouched.rows_in


def test_leading_zeros_and_ten_digits_are_kept_as_text():
    codes = parse("re-exports", whole("re-exports")).tables["customs_flow"]["hs_code"]
    assert "0473300002" in codes.to_list()


def test_imports_and_exports_are_marked_as_codes_of_two_systems():
    found = {
        case: set(parse(case, whole(case)).tables["customs_flow"]["classification"])
        for case in ("imports", "re-exports")
    }
    assert found == {"imports": {"HTSUS"}, "re-exports": {"Schedule B"}}


def test_euros_are_kept_as_euros_and_hundreds_of_kilograms_become_kilograms():
    row = parse("comext", whole("comext")).tables["customs_flow"].row(0, named=True)
    assert row["value_reported_usd"] is None
    assert row["value_reported_eur"] == 210345678
    assert row["net_weight_reported_kg"] == 121045


def test_an_xml_that_asks_to_come_back_is_refused():
    later = b'<?xml version="1.0"?><S:Envelope><S:Body><status>SUBMITTED</status></S:Body></S:Envelope>'
    refused("comext", later)


@pytest.mark.parametrize(
    "body",
    [
        b"<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>",
        b"<response><header><resultCode>22</resultCode><resultMsg>LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR</resultMsg></header></response>",
    ],
)
def test_an_error_with_status_200_is_quoted_and_names_the_key(body):
    error = refused("korea", body)
    assert "_ERROR" in str(error.received)
    assert "DATA_GO_KR_KEY" in error.remedy


def test_an_entity_in_the_xml_is_refused():
    attack = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + whole("korea").split(b"?>", 1)[1]
    assert "document type" in str(refused("korea", attack))


def test_taiwan_in_new_dollars_only_asks_for_us_dollars():
    body = whole("taiwan").replace("美元(千元)".encode(), "日圓(千元)".encode())
    assert "美元" in refused("taiwan", body).remedy


@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("held", [None, date(2026, 8, 31)])
def test_requests_go_to_known_hosts_and_hold_no_secret(name, held):
    job = JOBS[name]
    requests = job.plan(Asked(TODAY, KEYS, None, held))
    assert requests
    for request in requests:
        assert request.url.split("/")[2] in job.source.allowed_hosts
        assert "hush" not in repr(request)


def test_census_is_asked_by_month_code_country_port_and_for_foreign_goods_apart():
    requests = JOBS["customs/us_census"].plan(Asked(TODAY, KEYS))
    assert all(r.secret_params == {"key": "CENSUS_API_KEY"} for r in requests)
    paths = {r.url.split("intltrade/")[1] for r in requests}
    assert paths == {"imports/hs", "exports/hs", "imports/porths", "exports/porths"}
    months = sorted({r.params["time"] for r in requests})
    assert months[0] == "2025-05"
    assert months[-1] == "2026-09"
    foreign = [r for r in requests if r.params.get("DF") == "2"]
    assert len(foreign) * 5 == len(requests)
    for request in requests:
        is_port = request.url.endswith("porths")
        assert request.params["COMM_LVL"] == ("HS6" if is_port else "HS10")
        code = request.params.get("I_COMMODITY") or request.params["E_COMMODITY"]
        assert code.endswith("*") is not is_port


def test_census_asks_a_year_and_more_again_because_june_revises_it():
    held = JOBS["customs/us_census"].plan(Asked(TODAY, KEYS, None, date(2026, 9, 30)))
    assert min(r.params["time"] for r in held) == "2025-08"
    since = JOBS["customs/us_census"].plan(Asked(TODAY, KEYS, date(2026, 7, 4)))
    assert {r.params["time"] for r in since} == {"2026-07", "2026-08", "2026-09"}


def test_comext_is_asked_half_a_year_at_a_time():
    requests = JOBS["customs/comext"].plan(Asked(TODAY, {}))
    for request in requests:
        first, last = request.params["startPeriod"], request.params["endPeriod"]
        months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])
        assert 0 <= months < 6
    assert max(r.params["endPeriod"] for r in requests) == "2026-09"


def test_korea_is_asked_at_most_a_year_at_a_time():
    requests = JOBS["customs/korea"].plan(Asked(TODAY, KEYS))
    assert all(r.secret_params == {"serviceKey": "DATA_GO_KR_KEY"} for r in requests)
    for request in requests:
        first, last = request.params["strtYymm"], request.params["endYymm"]
        months = (int(last[:4]) - int(first[:4])) * 12 + int(last[4:]) - int(first[4:])
        assert 0 <= months < 12
    assert max(r.params["endYymm"] for r in requests) == "202610"


def test_taiwan_and_shipments_are_never_asked_for():
    for name in ("customs/taiwan_customs", "customs/shipments"):
        assert not JOBS[name].plan(Asked(TODAY, {}))
