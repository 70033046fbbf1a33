"""GLEIF: no natural person reaches the archive, names keep their kind, lists come from the user."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import ingest
from indicia.errors import SourceChangedError, SourceNotConfiguredError, UsageError
from indicia.sources.contract import Asked, Fetch

JOB = ingest.jobs()["entities/gleif"]
HERE = Path(__file__).parent / "entities/gleif"
PAGE = (HERE / "api-page/response.json").read_bytes()
PARENT = (HERE / "api-parent/response.json").read_bytes()
RECORDS = (HERE / "golden-copy-records/response.csv").read_bytes()
LINKS = (HERE / "golden-copy-relationships/response.csv").read_bytes()
ALL = [PAGE, PARENT, RECORDS, LINKS]
TODAY = date(2026, 11, 22)
ONE, TWO = "EXAMPLE0000000000001", "EXAMPLE0000000000002"


def parse(body):
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return JOB.parse(body, Fetch("f", JOB.source.id, "file", "x", now, "0", "0", len(body)))


def refused(body):
    with pytest.raises(SourceChangedError) as raised:
        parse(body)
    return str(raised.value)


def test_a_sole_proprietor_is_counted_and_never_named():
    for body, name in ((PAGE, "Jane Example"), (RECORDS, "John Example")):
        assert name in body.decode()
        kept = JOB.redact(body)
        assert name.split()[0] not in kept.decode()
        result = parse(kept)
        (person,) = [r for r in result.rejections if r.rule == "natural person"]
        assert (person.count, person.received) == (1, "SOLE_PROPRIETOR")
        assert result.rows_in == parse(body).rows_in


@pytest.mark.parametrize("body", ALL)
def test_redaction_changes_nothing_of_what_is_read(body):
    kept = JOB.redact(body)
    assert JOB.redact(kept) == kept
    for name, frame in parse(body).tables.items():
        assert frame.equals(parse(kept).tables[name])


def test_a_body_that_cannot_be_read_is_never_archived_as_it_is():
    for body in (PAGE[:900], b"<html>", b"", b"a,b\n1,2\n"):
        with pytest.raises(SourceChangedError):
            JOB.redact(body)


def test_without_a_list_the_source_says_which_variable_is_missing():
    with pytest.raises(SourceNotConfiguredError, match="INDICIA_GLEIF_LEIS"):
        JOB.plan(Asked(TODAY, {}))
    with pytest.raises(UsageError, match="20 letters and digits"):
        JOB.plan(Asked(TODAY, {"INDICIA_GLEIF_LEIS": f"{ONE}, Example Ltd"}))


def test_listed_records_are_asked_for_a_hundred_at_a_time():
    many = [f"EXAMPLE{n:013d}" for n in range(150)]
    asked = JOB.plan(Asked(TODAY, {"INDICIA_GLEIF_LEIS": ", ".join([*many, many[0].lower()])}))
    assert [r.params["filter[lei]"].count(",") + 1 for r in asked] == [100, 50]
    assert {r.params["page[size]"] for r in asked} == {"200"}
    assert all(r.url.split("/")[2] in JOB.source.allowed_hosts for r in asked)


def test_parents_that_a_record_names_are_asked_for_next_and_exceptions_are_not():
    (request,) = JOB.plan(Asked(TODAY, {"INDICIA_GLEIF_LEIS": ONE}))
    (parent,) = JOB.following(request, JOB.redact(PAGE))
    assert (
        parent.url
        == f"https://api.gleif.org/api/v1/lei-records/{ONE}/direct-parent-relationship"
    )
    assert JOB.following(parent, PARENT) == ()
    foreign = PAGE.replace(
        b"https://api.gleif.org/api/v1/lei-records/EX", b"https://other.example/EX"
    )
    assert JOB.following(request, foreign) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html><body>busy</body></html>", b"[]", b"{}", b"\xff\xfe\x00", PAGE[:500], RECORDS[:30],
        b'{"errors": [{"status": "429", "title": "Too Many Requests"}]}',
        b'{"data": [{"type": "vlei-issuers", "attributes": {}}]}',
        b'{"data": [{"type": "lei-records", "attributes": {"lei": "x"}}]}',
    ],
)  # fmt: skip
def test_what_is_neither_page_nor_golden_copy_is_refused(body):
    refused(body)


@pytest.mark.parametrize(
    ("body", "old", "new"),
    [
        (RECORDS, b"Entity.EntityCategory", b"Entity.Kind"),
        (RECORDS, b'Entity.LegalName"', b'Entity.Name"'),
        (RECORDS, b"Registration.LastUpdateDate", b"Registration.Changed"),
        (LINKS, b"Relationship.RelationshipType", b"Relationship.Kind"),
        (LINKS, b'Relationship.EndNode.NodeID"', b'Relationship.To"'),
    ],
)
def test_a_renamed_column_is_named(body, old, new):
    assert old in body
    assert old.decode().rstrip('"') in refused(body.replace(old, new))


def test_a_golden_copy_without_types_of_names_guesses_no_type():
    body = RECORDS.replace(b"OtherEntityName.1.type", b"OtherEntityName.1.kind")
    result = parse(body)
    assert "name type unknown" in {r.rule for r in result.rejections}
    assert "Former Example Berhad" not in result.tables["entity_name"]["name"].to_list()


def test_previous_names_and_scripts_stay_apart():
    named = parse(PAGE).tables["entity_name"]
    kinds = dict(named.select("name", "kind").iter_rows())
    assert kinds["示例数据有限公司"] == "previous"
    assert kinds["SHILI ZHISUAN KEJI YOUXIAN GONGSI"] == "transliterated"
    assert kinds["Example Intelligent Computing Technology Co., Ltd."] == "alternative"


def test_a_consolidation_is_no_share_owned():
    assert parse(LINKS).tables["entity_link"]["owned_share"].null_count() == 4


def test_a_page_of_a_single_record_reads_like_a_list():
    content = json.loads(PAGE)
    one = json.dumps({**content, "data": content["data"][0]}).encode()
    assert parse(one).tables["entity_record"]["record_id"].to_list() == [f"LEI:{ONE}"]
