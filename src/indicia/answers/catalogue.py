"""What each indicator's code means, as a frame to join."""

import polars as pl

from indicia.indicators import CATALOGUE


def titles() -> pl.DataFrame:
    """Code, title and benign causes of every indicator."""
    return pl.DataFrame(
        {
            "indicator": [i.code for i in CATALOGUE],
            "indicator_title": [i.title for i in CATALOGUE],
            "benign_causes": ["; ".join(i.benign_causes) for i in CATALOGUE],
        },
        schema=dict.fromkeys(("indicator", "indicator_title", "benign_causes"), pl.String),
    )
