"""Answers that follow from one version of the data alone: computed once for all who read it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import polars as pl
import streamlit as st

from app import shared
from indicia.answers import sources
from indicia.store import Store

MOST_ANSWERS = 512
Answer = TypeVar("Answer")


def of(store: Store, ask: Callable[..., Answer], *wishes: object) -> Answer:
    """What `ask` answers of this store and these wishes; held, so whoever gets it leaves it as it is.

    Args:
        store: The store, a published version of the data: it never changes.
        ask: A pure function of the store and the wishes, by its name in a module. What people decided, who
            reads and what day it is have to be among the wishes where the answer follows from them.
        wishes: Texts, numbers, dates, or plain records of them.

    Raises:
        TypeError: The function has no name of its own.
    """
    if "<" in ask.__qualname__:
        raise TypeError(ask.__qualname__)
    asked = f"{ask.__module__}.{ask.__qualname__}"
    answer: Answer = _held(store.manifest.name, asked, wishes, store, ask)
    return answer


def health(store: Store) -> pl.DataFrame:
    """Every source and how fresh it is in this minute, as `sources.health` has it."""
    return of(store, _health, shared.now().replace(second=0, microsecond=0))


def _health(store: Store, now: datetime) -> pl.DataFrame:
    return sources.health(store, sources.known(), now)


@st.cache_resource(show_spinner=False, max_entries=MOST_ANSWERS)
def _held(
    name: str,  # noqa: ARG001 -- the key: which data
    asked: str,  # noqa: ARG001 -- the key: which question
    wishes: tuple[object, ...],
    _store: Store,
    _ask: Callable[..., Any],
) -> Any:  # noqa: ANN401 -- as its question has it
    return _ask(_store, *wishes)
