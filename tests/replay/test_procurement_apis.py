"""USAspending, GeBIZ, World Bank: questions, pages, traps and broken answers."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch
from indicia.sources.definition import Source
from ingest.procurement import gebiz, usaspending, world_bank

HERE = Path(__file__).parent / "procurement"
JOBS = {"usaspending": usaspending, "gebiz": gebiz, "world_bank": world_bank}
TODAY = date(2026, 11, 22)


def source(name):
    return Source.load(Path(JOBS[name].__file__).with_suffix(".toml"))


def response(name):
    return (HERE / name / "page" / "response.json").read_bytes()


def read(name, body):
    facts = {
        "fetch_id": "x",
        "source": name,
        "sha256": "",
        "original_sha256": "",
        "body_bytes": 1,
    }
    fetched = datetime(2026, 6, 1, tzinfo=UTC)
    fetch = Fetch(**facts, way="live", url="https://example.org/page", fetched_utc=fetched)
    redact = getattr(JOBS[name], "redact", lambda raw: raw)
    return JOBS[name].parse(redact(body), fetch)


def rows(name, body):
    return read(name, body).tables["procurement_notice"].to_dicts()


def award(**facts):
    told = {"Award ID": "1", "Award Amount": 5, "Description": "GPU", "generated_internal_id": "A1",
            "Base Obligation Date": "2026-05-01"} | facts  # fmt: skip
    return json.dumps(
        {"results": [told], "page_metadata": {"page": 1, "hasNext": False}}
    ).encode()


def gebiz_file(*lines):
    return "\n".join([",".join(gebiz.COLUMNS), *lines, ""]).encode()


@pytest.mark.parametrize("name", JOBS)
def test_requests_go_to_the_hosts_of_the_definition_and_hold_no_secret(name):
    for request in JOBS[name].plan(Asked(TODAY, {"DATA_GOV_SG_API_KEY": "hush"})):
        assert request.url.split("/")[2] in source(name).allowed_hosts
        assert "hush" not in repr(request)


def test_federal_contracts_are_asked_by_kind_word_and_a_time_longer_than_the_delay_of_defence():
    (request,) = usaspending.plan(Asked(TODAY, held_until=date(2026, 11, 20)))
    form = json.loads(request.form)
    assert form["filters"]["award_type_codes"] == ["A", "B", "C", "D"]
    (span,) = form["filters"]["time_period"]
    days = date.fromisoformat(span["end_date"]) - date.fromisoformat(span["start_date"])
    assert days.days >= 90
    assert form["limit"] <= 100
    assert all(len(word) >= 3 for word in form["filters"]["keywords"])


def test_pages_of_awards_follow_and_stop():
    (first,) = usaspending.plan(Asked(TODAY))
    second = usaspending.following(first, response("usaspending"))
    assert json.loads(second.form)["page"] == 2
    assert usaspending.following(second, response("usaspending")) is None
    assert usaspending.following(first, award()) is None
    assert usaspending.following(first, b"<html>") is None


def test_beyond_the_window_of_pages_the_last_record_is_named_and_must_move():
    (first,) = usaspending.plan(Asked(TODAY))
    at_edge = json.loads(first.form) | {"page": 500}
    request = type(first)(first.url, form=json.dumps(at_edge))
    meta = {
        "page": 500,
        "hasNext": True,
        "last_record_unique_id": 7,
        "last_record_sort_value": "x",
    }
    body = json.dumps({"results": [], "page_metadata": meta}).encode()
    form = json.loads(usaspending.following(request, body).form)
    assert (form["page"], form["last_record_unique_id"], form["last_record_sort_value"]) == (
        501,
        7,
        "x",
    )
    bare = json.dumps({"results": [], "page_metadata": {"page": 500, "hasNext": True}}).encode()
    assert usaspending.following(request, bare) is None


def test_an_obligation_may_be_negative_and_a_code_of_any_edition_stays():
    (row,) = rows("usaspending", award(**{"Award Amount": -4200.0, "PSC": "7E21"}))
    assert (row["amount"], row["currency"], row["classification_codes"]) == (
        -4200.0,
        "USD",
        "PSC:7E21",
    )


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"Award Amount": "a lot"}, "amount not read"),
        ({"Award Amount": 9e15}, "amount not read"),
        ({"Base Obligation Date": None}, "date not read"),
        ({"Base Obligation Date": "2027-01-01"}, "date in the future"),
        ({"generated_internal_id": None}, "no award id"),
    ],
)
def test_an_award_that_cannot_be_read_is_set_aside_by_name(facts, rule):
    found = read("usaspending", award(**facts))
    assert found.tables["procurement_notice"].height == 0
    assert [(r.rule, r.count) for r in found.rejections] == [(rule, 1)]


def test_a_recipient_withheld_as_a_person_has_neither_name_nor_number():
    person = {"Recipient Name": "REDACTED DUE TO PII", "Recipient UEI": "X"}
    (row,) = rows("usaspending", award(**person))
    assert (row["supplier_names"], row["supplier_ids"]) == ("(natural person)", None)


def test_a_first_page_without_awards_is_suspicious_and_a_later_one_is_not():
    empty = {"results": [], "page_metadata": {"page": 1, "hasNext": False}}
    with pytest.raises(SourceChangedError, match="award_type_codes"):
        read("usaspending", json.dumps(empty).encode())
    empty["page_metadata"]["page"] = 2
    assert rows("usaspending", json.dumps(empty).encode()) == []


def test_singapore_is_asked_slowly_with_a_key_only_if_there_is_one():
    assert 0 < source("gebiz").per_minute <= 5
    (free,) = gebiz.plan(Asked(TODAY))
    (keyed,) = gebiz.plan(Asked(TODAY, {"DATA_GOV_SG_API_KEY": "hush"}))
    assert not free.secret_headers
    assert keyed.secret_headers == {"x-api-key": "DATA_GOV_SG_API_KEY"}


def test_pages_of_singapore_follow_to_the_total():
    (request,) = gebiz.plan(Asked(TODAY))
    offsets = []
    while request:
        offsets.append(int(request.params["offset"]))
        request = gebiz.following(request, response("gebiz"))
    assert (offsets[0], offsets[1], offsets[-1], len(offsets)) == (0, 1000, 18000, 19)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("T1,GPU,Agency,25/3/2026,Pending,Firm,5", "status unknown"),
        ("T1,GPU,Agency,25/3/2026,,Firm,5", "status unknown"),
        ("T1,GPU,Agency,soon,Awarded to Suppliers,Firm,5", "date not read"),
        ("T1,GPU,Agency,1/1/2027,Awarded to Suppliers,Firm,5", "date in the future"),
        ("T1,GPU,Agency,25/3/2026,Awarded to Suppliers,Firm,-5", "impossible value"),
        ("T1,GPU,Agency,25/3/2026,Awarded to Suppliers,Firm,9e15", "impossible value"),
        ("T1,GPU,Agency,25/3/2026,Awarded to Suppliers,Firm,much", "not a number"),
        (",GPU,Agency,25/3/2026,Awarded to Suppliers,Firm,5", "no tender number"),
    ],
)
def test_a_row_of_singapore_that_cannot_be_read_is_set_aside_by_name(line, rule):
    good = "T2,GPU,Agency,25/3/2026,Awarded to Suppliers,Firm,5"
    found = read("gebiz", gebiz_file(line, good))
    assert found.tables["procurement_notice"]["process_id"].to_list() == ["T2"]
    assert [(r.rule, r.count) for r in found.rejections] == [(rule, 1)]


def test_dates_with_the_month_first_stop_the_file():
    with pytest.raises(SourceChangedError, match="day first"):
        read("gebiz", gebiz_file("T1,GPU,Agency,3/25/2026,Awarded to Suppliers,Firm,5"))


def test_a_tender_without_an_award_has_no_supplier_and_no_amount():
    (row,) = rows("gebiz", gebiz_file("T1,GPU,A,25/3/2026,Awarded to No Suppliers,Unknown,0"))
    assert (row["status"], row["supplier_names"], row["amount"]) == ("unsuccessful", None, None)


def test_items_of_one_tender_stay_apart():
    found = rows("gebiz", response("gebiz"))
    items = [r for r in found if r["process_id"] == "EXA000ETT26000002"]
    assert [r["amount"] for r in items] == [1000.5, 2000.0]
    assert len({r["line_id"] for r in items}) == 2


def test_a_page_behind_the_last_is_empty_and_an_empty_first_page_is_refused():
    page = {"success": True, "result": {"records": [], "total": 5, "offset": 1000}}
    assert read("gebiz", json.dumps(page).encode()).tables == {}
    page["result"]["offset"] = 0
    with pytest.raises(SourceChangedError):
        read("gebiz", json.dumps(page).encode())


def test_a_failure_with_status_200_is_a_failure():
    with pytest.raises(SourceChangedError, match="success"):
        read("gebiz", b'{"success": false, "error": {"message": "rate limit"}}')


def test_notices_of_the_bank_are_asked_by_word_newest_first_and_paged_to_a_bound():
    asked = world_bank.plan(Asked(TODAY))
    assert {r.params["qterm"] for r in asked} == set(world_bank.WORDS)
    assert {(r.params["srt"], r.params["order"]) for r in asked} == {("noticedate", "desc")}
    request, starts = asked[0], []
    while request:
        starts.append(int(request.params["os"]))
        request = world_bank.following(request, response("world_bank"))
    assert starts == [0, 100, 200, 300]


def test_a_word_with_too_many_notices_says_that_older_ones_are_not_read():
    body = response("world_bank").replace(b'"312"', b'"41200"')
    assert "older notices not read" in [r.rule for r in read("world_bank", body).rejections]


def test_contacts_of_the_bank_are_not_archived():
    assert b"Placeholder" in response("world_bank")
    archived = world_bank.redact(response("world_bank"))
    assert b"laceholder" not in archived
    assert world_bank.redact(archived) == archived


def test_notices_by_id_are_read_like_a_list():
    answer = json.loads(response("world_bank"))
    by_id = answer | {"procnotices": {n["id"]: n for n in answer["procnotices"]}}
    assert rows("world_bank", json.dumps(by_id).encode()) == rows(
        "world_bank", response("world_bank")
    )


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"notice_type": "Small Contracts"}, "notice type unknown"),
        ({"noticedate": "2026-05-05T00:00"}, "date not read"),
        ({"noticedate": "05-May-2027"}, "date in the future"),
        ({"id": None}, "no notice id"),
    ],
)
def test_a_notice_of_the_bank_that_cannot_be_placed_is_set_aside_by_name(facts, rule):
    notice = {"id": "OP1", "notice_type": "Contract Award", "noticedate": "05-May-2026"} | facts
    found = read("world_bank", json.dumps({"total": 1, "procnotices": [notice]}).encode())
    assert found.tables["procurement_notice"].height == 0
    assert [(r.rule, r.count) for r in found.rejections] == [(rule, 1)]


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"<!DOCTYPE html><html>Soon</html>",
        b"\x00\xff" * 40,
        b'{"detail": "bad request"}',
        b"[1]",
    ],
)
def test_a_body_of_another_kind_is_refused(name, wrong):
    with pytest.raises(SourceChangedError) as caught:
        read(name, wrong)
    assert caught.value.source == f"procurement/{name}"


@pytest.mark.parametrize("name", JOBS)
def test_a_body_cut_off_is_refused(name):
    with pytest.raises(SourceChangedError):
        read(name, response(name)[: len(response(name)) // 2])


@pytest.mark.parametrize(
    ("name", "old", "new", "named"),
    [
        ("usaspending", b'"results"', b'"awards"', "results"),
        ("usaspending", b'"Award Amount"', b'"Amount"', "Award Amount"),
        ("gebiz", b'"awarded_amt"', b'"amount"', "awarded_amt"),
        ("gebiz", b'"records"', b'"rows"', "records"),
        ("world_bank", b'"procnotices"', b'"notices"', "procnotices"),
    ],
)
def test_a_renamed_part_is_named(name, old, new, named):
    assert old in response(name)
    with pytest.raises(SourceChangedError, match=named):
        read(name, response(name).replace(old, new))


@pytest.mark.parametrize(
    ("name", "key"), [("usaspending", "results"), ("world_bank", "procnotices")]
)
def test_what_stands_twice_on_a_page_is_counted_and_kept_once(name, key):
    answer = json.loads(response(name))
    answer[key] = [answer[key][0], answer[key][0]]
    found = read(name, json.dumps(answer).encode())
    assert found.tables["procurement_notice"].height == 1
    assert [r.count for r in found.rejections if r.rule.endswith("repeated")] == [1]
