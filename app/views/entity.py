"""Entity: one organisation, its facilities and roles, listings, notices and events."""

import streamlit as st

from app import shared
from indicia.answers import entity, words

store = shared.store()
wanted = st.query_params.get("entity", "")

if not wanted:
    st.title("Entity")
    text = st.text_input("Find an organisation", key="find")
    matches = entity.find(store, text or "")
    st.caption(
        f"{matches.height:,} shown, at most {entity.MOST_FOUND}. Select a row to open it."
    )
    if picked := shared.table(matches, "Organisations found", "found", pick="party_name"):
        shared.open_entity(picked)
    st.stop()

sites, listings = entity.facilities(store, wanted), entity.listings(store, wanted)
notices, events = entity.notices(store, wanted), entity.events(store, wanted)
st.title(words.plain(wanted))
st.caption(
    "Found by name alone: equal names need not be one organisation, nor other names another."
)
if not (sites.height or listings.height or notices.height or events.height):
    st.warning("This version of the data holds no record under exactly this name.")
    if st.button("Look for similar names", key="similar"):
        st.query_params.clear()
        st.rerun()

st.subheader(f"Facilities: {sites.height:,}")
if picked := shared.table(sites, "Facilities and roles", "sites", pick="facility_id"):
    shared.open_facility(picked)
st.subheader(f"Listings matched: {listings.height:,}")
st.caption("A listing sets a licence requirement. It is no statement on any one transaction.")
shared.table(listings, "Screening lists that hold this name", "listings")
st.subheader(f"Notices as buyer or supplier: {notices.height:,}")
shared.table(notices, "Procurement notices", "notices")
st.subheader(f"Events: {events.height:,}")
st.caption(
    "Status says how far each is established; a denial stands beside it where there is one."
)
shared.table(events, "Events that name the organisation", "events")
st.caption(shared.caption())
