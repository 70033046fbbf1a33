"""Laws of meeting names: either side first, any order, twice as once."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.entities.match import meet

WORDS = ("Examplon", "Examplom", "Dragon", "Shanghai", "Zhuhai", "Technology", "Tech", "Trading",
         "Group", "13", "764", "示例凡", "科技", "Co Ltd", "JSC", "University", "Nova", "of")  # fmt: skip
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
countries = st.sampled_from(["CN", "HK", "DE", None])
sides = st.lists(st.tuples(names, countries), min_size=1, max_size=6)
SWAPPED = {"left_id": "right_id", "right_id": "left_id"}
FACTS = ["left_id", "right_id", "method", "decision", "score_share"]


def parties(prefix, rows):
    return pl.DataFrame(
        [(f"{prefix}{n}", name, country) for n, (name, country) in enumerate(rows)],
        schema={"id": pl.String, "name": pl.String, "countries_iso2": pl.String},
        orient="row",
    )


def facts(found):
    return set(found.with_columns(pl.col("score_share").round(9)).select(FACTS).iter_rows())


@settings(max_examples=25, deadline=None)
@given(st.tuples(names, countries), st.tuples(names, countries))
def test_either_side_may_come_first(one, other):
    # A name cut short is looked for at the head of the longer one, so only uncut names are swapped.
    left, right = parties("l", [one]), parties("r", [other])
    assert facts(meet(left, right)) == facts(meet(right, left).rename(SWAPPED).select(FACTS))


@settings(max_examples=15, deadline=None)
@given(sides, sides, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(left, right, chance):
    a, b = parties("l", left), parties("r", right)
    shuffled = a.sample(a.height, shuffle=True, seed=chance.randrange(99))
    assert facts(meet(a, b)) == facts(meet(pl.concat([shuffled, a]), pl.concat([b, b])))


@settings(max_examples=15, deadline=None)
@given(sides, sides)
def test_scores_are_shares_and_same_is_never_on_a_name_alone(left, right):
    found = meet(parties("l", left), parties("r", right))
    assert found["score_share"].is_between(0, 1).all()
    same = found.filter(decision="same")
    assert same["features"].str.contains('"country":"agrees"').all()
