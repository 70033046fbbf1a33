"""What must hold for any address: order, case and marks do not matter, and counting is order-free."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.entities.addresses import (
    address_key,
    building_key,
    keyed,
    near_addresses,
    shared,
)

FEW = settings(max_examples=20, deadline=None)
PART = st.sampled_from(
    ["Room 5", "5/F", "10 Example Road", "Sample House", "Tower B", "Kowloon", "12-14 Other St", "样本路10号", "Unit 6"]
)  # fmt: skip
TEXTS = st.lists(st.lists(PART, min_size=1, max_size=4, unique=True), min_size=1, max_size=8)
ANY = st.lists(st.text(max_size=40), min_size=1, max_size=10)


def keys(texts):
    frame = pl.DataFrame({"address": texts}, schema={"address": pl.String})
    return frame.select(
        address=address_key(pl.col("address")), building=building_key(pl.col("address"))
    )


@given(texts=TEXTS)
@FEW
def test_the_order_of_parts_their_case_and_marks_do_not_matter(texts):
    plain = keys([", ".join(t) for t in texts])
    assert plain.equals(keys([", ".join(reversed(t)) for t in texts]))
    assert plain.equals(keys([" , ".join(t).upper() + "." for t in texts]))


@given(texts=ANY)
@FEW
def test_equal_texts_have_equal_keys_alone_and_among_others(texts):
    both = keys(texts + texts)
    assert both.head(len(texts)).equals(both.tail(len(texts)))
    assert keys(texts[:1]).equals(both.head(1))


@given(texts=ANY)
@FEW
def test_a_frame_and_a_column_give_the_same_keys(texts):
    one = [t for t in texts if ";" not in t]
    found = keyed(
        pl.DataFrame(
            {"id": one, "address": one}, schema=dict.fromkeys(("id", "address"), pl.String)
        )
    )
    again = keys(found["address"].to_list())
    assert again["address"].to_list() == found["address_key"].to_list()
    assert again["building"].to_list() == found["building_key"].to_list()


@given(texts=TEXTS, seed=st.integers(0, 5))
@FEW
def test_sharing_and_nearness_do_not_depend_on_the_order_of_rows(texts, seed):
    rows = pl.DataFrame(
        {"id": [str(n) for n in range(len(texts))], "address": [", ".join(t) for t in texts]}
    )
    mixed = rows.sample(fraction=1, shuffle=True, seed=seed)
    assert shared(rows).equals(shared(mixed))
    near = near_addresses(rows)
    assert near.equals(near_addresses(mixed))
    assert (near["left_address"] < near["right_address"]).all()
    assert near["score_share"].is_between(0, 1).all()
