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


def _is(name: str) -> pl.Expr:
    return pl.col(name).fill_null(value=False)


# What a pair is like, step by step: later steps ask earlier ones.
_SPELLED = pl.min_horizontal(
    pl.col("left_own").str.len_chars(), pl.col("right_own").str.len_chars()
)
_HELD_BY = pl.concat_list("left_level", "right_level").list.sort().list.join(" ")
STEPS: tuple[dict[str, pl.Expr], ...] = (
    {
        "operator": _is("is_party_named")
        | (pl.col("party_share") >= OPERATOR_SHARE).fill_null(value=False),
        "has_own": pl.col("left_own").ne("") & pl.col("right_own").ne(""),
        "alike": (pl.col("own_share") >= OPERATOR_SHARE).fill_null(value=False)
        & (_SPELLED >= SHORTEST_OWN),
        "equal": _is("is_equal_name") | _is("is_equal_core"),
        "town": _is("is_same_town"),
        "stated": _is("both_places"),
        "both": _is("both_sites"),
        "clash": _is("is_name_clash"),
        "unit_clash": _is("is_unit_clash"),
        "units": _is("is_equal_units") & ~_is("is_unit_clash"),
        "others": pl.col("left_publisher") != pl.col("right_publisher"),
        "levels": _HELD_BY,
        "far": (pl.col("distance_m") > FAR_M).fill_null(value=False),
    },
    {
        "other_operator": ~_is("operator")
        & (pl.col("party_share") < OTHER_OPERATOR_SHARE).fill_null(value=False),
        "own": _is("has_own") & (_is("is_own_shared") | _is("alike")),
        "code": _is("units") & _is("both_codes"),
        "step": pl.col("levels") == "building campus",
        "has_building": pl.col("levels").str.contains("building"),
    },
    {
        "name": _is("equal") | _is("own"),
        "fits": _is("others") & _is("units") & ~_is("step"),
        "open": ~_is("unit_clash") & ~_is("step"),
        "reach_m": pl.when("has_building").then(BUILDING_M).otherwise(CAMPUS_M),
        "touch_m": pl.when("has_building").then(TOUCHING_M).otherwise(CAMPUS_M),
    },
)
FLAGS = tuple(name for step in STEPS for name in step)


def _within(metres: float | str) -> pl.Expr:
    limit = pl.col(metres) if isinstance(metres, str) else pl.lit(metres)
    return (pl.col("distance_m") <= limit).fill_null(value=False)


# The first rule that holds decides; each says what it rests on.
SAME = (
    (_is("fits") & _is("code") & _is("operator") & _within(CODE_M), "the operator's own code of the building agrees"),
    (_is("fits") & _is("both_units") & _is("operator") & ~_is("clash") & _within(TOUCHING_M), "the unit and the operator agree"),
    (_is("fits") & _is("own") & _is("operator") & _within("reach_m"), "its own name and the operator agree"),
    (_is("fits") & _is("equal") & _is("own") & ~_is("other_operator") & _within("reach_m"), "the names are equal"),
    (_is("fits") & _is("equal") & _is("operator") & _within("touch_m"), "name and operator agree"),
    (_is("fits") & ~_is("both") & _is("code") & _is("operator") & _is("town"), "operator, town and the operator's own code agree"),
    (_is("fits") & ~_is("both") & _is("equal") & _is("operator") & _is("town"), "name, operator and town agree"),
    (_is("fits") & ~_is("both") & _is("own") & _is("operator") & _is("town"), "its own name, operator and town agree"),
)  # fmt: skip
OF_CAMPUS = "a building of the campus"
NEAR = (
    (_is("step") & ~_is("unit_clash") & _within(ON_CAMPUS_M) & (_is("operator") | (_is("own") & ~_is("other_operator"))), OF_CAMPUS),
    (_is("step") & ~_is("both") & _is("own") & _is("operator") & _is("town"), OF_CAMPUS),
    (_is("unit_clash") & _is("operator") & _within(SIBLING_M), "different units of one operator: different buildings"),
    (_within(SHARED_BUILDING_M) & _is("other_operator"), "different operators at one address"),
)  # fmt: skip
POSSIBLE = (
    (_is("open") & _is("others") & _is("equal") & _is("units") & _is("operator") & _is("far") & (_is("town") | (~_is("stated") & _is("has_own"))), "the points lie far apart, so one of them may be wrong"),
    (_is("open") & ~_is("others") & _is("units") & _is("name") & _is("operator") & (_within(CAMPUS_M) | (~_is("both") & (_is("town") | ~_is("stated")))), "one publisher lists both"),
    (_is("open") & _is("others") & _is("name") & ~_is("far") & (_is("equal") | ~_is("other_operator")) & (_is("has_own") | _is("operator") | _is("town")) & (_is("town") | _is("both") | ~_is("stated")), "the rest is not known to agree"),
    (_is("fits") & ~_is("both") & ~_is("clash") & _is("operator") & _is("town"), "operator and town agree, the names say no more"),
    (_is("open") & _is("others") & ~_is("both") & ~_is("clash") & _is("operator") & _is("is_placeless"), "the operator agrees, and one of them states no place"),
    (_is("open") & _is("others") & ~_is("clash") & _within("reach_m") & _is("operator"), "operator and point agree, the names say no more"),
    (_is("open") & _is("others") & ~_is("clash") & ~_is("other_operator") & _within(TOUCHING_M), "the points touch, and nothing else is known"),
)  # fmt: skip


def decided(found: pl.DataFrame) -> pl.DataFrame:
    """Decision, score and reason of every pair; pairs that say nothing have a null decision.

    Args:
        found: As `pairs.compared` gives it.

    Returns:
        The same with `decision`, `rests_on` and `score_share`.
    """
    held = found
    for step in STEPS:
        held = held.with_columns(**step)
    apart = (
        (pl.col("left_country") != "")
        & (pl.col("right_country") != "")
        & (pl.col("left_country") != pl.col("right_country"))
    )
    ruled = [
        (n, *r)
        for n, of in (("same", SAME), ("near", NEAR), ("possible", POSSIBLE))
        for r in of
    ]
    first = pl.coalesce(
        pl.when(holds & ~apart).then(pl.lit(n)) for n, (_, holds, _) in enumerate(ruled)
    )
    held = held.with_columns(rule=first)
    decision, rests_on = (
        pl.col("rule").replace_strict(
            {n: rule[at] for n, rule in enumerate(ruled)}, default=None, return_dtype=pl.String
        )
        for at in (0, 2)
    )
    place = (
        pl.when("both")
        .then((1 - pl.col("distance_m") / FAR_M).clip(0, 1))
        .when("town")
        .then(TOWN_SHARE)
        .otherwise(NOWHERE_SHARE)
    )
    likeness = pl.when("name").then(1.0).otherwise("name_share")
    operator = (
        pl.when("operator")
        .then(pl.max_horizontal("party_share", pl.lit(OPERATOR_SHARE)))
        .otherwise(pl.col("party_share").fill_null(UNKNOWN_PARTY_SHARE))
    )
    score = WEIGHTS["name"] * likeness + WEIGHTS["party"] * operator + WEIGHTS["place"] * place
    return held.with_columns(
        decision=decision, rests_on=rests_on, score_share=score.round(4)
    ).drop("rule", *(f for f in FLAGS if f != "town"))


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
        pl.when(pl.col("distance_m") < FAR_M)
        .then(pl.format("{} m apart", pl.col("distance_m").round(0).cast(pl.Int64)))
        .when(pl.col("distance_m").is_not_null())
        .then(pl.format("{} km apart", (pl.col("distance_m") / 1_000).round(0).cast(pl.Int64)))
        .when("town")
        .then(pl.lit("same town, not both known as sites"))
        .otherwise(pl.lit("not both known as sites"))
    )
    return pl.format("{}: {}; {}.", start, pl.col("rests_on"), metres)
