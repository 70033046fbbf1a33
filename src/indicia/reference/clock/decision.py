"""One question at a time, in words: the same engine, asked for one row."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from indicia.errors import UsageError
from indicia.reference.clock.decide import decide
from indicia.reference.clock.rules import DAY, Rulebook


@dataclass(frozen=True)
class Decision:
    """Whether a licence was required, and why.

    Attributes:
        answer: yes, no (none under 3A090/4A090), unknown or outside_scope.
        rule_ids: Rules that require it, the deciding one first.
        eccn: Paragraph the part falls under, wherever it goes.
        thresholds: What was compared, with the part's figures.
        missing: What would have to be known, where the answer is unknown.
        exceptions: Licence exceptions that could apply.
        review_policy: How an application would be reviewed.
        confidence: The lower of the rule's and the part's, where the answer is yes.
        sentence: One plain sentence.
    """

    answer: str
    rule_ids: tuple[str, ...]
    eccn: str | None
    thresholds: tuple[str, ...]
    missing: tuple[str, ...]
    exceptions: str | None
    review_policy: str | None
    confidence: str | None
    sentence: str


def licence_required(
    chip: str,
    destination: str,
    on: date | str,
    headquarters: str | None = None,
    regime: str = "enforced",
    *,
    chips: pl.DataFrame | None = None,
    book: Rulebook | None = None,
) -> Decision:
    """Answer one question; see `decide`.

    A holding is judged by the day it was acquired: ask for that day. Possession later is no event.

    Raises:
        UsageError: A chip, country, day or regime is not one of the valid choices.
    """
    asked = pl.DataFrame(
        {
            "chip": [chip],
            "destination": [destination],
            "date": [_day(on)],
            "headquarters": pl.Series([headquarters], dtype=pl.String),
        }
    )
    (row,) = decide(asked, regime, chips=chips, book=book).drop(asked.columns).to_dicts()
    return Decision(
        **row
        | {name: tuple(row[name]) for name in ("rule_ids", "missing")}
        | {
            "thresholds": tuple((row["thresholds"] or "").split("; "))
            if row["thresholds"]
            else ()
        }
    )


def timeline(
    chip: str,
    destination: str,
    headquarters: str | None = None,
    regime: str = "enforced",
    *,
    book: Rulebook | None = None,
) -> pl.DataFrame:
    """The answer over time: one row per stretch of days with one answer and one reason.

    Returns:
        from_date (the first row's is empty: ever before), until_date (empty: still), then the
        columns of `decide`.
    """
    book = book or Rulebook.shipped()
    starts = [book.starts[0] - DAY, *book.starts]
    asked = pl.DataFrame(
        {
            "chip": chip,
            "destination": destination,
            "date": starts,
            "headquarters": headquarters,
        },
        schema_overrides={"headquarters": pl.String},
    )
    answered = decide(asked, regime, book=book).with_columns(
        from_date=pl.when(pl.int_range(pl.len()) > 0).then("date")
    )
    same = ("answer", "rule_ids", "eccn", "missing", "exceptions", "review_policy")
    changes = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift()) for c in same)
    return (
        answered.filter(changes | (pl.int_range(pl.len()) == 0))
        .with_columns(until_date=pl.col("from_date").shift(-1) - pl.duration(days=1))
        .select("from_date", "until_date", pl.exclude("from_date", "until_date", "date"))
    )


def _day(on: date | str) -> date:
    if isinstance(on, str):
        try:
            return date.fromisoformat(on)
        except ValueError as error:
            raise UsageError(
                f"date {on!r} is not a day. Write it as YYYY-MM-DD, for example 2023-11-01."
            ) from error
    return on
