"""Leads: which facilities deserve the next hour, why, and what is missing."""

from urllib.parse import parse_qs

import streamlit as st

from app import asked, drawn, moved, person, several, shared, taking
from indicia.answers import catalogue, charts, leads, reviews, sparklines, words

store = shared.store()
TOP = 5
SHOWN = (
    "name", "country_iso2", "verdict_words", "support_bans", "support_low_bans", "support_high_bans", "change", "rival_words", "coverage", "load_line", "load_of",
    "families_for_count", "flags", "review", "precision_words", "reason", "doubt", "next_indicator",
    "next_gain_bans", "is_prior_driven", "parties", "facility_id",
)  # fmt: skip

st.title("Leads")
st.caption(
    f"H1: {words.HYPOTHESES['H1']}. Support for it over its strongest rival in bans (powers of ten), "
    f"prior included. {words.NOT_A_PROBABILITY}"
)

decided = reviews.decided(store, person.decisions())
filters, order = asked.filters(store, decided, "leads")
queue = moved.beside(store, reviews.marked(leads.queue(store, filters, order), decided))
queue = sparklines.beside(store, queue)
tally = leads.tally(store, filters)

results = leads.coverage(store)
if results.is_empty():
    st.info(words.NOTHING_ASSESSED)
elif not tally.get("lead", 0):
    st.info(
        "**No lead among these facilities.** That is a correct result where public evidence does not "
        "separate the explanations."
    )
    with st.expander("Why none is a lead"):
        shared.table(leads.why_not_more(store), "Why facilities are not leads", "why")

st.subheader(f"Queue: {queue.height:,} of {leads.ranked(tally):,} facilities")
st.caption(
    "Ordered by verdict, then support, then coverage, then id; ties are never left to chance. "
    "Flags are codes of indicators, listed under Coverage. Select a row to open its dossier."
)
for row in queue.head(TOP).iter_rows(named=True):
    link, said = st.columns([3, 6], vertical_alignment="center")
    with link:
        shared.facility_link(row["facility_id"], row["name"])
    said.text(leads.in_words(row))
if st.toggle("Select several rows, to decide on them", key="several", bind="query-params"):
    several.decide(store, queue.select(SHOWN))
elif picked := shared.table(
    queue.select(SHOWN), "Facilities in the order of the queue", "queue", pick="facility_id"
):
    shared.open_facility(picked)

taking.offer(store, filters, order, decided)
st.page_link(
    "views/exports.py",
    label="Preview, citation and licences of this list",
    icon=":material/format_quote:",
    query_params=parse_qs(asked.link(filters, order)),
)

st.subheader("What would be worth knowing next")
st.caption("Missing indicators, by how far their flag would move support, in bans.")
shared.table(
    leads.worth_knowing(store).join(
        catalogue.titles(), on="indicator", how="left", maintain_order="left"
    ),
    "Missing indicators by expected gain",
    "worth",
)

st.subheader("Coverage")
if results.height:
    drawn.show(
        charts.coverage,
        results,
        shared.caption(),
        alt="Bars: for each indicator, facilities with a flag, no flag, no data, not applicable",
        key="coverage",
    )
    shared.twin(results, "coverage_table", "indicators and their four results")
else:
    st.caption("No indicator was asked in these data.")

reference = leads.reference_sites(store, filters)
st.subheader(f"Reference sites: {reference.height:,}")
st.caption(
    "No licence was needed there on the rules loaded. Measured and compared, never ranked."
)
if picked := shared.table(
    reference.sort("name", "facility_id").select(
        "name",
        "country_iso2",
        "precision_words",
        "coverage",
        "flags",
        "parties",
        "admissibility_reason",
        "facility_id",
    ),
    "Reference sites by name",
    "reference",
    pick="facility_id",
):
    shared.open_facility(picked)
st.caption(shared.caption())
