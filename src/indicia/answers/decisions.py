"""People's decisions beside what the store was built with: which wait for the next refresh."""

from collections.abc import Iterable

import polars as pl

from indicia.answers.reader import Reader
from indicia.schema import JUDGEMENT

NEXT_REFRESH = (
    "A judgement is written down at once and counts from the next refresh on: the groups and scores "
    "on this page are those of the store as it was built."
)
VERDICTS = {"match": "Same", "no match": "Not the same", "unsure": "Unsure"}
PAIR = ("subject", "left_id", "right_id")


def pending(store: Reader, judged: pl.DataFrame) -> pl.DataFrame:
    """Judgements that the store was not built with, the newest first.

    Args:
        store: The store.
        judged: What the journal holds, as rows of `schema.JUDGEMENT`.
    """
    held = store.sql("SELECT judgement_id FROM judgement")
    return judged.join(held, on="judgement_id", how="anti").sort(
        "judgement_id", descending=True
    )


def of(store: Reader, judged: pl.DataFrame, ids: Iterable[str]) -> pl.DataFrame:
    """Judgements on any of these ids, the newest first, and whether each counts already."""
    wanted = list(ids)
    held = store.sql("SELECT judgement_id FROM judgement")["judgement_id"]
    is_of = pl.col("left_id").is_in(wanted) | pl.col("right_id").is_in(wanted)
    counts = pl.when(pl.col("judgement_id").is_in(held.implode()))
    return (
        judged.filter(is_of)
        .sort(JUDGEMENT.key, descending=True)
        .with_columns(
            counts=counts.then(pl.lit("yes")).otherwise(pl.lit("from the next refresh"))
        )
    )


def unknown(store: Reader, subject: str, ids: Iterable[str]) -> list[str]:
    """Ids that the store does not hold; none where it holds no ids of that kind at all."""
    query = (
        "SELECT facility_id AS id FROM facility UNION SELECT published_id FROM facility_identity "
        "UNION SELECT left_id FROM facility_edge UNION SELECT right_id FROM facility_edge"
        if subject == "facility"
        else "SELECT record_id AS id FROM party_record"
    )
    held = set(store.sql(query)["id"])
    return [i for i in ids if i not in held] if held else []
