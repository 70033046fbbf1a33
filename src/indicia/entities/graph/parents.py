"""The ultimate parent and the headquarters of every organisation, as of a day."""

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from indicia.entities.graph.relations import asked, holds, names, stand_ins, steps
from indicia.store import Workspace

Places = npt.NDArray[np.int64]
STATED, CHAIN, NONE, SEVERAL, CIRCLE, MINORITY = (
    "stated", "followed", "none stated", "several parents", "a circle", "minority owners only",
)  # fmt: skip
STATED_KIND = "ultimate parent"
FOLLOWED_KINDS = ("direct parent", "branch of")

# A register's word for headquarters; the legal seat is not one and is never taken for it.
SEATS = """
WITH said AS (
  SELECT coalesce(p.entity_id, r.record_id) AS entity_id, r.record_id, r.name, r.headquarters_iso2,
         r.source, r.source_url
  FROM entity_record r LEFT JOIN party_record p ON p.record_id = r.record_id
  WHERE r.headquarters_iso2 IS NOT NULL AND (r.founded_date IS NULL OR r.founded_date <= $on)
    AND (r.ended_date IS NULL OR r.ended_date >= $on)
)
SELECT * EXCLUDE nth FROM (SELECT *, row_number() OVER (PARTITION BY entity_id
  ORDER BY source, record_id) AS nth FROM said) WHERE nth = 1 ORDER BY entity_id
"""
NODES = """
SELECT entity_id FROM organisation UNION SELECT record_id FROM entity_record
WHERE record_id NOT IN (SELECT record_id FROM party_record) ORDER BY entity_id
"""
PARTIES = """
SELECT DISTINCT f.party_name, p.entity_id, p.record_id FROM facility_party f
JOIN party_record p ON p.table_name = 'facility_party' AND p.name = f.party_name
ORDER BY f.party_name, p.entity_id, p.record_id
"""


def ultimate_parent(db: Workspace, on: date) -> pl.DataFrame:
    """Who stands at the top of each organisation on a day.

    A stated ultimate parent counts before a chain of direct parents. Owners of less than half are
    not followed; several parents of equal standing and circles are left open, and `basis` says so.

    Args:
        db: A connection that shows the register and resolved tables.
        on: The day.

    Returns:
        entity_id, ultimate_parent_id (null where there is none or it cannot be told), hops_count,
        basis (`stated`, `followed`, `none stated`, `several parents`, `a circle`, `minority owners
        only`), is_disputed (direct parents lead elsewhere than the one stated), is_dated (the first
        day of every relation on the way is stated). One row per organisation, in order of its id.
    """
    found = steps(db, on)
    nodes = _nodes(db, found)
    coded = _coded(found, nodes)
    stated, direct = _chosen(coded, (STATED_KIND,)), _chosen(coded, FOLLOWED_KINDS)
    either = pl.concat([stated, direct]).unique("at", keep="first", maintain_order=True)
    top, along = _tops(len(nodes), either), _tops(len(nodes), direct)
    open_ends = coded.join(either, on="at", how="anti").group_by("at").agg(
        is_split=holds().any()
    )  # fmt: skip
    split, minor = (
        _marked(len(nodes), open_ends.filter(c)["at"])
        for c in (pl.col("is_split"), ~pl.col("is_split"))
    )
    has_stated = _marked(len(nodes), stated["at"])
    is_open = split[top["top"].to_numpy()]
    elsewhere = (along["basis"] == CHAIN) & (along["top"] != top["top"])
    basis = (
        pl.when(pl.Series(is_open))
        .then(pl.lit(SEVERAL))
        .when((pl.col("basis") == CHAIN) & pl.Series(has_stated))
        .then(pl.lit(STATED))
        .when((pl.col("basis") == NONE) & pl.Series(minor))
        .then(pl.lit(MINORITY))
        .otherwise("basis")
    )
    is_told = (pl.col("basis") == CHAIN) & ~pl.Series(is_open)
    return top.select(
        entity_id=nodes,
        ultimate_parent_id=pl.when(is_told).then(nodes.gather(top["top"])),
        hops_count=pl.when(is_told).then("hops_count"),
        basis=basis,
        is_disputed=pl.Series(has_stated) & elsewhere,
        is_dated=pl.when(is_told).then("is_dated"),
    )


def headquarters(db: Workspace, on: date) -> pl.DataFrame:
    """The headquarters of each organisation and of its ultimate parent on a day.

    Returns:
        Columns of `ultimate_parent`, and headquarters_iso2, headquarters_record_id (the register
        entry that says so), parent_headquarters_iso2, parent_headquarters_record_id,
        ultimate_parent_name. What no register states is null.
    """
    top = ultimate_parent(db, on)
    seats = asked(db, SEATS, on=on)
    own = seats.select("entity_id", "headquarters_iso2", headquarters_record_id="record_id")
    above = seats.select(
        ultimate_parent_id="entity_id",
        parent_headquarters_iso2="headquarters_iso2",
        parent_headquarters_record_id="record_id",
    )
    called = names(db).select(ultimate_parent_id="node_id", ultimate_parent_name="name")
    return (
        top.join(own, on="entity_id", how="left", maintain_order="left")
        .join(above, on="ultimate_parent_id", how="left", maintain_order="left")
        .join(called, on="ultimate_parent_id", how="left", maintain_order="left")
    )


def party_headquarters(db: Workspace, on: date) -> pl.DataFrame:
    """The headquarters that registers state for the parties of facilities, and for their parents.

    A party meets a register entry only where the two were decided to be the same.

    Returns:
        party_name, headquarters_iso2, basis (a phrase that names the register entry and, for a
        parent, how many steps up it stands). Up to two rows per party and organisation; none where
        no register says.
    """
    stand_ins(db)
    parties = asked(db, PARTIES)
    known = parties.select("party_name", "entity_id").unique().join(
        headquarters(db, on), on="entity_id"
    )  # fmt: skip
    own = known.filter(pl.col("headquarters_iso2").is_not_null()).select(
        "party_name",
        "headquarters_iso2",
        rank=pl.lit(0),
        basis=pl.format("by register entry {}", "headquarters_record_id"),
    )
    steps = (
        pl.when(pl.col("basis") == STATED)
        .then(pl.lit("as stated"))
        .when(pl.col("hops_count") == 1)
        .then(pl.lit("1 step up"))
        .otherwise(pl.format("{} steps up", "hops_count"))
    )
    undated = pl.when("is_dated").then(pl.lit("")).otherwise(pl.lit(", first day not stated"))
    above = known.filter(pl.col("parent_headquarters_iso2").is_not_null()).select(
        "party_name",
        headquarters_iso2="parent_headquarters_iso2",
        rank=pl.lit(1),
        basis=pl.format(
            "by its ultimate parent {} ({}, {}, on {}{})",
            pl.coalesce("ultimate_parent_name", "ultimate_parent_id"),
            "parent_headquarters_record_id",
            steps,
            pl.lit(on.isoformat()),
            undated,
        ),
    )
    return (
        pl.concat([own, above])
        .sort("party_name", "rank", "headquarters_iso2", "basis")
        .unique(["party_name", "headquarters_iso2"], keep="first", maintain_order=True)
        .drop("rank")
    )


def _nodes(db: Workspace, found: pl.DataFrame) -> pl.Series:
    every = asked(db, NODES)["entity_id"]
    return pl.concat([every, found["entity_id"], found["other_id"]]).unique().sort()


def _coded(found: pl.DataFrame, nodes: pl.Series) -> pl.DataFrame:
    """Relations between places of `nodes`: at, to, kind, share, is_dated."""
    places = pl.DataFrame({"node": nodes, "place": np.arange(len(nodes))})
    at, to = (
        places.rename({"node": c, "place": p})
        for c, p in (("entity_id", "at"), ("other_id", "to"))
    )
    return found.join(at, on="entity_id").join(to, on="other_id").drop("entity_id", "other_id")


def _marked(count: int, places: pl.Series) -> npt.NDArray[np.bool_]:
    marks = np.zeros(count, dtype=bool)
    marks[places.to_numpy()] = True
    return marks


def _chosen(coded: pl.DataFrame, kinds: tuple[str, ...]) -> pl.DataFrame:
    """One controlling parent per organisation: the largest stated share, or the only one there is."""
    holders = (
        coded.filter(holds(kinds))
        .group_by("at", "to")
        .agg(pl.col("share").max(), pl.col("is_dated").any())
    )
    best = holders.group_by("at").agg(count=pl.len(), share=pl.col("share").max())
    alone = best.filter(pl.col("count") == 1).select("at")
    largest = holders.join(best.filter(pl.col("count") > 1).drop("count"), on=["at", "share"])
    clear = largest.filter(pl.len().over("at") == 1)
    return pl.concat(
        [
            holders.join(alone, on="at", how="semi").select("at", "to", "is_dated"),
            clear.select("at", "to", "is_dated"),
        ]
    ).sort("at")


def _tops(count: int, up: pl.DataFrame) -> pl.DataFrame:
    """Each place's last one upwards, by doubling the steps: a chain of a million takes twenty."""
    here = np.arange(count)
    parent, dated = here.copy(), np.ones(count, dtype=bool)
    parent[up["at"].to_numpy()] = up["to"].to_numpy()
    dated[up["at"].to_numpy()] = up["is_dated"].to_numpy()
    top, hops, all_dated = climbed(parent, dated)
    basis = np.where(parent == here, 0, np.where(parent[top] == top, 1, 2))
    return pl.DataFrame(
        {"top": top, "hops_count": hops, "is_dated": all_dated, "code": basis}
    ).select(
        "top",
        "hops_count",
        "is_dated",
        basis=pl.col("code").replace_strict([0, 1, 2], [NONE, CHAIN, CIRCLE]),
    )


def climbed(
    parent: Places, dated: npt.NDArray[np.bool_]
) -> tuple[Places, Places, npt.NDArray[np.bool_]]:
    """Where each node's way up ends, in how many steps, and whether every step is dated.

    Args:
        parent: Place of each node's parent; its own where it has none.
        dated: Whether the step from each node is dated.

    Returns:
        The place reached (a node of a circle ends somewhere in it), steps, and all-dated flags.
    """
    top = parent.astype(np.int64)
    hops = (top != np.arange(len(top))).astype(np.int64)
    known = dated.copy()
    for _ in range(max(1, len(top)).bit_length()):
        further = top[top]
        if np.array_equal(further, top):
            break
        hops += hops[top]
        known &= known[top]
        top = further
    return top, hops, known
