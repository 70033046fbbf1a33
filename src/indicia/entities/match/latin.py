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
from indicia.entities.match.likeness import SCORES, judged
from indicia.store import Workspace

CHUNK_NAMES = 100_000
MOST_CANDIDATES = 20
OWN_SHARED, LETTERS_SHARED = 0.5, 0.6
WORDS_WORTH, LETTERS_WORTH = 0.6, 0.68  # below both no score reaches what is ever shown
COMMONEST_WORD, COMMONEST_KEY = 400, 60
LETTERS, HEAD = 10, 24
SHORTEST_SPELT = 4
SHORTEST_PART, LONG_PART, LONGEST_PART = 3, 5, 20

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
UNION ALL
SELECT number, '<' || substr(whole, 1, {head}) FROM {side}_name WHERE length(whole) >= {head} {cut}
UNION ALL
SELECT number, '@' || string_agg(raw, '' ORDER BY place) FROM {side}_token
WHERE kind IN ('own', 'common', 'number') GROUP BY number HAVING count(*) {own}
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
            SELECT number, key, 9.0 - least(8.0, log2(spread)) AS worth, is_word, substr(key, 1, 1) IN ('^', '<') AS is_head
            FROM (
              SELECT number, key, count(*) OVER (PARTITION BY key) AS spread,
                     NOT (substr(key, 1, 1) IN ('^', '$', '=', '<', '@') OR contains(key, '+')) AS is_word
              FROM (SELECT DISTINCT number, key FROM ({KEYS.format(side="t", letters=LETTERS, head=HEAD, plain="", cut="", own=">= 1")}))
            ) WHERE spread <= CASE WHEN is_word THEN {COMMONEST_WORD} ELSE {COMMONEST_KEY} END
            """
        )

    def _grown_apart(self, tokens: pl.DataFrame) -> pl.DataFrame:
        """Words that are two known ones grown together, as two: `huaweidenmark` -> huawei, denmark.

        Known is what the targets or the table of words hold; two that are both names must be long.
        """
        table = words.latin().select(part="word", kind="kind", stands_for="stands_for")
        held = self._spread.select(part="word").join(table, on="part", how="anti")
        parts = pl.concat(
            [table, held.with_columns(kind=pl.lit(words.OWN), stands_for=pl.col("part"))]
        ).filter(pl.col("part").str.len_chars() >= SHORTEST_PART)
        unknown = (
            tokens.filter(pl.col("kind") == words.OWN)
            .select("word", "raw")
            .unique()
            .join(self._spread, on="word", how="anti")
        )
        cuts = pl.concat(
            unknown.filter(pl.col("raw").str.len_chars() >= n + SHORTEST_PART).with_columns(
                head=pl.col("raw").str.slice(0, n), tail=pl.col("raw").str.slice(n)
            )
            for n in range(SHORTEST_PART, LONGEST_PART)
        )
        both = cuts.join(parts.rename({"part": "head"}), on="head").join(
            parts.rename({"part": "tail"}), on="tail", suffix="_tail"
        )
        long = pl.min_horizontal(pl.col("head", "tail").str.len_chars()) >= LONG_PART
        is_told = (pl.col("kind") != words.OWN) | (pl.col("kind_tail") != words.OWN)
        chosen = (
            both.filter(is_told | long)
            .sort("raw", pl.col("head").str.len_chars(), descending=[False, True])
            .unique("raw", keep="first", maintain_order=True)
        )
        if chosen.is_empty():
            return tokens
        halves = tokens.join(chosen.drop("word", "kind"), on="raw").join(
            chosen.select("raw", "kind"), on="raw", suffix="_head"
        )
        heads = halves.select(
            "number", "place", word="stands_for", raw="head", kind="kind_head"
        )
        tails = halves.select(
            "number", "place", word="stands_for_tail", raw="tail", kind="kind_tail"
        )
        split = pl.concat([heads, tails]).filter(~pl.col("kind").is_in(words.SAYS_NOTHING))
        kept = tokens.join(chosen.select("raw"), on="raw", how="anti")
        return pl.concat([kept, split.select(kept.columns)]).unique(
            ["number", "word"], keep="first", maintain_order=True
        )

    def _set(self, side: str, names: pl.DataFrame, tokens: pl.DataFrame) -> None:
        worth = tokens.join(self._spread, on="word", how="left").with_columns(
            worth=words.weight(pl.col("kind"), pl.col("spread"))
        )
        plain = tokens.group_by("number").agg(
            own=(pl.col("kind").is_in([words.OWN, words.NUMBER])).any()
        )
        for name, frame in (
            (
                f"{side}_name",
                names.select("number", "joined", "sorted", "whole", "is_cut", "is_branch"),
            ),
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
            self.candidates(names, self._grown_apart(tokens))
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
              SELECT DISTINCT number, key FROM ({KEYS.format(side="q", letters=LETTERS, head=HEAD, plain="JOIN q_plain p ON p.number = a.number", cut="AND is_cut", own=">= 1")})
              UNION
              SELECT q.number, a.t_word FROM q_token q JOIN alike a ON a.q_word = q.word AND a.closeness < 1
            ), met AS (
              SELECT q.number AS q, t.number AS t, sum(t.worth) AS shared,
                     sum(t.worth) FILTER (t.is_word) AS own, bool_or(t.is_head) AS is_head
              FROM q_key q JOIN t_key t USING (key) GROUP BY q.number, t.number
            )
            SELECT q, t, coalesce(own, 0) * 2 / (x.total + y.total) AS own, is_head AND a.is_cut AND length(a.whole) < length(b.whole) AS is_cut,
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
            SELECT q, t, alike, is_cut FROM kept
            QUALIFY row_number() OVER (PARTITION BY q ORDER BY shared DESC) <= {MOST_CANDIDATES}
            """
        )
        db.unregister("kept")

    def _promising(self) -> pl.DataFrame:
        """Candidates that share much of what their own words are worth, or most of their letters."""
        found: pl.DataFrame = self._db.sql(
            f"SELECT * FROM near WHERE own >= {OWN_SHARED} OR is_cut OR least(length(left_sorted), "
            f"length(right_sorted)) * 2.0 >= {LETTERS_SHARED} * (length(left_sorted) + length(right_sorted))"
        ).pl()
        alike = cpdist(
            found["left_sorted"].to_list(),
            found["right_sorted"].to_list(),
            scorer=fuzz.ratio,
            score_cutoff=100 * LETTERS_SHARED,
            workers=-1,
        )
        return (
            found.with_columns(alike=pl.Series(alike / 100, dtype=pl.Float64))
            .filter((pl.col("own") >= OWN_SHARED) | pl.col("is_cut") | (pl.col("alike") > 0))
            .select("q", "t", "shared", "alike", "is_cut")
        )

    def _scored(self) -> pl.DataFrame:
        self._db.execute(
            """
            CREATE OR REPLACE TEMP TABLE met AS
              SELECT p.q, p.t, q.word AS q_word, t.word AS t_word, q.worth * a.closeness AS q_worth,
                     t.worth * a.closeness AS t_worth, t.kind IN ('own', 'common', 'number') AS is_own
              FROM pair p JOIN q_token q ON q.number = p.q JOIN alike a ON a.q_word = q.word
              JOIN t_token t ON t.number = p.t AND t.word = a.t_word
            """
        )
        self._db.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE worth AS
            WITH shared AS (
              SELECT q, t, sum(q_worth) AS q_worth, sum(t_worth) AS t_worth, bool_or(is_own) AS is_own,
                     count(DISTINCT q_word) AS shared_count
              FROM met GROUP BY q, t
            )
            SELECT p.q, p.t, p.is_cut, coalesce(s.is_own, false) AS is_own_shared,
                   coalesce(s.shared_count, 0) AS shared_count, qt.total + tt.total AS total,
                   (least(qt.total, coalesce(s.q_worth, 0)) + least(tt.total, coalesce(s.t_worth, 0)))
                     / (qt.total + tt.total) AS words
            FROM pair p JOIN q_total qt ON qt.number = p.q JOIN t_total tt ON tt.number = p.t
            LEFT JOIN shared s USING (q, t)
            WHERE words >= {WORDS_WORTH} OR p.alike >= {LETTERS_WORTH} OR p.is_cut
            """
        )
        pairs: pl.DataFrame = self._db.sql(
            """
            WITH q_rest AS (
              SELECT p.q, p.t, string_agg(q.raw, ' ' ORDER BY q.place) AS rest,
                     string_agg(q.raw, '' ORDER BY q.place) FILTER (q.kind IN ('own', 'common', 'letter')) AS own,
                     sum(q.worth) FILTER (q.kind IN ('own', 'common', 'letter')) AS own_worth,
                     list_distinct(list(q.kind)) AS kinds
              FROM worth p JOIN q_token q ON q.number = p.q
              ANTI JOIN met m ON m.q = p.q AND m.t = p.t AND m.q_word = q.word
              GROUP BY p.q, p.t
            ), t_rest AS (
              SELECT p.q, p.t, string_agg(t.raw, ' ' ORDER BY t.place) AS rest,
                     string_agg(t.raw, '' ORDER BY t.place) FILTER (t.kind IN ('own', 'common', 'letter')) AS own,
                     sum(t.worth) FILTER (t.kind IN ('own', 'common', 'letter')) AS own_worth,
                     list_distinct(list(t.kind)) AS kinds
              FROM worth p JOIN t_token t ON t.number = p.t
              ANTI JOIN met m ON m.q = p.q AND m.t = p.t AND m.t_word = t.word
              GROUP BY p.q, p.t
            )
            SELECT w.q AS left, w.t AS right, w.words,
                   coalesce(a.rest, '') AS left_rest, coalesce(b.rest, '') AS right_rest,
                   coalesce(list_contains(a.kinds, 'place') AND list_contains(b.kinds, 'place'), false) AS is_elsewhere,
                   coalesce(list_contains(a.kinds, 'number') AND list_contains(b.kinds, 'number'), false) AS is_other_number,
                   coalesce(list_contains(a.kinds, 'number') OR list_contains(b.kinds, 'number'), false) AS is_number_left,
                   coalesce(list_has_any(a.kinds, ['own', 'common', 'place']), false) AS is_own_left,
                   coalesce(list_has_any(b.kinds, ['own', 'common', 'place']), false) AS is_own_right,
                   coalesce(list_contains(a.kinds, 'trade') AND list_contains(b.kinds, 'trade'), false) AS is_other_trade,
                   w.is_own_shared, w.shared_count, q.joined AS left_joined, t.joined AS right_joined,
                   coalesce(a.own, '') AS left_own, coalesce(b.own, '') AS right_own,
                   (coalesce(a.own_worth, 0) + coalesce(b.own_worth, 0)) / w.total AS own_share,
                   q.whole AS left_whole, t.whole AS right_whole, w.is_cut,
                   q.is_branch AS is_left_branch, t.is_branch AS is_right_branch
            FROM worth w LEFT JOIN q_rest a USING (q, t) LEFT JOIN t_rest b USING (q, t)
            JOIN q_name q ON q.number = w.q JOIN t_name t ON t.number = w.t
            """
        ).pl()
        return judged(pairs)
