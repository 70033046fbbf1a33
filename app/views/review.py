"""Review: what people decided and what waits for them, watchlists, disputes, and what changed and why."""

import streamlit as st

from app import person, reviewing, shared, weekly
from indicia.answers import leads, reviews, watched
from indicia.review import STATES, cases

store = shared.store()
PARTS = ("queue", "watchlists", "disputes", "digest")

st.title("Review")
st.caption(reviews.PEOPLE_DECIDE)
part = st.segmented_control(
    "Show", PARTS, default="queue", required=True, key="part", bind="query-params",
)  # fmt: skip
events = person.decisions()
decided = reviews.decided(store, events)

if part == "queue":
    fresh = leads.Filters(
        verdicts=("lead",), reviews=("new",), decided=reviews.of_facilities(decided)
    )
    left, right = st.columns(2)
    shared.say_if_stale("state", STATES)
    shared.say_if_stale("subject", cases.SUBJECTS)
    states = left.multiselect("State", STATES, key="state", bind="query-params")
    subjects = right.multiselect("About", cases.SUBJECTS, key="subject", bind="query-params")
    rows = reviews.queue(store, decided, leads.queue(store, fresh), states, subjects)
    st.subheader(f"Cases: {rows.height:,}")
    if rows.is_empty():
        st.caption(
            "No lead waits and nobody has decided on anything yet. A decision is made at the end of a dossier, "
            "or for several rows on the page Leads."
        )
    else:
        st.text(reviews.tally(rows))
        st.caption(
            "First what waits for a second person, then what is under way. Select a row to read and decide."
        )
    if rows.height and (
        picked := shared.table(
            rows, "Cases by state", "cases", pick="key", hide=("key", "state")
        )
    ):
        st.query_params["case"] = picked
    reviewing.case(store, st.query_params.get("case", ""))
elif part == "watchlists":
    held = watched.lists(store, events)
    st.subheader(f"On watchlists: {held.height:,}")
    st.caption(
        "Verdict and support as seen when a case was put on its list, and as they are now."
    )
    if picked := shared.table(
        held, "Cases on watchlists", "watched", pick="key", hide=("key",)
    ):
        reviewing.go(picked)
elif part == "disputes":
    found = watched.disputes(store, events)
    st.subheader(f"Corrections and disputes: {found.height:,}")
    st.caption(
        "Who asks is told as a kind, never as a name. The public wording is what may be quoted."
    )
    shared.table(found, "Corrections and disputes, the latest change first", "disputes")
    st.caption("A dispute is written down on the page of its facility or organisation.")
else:
    weekly.show(store)
st.caption(shared.caption())
