"""A line of load per facility, small enough for a list: its own meter, else its zone's base load, never mixed up."""

from collections.abc import Sequence

import polars as pl

from indicia.answers.reader import Reader

MOST_MONTHS, LEAST_POINTS = 36, 2


def loads(store: Reader, facility_ids: Sequence[str]) -> pl.DataFrame:
    """The load line of each facility that has one.

    A zone's line is the load of everything in the zone; `load_of` says so on every row.

    Args:
        store: The store.
        facility_ids: Which; the rows that are shown.

    Returns:
        facility_id, load_line (list of MW, the oldest first), load_of (whose load it is, in words).
    """
    return store.sql(
        f"""
        WITH shown AS (SELECT unnest($ids::VARCHAR[]) AS facility_id),
        own AS (
            SELECT facility_id, year, max(coalesce(average_reported_mw, electricity_reported_mwh
                       / (24 * date_diff('day', make_date(year, 1, 1), make_date(year + 1, 1, 1))))) AS mw
            FROM power_site_year SEMI JOIN shown USING (facility_id)
            WHERE coalesce(average_reported_mw, electricity_reported_mwh) IS NOT NULL
            GROUP BY ALL
        ),
        metered AS (
            SELECT facility_id, list(mw ORDER BY year) AS load_line,
                   'own meter, years ' || min(year) || ' to ' || max(year) AS load_of
            FROM own GROUP BY ALL HAVING count(*) >= {LEAST_POINTS}
        ),
        near AS (
            SELECT facility_id, scope_id AS zone_id, weight_share FROM exposure
            SEMI JOIN shown USING (facility_id) WHERE scope_kind = 'zone'
            QUALIFY row_number() OVER (
                PARTITION BY facility_id ORDER BY weight_share DESC, scope_id) = 1
        ),
        month AS (
            SELECT zone_id, month_date, max(base_load_mw) AS mw FROM power_load_month
            SEMI JOIN near USING (zone_id) WHERE base_load_mw IS NOT NULL GROUP BY zone_id, month_date
            QUALIFY row_number() OVER (PARTITION BY zone_id ORDER BY month_date DESC)
                <= {MOST_MONTHS}
        ),
        zone AS (
            SELECT zone_id, list(mw ORDER BY month_date) AS load_line FROM month
            GROUP BY ALL HAVING count(*) >= {LEAST_POINTS}
        )
        SELECT * FROM metered
        UNION ALL
        SELECT facility_id, load_line, 'whole zone ' || zone_id || ', not the site (exposure '
               || round(weight_share, 3) || ')'
        FROM near JOIN zone USING (zone_id) ANTI JOIN metered USING (facility_id)
        ORDER BY facility_id
        """,
        {"ids": list(facility_ids)},
    )


def beside(store: Reader, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of facilities with `load_line` and `load_of`; empty where nothing is published."""
    found = loads(store, rows["facility_id"].to_list())
    return rows.join(found, on="facility_id", how="left", maintain_order="left")
