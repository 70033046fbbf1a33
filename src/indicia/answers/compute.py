"""The compute ledger of one facility: accelerators that its power figures imply, per class.

Counts under stated assumptions, never observations. Each count is conditional on its class; power
never says which class it is, so classes stay apart. Reported and estimated power stay apart too.
"""

import polars as pl

from indicia.answers.reader import Reader
from indicia.scoring.ledger import classes, per_mw
from indicia.scoring.ledger.power import CAPACITY, SITES_SAY, counted

CAVEAT = "Counts under stated assumptions, not observations; power never tells the type."
NOTHING = "No power figure above zero for this facility: power implies no count here."
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
ON_A_BENCHMARK_LIST = r"(?i)^https?://([a-z0-9-]+\.)*top500\.org(/|$)"
KINDS_SAY = {"avg": "average power", "peak": "peak power", CAPACITY: "capacity"}
DAY_FORMATS = {"year": "%Y", "unknown": "about %Y", "month": "%Y-%m", "quarter": "%Y-%m"}
SETTING = ("power_kind", "chip_class", "boundary", "site")
PERCENTILES = ("p05", "p50", "p95")
MOST_FIGURES = 3
CIRCULAR = (
    " Circular: power and compute come from one estimate of one publisher, so neither is a check "
    "of the other."
)
PRIOR_COLUMNS = {
    "quantity": pl.String,
    "chip_class": pl.String,
    "least": pl.Float64,
    "mode": pl.Float64,
    "most": pl.Float64,
    "unit": pl.String,
    "basis": pl.String,
    "status": pl.String,
}


def ledger(store: Reader, facility_id: str) -> pl.DataFrame:
    """Accelerators implied by a facility's power figures: one row per figure and class.

    The figures are the latest observed state per kind of power and basis, and the latest metered
    year that is complete. A figure that is missing or zero gives no row. The stated count is in
    H100 equivalents, another unit than accelerators of a class: beside, never compared.

    Args:
        store: An open store.
        facility_id: The facility.

    Returns:
        Counts to three significant figures, reported power first, the newest first.
    """
    rows = _figures(store, facility_id).join(_candidates(), how="cross")
    found = counted(rows.with_columns(is_power_limited=pl.lit(value=False)))
    return found.select(
        "reading",
        "basis",
        "power_mw",
        "accelerator",
        "chip_class",
        *(
            pl.col(p).round_sig_figs(MOST_FIGURES).alias(f"accelerators_{p}_count")
            for p in PERCENTILES
        ),
        "compute_reported_h100e_count",
        "compute_estimated_h100e_count",
        "note",
        "statement",
        "source",
        "source_url",
        "on_date",
        "power_kind",
        "boundary",
        "site",
    )


def figures(found: pl.DataFrame) -> pl.DataFrame:
    """The power figures behind a ledger, once each, with what was stated beside them.

    Args:
        found: As `ledger` gives it.
    """
    return found.select(
        "reading",
        "compute_reported_h100e_count",
        "compute_estimated_h100e_count",
        "statement",
        "source",
        "source_url",
        "note",
    ).unique(maintain_order=True)


def assumptions(found: pl.DataFrame) -> pl.DataFrame:
    """Every prior that the counts of a ledger were drawn from, once each.

    Args:
        found: As `ledger` gives it.
    """
    settings = found.select(SETTING).unique(maintain_order=True)
    used = dict.fromkeys(p for one in settings.iter_rows() for p in per_mw(*one)[1])
    rows = [tuple(getattr(p, name) for name in PRIOR_COLUMNS) for p in used]
    return pl.DataFrame(rows, schema=PRIOR_COLUMNS, orient="row")


def _candidates() -> pl.DataFrame:
    """The classes that stand side by side where the chip is unknown."""
    candidate = classes().filter(pl.col("is_candidate") == "Y")
    return candidate.select("chip_class", accelerator="says")


def _figures(store: Reader, facility_id: str) -> pl.DataFrame:
    """The power figures that count, with how each is read and what a reader must know of it."""
    figures = store.sql(
        """
        WITH held AS (
            SELECT *, unnest([
                {'basis': 'reported', 'mw': power_reported_mw},
                {'basis': 'estimated', 'mw': power_estimated_mw}
            ], recursive := true)
            FROM facility_state WHERE facility_id = $id AND NOT is_projection
        ),
        latest AS (
            SELECT on_date, date_precision, power_kind, basis, mw, compute_reported_h100e_count,
                   compute_estimated_h100e_count, statement, source, source_url,
                   false AS is_metered
            FROM held WHERE mw IS NOT NULL
            QUALIFY row_number() OVER (
                PARTITION BY power_kind, basis ORDER BY on_date DESC, source) = 1
        ),
        metered AS (
            SELECT make_date(year, 1, 1), 'year', 'avg', 'reported',
                   coalesce(electricity_reported_mwh
                            / (24 * (make_date(year + 1, 1, 1) - make_date(year, 1, 1))),
                            average_reported_mw) AS metered_mw,
                   NULL, NULL, qualifier, source, source_url, true
            FROM power_site_year
            WHERE facility_id = $id AND NOT coalesce(is_partial, false)
                AND metered_mw IS NOT NULL
            ORDER BY year DESC, source LIMIT 1
        ),
        class AS (
            SELECT site_class, country_iso2 FROM facility WHERE facility_id = $id
            ORDER BY source LIMIT 1
        )
        SELECT * FROM (FROM latest UNION ALL FROM metered) LEFT JOIN class ON true
        WHERE mw > 0 AND isfinite(mw)
        ORDER BY basis DESC, on_date DESC, power_kind, is_metered
        """,
        {"id": facility_id},
    )
    site_class = pl.col("site_class").fill_null("unknown")
    is_benchmark = pl.col("source_url").str.contains(ON_A_BENCHMARK_LIST).fill_null(value=False)
    is_hall = (
        (site_class == "ai")
        & (pl.col("country_iso2") == "CN")
        & (pl.col("power_kind") == CAPACITY)
    ).fill_null(value=False)
    return figures.with_columns(
        site_class=site_class,
        power_mw=pl.col("mw"),
        reading=_reading(),
        site=pl.when(is_hall)
        .then(pl.lit(HALL_CN))
        .otherwise(site_class.replace_strict(SITE_OF_CLASS, return_dtype=pl.String)),
        boundary=pl.when(is_benchmark & (pl.col("power_kind") == "peak"))
        .then(pl.lit("system"))
        .otherwise(pl.lit("facility")),
    ).with_columns(note=_note())


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
    mw = pl.col("mw").round_sig_figs(MOST_FIGURES).cast(pl.String).str.strip_suffix(".0")
    return pl.format("{}, {}, {}: {} MW", kind, pl.col("basis"), day, mw)


def _note() -> pl.Expr:
    """How a figure is read, and what its number does not tell."""
    site = pl.col("site").replace_strict(SITES_SAY, return_dtype=pl.String)
    is_system = pl.col("boundary") == "system"
    read = (
        pl.when(is_system)
        .then(pl.format("Read as the computing system alone, by a benchmark list; {}.", site))
        .otherwise(pl.format("Read as power of the whole facility; {}.", site))
    )
    for_scale = (
        pl.when(pl.col("site_class").is_in(UNUSUAL))
        .then(pl.lit(" The site is not published as one for AI: for scale only."))
        .otherwise(pl.lit(""))
    )
    own = (
        pl.when(pl.col("site_class").is_in(NO_OWN_PRIOR) & ~is_system)
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
    return pl.concat_str(read, own, circular)
