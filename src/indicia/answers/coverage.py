"""What can be seen at all: by country and indicator, by source, and what each indicator misses."""

import polars as pl

from indicia.answers.reader import Reader
from indicia.indicators import detectability

MOST_COUNTRIES = 40
ELSEWHERE = "other"


def by_country(store: Reader) -> pl.DataFrame:
    """Facilities per country and indicator, and for how many an answer could be computed.

    Countries beyond the `MOST_COUNTRIES` with most facilities are added up as `other`.

    Returns:
        country_iso2, indicator, family, facilities_count, computed_count, flag_count,
        not_applicable_count, computed_share (of those to which the indicator applies).
    """
    return store.sql(
        """
        WITH placed AS (
            SELECT facility_id, coalesce(any_value(country_iso2), '?') AS country FROM facility
            GROUP BY facility_id
        ), largest AS (
            SELECT country FROM placed GROUP BY country ORDER BY count(*) DESC, country LIMIT $most
        ), named AS (
            SELECT facility_id, coalesce(l.country, $elsewhere) AS country_iso2
            FROM placed p LEFT JOIN largest l USING (country)
        )
        SELECT country_iso2, indicator, family, count(*) AS facilities_count,
               count(*) FILTER (result IN ('flag', 'no_flag')) AS computed_count,
               count(*) FILTER (result = 'flag') AS flag_count,
               count(*) FILTER (result = 'not_applicable') AS not_applicable_count,
               computed_count / nullif(facilities_count - not_applicable_count, 0) AS computed_share
        FROM named JOIN indicator_result USING (facility_id)
        GROUP BY country_iso2, indicator, family ORDER BY country_iso2, indicator
        """,
        {"most": MOST_COUNTRIES, "elsewhere": ELSEWHERE},
    )


def by_source(store: Reader) -> pl.DataFrame:
    """Which indicators each source gave answers for, per country, and at how many facilities."""
    return store.sql("""
        SELECT s.source, coalesce(f.country_iso2, '?') AS country_iso2,
               string_agg(DISTINCT e.indicator, ', ' ORDER BY e.indicator) AS indicators,
               count(DISTINCT i.facility_id) AS facilities_count,
               count(DISTINCT e.evidence_id) AS answers_count,
               max(e.ends_date) AS latest_date
        FROM evidence_source s JOIN evidence e USING (evidence_id)
        JOIN item i USING (evidence_id) JOIN facility f USING (facility_id)
        GROUP BY ALL ORDER BY s.source, country_iso2
    """)


def sights() -> pl.DataFrame:
    """The detectability table: what each indicator can see at each scope, and the least it sees."""
    return detectability.table()
