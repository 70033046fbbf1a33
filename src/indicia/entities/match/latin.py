"""Names in Latin letters compared: candidates that share a rare word, and how much of both names agrees.

Candidates come from keys in DuckDB: a rare word of a name's own (spelled alike, or one letter off), two
words of a trade where the name has no word of its own, and the first and last letters. The score is the
share of what both names' words are worth that is found on both sides; what is left over is compared
letter by letter.
"""

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from indicia.entities.match import words
from indicia.entities.match.forms import Names
from indicia.store import Workspace

CHUNK_NAMES = 100_000
MOST_CANDIDATES = 20
OWN_SHARED, LETTERS_SHARED = 0.5, 0.6
COMMONEST_WORD, COMMONEST_KEY = 400, 60
LETTERS = 10
SHORTEST_SPELT = 4
LEAST_SHARED = 0.25
REST_ALIKE = 0.80
CUT_ALIKE = 0.96
GENERIC_MOST = 0.79  # nothing but trades, places and legal forms agrees
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

DELETED = """
SELECT word, unnest(list_distinct(list_concat([word], list_transform(range(1, length(word) + 1),
    lambda i: substr(word, 1, CAST(i AS INTEGER) - 1) || substr(word, CAST(i AS INTEGER) + 1))))) AS less
FROM (SELECT DISTINCT word FROM {side} WHERE length(word) >= {shortest} {more})
"""
KEYS = """
SELECT number, word AS key FROM {side}_token WHERE kind IN ('own', 'common', 'number')
UNION ALL
SELECT a.number, a.word || '+' || b.word FROM {side}_token a JOIN {side}_token b
  ON a.number = b.number AND a.word < b.word
  {plain}
  WHERE a.kind IN ('trade', 'place', 'common') AND b.kind IN ('trade', 'place', 'common')
UNION ALL
SELECT number, '^' || substr(joined, 1, {letters}) FROM {side}_name WHERE length(joined) >= {letters}
UNION ALL
SELECT number, '$' || right(joined, {letters}) FROM {side}_name WHERE length(joined) >= {letters}
UNION ALL
SELECT number, '=' || joined FROM {side}_name WHERE length(joined) < {letters}
"""


class Latin:
    """The targets, made ready once; asked for one batch of names after another."""

    def __init__(self, db: Workspace, targets: Names) -> None:
        self._db = db
        names, tokens = targets.names, targets.tokens
        spread = (
            tokens.join(names.select("number", "id"), on="number")
            .group_by("word")
            .agg(spread=pl.col("id").n_unique())
        )
        self._spread = spread
        self._set("t", names, tokens)
        db.register("incoming", spread)
        db.execute("CREATE OR REPLACE TEMP TABLE vocabulary AS SELECT * FROM incoming")
        db.unregister("incoming")
        db.execute(
            f"CREATE OR REPLACE TEMP TABLE t_less AS {DELETED.format(side='t_token', shortest=SHORTEST_SPELT, more='')}"
        )
        db.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE t_key AS
            SELECT number, key, 9.0 - least(8.0, log2(spread)) AS worth, is_word, substr(key, 1, 1) = '^' AS is_head
            FROM (
              SELECT number, key, count(*) OVER (PARTITION BY key) AS spread,
                     NOT (substr(key, 1, 1) IN ('^', '$', '=') OR contains(key, '+')) AS is_word
              FROM (SELECT DISTINCT number, key FROM ({KEYS.format(side="t", letters=LETTERS, plain="")}))
            ) WHERE spread <= CASE WHEN is_word THEN {COMMONEST_WORD} ELSE {COMMONEST_KEY} END
            """
        )

    def _set(self, side: str, names: pl.DataFrame, tokens: pl.DataFrame) -> None:
        worth = tokens.join(self._spread, on="word", how="left").with_columns(
            worth=words.weight(pl.col("kind"), pl.col("spread"))
        )
        plain = tokens.group_by("number").agg(own=(pl.col("kind").is_in([words.OWN, words.NUMBER])).any())
        for name, frame in (
            (f"{side}_name", names.select("number", "joined", "sorted", "is_cut")),
            (f"{side}_token", worth.select("number", "place", "word", "raw", "kind", "worth")),
            (f"{side}_plain", plain.filter(~pl.col("own")).select("number")),
            (
                f"{side}_total",
                worth.group_by("number").agg(total=pl.col("worth").sum()),
            ),
        ):
            self._db.register("incoming", frame)
            self._db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
            self._db.unregister("incoming")

    def scored(self, queries: Names) -> pl.DataFrame:
        """Pairs of name numbers with their scores (columns SCORES), best first per query name."""
        found = []
        for start in range(0, queries.names.height, CHUNK_NAMES):
            names = queries.names.slice(start, CHUNK_NAMES)
            tokens = queries.tokens.join(names.select("number"), on="number", how="semi")
            self.candidates(names, tokens)
            found.append(self._scored())
        return pl.concat(found) if found else pl.DataFrame(schema=SCORES)

    def candidates(self, names: pl.DataFrame, tokens: pl.DataFrame) -> None:
        """Make the table `pair` (q, t) of this batch: at most MOST_CANDIDATES per name."""
        db = self._db
        self._set("q", names, tokens)
        db.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE alike AS
            WITH q_less AS ({DELETED.format(side="q_token", shortest=SHORTEST_SPELT, more="AND word NOT IN (SELECT word FROM vocabulary)")})
            SELECT DISTINCT q.word AS q_word, t.word AS t_word,
                   1.0 - 1.0 / greatest(length(q.word), length(t.word)) AS closeness
            FROM q_less q JOIN t_less t USING (less)
            WHERE damerau_levenshtein(q.word, t.word) = 1
            UNION ALL
            SELECT word, word, 1.0 FROM vocabulary WHERE word IN (SELECT word FROM q_token)
            """
        )
        db.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE near AS
            WITH q_key AS (
              SELECT DISTINCT number, key FROM ({KEYS.format(side="q", letters=LETTERS, plain="JOIN q_plain p ON p.number = a.number")})
              UNION
              SELECT q.number, a.t_word FROM q_token q JOIN alike a ON a.q_word = q.word AND a.closeness < 1
            ), met AS (
              SELECT q.number AS q, t.number AS t, sum(t.worth) AS shared,
                     sum(t.worth) FILTER (t.is_word) AS own, bool_or(t.is_head) AS is_head
              FROM q_key q JOIN t_key t USING (key) GROUP BY q.number, t.number
            )
            SELECT q, t, coalesce(own, 0) * 2 / (x.total + y.total) AS own, is_head AND a.is_cut AS is_cut,
                   a.sorted AS left_sorted, b.sorted AS right_sorted,
                   shared - 0.02 * abs(length(a.joined) - length(b.joined)) - 1e-12 * t AS shared
            FROM met JOIN q_name a ON a.number = q JOIN t_name b ON b.number = t
            JOIN q_total x ON x.number = q JOIN t_total y ON y.number = t
            """
        )
        self._db.register("kept", self._promising())
        db.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE pair AS
            SELECT q, unnest(max_by(t, shared, {MOST_CANDIDATES})) AS t FROM kept GROUP BY q
            """
        )
        db.unregister("kept")

    def _promising(self) -> pl.DataFrame:
        """Candidates that share much of what their own words are worth, or most of their letters."""
        sure = self._db.sql(f"SELECT q, t, shared FROM near WHERE own >= {OWN_SHARED} OR is_cut").pl()
        unsure = self._db.sql(
            f"SELECT * FROM near WHERE NOT (own >= {OWN_SHARED} OR is_cut) AND least(length(left_sorted), "
            f"length(right_sorted)) * 2.0 >= {LETTERS_SHARED} * (length(left_sorted) + length(right_sorted))"
        ).pl()
        alike = cpdist(
            unsure["left_sorted"].to_list(),
            unsure["right_sorted"].to_list(),
            scorer=fuzz.ratio,
            score_cutoff=100 * LETTERS_SHARED,
            workers=-1,
        )
        kept = unsure.filter(pl.Series(alike > 0, dtype=pl.Boolean))
        return pl.concat([sure, kept.select(sure.columns)])

    def _scored(self) -> pl.DataFrame:
        pairs: pl.DataFrame = self._db.sql(
            f"""
            WITH met AS (
              SELECT p.q, p.t, q.word AS q_word, t.word AS t_word, q.worth * a.closeness AS q_worth,
                     t.worth * a.closeness AS t_worth, t.kind IN ('own', 'common', 'number') AS is_own
              FROM pair p JOIN q_token q ON q.number = p.q JOIN alike a ON a.q_word = q.word
              JOIN t_token t ON t.number = p.t AND t.word = a.t_word
            ), shared AS (
              SELECT q, t, sum(q_worth) AS q_worth, sum(t_worth) AS t_worth, bool_or(is_own) AS is_own
              FROM met GROUP BY q, t
            ), worth AS (
              SELECT p.q, p.t, qt.total AS q_total, tt.total AS t_total,
                     least(qt.total, coalesce(s.q_worth, 0)) AS q_worth,
                     least(tt.total, coalesce(s.t_worth, 0)) AS t_worth,
                     coalesce(s.is_own, false) AS is_own_shared
              FROM pair p JOIN q_total qt ON qt.number = p.q JOIN t_total tt ON tt.number = p.t
              LEFT JOIN shared s USING (q, t)
            ), q_rest AS (
              SELECT p.q, p.t, string_agg(q.raw, ' ' ORDER BY q.place) AS rest,
                     list_distinct(list(q.kind)) AS kinds
              FROM pair p JOIN q_token q ON q.number = p.q
              ANTI JOIN met m ON m.q = p.q AND m.t = p.t AND m.q_word = q.word
              GROUP BY p.q, p.t
            ), t_rest AS (
              SELECT p.q, p.t, string_agg(t.raw, ' ' ORDER BY t.place) AS rest,
                     list_distinct(list(t.kind)) AS kinds
              FROM pair p JOIN t_token t ON t.number = p.t
              ANTI JOIN met m ON m.q = p.q AND m.t = p.t AND m.t_word = t.word
              GROUP BY p.q, p.t
            )
            SELECT w.q AS left, w.t AS right, (w.q_worth + w.t_worth) / (w.q_total + w.t_total) AS words,
                   coalesce(a.rest, '') AS left_rest, coalesce(b.rest, '') AS right_rest,
                   coalesce(list_contains(a.kinds, 'place') AND list_contains(b.kinds, 'place'), false) AS is_elsewhere,
                   coalesce(list_contains(a.kinds, 'number') AND list_contains(b.kinds, 'number'), false) AS is_other_number,
                   coalesce(list_contains(a.kinds, 'number') OR list_contains(b.kinds, 'number'), false) AS is_number_left,
                   coalesce(list_has_any(a.kinds, ['own', 'common', 'place']), false) AS is_own_left,
                   coalesce(list_has_any(b.kinds, ['own', 'common', 'place']), false) AS is_own_right,
                   coalesce(list_contains(a.kinds, 'trade') AND list_contains(b.kinds, 'trade'), false) AS is_other_trade,
                   w.is_own_shared, q.joined AS left_joined, t.joined AS right_joined, q.is_cut
            FROM worth w LEFT JOIN q_rest a USING (q, t) LEFT JOIN t_rest b USING (q, t)
            JOIN q_name q ON q.number = w.q JOIN t_name t ON t.number = w.t
            """
        ).pl()
        return _judged(pairs)


def _judged(pairs: pl.DataFrame) -> pl.DataFrame:
    """The score of each pair, and what held it down."""
    if pairs.is_empty():
        return pl.DataFrame(schema=SCORES)
    rest = _ratio(
        pairs["left_rest"].str.replace_all(" ", "", literal=True),
        pairs["right_rest"].str.replace_all(" ", "", literal=True),
    )
    letters = _ratio(pairs["left_joined"], pairs["right_joined"])
    head = pl.col("right_joined").str.slice(0, pl.col("left_joined").str.len_chars())
    cut = _ratio(pairs["left_joined"], pairs.select(head).to_series())
    is_shorter = pl.col("left_joined").str.len_chars() < pl.col("right_joined").str.len_chars()
    both = (pl.col("left_rest") != "") & (pl.col("right_rest") != "")
    is_apart = pl.col("rest") < REST_ALIKE
    is_sister = pl.col("is_own_left") & pl.col("is_own_right") & is_apart
    is_longer = (pl.col("is_own_left") | pl.col("is_own_right")) & is_apart
    by_words = (
        pl.when(both & (pl.col("rest") >= REST_ALIKE))
        .then(1 - (1 - pl.col("words")) * (1 - pl.col("rest") ** 2))
        .otherwise(pl.col("words") - 0.05 * pl.col("is_other_trade").cast(pl.Float64))
    )
    by_letters = (
        pl.when(is_sister | (pl.col("letters") < pl.when(is_longer).then(0.93).otherwise(0.88)))
        .then(0.0)
        .otherwise("letters")
    )
    by_cut = (
        pl.when(
            pl.col("is_cut")
            & is_shorter
            & (pl.col("cut") >= CUT_ALIKE)
            & (pl.col("left_joined").str.len_chars() >= SHORTEST_CUT)
        )
        .then(pl.col("cut") * 0.95)
        .otherwise(0.0)
    )
    cap = (
        pl.when(pl.col("is_other_number") & (pl.col("rest") < 1))
        .then(0.5)
        .when(pl.col("is_elsewhere") & (pl.col("rest") < REST_ALIKE))
        .then(0.7)
        .when(pl.col("is_number_left"))
        .then(0.85)
        .when(~pl.col("is_own_shared") & is_apart)
        .then(GENERIC_MOST)
        .otherwise(1.0)
    )
    note = (
        pl.when(pl.col("is_other_number") & (pl.col("rest") < 1))
        .then(pl.lit("another number"))
        .when(pl.col("is_elsewhere") & (pl.col("rest") < REST_ALIKE))
        .then(pl.lit("another place"))
        .when(by_cut > pl.max_horizontal(by_words, by_letters))
        .then(pl.lit("cut short"))
        .otherwise(pl.lit(""))
    )
    return (
        pairs.with_columns(rest=rest, letters=letters, cut=cut)
        .with_columns(
            score=pl.max_horizontal(
                pl.min_horizontal(pl.max_horizontal(by_words, by_letters), cap), by_cut
            ),
            note=note,
        )
        .filter(pl.col("score") >= LEAST_SHARED)
        .select(pl.col(c).cast(t) for c, t in SCORES.items())
        .sort("left", "score", "right", descending=[False, True, False])
    )


def _ratio(left: pl.Series, right: pl.Series) -> pl.Series:
    """Likeness of two columns of text, 0 to 1, row by row; 1 where both are empty."""
    found = cpdist(left.to_list(), right.to_list(), scorer=fuzz.ratio, workers=-1) / 100
    return pl.Series(found, dtype=pl.Float64)
