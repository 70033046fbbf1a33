"""How an indicator's rows become evidence: ids, and the observations each piece rests on."""

import polars as pl

from indicia.indicators.base import Found
from indicia.schema import CUSTOMS_FLOW, SHIPMENT, dollars, short_hash

SCOPE = ("scope_kind", "scope_id")


def rows(facts: pl.DataFrame, scope_kind: str, key: str, unit: str) -> pl.DataFrame:
    """Rows of evidence out of facts on scopes of one kind.

    Args:
        facts: `key`, result, kind, observed and threshold (in `unit`), statement, starts_date,
            ends_date, origin_id, reliability, quality_share, sight_share (detectability of a
            computed result).
        scope_kind: Kind of scope.
        key: Column that holds its id.
        unit: Unit of observed and threshold.
    """
    computed = pl.col("result").is_in(["flag", "no_flag"])
    return facts.sort(key).select(
        pl.lit(scope_kind).alias("scope_kind"),
        pl.col(key).alias("scope_id"),
        "result",
        "kind",
        observed_value=pl.when(computed).then(pl.col("observed").cast(pl.Float64)),
        threshold_value=pl.when(computed).then(pl.col("threshold").cast(pl.Float64)),
        unit=pl.lit(unit),
        statement="statement",
        starts_date="starts_date",
        ends_date="ends_date",
        origin_id="origin_id",
        reliability="reliability",
        quality_share="quality_share",
        detectability_share=pl.when(computed).then("sight_share"),
    )


def cited(
    found: pl.DataFrame, scope_kind: str, key: str, table: str, quote: pl.Expr
) -> pl.DataFrame:
    """Sources out of rows of one table with `key`, row_key, source, source_url and fetch_id."""
    return (
        found.select(
            pl.lit(scope_kind).alias("scope_kind"),
            pl.col(key).alias("scope_id"),
            pl.lit(table).alias("table_name"),
            "row_key",
            quote.alias("quote"),
            "source",
            "source_url",
            "fetch_id",
        )
        .unique()
        .sort("scope_id", "row_key", "source")
    )


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
    if evidence.is_empty():
        return Found.nothing()
    period = pl.concat_str(
        pl.col("starts_date").cast(pl.String).fill_null(""),
        pl.col("ends_date").cast(pl.String).fill_null(""),
        separator="/",
    )
    keyed = evidence.with_columns(pl.lit(code).alias("indicator"), period.alias("period"))
    # One hash per piece of evidence, made by the library's only definition of an id.
    ids = [short_hash(code, *row) for row in keyed.select(*SCOPE, "period").iter_rows()]
    named = keyed.drop("period").with_columns(pl.Series("evidence_id", ids, dtype=pl.String))
    # The heavy statements run on other engines too, which set no thousands apart.
    declared = pl.col("table_name").is_in([CUSTOMS_FLOW.name, SHIPMENT.name])
    rest = (
        sources.join(named.select(*SCOPE, "evidence_id"), on=SCOPE, how="inner")
        .drop(*SCOPE)
        .unique(maintain_order=True)
        .with_columns(quote=pl.when(declared).then(dollars(pl.col("quote"))).otherwise("quote"))
    )
    return Found.fit(named, rest)
