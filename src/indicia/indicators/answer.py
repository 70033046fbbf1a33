"""How an indicator's rows become evidence: ids, and the observations each piece rests on."""

import polars as pl

from indicia.indicators.base import Found
from indicia.schema import short_hash

SCOPE = ("scope_kind", "scope_id")


def answered(code: str, evidence: pl.DataFrame, sources: pl.DataFrame) -> Found:
    """Give each scope its evidence id and its sources.

    Args:
        code: The indicator.
        evidence: One row per scope, columns of `evidence` without `evidence_id` and `indicator`.
        sources: `scope_kind`, `scope_id`, and the columns of `evidence_source` without the id.

    Raises:
        SchemaViolationError: A row does not fit its table, or a scope stands twice.
        ValueError: A flag or its absence rests on no observation.
    """
    period = pl.concat_str(
        pl.col("starts_date").cast(pl.String).fill_null(""),
        pl.col("ends_date").cast(pl.String).fill_null(""),
        separator="/",
    )
    keyed = evidence.with_columns(pl.lit(code).alias("indicator"), period.alias("period"))
    # One hash per piece of evidence, made by the library's only definition of an id.
    ids = [short_hash(code, *row) for row in keyed.select(*SCOPE, "period").iter_rows()]
    named = keyed.drop("period").with_columns(pl.Series("evidence_id", ids, dtype=pl.String))
    rest = (
        sources.join(named.select(*SCOPE, "evidence_id"), on=SCOPE, how="inner")
        .drop(*SCOPE)
        .unique(maintain_order=True)
    )
    return Found.fit(named, rest)
