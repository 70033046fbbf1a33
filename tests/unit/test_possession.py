"""A holding acquired before control is never held against a site: through the whole scoring path."""

from datetime import date

import made
import polars as pl
import pytest

from indicia.indicators import CATALOGUE
from indicia.scoring.assess import assess

ON = date(2026, 11, 1)


def judged(*notices, country="CN", headquarters=None, **more):
    """A declared AI site whose purchases are known, assessed as the program does."""
    tie = {"facility_id": "site", "basis": "made", "weight_share": 1.0}
    tables = {
        "facility": [
            {
                "facility_id": "site",
                "name": "Hall",
                "country_iso2": country,
                "is_declared_ai": True,
            }
        ],
        "facility_party": [made.party("Example", "site", headquarters_iso2=headquarters)],
        "procurement_notice": [{"country_iso2": country, **n} for n in notices],
        "exposure": [{**tie, "scope_kind": "process", "scope_id": "p"}],
    } | more
    found = assess(made.database(**tables), CATALOGUE, ON)
    (row,) = found["assessment"].iter_rows(named=True)
    results = dict(found["indicator_result"].select("indicator", "result").iter_rows())
    return row, results


@pytest.mark.parametrize(
    ("on", "text", "result"),
    [
        ("2020-07-01", "10,000 NVIDIA A100 accelerators", "not_applicable"),
        ("2023-10-22", "2,000 NVIDIA H800 accelerators", "no_flag"),
        ("2022-08-25", "500 NVIDIA A100 accelerators", "not_applicable"),
    ],
)
def test_what_was_bought_before_control_is_no_evidence(on, text, result):
    row, results = judged(made.notice("p", "contract", on, text))
    assert results["R01"] == result
    assert (row["verdict"], row["families_for_count"]) == ("no lead", 0)
    assert row["evidence_bans"] <= 0


@pytest.mark.parametrize(
    ("on", "text"),
    [
        ("2022-08-26", "500 NVIDIA A100 accelerators"),
        ("2023-10-23", "2,000 NVIDIA H800 accelerators"),
    ],
)
def test_the_same_bought_a_day_later_is_evidence(on, text):
    row, results = judged(made.notice("p", "contract", on, text))
    assert results["R01"] == "flag"
    assert (row["verdict"], row["families_for_count"]) == ("watch", 1)


def test_what_china_could_not_buy_vietnam_could_until_2023():
    award = made.notice("p", "award", "2023-06-01", "NVIDIA H100 accelerators")
    row, results = judged(award, country="VN")
    assert row["is_admissible"]
    assert results["R01"] == "not_applicable"
    assert row["families_for_count"] == 0
    assert judged(award)[1]["R01"] == "flag"


def test_a_surge_of_trade_from_before_control_says_nothing():
    level = [100, 104, 99, 107, 101, 106, 103, 108, 520]
    others = [300, 309, 298, 315, 305, 311, 306, 318, 320]
    rows = [
        row
        for lane, values in (("EXA>IMA", level), ("EXA>IMB", others), ("EXB>IMA", [150] * 9))
        for row in made.yearly_lane(lane, [v * 1e6 for v in values])
    ]
    lane = {"facility_id": "site", "basis": "made", "scope_kind": "lane", "scope_id": "EXA>IMA"}

    def of(shift):
        moved = [{**row, "period": str(int(row["period"]) + shift)} for row in rows]
        return judged(customs_flow=moved, exposure=[{**lane, "weight_share": 1.0}])

    assert of(0)[1]["C01"] == "not_applicable"
    assert of(0)[0]["evidence_bans"] == 0
    assert of(5)[1]["C01"] == "flag"


def test_where_no_part_needed_a_licence_the_site_is_a_reference_site_whatever_it_holds():
    award = made.notice("p", "award", "2024-06-01", "20,000 NVIDIA H100 accelerators")
    for country, headquarters in (("US", "CN"), ("DE", "DE"), ("SG", "US")):
        row, _ = judged(award, country=country, headquarters=headquarters)
        assert (row["verdict"], row["is_admissible"]) == ("reference site", False)
    row, _ = judged(award, country="SG", headquarters="CN")
    assert row["is_admissible"]


def test_evidence_is_kept_where_it_does_not_count():
    award = made.notice("p", "award", "2020-07-01", "10,000 NVIDIA A100 accelerators")
    tie = {"facility_id": "site", "scope_kind": "process", "scope_id": "p", "weight_share": 1.0}
    found = assess(
        made.database(
            facility=[{"facility_id": "site", "name": "Hall", "country_iso2": "CN"}],
            procurement_notice=[{**award, "country_iso2": "CN"}],
            exposure=[{**tie, "basis": "made"}],
        ),
        CATALOGUE,
        ON,
    )
    assert found["evidence"].filter(pl.col("indicator") == "R01").height == 1
    assert found["item"].is_empty()
