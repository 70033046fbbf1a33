"""TED: how the search is asked and paged, its silent failures, and notices in hostile XML."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch
from indicia.sources.definition import Source
from ingest.procurement import ted

HERE = Path(__file__).parent / "procurement" / "ted"
SOURCE = Source.load(Path(ted.__file__).with_suffix(".toml"))
SEARCH = (HERE / "search" / "response.json").read_bytes()
LEGACY = (HERE / "legacy-award" / "response.xml").read_bytes()
EFORMS = (HERE / "eforms-award" / "response.xml").read_bytes()
BODIES = {"search": SEARCH, "legacy": LEGACY, "eforms": EFORMS}
TODAY = date(2026, 11, 22)


def read(body):
    facts = {"fetch_id": "x", "source": SOURCE.id, "sha256": "", "original_sha256": ""}
    fetched = datetime(2026, 6, 1, tzinfo=UTC)
    fetch = Fetch(**facts, way="live", url=ted.SEARCH, fetched_utc=fetched, body_bytes=1)
    return ted.parse(ted.redact(body), fetch)


def rows(body):
    return read(body).tables["procurement_notice"].to_dicts()


def one(**facts):
    notice = {"publication-number": "1-2026", "publication-date": "2026-05-01+02:00",
              "notice-type": "can-standard", "notice-title": {"eng": "Servers"}} | facts  # fmt: skip
    return json.dumps({"notices": [notice], "totalNoticeCount": 1, "timedOut": False}).encode()


def test_the_question_is_a_post_with_dates_as_the_publisher_reads_them():
    (request,) = ted.plan(Asked(TODAY, held_until=date(2026, 11, 20)))
    form = json.loads(request.form)
    assert request.url.split("/")[2] in SOURCE.allowed_hosts
    assert form["query"].endswith("publication-date>=20261113")
    assert "30211100" in form["query"]
    assert (form["limit"], form["paginationMode"], form["scope"]) == (250, "ITERATION", "ALL")
    assert form["fields"] == list(ted.FIELDS)


def test_pages_follow_by_token_until_there_is_none():
    (first,) = ted.plan(Asked(TODAY))
    second = ted.following(first, SEARCH)
    assert json.loads(second.form)["iterationNextToken"] == "c2Vjb25k"
    assert second.url == first.url
    assert ted.following(second, SEARCH) is None
    assert ted.following(first, one()) is None
    assert ted.following(first, b'{"notices": [], "iterationNextToken": "x"}') is None
    assert ted.following(first, b"<html>") is None


def test_nothing_found_at_all_points_at_the_date_of_the_query():
    with pytest.raises(SourceChangedError, match="YYYYMMDD"):
        read(b'{"notices": [], "totalNoticeCount": 0, "timedOut": false}')


def test_a_last_page_without_notices_is_empty_and_no_fault():
    assert rows(b'{"notices": [], "totalNoticeCount": 250, "timedOut": false}') == []


def test_an_answer_that_ran_out_of_time_is_refused():
    with pytest.raises(SourceChangedError, match="timedOut"):
        read(SEARCH.replace(b'"timedOut":false', b'"timedOut":true'))


def test_a_notice_on_two_pages_is_counted_and_kept_once():
    found = read(SEARCH)
    assert sum(r["notice_id"] == "534001-2026" for r in rows(SEARCH)) == 1
    assert ("notice repeated", 1) in [(r.rule, r.count) for r in found.rejections]


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"notice-type": "brin-eeig"}, "notice type unknown"),
        ({"notice-type": None}, "notice type unknown"),
        ({"publication-number": None}, "no publication number"),
        ({"publication-date": "03032025x"}, "date not read"),
        ({"publication-date": "2027-01-01+01:00"}, "date in the future"),
    ],
)
def test_a_notice_that_cannot_be_placed_is_set_aside_by_name(facts, rule):
    found = read(one(**facts))
    assert [(r.rule, r.count) for r in found.rejections] == [(rule, 1)]
    assert found.tables["procurement_notice"].height == 0


@pytest.mark.parametrize(
    ("value", "currency", "amount"),
    [("100.5", ["EUR"], 100.5), ([100], ["SEK"], 100.0), (-1, ["EUR"], None), ([1, 2], ["EUR"], None),
     ("abc", ["EUR"], None), (9e15, ["EUR"], None), (5, ["EUR", "SEK"], None), (5, None, None)],
)  # fmt: skip
def test_a_total_is_one_number_in_one_currency_or_none(value, currency, amount):
    (row,) = rows(one(**{"total-value": value, "total-value-cur": currency}))
    assert row["amount"] == amount
    assert (row["currency"] is None) is (amount is None)


def test_a_text_in_many_languages_is_told_in_english_else_in_the_first():
    (row,) = rows(one(**{"notice-title": {"deu": "Rechner", "eng": "Computers"}}))
    assert row["title"] == "Computers"
    (row,) = rows(one(**{"notice-title": {"ell": "Δ"}, "buyer-name": {"fra": ["A", "B"]}}))
    assert (row["title"], row["buyer_name"]) == ("Δ", "A; B")


@pytest.mark.parametrize("case", BODIES)
def test_what_is_archived_holds_no_person(case):
    archived = ted.redact(BODIES[case])
    assert b"laceholder" in BODIES[case]
    assert b"laceholder" not in archived
    assert b"19700101-0000" not in archived
    assert ted.redact(archived) == archived


def test_a_supplier_marked_as_a_person_keeps_its_award_without_a_name():
    award = next(r for r in rows(EFORMS) if r["line_id"] == "award-RES-0002")
    assert (award["supplier_names"], award["supplier_ids"]) == ("(natural person)", None)


def test_withheld_amounts_and_counts_are_no_numbers():
    award = next(r for r in rows(EFORMS) if r["line_id"] == "award-RES-0002")
    assert (award["amount"], award["tenderers_count"]) == (None, None)
    assert [r.rule for r in read(EFORMS).rejections] == ["amount withheld"]


def test_a_lot_without_a_winner_is_no_award_that_counts():
    assert {r["status"] for r in rows(EFORMS)} == {"selec-w", "unsuccessful"}
    assert {r["status"] for r in rows(LEGACY)} == {None, "unsuccessful"}
    undecided = rows(EFORMS.replace(b"clos-nw", b"open-nw"))[-1]
    assert (undecided["stage"], undecided["line_id"]) == ("tender", "tender-RES-0003")


@pytest.mark.parametrize("body", [LEGACY, EFORMS])
@pytest.mark.parametrize(
    "attack",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]>',
    ],
)
def test_a_document_type_is_refused(body, attack):
    head, rest = body.split(b"?>", 1)
    with pytest.raises(SourceChangedError, match="DOCTYPE"):
        read(head + b"?>" + attack + rest)


@pytest.mark.parametrize("case", BODIES)
def test_a_body_cut_off_is_refused(case):
    with pytest.raises(SourceChangedError):
        read(BODIES[case][: len(BODIES[case]) // 2])


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"<html><body>Soon</body></html>",
        b"\x00\xff" * 40,
        b'{"message": "unknown field"}',
        b"[]",
        b"<a/>",
    ],
)
def test_a_body_of_another_kind_is_refused(wrong):
    with pytest.raises(SourceChangedError):
        read(wrong)


@pytest.mark.parametrize(
    ("body", "old", "new", "named"),
    [
        (SEARCH, b'"notices"', b'"results"', "notices"),
        (LEGACY, b'CODE="7"', b'CODE="Z"', "TD_DOCUMENT_TYPE"),
        (LEGACY, b"DOC_ID", b"NUMBER", "DOC_ID"),
        (EFORMS, b"ContractFolderID", b"Folder", "ContractFolderID"),
    ],
)
def test_a_renamed_or_unknown_part_is_named(body, old, new, named):
    if named == "ContractFolderID":
        body = body.replace(b"NoticePublicationID", b"Number").replace(
            b'<cbc:ID schemeName="notice-id"', b"<cbc:No"
        )
        body = body.replace(b"000000000001</cbc:ID>", b"000000000001</cbc:No>")
    with pytest.raises(SourceChangedError, match=named):
        read(body.replace(old, new))
