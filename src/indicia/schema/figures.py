"""How numbers are written in sentences."""

import polars as pl


def figure(value: pl.Expr) -> pl.Expr:
    """A number as text with its thousands set apart; round it first.

    >>> pl.select(figure(pl.lit(-1243.6)), n=figure(pl.lit(2879))).row(0)
    ('-1,243.6', '2,879')
    """
    text = value.cast(pl.String)
    whole = text.str.extract(r"^-?(\d+)").str.reverse().str.replace_all(r"(\d{3})", "${1},")
    apart = pl.concat_str(
        text.str.extract(r"^(-?)"),
        whole.str.reverse().str.strip_chars_start(","),
        text.str.extract(r"^-?\d+(.*)$"),
    )
    return apart.fill_null(text)  # what is no number stays as it is


def dollars(text: pl.Expr) -> pl.Expr:
    """A sentence of ours whose first amount of US$ gets its thousands set apart.

    >>> pl.select(dollars(pl.lit("HS 847150, US$ 7351601.0, 12 kg"))).item()
    'HS 847150, US$ 7,351,601.0, 12 kg'
    """
    said = text.str.extract_groups(r"^(?s)(.*?US\$ )(\d+(?:\.\d+)?)(.*)$")
    parts = [said.struct.field(name) for name in ("1", "2", "3")]
    return pl.concat_str(parts[0], figure(parts[1]), parts[2]).fill_null(text)
