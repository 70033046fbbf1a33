"""Home: where to start, what changed, how fresh the data are and how much they can see."""

import streamlit as st

from app import moved, once, shared
from indicia.answers import home, leads, words

store = shared.store()
summary = home.summary(store)

st.title("indicia")
st.markdown(
    "Public records of **power, procurement, customs and staffing**, side by side for one facility "
    "at a time. Which facilities deserve a person's next hour, what happened there and when, and "
    "how sure can one be?"
)
for column, (label, value) in zip(
    st.columns(5),
    {
        "Facilities": f"{summary.facilities_count:,}",
        "Leads": f"{summary.leads_count:,}",
        "To watch": f"{summary.watch_count:,}",
        "Reference sites": f"{summary.reference_count:,}",
        "Indicators computable": f"{summary.computable_share:.0%}",
    }.items(),
    strict=True,
):
    column.metric(label, value, border=True)
st.caption(words.NOT_A_PROBABILITY)
if not summary.assessed_count:
    st.info(words.NOTHING_ASSESSED)
elif not summary.leads_count:
    st.info(
        "No lead in this version of the data. On public data that is an ordinary result; the leads "
        "page says why, and what would be worth knowing next."
    )

st.subheader("What changed")
moved.summary(store)

st.subheader("Where to start")
for row in leads.queue(store, limit=home.FIRST).iter_rows(named=True):
    link, said = st.columns([3, 6], vertical_alignment="center")
    with link:
        shared.facility_link(row["facility_id"], row["name"])
    said.text(leads.in_words(row))
left, right, rest = st.columns([1, 1, 3])
left.page_link("views/leads.py", label="Open the leads", icon=":material/format_list_numbered:")
right.page_link("views/map.py", label="Open the map", icon=":material/public:")
rest.page_link(
    "views/coverage.py", label="What can be seen at all, by country", icon=":material/grid_on:"
)

st.subheader("How fresh")
health = once.health(store)
st.text(home.freshness(health))
with st.expander("Every source, and what its last run brought"):
    shared.table(
        health.select(
            "source",
            "freshness",
            "last_good_utc",
            "data_public_utc",
            "age_hours",
            "every_hours",
        ),
        "Freshness of every source",
        "freshness",
    )
    st.caption("Rows that the last run of each source added, changed or found withdrawn.")
    shared.table(home.changes(store), "Changes by source in the last run", "changes")

st.subheader("Latest events on record")
st.caption("Each with its status: an allegation or a charge is not a fact.")
shared.table(home.newest_events(store), "Latest dated events", "events")
st.caption(f"{shared.caption()} · published {words.moment(store.published_utc)}")
