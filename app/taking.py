"""A list to take along: the button makes the file when it is pressed, and writes that down first."""

import polars as pl
import streamlit as st

from app import person, shared
from indicia.answers import export, flagged, leads, sources, taking
from indicia.review import Act, Journal, desk
from indicia.store import Store, home


@st.cache_resource(show_spinner="Making the list", max_entries=4, ttl=600)
def _listed(
    key: tuple[str, ...],  # noqa: ARG001 -- what the list follows from
    _store: Store,
    _wanted: leads.Filters,
    order: str,
    _decided: pl.DataFrame,
) -> flagged.Flagged:
    return flagged.flagged(_store, _wanted, order, shared.now(), _decided)


def listed(
    store: Store, wanted: leads.Filters, order: str, decided: pl.DataFrame
) -> flagged.Flagged:
    """The list as filtered, held for as long as neither data, filters nor decisions change."""
    newest = str(decided["event_id"].max() or 0)
    key = (store.manifest.name, flagged.words_of(wanted, order), newest)
    return _listed(key, store, wanted, order, decided)


def offer(store: Store, wanted: leads.Filters, order: str, decided: pl.DataFrame) -> None:
    """Choose a format and download the list as filtered.

    Args:
        store: The store.
        wanted: What the reader asked to see.
        order: One of `leads.ORDERS`.
        decided: What people decided, as rows of `reviews.DECIDED`.
    """
    fmt = st.segmented_control(
        "Take the list along as", list(export.FORMATS), default="csv", required=True, key="format",
        bind="query-params",
    )  # fmt: skip
    # The file is made outside this session: whatever it needs is taken from it now.
    by, folder, known = person.name() or desk.UNNAMED, home(), sources.known()

    def made() -> bytes:
        now = shared.now()
        found = flagged.flagged(store, wanted, order, now, decided)
        act = Act(by, now, store.data_version)
        return taking.bundle(Journal(folder), act, store, found, fmt or "csv", known)

    st.download_button(
        f"Download as {fmt}, with evidence, citation and licences (ZIP)", made,
        file_name="indicia-list.zip", mime="application/zip", on_click="ignore", key="download",
        icon=":material/download:",
    )  # fmt: skip
    st.caption(
        "Every file names its data version, rules version, query and caveat; rows that no person judged are "
        "marked unreviewed. Each download is written down with its query."
    )
