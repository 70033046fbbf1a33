"""Why a facility's assessment is what it is, and what would change it."""

import streamlit as st

from app import shared
from indicia.answers import insight
from indicia.answers.reader import Reader


def of_facility(store: Reader, facility_id: str) -> None:
    """Families left out, the strongest doubt, what would be worth knowing next, tests counted."""
    if doubt := insight.doubt(store, facility_id):
        st.text(doubt)
    st.markdown("**Without each family**: what support and verdict would be.")
    shared.table(insight.families(store, facility_id), "Families left out", "families")
    st.markdown(
        "**Worth knowing next**: by how far an answer is expected to move support, either way."
    )
    shared.table(insight.following(store, facility_id), "What would change it", "following")
    st.text(insight.tests(store, facility_id))
