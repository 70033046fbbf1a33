"""What a reader wants to know on opening: how much there is, what is new, how fresh it is."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from indicia.answers.reader import Reader

NEWEST, FIRST = 12, 5


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over the whole store."""

    facilities_count: int
    assessed_count: int
    leads_count: int
    watch_count: int
    reference_count: int
    flags_count: int
    sources_count: int
    computable_share: float


def summary(store: Reader) -> Summary:
    """Count facilities, verdicts, flags and sources."""
    row = store.sql("""
        SELECT (SELECT count(DISTINCT facility_id) FROM facility) AS facilities_count,
               (SELECT count(*) FROM assessment) AS assessed_count,
               (SELECT count(*) FROM assessment WHERE verdict = 'lead') AS leads_count,
               (SELECT count(*) FROM assessment WHERE verdict = 'watch') AS watch_count,
               (SELECT count(*) FROM assessment WHERE verdict = 'reference site')
                   AS reference_count,
               (SELECT coalesce(sum(computable_count) / nullif(sum(applicable_count), 0), 0.0)
                FROM assessment) AS computable_share,
               (SELECT count(*) FROM evidence WHERE result = 'flag') AS flags_count,
               (SELECT count(DISTINCT source) FROM run WHERE rows_kept_count > 0) AS sources_count
    """).row(0, named=True)
    return Summary(**row)


def freshness(health: pl.DataFrame) -> str:
    """How many sources are in each state of freshness, the most common first.

    Args:
        health: As `sources.health` gives it.
    """
    counts = (
        health["freshness"]
        .value_counts(sort=True)
        .sort("count", "freshness", descending=[True, False])
    )
    told = ", ".join(f"{n:,} {state.partition(' ')[2]}" for state, n in counts.iter_rows())
    newest = health["last_good_utc"].max()
    when = (
        f" Last good run {newest:%Y-%m-%d %H:%M} UTC." if isinstance(newest, datetime) else ""
    )
    return f"{health.height:,} sources: {told}.{when}"


def changes(store: Reader) -> pl.DataFrame:
    """What the last run of each source brought: rows added, changed and vanished."""
    return store.sql("""
        SELECT source, finished_utc, outcome, way, added_count, changed_count, vanished_count
        FROM run
        QUALIFY row_number() OVER (PARTITION BY source ORDER BY finished_utc DESC, run_id) = 1
        ORDER BY added_count + changed_count + vanished_count DESC, source
    """)


def newest_events(store: Reader, limit: int = NEWEST) -> pl.DataFrame:
    """The latest dated events that are not planned, newest first."""
    return store.sql(
        """
        SELECT starts_date, date_precision, kind, status, title, parties, denial, source, source_url
        FROM event
        WHERE starts_date IS NOT NULL AND status <> 'planned'
        ORDER BY starts_date DESC, event_id
        LIMIT ?
        """,
        [limit],
    )
