"""Procurement, staffing, entities, context: a response that is not what it should be is named."""

import json

import made_bodies
import pytest
from made_bodies import JOBS, body_of, refused

OCDS, BOARDS, CSL = "procurement/ocds", "staffing/boards", "entities/csl"
EVENTS, ANALYST = "context/events", "context/analyst"
FILES = {
    "release package": (OCDS, "release-package/response.json", "package.json"),
    "record package": (OCDS, "record-package/response.json", "records.json"),
    "json lines": (OCDS, "json-lines/response.jsonl", "2026.jsonl"),
    "release array": (OCDS, "release-array/response.json", "notices.json"),
    "greenhouse": (BOARDS, "greenhouse/response.json", "greenhouse-coreweave.json"),
    "lever": (BOARDS, "lever/response.json", "lever-examplelab.json"),
    "ashby": (BOARDS, "ashby/response.json", "ashby-crusoe.json"),
    "list as csv": (CSL, "consolidated-csv/response.csv", "consolidated.csv"),
    "list as json": (CSL, "consolidated-json/response.json", "consolidated.json"),
    "entity list as csv": (CSL, "entity-list-csv/response.csv", "entity_list.csv"),
    "entity list as json": (CSL, "entity-list-json/response.json", "entity_list.json"),
    "rules": (EVENTS, "rules/response.csv", "rules.csv"),
    "cases": (EVENTS, "cases/response.csv", "cases.csv"),
    "events": (EVENTS, "event-table/response.csv", "event.csv"),
    "facilities": (ANALYST, "facility/response.csv", "facility.csv"),
    "documents": (ANALYST, "document/response.csv", "document.csv"),
    "exposures": (ANALYST, "exposure-by-header/response.csv", "additions.csv"),
}
WHOLE_JSON = [n for n, (_, path, _) in FILES.items() if path.endswith("json")]
HTML = (
    b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head>\n<body>Soon</body></html>"
)
WRONG_BODIES = {
    "a page of HTML": HTML,
    "nothing": b"",
    "rubbish": b"\x00\xff\xfe\x9c\x01" * 60,
    "another JSON": b'{"error": "rate limit"}',
}
MISSING = [
    ("release package", b'"releases"', b'"notices"', "ocid"),
    ("record package", b'"records"', b'"processes"', "ocid"),
    ("greenhouse", b'"jobs"', b'"positions"', "jobs"),
    ("greenhouse", b'"title"', b'"name_of_job"', "title"),
    ("lever", b'"text"', b'"name_of_job"', "title"),
    ("ashby", b'"jobs"', b'"positions"', "jobs"),
    ("list as csv", b"federal_register_notice", b"notice", "federal_register_notice"),
    ("list as csv", b",type,", b",kind,", "type"),
    ("list as json", b'"source"', b'"list"', "source"),
    ("entity list as csv", b"effective", b"since", "effective"),
    ("entity list as json", b'"fr"', b'"cite"', "fr"),
    ("rules", b"legal_status", b"status", "legal_status"),
    ("cases", b",label,", b",kind,", "label"),
    ("events", b"event_id", b"id", "event_id"),
    ("facilities", b"facility_id", b"id", "facility_id"),
    ("documents", b"author_role", b"author", "author_role"),
    ("exposures", b"weight_share", b"weight", "file named for its table"),
]
EMPTY_PAGES = [
    ("release package", b'{"uri": "https://example.org", "releases": []}', "no releases"),
    ("lever", b"[]", "no openings"),
    ("ashby", b'{"apiVersion": "1", "jobs": []}', "no openings"),
    ("rules", None, "no rows"),
    ("cases", None, "no rows"),
    ("events", None, "no rows"),
    ("facilities", None, "no rows"),
]


def response(case):
    return body_of(*FILES[case][:2])


def read(case, body, name=None):
    return made_bodies.parse(FILES[case][0], body, way="file", url=name or FILES[case][2])


def refusal(case, body, name=None):
    error = refused(FILES[case][0], body, way="file", url=name or FILES[case][2])
    assert error.received
    return f"{error} {error.expected} {error.received} {error.remedy}"


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("wrong", WRONG_BODIES)
def test_a_body_of_another_kind_is_refused(case, wrong):
    refusal(case, WRONG_BODIES[wrong])


@pytest.mark.parametrize("case", WHOLE_JSON)
def test_json_cut_off_is_refused(case):
    body = response(case)
    refusal(case, body[: len(body) * 2 // 3])


def test_json_lines_cut_off_keep_the_whole_lines_and_name_the_last():
    lines = response("json lines").splitlines(keepends=True)
    cut = read("json lines", b"".join(lines[:4]) + lines[4][:80])
    assert [r.place for r in cut.rejections if r.rule == "release not read"] == [
        "2026.jsonl, line 2",
        "2026.jsonl, line 5",
    ]
    kept = cut.tables["procurement_notice"]["process_id"].unique().to_list()
    assert sorted(kept) == ["ocds-h6vhtk-0b0001", "ocds-h6vhtk-0b0003"]


@pytest.mark.parametrize(("case", "old", "new", "named"), MISSING)
def test_a_missing_column_is_named(case, old, new, named):
    body = response(case)
    assert old in body
    assert named in refusal(case, body.replace(old, new))


@pytest.mark.parametrize(("case", "body", "rule"), EMPTY_PAGES)
def test_an_empty_page_gives_no_rows_and_says_so(case, body, rule):
    header = response(case).splitlines()[0] + b"\n"
    result = read(case, header if body is None else body)
    assert [(r.rule, r.severity) for r in result.rejections] == [(rule, "notice")]
    assert not any(frame.height for frame in result.tables.values())


@pytest.mark.parametrize(
    ("case", "body"),
    [("greenhouse", b'{"jobs": []}'), ("list as json", b'{"results": []}')],
)
def test_an_empty_list_that_nothing_explains_is_refused(case, body):
    refusal(case, body)


@pytest.mark.parametrize("name", ["jobs.json", "https://example.org/boards/coreweave.json"])
def test_a_board_that_the_name_does_not_tell_is_refused(name):
    assert "greenhouse-TOKEN.json" in refusal("greenhouse", response("greenhouse"), name)


def test_a_body_of_another_board_is_refused():
    assert "list of postings" in refusal("lever", response("greenhouse"))


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "<b>Ltd</b>"])
def test_a_formula_in_a_name_stays_text(text):
    release = {"ocid": "o-1", "id": "1", "awards": [{"id": "1", "suppliers": [{"name": text}]}]}
    awards = read("release package", json.dumps(release).encode()).tables["procurement_notice"]
    listed = response("list as csv").replace(b"=Example Aviation (Group) Corp.", text.encode())
    names = read("list as csv", listed).tables["entity_listing"]["name"]
    assert awards["supplier_names"].to_list() == [text]
    assert text in names.to_list()


@pytest.mark.parametrize(
    ("case", "personal"),
    [
        ("release package", [b"Pat Placeholder", b"Sam Sample", b"@example.org", b"+44"]),
        ("json lines", [b"Pat Placeholder"]),
        ("greenhouse", [b"Pat Placeholder", b"boards.example.org"]),
        ("lever", [b"Pat Placeholder", b"hostedUrl"]),
        ("ashby", [b"Pat Placeholder", b"applyUrl"]),
        ("list as csv", [b"Ivan Exemplarov", b"JANE EXAMPLE DOE", b"DOE, John", b"1950"]),
        ("list as json", [b"Ivan Exemplarov", b"DOE, John", b"1950"]),
        ("entity list as csv", [b"Beispielova"]),
    ],
)
def test_what_is_archived_holds_no_person(case, personal):
    body = response(case)
    archived = JOBS[FILES[case][0]].redact(body)
    assert all(words in body for words in personal)
    assert not [words for words in personal if words in archived]


@pytest.mark.parametrize("case", FILES)
def test_an_archived_body_says_what_the_body_said(case):
    body = response(case)
    once, twice = read(case, body), read(case, JOBS[FILES[case][0]].redact(body))
    assert once.rows_in == twice.rows_in
    assert list(once.rejections) == list(twice.rejections)
    assert all(once.tables[name].equals(twice.tables[name]) for name in once.tables)


def test_a_file_that_fits_two_tables_names_the_candidates():
    header = b"facility_id,document_id,title,author_role,statement,name,source_url\n"
    message = refusal("exposures", header + b"a,b,c,d,e,f,https://example.org\n")
    assert "facility.csv" in message
    assert "document.csv" in message


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        ("Example Trading LLC", True),
        ("Example Research Institute", True),
        ("Examplov Zavod OAO", True),
        ("EXAMPLETECH", True),
        ("Huaxia 54 Works", True),
        ("NPP Exampla", True),
        ("Ivan Ivanovich Exemplarov", False),
        ("A. B. Exemplar", False),
        ("JANE EXAMPLE DOE", False),
        ("Sa'id al-Beispiel", False),
        ("'Abd-al-Salam Beispiel, Jr.", False),
    ],
)
def test_organisations_are_kept_and_apparent_persons_withheld(name, is_kept):
    body = response("entity list as csv").replace(
        b"Hanif Example Computer Zone (HECZ)", b'"@@"'
    )
    listed = read("entity list as csv", body.replace(b"@@", name.encode()))
    names = listed.tables["entity_listing"]["name"].to_list()
    assert (name in names) is is_kept
    assert name not in str(list(listed.rejections))
