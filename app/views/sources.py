"""Sources: what was read, when, on which terms, what went wrong, and what cannot be seen."""

import streamlit as st

from app import shared
from indicia.answers import revisions, sources

store = shared.store()
known = sources.known()

st.title("Sources")
st.caption(
    "A failed source keeps its last good data. Stale: older than twice its period. "
    "Silent: read in time, but its publisher added nothing for longer than usual."
)
health = sources.health(store, known, shared.now())
shared.table(
    health.select(
        "source", "freshness", "remedy", "data_until_date", "outcome", "last_run_utc", "last_good_utc", "data_public_utc", "age_hours", "every_hours",
        "rows_in_count", "rows_kept_count", "rows_rejected_count", "live_checked", "message",
    ),
    "Health of every source",
    "health",
)  # fmt: skip

st.subheader("What we cannot see")
shared.table(sources.blind_spots(store), "What cannot be seen in this version", "blind")

st.subheader("Issues")
st.caption("Where a record differed from its publisher's format, and what to do.")
one = st.selectbox(
    "Source", ["", *known], key="source", bind="query-params", format_func=lambda s: s or "all"
)
shared.table(sources.issues(store, one or ""), "Issues found by runs", "issues")

st.subheader("Revised and taken back")
st.caption("What publishers changed after we had read it, and what they no longer publish.")
shared.table(revisions.counted(store), "Revisions of every source", "revised")
if one:
    shared.table(revisions.listed(store, one), f"Newest revisions of {one}", "revisions")

st.subheader("What each source says, and does not say")
shared.table(sources.statements(known), "Terms and limits of every source", "statements")
st.caption(shared.caption())
