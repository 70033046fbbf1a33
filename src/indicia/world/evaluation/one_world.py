"""One world from seed to rows: made, assessed on several days, and what each method sees of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from indicia.indicators import CATALOGUE
from indicia.scoring.assess import assess
from indicia.scoring.hypotheses import FAMILIES, settings
from indicia.world import making
from indicia.world.evaluation import baselines, features, flag_rates, learned, reweighed
from indicia.world.making import World

CUTS_MONTHS = (0, 9, 18)
LAST = 0
NOWHERE = -1000.0
SIZES = (
    "SELECT facility_id, max(coalesce(power_reported_mw, power_estimated_mw)) AS largest_mw "
    "FROM united_facility_state WHERE NOT is_projection GROUP BY facility_id"
)


@dataclass(frozen=True, slots=True)
class Result:
    """What one world gave.

    Args:
        facilities: One row per facility of the truth, with scores and features.
        flags: As `flag_rates.counted` gives them.
        as_of: The day of the last assessment.
    """

    facilities: pl.DataFrame
    flags: pl.DataFrame
    as_of: date


def scored(world: World, cuts: Sequence[int] = CUTS_MONTHS) -> Result:
    """Assess a world as of its end and of earlier days, and rank its facilities by every method.

    Args:
        world: The world.
        cuts: How many months before its end it is looked at (0 among them).
    """
    rows = world.truth.with_columns(
        is_cluster=pl.col("hypothesis") == "H1",
        families_visible_count=pl.col("families_visible").list.len().cast(pl.Int64),
        families_visible=pl.col("families_visible").list.sort().list.join(", "),
        families_tied_count=pl.col("families_tied").list.len().cast(pl.Int64),
        families_tied=pl.col("families_tied").list.sort().list.join(", "),
    )
    least = int(settings()["lead"]["families_at_least"])
    flags = pl.DataFrame()
    for months in cuts:
        tables, sizes = assessed(world, _months_before(world.as_of, months))
        judged = _judged(tables, FAMILIES, least, cut(months))
        if months == LAST:
            judged = _whole(tables, judged, least).join(sizes, on="facility_id", how="left")
            flags = flag_rates.counted(tables, CATALOGUE, world.truth)
        rows = rows.join(judged, on="facility_id", how="left", maintain_order="left")
    unseen = [n for n in rows.columns if n.startswith(("score_", "support_without"))]
    rows = rows.with_columns(
        pl.col(unseen).fill_null(NOWHERE),
        pl.col("is_admissible").fill_null(value=False),
        as_of_date=pl.lit(world.as_of),
    )
    return Result(_ranked(rows), flags, world.as_of)


def cut(months: int) -> str:
    """Name of the column that ranks as of so many months before the end."""
    return f"score_{months}m"


def without(family: str) -> str:
    """Name of the column that ranks with a family removed."""
    return f"score_without_{family}"


def alone(family: str) -> str:
    """Name of the column that ranks by one family."""
    return f"score_alone_{family}"


def method(name: str) -> str:
    """Name of the column that ranks by a baseline."""
    return f"score_by_{name}"


def assessed(world: World, on: date) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The assessment as of a day, and the stated size per facility: facility_id, largest_mw."""
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        making.load(db, world, on)
        tables = assess(db, CATALOGUE, on)
        return tables, db.sql(SIZES).pl()


def _judged(
    tables: Mapping[str, pl.DataFrame], families: tuple[str, ...], least: int, name: str
) -> pl.DataFrame:
    """facility_id and one column that ranks by these families."""
    judged = tables["assessment"]
    support, families_for = reweighed.reached(tables, families)
    made = reweighed.ordered(support, families_for, judged["is_admissible"].to_numpy(), least)
    return judged.select("facility_id", pl.Series(name, made))


def _whole(tables: Mapping[str, pl.DataFrame], last: pl.DataFrame, least: int) -> pl.DataFrame:
    """What is kept of the last assessment: scores by family, support, features, size."""
    kept = tables["assessment"].select(
        "facility_id",
        "is_admissible",
        "support_bans",
        "strongest_rival",
        "families_for_count",
        stated_share=_stated(tables),
    )
    for family in FAMILIES:
        others = tuple(f for f in FAMILIES if f != family)
        for part in (
            _judged(tables, others, least, without(family)),
            _judged(tables, (family,), 1, alone(family)),
        ):
            kept = kept.join(part, on="facility_id", maintain_order="left")
    return kept.join(last, on="facility_id", maintain_order="left").join(
        features.features(tables, CATALOGUE), on="facility_id", maintain_order="left"
    )


def _stated(tables: Mapping[str, pl.DataFrame]) -> pl.Series:
    """The relative weight of H1 that the scoring itself shows, under its own assumptions."""
    against = tables["assessment_rival"].sort("facility_id", "rival")["support_bans"].to_numpy()
    odds = (10.0 ** -against.reshape(tables["assessment"].height, -1)).sum(axis=1)
    return pl.Series(1 / (1 + odds))


def _ranked(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with one score per baseline."""
    made = baselines.plain(rows, features.signs(CATALOGUE))
    if learned.is_installed():
        made[learned.FOREST] = learned.forest(rows, [i.code for i in CATALOGUE])
    return rows.with_columns(pl.Series(method(name), s) for name, s in made.items())


def _months_before(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, min(day.day, 28))
