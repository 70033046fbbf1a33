"""Entity: who an organisation is taken to be and why, what it does on record, and who it possibly is."""

import streamlit as st

from app import organisation, reviewing, shared
from indicia.answers import entity, words

store = shared.store()
wanted = st.query_params.get("entity", "")
one = entity.opened(store, wanted) if wanted else None

if one is None:
    st.title("Entity")
    bearers = entity.several(store, wanted) if wanted else None
    if bearers is not None and bearers.height:
        st.info("Several organisations bear the name in the link, and nothing more joins them:")
        st.text(wanted)
        if picked := shared.table(
            bearers, "Organisations of that name", "bearers", pick="entity_id"
        ):
            shared.open_entity(picked)
        st.stop()
    if wanted:
        st.warning(
            "This version of the data holds no organisation with the id or name in the link:"
        )
        st.text(wanted)
        st.caption("It may have been renamed or withdrawn, or the link is from other data.")
    text = st.text_input("Find an organisation by any of its names", key="find")
    matches = entity.find(store, text or "")
    st.caption(
        f"{matches.height:,} shown, at most {entity.MOST_FOUND}. Select a row to open it."
    )
    if picked := shared.table(
        matches,
        "Organisations found",
        "found",
        pick="entity_id",
        hide=() if text else ("found_as",),
    ):
        shared.open_entity(picked)
    organisation.undecided(store)
    st.caption(shared.caption())
    st.stop()

st.title(words.plain(one.name))
if one.is_resolved:
    st.text(
        f"{one.countries_iso2 or 'no country stated'} · records: {one.records_count:,} · "
        f"sources: {one.sources_count:,} · {one.entity_id}"
    )
if one.is_redirected:
    st.text(f"The link names {one.linked}, which was found to be the same organisation.")
if one.is_listed:
    st.text("One of its records is a listing. A listing sets a licence requirement; see below.")
organisation.identity(store, one)
if one.is_resolved:
    one = organisation.namesakes(store, one)

sites, listings = entity.facilities(store, one), entity.listings(store, one)
st.subheader(f"Facilities: {sites['facility_id'].n_unique():,}")
if picked := shared.table(sites, "Facilities and roles", "sites", pick="facility_id"):
    shared.open_facility(picked)
st.subheader(f"Listings: {listings.height:,}")
st.caption("A listing sets a licence requirement. It is no statement on any one transaction.")
shared.table(listings, "Listings of the organisation", "listings")
if one.is_resolved:
    organisation.possibly(store, one)
    organisation.around(store, one)
    organisation.connected(store, one)
organisation.over_time(store, one)
organisation.activity(store, one)
events = entity.events(store, one)
st.subheader(f"Events: {events.height:,}")
st.caption(
    "Status says how far each is established; a denial stands beside it where there is one."
)
shared.table(events, "Events that name the organisation", "events")
if one.is_resolved:
    reviewing.block(store, "organisation", one.entity_id)
st.caption(
    f"Link to this page: entity?entity={words.plain(one.entity_id)} · {shared.caption()}"
)
