"""Names met with names: each rule of spelling, what is shown, and what is never `same`."""

import json

import polars as pl
import pytest

from indicia.entities.match import candidates, meet
from indicia.entities.match.forms import prepare


def parties(*rows):
    """Parties of (id, name, countries, address, registry ids), the last three by default unknown."""
    columns = ["id", "name", "countries_iso2", "address", "registry_ids"]
    filled = [(*row, *[None] * (5 - len(row))) for row in rows]
    return pl.DataFrame(filled, schema=dict.fromkeys(columns, pl.String), orient="row")


def met(left, right, country="CN", other_country="CN"):
    """The one pair of two names, or None."""
    found = meet(parties(("q", left, country)), parties(("t", right, other_country)))
    return found.row(0, named=True) if found.height else None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("GUANGZHOU EXAMPLON COMM GRP CO., LTD.", "Guangzhou Examplon Communications Group Company"),
        ("EXAMPLON ENERGY TECH & SRVCES LTD", "Examplon Energy Technology and Services Limited"),
        ("Examplon Elec Mfg Intl", "Examplon Electronics Manufacturing International Co Ltd"),
        ("Technology Examplon Shanghai", "Shanghai Examplon Technology Co., Ltd."),
        ("Shanghai Exmaplon Technology", "Shanghai Examplon Technology"),
        ("Shanghai Examplon Technolgy", "Shanghai Examplon Technology"),
        ("ShanghaiExamplon Technology", "Shanghai Examplon Technology"),
        ("SHANGHAI EXAMPLONTECHNOLOGY CO LTD", "Shanghai Examplon Technology Co Ltd"),
        ("ExamplonLtd", "Examplon"),
        ("EXAMPLON INTEGRATED PRECISION MACHI", "Examplon Integrated Precision Machinery Manufacturing"),
        ("Examplon Trading LLC, Dubai Branch", "Examplon Trading LLC"),
        ("Joint Stock Company Examplonika", "JSC Examplonika"),
        ("Xi'an Examplon", "Xian Examplon Ltd"),
        ("National Examplon University of Defense Technology (NEUDT)", "National Examplon University of Defense Technology"),
        ("Examplon 13th Institute", "Examplon Institute No. 13"),
    ],
)  # fmt: skip
def test_other_spellings_of_one_name_are_shown(left, right):
    found = met(left, right)
    assert found is not None
    assert found["score_share"] >= 0.80
    assert found["decision"] == "possible" or found["method"] == "same name"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Zhuhai Examplon Technology Co., Ltd.", "Shanghai Examplon Technology Co., Ltd."),
        ("Examplon Factory 764", "Examplon Factory 765"),
        ("Beijing Institute of Technology", "Beijing Institute of Power Machinery"),
        ("Shanghai Electronics Trading", "Shanghai Precision Machinery"),
        ("FIAX", "FTIAX"),
        ("A-B-C Company", "Examplon Company"),
        ("Company", "Examplon Company"),
        ("示例数科一公司", "另外数科二公司"),
        ("中国示例集团第五十四研究所", "中国示例集团第五十五研究所"),
        ("北京示例科技有限公司", "上海示例科技有限公司"),
    ],
)
def test_sisters_neighbours_and_generic_names_stay_apart(left, right):
    assert met(left, right) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("北京示例凡科技有限公司", "示例凡"),
        ("示例凡技術股份有限公司", "示例凡技术有限公司"),
        ("示例凡集团", "示例凡公司"),
        ("中科示例凡", "示例凡"),
    ],
)
def test_chinese_names_meet_by_their_brand(left, right):
    found = met(left, right)
    assert found["score_share"] >= 0.80
    assert found["method"] in {"similar name", "same name"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("北京示凡科技有限公司", "Beijing Shifan Technology Co., Ltd."),
        ("北京示凡科技有限公司", "Beijing Shi Fan Keji"),
        (
            "中国示凡集团公司第五十四研究所",
            "China Shifan Group Corporation 54th Research Institute",
        ),
        ("示凡集团第七〇五研究所", "Shifan Group 705th Research Institute"),
    ],
)
def test_a_chinese_name_meets_its_latin_reading(left, right):
    for found in (met(left, right), met(right, left)):
        assert found["method"] == "romanised name"
        assert found["decision"] == "possible"
        assert found["score_share"] <= 0.95


@pytest.mark.parametrize(
    "titled",
    ["M/S. {}", "MESSRS {}", "C/O {}", "ATTN: {}", "TO ORDER OF {}", "To the order of M/S {}"],
)
def test_a_title_before_a_name_is_no_part_of_it(titled):
    found = met(titled.format("EXAMPLON VALVES LTD"), "Examplon Valves Limited")
    assert (found["method"], found["decision"]) == ("same name", "same")


def test_initials_are_no_title_and_a_title_alone_stays_a_name():
    forms = prepare(parties(("a", "M S Examplon"), ("b", "M/S"), ("c", "Attnika"))).names
    assert forms.sort("id")["form"].to_list() == ["m s examplon", "m s", "attnika"]


def test_figures_before_a_chinese_legal_form_are_a_chinese_name():
    names = prepare(parties(("a", "360公司"), ("b", "360 Company"), ("c", "Exa有限公司"))).names
    assert names.sort("id")["is_han"].to_list() == [True, False, False]
    assert names.sort("id")["brand"].to_list() == ["360", None, None]
    found = met("360公司", "360科技有限公司")
    assert found["why"].startswith("Similar names (the same brand)")


def test_figures_grown_together_with_a_brand_are_its_figures():
    assert met("示凡360", "360公司")["score_share"] >= 0.80
    assert met("示凡360", "361公司") is None


def test_a_chinese_reading_needs_a_country_that_does_not_differ():
    assert met("北京示凡科技有限公司", "Beijing Shifan Technology", "CN", "US") is None


def test_nothing_is_the_same_on_a_name_alone():
    found = met("Examplon Dragon Systems Ltd", "EXAMPLON DRAGON SYSTEMS", None, None)
    assert (found["method"], found["decision"]) == ("same name", "possible")


def test_an_equal_name_and_an_agreeing_country_are_the_same():
    assert met("Examplon Dragon Systems Ltd", "EXAMPLON DRAGON SYSTEMS")["decision"] == "same"


def test_an_equal_name_in_another_country_is_possible_and_scores_less():
    found = met("Examplon Dragon Systems Ltd", "Examplon Dragon Systems", "CN", "DE")
    assert found["decision"] == "possible"
    assert found["score_share"] < met("Examplon Dragon Systems", "Examplon Dragon Systems Ltd")["score_share"]  # fmt: skip


def test_hong_kong_agrees_with_china_and_not_with_germany():
    assert (
        met("Examplon Dragon Systems", "Examplon Dragon Systems", "HK", "CN")["decision"]
        == "same"
    )
    assert (
        met("Examplon Dragon Systems", "Examplon Dragon Systems", "HK", "DE")["decision"]
        == "possible"
    )


@pytest.mark.parametrize("name", ["Future Inc", "Nova", "示例"])
def test_a_short_or_common_name_needs_more_than_a_country(name):
    assert met(name, name)["decision"] == "possible"
    assert met(name, name, None, None)["score_share"] < 0.9
    assert met(name, name, "CN", "DE") is None
    room = "Room 5, 12 Invented Road, Beijing"
    found = meet(parties(("q", name, "CN", room)), parties(("t", name, "CN", room)))
    assert found["decision"].to_list() == ["same"]


def test_a_shared_address_makes_a_similar_name_the_same():
    left = parties(
        ("q", "Shanghai Exmaplon Technology", "CN", "Rm 5, 12 Invented Rd., Shanghai")
    )
    right = parties(
        ("t", "Shanghai Examplon Technology", "CN", "Room 5, 12 Invented Road, Shanghai, CN")
    )
    (row,) = meet(left, right).to_dicts()
    assert row["decision"] == "same"
    assert json.loads(row["features"])["is_address_shared"] is True
    assert "an address is shared" in row["why"]


def test_a_registry_id_is_the_same_whatever_the_names():
    left = parties(("q", "Old Name", "SG", None, "UEN:201912345K"))
    right = parties(("t", "New Name", "CN", None, "LEI:5299; uen:201912345k"))
    (row,) = meet(left, right).to_dicts()
    assert (row["method"], row["decision"], row["score_share"]) == ("registry id", "same", 1.0)


def test_an_alias_counts_and_two_other_names_alone_do_not_merge():
    listed = parties(("t", "Examplon Heavy Works", "CN"), ("t", "Plant Ninety", "CN"))
    by_alias = meet(parties(("q", "Plant Ninety Ltd", "CN")), listed).row(0, named=True)
    assert (by_alias["method"], by_alias["decision"]) == ("same alias", "same")
    both = parties(("q", "Quite Another Firm", "CN"), ("q", "Plant Ninety", "CN"))
    (row,) = meet(both, listed).to_dicts()
    assert (row["method"], row["decision"]) == ("same alias", "possible")


def test_every_pair_says_what_was_compared():
    found = met("Shanghai Exmaplon Technology", "Shanghai Examplon Technology")
    assert found["left_value"] == "Shanghai Exmaplon Technology"
    assert found["right_value"] == "Shanghai Examplon Technology"
    assert set(json.loads(found["features"])) >= {"country", "words", "letters", "left_rest", "right_rest"}  # fmt: skip
    assert found["why"].endswith(".")


@pytest.mark.parametrize(
    "name",
    [
        "A" * 10_000,
        "Ex" + "a" * 9_000 + " 示" * 500,
        "\u202eExamplon\u202c Dragon",
        "Exam\u200bplon Dragon\ufeff",
        "😀😀 Ltd",
        "'; DROP TABLE party_record; --",
        "<script>alert(1)</script>",
        '=HYPERLINK("http://example.org")',
        "%s %d {} {{0}}",
        "\x00\x01\x1f",
        "   ",
        "",
        "...",
        "+ ^ $ = < @",
    ],
)
def test_hostile_names_do_no_harm(name):
    targets = parties(("t", "Examplon Dragon Systems", "CN"), ("u", name, "CN"))
    found = meet(parties(("q", name, "CN"), ("r", "Examplon Dragon Systems", "CN")), targets)
    assert ("r", "t") in set(found.select("left_id", "right_id").iter_rows())
    assert ("q", "t") not in set(
        found.filter(decision="same").select("left_id", "right_id").iter_rows()
    )


def test_marks_that_nobody_sees_do_not_part_a_name():
    assert met("Exam\u200bplon Dragon\ufeff", "Examplon Dragon")["method"] == "same name"


def test_nobody_meets_nobody():
    empty = parties()
    one = parties(("t", "Examplon Dragon Systems", "CN"))
    assert meet(empty, one).is_empty()
    assert meet(one, empty).is_empty()
    assert candidates(empty, one).is_empty()


def test_a_party_is_not_met_with_itself():
    one = parties(("t", "Examplon Dragon Systems", "CN"))
    assert meet(one, one).is_empty()


def test_a_name_without_words_of_its_own_keeps_all_its_words():
    names = prepare(parties(("t", "The Company Limited")))
    assert names.tokens["word"].to_list() != []
