"""Capacity or spending without staff: fewer people than the least that so many megawatts are run by.

Unit: ratio. Reads: headcount_statement (count), facility_state and power_site_year (MW), shipment (US$).
Benign causes: contractors and parents that run the site, automation, goods bought for others.
Method: docs/indicators/S04.md.
"""

from functools import cache

import duckdb
import numpy as np
import polars as pl

from indicia.indicators import organisations
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.campus_step import HOURS_IN_YEAR
from indicia.indicators.detectability import share
from indicia.indicators.unit_values import CODES
from indicia.reference import tables
from indicia.reference.compute.draws import Sheet
from indicia.reference.compute.needs import KW_PER_MW, facility_kw, per_measure
from indicia.reference.compute.priors import candidates
from indicia.schema import (
    FACILITY_PARTY,
    FACILITY_STATE,
    HEADCOUNT_STATEMENT,
    POWER_SITE_YEAR,
    SHIPMENT,
    figure,
)

CODE = "S04"
KIND = "capacity_without_staff"
CUT = 1.0
LOW = 0.05
MONTHS = "12mo"
# People are counted one by one: below one, fewer than the least is nobody at all.
LEAST_STAFF = 1.0
QUOTES = 5

STAFF = """
SELECT organisation AS published_by, on_date,
       coalesce(headcount_reported_count, headcount_estimated_count) AS people,
       CASE WHEN headcount_reported_count IS NULL THEN 'estimated' ELSE 'reported' END AS basis,
       concat('organisation=', organisation, ', division=', division, ', on_date=', on_date,
              ', statement_id=', statement_id) AS row_key,
       source, source_url, fetch_id, origin_id, reliability
FROM headcount_statement
WHERE kind = 'whole organisation'
  AND coalesce(headcount_reported_count, headcount_estimated_count) > 0
"""
POWER = f"""
SELECT facility_id, power_kind, on_date, power_reported_mw AS mw, '{FACILITY_STATE.name}' AS table_name,
       concat('facility_id=', published_id, ', on_date=', on_date, ', power_kind=', power_kind)
         AS row_key, source, source_url, fetch_id
FROM united_facility_state WHERE NOT is_projection AND power_reported_mw > 0
UNION ALL
SELECT facility_id, 'avg', CAST(concat(year, '-12-31') AS DATE),
       coalesce(average_reported_mw, electricity_reported_mwh / {HOURS_IN_YEAR}.0),
       '{POWER_SITE_YEAR.name}', concat('facility_id=', published_id, ', year=', year),
       source, source_url, fetch_id
FROM united_power_site_year
WHERE NOT coalesce(is_partial, FALSE)
  AND coalesce(average_reported_mw, electricity_reported_mwh) > 0
"""
GOODS = f"""
SELECT trim(consignee_name) AS published_by, shipment_id, shipped_date, value_reported_usd AS usd,
       concat('shipment_id=', shipment_id) AS row_key, source, source_url, fetch_id
FROM shipment
WHERE substr(hs_code, 1, 6) IN ({CODES}) AND value_reported_usd > 0 AND consignee_name IS NOT NULL
"""


@cache
def least_staff_per_mw() -> float:
    """The least that a site in operation is run by: the usual number less twice its spread."""
    stated = tables.settings()["staff"]
    return float(stated["workers_per_mw"] - 2 * stated["spread_per_mw"])


@cache
def mw_per_usd() -> float:
    """The least power that a dollar's worth of servers needs at a site: 5th percentile, least class."""
    sheets = [Sheet(c) for c in candidates()]
    kw = [np.quantile(per_measure("value_usd", s) * facility_kw(s), LOW) for s in sheets]
    return float(min(kw)) / KW_PER_MW


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Hold the newest headcount of each organisation against what it ran and bought by then."""
    parties = organisations.reached(db)
    staff = (
        organisations.named(db, db.sql(STAFF).pl(), "published_by")
        .sort("on_date", "people", "row_key", descending=[True, True, False])
        .unique("organisation", keep="first", maintain_order=True)
    )
    day = staff.select("organisation", day="on_date")
    power = _power(db, day)
    goods = (
        organisations.named(db, db.sql(GOODS).pl(), "published_by")
        .join(day, on="organisation")
        .filter(
            pl.col("shipped_date") <= pl.col("day"),
            pl.col("shipped_date") > pl.col("day").dt.offset_by(f"-{MONTHS}"),
        )
    )
    facts = (
        parties.join(staff, on="organisation", how="left")
        .join(power.group_by("organisation").agg(site_mw=pl.col("mw").sum()), on="organisation", how="left")
        .join(goods.group_by("organisation").agg(usd=pl.col("usd").sum()), on="organisation", how="left")
    )  # fmt: skip
    sources = pl.concat(
        [
            organisations.cited(
                staff, HEADCOUNT_STATEMENT.name, pl.format("{} people", _whole("people"))
            ),
            *(
                organisations.cited(
                    power.filter(pl.col("table_name") == table),
                    table,
                    pl.format("{} MW reported", figure(pl.col("mw").round(2))),
                )
                for table in (FACILITY_STATE.name, POWER_SITE_YEAR.name)
            ),
            organisations.cited(
                goods.sort("usd", "row_key", descending=[True, False])
                .group_by("organisation", maintain_order=True)
                .head(QUOTES),
                SHIPMENT.name,
                pl.format("US$ {}", _whole("usd")),
            ),
        ]
    )
    return answered(
        CODE,
        organisations.evidence(
            _judged(facts), "ratio", share(CODE, organisations.ORGANISATION)
        ),
        sources,
    )


def _whole(column: str) -> pl.Expr:
    return figure(pl.col(column).round().cast(pl.Int64))


def _power(db: duckdb.DuckDBPyConnection, day: pl.DataFrame) -> pl.DataFrame:
    """Sites an organisation owns or operates, by the newest report until the day of its headcount.

    Of an average, a peak and a capacity the smallest counts: a hall that stands empty needs nobody.
    """
    runs = (
        organisations.held(db)
        .filter(
            pl.col("role").is_in(["owner", "operator"]), pl.col("certainty") != "speculative"
        )
        .select("organisation", "facility_id")
        .unique()
    )
    site = ["organisation", "facility_id"]
    return (
        runs.join(day, on="organisation")
        .join(db.sql(POWER).pl(), on="facility_id")
        .filter(pl.col("on_date") <= pl.col("day"))
        .sort(*site, "power_kind", "on_date", "source", "row_key")
        .unique([*site, "power_kind"], keep="last", maintain_order=True)
        .sort(*site, "mw", "row_key")
        .unique(site, keep="first", maintain_order=True)
    )


def _judged(facts: pl.DataFrame) -> pl.DataFrame:
    bought_mw = pl.col("usd") * mw_per_usd()
    mw = pl.max_horizontal("site_mw", bought_mw)
    least = mw * least_staff_per_mw()
    has_both = pl.col("people").is_not_null() & mw.is_not_null()
    ratio = least / pl.col("people")
    result = (
        pl.when(~has_both)
        .then(pl.lit("no_data"))
        .when(least < LEAST_STAFF)
        .then(pl.lit("not_applicable"))
        .when(ratio >= CUT)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    sides = pl.concat_str(
        pl.when(pl.col("site_mw").is_not_null()).then(
            pl.format(
                "its sites draw or hold {} MW as reported", figure(pl.col("site_mw").round(1))
            )
        ),
        pl.when(pl.col("usd").is_not_null()).then(
            pl.format(
                "servers and parts of US$ {} million came to it in twelve months, which need {} MW at "
                "the least",
                figure((pl.col("usd") / 1e6).round(1)),
                figure(bought_mw.round(1)),
            )
        ),
        separator="; ",
        ignore_nulls=True,
    )
    statement = (
        pl.when(pl.col("people").is_null())
        .then(pl.lit("No headcount of the whole organisation is at hand."))
        .when(~has_both)
        .then(pl.lit("No reported power of its sites and no shipments to it by the day of its headcount."))
        .when(least < LEAST_STAFF)
        .then(pl.lit("So little power is run by one person or none; fewer cannot be told."))
        .otherwise(
            pl.format(
                "{} people ({}) on {}; {}; the least that runs so much is {}.",
                _whole("people"),
                "basis",
                "on_date",
                sides,
                figure(least.round(1)),
            )
        )
    )  # fmt: skip
    return facts.with_columns(
        result=result,
        statement=statement,
        kind=pl.lit(KIND),
        observed=ratio,
        threshold=pl.lit(CUT),
        starts_date="on_date",
        ends_date="on_date",
    )


INDICATOR = Indicator(
    code=CODE,
    family="staffing",
    title="More power or hardware than so few people run",
    unit="ratio",
    scope_kinds=(organisations.ORGANISATION,),
    reads=(HEADCOUNT_STATEMENT, FACILITY_STATE, POWER_SITE_YEAR, SHIPMENT, FACILITY_PARTY),
    threshold=CUT,
    benign_causes=(
        "contractors, a landlord or a parent that run the site",
        "a hall that is built or let, and not yet run",
        "goods bought for a customer or a sister company",
        "a headcount of one company of a group",
    ),
    compute=compute,
    kinds=(KIND,),
)
