"""Names in Chinese script compared: the brand, and the place and trade around it.

The brand is what is left of a name without legal form, place and trade. Brands meet where they are
equal, where one holds the other, or where one character of at least four differs.
"""

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from indicia.entities.match import words
from indicia.entities.match.forms import Names
from indicia.store import Workspace

COMMONEST_BIGRAM = 60
SHORTEST_HELD, SHORTEST_SPELT = 3, 4
EQUAL, EQUAL_OTHER_TRADE, HELD, BEGUN, SPELT = 0.95, 0.84, 0.82, 0.80, 0.80
SHORT_BRAND = 2
SHORT_LOSS, OTHER_PLACE, OTHER_NUMBER = 0.05, 0.70, 0.50

SCORES = {
    "left": pl.UInt32,
    "right": pl.UInt32,
    "score": pl.Float64,
    "letters": pl.Float64,
    "left_brand": pl.String,
    "right_brand": pl.String,
    "note": pl.String,
}


def scored(db: Workspace, queries: Names, targets: Names) -> pl.DataFrame:
    """Pairs of name numbers that share a brand, with their scores (columns SCORES)."""
    left, right = _brands(queries), _brands(targets)
    if left.is_empty() or right.is_empty():
        return pl.DataFrame(schema=SCORES)
    db.register("left_brand", left)
    db.register("right_brand", right)
    found: pl.DataFrame = db.sql(
        f"""
        WITH left_gram AS (
          SELECT number, unnest(list_distinct(list_transform(range(1, greatest(2, length(brand))),
                 lambda i: substr(brand, CAST(i AS INTEGER), 2)))) AS gram FROM left_brand
        ), right_gram AS (
          SELECT *, count(*) OVER (PARTITION BY gram) AS spread FROM (
            SELECT number, unnest(list_distinct(list_transform(range(1, greatest(2, length(brand))),
                   lambda i: substr(brand, CAST(i AS INTEGER), 2)))) AS gram FROM right_brand)
        ), met AS (
          SELECT a.number AS l, b.number AS r FROM left_brand a JOIN right_brand b USING (brand)
          UNION
          SELECT a.number, b.number FROM left_gram a JOIN right_gram b USING (gram)
          WHERE b.spread <= {COMMONEST_BIGRAM}
        )
        SELECT a.number AS left, b.number AS right, a.brand AS left_brand, b.brand AS right_brand,
               a.places AS left_places, b.places AS right_places, a.trades AS left_trades,
               b.trades AS right_trades, a.figures AS left_figures, b.figures AS right_figures
        FROM met JOIN left_brand a ON a.number = met.l JOIN right_brand b ON b.number = met.r
        """
    ).pl()
    db.unregister("left_brand")
    db.unregister("right_brand")
    return _judged(found)


def _brands(names: Names) -> pl.DataFrame:
    han = names.names.filter(pl.col("is_han")).select("number", "brand")
    kinds = names.tokens.group_by("number").agg(
        places=pl.col("word").filter(pl.col("kind") == words.PLACE).sort(),
        trades=pl.col("word").filter(pl.col("kind") == words.TRADE).sort(),
        figures=pl.col("word").filter(pl.col("kind") == words.NUMBER).sort(),
    )
    # Figures grown together with a brand count too: `示凡360` and `360公司`.
    grown = pl.col("brand").str.extract_all(r"\d+")
    return (
        han.filter(pl.col("brand").str.len_chars() > 0)
        .join(kinds, on="number", how="left")
        .with_columns(pl.col("figures").fill_null([]).list.set_union(grown).list.sort())
    )


def _judged(pairs: pl.DataFrame) -> pl.DataFrame:
    if pairs.is_empty():
        return pl.DataFrame(schema=SCORES)
    letters = cpdist(
        pairs["left_brand"].to_list(),
        pairs["right_brand"].to_list(),
        scorer=fuzz.ratio,
        workers=-1,
    )
    left, right = pl.col("left_brand"), pl.col("right_brand")
    shorter = pl.min_horizontal(left.str.len_chars(), right.str.len_chars())
    is_equal = left == right
    is_held = (
        left.str.contains(right, literal=True) | right.str.contains(left, literal=True)
    ) & (shorter >= SHORTEST_HELD)
    begins = left.str.starts_with(right) | right.str.starts_with(left)
    is_begun = begins & (shorter == SHORT_BRAND)
    is_spelt = (shorter >= SHORTEST_SPELT) & (pl.col("letters") >= 0.75)  # noqa: PLR2004 -- one character of four
    is_other_trade = _apart("trades")
    is_short = shorter <= SHORT_BRAND
    score = (
        pl.when(is_equal & ~is_other_trade)
        .then(EQUAL)
        .when(is_equal)
        .then(EQUAL_OTHER_TRADE)
        .when(is_held)
        .then(HELD)
        .when(is_begun)
        .then(BEGUN + SHORT_LOSS)
        .when(is_spelt)
        .then(SPELT)
        .otherwise(0.0)
    ) - SHORT_LOSS * is_short.cast(pl.Float64)
    cap = (
        pl.when(pl.col("left_figures") != pl.col("right_figures"))
        .then(OTHER_NUMBER)
        .when(_apart("places"))
        .then(OTHER_PLACE)
        .otherwise(1.0)
    )
    note = (
        pl.when(pl.col("left_figures") != pl.col("right_figures"))
        .then(pl.lit("another number"))
        .when(_apart("places"))
        .then(pl.lit("another place"))
        .when(is_equal & is_other_trade)
        .then(pl.lit("another trade"))
        .when(is_equal)
        .then(pl.lit("the same brand"))
        .when(is_held | is_begun)
        .then(pl.lit("one brand holds the other"))
        .otherwise(pl.lit("one character differs"))
    )
    return (
        pairs.with_columns(letters=pl.Series(letters / 100, dtype=pl.Float64))
        .with_columns(score=pl.min_horizontal(score, cap), note=note)
        .filter(pl.col("score") > 0)
        .select(pl.col(c).cast(t) for c, t in SCORES.items())
        .sort("left", "score", "right", descending=[False, True, False])
    )


def _apart(column: str) -> pl.Expr:
    """Both sides say something, and nothing is said by both."""
    left, right = pl.col(f"left_{column}"), pl.col(f"right_{column}")
    shared = left.list.set_intersection(right).list.len()
    return (left.list.len() > 0) & (right.list.len() > 0) & (shared == 0)
