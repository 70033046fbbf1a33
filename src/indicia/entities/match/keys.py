"""Keys under which two names become candidates: joined in DuckDB, so that no name meets every other.

A rare word of a name's own; two words together where one alone is common; the first and last letters;
the words of its own grown together; and for names cut short the head of all their letters. `said` holds
a name's words, and on the side that asks also words of the targets one letter off.
"""

RARE_WORD, COMMONEST_KEY, COMMONEST_HEAD = 12, 40, 200
LETTERS, HEAD = 10, 24
SHORTEST_SPELT = 4

DELETED = """
SELECT word, unnest(list_distinct(list_concat([word], list_transform(range(1, length(word) + 1),
    lambda i: substr(word, 1, CAST(i AS INTEGER) - 1) || substr(word, CAST(i AS INTEGER) + 1))))) AS less
FROM ({words})
"""
TARGET_LESS = f"""
CREATE OR REPLACE TEMP TABLE t_less AS
{DELETED.format(words=f"SELECT word FROM vocabulary WHERE length(word) >= {SHORTEST_SPELT}")}
"""
# Words of the names that ask, with words of the targets that are the same or one letter off.
ALIKE = f"""
CREATE OR REPLACE TEMP TABLE alike AS
WITH unknown AS (
  SELECT DISTINCT word FROM q_token ANTI JOIN vocabulary USING (word)
  WHERE length(word) >= {SHORTEST_SPELT}
), q_less AS ({DELETED.format(words="SELECT word FROM unknown")})
SELECT DISTINCT q.word AS q_word, t.word AS t_word,
       1.0 - 1.0 / greatest(length(q.word), length(t.word)) AS closeness
FROM q_less q JOIN t_less t USING (less) WHERE damerau_levenshtein(q.word, t.word) = 1
UNION ALL
SELECT word, word, 1.0 FROM vocabulary SEMI JOIN q_token USING (word)
"""
# The same per name; a table of its own, since the order of joins decides what the rest costs.
QUERY_ALIKE = """
CREATE OR REPLACE TEMP TABLE q_alike AS
SELECT q.number, q.word AS q_word, q.kind, q.worth, a.t_word, a.closeness
FROM q_token q JOIN alike a ON a.q_word = q.word
"""
_SAID = """
CREATE OR REPLACE TEMP TABLE {side}_said AS
SELECT DISTINCT s.number, s.word, s.kind, v.spread <= {rare} AND s.kind IN ('own', 'common', 'number') AS is_rare
FROM ({rows}) s JOIN vocabulary v USING (word)
"""
TARGET_SAID = _SAID.format(
    side="t", rare=RARE_WORD, rows="SELECT number, word, kind FROM t_token"
)
QUERY_SAID = _SAID.format(
    side="q",
    rare=RARE_WORD,
    rows="SELECT number, t_word AS word, kind FROM q_alike",
)
_KEYS = """
SELECT number, word AS key FROM {side}_said WHERE is_rare
UNION ALL
SELECT a.number, a.word || '+' || b.word FROM {side}_said a JOIN {side}_said b
  ON a.number = b.number AND a.word < b.word WHERE NOT a.is_rare AND NOT b.is_rare {pairs}
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
  WHERE kind IN ('own', 'common', 'number') GROUP BY number
"""
_TARGET = _KEYS.format(side="t", letters=LETTERS, head=HEAD, pairs="", cut="")
_QUERY = _KEYS.format(
    side="q",
    letters=LETTERS,
    head=HEAD,
    pairs="AND a.number NOT IN (SELECT number FROM q_said WHERE is_rare)",
    cut="AND is_cut",
)
TARGET_KEYS = f"""
CREATE OR REPLACE TEMP TABLE t_key AS
SELECT number, key FROM (SELECT DISTINCT number, key FROM ({_TARGET}))
QUALIFY count(*) OVER (PARTITION BY key)
  <= CASE WHEN substr(key, 1, 1) = '<' THEN {COMMONEST_HEAD} ELSE {COMMONEST_KEY} END
"""
NEAR = f"""
CREATE OR REPLACE TEMP TABLE near AS
SELECT q.number AS q, t.number AS t, bool_or(substr(key, 1, 1) IN ('^', '<')) AS is_head,
       bool_or(substr(key, 1, 1) = '@') AS is_own_equal
FROM (SELECT DISTINCT number, key FROM ({_QUERY})) q JOIN t_key t USING (key)
GROUP BY q.number, t.number
"""
# Each word that both names of a pair hold, and what it is worth on either side.
MET = """
CREATE OR REPLACE TEMP TABLE met AS
SELECT p.q, p.t, a.q_word, t.word AS t_word, a.worth * a.closeness AS q_worth,
       t.worth * a.closeness AS t_worth, t.kind IN ('own', 'common', 'number') AS is_own, a.closeness < 1 AS is_spelt
FROM near p JOIN t_token t ON t.number = p.t
JOIN q_alike a ON a.number = p.q AND a.t_word = t.word
"""
SHARED = """
CREATE OR REPLACE TEMP TABLE shared AS
SELECT p.q, p.t, coalesce(s.is_own, false) AS is_own_shared, coalesce(s.shared_count, 0) AS shared_count,
       coalesce(s.is_spelt, false) AS is_spelt, coalesce(s.own_worth, 0) AS own_worth, x.total + y.total AS total,
       (least(x.total, coalesce(s.q_worth, 0)) + least(y.total, coalesce(s.t_worth, 0)))
         / (x.total + y.total) AS words,
       p.is_own_equal, p.is_head AND a.is_cut AND length(a.whole) < length(b.whole) AS is_cut
FROM near p LEFT JOIN (
  SELECT q, t, sum(q_worth) AS q_worth, sum(t_worth) AS t_worth, bool_or(is_own) AS is_own,
         bool_or(is_spelt) AS is_spelt, sum(t_worth) FILTER (is_own) AS own_worth, count(DISTINCT q_word) AS shared_count FROM met GROUP BY q, t
) s USING (q, t)
JOIN q_total x ON x.number = p.q JOIN t_total y ON y.number = p.t
JOIN q_name a ON a.number = p.q JOIN t_name b ON b.number = p.t
"""
_REST = """
SELECT p.q, p.t, string_agg({side}.raw, ' ' ORDER BY {side}.place) AS rest,
       string_agg({side}.raw, '' ORDER BY {side}.place) FILTER ({side}.kind IN ('own', 'common', 'letter')) AS own,
       sum({side}.worth) FILTER ({side}.kind IN ('own', 'common', 'letter')) AS own_worth,
       list_distinct(list({side}.kind)) AS kinds
FROM worth p JOIN {side}_token {side} ON {side}.number = p.{side}
ANTI JOIN met m ON m.q = p.q AND m.t = p.t AND m.{side}_word = {side}.word
GROUP BY p.q, p.t
"""
RESTS = f"""
WITH q_rest AS ({_REST.format(side="q")}), t_rest AS ({_REST.format(side="t")})
SELECT w.q AS left, w.t AS right, w.words,
       coalesce(a.rest, '') AS left_rest, coalesce(b.rest, '') AS right_rest,
       coalesce(list_contains(a.kinds, 'place') AND list_contains(b.kinds, 'place'), false) AS is_elsewhere,
       coalesce(list_contains(a.kinds, 'number') AND list_contains(b.kinds, 'number'), false) AS is_other_number,
       coalesce(list_contains(a.kinds, 'number') OR list_contains(b.kinds, 'number'), false) AS is_number_left,
       coalesce(list_has_any(a.kinds, ['own', 'common', 'place']), false) AS is_own_left,
       coalesce(list_has_any(b.kinds, ['own', 'common', 'place']), false) AS is_own_right,
       coalesce(list_contains(a.kinds, 'trade') AND list_contains(b.kinds, 'trade'), false) AS is_other_trade,
       w.is_own_shared, w.shared_count, w.is_spelt, w.own_worth, q.joined AS left_joined, t.joined AS right_joined,
       coalesce(a.own, '') AS left_own, coalesce(b.own, '') AS right_own,
       (coalesce(a.own_worth, 0) + coalesce(b.own_worth, 0)) / w.total AS own_share,
       q.whole AS left_whole, t.whole AS right_whole, w.is_cut,
       q.is_branch AS is_left_branch, t.is_branch AS is_right_branch
FROM worth w LEFT JOIN q_rest a USING (q, t) LEFT JOIN t_rest b USING (q, t)
JOIN q_name q ON q.number = w.q JOIN t_name t ON t.number = w.t
"""
OF_TARGETS = (TARGET_LESS, TARGET_SAID, TARGET_KEYS)
OF_QUERIES = (ALIKE, QUERY_ALIKE, QUERY_SAID, NEAR, MET, SHARED)
