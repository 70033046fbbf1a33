"""Facility: one dossier, from the sentence at the top down to the archived hash."""

import streamlit as st

from app import briefed, cited, drawn, ledger, moved, published, reviewing, shared, weighed
from indicia.answers import charts, facility, identity, timeline, words

store = shared.store()
linked = st.query_params.get("facility", "")
wanted = identity.canonical(store, linked)
found = facility.dossier(store, wanted) if wanted else None

if found is None:
    st.title("Facility")
    if wanted:
        st.warning("This version of the data holds no facility with the id in the link:")
        st.text(linked)
        st.caption("It may have been renamed or withdrawn, or the link is from other data.")
    text = st.text_input("Find a facility by name, place, party or id", key="find")
    matches = facility.find(store, text or "")
    st.caption(
        f"{matches.height:,} shown, at most {facility.MOST_FOUND}. Select a row to open it."
    )
    if picked := shared.table(matches, "Facilities found", "found", pick="facility_id"):
        shared.open_facility(picked)
    st.stop()

st.title(words.plain(found.name))
st.text(
    f"{found.where} · place known to: {found.precision} · class: {found.site_class} · {found.facility_id}"
)
if linked != wanted:
    st.text(f"The link names {linked}, which was found to be the same facility.")
st.markdown(f"#### {words.plain(found.sentence)}")
st.text(found.confidence)
if found.admissibility:
    st.text(f"Licences: {found.admissibility}")
if found.note:
    st.text(f"Note: {found.note}")
for column, (label, value) in zip(
    st.columns(4),
    {"Verdict": found.verdict, "Support": found.support, "With 1/5 to 5 times the prior": found.prior_range,
     "Indicators computable": found.coverage}.items(),
    strict=True,
):  # fmt: skip
    column.metric(label, value, border=True, help=words.HELP.get(label))
st.caption(f"{words.NOT_A_PROBABILITY} {found.freshness}.")

left, right, _ = st.columns([1, 1, 2], vertical_alignment="center")
with left:
    st.page_link(
        "views/compare.py", label="Compare with others", icon=":material/compare_arrows:",
        query_params={"facility": wanted},
    )  # fmt: skip
with right:
    briefed.offer(store, wanted)

for column, chip in zip(
    st.columns(len(words.FAMILIES)),
    facility.chips(store, wanted).iter_rows(named=True),
    strict=True,
):
    with column.container(border=True, height="stretch"):
        st.markdown(f"**{chip['family']}**")
        st.text(f"{chip['state']}\n{words.tally(chip)}")

st.subheader("Timeline")
marks = timeline.of_facility(store, wanted)
dated, undated = timeline.dated(marks), timeline.undated(marks)
if dated.height:
    drawn.show(
        charts.timeline, dated, shared.caption(), key="timeline", width="stretch",
        alt="Timeline of power, compute, notices, hiring, events and evidence; the table below holds the same",
    )  # fmt: skip
shared.twin(dated, "timeline_table", "everything dated")
if undated.height:
    st.markdown("**Undated**")
    shared.table(undated, "Records without a date", "undated")

weighed.of_facility(store, wanted, found.strongest_rival)

ledger.of_facility(store, wanted)

cited.of_facility(store, wanted)
with st.expander("Every indicator and what else would produce its signal"):
    shared.table(facility.indicators(store, wanted), "Results by indicator", "indicators")

st.subheader("Organisations")
if party := shared.table(
    facility.parties(store, wanted), "Organisations by role", "parties", pick="party_name"
):
    shared.open_entity(party)

published.of_facility(store, wanted)

st.subheader("Observations")
st.caption("Each row with when it was first seen, last changed and last checked (UTC).")
for name in facility.OBSERVED_HERE:
    rows = facility.observations(store, wanted, name)
    with st.expander(f"{name.replace('_', ' ')}: {shared.counted(rows)}"):
        shared.table(rows, f"Observations: {name}", f"observed_{name}")
revised = facility.changes(store, wanted)
with st.expander(f"Revised or withdrawn upstream: {shared.counted(revised)}"):
    shared.table(revised, "Versions of revised rows", "changes")
moved.of_facility(store, wanted)
reviewing.block(store, "facility", wanted)
st.caption(f"Link to this dossier: facility?facility={wanted} · {shared.caption()}")
