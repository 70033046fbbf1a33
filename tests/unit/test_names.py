"""Names made comparable."""
# ruff: noqa: RUF001 -- full-width letters are what is tested

import polars as pl
import pytest

from indicia.entities.names import needs_country, normalise, normalised


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Example Widgets Co., Ltd.", "example widgets"),
        ("ＥＸＡＭＰＬＥ Ｗｉｄｇｅｔｓ", "example widgets"),
        ("Example & Sons L.L.C.", "example and sons"),
        ("Société Éxample S.A.", "societe example"),
        ("Example Sdn. Bhd.", "example"),
        ("Example Pte. Ltd.", "example"),
        ("Beispiel Straße GmbH", "beispiel strasse"),
        ("O'Example Inc", "oexample"),
        ("示例计算（上海）有限公司", "示例计算上海"),
        ("示例科技股份有限公司", "示例科技"),
        ("示例有限責任公司", "示例"),
        ("TCX 示例 集团", "tcx示例集团"),
        ("Company Example", "company example"),
        ("Limited Edition Works", "limited edition works"),
        ("有限公司示例", "有限公司示例"),
        ("...", ""),
    ],
)
def test_normalise(name, form):
    assert normalise(name) == form


@pytest.mark.parametrize(
    "name",
    ["Example & Sons Co., Ltd.", "示例计算（上海）有限公司", "Co Ltd", "A.B. Example AB"],
)
def test_normalising_twice_changes_nothing(name):
    assert normalise(normalise(name)) == normalise(name) != ""


def test_a_column_is_normalised_as_each_name_is():
    names = ["Example Co", "示例有限公司", "X & Y"]
    frame = pl.DataFrame({"n": names}).select(normalised(pl.col("n")))
    assert frame["n"].to_list() == [normalise(n) for n in names]


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("abcd", True),
        ("abcde", False),
        ("future", True),
        ("future example", False),
        ("示例", True),
        ("示例云", False),
    ],
)
def test_short_and_common_names_need_a_country(form, wanted):
    assert pl.select(needs_country(pl.lit(form))).item() is wanted
