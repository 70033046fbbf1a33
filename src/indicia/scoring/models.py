"""What can be asked of a lane and of an organisation: explanations, likelihoods and priors.

A lane: L1 re-routing consistent with diversion; L2 lawful re-export or transit through a hub; L3
growth of demand; L4 a change of classification or reporting; L5 a data error. An organisation: E1
acts for a listed or restricted party; E2 ordinary new entrant; E3 lawful member of a group; E4
coincidence of names; E5 a data error. Method: docs/method.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from indicia.errors import ReferenceTableError
from indicia.indicators.base import Indicator
from indicia.reference import tables
from indicia.scoring.fusion import Floats
from indicia.scoring.hypotheses import FAMILIES

# Further than rounding of two decimals can put a sum of shares from 1.
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The explanations of one kind of subject, and where their numbers stand.

    Args:
        kind: As in `subject_kind`.
        meaning: Hypothesis -> words; the first is the one that is asked, the rest its rivals.
        apart: The verdict where the first cannot be asked.
        own_scope: Scope of evidence that always speaks of such a subject.
        seeds: Name of the table of likelihoods; that of priors has the same ending.
    """

    kind: str
    meaning: Mapping[str, str]
    apart: str
    own_scope: str
    seeds: str

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """The first hypothesis and its rivals."""
        return tuple(self.meaning)

    @property
    def rivals(self) -> tuple[str, ...]:
        """The rivals alone."""
        return self.hypotheses[1:]

    @property
    def lead(self) -> dict[str, Any]:
        """When a verdict is a lead: threshold_bans, families_at_least, prior_factors."""
        found = tables.settings()
        return {**found["lead"], **found[f"lead_{self.kind}"]}


LANE = Model(
    "lane",
    MappingProxyType(
        {
            "L1": "re-routing consistent with diversion",
            "L2": "lawful re-export or transit through a hub",
            "L3": "growth of demand",
            "L4": "a change of classification or reporting",
            "L5": "a data error",
        }
    ),
    "reference lane",
    "lane",
    "lanes",
)
ENTITY = Model(
    "entity",
    MappingProxyType(
        {
            "E1": "acts for a listed or restricted party",
            "E2": "an ordinary new entrant",
            "E3": "a lawful member of a group",
            "E4": "a coincidence of names",
            "E5": "a data error",
        }
    ),
    "listed",
    "party",
    "entities",
)
MODELS = (LANE, ENTITY)


@cache
def _likelihoods(seeds: str, hypotheses: tuple[str, ...]) -> pl.DataFrame:
    name = f"likelihoods_{seeds}"
    shares = (*hypotheses, "background")
    read = tables.table(name).with_columns(
        pl.col(*shares, "ratio_cap").cast(pl.Float64), pl.col("roles").str.split(";")
    )
    _refuse(name, read, ~pl.all_horizontal(pl.col(shares).is_between(0, 1, closed="none")),
            "a share is not between 0 and 1")  # fmt: skip
    _refuse(name, read, pl.col("kind").is_duplicated(), "a kind stands twice")
    _refuse(name, read, ~pl.col("family").is_in(FAMILIES), "no such family")
    _refuse(name, read, pl.col("ratio_cap") <= 1, "a cap must be above 1")
    _refuse(name, read, pl.col("reason").fill_null("") == "", "no reason is given")
    return read


@cache
def _priors(seeds: str, hypotheses: tuple[str, ...]) -> pl.DataFrame:
    name = f"priors_{seeds}"
    read = tables.table(name).with_columns(pl.col(hypotheses).cast(pl.Float64))
    off = (pl.sum_horizontal(hypotheses) - 1).abs() > SUM_TOLERANCE
    _refuse(name, read, off, "shares do not sum to 1", "prior_class")
    _refuse(name, read, ~pl.all_horizontal(pl.col(hypotheses) > 0), "a share is not above 0",
            "prior_class")  # fmt: skip
    return read


def _refuse(
    name: str, read: pl.DataFrame, is_wrong: pl.Expr, problem: str, key: str = "kind"
) -> None:
    wrong = read.filter(is_wrong.fill_null(value=False))[key].to_list()
    if wrong:
        raise ReferenceTableError(name, f"{problem}: {', '.join(map(str, wrong))}")


def likelihoods(model: Model) -> pl.DataFrame:
    """One row per kind of evidence: kind, family, roles (a list), P(e|H), background, ratio_cap, reason.

    Raises:
        ReferenceTableError: A row cannot be; it is named.
    """
    return _likelihoods(model.seeds, model.hypotheses)


def priors(model: Model) -> pl.DataFrame:
    """One row per class: prior_class and a share per hypothesis.

    Raises:
        ReferenceTableError: The shares of a class do not sum to 1, or one is nil.
    """
    return _priors(model.seeds, model.hypotheses)


def prior_bans(model: Model, classes: pl.Series) -> Floats:
    """log10 of the prior of the first hypothesis over each rival (subjects x rivals)."""
    shares = (
        classes.to_frame("prior_class")
        .join(priors(model), on="prior_class", how="left", maintain_order="left")
        .select(model.hypotheses)
        .to_numpy()
    )
    return np.asarray(np.log10(shares[:, :1] / shares[:, 1:]))


def asked(model: Model, catalogue: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """The indicators that can speak of such a subject.

    Raises:
        ReferenceTableError: The likelihoods lack a kind that is seen at the subject itself.
    """
    known = set(likelihoods(model)["kind"])
    own = (k for i in catalogue if model.own_scope in i.scope_kinds for k in i.kinds)
    _require(model, own, known)
    return tuple(i for i in catalogue if known & set(i.kinds))


def _require(model: Model, kinds: Iterable[str], known: set[str]) -> None:
    unknown = sorted(set(kinds) - known)
    if unknown:
        problem = f"no row for the kind of evidence {', '.join(unknown)}"
        raise ReferenceTableError(f"likelihoods_{model.seeds}", problem)
