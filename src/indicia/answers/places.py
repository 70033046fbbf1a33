"""Where facilities are said to be, how closely that is known, and which are not drawn."""

import polars as pl

from indicia.answers.reader import Reader

ONE_FACILITY = """
    SELECT * FROM facility
    QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY source) = 1
"""


def points(store: Reader, chosen: str = "") -> pl.DataFrame:
    """Places to draw, one row per coordinate and precision, with every facility known there.

    Only places known to site, city or county are here; the rest are in `undrawn`.
    """
    return store.sql(
        f"""
        WITH place AS ({ONE_FACILITY})
        SELECT CASE count(*) WHEN 1 THEN min(f.name)
                   ELSE count(*) || ' facilities, among them ' || min(f.name) END AS name,
               count(*) AS facilities_count, f.coord_precision,
               arg_min(a.verdict, CASE a.verdict WHEN 'lead' THEN 1 WHEN 'watch' THEN 2
                   WHEN 'no lead' THEN 3 ELSE 4 END) AS verdict,
               max(a.support_bans) FILTER (a.verdict <> 'reference site') AS support_bans,
               f.latitude_deg, f.longitude_deg, min(f.facility_id) AS facility_id,
               bool_or(f.facility_id = ?) AS is_chosen
        FROM place f LEFT JOIN assessment a USING (facility_id)
        WHERE f.coord_precision IN ('site', 'city', 'county')
          AND f.latitude_deg IS NOT NULL AND f.longitude_deg IS NOT NULL
        GROUP BY f.latitude_deg, f.longitude_deg, f.coord_precision
        ORDER BY support_bans DESC NULLS LAST, facilities_count DESC, facility_id
        """,
        [chosen],
    ).with_columns(
        pl.col("verdict").fill_null("not assessed"), pl.col("is_chosen").fill_null(value=False)
    )


def undrawn(store: Reader) -> pl.DataFrame:
    """Facilities that are not drawn, by country and by how closely their place is known."""
    return store.sql(f"""
        WITH place AS ({ONE_FACILITY})
        SELECT country_iso2, coalesce(coord_precision, 'unknown') AS coord_precision,
               count(*) AS facilities_count, min(name) AS for_example
        FROM place
        WHERE coalesce(coord_precision, 'unknown') NOT IN ('site', 'city', 'county')
           OR latitude_deg IS NULL OR longitude_deg IS NULL
        GROUP BY ALL ORDER BY facilities_count DESC, country_iso2, coord_precision
    """)


def at_place(store: Reader, facility_id: str) -> pl.DataFrame:
    """Every facility drawn at the same place and precision as this one."""
    return store.sql(
        f"""
        WITH place AS ({ONE_FACILITY}),
        here AS (SELECT * FROM place WHERE facility_id = ?)
        SELECT f.facility_id, f.name, f.country_iso2, f.place, f.coord_precision
        FROM place f JOIN here h USING (latitude_deg, longitude_deg, coord_precision)
        ORDER BY f.name, f.facility_id
        """,
        [facility_id],
    )


def total(rows: pl.DataFrame) -> int:
    """Facilities that a frame of counts stands for."""
    return int(rows["facilities_count"].sum())
