"""What follows from a comparison: the same, possibly the same, near, or nothing worth showing.

Nothing is the same by a name alone or a distance alone: a name needs the operator and the town, or
a point nearby; a point needs the name or the operator's own code. Where two points of one name lie
far apart, one of them may be wrong, so the pair is shown and neither merged nor dropped.
"""

import polars as pl

BUILDING_M, CAMPUS_M, CODE_M = 250.0, 2_500.0, 500.0
TOUCHING_M, ON_CAMPUS_M, SIBLING_M, FAR_M = 100.0, 3_000.0, 500.0, 5_000.0
SHARED_BUILDING_M = 60.0
OPERATOR_SHARE, OTHER_OPERATOR_SHARE = 0.9, 0.6
SHORTEST_OWN = 5
WEIGHTS = {"name": 0.5, "party": 0.25, "place": 0.25}
TOWN_SHARE, NOWHERE_SHARE, UNKNOWN_PARTY_SHARE = 0.7, 0.3, 0.5

_distance = pl.col("distance_m")
_both = pl.col("both_sites")
_is_operator = (pl.col("party_share") >= OPERATOR_SHARE).fill_null(value=False) | pl.col(
    "is_party_named"
)
_is_other_operator = (
    (pl.col("party_share") < OTHER_OPERATOR_SHARE).fill_null(value=False) & ~pl.col("is_party_named")
)  # fmt: skip
_has_own = pl.col("left_own").ne("") & pl.col("right_own").ne("")
_own = _has_own & (
    pl.col("is_own_shared")
    | (
        (pl.col("own_share") >= OPERATOR_SHARE)
        & (pl.min_horizontal(pl.col("left_own").str.len_chars(), pl.col("right_own").str.len_chars()) >= SHORTEST_OWN)
    )
).fill_null(value=False)  # fmt: skip
_equal = pl.col("is_equal_name") | pl.col("is_equal_core")
_name = _equal | _own
_town = pl.col("is_same_town").fill_null(value=False)
_clash = pl.col("is_name_clash").fill_null(value=False)
_levels = pl.concat_list("left_level", "right_level").list.sort().list.join(" ")
_campus_and_building = _levels == "building campus"
_has_building = _levels.str.contains("building")
_units_agree = pl.col("is_equal_units") & ~pl.col("is_unit_clash")
_code = _units_agree & pl.col("both_codes")
_others = pl.col("left_publisher") != pl.col("right_publisher")
_fits = _others & _units_agree & ~_campus_and_building
_open = ~pl.col("is_unit_clash") & ~_campus_and_building
_reach = pl.when(_has_building).then(BUILDING_M).otherwise(CAMPUS_M)
_touch = pl.when(_has_building).then(TOUCHING_M).otherwise(CAMPUS_M)
_far = (_both & (_distance > FAR_M)).fill_null(value=False)


def _within(metres: float | pl.Expr) -> pl.Expr:
    return (_both & (_distance <= metres)).fill_null(value=False)


# The first rule that holds decides; each says what it rests on.
SAME = (
    (_fits & _code & _is_operator & _within(CODE_M), "the operator's own code of the building agrees"),
    (_fits & _own & _is_operator & _within(_reach), "its own name and the operator agree"),
    (_fits & _equal & _own & ~_is_other_operator & _within(_reach), "the names are equal"),
    (_fits & _equal & _is_operator & _within(_touch), "name and operator agree"),
    (_fits & ~_both & _code & _is_operator & _town, "operator, town and the operator's own code agree"),
    (_fits & ~_both & _equal & _is_operator & _town, "name, operator and town agree"),
    (_fits & ~_both & _own & _is_operator & _town, "its own name, operator and town agree"),
)  # fmt: skip
NEAR = (
    (_campus_and_building & ~pl.col("is_unit_clash") & _within(ON_CAMPUS_M) & (_is_operator | _own), "a building of the campus"),
    (_campus_and_building & ~_both & _own & _is_operator & _town, "a building of the campus"),
    (pl.col("is_unit_clash") & _is_operator & _within(SIBLING_M), "different units of one operator: different buildings"),
    (_within(SHARED_BUILDING_M) & _is_other_operator, "different operators at one address"),
)  # fmt: skip
POSSIBLE = (
    (_open & _others & _equal & _is_operator & _far & (_town | ~pl.col("both_places")), "the points lie far apart, so one of them may be wrong"),
    (_open & ~_others & _units_agree & _name & _is_operator & (_within(CAMPUS_M) | (~_both & (_town | ~pl.col("both_places")))), "one publisher lists both"),
    (_open & _others & _name & ~_far & (_equal | ~_is_other_operator) & (_has_own | _is_operator | _town) & (_town | _both | ~pl.col("both_places")), "the rest is not known to agree"),
    (_open & _fits & ~_both & ~_clash & _is_operator & _town, "operator and town agree, the names say no more"),
    (_open & _fits & ~_clash & _is_operator & ~pl.col("both_places"), "the operator agrees, and one of them states no place"),
    (_open & _others & ~_clash & _within(_reach) & _is_operator, "operator and point agree, the names say no more"),
    (_open & _others & ~_clash & ~_is_other_operator & _within(TOUCHING_M), "the points touch, and nothing else is known"),
)  # fmt: skip


def decided(found: pl.DataFrame) -> pl.DataFrame:
    """Decision, score and reason of every pair; pairs that say nothing have a null decision.

    Args:
        found: As `pairs.compared` gives it.

    Returns:
        The same with `decision`, `rests_on` and `score_share`.
    """
    apart = (
        (pl.col("left_country") != "")
        & (pl.col("right_country") != "")
        & (pl.col("left_country") != pl.col("right_country"))
    )
    decision, rests_on = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for name, rules in (("possible", POSSIBLE), ("near", NEAR), ("same", SAME)):
        for holds, why in reversed(rules):
            yes = holds.fill_null(value=False) & ~apart
            decision = pl.when(yes).then(pl.lit(name)).otherwise(decision)
            rests_on = pl.when(yes).then(pl.lit(why)).otherwise(rests_on)
    place = (
        pl.when(_both)
        .then((1 - _distance / FAR_M).clip(0, 1))
        .when(_town)
        .then(TOWN_SHARE)
        .otherwise(NOWHERE_SHARE)
    )
    likeness = pl.when(_name).then(1.0).otherwise("name_share")
    operator = (
        pl.when(_is_operator)
        .then(pl.max_horizontal("party_share", pl.lit(OPERATOR_SHARE)))
        .otherwise(pl.col("party_share").fill_null(UNKNOWN_PARTY_SHARE))
    )
    score = WEIGHTS["name"] * likeness + WEIGHTS["party"] * operator + WEIGHTS["place"] * place
    return found.with_columns(
        decision=decision,
        rests_on=rests_on,
        score_share=score.round(4),
        is_operator=_is_operator,
        is_town=_town,
    )


def sentence() -> pl.Expr:
    """One plain sentence on a decided pair: what follows, what it rests on, how far apart."""
    start = pl.col("decision").replace(
        {
            "same": "The same facility",
            "possible": "Possibly the same facility",
            "near": "Not the same, but connected",
            "different": "Different facilities",
        }
    )
    metres = (
        pl.when(_distance < FAR_M)
        .then(pl.format("{} m apart", _distance.round(0).cast(pl.Int64)))
        .when(_distance.is_not_null())
        .then(pl.format("{} km apart", (_distance / 1_000).round(0).cast(pl.Int64)))
        .when(_town)
        .then(pl.lit("same town, not both known as sites"))
        .otherwise(pl.lit("not both known as sites"))
    )
    return pl.format("{}: {}; {}.", start, pl.col("rests_on"), metres)
