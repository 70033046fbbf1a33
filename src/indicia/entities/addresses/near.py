"""Addresses that are alike but not equal: another floor of one house, another spelling of one street."""

import polars as pl
from rapidfuzz import fuzz, process

from indicia.entities.addresses.keys import keyed
from indicia.entities.addresses.words import GENERIC
from indicia.store import Workspace, workspace

NEAR = 0.6
LARGEST_BLOCK = 200
START = 5
RAREST = 2
WEIGHTS = (0.55, 0.2, 0.25)  # the fuller share, the lesser share, the letters
PLACES = ("unit", "building")

# `bones` are a word's letters without those that romanisations disagree on, `start` serves blocks.
TOKENS = """
CREATE TEMP TABLE token AS
SELECT *, regexp_replace(token, '[yij]', '', 'g') AS start, CASE WHEN length(token) < 5 OR is_number OR is_inside THEN token
  ELSE regexp_replace(regexp_replace(token, '[yij]', '', 'g'), '[aeou]+$', '') END AS bones
FROM (
  SELECT a.address_id, t.token, t.spot,
         regexp_matches(t.token, '^[0-9]') AND NOT regexp_matches(t.token, '^[0-9]+th$') AS is_number,
         regexp_matches(t.token, '^(fl|u)([0-9]|lg$|g$|[a-z][0-9]*$|[a-z]{1,3}[0-9])') AS is_inside
  FROM near_texts a, unnest(string_split(a.tokens, ' ')) WITH ORDINALITY AS t(token, spot)
  WHERE t.token <> ''
)
"""
# Words weigh by how few addresses hold them: a town says little, a street much.
WORDS = """
CREATE TEMP TABLE word AS
WITH held AS (
  SELECT address_id, bones, min(spot) AS spot FROM token
  WHERE NOT is_number AND NOT is_inside AND token NOT IN (SELECT token FROM near_generic)
  GROUP BY address_id, bones
), spread AS (SELECT bones, count(*) AS addresses FROM held GROUP BY bones)
SELECT h.address_id, h.bones, h.spot,
       ln((SELECT count(*) + 1 FROM near_texts) / s.addresses) AS weight,
       row_number() OVER (PARTITION BY h.address_id ORDER BY s.addresses, h.bones) AS rank
FROM held h JOIN spread s USING (bones)
"""
NAMED = """
CREATE TEMP TABLE named AS
SELECT address_id, start, spot, row_number() OVER (PARTITION BY address_id ORDER BY spot) AS nth
FROM token WHERE NOT is_number AND NOT is_inside AND token NOT IN (SELECT token FROM near_generic)
"""
# A number counts with the street beside it: the next or last word of a name, no number between.
NUMBERS = """
CREATE TEMP TABLE number AS
WITH told AS (
  SELECT address_id, split_part(token, 'x', 1) AS number, spot FROM token WHERE is_number
  UNION
  SELECT address_id, unnest(string_split(token, '_')), spot FROM token
  WHERE is_number AND contains(token, '_')
), spans AS (
  SELECT t.address_id, t.number, t.spot,
         min(w.spot) FILTER (w.spot > t.spot) AS after, max(w.spot) FILTER (w.spot < t.spot) AS before
  FROM told t JOIN named w USING (address_id) GROUP BY ALL
)
SELECT s.address_id, s.number, w.nth, side.is_after
FROM spans s, (VALUES (TRUE), (FALSE)) AS side(is_after)
JOIN named w ON w.address_id = s.address_id
 AND w.spot = CASE WHEN side.is_after THEN s.after ELSE s.before END
WHERE NOT EXISTS (
  SELECT 1 FROM token o WHERE o.address_id = s.address_id AND o.is_number AND o.spot <> s.spot
   AND o.spot BETWEEN least(s.spot, w.spot) AND greatest(s.spot, w.spot))
"""
BLOCKS = f"""
CREATE TEMP TABLE block AS
WITH ends AS (
  SELECT n.address_id, concat(n.number, ' ', left(concat(a.start, b.start), {START})) AS block
  FROM number n JOIN named a USING (address_id, nth)
  LEFT JOIN named b ON b.address_id = n.address_id AND b.nth = n.nth + 1 WHERE n.is_after
  UNION
  SELECT n.address_id, concat(n.number, ' ', left(concat(b.start, a.start), {START})) AS block
  FROM number n JOIN named a USING (address_id, nth)
  LEFT JOIN named b ON b.address_id = n.address_id AND b.nth = n.nth - 1
   AND length(a.start) < {START} WHERE NOT n.is_after
  UNION
  SELECT n.address_id, concat(n.number, ' ', left(a.start, {START}))
  FROM number n JOIN named a ON a.address_id = n.address_id
   AND a.nth IN (n.nth, n.nth + CASE WHEN n.is_after THEN 1 ELSE -1 END) WHERE length(a.start) >= 3
  UNION
  SELECT t.address_id, concat('named ', left(concat(CASE WHEN length(n.start) < {START} THEN o.start END, n.start), 8))
  FROM token t JOIN named n ON n.address_id = t.address_id AND n.spot IN (t.spot - 1, t.spot - 2)
  LEFT JOIN named o ON o.address_id = n.address_id AND o.nth = n.nth - 1
  WHERE t.token IN ('building', 'centre', 'plaza', 'tower', 'mansion', 'house')
     OR (t.token IN ('park', 'city') AND n.spot = t.spot - 1)
  UNION
  SELECT t.address_id, concat(t.token, ' ', left(w.bones, 8))
  FROM token t JOIN word w ON w.address_id = t.address_id AND w.rank <= {RAREST}
  WHERE t.is_inside AND starts_with(t.token, 'u')
)
SELECT * FROM (SELECT *, count(*) OVER (PARTITION BY block) AS size FROM (SELECT DISTINCT * FROM ends))
WHERE size BETWEEN 2 AND {LARGEST_BLOCK}
"""
# A short word must stand alone in the other text; a longer one may have grown together with others.
HELD = "CASE WHEN length(bones) < 4 THEN contains(words, concat(' ', bones, ' ')) ELSE contains(letters, bones) END"
PAIRS = f"""
WITH candidate AS (
  SELECT DISTINCT a.address_id AS left_at, b.address_id AS right_at
  FROM block a JOIN block b ON b.block = a.block AND a.address_id < b.address_id
), total AS (
  SELECT t.address_id, coalesce(sum(w.weight), 0) AS weight, first(s.letters) AS letters, first(s.words) AS words
  FROM near_texts t LEFT JOIN word w USING (address_id)
  LEFT JOIN (SELECT address_id, string_agg(bones, '' ORDER BY spot) AS letters,
               concat(' ', string_agg(bones, ' ' ORDER BY spot), ' ') AS words FROM token
             WHERE NOT is_inside GROUP BY address_id) s USING (address_id)
  GROUP BY t.address_id
), found AS (
  SELECT c.left_at, c.right_at, TRUE AS is_left, w.weight, w.bones, r.letters, r.words FROM candidate c
  JOIN word w ON w.address_id = c.left_at JOIN total r ON r.address_id = c.right_at
  UNION ALL
  SELECT c.left_at, c.right_at, FALSE, w.weight, w.bones, r.letters, r.words FROM candidate c
  JOIN word w ON w.address_id = c.right_at JOIN total r ON r.address_id = c.left_at
), met AS (
  SELECT left_at, right_at,
         coalesce(sum(weight) FILTER (is_left AND {HELD}), 0) AS left_met,
         coalesce(sum(weight) FILTER (NOT is_left AND {HELD}), 0) AS right_met
  FROM found GROUP BY left_at, right_at
)
SELECT c.left_at, c.right_at, l.letters AS left_letters, r.letters AS right_letters,
       coalesce(m.left_met, 0) / greatest(l.weight, 1e-9) AS left_share,
       coalesce(m.right_met, 0) / greatest(r.weight, 1e-9) AS right_share
FROM candidate c
JOIN total l ON l.address_id = c.left_at
JOIN total r ON r.address_id = c.right_at
LEFT JOIN met m ON m.left_at = c.left_at AND m.right_at = c.right_at
ORDER BY c.left_at, c.right_at
"""


def near_addresses(frame: pl.DataFrame) -> pl.DataFrame:
    """Pairs of different addresses that seem to lie in one building.

    Args:
        frame: Columns id and address (texts joined by `;`).

    Returns:
        left_address, right_address (as published; left first in alphabetical order), level (`unit`
        where floor and room agree too, `building` where they differ or one does not say),
        score_share (0 to 1; likeness of streets, houses and towns, not a probability). One row per
        pair of texts whose keys differ; equal keys are found by a join on `address_key`.
    """
    known = keyed(frame).filter(pl.col("level").is_in(PLACES))
    texts = (
        known.select("address", "tokens", "address_key", "building_key")
        .unique("address")
        .sort("address_key", "address")
        .unique("address_key", keep="first", maintain_order=True)
        .with_row_index("address_id")
    )
    with workspace() as db:
        scored = _scored(_candidates(db, texts))
    sides = texts.select("address_id", "address", "tokens", "building_key")
    left = sides.rename({c: f"left_{c}" for c in sides.columns[1:]} | {"address_id": "left_at"})
    right = sides.rename(
        {c: f"right_{c}" for c in sides.columns[1:]} | {"address_id": "right_at"}
    )
    met = scored.join(left, on="left_at").join(right, on="right_at")
    first = pl.col("left_address") <= pl.col("right_address")
    one, other = ("left_address", "right_address")
    return (
        met.with_columns(level=_level())
        .select(
            left_address=pl.when(first).then(one).otherwise(other),
            right_address=pl.when(first).then(other).otherwise(one),
            level="level",
            score_share="score_share",
        )
        .sort("left_address", "right_address")
    )


def _candidates(db: Workspace, texts: pl.DataFrame) -> pl.DataFrame:
    """Pairs that share a number and the beginning of a telling word, blocked in SQL."""
    db.register("near_texts", texts.select("address_id", "tokens"))
    db.register("near_generic", pl.DataFrame({"token": list(GENERIC)}))
    for statement in (TOKENS, WORDS, NAMED, NUMBERS, BLOCKS):
        db.execute(statement)
    pairs: pl.DataFrame = db.sql(PAIRS).pl()
    return pairs


def _scored(pairs: pl.DataFrame) -> pl.DataFrame:
    """How much of each address's words the other holds, and how alike all letters are."""
    letters = [pairs[c].fill_null("").to_list() for c in ("left_letters", "right_letters")]
    alike = process.cpdist(*letters, scorer=fuzz.ratio) / 100
    likeness = pl.Series("likeness", alike, dtype=pl.Float64)
    shares = ("left_share", "right_share")
    return (
        pairs.with_columns(likeness)
        .with_columns(
            score_share=(
                WEIGHTS[0] * pl.max_horizontal(shares)
                + WEIGHTS[1] * pl.min_horizontal(shares)
                + WEIGHTS[2] * pl.col("likeness")
            )
            .clip(0, 1)
            .round(4)
        )
        .filter(pl.col("score_share") >= NEAR)
        .select("left_at", "right_at", "score_share")
    )


def _level() -> pl.Expr:
    """A unit where both texts name the same floor and rooms; a building where they do not."""

    def inside(side: str) -> pl.Expr:
        return (
            pl.col(f"{side}_tokens")
            .str.extract_all(r"\b(?:fl|u)(?:\d\w*|lg\b|g\b|[a-z]{1,3}\d\w*|[a-z]\b)")
            .list.unique()
            .list.sort()
            .list.join(" ")
        )

    same = (inside("left") == inside("right")) & (inside("left") != "")
    return pl.when(same).then(pl.lit("unit")).otherwise(pl.lit("building"))
