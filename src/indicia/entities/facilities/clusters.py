"""From pairs to facilities: who is joined, under which id, and which building belongs to which campus.

A cluster never holds a pair that a person kept apart or was unsure of, two records of one publisher,
two units of one kind, a campus and a building, or two countries; only a person's `match` joins such
records, and never against a `no match`. One step per pair that is the same: linear in what merges.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

import polars as pl

UNKNOWN_DAY = date.max


@dataclass(slots=True)
class Cluster:
    """Records taken as one facility, and what each of them brings that may contradict another."""

    members: set[str]
    publishers: set[str]
    units: set[str]
    levels: set[str]
    countries: set[str]
    kept_apart: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)

    def take(self, other: "Cluster") -> None:
        """Hold the other's records as well."""
        for name in self.__slots__:
            getattr(self, name).update(getattr(other, name))

    def is_kept_apart(self, other: "Cluster") -> bool:
        """A person said that two of their records are not the same."""
        return not self.kept_apart.isdisjoint(other.members)

    def contradiction(self, other: "Cluster") -> str:
        """Why the two cannot be one without a person's word; empty where they can."""
        if self.is_kept_apart(other):
            return "a person kept two of their records apart"
        if not self.unsure.isdisjoint(other.members):
            return "a person was unsure of two of their records"
        if not self.publishers.isdisjoint(other.publishers):
            return "a publisher would then list it twice"
        if self.levels | other.levels >= {"campus", "building"}:
            return "one is a campus and the other a building"
        if len(self.countries | other.countries) > 1:
            return "the countries differ"
        return "the units differ" if _clash(self.units, other.units) else ""


@dataclass(frozen=True, slots=True)
class Clustered:
    """Which cluster each record is in, and which pairs could not be joined, with the reason."""

    of: Mapping[str, Cluster]
    refused: Mapping[tuple[str, str], str]


def cluster(sites: pl.DataFrame, pairs: pl.DataFrame, judged: pl.DataFrame) -> Clustered:
    """Join what is the same, a person's newest word first, then the most alike.

    Args:
        sites: `facility_id`, `publisher`, `units`, `level`, `country_iso2`.
        pairs: `left_id`, `right_id`, `score_share` of pairs that are the same by the rules.
        judged: `left_id`, `right_id`, `verdict`, `judgement_id` of pairs of these sites.
    """
    of = {
        i: Cluster({i}, {p}, set(u), {w} - {"place"}, {c} - {None})
        for i, p, u, w, c in sites.select(
            "facility_id", "publisher", "units", "level", "country_iso2"
        ).iter_rows()
    }
    for left, right, verdict in judged.select("left_id", "right_id", "verdict").iter_rows():
        if verdict != "match":
            kind = "kept_apart" if verdict == "no match" else "unsure"
            getattr(of[left], kind).add(right)
            getattr(of[right], kind).add(left)
    refused = {}
    matches = judged.filter(verdict="match").sort("judgement_id", descending=True)
    for left, right in matches.select("left_id", "right_id").iter_rows():
        a, b = of[left], of[right]
        if a is not b and a.is_kept_apart(b):
            refused[left, right] = "a person kept two of their records apart"
        else:
            _join(of, a, b)
    alike = pairs.sort("score_share", "left_id", "right_id", descending=[True, False, False])
    for left, right in alike.select("left_id", "right_id").iter_rows():
        a, b = of[left], of[right]
        why = "" if a is b else a.contradiction(b)
        if why:
            refused[left, right] = why
        else:
            _join(of, a, b)
    return Clustered(of, refused)


def _join(of: dict[str, Cluster], a: Cluster, b: Cluster) -> None:
    if a is b:
        return
    large, small = (a, b) if len(a.members) >= len(b.members) else (b, a)
    large.take(small)
    for member in small.members:
        of[member] = large


def _clash(left: Iterable[str], right: Iterable[str]) -> bool:
    """Some kind of unit is named by both, with no number in common."""
    mine, theirs = _by_kind(left), _by_kind(right)
    return any(mine[k].isdisjoint(theirs[k]) for k in mine.keys() & theirs.keys())


def _by_kind(units: Iterable[str]) -> dict[str, set[str]]:
    parts = sorted(unit.split(":", 1) for unit in units)
    return {kind: {n for _, n in of} for kind, of in groupby(parts, key=lambda p: p[0])}


def named(sites: pl.DataFrame, of: Mapping[str, Cluster]) -> pl.DataFrame:
    """The facility_id of every published id, and the level of the whole.

    The id first read gives the name; of those read on one day the first publisher of
    `records.PUBLISHERS`, then the first in alphabetical order. So an id stays when others join.

    Returns:
        `published_id`, `facility_id`, `level`.
    """
    groups = pl.DataFrame(
        {
            "published_id": list(of),
            "group": [min(c.members) for c in of.values()],
        },
        schema={"published_id": pl.String, "group": pl.String},
    )
    ranked = groups.join(
        sites.select("facility_id", "rank", "first_date", own_level="level"),
        left_on="published_id", right_on="facility_id",
    ).sort(pl.col("first_date").fill_null(UNKNOWN_DAY), "rank", "published_id")  # fmt: skip
    is_building = (pl.col("own_level") == "building").any().over("group")
    is_campus = (pl.col("own_level") == "campus").any().over("group")
    return ranked.select(
        "published_id",
        facility_id=pl.col("published_id").first().over("group"),
        level=pl.when(is_campus)
        .then(pl.lit("campus"))
        .when(is_building)
        .then(pl.lit("building"))
        .otherwise(pl.lit("place")),
    ).sort("published_id")


def on_campus(identity: pl.DataFrame, near: pl.DataFrame) -> pl.DataFrame:
    """The campus of every building: the nearest of those it was found to be a building of.

    Args:
        identity: As `named` gives it.
        near: `left_id`, `right_id`, `distance_m` of pairs of a campus and a building.

    Returns:
        identity with `campus_id`.
    """
    both = pl.concat(
        near.select(a, b, "distance_m").rename({a: "published_id", b: "other_id"})
        for a, b in (("left_id", "right_id"), ("right_id", "left_id"))
    )
    led = identity.select(other_id="published_id", campus_id="facility_id", other_level="level")
    best = (
        both.join(identity, on="published_id")
        .join(led, on="other_id")
        .filter(level="building", other_level="campus")
        .sort("distance_m", "campus_id", nulls_last=True)
        .unique("facility_id", keep="first", maintain_order=True)
        .select("facility_id", "campus_id")
    )
    return identity.join(best, on="facility_id", how="left").sort("published_id")
