"""Names in Latin letters compared: candidates that share a key, and how much of both names agrees.

The score is the share of what both names' words are worth that is found on both sides; what is left
over is compared letter by letter (`likeness`).
"""

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from indicia.entities.match import keys, words
from indicia.entities.match.forms import Names, strung
from indicia.entities.match.letters import traces
from indicia.entities.match.likeness import CUT_ALIKE, RARE_OWN, SCORES, judged
from indicia.store import Workspace

CHUNK_NAMES = 50_000
MOST_CANDIDATES = 20
# Below all of them no score reaches what is ever shown: what shared words are worth; the likeness of all
# letters, which must be the higher the more letters the shared words have; and that of a name cut short.
WORDS_WORTH, LETTERS_WORTH, LETTERS_SURE, LETTERS_SLOPE = 0.75, 0.78, 0.88, 0.35
SHORTEST_PART, LONG_PART, LONGEST_PART = 3, 5, 20


_LIMITS = {
    "words": WORDS_WORTH,
    "own": RARE_OWN,
    "least": LETTERS_WORTH,
    "most": LETTERS_SURE,
    "slope": LETTERS_SLOPE,
}
OF_QUERIES = (
    keys.ALIKE,
    keys.QUERY_ALIKE,
    keys.QUERY_SAID,
    keys.NEAR.format(**_LIMITS),
    keys.SHARED.format(**_LIMITS),
)


class Latin:
    """The targets, made ready once; asked for one batch of names after another."""

    def __init__(self, db: Workspace, targets: Names) -> None:
        self._db = db
        names, tokens = targets.names, targets.tokens
        self._spread = (
            tokens.join(names.select("number", "id"), on="number")
            .group_by("word")
            .agg(spread=pl.col("id").n_unique())
        )
        self._set("t", names, tokens)
        for statement in keys.OF_TARGETS:
            db.execute(statement)

    def scored(self, queries: Names) -> pl.DataFrame:
        """Pairs of name numbers with their scores (columns SCORES), best first per query name."""
        found = []
        for start in range(0, queries.names.height, CHUNK_NAMES):
            names = queries.names.slice(start, CHUNK_NAMES)
            tokens = queries.tokens.join(names.select("number"), on="number", how="semi")
            self._set("q", names, self._grown_apart(tokens))
            for statement in OF_QUERIES:
                self._db.execute(statement)
            self._hold("worth", self._promising())
            found.append(judged(self._db.sql(keys.RESTS).pl()))
        return pl.concat(found) if found else pl.DataFrame(schema=SCORES)

    def _promising(self) -> pl.DataFrame:
        """Of the candidates those that share much of what their words are worth, or most letters."""
        kept: pl.DataFrame = self._db.sql("SELECT * FROM shared WHERE is_sure").pl()
        unsure: pl.DataFrame = self._db.sql(
            """
            SELECT s.*, a.joined AS left, b.joined AS right, a.sorted AS left_sorted, b.sorted AS right_sorted,
                   a.whole AS left_head, substr(b.whole, 1, length(a.whole)) AS right_head
            FROM shared s JOIN q_name a ON a.number = s.q JOIN t_name b ON b.number = s.t
            WHERE NOT is_sure
            """
        ).pl()
        cut, whole = unsure.filter("is_cut"), unsure.filter(~pl.col("is_cut"))
        alike = [kept, cut.filter(_at_least(cut, "left_head", "right_head", pl.lit(CUT_ALIKE)))]
        for left, right in (("left", "right"), ("left_sorted", "right_sorted")):
            is_alike = _at_least(whole, left, right, pl.col("needed"))
            alike.append(whole.filter(is_alike))
            whole = whole.filter(~is_alike)
        both = pl.concat([rows.select(kept.columns) for rows in alike])
        return (
            both.sort("q", "words", "t", descending=[False, True, False])
            .group_by("q", maintain_order=True)
            .head(MOST_CANDIDATES)
        )

    def _hold(self, name: str, frame: pl.DataFrame) -> None:
        self._db.register("incoming", frame)
        self._db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
        self._db.unregister("incoming")

    def _set(self, side: str, names: pl.DataFrame, tokens: pl.DataFrame) -> None:
        """Hold names and words of one side; `w` numbers its words."""
        spoken = (
            tokens.select("word")
            .unique(maintain_order=True)
            .join(self._spread, on="word", how="left", maintain_order="left")
            .with_columns(w=pl.int_range(pl.len(), dtype=pl.Int32))
        )
        told = tokens.join(spoken, on="word", maintain_order="left").with_columns(
            worth=words.weight(pl.col("kind"), pl.col("spread")),
            is_own=pl.col("kind").is_in(words.NAMES_SOMEBODY),
            letters=pl.col("word").str.len_chars(),
        )
        own = strung(told.filter("is_own"), "raw", "own")
        totals = told.group_by("number").agg(total=pl.col("worth").sum())
        known = names.join(totals, on="number", how="left").join(own, on="number", how="left")
        columns = ("number", "joined", "sorted", "whole", "is_cut", "is_branch")
        self._hold(f"{side}_word", spoken)
        self._hold(f"{side}_token", told.drop("word", "spread"))
        self._hold(f"{side}_name", known.select(*columns, pl.col("own").fill_null("")))
        self._hold(
            f"{side}_fact",
            known.select(
                "number",
                pl.col("total").fill_null(0.0),
                "is_cut",
                letters=pl.col("joined").str.len_chars(),
                whole_letters=pl.col("whole").str.len_chars(),
                traces=traces(known["joined"]),
            ),
        )

    def _grown_apart(self, tokens: pl.DataFrame) -> pl.DataFrame:
        """Words that are two known ones grown together, as two: `huaweidenmark` -> huawei, denmark.

        Known is what the targets or the table of words hold; two that are both names must be long.
        """
        told = words.latin().select(part="word", kind="kind", stands_for="stands_for")
        many = told.filter(pl.col("kind") == words.TRADE).with_columns(pl.col("part") + "s")
        table = pl.concat([told, many.join(told, on="part", how="anti")]).unique(
            "part", keep="first", maintain_order=True
        )
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


def _at_least(pairs: pl.DataFrame, left: str, right: str, needed: pl.Expr) -> pl.Series:
    """Whether two columns of text share as many letters as needed (0 to 1), row by row."""
    least = float(pairs.select(needed.min()).item() or 0.0)
    found = cpdist(
        pairs[left].to_list(),
        pairs[right].to_list(),
        scorer=fuzz.ratio,
        score_cutoff=100 * least,
        workers=-1,
    )
    told = pairs.select(is_alike=pl.lit(pl.Series(found, dtype=pl.Float64)) >= 100 * needed)
    return told["is_alike"]
