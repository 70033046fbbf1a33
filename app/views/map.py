"""Map: where facilities are said to be, and how closely that is known."""

import streamlit as st

from app import shared
from indicia.answers import identity, maps, places

store = shared.store()

st.title("Map")
st.caption(
    "Shape says how closely a place is known; fill says support. Click a symbol to open it."
)
region = st.segmented_control(
    "Region",
    list(maps.REGIONS),
    default="World",
    required=True,
    key="region",
    bind="query-params",
)
chosen = identity.canonical(store, st.query_params.get("facility", ""))
drawn = places.points(store, chosen)
undrawn = places.undrawn(store)

event = st.altair_chart(
    maps.points(drawn, places.total(undrawn), shared.caption(), region or "World"),
    on_select="rerun",
    selection_mode=maps.PICK,
    key="map",
    alt="World map of facilities; the table below holds the same places",
)
picked = maps.picked(event.selection.get(maps.PICK, []))
here = places.at_place(store, picked) if picked else None
if here is not None and here.height == 1:
    shared.open_facility(picked)
elif here is not None and here.height:
    st.subheader(f"{here.height:,} facilities at this place")
    if one := shared.table(here, "Facilities at the chosen place", "here", pick="facility_id"):
        shared.open_facility(one)

st.subheader("The same places as a table")
if one := shared.table(
    drawn.drop("is_chosen"), "Places on the map, same data", "places", pick="facility_id"
):
    shared.open_facility(one)
st.subheader("Not drawn")
st.caption(
    "Known to region or country only, or not at all. They are in the leads like any other."
)
shared.table(undrawn, "Facilities not drawn, by country and precision", "undrawn")
st.caption(shared.caption())
