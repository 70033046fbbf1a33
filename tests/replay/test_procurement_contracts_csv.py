"""Contracts that a user has as CSV: columns by name, money with its currency, dates that tell."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from indicia.errors import SourceChangedError
from indicia.sources.contract import Fetch
from ingest.procurement import contracts_csv

FILE = Path(__file__).parent / "procurement" / "contracts_csv" / "notices" / "response.csv"
HEADER = "title,buyer,supplier,date,stage,amount,currency\n"


def read(body):
    body = body if isinstance(body, bytes) else body.encode()
    facts = {
        "fetch_id": "x",
        "source": "x",
        "sha256": "",
        "original_sha256": "",
        "body_bytes": 1,
    }
    fetched = datetime(2026, 6, 1, tzinfo=UTC)
    fetch = Fetch(**facts, way="file", url="contracts.csv", fetched_utc=fetched)
    found = contracts_csv.parse(contracts_csv.redact(body), fetch)
    return found.tables["procurement_notice"].to_dicts(), found.rejections


def rules(rejections):
    return [r.rule for r in rejections]


def test_two_dots_are_a_missing_value():
    rows, _ = read(FILE.read_bytes())
    row = next(r for r in rows if r["title"].startswith("示例无人机"))
    assert (row["supplier_names"], row["amount"], row["currency"]) == (None, None, None)
    assert row["buyer_name"] == "示例部门"


def test_contacts_and_long_translations_are_not_archived():
    archived = contracts_csv.redact(FILE.read_bytes()).decode()
    assert "程先生" in FILE.read_text(encoding="utf-8")
    assert not [p for p in ("程先生", "60000000", "Mr. Cheng") if p in archived]
    assert contracts_csv.redact(archived.encode()) == archived.encode()


@pytest.mark.parametrize("header", ["contact_name", "联系人", "Phone", "e-mail", "采购人代表"])
def test_a_column_of_contacts_is_emptied_before_it_is_archived(header):
    archived = contracts_csv.redact(f"title,date,{header}\nServers,2026-01-02,Pat\n".encode())
    assert b"Pat" not in archived
    assert b"Servers" in archived


def test_a_translated_title_is_marked_as_such():
    rows, _ = read(FILE.read_bytes())
    assert all("Title in machine translation: Example" in r["text"] for r in rows)
    assert rows[0]["title"] == "示例图像识别服务器采购"


def test_columns_that_are_not_read_are_named():
    _, rejections = read("title,date,stage,colour\nServers,2026-01-02,award,red\n")
    (note,) = rejections
    assert (note.rule, note.received, note.severity) == (
        "columns not known",
        "colour",
        "notice",
    )


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("buyer,supplier,date", "title"),
        ("title,buyer", "notice_date"),
        ("title,date,amount", "currency"),
        ("buyer,amount", "'title', 'notice_date', 'currency'"),
    ],
)
def test_missing_columns_are_named_with_what_they_may_be_called(header, named):
    cells = ",".join("1" for _ in header.split(","))
    with pytest.raises(SourceChangedError) as caught:
        read(f"{header}\n{cells}\n")
    assert named in caught.value.expected
    assert "# map:" in caught.value.remedy


def test_the_currency_stands_in_the_header_of_the_amount():
    rows, _ = read("title,date,stage,contract_value_rmb\nServers,2026-01-02,award,100\n")
    assert (rows[0]["amount"], rows[0]["currency"]) == (100.0, "CNY")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("Servers,B,S,2026-01-02,award,abc,CNY", "not a number"),
        ("Servers,B,S,2026-01-02,award,-5,CNY", "impossible value"),
        ("Servers,B,S,2026-01-02,award,9e15,CNY", "impossible value"),
        ("Servers,B,S,2026-01-02,award,5,yuan", "currency unknown"),
        ("Servers,B,S,2026-01-02,award,5,", "amount without currency"),
        ("Servers,B,S,2026-01-02,survey,5,CNY", "stage unknown"),
        ("Servers,B,S,yesterday,award,5,CNY", "date not read"),
        ("Servers,B,S,2027-01-02,award,5,CNY", "date in the future"),
        (",B,S,2026-01-02,award,5,CNY", "no title"),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_by_name_and_the_rest_kept(row, rule):
    rows, rejections = read(f"{HEADER}{row}\nRacks,B,S,2026-01-03,award,7,CNY\n")
    assert [r["title"] for r in rows] == ["Racks"]
    assert [(r.rule, r.count) for r in rejections] == [(rule, 1)]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("3/25/2026", "4/3/2026"), date(2026, 4, 3)),
        (("25/3/2026", "4/3/2026"), date(2026, 3, 4)),
        (("3/25/2026 15:57:29", "4/3/2026 0:00:00"), date(2026, 4, 3)),
    ],
)
def test_the_file_tells_day_from_month(days, expected):
    rows, _ = read(
        "title,date,stage\n" + "".join(f"T{n},{d},award\n" for n, d in enumerate(days))
    )
    assert rows[1]["notice_date"] == expected


@pytest.mark.parametrize("days", [("3/4/2026", "4/3/2026"), ("25/3/2026", "3/25/2026")])
def test_dates_that_could_be_either_stop_the_file(days):
    with pytest.raises(SourceChangedError, match="YYYY-MM-DD"):
        read("title,date,stage\n" + "".join(f"T{n},{d},award\n" for n, d in enumerate(days)))


def test_lines_at_the_top_map_and_set_columns():
    rows, _ = read(
        "# map: title = Objet\n# set: currency = EUR\n# set: country_iso2 = FR\n"
        "Objet,date,amount,stage\nServeurs,2026-01-02,5,award\n"
    )
    assert rows[0]["title"] == "Serveurs"
    assert (rows[0]["currency"], rows[0]["country_iso2"]) == ("EUR", "FR")


@pytest.mark.parametrize("line", ["# map: colour = Farbe", "# my contracts"])
def test_a_line_at_the_top_that_means_nothing_is_refused(line):
    with pytest.raises(SourceChangedError, match="map"):
        read(f"{line}\n{HEADER}Servers,B,S,2026-01-02,award,5,CNY\n")


def test_the_same_contract_twice_is_one_and_two_under_one_number_are_two():
    line = "EX-1,{},2026-01-02,award\n"
    head = "project_number,title,date,stage\n"
    rows, rejections = read(head + line.format("Servers") * 2 + line.format("Racks"))
    assert len(rows) == 2
    assert {r["process_id"] for r in rows} == {"EX-1"}
    assert [(r.rule, r.count) for r in rejections] == [("key repeated", 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"title,date\n",
        b"<html>Soon</html>",
        b"\x00\xff" * 40,
        b'{"a": 1}',
        "标题".encode("gbk"),
    ],
)
def test_a_body_of_another_kind_is_refused(wrong):
    with pytest.raises(SourceChangedError):
        read(wrong)


def test_a_file_cut_off_names_what_it_lacks():
    with pytest.raises(SourceChangedError):
        read(FILE.read_bytes()[:40])
