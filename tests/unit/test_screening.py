"""Lists that people hand over: every way of writing them, and every way of making them harmful."""

import io
import time
import zipfile

import made_entities
import made_store
import polars as pl
import pytest
import xlsxwriter

from indicia.answers import screening
from indicia.answers.screening import chance, limits, taking, workbook
from indicia.entities import screening as core
from indicia.errors import ReferenceTableError, UsageError
from indicia.reference.matching import FalseHits, Rate, false_hits
from indicia.store import Store, workspace

HEAD = "name,country,date"
HOSTILE = {
    "sql": "'; DROP TABLE entity_listing; --",
    "html": "<script>alert(1)</script> Trading",
    "markdown": "[Sigma](https://example.org) **Trading**",
    "formula": '=HYPERLINK("http://example.org","x")',
    "rtl": "\u202eSigma gnidarT\u202c",
    "zero width": "Sig\u200bma Tra\u200dding",
    "emoji": "😀🏭 Trading 👩‍👩‍👧",
    "combining": "S\u0301\u0302\u0303" * 40,
    "full width": "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in "Sigma Trading"),
    "regex": "((((a+)+)+)+)$ [x] {9999999}",
    "percent": "100%_ Sigma\\",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(made_store.build(tmp_path_factory.mktemp("made"))) as opened:
        yield opened


def asked(text, **chosen):
    body = text if isinstance(text, bytes) else text.encode()
    return screening.asked(screening.read(body), chosen)


def sheet(rows, **more):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, **more}) as book:
        page = book.add_worksheet("List")
        for n, row in enumerate(rows):
            page.write_row(n, 0, row)
    return made.getvalue()


def packed(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return made.getvalue()


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_are_compared_as_text_and_come_back_as_they_were(store, kind):
    name = HOSTILE[kind]
    quoted = '"' + name.replace('"', '""') + '"'
    found = screening.screened(store, asked(f"name\n{quoted}\nSigma Trading\n"))
    back = pl.concat([found.hits.select("row", "name"), found.unmatched.select("row", "name")])
    assert back.filter(pl.col("row") == 2)["name"].unique().to_list() == [name]
    assert found.hits.filter(pl.col("row") == 3).height == 1
    assert store.sql("SELECT count(*) FROM entity_listing").item() == 1


@pytest.mark.parametrize("kind", ["zero width", "full width", "rtl"])
def test_what_looks_like_a_listed_name_meets_it_whatever_marks_it_hides(store, kind):
    found = screening.screened(store, asked(f"name\n{HOSTILE[kind]}\n"))
    met = found.hits["party"].to_list()
    assert met == ([] if kind == "rtl" else ["Sigma Trading"])


@pytest.mark.parametrize("fmt", taking.FORMATS)
def test_hostile_names_leave_as_text_in_every_format(store, fmt):
    rows = "\n".join('"' + n.replace('"', '""') + '"' for n in HOSTILE.values())
    found = screening.screened(store, asked(f"name\n{rows}\n"))
    made = taking.taken(store, found, fmt, made_store.NOW)
    assert made == taking.taken(store, found, fmt, made_store.NOW)
    if fmt == "csv":
        assert "'=HYPERLINK" in pl.read_csv(made)["name"].str.join("\n").item()
    else:
        with zipfile.ZipFile(io.BytesIO(made)) as book:
            sheets = [book.read(n) for n in book.namelist() if "worksheets/sheet" in n]
        assert not any(b"<f>" in body for body in sheets)


@pytest.mark.parametrize("length", [501, 10_000, 100_000])
def test_a_name_of_thousands_of_characters_is_named_and_costs_nothing(store, length):
    found = screening.screened(
        store, asked(f"name\n{'Sigma ' * (length // 6 + 1)}\nSigma Trading\n")
    )
    (issue,) = found.asked.issues.rows(named=True)
    assert (issue["row"], issue["field"], issue["effect"]) == (
        2,
        "name",
        "the row is not screened",
    )
    assert len(issue["given"]) < 100
    assert found.hits["row"].to_list() == [3]
    assert "1 not screened" in found.tally()


def test_longest_names_are_screened_in_bounded_time(store):
    rows = "\n".join(f"{'Sigma ' * 80}{n}" for n in range(500))
    began = time.monotonic()
    screening.screened(store, asked(f"name\n{rows}\n"))
    assert time.monotonic() - began < 60


def test_fifty_thousand_rows_are_screened_in_bounded_time(store):
    rows = "\n".join(f"Ordinary {n} Supplies {n % 97} Ltd,CN,2024-01-01" for n in range(50_000))
    began = time.monotonic()
    found = screening.screened(store, asked(f"{HEAD}\n{rows}\nSigma Trading,CN,2025-01-01\n"))
    assert time.monotonic() - began < 120
    assert found.asked.rows.height == 50_001
    assert 50_002 in found.hits["row"].to_list()


def test_rows_that_say_the_same_are_compared_once(store):
    names = []

    def meeting(queries, targets):
        names.append(queries.height)
        return core.meet(queries, targets)

    rows = asked("name\nSigma Trading\nSigma Trading\nTau\n").rows
    targets, _ = screening.targets(store, (screening.LISTED,))
    met = core.screen(rows, targets, meeting)
    assert names == [2]
    assert met["row"].to_list() == [2, 3]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
     ("gb18030", b"\x84\x31\x95\x33")],
)  # fmt: skip
def test_an_encoding_is_known_by_its_mark(encoding, mark):
    given = screening.read(mark + "名称,国家\n华为技术有限公司,中国\n".encode(encoding))
    assert given.header == ("名称", "国家")
    found = screening.asked(given)
    assert found.rows.select("name", "countries_iso2").rows() == [("华为技术有限公司", "CN")]
    assert any(encoding in note for note in found.notes)


def test_an_encoding_without_a_mark_is_never_guessed():
    body = "名称\n华为技术有限公司\n".encode("gb18030")
    with pytest.raises(UsageError, match=r"is not utf-8. Say how it is encoded"):
        screening.read(body)
    assert screening.read(body, "gb18030").cells["名称"].to_list() == ["华为技术有限公司"]
    with pytest.raises(UsageError, match="NUL characters"):
        screening.read("name\nSigma\n".encode("utf-16-le"))
    with pytest.raises(UsageError, match="by its mark that it is utf-8, not gb18030"):
        screening.read(b"\xef\xbb\xbfname\nx\n", "gb18030")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_of_the_heading(separator):
    given = screening.read(f'name{separator}country\n"Sigma, Tau; Co"{separator}CN\n'.encode())
    assert given.cells["name"].to_list() == ["Sigma, Tau; Co"]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Supplier Name,COUNTRY_CODE,Award Date", {"name": "Supplier Name", "country": "COUNTRY_CODE", "date": "Award Date"}),
        ("id,company,LEI", {"name": "company", "id": "LEI"}),
        ("Company;Name", {"name": "Name"}),
        ("名称,地址,统一社会信用代码", {"name": "名称", "address": "地址", "id": "统一社会信用代码"}),
        ("name,name,name", {"name": "name"}),
    ],
)  # fmt: skip
def test_headings_are_matched_loosely_and_shown(header, found):
    assert dict(asked(f"{header}\nSigma{',' * header.count(',')}\n").columns) == found


def test_a_list_without_a_heading_for_names_says_what_it_found():
    with pytest.raises(
        UsageError, match=r"no heading names the column of names. Columns: 'who', 'where'"
    ):
        asked("who,where\nSigma,CN\n")
    assert (
        asked("who,where\nSigma,CN\n", name="who", country="where").rows["name"][0] == "Sigma"
    )


@pytest.mark.parametrize(
    ("told", "day"),
    [("2024-08-31", "2024-08-31"), ("2024/08/31", "2024-08-31"), ("31 Aug 2024", "2024-08-31"),
     ("2024-08-31T10:00:00", "2024-08-31"), ("01/02/2024", None), ("2024-02-30", None), ("soon", None)],
)  # fmt: skip
def test_days_are_read_and_never_guessed(told, day):
    found = asked(f"{HEAD}\nSigma,CN,{told}\n")
    assert [str(d) if d else None for d in found.rows["document_date"]] == [day]
    assert found.issues["field"].to_list() == ([] if day else ["date"])


@pytest.mark.parametrize(
    ("told", "codes"),
    [("China", "CN"), ("cn", "CN"), ("CHN", "CN"), ("Hong Kong", "HK"), ("CN; HK", "CN;HK"),
     ("U.S.A.", "US"), ("Taiwan", "TW"), ("Narnia", None), ("CN; Narnia", None)],
)  # fmt: skip
def test_countries_are_read_as_codes_or_names(told, codes):
    found = asked(f'name,country\nSigma,"{told}"\n')
    assert found.rows["countries_iso2"].to_list() == [codes]


@pytest.mark.parametrize(
    ("header", "told", "ids"),
    [("LEI", "529900t8bm49aursdo55", "LEI:529900T8BM49AURSDO55"),
     ("id", "529900T8BM49AURSDO55", "LEI:529900T8BM49AURSDO55"),
     ("id", "91440300192203821P", "USCC:91440300192203821P"),
     ("UEN", "201912345K", "UEN:201912345K"),
     ("id", "uen:201912345K;LEI:X", "UEN:201912345K; LEI:X"),
     ("id", "12", None), ("id", "x" * 200, None)],
)  # fmt: skip
def test_ids_carry_their_scheme(header, told, ids):
    found = asked(f'name,{header}\nSigma,"{told}"\n')
    assert found.rows["registry_ids"].to_list() == [ids]
    assert found.issues.height == (ids is None)


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n,,\n", "\ufeff"])
def test_an_empty_list_is_said_to_be_empty(text):
    with pytest.raises(UsageError, match="the list is empty"):
        asked(text)


def test_a_list_with_headings_alone_is_no_fault(store):
    found = screening.screened(store, asked("name,country\n"))
    assert found.tally() == "0 rows: 0 with a hit (0 hits), 0 with no hit, 0 not screened."


def test_too_many_rows_are_refused_with_the_limit(monkeypatch):
    monkeypatch.setattr("indicia.answers.screening.reading.MOST_ROWS", 3)
    with pytest.raises(UsageError, match="has 4 rows and 1 columns; at most 3 rows"):
        asked("name\na\nb\nc\nd\n")


def test_pasted_lines_are_names_and_pasted_cells_have_headings():
    lines = screening.asked(screening.pasted("Sigma Trading, Co., Ltd.\n\n  Tau  \n"))
    assert lines.rows.select("row", "name").rows() == [
        (1, "Sigma Trading, Co., Ltd."),
        (3, "Tau"),
    ]
    headed = screening.asked(screening.pasted("Company\nTau\n"))
    assert headed.rows["name"].to_list() == ["Tau"]
    cells = screening.asked(screening.pasted("company\tcountry\nTau\tMY\n"))
    assert cells.rows.select("name", "countries_iso2").rows() == [("Tau", "MY")]


def test_a_workbook_is_read_with_its_days_numbers_and_formulas_as_text():
    made = io.BytesIO()
    with xlsxwriter.Workbook(
        made, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        page = book.add_worksheet("List")
        page.write_row(0, 0, ["name", "date", "id", "note"])
        page.write_string(1, 0, "=cmd|'/c calc'!A1 Trading")
        page.write_datetime(1, 1, made_store.NOW.replace(tzinfo=None, hour=0))
        page.write_string(1, 2, "UEN:201912345K")
        page.write_formula(2, 0, '="Sig"&"ma"', None, "Sigma")
        page.write_number(2, 2, 12.0)
    found = screening.asked(screening.read(made.getvalue()))
    assert found.rows["name"].to_list() == ["=cmd|'/c calc'!A1 Trading", "Sigma"]
    assert str(found.rows["document_date"][0]) == "2026-03-01"
    assert found.issues.select("row", "given").rows() == [(3, "12")]
    assert any("1 cells hold a formula" in note for note in found.notes)


def test_a_workbook_with_several_sheets_asks_which():
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for name in ("One", "Two", "Hidden"):
            book.add_worksheet(name).write_row(0, 0, ["name"])
        book.get_worksheet_by_name("Hidden").hide()
    with pytest.raises(UsageError, match=r"2 visible sheets. Name one of: One, Two"):
        screening.read(made.getvalue())
    assert screening.read(made.getvalue(), sheet="Two").header == ("name",)
    with pytest.raises(UsageError, match="no visible sheet 'Hidden'"):
        screening.read(made.getvalue(), sheet="Hidden")


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_UNPACKED_BYTES", 2**20)
    bomb = packed(xl__workbook_dot_xml=b"<x/>", xl__a_dot_xml=b" " * 2**22)
    assert len(bomb) < 10_000
    with pytest.raises(UsageError, match="unpacks to more than 1 MiB"):
        screening.read(bomb)


def test_a_sheet_with_far_apart_cells_is_refused_before_it_is_laid_out():
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet("List")
        page.write_row(0, 0, ["name"])
        page.write(1_048_575, 16_383, "x")
    began = time.monotonic()
    with pytest.raises(UsageError, match="reach to row 1,048,576, column 16,384"):
        screening.read(made.getvalue())
    assert time.monotonic() - began < 10


def test_formatted_but_empty_cells_take_no_room():
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page, bold = book.add_worksheet("List"), book.add_format({"bold": True})
        page.write_row(0, 0, ["name"])
        page.write_row(1, 0, ["Sigma"])
        page.write_blank(1_048_575, 16_383, None, bold)
    assert screening.read(made.getvalue()).cells["name"].to_list() == ["Sigma"]


@pytest.mark.parametrize(
    "body",
    [
        packed(readme_dot_txt=b"x"),
        packed(xl__workbook_dot_xml=b"<x/>"),
        packed(xl__workbook_dot_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        sheet([["name"], ["Sigma"]])[:-400],
        b"PK\x03\x04" + b"\0" * 100,
        b"\xd0\xcf\x11\xe0" + b"\0" * 100,
    ],
)
def test_what_is_no_workbook_is_one_plain_line(body):
    with pytest.raises(UsageError, match=r"workbook"):
        screening.read(body)


def test_hits_to_expect_are_scaled_from_the_measured_rates(monkeypatch):
    rates = FalseHits(Rate(20.0, 15.0, 26.0), Rate(40.0, 30.0, 52.0), 6_000, 8_000, "See docs.")
    monkeypatch.setattr("indicia.answers.screening.chance.false_hits", lambda: rates)
    found = chance.expected(40_000, 10_000, 4_000)
    assert (found.count, found.low_count, found.high_count) == (60.0, 45.0, 78.0)
    assert found.sentence.endswith("for no reason: 60 (45 to 78).")
    assert "6,000 unlisted names against 8,000 listed ones" in found.told
    assert "under 0.1 (under 0.1 to under 0.1)" in chance.expected(40, 4, 4_000).sentence
    monkeypatch.setattr("indicia.answers.screening.chance.false_hits", lambda: None)
    assert chance.expected(10, 10, 10) is None


def test_the_shipped_rates_are_measured_and_shown(store):
    rates = false_hits()
    assert rates.names_count > 1_000
    assert 0 < rates.with_country.per_10000_count < rates.with_country.high_count < 100
    found = screening.screened(store, asked("name\nTau\n"))
    assert "If none of these names were listed" in found.expected.sentence
    operators = screening.screened(store, asked("name\nTau\n"), (screening.OPERATORS,))
    assert operators.expected is None


def test_a_rate_that_cannot_be_is_refused():
    with pytest.raises(ReferenceTableError, match="low <= rate <= high"):
        Rate(1.0, 2.0, 3.0)


def test_hits_of_closed_sources_keep_their_row_and_nothing_else(store):
    found = screening.screened(store, asked("name\nSigma Trading\nNobody\n"))
    rows = taking.rows(found, ["context/analyst"])
    hit = rows.row(0, named=True)
    assert hit["answer"] in ("same", "possible")
    assert hit["party"] is None
    assert "do not allow redistribution" in hit["explanation"]
    assert rows["answer"][1] == "no hit"


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    with Store.open(made_entities.build(tmp_path_factory.mktemp("settled"))) as opened:
        yield opened


def test_every_name_of_an_organisation_is_met_and_says_which_record_lends_it(settled):
    found = screening.screened(
        settled, asked("name\n欧米茄计算有限公司\n"), (screening.OPERATORS,)
    )
    (hit,) = found.hits.rows(named=True)
    assert hit["party"] == "Omega Compute Sdn. Bhd."
    assert (
        f"that of {made_entities.OMEGA}, taken as the same organisation" in hit["explanation"]
    )
    assert hit["record_id"].startswith("party:")


def test_a_registry_id_meets_the_organisation_whatever_its_name(settled):
    text = f'name,id\nQuite Another Name,"{made_entities.OMEGA}"\n'
    found = screening.screened(settled, asked(text), screening.AGAINST)
    (hit,) = found.hits.rows(named=True)
    assert (hit["answer"], hit["method"]) == ("same", "registry id")
    assert hit["party"] == "Omega Compute Sdn. Bhd."


def test_a_list_is_compared_in_memory_alone(store):
    seen = []

    def meeting(queries, targets):
        db = workspace()
        seen.append(db.sql("SELECT current_setting('temp_directory')").fetchall()[0][0])
        db.close()
        return core.meet(queries, targets)

    targets, _ = screening.targets(store, (screening.LISTED,))
    core.screen(asked("name\nTau\n").rows, targets, meeting)
    outside = workspace()
    usual = outside.sql("SELECT current_setting('temp_directory')").fetchall()[0][0]
    outside.close()
    assert seen == [""]
    assert usual != ""


def test_limits_are_such_that_a_full_list_fits():
    assert limits.MOST_ROWS >= 50_000
    assert limits.MOST_BYTES < limits.MOST_UNPACKED_BYTES
