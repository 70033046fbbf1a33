"""What an indicator is: a question asked of observations, answered with evidence and its sources."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import polars as pl

from indicia.schema import EVIDENCE, EVIDENCE_SOURCE, Table


@dataclass(frozen=True, slots=True)
class Found:
    """What one indicator found: evidence (table `evidence`) and what it rests on (`evidence_source`)."""

    evidence: pl.DataFrame
    sources: pl.DataFrame

    @classmethod
    def fit(cls, evidence: pl.DataFrame, sources: pl.DataFrame) -> "Found":
        """Check both frames; evidence that flags or does not flag must name at least one source.

        Raises:
            SchemaViolationError: A row does not fit its table.
            ValueError: A computed result rests on no observation.
        """
        kept = EVIDENCE.check(EVIDENCE.fit(evidence))
        named = EVIDENCE_SOURCE.check(EVIDENCE_SOURCE.fit(sources))
        computed = kept.filter(pl.col("result").is_in(["flag", "no_flag"]))
        bare = computed.join(named, on="evidence_id", how="anti")
        if bare.height:
            message = f"evidence without a source: {bare['evidence_id'].head(3).to_list()}"
            raise ValueError(message)
        return cls(kept, named)

    @classmethod
    def nothing(cls) -> "Found":
        """No observation this indicator could ask: every facility gets `no data`."""
        return cls(EVIDENCE.frame([]), EVIDENCE_SOURCE.frame([]))


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question.

    Args:
        code: Letter of the family and two digits; stable for ever, never reused.
        family: power, procurement, customs, staffing or registry.
        title: What a flag says, in a few words.
        unit: Unit of `observed_value` and `threshold_value`.
        scope_kinds: Where the signal is seen (`schema.observations.SCOPES`).
        reads: Tables it asks.
        threshold: A flag is an observed value at or above it.
        benign_causes: What else produces the signal; shown beside every flag.
        compute: Asks a DuckDB connection in which every observation table is visible under its
            plain name (as of the wanted date), and answers.
        kinds: Rows of the likelihood table its evidence counts as, the usual one first.
    """

    code: str
    family: str
    title: str
    unit: str
    scope_kinds: tuple[str, ...]
    reads: tuple[Table, ...]
    threshold: float
    benign_causes: tuple[str, ...]
    compute: Callable[[duckdb.DuckDBPyConnection], Found]
    kinds: tuple[str, ...]
