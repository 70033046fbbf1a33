"""Where facilities are said to be, how closely and since when that is known, and which are not drawn.

A box is (west, south, east, north) in degrees. A quarter is `2024-Q3`; `ALL` is everything on record.
"""

from datetime import date

import polars as pl

from indicia.answers.reader import Reader
from indicia.reference import tables

Box = tuple[float, float, float, float]
WORLD: Box = (-180, -90, 180, 90)
ALL = "all"
# Beyond this many places a browser needs seconds to draw them one by one.
MOST_PLACES = 3000
MOST_LISTED = 1000
ONE_FACILITY = """
    SELECT * FROM facility
    QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY source) = 1
"""
# The first date on record; of a site that is only planned, the first date of its plan.
FIRST_DATES = """
    SELECT facility_id, coalesce(min(on_date) FILTER (NOT is_projection), min(on_date)) AS first_date
    FROM (SELECT facility_id, on_date, coalesce(is_projection, FALSE) AS is_projection FROM facility_state
          UNION ALL SELECT facility_id, make_date(year, 1, 1), FALSE FROM power_site_year)
    GROUP BY facility_id
"""
IS_DRAWN = """f.coord_precision IN ('site', 'city', 'county')
          AND f.latitude_deg IS NOT NULL AND f.longitude_deg IS NOT NULL"""
DRAWN = f"""
    SELECT f.facility_id, f.name, f.country_iso2, f.place, f.coord_precision, f.latitude_deg, f.longitude_deg,
           d.first_date, a.verdict, a.support_bans, a.coverage_share
    FROM ({ONE_FACILITY}) f LEFT JOIN ({FIRST_DATES}) d USING (facility_id)
    LEFT JOIN assessment a USING (facility_id)
    WHERE {IS_DRAWN} AND (d.first_date IS NULL OR d.first_date <= $until)
      AND f.longitude_deg BETWEEN $west AND $east AND f.latitude_deg BETWEEN $south AND $north
"""
STRONGEST_VERDICT = """arg_min(verdict, CASE verdict WHEN 'lead' THEN 1 WHEN 'watch' THEN 2
                   WHEN 'no lead' THEN 3 ELSE 4 END)"""


def quarters(store: Reader) -> list[str]:
    """Every quarter from the first facility on record to the last; empty where none has a date."""
    first, last = store.sql(
        f"SELECT min(first_date), max(first_date) FROM ({FIRST_DATES})"
    ).row(0)
    if first is None:
        return []
    starts = pl.date_range(first, last, "1mo", eager=True).append(pl.Series([last])).dt
    said = (
        pl.DataFrame({"year": starts.year(), "quarter": starts.quarter()})
        .unique()
        .sort("year", "quarter")
    )
    return said.select(pl.format("{}-Q{}", "year", "quarter")).to_series().to_list()


def until_day(quarter: str) -> date:
    """The last day of a quarter; the end of time for anything else."""
    year, _, number = quarter.partition("-Q")
    if not (year.isdecimal() and number in {"1", "2", "3", "4"}):
        return date.max
    first_after = 12 * int(year) + 3 * int(number)
    return date.fromordinal(date(first_after // 12, first_after % 12 + 1, 1).toordinal() - 1)


def is_dense(store: Reader, until: str = ALL, box: Box = WORLD) -> bool:
    """Whether more places lie in a box than can be drawn one by one."""
    places = store.sql(
        f"SELECT count(DISTINCT (latitude_deg, longitude_deg, coord_precision)) FROM ({DRAWN})",
        _asked(until, box),
    )
    return bool(places.item() > MOST_PLACES)


def points(store: Reader, chosen: str = "", until: str = ALL, box: Box = WORLD) -> pl.DataFrame:
    """Places to draw, one row per coordinate and precision, with every facility known there.

    Only places known to site, city or county are here; the rest are in `undrawn`. A facility without
    a date is in every quarter, and counted as undated.

    Returns:
        name, facilities_count, coord_precision, verdict, support_bans, coverage_share (of the one with
        the strongest support), first_date, undated_count, latitude_deg, longitude_deg, facility_id,
        is_chosen.
    """
    return store.sql(
        f"""
        WITH drawn AS ({DRAWN})
        SELECT CASE count(*) WHEN 1 THEN min(name)
                   ELSE count(*) || ' facilities, among them ' || min(name) END AS name,
               count(*) AS facilities_count, coord_precision, {STRONGEST_VERDICT} AS verdict,
               max(support_bans) FILTER (verdict <> 'reference site') AS support_bans,
               coalesce(arg_max(coverage_share, support_bans) FILTER (verdict <> 'reference site'),
                        max(coverage_share)) AS coverage_share,
               min(first_date) AS first_date, count(*) FILTER (first_date IS NULL) AS undated_count,
               latitude_deg, longitude_deg, min(facility_id) AS facility_id,
               bool_or(facility_id = $chosen) AS is_chosen
        FROM drawn GROUP BY latitude_deg, longitude_deg, coord_precision
        ORDER BY support_bans DESC NULLS LAST, facilities_count DESC, facility_id
        """,
        {**_asked(until, box), "chosen": chosen},
    ).with_columns(
        pl.col("verdict").fill_null("not assessed"), pl.col("is_chosen").fill_null(value=False)
    )


def why_unmarked(store: Reader, facility_id: str) -> str:
    """Why a facility that a link asks for cannot be marked on the map; empty where it can be."""
    held = store.sql(
        f"SELECT {IS_DRAWN} FROM ({ONE_FACILITY}) f WHERE f.facility_id = ?", [facility_id]
    )
    if held.is_empty():
        return "This version of the data holds no facility with the id in the link:"
    if not held.item():
        return "The place of the facility in the link is not known closely enough to be drawn:"
    return ""


def density(store: Reader, step_deg: float, until: str = ALL, box: Box = WORLD) -> pl.DataFrame:
    """Facilities per cell of a grid, where there are too many to draw one by one.

    Returns:
        cell (its key), facilities_count, sites_count (known to the site), review_count (lead or watch),
        support_bans (the strongest), undated_count, latitude_deg, longitude_deg (its middle), step_deg.
    """
    return store.sql(
        f"""
        WITH drawn AS ({DRAWN})
        SELECT {CELL} AS cell, count(*) AS facilities_count,
               count(*) FILTER (coord_precision = 'site') AS sites_count,
               count(*) FILTER (verdict IN ('lead', 'watch')) AS review_count,
               max(support_bans) FILTER (verdict <> 'reference site') AS support_bans,
               count(*) FILTER (first_date IS NULL) AS undated_count,
               (floor(any_value(latitude_deg) / $step) + 0.5) * $step AS latitude_deg,
               (floor(any_value(longitude_deg) / $step) + 0.5) * $step AS longitude_deg,
               $step AS step_deg
        FROM drawn GROUP BY cell ORDER BY facilities_count DESC, cell
        """,
        {**_asked(until, box), "step": step_deg},
    )


CELL = (
    "concat(floor(longitude_deg / $step)::INTEGER, ':', floor(latitude_deg / $step)::INTEGER)"
)


def in_cell(store: Reader, cell: str, step_deg: float, until: str = ALL) -> pl.DataFrame:
    """Facilities of one cell, the strongest support first, at most `MOST_LISTED`."""
    return store.sql(
        f"""
        SELECT name, country_iso2, place, coord_precision, verdict, support_bans, coverage_share, first_date,
               facility_id
        FROM ({DRAWN}) WHERE {CELL} = $cell
        ORDER BY support_bans DESC NULLS LAST, facility_id LIMIT {MOST_LISTED}
        """,
        {**_asked(until, WORLD), "step": step_deg, "cell": cell},
    )


def undated(store: Reader) -> pl.DataFrame:
    """Facilities on the map without any date, at most `MOST_LISTED`; they are drawn in every quarter."""
    return store.sql(
        f"""
        SELECT name, country_iso2, place, coord_precision, verdict, facility_id
        FROM ({DRAWN}) WHERE first_date IS NULL ORDER BY name, facility_id LIMIT {MOST_LISTED}
        """,
        _asked(ALL, WORLD),
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


def hubs() -> pl.DataFrame:
    """Hubs of the trade: iso2, name, status, reason, longitude_deg, latitude_deg."""
    countries = (
        tables.table("countries").unique("iso2", keep="first").select("iso2", "iso3", "name")
    )
    return (
        tables.table("hubs")
        .join(countries, on="iso2", how="left", maintain_order="left")
        .join(country_points(), on="iso3", how="inner", maintain_order="left")
        .select("iso2", "name", "status", "reason", "longitude_deg", "latitude_deg")
    )


def country_points() -> pl.DataFrame:
    """One point per country: iso3, longitude_deg, latitude_deg."""
    return tables.table("country_points").with_columns(pl.col("^.*_deg$").cast(pl.Float64))


def total(rows: pl.DataFrame) -> int:
    """Facilities that a frame of counts stands for."""
    return int(rows["facilities_count"].sum())


def in_words(rows: pl.DataFrame, until: str) -> str:
    """How many facilities and places (or squares) are drawn, until when, and how many have no date."""
    when = "on record" if until == ALL else f"on record by the end of {until}"
    return (
        f"{total(rows):,} facilities {when}, in {rows.height:,} rows; {int(rows['undated_count'].sum()):,} of "
        "them have no date and are drawn in every quarter."
    )


def _asked(until: str, box: Box) -> dict[str, object]:
    west, south, east, north = box
    return {
        "until": until_day(until),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }
