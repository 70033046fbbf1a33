"""The printable brief of a facility: one file, made when the button is pressed."""

import streamlit as st

from app import person, shared
from indicia.answers import brief, reviews, sources
from indicia.review import Act, Journal, desk
from indicia.store import Store, home


def offer(store: Store, facility_id: str) -> None:
    """A button that makes the brief and writes down that it was taken along."""
    # The file is made outside this session: whatever it needs is taken from it now.
    by, folder, closed = (
        person.name() or desk.UNNAMED,
        home(),
        sources.withheld(sources.known()),
    )
    if not brief.may_be_taken(store, facility_id, closed):
        st.caption(
            "No printable brief: the terms of a source of this facility do not allow a file of it."
        )
        return
    review = reviews.in_words(
        store, reviews.decided(store, person.decisions()), "facility", facility_id
    )

    def made() -> str:
        now = shared.now()
        found = brief.of_facility(
            store, facility_id, brief.versions(store), now, review, closed
        )
        desk.taken(
            Journal(folder), Act(by, now, store.data_version), facility_id, fmt="html",
            query=f"brief facility={facility_id}", rows_count=1, unreviewed_count=0, way="page",
        )  # fmt: skip
        return brief.html(found) if found else ""

    st.download_button(
        "Printable brief (HTML)", made, file_name=brief.file_name(facility_id), mime="text/html",
        on_click="ignore", key="brief", icon=":material/print:",
        help="One page with the caveats inside, sources and archived hashes; no script, nothing from outside.",
    )  # fmt: skip
