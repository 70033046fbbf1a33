"""The eight explanations of a facility, and what evidence and priors say of each.

H1 controlled-class accelerators with no lawful route visible in public data; H2 domestic
accelerators; H3 controlled-class accelerators with a lawful route; H4 ordinary cloud; H5 crypto;
H6 heavy industry; H7 empty shell; H8 data error. Method: docs/method.md.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from indicia.errors import ReferenceTableError
from indicia.reference import tables
from indicia.schema import RIVALS

Floats = npt.NDArray[np.float64]
HYPOTHESES = ("H1", *RIVALS)
MEANING = {
    "H1": "controlled-class accelerators with no lawful route visible in public data",
    "H2": "domestic accelerators",
    "H3": "controlled-class accelerators with a lawful route",
    "H4": "ordinary cloud",
    "H5": "cryptocurrency mining",
    "H6": "heavy industry",
    "H7": "an empty or unfinished hall",
    "H8": "a data error",
}
FAMILIES = ("power", "procurement", "customs", "staffing", "registry", "claims")
NOT_STATED = "not stated: all three tried, the lowest shown"
CHINA = ("CN", "HK", "MO")
CLOUD_CLASSES = ("ai", "cloud", "colocation")


@cache
def likelihoods() -> pl.DataFrame:
    """One row per kind of evidence: family, P(e|H1..H8), background, ratio cap."""
    numbers = (*HYPOTHESES, "background", "ratio_cap")
    return tables.table("likelihoods").with_columns(pl.col(n).cast(pl.Float64) for n in numbers)


def require_kinds(kinds: Iterable[str]) -> None:
    """Refuse a kind of evidence of which the likelihood table says nothing.

    Raises:
        ReferenceTableError: A kind has no row; it is named.
    """
    unknown = sorted(set(kinds) - set(likelihoods()["kind"]))
    if unknown:
        problem = f"no row for the kind of evidence {', '.join(unknown)}"
        raise ReferenceTableError("likelihoods", problem)


@cache
def priors() -> pl.DataFrame:
    """One row per class of facility that has a stated prior."""
    return tables.table("priors").with_columns(pl.col(h).cast(pl.Float64) for h in HYPOTHESES)


def prior_bans() -> Floats:
    """log10 of the prior of H1 over each rival (classes x 7)."""
    shares = priors().select(HYPOTHESES).to_numpy()
    return np.asarray(np.log10(shares[:, :1] / shares[:, 1:]))


def prior_class(facilities: pl.DataFrame) -> pl.Series:
    """The class of each facility, null where none is stated for it.

    Args:
        facilities: Columns country_iso2, is_declared_ai, site_class, largest_mw (MW).
    """
    declared, unlabelled, third = priors()["prior_class"].to_list()
    home = pl.col("country_iso2").is_in(CHINA)
    is_ai = pl.col("is_declared_ai").fill_null(value=False)
    is_large = pl.col("largest_mw") > settings()["priors"]["large_load_mw"]
    chosen = (
        pl.when(home & is_ai)
        .then(pl.lit(declared))
        .when(home & is_large)
        .then(pl.lit(unlabelled))
        .when(~home & pl.col("site_class").is_in(CLOUD_CLASSES))
        .then(pl.lit(third))
    )
    return facilities.select(prior_class=chosen)["prior_class"]


def settings() -> dict[str, Any]:
    """How evidence is weighed."""
    return tables.settings()
