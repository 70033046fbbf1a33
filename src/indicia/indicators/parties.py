"""What indicators of parties share: the parties, the organisation each was taken to be, and their rows."""

from datetime import date

import duckdb
import polars as pl

from indicia.entities.graph import stand_ins
from indicia.entities.names import normalised
from indicia.indicators import answer
from indicia.indicators.listed_party import PARTY_ROWS, UNNAMED

PARTY = "party"
NAMED = """
SELECT party_name, min(origin_id) AS party_origin_id, max(reliability) AS party_reliability
FROM facility_party GROUP BY party_name ORDER BY party_name
"""
TAKEN = """
SELECT DISTINCT f.party_name, p.entity_id, p.record_id FROM facility_party f
JOIN party_record p ON p.table_name = 'facility_party' AND p.name = f.party_name
ORDER BY f.party_name, p.entity_id, p.record_id
"""
NEWEST = """
SELECT CAST(max(published_utc) AT TIME ZONE 'UTC' AS DATE) AS day FROM (
  SELECT published_utc FROM entity_listing UNION ALL SELECT published_utc FROM entity_link)
"""


def named(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Each party: party_name, party_origin_id, party_reliability, is_unnamed."""
    form = normalised(pl.col("party_name"))
    found: pl.DataFrame = db.sql(NAMED).pl()
    return found.with_columns(is_unnamed=(form == "") | form.is_in(list(UNNAMED)))


def taken(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The organisation each party was taken to be: party_name, entity_id, record_id."""
    stand_ins(db)
    found: pl.DataFrame = db.sql(TAKEN).pl()
    return found


def newest_day(db: duckdb.DuckDBPyConnection) -> date | None:
    """The newest publication in view of a list or of relations; nothing later counts."""
    day: date | None
    (day,) = db.sql(NEWEST).pl()["day"]
    return day


def party_rows(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Sources: where each party is named, five rows at most."""
    found: pl.DataFrame = db.sql(PARTY_ROWS).pl()
    return found


def cited(rows: pl.DataFrame, table: str, quote: pl.Expr) -> pl.DataFrame:
    """Sources of parties out of rows with party_name, row_key, source, source_url and fetch_id."""
    return answer.cited(rows, PARTY, "party_name", table, quote)


def listing_quote() -> pl.Expr:
    """One listing in a line, out of list_code, name and listed_date."""
    return pl.format(
        "{}: {}; listed {}",
        "list_code",
        "name",
        pl.col("listed_date").cast(pl.String).fill_null("on a date not stated"),
    )


def relation_quote() -> pl.Expr:
    """One relation in a line, out of kind, other_record_id, share, starts_date and ends_date."""
    share = pl.format(", {} %", (pl.col("share") * 100).round(2)).fill_null(
        ", share not stated"
    )
    since = pl.format(", since {}", "starts_date").fill_null(", first day not stated")
    until = pl.format(", until {}", "ends_date").fill_null("")
    return pl.format("{} {}{}{}{}", "kind", "other_record_id", share, since, until)


def evidence(facts: pl.DataFrame, kind: str, unit: str, sight: float) -> pl.DataFrame:
    """Rows of evidence out of facts on parties.

    Args:
        facts: party_name, result, observed, threshold, statement, starts_date, origin_id,
            reliability, quality_share, party_origin_id, party_reliability.
        kind: Row of the likelihood table.
        unit: Unit of observed and threshold.
        sight: Detectability of a computed result.
    """
    given = facts.with_columns(
        kind=pl.lit(kind),
        ends_date=pl.lit(None, dtype=pl.Date),
        origin_id=pl.coalesce("origin_id", "party_origin_id"),
        reliability=pl.max_horizontal("reliability", "party_reliability"),
        quality_share=pl.col("quality_share").fill_null(1.0),
        sight_share=pl.lit(sight),
    )
    return answer.rows(given, PARTY, "party_name", unit)
