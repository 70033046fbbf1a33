"""The power figures of facilities: which count, how each is read, and what a reader must know of it."""

import polars as pl

from indicia.answers.compute.scopes import Period
from indicia.answers.reader import Reader
from indicia.schema import figure
from indicia.scoring.ledger.named import HAS_NONE
from indicia.scoring.ledger.power import CAPACITY, SITES_SAY

SITE_OF_CLASS = {
    "ai": "ai",
    "supercomputer": "research",
    "cloud": "colocation",
    "colocation": "colocation",
    "telecom": "colocation",
    "crypto": "colocation",
    "industry": "colocation",
    "unknown": "colocation",
}
NO_OWN_PRIOR = ("cloud", "telecom", "crypto", "industry", "unknown")
UNUSUAL = ("crypto", "industry")
HALL_CN = "hall_cn"
KINDS_SAY = {"avg": "average power", "peak": "peak power", CAPACITY: "capacity"}
BOUNDARY_SAYS = {
    "facility": "power of the whole facility",
    "it": "IT load without cooling",
    "system": "the computing system alone",
}
DAY_FORMATS = {"year": "%Y", "unknown": "about %Y", "month": "%Y-%m", "quarter": "%Y-%m"}
MOST_FIGURES = 3
CIRCULAR = (
    " Circular: power and compute come from one estimate of one publisher, so neither is a check "
    "of the other."
)
FIGURES = """
    WITH held AS (
        SELECT *, unnest([
            {'basis': 'reported', 'mw': power_reported_mw},
            {'basis': 'estimated', 'mw': power_estimated_mw}
        ], recursive := true)
        FROM facility_state
        WHERE list_contains($ids, facility_id) AND (CAST($last AS DATE) IS NULL OR on_date <= $last)
    ),
    latest AS (
        SELECT facility_id, is_projection, on_date, date_precision, power_kind, boundary, basis, mw,
               compute_reported_h100e_count, compute_estimated_h100e_count, statement,
               estimate_reason, source, source_url, false AS is_metered
        FROM held WHERE mw IS NOT NULL
        QUALIFY row_number() OVER (
            PARTITION BY facility_id, is_projection, power_kind, basis
            ORDER BY on_date DESC, source) = 1
    ),
    metered AS (
        SELECT facility_id, false, make_date(year, 1, 1) AS first_day, 'year', 'avg', 'facility',
               'reported',
               coalesce(electricity_reported_mwh
                        / (24 * (make_date(year + 1, 1, 1) - make_date(year, 1, 1))),
                        average_reported_mw) AS metered_mw,
               NULL, NULL, qualifier, NULL, source, source_url, true
        FROM power_site_year
        WHERE list_contains($ids, facility_id) AND NOT coalesce(is_partial, false)
            AND metered_mw IS NOT NULL
            AND (CAST($last AS DATE) IS NULL OR make_date(year, 12, 31) <= $last)
            AND (CAST($first AS DATE) IS NULL OR first_day >= $first)
        QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY year DESC, source) = 1
    ),
    class AS (
        SELECT facility_id, name, site_class, country_iso2 FROM facility
        WHERE list_contains($ids, facility_id)
        QUALIFY row_number() OVER (PARTITION BY facility_id ORDER BY source) = 1
    )
    SELECT * FROM (FROM latest UNION ALL FROM metered) LEFT JOIN class USING (facility_id)
    WHERE mw > 0 AND isfinite(mw)
    ORDER BY is_projection, basis DESC, on_date DESC, power_kind, is_metered, facility_id
"""


def figures(store: Reader, facilities: pl.DataFrame, period: Period) -> pl.DataFrame:
    """The latest power figure per facility, kind and basis by the end of a period, observed and planned.

    A state holds until the next one, so one from before the period still speaks; a metered year must
    lie inside it. A latest figure of zero gives no row, nor does an earlier one then.

    Args:
        store: An open store.
        facilities: `facility_id`.
        period: The period.

    Returns:
        One row per figure with `row`, `reading`, `site`, `boundary`, `power_mw`, `note`.
    """
    asked = {
        "ids": facilities["facility_id"].to_list(),
        "first": period.first,
        "last": period.last,
    }
    found = store.sql(FIGURES, asked)
    site_class = pl.col("site_class").fill_null("unknown")
    is_hall = (
        (site_class == "ai")
        & (pl.col("country_iso2") == "CN")
        & (pl.col("power_kind") == CAPACITY)
    ).fill_null(value=False)
    return (
        found.with_columns(
            site_class=site_class,
            power_mw=pl.col("mw"),
            reading=_reading(),
            text=pl.concat_str(
                "statement", "estimate_reason", separator=" ", ignore_nulls=True
            ),
            site=pl.when(is_hall)
            .then(pl.lit(HALL_CN))
            .otherwise(site_class.replace_strict(SITE_OF_CLASS, return_dtype=pl.String)),
            is_boundary_stated=pl.col("boundary").is_not_null(),
            boundary=pl.col("boundary").fill_null("facility"),
            is_for_scale=site_class.is_in(UNUSUAL),
        )
        .with_columns(
            note=_note(), has_none=pl.col("text").str.contains(HAS_NONE).fill_null(value=False)
        )
        .with_row_index("row")
    )


def _reading() -> pl.Expr:
    """A figure in words, for example `peak power, estimated, 2025-11-07: 498 MW`."""
    day = pl.col("on_date").dt.strftime("%Y-%m-%d")
    for precision, pattern in DAY_FORMATS.items():
        coarser = pl.col("on_date").dt.strftime(pattern)
        day = pl.when(pl.col("date_precision") == precision).then(coarser).otherwise(day)
    kind = (
        pl.when(pl.col("is_metered"))
        .then(pl.lit("metered average"))
        .otherwise(pl.col("power_kind").replace_strict(KINDS_SAY, return_dtype=pl.String))
    )
    planned = pl.when(pl.col("is_projection")).then(pl.lit("planned ")).otherwise(pl.lit(""))
    mw = figure(pl.col("mw").round_sig_figs(MOST_FIGURES)).str.strip_suffix(".0")
    return pl.format("{}{}, {}, {}: {} MW", planned, kind, pl.col("basis"), day, mw)


def _note() -> pl.Expr:
    """How a figure is read, and what its number does not tell."""
    site = pl.col("site").replace_strict(SITES_SAY, return_dtype=pl.String)
    covers = pl.col("boundary").replace_strict(BOUNDARY_SAYS, return_dtype=pl.String)
    stated = (
        pl.when(pl.col("is_boundary_stated"))
        .then(pl.lit(""))
        .otherwise(pl.lit(" (boundary not stated)"))
    )
    read = pl.format("Read as {}{}; {}.", covers, stated, site)
    plan = (
        pl.when(pl.col("is_projection"))
        .then(pl.lit(" A plan or forecast, not an observation."))
        .otherwise(pl.lit(""))
    )
    for_scale = (
        pl.when(pl.col("is_for_scale"))
        .then(pl.lit(" The site is not published as one for AI: for scale only."))
        .otherwise(pl.lit(""))
    )
    own = (
        pl.when(pl.col("site_class").is_in(NO_OWN_PRIOR) & (pl.col("boundary") != "system"))
        .then(
            pl.format(
                " No share of power is known for class {}: that of several tenants is used.{}",
                pl.col("site_class"),
                for_scale,
            )
        )
        .otherwise(pl.lit(""))
    )
    is_one_estimate = (pl.col("basis") == "estimated") & pl.col(
        "compute_estimated_h100e_count"
    ).is_not_null()
    circular = pl.when(is_one_estimate).then(pl.lit(CIRCULAR)).otherwise(pl.lit(""))
    return pl.concat_str(read, plan, own, circular)
