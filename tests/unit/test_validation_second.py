"""The validation's second truth and its picture: rules on made machines, the same bytes each time."""

from xml.etree import ElementTree as ET

import polars as pl
import pytest
import xlsxwriter

from indicia.scoring.ledger import (
    validation,
    validation_chart,
    validation_limits,
    validation_page,
    validation_top500,
)
from indicia.scoring.ledger.power import from_power
from indicia.scoring.ledger.validation_files import sheet
from indicia.scoring.ledger.validation_top500 import judged, machines

HEADER = (
    "System ID", "Name", "Computer", "Site", "Country", "Year", "Power (kW)", "Power Source",
    "Accelerator/Co-Processor", "Accelerator/Co-Processor Cores",
)  # fmt: skip
BASE = dict(
    zip(HEADER, ("1", "Made", "Made X", "Made Lab", "Japan", "2023", "1000", "Submitted",
                 "NVIDIA H100 SXM5 80GB", str(132 * 1000)), strict=True)
)  # fmt: skip


def listed(*rows):
    return pl.DataFrame([BASE | r for r in rows], schema=dict.fromkeys(HEADER, pl.String))


def one(**changed):
    return machines({"june2025": listed(changed)}).row(0, named=True)


def test_accelerators_are_the_cores_divided_by_the_cores_of_one():
    found = one()
    assert (found["chip_class"], found["accelerators"], found["mw"]) == ("hopper", 1000, 1.0)
    assert (found["power_kind"], found["boundary"], found["left_out"]) == (
        "peak",
        "system",
        None,
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Power (kW)": None}, "no power published"),
        ({"Power Source": "Derived"}, "power not submitted"),
        ({"Accelerator/Co-Processor": "Made MX-1"}, "class without priors"),
        ({"Accelerator/Co-Processor": "NVIDIA H100 PCIe 80GB"}, "class without priors"),
        ({"Accelerator/Co-Processor": "NVIDIA A100/Intel Xeon Phi"}, "two kinds"),
        ({"Accelerator/Co-Processor Cores": "200"}, "no whole number"),
        ({"Accelerator/Co-Processor Cores": None}, "no whole number"),
    ],
)
def test_a_machine_that_is_left_out_keeps_its_reason(changed, reason):
    assert reason in one(**changed)["left_out"]


def test_the_spelling_of_a_maker_does_not_matter():
    assert (
        one(**{"Accelerator/Co-Processor": "Nvidia H100 SXM5 94Gb"})["chip_class"] == "hopper"
    )


def test_a_machine_without_accelerators_is_no_row():
    assert machines({"june2025": listed({"Accelerator/Co-Processor": "None"})}).is_empty()


def test_a_machine_on_two_lists_is_read_from_the_newest():
    lists = {
        "june2025": listed({"Power (kW)": "900"}),
        "november2021": listed({"Power (kW)": "700"}),
    }
    assert machines(lists)["mw"].to_list() == [0.9]


def test_a_machine_near_one_the_model_was_developed_on_is_seen():
    rows = machines({"june2025": listed({}, {"System ID": "2", "Name": "Other",
                                             "Accelerator/Co-Processor Cores": str(132 * 2000)})})  # fmt: skip
    used = pl.DataFrame({"chip_class": ["hopper", "a100"], "accelerators": [1030.0, 2000.0]})
    parts = dict(judged(rows, used).select("name", "part").iter_rows())
    assert parts == {"Made": "seen", "Other": "not seen"}


def test_the_implied_count_is_that_of_the_ledger():
    row = judged(machines({"june2025": listed({})}), pl.DataFrame(
        schema={"chip_class": pl.String, "accelerators": pl.Float64})).row(0, named=True)  # fmt: skip
    count = from_power(1.0, "peak", "hopper", boundary="system", site="research")[0]
    assert row["p50"] == pytest.approx(count.accelerators.p50)
    assert row["is_inside"] == count.accelerators.holds(1000)


def test_a_workbook_is_read_as_text_cell_by_cell(tmp_path):
    path = tmp_path / "made.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Name", "Power (kW)", "Site"])
        page.write_row(1, 0, ["Made & Co", 29580.98])
        page.write_row(2, 0, ["Other", "", "Lab"])
    frame = sheet(path)
    assert frame.columns == ["Name", "Power (kW)", "Site"]
    assert frame.rows() == [("Made & Co", "29580.98", None), ("Other", None, "Lab")]


ROWS = pl.DataFrame(
    {
        "name": ["A & B", "C", "D"],
        "accelerators": [100.0, 20_000.0, 400.0],
        "p05": [80.0, 30_000.0, 300.0],
        "p50": [110.0, 40_000.0, 410.0],
        "p95": [150.0, 50_000.0, 600.0],
        "is_inside": [True, False, True],
        "group": ["final", "development", "TOP500, not seen"],
    }
)


def test_the_picture_is_the_same_each_time_whatever_the_order_and_is_valid():
    first = validation_chart.picture(ROWS, "2025-12-17")
    assert first == validation_chart.picture(ROWS.reverse(), "2025-12-17")
    assert ET.fromstring(first).tag.endswith("svg")  # noqa: S314 -- our own text


def test_the_picture_carries_its_caveats_and_the_misses_are_hollow():
    text = validation_chart.picture(ROWS, "2025-12-17")
    assert "average power" in text
    assert "Chinese halls are not validated" in text
    assert "0 of 1 inside" in text
    assert text.count('fill="#ffffff"') == 2  # ground, and one miss
    assert "CC BY 4.0" in text


def test_the_committed_page_shows_the_committed_picture_and_both_truths():
    root = validation_page.__file__.split("/src/")[0]
    page = open(f"{root}/docs/validation/compute.md", encoding="utf-8").read()  # noqa: PTH123, SIM115 -- one file, closed on exit
    assert "../img/validation_compute.svg" in page
    for rule in (*validation_page.RULES, *validation_top500.RULES, validation_top500.CHANGED):
        assert rule in page


SITES = pl.DataFrame(
    {
        "name": ["First", validation_limits.FIRST_SITE, "Anonymized Chinese System", "Rule of thumb"],
        "chip": "NVIDIA H100",
        "chip_class": "hopper",
        "accelerators": [1000.0, 100_000.0, None, 50_000.0],
        "mw": [1.2345, 150.0, 20.0, 100.0],
        "power_kind": ["peak", "capacity", "peak", "capacity"],
        "boundary": ["system", "facility", "system", "facility"],
        "site": "ai",
        "is_power_limited": False,
        "is_type_stated": [True, True, True, False],
        "part": ["final", "final", "final", "development"],
        "left_out": [None, None, "no number published", None],
    }
)  # fmt: skip


def test_what_is_said_of_the_figures_is_computed_from_the_rows():
    said = validation_limits.limits(SITES)
    assert "1 of the 2 sites of the final figure are research machines" in said
    assert "1 of 2 announcements stand at exactly 2.0 kW" in said
    assert (
        "anonymised Chinese rows 0 have a reported power and a number but no type, and 1"
        in said
    )
    fewer = validation_limits.limits(SITES.filter(pl.col("name") != "First"))
    assert "0 of the 1 sites of the final figure" in fewer
    assert "without it 0 of 0 sites" in fewer
    taught = validation_limits.learnt(SITES)
    assert "these were set on 1 rows, 1 of them with an assumed type" in taught
    assert "where it is stated)" in taught
    assert validation_limits.NOT_HAD in taught


COLUMNS = (
    "Name", "Owner", "Status", "Sector", "Reported Power Capacity (MW)", "Chip type (primary)",
    "Chip quantity (primary)", "Chip type (secondary)", "Chip quantity (secondary)",
    *validation.TEXTS, *validation.SOURCES,
)  # fmt: skip


def test_the_report_says_which_rules_changed_after_the_lists_were_first_read():
    of_epoch = {"Status": "Existing", "Reported Power Capacity (MW)": "1.2345",
                "Chip type (primary)": "NVIDIA H100", "Chip quantity (primary)": "1000"}  # fmt: skip
    both_parts = [of_epoch | {"Name": f"Made {n}"} for n in range(9)]
    clusters = pl.DataFrame(both_parts, schema=dict.fromkeys(COLUMNS, pl.String))
    text = validation_page.page(clusters, "2025-12-17", machines({"june2025": listed({})}))
    assert validation_top500.CHANGED in text
