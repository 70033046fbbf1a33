"""The compute ledger as the dossier shows it."""

import streamlit as st

from app import shared
from indicia.answers import charts, compute
from indicia.store import Store


def show(store: Store, facility_id: str) -> None:
    """Counts per class beside what was stated, with every assumption."""
    st.subheader("Compute ledger")
    counts = compute.ledger(store, facility_id)
    if counts.is_empty():
        st.text(compute.NOTHING)
        return
    st.caption(
        "Counts under stated assumptions. One row per class of accelerator, were all of that class; "
        "never a sum. H100e (H100 equivalents, as published) is another unit than accelerators: "
        "beside, not to be compared."
    )
    st.altair_chart(
        charts.ledger(counts, shared.caption()), key="ledger",
        alt="Intervals of accelerator counts implied by power, per class; the table below holds the same",
    )  # fmt: skip
    shared.twin(counts, "ledger_table", "counts per class and figure")
    figures = compute.figures(counts)
    st.markdown("**What was stated**, and how each power figure is read.")
    shared.table(figures.drop("note"), "Power figures with the stated count", "ledger_figures")
    for reading, note in figures.select("reading", "note").iter_rows():
        st.text(f"{reading}. {note}")
    with st.expander("Every assumption behind these counts"):
        shared.table(compute.assumptions(counts), "Priors used", "ledger_priors")
