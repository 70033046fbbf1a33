"""What a dossier rests on: each statement with its source, and the bytes behind it."""

import streamlit as st

from app import shared
from indicia.answers import archived, facility, sources
from indicia.errors import StoreError
from indicia.store import Store, home


def of_facility(store: Store, facility_id: str) -> None:
    """Evidence down to the archived hash, and the archived bodies, which can be taken along."""
    st.subheader("Evidence")
    st.caption("Each statement with its source, the archived hash, its record's three dates.")
    shared.table(facility.evidence(store, facility_id), "Evidence down to the archived hash", "evidence")  # fmt: skip
    st.markdown(
        "**Archived bodies** behind the evidence and the facts, by their hash. Select one to read it."
    )
    digest = shared.table(
        facility.bodies(store, facility_id), "Archived bodies by hash", "bodies", pick="archived_sha256"
    )  # fmt: skip
    if not digest:
        return
    try:
        body = archived.body(store, home(), digest, sources.withheld(sources.known()))
    except StoreError as error:
        st.error("The archived body cannot be read.")
        st.text(str(error))
        return
    st.download_button(
        f"Download the {len(body):,} bytes as they were received", body, file_name=digest[:16], key="body",
        on_click="ignore", icon=":material/download:", mime="application/octet-stream",
        help="Held against their hash just now. The publisher's terms hold for them.",
    )  # fmt: skip
