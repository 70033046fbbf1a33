"""Why a score is another one than before: evidence, weights, prior or rules, told apart."""

import polars as pl
import pytest

from indicia.answers.digest import COUNTED, WEIGHED, digest

FACILITY = {
    "facility_id": "f1", "verdict": "watch", "support_bans": 0.2, "name": "Alpha", "prior_class": "ai",
    "prior_bans": [-0.7, -0.9], "admissibility_reason": "Needed.",
}  # fmt: skip
ITEM = {
    "facility_id": "f1", "evidence_id": "e1", "what": "R01 flag", "statement": "A tender.", "weights_bans": [0.5, 0.4],
}  # fmt: skip


class Told:
    """A store that holds these facilities and items, under the two questions a digest asks."""

    def __init__(self, facilities, items):
        self._held = {
            WEIGHED: pl.DataFrame(
                facilities, schema_overrides={"prior_bans": pl.List(pl.Float64)}
            ),
            COUNTED: pl.DataFrame(
                items, schema_overrides={"weights_bans": pl.List(pl.Float64)}
            ),
        }

    def sql(self, query, _parameters=()):
        return next(held for asked, held in self._held.items() if asked in query)


BEFORE = Told([FACILITY], [ITEM])


@pytest.mark.parametrize(
    ("facility", "items", "cause"),
    [
        ({}, [ITEM, {**ITEM, "evidence_id": "e2"}], "new evidence"),
        (
            {},
            [{**ITEM, "statement": "Another."}],
            "new evidence; evidence withdrawn or reworded",
        ),
        ({}, [{**ITEM, "weights_bans": [0.9, 0.4]}], "changed weights"),
        ({"prior_bans": [-0.2, -0.9]}, [ITEM], "changed prior"),
        ({"prior_class": "other"}, [ITEM], "changed prior"),
        ({"admissibility_reason": "Needed since."}, [ITEM], "changed licence rules"),
        ({}, [ITEM], "changed rules"),
    ],
)
def test_every_cause_is_named(facility, items, cause):
    after = Told([{**FACILITY, "support_bans": 0.9, "verdict": "lead", **facility}], items)
    (row,) = digest(BEFORE, after).rows(named=True)
    assert row["cause"] == cause
    assert (row["verdict_was"], row["verdict"]) == ("watch", "lead")


def test_what_is_new_and_what_is_gone_is_said():
    other = Told([{**FACILITY, "facility_id": "f2"}], [ITEM])
    causes = dict(digest(BEFORE, other).select("facility_id", "cause").iter_rows())
    assert causes == {"f1": "facility withdrawn or merged", "f2": "new facility"}


def test_what_is_the_same_is_left_out():
    assert digest(BEFORE, Told([{**FACILITY, "support_bans": 0.21}], [ITEM])).is_empty()
