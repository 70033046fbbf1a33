"""How often indicators flag under each explanation in a world, beside what the table of likelihoods says.

Counted over items, that is a facility and a piece of evidence that reaches it. `expected` is what
the table would have through the same exposures: the sum of w P(e|H) + (1 - w) P(e|background).
Items through which a facility sees mostly itself (`own`: exposure of at least a half) are counted
apart, since there a flag says something of the facility's own explanation.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from indicia.indicators import Indicator
from indicia.schema import RIVALS
from indicia.scoring.hypotheses import HYPOTHESES, likelihoods

OWN_SHARE = 0.5
KEYS = ("indicator", "kind", "hypothesis")
COUNTS = ("asked", "flags", "expected", "own_asked", "own_flags")
# Half a flag and half a silence are added, so that none seen is no certainty.
HALF, ONE = 0.5, 1.0
LEAST_ITEMS = 30


def counted(
    tables: Mapping[str, pl.DataFrame], catalogue: Sequence[Indicator], truth: pl.DataFrame
) -> pl.DataFrame:
    """Columns KEYS and COUNTS of one world.

    Args:
        tables: As `scoring.assess` gives them.
        catalogue: The indicators asked.
        truth: facility_id, hypothesis.
    """
    seen = (
        tables["item"]
        .select("facility_id", "evidence_id", w="exposure_share")
        .join(
            tables["evidence"].select("evidence_id", "indicator", "result", flagged="kind"),
            on="evidence_id",
        )
        .join(truth.select("facility_id", "hypothesis"), on="facility_id")
    )
    kinds = pl.DataFrame(
        [(i.code, kind) for i in catalogue for kind in i.kinds],
        schema={"indicator": pl.String, "kind": pl.String},
        orient="row",
    )
    given = likelihoods().unpivot(
        list(HYPOTHESES),
        index=["kind", "background"],
        variable_name="hypothesis",
        value_name="likelihood",
    )
    is_flag = ((pl.col("result") == "flag") & (pl.col("flagged") == pl.col("kind"))).cast(
        pl.Float64
    )
    own = (pl.col("w") >= OWN_SHARE).cast(pl.Float64)
    return (
        seen.join(kinds, on="indicator")
        .join(given, on=["kind", "hypothesis"])
        .group_by(KEYS)
        .agg(
            asked=pl.len().cast(pl.Float64),
            flags=is_flag.sum(),
            expected=(
                pl.col("w") * pl.col("likelihood") + (1 - pl.col("w")) * pl.col("background")
            ).sum(),
            own_asked=own.sum(),
            own_flags=(own * is_flag).sum(),
        )
        .sort(KEYS)
    )


def rates(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts of many worlds added up: KEYS, COUNTS, and table_share: P(e|H) of the table."""
    given = likelihoods().unpivot(
        list(HYPOTHESES), index="kind", variable_name="hypothesis", value_name="table_share"
    )
    return (
        counts.group_by(KEYS)
        .agg(pl.col(COUNTS).sum())
        .join(given, on=["kind", "hypothesis"], how="left")
        .sort(KEYS)
    )


def contradictions(rated: pl.DataFrame) -> pl.DataFrame:
    """How far what a flag says of H1 over each rival lies from the table, worst first (bans).

    Returns:
        indicator, kind, rival, seen_bans (log10 of the ratio of rates among own items), table_bans,
        gap_bans (seen less table), asked_h1, asked_rival (own items).
    """
    seen = rated.filter(pl.col("own_asked") >= LEAST_ITEMS).with_columns(
        share=(pl.col("own_flags") + HALF) / (pl.col("own_asked") + ONE)
    )
    first = seen.filter(pl.col("hypothesis") == "H1")
    pairs = seen.filter(pl.col("hypothesis").is_in(RIVALS)).join(
        first, on=["indicator", "kind"], suffix="_h1"
    )
    return (
        pairs.select(
            "indicator",
            "kind",
            rival="hypothesis",
            seen_bans=(pl.col("share_h1") / pl.col("share")).log10(),
            table_bans=(pl.col("table_share_h1") / pl.col("table_share")).log10(),
            asked_h1="own_asked_h1",
            asked_rival="own_asked",
        )
        .with_columns(gap_bans=pl.col("seen_bans") - pl.col("table_bans"))
        .sort(
            pl.col("gap_bans").abs(),
            "indicator",
            "kind",
            "rival",
            descending=[True, False, False, False],
        )
    )
