"""What a newer store says that an older one did not: verdicts and support, and the evidence behind."""

import polars as pl

from indicia.answers.reader import Reader

LEAST_BANS = 0.05  # less is not worth a line
MOST_CAUSES = 5
COUNTED = """
    SELECT i.facility_id, i.evidence_id, e.indicator || ' ' || e.result AS what, e.statement
    FROM item i JOIN evidence e USING (evidence_id) WHERE i.is_counted
"""
WEIGHED = """
    SELECT facility_id, verdict, support_bans, name FROM assessment
    LEFT JOIN (SELECT facility_id, any_value(name) AS name FROM facility GROUP BY ALL) USING (facility_id)
"""


def digest(before: Reader, after: Reader) -> pl.DataFrame:
    """Facilities whose verdict or support differs, with the evidence that came, went or differs.

    Returns:
        facility_id, name, verdict_was, verdict, support_was_bans, support_bans, came, went (lists of
        statements); the largest difference first.
    """
    pairs = before.sql(WEIGHED).join(
        after.sql(WEIGHED), on="facility_id", how="full", coalesce=True, suffix="_now"
    )
    moved = (pl.col("support_bans_now") - pl.col("support_bans")).abs()
    differs = pl.col("verdict").ne_missing(pl.col("verdict_now")) | (moved >= LEAST_BANS)
    causes = _causes(before.sql(COUNTED), after.sql(COUNTED))
    return (
        pairs.filter(differs)
        .join(causes, on="facility_id", how="left")
        .sort(moved.fill_null(float("inf")), "facility_id", descending=[True, False])
        .select(
            "facility_id",
            pl.coalesce("name_now", "name").alias("name"),
            pl.col("verdict").alias("verdict_was"),
            pl.col("verdict_now").alias("verdict"),
            pl.col("support_bans").alias("support_was_bans"),
            pl.col("support_bans_now").alias("support_bans"),
            pl.col("came").fill_null([]),
            pl.col("went").fill_null([]),
        )
    )


def _causes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Per facility, what counts in one store and not (or in other words) in the other."""
    same = ["facility_id", "evidence_id", "what", "statement"]
    came = after.join(before, on=same, how="anti").with_columns(side=pl.lit("came"))
    went = before.join(after, on=same, how="anti").with_columns(side=pl.lit("went"))
    said = pl.concat_str("what", pl.lit(": "), "statement")

    def of(side: str) -> pl.Expr:
        return said.filter(pl.col("side") == side).sort().head(MOST_CAUSES).alias(side)

    return pl.concat([came, went]).group_by("facility_id").agg(of("came"), of("went"))
