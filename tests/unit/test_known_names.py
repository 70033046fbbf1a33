"""The table of other names: what meets through it, and that it can be checked."""

import polars as pl
import pytest

from indicia.entities.match import Targets
from indicia.reference.tables import table

PARK = "10 Example Road, Example Park, Haidian District, Beijing"
ASKED = {
    "group": "三六零安全科技股份有限公司",
    "brand": "北京旷视智能科技有限公司",
    "brand elsewhere": "天津旷视智能科技有限公司",
    "brand of another trade": "旷视化工有限公司",
    "short form": "北京寻梦科技有限公司",
    "latin": "Megvii Ltd",
}
HELD = {"Qihoo": "北京奇虎科技有限公司", "Face++": "Face++ Inc", "Pinduoduo": "拼多多"}


def parties(names, country="CN"):
    return pl.DataFrame(
        {"id": list(names), "name": list(names.values())},
    ).with_columns(countries_iso2=pl.lit(country), address=pl.lit(PARK))


@pytest.fixture(scope="module")
def met():
    side = Targets(parties(HELD))
    yield side.meet(parties(ASKED))
    side.close()


def test_two_names_of_one_organisation_are_possible_and_never_the_same(met):
    row = met.row(by_predicate=pl.col("left_id") == "group", named=True)
    assert (row["right_id"], row["method"], row["decision"]) == (
        "Qihoo",
        "alias table",
        "possible",
    )
    assert "Qihoo 360, https://" in row["why"]
    assert row["why"].endswith("an address is shared.")


def test_a_brand_meets_only_without_another_place_or_trade(met):
    through = met.filter(pl.col("method") == "alias table")
    assert set(through.select("left_id", "right_id").rows()) == {
        ("group", "Qihoo"), ("brand", "Face++"), ("latin", "Face++"),
    }  # fmt: skip


def test_the_table_says_nothing_across_countries_and_can_be_left_out():
    for side, country in (
        (Targets(parties(HELD, "US").drop("address")), "CN"),
        (Targets(parties(HELD), is_tabled=False), "CN"),
    ):
        found = side.meet(parties(ASKED, country))
        assert found.filter(pl.col("method") == "alias table").is_empty()
        side.close()


def test_a_name_stands_under_one_organisation_and_can_be_checked():
    rows = table("organisation_aliases")
    names = rows["names"].str.split(";").explode().str.to_lowercase()
    assert names.is_unique().all()
    assert rows["organisation"].is_unique().all()
    assert (rows["names"].str.count_matches(";") > 0).all()
    assert rows["source_url"].str.starts_with("http").all()
