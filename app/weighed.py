"""What weighs for and against a facility, against what, and what would change it; for the dossier."""

import streamlit as st

from app import drawn, shared
from indicia.answers import charts, facility, insight, waterfall, words
from indicia.answers.reader import Reader
from indicia.schema import RIVALS


def of_facility(store: Reader, facility_id: str, strongest: str) -> None:
    """The waterfall against one rival, its items, every rival, and what would change our mind."""
    st.subheader("What weighs, and against what")
    rivals = facility.rivals(store, facility_id)
    _against(store, facility_id, strongest, has_rivals=bool(rivals.height))
    st.markdown("**Competing explanations**, the strongest first. Support is for H1 over each.")
    shared.table(rivals, "H1 against every rival", "rivals")
    changes(store, facility_id)


@st.fragment
def _against(store: Reader, facility_id: str, strongest: str, *, has_rivals: bool) -> None:
    """What adds up against one rival. A fragment: another rival redraws this part of the dossier alone."""
    if has_rivals:
        rival = st.selectbox(
            "Against", RIVALS, index=RIVALS.index(strongest or RIVALS[0]),
            format_func=words.about, key="rival",
        )  # fmt: skip
        steps = waterfall.steps(store, facility_id, rival)
        drawn.show(
            charts.waterfall, steps, rival, shared.caption(), key="weights",
            alt=f"Bars that add up: prior, each family and total for H1 against {rival}, in bans",
        )  # fmt: skip
        shared.twin(steps, "weights_table", "steps in bans")
    items = facility.items(store, facility_id, rival if has_rivals else RIVALS[0])
    with st.expander(f"The pieces of evidence behind it: {items.height:,}"):
        st.caption(
            "Before families are capped; what is not counted echoes a stronger item of its origin."
        )
        shared.table(items, "Each piece of evidence and what it weighs", "items")


def changes(store: Reader, facility_id: str) -> None:
    """Strongest doubt, what would be worth knowing next, families left out, tests counted."""
    st.subheader("What would change our mind")
    st.text(
        insight.doubt(store, facility_id)
        or "No counted item speaks against H1 beside its strongest rival."
    )
    st.markdown(
        "**Worth knowing next**: by how far an answer is expected to move support, either way."
    )
    shared.table(insight.following(store, facility_id), "What would change it", "following")
    st.markdown("**Without each family**: what support and verdict would be.")
    shared.table(insight.families(store, facility_id), "Families left out", "families")
    if tests := insight.tests(store, facility_id):
        st.markdown("**Chance and tests tried**")
        st.text(tests)
