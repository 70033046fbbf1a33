"""Compare: two to four facilities, fact by fact and on one axis of time."""

import streamlit as st

from app import drawn, shared
from indicia.answers import charts, compare, facility, words

store = shared.store()
asked = st.query_params.get_all("facility")
names, missing = compare.chosen(store, asked)

st.title("Compare")
st.caption(
    f"Two to {compare.MOST} facilities side by side. {words.NOT_A_PROBABILITY} The order means nothing."
)
for one in missing:
    st.warning("This version of the data holds no facility with the id in the link:")
    st.text(one)
if len(names) + len(missing) < len(set(asked)):
    st.info(f"The link asks for more than {compare.MOST} facilities; the first are shown.")


def show(ids: list[str]) -> None:
    """Put the choice into the link and start again."""
    st.query_params["facility"] = ids
    st.rerun()


for place, (one, name) in enumerate(names.items()):
    link, remove = st.columns([6, 1], vertical_alignment="center")
    with link:
        shared.facility_link(one, name)
    if remove.button("Remove", key=f"remove_{place}", help=f"Take {words.plain(name)} out"):
        show([other for other in names if other != one])

if len(names) < compare.MOST:
    text = st.text_input("Add a facility by name, place, party or id", key="find")
    if text:
        found = facility.find(store, text)
        st.caption(
            f"{found.height:,} shown, at most {facility.MOST_FOUND}. Select one to add it."
        )
        if picked := shared.table(found, "Facilities found", "found", pick="facility_id"):
            show([*names, picked])
if len(names) < compare.LEAST:
    st.info("Choose at least two facilities: type a name above, or come from a dossier.")
if not names:
    st.stop()

st.subheader("Fact by fact")
shared.table(compare.facts(store, names), "Facts side by side", "facts")
st.subheader("Families")
st.caption("No data is not the same as no flag.")
shared.table(compare.families(store, names), "Families side by side", "families")
st.subheader("Support for H1 over every rival")
shared.table(compare.rivals(store, names), "Support over every rival, in bans", "rivals")
st.subheader("On one axis")
marks = compare.marks(store, names)
if marks.height:
    drawn.show(
        charts.compare,
        marks,
        shared.caption(),
        alt="Timelines of the facilities on one axis; the table below holds the same",
        key="axis",
        width="stretch",
    )
    shared.twin(marks, "axis_table", "everything dated of these facilities")
else:
    st.caption("Nothing on record about them has a date.")
st.caption(
    "Link to this view: compare?"
    + "&".join(f"facility={one}" for one in names)
    + f" · {shared.caption()}"
)
