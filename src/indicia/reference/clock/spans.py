"""Decisions where the day is known to a period only, and where no single part is named.

A period has an answer only if each of its days has the same one.
"""

from datetime import date

import polars as pl

from indicia.reference.chips import candidates
from indicia.reference.clock.decide import ASKED, OUTPUT, decide
from indicia.reference.clock.rules import DAY, Rulebook
from indicia.reference.clock.terms import CLOSED

DAY_NOT_KNOWN = "day"
SPAN = ("chip", "destination", "headquarters", "first_date", "last_date")


def first_day() -> date:
    """The first day on which any rule that decides is in force."""
    first: date = min(Rulebook.shipped().deciding["effective_from"])
    return first


def decide_over(spans: pl.DataFrame) -> pl.DataFrame:
    """Answer for periods of days.

    Args:
        spans: Columns chip, destination, headquarters, first_date, last_date; empty cells are not
            known.

    Returns:
        The frame in its own order with `answer`, `rule_ids`, `missing` and `is_closed` (on every day
        of the period applications were reviewed in a way of `terms.CLOSED`). Where the answer
        changes within the period, it is unknown for want of the day.
    """
    asked = spans.select(SPAN).unique().with_row_index("span")
    inside = asked.join(
        pl.DataFrame({"date": Rulebook.shipped().starts}, schema={"date": pl.Date}), how="cross"
    ).filter(pl.col("date").is_between("first_date", "last_date", closed="right"))
    days = pl.concat(
        [asked.with_columns(date="first_date"), inside.select(*asked.columns, "date")]
    )
    one = pl.col("answer").n_unique() == 1
    found = (
        decide(days)
        .sort("span", "date")
        .group_by("span", maintain_order=True)
        .agg(
            answer=pl.when(one)
            .then(pl.col("answer").first().cast(pl.String))
            .otherwise(pl.lit("unknown")),
            rule_ids=pl.when(one).then(pl.col("rule_ids").last()).otherwise(pl.lit([])),
            missing=pl.when(one)
            .then(pl.col("missing").first())
            .otherwise(pl.lit([DAY_NOT_KNOWN])),
            is_closed=pl.col("review_policy").is_in(CLOSED).fill_null(value=False).all(),
        )
        .with_columns(pl.col("answer").cast(OUTPUT["answer"]))
    )
    known = asked.join(found, on="span", how="left").drop("span")
    return spans.join(known, on=SPAN, how="left", nulls_equal=True, maintain_order="left")


def stretches(places: pl.DataFrame) -> pl.DataFrame:
    """When some part that could be had needed a licence for a destination and headquarters.

    Args:
        places: Columns destination, headquarters.

    Returns:
        One row per place, answer and period between two changes of the rules: destination,
        headquarters, answer, from_date (not before the first such part came out), until_date
        (empty: still), is_closed (for one such part at least licences were hardly to be had),
        rule_ids, missing.
    """
    starts = Rulebook.shipped().starts
    periods = pl.DataFrame(
        {
            "date": [starts[0] - DAY, *starts],
            "until_date": [*(d - DAY for d in starts), None],
            "is_first": [True] + [False] * len(starts),
        },
        schema_overrides={"until_date": pl.Date},
    )
    asked = (
        places.select("destination", "headquarters")
        .unique()
        .join(candidates(), how="cross")
        .join(periods, how="cross")
        .filter(
            pl.col("until_date").is_null() | (pl.col("until_date") >= pl.col("released_date"))
        )
    )
    begins = (
        pl.when("is_first")
        .then("released_date")
        .otherwise(pl.max_horizontal("date", "released_date"))
    )
    return (
        decide(asked.select(*ASKED, "released_date", "until_date", "is_first"))
        .with_columns(from_date=begins)
        .group_by("destination", "headquarters", "answer", "until_date")
        .agg(
            pl.col("from_date").min(),
            pl.col("review_policy").is_in(CLOSED).any().alias("is_closed"),
            pl.col("rule_ids", "missing")
            .list.explode(keep_nulls=False, empty_as_null=False)
            .unique()
            .sort(),
        )
    )
