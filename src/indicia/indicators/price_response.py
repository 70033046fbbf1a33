"""Price response: a zone's load falls below its usual shape in the hours of highest price.

Unit: share. Reads: power_load.demand_reported_mw (MW), power_price.price_reported_eur_per_mwh (EUR/MWh).
Benign causes: demand response contracts, works that shut down, batteries, own generation, weather.
Method: docs/indicators/P06.md.
"""

import duckdb
import numpy as np
import polars as pl

from indicia.indicators.answer import answered
from indicia.indicators.base import Found, Indicator
from indicia.indicators.steps import normal
from indicia.schema import POWER_LOAD, POWER_LOAD_MONTH, POWER_PRICE

CODE = "P06"
KIND = "load_drops_at_price_spike"
# A spike is among the dearest hours of its month, and at least twice as dear as the month usually is.
DEAREST, TIMES_USUAL = 0.99, 2.0
LEAST_SPIKES = 40
LEAST_HOURS = 8_000
# A fall that weather and holidays give now and then, whatever the placebos of one zone say.
LEAST_FALL = 0.05
PLACEBO_WEEKS = tuple(k for n in range(1, 14) for k in (-n, n))
LEAST_PLACEBOS, CUT = 20, 0.95
# The least load of the hypotheses, as in P01; a mine sheds nearly all of it.
LEAST_LOAD_MW = 5.0
QUOTES = 5
WORKDAYS = 5

# A zone of several sources of load is read from the one that covers more.
HOURS = """
WITH covered AS (
  SELECT zone_id, source, row_number() OVER (PARTITION BY zone_id ORDER BY count(*) DESC, source)
           AS place
  FROM power_load WHERE demand_reported_mw > 0 GROUP BY zone_id, source
), prices AS (
  SELECT zone_id, hour_utc, min(price_reported_eur_per_mwh) AS price FROM power_price
  GROUP BY zone_id, hour_utc
)
SELECT l.zone_id, l.hour_utc, l.demand_reported_mw AS mw, p.price, l.source, l.origin_id, l.reliability
FROM power_load l
JOIN covered c ON c.zone_id = l.zone_id AND c.source = l.source AND c.place = 1
JOIN prices p ON p.zone_id = l.zone_id AND p.hour_utc = l.hour_utc
WHERE l.demand_reported_mw > 0
"""
SEEN = """
SELECT zone_id, min(origin_id) AS seen_origin_id, max(reliability) AS seen_reliability FROM (
  SELECT zone_id, origin_id, reliability FROM power_load UNION ALL
  SELECT zone_id, origin_id, reliability FROM power_load_month
) seen GROUP BY zone_id ORDER BY zone_id
"""
CITED = f"""
WITH cited AS (
  SELECT c.*, concat('zone_id=', c.zone_id, ', hour_utc=',
                     strftime(c.hour_utc AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%MZ')) AS row_key
  FROM cited_hours c
)
SELECT 'zone' AS scope_kind, c.zone_id AS scope_id, '{POWER_LOAD.name}' AS table_name, c.row_key,
       concat(format('{{:,.1f}}', c.mw), ' MW, usually ', format('{{:,.1f}}', c.usual_mw), ' MW') AS quote,
       l.source, l.source_url, l.fetch_id
FROM cited c
JOIN power_load l ON l.zone_id = c.zone_id AND l.hour_utc = c.hour_utc AND l.source = c.source
UNION ALL
SELECT 'zone', c.zone_id, '{POWER_PRICE.name}', c.row_key,
       concat(round(p.price_reported_eur_per_mwh, 2), ' EUR per MWh'),
       p.source, p.source_url, p.fetch_id
FROM cited c JOIN power_price p ON p.zone_id = c.zone_id AND p.hour_utc = c.hour_utc
ORDER BY scope_id, table_name, row_key
"""
HOUR = ("zone_id", "hour_utc")


def compute(db: duckdb.DuckDBPyConnection) -> Found:
    """How far each zone's load falls below its shape when power is dear, against other weeks."""
    hours = _shaped(db.sql(HOURS).pl())
    zones = (
        db.sql(SEEN)
        .pl()
        .join(_covered(hours), on="zone_id", how="left")
        .join(_judged(_falls(hours)), on="zone_id", how="left")
        .sort("zone_id")
    )
    evidence = _evidence(zones)
    computed = evidence.filter(pl.col("result").is_in(["flag", "no_flag"]))
    cited = (
        hours.filter("is_spike")
        .join(computed.select(zone_id="scope_id"), on="zone_id", how="semi")
        .sort("price", "hour_utc", descending=[True, False])
        .group_by("zone_id", maintain_order=True)
        .head(QUOTES)
    )
    db.register("cited_hours", cited.select(*HOUR, "mw", "usual_mw", "source"))
    sources = db.sql(CITED).pl()
    db.unregister("cited_hours")
    return answered(CODE, evidence, sources)


def _shaped(hours: pl.DataFrame) -> pl.DataFrame:
    """Hours with usual_mw, departure (share of it) and is_spike.

    What is usual: the middle load of that hour (UTC) on workdays, or on weekends, of that month.
    """
    at = pl.col("hour_utc")
    cells = hours.with_columns(
        month=at.dt.truncate("1mo"),
        of_day=at.dt.hour(),
        is_weekend=at.dt.weekday() > WORKDAYS,
    )
    over = ("zone_id", "month")
    price = pl.col("price")
    dear = price >= price.quantile(DEAREST, "linear").over(over)
    return cells.with_columns(
        usual_mw=pl.col("mw").median().over(*over, "of_day", "is_weekend"),
        is_spike=dear & (price > 0) & (price >= TIMES_USUAL * price.median().over(over)),
    ).with_columns(departure=pl.col("mw") / pl.col("usual_mw") - 1)


def _covered(hours: pl.DataFrame) -> pl.DataFrame:
    """Per zone the hours with load and price, and the days they span."""
    return hours.group_by("zone_id").agg(
        hours=pl.len(),
        starts_date=pl.col("hour_utc").min().dt.date(),
        ends_date=pl.col("hour_utc").max().dt.date(),
        origin_id=pl.col("origin_id").min(),
        reliability=pl.col("reliability").max(),
    )


def _falls(hours: pl.DataFrame) -> pl.DataFrame:
    """Per zone and number of weeks away from each spike: the middle fall below the usual load.

    The same hours of the week, some weeks away: what falls there has nothing to do with the price.
    """
    weeks = pl.DataFrame({"weeks": [0, *PLACEBO_WEEKS]})
    asked = (
        hours.filter("is_spike")
        .select(*HOUR)
        .join(weeks, how="cross")
        .with_columns(pl.col("hour_utc") + pl.duration(weeks=pl.col("weeks")))
    )
    return (
        asked.join(hours.select(*HOUR, "departure", "usual_mw", "is_spike"), on=HOUR)
        .filter((pl.col("weeks") == 0) | ~pl.col("is_spike"))
        .group_by("zone_id", "weeks")
        .agg(
            spikes=pl.len(),
            fall=0.0 - pl.col("departure").median() + 0.0,
            usual_mw=pl.col("usual_mw").median(),
        )
    )


def _judged(falls: pl.DataFrame) -> pl.DataFrame:
    """Per zone the fall in dear hours, and what a fall must reach: most of those of other weeks."""
    other = pl.col("weeks") != 0
    own = pl.col("fall").filter(~other).first()
    enough = other & (pl.col("spikes") >= LEAST_SPIKES / 2)
    return falls.group_by("zone_id").agg(
        fall=own,
        spikes=pl.col("spikes").filter(~other).first(),
        usual_mw=pl.col("usual_mw").filter(~other).first(),
        placebos=enough.sum(),
        higher=(enough & (pl.col("fall") >= own)).sum(),
        placebo=pl.col("fall").filter(enough).quantile(CUT, "higher"),
        spread=pl.col("fall").filter(enough).std(),
    )


def _evidence(zones: pl.DataFrame) -> pl.DataFrame:
    zones = zones.with_columns(pl.col("hours").fill_null(0))
    is_short = pl.col("hours") < LEAST_HOURS
    is_even = pl.col("spikes").fill_null(0) < LEAST_SPIKES
    is_alone = pl.col("placebos").fill_null(0) < LEAST_PLACEBOS
    needed = pl.max_horizontal(pl.lit(LEAST_FALL), pl.col("placebo"))
    result = (
        pl.when(is_short)
        .then(pl.lit("no_data"))
        .when(is_even)
        .then(pl.lit("not_applicable"))
        .when(is_alone)
        .then(pl.lit("no_data"))
        .when(pl.col("fall") >= needed)
        .then(pl.lit("flag"))
        .otherwise(pl.lit("no_flag"))
    )
    statement = (
        pl.when(pl.col("hours") == 0)
        .then(pl.lit("No hour of this zone has both a load and a price."))
        .when(is_short)
        .then(pl.format("{} hours with load and price, of which 8,000 are needed.", "hours"))
        .when(is_even)
        .then(pl.lit("Its prices are too even: hardly any hour is twice as dear as usual."))
        .when(is_alone)
        .then(pl.lit("Too few other weeks to compare with."))
        .otherwise(
            pl.format(
                "In the {} dearest hours the middle load is {} % off its usual shape; in other weeks it "
                "falls by {} % at most in nineteen of twenty.",
                "spikes",
                (0 - 100 * pl.col("fall")).round(1),
                (100 * pl.col("placebo")).round(1),
            )
        )
    )
    judged = zones.with_columns(result=result, statement=statement, needed=needed)
    is_computed = pl.col("result").is_in(["flag", "no_flag"])
    share = LEAST_LOAD_MW / judged["usual_mw"].to_numpy()
    spread = np.maximum(judged["spread"].to_numpy(), 1e-6)
    shown = normal((share - judged["needed"].to_numpy()) / spread)
    return judged.with_columns(shown=pl.Series(shown, dtype=pl.Float64)).select(
        pl.lit("zone").alias("scope_kind"),
        pl.col("zone_id").alias("scope_id"),
        "result",
        pl.lit(KIND).alias("kind"),
        pl.when(is_computed).then("fall").alias("observed_value"),
        pl.when(is_computed).then("needed").alias("threshold_value"),
        pl.lit("share").alias("unit"),
        "statement",
        "starts_date",
        "ends_date",
        pl.coalesce("origin_id", "seen_origin_id"),
        pl.coalesce("reliability", "seen_reliability"),
        pl.when(is_computed).then(pl.lit(1.0)).alias("quality_share"),
        pl.when(is_computed).then("shown").alias("detectability_share"),
        pl.when(is_computed)
        .then((1 + pl.col("higher")) / (1 + pl.col("placebos")))
        .alias("p_value"),
        pl.when(is_computed)
        .then(pl.format("rank among the falls of {} other weeks", "placebos"))
        .alias("p_basis"),
    )


INDICATOR = Indicator(
    code=CODE,
    family="power",
    title="Load falls below its usual shape when power is dear",
    unit="share",
    scope_kinds=("zone",),
    reads=(POWER_LOAD, POWER_LOAD_MONTH, POWER_PRICE),
    threshold=LEAST_FALL,
    benign_causes=(
        "contracts for demand response, whoever holds them",
        "smelters, electrolysers and other works that shut down when power is dear",
        "batteries and generation behind the meter",
        "weather and holidays on the days of high prices",
    ),
    compute=compute,
    kinds=(KIND,),
)
