"""Evidence as it counts for whatever is assessed: in time or not, in bans, and as four results.

One recipe for facilities, lanes and organisations: `key` names the columns that identify one.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from indicia.indicators.base import Indicator
from indicia.reference import tables
from indicia.scoring import fusion
from indicia.scoring.fusion import Floats

ASKED = ("flag", "no_flag")
RANKS = {"flag": 3, "no_flag": 2, "not_applicable": 1, "no_data": 0}


def in_time(attached: pl.DataFrame, allowed: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Evidence that ended before any part needed a licence there says nothing about the first hypothesis.

    Args:
        attached: `key`, `ends_date` and `result`.
        allowed: `key` and `licence_since_date`.
        key: What identifies the assessed.
    """
    since = allowed.select(*key, "licence_since_date")
    is_early = pl.col("ends_date") < pl.col("licence_since_date")
    is_asked = pl.col("result").is_in(ASKED)
    return (
        attached.join(since, on=key, how="left", maintain_order="left")
        .with_columns(
            result=pl.when(is_early & is_asked)
            .then(pl.lit("not_applicable"))
            .otherwise("result")
        )
        .drop("licence_since_date")
    )


def bans(seen: pl.DataFrame, hypotheses: Sequence[str]) -> Floats:
    """Items x rivals: what each piece of evidence weighs for the first hypothesis over each other.

    Args:
        seen: Evidence with flag or no flag: `result`, `reliability`, `quality_share`,
            `detectability_share`, `weight_share` (exposure), and of its kind P(e|H) under the
            hypotheses' names, `background` and `ratio_cap`.
        hypotheses: The first one and its rivals.
    """
    grades = tables.settings()["reliability"]
    weight = (
        seen["reliability"]
        .fill_null("F")
        .replace_strict(grades, return_dtype=pl.Float64)
        .to_numpy()
        * seen["quality_share"].fill_null(1.0).to_numpy()
    )
    given = seen.select(hypotheses).to_numpy()
    exposure = seen["weight_share"].to_numpy()
    is_flag = (seen["result"] == "flag").to_numpy()[:, None]
    likelihood = np.where(
        is_flag,
        fusion.flagged(given, seen["background"].to_numpy(), exposure),
        fusion.absent(given, seen["detectability_share"].fill_null(0.0).to_numpy(), exposure),
    )
    return fusion.bans(likelihood, weight, seen["ratio_cap"].fill_null(float("nan")).to_numpy())


def four_results(
    assessed: pl.DataFrame, catalogue: Sequence[Indicator], attached: pl.DataFrame
) -> pl.DataFrame:
    """One of four results per assessed and indicator: the strongest of its evidence, else no data.

    A flag outranks no flag, which outranks not applicable.

    Args:
        assessed: One row each, nothing but what identifies it.
        catalogue: The indicators that can be asked.
        attached: The same columns with `indicator` and `result`.
    """
    key = assessed.columns
    asked = pl.DataFrame(
        {"indicator": [i.code for i in catalogue], "family": [i.family for i in catalogue]},
        schema={"indicator": pl.String, "family": pl.String},
    )
    rows, columns = assessed.sort(key), asked.sort("indicator")
    met = (
        attached.lazy()
        .select(*key, "indicator", "result")
        .join(rows.lazy().with_row_index("row"), on=key)
        .join(columns.lazy().with_row_index("column"), on="indicator")
        .select(
            at=pl.col("row").cast(pl.Int64) * columns.height + pl.col("column"),
            rank=pl.col("result").replace_strict(RANKS, return_dtype=pl.Int8),
        )
        .collect()
    )
    at, rank = met["at"].to_numpy(), met["rank"].to_numpy()
    # A cell for each pair: a number each, which takes a tenth of the time of a join of texts.
    best = np.zeros(rows.height * columns.height, dtype=np.int64)
    names = sorted(RANKS, key=RANKS.__getitem__)
    for name in names:
        best[at[rank == RANKS[name]]] = RANKS[name]
    counts = np.bincount(at, minlength=len(best)).astype(np.int64)
    return rows.join(columns, how="cross", maintain_order="left_right").with_columns(
        result=pl.Series(names, dtype=pl.String).gather(best),
        evidence_count=pl.Series(counts),
    )
