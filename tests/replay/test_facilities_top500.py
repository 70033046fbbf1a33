"""TOP500: unnamed sites stay unloaded, cores are no accelerators, power keeps its boundary."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pytest
import xlsxwriter

import ingest
from indicia.errors import SourceChangedError
from indicia.sources.contract import Asked, Fetch

JOB = ingest.jobs()["facilities/top500"]
LIST = (Path(__file__).parent / "facilities/top500/list/response.xlsx").read_bytes()
SYSTEM = {
    "Rank": 1, "Previous Rank": "", "First Appearance": 65, "Name": "Example One",
    "Computer": "Example EX1, Example CPU 64C, NVIDIA H100, Example Fabric", "Site": "Example National Laboratory",
    "Manufacturer": "Example", "Country": "Malaysia", "Year": 2025, "Segment": "Research", "Total Cores": 90000,
    "Accelerator/Co-Processor Cores": 80000, "Rmax [TFlop/s]": 1000.5, "Power (kW)": 1500.25,
    "Power Source": "Submitted", "Energy Efficiency [GFlops/Watts]": 1.1, "Accelerator/Co-Processor": "NVIDIA H100",
    "Site ID": 1, "System ID": 2,
}  # fmt: skip


def book(*changes, sheet="65", drop=(), rename=None):
    out = BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    page = made.add_worksheet(sheet)
    names = [n for n in SYSTEM if n not in drop]
    page.write_row(0, 0, [(rename or {}).get(n, n) for n in names])
    for at, change in enumerate(changes or ({},), 1):
        page.write_row(at, 0, [{**SYSTEM, **change}[n] for n in names])
    made.close()
    return out.getvalue()


def parse(body, url="june2025.xlsx", day=datetime(2026, 6, 1, tzinfo=UTC)):
    return JOB.parse(body, Fetch("f", JOB.source.id, "file", url, day, "0", "0", len(body)))


def refused(body, **given):
    with pytest.raises(SourceChangedError) as raised:
        parse(body, **given)
    return str(raised.value)


def rules(body):
    return {r.rule for r in parse(body).rejections} - {"list not whole"}


UNNAMED = [
    "Software Company MUS", "Service Provider T", "Internet Service (B)", "Hosting Services", "Government",
    "Government Agency (S)", "Cloud Provider", "IT Service Provider", "DJIT Company", "Bank G", "Telecom Operator (C)",
    "AI company J", "Research Institute", "Financial Services P", "Manufacturing Industry (O)", "Undisclosed customer",
]  # fmt: skip
NAMED = [
    "Government of Example Supercomputing Centre", "Bank of Example", "Example Institute of Technology (EIT)",
    "Example Cloud Computing Center", "Shared Services Example", "Example Electronics", "CINECA", "EuroHPC/CSC",
]  # fmt: skip


@pytest.mark.parametrize("site", UNNAMED)
def test_a_site_published_without_a_name_never_becomes_a_facility(site):
    body = book({"Site": site})
    assert rules(body) == {"site without a name"}
    assert all(frame.is_empty() for frame in parse(body).tables.values())


@pytest.mark.parametrize("site", NAMED)
def test_a_site_with_a_name_is_loaded(site):
    assert parse(book({"Site": site})).tables["facility"]["name"].to_list() == [site]


def test_a_site_is_known_to_its_country_only_and_never_drawn():
    row = parse(LIST).tables["facility"]
    assert set(row["coord_precision"]) == {"country"}
    assert row["latitude_deg"].null_count() == row.height


def test_accelerator_cores_are_not_turned_into_accelerators():
    said = parse(book()).tables["hardware_statement"].row(0, named=True)
    assert said["accelerators_reported_count"] is None
    assert said["accelerators_estimated_count"] is None
    assert "80000 accelerator cores (not accelerators)" in said["statement"]


def test_power_is_summed_over_systems_that_state_it_and_says_how_many_do():
    body = book({}, {"Rank": 2, "Name": "Two", "Power (kW)": 500}, {"Rank": 3, "Name": "Three", "Power (kW)": "", "Power Source": ""})  # fmt: skip
    (state,) = parse(body).tables["facility_state"].to_dicts()
    assert state["power_reported_mw"] == pytest.approx(2.00025)
    assert state["power_kind"] == "avg"
    assert "2 of 3 listed systems" in state["statement"]
    assert "boundary of the system" in state["statement"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"Power (kW)": 29_580_980}, "absurd power"),
        ({"Power (kW)": -3}, "absurd power"),
        ({"Power (kW)": "n/a"}, "not a number"),
        ({"Power Source": "Guessed"}, "power source unknown"),
        ({"Country": "Atlantis"}, "country unknown"),
        ({"Site": ""}, "no site"),
    ],
)
def test_a_cell_that_cannot_be_true_is_rejected_by_name(change, rule):
    body = book(change, {"Rank": 2, "Site": "Other Laboratory"})
    assert rules(body) == {rule}
    assert "Other Laboratory" in parse(body).tables["facility"]["name"].to_list()


def test_text_that_names_no_accelerator_makes_no_statement():
    assert (
        parse(book({"Accelerator/Co-Processor": "None"}))
        .tables["hardware_statement"]
        .is_empty()
    )


def test_invisible_characters_are_no_part_of_a_name():
    made = parse(book({"Accelerator/Co-Processor": "NVIDIA A100 80GB\u200b "}))
    assert made.tables["hardware_statement"]["chip_text"].to_list() == ["NVIDIA A100 80GB"]


def test_the_renamed_column_of_efficiency_does_not_matter_and_others_do():
    old = {"Energy Efficiency [GFlops/Watts]": "Power Efficiency [GFlops/Watts]"}
    assert parse(book(rename=old)).tables["facility"].height == 1
    for name in (
        "Power (kW)",
        "Site",
        "Country",
        "Accelerator/Co-Processor",
        "First Appearance",
    ):
        assert name in refused(book(rename={name: "Other"}))
    assert "Power (kW)" in refused(book(rename={"Power (kW)": "Power (MW)"}))


def test_the_month_of_a_list_comes_from_its_number():
    for number, month in (
        (58, date(2021, 11, 1)),
        (61, date(2023, 6, 1)),
        (65, date(2025, 6, 1)),
    ):
        made = parse(book({"First Appearance": number}, sheet=str(number)))
        assert made.tables["facility_state"]["on_date"].to_list() == [month]
        (public,) = made.tables["facility"]["published_utc"]
        assert public == datetime(month.year, month.month, 30, tzinfo=UTC)


def test_a_list_whose_number_is_not_clear_is_refused():
    assert "sheet 64" in refused(book(sheet="64"))
    assert "June 2033" in refused(book({"First Appearance": 81}, sheet="81"))
    assert "newest first appearance 0" in refused(
        book({"First Appearance": ""}, sheet="TOP500")
    )


def test_a_part_of_a_list_is_reported():
    (note,) = parse(book()).rejections
    assert note.rule == "list not whole"
    assert note.count == 0


def test_cells_written_inline_read_like_shared_ones():
    out = BytesIO()
    with ZipFile(BytesIO(book())) as shared, ZipFile(out, "w", ZIP_DEFLATED) as inline:
        words = re.findall(
            r"<si><t[^>]*>(.*?)</t></si>", shared.read("xl/sharedStrings.xml").decode()
        )
        sheet = shared.read("xl/worksheets/sheet1.xml").decode()
        text = re.sub(
            r't="s"><v>(\d+)</v>',
            lambda m: f't="inlineStr"><is><t>{words[int(m[1])]}</t></is>',
            sheet,
        )
        inline.writestr("xl/worksheets/sheet1.xml", text)
        inline.writestr("xl/workbook.xml", shared.read("xl/workbook.xml"))
    for name, frame in parse(out.getvalue()).tables.items():
        assert frame.equals(parse(book()).tables[name])


def hostile():
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            '<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>',
        )
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def bomb():
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 2**24)
    return out.getvalue()


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"Rank,Site\n1,x\n", LIST[:900], hostile(), bomb(), b"\xd0\xcf\x11\xe0" * 9]
)  # fmt: skip
def test_what_is_no_whole_workbook_is_refused(body):
    refused(body)


def test_lists_add_up_and_nothing_is_asked_live():
    assert not JOB.source.is_snapshot
    assert not JOB.plan(Asked(date(2026, 11, 22)))
    both = [
        parse(book({"First Appearance": n}, sheet=str(n))).tables["facility_state"]
        for n in (58, 65)
    ]
    assert pl.concat(both).select("facility_id", "on_date").is_duplicated().sum() == 0
