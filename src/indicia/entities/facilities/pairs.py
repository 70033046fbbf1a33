"""Which published facilities are worth comparing, and what their comparison finds.

Pairs come from grid cells (both known as sites) and from rare words, equal names and operators of
one country and place, so that 50,000 facilities give some pairs each, never all with all.
"""

import polars as pl
from rapidfuzz import fuzz, process

from indicia.entities.facilities.records import Records
from indicia.store import workspace

CELL_DEG = 0.035  # 3.9 km from south to north, and as much from west to east
FINE_M = 250
BUILDINGS_M = 500
REACH_M = 3_500  # a little more than any rule of `decide` asks for
MOST_PER_WORD = 60
MOST_PER_OPERATOR_AND_TOWN = 120
MOST_PER_OPERATOR = 8
EARTH_M = 6_371_008.8
ALIKE = 0.8
SUBSET_SHARE = 0.92

CELLS = f"""
CREATE TABLE touched AS
WITH row_of AS (
  SELECT nth, floor(lat / {CELL_DEG}) AS own_row, lon FROM site WHERE is_site
), rows AS (
  SELECT nth, own_row, own_row + step AS r, lon FROM row_of, (SELECT unnest([-1, 0, 1]) AS step)
), sized AS (
  SELECT *, greatest(1, floor(360 * cos(radians(least(89, greatest(abs(r), abs(r + 1)) * {CELL_DEG}))) / {CELL_DEG})) AS cells
  FROM rows
), placed AS (
  SELECT *, floor((lon + 180) / 360 * cells) AS c FROM sized
)
SELECT nth, r, (c + step + cells) % cells AS c, r = own_row AND step = 0 AS is_own
FROM placed, (SELECT unnest([-1, 0, 1]) AS step)
"""
# Haversine; both points in degrees.
METRES = f"""
2 * {EARTH_M} * asin(least(1, sqrt(
  pow(sin(radians(b.lat - a.lat) / 2), 2)
  + cos(radians(a.lat)) * cos(radians(b.lat)) * pow(sin(radians(b.lon - a.lon) / 2), 2))))
"""
CANDIDATES = f"""
CREATE TABLE pair AS
WITH close AS (
  SELECT a.nth AS a, b.nth AS b, {METRES} AS metres,
         a.level = 'building' AND b.level = 'building' AS are_buildings
  FROM touched own JOIN touched other ON own.r = other.r AND own.c = other.c
  JOIN site a ON a.nth = own.nth JOIN site b ON b.nth = other.nth
  WHERE own.is_own AND own.nth < other.nth AND abs(a.lat - b.lat) < {REACH_M / 111_000}
), near AS (
  SELECT DISTINCT c.a, c.b FROM close c JOIN site a ON a.nth = c.a JOIN site b ON b.nth = c.b
  WHERE c.metres <= {FINE_M}
    OR (c.metres <= CASE WHEN are_buildings THEN {BUILDINGS_M} ELSE {REACH_M} END
        AND list_has_any(a.said, b.said))
), keyed AS (
  SELECT DISTINCT nth, country, is_site, core, word
  FROM (SELECT nth, country, is_site, core, unnest(core) AS word FROM site)
  QUALIFY count(*) OVER (PARTITION BY country, word) <= {MOST_PER_WORD}
), worded AS (
  SELECT a.nth AS a, b.nth AS b FROM keyed a JOIN keyed b ON a.word = b.word AND a.nth < b.nth
  WHERE (a.country = b.country OR a.country = '' OR b.country = '')
    AND (NOT (a.is_site AND b.is_site) OR a.core = b.core)
), towns AS (
  SELECT p.form, s.country, s.nth, s.is_site, unnest(list_concat(s.town_words, s.core)) AS town
  FROM party p JOIN site s USING (nth)
), in_town AS (
  SELECT DISTINCT form, country, nth, is_site, town FROM towns
  QUALIFY count(*) OVER (PARTITION BY form, country, town) <= {MOST_PER_OPERATOR_AND_TOWN}
), operated AS (
  SELECT a.nth AS a, b.nth AS b FROM in_town a JOIN in_town b USING (form, country, town)
  WHERE a.nth < b.nth AND NOT (a.is_site AND b.is_site)
), of_operator AS (
  SELECT p.form, s.country, s.nth, s.is_site FROM party p JOIN site s USING (nth)
  QUALIFY count(*) OVER (PARTITION BY form, country) <= {MOST_PER_OPERATOR}
), run AS (
  SELECT a.nth AS a, b.nth AS b FROM of_operator a JOIN of_operator b USING (form, country)
  WHERE a.nth < b.nth AND NOT (a.is_site AND b.is_site)
), named AS (
  SELECT nth, country, array_to_string(name_words, ' ') AS name, units FROM site
  QUALIFY count(*) OVER (PARTITION BY country, array_to_string(name_words, ' '), units) <= {MOST_PER_WORD}
), equal AS (
  SELECT a.nth AS a, b.nth AS b FROM named a JOIN named b USING (country, name, units)
  WHERE a.nth < b.nth AND name <> ''
), judged_pair AS (
  SELECT least(a.nth, b.nth) AS a, greatest(a.nth, b.nth) AS b
  FROM judged j JOIN site a ON a.facility_id = j.left_id JOIN site b ON b.facility_id = j.right_id
)
SELECT a, b FROM near UNION SELECT a, b FROM worded UNION SELECT a, b FROM operated
UNION SELECT a, b FROM run
UNION SELECT a, b FROM equal UNION SELECT a, b FROM judged_pair
"""
FOUND = f"""
WITH o AS (
  SELECT p.a, p.b, x.form AS left_form, y.form AS right_form,
         CASE WHEN x.form = y.form THEN 1.0
              WHEN (NOT x.is_common AND list_has_all(y.words, x.words))
                OR (NOT y.is_common AND list_has_all(x.words, y.words)) THEN {SUBSET_SHARE} END AS party_share
  FROM pair p JOIN party x ON x.nth = p.a JOIN party y ON y.nth = p.b
), told AS (
  SELECT p.a, p.b FROM pair p JOIN party x ON x.nth = p.a JOIN site s ON s.nth = p.b
  WHERE NOT x.is_common AND list_has_all(s.name_words, x.words)
  UNION SELECT p.a, p.b FROM pair p JOIN party x ON x.nth = p.b JOIN site s ON s.nth = p.a
  WHERE NOT x.is_common AND list_has_all(s.name_words, x.words)
), best AS (
  SELECT a, b, max(party_share) AS party_share FROM o GROUP BY ALL
), said AS (
  SELECT p.a, p.b, a.facility_id AS left_id, b.facility_id AS right_id,
         a.publisher AS left_publisher, b.publisher AS right_publisher,
         a.source AS left_source, b.source AS right_source,
         a.level AS left_level, b.level AS right_level, a.country AS left_country, b.country AS right_country,
         a.shown AS left_value, b.shown AS right_value,
         a.is_site AND b.is_site AS both_sites,
         CASE WHEN a.is_site AND b.is_site THEN {METRES} END AS distance_m,
         array_to_string(CASE WHEN len(a.core) > 0 THEN a.core ELSE a.name_words END, ' ') AS left_name,
         array_to_string(CASE WHEN len(b.core) > 0 THEN b.core ELSE b.name_words END, ' ') AS right_name,
         a.name_words = b.name_words AND len(a.core) > 0 AS is_equal_name,
         a.core = b.core AND len(a.core) > 0 AS is_equal_core,
         a.units = b.units AS is_equal_units, len(a.units) > 0 AND len(b.units) > 0 AS both_units,
         a.has_code AND b.has_code AS both_codes,
         list_intersect(a.units, b.units) AS units_shared,
         list_intersect(a.kinds, b.kinds) AS kinds_shared,
         list_concat(a.party_words, b.party_words, a.place_words, b.place_words) AS known,
         a.core AS left_core, b.core AS right_core,
         (list_has_any(a.town_words, b.town_words) OR list_has_any(a.town_words, b.core)
          OR list_has_any(b.town_words, a.core))
           AND coalesce(a.admin = b.admin, true) AS is_same_town,
         len(a.party_words) > 0 AND len(b.party_words) > 0 AS both_parties,
         len(a.town_words) > 0 AND len(b.town_words) > 0 AS both_places,
         (len(a.town_words) = 0 AND NOT a.is_site) OR (len(b.town_words) = 0 AND NOT b.is_site) AS is_placeless
  FROM pair p JOIN site a ON a.nth = p.a JOIN site b ON b.nth = p.b
), own AS (
  SELECT *, list_filter(left_core, lambda w: NOT list_contains(known, w)) AS left_own,
         list_filter(right_core, lambda w: NOT list_contains(known, w)) AS right_own
  FROM said
)
SELECT own.* EXCLUDE (known, left_core, right_core, units_shared, kinds_shared, left_own, right_own),
       array_to_string(left_own, ' ') AS left_own, array_to_string(right_own, ' ') AS right_own,
       list_has_any(left_own, right_own)
         AND (list_has_all(left_own, right_own) OR list_has_all(right_own, left_own))
         AND len(list_filter(list_intersect(left_own, right_own), lambda w: len(w) > 3 OR regexp_matches(w, '[^ -~]'))) > 0 AS is_own_shared,
       len(list_filter(kinds_shared, lambda k: NOT list_contains(list_transform(units_shared, lambda u: split_part(u, ':', 1)), k))) > 0 AS is_unit_clash,
       len(units_shared) > 0 AS is_unit_shared,
       best.party_share, told.a IS NOT NULL AS is_party_named
FROM own LEFT JOIN best USING (a, b) LEFT JOIN told USING (a, b)
ORDER BY left_id, right_id
"""
PARTY_FORMS = """
SELECT DISTINCT p.a, p.b, x.form AS left_form, y.form AS right_form
FROM pair p JOIN party x ON x.nth = p.a JOIN party y ON y.nth = p.b
"""


def compared(records: Records) -> pl.DataFrame:
    """Every pair worth looking at, with what speaks for and against it, in order of the ids."""
    numbered = records.sites.sort("facility_id").with_row_index("nth").select(
        "nth", "facility_id", "publisher", "source", "level", "shown", "is_site", "core", "name_words", "units",
        "kinds", "has_code", "admin", "place_words", "town_words", "party_words",
        country=pl.col("country_iso2").fill_null(""), lat="latitude_deg", lon="longitude_deg",
        said=pl.concat_list("core", "party_words").list.unique(),
    )  # fmt: skip
    parties = records.parties.join(numbered.select("nth", "facility_id"), on="facility_id")
    db = workspace()
    try:
        for name, frame in (
            ("site", numbered),
            ("party", parties.drop("facility_id")),
            ("judged", records.judged.select("left_id", "right_id")),
        ):
            db.register(f"given_{name}", frame)
            db.execute(f"CREATE TABLE {name} AS SELECT * FROM given_{name}")
        db.execute(CELLS)
        db.execute(CANDIDATES)
        found: pl.DataFrame = db.sql(FOUND).pl()
        forms: pl.DataFrame = db.sql(PARTY_FORMS).pl()
    finally:
        db.close()
    return _likened(found, _best_party(forms))


def _best_party(forms: pl.DataFrame) -> pl.DataFrame:
    spelled = forms.select("left_form", "right_form").unique()
    alike = process.cpdist(
        spelled["left_form"].to_list(), spelled["right_form"].to_list(), scorer=fuzz.token_sort_ratio
    )  # fmt: skip
    return (
        forms.join(
            spelled.with_columns(alike_share=pl.Series(alike, dtype=pl.Float64) / 100),
            on=["left_form", "right_form"],
        )
        .group_by("a", "b")
        .agg(pl.col("alike_share").max())
    )


def _likened(found: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    names, own = (
        process.cpdist(
            found[f"left_{which}"].to_list(), found[f"right_{which}"].to_list(), scorer=fuzz.token_sort_ratio
        )
        for which in ("name", "own")
    )  # fmt: skip
    has_own = (pl.col("left_own") != "") & (pl.col("right_own") != "")
    return (
        found.join(parties, on=["a", "b"], how="left")
        .with_columns(
            name_share=pl.Series(names, dtype=pl.Float64) / 100,
            party_share=pl.max_horizontal("party_share", "alike_share"),
            own_share=pl.when(has_own).then(pl.Series(own, dtype=pl.Float64) / 100),
        )
        .with_columns(is_name_clash=(pl.col("own_share") < ALIKE) & ~pl.col("is_own_shared"))
        .drop("a", "b", "alike_share", "left_name", "right_name")
        .sort("left_id", "right_id")
    )
