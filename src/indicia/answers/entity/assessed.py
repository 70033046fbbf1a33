"""Organisations as assessed: whether evidence is consistent with acting for a listed party, and why."""

import polars as pl

from indicia.answers import subjects
from indicia.answers.entity.finding import Opened
from indicia.answers.reader import Reader
from indicia.answers.subjects import MOST_ROWS, Explanation, Filters
from indicia.scoring.models import ENTITY

KIND = ENTITY.kind


def assessment(store: Reader, one: Opened) -> Explanation | None:
    """Why the organisation stands where it stands; None where no evidence speaks of it."""
    return subjects.explain(store, KIND, one.entity_id)


def ranked(
    store: Reader, filters: Filters | None = None, limit: int = MOST_ROWS
) -> pl.DataFrame:
    """Organisations that evidence speaks of, in order; columns of `subjects.ranked`."""
    return subjects.ranked(store, KIND, filters, limit)


def listed_themselves(
    store: Reader, filters: Filters | None = None, limit: int = MOST_ROWS
) -> pl.DataFrame:
    """Organisations that are on a list, shown apart and never ranked; columns of `subjects.ranked`."""
    return subjects.apart(store, KIND, filters, limit)
