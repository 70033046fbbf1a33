"""What became of a list, as the page Screen shows it; kept in the session and nowhere else."""

import streamlit as st

from app import shared
from indicia.answers import screening, sources, words
from indicia.answers.screening import Asked, Screened, taking
from indicia.errors import UsageError
from indicia.schema import short_hash
from indicia.store import Store

OPENED, MOST_TOLD = "record_id", 50


def show(store: Store, asked: Asked, against: tuple[str, ...]) -> None:
    """How the list was read, its hits with their reasons, and the rows that met nobody."""
    st.subheader("How the list was read")
    columns = ", ".join(f"{field} from “{heading}”" for field, heading in asked.columns.items())
    st.text(" ".join((f"{asked.given_count:,} rows: {columns}.", *asked.notes)))
    if asked.issues.height:
        st.warning(f"{asked.issues.height:,} cells could not be read; all else was screened.")
        shared.table(asked.issues, "Cells that could not be read", "issues")
    try:
        found = _screened(store, asked, against)
    except UsageError as error:
        st.error("The list cannot be screened.")
        st.text(str(error))
        return
    st.subheader(f"Hits: {found.hits.height:,}")
    st.text(found.tally())
    st.text(found.expected.sentence if found.expected else screening.NOT_MEASURED)
    if found.expected:
        st.caption(words.plain(found.expected.basis))
    st.caption(f"{screening.CAVEAT} Select a row to open the organisation.")
    if picked := shared.table(
        found.hits, "Hits with their reasons", "hits", pick=OPENED, hide=(OPENED,)
    ):
        shared.open_entity(picked)
    if found.hits.height:
        with st.expander(f"The reasons in full: the first {min(found.hits.height, MOST_TOLD)}"):
            st.text("\n\n".join(found.reasons(MOST_TOLD)))
    st.subheader(f"No hit: {found.unmatched.height:,}")
    st.caption(f"Compared with {words.plain(found.compared)}. No hit clears nobody.")
    shared.table(found.unmatched, "Rows that met nobody", "unmatched")
    lists(store)
    _offer(store, found)
    st.caption(shared.caption())


def lists(store: Store) -> None:
    """Which lists these data hold, and how new each is."""
    held = screening.lists(store)
    st.subheader(f"Lists held: {held.height:,}")
    st.caption(
        "A listing made after its list was read cannot be met; the page Sources says how fresh it is."
    )
    shared.table(held, "Lists held, with their newest listing", "lists")


def _screened(store: Store, asked: Asked, against: tuple[str, ...]) -> Screened:
    """The outcome; computed once per list, store and choice, and held by the session alone."""
    key = short_hash(store.data_version, against, *map(str, asked.rows.iter_rows()))
    held = st.session_state.get("screened")
    if held is None or held[0] != key:
        with st.spinner("Comparing names"):
            held = (key, screening.screened(store, asked, against))
        st.session_state["screened"] = held
    found: Screened = held[1]
    return found


def _offer(store: Store, found: Screened) -> None:
    """A download that is made in memory when it is asked for."""
    fmt = st.segmented_control(
        "Take the outcome along as", taking.FORMATS, default="csv", required=True, key="format"
    )
    closed = sources.withheld(sources.known())
    st.download_button(
        "Download every row with its hits and the stamp",
        lambda: taking.taken(store, found, fmt or "csv", shared.now(), withheld=closed),
        file_name=f"indicia-screened.{fmt or 'csv'}",
        on_click="ignore",
        key="download",
    )
