"""Decide on several facilities at once: rows are selected, named, and then decided on or watched."""

import polars as pl
import streamlit as st

from app import person, reviewing, shared
from indicia.store import Store

MOST_NAMED = 20


def decide(store: Store, rows: pl.DataFrame) -> None:
    """A table in which rows can be selected, and the forms for those that are.

    Args:
        store: The store that is looked at.
        rows: Facilities with `facility_id` and `name`.
    """
    ids = shared.chosen(rows, "Facilities to select", "several_rows", pick="facility_id")
    if not ids:
        st.caption("Select rows by the boxes at their left.")
        return
    names = rows.filter(pl.col("facility_id").is_in(ids))["name"].to_list()
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    st.text(f"{len(ids):,} selected: {'; '.join(names[:MOST_NAMED])}{more}")
    person.ask()
    reviewing.decide(store, "facility", ids, key="decide_several")
    with st.expander("Watchlist"):
        reviewing.watch(store, "facility", ids, key="watch_several")
