"""What explains an assessment, as the dossier reads it."""

import made_store

from indicia.answers import insight


def test_the_family_that_carries_most_comes_first_and_says_whether_it_decides(made):
    found = insight.families(made, made_store.BOLD)
    assert found["family"].to_list() == ["procurement", "power", "customs"]
    assert found["is_decisive"].to_list() == [True, True, False]
    assert found["verdict_without"][0] == "◇ watch"


def test_the_doubt_and_the_tests_are_sentences(made):
    assert insight.doubt(made, made_store.BOLD).startswith(
        "Strongest doubt: P02 (-0.20 bans beside H3)."
    )
    assert insight.doubt(made, made_store.QUIET) == ""
    said = insight.tests(made, made_store.BOLD)
    assert "90 periods tested" in said
    assert "of 2,400 in this release" in said
    assert "q 0.15 among 5 facilities, which does not stand out at 0.1;" in said
    assert insight.tests(made, "nobody") == ""


def test_what_is_worth_knowing_next_keeps_its_order_and_has_titles(made):
    found = insight.following(made, made_store.BOLD)
    assert found["indicator"].to_list() == ["S01", "C01"]
    assert found["indicator_title"].null_count() == 0
    assert insight.tried(made)["tests_count"].to_list() == [2400]
