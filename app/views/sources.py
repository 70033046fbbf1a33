"""Sources: what was read, when, on which terms, what went wrong, and what cannot be seen."""

import streamlit as st

from app import once, shared
from indicia.answers import revisions, sources

store = shared.store()
known = sources.known()
health = once.health(store)

st.title("Sources")
st.caption(
    "A failed source keeps its last good data. Stale: older than twice its period. "
    "Silent: read in time, but its publisher added nothing for longer than usual."
)
st.text(sources.tally(health))
left, right = st.columns(2)
families, states = sources.families(health), list(sources.FRESHNESS)
shared.say_if_stale("family", families)
shared.say_if_stale("state", states)
family = left.multiselect("Family", families, key="family", bind="query-params")
state = right.multiselect("State", states, key="state", bind="query-params")
shown = sources.chosen(health, family, state)
shared.table(
    shown.select(
        "source", "freshness", "remedy", "data_until_date", "last_good_utc", "last_run_utc", "outcome",
        "rows_kept_count", "rows_rejected_count", "message", "data_public_utc", "age_hours", "every_hours",
        "rows_in_count", "live_checked",
    ),
    "Health of every source",
    "health",
)  # fmt: skip

st.page_link("views/coverage.py", label="What we cannot see", icon=":material/visibility_off:")

st.subheader("Revised and taken back")
st.caption("What publishers changed after we had read it, and what they no longer publish.")
shared.table(revisions.counted(store), "Revisions of every source", "revised")

st.subheader("Issues and records")
shared.say_if_stale("source", known)
one = st.selectbox(
    "Source", ["", *known], key="source", bind="query-params", format_func=lambda s: s or "all"
)
st.markdown("**Issues**: where a record differed from its publisher's format, and what to do.")
shared.table(sources.issues(store, one or ""), "Issues found by runs", "issues")
if one:
    st.markdown("**Revised and taken back**, the newest first.")
    shared.table(revisions.listed(store, one), f"Newest revisions of {one}", "revisions")
    st.markdown(
        "**Three dates per record**: when it was first held, last differed, last checked."
    )
    of = st.selectbox("Table", sources.tables(known[one]), key="of")
    shared.table(revisions.dates(store, one, of), f"Dates of the records of {one}", "dates")
else:
    st.caption("Choose a source to see its revisions, and three dates of each record.")

st.subheader("What each source says, and does not say")
shared.table(
    sources.statements({s: known[s] for s in shown["source"] if s in known}),
    "Terms and limits of every source",
    "statements",
)
st.caption(shared.caption())
