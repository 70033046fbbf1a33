"""Trade lanes: which are asked, in which order, what speaks for and against, and their reported trade.

A lane is `EXP>IMP` in ISO 3166-1 alpha-3. Values are US$ as reported or estimated by customs.
"""

import polars as pl

from indicia.answers import subjects
from indicia.answers.reader import Reader
from indicia.answers.subjects import MOST_ROWS, Explanation, Filters
from indicia.indicators.lane_flows import CODES
from indicia.scoring.models import LANE

KIND = LANE.kind
# Columns of the list, in the order in which a reader weighs them.
SHOWN = (
    "name", "verdict_words", "support_bans", "rival_words", "families", "coverage", "flags", "reason", "doubt",
    "is_prior_driven", "prior_class", "subject_id",
)  # fmt: skip
__all__ = [
    "SHOWN",
    "Explanation",
    "Filters",
    "coverage",
    "explain",
    "ranked",
    "reference_lanes",
    "tally",
    "trade",
]


def ranked(
    store: Reader, filters: Filters | None = None, limit: int = MOST_ROWS
) -> pl.DataFrame:
    """Lanes of which L1 can be asked, in order; columns of `subjects.ranked`."""
    return subjects.ranked(store, KIND, filters, limit)


def reference_lanes(
    store: Reader, filters: Filters | None = None, limit: int = MOST_ROWS
) -> pl.DataFrame:
    """Lanes measured for comparison, never ranked as leads; columns of `subjects.ranked`."""
    return subjects.apart(store, KIND, filters, limit)


def tally(store: Reader) -> dict[str, int]:
    """How many lanes stand at each verdict."""
    return subjects.tally(store, KIND)


def coverage(store: Reader) -> pl.DataFrame:
    """The four results of every indicator over all lanes."""
    return subjects.coverage(store, KIND)


def explain(store: Reader, lane: str) -> Explanation | None:
    """Why one lane stands where it stands; None where it was not assessed."""
    return subjects.explain(store, KIND, lane.strip().upper())


def trade(store: Reader, lane: str) -> pl.DataFrame:
    """What importer and exporter report of the basket on one lane, side by side, never added up.

    Returns:
        frequency, period, reported_by (importer or exporter), source, hs_code, value_usd,
        is_estimate, net_weight_kg; by frequency and period.
    """
    exporter, _, importer = lane.strip().upper().partition(">")
    return store.sql(
        f"""
        SELECT frequency, period, CASE flow WHEN 'M' THEN 'importer' ELSE 'exporter' END AS reported_by,
               source, hs_code, coalesce(value_reported_usd, value_estimated_usd) AS value_usd,
               value_reported_usd IS NULL AS is_estimate,
               coalesce(net_weight_reported_kg, net_weight_estimated_kg) AS net_weight_kg
        FROM customs_flow
        WHERE (position('+' IN hs_code) > 0 OR substr(hs_code, 1, 6) IN ({CODES}))
          AND ((flow = 'M' AND reporter_iso3 = $importer AND partner_iso3 = $exporter)
            OR (flow = 'X' AND reporter_iso3 = $exporter AND partner_iso3 = $importer))
        ORDER BY ALL
        """,
        {"exporter": exporter, "importer": importer},
    )
