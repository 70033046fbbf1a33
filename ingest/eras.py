"""Years of the Republic of China (113 is 2024) and of the Buddhist era (2567 is 2024), told by their size.

No record is of the years 100 to 199 or 2400 to 2699 of the common era, so nothing is guessed.
"""

import re

import polars as pl

REPUBLIC, BUDDHIST = 1911, 543  # years between the eras
_BUDDHIST_FIRST = re.compile(r"^2[4-6]\d\d(?=-)")
_ISO, _SLASHED = r"^(2[4-6]\d\d)-", r"^(\d{1,2}/\d{1,2}/)(2[4-6]\d\d)\b"
_MONTH_AND_DAY = r"\s*[年/.\-]\s*(\d{1,2})\s*[月/.\-]\s*(\d{1,2})"
_OF_REPUBLIC = (
    rf"^(?:(?:中華|中华)?民[國国])\s*(\d{{1,3}}){_MONTH_AND_DAY}",
    rf"^(1\d\d){_MONTH_AND_DAY}",
)


def in_common_era(text: str) -> str:
    """An ISO date or instant with its year in the common era: 2567-02-29 is 2024-02-29."""
    return _BUDDHIST_FIRST.sub(lambda year: str(int(year[0]) - BUDDHIST), text)


def common_era(text: pl.Expr) -> pl.Expr:
    """Dates with their years in the common era; those that are in it already stay as they are.

    Args:
        text: Dates such as `2567-02-29`, `29/2/2567`, `113/5/6`, `113.5.6` or `民國113年5月6日`.
    """
    buddhist = _less(text.str.extract(_ISO, 1), BUDDHIST) + text.str.slice(4)
    slashed = text.str.extract(_SLASHED, 1) + _less(text.str.extract(_SLASHED, 2), BUDDHIST)
    republic = (
        pl.concat_str(
            _less(text.str.extract(pattern, 1), -REPUBLIC),
            *(text.str.extract(pattern, n).str.zfill(2) for n in (2, 3)),
            separator="-",
        )
        for pattern in _OF_REPUBLIC
    )
    return pl.coalesce(buddhist, slashed, *republic, text)


def _less(year: pl.Expr, years: int) -> pl.Expr:
    return (year.cast(pl.Int64) - years).cast(pl.String)
