"""Keys under which two names become candidates: joined in DuckDB, so that no name meets every other.

A rare word of a name's own; two words together where one alone is common; the first and last letters;
the words of its own grown together; and for names cut short the head of all their letters. `said` holds
a name's words, and on the side that asks also words of the targets one letter off. Words and keys are
numbers here: `w` numbers the words of a side, a key is the hash of its text.
"""

RARE_WORD, COMMONEST_KEY, COMMONEST_HEAD = 12, 40, 200
LETTERS, HEAD = 10, 24
FEW_TRACES = 3
SHORTEST_SPELT = 4

DELETED = """
SELECT w, unnest(list_distinct(list_concat([word], list_transform(range(1, length(word) + 1),
    lambda i: substr(word, 1, CAST(i AS INTEGER) - 1) || substr(word, CAST(i AS INTEGER) + 1))))) AS less
FROM ({words})
"""
TARGET_LESS = f"""
CREATE OR REPLACE TEMP TABLE t_less AS
SELECT w, hash(less) AS less FROM (
{DELETED.format(words=f"SELECT w, word FROM t_word WHERE length(word) >= {SHORTEST_SPELT}")})
"""
# Words of the names that ask, with words of the targets that are the same or one letter off.
ALIKE = f"""
CREATE OR REPLACE TEMP TABLE alike AS
WITH unknown AS (
  SELECT w, word FROM q_word WHERE spread IS NULL AND length(word) >= {SHORTEST_SPELT}
), q_less AS (SELECT w, hash(less) AS less FROM ({DELETED.format(words="SELECT w, word FROM unknown")}))
SELECT a.w AS q_w, b.w AS t_w, 1.0 - 1.0 / greatest(length(a.word), length(b.word)) AS closeness
FROM (SELECT DISTINCT q.w AS q_w, t.w AS t_w FROM q_less q JOIN t_less t USING (less)) m
JOIN q_word a ON a.w = m.q_w JOIN t_word b ON b.w = m.t_w WHERE damerau_levenshtein(a.word, b.word) = 1
UNION ALL
SELECT q.w, t.w, 1.0 FROM q_word q JOIN t_word t USING (word) WHERE q.spread IS NOT NULL
"""
# The same per name; a table of its own, since the order of joins decides what the rest costs.
QUERY_ALIKE = """
CREATE OR REPLACE TEMP TABLE q_alike AS
SELECT q.number, q.w AS q_w, q.is_own, q.worth * a.closeness AS worth, a.t_w, a.closeness
FROM q_token q JOIN alike a ON a.q_w = q.w
"""
_SAID = """
CREATE OR REPLACE TEMP TABLE {side}_said AS
SELECT DISTINCT s.number, s.w, s.is_own, length(v.word) AS letters, v.spread <= {rare} AND s.is_own AS is_rare
FROM ({rows}) s JOIN t_word v USING (w)
"""
TARGET_SAID = _SAID.format(
    side="t", rare=RARE_WORD, rows="SELECT number, w, is_own FROM t_token"
)
QUERY_SAID = _SAID.format(
    side="q", rare=RARE_WORD, rows="SELECT number, t_w AS w, is_own FROM q_alike"
)
# Two words that name nobody (`shenzhen electronics`) count with the first or last letter of the name's own words, or
# where the target has none: a trade word one letter off is taken for a word of the name's own.
_KEYS = """
SELECT number, hash(w) AS key, {key} AS most, false AS is_head, false AS is_own_equal, NULL AS letters
  FROM {side}_said WHERE is_rare
UNION ALL
SELECT a.number, hash(a.w, b.w), {key}, false, false, NULL FROM {side}_said a JOIN {side}_said b
  ON a.number = b.number AND a.w < b.w
  WHERE NOT a.is_rare AND NOT b.is_rare AND (a.is_own OR b.is_own) {pairs}
UNION ALL
SELECT a.number, hash(a.w, b.w, ''), {key}, false, false, NULL
  FROM {side}_said a JOIN {side}_said b ON a.number = b.number AND a.w < b.w
  {bare} WHERE NOT a.is_own AND NOT b.is_own {pairs}
UNION ALL
SELECT a.number, hash(a.w, b.w, unnest([left(n.own, 1) || '^', right(n.own, 1) || '$'])), {key}, false, false,
       a.letters + b.letters
  FROM {side}_said a JOIN {side}_said b ON a.number = b.number AND a.w < b.w
  JOIN {side}_name n ON n.number = a.number AND n.own <> '' WHERE NOT a.is_own AND NOT b.is_own {pairs}
UNION ALL
SELECT number, hash('^' || substr(joined, 1, {letters})), {key}, true, false, 0 FROM {side}_name
  WHERE length(joined) >= {letters}
UNION ALL
SELECT number, hash('$' || right(joined, {letters})), {key}, false, false, 0 FROM {side}_name
  WHERE length(joined) >= {letters}
UNION ALL
SELECT number, hash('=' || joined), {key}, false, false, NULL FROM {side}_name WHERE length(joined) < {letters}
UNION ALL
SELECT number, hash('<' || substr(whole, 1, {head})), {long}, true, false, NULL FROM {side}_name
  WHERE length(whole) >= {head} {cut}
UNION ALL
SELECT number, hash('@' || own), {key}, false, true, NULL FROM {side}_name WHERE own <> ''
"""
_OF_BOTH = {"letters": LETTERS, "head": HEAD, "key": COMMONEST_KEY, "long": COMMONEST_HEAD}
_TARGET = _KEYS.format(
    side="t",
    pairs="",
    cut="",
    bare="JOIN t_name n ON n.number = a.number AND n.own = ''",
    **_OF_BOTH,
)
_QUERY = _KEYS.format(
    side="q",
    pairs="AND a.number NOT IN (SELECT number FROM q_said WHERE is_rare)",
    cut="AND is_cut",
    bare="",
    **_OF_BOTH,
)
TARGET_KEYS = f"""
CREATE OR REPLACE TEMP TABLE t_key AS
SELECT number, key FROM (SELECT DISTINCT number, key, most FROM ({_TARGET}))
QUALIFY count(*) OVER (PARTITION BY key) <= most
"""
# Pairs of letters that one of two names has and the other has not, against what their likeness allows.
# `traces` marks the pairs of letters of a name in 64 bits; measured on the development part, no pair that is
# shown has more of them than letters in which it differs, and a few.
NEEDED = """least({{most}}, greatest({{least}}, 1 - {{slope}} * (1 - 2 * {shared} / (a.letters + b.letters))))"""
NEAR = f"""
CREATE OR REPLACE TEMP TABLE near AS
SELECT q.number AS q, t.number AS t, bool_or(q.is_head) AS is_head, bool_or(q.is_own_equal) AS is_own_equal
FROM ({_QUERY}) q JOIN t_key t USING (key) JOIN q_fact a ON a.number = q.number JOIN t_fact b ON b.number = t.number
WHERE q.letters IS NULL OR a.is_cut OR bit_count(xor(a.traces, b.traces))
  <= {FEW_TRACES} + (1 - {NEEDED.format(shared="q.letters")}) * (a.letters + b.letters)
GROUP BY q.number, t.number
"""
# What the words that both names of a pair hold are worth on either side, and how many letters they have.
# Left out are pairs whose length alone keeps the letters apart, unless their words are worth enough.
SHARED = f"""
CREATE OR REPLACE TEMP TABLE shared AS
WITH met AS (
  SELECT p.q, p.t, sum(a.worth) AS q_worth, sum(t.worth * a.closeness) AS t_worth,
         bool_or(t.is_own) AS is_own_shared, bool_or(a.closeness < 1) AS is_spelt, count(*) AS shared_count,
         sum(t.worth * a.closeness) FILTER (t.is_own) AS own_worth, sum(t.letters * a.closeness) AS letters
  FROM near p JOIN t_token t ON t.number = p.t JOIN q_alike a ON a.number = p.q AND a.t_w = t.w
  GROUP BY p.q, p.t
), told AS (
  SELECT p.q, p.t, p.is_own_equal, coalesce(m.is_own_shared, false) AS is_own_shared,
         coalesce(m.is_spelt, false) AS is_spelt, coalesce(m.shared_count, 0) AS shared_count,
         coalesce(m.own_worth, 0) AS own_worth, a.total + b.total AS total,
         (least(a.total, coalesce(m.q_worth, 0)) + least(b.total, coalesce(m.t_worth, 0)))
           / (a.total + b.total) AS words,
         p.is_head AND a.is_cut AND a.whole_letters < b.whole_letters AS is_cut,
         bit_count(xor(a.traces, b.traces)) AS far, a.letters + b.letters AS letters,
         2 * least(a.letters, b.letters) / (a.letters + b.letters) AS most_letters,
         {NEEDED.format(shared="coalesce(m.letters, 0)")} AS needed
  FROM near p LEFT JOIN met m USING (q, t) JOIN q_fact a ON a.number = p.q JOIN t_fact b ON b.number = p.t
)
SELECT *, words >= {{words}} OR is_own_equal OR own_worth >= {{own}} AS is_sure FROM told
WHERE is_sure OR is_cut OR (most_letters >= needed AND far <= {FEW_TRACES} + (1 - needed) * letters)
"""
_REST = """
SELECT p.q, p.t, string_agg({side}.raw, ' ' ORDER BY {side}.place) AS rest,
       string_agg({side}.raw, '' ORDER BY {side}.place) FILTER ({side}.kind IN ('own', 'common', 'letter')) AS own,
       sum({side}.worth) FILTER ({side}.kind IN ('own', 'common', 'letter')) AS own_worth,
       list_distinct(list({side}.kind)) AS kinds
FROM worth p JOIN {side}_token {side} ON {side}.number = p.{side}
ANTI JOIN met m ON m.q = p.q AND m.t = p.t AND m.{side}_w = {side}.w
GROUP BY p.q, p.t
"""
RESTS = f"""
WITH met AS (
  SELECT p.q, p.t, a.q_w, t.w AS t_w FROM worth p JOIN t_token t ON t.number = p.t
  JOIN q_alike a ON a.number = p.q AND a.t_w = t.w
), q_rest AS ({_REST.format(side="q")}), t_rest AS ({_REST.format(side="t")})
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
