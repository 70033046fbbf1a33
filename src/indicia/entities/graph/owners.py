"""How much of an organisation listed ones own, through others, and who stands above it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from indicia.entities.graph.relations import (
    CONTROL,
    UP,
    asked,
    holds,
    names,
    relations,
    stand_ins,
)
from indicia.store import Workspace

HOPS = 12
DIRECT = ("direct parent", "branch of")

# A listing counts from its day on; one without a day counts, and its evidence says so.
LISTED = """
SELECT entity_id, record_id, list_code, name, listed_date, row_key, source, source_url, fetch_id,
       origin_id, reliability
FROM party_record
WHERE kind = 'listed' AND list_code IN (SELECT unnest($lists))
  AND (listed_date IS NULL OR listed_date <= $on)
ORDER BY entity_id, listed_date, list_code, record_id
"""
COUNTRIES = """
SELECT coalesce(p.entity_id, r.record_id) AS node_id, r.country_iso2 AS iso2 FROM entity_record r
LEFT JOIN party_record p ON p.record_id = r.record_id WHERE r.country_iso2 IS NOT NULL
UNION
SELECT entity_id, trim(unnest(string_split(countries_iso2, ';'))) FROM organisation
WHERE countries_iso2 IS NOT NULL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """Listed owners of organisations on a day.

    Attributes:
        owned: entity_id, listed_share (sum of the stated shares that listed owners hold, themselves or
            through others they control; a parent without a stated share counts as half, the least
            control can be), is_stated (every share in it is stated), minority_share (what listed
            owners of under half each hold directly), via_id (the owner closest to a listed one, then the one with most).
        hops: entity_id, hop_no, and the relation of each hop from the organisation up to a listed
            one, with its row; `listing_id` is the organisation listed.
        listings: The listings of listed organisations, with their rows.
    """

    owned: pl.DataFrame
    hops: pl.DataFrame
    listings: pl.DataFrame


def listed_owners(db: Workspace, on: date, lists: tuple[str, ...]) -> Listed:
    """What listed organisations own, through as many hands as it takes.

    An organisation of which listed ones hold half or more counts as listed for what it owns in turn.

    Args:
        db: A connection that shows the register and resolved tables.
        on: The day of relations and listings.
        lists: Codes of the lists that count.
    """
    stand_ins(db)
    listings = asked(db, LISTED, on=on, lists=list(lists))
    stakes = _stakes(relations(db, on))
    nodes = (
        pl.concat([stakes["entity_id"], stakes["other_id"], listings["entity_id"]])
        .unique()
        .sort()
    )
    child, owner = (_place(stakes[c], nodes) for c in ("entity_id", "other_id"))
    share = stakes["share"].fill_null(CONTROL).to_numpy()
    adds = stakes.select(pl.col("kind").is_in(DIRECT) & pl.col("share").is_not_null())
    is_direct = adds.to_series().to_numpy()
    start = np.zeros(len(nodes), dtype=bool)
    start[_place(listings["entity_id"], nodes)] = True
    counted, total = start.copy(), np.zeros(len(nodes))
    turn = np.where(
        start, 0, HOPS + 1
    )  # when it came to count: the way to a listed one goes down
    for nth in range(1, HOPS + 1):
        stake = np.where(counted[owner], share, 0.0)
        summed = np.bincount(child, np.where(is_direct, stake, 0.0), len(nodes))
        above = np.zeros(len(nodes))
        np.maximum.at(above, child, np.where(is_direct, 0.0, stake))
        total = np.minimum(1.0, np.round(np.maximum(summed, above), 9))
        grown = counted | (total >= CONTROL)
        if np.array_equal(grown, counted):
            break
        turn[grown & ~counted] = nth
        counted = grown
    held = stakes.with_columns(
        is_counted=pl.Series(counted[owner], dtype=pl.Boolean),
        is_end=pl.Series(start[owner], dtype=pl.Boolean),
        turn=pl.Series(turn[owner], dtype=pl.Int64),
    ).filter("is_counted")
    minor = pl.col("share").filter((pl.col("share") < CONTROL) & pl.col("is_end"))
    owned = (
        held.sort(
            "entity_id", "turn", "weight", "other_id", descending=[False, False, True, False]
        )
        .group_by("entity_id", maintain_order=True)
        .agg(
            via_id=pl.col("other_id").first(),
            is_stated=pl.col("share").is_not_null().all(),
            minority_share=minor.sum(),
        )
        .join(
            pl.DataFrame({"entity_id": nodes, "listed_share": total}),
            on="entity_id",
            how="left",
        )
        .sort("entity_id")
    )
    return Listed(owned, _hops(held, owned, set(listings["entity_id"])), listings)


def _stakes(found: pl.DataFrame) -> pl.DataFrame:
    """One stake per organisation and owner; a stated ultimate parent beside the chain that leads to it."""
    up = found.filter(pl.col("kind").is_in(UP)).with_columns(
        weight=pl.col("share").fill_null(CONTROL),
        is_direct=pl.col("kind").is_in(DIRECT),
    )
    return (
        up.filter(pl.col("is_direct") | holds())
        .sort(
            "entity_id", "other_id", "is_direct", "share",
            descending=[False, False, True, True], nulls_last=True,
        )
        .unique(["entity_id", "other_id"], keep="first", maintain_order=True)
        .drop("is_direct")
    )  # fmt: skip


def _place(ids: pl.Series, nodes: pl.Series) -> np.ndarray:
    return nodes.search_sorted(ids).to_numpy().astype(np.int64)


def _hops(held: pl.DataFrame, owned: pl.DataFrame, listed: set[str]) -> pl.DataFrame:
    """From each organisation up along the owner closest to a listed one, until that one."""
    best = held.join(
        owned.select("entity_id", other_id="via_id"), on=["entity_id", "other_id"]
    ).rename({"entity_id": "at_id"})
    walk, done = owned.select("entity_id", at_id="entity_id"), []
    for hop in range(1, HOPS + 1):
        step = walk.join(best, on="at_id").with_columns(hop_no=pl.lit(hop))
        done.append(step)
        walk = step.filter(~pl.col("other_id").is_in(list(listed))).select(
            "entity_id", at_id="other_id"
        )
        if walk.is_empty():
            break
    every = pl.concat(done)
    last = every.group_by("entity_id").agg(
        listing_id=pl.col("other_id").sort_by("hop_no").last()
    )
    return every.join(last, on="entity_id").sort("entity_id", "hop_no")


def climb(db: Workspace, on: date, starts: pl.DataFrame, hops: int = HOPS) -> pl.DataFrame:
    """Every owner above some organisations, each once, at the least number of steps.

    Args:
        db: A connection that shows the register and resolved tables.
        on: The day.
        starts: Column entity_id.
        hops: Steps climbed at most; circles end by themselves.

    Returns:
        entity_id, owner_id, owner_name, hop_no, kind, share, countries (list; empty where no source
        states one) and the row of the last step; in order of entity, hop and owner.
    """
    stakes = relations(db, on).filter(pl.col("kind").is_in(UP))
    step = stakes.rename({"entity_id": "at_id", "other_id": "owner_id"})
    walk = starts.select("entity_id", at_id="entity_id").unique().sort("entity_id")
    seen = walk.rename({"at_id": "owner_id"})
    done = []
    for hop in range(1, hops + 1):
        found = (
            walk.join(step, on="at_id")
            .sort("entity_id", "owner_id", "kind", "at_id")
            .unique(["entity_id", "owner_id"], keep="first", maintain_order=True)
            .join(seen, on=["entity_id", "owner_id"], how="anti")
            .with_columns(hop_no=pl.lit(hop))
        )
        done.append(found)
        if found.is_empty():
            break
        seen = pl.concat([seen, found.select("entity_id", "owner_id")])
        walk = found.select("entity_id", at_id="owner_id")
    places = (
        asked(db, COUNTRIES).group_by("node_id").agg(countries=pl.col("iso2").unique().sort())
    )
    return (
        pl.concat(done)
        .join(places.rename({"node_id": "owner_id"}), on="owner_id", how="left")
        .join(
            names(db).rename({"node_id": "owner_id", "name": "owner_name"}),
            on="owner_id",
            how="left",
        )
        .sort("entity_id", "hop_no", "owner_id")
    )
