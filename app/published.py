"""Who publishes a facility, what joined the records, and what is possibly the same or near."""

import streamlit as st

from app import shared
from indicia.answers import identity
from indicia.store import Store

LISTS = (
    (identity.possibly_same, "Possibly the same as", "possibly_same"),
    (identity.connected, "Near it, and not the same: its campus, its buildings, or one roof", "connected"),
)  # fmt: skip


def of_facility(store: Store, facility_id: str) -> None:
    """The records of one facility and its neighbours, each with its evidence; a row opens the other."""
    st.subheader("Who publishes it")
    st.caption(
        "Every record taken as this facility, with what joined it: distance, names, operators. "
        "A likeness is not a probability."
    )
    shared.table(identity.published_as(store, facility_id), "Also published as", "published_as")
    tenders = identity.tenders(store, facility_id)
    if tenders.height:
        st.markdown(
            "**Notices that name it**; what was bought counts here once an exposure says so."
        )
        shared.table(tenders, "Notices that name it", "tenders")
    for asked, title, key in LISTS:
        others = asked(store, facility_id)
        if others.height:
            st.markdown(f"**{title}**")
            if other := shared.table(others, title, key, pick="facility_id"):
                shared.open_facility(other)
