"""Slips between units that a record itself gives away."""

import polars as pl

_ENERGY = r"(?i)\b(?:GW|gigawatts?)[-\s]?h(?:ours?)?\b"
_GIGAWATTS = r"(?i)\b\d+(?:\.\d+)?[-\s]*(?:GW|gigawatts?)\b"
RULE = "GW taken for MW"
EXPECTED = "MW, as 1,200 where the text says 1.2 GW"
REMEDY = "Write the power in MW and load again"


def repeats_gigawatts(power_mw: pl.Expr, text: pl.Expr) -> pl.Expr:
    """Whether a power in MW is the very number that its own text gives in GW.

    Args:
        power_mw: The number in the column of MW.
        text: What its publisher says of it; energy (GWh) is not looked at.
    """
    said = text.str.replace_all(_ENERGY, "").str.extract_all(_GIGAWATTS)
    numbers = said.list.eval(pl.element().str.extract(r"^(\d+(?:\.\d+)?)").cast(pl.Float64))
    return (power_mw > 0) & numbers.list.contains(power_mw).fill_null(value=False)
