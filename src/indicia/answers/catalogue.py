"""What each indicator's code means, as a frame to join."""

import polars as pl

SCHEMA = pl.Schema(
    {"indicator": pl.String, "indicator_title": pl.String, "benign_causes": pl.String}
)


def titles() -> pl.DataFrame:
    """Code, title and benign causes of every indicator."""
    return pl.DataFrame([], schema=SCHEMA)
