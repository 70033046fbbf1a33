"""Map: where facilities are said to be, how closely that is known, and which lanes reach the region."""

import streamlit as st

from app import drawn, shared
from indicia.answers import identity, lane_arcs, maps, places
from indicia.answers.map_regions import REGIONS, offered

store = shared.store()

st.title("Map")
st.caption(
    "Shape says how closely a place is known, fill says support, outline says coverage. Click a symbol to open it."
)
region = st.segmented_control(
    "Region", offered(store.kind), default="World", required=True, key="region", bind="query-params"
) or "World"  # fmt: skip
quarters = [*places.quarters(store), places.ALL]
left, right = st.columns([4, 1], vertical_alignment="bottom")
shared.say_if_stale("until", quarters)
until = left.select_slider(
    "On record by the end of", quarters, value=places.ALL, key="until", bind="query-params",
    help="First date on record, or of the plan where there is only a plan. Undated ones are always drawn.",
) if quarters[1:] else places.ALL  # fmt: skip
with_lanes = right.toggle("Lanes", value=True, key="arcs", bind="query-params")
look = REGIONS[region]
linked = st.query_params.get("facility", "")
chosen = identity.canonical(store, linked)
if linked and (said := places.why_unmarked(store, chosen)):
    st.warning(said)
    st.text(linked)
is_dense = places.is_dense(store, until, look.box)
arcs = lane_arcs.arcs(store)
ground = maps.Ground(places.hubs(), arcs if with_lanes else arcs.clear())
undrawn = places.undrawn(store)
if is_dense:
    rows = places.density(store, look.cell_deg, until, look.box)
else:
    rows = places.points(store, chosen, until, look.box)

event = drawn.show(
    maps.density if is_dense else maps.points,
    rows,
    places.total(undrawn),
    shared.caption(),
    region,
    ground,
    modes=maps.modes(is_dense=is_dense, ground=ground),
    key=f"map_{is_dense}_{ground.arcs.height}",
    alt="Map of facilities, hubs and lanes; the tables below hold the same",
)
picked, cell, lane = maps.selected(event)
if lane:
    shared.open_lane(lane)
if is_dense:
    st.subheader("The same squares as a table")
    st.caption(places.in_words(rows, until))
    cell = shared.table(rows, "Squares on the map, same data", "cells", pick="cell") or cell
    here = places.in_cell(store, cell, look.cell_deg, until) if cell else None
else:
    here = places.at_place(store, picked) if picked else None
if not is_dense and here is not None and here.height == 1:
    shared.open_facility(picked)
elif here is not None and here.height:
    st.subheader(f"{here.height:,} facilities at this place")
    if one := shared.table(here, "Facilities at the chosen place", "here", pick="facility_id"):
        shared.open_facility(one)
if not is_dense:
    st.subheader("The same places as a table")
    st.caption(places.in_words(rows, until))
    if one := shared.table(
        rows.drop("is_chosen"), "Places on the map, same data", "places", pick="facility_id"
    ):
        shared.open_facility(one)
st.subheader(f"Lanes for the map: {arcs.height:,}")
if one := shared.table(
    arcs.select("lane", "name", "verdict", "support_bans", "coverage_share", "flags"),
    "Lanes on the map, same data", "lanes", pick="lane",
):  # fmt: skip
    shared.open_lane(one)
with st.expander("Hubs, and why each is one"):
    shared.table(places.hubs(), "Hubs of the trade", "hubs")
undated = places.undated(store)
with st.expander(f"Undated, drawn in every quarter: {undated.height:,}"):
    if one := shared.table(undated, "Facilities without a date", "undated", pick="facility_id"):
        shared.open_facility(one)
st.subheader("Not drawn")
st.caption(
    "Known to region or country only, or not at all. They are in the leads like any other."
)
shared.table(undrawn, "Facilities not drawn, by country and precision", "undrawn")
st.caption(shared.caption())
