"""How alike two names in Latin letters are, from what their words share and what is left over."""

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

LEAST_SHARED = 0.25
REST_ALIKE = 0.80
CUT_ALIKE = 0.96
# The second where only one side has more words of its own.
LETTERS_ALIKE, LETTERS_LONGER = 0.88, 0.93
# In letters: acronyms one letter apart are other firms.
SHORT_NAME, SHORT_MOST = 6, 0.78
# Where only trades, places and legal forms agree.
PLAIN_MOST, PLAIN_EQUAL_MOST, MANY_WORDS = 0.79, 0.87, 5
BRANCH_MOST = 0.93
# What words of their own must be worth, and the score where nothing but such words agrees.
RARE_OWN, OWN_WHOLE, MOST_LEFT_OVER = 8.0, 0.82, 3
SHORTEST_CUT = 12
SCORES = {
    "left": pl.UInt32,
    "right": pl.UInt32,
    "score": pl.Float64,
    "words": pl.Float64,
    "letters": pl.Float64,
    "left_rest": pl.String,
    "right_rest": pl.String,
    "note": pl.String,
}


def judged(pairs: pl.DataFrame) -> pl.DataFrame:
    """The score of each pair, and what held it down."""
    if pairs.is_empty():
        return pl.DataFrame(schema=SCORES)
    shorter = pl.min_horizontal(pl.col("left_whole", "right_whole").str.len_chars())
    heads = pairs.select(pl.col("left_whole", "right_whole").str.slice(0, shorter))
    bare = pairs.select(
        pl.col("left_rest", "right_rest").str.replace_all(" ", "", literal=True)
    )
    likeness = pairs.with_columns(
        rest=_ratio(bare["left_rest"], bare["right_rest"]),
        own=_ratio(pairs["left_own"], pairs["right_own"]),
        letters=_ratio(pairs["left_joined"], pairs["right_joined"]),
        cut=_ratio(heads["left_whole"], heads["right_whole"]),
    )
    score, note = _score(shorter)
    return (
        likeness.with_columns(score=score, note=note)
        .filter(pl.col("score") >= LEAST_SHARED)
        .select(pl.col(c).cast(t) for c, t in SCORES.items())
        .sort("left", "score", "right", descending=[False, True, False])
    )


def _score(shorter: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """How alike two names are (0 to 1), and what is remarkable of it.

    Args:
        shorter: Letters of the shorter of the two.
    """
    words_alone = pl.col("words") - 0.05 * pl.col("is_other_trade").cast(pl.Float64)
    is_rest_alike = _both("left_rest", "right_rest") & (pl.col("rest") >= REST_ALIKE)
    is_own_alike = _both("left_own", "right_own") & (pl.col("own") >= REST_ALIKE)
    # The same rare words of their own on both sides, and around them only trades, places, legal forms.
    left_over = pl.sum_horizontal(pl.col("left_rest", "right_rest").str.count_matches(r"\S+"))
    is_own_whole = (
        (pl.col("own_worth") >= RARE_OWN)
        & ~pl.col("is_spelt")
        & ((pl.col("left_own") + pl.col("right_own")) == "")
        & ~pl.col("is_other_trade")
        & (left_over <= MOST_LEFT_OVER)
    )
    by_words = pl.max_horizontal(
        words_alone,
        pl.when(is_own_whole).then(OWN_WHOLE),
        pl.when(is_rest_alike).then(1 - (1 - pl.col("words")) * (1 - pl.col("rest") ** 2)),
        pl.when(is_own_alike).then(words_alone + pl.col("own_share") * pl.col("own") ** 2),
    )
    is_apart = (
        ~is_rest_alike & ~is_own_alike & ((pl.col("left_rest") + pl.col("right_rest")) != "")
    )
    is_sister = pl.col("is_own_left") & pl.col("is_own_right") & is_apart
    is_longer = (pl.col("is_own_left") | pl.col("is_own_right")) & is_apart
    least = pl.when(is_longer).then(LETTERS_LONGER).otherwise(LETTERS_ALIKE)
    by_letters = pl.when(is_sister | (pl.col("letters") < least)).then(0.0).otherwise("letters")
    is_cut = pl.col("is_cut") & (pl.col("cut") >= CUT_ALIKE) & (shorter >= SHORTEST_CUT)
    by_cut = pl.when(is_cut).then(pl.col("cut") * 0.95).otherwise(0.0)
    is_other_number = pl.col("is_other_number") & (pl.col("rest") < 1)
    is_elsewhere = pl.col("is_elsewhere")
    is_one_branch = pl.col("is_left_branch") != pl.col("is_right_branch")
    is_own_left = (pl.col("left_own") + pl.col("right_own")) != ""
    is_plain = ~pl.col("is_own_shared") & ~is_own_alike & ~(is_rest_alike & is_own_left)
    is_short = (shorter <= SHORT_NAME) & pl.col("is_spelt")
    cap = (
        pl.when(is_other_number)
        .then(0.5)
        .when(is_elsewhere)
        .then(0.7)
        .when(is_short)
        .then(SHORT_MOST)
        .when(pl.col("is_number_left"))
        .then(0.85)
        .when(is_plain & (pl.col("left_rest") + pl.col("right_rest") == ""))
        .then(PLAIN_EQUAL_MOST)
        .when(is_plain & ~is_longer & (pl.col("shared_count") >= MANY_WORDS))
        .then(PLAIN_EQUAL_MOST)
        .when(is_plain)
        .then(PLAIN_MOST)
        .when(is_one_branch)
        .then(BRANCH_MOST)
        .otherwise(1.0)
    )
    full = pl.max_horizontal(by_words, by_letters).clip(0.0, 1.0)
    score = pl.max_horizontal(pl.min_horizontal(full, cap), by_cut)
    note = (
        pl.when(is_other_number)
        .then(pl.lit("another number"))
        .when(is_elsewhere)
        .then(pl.lit("another place"))
        .when(by_cut > pl.min_horizontal(full, cap))
        .then(pl.lit("cut short"))
        .when(is_one_branch)
        .then(pl.lit("a branch of it"))
        .otherwise(pl.lit(""))
    )
    return score, note


def _both(left: str, right: str) -> pl.Expr:
    return (pl.col(left) != "") & (pl.col(right) != "")


def _ratio(left: pl.Series, right: pl.Series) -> pl.Series:
    """Likeness of two columns of text, 0 to 1, row by row; 1 where both are empty."""
    found = cpdist(left.to_list(), right.to_list(), scorer=fuzz.ratio, workers=-1) / 100
    return pl.Series(found, dtype=pl.Float64)
