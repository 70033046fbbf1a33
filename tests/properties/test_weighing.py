"""What must hold of whole assessments whatever the evidence: order, echoes, silence, equal bytes."""

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.indicators import CATALOGUE
from indicia.schema import EVIDENCE, EVIDENCE_SOURCE
from indicia.scoring.assess import Question, weigh

FEW = settings(max_examples=4, deadline=None)
ASKED = [(i.code, i.kinds[0], i.scope_kinds[0]) for i in CATALOGUE]
SITES = pl.DataFrame(
    {
        "facility_id": ["one", "two"],
        "country_iso2": ["CN", "MY"],
        "is_declared_ai": [True, False],
        "site_class": ["ai", "cloud"],
        "largest_mw": [20.0, None],
    }
)
NOBODY = pl.DataFrame(
    schema=dict.fromkeys(("facility_id", "role", "party_name", "headquarters_iso2"), pl.String)
)
TIES = {"facility_id": pl.String, "scope_kind": pl.String, "scope_id": pl.String,
        "weight_share": pl.Float64, "basis": pl.String}  # fmt: skip
SHARES = st.floats(0, 1).map(lambda s: round(s, 2))
ITEMS = st.lists(
    st.tuples(
        st.sampled_from(ASKED),
        st.sampled_from(["flag", "no_flag"]),
        st.sampled_from(["first", "second", "third"]),
        st.sampled_from(["one", "two"]),
        SHARES,
        SHARES,
        st.none() | st.floats(1e-9, 1),
    ),
    min_size=1,
    max_size=6,
)


def pieces(items):
    """Evidence and ties as rows; every piece at a scope of its own."""
    rows, ties = [], []
    for n, ((code, kind, scope), result, origin, site, weight, sight, p) in enumerate(items):
        rows.append(
            {"evidence_id": f"e{n}", "indicator": code, "scope_kind": scope, "scope_id": f"s{n}", "result": result,
             "kind": kind, "statement": "made", "origin_id": origin, "reliability": "B", "detectability_share": sight,
             "p_value": p, "tests_count": 12}
        )  # fmt: skip
        ties.append({"facility_id": site, "scope_kind": scope, "scope_id": f"s{n}", "weight_share": weight, "basis": "made"})  # fmt: skip
    return rows, ties


def weighed(rows, ties):
    question = Question(SITES, NOBODY, pl.DataFrame(ties, schema=TIES), date(2026, 11, 22))
    return weigh(question, CATALOGUE, EVIDENCE.frame(rows), EVIDENCE_SOURCE.frame([]))


def told(answer):
    return answer["assessment"].select(
        "facility_id", "support_bans", "verdict", "evidence_bans"
    )


def in_bytes(answer):
    made = {}
    for name, frame in answer.items():
        made[name] = frame.write_csv().encode()
    return made


@FEW
@given(ITEMS, st.randoms(use_true_random=False))
def test_equal_inputs_in_any_order_give_equal_bytes(items, random):
    rows, ties = pieces(items)
    first = in_bytes(weighed(rows, ties))
    random.shuffle(rows)
    random.shuffle(ties)
    assert in_bytes(weighed(rows, ties)) == first


@FEW
@given(ITEMS)
def test_a_source_that_is_doubled_moves_no_score(items):
    rows, ties = pieces(items)
    echoes = [r | {"evidence_id": f"{r['evidence_id']}-again"} for r in rows]
    assert told(weighed(rows + echoes, ties)).equals(told(weighed(rows, ties)))


@FEW
@given(ITEMS, st.sampled_from(["no_data", "not_applicable"]), st.integers(0, 5))
def test_what_is_missing_counts_as_if_it_had_never_been_asked(items, result, at):
    rows, ties = pieces(items)
    at %= len(rows)
    silent = [r | {"result": result} if n == at else r for n, r in enumerate(rows)]
    rest = [r for n, r in enumerate(rows) if n != at]
    left, right = weighed(silent, ties), weighed(rest, ties)
    assert told(left).equals(told(right))
    counted = ["tests_count", "untested_count", "p_simes", "q_value"]
    assert left["assessment"].select(counted).equals(right["assessment"].select(counted))
