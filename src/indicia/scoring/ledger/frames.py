"""Many amounts at once: what one unit implies is drawn once per setting and scaled row by row."""

from collections.abc import Callable, Sequence

import polars as pl

from indicia.errors import UsageError
from indicia.reference.compute.draws import Floats, Interval, Prior

ENDS = ("p05", "p50", "p95")
SAYS = {"mw": "Power in MW (mw)", "amount": "Amount (amount)"}


def above_zero(rows: pl.DataFrame, column: str) -> None:
    """Refuse amounts that are missing or not finite numbers above zero.

    Raises:
        UsageError: There is one; the first is named.
    """
    value = pl.col(column).cast(pl.Float64)
    wrong = rows.filter(~((value > 0) & value.is_finite()).fill_null(value=False))
    if wrong.height:
        raise UsageError(
            f"{SAYS[column]} must be a number above 0 in every row, "
            f"received {wrong[column][0]!r}."
        )


def scaled(
    rows: pl.DataFrame,
    amount: str,
    setting: Sequence[str],
    per_unit: Callable[..., tuple[Floats, tuple[Prior, ...]]],
) -> pl.DataFrame:
    """The rows in their order with `p05`, `p50`, `p95` and `assumptions`: the priors in force.

    Args:
        rows: The amounts with their setting.
        amount: Column of the amount.
        setting: Columns that decide how an amount is read, in the order `per_unit` takes them.
        per_unit: Draws per unit of amount for one setting, with the priors behind them.

    Raises:
        UsageError: An amount that is not above zero.
    """
    above_zero(rows, amount)
    kinds = rows.select(setting).unique(maintain_order=True)
    drawn = [per_unit(*kind) for kind in kinds.iter_rows()]
    ends = [Interval.of(values) for values, _ in drawn]
    used = ["; ".join(str(p) for p in priors) for _, priors in drawn]
    per = kinds.with_columns(
        *(pl.Series(n, [getattr(e, n) for e in ends], dtype=pl.Float64) for n in ENDS),
        pl.Series("assumptions", used, dtype=pl.String),
    )
    joined = rows.join(per, on=list(setting), how="left", maintain_order="left")
    return joined.with_columns(pl.col(ENDS) * pl.col(amount))
