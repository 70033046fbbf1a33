"""How well the scoring ranks planted clusters: the figures of the last evaluation of this release.

They are read from `docs/validation/scoring.json`, which `indicia evaluate --final` writes. They
speak of invented worlds, never of the data in the store.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl
import polars.selectors as cs

from indicia import bundled

FIGURES = "docs/validation/scoring.json"
NONE_YET = "This release holds no evaluation. In a clone, `indicia evaluate` writes one."
SYNTHETIC = (
    "Invented worlds with planted clusters, whose truth is known. Nothing here describes a real "
    "site, and no figure is a rate in the real world."
)
HOW = (
    "Recall at 1 in 1,000: the share of clusters ranked before more than one in 1,000 of the other "
    "facilities. Visible: with traces that reach a published grain in two families or more."
)
PARTS = {
    "final": "final seeds, computed once",
    "development": "seeds for tuning: the threshold was set on these worlds",
}
MET = {True: "met", False: "not met", None: "not measured"}
SPREAD = ("value", "low", "high")
Document = Mapping[str, Any]


@cache
def document() -> Document | None:
    """The figures as they were written; None where this installation holds none."""
    path = bundled.path(FIGURES)
    if not path.is_file():
        return None
    read: Document = json.loads(path.read_text(encoding="utf-8"))
    return read


def stamp(made: Document) -> str:
    """What the figures were made from, in one line."""
    first, last = made["seeds"][0], made["seeds"][-1]
    return (
        f"SYNTHETIC WORLDS · seeds {first} to {last} ({PARTS[made['part']]}) · made "
        f"{made['made_date']} · code {made['code_version']} · rules {made['rules_version']}"
    )


def aims(made: Document) -> pl.DataFrame:
    """The aims of the middle level: figure, aim, value, low, high, whether it is met."""
    return pl.DataFrame(
        [{**a, "is_met": MET[a["is_met"]]} for a in made["aims"]],
        schema={
            "figure": pl.String,
            "aim": pl.String,
            **dict.fromkeys(SPREAD, pl.Float64),
            "is_met": pl.String,
        },
    ).rename({"is_met": "the aim is"})


def methods(made: Document, level: str) -> pl.DataFrame:
    """Every method by every measure: name, measure, value, low, high."""
    return _figures(made["by_level"][level]["methods"])


def families(made: Document, level: str) -> pl.DataFrame:
    """Every measure with a family removed, or by a family alone: name, measure, value, low, high."""
    return _figures(made["by_level"][level]["families"])


def curves(made: Document, level: str) -> pl.DataFrame:
    """name, recall, precision: points of every method's curve."""
    return pl.DataFrame(
        made["by_level"][level]["curves"],
        schema={"name": pl.String, "recall": pl.Float64, "precision": pl.Float64},
    )


def negatives(made: Document, level: str) -> pl.DataFrame:
    """Leads per class of what is no cluster."""
    return _rounded(
        pl.DataFrame(made["by_level"][level]["negatives"], infer_schema_length=None)
    )


def sizes(made: Document, level: str) -> pl.DataFrame:
    """Clusters, visible ones and leads per least number of chips."""
    return _rounded(pl.DataFrame(made["by_level"][level]["sizes"], infer_schema_length=None))


def stories(made: Document, level: str) -> pl.DataFrame:
    """Clusters, visible ones and leads per story of diversion."""
    return _rounded(pl.DataFrame(made["by_level"][level]["stories"], infer_schema_length=None))


def _rounded(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(cs.float().round(4))


def _figures(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={
            "name": pl.String, "measure": pl.String, **dict.fromkeys(SPREAD, pl.Float64),
        },
    )  # fmt: skip
