"""Who an organisation possibly is, who bears an equal name, whom people kept apart; and what is undecided."""

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from indicia.answers.entity.finding import Opened
from indicia.answers.reader import Reader

MOST_PAIRS = 50
# Both ways round, so that the organisation's own record is always on the left.
_BOTH = """
    met AS (
        SELECT left_id, right_id, method, decision, score_share, left_value, right_value, features, why,
               left_source, right_source FROM entity_edge
        UNION ALL
        SELECT right_id, left_id, method, decision, score_share, right_value, left_value, features, why,
               right_source, left_source FROM entity_edge
    )
"""
_SIDES = """
    a.entity_id AS left_entity_id, b.entity_id AS right_entity_id, a.name AS left_name, a.kind AS left_kind, a.countries_iso2 AS left_countries_iso2,
    b.name AS right_name, b.kind AS right_kind, b.countries_iso2 AS right_countries_iso2,
    o.name AS organisation, o.is_listed
"""


def possibly_same(store: Reader, one: Opened) -> pl.DataFrame:
    """Others that are possibly this organisation, the most alike first, by their closest records.

    Returns:
        `left_id` (its own record), `right_id`, `left_entity_id`, `right_entity_id`, names, kinds and
        countries of both, `organisation` of the other, `is_listed`, `method`, `left_value`, `right_value`,
        `score_share`, `features`, `why`, `left_source`, `right_source`.
    """
    return _of(store, one, "possible")


def kept_apart(store: Reader, one: Opened) -> pl.DataFrame:
    """Records that a person decided are not this organisation; columns as `possibly_same`."""
    return _of(store, one, "different")


def _of(store: Reader, one: Opened, decision: str) -> pl.DataFrame:
    return store.sql(
        f"""
        WITH {_BOTH}
        SELECT m.left_id, m.right_id, {_SIDES}, m.method, m.left_value, m.right_value, m.score_share,
               m.features, m.why, m.left_source, m.right_source
        FROM met m JOIN party_record a ON a.record_id = m.left_id
        JOIN party_record b ON b.record_id = m.right_id JOIN organisation o ON o.entity_id = b.entity_id
        WHERE a.entity_id = $id AND b.entity_id <> $id AND m.decision = $decision
        QUALIFY row_number() OVER (PARTITION BY b.entity_id
                                   ORDER BY m.method = 'judgement' DESC, m.score_share DESC, m.left_id,
                                            m.right_id, m.method) = 1
        ORDER BY o.is_listed DESC, m.score_share DESC, m.left_id, m.right_id LIMIT {MOST_PAIRS}
        """,
        {"id": one.entity_id, "decision": decision},
    )


def equal_names(store: Reader, one: Opened) -> pl.DataFrame:
    """Other organisations that bear an equal name once spelling and legal form are made comparable."""
    return store.sql(
        f"""
        WITH forms AS (
            SELECT DISTINCT n.form FROM party_name n JOIN party_record p USING (record_id)
            WHERE p.entity_id = $id AND n.form <> ''
        )
        SELECT o.entity_id, o.name, min(n.name) AS equal_name, o.countries_iso2, o.is_listed,
               string_agg(DISTINCT p.kind, '; ' ORDER BY p.kind) AS named_as, o.records_count,
               string_agg(DISTINCT p.source, ';' ORDER BY p.source) AS source
        FROM party_name n JOIN forms USING (form) JOIN party_record p USING (record_id)
        JOIN organisation o USING (entity_id)
        WHERE p.entity_id <> $id GROUP BY ALL
        ORDER BY o.is_listed DESC, o.records_count DESC, o.entity_id LIMIT {MOST_PAIRS}
        """,
        {"id": one.entity_id},
    )


def widened(store: Reader, one: Opened) -> Opened:
    """The organisation together with those of an equal name that nobody kept apart from it."""
    apart = kept_apart(store, one)["right_entity_id"].to_list()
    equal = equal_names(store, one)["entity_id"].to_list()
    return replace(one, also=tuple(i for i in equal if i not in apart))


_UNDECIDED = """
    WITH sites AS (
        SELECT facility_id, min(name) AS name, min(country_iso2) AS country_iso2, min(source) AS source
        FROM published_facility GROUP BY facility_id
    ), pairs AS (
    SELECT 'organisation' AS subject, e.left_id, e.right_id, a.entity_id AS left_entity_id,
           b.entity_id AS right_entity_id, a.name AS left_name, b.name AS right_name,
           a.kind AS left_kind, b.kind AS right_kind, a.countries_iso2 AS left_countries_iso2,
           b.countries_iso2 AS right_countries_iso2, e.method, e.left_value, e.right_value, e.score_share,
           e.features, e.why, e.left_source, e.right_source,
           CASE WHEN (oa.is_listed AND ob.is_site_party) OR (ob.is_listed AND oa.is_site_party)
                THEN 'a listed party and a party of a site'
                WHEN oa.is_listed OR ob.is_listed THEN 'a listed party'
                WHEN oa.is_site_party OR ob.is_site_party THEN 'a party of a site' END AS touches
    FROM entity_edge e JOIN party_record a ON a.record_id = e.left_id
    JOIN party_record b ON b.record_id = e.right_id
    JOIN organisation oa ON oa.entity_id = a.entity_id JOIN organisation ob ON ob.entity_id = b.entity_id
    WHERE e.decision = 'possible' AND a.entity_id <> b.entity_id
    QUALIFY row_number() OVER (PARTITION BY least(a.entity_id, b.entity_id), greatest(a.entity_id, b.entity_id)
                               ORDER BY e.score_share DESC, e.left_id, e.right_id, e.method) = 1
    UNION ALL
    SELECT 'facility', e.left_id, e.right_id, e.left_id, e.right_id,
           coalesce(l.name, e.left_value), coalesce(r.name, e.right_value),
           if(l.name IS NULL, 'notice', 'facility'), if(r.name IS NULL, 'notice', 'facility'),
           l.country_iso2, r.country_iso2, 'place, name and parties', e.left_value, e.right_value, e.score_share,
           to_json({'distance_m': e.distance_m, 'name_share': e.name_share, 'party_share': e.party_share})::VARCHAR,
           e.why, l.source, r.source, 'a site'
    FROM facility_edge e LEFT JOIN sites l ON l.facility_id = e.left_id LEFT JOIN sites r ON r.facility_id = e.right_id
    WHERE e.decision = 'possible'
    )
    SELECT *, count(*) OVER () AS in_all FROM pairs
    WHERE list_contains($subjects::VARCHAR[], subject)
          AND concat_ws(chr(10), subject, least(left_entity_id, right_entity_id),
                        greatest(left_entity_id, right_entity_id)) NOT IN (SELECT unnest($judged::VARCHAR[]))
    ORDER BY coalesce(list_position($first::VARCHAR[], touches), 9), score_share DESC, subject, left_id, right_id
    LIMIT $most
"""
# What is most useful to decide comes first.
_FIRST = (
    "a listed party and a party of a site",
    "a listed party",
    "a site",
    "a party of a site",
)


def undecided(
    store: Reader, judged: pl.DataFrame, subjects: Collection[str], limit: int = MOST_PAIRS
) -> tuple[pl.DataFrame, int]:
    """Pairs that are possibly one and that nobody judged yet, the most useful first; and their number.

    First those between a listed party and a party of a site, then those that touch either, then by
    likeness. Two organisations are one pair, by their closest records.

    Args:
        store: The store.
        judged: What the journal holds, as rows of `schema.JUDGEMENT`.
        subjects: Organisations, facilities, or both.
        limit: Rows at most.
    """
    found = store.sql(
        _UNDECIDED,
        {
            "subjects": list(subjects), "judged": _judged(store, judged), "first": list(_FIRST),
            "most": limit,
        },
    )  # fmt: skip
    return found.drop("in_all"), int(found["in_all"][0]) if found.height else 0


def unjudged(store: Reader, pairs: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Pairs of organisations on none of whose records the journal holds a judgement.

    Args:
        store: The store.
        pairs: `left_entity_id`, `right_entity_id`.
        judged: Rows of `schema.JUDGEMENT`.
    """
    said = pl.Series(_judged(store, judged), dtype=pl.String)
    return pairs.filter(~_key(pl.lit("organisation")).is_in(said.implode()))


def _judged(store: Reader, judged: pl.DataFrame) -> list[str]:
    """The pairs of organisations and facilities that judgements on their records speak of."""
    ids = pl.concat([judged["left_id"], judged["right_id"]]).unique().to_list()
    led = store.sql(
        """
        SELECT 'organisation' AS subject, record_id AS id, entity_id FROM party_record
        WHERE record_id IN (SELECT unnest($ids::VARCHAR[]))
        UNION ALL
        SELECT 'facility', published_id, published_id FROM facility_identity
        WHERE published_id IN (SELECT unnest($ids::VARCHAR[]))
        """,
        {"ids": ids},
    )
    said = judged.select("subject", "left_id", "right_id")
    for side in ("left", "right"):
        ends = led.rename({"id": f"{side}_id", "entity_id": f"{side}_entity_id"})
        said = said.join(ends, on=["subject", f"{side}_id"])
    return said.select(_key(pl.col("subject"))).to_series().to_list()


def _key(subject: pl.Expr) -> pl.Expr:
    """A pair, whichever way round."""
    ends = ("left_entity_id", "right_entity_id")
    return pl.concat_str(
        subject, pl.min_horizontal(ends), pl.max_horizontal(ends), separator="\n"
    ).alias("pair")
