"""Which facility an id stands for, who else publishes it, and what is possibly the same or near."""

import polars as pl

from indicia.answers.reader import Reader

# Every id under which one facility is published, as a relation with parameter $id.
PUBLISHED_IDS = (
    "(SELECT published_id FROM facility_identity WHERE facility_id = $id UNION SELECT $id)"
)
_EVIDENCE = "distance_m, name_share, party_share, score_share, why"


def canonical(store: Reader, any_id: str) -> str:
    """The facility that a published id stands for; an id that nobody publishes stands for itself."""
    found = store.sql(
        "SELECT facility_id FROM facility_identity WHERE published_id = ?", [any_id]
    )
    return str(found.item()) if found.height else any_id


def published_as(store: Reader, facility_id: str) -> pl.DataFrame:
    """Every record of a facility as its publisher gives it, and what joined it to the others.

    Args:
        store: The store.
        facility_id: The facility, or any id that stands for it.

    Returns:
        One row per published id and source, the facility's own first: `published_id`, `source`,
        `name`, `place`, `country_iso2`, `coord_precision`, `level`, `met_id` (the record it met),
        `decision`, `distance_m` (m), `name_share`, `party_share`, `score_share`, `why`,
        `note`, `source_url`. One row only where nobody else publishes it.
    """
    return store.sql(
        f"""
        WITH mine AS {PUBLISHED_IDS},
        met AS (
            SELECT left_id AS published_id, right_id AS met_id, decision, {_EVIDENCE}
            FROM facility_edge
            UNION ALL SELECT right_id, left_id, decision, {_EVIDENCE} FROM facility_edge
        ),
        best AS (
            SELECT * FROM met
            WHERE published_id <> $id AND met_id IN (FROM mine) AND decision = 'same'
            QUALIFY row_number() OVER (PARTITION BY published_id
                                       ORDER BY met_id <> $id, score_share DESC, met_id) = 1
        )
        SELECT f.facility_id AS published_id, f.source, f.name, f.place, f.country_iso2,
               f.coord_precision, i.level, b.met_id, b.decision, b.distance_m, b.name_share,
               b.party_share, b.score_share, b.why, f.note, f.source_url
        FROM published_facility f LEFT JOIN best b ON b.published_id = f.facility_id
        LEFT JOIN facility_identity i ON i.published_id = f.facility_id
        WHERE f.facility_id IN (FROM mine)
        ORDER BY f.facility_id <> $id, f.source, f.facility_id
        """,
        {"id": canonical(store, facility_id)},
    )


def possibly_same(store: Reader, facility_id: str) -> pl.DataFrame:
    """Facilities that are possibly the same as this one, the most alike first.

    Returns:
        `facility_id` and `name` of the other, `published_id` and `other_id` (the records that meet),
        `left_value`, `right_value`, `distance_m` (m), `name_share`, `party_share`, `score_share`,
        `why`.
    """
    return _met(store, facility_id, "possible")


def connected(store: Reader, facility_id: str) -> pl.DataFrame:
    """Facilities that are not this one but near it: its campus or buildings, or one roof.

    Returns:
        As `possibly_same`.
    """
    return _met(store, facility_id, "near")


def _met(store: Reader, facility_id: str, decision: str) -> pl.DataFrame:
    return store.sql(
        f"""
        WITH mine AS {PUBLISHED_IDS},
        met AS (
            SELECT left_id AS published_id, right_id AS other_id, * EXCLUDE (left_id, right_id)
            FROM facility_edge WHERE left_id IN (FROM mine) AND right_id NOT IN (FROM mine)
            UNION ALL
            SELECT right_id, left_id, * EXCLUDE (left_id, right_id)
            FROM facility_edge WHERE right_id IN (FROM mine) AND left_id NOT IN (FROM mine)
        )
        SELECT coalesce(i.facility_id, m.other_id) AS facility_id, f.name, m.published_id, m.other_id,
               m.left_value, m.right_value, {_EVIDENCE}
        FROM met m LEFT JOIN facility_identity i ON i.published_id = m.other_id
        LEFT JOIN facility f ON f.facility_id = coalesce(i.facility_id, m.other_id)
        WHERE m.decision = $decision AND NOT starts_with(m.other_id, 'process:')
        QUALIFY row_number() OVER (PARTITION BY coalesce(i.facility_id, m.other_id)
                                   ORDER BY score_share DESC, m.published_id, m.other_id) = 1
        ORDER BY score_share DESC, facility_id
        """,
        {"id": canonical(store, facility_id), "decision": decision},
    )


def tenders(store: Reader, facility_id: str) -> pl.DataFrame:
    """Contracting processes whose notices name this facility, the surest first.

    A meeting is no exposure: `indicia add exposure` says how likely what was bought stands here.

    Returns:
        `process_id`, `decision`, `why`, `notice` (title, place and buyer), `party_share`.
    """
    return store.sql(
        f"""
        WITH mine AS {PUBLISHED_IDS},
        met AS (
            SELECT right_id AS other_id, right_value AS notice, decision, why, party_share, score_share
            FROM facility_edge WHERE left_id IN (FROM mine)
            UNION ALL
            SELECT left_id, left_value, decision, why, party_share, score_share
            FROM facility_edge WHERE right_id IN (FROM mine)
        )
        SELECT replace(other_id, 'process:', '') AS process_id, decision, why, notice, party_share
        FROM met WHERE starts_with(other_id, 'process:')
        QUALIFY row_number() OVER (PARTITION BY other_id ORDER BY score_share DESC, notice) = 1
        ORDER BY decision <> 'same', score_share DESC, process_id
        """,
        {"id": canonical(store, facility_id)},
    )
