"""Computing claimed by one organisation over time, against what its disclosed hardware could give.

Whole columns at a time. Nothing here knows a publisher: operations come with their interval, hardware
with its number, type and day.
"""

from datetime import date

import polars as pl

from indicia.reference.compute.claims import BANDS, TERA, UTILISATIONS
from indicia.reference.compute.priors import classes

SECONDS_PER_HOUR, HOURS_PER_DAY = 3600.0, 24.0
USED_BEFORE_DAYS, KEPT_DAYS = 365, 1826
NEAR_COUNTED = 0.1
FLOP_PER_PARAMETER_AND_TOKEN = 6.0
FACTORS = {"confident": 3.0, "likely": 10.0, "speculative": 31.0}
WIDEST = 31.0
NOT_INDEPENDENT = "not computed: the operations may themselves come from the hardware"
NO_HOURS = "not computed: no hours are stated"
NO_PEAK = "not computed: no one type with a published peak is stated"
USED, INSTALLED = "used in training", "installed"
UNLIKELY = "unlikely"
PREFIX = "NVIDIA "


def with_class(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Rows with `chip_class` of the chip named; null where none, several, or one without a peak.

    Args:
        rows: Any rows.
        column: The text that names the chip as its publisher does.
    """
    names = rows.select(column).unique().drop_nulls()
    pairs = names.join(
        classes().select("chip_class", "pattern", "bf16_dense_tflops"), how="cross"
    )
    named = pl.col(column).str.contains(pl.col("pattern")) | (
        pl.concat_str(pl.lit(PREFIX), column).str.contains(pl.col("pattern"))
    )
    known = (
        pairs.filter(named)
        .group_by(column)
        .agg(
            pl.col("chip_class").first(),
            pl.col("bf16_dense_tflops").first().alias("peak_tflops"),
        )
    )
    return rows.join(known, on=column, how="left", maintain_order="left")


def with_interval(rows: pl.DataFrame) -> pl.DataFrame:
    """Operations with their 90 % interval: as stated, or the publisher's own factor either way.

    Args:
        rows: `training_reported_flop`, `training_estimated_flop`, `confidence`.

    Returns:
        The rows with `flop`, `flop_p05`, `flop_p95` and `basis`.
    """
    reported, estimated = pl.col("training_reported_flop"), pl.col("training_estimated_flop")
    factor = pl.col("confidence").replace_strict(
        FACTORS, default=WIDEST, return_dtype=pl.Float64
    )
    is_reported = reported.is_not_null()
    flop = pl.coalesce(reported, estimated)
    return rows.with_columns(
        flop=flop,
        flop_p05=pl.when(is_reported).then(flop).otherwise(flop / factor),
        flop_p95=pl.when(is_reported).then(flop).otherwise(flop * factor),
        basis=pl.when(is_reported).then(pl.lit("reported")).otherwise(pl.lit("estimated")),
    )


def plausibility(rows: pl.DataFrame) -> pl.DataFrame:
    """Utilisation that each claim implies, where its operations do not come from its hardware.

    Args:
        rows: As `with_interval` and `with_class` give them, with `accelerators_count`,
            `training_time_hours`, `accelerator_hours`, `parameters_count`, `tokens_count`, `note`.

    Returns:
        The rows with `hours`, `utilisation_p05_share`, `utilisation_share`,
        `utilisation_p95_share` and `band`.
    """
    hours = pl.coalesce(
        "accelerator_hours", pl.col("accelerators_count") * pl.col("training_time_hours")
    )
    counted = pl.col("parameters_count") * pl.col("tokens_count") * FLOP_PER_PARAMETER_AND_TOKEN
    is_counted = (
        (pl.col("basis") == "reported")
        | pl.col("note").str.contains("Operation counting")
        | ((pl.col("flop") / counted - 1).abs() <= NEAR_COUNTED)
    ).fill_null(value=False)
    could = hours * SECONDS_PER_HOUR * pl.col("peak_tflops") * TERA
    has_hours = (hours > 0).fill_null(value=False)
    share = pl.when(is_counted & has_hours).then(pl.col("flop") / could)
    band = pl.lit(BANDS[-1][1])
    for limit, says in reversed(BANDS[:-1]):
        band = pl.when(share < limit).then(pl.lit(says)).otherwise(band)
    why = (
        pl.when(~has_hours)
        .then(pl.lit(NO_HOURS))
        .when(pl.col("peak_tflops").is_null())
        .then(pl.lit(NO_PEAK))
        .otherwise(pl.lit(NOT_INDEPENDENT))
    )
    return rows.with_columns(
        hours=hours,
        implied_p05_share=share * pl.col("flop_p05") / pl.col("flop"),
        implied_share=share,
        implied_p95_share=share * pl.col("flop_p95") / pl.col("flop"),
        band=pl.when(share.is_not_null()).then(band).otherwise(why),
    )


def capacity(
    hardware: pl.DataFrame, years: list[int], by: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Operations that disclosed hardware could give in each year, at full peak.

    A statement of `installed` holds from its day for five years (at a facility: until the next
    statement of the same type there); one of `used in training` for the year before its day. The
    least is the largest single statement; the most adds up what is installed.

    Args:
        hardware: `subject_kind`, `subject`, `kind`, `chip_text`, `on_date`, `number`,
            `peak_tflops`.
        years: The years asked for.
        by: Columns of `hardware` that tell owners apart; all is one owner's by default.

    Returns:
        The columns of `by`, `year`, `statements`, `without_peak` (statements that give no
        operations, because their type has no published peak), `flop_least`, `flop_most` at full peak.
    """
    is_used = pl.col("kind") == USED
    following = (
        pl.col("on_date").shift(-1).over(*by, "subject", "chip_text", order_by="on_date")
    )
    replaced = pl.when(pl.col("subject_kind") == "facility").then(following)
    last = pl.min_horizontal(pl.col("on_date") + pl.duration(days=KEPT_DAYS), replaced)
    spans = hardware.filter(pl.col("number") > 0).with_columns(
        begins=pl.when(is_used)
        .then(pl.col("on_date") - pl.duration(days=USED_BEFORE_DAYS))
        .otherwise("on_date"),
        ends=pl.when(is_used).then("on_date").otherwise(last),
    )
    calendar = pl.DataFrame(
        {
            "year": years,
            "opens": [date(y, 1, 1) for y in years],
            "closes": [date(y + 1, 1, 1) for y in years],
        },
        schema={"year": pl.Int32, "opens": pl.Date, "closes": pl.Date},
    )
    first = pl.max_horizontal("begins", "opens")
    until = pl.min_horizontal("ends", "closes")
    held = spans.join(calendar, how="cross").with_columns(days=(until - first).dt.total_days())
    could = (
        pl.col("number") * pl.col("peak_tflops") * TERA * SECONDS_PER_HOUR * HOURS_PER_DAY
    ) * pl.col("days")
    each = held.filter(pl.col("days") > 0).with_columns(could=could)
    of = pl.col("could")
    at_sites = pl.col("subject_kind") == "facility"
    return (
        each.group_by(*by, "year")
        .agg(
            statements=of.count(),
            without_peak=of.null_count(),
            flop_least=of.max(),
            flop_most=pl.when(of.count() > 0).then(
                pl.max_horizontal(
                    of.filter(~is_used & ~at_sites).sum(),
                    of.filter(~is_used & at_sites).sum(),
                    of.max(),
                )
            ),
        )
        .sort(*by, "year")
    )


def by_year(claims: pl.DataFrame, hardware: pl.DataFrame) -> pl.DataFrame:
    """Claimed and possible operations side by side, per calendar year.

    A model trained from another holds that one's operations too, so it is left out of the sum.

    Args:
        claims: As `with_interval` gives them, with `published_date` and `base_models`.
        hardware: As `capacity` takes it.

    Returns:
        `year`, `models`, `claimed_flop` with its ends, `statements`, the ends of what the hardware
        could give at each utilisation, and the share claimed of what it could at 35 % (none where
        some of the year's hardware has no published peak: what is counted is then not all).
    """
    dated = claims.filter(pl.col("published_date").is_not_null(), pl.col("flop") > 0)
    own = dated.with_columns(year=pl.col("published_date").dt.year()).filter(
        pl.col("base_models").is_null()
    )
    claimed = own.group_by("year").agg(
        models=pl.len(),
        claimed_flop=pl.col("flop").sum(),
        claimed_p05_flop=pl.col("flop_p05").sum(),
        claimed_p95_flop=pl.col("flop_p95").sum(),
    )
    stated = hardware.select(pl.col("on_date").dt.year().alias("year"))["year"].to_list()
    seen = [*claimed["year"].to_list(), *stated]
    if not seen:
        return claimed
    could = capacity(hardware, list(range(min(seen), max(seen) + 1)))
    both = claimed.join(could, on="year", how="full", coalesce=True).sort("year")
    shares = [
        expression
        for share in UTILISATIONS
        for expression in (
            (pl.col("flop_least") * share).alias(f"could_least_{share:.0%}_flop"),
            (pl.col("flop_most") * share).alias(f"could_most_{share:.0%}_flop"),
        )
    ]
    usual = UTILISATIONS[1]
    is_whole = pl.when(pl.col("without_peak").fill_null(0) == 0)
    return both.with_columns(
        *shares,
        pl.col("models", "statements", "without_peak").fill_null(0),
        claimed_of_most_ratio=is_whole.then(
            pl.col("claimed_flop") / pl.col("flop_most") / usual
        ),
        claimed_of_least_ratio=is_whole.then(
            pl.col("claimed_flop") / pl.col("flop_least") / usual
        ),
    ).drop("flop_least", "flop_most")
