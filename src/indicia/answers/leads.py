"""Which facilities deserve the next hour: ranked, with reasons, doubts and what is missing."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from indicia.answers import words
from indicia.answers.filters import NARROWED, Filters
from indicia.answers.reader import Reader
from indicia.schema import RIVALS

__all__ = ["Filters"]

MOST_ROWS = 1000
ORDERS = {
    "support": "place_in_queue, support_bans DESC, coverage_share DESC, facility_id",
    "worth knowing next": "next_gain_bans DESC NULLS LAST, support_bans DESC, coverage_share DESC, facility_id",
}
AGAINST_STRONGEST = (
    "CASE a.strongest_rival "
    + " ".join(f"WHEN '{k}' THEN i.{k.lower()}_bans" for k in RIVALS)
    + " END"
)


def queue(
    store: Reader,
    filters: Filters | None = None,
    order: str = "support",
    limit: int = MOST_ROWS,
) -> pl.DataFrame:
    """Facilities in the order of the queue; reference sites are never among them.

    Ordered by verdict, then support, then coverage, then `facility_id`; or by what the missing
    indicator that would move support most would add, then the same.
    """
    return _assessed(store, "a.verdict <> 'reference site'", filters, order, limit)


def reference_sites(
    store: Reader, filters: Filters | None = None, limit: int = MOST_ROWS
) -> pl.DataFrame:
    """Sites where no licence was needed: measured and compared, never ranked as leads."""
    return _assessed(store, "a.verdict = 'reference site'", filters, "support", limit).drop(
        "place_in_queue"
    )


def _assessed(
    store: Reader, which: str, filters: Filters | None, order: str, limit: int
) -> pl.DataFrame:
    wanted = filters or Filters()
    where, params = wanted.where()
    query = f"""
        {NARROWED}, shown AS (
            SELECT a.*, f.name, f.country_iso2, f.admin1, f.place, f.site_class,
                   coalesce(f.coord_precision, 'unknown') AS coord_precision,
                   CASE a.verdict WHEN 'lead' THEN 1 WHEN 'watch' THEN 2 ELSE 3 END
                       AS place_in_queue
            FROM assessment a JOIN place f USING (facility_id) {wanted.named}
            WHERE {which} AND {where}
            ORDER BY {ORDERS[order]}
            LIMIT $most
        ),
        theirs AS (
            SELECT facility_id, string_agg(DISTINCT party_name, '; ' ORDER BY party_name) AS parties
            FROM facility_party SEMI JOIN shown USING (facility_id) GROUP BY ALL
        ),
        flags AS (
            SELECT facility_id,
                   string_agg(indicator, ' ' ORDER BY indicator) FILTER (result = 'flag') AS flags
            FROM indicator_result SEMI JOIN shown USING (facility_id) GROUP BY ALL
        ),
        strongest AS (
            SELECT a.facility_id,
                   arg_max(e.statement, {AGAINST_STRONGEST}) FILTER ({AGAINST_STRONGEST} > 0) AS reason,
                   arg_min(e.statement, {AGAINST_STRONGEST}) FILTER ({AGAINST_STRONGEST} < 0) AS doubt
            FROM shown a JOIN item i USING (facility_id) JOIN evidence e USING (evidence_id)
            WHERE i.is_counted
            GROUP BY ALL
        )
        SELECT facility_id, name, country_iso2, admin1, place, coord_precision, site_class, parties,
               verdict, support_bans, support_low_bans, support_high_bans, strongest_rival,
               evidence_bans, families_for_count, computable_count, applicable_count,
               coverage_share, is_prior_driven, is_prior_stated, tests_count, q_value, flags, reason, doubt,
               next_indicator, next_gain_bans, admissibility_reason, place_in_queue
        FROM shown LEFT JOIN theirs USING (facility_id) LEFT JOIN flags USING (facility_id)
        LEFT JOIN strongest USING (facility_id)
        ORDER BY {ORDERS[order]}
    """
    found = store.sql(query, {**params, "most": limit})
    return found.with_columns(
        pl.format("{} of {}", "computable_count", "applicable_count").alias("coverage"),
        pl.col("verdict").replace(words.VERDICTS).alias("verdict_words"),
        pl.col("coord_precision").replace(words.PRECISIONS).alias("precision_words"),
        pl.col("strongest_rival").replace(words.SHORT).alias("rival_words"),
    )


def count(store: Reader, filters: Filters | None = None) -> pl.DataFrame:
    """Facilities per verdict that fit the filters, whatever the limit of a list."""
    wanted = filters or Filters()
    where, params = wanted.where()
    query = f"""
        {NARROWED} SELECT a.verdict, count(*) AS facilities_count
        FROM assessment a JOIN place f USING (facility_id) {wanted.named}
        WHERE {where} GROUP BY ALL ORDER BY ALL
    """
    return store.sql(query, params)


def tally(store: Reader, filters: Filters | None = None) -> dict[str, int]:
    """The same as a dictionary: verdict to number of facilities."""
    return dict(count(store, filters).iter_rows())


def ranked(counts: Mapping[str, int]) -> int:
    """How many facilities stand in the queue: all but reference sites."""
    return sum(n for verdict, n in counts.items() if verdict != "reference site")


def in_words(row: Mapping[str, Any]) -> str:
    """One line on one facility of the queue: verdict, support, rival, coverage, reason."""
    reason = row["reason"] or "no item of evidence favours H1"
    return (
        f"{row['verdict_words']} · {words.bans(row['support_bans'])} over {row['rival_words']} · "
        f"{row['coverage']} indicators computable · {reason}"
    )


def why_not_more(store: Reader) -> pl.DataFrame:
    """Why facilities are not leads: each reason with how many it holds back."""
    return store.sql("""
        WITH asked AS (SELECT * FROM assessment WHERE verdict <> 'lead')
        SELECT * FROM (VALUES
            (1, 'No licence was needed for the destination and owner (reference site)',
                (SELECT count(*) FROM asked WHERE verdict = 'reference site')),
            (2, 'No indicator could be computed',
                (SELECT count(*) FROM asked
                 WHERE verdict <> 'reference site' AND computable_count = 0)),
            (3, 'Indicators were computed, and a rival explanation is favoured',
                (SELECT count(*) FROM asked WHERE verdict <> 'reference site'
                 AND computable_count > 0 AND support_bans <= 0)),
            (4, 'Support is positive, in fewer than two independent families',
                (SELECT count(*) FROM asked WHERE verdict <> 'reference site'
                 AND computable_count > 0 AND support_bans > 0 AND families_for_count < 2)),
            (5, 'Support is positive in two families, below the threshold of a lead',
                (SELECT count(*) FROM asked WHERE verdict <> 'reference site'
                 AND computable_count > 0 AND support_bans > 0 AND families_for_count >= 2))
        ) AS t(step, reason, facilities_count)
        WHERE facilities_count > 0 ORDER BY step
    """).drop("step")


def worth_knowing(store: Reader) -> pl.DataFrame:
    """The missing indicators that would move most: for how many facilities, and by how much."""
    return store.sql("""
        SELECT next_indicator AS indicator, count(*) AS facilities_count,
               max(next_gain_bans) AS largest_gain_bans, avg(next_gain_bans) AS mean_gain_bans
        FROM assessment
        WHERE next_indicator IS NOT NULL AND verdict <> 'reference site'
        GROUP BY ALL ORDER BY largest_gain_bans DESC, facilities_count DESC, indicator
    """)


def coverage(store: Reader) -> pl.DataFrame:
    """The four results of every indicator over all facilities, shown before any score."""
    return store.sql("""
        SELECT family, indicator,
               count(*) FILTER (result = 'flag') AS flag_count,
               count(*) FILTER (result = 'no_flag') AS no_flag_count,
               count(*) FILTER (result = 'no_data') AS no_data_count,
               count(*) FILTER (result = 'not_applicable') AS not_applicable_count
        FROM indicator_result GROUP BY ALL ORDER BY family, indicator
    """)
