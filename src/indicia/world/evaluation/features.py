"""What every method of the comparison sees of a facility: the same evidence, before any weighing.

Per indicator: how likely the facility is the source of a flag (`<code>_flag_share`: 0 where it was
asked and nothing showed, null where nothing was asked), and how strong the signal is beside its own
threshold (`<code>_strength`, 1 at the threshold, times that likelihood).
"""

from collections.abc import Mapping, Sequence

import polars as pl

from indicia.indicators import Indicator
from indicia.schema import RIVALS
from indicia.scoring.hypotheses import likelihoods

MOST_STRENGTH = 10.0
FLAG, STRENGTH = "_flag_share", "_strength"


def features(
    tables: Mapping[str, pl.DataFrame], catalogue: Sequence[Indicator]
) -> pl.DataFrame:
    """One row per facility of `assessment`: facility_id, then two columns per indicator."""
    seen = tables["item"].join(
        tables["evidence"].select(
            "evidence_id", "indicator", "result", "observed_value", "threshold_value"
        ),
        on="evidence_id",
    )
    is_flag = pl.col("result") == "flag"
    ratio = pl.when(pl.col("threshold_value") > 0).then(
        pl.col("observed_value") / pl.col("threshold_value")
    )
    strength = ratio.fill_nan(None).fill_null(is_flag.cast(pl.Float64)).clip(0, MOST_STRENGTH)
    long = seen.group_by("facility_id", "indicator").agg(
        flag=pl.when(is_flag).then("exposure_share").otherwise(0.0).max(),
        strength=(strength * pl.col("exposure_share")).max(),
    )
    wide = tables["assessment"].select("facility_id")
    for indicator in catalogue:
        own = long.filter(pl.col("indicator") == indicator.code).select(
            "facility_id",
            pl.col("flag").alias(indicator.code + FLAG),
            pl.col("strength").alias(indicator.code + STRENGTH),
        )
        wide = wide.join(own, on="facility_id", how="left", maintain_order="left")
    return wide


def signs(catalogue: Sequence[Indicator]) -> dict[str, float]:
    """Whether a flag of an indicator is meant to speak for H1 (+1) or against it (-1)."""
    others = pl.mean_horizontal(RIVALS)
    meant = likelihoods().with_columns(
        sign=pl.when(pl.col("H1") >= others).then(1.0).otherwise(-1.0)
    )
    of_kind = dict(meant.select("kind", "sign").iter_rows())
    return {i.code: of_kind[i.kinds[0]] for i in catalogue}
