"""Lanes to draw on the map: those for review, or the strongest few where there are none."""

import polars as pl

from indicia.answers import places
from indicia.answers.reader import Reader
from indicia.answers.subjects import ORDER

MOST_ARCS, MOST_WITHOUT_REVIEW = 30, 8


def arcs(store: Reader) -> pl.DataFrame:
    """Lanes that stand at lead or watch, in order; the strongest few by support where none does.

    Returns:
        lane, name, verdict, support_bans, coverage_share, flags, and per end from_ and to_
        longitude_deg and latitude_deg. A lane with an end that has no point is left out.
    """
    found = store.sql(
        f"""
        WITH flags AS (
            SELECT subject_id, string_agg(indicator, ' ' ORDER BY indicator) AS flags
            FROM subject_result WHERE subject_kind = 'lane' AND result = 'flag' GROUP BY ALL
        ), ordered AS (
            SELECT *, row_number() OVER (ORDER BY {ORDER}) AS place,
                   bool_or(verdict IN ('lead', 'watch')) OVER () AS is_any
            FROM subject_assessment WHERE subject_kind = 'lane' AND is_admissible
        )
        SELECT subject_id AS lane, name, verdict, support_bans, coverage_share, flags,
               split_part(subject_id, '>', 1) AS exporter, split_part(subject_id, '>', 2) AS importer
        FROM ordered LEFT JOIN flags USING (subject_id)
        WHERE CASE WHEN is_any THEN verdict IN ('lead', 'watch') AND place <= {MOST_ARCS}
                   ELSE place <= {MOST_WITHOUT_REVIEW} END
        ORDER BY place
        """
    )
    spots = places.country_points()
    for end, iso3 in (("from", "exporter"), ("to", "importer")):
        ends = spots.select(
            pl.col("iso3").alias(iso3), pl.col("^.*_deg$").name.prefix(f"{end}_")
        )
        found = found.join(ends, on=iso3, how="inner", maintain_order="left")
    return found.drop("exporter", "importer")
