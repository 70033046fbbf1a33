"""A list of names held against known parties: each name meets every party it may be, with a reason.

Reads nothing and keeps nothing: frames in, frames out, and no row put aside on a disk in between.
"""

from collections.abc import Callable

import polars as pl

from indicia.entities.match import meet
from indicia.store import memory_alone

COMPARED = ("name", "countries_iso2", "address", "registry_ids")
DIFFERENT = "different"
HIT = pl.Schema(
    {
        "row": pl.Int64, "target_id": pl.String, "method": pl.String, "decision": pl.String,
        "score_share": pl.Float64, "asked_value": pl.String, "listed_value": pl.String,
        "features": pl.String, "why": pl.String,
    }
)  # fmt: skip
ASKED = "asked:"


def screen(
    asked: pl.DataFrame,
    targets: pl.DataFrame,
    meeting: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame] = meet,
) -> pl.DataFrame:
    """Meetings of every asked row with every target worth showing, the closest first per row.

    Args:
        asked: `row` and the columns of `COMPARED`; rows that say the same are compared once.
        targets: `id` and the columns of `COMPARED`; several rows of one id are names of one party.
        meeting: How names are compared.

    Returns:
        Rows of `HIT`; a row that meets nothing has none.
    """
    if asked.is_empty() or targets.is_empty():
        return HIT.to_frame()
    alike = asked.select(COMPARED).unique(maintain_order=True).with_row_index("place")
    queries = alike.with_columns(id=pl.lit(ASKED) + pl.col("place").cast(pl.String))
    with memory_alone():
        met = meeting(queries.select("id", *COMPARED), targets.select("id", *COMPARED))
    rows = asked.select("row", *COMPARED).join(queries, on=COMPARED, nulls_equal=True)
    found = met.filter(pl.col("decision") != DIFFERENT).rename(
        {"right_id": "target_id", "left_value": "asked_value", "right_value": "listed_value"}
    )
    order = pl.col("decision").replace_strict({"same": 0, "possible": 1, "near": 2})
    return (
        rows.select("row", left_id="id")
        .join(found, on="left_id")
        .sort("row", order, -pl.col("score_share"), "target_id")
        .select(HIT.names())
        .cast(HIT)
    )
