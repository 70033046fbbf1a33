"""Claims, hardware and years of one organisation as rows for a reader."""

import polars as pl

from indicia.reference.compute.claimed import UNLIKELY

WHOLE_FROM = 10


def shown_claims(own: pl.DataFrame) -> pl.DataFrame:
    """Claims as rows for a reader."""
    return own.select(
        "model",
        "published_date",
        "basis",
        "confidence",
        operations=_flop("flop"),
        operations_interval=_range("flop_p05", "flop_p95"),
        hardware=pl.col("hardware_text").fill_null("not stated"),
        accelerators_count="accelerators_count",
        implied_utilisation=pl.when(pl.col("implied_share").is_not_null()).then(
            _percent("implied_share")
        ),
        stated_utilisation=_percent("utilisation_share"),
        reading="band",
        trained_from="base_models",
        source="source",
        source_url="source_url",
    )


def shown_hardware(disclosed: pl.DataFrame) -> pl.DataFrame:
    """Hardware as rows for a reader, with the reason where a row is not counted."""
    return disclosed.select(
        "on_date",
        "kind",
        "chip_text",
        accelerators_count="number",
        basis="basis",
        certainty="certainty",
        counted=pl.when(pl.col("kind") == "planned")
        .then(pl.lit("no: planned"))
        .when(pl.col("certainty") == UNLIKELY)
        .then(pl.lit("no: called unlikely by the publisher"))
        .when(pl.col("peak_tflops").is_null())
        .then(pl.lit("no: no one type with a published peak"))
        .otherwise(pl.lit("yes")),
        said_of="subject",
        statement="statement",
        source="source",
        source_url="source_url",
    )


def shown_years(years: pl.DataFrame) -> pl.DataFrame:
    """Years as rows for a reader."""
    if years.is_empty() or "could_least_35%_flop" not in years.columns:
        return pl.DataFrame()
    could = {
        f"could give at {share}": _range(
            f"could_least_{share}_flop", f"could_most_{share}_flop"
        )
        for share in ("20%", "35%", "50%")
    }
    ends = [_digits(pl.col(f"claimed_of_{end}_ratio")) for end in ("most", "least")]
    same = pl.when(ends[0] == ends[1])
    ratio = same.then(ends[0]).otherwise(pl.format("{} to {}", *ends))
    return years.select(
        pl.col("year").cast(pl.String),
        "models",
        claimed=_flop("claimed_flop"),
        claimed_interval=_range("claimed_p05_flop", "claimed_p95_flop"),
        claimed_per_could_at_35=ratio,
        **could,
        hardware_counted="statements",
        hardware_not_counted="without_peak",
    ).rename({"claimed_per_could_at_35": "claimed / could give at 35%"})


def _flop(column: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda v: f"{v:.2e} FLOP", return_dtype=pl.String)


def _range(low: str, high: str) -> pl.Expr:
    ends = [
        pl.col(c).map_elements(lambda v: f"{v:.1e}", return_dtype=pl.String)
        for c in (low, high)
    ]
    same = pl.when(ends[0] == ends[1])
    return same.then(ends[0]).otherwise(pl.format("{} to {}", *ends))


def _percent(column: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda v: f"{v:.1%}", return_dtype=pl.String)


def _digits(value: pl.Expr) -> pl.Expr:
    return value.map_elements(
        lambda v: f"{v:,.0f}" if v >= WHOLE_FROM else f"{v:.2g}", return_dtype=pl.String
    )
