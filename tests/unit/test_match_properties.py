"""What holds of every comparison: the same both ways, the same again, the same in any order.

On names as lists publish them. How rare a word is, is counted on the side that is asked, and the side
that asks may also be misspelt, grown together or cut short; so likeness alone is the same both ways but
for few pairs. Whoever resolves always lets the same kind of record ask (`edges`, test_resolve).
"""

import polars as pl
import pytest

from indicia import bundled
from indicia.entities.match import meet
from indicia.entities.validation import files, tasks

LISTING = bundled.path("data/starter/entities/csl/entity_listing.csv")
PAIR = ["left_id", "right_id"]
SAID = ["method", "decision", "score_share"]
HAN = ["北京示凡科技有限公司", "示凡集团", "示凡360", "三六零安全科技股份有限公司", "奇虎科技"]


@pytest.fixture(scope="module")
def sides():
    """Main names of listings on one side, their aliases and some Chinese names on the other."""
    listed = tasks.entities(files.listings(LISTING)).sort("entity").head(160)
    spelled = tasks.spellings(listed).rename({"entity": "id"})
    is_main = pl.col("id").is_first_distinct()
    mains, others = spelled.filter(is_main), spelled.filter(~is_main)
    han = pl.DataFrame({"name": HAN, "countries_iso2": "CN"}).with_row_index("id")
    han = han.with_columns(id=pl.format("han:{}", "id"))
    columns = ["id", "name", "countries_iso2"]

    def side(names, mark):
        every = pl.concat([names.select(columns), han.select(columns)])
        return every.with_columns(id=pl.concat_str(pl.lit(mark), "id"))

    return side(mains, "a "), side(others, "b ")


@pytest.fixture(scope="module")
def met(sides):
    return meet(*sides)


def test_it_is_the_same_both_ways(sides, met):
    turned = meet(sides[1], sides[0]).rename({"left_id": "right_id", "right_id": "left_id"})
    both = met.select(*PAIR, *SAID).join(
        turned.select(*PAIR, *SAID), on=PAIR, how="full", suffix="_turned", coalesce=True
    )
    sure = both.filter(pl.coalesce("method", "method_turned") != "similar name")
    assert sure.height > 40
    for column in SAID:
        assert sure[column].equals(sure[f"{column}_turned"].alias(column)), column
    shown = both.drop_nulls()
    assert shown.height >= 0.98 * both.height
    assert shown["decision"].equals(shown["decision_turned"].alias("decision"))


def test_it_is_the_same_again_and_in_any_order(sides, met):
    # Names of one party stay in their order: the first is its main name.
    turned = [side.sort("id", descending=True, maintain_order=True) for side in sides]
    assert meet(*turned).equals(met)
    assert meet(*(pl.concat([side, side]) for side in sides)).equals(met)
