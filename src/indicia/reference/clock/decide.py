"""Decisions for many questions at once.

Questions that share part, period, class of destination and class of headquarters have one answer:
it is worked out once and joined back, so that a million rows cost little more than their sentences.
"""

import polars as pl

from indicia.errors import UsageError
from indicia.reference.clock.cases import answers
from indicia.reference.clock.groups import places
from indicia.reference.clock.measures import fitted, parts
from indicia.reference.clock.rules import REGIMES, Rulebook

ASKED = pl.Schema(
    {"chip": pl.String, "destination": pl.String, "date": pl.Date, "headquarters": pl.String}
)
ANSWERS = ("yes", "no", "unknown", "outside_scope")
OUTPUT = pl.Schema(
    {
        "answer": pl.Enum(ANSWERS),
        "rule_ids": pl.List(pl.String()),
        "eccn": pl.String(),
        "thresholds": pl.String(),
        "missing": pl.List(pl.String()),
        "exceptions": pl.String(),
        "review_policy": pl.String(),
        "confidence": pl.String(),
        "sentence": pl.String(),
    }
)


def decide(
    frame: pl.DataFrame,
    regime: str = "enforced",
    *,
    chips: pl.DataFrame | None = None,
    book: Rulebook | None = None,
) -> pl.DataFrame:
    """Answer, for every row, whether a licence was required on its day.

    Args:
        frame: Columns chip, destination, date and, where known, headquarters (of the consignee or
            its ultimate parent); countries in two letters. Empty cells are not known.
        regime: `enforced`, or `codified` (what stands in the text, enforced or not).
        chips: Parts to use in place of the shipped ones, in columns of `measures.PARTS`.
        book: Rules to use in place of the shipped ones.

    Returns:
        The frame in its own order with the columns of `OUTPUT` added.

    Raises:
        UsageError: A chip, country, date or regime is not one of the valid choices.
    """
    book = book or Rulebook.shipped()
    known = parts() if chips is None else fitted(chips)
    asked = _checked(frame, regime, known, book)
    place, periods = places(book), len(book.starts) + 1
    starts = pl.Series(book.starts, dtype=pl.Date)
    chip = asked["chip"].cast(pl.Enum(known["chip"])).to_physical().cast(pl.Int64)
    # The search takes no missing day; such a row has no key, whatever stands in for its day.
    days = asked["date"].fill_null(starts[0])
    period = starts.search_sorted(days, side="right").cast(pl.Int64)

    def place_class(column: str) -> pl.Series:
        country = asked[column].cast(pl.Enum(book.countries)).to_physical().cast(pl.Int64)
        at = country.fill_null(len(book.countries)) * periods + period
        return place.class_of.gather(at).cast(pl.Int64)

    classes = place.is_other.height
    key = (chip * periods + period) * classes + place_class("destination")
    key = key * classes + place_class("headquarters")
    keyed = asked.with_columns(key=key).with_columns(
        key=pl.when(pl.col("date").is_not_null()).then("key")
    )
    number = pl.col("key")
    cases = keyed.select(number.unique().drop_nulls()).select(
        "key",
        chip_row=(number // (classes * classes * periods)).cast(pl.UInt32),
        period=number // (classes * classes) % periods,
        destination_class=(number // classes % classes).cast(pl.UInt32),
        hq_class=(number % classes).cast(pl.UInt32),
    )
    joined = keyed.join(
        answers(cases, regime, known, book, place), on="key", how="left", maintain_order="left"
    )
    return frame.drop(OUTPUT.names(), strict=False).hstack(_worded(joined).get_columns())


def _checked(
    frame: pl.DataFrame, regime: str, known: pl.DataFrame, book: Rulebook
) -> pl.DataFrame:
    if regime not in REGIMES:
        raise UsageError(f"regime {regime!r} is not known. Choose from: {', '.join(REGIMES)}.")
    absent = [c for c in ASKED if c not in frame.columns and c != "headquarters"]
    if absent:
        raise UsageError(f"columns missing: {', '.join(absent)}. Needed: {', '.join(ASKED)}.")
    if frame.schema["date"] not in (pl.Date, pl.Null):
        raise UsageError(
            f"date holds {frame.schema['date']}. Give days (YYYY-MM-DD) as a Polars Date column."
        )
    if "headquarters" not in frame.columns:
        frame = frame.with_columns(headquarters=pl.lit(None, dtype=pl.String))
    asked = frame.select(pl.col(c).cast(t) for c, t in ASKED.items())
    for column, what, valid in (
        ("chip", "chip", known["chip"].to_list()),
        ("destination", "destination", book.countries),
        ("headquarters", "headquarters", book.countries),
    ):
        wrong = sorted(set(asked[column].unique().drop_nulls()) - set(valid))
        if wrong:
            raise UsageError(
                f"{what} {wrong[0]!r} is not known. Choose from: {'; '.join(valid)}."
            )
    return asked


def _worded(joined: pl.DataFrame) -> pl.DataFrame:
    """Give every row its sentence, and rows without chip or date their answer."""
    no_key = pl.col("key").is_null()
    absent = pl.concat_list(
        *(
            pl.when(pl.col(c).is_null()).then(pl.lit(c)).otherwise(pl.lit(None, pl.String))
            for c in ("chip", "date")
        )
    ).list.drop_nulls()
    answered = joined.with_columns(
        answer=pl.when(no_key)
        .then(pl.lit("unknown"))
        .otherwise("answer")
        .cast(OUTPUT["answer"]),
        missing=pl.when(no_key).then(absent).otherwise("missing"),
        rule_ids=pl.col("rule_ids").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        reason=pl.when(no_key)
        .then(pl.format("cannot be told, not known: {}", absent.list.join(", ")))
        .otherwise("reason"),
    )
    return answered.select(
        *(c for c in OUTPUT if c != "sentence"),
        sentence=pl.format(
            "{} to {}{} on {}: {}.",
            pl.col("chip").fill_null("(chip not known)"),
            pl.col("destination").fill_null("(destination not known)"),
            pl.format(" (headquarters {})", "headquarters").fill_null(""),
            pl.col("date").cast(pl.String).fill_null("(day not known)"),
            "reason",
        ),
    )
