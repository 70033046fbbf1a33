"""Exports: the list as filtered, in a format to choose, with preview, citation and the terms of its sources."""

from urllib.parse import parse_qs

import streamlit as st

from app import asked, person, shared, taking
from indicia.answers import citation, reviews, sources
from indicia.review import Journal, desk
from indicia.store import home

store = shared.store()
PREVIEW = 10

st.title("Exports")
st.caption(
    "The same filters and the same order as on the page Leads. The file is made when it is asked for."
)
decided = reviews.decided(store, person.decisions())
wanted, order = asked.filters(store, decided, "exports")
found = taking.listed(store, wanted, order, decided)

for column, (label, value) in zip(
    st.columns(3),
    {
        "Rows": found.rows.height,
        "Unreviewed": found.unreviewed_count,
        "Rows of evidence": found.evidence.height,
    }.items(),
    strict=True,
):
    column.metric(label, f"{value:,}", border=True)
if found.unreviewed_count:
    st.caption(found.stamp.review)
person.ask()
taking.offer(store, wanted, order, decided)
st.page_link(
    "views/leads.py", label="The same list on the page Leads", icon=":material/format_list_numbered:",
    query_params=parse_qs(asked.link(wanted, order)),
)  # fmt: skip

st.subheader("Preview")
st.caption("The first rows, with every column of the file.")
shared.table(found.rows.head(PREVIEW), "First rows of the list", "preview")

st.subheader("Citation")
plain, bibtex, ris = st.tabs(["Text", "BibTeX", "RIS"])
plain.code(citation.cited(found.stamp), language=None, wrap_lines=True)
bibtex.code(citation.bibtex(found.stamp), language=None)
ris.code(citation.ris(found.stamp), language=None)

st.subheader("Whose data it holds")
st.caption("Rows that rest on a source that may not be passed on are left out of the file.")
shared.table(
    citation.licences(found, sources.known()),
    "Licences of the sources of this list",
    "licences",
)

st.subheader("Taken along before")
shared.table(desk.taken_lists(Journal(home())), "Lists taken along, the newest first", "taken")
st.caption(shared.caption())
