"""What every indicator of a lane shares: which lanes are seen, their periods as days, their evidence.

A lane `EXP>IMP` is two countries; months are counted from year 0, years are years.
"""

import polars as pl

from indicia.indicators import null_tail
from indicia.indicators.detectability import share
from indicia.indicators.lane_flows import CODES

CUT = 3.5
# Below the floor a lane is small enough that one shipment makes it stand out.
YEAR_FLOOR_USD, MONTH_FLOOR_USD = 50e6, 5e6
# What is not reported, or less than a hundredth of the floor, counts as that hundredth.
NOTHING_SHARE = 0.01
NO_BASKET = "No code of the basket of computing hardware is reported on this lane."
IN_BASKET = f"(position('+' IN hs_code) > 0 OR substr(hs_code, 1, 6) IN ({CODES}))"
EXPORTER = "CASE WHEN flow IN ('X', 'RX', 'DX') THEN reporter_iso3 ELSE partner_iso3 END"
IMPORTER = "CASE WHEN flow IN ('X', 'RX', 'DX') THEN partner_iso3 ELSE reporter_iso3 END"
# Of a row `c` of customs_flow: its key, and its value as it stands.
ROW_KEY = """concat('reporter_iso3=', c.reporter_iso3, ', partner_iso3=', c.partner_iso3, ', flow=', c.flow,
              ', hs_code=', c.hs_code, ', frequency=', c.frequency, ', period=', c.period)"""
MILLIONS = """concat('US$ ', round(coalesce(c.value_reported_usd, c.value_estimated_usd) / 1e6, 3),
              ' million')"""


def seen(asked: str, more: str = "") -> str:
    """A common table expression `seen`: every lane in customs_flow, and whether it is asked.

    Args:
        asked: Condition over a row of customs_flow under which its lane is asked.
        more: Further rows (exporter, importer, is_asked, origin_id, reliability) to unite.

    Returns:
        SQL. `seen` has exporter, importer, is_asked (1 or 0), origin_id and reliability.
    """
    return f"""passing AS (
  SELECT {EXPORTER} AS exporter, {IMPORTER} AS importer,
         CASE WHEN {asked} THEN 1 ELSE 0 END AS is_asked, origin_id, reliability
  FROM customs_flow{more}
), seen AS (
  SELECT exporter, importer, max(is_asked) AS is_asked, min(origin_id) AS origin_id,
         max(reliability) AS reliability
  FROM passing WHERE exporter <> 'W00' AND importer <> 'W00' GROUP BY exporter, importer
)"""


def lists(table: str, code: str = "''") -> str:
    """A common table expression `lists`: every judged z of a lane, with its period, for its null.

    Args:
        table: Common table expression with exporter, importer, frequency, at_period and z.
        code: What else tells series of one lane apart, as SQL.
    """
    return f"""lists AS (
  SELECT exporter, importer, frequency, array_agg(at_period) AS judged_at,
         array_agg({code}) AS judged_code, array_agg(z) AS judged_z
  FROM {table} WHERE z IS NOT NULL GROUP BY exporter, importer, frequency
)"""


LISTS = ("judged_at", "judged_code", "judged_z")
CHANCES = ("p_value", "p_basis", "tests_count")


def with_chances(lanes: pl.DataFrame, observed: str, tried: str) -> pl.DataFrame:
    """Add p_value, p_basis and tests_count from the z of all lanes of one frequency; drop the lists.

    Args:
        lanes: scope_id, frequency, `observed`, `tried` and the columns of `lists`.
        observed: The largest z that may flag.
        tried: Periods among which it is the largest.
    """
    judged = (
        lanes.select("scope_id", "frequency", *LISTS)
        .filter(pl.col("judged_z").is_not_null())
        .explode(*LISTS)
        .sort("scope_id", "judged_code", "judged_at")
    )
    asked = lanes.drop(LISTS)
    return pl.concat(
        [
            asked,
            null_tail.chances(
                judged,
                asked,
                series=("scope_id", "judged_code"),
                value="judged_z",
                observed=observed,
                tried=tried,
                kind="frequency",
            ),
        ],
        how="horizontal",
    )


def first_day(month: pl.Expr) -> pl.Expr:
    """First day of a month that is counted from year 0."""
    return pl.date(month // 12, month % 12 + 1, 1)


def dated(lanes: pl.DataFrame, span: pl.Expr | int = 1) -> pl.DataFrame:
    """Add starts_date, ends_date and period to lanes with frequency and at_period.

    Args:
        lanes: One row per lane; at_period may be null.
        span: How many months the judged period has, the last of them at_period.
    """
    at, is_year = pl.col("at_period"), pl.col("frequency") == "A"
    return lanes.with_columns(
        starts_date=pl.when(is_year).then(pl.date(at, 1, 1)).otherwise(first_day(at - span + 1)),
        ends_date=pl.when(is_year)
        .then(pl.date(at, 12, 31))
        .otherwise(first_day(at).dt.month_end()),
        period=period(at, is_year),
    )  # fmt: skip


def period(at: pl.Expr, is_year: pl.Expr) -> pl.Expr:
    """A period as customs_flow names it: YYYY or YYYY-MM."""
    return (
        pl.when(is_year).then(at.cast(pl.String)).otherwise(first_day(at).dt.strftime("%Y-%m"))
    )


def evidence(
    lanes: pl.DataFrame,
    code: str,
    kind: str,
    observed: str,
    refused: pl.Expr,
    said: pl.Expr,
    *,
    unit: str = "robust z",
    cut: float = CUT,
    quality: pl.Expr | float = 1.0,
) -> pl.DataFrame:
    """One row of evidence per lane: a flag where `observed` reaches `cut`, no data where it is null.

    Args:
        lanes: scope_id, `observed`, starts_date, ends_date, origin_id, reliability.
        code: The indicator.
        kind: Row of the likelihood table.
        observed: Column of the value that is held against `cut`.
        refused: Why the indicator does not apply to the lane; null where it does.
        said: The statement where it applies.
        unit: Unit of `observed` and `cut`.
        cut: Where a flag begins.
        quality: Share of what was declared that could be judged.
    """
    is_judged = refused.is_null() & pl.col(observed).is_not_null()
    result = (
        pl.when(refused.is_not_null())
        .then(pl.lit("not_applicable"))
        .when(~is_judged)
        .then(pl.lit("no_data"))
        .when(pl.col(observed) >= cut)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    return lanes.select(
        pl.lit("lane").alias("scope_kind"),
        "scope_id",
        result=result,
        kind=pl.lit(kind),
        observed_value=pl.when(is_judged).then(observed),
        threshold_value=pl.when(is_judged).then(pl.lit(cut)),
        unit=pl.lit(unit),
        statement=pl.coalesce(refused, said),
        starts_date="starts_date",
        ends_date="ends_date",
        origin_id="origin_id",
        reliability="reliability",
        quality_share=pl.when(is_judged).then(quality).otherwise(1.0),
        detectability_share=pl.when(is_judged).then(pl.lit(share(code, "lane"))),
        **{c: pl.when(is_judged).then(c) for c in CHANCES if c in lanes.columns},
    )


def refusal(is_refused: pl.Expr, reason: str, other: pl.Expr | None = None) -> pl.Expr:
    """`reason` where an indicator does not apply, else `other`, else null."""
    rest = pl.lit(None, dtype=pl.String) if other is None else other
    return pl.when(is_refused).then(pl.lit(reason)).otherwise(rest)
