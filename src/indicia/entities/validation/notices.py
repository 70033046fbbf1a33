"""The real run: organisations named in defence notices against the Entity List, to be read line by line."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from indicia.entities import match
from indicia.entities.validation import figures
from indicia.entities.validation.figures import Share
from indicia.entities.validation.tasks import parties, spellings

TRUE = "true"
COLUMNS = [
    "name", "roles", "notices", "listed_id", "listed_name", "method", "decision", "score_share", "why",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A person's reading of every pair shown.

    Args:
        names: Different names in the notices.
        notices: Notices that name any.
        met: Names that meet a listing.
        judged: judged, pairs, names: how many were read as true, arguable or wrong.
        found: Names with a true pair shown, of the names that the reader knows to be listed.
    """

    names: int
    notices: int
    met: int
    judged: pl.DataFrame
    found: Share


def shown(named: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Every pair worth showing, with its explanation: the columns COLUMNS.

    Args:
        named: As `files.notices` gives them; their country is taken to be China.
        listed: As `tasks.entities` gives them.
    """
    each = named.group_by("name").agg(
        roles=pl.col("role").unique().sort().str.join(", "), notices=pl.col("notice").n_unique()
    )
    queries = parties(each.select(id="name", name="name", countries_iso2=pl.lit("CN")))
    targets = parties(spellings(listed).rename({"entity": "id"}))
    met = figures.shown(match.meet(queries, targets)).rename({"left_id": "name"})
    rows = met.join(each, on="name").rename(
        {"right_id": "listed_id", "right_value": "listed_name"}
    )
    return rows.select(COLUMNS).sort(
        "score_share", "name", "listed_name", descending=[True, False, False]
    )


def reviewed(named: pl.DataFrame, rows: pl.DataFrame, review: Path) -> Reviewed:
    """The pairs beside their review.

    Args:
        named: As `files.notices` gives them.
        rows: As `shown` gives them.
        review: A CSV with the columns name, listed_id and judged (true, arguable, wrong): every
            pair that was shown, and true ones that were not. A pair that is shown and that it does
            not hold counts as not read.
    """
    pair = ["name", "listed_id"]
    read = pl.read_csv(review, infer_schema=False).select(*pair, "judged").unique(pair)
    judged = rows.join(read, on=pair, how="left").with_columns(
        pl.col("judged").fill_null("not read")
    )
    counts = judged.group_by("judged").agg(pairs=pl.len(), names=pl.col("name").n_unique())
    true = read.filter(pl.col("judged") == TRUE)
    shown_true = judged.filter(pl.col("judged") == TRUE)
    return Reviewed(
        named["name"].n_unique(),
        named["notice"].n_unique(),
        rows["name"].n_unique(),
        counts.sort("judged"),
        Share(shown_true["name"].n_unique(), true["name"].n_unique()),
    )
