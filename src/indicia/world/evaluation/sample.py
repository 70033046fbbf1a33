"""The facilities of several worlds of one level, as the figures need them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.scoring.hypotheses import settings
from indicia.world.evaluation import reweighed
from indicia.world.evaluation.ranking import Booleans, Floats, Integers, Ranking, rank

ENOUGH_FAMILIES = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """Facilities of one level.

    Args:
        rows: As `one_world.scored` gives them, with `level` and `seed`.
        world: Number of each facility's world, from 0.
        worlds: How many there are (count).
        is_cluster: Facilities that are H1.
        is_visible: Clusters with traces that reach a published grain in two or more families.
        is_tied: Those whose traces, in two or more families, something published ties to them: a name,
            or a scope of which they are a tenth or more.
    """

    rows: pl.DataFrame
    world: Integers
    worlds: int
    is_cluster: Booleans
    is_visible: Booleans
    is_tied: Booleans

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "Sample":
        """The same rows, with what every figure asks of them."""
        seeds, world = np.unique(rows["seed"].to_numpy(), return_inverse=True)
        is_cluster = rows["is_cluster"].to_numpy().astype(bool)
        seen, tied = (
            is_cluster & (rows[name] >= ENOUGH_FAMILIES).to_numpy().astype(bool)
            for name in ("families_visible_count", "families_tied_count")
        )
        return cls(rows, world.astype(np.int64), len(seeds), is_cluster, seen, tied)

    def score(self, column: str) -> Floats:
        """One column of scores."""
        return np.asarray(self.rows[column].to_numpy(), dtype=np.float64)

    def ranking(self, score: Floats, among: Booleans | None = None) -> Ranking:
        """The ranking by a score; clusters other than those asked `among` are left out."""
        kept = ~self.is_cluster | (self.is_cluster if among is None else among)
        return rank(score[kept], self.is_cluster[kept], self.world[kept], self.worlds)

    def is_lead(self, column: str) -> Booleans:
        """Whether the threshold of the settings makes a lead of it, as ranked by a column."""
        least = settings()["lead"]["threshold_bans"]
        return np.asarray(reweighed.candidates(self.score(column)) >= least)
