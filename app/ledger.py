"""The compute ledger as the dossier and the page Compute show it."""

import streamlit as st

from app import drawn, once, shared
from indicia.answers import charts, compute
from indicia.answers.compute import Ledger
from indicia.store import Store

PAGE = "views/compute.py"
HIDDEN = ("amount", "amount_unit", "period")


def of_facility(store: Store, facility_id: str) -> None:
    """The ledger of one facility under the priors, with the way to change them."""
    st.subheader("Compute ledger")
    show(once.of(store, compute.ask, compute.Scope("facility", facility_id)))
    st.page_link(
        PAGE,
        label="Change assumptions and period on the page Compute",
        icon=":material/tune:",
        query_params={"kind": "facility", "facility": facility_id},
    )


def show(found: Ledger) -> None:
    """Lines side by side, picture, gaps, and every assumption with its source."""
    st.caption(
        "Counts under stated assumptions. One row per class of accelerator, were all of that class; "
        "never a sum of classes. H100e (H100 equivalents, as published) is another unit than "
        "accelerators: beside, not to be compared. No data is not none."
    )
    lines = compute.charted(found.lines)
    if lines.height:
        left_out = compute.cut(found.lines)
        drawn.show(
            charts.ledger, lines, shared.caption(), left_out, key="ledger",
            alt="Intervals of accelerator counts per class and channel; the table below holds the same",
        )  # fmt: skip
        if left_out:
            st.caption(left_out)
    shared.table(
        compute.shown(found.lines), "Every channel side by side, per class", "ledger_table",
        hide=HIDDEN,
    )  # fmt: skip
    if found.left_out.height:
        with st.expander("What did not become a line"):
            shared.table(found.left_out, "Left out, with the reason", "ledger_left_out")
    st.markdown("**Gaps between channels**")
    st.caption(compute.NO_SCORE)
    for said in compute.sentences(found):
        st.text(said)
    if found.gaps.height:
        with st.expander("The gaps as a table, per class"):
            shared.table(found.gaps, "Both sides and their ratio", "ledger_gaps")
    with st.expander("Every assumption behind these counts, with its source"):
        shared.table(found.assumptions, "Priors in force", "ledger_priors")
