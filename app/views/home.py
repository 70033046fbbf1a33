"""Home: what this is, what is new, and how fresh it is."""

import streamlit as st

from app import shared
from indicia.answers import home, sources, words

store = shared.store()
summary = home.summary(store)

st.title("indicia")
st.markdown(
    "Public records of **power, procurement, customs and staffing**, side by side for one facility "
    "at a time. Which facilities deserve a person's next hour, what happened there and when, and "
    "how sure can one be?"
)
st.caption(words.NOT_A_PROBABILITY)

for column, (label, value) in zip(
    st.columns(5),
    {
        "Facilities": summary.facilities_count,
        "Leads": summary.leads_count,
        "To watch": summary.watch_count,
        "Reference sites": summary.reference_count,
        "Sources loaded": summary.sources_count,
    }.items(),
    strict=True,
):
    column.metric(label, f"{value:,}", border=True)

if not summary.leads_count:
    st.info(
        "No lead in this version of the data. On public data that is an ordinary result; the leads "
        "page says why, and what would be worth knowing next."
    )
left, right, rest = st.columns([1, 1, 3])
left.page_link("views/leads.py", label="Open the leads", icon=":material/format_list_numbered:")
right.page_link("views/map.py", label="Open the map", icon=":material/public:")

st.subheader("What is new")
st.caption("Rows that the last run of each source added, changed or found withdrawn.")
shared.table(home.changes(store), "Changes by source in the last run", "changes")

st.subheader("Latest events on record")
st.caption("Each with its status: an allegation or a charge is not a fact.")
shared.table(home.newest_events(store), "Latest dated events", "events")

st.subheader("How fresh")
health = sources.health(store, sources.known(), shared.now())
shared.table(
    health.select(
        "source", "freshness", "last_good_utc", "data_public_utc", "age_hours", "every_hours"
    ),
    "Freshness of every source",
    "freshness",
)
st.caption(f"{shared.caption()} · published {store.published_utc or 'never'}")
