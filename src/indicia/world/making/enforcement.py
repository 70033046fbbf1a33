"""Grey trade that no facility here is behind, charges that end it, and charges that end nothing."""

import numpy as np
import polars as pl

from indicia.world.making.assumptions import Floats, Months, Setting, assumptions, number
from indicia.world.making.publishers import publish_rows

SCHEMA = {
    "lane": pl.String,
    "starts_date": pl.Date,
    "charged_date": pl.Date,
    "is_grey": pl.Boolean,
}


def grey_trade(setting: Setting) -> pl.DataFrame:
    """Lanes with grey trade and since when, and the days on which somebody is charged over a lane.

    Returns:
        lane (EXP>IMP), starts_date, charged_date (null where nobody is), is_grey (false for a charge
        that names a lane on which nothing changes).
    """
    chance = setting.chance("grey trade")
    trade = assumptions()["trade"]
    first, last = (
        np.datetime64(d).astype("datetime64[D]").astype(int) for d in trade["grey_starts"]
    )
    rows: list[dict[str, object]] = []
    for lane in trade["grey_lanes"]:
        start = np.datetime64(int(chance.integers(first, last)), "D")
        charged = start + int(chance.integers(*trade["charged_after_days"]))
        is_charged = chance.random() < number("trade", "charged_share")
        rows.append(
            {
                "lane": lane,
                "starts_date": start.item(),
                "charged_date": charged.item() if is_charged else None,
                "is_grey": True,
            }
        )
    others = [
        f"{row[0]}>{row[1]}"
        for row in trade["lanes"]
        if f"{row[0]}>{row[1]}" not in trade["grey_lanes"]
    ]
    for at in chance.choice(len(others), int(number("trade", "false_alarms")), replace=False):
        day = np.datetime64(int(chance.integers(first + 200, last + 400)), "D").item()
        rows.append(
            {"lane": others[at], "starts_date": day, "charged_date": day, "is_grey": False}
        )
    return pl.DataFrame(rows, schema=SCHEMA)


def flowing(grey: pl.DataFrame, lane: str, months: Months) -> Floats:
    """Whether grey goods flow on a lane in each month: 0 or 1."""
    found = np.zeros(len(months))
    day = months.astype("datetime64[D]")
    for row in grey.filter(pl.col("is_grey"), pl.col("lane") == lane).iter_rows(named=True):
        end = row["charged_date"] or day[-1].item()
        found[(day >= np.datetime64(row["starts_date"])) & (day <= np.datetime64(end))] = 1.0
    return found


def event_rows(setting: Setting, grey: pl.DataFrame) -> pl.DataFrame:
    """`event`: the rules that everybody knows by their days, and charges that name a lane."""
    days = pl.DataFrame({"day": assumptions()["registers"]["rule_days"]}).with_columns(
        pl.col("day").str.to_date()
    )
    rules = days.select(
        kind=pl.lit("rule"), title=pl.format("Rule on accelerators, public on {}", "day"), status=pl.lit("in force"),
        starts_date="day", lanes=pl.lit(None, dtype=pl.String), citation=pl.lit("Its real number is in docs/controls.md; this store is invented."),
    )  # fmt: skip
    charges = grey.filter(pl.col("charged_date").is_not_null()).sort("charged_date", "lane").select(
        kind=pl.lit("case"), title=pl.lit("Invented charge over servers sent on without a licence"), status=pl.lit("charged"),
        starts_date="charged_date", lanes="lane", citation=pl.lit("Invented docket"),
    )  # fmt: skip
    rows = pl.concat([rules, charges]).with_row_index("n").with_columns(
        event_id=pl.format("invented-event-{}", pl.col("n") + 1), date_precision=pl.lit("day")
    )  # fmt: skip
    return publish_rows(
        setting,
        "event",
        rows,
        name="gazette",
        public=pl.col("starts_date"),
        lag_days=0.5,
        origin=pl.col("event_id"),
        reliability="A",
    )
