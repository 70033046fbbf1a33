"""Watchlists with how far each case moved since, and the log of corrections and disputes."""

import polars as pl

from indicia.answers.reader import Reader
from indicia.answers.reviews import named, told
from indicia.review import tables

PUBLIC = (
    "number",
    "subject",
    "id",
    "name",
    "asked_by",
    "status",
    "public",
    "opened_utc",
    "changed_utc",
)


def lists(store: Reader, events: pl.DataFrame) -> pl.DataFrame:
    """Every case on a watchlist, by list, the newest first.

    Returns:
        `watchlist`, `subject`, `id`, `name`, `verdict` and `support_bans` (now), `seen_verdict` and
        `seen_bans` (when it was put there), `done_by`, `since_utc`, `store_version`, `key`.
    """
    said = pl.col("payload").str
    rows = (
        told(store, events.filter(pl.col("kind") == tables.WATCH))
        .select(
            "subject",
            "id",
            "done_by",
            "store_version",
            watchlist=said.json_path_match("$.list"),
            is_on=said.json_path_match("$.is_on") == "true",
            since_utc=pl.col("at_utc"),
            seen_verdict=said.json_path_match("$.seen.verdict"),
            seen_bans=said.json_path_match("$.seen.support_bans").cast(
                pl.Float64, strict=False
            ),
        )
        .unique(["watchlist", "subject", "id"], keep="last", maintain_order=True)
        .filter("is_on")
    )
    return (
        rows.join(named(store, rows["id"].to_list()), on=["subject", "id"], how="left")
        .sort("watchlist", "since_utc", "id", descending=[False, True, False])
        .select(
            "watchlist", "subject", "id", "name", "verdict", "seen_verdict", "support_bans", "seen_bans",
            "done_by", "since_utc", "store_version", key=pl.format("{}:{}", "subject", "id"),
        )
    )  # fmt: skip


def disputes(store: Reader, events: pl.DataFrame) -> pl.DataFrame:
    """Every correction and dispute as it stands, the latest change first.

    Returns:
        `number` (of the entry that opened it), `subject`, `id`, `name`, `asked_by`, `status`, `public`
        (what everybody may read), `what` (for reviewers), `opened_utc`, `changed_utc`, `done_by`.
    """
    said = pl.col("payload").str
    steps = told(store, events.filter(pl.col("kind") == tables.DISPUTE)).with_columns(
        number=said.json_path_match("$.number").cast(pl.Int64).fill_null(pl.col("event_id")),
        **{k: said.json_path_match(f"$.{k}") for k in ("asked_by", "status", "public", "what")},
    )
    rows = steps.group_by("number", maintain_order=True).agg(
        pl.col("subject", "id").first(),
        pl.col("asked_by", "status", "public", "what", "done_by").last(),
        opened_utc=pl.col("at_utc").first(),
        changed_utc=pl.col("at_utc").last(),
    )
    named_ = rows.join(named(store, rows["id"].to_list()), on=["subject", "id"], how="left")
    return named_.sort("changed_utc", "number", descending=True).select(
        *PUBLIC, "what", "done_by"
    )
