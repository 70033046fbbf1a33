"""Coverage: what can be seen at all, by country, indicator and source, and what cannot."""

import streamlit as st

from app import drawn, shared
from indicia.answers import charts, coverage, sources

store = shared.store()
grid = coverage.by_country(store)

st.title("Coverage")
st.caption(
    "Silence means something only where an answer could be computed, and only as far as its source "
    "can see. Grey is not green."
)
if grid.height:
    drawn.show(
        charts.seen,
        grid,
        shared.caption(),
        alt="Grid of countries and indicators: for how many facilities an answer was computed; the "
        "table below holds the same",
        key="seen",
    )
    shared.twin(grid, "seen_table", "facilities with an answer, by country and indicator")
else:
    st.caption("No indicator was asked of any facility in these data.")

st.subheader("What each source shows, by country")
st.caption("Sources whose rows stand behind an answer that reaches a facility there.")
shared.table(coverage.by_source(store), "Answers by source and country", "by_source")

st.subheader("What we cannot see")
st.caption(
    "For each indicator and scope: what can be seen, the smallest signal that would show, and the "
    "chance that the source would have shown it. Shares are elicited except where a formula is given. "
    "Silence counts only through this table."
)
shared.table(coverage.sights(), "Detectability of every indicator", "sights")
st.markdown("**In this version of the data**")
shared.table(sources.blind_spots(store), "What cannot be seen in this version", "blind")
st.page_link(
    "views/sources.py", label="Health and terms of every source", icon=":material/database:"
)
st.caption(shared.caption())
