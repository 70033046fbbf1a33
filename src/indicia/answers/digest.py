"""What a newer store says that an older one did not: verdicts and support, and the evidence behind."""

import polars as pl

from indicia.answers import words
from indicia.answers.reader import Reader
from indicia.schema import RIVALS

LEAST_BANS = 0.05  # less is not worth a line
MOST_CAUSES = 5
ROUNDING_BANS = 1e-9  # two sums of equal parts may differ by this
COUNTED = f"""
    SELECT i.facility_id, i.evidence_id, e.indicator || ' ' || e.result AS what, e.statement,
           [{", ".join(f"i.{k.lower()}_bans" for k in RIVALS)}] AS weights_bans
    FROM item i JOIN evidence e USING (evidence_id) WHERE i.is_counted
"""
WEIGHED = """
    SELECT facility_id, verdict, support_bans, name, prior_class, prior_bans, admissibility_reason
    FROM assessment
    LEFT JOIN (SELECT facility_id, any_value(name) AS name FROM facility GROUP BY ALL) USING (facility_id)
    LEFT JOIN (SELECT facility_id, list(prior_bans ORDER BY rival) AS prior_bans FROM assessment_rival GROUP BY ALL)
        USING (facility_id)
"""
SAME = ("facility_id", "evidence_id", "what", "statement")


def moved(before: Reader, after: Reader) -> pl.DataFrame:
    """Facilities whose verdict or support differs, by id, without the causes: cheap, for lists.

    Returns:
        facility_id, verdict_was, support_was_bans (of the older store; null where it did not have it),
        change (in words, for example `◇ watch → ◆ lead, +0.30 bans`).
    """
    asked = "SELECT facility_id, verdict, support_bans FROM assessment"
    pairs = before.sql(asked).join(
        after.sql(asked), on="facility_id", how="right", suffix="_now"
    )
    by = pl.col("support_bans_now") - pl.col("support_bans")
    hundredths = (by.abs() * 100).round().cast(pl.Int64)
    turned = pl.col("verdict") != pl.col("verdict_now")
    old, new = (pl.col(v).replace(words.VERDICTS) for v in ("verdict", "verdict_now"))
    steps = pl.concat_str(
        pl.when(turned).then(pl.format("{} → {}, ", old, new)).otherwise(pl.lit("")),
        pl.when(by >= 0).then(pl.lit("+")).otherwise(pl.lit("-")),
        pl.format("{}.{}", hundredths // 100, (hundredths % 100).cast(pl.String).str.zfill(2)),
        pl.lit(" bans"),
    )
    return (
        pairs.filter(pl.col("verdict").is_null() | turned | (by.abs() >= LEAST_BANS))
        .select(
            "facility_id",
            verdict_was="verdict",
            support_was_bans="support_bans",
            change=pl.when(pl.col("verdict").is_null()).then(pl.lit("new")).otherwise(steps),
        )
        .sort("facility_id")
    )


def digest(before: Reader, after: Reader, facility_id: str = "") -> pl.DataFrame:
    """Facilities whose verdict or support differs, with the evidence that came, went or differs.

    Args:
        before: The older store.
        after: The newer one.
        facility_id: Only this one; empty: all.

    Returns:
        facility_id, name, verdict_was, verdict, support_was_bans, support_bans, cause, came, went (lists
        of statements); the largest difference first. The cause names all that differ: the facility
        itself, evidence, its weights (likelihoods, exposure), the prior, the licence rules.
    """

    def of(store: Reader, query: str) -> pl.DataFrame:
        only = f"FROM ({query}) WHERE $id = '' OR facility_id = $id"
        return store.sql(only, {"id": facility_id})

    pairs = of(before, WEIGHED).join(
        of(after, WEIGHED), on="facility_id", how="full", coalesce=True, suffix="_now"
    )
    by = (pl.col("support_bans_now") - pl.col("support_bans")).abs()
    differs = pl.col("verdict").ne_missing(pl.col("verdict_now")) | (by >= LEAST_BANS)
    causes = _causes(of(before, COUNTED), of(after, COUNTED))
    return (
        pairs.filter(differs)
        .join(causes, on="facility_id", how="left")
        .sort(by.fill_null(float("inf")), "facility_id", descending=[True, False])
        .select(
            "facility_id",
            pl.coalesce("name_now", "name").alias("name"),
            pl.col("verdict").alias("verdict_was"),
            pl.col("verdict_now").alias("verdict"),
            pl.col("support_bans").alias("support_was_bans"),
            pl.col("support_bans_now").alias("support_bans"),
            _cause(),
            pl.col("came").fill_null([]),
            pl.col("went").fill_null([]),
        )
    )


def _causes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Per facility, what counts in one store and not (or in other words) in the other."""
    came = after.join(before, on=SAME, how="anti").with_columns(side=pl.lit("came"))
    went = before.join(after, on=SAME, how="anti").with_columns(side=pl.lit("went"))
    both = after.join(before, on=SAME, how="inner", suffix="_was")
    weighed = both.filter(_moved("weights_bans", "weights_bans_was")).with_columns(
        side=pl.lit("weighed")
    )
    said = pl.concat_str("what", pl.lit(": "), "statement")

    def of(side: str) -> pl.Expr:
        return said.filter(pl.col("side") == side).sort().head(MOST_CAUSES).alias(side)

    every = pl.concat([came, went, weighed.select(came.columns)])
    return every.group_by("facility_id").agg(of("came"), of("went"), of("weighed"))


def _cause() -> pl.Expr:
    """What differs, in words; the score follows from these and from nothing else."""
    is_both = pl.col("verdict").is_not_null() & pl.col("verdict_now").is_not_null()
    told = {
        "new facility": pl.col("verdict").is_null(),
        "facility withdrawn or merged": pl.col("verdict_now").is_null(),
        "new evidence": is_both & (pl.col("came").list.len() > 0),
        "evidence withdrawn or reworded": is_both & (pl.col("went").list.len() > 0),
        "changed weights": is_both & (pl.col("weighed").list.len() > 0),
        "changed prior": is_both & (_moved("prior_bans", "prior_bans_now")
                                    | pl.col("prior_class").ne_missing(pl.col("prior_class_now"))),
        "changed licence rules": is_both & pl.col("admissibility_reason").ne_missing(
            pl.col("admissibility_reason_now")),
    }  # fmt: skip
    said = [pl.when(is_so).then(pl.lit(words)) for words, is_so in told.items()]
    named = pl.concat_str(said, separator="; ", ignore_nulls=True)
    return pl.when(named == "").then(pl.lit("changed rules")).otherwise(named).alias("cause")


def _moved(left: str, right: str) -> pl.Expr:
    """Whether two lists of bans differ by more than rounding; a list that is missing differs from none."""
    apart = (pl.col(left) - pl.col(right)).list.eval(pl.element().abs()).list.max()
    return (apart > ROUNDING_BANS).fill_null(value=False)
