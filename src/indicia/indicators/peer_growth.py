"""Growth beyond peers: a zone's base load leaves what like zones made of it until a year ago.

Unit: share (one less the placebo p). Reads: power_load.demand_*_mw, power_load_month.base_load_mw (MW).
Benign causes: electrified oil and gas fields, smelters, crypto mines, weather, redrawn borders.
Method: docs/indicators/P02.md.
"""

import duckdb
import numpy as np
import polars as pl

from indicia.indicators import base_load_step
from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.campus_step import KIND, LEAST_STEP_MW
from indicia.indicators.steps import normal
from indicia.indicators.synthetic import fit
from indicia.schema import EXPOSURE, POWER_LOAD, POWER_LOAD_MONTH, figure

CODE = "P02"
CUT = 0.95
MONTHS_BEFORE, MONTHS_AFTER = 36, 12
MONTHS = MONTHS_BEFORE + MONTHS_AFTER
LEAST_PLACEBOS = 20
NAMED = 3
# Placebos are the half that fits best; a zone that is asked may fit half as well as the usual one.
MOST_ERROR_RATIO = 2.0

# A zone that a facility is tied to is no donor: what it shows may be what is looked for.
TIED = "SELECT DISTINCT scope_id AS zone_id FROM exposure WHERE scope_kind = 'zone'"


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """Hold the last year of every zone against a mix of zones that fitted the three before."""
    months, seen = db.sql(base_load_step.MONTHS).pl(), db.sql(base_load_step.SEEN).pl()
    tied = db.sql(TIED).pl()["zone_id"]
    complete = _complete(months)
    judged = _judged(complete, tied)
    facts = months.group_by("zone_id").agg(
        is_positive=(pl.col("base_mw") > 0).all(), reliability=pl.col("reliability").max()
    )
    quality = complete.group_by("zone_id").agg(
        imputed_share=pl.col("imputed_share").mean(),
        ends_date=pl.col("month_date").max().dt.month_end(),
        starts_date=pl.col("month_date").max().dt.offset_by("-11mo"),
    )
    zones = (
        seen.join(facts, on="zone_id", how="left")
        .join(judged, on="zone_id", how="left")
        .join(quality, on="zone_id", how="left")
        .sort("zone_id")
    )
    evidence = _evidence(zones)
    computed = evidence.filter(pl.col("result").is_in(["flag", "no_flag"]))["scope_id"]
    month = pl.col("month_date")
    ends = complete.filter(
        pl.col("zone_id").is_in(computed.implode()),
        (month == month.min()) | (month == month.max()),
    )
    db.register("cited_months", ends.select(months.columns))
    sources = db.sql(base_load_step.CITED).pl()
    db.unregister("cited_months")
    return answered(CODE, evidence, sources)


def _complete(months: pl.DataFrame) -> pl.DataFrame:
    """Zones whole over the latest four years that enough zones reach; none where too few do."""
    usable = months.filter((pl.col("base_mw") > 0).all().over("zone_id"))
    reached = usable.group_by("month_date").len().filter(pl.col("len") > LEAST_PLACEBOS)
    last = reached["month_date"].max()
    inside = usable.filter(
        pl.col("month_date") <= pl.lit(last, dtype=pl.Date),
        pl.col("month_date") > pl.lit(last, dtype=pl.Date).dt.offset_by(f"-{MONTHS}mo"),
    )
    return inside.filter(pl.len().over("zone_id") == MONTHS).sort("zone_id", "month_date")


def _judged(complete: pl.DataFrame, tied: pl.Series) -> pl.DataFrame:
    """Per zone: growth beyond its peers (MW), its placebo p, and the peers it was made of."""
    names = complete["zone_id"].unique(maintain_order=True)
    is_donor = ~names.is_in(tied.implode()).to_numpy()
    if is_donor.sum() <= LEAST_PLACEBOS:
        return pl.DataFrame(schema=SCHEMA)
    mw = complete["base_mw"].to_numpy().reshape(len(names), MONTHS).T
    level = mw[:MONTHS_BEFORE].mean(axis=0)
    peers = fit(mw / level, is_donor, MONTHS_BEFORE)
    error = np.maximum(peers.error, 1e-9)
    size = peers.gap / error
    usual = np.median(error[is_donor])
    # A zone that its peers never fitted says nothing, as a placebo or of itself.
    fits = error <= MOST_ERROR_RATIO * usual
    is_placebo = is_donor & (error <= usual)
    others = is_placebo[None, :] & ~np.eye(len(names), dtype=bool)
    count = others.sum(axis=1)
    higher = (others & (size[None, :] >= size[:, None])).sum(axis=1)
    needed = np.quantile(size[is_placebo], CUT) if is_placebo.any() else np.nan
    top = np.argsort(-peers.weights, axis=0)[:NAMED]
    donor_names = names.filter(pl.Series(is_donor)).to_numpy()
    shares = np.round(100 * np.take_along_axis(peers.weights, top, axis=0)).astype(int)
    return pl.DataFrame(
        {
            "zone_id": names,
            "gap_mw": peers.gap * level,
            "error_mw": error * level,
            "placebos": count,
            "p": (1 + higher) / (1 + count),
            "fits": fits,
            "shown": normal((LEAST_STEP_MW - needed * error * level) / (error * level)),
            "peers": [
                ", ".join(f"{donor_names[d]} {s} %" for d, s in zip(ds, ss, strict=True) if s)
                for ds, ss in zip(top.T, shares.T, strict=True)
            ],
        },
        schema=SCHEMA,
    )


SCHEMA = pl.Schema(
    {
        "zone_id": pl.String,
        "gap_mw": pl.Float64,
        "error_mw": pl.Float64,
        "placebos": pl.Int64,
        "p": pl.Float64,
        "fits": pl.Boolean,
        "shown": pl.Float64,
        "peers": pl.String,
    }
)


def _evidence(zones: pl.DataFrame) -> pl.DataFrame:
    is_computed = (pl.col("placebos").fill_null(0) >= LEAST_PLACEBOS) & pl.col("fits")
    observed = pl.when(pl.col("gap_mw") >= LEAST_STEP_MW).then(1 - pl.col("p")).otherwise(0.0)
    result = (
        pl.when(~pl.col("is_positive").fill_null(value=True))
        .then(pl.lit("not_applicable"))
        .when(~is_computed.fill_null(value=False))
        .then(pl.lit("no_data"))
        .when(observed >= CUT)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    is_asked = pl.col("result").is_in(["flag", "no_flag"])
    statement = (
        pl.when(pl.col("result") == "not_applicable")
        .then(pl.lit("Base load falls to zero or below: the zone feeds more than it draws."))
        .when(is_asked)
        .then(
            pl.format(
                "Base load of the last year lies {} MW from what its peers make of it ({}), whose "
                "fit of the three years before is off by {} MW; placebo p {} among {} zones.",
                figure(pl.col("gap_mw").round(1)),
                "peers",
                figure(pl.col("error_mw").round(1)),
                pl.col("p").round(3),
                "placebos",
            )
        )
        .when(pl.col("fits").not_())
        .then(pl.lit("No mix of other zones fits the three years before."))
        .otherwise(
            pl.lit("Fewer than 20 zones that fit, are tied to no facility and are whole over four years.")
        )
    )  # fmt: skip
    return (
        zones.with_columns(result=result)
        .with_columns(statement=statement)
        .select(
            pl.lit("zone").alias("scope_kind"),
            pl.col("zone_id").alias("scope_id"),
            "result",
            pl.lit(KIND).alias("kind"),
            pl.when(is_asked).then(observed).alias("observed_value"),
            pl.when(is_asked).then(pl.lit(CUT)).alias("threshold_value"),
            pl.lit("share").alias("unit"),
            "statement",
            "starts_date",
            "ends_date",
            "origin_id",
            "reliability",
            (1 - pl.col("imputed_share")).alias("quality_share"),
            pl.when(is_asked).then("shown").alias("detectability_share"),
            pl.when(is_asked)
            .then(pl.when(pl.col("gap_mw") >= LEAST_STEP_MW).then("p").otherwise(1.0))
            .alias("p_value"),
            pl.when(is_asked)
            .then(pl.format("rank among {} placebos", "placebos"))
            .alias("p_basis"),
            pl.when(is_asked).then(pl.lit(1, dtype=pl.Int64)).alias("tests_count"),
        )
    )


INDICATOR = Indicator(
    code=CODE,
    family="power",
    title="Base load grows beyond what like zones would have it",
    unit="share",
    scope_kinds=("zone",),
    reads=(POWER_LOAD, POWER_LOAD_MONTH, EXPOSURE),
    threshold=CUT,
    benign_causes=(
        "electrification of oil and gas fields",
        "smelter, electrolyser or other heavy industry",
        "crypto mine, ordinary cloud or colocation",
        "weather that the peers did not have",
        "a change of metering borders or of reporting",
    ),
    compute=compute,
    kinds=(KIND,),
)
