"""Lanes: which routes of trade deserve a look, who declares what on them, and one lane from top to hash."""

from urllib.parse import urlencode

import streamlit as st

from app import drawn, lane, reviewing, saved, shared
from indicia.answers import lane_around, lane_reports, lanes, words
from indicia.answers.charts import lanes as pictures

store = shared.store()
linked = st.query_params.get("lane", "")
found = lanes.explain(store, linked) if linked else None

if found is not None:
    st.title(words.plain(found.name))
    st.page_link("views/lanes.py", label="All lanes", icon=":material/arrow_back:")
    lane.head(found)
    lane.over_time(store, found)
    lane.indicators(store, found)
    lane.weighed(found)
    lane.around(store, found.subject_id)
    reviewing.block(store, "lane", found.subject_id)
    st.caption(
        f"Link to this lane: lanes?lane={words.plain(found.subject_id)} · {shared.caption()}"
    )
    st.stop()

known = lane_around.unweighed(store, linked) if linked else None
if known is not None and known.height:
    lane.unweighed(store, known.row(0, named=True))
    st.caption(shared.caption())
    st.stop()

st.title("Lanes")
if linked:
    st.warning("This version of the data holds no lane with the code in the link:")
    st.text(linked)
    st.caption(
        "A lane is two alpha-3 codes, such as TWN>MYS. The link may be from other data. All lanes are below."
    )
st.caption(
    "A lane is exporter > importer of computing hardware. Support in bans for L1 (re-routing consistent with "
    f"diversion) over its strongest rival, prior included. {words.NOT_A_PROBABILITY}"
)

tally = lanes.tally(store)
left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
text = left.text_input(
    "Country or code", key="lanes_q", bind="query-params", persist_state="session"
)
shared.say_if_stale("standing", list(tally))
standing = (
    middle.multiselect(
        "Verdict", list(tally), key="standing", bind="query-params", persist_state="session"
    )
    if tally
    else []
)
with right:
    asked = [("lanes_q", text or ""), *(("standing", one) for one in standing)]
    saved.views("lanes", urlencode([pair for pair in asked if pair[1]]))
filters = lanes.Filters(tuple(standing), text or "")
queue = lanes.ranked(store, filters)
st.subheader(f"Ranked: {queue.height:,} lanes")
if queue.height and not tally.get("lead", 0):
    st.info(
        "**No lead among the lanes.** That is a correct result where public evidence does not separate "
        "re-routing from lawful hubs and growth.",
        icon=":material/info:",
    )
if one := shared.table(
    queue.select(lanes.SHOWN),
    "Lanes in order of verdict and support",
    "queue",
    pick="subject_id",
):
    shared.open_lane(one)

st.subheader("Who declares what, over time")
first, second, third = st.columns([2, 2, 6], vertical_alignment="bottom")
side = first.segmented_control(
    "Reported by", list(lane_reports.SIDES), default="importer", required=True, key="side",
    bind="query-params",
) or "importer"  # fmt: skip
step = second.segmented_control(
    "By", list(lane_reports.STEPS), default="year", required=True, key="step",
    bind="query-params",
) or "year"  # fmt: skip
periods = lane_reports.periods(store, side, step)
if not periods:
    st.caption("No country's report of the basket is at hand.")
else:
    shared.say_if_stale("at", periods)
    at = third.select_slider(
        "Period", periods, value=periods[-1], key="at", bind="query-params"
    ) if periods[1:] else periods[0]  # fmt: skip
    cells = lane_reports.grid(store, side, step, at)
    picked = drawn.show(
        pictures.grid, cells, side, at, shared.caption(), modes=[pictures.PICK], key="grid",
        alt=f"Grid of exporters by importers in {at}; the table below holds the same",
    )  # fmt: skip
    if one := pictures.picked(picked.get(pictures.PICK, [])):
        shared.open_lane(one)
    shared.twin(cells, "grid_table", f"exporters by importers in {at}")

lane.rest(store, filters)
st.caption(shared.caption())
