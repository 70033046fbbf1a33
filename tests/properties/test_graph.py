"""What must hold for any web of owners: it ends, it is the same in any order, and nothing is made up."""

import random
from datetime import date

import made_resolved as who
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.entities.graph import Cap, climb, listed_owners, paths, ultimate_parent

ON = date(2025, 6, 1)
NODES = st.sampled_from("ABCDEFG")
LINK = st.tuples(
    NODES,
    st.sampled_from(["direct parent", "ultimate parent", "branch of", "related", "successor"]),
    NODES,
    st.none() | st.sampled_from([0.1, 0.25, 0.3, 0.49, 0.5, 0.51, 1.0]),
    st.none() | st.sampled_from([date(2020, 1, 1), date(2025, 6, 2)]),
)
WEBS = st.lists(LINK, max_size=14, unique_by=lambda x: x[:3])
FEW = settings(max_examples=25, deadline=None)


def web(links):
    rows = [who.link(a, b, k, owned_share=s, starts_date=d) for a, k, b, s, d in links]
    return who.database(
        [who.listed("Example", "L"), who.listed("Other", "G")], entity_link=rows
    )


@given(links=WEBS, seed=st.integers(0, 9))
@FEW
def test_the_order_of_rows_does_not_matter(links, seed):
    mixed = list(links)
    random.Random(seed).shuffle(mixed)
    one, other = web(links), web(mixed)
    assert ultimate_parent(one, ON).equals(ultimate_parent(other, ON))
    left, right = (listed_owners(db, ON, ("EL",)) for db in (one, other))
    assert left.owned.equals(right.owned)
    assert left.hops.equals(right.hops)
    assert paths(one, "A", "G", ON).hops.equals(paths(other, "A", "G", ON).hops)


@given(links=WEBS)
@FEW
def test_an_ultimate_parent_is_another_one_with_no_controlling_parent_of_its_own(links):
    found = ultimate_parent(web(links), ON)
    assert found["entity_id"].is_unique().all()
    told = found.filter(pl.col("ultimate_parent_id").is_not_null())
    assert (told["ultimate_parent_id"] != told["entity_id"]).all()
    ends = found.filter(pl.col("entity_id").is_in(told["ultimate_parent_id"].implode()))
    assert set(ends["basis"]) <= {"none stated", "minority owners only"}


@given(links=WEBS)
@FEW
def test_listed_shares_lie_between_nothing_and_all_and_every_one_leads_to_a_listing(links):
    found = listed_owners(web(links), ON, ("EL",))
    assert found.owned["listed_share"].is_between(0, 1).all()
    last = found.hops.sort("hop_no").group_by("entity_id").last()
    assert set(last["other_id"]) <= {"L", "G"}
    assert set(last["entity_id"]) == set(found.owned["entity_id"])


@given(links=WEBS, hops=st.integers(1, 4))
@FEW
def test_paths_are_whole_and_within_their_cap(links, hops):
    found = paths(web(links), "A", "F", ON, Cap(hops=hops)).hops
    assert found["hop_no"].max() is None or found["hop_no"].max() <= hops
    for _, path in found.group_by("path_no", maintain_order=True):
        assert path["left_id"][0] == "A"
        assert path["right_id"][-1] == "F"
        assert path["left_id"][1:].to_list() == path["right_id"][:-1].to_list()


@given(links=WEBS)
@FEW
def test_climbing_ends_and_gives_each_owner_once(links):
    found = climb(web(links), ON, pl.DataFrame({"entity_id": ["A", "B"]}))
    assert not found.select("entity_id", "owner_id").is_duplicated().any()
    assert (found["entity_id"] != found["owner_id"]).all()
