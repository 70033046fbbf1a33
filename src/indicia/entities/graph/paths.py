"""How two organisations are connected: the shortest paths, hop by hop, within stated caps."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from indicia.entities.graph.relations import asked, names, relations, stand_ins
from indicia.store import Workspace

# Identities, guesses and denials are no hops: the first are one node, the rest no connection.
NEAR = """
SELECT coalesce(a.entity_id, e.left_id) AS entity_id, 'address' AS kind,
       coalesce(b.entity_id, e.right_id) AS other_id, e.left_value, e.right_value, e.why,
       e.left_source AS source,
       concat('left_id=', e.left_id, ', right_id=', e.right_id, ', method=', e.method) AS row_key
FROM entity_edge e
LEFT JOIN party_record a ON a.record_id = e.left_id
LEFT JOIN party_record b ON b.record_id = e.right_id
WHERE e.method = 'address' AND e.decision = 'near' AND coalesce(a.entity_id, e.left_id) <> coalesce(b.entity_id, e.right_id)
"""
SITES = """
WITH held AS (
  SELECT DISTINCT f.facility_id, f.role, f.party_name, p.entity_id, f.source, f.source_url
  FROM facility_party f
  JOIN party_record p ON p.table_name = 'facility_party' AND p.name = f.party_name
)
SELECT a.entity_id, 'site' AS kind, b.entity_id AS other_id,
       concat(a.role, ' and ', b.role, ' of ', a.facility_id) AS why, a.source, a.source_url,
       concat('facility_id=', a.facility_id, ', role=', a.role, ', party_name=', a.party_name) AS row_key
FROM held a JOIN held b ON b.facility_id = a.facility_id AND b.entity_id <> a.entity_id
"""
SPOKEN = {
    "direct parent": ("has as direct parent", "is direct parent of"),
    "ultimate parent": ("has as ultimate parent", "is ultimate parent of"),
    "branch of": ("is a branch of", "has as branch"),
    "successor": ("was succeeded by", "succeeded"),
    "related": ("is related to", "is related to"),
    "address": ("shares an address with", "shares an address with"),
    "site": ("shares a site with", "shares a site with"),
}
RANKS = tuple(SPOKEN)


@dataclass(frozen=True, slots=True)
class Cap:
    """How far a search goes.

    Attributes:
        hops: Steps at most.
        breadth: Neighbours looked at per organisation and step, the closest kinds first.
        reached: Organisations reached in all.
        shown: Paths returned.
    """

    hops: int = 6
    breadth: int = 50
    reached: int = 20_000
    shown: int = 5


@dataclass(frozen=True, slots=True)
class Paths:
    """The shortest paths between two organisations.

    Attributes:
        hops: path_no, hop_no, left_id, left_name, kind, right_id, right_name, share, starts_date,
            ends_date, source, source_url, row_key, sentence.
        is_cut: A cap ended the search, so that no path found does not mean there is none.
    """

    hops: pl.DataFrame
    is_cut: bool


HOP = {
    "path_no": pl.Int64, "hop_no": pl.Int64, "left_id": pl.String, "left_name": pl.String,
    "kind": pl.String, "right_id": pl.String, "right_name": pl.String, "share": pl.Float64,
    "starts_date": pl.Date, "ends_date": pl.Date, "source": pl.String, "source_url": pl.String,
    "row_key": pl.String, "sentence": pl.String,
}  # fmt: skip


def paths(db: Workspace, from_id: str, to_id: str, on: date, cap: Cap | None = None) -> Paths:
    """The shortest paths between two organisations, each hop with its kind, share, days and source.

    Args:
        db: A connection that shows the register and resolved tables.
        from_id: An organisation, by entity_id or record_id.
        to_id: Another.
        on: The day on which relations are in force.
        cap: Bounds of the search.
    """
    bounds = cap or Cap()
    start, end = _node(db, from_id), _node(db, to_id)
    if start == end:
        return Paths(pl.DataFrame(schema=HOP), is_cut=False)
    around, is_cut = _neighbours(db, on, bounds.breadth)
    levels = [
        pl.DataFrame(
            {"left_id": [None], "right_id": [start]},
            schema={"left_id": pl.String, "right_id": pl.String},
        )
    ]
    seen = pl.Series([start])
    for _ in range(bounds.hops):
        last = levels[-1]["right_id"].unique()
        step = around.filter(pl.col("left_id").is_in(last.implode())).filter(
            ~pl.col("right_id").is_in(seen.implode())
        )
        if step.is_empty() or len(seen) > bounds.reached:
            return Paths(pl.DataFrame(schema=HOP), is_cut or not step.is_empty())
        levels.append(step.select("left_id", "right_id").unique())
        seen = pl.concat([seen, step["right_id"].unique()])
        if end in step["right_id"]:
            return Paths(_told(db, _back(levels, end, bounds.shown), around), is_cut)
    return Paths(pl.DataFrame(schema=HOP), is_cut=True)


def _node(db: Workspace, given: str) -> str:
    stand_ins(db)
    query = "SELECT entity_id FROM party_record WHERE record_id = $given LIMIT 1"
    found = asked(db, query, given=given)["entity_id"]
    return str(found[0]) if len(found) else given


def _neighbours(db: Workspace, on: date, breadth: int) -> tuple[pl.DataFrame, bool]:
    """Every connection both ways, at most `breadth` from each organisation."""
    stated = relations(db, on)
    parts = (stated, asked(db, NEAR), asked(db, SITES))
    one = pl.concat(
        [p.rename({"entity_id": "left_id", "other_id": "right_id"}) for p in parts],
        how="diagonal_relaxed",
    ).with_columns(is_onward=pl.lit(value=True))
    back = one.rename({"left_id": "right_id", "right_id": "left_id"}).with_columns(
        is_onward=pl.lit(value=False)
    )
    ranked = (
        pl.concat([one, back], how="diagonal")
        .with_columns(
            rank=pl.col("kind").replace_strict(
                {k: n for n, k in enumerate(RANKS)}, return_dtype=pl.Int64
            )
        )
        .sort(
            "left_id",
            "rank",
            "right_id",
            "is_onward",
            "row_key",
            descending=[False, False, False, True, False],
        )
        .unique(["left_id", "right_id"], keep="first", maintain_order=True)
        .with_columns(place=pl.int_range(pl.len()).over("left_id"))
    )
    kept = ranked.filter(pl.col("place") < breadth)
    return kept, kept.height < ranked.height


def _back(levels: list[pl.DataFrame], end: str, shown: int) -> pl.DataFrame:
    """From the end back to the start: the first `shown` shortest paths in order of their ids."""
    walk = pl.DataFrame({"path": [[end]]})
    for level in reversed(levels[1:]):
        walk = (
            walk.with_columns(right_id=pl.col("path").list.first())
            .join(level, on="right_id")
            .select(path=pl.concat_list("left_id", "path"))
            .sort(pl.col("path").list.join("\n"))
            .head(shown)
        )
    return walk


def _told(db: Workspace, walks: pl.DataFrame, around: pl.DataFrame) -> pl.DataFrame:
    """Each hop of each path with its row and a sentence."""
    called = names(db)
    ends = (
        walks.with_row_index("path_no", offset=1)
        .with_columns(
            right_id=pl.col("path").list.slice(1),
            left_id=pl.col("path").list.head(pl.col("path").list.len() - 1),
        )
        .explode("left_id", "right_id")
        .with_columns(hop_no=pl.int_range(1, pl.len() + 1).over("path_no"))
    )
    whole = (
        ends.join(around, on=["left_id", "right_id"], maintain_order="left")
        .join(
            called.select(left_id="node_id", left_name="name"),
            on="left_id",
            how="left",
            maintain_order="left",
        )
        .join(
            called.select(right_id="node_id", right_name="name"),
            on="right_id",
            how="left",
            maintain_order="left",
        )
    )
    onward = {k: v[0] for k, v in SPOKEN.items()}
    back = {k: v[1] for k, v in SPOKEN.items()}
    verb = (
        pl.when("is_onward")
        .then(pl.col("kind").replace(onward))
        .otherwise(pl.col("kind").replace(back))
    )
    share = pl.format(", {} %", (pl.col("share") * 100).round(2)).fill_null("")
    since = pl.format(", since {}", "starts_date").fill_null(
        pl.when(pl.col("kind").is_in(["address", "site"]))
        .then(pl.lit(""))
        .otherwise(pl.lit(", first day not stated"))
    )
    why = pl.format(" ({})", "why").fill_null("") if "why" in whole.columns else pl.lit("")
    sentence = pl.format(
        "{} {} {}{}{}{}; source {}.",
        pl.coalesce("left_name", "left_id"), verb, pl.coalesce("right_name", "right_id"),
        share, since, why, "source",
    )  # fmt: skip
    return whole.select(
        *(pl.col(c).cast(t) for c, t in HOP.items() if c != "sentence"), sentence=sentence
    ).sort("path_no", "hop_no")
