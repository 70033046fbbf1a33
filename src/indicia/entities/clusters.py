"""Which records are one: joined by edges that say `same`, kept apart by what people decided.

A cluster never holds a pair judged `no match`. Clusters are found for all edges at once; only those that
hold such a pair are taken apart again, edge by edge, the surest first.
"""

import numpy as np
import polars as pl


def clusters(ids: pl.Series, same: pl.DataFrame, apart: pl.DataFrame) -> pl.DataFrame:
    """The cluster of every id.

    Args:
        ids: All ids, each once.
        same: Pairs that are one: left_id, right_id, rank (0 first), score_share.
        apart: Pairs that must not be one: left_id, right_id.

    Returns:
        id, cluster: the first id of the cluster in alphabetical order; equal for whatever order of rows.
    """
    order = ids.sort()
    place = pl.DataFrame({"id": order}).with_row_index("at")
    pairs = _placed(same, place).sort(
        ["rank", "score_share", "left", "right"], descending=[False, True, False, False]
    )
    forbidden = _placed(apart, place)
    roots = _components(order.len(), pairs["left"].to_numpy(), pairs["right"].to_numpy())
    torn = np.unique(
        roots[forbidden["left"].to_numpy()][
            roots[forbidden["left"].to_numpy()] == roots[forbidden["right"].to_numpy()]
        ]
    )
    if torn.size:
        is_torn = np.isin(roots, torn)
        mine = pairs.filter(pl.Series(is_torn[pairs["left"].to_numpy()], dtype=pl.Boolean))
        roots = np.where(is_torn, np.arange(order.len()), roots)
        _join_carefully(roots, mine, forbidden)
    return pl.DataFrame({"id": order, "cluster": order.gather(pl.Series(roots))})


def _placed(pairs: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    return pairs.join(place.rename({"id": "left_id", "at": "left"}), on="left_id").join(
        place.rename({"id": "right_id", "at": "right"}), on="right_id"
    )


def _components(count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The smallest index each one is connected to; all edges at once until nothing moves."""
    roots = np.arange(count)
    while True:
        lowest = np.minimum(roots[left], roots[right])
        new = roots.copy()
        np.minimum.at(new, roots[left], lowest)
        np.minimum.at(new, roots[right], lowest)
        new = new[new]
        if np.array_equal(new, roots):
            return roots
        roots = new


def _join_carefully(roots: np.ndarray, pairs: pl.DataFrame, forbidden: pl.DataFrame) -> None:
    """Join pair by pair within clusters that hold a forbidden pair; there are few of them."""
    members: dict[int, set[int]] = {}
    enemies: dict[int, set[int]] = {}
    for a, b in forbidden.select("left", "right").iter_rows():
        enemies.setdefault(a, set()).add(b)
        enemies.setdefault(b, set()).add(a)
    for a, b in pairs.select("left", "right").iter_rows():
        one, other = sorted((int(roots[a]), int(roots[b])))
        if one == other:
            continue
        ours, theirs = members.get(one, {one}), members.get(other, {other})
        if any(enemies.get(member, set()) & theirs for member in ours):
            continue
        members[one] = ours | theirs
        roots[list(theirs)] = one
