"""OCDS bulk files: what is asked for, what of them is kept, whose names are withheld."""

import io
import json
import tarfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch
from indicia.sources.definition import Source
from ingest.procurement import ocds

SOURCE = Source.load(Path(ocds.__file__).with_suffix(".toml"))
BULK = "https://data.open-contracting.org/en/publication/41/download?name=2026.jsonl.gz"
TODAY = date(2026, 11, 22)


def read(body, url="notices.jsonl", way="file", *, redacted=True):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    facts = {"fetch_id": "x", "source": SOURCE.id, "sha256": "", "original_sha256": ""}
    fetched = datetime(2026, 6, 1, tzinfo=UTC)
    fetch = Fetch(**facts, way=way, url=url, fetched_utc=fetched, body_bytes=len(body))
    return ocds.parse(ocds.redact(body) if redacted else body, fetch)


def rows(result):
    return result.tables["procurement_notice"].to_dicts()


def release(number=1, **more):
    return {"ocid": f"o-{number}", "id": f"{number}", "date": "2026-03-01T00:00:00Z", **more}


def bought(number, title, code="CPV:45000000", text=None):
    scheme, code = code.split(":")
    item = {"id": "1", "description": text, "classification": {"scheme": scheme, "id": code}}
    return release(number, awards=[{"id": "1", "title": title, "items": [item]}])


def lines(*releases):
    return b"".join(json.dumps(r).encode() + b"\n" for r in releases)


def test_each_publication_is_asked_for_this_year_and_only_that_host():
    asked = ocds.plan(Asked(TODAY))
    assert [r.url.split("/")[-2] for r in asked] == ["41", "128", "19"]
    assert {r.params["name"] for r in asked} == {"2026.jsonl.gz"}
    assert {r.url.split("/")[2] for r in asked} <= SOURCE.allowed_hosts


def test_the_host_that_downloads_are_redirected_to_is_allowed():
    assert "fastly.data.open-contracting.org" in SOURCE.allowed_hosts


@pytest.mark.parametrize(
    ("asked", "years"),
    [
        (Asked(date(2026, 1, 20), held_until=date(2026, 1, 18)), ["2025", "2026"]),
        (Asked(date(2026, 3, 20), held_until=date(2026, 3, 18)), ["2026"]),
        (Asked(TODAY, held_until=date(2024, 12, 30)), ["2024", "2025", "2026"]),
        (Asked(TODAY, since=date(2022, 10, 7)), ["2022", "2023", "2024", "2025", "2026"]),
        (Asked(TODAY, held_until=date(2031, 1, 1)), ["2026"]),
    ],
)
def test_years_are_asked_from_the_cursor_on(asked, years):
    found = [r.params["name"][:4] for r in ocds.plan(asked) if "/41/" in r.url]
    assert found == years


def test_the_user_chooses_publications():
    asked = ocds.plan(Asked(TODAY, {"INDICIA_OCDS_PUBLICATIONS": "77, 147"}))
    assert [r.url.split("/")[-2] for r in asked] == ["77", "147"]


def test_of_a_bulk_file_computing_is_kept_and_the_rest_counted_under_the_rule():
    body = lines(
        bought(1, "Eight H100 servers"),
        bought(2, "Road resurfacing"),
        bought(3, "Lotto 1", "CPV:48820000"),
        bought(4, "26CPU143", "UNSPSC:43211501"),
        bought(5, "School meals", text="bread and milk"),
        bought(6, "Groundworks", text="for the new data centre"),
    )
    kept = read(body, BULK, "live")
    assert [r["process_id"] for r in rows(kept)] == ["o-1", "o-3", "o-4", "o-6"]
    (left,) = kept.rejections
    assert (left.rule, left.severity, left.count) == ("of no concern", "notice", 2)
    assert left.place == "publication 41, 2026.jsonl.gz"
    assert kept.rows_in == 6


@pytest.mark.parametrize(
    ("title", "is_kept"),
    [
        ("Intel processors", True),
        ("Nodes with eight H800", True),
        ("ICT equipment", True),
        ("Datacenter hall", True),
        ("Intelligent road signs", False),
        ("Resurfacing of the A12", False),
        ("Observers", False),
        ("Groups of pupils", False),
    ],
)
def test_words_of_computing_are_whole_words(title, is_kept):
    kept = read(lines(bought(1, title), bought(2, "GPU")), BULK, "live")
    assert ("o-1" in [r["process_id"] for r in rows(kept)]) is is_kept


def test_all_rows_of_a_kept_process_are_kept():
    whole = bought(1, "Lot 2")
    whole["tender"] = {"title": "GPU cluster", "status": "complete"}
    kept = read(lines(whole, bought(2, "Meals")), BULK, "live")
    assert [r["line_id"] for r in rows(kept)] == ["tender", "award-1"]


def test_a_file_loaded_by_hand_is_kept_whole():
    body = lines(bought(1, "Road resurfacing"), bought(2, "Meals"))
    kept = read(body, "2026.jsonl")
    assert len(rows(kept)) == 2
    assert not kept.rejections


def test_a_tar_of_csv_files_is_named_and_the_json_lines_recommended():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("main.csv"), io.BytesIO())
    with pytest.raises(SourceChangedError, match="JSON Lines"):
        read(packed.getvalue(), redacted=False)


@pytest.mark.parametrize(
    "mark",
    [
        {"details": {"scale": "selfEmployed"}},
        {"details": {"legalForm": "Sole trader"}},
        {"details": {"isNaturalPerson": True}},
        {"type": "person"},
    ],
)
def test_the_name_of_a_party_marked_as_a_person_is_withheld_everywhere(mark):
    person = {"id": "s1", "name": "Pat Placeholder", "identifier": {"id": "P-77"}} | mark
    told = release(
        parties=[person, {"id": "s2", "name": "Example Ltd"}],
        bids={"details": [{"id": "1", "tenderers": [{"id": "s1", "name": "Pat Placeholder"}]}]},
        awards=[
            {
                "id": "1",
                "title": "Servers",
                "suppliers": [{"id": "s1", "name": "Pat Placeholder"}, {"id": "s2"}],
            }
        ],
    )
    body = json.dumps({"releases": [told]}).encode()
    assert b"Placeholder" not in ocds.redact(body)
    assert b"P-77" not in ocds.redact(body)
    (award,) = rows(read(body))
    assert award["supplier_names"] == "(natural person); Example Ltd"
    assert rows(read(body, redacted=False)) == [award]


def test_a_contract_whose_award_only_names_the_supplier_has_one_row():
    told = release(
        awards=[{"id": "a", "status": "active", "suppliers": [{"name": "Example Ltd"}]}],
        contracts=[{"id": "c", "awardID": "a", "title": "Servers"}],
    )
    (row,) = rows(read(told))
    assert (row["line_id"], row["supplier_names"]) == ("contract-c", "Example Ltd")


def test_what_an_amendment_says_is_text_of_its_contract():
    amended = {"amendments": [{"id": "1", "description": "now with H200", "rationale": "more"}]}
    old = {"amendment": {"rationale": "now with H200"}}
    for amendment in (amended, old):
        told = release(contracts=[{"id": "c", "title": "Servers"} | amendment])
        assert "now with H200" in rows(read(told))[0]["text"]


def test_releases_of_one_process_stay_apart_and_a_repeated_one_is_counted():
    first, second = bought(1, "Servers"), bought(1, "Servers, amended") | {"id": "2"}
    kept = read({"releases": [first, second, first]})
    assert [(r["process_id"], r["notice_id"]) for r in rows(kept)] == [
        ("o-1", "2"),
        ("o-1", "1"),
    ]
    assert [(r.rule, r.count) for r in kept.rejections] == [("line repeated", 1)]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ({"amount": 9e15, "currency": "GBP"}, "number not read"),
        ({"amount": "about 5", "currency": "GBP"}, "number not read"),
        ({"amount": 5, "currency": "pounds"}, "currency unknown"),
    ],
)
def test_an_absurd_amount_or_currency_is_named_and_the_row_kept_without(value, rule):
    kept = read(release(awards=[{"id": "1", "title": "Servers", "value": value}]))
    assert rows(kept)[0]["amount"] is None
    assert [r.rule for r in kept.rejections] == [rule]


def test_a_signature_later_than_the_body_is_dated_by_the_notice():
    told = release(contracts=[{"id": "1", "title": "Servers", "dateSigned": "2027-01-01"}])
    kept = read(told)
    assert rows(kept)[0]["notice_date"] == date(2026, 3, 1)
    assert [(r.rule, r.count) for r in kept.rejections] == [("date in the future", 0)]


def test_the_buyer_is_found_by_role_and_companies_by_their_further_number():
    told = release(
        parties=[
            {"id": "x", "name": "Example Pty Ltd", "roles": ["supplier"],
             "additionalIdentifiers": [{"scheme": "AU-ABN", "id": "00 000 000 000"}]},
            {"id": "y", "name": "Department of Examples", "roles": ["procuringEntity"]},
        ],
        awards=[{"id": "1", "title": "Servers", "suppliers": [{"id": "x"}]}],
    )  # fmt: skip
    (row,) = rows(read(told))
    assert row["buyer_name"] == "Department of Examples"
    assert row["supplier_ids"] == "AU-ABN:00 000 000 000"


def test_many_issues_are_shown_in_part_and_counted_in_full():
    bad = [
        release(n, awards=[{"id": "1", "title": "S", "value": {"amount": "x"}}])
        for n in range(1_300)
    ]
    kept = read(lines(*bad))
    assert len(kept.rejections) == 1_001
    assert sum(r.count for r in kept.rejections) == 1_300


def test_a_release_that_lost_its_id_is_named_and_never_taken_for_a_compiled_one():
    whole = release(1, tag=["award"], tender={"title": "GPU servers"})
    lost = {
        k: v for k, v in release(2, tag=["award"], tender={"title": "GPU"}).items() if k != "id"
    }
    said = read(lines(whole, lost))
    assert len(rows(said)) == 1
    assert "without an id" in said.rejections[0].received
